"""When each file of the simulated district is delivered: date arithmetic from (seed, stream, period), no data.

Here belong the offers of a stream with their delivery times, late, corrected and re-sent files included. Not
here: the bytes. Standard library only; two years of all streams list in a fraction of a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from sources.simulated.defects import (
    HISTORY_YEARS,
    Event,
    corrected_month,
    day_event,
    dust_episodes,
    number,
    year_events,
)
from sources.simulated.delivery_stream import Stream, months_later

# Shanghai has kept +08:00 without summer time since 1992, so that a fixed offset is exact here.
SHANGHAI = timezone(timedelta(hours=8))
_DAY = timedelta(days=1)
# Day of the month (of the period, or of the following month) and hour at which monthly files arrive.
_MONTHLY = {"water_manual": (0, 20, 10), "water_subdistrict": (0, 24, 11), "air_dustfall": (1, 5, 9),
            "energy_sectors": (1, 6, 16)}  # fmt: skip
_SURVEYS = {"noise_grid": (7, 10), "noise_road": (7, 15)}


@dataclass(frozen=True)
class Planned:
    """One file to come: its period's first day, its variant ('', 'rev1', 'again' or 'repacked') and its time.

    `number` tells notices of one day apart.
    """

    stream: str
    period: date
    variant: str
    delivered_at: datetime
    stamp: str

    @property
    def offer_id(self) -> str:
        """Unique within the stream: `air_reference/20250101` or `air_reference/20250101/rev1`."""
        return f"{self.stream}/{self.stamp}" + (f"/{self.variant}" if self.variant else "")


def file_name(stream: Stream, planned: Planned) -> str:
    """The name under which the file is sent; an identical re-send keeps the first one's name."""
    suffix = {"": "", "again": "", "rev1": "_rev1", "repacked": "_resend"}[planned.variant]
    return f"{stream.prefix}_{planned.stamp}{suffix}{stream.extension}"


def planned(stream: Stream, seed: int, defects: bool, due_before: datetime) -> list[Planned]:
    """Every file of `stream` delivered at or before `due_before` (zone-aware), by delivery time and id."""
    due = due_before.astimezone(SHANGHAI)
    plans = {"day": _daily, "month": _monthly, "year": _yearly, "notice": _notices, "period": _periods}
    found = [p for p in plans[stream.cadence](stream, seed, defects, due.date()) if p.delivered_at <= due]
    return sorted(found, key=lambda p: (p.delivered_at, p.offer_id))


def variants(stream: Stream, event: Event | None, base: datetime) -> Iterator[tuple[str, datetime]]:
    """The deliveries of one file whose planned time is `base`: itself (maybe late) and what is sent again."""
    kind = event.kind if event else ""
    yield "", base + timedelta(days=2 + event.pick % 3, hours=8) if event and kind == "late_file" else base
    if event and kind == "resent_identical":
        yield "again", base + timedelta(days=1, hours=3, minutes=20)
    elif event and kind == "resent_repacked":
        yield "repacked", base + timedelta(days=2, hours=4)
    elif event and kind == "corrected_file":
        yield "rev1", base + timedelta(days=6, hours=9)


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def _daily(stream: Stream, seed: int, defects: bool, until: date) -> Iterator[Planned]:
    for ordinal in range(stream.first.toordinal(), until.toordinal()):
        day = date.fromordinal(ordinal)
        # The noise file holds the 24 hours to 06:00 and comes ten minutes later, on the minute.
        minute = 10 if stream.start_hour else 5 + number(seed, stream.name, ordinal) % 21
        base = _at(day + _DAY, 6, minute)
        event = day_event(stream, seed, day) if defects else None
        for variant, at in variants(stream, event, base):
            yield Planned(stream.name, day, variant, at, f"{day:%Y%m%d}")


def _monthly(stream: Stream, seed: int, defects: bool, until: date) -> Iterator[Planned]:
    later, day_of_month, hour = _MONTHLY[stream.name]
    month = stream.first
    while month <= until:
        following = (month + timedelta(days=32)).replace(day=1)
        base = _at((following if later else month).replace(day=day_of_month), hour, number(seed, month) % 60)
        yield Planned(stream.name, month, "", base, f"{month:%Y%m}")
        if defects and "corrected_file" in stream.kinds and corrected_month(month):
            yield Planned(stream.name, month, "rev1", base + timedelta(days=11, hours=2), f"{month:%Y%m}")
        month = following


def _periods(stream: Stream, seed: int, defects: bool, until: date) -> Iterator[Planned]:
    """Files of networks, which hold months and come some days after them; some are corrected eleven days later."""
    month = stream.first
    while month <= until:
        following = months_later(month, stream.months)
        base = _at(following + timedelta(days=stream.due_days), 10, number(seed, stream.name, month) % 60)
        yield Planned(stream.name, month, "", base, f"{month:%Y%m}")
        if defects and "corrected_file" in stream.kinds and corrected_month(month):
            yield Planned(stream.name, month, "rev1", base + timedelta(days=11, hours=2), f"{month:%Y%m}")
        month = following


def _yearly(stream: Stream, seed: int, defects: bool, until: date) -> Iterator[Planned]:
    for year in range(stream.first.year, until.year + 1):
        if stream.name in _SURVEYS:
            base = _at(date(year, *_SURVEYS[stream.name]), 14, number(seed, stream.name, year) % 60)
        elif year in HISTORY_YEARS:
            # The returns of past years are handed over together when the district's service begins.
            base = _at(date(2025, 1, 6), 9, HISTORY_YEARS.index(year) * 7)
        elif year >= 2025:
            base = _at(date(year + 1, 1, 20), 9, 30)
        else:
            continue
        yield Planned(stream.name, date(year, 1, 1), "", base, str(year))
        if defects and any(e.kind == "corrected_file" for e in year_events(stream, seed, year)):
            yield Planned(stream.name, date(year, 1, 1), "rev1", base + timedelta(days=25), str(year))


def _notices(stream: Stream, seed: int, defects: bool, until: date) -> Iterator[Planned]:
    for year in range(stream.first.year, until.year + 1):
        for i, episode in enumerate(dust_episodes(seed, year), 1):
            notified = _at(episode.end.date() + 2 * _DAY, 15)
            yield Planned(stream.name, episode.start.date(), "", notified, f"{year}n{i:02d}")
