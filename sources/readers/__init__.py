"""Turns the bytes of a delivery into rows of text, whatever format and container they came in.

Here belongs the one entrance for every format: `read_rows`, and `count_records` for files that were refused. Not
here: what a value means (sources.cleaning), and where bytes come from (sources.connectors). Nothing is guessed, no
formula is evaluated, and no row is dropped in silence.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import IO, TYPE_CHECKING

from sources.readers.batches import ISOLATED, ROW, RawBatch, UnreadableFile, is_panic, refusal_of, shifted
from sources.readers.read_limits import DEFAULT_LIMITS, Beginning, ReadLimits

if TYPE_CHECKING:
    from sources.config.model import Format
    from sources.readers.containers import Part
    from sources.readers.watch import Watch

__all__ = [
    "ROW",
    "Beginning",
    "RawBatch",
    "ReadLimits",
    "UnreadableFile",
    "close_readers",
    "count_records",
    "is_panic",
    "read_rows",
    "refusal_of",
]


def read_rows(
    stream: IO[bytes],
    file_name: str,
    fmt: Format,
    limits: ReadLimits = DEFAULT_LIMITS,
    *,
    expected: Sequence[str] = (),
    path: str = "",
) -> Iterator[RawBatch]:
    """Yields the rows of one file in order, at least one batch, with bounded memory.

    `expected` are the raw columns the mapping needs (`sources.config.expected_columns(source)`): a header that lacks
    one is refused with the nearest name, and columns beyond them are refused if the format says so. `__row` is the row
    in the file (its first line is 1; a quoted line break does not start a row), the sheet's row, the record's number in
    a JSON array or the line of NDJSON; members of a zip are read in name order, and rows of members, sheets and tables
    after the first are numbered on. `path` is where the file was offered; what the format finds in it, in names and in
    titles becomes columns. With `limits.beginning` the file ends there, and its last batch says that it is cut. Raises
    UnreadableFile, at any point: then nothing of the file may be used. A reader that fails in any other way gives
    UnreadableFile, too; only what concerns more than this file passes (`refusal_of`).
    """
    from sources.readers.added import Added
    from sources.readers.beginning import Cutter
    from sources.readers.containers import parts
    from sources.readers.watch import Watch

    offset = 0
    cutter = Cutter(limits.beginning) if limits.beginning else None
    watch = Watch(limits)
    added = Added(fmt, file_name, path)
    try:
        for part in parts(stream, file_name, fmt, limits):
            rows = 0
            added.begin(part.member)
            for batch in _rows(part, fmt, limits, expected, watch):
                height = batch.frame.height + batch.rejected.height
                rows += height + batch.rows_other
                watch.count_cells(height * batch.frame.width)
                batch = added.to(batch)
                if cutter:
                    batch = cutter.cut(batch)
                watch.pause()
                yield shifted(batch, offset)
                watch.resume()
                if batch.cut:
                    return
            offset += rows
    except BaseException as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        raise refusal.within(file_name) from None


def close_readers() -> None:
    """Ends the processes that read workbooks, if any were started; the next workbook starts one again."""
    if isolated := sys.modules.get("sources.readers.isolated"):
        isolated.close_readers()


def count_records(stream: IO[bytes], file_name: str, fmt: Format, limits: ReadLimits = DEFAULT_LIMITS) -> int:
    """How many records a refused file seems to hold, at best effort and never raising; 0 if that cannot be told."""
    from sources.readers.counting import count

    return count(stream, file_name, fmt, limits)


def _rows(part: Part, fmt: Format, limits: ReadLimits, expected: Sequence[str], watch: Watch) -> Iterator[RawBatch]:
    from sources.readers.watch import Watched

    stream = Watched(part.stream, watch)
    if fmt.kind == "csv":
        from sources.readers.csv_rows import csv_rows

        return csv_rows(stream, part.name, fmt, limits, expected)
    if fmt.kind in ISOLATED:
        from sources.readers.isolated import isolated_rows

        return isolated_rows(stream, part.name, fmt, limits, expected, watch)
    from sources.readers.json_rows import json_rows

    return json_rows(stream, part.name, fmt, limits, expected)
