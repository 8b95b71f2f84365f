"""Air cases: every worked example of the air standards as hours, and the edges next to them.

Here belong inputs only; hours and dust are in air_hour_cases.py. Each case has a station of its own; assessed are those
of area means and of whole years. An example's rule is matched by its beginning (RULES); every entry of a rule becomes a
case by itself.
"""

from __future__ import annotations

import re
from calendar import isleap, monthrange
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from tests.conformance import air_hour_cases
from tests.conformance.kit import District, worked_examples

OLD_DAY = datetime(2024, 5, 6)
NEW_DAY = datetime(2026, 5, 6)
DAYS = {"2012": OLD_DAY, "2026": NEW_DAY}
ITEMS = {"PM2.5": "pm2_5", "PM10": "pm10", "O3_8h": "o3", "O3": "o3", "NO2": "no2", "SO2": "so2", "CO": "co"}
CLEAN_AIR = {"pm2_5": 5, "pm10": 9, "so2": 3, "no2": 10, "co": "0.3", "o3": 20}
STANDARDS = ("GB 3095", "HJ 633", "HJ 663", "环境空气", "HJ 1221")
RULES = {
    "iaqi": "IAQI ",
    "list": "daily ",
    "aqi": "AQI and primary",
    "no_primary": "no primary pollutant",
    "percentile": "95th and 98th percentile",
    "composite": "sum of C/S",
    "day": "daily mean validity",
    "year": "annual mean validity",
    "ozone": "O3 daily max 8-h",
    "area": "area mean",
    "dustfall": "dustfall",
}
# What a laboratory may weigh, as an example may name it.
WEIGHED = {
    "mass_g": "dust_net_mass", "area_cm2": "dust_collector_area", "days": "dust_exposure_days",
    "W1": "dust_total_mass", "Wa": "dust_vessel_mass", "Wc": "dust_blank_mass",
    "w1_g": "dust_total_mass", "wa_g": "dust_vessel_mass", "wc_g": "dust_blank_mass",
}  # fmt: skip


def rule_of(entry: Mapping[str, Any]) -> str | None:
    """Which of RULES an example of air belongs to; None for an unknown rule or another domain."""
    if not entry["standard"].startswith(STANDARDS):
        return None
    # `daily mean validity` also begins with `daily `: the longest beginning wins.
    found = [name for name, text in RULES.items() if entry["rule"].startswith(text)]
    return max(found, key=lambda name: len(RULES[name]), default=None)


def examples(rule: str) -> list[dict[str, Any]]:
    """The worked examples of a rule in file order; empty where the folder is absent."""
    return [e for e in worked_examples() if rule_of(e) == rule]


def editions_of(entry: Mapping[str, Any]) -> list[str]:
    """Editions that an example speaks of: those its standard or rule names, else both."""
    return [e for e in DAYS if e in entry["standard"] + entry["rule"]] or list(DAYS)


def concentrations(values: Mapping[str, Any]) -> dict[str, Any]:
    """Symbols of an example as parameters."""
    return {ITEMS[symbol]: value for symbol, value in values.items()}


