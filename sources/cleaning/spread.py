"""A record that becomes several rows: lists inside it, and columns whose headers say something.

Here belong which columns are spread, and the rows that they become. Rows of one record keep its row number, so that it
is counted once; each knows the raw column that its value came from. Not here: what a column means (parse.py,
layouts.py), or how a document's lists are read (sources.readers).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import polars as pl

from sources.cleaning.staged import FILE
from sources.config.model import Across, Source
from sources.readers import ROW, UnreadableFile

# The raw column that a spread value came from, and its place in the record.
FROM, PLACE_OF = "__from", "__from_place"
# A record with more entries than that in one list is not one record.
_MOST_ENTRIES = 100_000
_MOST_COLUMNS = 1 << 14


@dataclass(frozen=True)
class Spread:
    """The columns of one header that are spread: their places, what their names say, and by the name of a companion the
    columns that go with them.
    """

    columns: tuple[str, ...]
    places: tuple[int, ...]
    said: tuple[dict[str, str], ...]
    next_to: dict[str, tuple[str, ...]]

    @property
    def used(self) -> frozenset[str]:
        """Every column that is not there any more once they are spread."""
        return frozenset((*self.columns, *(c for names in self.next_to.values() for c in names)))


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def spread_of(across: Across, columns: Sequence[str]) -> Spread:
    """Which of the raw `columns` are spread; UnreadableFile if none is, or if one lacks a companion."""
    names, places, said = [], [], []
    companions: dict[str, list[str]] = {name: [] for name in across.next_to}
    for place, column in enumerate(columns):
        match = _compiled(across.pattern).fullmatch(column) if across.pattern else None
        if match is None and column not in across.columns:
            continue
        names.append(column)
        places.append(place)
        groups = match.groupdict() if match else {}
        said.append({across.name: column} | {name: text or "" for name, text in groups.items()})
        for name, where in across.next_to.items():
            companions[name].append(_companion(column, place, where, columns))
    if not names:
        shown = ", ".join(f"'{c}'" for c in columns[:12])
        raise UnreadableFile(
            f"no column matches the pattern {across.pattern} of [source.across]; there is {shown}",
            hint="Correct the pattern: it has to match a whole header",
        )
    return Spread(tuple(names), tuple(places), tuple(said), {n: tuple(c) for n, c in companions.items()})


def _companion(column: str, place: int, where: int | str, columns: Sequence[str]) -> str:
    if isinstance(where, str):
        found = column + where
        if found in columns:
            return found
    elif 0 <= place + where < len(columns):
        return columns[place + where]
    raise UnreadableFile(
        f"column '{column}' has no companion {where!r} columns away" if isinstance(where, int) else
        f"there is no column '{column}{where}' next to '{column}'",
        column=column,
        hint="Correct next_to in [source.across], or ask the sender for the missing column",
    )  # fmt: skip


def rows_per_record(source: Source, columns: Sequence[str]) -> int:
    """How many rows a record becomes by its header; those of lists differ from record to record."""
    return len(spread_of(source.across, columns).columns) if source.across else 1


def spread(source: Source, raw: pl.DataFrame) -> pl.DataFrame:
    """`raw` with each list's entries and each spread column's cells in rows of their own, in order of records."""
    for name in source.format.lists:
        raw = _entries(raw, name)
    if source.format.lists:
        # Entries of one record keep their order.
        entry = pl.int_range(pl.len(), dtype=pl.UInt32).over(FILE, ROW)
        raw = raw.with_columns(entry.alias(PLACE_OF))
    return _cells(source.across, raw) if source.across else raw


def _cells(across: Across, raw: pl.DataFrame) -> pl.DataFrame:
    columns = [c for c in raw.columns if c not in (FILE, ROW, PLACE_OF)]
    entry = pl.col(PLACE_OF) * _MOST_COLUMNS if PLACE_OF in raw.columns else pl.lit(0, pl.UInt32)
    found = spread_of(across, columns)
    kept = raw.select(c for c in raw.columns if c not in found.used)
    if taken := next((c for c in across.given if c in kept.columns), None):
        raise UnreadableFile(
            f"the header has a column '{taken}', and [source.across] gives one of that name",
            column=taken,
            hint="Choose another name there",
        )
    order = pl.int_range(raw.height, dtype=pl.Int64, eager=True)
    parts = []
    for at, column in enumerate(found.columns):
        given = {name: pl.lit(text, pl.String) for name, text in found.said[at].items()}
        given |= {name: raw[names[at]].alias(name) for name, names in found.next_to.items()}
        parts.append(
            kept.with_columns(
                raw[column].alias(across.value),
                *(value.alias(name) for name, value in given.items()),
                pl.lit(column, pl.String).alias(FROM),
                (entry + found.places[at]).cast(pl.UInt32).alias(PLACE_OF),
                order.alias("__order"),
            )
        )
    return pl.concat(parts).sort("__order", PLACE_OF).drop("__order")


def _entries(raw: pl.DataFrame, name: str) -> pl.DataFrame:
    """A row for each entry of the list in the column `name`, whose keys become columns name.key.

    An empty list leaves one row without them: the record is not lost.
    """
    if name not in raw.columns:
        return raw
    lists = [_list_of(text) for text in raw[name].to_list()]
    lengths = pl.Series([max(1, len(entries)) for entries in lists], dtype=pl.Int64)
    cells = [_flat(entry, name) for entries in lists for entry in (entries or [{}])]
    names = list(dict.fromkeys(key for cell in cells for key in cell))
    index = pl.DataFrame({"at": pl.int_range(raw.height, dtype=pl.Int64, eager=True), "n": lengths}).select(
        pl.col("at").repeat_by("n").explode()
    )["at"]
    # The reader made columns of an object that is the only entry.
    kept = raw.select(c for c in raw.columns if c != name and not c.startswith(f"{name}."))[index]
    return kept.with_columns(pl.Series(key, [cell.get(key, "") for cell in cells], dtype=pl.String) for key in names)


def _list_of(text: str) -> list[Any]:
    if not text:
        return []
    try:
        value = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return [text]
    entries = value if isinstance(value, list) else [value]
    if len(entries) > _MOST_ENTRIES:
        raise UnreadableFile(
            f"a list inside a record has {len(entries):,} entries; at most {_MOST_ENTRIES:,} are read",
            hint="Name the list in records of [source.format]",
        )
    return entries


def _flat(entry: Any, name: str) -> dict[str, str]:
    if isinstance(entry, list):
        entry = {str(place): value for place, value in enumerate(entry, 1)}
    if not isinstance(entry, dict):
        return {name: _text(entry)}
    found: dict[str, str] = {}
    for key, value in entry.items():
        if isinstance(value, dict) and value:
            found |= _flat(value, f"{name}.{key}")
        else:
            found[f"{name}.{key}"] = _text(value)
    return found


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return ("true" if value else "false") if isinstance(value, bool) else json.dumps(value, ensure_ascii=False)
