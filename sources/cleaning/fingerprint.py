"""What the clean readings of a delivery depend on besides its bytes, as one fingerprint per declared source.

Here belongs only that: the source's mapping, what cleaning reads of its feed's declaration, the units and sites it may
meet, the reporting zone and the declared version of cleaning. Thresholds are not part of it: they set flags only (see
flag_fingerprint.py). No heavy import, because the check for "nothing new" runs it. Not here: cleaning itself.

Versions of polars and pyarrow are not part of it either: they come with uv.lock, and a release that reads the same
bytes otherwise fails the golden test (version.py) before anybody runs it. Only what no golden delivery can foresee is
named: the workbooks that fastexcel refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from sources.cleaning.version import CLEANING_VERSION
from sources.config import shipped
from sources.config.registers import entries_in_force
from sources.value_digest import digest_of

if TYPE_CHECKING:
    from sources.config.model import Config, Source
    from sources.registry import Registry
    from sources.registry.feed_model import Feed, Parameter, Unit

# Site and validity of every entry, by feed.
_Sites = Mapping[str, list[tuple[str, str, str]]]


def cleaning_fingerprint(source: Source, registry: Registry, config: Config) -> str:
    """SHA-256 that changes when the same bytes of `source` might be cleaned to something else."""
    return _fingerprint(source, registry, config, _sites(config))


def source_fingerprints(config: Config, registry: Registry) -> dict[str, str]:
    """`cleaning_fingerprint` of every declared source by its id; the registers are read once."""
    sites = _sites(config)
    return {source.id: _fingerprint(source, registry, config, sites) for source in config.sources}


def _fingerprint(source: Source, registry: Registry, config: Config, sites: _Sites) -> str:
    feed = registry.feeds[source.feed]
    table = feed.tables.get(source.table)
    if table is None:
        # Cleaning says what is wrong with such a mapping.
        return digest_of({"mapping": source.fingerprint})
    parameters = _parameters(source, feed)
    parts: dict[str, Any] = {
        "version": CLEANING_VERSION,
        "mapping": source.fingerprint,
        "reporting zone": config.district.reporting_zone,
        "table": [table.name, table.grain, table.key],
        "columns": [(c.name, c.dtype, c.key, c.allowed) for c in table.columns],
        "invalid status": sorted(feed.invalid_status),
        "parameters": {p.code: _read_as(p, source, registry) for p in parameters},
        "units": _units(source, parameters, registry),
    }
    if table.cases:
        rules = table.cases
        parts["cases"] = [rules.entity, rules.is_list, sorted(rules.attributes.items()), sorted(rules.private)]
        parts["spellings"] = {name: sorted(words.items()) for name, words in rules.spellings.items()}
        parts["district"] = config.district.area_code
        parts["identity"] = config.identity.mark() if rules.private else ""
    if source.unknown_sites == "quarantine":
        parts["sites"] = sites.get(source.feed, [])
    if source.feed == "returns":
        # What a return may report on is the plan's to say.
        parts["plan"] = shipped.plan_digest()
        if own := config.plans.references():
            parts["own plans"] = sorted((item, *names) for item, names in own.items())
    if source.format.kind == "xlsx":
        # A refused workbook is tried again once its reader is another one.
        parts["fastexcel"] = version("fastexcel")
    return digest_of(parts)


def _parameters(source: Source, feed: Feed) -> list[Parameter]:
    """Parameters that the source may deliver, by code."""
    table = feed.parameters_of(source.table)
    delivered = source.declared_parameters
    return [table[code] for code in sorted(table) if delivered is None or code in delivered]


def _read_as(parameter: Parameter, source: Source, registry: Registry) -> tuple[object, ...]:
    words = (sorted(parameter.words.items()),) if parameter.words else ()
    return (_measure(registry.units[parameter.unit]), _names(parameter, source), *words)


def _names(parameter: Parameter, source: Source) -> Iterable[str]:
    """What a file may call the parameter, where the registry's names are read."""
    if source.declared_parameters is not None:
        return ()
    return (parameter.name_zh, *parameter.aliases, parameter.hj_code)


def _units(source: Source, parameters: Iterable[Parameter], registry: Registry) -> Mapping[str, object]:
    """Each unit text that the source names, or may deliver, with what it measures."""
    long = source.long
    if long is None or not (long.unit_column or long.limit_unit_column):
        named = [v.unit for v in (source.values if long is None else long.units.values())]
        return {text: _measure(unit) for text in named if (unit := registry.unit(text)) is not None}
    bases = {registry.units[p.unit].base for p in parameters}
    # Of a unit that measures something else it matters only that it is known: the reason to refuse it.
    return {
        unit.code: (sorted(unit.aliases), _measure(unit) if unit.base in bases else "")
        for unit in registry.units.values()
    }


def _measure(unit: Unit) -> tuple[str, str, str, str]:
    return unit.code, unit.base, str(unit.factor), str(unit.offset)


def _sites(config: Config) -> _Sites:
    """Sites and days that the registers hold; nothing else of an entry says what becomes of a reading."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for (site, feed, start), entry in sorted(entries_in_force(config.registers).items()):
        found.setdefault(feed, []).append((site, start, entry.get("valid_to", "")))
    return found