def list_values(entry: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Parameter and values of a list of daily values, e.g. {"pm25": [28, 35]}."""
    ((name, values),) = entry["input"].items()
    codes = {re.sub(r"\W|_", "", code): code for code in ITEMS.values()}
    return codes[re.sub(r"\W|_", "", name.lower())], values


def generated(entry: Mapping[str, Any]) -> list[int]:
    """Values of a percentile example, from its generator expression or its list."""
    values = entry["input"].get("values")
    return values or eval(f"[{entry['input']['generator']}]", {"__builtins__": {}, "range": range})


def composite_year(entry: Mapping[str, Any]) -> int:
    """A year wholly under the limits that the example names."""
    return {"2012": 2015, "2026": 2032 if "final" in entry["rule"] else 2027}[editions_of(entry)[0]]


def example_year(entry: Mapping[str, Any]) -> int:
    """A year that has the days of each month."""
    return 2024 if entry["input"]["per_month"][1] > 28 else 2023


def add(district: District) -> None:
    """All air cases; the examples are none where the folder is absent."""
    _examples(district)
    _missing_items(district)
    _ozone(district)
    _hours_of_a_day(district)
    _area_edges(district)
    _years(district)
    _change_of_edition(district)
    _dust_day(district)
    _suspects(district)
    air_hour_cases.add(district)
    _day(district, "A-FIFTY", NEW_DAY, CLEAN_AIR | {"pm2_5": 35})
    _day(district, "A-TIE", NEW_DAY, CLEAN_AIR | {"pm2_5": 60, "no2": 80})
    _day(district, "A-TIE-OLD", OLD_DAY, CLEAN_AIR | {"pm2_5": 75, "pm10": 150, "so2": 150})


def _examples(district: District) -> None:
    for k, entry in enumerate(examples("list")):
        parameter, values = list_values(entry)
        for edition in editions_of(entry):
            for n, value in enumerate(values):
                _day(district, f"A-LIST-{k}-{edition}-{n}", DAYS[edition], CLEAN_AIR | {parameter: value})
    for k, entry in enumerate(examples("aqi")):
        for edition in editions_of(entry):
            _day(district, f"A-AQI-{k}-{edition}", DAYS[edition], concentrations(entry["input"]))
    for k, entry in enumerate(examples("no_primary")):
        for edition in editions_of(entry):
            # Up to 50 the IAQI of PM10 is its concentration.
            values = dict.fromkeys(CLEAN_AIR, 0) | {"pm10": entry["input"]["AQI"]}
            _day(district, f"A-NONE-{k}-{edition}", DAYS[edition], values)
    for k, entry in enumerate(examples("percentile")):
        _station(district, f"A-PERCENTILE-{k}")
        for n, value in enumerate(generated(entry)):
            for parameter in ("pm2_5", "no2", "o3"):
                start = datetime(2015, 1, 1) + timedelta(days=n)
                district.hours("clean_air", f"A-PERCENTILE-{k}", parameter, start, [value] * 24)
    for k, entry in enumerate(examples("composite")):
        _year(district, f"A-COMPOSITE-{k}", composite_year(entry), concentrations(entry["input"]))
    for k, entry in enumerate(examples("day")):
        for n in entry["input"]["valid_hours"]:
            _station(district, f"A-DAY-{k}-{n}")
            district.hours("clean_air", f"A-DAY-{k}-{n}", "pm2_5", OLD_DAY, [30] * n)
    for k, entry in enumerate(examples("year")):
        days(district, f"A-YEAR-{k}", example_year(entry), entry["input"]["per_month"])
    for k, entry in enumerate(examples("ozone")):
        _station(district, f"A-O3-{k}")
        district.hours("clean_air", f"A-O3-{k}", "o3", OLD_DAY, entry["input"]["hourly_01_to_24"])
    for k, entry in enumerate(examples("area")):
        area_month(district, 2018, k + 1, entry["input"]["stations_daily"])
    for k, entry in enumerate(examples("dustfall")):
        point = district.site("air", f"D-{k}", "dustfall_point", area_code="110105001")
        for name, value in entry["input"].items():
            air_hour_cases.dustfall(district, point, WEIGHED[name], date(2024, 1, 1), value)


def _station(district: District, site: str, **attributes: object) -> None:
    district.site("air", site, "station", **attributes)


def _day(district: District, site: str, day: datetime, values: Mapping[str, object]) -> None:
    _station(district, site)
    for parameter, value in values.items():
        district.hours("clean_air", site, parameter, day, [value] * 24)


def area_month(district: District, year: int, month: int, stations: Sequence[Sequence[Any]]) -> None:
    """Stations assessed in one month only, with PM2.5 of its first days; None is a day without a value."""
    last = date(year, month, monthrange(year, month)[1])
    for n, values in enumerate(stations):
        site = f"A-AREA-{year}-{month}-{n}"
        _station(district, site, assessed=True, valid_from=date(year, month, 1), valid_to=last)
        for day, value in enumerate(values):
            hours = [value] * (24 if value is not None else 0)
            district.hours("clean_air", site, "pm2_5", datetime(year, month, day + 1), hours)


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
    # 16 hours of ozone above its 8 h table: the daily maximum counts, the 1 h maximum that would index it does not.
    _day(district, "A-O3-NO-INDEX", OLD_DAY, {p: v for p, v in CLEAN_AIR.items() if p != "o3"})
    district.hours("clean_air", "A-O3-NO-INDEX", "o3", OLD_DAY, [900] * 16)


def _ozone(district: District) -> None:
    """13 windows below, at and above the limit; 14 of them; a day without the hour a window is named after."""
    for name, level, n in (("LOW", 100, 18), ("LIMIT", 160, 18), ("HIGH", 161, 18), ("14", 100, 19)):
        _station(district, f"A-O3-FEW-{name}")
        district.hours("clean_air", f"A-O3-FEW-{name}", "o3", OLD_DAY, [level] * n)
    hours = [40, 42, 45, 50, 60, 75, 90, 110, 130, 150, 165, 175, 180, 178, 170, 160, 140, 120, 100, 80, 70, 60, 55, 50]
    _station(district, "A-O3-GAP")
    district.hours("clean_air", "A-O3-GAP", "o3", OLD_DAY, [*hours[:16], None, *hours[17:]])


def _hours_of_a_day(district: District) -> None:
    # A failed hour does not count, a suspect one does.
    _station(district, "A-HOURS-FLAGS")
    district.hours("clean_air", "A-HOURS-FLAGS", "pm2_5", OLD_DAY, [30] * 19)
    district.hours("clean_air", "A-HOURS-FLAGS", "pm2_5", OLD_DAY + timedelta(hours=19), [54], flag=3)
    district.hours("clean_air", "A-HOURS-FLAGS", "pm2_5", OLD_DAY + timedelta(hours=20), [999] * 4, flag=4)


def _area_edges(district: District) -> None:
    """3 of 4 stations (75 %) are enough, 2 of 3 are not; a micro-station, or what is not assessed, never counts."""
    area_month(district, 2019, 1, [[30], [34], [41], [None]])
    area_month(district, 2019, 2, [[30], [34], [None]])
    area_month(district, 2019, 3, [[30], [50]])
    for month in (1, 2, 3):
        for site, kind in ((f"A-AREA-MICRO-{month}", "micro_station"), (f"A-AREA-OTHER-{month}", "station")):
            district.site("air", site, kind, assessed=kind == "micro_station")
            district.hours("clean_air", site, "pm2_5", datetime(2019, month, 1), [900] * 24)


def _year(district: District, site: str, year: int, values: Mapping[str, object]) -> None:
    _station(district, site, assessed=True, valid_from=date(year, 1, 1), valid_to=date(year, 12, 31))
    start = datetime(year, 1, 1)
    for n in range(366 if isleap(year) else 365):
        for parameter, value in values.items():
            district.hours("clean_air", site, parameter, start + timedelta(days=n), [value] * 20)


def days(district: District, site: str, year: int, per_month: Sequence[int]) -> None:
    """A year of PM2.5 with so many valid days in each month."""
    _station(district, site)
    for month, n in enumerate(per_month, 1):
        for day in range(1, min(n, monthrange(year, month)[1]) + 1):
            district.hours("clean_air", site, "pm2_5", datetime(year, month, day), [30] * 20)


def _years(district: District) -> None:
    # 27 days a month and 25 in February are 322: every month holds, the year does not reach 324.
    days(district, "A-DAYS-322", 2023, [27, 25, *[27] * 10])
    days(district, "A-DAYS-323", 2023, [28, 25, *[27] * 10])
    days(district, "A-DAYS-324", 2023, [28, 26, *[27] * 10])
    days(district, "A-DAYS-26", 2023, [31, 28, 31, 30, 26, *[30] * 7])
    days(district, "A-DAYS-FEB-24", 2023, [31, 24, *[31] * 10])
    days(district, "A-DAYS-FEB-25", 2023, [31, 25, *[31] * 10])
    days(district, "A-DAYS-LEAP-25", 2024, [31, 25, *[31] * 10])
    days(district, "A-DAYS-LEAP-24", 2024, [31, 24, *[31] * 10])
    # A year of two editions.
    days(district, "A-DAYS-2026", 2026, [31] * 12)


def _dust_day(district: District) -> None:
    """April 2024 with 300 on its first day, which a notified dust period touches (air_hour_cases.py)."""
    _station(district, "A-DUST")
    for day in range(1, 31):
        for parameter in ("pm10", "no2"):
            hours = [300 if day == 1 else 30] * 24
            district.hours("clean_air", "A-DUST", parameter, datetime(2024, 4, day), hours)


def _change_of_edition(district: District) -> None:
    """The last day of the 2012 and the first of the 2026 edition, with the same air."""
    for day in (datetime(2026, 2, 28), datetime(2026, 3, 1)):
        for parameter, value in (CLEAN_AIR | {"pm2_5": 70}).items():
            district.hours("clean_air", "A-CHANGE", parameter, day, [value] * 24)
    _station(district, "A-CHANGE")


def _suspects(district: District) -> None:
    """Suspect hours that decide whether a day or a year attains, or is valid at all, and one that decides nothing."""
    rest = {p: v for p, v in CLEAN_AIR.items() if p != "pm2_5"}
    for case, hours, suspect in (("DAY", 23, 400), ("SAME", 23, 71), ("HOURS", 19, 70)):
        _day(district, f"A-SUSPECT-{case}", OLD_DAY, rest)
        district.hours("clean_air", f"A-SUSPECT-{case}", "pm2_5", OLD_DAY, [70] * hours)
        district.hours("clean_air", f"A-SUSPECT-{case}", "pm2_5", OLD_DAY + timedelta(hours=hours), [suspect], flag=3)
    # A year of 35.3 keeps the limit of 35, rounded; an hour of 3000 makes it (364 x 35.3 + 3706 : 21) : 365 = 35.69.
    _station(district, "A-SUSPECT-YEAR")
    for n in range(365):
        start = datetime(2023, 1, 1) + timedelta(days=n)
        district.hours("clean_air", "A-SUSPECT-YEAR", "pm2_5", start, ["35.3"] * 20)
    district.hours("clean_air", "A-SUSPECT-YEAR", "pm2_5", datetime(2023, 6, 1, 20), [3000], flag=3)
