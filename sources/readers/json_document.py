"""The walk through one JSON document to its list of records, piece by piece.

Here belong the decoder's settings (numbers as written, a doubled key is an error) and the walk, which holds no more
than the value at hand. Not here: flattening records and NDJSON (json_rows.py).

No streaming library does this: ijson 3.6 (yajl2_c) reads 1e5 as 1E+5 and -0 as 0, keeps the last of two equal keys, and
ends the process at a number of 4,301 digits. The decoder of the standard library reads a value at 0.7 of its speed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NoReturn

from sources.readers.batches import UnreadableFile
from sources.readers.frames import Rejected
from sources.readers.json_paths import as_name, held_at, is_any, leads_to, steps_of
from sources.readers.json_shapes import array_record, columns_records, names_of
from sources.readers.read_limits import MEBIBYTE, ReadLimits, too_many_keys
from sources.readers.text import Utf8Stream

if TYPE_CHECKING:
    from sources.config.model import Format

_WHITE = " \t\r\n"
# A mistake further from the end of what was read than a cut word or escape is not a cut value; an open string may be.
_LONGEST_WORD = 16
_OPEN_STRING = "Unterminated string"

# Ends a part of the document that has names of its own.
_BRANCH = object()
# A row, its record, and the keys of its path that it gets as columns.
_Waiting = tuple[int, Any, dict[str, str]]


class DoubledKey(ValueError):
    """An object names a key twice."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise DoubledKey(key)
            seen.add(key)
    return found


def _decoder(doubles: bool) -> json.JSONDecoder:
    hook = None if doubles else _object
    return json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=hook)


STRICT, _LENIENT = _decoder(False), _decoder(True)


def too_deep(row: int, text: str, start: int, end: int, value: Any, limits: ReadLimits) -> Rejected | None:
    """The refusal of `value`, decoded from text[start:end], if it has more levels than are read."""
    # Without so many brackets it cannot be that deep: counting them costs next to nothing.
    if text.count("[", start, end) + text.count("{", start, end) <= limits.max_depth:
        return None
    level, depth = [value], 0
    while level := [v for v in level if isinstance(v, list | dict)]:
        depth += 1
        if depth > limits.max_depth:
            reason = f"the record is nested too deeply: more than {limits.max_depth} levels"
            return Rejected(row, "", "", reason, text[start : start + limits.cell_characters])
        level = [inner for v in level for inner in (v if isinstance(v, list) else v.values())]
    return None


