"""Quality flags after IOOS QARTOD: gross range, spike, rate of change, flat line, gap, attenuated, status, row rules.

Here belong the tests, vectorised over many series at once; thresholds come from the registry. Not here: which
neighbouring readings are needed (cadence.py) or where they come from (partitions.py). A flag never changes a value.

Tests of a series compare readings that are neighbours: no further apart than `gap_periods` + 1 cadences. A value that
already failed (gross range, source status, row rule) is nobody's neighbour: one bad reading does not spoil the next.
A spike is measured by the difference to the nearer neighbour, and a rate from the last reading that is not a spike, for
the same reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import polars as pl

from sources.cleaning.cadence import HOUR, neighbour_gap
from sources.registry.model import (
    FLAG_FAIL,
    FLAG_MISSING,
    FLAG_NOT_EVALUATED,
    FLAG_PASS,
    FLAG_SUSPECT,
    Parameter,
    SeriesTests,
)

MICRO = 1_000_000
# The tests in the order in which flag_tests names them; each sets one bit.
TESTS = ("gross_range", "spike", "rate_of_change", "flat_line", "gap", "attenuated", "source_status", "row_rule")
_BIT = {name: 1 << i for i, name in enumerate(TESTS)}
# A test over hours needs at least so many cadences, and an attenuated signal so great a share of its readings.
_LEAST_STEPS = 3
_SHARE = (3, 4)

SERIES, TIME, VALUE, STEP = "__series", "__time", "__micro", "__step"
CENSORED_FLAG, INVALID, BROKEN = "__censored", "__invalid", "__broken"


def flag_series(frame: pl.DataFrame, parameter: Parameter) -> pl.DataFrame:
    """Flags the readings of one parameter.

    `frame` is sorted by `__series` (integer) and `__time` (Int64, microseconds UTC) and has `__micro` (Int64,
    millionths of the unit, null when missing), `__step` (Int64, the series' cadence in microseconds, null if unknown),
    `__censored`, `__invalid` and `__broken` (Boolean; broken: breaks a row rule). Returns it with `flag` (Int8) and
    `tests` (UInt8, bits of TESTS).
    """
    tests = parameter.tests
    graded: dict[str, pl.Series] = {"gross_range": frame.select(_gross_range(tests)).to_series()}
    for name, mark in (("source_status", INVALID), ("row_rule", BROKEN)):
        graded[name] = frame.select(pl.when(mark).then(pl.lit(FLAG_FAIL, pl.Int8))).to_series()
    failed = frame[INVALID] | (graded["gross_range"].fill_null(FLAG_PASS) == FLAG_FAIL)
    fit = frame[VALUE].is_not_null() & ~failed & frame[STEP].is_not_null()
    if fit.any():
        graded |= _neighbours(frame, fit & ~frame[BROKEN], tests) | _runs(frame, fit, tests)
        if (broken := fit & frame[BROKEN]).any():
            # What breaks a row rule is compared with its neighbours, too, so that its other faults are named.
            for name, found in _neighbours(frame, fit, tests).items():
                graded[name] = found.zip_with(broken, graded[name])
        gap = _gap(frame, tests)
        if gap is not None:
            graded["gap"] = gap
    return frame.with_columns(_worst(frame[VALUE], graded))


def comparable(tests: SeriesTests) -> pl.Expr:
    """Whether a reading may be compared with others of its row: a value of valid status that can be."""
    return pl.col(VALUE).is_not_null() & ~pl.col(INVALID) & (_gross_range(tests).fill_null(FLAG_PASS) != FLAG_FAIL)


def _neighbours(frame: pl.DataFrame, fit: pl.Series, tests: SeriesTests) -> dict[str, pl.Series]:
    """Grades of the `fit` rows by the tests that compare neighbours, as columns of all rows."""
    at = fit.arg_true()
    usable = frame[at]
    spike = _spike(usable, tests)
    every = pl.int_range(usable.height, eager=True)
    return _graded_columns(
        frame, at, {"spike": None if spike is None else (every, spike), "rate_of_change": _rate(usable, spike, tests)}
    )


def _runs(frame: pl.DataFrame, fit: pl.Series, tests: SeriesTests) -> dict[str, pl.Series]:
    """Grades of the `fit` rows by the tests that look at the hours before, as columns of all rows."""
    at = fit.arg_true()
    usable = frame[at]
    return _graded_columns(frame, at, {"flat_line": _flat(usable, tests), "attenuated": _attenuated(usable, tests)})


def _graded_columns(
    frame: pl.DataFrame, at: pl.Series, found: Mapping[str, tuple[pl.Series, pl.Series] | None]
) -> dict[str, pl.Series]:
    """Grades of some of the rows `at`, given as places among them, as columns of all rows."""
    return {name: _spread(frame.height, at.gather(g[0]), g[1]) for name, g in found.items() if g is not None}


def _spread(height: int, at: pl.Series, grades: pl.Series) -> pl.Series:
    """Grades of some rows as a column of all rows; null elsewhere."""
    return pl.Series([None], dtype=pl.Int8).new_from_index(0, height).scatter(at, grades)


def names_of(bits: pl.Series) -> pl.Series:
    """`flag_tests` for each combination of bits: names joined by a comma."""
    texts = [",".join(n for n in TESTS if number & _BIT[n]) for number in range(1 << len(TESTS))]
    return pl.Series("flag_tests", texts, dtype=pl.String).gather(bits)


def _worst(value: pl.Series, graded: Mapping[str, pl.Series]) -> list[pl.Series]:
    """The worst flag of all tests; a missing value is 9 whatever else, and 2 where no test could be evaluated."""
    frame = pl.DataFrame({**graded, VALUE: value})
    names = [n for n in TESTS if n in graded]
    bits = pl.sum_horizontal((pl.col(n) >= FLAG_SUSPECT).fill_null(False).cast(pl.UInt8) * _BIT[n] for n in names)
    missing = pl.col(VALUE).is_null()
    return frame.select(
        flag=pl.when(missing).then(FLAG_MISSING)
        .otherwise(pl.max_horizontal(names).fill_null(FLAG_NOT_EVALUATED)).cast(pl.Int8),
        tests=pl.when(missing).then(0).otherwise(bits).cast(pl.UInt8),
    ).get_columns()  # fmt: skip


def _micro(threshold: Decimal) -> int:
    return int(threshold * MICRO)


def _graded(suspect: pl.Expr | None, fail: pl.Expr | None, evaluable: pl.Expr) -> pl.Expr:
    """4, 3 or 1 where the test can be evaluated, else null."""
    grade = pl.lit(FLAG_PASS)
    if suspect is not None:
        grade = pl.when(suspect).then(FLAG_SUSPECT).otherwise(grade)
    if fail is not None:
        grade = pl.when(fail).then(FLAG_FAIL).otherwise(grade)
    return pl.when(evaluable).then(grade).cast(pl.Int8)


def _gross_range(tests: SeriesTests) -> pl.Expr:
    """Outside what can be (fail), outside what is to be expected (suspect); the bounds themselves pass (test 4)."""
    value = pl.col(VALUE)

    def outside(low: Decimal | None, high: Decimal | None) -> pl.Expr | None:
        sides = [value < _micro(low)] if low is not None else []
        sides += [value > _micro(high)] if high is not None else []
        return pl.any_horizontal(sides) if sides else None

    suspect, fail = outside(tests.suspect_min, tests.suspect_max), outside(tests.fail_min, tests.fail_max)
    if suspect is None and fail is None:
        return pl.when(value.is_null()).then(pl.lit(None, pl.Int8))
    return _graded(suspect, fail, value.is_not_null())


def _neighbour(column: str, offset: int, near: pl.Expr) -> pl.Expr:
    """`column` of the reading `offset` places before (1) or after (-1) in the series, null if it is not near."""
    same = pl.col(SERIES) == pl.col(SERIES).shift(offset)
    close = (pl.col(TIME) - pl.col(TIME).shift(offset)).abs() <= near
    return pl.when(same & close).then(pl.col(column).shift(offset))


def _near(tests: SeriesTests) -> pl.Expr:
    return pl.col(STEP) * neighbour_gap(tests, 1)


def _spike(usable: pl.DataFrame, tests: SeriesTests) -> pl.Series | None:
    """How far a value stands out beyond both neighbours (test 6; equals QARTOD's measure where both agree)."""
    if tests.spike_suspect is None and tests.spike_fail is None:
        return None
    frame = usable.select(VALUE, before=_neighbour(VALUE, 1, _near(tests)), after=_neighbour(VALUE, -1, _near(tests)))
    above = pl.col(VALUE) - pl.max_horizontal("before", "after")
    below = pl.min_horizontal("before", "after") - pl.col(VALUE)
    out = pl.max_horizontal(above, below)
    evaluable = pl.col("before").is_not_null() & pl.col("after").is_not_null()
    suspect = out > _micro(tests.spike_suspect) if tests.spike_suspect is not None else None
    fail = out > _micro(tests.spike_fail) if tests.spike_fail is not None else None
    return frame.select(_graded(suspect, fail, evaluable)).to_series()


def _rate(usable: pl.DataFrame, spike: pl.Series | None, tests: SeriesTests) -> tuple[pl.Series, pl.Series] | None:
    """Change per hour since the last reading that is no spike (test 7)."""
    if tests.rate_suspect_per_h is None:
        return None
    frame = usable.with_row_index("__at")
    if spike is not None:
        frame = frame.filter(spike.fill_null(FLAG_PASS) < FLAG_SUSPECT)
    frame = frame.select(
        "__at",
        change=(pl.col(VALUE) - _neighbour(VALUE, 1, _near(tests))).abs().cast(pl.Float64),
        hours=(pl.col(TIME) - _neighbour(TIME, 1, _near(tests))).cast(pl.Float64) / HOUR,
    )
    suspect = pl.col("change") > pl.col("hours") * float(_micro(tests.rate_suspect_per_h))
    grade = _graded(suspect, None, pl.col("change").is_not_null() & (pl.col("hours") > 0))
    return frame["__at"], frame.select(grade).to_series()


def _flat(usable: pl.DataFrame, tests: SeriesTests) -> tuple[pl.Series, pl.Series] | None:
    """How long the value has not moved by more than the tolerance from one reading to the next (test 8).

    Repeated detection limits are no flat line, nor are values at the instrument's floor. A run breaks where more than
    one reading is missing.
    """
    if tests.flat_tolerance is None:
        return None
    frame = usable.with_row_index("__at").filter(~pl.col(CENSORED_FLAG))
    before = _neighbour(VALUE, 1, pl.col(STEP) * 2)
    goes_on = ((pl.col(VALUE) - before).abs() <= _micro(tests.flat_tolerance)).fill_null(False)
    if tests.flat_floor is not None:
        goes_on &= (pl.min_horizontal(VALUE, before) > _micro(tests.flat_floor)).fill_null(False)
    # Sorted by series and time, the start of a run is the last start seen.
    begin = pl.when(~goes_on).then(pl.col(TIME)).forward_fill()
    frame = frame.select("__at", STEP, lasted=pl.col(TIME) - begin)

    def too_long(hours: Decimal | None) -> pl.Expr | None:
        if hours is None:
            return None
        return (pl.col("lasted") >= int(hours * HOUR)) & (pl.col(STEP) * _LEAST_STEPS <= int(hours * HOUR))

    suspect, fail = too_long(tests.flat_suspect_hours), too_long(tests.flat_fail_hours)
    return frame["__at"], frame.select(_graded(suspect, fail, pl.col("lasted").is_not_null())).to_series()


def _attenuated(usable: pl.DataFrame, tests: SeriesTests) -> tuple[pl.Series, pl.Series] | None:
    """The range of the values over the hours up to the reading is too small for a living signal (test 10)."""
    if tests.attenuated_hours is None or tests.attenuated_min_range is None:
        return None
    span = int(tests.attenuated_hours * HOUR)
    frame = usable.with_row_index("__at").filter(~pl.col(CENSORED_FLAG) & (pl.col(STEP) * _LEAST_STEPS <= span))
    if frame.is_empty():
        return None
    # One integer axis for all series, in seconds, with room between them: no window reaches into the series before.
    earliest, latest = frame[TIME].min(), frame[TIME].max()
    room = (latest - earliest + span) // MICRO + 1
    axis = pl.col(SERIES).rle_id().cast(pl.Int64) * room + (pl.col(TIME) - earliest) // MICRO
    window = f"{span // MICRO}i"
    frame = frame.with_columns(axis=axis, one=pl.lit(1, pl.Int32)).select(
        "__at",
        STEP,
        highest=pl.col(VALUE).rolling_max_by("axis", window),
        lowest=pl.col(VALUE).rolling_min_by("axis", window),
        seen=pl.col("one").rolling_sum_by("axis", window),
    )
    most = pl.lit(span) // pl.col(STEP)
    enough = pl.col("seen") * _SHARE[1] >= most * _SHARE[0]
    small = pl.col("highest") - pl.col("lowest") < _micro(tests.attenuated_min_range)
    if tests.flat_floor is not None:
        small &= pl.col("highest") > _micro(tests.flat_floor)
    return frame["__at"], frame.select(_graded(small, None, enough)).to_series()


def _gap(frame: pl.DataFrame, tests: SeriesTests) -> pl.Series | None:
    """More than the allowed number of cadences without any record before this one, however long ago the last one was.

    The first record of a series follows no silence.
    """
    if tests.gap_periods is None:
        return None
    same = pl.col(SERIES) == pl.col(SERIES).shift(1)
    since = pl.when(same).then(pl.col(TIME) - pl.col(TIME).shift(1))
    silent = since > pl.col(STEP) * (tests.gap_periods + 1)
    return frame.select(_graded(silent, None, since.is_not_null() & pl.col(STEP).is_not_null())).to_series()
