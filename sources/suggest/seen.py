"""The columns of a sample and what can be told of each without the others.

Here belong counts of a column's cells, and the file's marks of missing values and numbers, which follow from all of
them. Not here: what a column means (value_columns.py, time_columns.py, other_columns.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sources.suggest.cell_kinds import (
    MISSING_MARKS,
    NOT_DETECTED,
    SENTINELS,
    has_thousands,
    is_decimal_comma,
    is_number,
    number_of,
)
from sources.suggest.sample import Sample
from sources.suggest.stamps_seen import looks_like_time

# From which share of its cells on a column holds numbers, and is a mark seen often enough to be one.
_NUMERIC = 0.8
_MOSTLY = 0.5
_LONGEST_MARK = 8


@dataclass(frozen=True)
class Column:
    """One raw column: its cells by how often they occur; `numeric` of those that are not missing."""

    name: str
    cells: Mapping[str, int]
    filled: int
    numeric: bool

    @property
    def distinct(self) -> int:
        """How many different texts it holds."""
        return len(self.cells)


@dataclass(frozen=True)
class Seen:
    """The columns, and the marks of the file: of missing values (what is unsure about them), of decimals, thousands."""

    sample: Sample
    columns: tuple[Column, ...]
    missing: tuple[str, ...]
    doubtful: tuple[str, ...]
    decimal_mark: str
    thousands_mark: str
    sentinels: tuple[str, ...]

    def column(self, name: str) -> Column:
        """The column of a name; KeyError if there is none."""
        return {column.name: column for column in self.columns}[name]


def seen_in(sample: Sample, spoken: frozenset[str] = frozenset()) -> Seen:
    """Everything about the columns of a sample; words that are `spoken` are values of some parameter."""
    cells = {name: Counter(sample.texts(name)) for name in sample.columns}
    comma = _decimal_comma(cells.values())
    mark = "," if comma else "."
    missing: Counter[str] = Counter()
    for counted in cells.values():
        missing.update(text for text in _marks_of(counted, mark) if text not in spoken)
    known = [text for text in missing if text in MISSING_MARKS]
    doubtful = [text for text in missing if text not in MISSING_MARKS]
    absent = {"", *known, *doubtful}
    columns = tuple(_column(name, counted, absent, mark) for name, counted in cells.items())
    numbers = [c for c in columns if c.numeric]
    thousands = "," if not comma and any(has_thousands(text) for c in numbers for text in c.cells) else ""
    sentinels = [s for s in SENTINELS if any(_stands_out(s, c, mark) for c in numbers)]
    return Seen(sample, columns, tuple(known), tuple(doubtful), mark, thousands, tuple(sentinels))


def _column(name: str, counted: Counter[str], absent: Iterable[str], mark: str) -> Column:
    present = {text: n for text, n in counted.items() if text not in absent}
    filled = sum(present.values())
    numbers = sum(n for text, n in present.items() if is_number(text, mark))
    return Column(name, present, filled, filled > 0 and numbers >= _NUMERIC * filled)


def _stands_out(sentinel: str, column: Column, mark: str) -> bool:
    """Whether a number that loggers write for none is far from all others of its column."""
    if sentinel not in column.cells:
        return False
    sizes = [abs(n) for text in column.cells if text != sentinel and (n := number_of(text, mark)) is not None]
    return bool(sizes) and max(sizes) * 2 < abs(float(sentinel))


def _decimal_comma(columns: Iterable[Counter[str]]) -> bool:
    comma = point = 0
    for counted in columns:
        comma += sum(n for text, n in counted.items() if is_decimal_comma(text))
        point += sum(n for text, n in counted.items() if "." in text and is_number(text) and not has_thousands(text))
    return comma > point


def _marks_of(counted: Counter[str], mark: str) -> list[str]:
    """Short texts of a column of numbers that are not numbers; of any other column only what is always a mark."""
    filled = sum(n for text, n in counted.items() if text)
    numbers = sum(n for text, n in counted.items() if text and is_number(text, mark))
    known = [text for text in counted if text in MISSING_MARKS]
    if numbers < _MOSTLY * filled or not numbers:
        only = filled and sum(counted[text] for text in known) == filled
        return known if only else []
    return [
        text
        for text in counted
        if text and not is_number(text, mark) and _may_be_mark(text)
    ]  # fmt: skip


def _may_be_mark(text: str) -> bool:
    if text in MISSING_MARKS:
        return True
    digits = any(c.isdigit() for c in text)
    return len(text) <= _LONGEST_MARK and not digits and not NOT_DETECTED.search(text) and not looks_like_time(text)
