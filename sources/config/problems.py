"""A mistake in a configuration, with its place and what to write instead.

Here belong the shape of a problem and the collector that finds its line. Not here: the rules themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from sources.config.locate import Path, lines_of_keys, nearest_line

# Letters from which on a word tells the name that it is a part of.
_TELLING = 5
# In a path the two slashes of an address are one.
_PASSWORD = re.compile(r"(:/{1,2})[^/\s:@]*:[^/\s@]+@")


@dataclass(frozen=True)
class Problem:
    """One mistake: its line (from 1), the dotted key, what is wrong, and what to write instead ('' if unknown)."""

    line: int
    key: str
    message: str
    suggestion: str = ""

    def __str__(self) -> str:
        hint = f" ({self.suggestion})" if self.suggestion else ""
        # What the whole file lacks has no key.
        where = f"line {self.line}: {self.key}" if self.key else f"line {self.line}"
        return f"{where}: {self.message}{hint}"


class Problems:
    """Collects problems of one text; lines are looked up only once something is wrong."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: list[tuple[Path, str, str]] = []
        self._moved: list[tuple[Path, str | int, str | None]] = []

    def add(self, path: Path, message: str, suggestion: str = "") -> None:
        """Notes a mistake at `path`; a password inside an address is left out."""
        self._found.append((self.written(path), _PASSWORD.sub(r"\1…@", message), _PASSWORD.sub(r"\1…@", suggestion)))

    def moved(self, parent: Path, now: str | int, before: str | None) -> None:
        """Notes that in `parent` the key `before` is called `now`, or, without it, that the entry `now` was left out:
        from here on places are those after it.
        """
        self._moved.append((parent, now, before))

    def written(self, path: Path) -> Path:
        """Where the text holds what is now at `path`."""
        for parent, now, before in reversed(self._moved):
            step = path[len(parent)] if len(path) > len(parent) and path[: len(parent)] == parent else None
            if before is not None and step == now:
                path = (*parent, before, *path[len(parent) + 1 :])
            elif before is None and isinstance(step, int) and isinstance(now, int) and step >= now:
                path = (*parent, step + 1, *path[len(parent) + 1 :])
        return path

    def sorted(self) -> list[Problem]:
        """All problems in the order of the text."""
        if not self._found:
            return []
        lines = lines_of_keys(self._text)
        found = [Problem(nearest_line(lines, p), shown(p), m, s) for p, m, s in self._found]
        return sorted(dict.fromkeys(found), key=lambda p: p.line)


def shown(path: Path) -> str:
    """A path as people write it; entries count from 1: source[2].format.encoding."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step + 1}]"
        else:
            text += f".{step}" if text else step
    return text


def nearest(word: object, words: Iterable[str]) -> str:
    """A suggestion naming the valid word closest to `word`, or the valid words if they are few."""
    known = [w for w in words if w]
    by_lower = {w.lower(): w for w in known}
    written = str(word).lower()
    near = get_close_matches(written, list(by_lower), 1, 0.6)
    # A word that one name alone holds whole says more than letters alike: targets is municipal_targets, not areas.
    holding = [w for w in by_lower if len(written) >= _TELLING and written in w]
    if len(holding) == 1:
        near = holding
    if near:
        return f"did you mean '{by_lower[near[0]]}'?"
    if 0 < len(known) <= 12:
        return "use one of " + ", ".join(f"'{w}'" for w in known)
    return ""
