"""Cases of rankings and of air exceedances: micro-stations of their own network, a reference station, days and hours.

Here belong inputs only. Rankings are in network `lists`, so that no other case's station is in a list with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from tests.conformance.kit import District

NETWORK = "lists"
AREAS = {"WEEKS": "110105001", "TIE": "110105002", "EVEN": "110105003", "FEW": "110105004", "TWO": "110105005"}
COMMUNITY = f"{AREAS['TWO']}001"
# Level of each week by its Monday: a year of 53 weeks, the years around it, a week with 29 February and that of 2027.
WEEKS = {
    date(2026, 12, 21): 20, date(2026, 12, 28): 30, date(2027, 1, 4): 40, date(2027, 3, 1): 50, date(2027, 12, 27): 25,
    date(2028, 1, 3): 44, date(2028, 2, 28): 60,
}  # fmt: skip
TIED_WEEK = date(2027, 6, 7)
LEAP_FEBRUARY = date(2028, 2, 1)
DUST_DAY = date(2027, 6, 22)
DUST_WEEK = date(2027, 6, 21)
EVENTS = "L-EVENTS"


def add(district: District) -> None:
    """All cases of lists."""
    _rankings(district)
    _events(district)


def _micro(district: District, site: str, area: str, **more: object) -> str:
    return district.site("air", site, "micro_station", network=NETWORK, area_code=AREAS[area], **more)


def _days(district: District, site: str, first: date, values: Iterable[object], hours: int = 24) -> None:
    """Days of PM2.5 in a row; None is a day without readings."""
    for n, value in enumerate(values):
        if value is not None:
            start = datetime(first.year, first.month, first.day) + timedelta(days=n)
            district.hours("clean_air", site, "pm2_5", start, [value] * hours)


def _rankings(district: District) -> None:
    _micro(district, "L-WEEKS", "WEEKS")
    for monday, level in WEEKS.items():
        _days(district, "L-WEEKS", monday, [level] * 7)
    # One week: 30.04 and 29.96 are both published as 30.0, 30.1 is third; 5 valid days of 7 are too few, 6 are enough,
    # and a day of 19 hours is none.
    _micro(district, "L-TIE", "TIE")
    _micro(district, "L-EVEN", "EVEN")
    _micro(district, "L-FEW", "FEW")
    _days(district, "L-WEEKS", TIED_WEEK, ["30.04"] * 7)
    _days(district, "L-TIE", TIED_WEEK, ["29.96"] * 6)
    _days(district, "L-EVEN", TIED_WEEK, ["30.1"] * 7)
    _days(district, "L-FEW", TIED_WEEK, [10] * 5)
    _days(district, "L-FEW", TIED_WEEK + timedelta(days=5), [10], hours=19)
    # Two stations of one area: the mean of their means (20 and 41), not of their 13 days.
    _micro(district, "L-TWO-1", "TWO")
    _micro(district, "L-TWO-2", "TWO")
    _days(district, "L-TWO-1", TIED_WEEK, [20] * 6)
    _days(district, "L-TWO-2", TIED_WEEK, [41] * 7)
    # A community of area TWO: its station is in no list of subdistricts.
    district.site("air", "L-COMMUNITY", "micro_station", network=NETWORK, area_code=COMMUNITY)
    _days(district, "L-COMMUNITY", TIED_WEEK, [1] * 7)
    # A February of 29 days holds with 25 of them, not with 24.
    _days(district, "L-TIE", LEAP_FEBRUARY, [30] * 25)
    _days(district, "L-EVEN", LEAP_FEBRUARY, [30] * 24)
    # A notified dust period of one day.
    _days(district, "L-WEEKS", DUST_WEEK, [20, 90, *[20] * 5])
    start = datetime(DUST_DAY.year, DUST_DAY.month, DUST_DAY.day, 9)
    district.reading(
        "clean_dust_period", "110105", "dust_period", start, 1, end=start + timedelta(hours=8), notice_no="1"
    )


def _events(district: District) -> None:
    district.site("air", EVENTS, "station", unit_to_notify="某街道办事处", area_code="110105001")
    # The day limit of PM2.5 is 75 to 2026-02-28 and 60 from then on.
    _days(district, EVENTS, date(2026, 2, 27), [70, 70, 70, 60, 61])
    # At the limit; above it over the end of a year; with a gap of one day and of two.
    _days(district, EVENTS, date(2025, 12, 28), [75, None, None, 76, 80, 20, 90, 20, 20, 91])
    # Hours of CO, mg/m3, limit 10: two hours between are bridged, three are not.
    start = datetime(2025, 6, 1)
    for hour, value in {0: 12, 3: 15, 7: 11, 12: 10, 14: "10.05"}.items():
        moment = start + timedelta(hours=hour)
        district.reading("clean_air", EVENTS, "co", moment, value, end=moment + timedelta(hours=1))
    # A suspect reading inside the first event and one outside: hints, no part of an exceedance.
    for hour, value in {1: 90, 20: 14}.items():
        moment = start + timedelta(hours=hour)
        district.reading("clean_air", EVENTS, "co", moment, value, end=moment + timedelta(hours=1), flag=3)
    district.site("air", "L-MICRO", "micro_station", network="other", area_code="110105001")
    _days(district, "L-MICRO", date(2026, 2, 27), [300] * 5)
