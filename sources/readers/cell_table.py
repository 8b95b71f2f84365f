"""Tables that are held as cells: sheets of a workbook and tables of a page become rows below a header.

Here belong title, header, blank and footer rows of such a table, which of several are read, and numbering their rows
through. Not here: how cells are found (excel_rows.py, html_rows.py) or what is wrong with a header (header.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import polars as pl

from sources.readers.batches import ROW, RawBatch, UnreadableFile, shifted
from sources.readers.frames import batches, title_of, without_blank_rows, without_footers
from sources.readers.header import columns_of
from sources.readers.read_limits import ReadLimits

if TYPE_CHECKING:
    from sources.config.model import Format

# A sheet or table by its name, and its cells as text.
Table = tuple[str, pl.DataFrame]


def chosen(names: Sequence[str], wanted: str) -> list[int]:
    """Places of the declared sheets or tables: the first, the one of that name or number, or all that match a pattern;
    none if there is none.
    """
    if not wanted:
        return [0] if names else []
    if wanted in names:
        return [names.index(wanted)]
    if wanted.isdigit() and 1 <= int(wanted[:6]) <= len(names):
        return [int(wanted) - 1]
    return [place for place, name in enumerate(names) if fnmatchcase(name, wanted)]


def table_rows(tables: Iterable[Table], fmt: Format, limits: ReadLimits, expected: Sequence[str]) -> Iterator[RawBatch]:
    """Yields the rows of tables one after the other; `__row` is the table's row, counted on from the second table."""
    offset = 0
    for name, cells in tables:
        for batch in _rows(cells, fmt, limits, expected):
            yield replace(shifted(batch, offset), sheet=name)
        offset += cells.height


def table_records(tables: Iterable[Table], fmt: Format) -> int:
    """How many rows below the headers are neither blank nor footers, whatever the headers say."""
    found = 0
    for _, cells in tables:
        rows = cells.slice(fmt.header_row - 1 + fmt.header_rows)
        found += without_footers(without_blank_rows(rows)[0], fmt.left_out)[0].height if rows.height else 0
    return found


def _rows(cells: pl.DataFrame, fmt: Format, limits: ReadLimits, expected: Sequence[str]) -> Iterator[RawBatch]:
    first = fmt.header_row - 1
    last = first + fmt.header_rows
    if cells.height < last:
        what = "table" if fmt.kind == "html" else "sheet"
        raise UnreadableFile(
            f"the {what} has {cells.height} rows, but its header should end in row {last}",
            cells.height or None,
            None,
            "Set header_row, header_rows and sheet in [source.format]",
        )
    title = title_of(cells.head(first).rows())
    header = [list(r) for r in cells.slice(first, fmt.header_rows).rows()]
    cells.columns = columns_of(header, fmt.header_row, expected, fmt)
    rows = cells.with_columns(pl.int_range(1, cells.height + 1, dtype=pl.Int64).alias(ROW)).slice(last)
    rows, blank = without_blank_rows(rows) if rows.height else (rows, 0)
    rows, footers = without_footers(rows, fmt.left_out)
    for batch in batches(rows, [], last + blank + footers, limits.batch_rows):
        yield replace(batch, title=title)
