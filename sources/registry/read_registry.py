"""Reads the TOML declarations into the registry's classes and refuses what does not hold together.

Here belong parsing and consistency checks of declarations. Not here: the meaning of a threshold (cleaning)
or of a user's mapping (sources.config).
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from sources.registry.clean_columns import Column
from sources.registry.feed_model import (
    GRAINS,
    RHYTHMS,
    CleanTable,
    Feed,
    Health,
    Parameter,
    Registry,
    RegistryError,
    Rhythm,
    RowRule,
    SeriesTests,
    Unit,
)
from sources.registry.name_patterns import TEAM

DECLARATIONS = Path(__file__).parents[1]
_TEST_NAMES = {f.name for f in fields(SeriesTests)}


@cache
def registry() -> Registry:
    """The registry that ships with EcoLedger, read once per process."""
    return load_registry(DECLARATIONS)


def load_registry(folder: Path) -> Registry:
    """Reads `registry/units.toml` and `feeds/*/feed.toml` below `folder`; RegistryError names file and entry."""
    digest = hashlib.sha256()
    units_file = folder / "registry" / "units.toml"
    digest.update(units_file.read_bytes())
    units = _units(_toml(units_file))
    feeds: dict[str, Feed] = {}
    for file in sorted((folder / "feeds").glob("*/feed.toml")):
        digest.update(file.read_bytes())
        feed = _read_feed(file, units)
        if feed.name != file.parent.name:
            raise RegistryError(f"{file}: the feed is called '{feed.name}' and its folder is not")
        feeds[feed.name] = feed
    found = Registry(feeds=feeds, units=units, fingerprint=digest.hexdigest())
    names = [t for feed in feeds.values() for t in feed.tables]
    if len(names) != len(set(names)):
        raise RegistryError(f"{folder}: two feeds declare the same clean table")
    return found


def _read_feed(file: Path, units: Mapping[str, Unit]) -> Feed:
    """One feed; RegistryError also where a word is missing, is of another kind, or the file is not TOML."""
    name = f"sources/feeds/{file.parent.name}/{file.name}"
    try:
        return _feed(_toml(file), name, units)
    except KeyError as missing:
        raise RegistryError(f"{name}: {missing} is missing; another feed's file shows where it goes") from None
    except (tomllib.TOMLDecodeError, TypeError, AttributeError, ArithmeticError) as error:
        raise RegistryError(f"{name}: cannot be read: {error or type(error).__name__}") from None


def _toml(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)


def _units(raw: Mapping[str, Any]) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    seen: dict[str, str] = {}
    for code, entry in raw.items():
        if not entry.get("zh"):
            raise RegistryError(f"units.toml: {code} has no Chinese spelling (zh)")
        unit = Unit(
            code=code,
            name_zh=entry["zh"],
            base=entry.get("base", code),
            factor=Decimal(entry.get("factor", 1)),
            offset=Decimal(entry.get("offset", 0)),
            aliases=tuple(entry.get("aliases", ())),
        )
        for name in (code, *unit.aliases):
            if seen.setdefault(name, code) != code:
                raise RegistryError(f"units.toml: '{name}' names both {seen[name]} and {code}")
        units[code] = unit
    for unit in units.values():
        if unit.base not in units:
            raise RegistryError(f"units.toml: {unit.code} has an undeclared base {unit.base}")
    return units


def _feed(raw: Mapping[str, Any], file: str, units: Mapping[str, Unit]) -> Feed:
    name = raw["name"]
    vocabularies = {k: tuple(v) for k, v in raw.get("vocabularies", {}).items()}
    tables = {t: _table(t, entry, name, file, vocabularies) for t, entry in raw["tables"].items()}
    parameters: dict[str, Parameter] = {}
    for table, entries in raw["parameters"].items():
        if table not in tables:
            raise RegistryError(f"{file}: parameters of undeclared table {table}")
        for code, entry in entries.items():
            if code in parameters:
                raise RegistryError(f"{file}: parameter {code} is declared twice")
            parameters[code] = _parameter(code, entry, table, file, units)
    for table in tables.values():
        _check_row_rules(table, parameters, file)
        if table.reporting_kind and table.reporting_kind not in raw["site_kinds"]:
            raise RegistryError(f"{file}: {table.name}: '{table.reporting_kind}' is not among the feed's site_kinds")
    return Feed(
        name=name,
        name_zh=raw["name_zh"],
        name_en=raw["name_en"],
        domain=raw["domain"],
        cadence_hours=Decimal(raw["cadence_hours"]),
        lateness_allowed_hours=raw["lateness_allowed_hours"],
        time_zone=raw["time_zone"],
        owner=raw["owner"],
        owner_team=_team(raw["owner_team"], file),
        licence=raw["licence"],
        tables=tables,
        parameters=parameters,
        vocabularies=vocabularies,
        invalid_status=tuple(raw.get("invalid_status", ())),
        quality={k: Decimal(v) for k, v in raw["quality"].items()},
        site_kinds=tuple(raw["site_kinds"]),
        indicators=raw.get("indicators", ""),
        events=raw.get("events", ""),
        main_table=_main(raw.get("main_table", ""), tables, file),
    )


def _main(name: str, tables: Mapping[str, CleanTable], file: str) -> str:
    if name and name not in tables:
        raise RegistryError(f"{file}: main_table '{name}' is not a table of the feed")
    return name or (next(iter(tables)) if len(tables) == 1 else "")


def _team(name: str, file: str) -> str:
    if not TEAM.fullmatch(name):
        raise RegistryError(f"{file}: owner_team '{name}' is not lower-case ASCII words joined by hyphens")
    return name


def _table(
    name: str, raw: Mapping[str, Any], feed: str, file: str, vocabularies: Mapping[str, tuple[str, ...]]
) -> CleanTable:
    if raw["grain"] not in GRAINS:
        raise RegistryError(f"{file}: table {name} has the unknown grain '{raw['grain']}'; use one of {list(GRAINS)}")
    dims = tuple(
        Column(
            name=dim,
            dtype=entry["dtype"],
            description=entry["description"],
            key=entry.get("key", False),
            allowed=vocabularies.get(entry.get("vocabulary", ""), ()),
        )
        for dim, entry in raw.get("dims", {}).items()
    )
    table = CleanTable(
        name=name,
        feed=feed,
        grain=raw["grain"],
        description=raw["description"],
        dims=dims,
        series_tests=raw.get("series_tests", False),
        declared_key=tuple(raw.get("key", ())),
        row_rules=tuple(RowRule(rule["lower"], rule["upper"]) for rule in raw.get("row_rules", ())),
        health=_health(raw.get("health", {})),
        reporting_kind=raw.get("reporting_kind", ""),
    )
    _check_health(table, file)
    if unknown := set(table.key) - {c.name for c in table.columns}:
        raise RegistryError(f"{file}: the key of {name} names unknown columns {sorted(unknown)}")
    return table


def _health(raw: Mapping[str, Any]) -> Health:
    return Health(
        kind=tuple(raw.get("kind", ())),
        by_delivery=raw.get("by_delivery", False),
        rhythms=tuple(Rhythm(r["rhythm"], tuple(r.get("where", {}).items())) for r in raw.get("rhythms", ())),
    )


def _check_health(table: CleanTable, file: str) -> None:
    """Data health counts by columns that the table has, in a known rhythm."""
    named = {*table.health.kind, *(column for rhythm in table.health.rhythms for column, _ in rhythm.where)}
    if unknown := named - {c.name for c in table.columns if c.dtype == "string"}:
        raise RegistryError(f"{file}: health of {table.name} names columns that are not texts of it: {sorted(unknown)}")
    for rhythm in table.health.rhythms:
        if rhythm.rhythm not in RHYTHMS:
            raise RegistryError(f"{file}: {table.name}: there is no rhythm '{rhythm.rhythm}'; use one of {RHYTHMS}")


def _check_row_rules(table: CleanTable, parameters: Mapping[str, Parameter], file: str) -> None:
    """A row rule compares two parameters of one table in one unit; without tests of series, rows have no periods."""
    if table.row_rules and not table.series_tests:
        raise RegistryError(f"{file}: {table.name} has row rules; they need series_tests = true")
    for rule in table.row_rules:
        found = [parameters.get(code) for code in (rule.lower, rule.upper)]
        if any(p is None or p.table != table.name for p in found):
            raise RegistryError(
                f"{file}: a row rule of {table.name} needs its parameters {rule.lower} and {rule.upper}"
            )
        if len({p.unit for p in found if p}) > 1:
            raise RegistryError(f"{file}: {rule.lower} and {rule.upper} of a row rule have two units")


def _parameter(code: str, raw: Mapping[str, Any], table: str, file: str, units: Mapping[str, Unit]) -> Parameter:
    if raw["unit"] not in units:
        said = f"{file}: parameter {code} has the undeclared unit '{raw['unit']}'"
        raise RegistryError(f"{said}; declare it in sources/registry/units.toml")
    tests = raw.get("tests", {})
    if unknown := set(tests) - _TEST_NAMES:
        raise RegistryError(f"{file}: parameter {code} has unknown tests {sorted(unknown)}")
    values: dict[str, Any] = {k: v if k == "gap_periods" else Decimal(v) for k, v in tests.items()}
    return Parameter(
        code=code,
        name_zh=raw["name_zh"],
        name_en=raw["name_en"],
        unit=raw["unit"],
        table=table,
        hj_code=raw.get("hj_code", ""),
        aliases=tuple(raw.get("aliases", ())),
        tests=SeriesTests(**values),
    )
