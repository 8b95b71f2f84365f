"""Records of JSON documents and NDJSON, streamed.

Here belong flattening, lines of NDJSON and gathering records into columns. Not here: the walk through a JSON document
(json_document.py), encodings (text.py) and containers. Numbers keep their source text; nested objects become dotted
columns; lists stay JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from sources.readers.frames import Rejected, batches, without_blank_rows, without_undecodable
from sources.readers.header import check_expected
from sources.readers.json_document import STRICT, DoubledKey, JsonDocument
from sources.readers.model import MEBIBYTE, ROW, RawBatch, ReadLimits, UnreadableFile
from sources.readers.text import Utf8Stream

if TYPE_CHECKING:
    import io

    from sources.config.model import Format

# Records are Python objects until their batch is full: fewer of them than of CSV rows fit in the same memory.
_BATCH_RECORDS = 50_000


def json_rows(
    stream: io.RawIOBase, name: str, fmt: Format, limits: ReadLimits, expected: Sequence[str]
) -> Iterator[RawBatch]:
    """Yields records; a record that is no object, or names a key twice, is rejected alone.

    A syntax error refuses a JSON document as a whole; in NDJSON it rejects its line.
    """
    text = Utf8Stream(stream, fmt.encoding)
    table = _Table(fmt, expected, text)
    size = min(limits.batch_rows, _BATCH_RECORDS)
    for row, record in numbered_records(text, fmt, limits):
        table.add(row, record)
        if table.rows >= size:
            yield from table.flush(size)
    yield from table.flush(size, last=True)


def numbered_records(text: Utf8Stream, fmt: Format, limits: ReadLimits) -> Iterator[tuple[int, Any]]:
    """Each record with its number; a Rejected stands for one that is wrong, None for a blank line."""
    if fmt.kind == "ndjson":
        return _lines(text, limits)
    return JsonDocument(text, limits).records(fmt.records)


def text_of(value: Any) -> str:
    """A JSON value as one cell: text and numbers as written, null as nothing, lists as JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if value is True or value is False:
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)


def flat(record: dict[str, Any], wanted: Container[str] = (), prefix: str = "") -> Iterator[tuple[str, str]]:
    """The cells of a record; an object inside gives columns named with a dot.

    Where the mapping wants the object's own column, its JSON text is there: a cell that holds something is not empty.
    """
    for key, value in record.items():
        if isinstance(value, dict) and value:
            if f"{prefix}{key}" in wanted:
                yield f"{prefix}{key}", text_of(value)
            yield from flat(value, wanted, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", text_of(value)


class _Table:
    """Gathers records into columns; a column that first comes late is blank before."""

    def __init__(self, fmt: Format, expected: Sequence[str], text: Utf8Stream) -> None:
        self._fmt = fmt
        self._expected = expected
        self._text = text
        self._names: dict[str, None] = {}
        self._cells: list[dict[str, str]] = []
        self._numbers: list[int] = []
        self._rejected: list[Rejected] = []
        self._other = 0
        self._checked = False

    @property
    def rows(self) -> int:
        """Rows gathered since the last flush."""
        return len(self._numbers) + len(self._rejected)

    def add(self, row: int, record: Any) -> None:
        """Takes one record, a Rejected, or None for a blank line."""
        if record is None:
            self._other += 1
        elif isinstance(record, Rejected):
            self._rejected.append(record)
        elif not isinstance(record, dict):
            self._rejected.append(Rejected(row, "", text_of(record), "the record is not an object", text_of(record)))
        else:
            self._add_cells(row, record)

    def _add_cells(self, row: int, record: dict[str, Any]) -> None:
        kinds = set(map(type, record.values()))
        if kinds == {str}:
            cells = record
        elif dict not in kinds:
            cells = {name: text_of(value) for name, value in record.items()}
        else:
            pairs = list(flat(record, self._expected))
            cells = dict(pairs)
            if len(cells) != len(pairs):
                self._reject(row, record, "an object inside and a dotted key give two values for one column")
                return
        if ROW in cells:
            self._reject(row, record, f"a key is called {ROW}, a name kept for row numbers")
            return
        if not _storable(cells):
            self._reject(row, record, "half of a surrogate pair is not text")
            return
        self._cells.append(cells)
        self._numbers.append(row)

    def _reject(self, row: int, record: dict[str, Any], reason: str) -> None:
        self._rejected.append(Rejected(row, "", "", reason, json.dumps(record, ensure_ascii=True)))

    def flush(self, size: int, last: bool = False) -> list[RawBatch]:
        """The gathered rows as batches; the first ones are checked against the expected columns."""
        for cells in self._cells:
            if not self._names.keys() >= cells.keys():
                self._names |= dict.fromkeys(cells)
        if not self._checked and self._numbers:
            check_expected(list(self._names), None, self._expected, self._fmt.extra_columns)
            self._checked = True
        height = len(self._numbers)
        names = list(self._names) or list(self._expected)
        frame = pl.DataFrame(
            {name: [c.get(name, "") for c in self._cells] for name in names} | {ROW: self._numbers},
            schema=dict.fromkeys(names, pl.String) | {ROW: pl.Int64},
        )
        rejected, other = self._rejected, self._other
        self._cells, self._numbers, self._rejected, self._other = [], [], [], 0
        if height and names:
            frame, blank = without_blank_rows(frame)
            other += blank
            if self._text.marked:
                frame, undecodable = without_undecodable(frame, self._text.encoding)
                rejected += undecodable
        if not last and not (frame.height or rejected or other):
            return []
        return batches(frame, rejected, other, size)


def _storable(cells: dict[str, str]) -> bool:
    try:
        "".join((*cells, *cells.values())).encode()
    except UnicodeEncodeError:
        return False
    return True


def _lines(text: Utf8Stream, limits: ReadLimits) -> Iterator[tuple[int, Any]]:
    row, rest = 0, ""
    while (piece := text.next_text()) is not None:
        *lines, rest = (rest + piece).split("\n")
        for line in lines:
            row += 1
            yield row, _line(row, line)
        if len(rest) > limits.record_bytes:
            raise UnreadableFile(
                f"a line is longer than {limits.record_bytes // MEBIBYTE} MiB",
                row + 1,
                None,
                'If the file is one JSON document, set kind = "json" in [source.format]',
            )
    if rest:
        yield row + 1, _line(row + 1, rest)


def _line(row: int, line: str) -> Any:
    line = line.strip()
    if not line:
        return None
    try:
        return STRICT.decode(line)
    except DoubledKey as double:
        return Rejected(row, str(double), "", f"the record names '{double}' twice", line)
    except json.JSONDecodeError as error:
        return Rejected(row, "", "", f"not a JSON record: {error.msg} at character {error.pos + 1}", line)
    except RecursionError:
        return Rejected(row, "", "", "the record is nested too deeply", line)
