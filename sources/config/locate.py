"""Line numbers of the keys of a TOML text.

Here belongs a small scanner that tells where each key is. Not here: parsing values (tomllib does) or judging them
(check.py). It expects a text that tomllib has accepted; one that is not valid TOML gives whatever was found.
"""

from __future__ import annotations

import contextlib
import tomllib
from collections.abc import Mapping

Path = tuple[str | int, ...]
_BARE_END = frozenset(" \t\r\n,]}=.#")


def lines_of_keys(text: str) -> Mapping[Path, int]:
    """Line (from 1) of every key, table, array entry and inline key, by path: ('source', 0, 'format', 'encoding')."""
    scanner = _Scanner(text)
    with contextlib.suppress(IndexError):
        scanner.document()
    return scanner.lines


def nearest_line(lines: Mapping[Path, int], path: Path) -> int:
    """Line of `path`, else of the closest table around it, else 1."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1


class _Scanner:
    def __init__(self, text: str) -> None:
        # The end mark stops every loop without a length check.
        self._text = text + "\n\0"
        self._at = 0
        self._line = 1
        self._table: Path = ()
        self._counts: dict[Path, int] = {}
        self.lines: dict[Path, int] = {}

    def document(self) -> None:
        """Walks the whole text."""
        while True:
            self._blank(newlines=True)
            if self._text[self._at] == "\0":
                return
            if self._text[self._at] == "[":
                self._header()
            else:
                self._pair(self._table)

    def _header(self) -> None:
        array = self._text.startswith("[[", self._at)
        self._step(2 if array else 1)
        line = self._line
        keys = self._keys()
        path: Path = ()
        for i, key in enumerate(keys):
            path = (*path, key)
            last = i == len(keys) - 1
            if last and array:
                self._counts[path] = self._counts.get(path, -1) + 1
            if path in self._counts:
                path = (*path, self._counts[path])
            self.lines.setdefault(path, line)
        self._table = path
        while self._text[self._at] == "]":
            self._step(1)

    def _pair(self, table: Path) -> None:
        line = self._line
        path = table
        for key in self._keys():
            path = (*path, key)
            self.lines.setdefault(path, line)
        if self._text[self._at] != "=":
            # Not valid here: move on, so that the walk always ends.
            self._step(1)
            return
        self._step(1)
        self._value(path)

    def _keys(self) -> list[str]:
        keys = []
        while True:
            self._blank()
            mark = self._text[self._at]
            if mark in "\"'":
                keys.append(self._string())
            else:
                start = self._at
                while self._text[self._at] not in _BARE_END and self._text[self._at] != "\0":
                    self._at += 1
                keys.append(self._text[start : self._at])
            self._blank()
            if self._text[self._at] != ".":
                return keys
            self._step(1)

    def _value(self, path: Path) -> None:
        self._blank()
        mark = self._text[self._at]
        if mark in "\"'":
            self._string()
        elif mark == "[":
            self._array(path)
        elif mark == "{":
            self._inline(path)
        else:
            while self._text[self._at] not in ",]}\n#\0":
                self._at += 1

    def _array(self, path: Path) -> None:
        self._step(1)
        index = 0
        while True:
            self._blank(newlines=True)
            mark = self._text[self._at]
            if mark in "]\0":
                self._step(mark == "]")
                return
            if mark == ",":
                self._step(1)
                continue
            self.lines.setdefault((*path, index), self._line)
            begin = self._at
            self._value((*path, index))
            if self._at == begin:
                # Not valid here (a brace that nothing opened): move on, so that the walk always ends.
                self._step(1)
            index += 1

    def _inline(self, path: Path) -> None:
        self._step(1)
        while True:
            self._blank(newlines=True)
            mark = self._text[self._at]
            if mark in "}\0":
                self._step(mark == "}")
                return
            if mark == ",":
                self._step(1)
                continue
            self._pair(path)

    def _string(self) -> str:
        mark = self._text[self._at]
        fence = mark * 3 if self._text.startswith(mark * 3, self._at) else mark
        self._step(len(fence))
        found = []
        while not self._text.startswith(fence, self._at) and self._text[self._at] != "\0":
            if mark == '"' and self._text[self._at] == "\\":
                found.append(self._text[self._at : self._at + 2])
                self._step(2)
            else:
                found.append(self._text[self._at])
                self._step(1)
        self._step(len(fence))
        # A multi-line string may end with up to two quotes of its own.
        while len(fence) == 3 and self._text[self._at] == mark:
            self._step(1)
        text = "".join(found)
        return _unescaped(text) if mark == '"' and "\\" in text else text

    def _blank(self, newlines: bool = False) -> None:
        while True:
            mark = self._text[self._at]
            if mark == "#":
                while self._text[self._at] not in "\n\0":
                    self._at += 1
            elif mark in " \t\r" or (newlines and mark == "\n"):
                self._step(1)
            else:
                return

    def _step(self, count: int) -> None:
        for _ in range(count):
            self._line += self._text[self._at] == "\n"
            self._at += 1


def _unescaped(text: str) -> str:
    try:
        return tomllib.loads(f'k = "{text}"')["k"]
    except tomllib.TOMLDecodeError:
        return text
