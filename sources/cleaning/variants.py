"""Thresholds of one parameter as expressions over readings: the registry's, and those that sources set for their own.

Here belongs which threshold a reading is tested by. Not here: the tests (flags.py) or which source is which variant
(series.py). Without variants every threshold is a plain number and no column is read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

import polars as pl

from sources.cleaning.cadence import HOUR, neighbour_gap
from sources.registry.feed_model import SeriesTests

MICRO = 1_000_000
# The variant of each reading: 0 is the registry's own thresholds; only there where some source sets others.
VARIANT = "__variant"


class Thresholds:
    """The thresholds of one parameter by variant; an expression gives that of each reading, null where it has none."""

    def __init__(self, variants: Sequence[SeriesTests]) -> None:
        self.variants = tuple(variants)

    def micro(self, name: str) -> pl.Expr | None:
        """A threshold in millionths of the unit (Int64); None where no variant has it."""
        return self._each(name, lambda value: int(value * MICRO))

    def hours(self, name: str) -> pl.Expr | None:
        """A threshold in hours as microseconds (Int64); None where no variant has it."""
        return self._each(name, lambda value: int(value * HOUR))

    def gap_periods(self) -> pl.Expr | None:
        """Cadences that may be missing (Int64); None where no variant has it."""
        return self._each("gap_periods", int)

    def neighbour_periods(self) -> pl.Expr:
        """Cadences between two readings that are still neighbours (Int64), as `neighbour_gap` has it."""
        return self._by_variant([neighbour_gap(tests, 1) for tests in self.variants], pl.Int64())

    def where_any(self, evaluable: pl.Expr, *names: str) -> pl.Expr:
        """`evaluable`, for readings whose variant has any of the thresholds `names`."""
        has = [any(getattr(tests, name) is not None for name in names) for tests in self.variants]
        return evaluable if all(has) else evaluable & self._by_variant(has, pl.Boolean())

    def spans(self, name: str) -> list[int]:
        """Every value of a threshold in hours, as microseconds."""
        found = {getattr(tests, name) for tests in self.variants} - {None}
        return sorted(int(hours * HOUR) for hours in found)

    def with_span(self, name: str, span: int) -> pl.Expr | None:
        """Whether a reading's threshold in hours is `span` microseconds; None where that of every variant is."""
        own = [getattr(tests, name) for tests in self.variants]
        same = [hours is not None and int(hours * HOUR) == span for hours in own]
        return None if all(same) else self._by_variant(same, pl.Boolean())

    def _each(self, name: str, convert: Callable[[Decimal], int]) -> pl.Expr | None:
        found = [getattr(tests, name) for tests in self.variants]
        if all(value is None for value in found):
            return None
        return self._by_variant([None if value is None else convert(value) for value in found], pl.Int64())

    def _by_variant(self, values: list, dtype: pl.DataType) -> pl.Expr:
        if len(set(values)) == 1:
            return pl.lit(values[0], dtype)
        return pl.col(VARIANT).replace_strict(range(len(values)), values, default=None, return_dtype=dtype)
