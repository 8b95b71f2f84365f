"""Air cases: the worked examples, validity rules and leap years, as hours.

Here belong inputs only. Each case has a station of its own; none is assessed but those of the area mean.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta

from tests.conformance.kit import District, worked_examples

OLD_DAY = datetime(2024, 5, 6)
NEW_DAY = datetime(2026, 5, 6)
ITEMS = {"PM2.5": "pm2_5", "PM10": "pm10", "O3_8h": "o3", "O3": "o3", "NO2": "no2", "SO2": "so2", "CO": "co"}
CLEAN_AIR = {"pm2_5": 5, "pm10": 9, "so2": 3, "no2": 10, "co": "0.3", "o3": 20}
PM25_LIST = "daily PM2.5 list -> IAQI and category"
COMPOSITE = {"GB 3095-2012": 2015, "GB 3095-2026": 2027}


def example(rule: str) -> dict:
    """The worked example of a rule (its beginning); empty where the folder is absent."""
    return next((e for e in worked_examples() if e["rule"].startswith(rule)), {})


def add(district: District) -> None:
    """All air cases."""
    if not worked_examples():
        return
    for n, value in enumerate(example(PM25_LIST)["input"]["pm25"]):
        _day(district, f"A-PM25-{n}", NEW_DAY, CLEAN_AIR | {"pm2_5": value})
    primary = {ITEMS[k]: v for k, v in example("AQI and primary pollutant")["input"].items()}
    _day(district, "A-PRIMARY", NEW_DAY, primary)
    _day(district, "A-FIFTY", NEW_DAY, CLEAN_AIR | {"pm2_5": 35})
    _day(district, "A-TIE", NEW_DAY, CLEAN_AIR | {"pm2_5": 60, "no2": 80})
    _missing_items(district)
    _ozone(district)
    _hours_of_a_day(district)
    _area_mean(district)
    _percentiles(district)
    for standard, year in COMPOSITE.items():
        values = {ITEMS[k]: v for k, v in example("sum of C/S")["input"].items()}
        _year(district, f"A-{standard}", year, values)
    _years(district)


def _station(district: District, site: str, **attributes: object) -> None:
    district.site("air", site, "station", **attributes)


def _day(district: District, site: str, day: datetime, values: dict[str, object]) -> None:
    _station(district, site)
    for parameter, value in values.items():
        district.hours("clean_air", site, parameter, day, [value] * 24)


def _missing_items(district: District) -> None:
    """One item missing, the others above and below 100, under both editions."""
    for name, day in (("OLD", OLD_DAY), ("NEW", NEW_DAY)):
        for level in (40, 130):
            values = CLEAN_AIR | {"pm2_5": level}
            del values["co"]
            _day(district, f"A-MISSING-{name}-{level}", day, values)
    _day(district, "A-ZERO-NEW", NEW_DAY, dict.fromkeys(CLEAN_AIR, 0))
    _day(district, "A-ZERO-OLD", OLD_DAY, dict.fromkeys(CLEAN_AIR, 0))
    # Rounded before the index by the declared rule: 75.1 is 75, which is still 100.
    _day(district, "A-ROUNDED", OLD_DAY, CLEAN_AIR | {"pm2_5": "75.1"})
    _day(district, "A-O3-ABOVE-OLD", OLD_DAY, CLEAN_AIR | {"o3": 900})
    _day(district, "A-O3-ABOVE-NEW", NEW_DAY, CLEAN_AIR | {"o3": 900})
    _day(district, "A-PM-ABOVE", OLD_DAY, CLEAN_AIR | {"pm2_5": 700})


def _ozone(district: District) -> None:
    """The worked example; 13 windows below and above the limit; a day without the hour a window is named after."""
    hours = example("O3 daily max 8-h")["input"]["hourly_01_to_24"]
    _station(district, "A-O3")
    district.hours("clean_air", "A-O3", "o3", OLD_DAY, hours)
    for name, level in (("LOW", 100), ("HIGH", 200)):
        _station(district, f"A-O3-FEW-{name}")
        district.hours("clean_air", f"A-O3-FEW-{name}", "o3", OLD_DAY, [level] * 18)
    _station(district, "A-O3-GAP")
    district.hours("clean_air", "A-O3-GAP", "o3", OLD_DAY, [*hours[:16], None, *hours[17:]])


def _hours_of_a_day(district: District) -> None:
    for n in example("daily mean validity")["input"]["valid_hours"]:
        _station(district, f"A-HOURS-{n}")
        district.hours("clean_air", f"A-HOURS-{n}", "pm2_5", OLD_DAY, [30] * n)
    # A failed hour does not count, a suspect one does.
    _station(district, "A-HOURS-FLAGS")
    district.hours("clean_air", "A-HOURS-FLAGS", "pm2_5", OLD_DAY, [30] * 19)
    district.hours("clean_air", "A-HOURS-FLAGS", "pm2_5", OLD_DAY + timedelta(hours=19), [54], flag=3)
    district.hours("clean_air", "A-HOURS-FLAGS", "pm2_5", OLD_DAY + timedelta(hours=20), [999] * 4, flag=4)


def _area_mean(district: District) -> None:
    """Three assessed stations of one day; on the next one of the three is missing (67 %)."""
    values = [v[0] for v in example("area mean")["input"]["stations_daily"]]
    for n, value in enumerate(values):
        site = f"A-AREA-{n}"
        _station(district, site, assessed=True, valid_from=date(2018, 5, 1), valid_to=date(2018, 5, 31))
        district.hours("clean_air", site, "pm2_5", datetime(2018, 5, 6), [value] * 24)
        if n:
            district.hours("clean_air", site, "pm2_5", datetime(2018, 5, 7), [value] * 24)
    # A micro-station is never part of the district, whatever the register says of it.
    district.site("air", "A-AREA-MICRO", "micro_station", assessed=True)
    district.hours("clean_air", "A-AREA-MICRO", "pm2_5", datetime(2018, 5, 6), [900] * 24)


def _percentiles(district: District) -> None:
    _station(district, "A-PERCENTILE")
    for n in range(365):
        value = (n * 7919) % 200 + 1
        for parameter in ("pm2_5", "no2"):
            district.hours(
                "clean_air", "A-PERCENTILE", parameter, datetime(2015, 1, 1) + timedelta(days=n), [value] * 20
            )


def _year(district: District, site: str, year: int, values: dict[str, object]) -> None:
    _station(district, site)
    start = datetime(year, 1, 1)
    for n in range((date(year + 1, 1, 1) - start.date()).days):
        for parameter, value in values.items():
            district.hours("clean_air", site, parameter, start + timedelta(days=n), [value] * 24)


def days(district: District, site: str, year: int, per_month: list[int]) -> None:
    """A year of PM2.5 with so many valid days in each month."""
    _station(district, site)
    for month, n in enumerate(per_month, 1):
        for day in range(1, min(n, monthrange(year, month)[1]) + 1):
            district.hours("clean_air", site, "pm2_5", datetime(year, month, day), [30] * 20)


def _years(district: District) -> None:
    days(district, "A-YEAR-EXAMPLE", 2023, example("annual mean validity")["input"]["per_month"])
    # 27 days a month and 25 in February are 322: every month holds, the year does not reach 324.
    days(district, "A-YEAR-322", 2023, [27, 25, *[27] * 10])
    days(district, "A-YEAR-324", 2023, [28, 26, *[27] * 10])
    days(district, "A-YEAR-FEB-24", 2023, [31, 24, *[31] * 10])
    days(district, "A-YEAR-LEAP-25", 2024, [31, 25, *[31] * 10])
    days(district, "A-YEAR-LEAP-24", 2024, [31, 24, *[31] * 10])
    # A year of two editions.
    days(district, "A-YEAR-2026", 2026, [31] * 12)
