"""When the sites of a simulated network are measured, and how their stamps are written.

Here belong the moments of samples and the intervals of a file. Not here: when files come (schedule.py) or what they
say (network_files.py). Standard library only.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sources.registry.declared_feeds import CADENCE_MINUTES
from sources.simulated.defects import number
from sources.simulated.delivery_stream import months_later
from sources.simulated.network_plan import cadence, networks

# Of a calendar period so many characters of the stamp are written.
_SHORT = {"day": 10, "month": 7, "year": 4}
_WHOLE = 16


def stamp_of(network: str, moment: datetime) -> str:
    """A moment as the network's files write it: 2026-09-01 06:00, 2026-09-01, 2026-09 or 2026."""
    length = _WHOLE if networks()[network].get("instant") else _SHORT.get(cadence(network), _WHOLE)
    return moment.isoformat(" ")[:length]


def moments(network: str, seed: int, site: str, period: date, months: int) -> list[datetime]:
    """When `site` is measured in the file of `months` months from `period` on (0: one day), naive local times."""
    plan = networks()[network]
    if plan.get("instant"):
        first = _sampled(network, seed, site, period, months)
        return [first + timedelta(minutes=i) for i in range(plan.get("track", 1))]
    begin = datetime.combine(period, time())
    if minutes := CADENCE_MINUTES.get(cadence(network)):
        end = months_later(period, months) if months else period + timedelta(days=1)
        count = (end - period).days * 1440 // minutes
        return [begin + timedelta(minutes=minutes * i) for i in range(count)]
    return [begin]


def _sampled(network: str, seed: int, site: str, period: date, months: int) -> datetime:
    """A working hour of one of the days from the 3rd of the file's first month on."""
    pick = number(seed, network, "sample", site, period)
    # Three weeks for a month's round, three weeks more for every further month.
    day = period + timedelta(days=2 + pick % (20 * months))
    return datetime.combine(day, time(9 + pick // 1000 % 7, pick // 7000 % 12 * 5))
