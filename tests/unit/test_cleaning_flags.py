"""QARTOD tests one by one, at their thresholds, and the worst flag of all."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import polars as pl
import pytest

from sources.cleaning import flags
from sources.cleaning.cadence import HOUR, cadence, reach
from sources.cleaning.flags import BROKEN, CENSORED_FLAG, INVALID, SERIES, STEP, TIME, VALUE, flag_series, names_of
from sources.registry import registry
from sources.registry.feed_model import Parameter, SeriesTests
from tests.unit.cleaning_kit import HOURLY, air_source

PASS, NOT_EVALUATED, SUSPECT, FAIL, MISSING = 1, 2, 3, 4, 9


def flagged(
    values: list,
    tests: SeriesTests,
    times: list[float] | None = None,
    step: int | None = HOUR,
    series: list[int] | None = None,
    censored: set[int] = frozenset(),
    invalid: set[int] = frozenset(),
    broken: set[int] = frozenset(),
) -> list[tuple[int, str]]:
    """(flag, tests) of one value an hour; `times` in hours."""
    count = len(values)
    frame = pl.DataFrame(
        {
            SERIES: series or [0] * count,
            TIME: [int(t * HOUR) for t in (times or range(count))],
            VALUE: pl.Series([None if v is None else int(Decimal(str(v)) * 10**6) for v in values], dtype=pl.Int64),
            STEP: pl.Series([step] * count, dtype=pl.Int64),
            CENSORED_FLAG: [i in censored for i in range(count)],
            INVALID: [i in invalid for i in range(count)],
            BROKEN: [i in broken for i in range(count)],
        }
    )
    found = flag_series(frame, [tests])
    return list(zip(found["flag"].to_list(), names_of(found["tests"]).to_list(), strict=True))


def flags_of(*args, **kwargs) -> list[int]:
    return [f for f, _ in flagged(*args, **kwargs)]


RANGE = SeriesTests(fail_min=Decimal(0), fail_max=Decimal(100), suspect_min=Decimal(5), suspect_max=Decimal(50))


def test_gross_range_bounds_pass_and_beyond_them_does_not():
    assert flagged([5, 50, 4.999999, 50.000001, 0, 100, -0.000001, 100.000001], RANGE) == [
        (PASS, ""),
        (PASS, ""),
        (SUSPECT, "gross_range"),
        (SUSPECT, "gross_range"),
        (SUSPECT, "gross_range"),
        (SUSPECT, "gross_range"),
        (FAIL, "gross_range"),
        (FAIL, "gross_range"),
    ]


def test_missing_is_9_and_no_test_at_all_is_2():
    assert flags_of([None, 10], RANGE) == [MISSING, PASS]
    assert flags_of([10, None], SeriesTests()) == [NOT_EVALUATED, MISSING]


def test_the_source_status_fails_a_reading_and_missing_stays_missing():
    assert flagged([10, None], RANGE, invalid={0, 1}) == [(FAIL, "source_status"), (MISSING, "")]


SPIKE = SeriesTests(spike_suspect=Decimal(10), spike_fail=Decimal(30))


@pytest.mark.parametrize(
    ("peak", "flag"), [(20, PASS), (20.000001, SUSPECT), (40, SUSPECT), (40.000001, FAIL), (-20.1, FAIL)]
)
def test_a_spike_stands_out_beyond_both_neighbours(peak, flag):
    found = flagged([10, peak, 10], SPIKE)
    assert found[1] == (flag, "spike" if flag > PASS else "")


def test_a_spike_is_the_difference_to_the_nearer_neighbour_as_its_documentation_says():
    # 100 lies 40 above the nearer neighbour, and 65 above the mean of both.
    far = SeriesTests(spike_suspect=Decimal(40))
    assert flags_of([10, 100, 60], far)[1] == PASS and flags_of([10, "100.000001", 60], far)[1] == SUSPECT
    assert "difference to the nearer of them" in " ".join(SeriesTests.__doc__.split())
    assert "nearer neighbour" in flags.__doc__ and "mean of" not in SeriesTests.__doc__


def test_a_spike_does_not_accuse_its_neighbours_nor_a_step_be_a_spike():
    assert flags_of([10, 10, 100, 10, 10], SPIKE) == [NOT_EVALUATED, PASS, FAIL, PASS, NOT_EVALUATED]
    assert flags_of([10, 10, 90, 90], SPIKE) == [NOT_EVALUATED, PASS, PASS, NOT_EVALUATED]


def test_readings_far_apart_are_no_neighbours():
    # Default: no more than four cadences apart.
    assert flags_of([10, 100, 10], SPIKE, times=[0, 4, 8]) == [NOT_EVALUATED, FAIL, NOT_EVALUATED]
    assert flags_of([10, 100, 10], SPIKE, times=[0, 5, 6]) == [NOT_EVALUATED] * 3
    assert flags_of([10, 100, 10], SPIKE, step=None) == [NOT_EVALUATED] * 3


def test_series_do_not_touch():
    assert flags_of([10, 100, 10], SPIKE, series=[0, 0, 1], times=[0, 1, 2]) == [NOT_EVALUATED] * 3


def test_a_failed_or_missing_value_is_nobodys_neighbour():
    tests = SeriesTests(fail_max=Decimal(1000), spike_suspect=Decimal(10))
    assert flags_of([10, 5000, 11, 10], tests) == [PASS, FAIL, PASS, PASS]
    assert flags_of([10, None, 40, 10], tests) == [PASS, MISSING, SUSPECT, PASS]
    assert flags_of([10, 300, 11, 10], tests, invalid={1}) == [PASS, FAIL, PASS, PASS]


def test_what_breaks_a_row_rule_fails_with_its_other_faults_named_and_accuses_nobody():
    tests = SeriesTests(spike_suspect=Decimal(10), rate_suspect_per_h=Decimal(10))
    assert flagged([10, 90, 90, 11, 10], tests, broken={1, 2}) == [
        (NOT_EVALUATED, ""), (FAIL, "rate_of_change,row_rule"), (FAIL, "row_rule"), (PASS, ""), (PASS, ""),
    ]  # fmt: skip
    assert flagged([10, 90, 11], tests, broken={1})[1] == (FAIL, "spike,row_rule")
    assert flagged([None], tests, broken={0}) == [(MISSING, "")]
    # It is part of a flat line all the same.
    flat = SeriesTests(flat_tolerance=Decimal(0), flat_suspect_hours=Decimal(4))
    assert flagged([7] * 6, flat, broken={1, 2, 3})[2:] == [(FAIL, "row_rule")] * 2 + [(SUSPECT, "flat_line")] * 2


RATE = SeriesTests(rate_suspect_per_h=Decimal(10))


@pytest.mark.parametrize(
    ("hours", "change", "flag"), [(1, 10, PASS), (1, 10.000001, SUSPECT), (2, 20, PASS), (2, 20.1, SUSPECT)]
)
def test_rate_of_change_is_per_hour(hours, change, flag):
    assert flags_of([0, change], RATE, times=[0, hours]) == [NOT_EVALUATED, flag]


def test_the_reading_after_a_spike_is_compared_with_the_one_before_it():
    tests = SeriesTests(spike_suspect=Decimal(30), rate_suspect_per_h=Decimal(10))
    assert flagged([10, 90, 12, 13], tests)[1:3] == [(SUSPECT, "spike"), (PASS, "")]


FLAT = SeriesTests(flat_tolerance=Decimal(0), flat_suspect_hours=Decimal(6), flat_fail_hours=Decimal(12))


def test_a_flat_line_is_suspect_after_its_hours_and_fails_later():
    found = flags_of([7] * 14 + [8], FLAT)
    assert found == [PASS] * 6 + [SUSPECT] * 6 + [FAIL] * 2 + [PASS]


def test_a_flat_line_allows_its_tolerance_and_no_more():
    tests = SeriesTests(flat_tolerance=Decimal("0.1"), flat_suspect_hours=Decimal(3))
    assert flags_of([1, 1.1, 1, 1.1], tests)[-1] == SUSPECT
    assert flags_of([1, 1.1, 1, 1.100001], tests)[-1] == PASS


def test_repeated_detection_limits_and_sparse_readings_are_no_flat_line():
    assert SUSPECT not in flags_of([7] * 10, FLAT, censored=set(range(10)))
    assert SUSPECT not in flags_of([7] * 10, FLAT, times=[3 * i for i in range(10)])
    # One missing reading does not break the run.
    assert flags_of([7, 7, None, 7, 7, 7, 7], FLAT)[-1] == SUSPECT


FLOOR = SeriesTests(flat_tolerance=Decimal(0), flat_floor=Decimal(5), flat_fail_hours=Decimal(6))


@pytest.mark.parametrize(("value", "flag"), [(2, PASS), (5, PASS), (0, PASS), (5.000001, FAIL), (7, FAIL)])
def test_a_flat_line_at_the_instruments_floor_is_no_failure(value, flag):
    assert flags_of([value] * 10, FLOOR)[-1] == flag


def test_a_flat_line_is_counted_from_where_it_left_the_floor():
    tests = SeriesTests(flat_tolerance=Decimal(1), flat_floor=Decimal(5), flat_fail_hours=Decimal(6))
    assert flags_of([5] * 10 + [6] * 6, tests)[-1] == PASS
    assert flags_of([5] * 10 + [6] * 7, tests)[-1] == FAIL


def test_a_week_of_clean_air_passes_and_a_stuck_analyser_does_not():
    so2 = registry().feeds["air"].parameters["so2"].tests
    assert not {SUSPECT, FAIL} & set(flags_of([2] * 200, so2))
    assert flags_of([40] * 200, so2)[-1] == FAIL
    floors = {c: p.tests for f in registry().feeds.values() for c, p in f.parameters.items() if p.tests.flat_floor}
    assert {"so2", "no2", "co", "o3", "nh3n", "tp"} <= set(floors)
    assert all(t.flat_tolerance is not None and t.flat_floor < t.suspect_max for t in floors.values())


def test_an_attenuated_signal_at_the_floor_is_none():
    tests = SeriesTests(flat_floor=Decimal(5), attenuated_hours=Decimal(8), attenuated_min_range=Decimal(1))
    assert flags_of([2] * 12, tests)[-1] == PASS and flags_of([6] * 12, tests)[-1] == SUSPECT


def test_hours_that_hold_too_few_readings_are_no_flat_line():
    day = 24 * HOUR
    assert SUSPECT not in flags_of([7] * 5, FLAT, times=[24 * i for i in range(5)], step=day)


SLOW = SeriesTests(attenuated_hours=Decimal(8), attenuated_min_range=Decimal(1))


def test_an_attenuated_signal_moves_too_little_over_its_hours():
    alive = [10 + 2 * (i % 2) for i in range(8)]
    weak = [10 + Decimal("0.1") * (i % 2) for i in range(12)]
    found = flagged(alive + weak, SLOW)
    assert [f for f, _ in found[8:14]].count(SUSPECT) == 0
    assert found[-1] == (SUSPECT, "attenuated")
    assert flags_of([10, 11] * 6, SLOW)[-1] == PASS  # a range of exactly the limit is alive


def test_attenuation_needs_three_quarters_of_the_readings():
    values = [10] * 8
    assert flags_of(values, SLOW)[5] == SUSPECT and flags_of(values, SLOW)[4] == NOT_EVALUATED


def test_attenuation_does_not_look_into_the_series_before():
    found = flags_of([10] * 8 + [50] * 2, SLOW, series=[0] * 8 + [1] * 2, times=[*range(8), 8, 9])
    assert found[8:] == [NOT_EVALUATED, NOT_EVALUATED]


GAP = SeriesTests(gap_periods=3)


@pytest.mark.parametrize(
    ("hours", "flag"), [(4, PASS), (5, SUSPECT), (7 * 24, SUSPECT), (7 * 24 + 1, SUSPECT), (9000, SUSPECT)]
)
def test_a_gap_is_more_missing_cadences_than_allowed_however_long(hours, flag):
    assert flags_of([1, 2], GAP, times=[0, hours]) == [NOT_EVALUATED, flag]


def test_a_delivered_missing_mark_is_no_silence():
    assert flags_of([1, None, 2], GAP, times=[0, 3, 6]) == [NOT_EVALUATED, MISSING, PASS]


def test_the_worst_flag_wins_and_every_test_that_set_it_is_named():
    tests = SeriesTests(fail_max=Decimal(1000), suspect_max=Decimal(100), spike_fail=Decimal(50), gap_periods=1)
    assert flagged([10, 200, 10], tests, times=[0, 1, 2])[1] == (FAIL, "gross_range,spike")
    assert flagged([10, 200], tests, times=[0, 3])[1] == (SUSPECT, "gross_range,gap")


@pytest.mark.parametrize(
    ("changes", "minutes"),
    [
        ({"cadence_min": 15}, 15),
        ({"cadence_min": None}, 60),
        ({"cadence_min": None, "time": replace(HOURLY, marks="instant")}, None),
        ({"cadence_min": 240, "time": replace(HOURLY, marks="instant")}, 240),
        ({"cadence_min": None, "time": replace(HOURLY, duration="month")}, None),
        ({"cadence_min": None, "time": replace(HOURLY, end_columns=("out",))}, None),
        ({"cadence_min": 1440}, 1440),
        ({"cadence_min": 1441}, None),
    ],
)
def test_cadence_is_declared_or_the_length_of_the_period(changes, minutes):
    found = cadence(air_source(time=HOURLY) if not changes else air_source(**changes))
    assert found == (None if minutes is None else minutes * 60_000_000)


def test_reach_covers_the_longest_test_and_is_nothing_without_tests():
    slow = Parameter("p", "", "", "u", "t", tests=SeriesTests(flat_tolerance=Decimal(0), flat_fail_hours=Decimal(168)))
    spike = Parameter("q", "", "", "u", "t", tests=SPIKE)
    assert reach([slow], [air_source()]).before.days == 8 and reach([slow], [air_source()]).after.days == 0
    assert reach([spike], [air_source()]).after.days == 1
    assert not reach([Parameter("r", "", "", "u", "t", tests=RANGE)], [air_source()])
    assert not reach([slow, spike], [air_source(cadence_min=43200)])
