"""Every mistake of a configuration, each with its line and what to write instead.

Here belongs putting the checks together. Not here: the checks themselves (structure.py, check_source.py,
check_layout.py, standards.py, registers.py, declared.py) or the classes a sound configuration becomes (model.py).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from sources.config.check_layout import check_layout, check_zone
from sources.config.check_shapes import check_shapes
from sources.config.check_source import check_source
from sources.config.completed import with_tables
from sources.config.declared_networks import NO_NETWORKS, DeclaredNetworks, networks_in_use, register_feeds
from sources.config.declared_plans import NO_PLANS, DeclaredPlans, plans_in_use
from sources.config.declared_registers import NO_REGISTERS, DeclaredRegisters, registers_in_use
from sources.config.declared_together import Around, check_declared
from sources.config.declared_waste import categories_in_use, with_categories
from sources.config.identity import file_mistake
from sources.config.mend import read_mended
from sources.config.model import Document
from sources.config.problems import Problem, Problems, shown
from sources.config.registers import register_mistakes
from sources.config.sense import check_sense, check_values
from sources.config.standards import check_standards
from sources.registry import registry
from sources.registry.feed_model import Registry

_KEY = re.compile(r"([A-Za-z0-9_.-]+)\s*=")
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


def check_config(path: Path) -> list[Problem]:
    """All mistakes of the configuration at `path` in the order of its lines; none means it can be used."""
    return read_checked(path).problems


@dataclass(frozen=True)
class Checked:
    """A configuration as it was read: `problems` in the order of its lines; without any, the parsed TOML and what it
    says.
    """

    problems: list[Problem]
    raw: Mapping[str, Any] = field(default_factory=dict)
    document: Document | None = None
    networks: DeclaredNetworks = NO_NETWORKS
    cases: DeclaredRegisters = NO_REGISTERS
    plans: DeclaredPlans = NO_PLANS
    waste_categories: tuple[str, ...] = ()


def read_checked(path: Path) -> Checked:
    """The configuration at `path` with its mistakes."""
    try:
        if not path.is_dir() and path.exists() and not path.is_file():
            return Checked([Problem(1, str(path), "it is a pipe or a device", "name a file")])
        data = path.read_bytes()
    except FileNotFoundError:
        return Checked([Problem(1, str(path), "there is no such file", "see README for an example")])
    except IsADirectoryError:
        return Checked([Problem(1, str(path), "it is a directory", "name the configuration file in it")])
    except OSError as error:
        return Checked([Problem(1, str(path), f"it cannot be read: {error.strerror}", "check its permissions")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return Checked([Problem(line, str(path), "not UTF-8 text", "save the file as UTF-8")])
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        return Checked([_syntax(str(error), text)])
    problems = Problems(text)
    read = _check(raw, path.absolute().parent, problems)
    found = problems.sorted()
    return Checked(found) if found else replace(read, raw=raw)


def _syntax(message: str, text: str) -> Problem:
    found = _PLACE.search(message)
    line = int(found[1]) if found else text.count("\n") + 1
    lines = text.splitlines()
    written = lines[line - 1].strip() if line <= len(lines) else ""
    what = _PLACE.sub("", message).strip()
    hint = f"in column {found[2]}" if found and written else "something is not closed before the end of the file"
    # The value may be a password: only what is left of it is shown.
    if key := _KEY.match(written):
        hint += f", in the line of {key[1]}"
    if "\\" in written and '"' in written:
        hint += "; write a backslash within '…', not within \"…\""
    return Problem(line, "TOML", what, hint)


def _check(written: dict[str, Any], base: Path, problems: Problems) -> Checked:
    check_values(written, problems)
    document, raw = read_mended(written, problems)
    feeds = {source.feed for source in document.source} | register_feeds(base / f for f in document.sites.files)
    networks = networks_in_use(document.networks, feeds, base, registry(), problems)
    known = networks.registry(registry())
    cases = registers_in_use(document.registers, feeds, base, known, problems)
    known = cases.registry(known)
    document = with_tables(document, known)
    plans = plans_in_use(document.plans, base, known, networks.declarations, cases.declarations, problems)
    categories = categories_in_use({name: base / file for name, file in document.declared.items()})
    known = with_categories(plans.registry(known), categories)
    if "reporting_zone" in raw.get("district", {}):
        check_zone(document.district.reporting_zone, ("district", "reporting_zone"), problems)
    ids: dict[str, int] = {}
    for i, (source, entry) in enumerate(zip(document.source, raw["source"], strict=True)):
        check_source(source, entry, ("source", i), known, problems)
        check_layout(source, entry, ("source", i), problems)
        check_shapes(source, entry, ("source", i), problems)
        if source.id in ids:
            first = shown(problems.written(("source", ids[source.id])))
            problems.add(("source", i, "id"), f"{first} is called '{source.id}' already", "give each source its own id")
        ids.setdefault(source.id, i)
    if written.get("source") == []:
        problems.add((), "no source is declared", "add [[source]]")
    check_sense(document, base, problems)
    check_standards(document.standards, raw.get("standards", {}), problems)
    _check_files(document, raw, base, known, problems)
    around = Around(tuple(base / name for name in document.sites.files), networks, cases, plans)
    check_declared({name: base / file for name, file in document.declared.items()}, around, problems)
    return Checked([], {}, document, networks, cases, plans, categories)


def _check_files(document: Document, raw: Mapping[str, Any], base: Path, known: Registry, problems: Problems) -> None:
    for i, name in enumerate(document.sites.files):
        listed = isinstance(raw["sites"]["files"], list)
        for message, hint in register_mistakes(base / name, known):
            problems.add(("sites", "files", i) if listed else ("sites", "files"), message, hint)
    key_file = document.registers.identity_key_file
    if key_file and (mistake := file_mistake(base / key_file)):
        problems.add(("registers", "identity_key_file"), mistake)
    waivers = document.gate.waivers
    if "waivers" in raw.get("gate", {}) and not (base / waivers).is_file():
        problems.add(("gate", "waivers"), f"there is no file {base / waivers}")
