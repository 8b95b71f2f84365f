"""A file with the declaration of a network → the declaration, or every mistake with its line and what to write instead.

Here belongs reading the TOML and the CSVs of limits next to it. Not here: whether the words go together
(check_declaration.py). Nothing heavier than pydantic.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sources.config.csv_file import header_mistakes, read_csv
from sources.config.declaration_file import declared_in, parsed, said_of
from sources.config.problems import Problems
from sources.config.structure import shaped
from sources.networks.check_declaration import check_declaration
from sources.networks.declaration import Declaration, Limit
from sources.registry import Registry

Read = TypeVar("Read")
SHIPPED = Path(__file__).parent
LIMIT_COLUMNS = (
    *("parameter", "figure", "grade", "operator", "low", "high", "word", "when", "months", "hours", "unit"),
    *("standard", "clause", "valid_from", "valid_to", "certainty", "source"),
)
_NEEDED = ("parameter", "operator", "standard")
_MULTIPLE = re.compile(r"(?P<factor>[0-9.]+)\s*\*\s*(?P<parameter>[a-z][a-z0-9_]*)")
_INTERVAL = re.compile(
    r"(?P<name>\w+) in (?P<open>[\[(])(?P<low>[-0-9.]*),(?P<high>[-0-9.]*)(?P<close>[\])])(?P<missing> or missing)?"
)
_EQUAL = re.compile(r"(?P<name>\w+)=(?P<value>[^;]+?)(?P<missing> or missing)?")


@dataclass(frozen=True)
class ReadDeclaration:
    """A file as it was read: the declaration if it is sound, the bytes of it and of its limits, and its mistakes."""

    file: Path
    declaration: Declaration | None = None
    sha256: str = ""
    problems: tuple[str, ...] = ()


def read_declaration(file: Path, registry: Registry) -> ReadDeclaration:
    """The network that `file` declares; a mistake begins with the file's name and the line."""
    content, raw, said = parsed(file)
    return ReadDeclaration(file, problems=said) if said else _read(file, content, raw, registry)


def _read(file: Path, content: bytes, raw: Mapping[str, Any], registry: Registry) -> ReadDeclaration:
    problems = Problems(content.decode("utf-8-sig"))
    declared = declared_in(raw, Declaration, problems)
    if declared is None:
        return ReadDeclaration(file, problems=said_of(file, problems))
    digest = hashlib.sha256(content)
    limits, said = list(declared.limits), []
    for name in declared.limits_files:
        read, mistakes = _limits(file.parent / name)
        limits += read
        said += mistakes
        digest.update(_bytes(file.parent / name))
    whole = replace(declared, limits=tuple(limits))
    if not said:
        check_declaration(whole, len(declared.limits), registry, problems)
    said += said_of(file, problems)
    return ReadDeclaration(file, None if said else whole, digest.hexdigest(), tuple(said))


def _bytes(file: Path) -> bytes:
    return file.read_bytes() if file.is_file() else b""


def shipped_names() -> tuple[str, ...]:
    """Names of the networks that ship with EcoLedger."""
    return tuple(sorted(file.stem for file in SHIPPED.glob("*.toml")))


@cache
def shipped_declaration(name: str) -> ReadDeclaration:
    """A shipped network, read once per process."""
    from sources.registry import registry

    return read_declaration(SHIPPED / f"{name}.toml", registry())


def _limits(file: Path) -> tuple[list[Limit], list[str]]:
    """The rows of a CSV of limits, and its mistakes."""
    read = read_csv(file, LIMIT_COLUMNS, "file of limits")
    found = [f"{message} ({hint})" if hint else message for message, hint in read.mistakes]
    if not found:
        mistakes = header_mistakes(read, LIMIT_COLUMNS, _NEEDED, "limits")
        found = [f"{message} ({hint})" if hint else message for message, hint in mistakes]
    rows: list[Limit] = []
    for line, cells in read.rows if not found else ():
        if len(cells) > len(read.header):
            hint = "put a text that holds a comma in quotes"
            found.append(f"{read.name}, line {line}: {len(cells)} columns, the header has {len(read.header)} ({hint})")
            continue
        entry = {h: c.strip() for h, c in zip(read.header, cells, strict=False) if c.strip()}
        try:
            limit = shaped(_words(entry), Limit)
        except ValueError as error:
            found.append(f"{read.name}, line {line}: {error}")
            continue
        if isinstance(limit, Limit):
            rows.append(limit)
        else:
            for mistake in limit:
                column = ".".join(map(str, mistake.path))
                hint = f" ({mistake.hint})" if mistake.hint else ""
                found.append(f"{read.name}, line {line}, column {column}: {mistake.message}{hint}")
    return rows, found


def _words(entry: Mapping[str, str]) -> dict[str, Any]:
    """A row of the CSV as the words of a limit; ValueError says what a cell should be."""
    words: dict[str, Any] = dict(entry)
    for name in ("low", "high"):
        if name in entry:
            words[name] = _number(entry[name], name)
    if (text := entry.get("high", "")) and (multiple := _MULTIPLE.fullmatch(text)):
        del words["high"]
        factor = _number(multiple["factor"], "high")
        words["high_of"] = {"parameter": multiple["parameter"], "factor": factor}
    for name in ("valid_from", "valid_to"):
        if name in entry:
            words[name] = _cell(entry[name], name, date.fromisoformat, "a date (write it as 2024-01-31)")
    for name in ("months", "hours"):
        if name in entry:
            parts = entry[name].split()
            words[name] = tuple(_cell(part, name, int, "a whole number (write 12 1 2)") for part in parts)
    if "when" in entry:
        words["when"] = tuple(_condition(part.strip()) for part in entry["when"].split(";"))
    return words


def _number(text: str, name: str) -> Decimal | None:
    if _MULTIPLE.fullmatch(text):
        return None
    return _cell(text, name, Decimal, "a number (write 12.5, or 0.4*depth)")


def _cell(text: str, name: str, read: Callable[[str], Read], what: str) -> Read:
    try:
        return read(text)
    except (ValueError, InvalidOperation):
        raise ValueError(f"column {name}: '{text}' is not {what}") from None


def _condition(text: str) -> dict[str, Any]:
    """`land_use=paddy`, or `ph in (5.5,6.5]`, each with `or missing` behind it."""
    if found := _INTERVAL.fullmatch(text):
        ends = {end: _number(found[end], "when") for end in ("low", "high") if found[end]}
        missing = found["missing"] is not None
        return {"parameter": found["name"], **ends, "ends": found["open"] + found["close"], "or_missing": missing}
    if found := _EQUAL.fullmatch(text):
        return {"attribute": found["name"], "is": found["value"], "or_missing": found["missing"] is not None}
    raise ValueError(f"column when: '{text}' is not a condition (write land_use=paddy, or ph in (5.5,6.5])")
