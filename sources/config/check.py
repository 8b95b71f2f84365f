"""Every mistake of a configuration, each with its line and what to write instead.

Here belongs putting the checks together. Not here: the checks themselves (structure.py, check_source.py,
check_layout.py, standards.py, registers.py, declared.py) or the classes a sound configuration becomes (classes.py).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from sources.config.check_layout import check_layout, check_zone
from sources.config.check_source import check_source
from sources.config.classes import district_of, source_of
from sources.config.declared import read_declared
from sources.config.mend import mended_source
from sources.config.model import District
from sources.config.problems import Problem, Problems
from sources.config.registers import register_mistakes
from sources.config.sense import check_sense
from sources.config.standards import check_standards
from sources.config.structure import check_structure
from sources.registry import registry
from sources.registry.declared_tables import DECLARED_TABLES
from sources.registry.feed_model import Registry

_KEY = re.compile(r"([A-Za-z0-9_.-]+)\s*=")
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


def check_config(path: Path) -> list[Problem]:
    """All mistakes of the configuration at `path` in the order of its lines; none means it can be used."""
    return read_checked(path)[1]


def read_checked(path: Path) -> tuple[dict[str, Any], list[Problem], str]:
    """The parsed configuration, its mistakes and its text."""
    try:
        if not path.is_dir() and path.exists() and not path.is_file():
            return {}, [Problem(1, str(path), "it is a pipe or a device", "name a file")], ""
        data = path.read_bytes()
    except FileNotFoundError:
        return {}, [Problem(1, str(path), "there is no such file", "see README for an example")], ""
    except IsADirectoryError:
        return {}, [Problem(1, str(path), "it is a directory", "name the configuration file in it")], ""
    except OSError as error:
        return {}, [Problem(1, str(path), f"it cannot be read: {error.strerror}", "check its permissions")], ""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return {}, [Problem(line, str(path), "not UTF-8 text", "save the file as UTF-8")], ""
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        return {}, [_syntax(str(error), text)], text
    problems = Problems(text)
    _check(raw, path.absolute().parent, registry(), problems)
    return raw, problems.sorted(), text


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


def _check(raw: Mapping[str, Any], base: Path, known: Registry, problems: Problems) -> None:
    sound = check_structure(raw, problems)
    district = District()
    if isinstance(raw.get("district"), Mapping):
        zone = raw["district"].get("reporting_zone")
        if isinstance(zone, str):
            check_zone(zone, ("district", "reporting_zone"), problems)
        if set(raw["district"]) <= set(District.__dataclass_fields__):
            district = district_of(raw)
    ids: dict[str, int] = {}
    entries = raw["source"] if isinstance(raw.get("source"), list) else []
    for i, written in enumerate(entries):
        entry = written if i in sound else mended_source(written, ("source", i), problems)
        if entry is None:
            continue
        source = source_of(entry, known, district)
        check_source(source, entry, ("source", i), known, problems)
        check_layout(source, entry, ("source", i), problems)
        if source.id in ids:
            message = f"source[{ids[source.id] + 1}] is called '{source.id}' already"
            problems.add(("source", i, "id"), message, "give each source its own id")
        ids.setdefault(source.id, i)
    if raw.get("source") == []:
        problems.add((), "no source is declared", "add [[source]]")
    check_sense(raw, base, problems)
    check_standards(raw, problems)
    _check_files(raw, base, known, problems)
    _check_declared(raw, base, problems)


def _check_files(raw: Mapping[str, Any], base: Path, known: Registry, problems: Problems) -> None:
    sites = raw.get("sites")
    files = sites.get("files", []) if isinstance(sites, Mapping) else []
    for i, name in enumerate([files] if isinstance(files, str) else files if isinstance(files, list) else []):
        if isinstance(name, str):
            place = ("sites", "files", i) if isinstance(files, list) else ("sites", "files")
            for message, hint in register_mistakes(base / name, known):
                problems.add(place, message, hint)
    gate = raw.get("gate")
    waivers = gate.get("waivers") if isinstance(gate, Mapping) else None
    if isinstance(waivers, str) and not (base / waivers).is_file():
        problems.add(("gate", "waivers"), f"there is no file {base / waivers}")


def _check_declared(raw: Mapping[str, Any], base: Path, problems: Problems) -> None:
    declared = raw.get("declared")
    for name, file in declared.items() if isinstance(declared, Mapping) else ():
        if name in DECLARED_TABLES and isinstance(file, str):
            for message, hint in read_declared(DECLARED_TABLES[name], base / file).mistakes:
                problems.add(("declared", name), message, hint)
