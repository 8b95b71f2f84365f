"""Rows of delimited text, streamed by pyarrow.

Here belong numbering rows and quotes that are never closed. Not here: the header (csv_header.py, header.py), which
rows of another width can be read (csv_width.py), encodings (text.py) and containers. A row is what the format calls a
row: a line break inside quotes does not start one.
"""

from __future__ import annotations

import codecs
import re
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import polars as pl
import pyarrow as pa
from pyarrow import csv as arrow_csv

from sources.readers.batches import ROW, RawBatch, UnreadableFile
from sources.readers.csv_header import head_rows, with_encoding_hint
from sources.readers.csv_width import Shape
from sources.readers.frames import (
    Rejected,
    batches,
    is_footer,
    title_of,
    without_blank_rows,
    without_footers,
    without_undecodable,
)
from sources.readers.header import columns_of
from sources.readers.read_limits import MEBIBYTE, ReadLimits, too_many_keys
from sources.readers.stream import ByteStream
from sources.readers.text import Utf8Stream

if TYPE_CHECKING:
    from sources.config.model import Format

# So many rows of another width in succession are not a defect of rows: the file is of another layout. Rows that can be
# read all the same are only held, as many as a spreadsheet has.
_RAGGED_RUN = 100_000
_HELD_RUN = 1 << 20
# What such rows may have in all until one of the right width comes.
_RAGGED_CHARACTERS = 256 * MEBIBYTE
_RELEASE_SECONDS = 5
_NEVER_CLOSED = 'If quotes are plain characters in this file, set quote = "" in [source.format]'


def csv_rows(
    stream: ByteStream, name: str, fmt: Format, limits: ReadLimits, expected: Sequence[str]
) -> Iterator[RawBatch]:
    """Yields the rows of delimited text; the first batch counts title and header rows as other rows."""
    text = Utf8Stream(stream, fmt.encoding, fmt.quote)
    head = head_rows(text, fmt)
    if (most := max(map(len, head.rows))) > limits.max_keys:
        raise too_many_keys(most, fmt.header_row, limits)
    header, row = head.rows[fmt.header_row - 1 :], fmt.header_row + head.comments
    try:
        names = columns_of(header, row, expected, fmt)
    except UnreadableFile as refused:
        raise with_encoding_hint(refused, text) from None
    titles = title_of(head.rows[: fmt.header_row - 1])
    for batch in _Rows(text, Shape.of(names, expected, fmt), len(head.rows) + head.comments, limits).batches():
        yield replace(batch, title=titles)


class _Ear:
    """All that pyarrow holds of ours: it reads ahead, and lets go, in a thread of its own."""

    closed = False

    def __init__(
        self, text: Utf8Stream, note: Callable[[arrow_csv.InvalidRow], str], failures: list[UnreadableFile]
    ) -> None:
        self._text = text
        self._note = note
        self.failures = failures
        self.deaf = False

    def readable(self) -> bool:
        return True

    def read(self, size: int) -> bytes:
        # An exception that passed here would hold this object by its traceback: a copy does not.
        if self.deaf or self.failures:
            return b""
        try:
            return self._text.read(size)
        except UnreadableFile as refused:
            self.failures.append(UnreadableFile(*refused.args))
            return b""

    def note(self, row: arrow_csv.InvalidRow) -> str:
        return self._note(row)


def _wait_for(released: weakref.ref[_Ear]) -> None:
    # If the interpreter ended while pyarrow's thread still held one of our objects, the process would abort.
    until = time.monotonic() + _RELEASE_SECONDS
    while released() is not None and time.monotonic() < until:
        time.sleep(0.0005)


class _Ragged(NamedTuple):
    """A row of another width than most: its number below the header, fields, text, and cells if it can be read."""

    number: int
    columns: int
    text: str
    cells: list[str] | None


