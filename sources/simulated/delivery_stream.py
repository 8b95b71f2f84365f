"""A stream of deliveries of the simulated district: what it delivers, when, and what may go wrong in it.

Here belongs the shape. Not here: the streams themselves (sources/feeds/<feed>/streams.py), the arithmetic of offers
(schedule.py), which defect falls on which day (defects.py) or the bytes (the feed's own modules). Standard library
only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

FIRST_DAY = date(2025, 1, 1)
FILE_KINDS = ("late_file", "resent_identical", "resent_repacked", "corrected_file")
ROW_KINDS = ("duplicate_row", "unknown_site", "garbage_cell", "missing_mark", "future_date")


@dataclass(frozen=True)
class Stream:
    """One stream: `name` is the `path` of its [[source]] entry; `module` of the feed's package, or a dotted one, builds
    its files.

    cadence: day, month, year, notice or period. `first`: first period delivered. `step_min` and `start_hour` say how a
    daily file is cut into intervals. `sites` are those that defects may hit. `kinds` are the defects in the order in
    which they take turns; `spikes` and `slips` map a parameter to what is added to, or multiplies, its value;
    `flat_hours` and `slow_hours` are the lengths of a flat line and an attenuated signal, `flat` and `slow` the
    parameters they hit.
    `cells` are the parameters whose single cells are hit; kinds `only_corrected` are only in a monthly file that a
    later one corrects. Files of a `period` hold `months` and come `due_days` after them; in a `long` file each reading
    is a record.
    """

    name: str
    feed: str
    table: str
    module: str
    cadence: str
    first: date
    prefix: str
    extension: str
    step_min: int = 60
    start_hour: int = 0
    sites: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    spikes: Mapping[str, float] = field(default_factory=dict)
    slips: Mapping[str, float] = field(default_factory=dict)
    flat: tuple[str, ...] = ()
    flat_hours: int = 0
    slow: tuple[str, ...] = ()
    slow_hours: int = 0
    gap_steps: int = 4
    cells: tuple[str, ...] = ()
    only_corrected: tuple[str, ...] = ()
    months: int = 0
    due_days: int = 0
    long: bool = False

    @property
    def builder(self) -> str:
        """The module that builds its files, by its whole name."""
        return self.module if "." in self.module else f"sources.feeds.{self.feed}.{self.module}"


def months_later(month: date, count: int) -> date:
    """The first day of the month `count` months after `month`."""
    place = month.year * 12 + month.month - 1 + count
    return date(place // 12, place % 12 + 1, 1)


def ids(pattern: str, count: int) -> tuple[str, ...]:
    """Site ids from 1 to `count`."""
    return tuple(pattern.format(i) for i in range(1, count + 1))
