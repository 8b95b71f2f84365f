"""A CSV file of the user's as rows with their lines, or why it cannot be read.

Here belongs what site registers and declared tables have in common. Not here: what a cell must hold (cells.py) or which
columns there are (registers.py, declared.py).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sources.config.problems import nearest

Mistake = tuple[str, str]
_MOST_BYTES = 16 << 20


@dataclass(frozen=True)
class CsvFile:
    """A file as it was read: its name, bytes, header (blanks around names aside) and rows with their line, from 2."""

    name: str
    content: bytes
    header: tuple[str, ...] = ()
    rows: tuple[tuple[int, tuple[str, ...]], ...] = ()
    mistakes: tuple[Mistake, ...] = ()


def read_csv(file: Path, columns: tuple[str, ...], what: str) -> CsvFile:
    """`file` as rows; `mistakes` says why not. `columns` is the header it should have, `what` the file is called."""
    try:
        if not file.is_dir() and file.exists() and not file.is_file():
            return _unusable(file, b"", f"{file} is a pipe or a device", f"a {what} is a CSV file in UTF-8")
        size = file.stat().st_size
        content = file.read_bytes() if size <= _MOST_BYTES else b""
    except FileNotFoundError:
        near = nearest(file.name, (f.name for f in file.parent.glob("*.csv"))) if file.parent.is_dir() else ""
        return _unusable(file, b"", f"there is no file {file}", near)
    except OSError as error:
        return _unusable(file, b"", f"{file} cannot be read: {error.strerror}", f"a {what} is a CSV file in UTF-8")
    if size > _MOST_BYTES:
        return _unusable(file, b"", f"{file.name} has {size} bytes", f"a {what} has at most {_MOST_BYTES}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return _unusable(file, content, f"{file.name}, line {line}: not UTF-8 text", f"save the {what} as UTF-8")
    reader = csv.reader(io.StringIO(text, newline=""))
    found, line = [], 0
    try:
        for row in reader:
            # A quoted cell may hold line ends: the row is named by the line it begins on.
            found.append((line + 1, tuple(row)))
            line = reader.line_num
    except csv.Error as error:
        return _unusable(file, content, f"{file.name} is not a CSV file: {error}", "")
    if not found:
        return _unusable(file, content, f"{file.name} is empty", "its header is " + ",".join(columns))
    header = tuple(name.strip() for name in found[0][1])
    return CsvFile(file.name, content, header, tuple(_rows(found[1:], len(header))))


def _rows(found: list[tuple[int, tuple[str, ...]]], width: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Rows that hold something, without empty cells behind the header's last."""
    for line, row in found:
        if any(c.strip() for c in row):
            yield line, row if any(c.strip() for c in row[width:]) else row[:width]


def header_mistakes(file: CsvFile, known: tuple[str, ...], needed: tuple[str, ...], what: str) -> list[Mistake]:
    """Names of the header that are unknown, occur twice or are missing."""
    name, header = file.name, file.header
    found = [(f"{name}: '{h}' is not a {what} column", nearest(h, known)) for h in header if h not in known]
    found += [(f"{name}: column '{h}' occurs twice", "") for h in dict.fromkeys(header) if header.count(h) > 1]
    return found + [(f"{name}: column '{c}' is missing", "") for c in needed if c not in header]


def _unusable(file: Path, content: bytes, message: str, hint: str) -> CsvFile:
    return CsvFile(file.name, content, mistakes=((message, hint),))