class _Rows:
    """Walks the record batches of one file and keeps the number of each row."""

    def __init__(self, text: Utf8Stream, shape: Shape, offset: int, limits: ReadLimits) -> None:
        self._text = text
        self._shape = shape
        self._names = list(shape.names)
        self._offset = offset
        self._fmt = shape.fmt
        self._limits = limits
        self._next = 1
        self._ragged: list[_Ragged] = []
        self._run = 0
        self._run_characters = 0
        self._first_break: int | None = None
        self._other = offset

    def batches(self) -> Iterator[RawBatch]:
        """All batches of the file, at least one; the last is looked at again for a quote that is never closed."""
        held: pl.DataFrame | None = None
        held_rejected: list[Rejected] = []
        for frame, rejected in self._read():
            if held is not None:
                yield from self._finish(held, held_rejected)
            held, held_rejected = frame, rejected
        if held is None:
            held = pl.DataFrame(schema=dict.fromkeys(self._names, pl.String) | {ROW: pl.Int64})
        held, rejected = self._with_ragged(held, None)
        held_rejected += rejected
        if self._text.quotes % 2 and self._first_break is not None:
            held, held_rejected = self._after_open_quote(held, held_rejected)
        yield from self._finish(held, held_rejected)

    def _read(self) -> Iterator[tuple[pl.DataFrame, list[Rejected]]]:
        columns = self._shape.columns(self._shape.width(self._text))
        places = [f"c{i}" for i in range(len(columns))]
        first = self._text.read(1)
        if not first:
            return
        # pyarrow drops one byte order mark: this one, so that a row that begins with the character keeps it.
        self._text.unread(codecs.BOM_UTF8 + first)
        failures: list[UnreadableFile] = []
        ear = _Ear(self._text, self._note_ragged, failures)
        released = weakref.ref(ear)
        reader = None
        try:
            reader = arrow_csv.open_csv(
                pa.PythonFile(ear, mode="r"),
                read_options=arrow_csv.ReadOptions(
                    use_threads=False, column_names=places, block_size=self._limits.block_bytes
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=self._fmt.delimiter,
                    quote_char=self._fmt.quote or False,
                    newlines_in_values=bool(self._fmt.quote),
                    ignore_empty_lines=False,
                    invalid_row_handler=ear.note,
                ),
                convert_options=arrow_csv.ConvertOptions(
                    check_utf8=False,
                    column_types=dict.fromkeys(places, pa.string()),
                    strings_can_be_null=False,
                    quoted_strings_can_be_null=False,
                ),
            )
            for batch in reader:
                if self._text.quotes and self._first_break is None:
                    self._find_break(batch)
                frame = pl.DataFrame(pl.from_arrow(batch))
                frame.columns = columns
                yield self._numbered(frame, columns)
        except pa.ArrowInvalid as error:
            raise (failures[0] if failures else self._refusal(str(error))) from None
        finally:
            ear.deaf = True
            reader = ear = None
            _wait_for(released)
        if failures:
            raise failures[0]

    def _note_ragged(self, row: arrow_csv.InvalidRow) -> str:
        follows = bool(self._ragged) and self._ragged[-1].number == row.number - 1
        self._run = self._run + 1 if follows else 1
        cells = self._shape.cells(row.text) if row.actual_columns >= self._shape.needed else None
        self._run_characters = self._run_characters + len(row.text) if follows else len(row.text)
        self._ragged.append(_Ragged(row.number, row.actual_columns, "" if cells else row.text, cells))
        # pyarrow hands nothing over until it meets a row of its width: without an end, memory would fill.
        return "error" if self._is_endless() else "skip"

    def _is_endless(self) -> bool:
        if not self._ragged:
            return False
        most = _HELD_RUN if self._ragged[-1].cells else _RAGGED_RUN
        return self._run >= most or self._run_characters >= _RAGGED_CHARACTERS

    def _numbered(self, frame: pl.DataFrame, columns: list[str]) -> tuple[pl.DataFrame, list[Rejected]]:
        skipped = [row.number for row in self._ragged]
        numbers = pl.int_range(self._next, self._next + frame.height + len(skipped), eager=True)
        if skipped:
            numbers = numbers.filter(~numbers.is_in(skipped)).head(frame.height)
        if frame.height:
            self._next = int(numbers[-1]) + 1
        frame = frame.with_columns((numbers + self._offset).alias(ROW))
        if columns == self._names:
            return self._with_ragged(frame, self._next)
        frame, behind = self._shape.fitted(frame)
        frame, rejected = self._with_ragged(frame, self._next)
        return frame, [*behind, *rejected]

    def _with_ragged(self, frame: pl.DataFrame, before: int | None) -> tuple[pl.DataFrame, list[Rejected]]:
        """`frame` with the ragged rows before a row (None: all) that can be read, and the others as rejected."""
        ready = [r for r in self._ragged if before is None or r.number < before]
        self._ragged = [r for r in self._ragged if before is not None and r.number >= before]
        fitting = [[*r.cells, r.number + self._offset] for r in ready if r.cells]
        rejected = []
        for row in ready:
            if self._first_break is None and any("\n" in text for text in row.cells or [row.text]):
                self._first_break = row.number + self._offset
            if row.cells:
                continue
            if not row.text.strip() or is_footer(row.text.split(self._fmt.delimiter), self._fmt.left_out):
                self._other += 1
                continue
            rejected.append(Rejected(row.number + self._offset, "", "", self._shape.reason(row.columns), row.text))
        if fitting:
            mended = pl.DataFrame(fitting, schema=frame.schema, orient="row")
            frame = pl.concat([frame, mended]).sort(ROW)
        return frame, rejected

    def _find_break(self, batch: pa.RecordBatch) -> None:
        # One memory search per column: a line break in a cell is rare, and only quotes allow it.
        for column in batch.columns:
            data = column.buffers()[2]
            if data is not None and re.search(rb"[\r\n]", data):
                self._first_break = self._next + self._offset
                return

    def _finish(self, frame: pl.DataFrame, rejected: list[Rejected]) -> list[RawBatch]:
        frame, blank = without_blank_rows(frame) if frame.height else (frame, 0)
        frame, footers = without_footers(frame, self._fmt.left_out)
        if self._text.marked and frame.height:
            frame, undecodable = without_undecodable(frame, self._text.encoding, self._fmt.delimiter)
            rejected = [*rejected, *undecodable]
        other, self._other = self._other + blank + footers, 0
        return batches(frame, rejected, other, self._limits.batch_rows)

    def _after_open_quote(self, frame: pl.DataFrame, rejected: list[Rejected]) -> tuple[pl.DataFrame, list[Rejected]]:
        """An odd number of quotes: lines that the last row swallowed are rejected one by one, else all is refused."""
        last = int(frame[ROW][-1]) if frame.height else 0
        column = ""
        if rejected and rejected[-1].row > last:
            row, text = rejected[-1].row, rejected[-1].record
            rejected = rejected[:-1]
        elif frame.height:
            cells = frame.select(self._names).row(-1)
            row, column = last, self._names[-1]
            text = self._fmt.delimiter.join((*cells[:-1], self._fmt.quote + cells[-1]))
            frame = frame.head(-1)
        else:
            row, text = 0, ""
        lines = re.split(r"\r\n|\n|\r", text)
        if len(lines) < 2:
            raise UnreadableFile(
                "a quote is opened and never closed, so that rows run together", self._first_break, None, _NEVER_CLOSED
            )
        reason = f"a quote opened in row {row} is never closed"
        swallowed = [Rejected(row + i, column if i == 0 else "", "", reason, line) for i, line in enumerate(lines)]
        kept = [r for r in swallowed if r.record.strip()]
        self._other += len([r for r in swallowed[:-1] if not r.record.strip()])
        return frame, [*rejected, *kept]

    def _refusal(self, message: str) -> UnreadableFile:
        if self._is_endless():
            row = self._ragged[-self._run]
            return UnreadableFile(
                f"from this row on {self._run} rows in succession do not have the header's {len(self._names)} columns "
                f"(this one has {row.columns})",
                row.number + self._offset,
                None,
                "Check delimiter, quote and header_row in [source.format]",
            )
        row = self._next + self._offset
        if "straddling" in message or "quoted" in message.lower():
            size = self._limits.block_bytes // MEBIBYTE
            reason = f"a row at or after this one is longer than {size} MiB, or a quote is opened and never closed"
            return UnreadableFile(reason, row, None, _NEVER_CLOSED)
        hint = "Check delimiter, quote and encoding in [source.format]"
        return UnreadableFile(f"the text cannot be read: {message}", row, None, hint)
