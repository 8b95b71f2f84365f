"""Freshness, set in one place: how old the newest reading of a feed may be.

Here belong the allowed age and how Dagster and the refresh compare with it. The figures come from the registry. Not
here: lateness of single deliveries, which is a mart (mart_data_health).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import dagster as dg

from sources.registry import Feed

if TYPE_CHECKING:
    from orchestration.session import Session

# The refresh runs once a day, so that a reading may be a day older than its delivery allows.
_BETWEEN_REFRESHES = timedelta(hours=24)


@dataclass(frozen=True)
class ObservationAge:
    """The newest reading of a feed against the clock of the refresh; `newest` is None where there is none yet."""

    newest: datetime | None
    age: timedelta | None
    allowed: timedelta

    @property
    def fresh(self) -> bool:
        """Whether the newest reading is young enough; a feed without readings is not late, it is absent."""
        return self.age is None or self.age <= self.allowed

    @property
    def text(self) -> str:
        """The age in words."""
        if self.newest is None or self.age is None:
            return "no reading yet"
        age = f"{_hours(self.age)} h old; {_hours(self.allowed)} h allowed"
        return f"newest reading {self.newest:%Y-%m-%d %H:%M}, {age}"


def allowed_age(feed: Feed) -> timedelta:
    """Cadence, lateness allowed, and the day between two refreshes."""
    return timedelta(hours=float(feed.cadence_hours) + feed.lateness_allowed_hours) + _BETWEEN_REFRESHES


def policy_for(feeds: Iterable[Feed]) -> dg.FreshnessPolicy:
    """Dagster's policy: the asset is late when it was not refreshed within the shortest allowed age of its feeds."""
    return dg.FreshnessPolicy.time_window(fail_window=min(map(allowed_age, feeds)))


def observation_age(session: Session, feed: Feed) -> ObservationAge:
    """The age of the newest reading of `feed` at the clock of the refresh."""
    newest = session.newest_reading(feed.name)
    if newest is None:
        return ObservationAge(None, None, allowed_age(feed))
    clock = session.settings.clock.astimezone(ZoneInfo(session.settings.zone)).replace(tzinfo=None)
    return ObservationAge(newest, clock - newest, allowed_age(feed))


def _hours(span: timedelta) -> str:
    return f"{span.total_seconds() / 3600:.0f}"
