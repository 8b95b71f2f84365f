"""How a table of cells is laid out: its delimiter, the rows of its header, comments above it and rows below it.

Here belongs what is seen without knowing what columns mean. Not here: encodings (encoding.py), documents of records
(document_shape.py), or meaning (suggestion.py).
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sources.suggest.cell_kinds import is_number, is_word
from sources.suggest.stamps_seen import looks_like_time

_DELIMITERS = (",", "\t", ";", "|")
_LINES = 200
_COMMENTS = ("#", "//", "!")
# Rows that are looked at for a header, those below it that show what its columns hold, and how full a header is.
_HEADER_WITHIN = 40
_BELOW = 8
_FULL = 0.6
_FOOTERS = (
    "合计",
    "总计",
    "小计",
    "平均",
    "注",
    "备注",
    "填表",
    "制表",
    "说明",
    "Total",
    "TOTAL",
    "Sum",
    "Note",
    "Source",
)

Grid = Sequence[Sequence[str]]


@dataclass(frozen=True)
class TableShape:
    """Where the header is, counted from 1, over how many rows, and what is unsure about it."""

    header_row: int = 1
    header_rows: int = 1
    doubt: str = ""


def without_comments(text: str) -> tuple[str, str]:
    """(the text without its comment lines, the mark that they begin with or '')."""
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    mark = next((m for m in _COMMENTS if first.startswith(m)), "")
    if not mark:
        return text, ""
    return "\n".join(line for line in lines if not line.startswith(mark)), mark


def delimiter_of(text: str) -> tuple[str, str]:
    """(the delimiter under which most lines have equally many cells, what is unsure or '')."""
    scored = []
    for place, delimiter in enumerate(_DELIMITERS):
        widths = Counter(len(row) for row in grid_of(text, delimiter) if any(row))
        width, lines = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]), default=(0, 0))
        if width > 1:
            scored.append((lines * min(width, 3), width, -place, delimiter))
    if not scored:
        return ",", "the lines have one cell each: what parts the columns?"
    return max(scored)[-1], ""


def grid_of(text: str, delimiter: str) -> list[list[str]]:
    """The first lines as cells; the last one may be cut and is left out of a long text."""
    lines = text.splitlines(keepends=True)[: _LINES + 1]
    shown = lines[:_LINES] if len(lines) > _LINES else lines
    try:
        return list(csv.reader(io.StringIO("".join(shown), newline=""), delimiter=delimiter))
    except csv.Error:
        return []


def shape_of(grid: Grid) -> TableShape:
    """The header is the first full row that says words where the rows below it hold numbers or times."""
    width = _usual_width(grid)
    found = [i for i in range(min(len(grid), _HEADER_WITHIN)) if _is_header(grid, i, width)]
    if not found:
        full = next((i for i, row in enumerate(grid) if _filled(row) >= _FULL * width), 0)
        return TableShape(full + 1, 1, "no row was told from the rows below it: is this the header?")
    first = found[0]
    if first + 1 in found and not any(_holds_value(cell) for cell in grid[first + 1]):
        return TableShape(first + 1, 2, "are these two rows one header?")
    return TableShape(first + 1)


def footers_of(grid: Grid) -> list[str]:
    """How the last rows begin that are not records."""
    firsts = [next((cell.strip() for cell in row if cell.strip()), "") for row in grid[-6:]]
    return list(dict.fromkeys(f for first in firsts for f in _FOOTERS if first.startswith(f)))


def _usual_width(grid: Grid) -> int:
    widths = Counter(_filled(row) for row in grid if _filled(row) > 1)
    return max(widths, key=lambda width: (widths[width], width), default=1)


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _holds_value(cell: str) -> bool:
    return is_number(cell) or is_number(cell, ",") or looks_like_time(cell)


def _is_header(grid: Grid, i: int, width: int) -> bool:
    # A header of two merged rows has gaps in its first.
    below = [row for row in grid[i + 1 : i + 1 + _BELOW] if _filled(row) > 1]
    if not below or len(grid[i]) < _FULL * width or _filled(grid[i]) < max(2, _FULL * width / 2):
        return False
    telling = 0
    for place, cell in enumerate(grid[i]):
        held = [_holds_value(row[place]) for row in below if place < len(row) and row[place].strip()]
        telling += is_word(cell) and not looks_like_time(cell) and len(held) > 0 and sum(held) * 2 > len(held)
    return telling > 0
