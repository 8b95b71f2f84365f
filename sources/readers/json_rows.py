"""Records of JSON documents and NDJSON, streamed.

Here belong flattening, lines of NDJSON and gathering records into columns. Not here: the walk through a JSON document
(json_document.py), encodings (text.py) and containers. Numbers keep their source text; nested objects become dotted
columns; lists stay JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import polars as pl

from sources.readers.batches import ROW, RawBatch, UnreadableFile
from sources.readers.frames import Rejected, batches, without_blank_rows, without_undecodable
from sources.readers.header import check_expected
from sources.readers.json_document import STRICT, DoubledKey, JsonDocument, too_deep
from sources.readers.json_shapes import array_record
from sources.readers.read_limits import MEBIBYTE, ReadLimits
from sources.readers.stream import ByteStream
from sources.readers.text import Utf8Stream

if TYPE_CHECKING:
    from sources.config.model import Format

# Records are Python objects until their batch is full: fewer of them than of CSV rows fit in the same memory.
_BATCH_RECORDS = 50_000
_BATCH_CHARACTERS = 32 * MEBIBYTE


def json_rows(
    stream: ByteStream, name: str, fmt: Format, limits: ReadLimits, expected: Sequence[str]
) -> Iterator[RawBatch]:
    """Yields records; a record that is not an object, or names a key twice, is rejected alone.

    A syntax error refuses a JSON document as a whole; in NDJSON it rejects its line.
    """
    text = Utf8Stream(stream, fmt.encoding)
    yield from Records(fmt, expected, limits, text).batches(numbered_records(text, fmt, limits, expected))


def numbered_records(
    text: Utf8Stream, fmt: Format, limits: ReadLimits, expected: Sequence[str] = ()
) -> Iterator[tuple[int, Any]]:
    """Each record with its number; a Rejected is in the place of one that is wrong, None of a blank line."""
    if fmt.kind == "json":
        return JsonDocument(text, limits).records(fmt, expected)
    lines = _lines(text, limits)
    if fmt.records_as == "arrays":
        return ((row, array_record(row, value, None, limits)) for row, value in lines)
    return lines


def text_of(value: Any) -> str:
    """A JSON value as one cell: text and numbers as written, null as nothing, lists as JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if value is True or value is False:
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)


def flat(record: dict[str, Any], wanted: Container[str] = (), prefix: str = "") -> list[tuple[str, str]]:
    """The cells of a record; an object inside gives columns named with a dot.

    Where the mapping wants the object's own column, its JSON text is there: a cell that holds something is not empty.
    """
    pairs: list[tuple[str, str]] = []
    for key, value in record.items():
        name = prefix + key
        if type(value) is str:
            pairs.append((name, value))
        elif isinstance(value, dict) and value:
            if name in wanted:
                pairs.append((name, text_of(value)))
            pairs += flat(value, wanted, f"{name}.")
        else:
            pairs.append((name, text_of(value)))
    return pairs


