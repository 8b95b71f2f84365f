"""Which defect is planted where: a pure function of (seed, stream, date), shared by generators and answer key.

Here belongs the choice of day, site, parameter and hours of every planted defect, and the dust episodes. Not
here: writing a defect into bytes (planting.py and the feeds' modules) or what cleaning should make of it
(answer_key.py). Standard library only: listing offers needs late, re-sent and corrected files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from sources.simulated.delivery_stream import Stream, months_later

# Daily streams plant one defect every second day, kind after kind: a range of 40 days holds every kind.
CYCLE_DAYS = 29
_LONGEST_DAYS = 3
HISTORY_YEARS = (2015, 2019, 2020, 2021, 2022, 2023, 2024)


@dataclass(frozen=True)
class Event:
    """One planted defect: anchored in the file of `day`, touching [start, end) of one series (naive, Shanghai).

    `amount` is what a spike adds or a unit slip multiplies by; `pick` a number to choose a row with.
    """

    kind: str
    stream: str
    day: date
    site: str
    parameter: str
    start: datetime
    end: datetime
    amount: float
    pick: int


def number(*parts: object) -> int:
    """A 32-bit number that depends on `parts` alone, on every machine."""
    return int.from_bytes(hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=4).digest())


def day_event(stream: Stream, seed: int, day: date) -> Event | None:
    """The defect anchored on `day` in a daily stream, or None."""
    turn, place = divmod(day.toordinal() + number(seed, stream.name, "phase") % CYCLE_DAYS, CYCLE_DAYS)
    slot, rest = divmod(place, 2)
    if rest or slot >= len(stream.kinds) or day < stream.first + timedelta(days=1):
        return None
    kind = stream.kinds[slot]
    pick = number(seed, stream.name, turn, kind)
    # Neighbouring turns hit neighbouring sites, so that two defects never meet in one series.
    site = stream.sites[(number(seed, stream.name, turn, "site") + slot) % len(stream.sites)]
    parameter, amount = _target(stream, kind, pick)
    start, end = _hours(stream, kind, day, pick)
    return Event(kind, stream.name, day, site, parameter, start, end, amount, pick)


def month_events(stream: Stream, seed: int, month: date) -> list[Event]:
    """The defects of a file of a month or longer: every kind once, some only in a file that is corrected later."""
    start = datetime.combine(month, time())
    end = datetime.combine(months_later(month, stream.months or 1), time())
    found = []
    for i, kind in enumerate(stream.kinds):
        if kind in stream.only_corrected and not corrected_month(month):
            continue
        pick = number(seed, stream.name, month, kind)
        site = stream.sites[(number(seed, stream.name, month, "site") + i) % len(stream.sites)]
        parameter, amount = _target(stream, kind, pick)
        found.append(Event(kind, stream.name, month, site, parameter, start, end, amount, pick))
    return found


def corrected_month(month: date) -> bool:
    """Whether a monthly stream with corrections re-sends the file of `month`: January, March, May, …"""
    return month.month % 2 == 1


def events(stream: Stream, seed: int, first: date, last: date) -> Iterator[Event]:
    """Every defect anchored in [first, last] of a stream, in order."""
    if stream.cadence == "day":
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            if event := day_event(stream, seed, date.fromordinal(ordinal)):
                yield event
    elif stream.cadence in ("month", "period"):
        month = max(first.replace(day=1), stream.first) if stream.cadence == "month" else stream.first
        while month <= last:
            if month >= first.replace(day=1):
                yield from month_events(stream, seed, month)
            month = months_later(month, stream.months or 1)
    elif stream.cadence == "year":
        for year in range(first.year, last.year + 1):
            if date(year, 1, 1) >= stream.first:
                yield from year_events(stream, seed, year)


def year_events(stream: Stream, seed: int, year: int) -> list[Event]:
    """The defects of a yearly stream's file of `year`; returns: a wrong unit in 2019, a correction of 2024."""
    if stream.name == "returns_yearly":
        kinds = tuple(k for k, y in (("wrong_unit", 2019), ("corrected_file", 2024)) if y == year)
    else:
        kinds = stream.kinds
    start, end = datetime(year, 1, 1), datetime(year + 1, 1, 1)
    return [
        Event(kind, stream.name, start.date(), stream.sites[(pick := number(seed, stream.name, year, kind))
              % len(stream.sites)], stream.cells[0], start, end, 1.0, pick)
        for kind in kinds
    ]  # fmt: skip


def unknown_site_id(event: Event) -> str:
    """The id of a site that no register knows, as an unknown_site defect writes it."""
    return f"SIM-X-{event.pick % 900 + 100}"


def touching(stream: Stream, seed: int, start: datetime, end: datetime) -> list[Event]:
    """The defects of a daily stream whose hours meet [start, end), the anchored file's own first."""
    first = start.date() - timedelta(days=_LONGEST_DAYS)
    return [e for e in events(stream, seed, first, end.date()) if e.start < end and e.end > start]


def _target(stream: Stream, kind: str, pick: int) -> tuple[str, float]:
    if kind == "spike":
        names = tuple(stream.spikes)
        name = names[pick % len(names)]
        return name, stream.spikes[name]
    if kind == "unit_slip":
        names = tuple(stream.slips)
        name = names[pick % len(names)]
        return name, stream.slips[name]
    if kind == "flat_line":
        return stream.flat[pick % len(stream.flat)], 1.0
    if kind == "attenuated":
        return stream.slow[pick % len(stream.slow)], 1.0
    if kind in ("gap", "invalid_status", "late_file", "resent_identical", "resent_repacked"):
        return "", 1.0
    return stream.cells[pick % len(stream.cells)], 1.35


def _hours(stream: Stream, kind: str, day: date, pick: int) -> tuple[datetime, datetime]:
    """When the defect starts and ends: inside the waking part of the file's day, except for whole days."""
    base = datetime.combine(day, time()) + timedelta(hours=stream.start_hour)
    step = timedelta(minutes=stream.step_min)
    day_length = timedelta(days=1)
    if kind in ("late_file", "resent_identical", "resent_repacked") or stream.step_min >= 1440:
        return base, base + day_length
    if kind == "attenuated":
        return base, base + timedelta(hours=stream.slow_hours)
    if kind == "flat_line":
        return base + timedelta(hours=4), base + timedelta(hours=4 + stream.flat_hours)
    steps = int(day_length / step)
    # A gap ends inside its file's day, or with it where four steps take most of a day.
    longest = stream.gap_steps if kind == "gap" else 2 if kind in ("unit_slip", "invalid_status") else 1
    at = steps // 3 + pick // 7 % max(1, steps - steps // 3 - longest)
    start = base + at * step
    return start, start + longest * step


@dataclass(frozen=True)
class Episode:
    """One dust episode: naive local start and end on the hour, and the peak that it adds to hourly PM10, ug/m3."""

    start: datetime
    end: datetime
    peak: float


@lru_cache(maxsize=256)
def dust_episodes(seed: int, year: int) -> tuple[Episode, ...]:
    """The dust episodes of one spring, in order; three or four, 10 to 30 hours each."""
    found = []
    for i in range(3 + number(seed, "dust", year) % 2):
        pick = number(seed, "dust", year, i)
        start = datetime(year, 3, 8) + timedelta(days=17 * i + pick % 12, hours=pick // 12 % 24)
        end = start + timedelta(hours=10 + pick // 300 % 21)
        found.append(Episode(start, end, 420.0 + pick // 6000 % 760))
    return tuple(found)
