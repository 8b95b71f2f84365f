"""The words of words.toml, and whether a header or a cell says one of them.

Here belongs comparing. Not here: the words themselves (words.toml), or spellings of parameters (names.py).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sources.suggest.names import plain

# A piece that says something by itself: three letters, or one Chinese character.
_LEAST = 3


@cache
def words() -> Mapping[str, Any]:
    """The whole file."""
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


def says(text: str, wanted: Iterable[str]) -> int:
    """How well a text says one of the words: 2 as a whole, 1 in a piece, 0 not at all."""
    bare = plain(text)
    pieces = [plain(word) for word in wanted]
    if bare in pieces:
        return 2
    return int(any(_long(piece) and piece in bare for piece in pieces))


def _long(piece: str) -> bool:
    return len(piece) >= _LEAST or any(ord(c) > 0x2E80 for c in piece)


def meaning(column: str, text: str, allowed: Iterable[str]) -> str:
    """The word of a vocabulary that a cell means; '' if none is known."""
    bare = plain(text)
    by_word = next((word for word in allowed if plain(word) == bare), "")
    if by_word:
        return by_word
    known: Mapping[str, list[str]] = words()["vocabulary"].get(column, {})
    known = {word: spellings for word, spellings in known.items() if word in allowed}
    whole = next((word for word, spellings in known.items() if says(text, spellings) == 2), "")
    return whole or next((word for word, spellings in known.items() if says(text, spellings)), "")
