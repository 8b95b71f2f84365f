"""Whether a site register can be used: it exists, has its columns, and every entry is of the declared kind.

Here belongs judging a register's text, with file and line. Not here: putting registers together (sources.cleaning).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from sources.config.cells import cell_mistake
from sources.config.csv_file import Mistake, header_mistakes, read_csv
from sources.config.problems import nearest
from sources.config.sense import area_code_mistake
from sources.registry.clean_columns import REGISTER_COLUMNS, Column
from sources.registry.feed_model import Registry

_COLUMNS = tuple(c.name for c in REGISTER_COLUMNS)
_MOST = 5
# An entry without valid_from has always held.
EVER = date(1, 1, 1)


def register_mistakes(file: Path, registry: Registry) -> list[Mistake]:
    """What is wrong with the register at `file`, as (message, suggestion); at most a few entries of one file."""
    read = read_csv(file, _COLUMNS, "register")
    if read.mistakes:
        return list(read.mistakes)
    known = {c.name: c for c in REGISTER_COLUMNS}
    found = header_mistakes(read, _COLUMNS, tuple(c.name for c in REGISTER_COLUMNS if c.key), "register")
    if found:
        return found
    known_keys = {c.name for c in REGISTER_COLUMNS if c.key}
    seen: dict[tuple[str, ...], int] = {}
    for line, row in read.rows:
        place = f"{read.name}, line {line}"
        if len(row) > len(read.header) or known_keys & set(read.header[len(row) :]):
            message = f"{place}: {len(row)} columns where the header has {len(read.header)}"
            found.append((message, "put a text that holds a comma in quotes, and give every row its key"))
            continue
        entry = entry_of(read.header, row)
        found += [(f"{place}: {message}", hint) for message, hint in _entry_mistakes(entry, known, registry)]
        key = tuple(entry[c.name] for c in REGISTER_COLUMNS if c.key)
        if key in seen:
            found.append((f"{place}: {' '.join(key)} is in line {seen[key]} already", "give it another valid_from"))
        seen.setdefault(key, line)
        if len(found) >= _MOST:
            break
    return found[:_MOST]


def entries_in_force(files: Iterable[Path]) -> dict[tuple[str, str, str], dict[str, str]]:
    """The entries of registers without mistakes by site, feed and first day (ISO); later files and rows win."""
    found: dict[tuple[str, str, str], dict[str, str]] = {}
    for file in files:
        read = read_csv(file, _COLUMNS, "register")
        for _, row in read.rows:
            entry = entry_of(read.header, row)
            if entry["site_id"]:
                found[entry["site_id"], entry["feed"], entry.get("valid_from") or EVER.isoformat()] = entry
    return found


def entry_of(header: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    """One row by column name; what is left out at its end is empty."""
    return {name: row[i].strip() if i < len(row) else "" for i, name in enumerate(header)}


def _entry_mistakes(entry: Mapping[str, str], known: Mapping[str, Column], registry: Registry) -> list[tuple[str, str]]:
    found = []
    if not entry["site_id"]:
        found.append(("site_id is empty", ""))
    if entry["feed"] not in registry.feeds:
        found.append((f"there is no feed '{entry['feed']}'", nearest(entry["feed"], registry.feeds)))
    feed = registry.feeds.get(entry["feed"])
    kinds = feed.site_kinds if feed else ()
    for name, text in entry.items():
        column = known[name]
        if not text:
            continue
        allowed = kinds if name == "kind" else column.allowed
        if allowed and text not in allowed:
            found.append((f"{name} = '{text}' is not known", nearest(text, allowed)))
        elif mistake := area_code_mistake(text) if name == "area_code" else _mistake(text, column):
            found.append((f"{name} = {mistake[0]}", mistake[1]))
    start, end = entry.get("valid_from", ""), entry.get("valid_to", "")
    if start and end and end < start:
        found.append((f"valid_to {end} is before valid_from {start}", ""))
    return found


def _mistake(text: str, column: Column) -> Mistake | None:
    if column.dtype != "decimal":
        return cell_mistake(text, column)
    try:
        sound = Decimal(text).is_finite()
    except InvalidOperation:
        sound = False
    return None if sound else (f"'{text}' is not a decimal", "write it as 12.5")
