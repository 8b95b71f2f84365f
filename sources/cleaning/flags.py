"""Quality flags after IOOS QARTOD: gross range, spike, rate of change, flat line, gap, attenuated, status, row rules.

Here belong the tests, vectorised over many series at once. Not here: which thresholds a reading is tested by
(variants.py), which neighbouring readings are needed (cadence.py) or where they come from (rebuild_partitions.py). A
flag never changes a value.

Tests of a series compare readings that are neighbours: no further apart than `gap_periods` + 1 cadences. A value that
already failed (gross range, source status, row rule) is nobody's neighbour: one bad reading does not spoil the next.
A spike is measured by the difference to the nearer neighbour, and a rate from the last reading that is not a spike, for
the same reason. In a series that two sources feed, each reading is tested by the thresholds of its own source, and its
neighbours count as those of theirs say: what failed by its own range is nobody's neighbour. A step of a flat line is
judged by the later reading of the two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from sources.cleaning.cadence import HOUR
from sources.cleaning.packing import whole_span
from sources.cleaning.variants import MICRO, Thresholds
from sources.registry.feed_model import (
    FLAG_FAIL,
    FLAG_MISSING,
    FLAG_NOT_EVALUATED,
    FLAG_PASS,
    FLAG_SUSPECT,
    SeriesTests,
)

# The tests in the order in which flag_tests names them; each sets one bit.
TESTS = ("gross_range", "spike", "rate_of_change", "flat_line", "gap", "attenuated", "source_status", "row_rule")
_BIT = {name: 1 << i for i, name in enumerate(TESTS)}
_RANGE = ("suspect_min", "suspect_max", "fail_min", "fail_max")
# A test over hours needs at least so many cadences, and an attenuated signal so great a share of its readings.
_LEAST_STEPS = 3
_SHARE = (3, 4)

SERIES, TIME, VALUE, STEP = "__series", "__time", "__micro", "__step"
CENSORED_FLAG, INVALID, BROKEN = "__censored", "__invalid", "__broken"


def flag_series(frame: pl.DataFrame, variants: Sequence[SeriesTests]) -> pl.DataFrame:
    """Flags the readings of one parameter by its thresholds; of several `variants` each reading names its own.

    `frame` is sorted by `__series` (integer) and `__time` (Int64, microseconds UTC) and has `__micro` (Int64,
    millionths of the unit, null when missing), `__step` (Int64, the series' cadence in microseconds, null if unknown),
    `__censored`, `__invalid` and `__broken` (Boolean; broken: breaks a row rule), and where there are several variants
    `__variant` (UInt16, a place among them). Returns it with `flag` (Int8) and `tests` (UInt8, bits of TESTS).
    """
    tests = Thresholds(variants)
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


def comparable(variants: Sequence[SeriesTests]) -> pl.Expr:
    """Whether a reading may be compared with others of its row: a value of valid status that can be."""
    can_be = _gross_range(Thresholds(variants)).fill_null(FLAG_PASS) != FLAG_FAIL
    return pl.col(VALUE).is_not_null() & ~pl.col(INVALID) & can_be


def _neighbours(frame: pl.DataFrame, fit: pl.Series, tests: Thresholds) -> dict[str, pl.Series]:
    """Grades of the `fit` rows by the tests that compare neighbours, as columns of all rows."""
    at = fit.arg_true()
    usable = frame[at]
    spike = _spike(usable, tests)
    every = pl.int_range(usable.height, eager=True)
    return _graded_columns(
        frame, at, {"spike": None if spike is None else (every, spike), "rate_of_change": _rate(usable, spike, tests)}
    )


def _runs(frame: pl.DataFrame, fit: pl.Series, tests: Thresholds) -> dict[str, pl.Series]:
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


def _graded(suspect: pl.Expr | None, fail: pl.Expr | None, evaluable: pl.Expr) -> pl.Expr:
    """4, 3 or 1 where the test can be evaluated, else null."""
    grade = pl.lit(FLAG_PASS)
    if suspect is not None:
        grade = pl.when(suspect).then(FLAG_SUSPECT).otherwise(grade)
    if fail is not None:
        grade = pl.when(fail).then(FLAG_FAIL).otherwise(grade)
    return pl.when(evaluable).then(grade).cast(pl.Int8)


def _gross_range(tests: Thresholds) -> pl.Expr:
    """Outside what can be (fail), outside what is to be expected (suspect); the bounds themselves pass (test 4)."""
    value = pl.col(VALUE)

    def outside(low: pl.Expr | None, high: pl.Expr | None) -> pl.Expr | None:
        sides = [value < low] if low is not None else []
        sides += [value > high] if high is not None else []
        return pl.any_horizontal(sides) if sides else None

    suspect, fail = (outside(tests.micro(f"{grade}_min"), tests.micro(f"{grade}_max")) for grade in ("suspect", "fail"))
    if suspect is None and fail is None:
        return pl.when(value.is_null()).then(pl.lit(None, pl.Int8))
    return _graded(suspect, fail, tests.where_any(value.is_not_null(), *_RANGE))


def _neighbour(column: str, offset: int, near: pl.Expr) -> pl.Expr:
    """`column` of the reading `offset` places before (1) or after (-1) in the series, null if it is not near."""
    same = pl.col(SERIES) == pl.col(SERIES).shift(offset)
    close = (pl.col(TIME) - pl.col(TIME).shift(offset)).abs() <= near
    return pl.when(same & close).then(pl.col(column).shift(offset))


def _near(tests: Thresholds) -> pl.Expr:
    return pl.col(STEP) * tests.neighbour_periods()


def _spike(usable: pl.DataFrame, tests: Thresholds) -> pl.Series | None:
    """How far a value is beyond both neighbours (test 6; equals QARTOD's measure where both agree)."""
    suspect, fail = tests.micro("spike_suspect"), tests.micro("spike_fail")
    if suspect is None and fail is None:
        return None
    near = _near(tests)
    frame = usable.with_columns(before=_neighbour(VALUE, 1, near), after=_neighbour(VALUE, -1, near))
    above = pl.col(VALUE) - pl.max_horizontal("before", "after")
    below = pl.min_horizontal("before", "after") - pl.col(VALUE)
    out = pl.max_horizontal(above, below)
    both = pl.col("before").is_not_null() & pl.col("after").is_not_null()
    evaluable = tests.where_any(both, "spike_suspect", "spike_fail")
    return frame.select(
        _graded(None if suspect is None else out > suspect, None if fail is None else out > fail, evaluable)
    ).to_series()


def _rate(usable: pl.DataFrame, spike: pl.Series | None, tests: Thresholds) -> tuple[pl.Series, pl.Series] | None:
    """Change per hour since the last reading that is not a spike (test 7)."""
    most = tests.micro("rate_suspect_per_h")
    if most is None:
        return None
    frame = usable.with_row_index("__at")
    if spike is not None:
        frame = frame.filter(spike.fill_null(FLAG_PASS) < FLAG_SUSPECT)
    frame = frame.with_columns(
        change=(pl.col(VALUE) - _neighbour(VALUE, 1, _near(tests))).abs().cast(pl.Float64),
        hours=(pl.col(TIME) - _neighbour(TIME, 1, _near(tests))).cast(pl.Float64) / HOUR,
    )
    suspect = pl.col("change") > pl.col("hours") * most.cast(pl.Float64)
    evaluable = tests.where_any(pl.col("change").is_not_null() & (pl.col("hours") > 0), "rate_suspect_per_h")
    return frame["__at"], frame.select(_graded(suspect, None, evaluable)).to_series()


def _flat(usable: pl.DataFrame, tests: Thresholds) -> tuple[pl.Series, pl.Series] | None:
    """How long the value has not moved by more than the tolerance from one reading to the next (test 8).

    Repeated detection limits are not a flat line, nor are values at the instrument's floor. A run breaks where more
    than one reading is missing, and at a reading that has no tolerance.
    """
    tolerance, floor = tests.micro("flat_tolerance"), tests.micro("flat_floor")
    if tolerance is None:
        return None
    frame = usable.with_row_index("__at").filter(~pl.col(CENSORED_FLAG))
    before = _neighbour(VALUE, 1, pl.col(STEP) * 2)
    goes_on = ((pl.col(VALUE) - before).abs() <= tolerance).fill_null(False)
    if floor is not None:
        goes_on &= (pl.min_horizontal(VALUE, before) > floor).fill_null(True)
    # Sorted by series and time, the start of a run is the last start seen.
    begin = pl.when(~goes_on).then(pl.col(TIME)).forward_fill()
    frame = frame.with_columns(lasted=pl.col(TIME) - begin)

    def too_long(hours: pl.Expr | None) -> pl.Expr | None:
        if hours is None:
            return None
        return (pl.col("lasted") >= hours) & (pl.col(STEP) * _LEAST_STEPS <= hours)

    suspect, fail = too_long(tests.hours("flat_suspect_hours")), too_long(tests.hours("flat_fail_hours"))
    evaluable = tests.where_any(pl.col("lasted").is_not_null(), "flat_tolerance")
    return frame["__at"], frame.select(_graded(suspect, fail, evaluable)).to_series()


def _attenuated(usable: pl.DataFrame, tests: Thresholds) -> tuple[pl.Series, pl.Series] | None:
    """The range of the values over the hours up to the reading is too small for a living signal (test 10)."""
    least = tests.micro("attenuated_min_range")
    if least is None:
        return None
    found = [_attenuated_over(usable, span, least, tests) for span in tests.spans("attenuated_hours")]
    graded = [grades for grades in found if grades is not None]
    if not graded:
        return None
    return pl.concat([at for at, _ in graded]), pl.concat([grades for _, grades in graded])


def _attenuated_over(
    usable: pl.DataFrame, span: int, least: pl.Expr, tests: Thresholds
) -> tuple[pl.Series, pl.Series] | None:
    """The same for the readings that are judged over one span of microseconds."""
    frame = usable.with_row_index("__at").filter(~pl.col(CENSORED_FLAG) & (pl.col(STEP) * _LEAST_STEPS <= span))
    if frame.is_empty():
        return None
    # One integer axis for all series, in seconds, with room between them: no window reaches into the series before.
    earliest, latest = whole_span(frame[TIME])
    room = (latest - earliest + span) // MICRO + 1
    axis = pl.col(SERIES).rle_id().cast(pl.Int64) * room + (pl.col(TIME) - earliest) // MICRO
    window = f"{span // MICRO}i"
    frame = frame.with_columns(axis=axis, one=pl.lit(1, pl.Int32)).with_columns(
        highest=pl.col(VALUE).rolling_max_by("axis", window),
        lowest=pl.col(VALUE).rolling_min_by("axis", window),
        seen=pl.col("one").rolling_sum_by("axis", window),
    )
    most = pl.lit(span) // pl.col(STEP)
    enough = pl.col("seen") * _SHARE[1] >= most * _SHARE[0]
    small = pl.col("highest") - pl.col("lowest") < least
    floor = tests.micro("flat_floor")
    if floor is not None:
        small &= (pl.col("highest") > floor).fill_null(True)
    evaluable = tests.where_any(enough, "attenuated_min_range")
    judged = tests.with_span("attenuated_hours", span)
    if judged is not None:
        frame = frame.filter(judged)
    return frame["__at"], frame.select(_graded(small, None, evaluable)).to_series()


def _gap(frame: pl.DataFrame, tests: Thresholds) -> pl.Series | None:
    """More than the allowed number of cadences without any record before this one, however long ago the last one was.

    The first record of a series follows no silence.
    """
    periods = tests.gap_periods()
    if periods is None:
        return None
    same = pl.col(SERIES) == pl.col(SERIES).shift(1)
    since = pl.when(same).then(pl.col(TIME) - pl.col(TIME).shift(1))
    silent = since > pl.col(STEP) * (periods + 1)
    evaluable = tests.where_any(since.is_not_null() & pl.col(STEP).is_not_null(), "gap_periods")
    return frame.select(_graded(silent, None, evaluable)).to_series()
