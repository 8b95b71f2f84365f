"""How a file is laid out, as the words of `[source.format]` that differ from what they are where they are left out.

Here belongs looking at the beginning of the bytes: the container, the kind, the encoding, the table. Not here: the
parts (encoding.py, table_shape.py, document_shape.py), or what columns mean (suggestion.py).
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from sources.config.model import Format
from sources.readers import ROW, Beginning, ReadLimits, UnreadableFile, read_rows
from sources.readers.containers import parts
from sources.readers.read_limits import MEBIBYTE
from sources.readers.stream import ByteStream
from sources.suggest.document_shape import document_words, lines_are_records
from sources.suggest.encoding import encoding_of
from sources.suggest.table_shape import Grid, delimiter_of, footers_of, grid_of, shape_of, without_comments

_LOOKED_AT = MEBIBYTE
# A document has to be whole to be looked through.
_DOCUMENT = 16 * MEBIBYTE
_LIMITS = ReadLimits()
_PAGE = re.compile(r"<(!doctype html|html|table|body|div)", re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """Words of `[source.format]`, and by word what is unsure about it."""

    words: Mapping[str, Any] = field(default_factory=dict)
    doubts: Mapping[str, str] = field(default_factory=dict)

    @property
    def format(self) -> Format:
        """The same as readers take it."""
        return Format(**self.words)


def layout_of(file: Path) -> Layout:
    """The layout of a file, gzip and zip unpacked within the limits; UnreadableFile if it cannot be read at all."""
    kind, data = _looked_into(file)
    if kind != "csv":
        return _shaped(file, kind)
    encoding, text, doubt = encoding_of(data)
    words: dict[str, Any] = {} if encoding == "utf-8" else {"encoding": encoding}
    doubts = {"encoding": doubt} if doubt else {}
    begun = text.lstrip("\ufeff \r\n\t")
    if begun.startswith("<"):
        return _shaped(file, "html" if _PAGE.search(begun[:4096]) else "xml")
    if begun.startswith(("{", "[")):
        return _document(file, begun, words, doubts)
    text, comment = without_comments(text)
    delimiter, doubt = delimiter_of(text)
    if comment:
        words["comment"] = [comment]
    if delimiter != ",":
        words["delimiter"] = delimiter
    if doubt:
        doubts["delimiter"] = doubt
    whole = len(data) < _LOOKED_AT
    return _of_table(grid_of(text, delimiter), _end_of(text, delimiter) if whole else [], words, doubts)


def _end_of(text: str, delimiter: str) -> Grid:
    return grid_of("\n".join(text.splitlines()[-8:]), delimiter)


def _of_table(grid: Grid, end: Grid, words: dict[str, Any], doubts: dict[str, str]) -> Layout:
    shape = shape_of(grid)
    if shape.header_row > 1:
        words["header_row"] = shape.header_row
    if shape.header_rows > 1:
        words["header_rows"] = shape.header_rows
    if shape.doubt:
        doubts["header_rows" if shape.header_rows > 1 else "header_row"] = shape.doubt
        words.setdefault("header_row", shape.header_row)
    if footers := footers_of(end):
        words["skip_footer"] = footers
    header = [cell.strip() for cell in grid[shape.header_row - 1]] if len(grid) >= shape.header_row else []
    named = [name for name in header if name]
    if shape.header_rows == 1 and len(set(named)) < len(named):
        words["doubled"] = "number"
        doubts["doubled"] = "equal names are told apart by their place: name (2), name (3)"
    return Layout(words, doubts)


def _looked_into(file: Path) -> tuple[str, bytes]:
    """(csv for any text, xlsx or parquet; the beginning of the text)."""
    refusal: UnreadableFile | None = None
    for kind in ("csv", "xlsx", "parquet"):
        try:
            with file.open("rb") as stream:
                part = next(parts(stream, file.name, Format(kind=kind), _LIMITS))
                return kind, _beginning(part.stream, _LOOKED_AT) if kind == "csv" else b""
        except UnreadableFile as error:
            refusal = refusal or error
    raise (refusal or UnreadableFile("nothing is in it")).within(file.name)


def _beginning(stream: ByteStream, size: int) -> bytes:
    found = io.BytesIO()
    while found.tell() < size and (data := stream.read(size - found.tell())):
        found.write(data)
    return found.getvalue()


def _document(file: Path, begun: str, words: dict[str, Any], doubts: dict[str, str]) -> Layout:
    if lines_are_records(begun) or file.name.lower().split(".gz")[0].endswith((".ndjson", ".jsonl")):
        return Layout({"kind": "ndjson", **words}, doubts)
    with file.open("rb") as stream:
        data = _beginning(next(parts(stream, file.name, Format(kind="json"), _LIMITS)).stream, _DOCUMENT)
    found, doubt = document_words(encoding_of(data)[1].lstrip("\ufeff"))
    if doubt:
        doubts["records"] = doubt
        found.setdefault("records", "")
    return Layout({"kind": "json", **words, **found}, doubts)


def _shaped(file: Path, kind: str) -> Layout:
    """The layout of a kind that is read in a process of its own: its first rows are looked at as a table."""
    words: dict[str, Any] = {"kind": kind}
    if kind not in ("xlsx", "html"):
        return Layout(words)
    frame = _first_rows(file, Format(**words, doubled="number"))
    names = [name for name in frame.columns if name != ROW]
    blank = {name: "" for name in names if re.fullmatch(r"column_\d+", name)}
    at = dict(zip(frame[ROW], zip(*(frame[name] for name in names), strict=True), strict=True))
    # Blank rows are not handed on, and count all the same.
    grid: Grid = [[blank.get(n, n) for n in names], *(at.get(i, []) for i in range(2, max(at, default=1) + 1))]
    return _of_table(grid, [], words, {})


def _first_rows(file: Path, fmt: Format) -> pl.DataFrame:
    limits = ReadLimits(beginning=Beginning(records=60))
    with file.open("rb") as stream:
        frames = [batch.frame for batch in read_rows(stream, file.name, fmt, limits)]
    return pl.concat(frames, how="diagonal").with_columns(pl.col(pl.String).fill_null(""))
