"""Turns the bytes of a delivery into rows of text, whatever format and container they came in.

Here belongs the one entrance for every format: `read_rows`, and `count_records` for files that were refused. Not
here: what a value means (sources.cleaning), and where bytes come from (sources.connectors). Nothing is guessed, no
formula is evaluated, and no row is dropped in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, TYPE_CHECKING

from sources.readers.model import ROW, RawBatch, ReadLimits, UnreadableFile, shifted

if TYPE_CHECKING:
    from sources.config.model import Format

__all__ = ["ROW", "RawBatch", "ReadLimits", "UnreadableFile", "count_records", "read_rows"]

DEFAULT_LIMITS = ReadLimits()


def read_rows(
    stream: IO[bytes],
    file_name: str,
    fmt: Format,
    limits: ReadLimits = DEFAULT_LIMITS,
    *,
    expected: Sequence[str] = (),
) -> Iterator[RawBatch]:
    """Yields the rows of one file in order, at least one batch, with bounded memory.

    `expected` are the raw columns the mapping needs (`sources.config.expected_columns(source)`): a header that lacks
    one is refused with the nearest name, and columns beyond them are refused if the format says so. `__row` is the
    row in the file (its first line is 1; a quoted line break does not start a row), the sheet's row, the record's
    number in a JSON array or the line of NDJSON; members of a zip are read in name order and numbered through.
    Raises UnreadableFile, at any point: then nothing of the file may be used.
    """
    from sources.readers.containers import parts

    offset = 0
    try:
        for part in parts(stream, file_name, fmt, limits):
            rows = 0
            for batch in _rows(part.stream, part.name, fmt, limits, expected):
                rows += batch.frame.height + batch.rejected.height + batch.rows_other
                yield shifted(batch, offset)
            offset += rows
    except UnreadableFile as refused:
        raise refused.within(file_name) from None


def count_records(stream: IO[bytes], file_name: str, fmt: Format, limits: ReadLimits = DEFAULT_LIMITS) -> int:
    """How many records a refused file seems to hold, at best effort and never raising; 0 if that cannot be told."""
    from sources.readers.counting import count

    return count(stream, file_name, fmt, limits)


def _rows(stream: IO[bytes], name: str, fmt: Format, limits: ReadLimits, expected: Sequence[str]) -> Iterator[RawBatch]:
    if fmt.kind == "csv":
        from sources.readers.csv_rows import csv_rows

        return csv_rows(stream, name, fmt, limits, expected)
    if fmt.kind == "xlsx":
        from sources.readers.excel_rows import excel_rows

        return excel_rows(stream, name, fmt, limits, expected)
    from sources.readers.json_rows import json_rows

    return json_rows(stream, name, fmt, limits, expected)