class JsonDocument:
    """One JSON text, read piece by piece; only the value at hand is held."""

    def __init__(self, text: Utf8Stream, limits: ReadLimits) -> None:
        self._text = text
        self._limits = limits
        self._buffer = ""
        self._at = 0
        self._row = 0
        self._ended = False
        # Characters of the last value.
        self._taken = 0
        # Keys and places from the document down to where the walk is, and those that records get as columns.
        self._here: list[str] = []
        self._labels: dict[str, str] = {}
        self._any = self._found = False
        self._header: Any = None
        self._names: list[str] | None = None

    def records(self, fmt: Format, expected: Sequence[str]) -> Iterator[tuple[int, Any]]:
        """Records of the list at `records` of the format ('' is the document itself, an object then being one record).

        An array gets the names at `header`; rows that come before their names wait for them.
        """
        path = steps_of(fmt.records)
        self._fmt, self._header_path = fmt, steps_of(fmt.header)
        waiting: list[_Waiting] = []
        held = 0
        for row, value in self._walk(path, fmt.records):
            if value is _BRANCH:
                yield from self._named(waiting, expected)
                waiting, held = [], 0
                continue
            if fmt.records_as == "columns":
                for record in columns_records(row, value, self._limits):
                    yield self._count(), self._labelled(self._row, record, self._labels)
                continue
            if fmt.records_as == "arrays" and fmt.header and self._header is None:
                held += self._taken
                if held > self._limits.document_bytes:
                    raise UnreadableFile(
                        f"the names at header = '{fmt.header}' come after more than "
                        f"{self._limits.document_bytes // MEBIBYTE} MiB of rows",
                        hint="Ask the sender to put the names first",
                    )
                waiting.append((row, value, self._labels))
                continue
            yield from self._named([*waiting, (row, value, self._labels)], expected)
            waiting, held = [], 0
        yield from self._named(waiting, expected)
        if self._any and not self._found:
            self._refuse(f"records = '{fmt.records}' is not in the document", "Correct records in [source.format]")
        if self._peek():
            self._refuse(
                "something follows the end of the JSON document",
                'If each line is a record, set kind = "ndjson" in [source.format]',
            )

    def _named(self, records: list[_Waiting], expected: Sequence[str]) -> Iterator[tuple[int, Any]]:
        """`records` in the shape of the format, with the keys of their path."""
        if records and self._header_path and self._header is None:
            self._refuse(f"header = '{self._fmt.header}' is not in the document", "Correct header in [source.format]")
        for row, record, labels in records:
            yield row, self._labelled(row, self._shaped(row, record, expected), labels)

    def _count(self) -> int:
        self._row += 1
        return self._row

    def _shaped(self, row: int, value: Any, expected: Sequence[str]) -> Any:
        if self._fmt.records_as != "arrays":
            return value
        if self._names is None and self._fmt.header:
            self._names = names_of(self._header, self._fmt, expected, self._limits)
        return array_record(row, value, self._names, self._limits)

    def _labelled(self, row: int, record: Any, labels: dict[str, str]) -> Any:
        """A record with the keys of its path that the format names."""
        if not labels or not isinstance(record, dict):
            return record
        if doubled := next((name for name in labels if name in record), None):
            shown = json.dumps(record, ensure_ascii=False)[: self._limits.cell_characters]
            reason = f"the record has '{doubled}' and records names a key so"
            return Rejected(row, doubled, "", reason, shown)
        return {**labels, **record}

    def _walk(self, path: list[str], whole: str) -> Iterator[tuple[int, Any]]:
        opened = self._peek()
        if not path:
            yield from self._at_records(opened, whole)
        elif is_any(path[0]) and opened in ("{", "["):
            yield from self._walk_any(path, whole, opened)
        elif opened == "{":
            yield from self._walk_object(path, whole)
        elif self._any and opened:
            self._value()
        else:
            self._refuse(f"there is no object that could hold '{path[0]}' of records = '{whole}'", "Correct records")

    def _at_records(self, opened: str, whole: str) -> Iterator[tuple[int, Any]]:
        if opened == "[":
            self._found = True
            yield from self._elements()
        elif opened == "{" and (not whole or self._any or self._fmt.records_as == "columns"):
            self._found = True
            value = self._value()
            yield (self._row if self._fmt.records_as == "columns" else self._count()), value
        elif not opened:
            self._refuse_cut()
        elif self._any:
            self._value()
        else:
            what = f"records = '{whole}'" if whole else "the document"
            self._refuse(
                f"{what} is not a list of records",
                "Set records in [source.format] to the dotted path of the list",
            )

    def _walk_any(self, path: list[str], whole: str, opened: str) -> Iterator[tuple[int, Any]]:
        """Every key of an object, or every entry of a list, one after the other."""
        self._any = True
        self._at += 1
        name, place, closing = as_name(path[0]), 0, "}" if opened == "{" else "]"
        while self._peek() != closing:
            if place:
                self._take(",")
                self._peek()
            place += 1
            key = self._key() if opened == "{" else str(place)
            if name:
                self._labels = {**self._labels, name: key}
            self._here.append(key)
            own_names = len(self._header_path) > len(self._here) and leads_to(self._header_path, self._here)
            if own_names:
                self._header = self._names = None
            yield from self._walk(path[1:], whole)
            if own_names:
                yield self._row, _BRANCH
            self._here.pop()
        self._at += 1
        self._labels = {k: v for k, v in self._labels.items() if k != name}

    def _walk_object(self, path: list[str], whole: str) -> Iterator[tuple[int, Any]]:
        self._at += 1
        keys: list[str] = []
        while self._peek() != "}":
            if keys:
                self._take(",")
            key = self._key()
            self._here.append(key)
            if key == path[0] and key not in keys:
                yield from self._walk(path[1:], whole)
            else:
                self._aside(self._value())
            self._here.pop()
            keys.append(key)
            if len(keys) > self._limits.max_keys:
                raise too_many_keys(len(keys), None, self._limits)
        self._at += 1
        if path[0] not in keys and not self._any:
            inside = ", ".join(f"'{k}'" for k in keys[:12]) or "nothing"
            near = get_close_matches(path[0], keys, 1, 0.5)
            self._refuse(
                f"records = '{whole}' is not in the document; '{path[0]}' is not among {inside}",
                f"Nearest: '{near[0]}'" if near else "Correct records in [source.format]",
            )

    def _aside(self, value: Any) -> None:
        """Looks for the names of arrays in what holds no records."""
        path = self._header_path
        if path and leads_to(path, self._here):
            found = held_at(value, path[len(self._here) :])
            if found is not None:
                self._header, self._names = found, None

    def _key(self) -> str:
        key = self._value()
        if not isinstance(key, str):
            self._refuse("an object's key is not text", "Ask the sender for valid JSON")
        self._take(":")
        return key

    def _elements(self) -> Iterator[tuple[int, Any]]:
        self._at += 1
        first = True
        while self._peek() != "]":
            if not first:
                self._take(",")
                self._peek()
            first = False
            if self._fmt.records_as == "columns":
                yield self._row, self._value()
            else:
                yield self._count(), self._value()
        self._at += 1

    def _more(self, least: int = 1) -> bool:
        """Reads at least so many characters more, unless the text ends; False if there is nothing more."""
        parts, have = [self._buffer[self._at :]], 0
        while have < least and not self._ended:
            piece = self._text.next_text()
            if piece is None:
                self._ended = True
            else:
                parts.append(piece)
                have += len(piece)
        self._buffer, self._at = "".join(parts), 0
        return have > 0

    def _peek(self) -> str:
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in _WHITE:
                self._at += 1
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return ""

    def _take(self, mark: str) -> None:
        found = self._peek()
        if not found:
            self._refuse_cut()
        if found != mark:
            self._refuse(f"'{mark}' expected, '{found}' found", "Ask the sender for valid JSON")
        self._at += 1

    def _value(self) -> Any:
        if not self._peek():
            self._refuse_cut()
        while True:
            try:
                value, end = self._decoded()
            except json.JSONDecodeError as error:
                # The value may go on in the next piece; what is longer than the limit is not a value but a defect.
                # It is decoded from its start again: twice as much at a time keeps that linear.
                held = len(self._buffer) - self._at
                certain = error.pos < len(self._buffer) - _LONGEST_WORD and not error.msg.startswith(_OPEN_STRING)
                if certain or held > self._limits.record_bytes or not self._more(held):
                    self._refuse_syntax(error)
                continue
            except RecursionError:
                self._refuse(
                    f"the record is nested too deeply: more than {self._limits.max_depth} levels",
                    "Ask the sender for flat records",
                )
            if end == len(self._buffer) and self._more():
                continue
            self._taken = end - self._at
            self._at = end
            return value

    def _decoded(self) -> tuple[Any, int]:
        try:
            value, end = STRICT.raw_decode(self._buffer, self._at)
            return too_deep(self._row, self._buffer, self._at, end, value, self._limits) or value, end
        except DoubledKey as double:
            _, end = _LENIENT.raw_decode(self._buffer, self._at)
            shown = self._buffer[self._at : min(end, self._at + self._limits.cell_characters)]
            return Rejected(self._row, str(double), "", f"the record names '{double}' twice", shown), end

    def _refuse_syntax(self, error: json.JSONDecodeError) -> NoReturn:
        if len(self._buffer) - self._at > self._limits.record_bytes and error.msg.startswith(_OPEN_STRING):
            self._refuse(
                f"from here on there is no value of at most {self._limits.record_bytes // MEBIBYTE} MiB",
                'If each line is a record, set kind = "ndjson"; if the records are inside, set records, both in '
                "[source.format]",
            )
        if self._ended and error.pos >= len(self._buffer.rstrip()) - 1:
            self._refuse_cut()
        self._refuse(f"not JSON: {error.msg}", "Ask the sender for valid JSON")

    def _refuse_cut(self) -> NoReturn:
        self._refuse("the JSON document is truncated; nothing of it is used", "Ask the sender to deliver it again")

    def _refuse(self, reason: str, hint: str) -> NoReturn:
        raise UnreadableFile(reason, self._row or None, None, hint)
