"""Rows of the tables of a web page, also of one that is named .xls.

Runs in a process of its own (child.py). Here belong decoding, which tables a page has, and their cells as text; a cell
that spans rows or columns is in each row it spans, and in its first column. Not here: headers and blank rows
(cell_table.py). The parser loads nothing from anywhere and knows no entity but those of HTML.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import polars as pl
from lxml import etree

from sources.readers.batches import RawBatch, UnreadableFile
from sources.readers.cell_table import Table, chosen, table_records, table_rows
from sources.readers.read_limits import ReadLimits, table_too_large, too_many_keys, too_many_tags
from sources.readers.stream import ByteStream
from sources.readers.workbook_guard import whole

if TYPE_CHECKING:
    from sources.config.model import Format

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_HEAD_BYTES = 4096
_BLANK = re.compile(r"\s+")
_LARGEST_SPAN = 65_534


def html_rows(
    stream: ByteStream, name: str, fmt: Format, limits: ReadLimits, expected: Sequence[str]
) -> Iterator[RawBatch]:
    """Yields the rows of the declared tables of a page, which is held in memory within the limits."""
    yield from table_rows(_tables(stream, fmt, limits), fmt, limits, expected)


def html_records(stream: ByteStream, fmt: Format, limits: ReadLimits) -> int:
    """How many rows below the headers are neither blank nor footers."""
    return table_records(_tables(stream, fmt, limits), fmt)


def _tables(stream: ByteStream, fmt: Format, limits: ReadLimits) -> list[Table]:
    data = whole(stream, limits)
    if (tags := data.count(b"<")) > limits.tags:
        raise too_many_tags(tags, limits)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    text = _decoded(data, fmt).encode("utf-8", "replace")
    try:
        page = etree.fromstring(text, parser)
    except etree.ParseError as error:
        raise UnreadableFile(f"it is not a web page: {error}", hint="Correct kind in [source.format]") from None
    tables = [] if page is None else [t for t in page.iter("table") if next(_own_rows(t), None) is not None]
    if not tables:
        raise UnreadableFile("the page has no table", hint="Ask the sender for the table itself, or correct kind")
    names = [table.get("id") or str(place) for place, table in enumerate(tables, 1)]
    places = chosen(names, fmt.sheet)
    if not places:
        raise UnreadableFile(
            f"the page has no table '{fmt.sheet}'; its tables are {', '.join(names[:20])}",
            hint='Correct sheet in [source.format]: a table\'s id, its number from 1, or "*"',
        )
    return [(names[place], _cells(tables[place], limits)) for place in places]


def _decoded(data: bytes, fmt: Format) -> str:
    encoding = "gb18030" if codecs.lookup(fmt.encoding).name in ("gbk", "gb2312") else fmt.encoding
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            encoding = name
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        said = _CHARSET.search(data[:_HEAD_BYTES])
        named = said[1].decode("ascii") if said else ""
        hint = f'The page says it is {named}: set encoding = "{named}"' if named else "Declare the page's encoding"
        row = data[: error.start].count(b"\n") + 1
        raise UnreadableFile(f"it does not decode as {fmt.encoding}", row, None, f"{hint} in [source.format]") from None


def _own_rows(table: etree._Element) -> Iterator[etree._Element]:
    """The rows of a table without those of a table inside it."""
    for row in table.iter("tr"):
        if next(row.iterancestors("table"), None) is table:
            yield row


def _cells(table: etree._Element, limits: ReadLimits) -> pl.DataFrame:
    """A rectangle of texts under plain names; short rows end with nothing."""
    rows: list[list[str]] = []
    # By column: the text that a cell above it goes on with, and in how many more rows.
    open_: dict[int, tuple[str, int]] = {}
    width = cells = 0
    for element in _own_rows(table):
        row: list[str] = []
        for cell in [c for c in element if c.tag in ("td", "th")]:
            _carry(row, open_)
            text = _BLANK.sub(" ", "".join(cell.itertext())).strip()
            down = _span(cell.get("rowspan"))
            if down > 1:
                open_[len(row)] = (text, down - 1)
            row += [text, *[""] * (_span(cell.get("colspan")) - 1)]
            if len(row) > limits.max_keys:
                raise too_many_keys(len(row), len(rows) + 1, limits)
        _carry(row, open_)
        width = max(width, len(row))
        cells += len(row)
        if width * (len(rows) + 1) > limits.workbook_cells or cells > limits.workbook_cells:
            raise table_too_large(limits)
        rows.append(row)
    full = [[*row, *[""] * (width - len(row))] for row in rows]
    return pl.DataFrame(full, schema={f"c{i}": pl.String for i in range(width)}, orient="row")


def _carry(row: list[str], open_: dict[int, tuple[str, int]]) -> None:
    """Puts what cells above go on with at the end of `row`."""
    while len(row) in open_:
        place = len(row)
        text, left = open_.pop(place)
        row.append(text)
        if left > 1:
            open_[place] = (text, left - 1)


def _span(text: str | None) -> int:
    return min(int(text), _LARGEST_SPAN) if text and text.strip().isdigit() and len(text) < 7 and int(text) else 1
