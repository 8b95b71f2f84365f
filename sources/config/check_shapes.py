"""Whether the words for a file's shape go together: facts outside the rows, columns across, lists, names, markup.

Here belong the rules about shapes and regular expressions. Not here: encodings, marks and time (check_layout.py),
feeds and parameters (check_source.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sources.config.columns import read_columns
from sources.config.file_layout import Format
from sources.config.locate import Path
from sources.config.model import Source
from sources.config.problems import Problems, nearest

# Keys that one kind of file has and another has not.
_TABLES, _SHEETS = ("csv", "xlsx", "html"), ("xlsx", "html")
_DOCUMENTS = ("json", "ndjson")
ONLY = {
    "encoding": ("csv", "json", "ndjson", "html"),
    "delimiter": ("csv",),
    "quote": ("csv",),
    "header_row": _TABLES,
    "header_rows": _TABLES,
    "skip_footer": _TABLES,
    "comment": _TABLES,
    "fill_down": _TABLES,
    "names": _TABLES,
    "doubled": (*_TABLES, *_DOCUMENTS),
    "sheet": _SHEETS,
    "records": ("json", "xml"),
    "records_as": _DOCUMENTS,
    "header": ("json",),
    "lists": (*_DOCUMENTS, "xml", "parquet"),
}
# What polars' regular expressions have not: looking around and back.
_LOOKS = re.compile(r"\(\?<?[=!]|\\[1-9]|\(\?P=")
_FACTS_ON = {"sheet": _SHEETS, "title": _TABLES}


def check_shapes(source: Source, raw: Mapping[str, Any], path: Path, problems: Problems) -> None:
    """Adds every mistake in how `source` says its file is shaped."""
    fmt = source.format
    _check_document(fmt, raw.get("format", {}), (*path, "format"), problems)
    _check_names(fmt, (*path, "format"), problems)
    _check_facts(fmt, (*path, "format"), problems)
    _check_across(source, path, problems)
    for i, value in enumerate(source.values):
        entries = raw.get("values", [])
        step = list(entries)[i] if isinstance(entries, Mapping) else i
        _check_extract(value.extract, (*path, "values", step), problems)
    if source.long:
        _check_extract(source.long.extract, (*path, "long"), problems)
    if source.format.fill_down:
        lost = [c for c in source.format.fill_down if source.across and c in source.across.given]
        for name in lost:
            problems.add((*path, "format", "fill_down"), f"'{name}' is made of headers: nothing is below it to fill")


def _check_document(fmt: Format, raw: Mapping[str, Any], path: Path, problems: Problems) -> None:
    if fmt.header and fmt.records_as != "arrays":
        problems.add((*path, "header"), "only arrays have their names elsewhere", 'add records_as = "arrays"')
    if fmt.kind == "ndjson" and fmt.records_as == "columns":
        problems.add((*path, "records_as"), "a line is one record", 'set kind = "json", or leave it out')
    for i, name in enumerate(fmt.lists):
        if not name.strip():
            problems.add((*path, "lists", i), "a list has a name", "write its dotted path inside the record")
    for i, beginning in enumerate(fmt.comment):
        if not beginning.strip():
            problems.add((*path, "comment", i), "an empty beginning would leave out every row")
    steps = fmt.records.split(".") if "records" in raw else []
    for step in steps:
        if ("{" in step or "}" in step) and not re.fullmatch(r"\{[^{}]+\}", step):
            problems.add((*path, "records"), f"'{step}' is not a step of a path", "write {name} alone between two dots")


def _check_names(fmt: Format, path: Path, problems: Problems) -> None:
    for position in fmt.names:
        if not position.isdigit() or int(position[:9]) < 1:
            problems.add((*path, "names", position), "a position counts from 1", 'write { "4" = "a name" }')
    for name, times in Counter(fmt.names.values()).items():
        if times > 1 or not name.strip():
            problems.add((*path, "names"), f"{times} positions are called '{name}'", "give each a name of its own")


def _check_facts(fmt: Format, path: Path, problems: Problems) -> None:
    seen: set[str] = set()
    for i, fact in enumerate(fmt.facts):
        place = (*path, "facts", i, "pattern")
        if not _is_pattern(fact.pattern, place, problems):
            continue
        if not fact.names:
            problems.add(place, "it has no named group", r"write '(?P<site>\d+)': its name is the column")
        for name in fact.names:
            if name in seen:
                problems.add(place, f"column '{name}' is given twice")
            seen.add(name)
        kinds = _FACTS_ON.get(fact.of)
        if kinds and fmt.kind not in kinds:
            problems.add((*path, "facts", i, "of"), f"a {fmt.kind} file has no {fact.of}", "use name, path or member")


def _check_across(source: Source, path: Path, problems: Problems) -> None:
    across = source.across
    if across is None:
        return
    place = (*path, "across")
    if bool(across.columns) == bool(across.pattern):
        found = "both are given" if across.pattern else "neither is given"
        problems.add(
            place, f"one of columns and pattern is expected, {found}", r"such as pattern = 'hour(?P<hour>\d+)'"
        )
    if across.pattern:
        _is_pattern(across.pattern, (*place, "pattern"), problems)
    for name, times in Counter(across.given).items():
        if times > 1:
            problems.add(place, f"{times} columns are called '{name}'", "give each a name of its own")
    known = read_columns(source)
    if across.value not in known:
        hint = f'name it in [source.values], as "{across.value}" = {{ … }}, or as value_column of [source.long]'
        problems.add(place, f"nothing reads the column '{across.value}' that holds the cells", hint)
    if source.format.extra_columns == "refuse":
        hint = "leave extra_columns out"
        problems.add((*path, "format", "extra_columns"), "columns across are not named one by one", hint)
    for name in across.columns:
        if name in known:
            problems.add(place, f"column '{name}' is spread: nothing else can read it", nearest(across.value, known))


def _check_extract(pattern: str, path: Path, problems: Problems) -> None:
    if not pattern or not _is_pattern(pattern, (*path, "extract"), problems):
        return
    if re.compile(pattern).groups != 1:
        problems.add((*path, "extract"), "one group is expected", "put one group around the number")
    if _LOOKS.search(pattern):
        problems.add((*path, "extract"), "it looks around or back", "write the text around the number itself")


def _is_pattern(pattern: str, path: Path, problems: Problems) -> bool:
    try:
        re.compile(pattern)
    except re.error as error:
        problems.add(path, f"not a regular expression: {error}", "write it within '…'")
        return False
    return True
