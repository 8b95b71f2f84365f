"""One series that two sources feed: each reading is tested by the thresholds of its own source, with right values.

Here belong single tests on single series. Not here: the tests themselves (test_cleaning_flags.py) or whole cleanings
(test_cleaning_own_thresholds.py).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl

from sources.cleaning.cadence import HOUR
from sources.cleaning.flags import (
    BROKEN,
    CENSORED_FLAG,
    INVALID,
    SERIES,
    STEP,
    TIME,
    VALUE,
    comparable,
    flag_series,
    names_of,
)
from sources.cleaning.variants import VARIANT
from sources.registry.feed_model import SeriesTests

PASS, NOT_EVALUATED, SUSPECT, FAIL = 1, 2, 3, 4


def levels(**thresholds: float | str) -> SeriesTests:
    return SeriesTests(**{k: v if k == "gap_periods" else Decimal(str(v)) for k, v in thresholds.items()})


def frame_of(readings: list[tuple[int, float]], times: list[int] | None = None, **columns: Any) -> pl.DataFrame:
    """Readings as (variant, value), one an hour of one series."""
    count = len(readings)
    return pl.DataFrame(
        {
            SERIES: [0] * count,
            TIME: [t * HOUR for t in times or range(count)],
            VALUE: pl.Series([int(Decimal(str(v)) * 10**6) for _, v in readings], dtype=pl.Int64),
            STEP: pl.Series([HOUR] * count, dtype=pl.Int64),
            CENSORED_FLAG: [False] * count,
            INVALID: [False] * count,
            BROKEN: [False] * count,
            VARIANT: pl.Series([n for n, _ in readings], dtype=pl.UInt16),
        }
    ).with_columns(**columns)


def flags_of(readings: list[tuple[int, float]], *variants: SeriesTests, times: list[int] | None = None) -> list[int]:
    return flag_series(frame_of(readings, times), variants)["flag"].to_list()


def names_found(readings: list[tuple[int, float]], *variants: SeriesTests, times: list[int] | None = None) -> list[str]:
    return names_of(flag_series(frame_of(readings, times), variants)["tests"]).to_list()


def test_the_gross_range_is_that_of_the_readings_own_source():
    shipped, own = levels(fail_max=100, suspect_max=50), levels(fail_max=20, suspect_max=10)
    assert flags_of([(0, 15), (1, 15), (0, 60), (1, 60), (0, 101), (1, 10)], shipped, own) == [1, 3, 3, 4, 4, 1]
    # A threshold that one of them alone has leaves the other unjudged.
    assert flags_of([(0, 15), (1, 15)], SeriesTests(), own) == [NOT_EVALUATED, SUSPECT]
    assert flags_of([(0, 15), (1, 15), (2, 15)], shipped, SeriesTests(), own) == [PASS, NOT_EVALUATED, SUSPECT]


def test_what_failed_by_its_own_range_is_nobodys_neighbour():
    shipped, own = levels(fail_max=100, spike_suspect=5), levels(fail_max=50, spike_suspect=5)
    # 60 is possible at the first source: next to it 10 is not conspicuous, 60 is.
    assert flags_of([(0, 10), (0, 60), (0, 10), (0, 10)], shipped, own) == [PASS, SUSPECT, PASS, PASS]
    # At the second it is impossible: the 10 before and after it are each other's neighbours.
    assert flags_of([(0, 10), (1, 60), (0, 16), (0, 10)], shipped, own) == [PASS, FAIL, SUSPECT, PASS]
    assert flags_of([(0, 10), (0, 60), (0, 16), (0, 10)], shipped, own) == [PASS, SUSPECT, PASS, PASS]


def test_a_spike_is_as_far_out_as_its_own_source_says_next_to_neighbours_of_another():
    shipped, own = levels(spike_suspect=10, spike_fail=30), levels(spike_suspect=2, spike_fail=30)
    assert flags_of([(0, 10), (1, 15), (0, 10), (0, 15), (1, 10)], shipped, own)[1:4] == [SUSPECT, PASS, PASS]
    assert flags_of([(1, 10), (0, 15), (1, 10)], shipped, own)[1] == PASS
    assert flags_of([(1, 10), (0, 21), (1, 10)], shipped, own)[1] == SUSPECT


def test_a_rate_starts_from_the_last_reading_that_is_no_spike_by_its_own_source():
    shipped = levels(spike_suspect=100, rate_suspect_per_h=4)
    own = levels(spike_suspect=3, rate_suspect_per_h=20)
    # 15 of the second source is a spike there; from 10, two hours before, the next 16 is 3 an hour.
    assert flags_of([(0, 10), (1, 15), (0, 10)], shipped, own) == [2, SUSPECT, PASS]
    assert flags_of([(0, 10), (1, 17), (0, 13), (0, 13)], shipped, own) == [2, SUSPECT, PASS, PASS]
    # The same 17 of the first source is none: it rises 7 an hour, and the 13 after it falls 4 an hour.
    assert flags_of([(0, 10), (0, 17), (0, 13), (0, 13)], shipped, own) == [2, SUSPECT, PASS, PASS]
    assert flags_of([(0, 10), (0, 17), (0, 12), (0, 12)], shipped, own) == [2, SUSPECT, SUSPECT, PASS]
    assert flags_of([(0, 10), (1, 17), (0, 12), (0, 12)], shipped, own) == [2, SUSPECT, PASS, PASS]


def test_a_flat_line_goes_on_from_source_to_source_and_is_as_long_as_the_reading_s_own_allows():
    shipped = levels(flat_tolerance=0, flat_suspect_hours=6, flat_fail_hours=20)
    own = levels(flat_tolerance=0, flat_suspect_hours=3, flat_fail_hours=20)
    same = [(0, 5), (1, 5), (0, 5), (1, 5), (0, 5), (1, 5), (0, 5)]
    # After three hours the second source's readings are suspect, after six those of the first, too.
    assert flags_of(same, shipped, own) == [1, 1, 1, 3, 1, 3, 3]
    # A step of 1 is within the tolerance of the second source only: there the run goes on.
    wide = levels(flat_tolerance=1, flat_suspect_hours=3, flat_fail_hours=20)
    assert flags_of([(0, 5), (1, 6), (0, 6), (1, 6)], shipped, wide) == [1, 1, 1, SUSPECT]
    assert flags_of([(1, 5), (0, 6), (1, 6), (1, 6)], shipped, wide) == [1, 1, 1, PASS]
    # What has no tolerance is not part of a run.
    none = SeriesTests()
    assert flags_of([(1, 5), (1, 5), (1, 5), (1, 5), (0, 5), (1, 5)], none, own) == [1, 1, 1, 3, 2, 1]


def test_the_floor_of_a_flat_line_is_the_sources_own():
    own = levels(flat_tolerance=0, flat_suspect_hours=3, flat_floor=8)
    shipped = levels(flat_tolerance=0, flat_suspect_hours=3)
    assert flags_of([(0, 5)] * 4, shipped, own) == [1, 1, 1, 3]
    assert flags_of([(1, 5)] * 4, shipped, own) == [1, 1, 1, 1]
    assert flags_of([(0, 5), (0, 5), (0, 5), (1, 5), (0, 5)], shipped, own) == [1, 1, 1, 1, 1]


def test_an_attenuated_signal_is_judged_over_the_hours_of_its_own_source():
    shipped = levels(attenuated_hours=8, attenuated_min_range=2)
    own = levels(attenuated_hours=4, attenuated_min_range=2)
    # The range is 10 until the first value leaves the window: 4 hours behind it for the second source, 8 for the first.
    readings = [(0, 20), *[(n % 2, 10 + n % 2) for n in range(1, 10)]]
    found = flags_of(readings, shipped, own)
    assert found == [2, 2, 2, 1, 2, 3, 1, 3, 3, 3]
    assert flags_of(readings, SeriesTests(), own) == [2, 2, 2, 1, 2, 3, 2, 3, 2, 3]
    assert flags_of(readings, levels(attenuated_hours=4), own) == [2, 2, 2, 1, 2, 3, 2, 3, 2, 3]


def test_a_silence_is_as_long_as_the_source_of_the_reading_after_it_allows():
    shipped, own = levels(gap_periods=3), levels(gap_periods=1)
    times = [0, 4, 7, 12]
    assert flags_of([(0, 1)] * 4, shipped, own, times=times) == [2, 1, 1, 3]
    assert flags_of([(0, 1), (0, 1), (1, 1), (1, 1)], shipped, own, times=times) == [2, 1, 3, 3]


def test_neighbours_are_as_near_as_the_reading_s_own_source_says():
    shipped, own = levels(gap_periods=3, spike_suspect=5), levels(gap_periods=1, spike_suspect=5)
    # Three hours are within four cadences, and not within two: there only the silence is named.
    assert names_found([(0, 1), (0, 9), (0, 1)], shipped, own, times=[0, 3, 6])[1] == "spike"
    assert names_found([(0, 1), (1, 9), (0, 1)], shipped, own, times=[0, 3, 6])[1] == "gap"
    assert names_found([(0, 1), (1, 9), (0, 1)], shipped, own, times=[0, 2, 4])[1] == "spike"


def test_a_row_rule_compares_what_can_be_by_its_own_source():
    shipped, own = levels(fail_max=100), levels(fail_max=50)
    frame = frame_of([(0, 60), (1, 60), (1, 50)])
    assert frame.select(comparable((shipped, own))).to_series().to_list() == [True, False, True]


def test_one_variant_reads_no_column_of_variants():
    alone = levels(fail_max=100, spike_suspect=5, gap_periods=3)
    frame = frame_of([(0, 10), (0, 60), (0, 10)])
    with_column = flag_series(frame, [alone, alone])
    assert flag_series(frame.drop(VARIANT), [alone])["flag"].to_list() == with_column["flag"].to_list() == [1, 3, 1]
