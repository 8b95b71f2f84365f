"""Whether a site register can be used: it exists, has its columns, and every entry is of the declared kind.

Here belongs judging a register's text, with file and line. Not here: putting registers together (sources.cleaning).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from sources.config.problems import nearest
from sources.registry.model import REGISTER_COLUMNS, Column, Registry

_BOOLEANS = ("true", "false", "1", "0", "yes", "no", "是", "否")
_MOST = 5


def register_mistakes(file: Path, registry: Registry) -> list[tuple[str, str]]:
    """What is wrong with the register at `file`, as (message, suggestion); at most a few entries of one file."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        near = nearest(file.name, (f.name for f in file.parent.glob("*.csv"))) if file.parent.is_dir() else ""
        return [(f"there is no file {file}", near)]
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        return [(f"{file.name}, line {line}: not UTF-8 text", "save the register as UTF-8")]
    except OSError as error:
        return [(f"{file} cannot be read: {error.strerror}", "a register is a CSV file in UTF-8")]
    try:
        rows = list(csv.reader(text.splitlines()))
    except csv.Error as error:
        return [(f"{file.name} is not a CSV file: {error}", "")]
    if not rows:
        return [(f"{file.name} is empty", "its header is " + ",".join(c.name for c in REGISTER_COLUMNS))]
    return _judged(file.name, [name.strip() for name in rows[0]], rows[1:], registry)


def _judged(name: str, header: list[str], rows: list[list[str]], registry: Registry) -> list[tuple[str, str]]:
    known = {c.name: c for c in REGISTER_COLUMNS}
    found = [(f"{name}: '{h}' is not a register column", nearest(h, known)) for h in header if h not in known]
    found += [(f"{name}: column '{h}' stands twice", "") for h in dict.fromkeys(header) if header.count(h) > 1]
    found += [(f"{name}: column '{c.name}' is missing", "") for c in REGISTER_COLUMNS if c.key and c.name not in header]
    if found:
        return found
    seen: dict[tuple[str, ...], int] = {}
    for line, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        place = f"{name}, line {line}"
        if len(row) != len(header):
            found.append((f"{place}: {len(row)} columns where the header has {len(header)}", ""))
            continue
        entry = {h: cell.strip() for h, cell in zip(header, row, strict=True)}
        found += [(f"{place}: {message}", hint) for message, hint in _entry_mistakes(entry, known, registry)]
        key = tuple(entry[c.name] for c in REGISTER_COLUMNS if c.key)
        if key in seen:
            found.append((f"{place}: {' '.join(key)} stands in line {seen[key]} already", "give it another valid_from"))
        seen.setdefault(key, line)
        if len(found) >= _MOST:
            break
    return found[:_MOST]


def _entry_mistakes(entry: Mapping[str, str], known: Mapping[str, Column], registry: Registry) -> list[tuple[str, str]]:
    found = []
    if not entry["site_id"]:
        found.append(("site_id is empty", ""))
    if entry["feed"] not in registry.feeds:
        found.append((f"there is no feed '{entry['feed']}'", nearest(entry["feed"], registry.feeds)))
    for name, text in entry.items():
        column = known[name]
        if not text:
            continue
        if column.allowed and text not in column.allowed:
            found.append((f"{name} = '{text}' is not known", nearest(text, column.allowed)))
        elif not _is(text, column.dtype):
            found.append((f"{name} = '{text}' is not a {column.dtype}", _hint(column.dtype)))
    start, end = entry.get("valid_from", ""), entry.get("valid_to", "")
    if start and end and end < start:
        found.append((f"valid_to {end} is before valid_from {start}", ""))
    return found


def _is(text: str, dtype: str) -> bool:
    if dtype == "decimal":
        try:
            return Decimal(text).is_finite()
        except InvalidOperation:
            return False
    if dtype == "date":
        try:
            date.fromisoformat(text)
        except ValueError:
            return False
        return len(text) == 10
    return dtype != "bool" or text.lower() in _BOOLEANS


def _hint(dtype: str) -> str:
    return {"date": "write it as 2024-01-31", "bool": "write true or false", "decimal": "write it as 12.5"}.get(
        dtype, ""
    )
