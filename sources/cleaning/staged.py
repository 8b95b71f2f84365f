"""Readings between parse and the clean frame: compact, with numbers in place of repeated texts.

Here belong the internal columns, the dictionaries behind the numbers, and partitions as integers. Not here: what fills
them (parse.py), spilling them (spill.py) or the public schema (schema.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from sources.cleaning.schema import TIMESTAMP, VALUE, polars_types
from sources.registry.feed_model import CleanTable

# Delivery by its number in this run, row by its place in a batch, column, site and status by theirs; the partition as
# an integer that sorts by time.
FILE = "__file"
INDEX = "__index"
COLUMN = "__column"
SITE = "__site"
STATUS = "__status"
PARAMETER = "__parameter"
PART = "__part"
# Whether this is the first reading that its record gave: the record is counted where that one lies.
FIRST = "__first"
CENSORED = pl.Enum(["<", ">"])
_EPOCH = date(1970, 1, 1)


def staged_schema(table: CleanTable) -> dict[str, pl.DataType]:
    """Columns of staged readings of `table`; words of a closed vocabulary are enums."""
    dims = {
        c.name: pl.Enum(sorted(c.allowed)) if c.allowed else dtype
        for c, dtype in zip(table.dims, polars_types(table.dims).values(), strict=True)
    }
    return {
        FILE: pl.UInt32(),
        "raw_row": pl.Int64(),
        COLUMN: pl.UInt32(),
        FIRST: pl.Boolean(),
        PART: pl.Int32(),
        SITE: pl.UInt32(),
        PARAMETER: pl.UInt16(),
        "period_start": TIMESTAMP,
        "period_end": TIMESTAMP,
        "period_start_utc": TIMESTAMP,
        "value": VALUE,
        "censored": CENSORED,
        "value_raw": pl.String(),
        STATUS: pl.UInt32(),
        **dims,
    }


class Dictionary:
    """Texts numbered in the order of their first appearance in this run; the numbers never leave it."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self.texts: list[str] = []

    def number(self, text: str) -> int:
        """The number of `text`, a new one if need be."""
        known = self._numbers.get(text)
        if known is None:
            known = self._numbers[text] = len(self.texts)
            self.texts.append(text)
        return known

    def encode(self, texts: pl.Series) -> pl.Series:
        """Numbers of `texts`, UInt32; null stays null."""
        distinct = texts.drop_nulls().unique().to_list()
        numbers = pl.Series([self.number(t) for t in distinct], dtype=pl.UInt32)
        if len(distinct) == 1 and not texts.null_count():
            return numbers.new_from_index(0, len(texts))
        return texts.replace_strict(distinct, numbers, default=None, return_dtype=pl.UInt32)

    def decode(self, numbers: pl.Series) -> pl.Series:
        """Texts of `numbers`; null stays null."""
        return pl.Series(self.texts, dtype=pl.String).gather(numbers)

    def ranks(self) -> pl.Series:
        """For each number the place of its text in sorted order, UInt32."""
        order = sorted(range(len(self.texts)), key=self.texts.__getitem__)
        ranks = [0] * len(order)
        for place, number in enumerate(order):
            ranks[number] = place
        return pl.Series(ranks, dtype=pl.UInt32)


@dataclass(frozen=True)
class RawColumn:
    """Where a value was: name and place of its raw column, and the unit it was written in."""

    name: str
    unit: str
    place: int


class Codes:
    """The dictionaries of one run over one feed."""

    def __init__(self) -> None:
        self.sites = Dictionary()
        self.statuses = Dictionary()
        self.columns: list[RawColumn] = []
        self._column_numbers: dict[RawColumn, int] = {}

    def column(self, name: str, unit: str, place: int) -> int:
        """The number of a raw column."""
        column = RawColumn(name, unit, place)
        known = self._column_numbers.get(column)
        if known is None:
            known = self._column_numbers[column] = len(self.columns)
            self.columns.append(column)
        return known

    def column_names(self) -> pl.Series:
        """Raw column names by number."""
        return pl.Series([c.name for c in self.columns], dtype=pl.String)

    def column_units(self) -> pl.Series:
        """Units as received by number of the column."""
        return pl.Series([c.unit for c in self.columns], dtype=pl.String)

    def column_places(self) -> pl.Series:
        """Places of the columns by number, to order the readings of one record."""
        return pl.Series([c.place for c in self.columns], dtype=pl.UInt32)


@dataclass(frozen=True)
class InvalidMarks:
    """Which readings their own source marks as invalid: a table of truth over sources and status marks."""

    source: pl.Series
    truth: pl.Series
    width: int

    @staticmethod
    def of(source_ids: Sequence[str], invalid: Mapping[str, frozenset[str]], codes: Codes) -> InvalidMarks:
        """The table for `source_ids` by file number; `invalid` are the marks that fail a reading, by source."""
        names = sorted(set(source_ids))
        numbers = [names.index(s) for s in source_ids]
        truth = [mark in invalid.get(name, ()) for name in names for mark in codes.statuses.texts]
        return InvalidMarks(
            pl.Series(numbers, dtype=pl.UInt32), pl.Series(truth, dtype=pl.Boolean), len(codes.statuses.texts)
        )

    def mark(self, readings: pl.DataFrame) -> pl.Series:
        """True where the source's own status fails the reading."""
        if not self.truth.any():
            return pl.Series([False]).new_from_index(0, readings.height)
        at = self.source.gather(readings[FILE]) * self.width + readings[STATUS]
        return self.truth.gather(at).fill_null(False)


def parameter_numbers(codes: Mapping[str, object]) -> dict[str, int]:
    """Parameter codes of a table numbered in sorted order, so that numbers sort as the codes do."""
    return {code: number for number, code in enumerate(sorted(codes))}


def part_number(start: pl.Expr, grain: str) -> pl.Expr:
    """The partition of a period start in the reporting zone, as an integer that grows with time."""
    if grain == "day":
        return start.dt.date().to_physical().cast(pl.Int32)
    if grain == "month":
        return start.dt.year().cast(pl.Int32) * 12 + start.dt.month().cast(pl.Int32) - 1
    return start.dt.year().cast(pl.Int32)


def part_value(number: int, grain: str) -> str:
    """The partition's value as it is in paths: 2026-11-22, 2026-11 or 2026."""
    if grain == "day":
        return (_EPOCH + timedelta(days=number)).isoformat()
    if grain == "month":
        return f"{number // 12:04d}-{number % 12 + 1:02d}"
    return f"{number:04d}"


def part_of_value(value: str, grain: str) -> int:
    """The integer of a partition's value."""
    if grain == "day":
        return (date.fromisoformat(value) - _EPOCH).days
    if grain == "month":
        return int(value[:4]) * 12 + int(value[5:7]) - 1
    return int(value)


def part_span(number: int, grain: str) -> tuple[date, date]:
    """First day of the partition and the day after its last."""
    if grain == "day":
        first = _EPOCH + timedelta(days=number)
        return first, first + timedelta(days=1)
    if grain == "month":
        return date(number // 12, number % 12 + 1, 1), date((number + 1) // 12, (number + 1) % 12 + 1, 1)
    return date(number, 1, 1), date(number + 1, 1, 1)


def parts_between(first: date, after: date, grain: str) -> range:
    """The integers of every partition that meets [first, after)."""
    last = after - timedelta(days=1)
    if grain == "day":
        return range((first - _EPOCH).days, (last - _EPOCH).days + 1)
    if grain == "month":
        return range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return range(first.year, last.year + 1)
