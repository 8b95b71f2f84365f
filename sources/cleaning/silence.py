"""Silences longer than a week: whether a series was heard before, wherever in the lake that lies.

Here belongs the one question that no reach of days answers, asked only for series that nothing near precedes. Not
here: the test itself (flags.py) or rebuilding partitions (rebuild_partitions.py). The answers depend on what the lake
holds after the run alone, not on the order of arrival.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

import polars as pl

from sources.cleaning.flags import CENSORED_FLAG, INVALID, STEP, TIME
from sources.cleaning.series import SeriesRules
from sources.cleaning.staged import PARAMETER, SITE


class Silences:
    """Knows for one table when each series is first heard, partition by partition, each looked at once in a run."""

    def __init__(
        self, rules: SeriesRules, parts: Callable[[], Iterable[int]], frames: Callable[[int], Iterable[pl.DataFrame]]
    ) -> None:
        """`parts` gives every partition that there is, `frames` the series and times in one of them (see series.py)."""
        self._key = [PARAMETER, SITE, *rules.dims]
        self._schema = {PARAMETER: pl.UInt16(), SITE: pl.UInt32(), **rules.dim_types, TIME: pl.Int64()}
        tested = [n for n in range(len(rules.parameters)) if _tests_gaps(rules, n)]
        self._tested = pl.col(STEP).is_not_null() & pl.col(PARAMETER).is_in(tested)
        self._parts = parts
        self._frames = frames
        # A series that was never heard asks every partition before it: of each its first times are kept, and no more of
        # it is read than they need.
        self._known: dict[int, pl.DataFrame] = {}

    @staticmethod
    def matter(rules: SeriesRules) -> bool:
        """Whether any parameter of the table is tested for gaps."""
        return rules.table.series_tests and any(_tests_gaps(rules, n) for n in range(len(rules.parameters)))

    def before(self, lean: pl.DataFrame, near: pl.DataFrame | None, seen: Collection[int]) -> pl.DataFrame:
        """An earlier reading of each series of `lean` that nothing in `lean` and `near` (partitions `seen`) precedes.

        Such a row has its time and nothing else; a series that is not older has none.
        """
        first = lean.filter(self._tested).group_by(self._key).agg(pl.col(TIME).min())
        if near is not None:
            older = near.group_by(self._key).agg(pl.col(TIME).min().alias("near"))
            first = first.join(older, on=self._key, how="left", nulls_equal=True)
            first = first.filter(pl.col("near").is_null() | (pl.col("near") >= pl.col(TIME))).drop("near")
        found = []
        for part in sorted(p for p in self._parts() if p not in seen and p < max(seen)):
            if first.is_empty():
                break
            heard = first.join(self._heard(part).rename({TIME: "heard"}), on=self._key, nulls_equal=True)
            heard = heard.filter(pl.col("heard") < pl.col(TIME))
            if heard.height:
                found.append(heard.select(*self._key, pl.col("heard").alias(TIME)))
                first = first.join(heard, on=self._key, how="anti", nulls_equal=True)
        rows = pl.concat(found) if found else first.clear()
        absent = [c for c in lean.columns if c not in rows.columns]
        marks = (CENSORED_FLAG, INVALID)
        return rows.with_columns(
            pl.lit(False if c in marks else None, lean.schema[c]).alias(c) for c in absent
        ).select(lean.columns)  # fmt: skip

    def series(self, frames: Iterable[pl.DataFrame]) -> pl.DataFrame | None:
        """Every tested series in `frames`; None without frames."""
        found = [frame.filter(self._tested).select(self._key).unique() for frame in frames]
        return pl.concat(found).unique() if found else None

    def followed_by(self, changed: Collection[int], series: pl.DataFrame) -> set[int]:
        """The partitions after a changed one that were left alone and hold the first other reading of one of `series`.

        Whether that reading ends a silence depends on what is in the changed ones.
        """
        found: set[int] = set()
        for part in sorted(set(self._parts()) - set(changed)):
            if series.is_empty():
                break
            heard = series.join(self._heard(part), on=self._key, how="semi", nulls_equal=True)
            if heard.height:
                series = series.join(heard, on=self._key, how="anti", nulls_equal=True)
                found |= {part} if part > min(changed) else set()
        return found

    def _heard(self, part: int) -> pl.DataFrame:
        if part not in self._known:
            frames = [f.group_by(self._key).agg(pl.col(TIME).min()) for f in self._frames(part)]
            joined = pl.concat(frames) if frames else pl.DataFrame(schema=self._schema)
            self._known[part] = joined.group_by(self._key).agg(pl.col(TIME).min())
        return self._known[part]


def _tests_gaps(rules: SeriesRules, number: int) -> bool:
    """Whether a parameter is tested for gaps, by the thresholds of any source."""
    return any(tests.gap_periods is not None for tests in rules.tests_of(number))
