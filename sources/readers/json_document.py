"""The walk through one JSON document to its list of records, piece by piece.

Here belong the decoder's settings (numbers as written, a doubled key is an error) and the walk, which holds no more
than the value at hand. Not here: flattening records and NDJSON (json_rows.py).

No streaming library does this: ijson 3.6 (yajl2_c) reads 1e5 as 1E+5 and -0 as 0, keeps the last of two equal keys, and
ends the process at a number of 4,301 digits. The decoder of the standard library reads a value at 0.7 of its speed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, NoReturn

from sources.readers.batches import UnreadableFile
from sources.readers.frames import Rejected
from sources.readers.read_limits import MEBIBYTE, ReadLimits, too_many_keys
from sources.readers.text import Utf8Stream

_WHITE = " \t\r\n"
# A mistake further from the end of what was read than a cut word or escape is not a cut value; an open string may be.
_LONGEST_WORD = 16
_OPEN_STRING = "Unterminated string"


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

    def records(self, path: str) -> Iterator[tuple[int, Any]]:
        """Records of the list at the dotted `path` ('' is the document itself, an object then being one record)."""
        yield from self._walk([p for p in path.split(".") if p], path)
        if self._peek():
            self._refuse(
                "something follows the end of the JSON document",
                'If each line is a record, set kind = "ndjson" in [source.format]',
            )

    def _walk(self, path: list[str], whole: str) -> Iterator[tuple[int, Any]]:
        opened = self._peek()
        if not path:
            if opened == "[":
                yield from self._elements()
            elif opened == "{" and not whole:
                self._row += 1
                yield self._row, self._value()
            elif not opened:
                self._refuse_cut()
            else:
                what = f"records = '{whole}'" if whole else "the document"
                self._refuse(
                    f"{what} is not a list of records",
                    "Set records in [source.format] to the dotted path of the list",
                )
            return
        if opened != "{":
            self._refuse(f"there is no object that could hold '{path[0]}' of records = '{whole}'", "Correct records")
        self._at += 1
        keys: list[str] = []
        while self._peek() != "}":
            if keys:
                self._take(",")
            key = self._value()
            if not isinstance(key, str):
                self._refuse("an object's key is not text", "Ask the sender for valid JSON")
            self._take(":")
            if key == path[0] and key not in keys:
                yield from self._walk(path[1:], whole)
            else:
                self._value()
            keys.append(key)
            if len(keys) > self._limits.max_keys:
                raise too_many_keys(len(keys), None, self._limits)
        self._at += 1
        if path[0] not in keys:
            inside = ", ".join(f"'{k}'" for k in keys[:12]) or "nothing"
            near = get_close_matches(path[0], keys, 1, 0.5)
            self._refuse(
                f"records = '{whole}' is not in the document; '{path[0]}' is not among {inside}",
                f"Nearest: '{near[0]}'" if near else "Correct records in [source.format]",
            )

    def _elements(self) -> Iterator[tuple[int, Any]]:
        self._at += 1
        first = True
        while self._peek() != "]":
            if not first:
                self._take(",")
                self._peek()
            first = False
            self._row += 1
            yield self._row, self._value()
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
