"""Turns a file's numbers into text rows and plants its defects: the one place where defects meet bytes.

Here belongs the frame of a daily file (sites × intervals × parameters), the effect of every kind of defect on
values, cells and rows, and the writing of numbers. Not here: when a defect falls (defects.py), the levels, or
the file's syntax (file_formats.py and the modules of the streams).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from sources.simulated.defects import Event, touching, unknown_site_id
from sources.simulated.delivery_stream import Stream

GARBAGE = ("#REF!", "12..7", "ERR", "溢出")
INVALID_STATUS = "维护"


@dataclass
class Frame:
    """One daily file before it is text: `values[parameter]` is sites × intervals, `decimals` how they are written.

    `typical` holds the level at which a parameter's flat line or attenuated signal is.
    """

    stream: Stream
    sites: Sequence[str]
    start: datetime
    values: dict[str, np.ndarray]
    decimals: Mapping[str, int]
    typical: Mapping[str, float] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        """Intervals in the file."""
        return next(iter(self.values.values())).shape[1]

    def moment(self, step: int) -> datetime:
        """Start of interval `step`."""
        return self.start + timedelta(minutes=self.stream.step_min * step)

    def span(self, event: Event) -> range:
        """The intervals of this file that `event` touches."""
        minutes = self.stream.step_min * 60
        first = (event.start - self.start).total_seconds() / minutes
        last = (event.end - self.start).total_seconds() / minutes
        return range(max(0, round(first)), min(self.steps, round(last)))


def rows(
    frame: Frame, seed: int, defects: bool, variant: str, stamp: Callable[[datetime], str], missing: str, status: str
) -> list[list[str]]:
    """The file's records as text, defects planted: [site, stamp, one cell per parameter, status].

    A 'rev1' file is the corrected one: it lacks the wrong values of the file that it corrects, and no other defect.
    """
    found = touching(frame.stream, seed, frame.start, frame.moment(frame.steps)) if defects else []
    if variant == "rev1":
        found = [e for e in found if e.kind != "corrected_file"]
    for event in found:
        _change_values(frame, event)
    table = _text(frame, stamp, status)
    dropped: set[int] = set()
    extra: list[list[str]] = []
    for event in found:
        _change_rows(frame, event, table, dropped, extra, stamp, missing)
    return [row for i, row in enumerate(table) if i not in dropped] + extra


def number_texts(values: np.ndarray, decimals: int) -> list[str]:
    """Numbers with a fixed count of decimals, in row order; never '-0.0'."""
    pattern = f"%.{decimals}f"
    return [pattern % v for v in (np.round(values, decimals) + 0.0).ravel().tolist()]


def cell(event: Event, kind: str, missing: str) -> str:
    """What is in a spoilt cell: the stream's missing mark, or garbage."""
    return missing if kind == "missing_mark" else GARBAGE[event.pick // 11 % len(GARBAGE)]


def _text(frame: Frame, stamp: Callable[[datetime], str], status: str) -> list[list[str]]:
    stamps = [stamp(frame.moment(i)) for i in range(frame.steps)]
    columns = [number_texts(v, frame.decimals[p]) for p, v in frame.values.items()]
    ids = [site for site in frame.sites for _ in stamps]
    times = stamps * len(frame.sites)
    return [[*cells, status] for cells in zip(ids, times, *columns, strict=True)]


def _change_values(frame: Frame, event: Event) -> None:
    if event.parameter not in frame.values:
        return
    series = frame.values[event.parameter][frame.sites.index(event.site)]
    span = frame.span(event)
    part = slice(span.start, span.stop)
    if event.kind == "spike":
        series[part] += event.amount
    elif event.kind in ("unit_slip", "corrected_file"):
        series[part] *= event.amount
    elif event.kind == "negative_value":
        series[part] = -1 - np.abs(series[part])
    elif event.kind in ("flat_line", "attenuated"):
        level = frame.typical[event.parameter] * (1 + event.pick % 97 / 900)
        # A flat line does not move at all; an attenuated signal trembles in its last digit.
        ripple = np.array([frame.moment(i).hour % 3 for i in span]) * 0.1 if event.kind == "attenuated" else 0.0
        series[part] = np.round(level, frame.decimals[event.parameter]) + ripple


def _change_rows(
    frame: Frame,
    event: Event,
    table: list[list[str]],
    dropped: set[int],
    extra: list[list[str]],
    stamp: Callable[[datetime], str],
    missing: str,
) -> None:
    base = frame.sites.index(event.site) * frame.steps
    touched = [base + i for i in frame.span(event)]
    if event.kind == "gap":
        dropped.update(touched)
        return
    if not touched or event.start < frame.start:
        return
    row = touched[0]
    if event.kind in ("garbage_cell", "missing_mark"):
        table[row][2 + list(frame.values).index(event.parameter)] = cell(event, event.kind, missing)
    elif event.kind == "invalid_status":
        for i in touched:
            table[i][-1] = INVALID_STATUS
    elif event.kind == "duplicate_row":
        extra.append(list(table[row]))
    elif event.kind == "unknown_site":
        extra.append([unknown_site_id(event), *table[row][1:]])
    elif event.kind == "future_date":
        extra.append([event.site, stamp(future(event.start)), *table[row][2:]])


def future(moment: datetime) -> datetime:
    """Where a clock that runs a year ahead puts `moment`: 364 days later, so that 29 February is not a trap."""
    return moment + timedelta(days=364)
