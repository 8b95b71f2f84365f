"""A source as it was probably meant, so that one misspelt key does not hide the mistakes behind it.

Here belongs guessing for the checks only: what is mended here is never run. Not here: naming the mistakes of shape
(structure.py), which has happened before; it names what a mended table lacks, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from sources.config import words
from sources.config.locate import Path
from sources.config.problems import Problems
from sources.config.structure import check_source_shape, fits
from sources.config.words import Word

# A time that nobody wrote correctly is still a time to the checks behind it.
_STAND_IN_TIME = {"columns": ["time"], "formats": ["%Y-%m-%d"]}


def mended_source(entry: Any, path: Path, problems: Problems) -> dict[str, Any] | None:
    """`entry` with misspelt keys put right and unusable values left out; None if too little is left to be checked."""
    if not isinstance(entry, Mapping):
        return None
    found = _table(entry, words.SOURCE)
    for name, known in words.PARTS.items():
        if isinstance(found.get(name), Mapping):
            found[name] = _table(found[name], known)
    check_source_shape(found, path, problems)
    for name, known in (*words.TABLES_OF_TABLES.items(), ("values", words.VALUE), ("filters", words.FILTER)):
        if name in found:
            found[name] = _entries(found[name], known)
    if isinstance(found.get("time"), Mapping):
        found["time"] = {**_STAND_IN_TIME, **found["time"]}
    if found.get("long") and not _complete(found["long"], words.LONG):
        del found["long"]
    return found if _complete(found, words.SOURCE) else None


def _entries(entries: Any, known: Mapping[str, Word]) -> Any:
    """The entries of a table or list of tables that can be used; in a table the key stands for `column`."""
    if isinstance(entries, Mapping):
        mended = {k: _table(v, known) for k, v in entries.items() if isinstance(v, Mapping)}
        return {k: v for k, v in mended.items() if _complete({"column": k, **v}, known)}
    mended_list = [_table(v, known) for v in entries if isinstance(v, Mapping)]
    return [v for v in mended_list if _complete(v, known)]


def _complete(table: Mapping[str, Any], known: Mapping[str, Word]) -> bool:
    return all(key in table for key, word in known.items() if word.required)


def _table(table: Mapping[str, Any], known: Mapping[str, Word]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in table.items():
        free = [k for k in known if k not in table]
        near = [key] if key in known else get_close_matches(str(key).lower(), free, 1, 0.6)
        if near and near[0] not in found and fits(value, known[near[0]]):
            inside = known[near[0]].inside
            mended = value if inside is None else _inside(value, known[near[0]].kind, inside)
            if mended:
                found[near[0]] = mended
    return found


def _inside(value: Mapping[str, Any], kind: str, known: Mapping[str, Word]) -> dict[str, Any]:
    """A table of `known` words, or of such tables and plain values, without what cannot be used."""
    if kind == "table":
        mended = _table(value, known)
        return mended if _complete(mended, known) else {}
    tables = {k: _table(v, known) if isinstance(v, Mapping) else v for k, v in value.items()}
    return {k: v for k, v in tables.items() if not isinstance(v, Mapping) or _complete(v, known)}
