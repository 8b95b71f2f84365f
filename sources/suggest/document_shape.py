"""Where the records of a JSON document are, and what shape they have.

Here belongs looking through one document that was read within limits. Not here: tables of cells (table_shape.py), or
reading records (sources.readers).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sources.readers.json_document import STRICT

# Levels that are looked through, and entries of a list that are looked at.
_DEEPEST = 6
_LOOKED_AT = 50

Path = tuple[str, ...]


def lines_are_records(text: str) -> bool:
    """Whether each of the first lines is an object or array by itself."""
    lines = [line for line in text.splitlines()[:5] if line.strip()]
    return len(lines) > 1 and all(isinstance(_loaded(line), dict | list) for line in lines[:-1])


def document_words(text: str) -> tuple[dict[str, Any], str]:
    """(the words of [source.format] that lead to the records, what is unsure or '')."""
    document = _loaded(text)
    if document is None:
        return {}, "the document could not be looked through: where are its records?"
    found = sorted(_lists(document, ()), key=lambda one: -one[0])
    if not found:
        return {}, "no list of records was found: where are they?"
    _, path, records_as = found[0]
    words: dict[str, Any] = {"records": ".".join(path)} if path else {}
    if records_as != "objects":
        words["records_as"] = records_as
    if records_as == "arrays":
        header = _header(document, len(_at(document, path)[0]), path)
        if header:
            words["header"] = header
    rivals = [".".join(p) or "the document itself" for _, p, _ in found[1:3]]
    return words, f"the largest list; others: {', '.join(rivals)}" if rivals else ""


def _loaded(text: str) -> Any:
    try:
        return STRICT.decode(text.strip())
    except (ValueError, RecursionError):
        return None


def _lists(value: Any, path: Path) -> Iterator[tuple[int, Path, str]]:
    """(how many records, where they are, their shape)."""
    if len(path) > _DEEPEST:
        return
    if isinstance(value, list) and value:
        looked = value[:_LOOKED_AT]
        if all(isinstance(one, dict) for one in looked):
            yield len(value), path, "objects"
        elif all(isinstance(one, list) for one in looked) and len({len(one) for one in looked}) == 1:
            yield len(value), path, "arrays"
    elif isinstance(value, Mapping):
        lists = [one for one in value.values() if isinstance(one, list)]
        lengths = {len(one) for one in lists if not any(isinstance(cell, list | dict) for cell in one[:_LOOKED_AT])}
        if len(lists) > 2 and len(lengths) == 1 and len(lists) == len(value):
            yield lengths.pop(), path, "columns"
        for key, one in value.items():
            if "." not in key:
                yield from _lists(one, (*path, key))


def _at(document: Any, path: Path) -> Any:
    for key in path:
        document = document[key]
    return document


def _header(document: Any, width: int, records: Path) -> str:
    """The path of a list of as many texts as an array has, or of objects that have such a text."""
    for path, value in _every_list(document, ()):
        if path == records or len(value) != width:
            continue
        if all(isinstance(one, str) for one in value):
            return ".".join(path)
        if all(isinstance(one, dict) for one in value):
            named = next((key for key in ("name", "label", "title", "field", "id") if key in value[0]), "")
            if named:
                return ".".join((*path, "*", named))
    return ""


def _every_list(value: Any, path: Path) -> Iterator[tuple[Path, list[Any]]]:
    if isinstance(value, list):
        yield path, value
    elif isinstance(value, Mapping) and len(path) < _DEEPEST:
        for key, one in value.items():
            if "." not in key:
                yield from _every_list(one, (*path, key))
