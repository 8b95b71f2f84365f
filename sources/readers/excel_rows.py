"""Rows of an Excel workbook, every cell as the text a person reads.

Runs in a process of its own (child.py), because the native reader can abort. Here belong sheets and cells as text:
numbers without binary noise (15 digits), dates as ISO text with their time, an error cell as its mark (#DIV/0!), a
formula as its stored result, a percentage as its fraction. Not here: headers and blank rows (cell_table.py), or
cells far outside the table (workbook_guard.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_EVEN, Context
from difflib import get_close_matches
from typing import TYPE_CHECKING

import fastexcel
import polars as pl

from sources.readers.batches import RawBatch, UnreadableFile
from sources.readers.cell_table import Table, chosen, table_records, table_rows
from sources.readers.read_limits import ReadLimits, workbook_too_wide
from sources.readers.stream import ByteStream
from sources.readers.workbook_guard import fits, guard, whole

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
    """Yields the rows of the declared sheets; `__row` is the sheet's row. The workbook is held in memory, within the
    limits, and one sheet's cells at a time.
    """
    yield from table_rows(_sheets(stream, fmt, limits), fmt, limits, expected)


def excel_records(stream: ByteStream, fmt: Format, limits: ReadLimits) -> int:
    """How many rows below the headers are neither blank nor footers, whatever the headers say."""
    return table_records(_sheets(stream, fmt, limits), fmt)


def _sheets(stream: ByteStream, fmt: Format, limits: ReadLimits) -> Iterator[Table]:
    """The declared sheets, every cell as text, row 1 first; UnreadableFile if the workbook cannot be opened."""
    data = whole(stream, limits)
    if data[:2] == b"PK":
        guard(data, fmt.sheet, limits)
    try:
        workbook = fastexcel.read_excel(data)
        for place in _wanted(workbook, fmt.sheet):
            yield workbook.sheet_names[place], _cells(workbook, place, limits)
    except fastexcel.FastExcelError as error:
        raise _refusal(error) from None


def _cells(workbook: fastexcel.ExcelReader, place: int, limits: ReadLimits) -> pl.DataFrame:
    sheet = workbook.load_sheet(place, header_row=None, skip_rows=0, dtypes="string")
    batch, errors = sheet.to_arrow_with_errors()
    if not batch.num_columns:
        return pl.DataFrame()
    if not fits(batch.num_rows, batch.num_columns, limits):
        # Formats that the guard cannot look into (.xls, .xlsb, .ods).
        corner = f"row {batch.num_rows:,}, column {batch.num_columns:,}"
        raise workbook_too_wide(corner, batch.num_rows * batch.num_columns, limits)
    frame = pl.DataFrame(pl.from_arrow(batch)).select(pl.all().cast(pl.String).fill_null("").str.replace(_DAY_ZERO, ""))
    frame = _without_noise(frame)
    return _with_error_marks(frame, errors)


def _wanted(workbook: fastexcel.ExcelReader, wanted: str) -> list[int]:
    names = workbook.sheet_names
    if not names:
        raise UnreadableFile("the workbook has no sheet with cells")
    places = chosen(names, wanted)
    if places:
        return places
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
