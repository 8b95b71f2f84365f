"""Whether a configuration is built of known words of the right type.

Here belong unknown keys, wrong types, missing keys and closed choices. Not here: what the values mean together
(check_source.py). Knows the syntax from words.py only.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sources.config import words
from sources.config.locate import Path
from sources.config.problems import Problems, nearest
from sources.config.words import Word

_EXAMPLES = {
    "text": 'write text in quotes, such as "…"',
    "texts": 'write a list of texts, such as ["…", "…"]',
    "integer": "write a whole number",
    "number": "write a number",
    "boolean": "write true or false, without quotes",
    "date": "write a date, such as 2013-01-01",
    "map": 'write a table of texts, such as { "as received" = "meaning" }',
    "table": "write a table",
    "marks": 'write a table, such as { "as received" = "<" }, or a list of texts that mean "<"',
    "units": 'write a table, such as { "as received" = "m3" } or { "as received" = { unit = "m3", factor = 28 } }',
}


def check_structure(raw: Mapping[str, Any], problems: Problems) -> set[int]:
    """Adds every mistake of shape; returns the places of the sources that are sound."""
    _table(raw, words.TOP, (), problems)
    for name, known in words.TABLES.items():
        if isinstance(raw.get(name), Mapping):
            _table(raw[name], known, (name,), problems)
    sources = raw.get("source")
    if not isinstance(sources, list):
        return set()
    return {i for i, entry in enumerate(sources) if check_source_shape(entry, ("source", i), problems)}


def check_source_shape(entry: Any, path: Path, problems: Problems) -> bool:
    """Adds every mistake of shape of one source; whether there is none."""
    if not isinstance(entry, Mapping):
        problems.add(path, "a source is a table", "write [[source]]")
        return False
    sound = _table(entry, words.SOURCE, path, problems)
    for name, known in words.PARTS.items():
        if isinstance(entry.get(name), Mapping):
            sound &= _table(entry[name], known, (*path, name), problems)
    for name, known in words.TABLES_OF_TABLES.items():
        if isinstance(entry.get(name), Mapping):
            for key, each in entry[name].items():
                sound &= _entry(each, known, (*path, name, key), problems)
    sound &= _values(entry.get("values", []), (*path, "values"), problems)
    if isinstance(entry.get("filters"), list):
        for i, each in enumerate(entry["filters"]):
            sound &= _entry(each, words.FILTER, (*path, "filters", i), problems)
    return sound


def _values(values: Any, path: Path, problems: Problems) -> bool:
    if isinstance(values, Mapping):
        known = {k: w for k, w in words.VALUE.items() if k != "column"}
        return all([_entry(each, known, (*path, name), problems) for name, each in values.items()])
    if isinstance(values, list):
        return all([_entry(each, words.VALUE, (*path, i), problems) for i, each in enumerate(values)])
    return False


def _entry(entry: Any, known: Mapping[str, Word], path: Path, problems: Problems) -> bool:
    if isinstance(entry, Mapping):
        return _table(entry, known, path, problems)
    keys = ", ".join(f"{k} = …" for k, w in known.items() if w.required) or "column = …"
    problems.add(path, f"a table is expected, {_kind_of(entry)} found", f"write {{ {keys} }}")
    return False


def _table(table: Mapping[str, Any], known: Mapping[str, Word], path: Path, problems: Problems) -> bool:
    sound = True
    for key, value in table.items():
        if key not in known:
            problems.add((*path, key), f"'{key}' is not a key here", nearest(key, known))
            sound = False
        else:
            sound &= _value(value, known[key], (*path, key), problems)
    for key, word in known.items():
        if word.required and key not in table:
            # A key that was misspelt is one mistake, not two.
            misspelt = any(k not in known and key in nearest(k, known) for k in table)
            if not misspelt:
                problems.add(path, f"'{key}' is missing", f"add {_example(key, word)}")
            sound = False
    return sound


def _example(key: str, word: Word) -> str:
    if key == "source":
        return "[[source]]"
    if word.kind in ("table", "tables"):
        return f"[source.{key}]"
    return f"{key} = {'[…]' if word.kind in ('texts', 'list') else '…'}"


def _value(value: Any, word: Word, path: Path, problems: Problems) -> bool:
    if not _fits(value, word.kind):
        problems.add(path, f"{_article(word.kind)} is expected, {_kind_of(value)} found", _EXAMPLES.get(word.kind, ""))
        return False
    if word.choices and value not in word.choices:
        problems.add(path, f"'{value}' is not known here", nearest(str(value), word.choices))
        return False
    if word.least is not None and value < word.least:
        problems.add(path, f"{value} is less than {word.least}")
        return False
    if word.positive and not words.is_factor(value):
        problems.add(path, f"{value} is not a positive, finite number", "write it as 0.001; leave it out for 1")
        return False
    if word.inside and word.kind == "table":
        return _table(value, word.inside, path, problems)
    if word.inside:
        tables = [(key, each) for key, each in value.items() if isinstance(each, Mapping)]
        return all([_table(each, word.inside, (*path, key), problems) for key, each in tables])
    return True


def fits(value: Any, word: Word) -> bool:
    """Whether `value` is of the word's type and among its choices."""
    if not _fits(value, word.kind) or (word.choices and value not in word.choices):
        return False
    return not word.positive or words.is_factor(value)


def _fits(value: Any, kind: str) -> bool:
    if kind == "text":
        return isinstance(value, str)
    if kind == "texts":
        # One text stands for a list of one.
        return isinstance(value, str) or (isinstance(value, list) and all(isinstance(v, str) for v in value))
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "number":
        return isinstance(value, int | Decimal) and not isinstance(value, bool)
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "date":
        return isinstance(value, date) and not isinstance(value, datetime)
    if kind == "map":
        return isinstance(value, Mapping) and all(isinstance(v, str) for v in value.values())
    if kind == "marks":
        return _fits(value, "map") or (isinstance(value, list) and _fits(value, "texts"))
    if kind == "units":
        return isinstance(value, Mapping) and all(isinstance(v, str | Mapping) for v in value.values())
    if kind == "list":
        return isinstance(value, list)
    if kind == "values":
        return isinstance(value, list | Mapping)
    return isinstance(value, Mapping)


def _article(kind: str) -> str:
    names = {"texts": "a list of texts", "integer": "a whole number", "map": "a table of texts", "tables": "a table",
             "boolean": "true or false", "marks": "a table of texts or a list",
             "units": "a table of units"}  # fmt: skip
    return names.get(kind, f"a {kind}")


def _kind_of(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    for types, name in (
        (str, "text"),
        (int | Decimal, "a number"),
        (list, "a list"),
        (Mapping, "a table"),
        (date, "a date"),
    ):
        if isinstance(value, types):
            return name
    return type(value).__name__
