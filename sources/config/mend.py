"""A configuration as it was probably meant, so that one misspelt key does not hide the mistakes behind it.

Here belongs guessing for the checks only: what is mended here is never run. Not here: what is a mistake of shape
(structure.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from difflib import get_close_matches
from typing import Any

from sources.config.locate import Path
from sources.config.model import Document
from sources.config.problems import Problems
from sources.config.structure import Mistake, document_of

# A time that nobody wrote correctly is still a time to the checks behind it.
_STAND_IN_TIME = {"columns": ["time"], "formats": ["%Y-%m-%d"]}


def read_mended(raw: dict[str, Any], problems: Problems) -> tuple[Document, dict[str, Any]]:
    """The document of `raw` and what it was made of: `raw` itself, or a copy with misspelt keys put right and what
    cannot be used left out. Every mistake of shape is added to `problems`, which find what was moved.
    """
    found = document_of(raw)
    if isinstance(found, Document):
        return found, raw
    mending = _Mending(deepcopy(raw), problems)
    while not isinstance(found, Document):
        mending.report(found)
        mending.mend(found)
        found = document_of(mending.raw)
    return found, mending.raw


class _Mending:
    """One configuration that is mended round by round; each round takes something away, so that there is a last."""

    def __init__(self, raw: dict[str, Any], problems: Problems) -> None:
        self.raw = raw
        self._problems = problems
        # Places as they are written whose value was left out, and as they are now whose key was put right.
        self._left_out: set[Path] = set()
        self._renamed: set[Path] = set()

    def report(self, mistakes: Sequence[Mistake]) -> None:
        """Adds what is not a consequence of mending."""
        for m in mistakes:
            if m.missing:
                gone = (*self._problems.written(m.path), m.missing) in self._left_out
                # A key that was misspelt is one mistake, not two.
                meant = f"did you mean '{m.missing}'?"
                misspelt = any(o.unknown and o.path[:-1] == m.path and o.hint == meant for o in mistakes)
                if gone or misspelt:
                    continue
            elif m.path in self._renamed:
                continue
            self._problems.add(m.path, m.message, m.hint)

    def mend(self, mistakes: Sequence[Mistake]) -> None:
        """Puts misspelt keys right; leaves out what else is wrong, with the table around it where that needs it."""
        for m in mistakes:
            if m.unknown:
                self._rename(m)
        places = {place for m in mistakes if not m.unknown and (place := self._place(m))}
        # Inner places first, and later entries before earlier ones: no place moves before its turn.
        for place in sorted(places, key=lambda p: (len(p), [s if isinstance(s, int) else -1 for s in p]), reverse=True):
            self._leave_out(place)

    def _place(self, m: Mistake) -> Path | None:
        """What has to go; None where nothing has to, or no longer."""
        if not m.missing:
            return m.path
        table = _at(self.raw, m.path)
        if m.missing in table:
            return None
        if m.path == ():
            table[m.missing] = []
            return None
        if m.path[0] == "source" and m.path[2:] == ("time",):
            table[m.missing] = _STAND_IN_TIME[m.missing]
            return None
        return m.path

    def _rename(self, m: Mistake) -> None:
        *parent, key = m.path
        table = _at(self.raw, tuple(parent))
        if not isinstance(table, dict) or not isinstance(key, str) or key not in table:
            return
        near = get_close_matches(key.lower(), [k for k in m.known if k not in table], 1, 0.6)
        value = table.pop(key)
        if near:
            table[near[0]] = value
            self._renamed.add((*parent, near[0]))
            self._problems.moved(tuple(parent), near[0], key)

    def _leave_out(self, place: Path) -> None:
        *parent, step = place
        table = _at(self.raw, tuple(parent))
        if isinstance(table, list) and isinstance(step, int):
            del table[step]
            self._problems.moved(tuple(parent), step, None)
        elif isinstance(table, dict) and step in table:
            self._left_out.add(self._problems.written(place))
            del table[step]
        # That nothing is left is not a mistake of its own.
        if parent and not table:
            self._leave_out(tuple(parent))


def _at(raw: Any, path: Path) -> Any:
    """What `path` leads to; None where it leads nowhere."""
    for step in path:
        known = raw.keys() if isinstance(raw, Mapping) else range(len(raw)) if isinstance(raw, list) else ()
        if step not in known:
            return None
        raw = raw[step]
    return raw
