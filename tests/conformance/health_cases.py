"""Cases of data health: series of every rhythm, as often as they come and as often as they fail to.

Here belong inputs only. Every site is closed by the register, so that what is expected of it ends. Not here: expected
figures (test_health.py), what is pending (unit tests of int_feed_site_period).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tests.conformance.kit import District

METER = {"flow": "use", "sector": "residential", "metering": "meter"}
BALANCE = {"flow": "use", "sector": "residential", "metering": "balance"}


def add(district: District) -> None:
    """One site for each rhythm."""
    _energy(district)
    _noise(district)
    _dustfall(district)
    _water(district)
    _returns(district)


def _closed(district: District, feed: str, site_id: str, kind: str, last: date) -> str:
    return district.site(feed, site_id, kind, valid_to=last, valid_from=date(2026, 1, 1))


def _steps(district: District, site: str, first: datetime, count: int, minutes: int) -> None:
    for n in range(count):
        start = first + timedelta(minutes=n * minutes)
        end = start + timedelta(minutes=minutes)
        district.reading("clean_energy", site, "electricity", start, 1, end=end, **METER)


def _energy(district: District) -> None:
    # Two days of hours, then a day of quarters of an hour of which one is missing, then nothing on the last day.
    changing = _closed(district, "energy", "H-STEPS", "meter", date(2026, 3, 4))
    _steps(district, changing, datetime(2026, 3, 1), 48, 60)
    _steps(district, changing, datetime(2026, 3, 3), 95, 15)
    balance = _closed(district, "energy", "H-LONG", "sector", date(2026, 12, 31))
    for parameter, start, end in (
        ("natural_gas", datetime(2026, 1, 1), datetime(2026, 2, 1)),
        ("electricity", datetime(2026, 1, 1), datetime(2026, 4, 1)),
        ("heat", datetime(2026, 1, 1), datetime(2027, 1, 1)),
        # Neither month, quarter nor year.
        ("diesel", datetime(2026, 1, 1), datetime(2026, 1, 11)),
        ("gasoline", datetime(2026, 1, 15), datetime(2026, 2, 15)),
    ):
        district.reading("clean_energy", balance, parameter, start, 1, end=end, **BALANCE)


def _noise(district: District) -> None:
    point = _closed(district, "noise", "H-PARTS", "point", date(2026, 3, 3))
    for day in (datetime(2026, 3, 1), datetime(2026, 3, 3)):
        for kind, first, last in (("day", 6, 22), ("night", 22, 30)):
            start, end = day + timedelta(hours=first), day + timedelta(hours=last)
            district.reading("clean_noise", point, "leq", start, 50, end=end, period_kind=kind)


def _dustfall(district: District) -> None:
    # Exposed from one second of a month to the next; nothing of April.
    point = _closed(district, "air", "H-DUSTFALL", "dustfall_point", date(2026, 4, 30))
    start, end = datetime(2026, 3, 2), datetime(2026, 4, 2)
    district.reading("clean_dustfall", point, "dustfall", start, 4, end=end)


def _water(district: District) -> None:
    section = _closed(district, "water", "H-WATER", "section", date(2026, 3, 2))
    for n in range(9):
        start = datetime(2026, 3, 1) + timedelta(hours=4 * n)
        end = start + timedelta(hours=4)
        district.reading("clean_water", section, "ph", start, 7, end=end, method="automatic", flag=4 if n == 1 else 1)
    for day in (5, 20):
        district.reading("clean_water", section, "tp", datetime(2026, 2, day), None, method="manual")


def _returns(district: District) -> None:
    area = _closed(district, "returns", "H-RETURNS", "area", date(2026, 12, 31))
    year = {"end": datetime(2026, 1, 1)}
    district.reading("clean_returns", area, "gdp_current", datetime(2025, 1, 1), 1, **year)
    district.reading("clean_returns", area, "gdp_current", datetime(2025, 1, 1), 1, plan_ref="project:9", **year)
