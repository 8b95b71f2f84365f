"""Small polars helpers that every reader shares: the rejected frame, blank rows, footers, undecodable cells.

Here belongs what is the same for CSV, workbooks and JSON. Not here: anything about a format.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from sources.readers.batches import ROW, RawBatch
from sources.readers.text import MARKS, escape, is_marked

REJECTED_SCHEMA = {"row": pl.Int64, "column": pl.String, "value": pl.String, "reason": pl.String, "record": pl.String}
# A rejected record is kept for people; the raw file keeps all of it.
_RECORD_CHARACTERS = 4000


@dataclass(frozen=True)
class Rejected:
    """One row that cannot be read: where, what was there and why; `record` is the row as text."""

    row: int
    column: str
    value: str
    reason: str
    record: str


def rejected_frame(rows: Sequence[Rejected]) -> pl.DataFrame:
    """`rows` as the frame of RawBatch, in row order."""
    if not rows:
        return pl.DataFrame(schema=REJECTED_SCHEMA)
    cells = sorted(rows, key=lambda r: r.row)
    return pl.DataFrame(
        {
            "row": [r.row for r in cells],
            "column": [escape(r.column) for r in cells],
            "value": [escape(r.value)[:_RECORD_CHARACTERS] for r in cells],
            "reason": [r.reason for r in cells],
            "record": [escape(r.record)[:_RECORD_CHARACTERS] for r in cells],
        },
        schema=REJECTED_SCHEMA,
    )


def without_blank_rows(frame: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """`frame` without rows whose cells are all blank, and how many those were."""
    cells = _cells(frame)
    # Cheap first: most rows are told from blank ones by their first cell.
    blank = cells[0].str.strip_chars() == ""
    for column in cells[1:]:
        if not blank.any():
            return frame, 0
        blank &= column.str.strip_chars() == ""
    return frame.filter(~blank), int(blank.sum())


def without_footers(frame: pl.DataFrame, beginnings: Sequence[str]) -> tuple[pl.DataFrame, int]:
    """`frame` without footers, rows whose first non-blank cell begins with one of `beginnings`, and their number."""
    if not beginnings or not frame.height:
        return frame, 0
    first = pl.Series([""] * frame.height, dtype=pl.String)
    for column in _cells(frame):
        first = first.zip_with(first != "", column.str.strip_chars())
    footer = pl.Series([False] * frame.height)
    for beginning in beginnings:
        footer |= first.str.starts_with(beginning)
    return frame.filter(~footer), int(footer.sum())


def title_of(rows: Sequence[Sequence[str]]) -> str:
    """What is said above a header: its cells, joined with a blank."""
    return " ".join(cell.strip() for row in rows for cell in row if cell.strip())


def is_footer(cells: Sequence[str], beginnings: Sequence[str]) -> bool:
    """The same rule for one row's cells."""
    first = next((c.strip() for c in cells if c.strip()), "")
    return bool(beginnings) and first.startswith(tuple(beginnings))


def without_undecodable(
    frame: pl.DataFrame, encoding: str, delimiter: str = ","
) -> tuple[pl.DataFrame, list[Rejected]]:
    """`frame` without rows that hold a byte that did not decode, and those rows as rejected."""
    names = [n for n in frame.columns if n != ROW]
    bad = pl.Series([False] * frame.height)
    for column in _cells(frame):
        bad |= column.str.contains(MARKS)
    rejected = []
    for record in frame.filter(bad).iter_rows(named=True):
        column = next(n for n in names if is_marked(record[n]))
        text = delimiter.join(record[n] for n in names)
        reason = f"bytes that are not {encoding} text in column '{escape(column)}'"
        rejected.append(Rejected(record[ROW], column, record[column], reason, text))
    return frame.filter(~bad), rejected


def _cells(frame: pl.DataFrame) -> list[pl.Series]:
    # By position, under a plain name: polars takes a column called * or ^a$ for a pattern, even on a series.
    return [column.alias("cell") for column in frame.get_columns() if column.name != ROW]


def batches(frame: pl.DataFrame, rejected: list[Rejected], other: int, size: int) -> list[RawBatch]:
    """One batch, or several of at most `size` rows; what was rejected or left out goes with the first."""
    first = RawBatch(frame.head(size), rejected_frame(rejected), other)
    none = rejected_frame([])
    return [first, *(RawBatch(frame.slice(at, size), none, 0) for at in range(size, frame.height, size))]