class Records:
    """Gathers records into columns; a column that first comes late is blank before.

    Of the keys that nothing expects only the first few are kept, for people who look at a quarantined record: a file
    in which every record has a key of its own costs no more than another.
    """

    def __init__(
        self, fmt: Format, expected: Sequence[str], limits: ReadLimits, text: Utf8Stream | None = None
    ) -> None:
        self._fmt = fmt
        self._expected = expected
        self._text = text
        self._limits = limits
        self._names: dict[str, None] = {}
        self._wanted = frozenset(expected)
        self._room = limits.other_keys if expected else limits.max_keys
        self.characters = 0
        self._cells: list[dict[str, str]] = []
        self._numbers: list[int] = []
        self._rejected: list[Rejected] = []
        self._other = 0
        self._checked = False

    def batches(self, numbered: Iterable[tuple[int, Any]]) -> Iterator[RawBatch]:
        """The records as batches of rows."""
        size = min(self._limits.batch_rows, _BATCH_RECORDS)
        for row, record in numbered:
            self.add(row, record)
            if self.rows >= size or self.characters >= _BATCH_CHARACTERS:
                yield from self.flush(size)
        yield from self.flush(size, last=True)

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
            shown = text_of(record)[: self._limits.cell_characters]
            self._rejected.append(Rejected(row, "", shown, "the record is not an object", shown))
        else:
            self._add_cells(row, record)

    def _add_cells(self, row: int, record: dict[str, Any]) -> None:
        kinds = set(map(type, record.values()))
        if kinds == {str}:
            cells = record
        elif dict not in kinds:
            cells = {name: text_of(value) for name, value in record.items()}
        else:
            pairs = flat(record, self._wanted)
            cells = dict(pairs)
            if len(cells) != len(pairs):
                self._reject(row, record, "an object inside and a dotted key give two values for one column")
                return
        if ROW in cells:
            self._reject(row, record, f"a key is called {ROW}, a name kept for row numbers")
            return
        if len(cells) > self._limits.max_keys:
            self._reject(row, record, f"the record has {len(cells):,} keys; at most {self._limits.max_keys:,} are read")
            return
        cells = self._kept(cells)
        size = _size(cells)
        if size is None:
            self._reject(row, record, "half of a surrogate pair is not text")
            return
        if size > self._limits.cell_characters and (beyond := self._beyond(cells)):
            name, reason = beyond
            self._reject(row, cells, reason, name, cells[name])
            return
        self.characters += size
        self._cells.append(cells)
        self._numbers.append(row)

    def _kept(self, cells: dict[str, str]) -> dict[str, str]:
        """The cells of the columns that are kept; a new name becomes one as long as there is room."""
        if self._names.keys() >= cells.keys():
            return cells
        for name in cells:
            if name in self._names:
                continue
            if name not in self._wanted:
                if not self._room:
                    continue
                self._room -= 1
            self._names[name] = None
        return {name: text for name, text in cells.items() if name in self._names}

    def _beyond(self, cells: dict[str, str]) -> tuple[str, str] | None:
        """The first cell that is too long to be used, and why; one that nothing expects is left out instead."""
        for name, text in list(cells.items()):
            if len(text) <= self._limits.cell_characters or name in self._fmt.lists:
                continue
            if name in self._wanted or not self._wanted:
                return (
                    name,
                    f"the value has {len(text):,} characters; at most {self._limits.cell_characters:,} are read",
                )
            cells[name] = ""
        return None

    def _reject(self, row: int, record: dict[str, Any], reason: str, column: str = "", value: str = "") -> None:
        most = self._limits.cell_characters
        shown = {name: text_of(cell)[:most] for name, cell in islice(record.items(), self._limits.other_keys)}
        self._rejected.append(Rejected(row, column, value[:most], reason, json.dumps(shown, ensure_ascii=True)))

    def flush(self, size: int, last: bool = False) -> list[RawBatch]:
        """The gathered rows as batches; the first ones are checked against the expected columns."""
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
        self.characters = 0
        if height and names:
            frame, blank = without_blank_rows(frame)
            other += blank
            if self._text is not None and self._text.marked:
                frame, undecodable = without_undecodable(frame, self._text.encoding)
                rejected += undecodable
        if not last and not (frame.height or rejected or other):
            return []
        return batches(frame, rejected, other, size)


def _size(cells: dict[str, str]) -> int | None:
    """Characters of names and values; None if some of them cannot be stored."""
    joined = "".join((*cells, *cells.values()))
    try:
        joined.encode()
    except UnicodeEncodeError:
        return None
    return len(joined)


def _lines(text: Utf8Stream, limits: ReadLimits) -> Iterator[tuple[int, Any]]:
    row, rest = 0, ""
    while (piece := text.next_text()) is not None:
        *lines, rest = (rest + piece).split("\n")
        for line in lines:
            row += 1
            yield row, _line(row, line, limits)
        if len(rest) > limits.record_bytes:
            raise UnreadableFile(
                f"a line is longer than {limits.record_bytes // MEBIBYTE} MiB",
                row + 1,
                None,
                'If the file is one JSON document, set kind = "json" in [source.format]',
            )
    if rest:
        yield row + 1, _line(row + 1, rest, limits)


def _line(row: int, line: str, limits: ReadLimits) -> Any:
    line = line.strip()
    if not line:
        return None
    shown = line[: limits.cell_characters]
    try:
        record = STRICT.decode(line)
        return too_deep(row, line, 0, len(line), record, limits) or record
    except DoubledKey as double:
        return Rejected(row, str(double), "", f"the record names '{double}' twice", shown)
    except json.JSONDecodeError as error:
        return Rejected(row, "", "", f"not a JSON record: {error.msg} at character {error.pos + 1}", shown)
    except RecursionError:
        reason = f"the record is nested too deeply: more than {limits.max_depth} levels"
        return Rejected(row, "", "", reason, shown)
