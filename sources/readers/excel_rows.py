"""Rows of an Excel workbook, every cell as the text a person reads.

Runs in a process of its own (child.py), because the native reader can abort. Here belong sheets and cells as text:
numbers without binary noise (15 digits), dates as ISO text with their time, an error cell as its mark (#DIV/0!), a
formula as its stored result, a percentage as its fraction. Not here: what is wrong with a header (header.py), or
with cells far outside the table (workbook_guard.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_EVEN, Context
from difflib import get_close_matches
from typing import TYPE_CHECKING

import fastexcel
import polars as pl

from sources.readers.batches import ROW, RawBatch, UnreadableFile
from sources.readers.frames import batches, without_blank_rows, without_footers
from sources.readers.header import columns_of
from sources.readers.read_limits import ReadLimits, workbook_too_wide
from sources.readers.stream import ByteStream
from sources.readers.workbook_guard import chosen, fits, guard, whole

if TYPE_CHECKING:
    from sources.config.model import Format

_ERROR_MARKS = {
    "Div0": "#DIV/0!", "NA": "#N/A", "Name": "#NAME?", "Null": "#NULL!", "Num": "#NUM!", "Ref": "#REF!",
    "Value": "#VALUE!",
}  # fmt: skip
_ERROR = re.compile(r"Error\((\w+)\)")
# A time of day is stored as a fraction of day 0, which is read as this date.
_DAY_ZERO = "^1899-12-31 "
_LONG_NUMBER = r"^-?[0-9]+\.[0-9]+$"
_SHOWN_DIGITS = 15
_FIFTEEN = Context(prec=_SHOWN_DIGITS, rounding=ROUND_HALF_EVEN)


def excel_rows(
    stream: ByteStream, name: str, fmt: Format, limits: ReadLimits, expected: Sequence[str]
) -> Iterator[RawBatch]:
    """Yields the rows of one sheet; `__row` is the sheet's row. The workbook is held in memory, within the limits."""
    cells = sheet_cells(stream, fmt, limits)
    first = fmt.header_row - 1
    last = first + fmt.header_rows
    if cells.height < last:
        raise UnreadableFile(
            f"the sheet has {cells.height} rows, but its header should end in row {last}",
            cells.height or None,
            None,
            "Set header_row, header_rows and sheet in [source.format]",
        )
    header = [list(r) for r in cells.slice(first, fmt.header_rows).rows()]
    cells.columns = columns_of(header, fmt.header_row, expected, fmt.extra_columns)
    rows = cells.with_columns(pl.int_range(1, cells.height + 1, dtype=pl.Int64).alias(ROW)).slice(last)
    rows, blank = without_blank_rows(rows) if rows.height else (rows, 0)
    rows, footers = without_footers(rows, fmt.skip_footer)
    yield from batches(rows, [], last + blank + footers, limits.batch_rows)


def excel_records(stream: ByteStream, fmt: Format, limits: ReadLimits) -> int:
    """How many rows below the header are neither blank nor footers, whatever the header says."""
    rows = sheet_cells(stream, fmt, limits).slice(fmt.header_row - 1 + fmt.header_rows)
    return without_footers(without_blank_rows(rows)[0], fmt.skip_footer)[0].height if rows.height else 0


def sheet_cells(stream: ByteStream, fmt: Format, limits: ReadLimits) -> pl.DataFrame:
    """Every cell of the declared sheet as text, sheet row 1 first; UnreadableFile if the workbook cannot be opened."""
    data = whole(stream, limits)
    if data[:2] == b"PK":
        guard(data, fmt.sheet, limits)
    try:
        workbook = fastexcel.read_excel(data)
        sheet = workbook.load_sheet(_sheet(workbook, fmt.sheet), header_row=None, skip_rows=0, dtypes="string")
        batch, errors = sheet.to_arrow_with_errors()
    except fastexcel.FastExcelError as error:
        raise _refusal(error) from None
    if not batch.num_columns:
        return pl.DataFrame()
    if not fits(batch.num_rows, batch.num_columns, limits):
        # Formats that the guard cannot look into (.xls, .xlsb, .ods).
        place = f"row {batch.num_rows:,}, column {batch.num_columns:,}"
        raise workbook_too_wide(place, batch.num_rows * batch.num_columns, limits)
    frame = pl.DataFrame(pl.from_arrow(batch)).select(pl.all().cast(pl.String).fill_null("").str.replace(_DAY_ZERO, ""))
    frame = _without_noise(frame)
    return _with_error_marks(frame, errors)


def _sheet(workbook: fastexcel.ExcelReader, wanted: str) -> int:
    names = workbook.sheet_names
    if not names:
        raise UnreadableFile("the workbook has no sheet with cells")
    place = chosen(names, wanted)
    if place is not None:
        return place
    near = get_close_matches(wanted, names, 1, 0.4)
    hint = f"Nearest: '{near[0]}'. " if near else ""
    raise UnreadableFile(
        f"the workbook has no sheet '{wanted}'; its sheets are {', '.join(names)}",
        hint=f"{hint}Correct sheet in [source.format]",
    )


def _with_error_marks(frame: pl.DataFrame, errors: fastexcel.CellErrors | None) -> pl.DataFrame:
    if errors is None:
        return frame
    by_column: dict[int, dict[int, str]] = {}
    for error in errors.errors:
        row, column = error.offset_position
        found = _ERROR.search(error.detail)
        by_column.setdefault(column, {})[row] = _ERROR_MARKS.get(found[1], "#ERROR!") if found else "#ERROR!"
    for place, marks in by_column.items():
        if place < frame.width:
            name = frame.columns[place]
            column = frame[name].to_list()
            for row, mark in marks.items():
                if row < len(column):
                    column[row] = mark
            frame = frame.with_columns(pl.Series(name, column, dtype=pl.String))
    return frame


def _without_noise(frame: pl.DataFrame) -> pl.DataFrame:
    """Numbers with at most the 15 digits that Excel shows: the rest comes from binary fractions."""
    for column in frame.get_columns():
        noisy = (column.str.len_bytes() > _SHOWN_DIGITS) & column.str.contains(_LONG_NUMBER)
        if noisy.any():
            shown = [_fifteen_digits(text) if long else text for text, long in zip(column, noisy, strict=True)]
            frame = frame.with_columns(pl.Series(column.name, shown, dtype=pl.String))
    return frame


def _fifteen_digits(text: str) -> str:
    rounded = format(_FIFTEEN.create_decimal(text), "f")
    return rounded.rstrip("0").rstrip(".") if "." in rounded else rounded


def _refusal(error: Exception) -> UnreadableFile:
    message = str(error).splitlines()[0]
    if "password" in str(error).lower():
        return UnreadableFile("the workbook is encrypted", hint="Send it without a password")
    return UnreadableFile(f"the workbook cannot be read ({message})", hint="Open it and save it again as .xlsx")
