"""How far apart the readings of a source lie, and how far tests of a series look back and ahead.

Here belong the reaches that decide which neighbouring partitions a rebuilt one concerns. They depend on the
declarations alone, never on data, so that the order of arrival cannot change a flag. Not here: the tests (flags.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sources.config.model import Source
from sources.registry.feed_model import Parameter, SeriesTests

HOUR = 3_600_000_000  # microseconds
DAY = 24 * HOUR
# Tests of a series are for automatic series: one reading a day or more.
SLOWEST = DAY
# So far a test of gaps looks at neighbouring partitions; for a longer silence the lake is asked (silence.py).
LONGEST_GAP = 7 * DAY
DEFAULT_GAP_PERIODS = 3


def cadence(source: Source) -> int | None:
    """Microseconds between two readings of a series: declared, else the period's length; None where it is unknown.

    Instants and periods whose end is delivered have no cadence of their own; months and years are not a series.
    """
    time = source.time
    minutes = source.cadence_min
    if minutes is None and time.marks != "instant" and not time.duration and not time.end_columns:
        minutes = time.duration_min
    if not minutes or minutes * 60_000_000 > SLOWEST:
        return None
    return minutes * 60_000_000


@dataclass(frozen=True)
class Reach:
    """How far the flag of a reading depends on what lies `before` and `after` it, in whole days; 0 without tests."""

    before: timedelta
    after: timedelta

    def __bool__(self) -> bool:
        return bool(self.before or self.after)


def neighbour_gap(tests: SeriesTests, step: int) -> int:
    """The longest distance at which two readings are still neighbours, microseconds."""
    return ((tests.gap_periods or DEFAULT_GAP_PERIODS) + 1) * step


def reach(parameters: Iterable[Parameter], sources: Iterable[Source]) -> Reach:
    """The reach of all tests of a table, given the sources that deliver to it, each with its own thresholds."""
    steps = [(source, step) for source in sources if (step := cadence(source))]
    before = after = 0
    for parameter in parameters:
        for source, step in steps:
            tests = source.tests_of(parameter)
            near = neighbour_gap(tests, step)
            if tests.spike_suspect is not None or tests.spike_fail is not None:
                before, after = max(before, near), max(after, near)
            if tests.rate_suspect_per_h is not None:
                # The reading before, which must not be a spike itself: that takes one more on its far side.
                before = max(before, 2 * near)
            if tests.gap_periods is not None:
                before = max(before, LONGEST_GAP)
            hours = (tests.flat_suspect_hours, tests.flat_fail_hours, tests.attenuated_hours)
            before = max([before, *(int(h * HOUR) + near for h in hours if h is not None)])
    return Reach(_whole_days(before), _whole_days(after))


def _whole_days(microseconds: int) -> timedelta:
    # Partitions follow local time: an hour of summer time more keeps the reach long enough.
    return timedelta(days=-(-(microseconds + HOUR) // DAY)) if microseconds else timedelta()


def cadences(sources: Iterable[Source]) -> Mapping[str, int]:
    """Cadence by source id, of the sources that have one."""
    return {s.id: c for s in sources if (c := cadence(s))}
