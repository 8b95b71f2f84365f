"""Writes rows as the file formats of the simulated district: CSV in several dialects, gzip, workbooks.

Here belongs syntax only, with everything pinned that could differ between two runs (times inside gzip and
workbooks). Not here: what the rows say.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Sequence
from datetime import datetime

_NO_DATE = datetime(2025, 1, 1)


def csv_bytes(
    lines: Sequence[Sequence[str]],
    *,
    encoding: str = "utf-8",
    delimiter: str = ",",
    title: str = "",
    repacked: bool = False,
) -> bytes:
    """CSV with CRLF line ends; `title` puts a title line and a blank line on top.

    Cells must hold neither the delimiter nor quotes, except that cells with a comma are quoted. A `repacked` file
    says the same with one blank line at its end.
    """
    text = [delimiter.join(line) for line in lines]
    if delimiter == ",":
        # Only few lines hold a comma inside a cell: those alone are put together cell by cell.
        text = [
            ",".join(map(_quoted, line)) if joined.count(",") >= len(line) else joined
            for line, joined in zip(lines, text, strict=True)
        ]
    if title:
        text[:0] = [title, ""]
    return ("\r\n".join(text) + ("\r\n\r\n" if repacked else "\r\n")).encode(encoding)


def gzip_bytes(content: bytes, level: int = 5) -> bytes:
    """`content` as gzip without a time stamp."""
    return gzip.compress(content, compresslevel=level, mtime=0)


def workbook_bytes(
    sheet: str,
    title: str,
    head: Sequence[tuple[str, str]],
    lines: Sequence[Sequence[str | float]],
    groups: Sequence[tuple[int, int, str]] = (),
    footer: str = "",
) -> bytes:
    """A workbook: merged title in row 1, a header of two lines in rows 2 and 3, then `lines`, then `footer`.

    `head` gives the two header cells of each column; an empty second cell merges downwards; `groups` (first, last
    column, text) merge the upper cells sideways. Text stays text, numbers are numbers.
    """
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": _NO_DATE, "author": "EcoLedger simulated district"})
    page = book.add_worksheet(sheet)
    bold = book.add_format({"bold": True, "align": "center"})
    page.merge_range(0, 0, 0, len(head) - 1, title, bold)
    grouped = {c for first, last, _ in groups for c in range(first, last + 1)}
    for first, last, text in groups:
        page.merge_range(1, first, 1, last, text, bold)
    for column, (upper, lower) in enumerate(head):
        if not lower:
            page.merge_range(1, column, 2, column, upper, bold)
            continue
        if column not in grouped:
            page.write_string(1, column, upper, bold)
        page.write_string(2, column, lower, bold)
    for i, line in enumerate(lines, 3):
        for column, value in enumerate(line):
            if isinstance(value, str):
                page.write_string(i, column, value)
            else:
                page.write_number(i, column, value)
    if footer:
        page.write_string(3 + len(lines), 0, footer)
    book.close()
    return out.getvalue()


def _quoted(cell: str) -> str:
    return f'"{cell}"' if "," in cell else cell
