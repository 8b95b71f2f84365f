"""Two Beijing stations, 2013 to 2017: every day and year of the released marts against plain Python over the raw rows.

Annual PM2.5 and days by category with validity, PM2.5 above PM10 kept, CO in mg/m³, and the hour that a label closes. A
figure that GB 3095-2012 table 4 does not allow is null with its reason; the mean of the days there are is printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from tests.real import air_by_hand as by_hand
from tests.real import raw
from tests.real.house import House

pytestmark = pytest.mark.parametrize("published", ["air"], indirect=True)

YEARS = (2014, 2015, 2016)
READINGS = "read_parquet('{clean}/clean_air/**/*.parquet', hive_partitioning = false)"
# Item → columns of mart_air_station_daily.
DAILY = {
    "PM2.5": ("pm2_5_ug_m3", "pm2_5_hours"), "PM10": ("pm10_ug_m3", "pm10_hours"), "SO2": ("so2_ug_m3", "so2_hours"),
    "NO2": ("no2_ug_m3", "no2_hours"), "CO": ("co_mg_m3", "co_hours"), "O3": ("o3_8h_max_ug_m3", "o3_hours"),
}  # fmt: skip
# A mean is carried with six decimals.
CARRIED = Fraction(1, 10**6)


@cache
def rows_by_station() -> Mapping[str, list[raw.Row]]:
    found: dict[str, list[raw.Row]] = {}
    for row in raw.rows("air"):
        found.setdefault(row["station"], []).append(row)
    return found


def failed_hours(published: House) -> frozenset[tuple[str, str, date, int]]:
    """Hours that failed a quality test: (station, column, date, label)."""
    columns = {"pm2_5": "PM2.5", "pm10": "PM10", "so2": "SO2", "no2": "NO2", "co": "CO", "o3": "O3"}
    found = published.lake(f"select site_id, parameter, period_start from {READINGS} where flag = 4")
    return frozenset((site, columns[p], start.date(), start.hour + 1) for site, p, start in found if p in columns)


@pytest.fixture(scope="module")
def days(published: House) -> Mapping[str, Mapping[date, by_hand.Day]]:
    """Every day of both stations by hand."""
    failed = failed_hours(published)
    return {
        station: by_hand.days(rows, frozenset(hour[1:] for hour in failed if hour[0] == station))
        for station, rows in rows_by_station().items()
    }


def daily(published: House) -> dict[tuple[str, date], dict[str, Any]]:
    return {(d["site_id"], d["day"]): d for d in published.released("select * from mart_air_station_daily")}


def annual(published: House) -> dict[tuple[str, int], dict[str, Any]]:
    found = published.released("select * from mart_air_station_annual where period_kind = 'year'")
    return {(y["site_id"], y["period_start"].year): y for y in found}


def test_every_day_of_both_stations(published: House, days: Mapping[str, Mapping[date, by_hand.Day]]) -> None:
    found = daily(published)
    assert found.keys() == {(station, day) for station, of_station in days.items() for day in of_station}
    for (station, day), d in found.items():
        expected = days[station][day]
        for item, (value, hours) in DAILY.items():
            assert d[hours] == expected.hours[item], (station, day, item)
            concentration = expected.concentration[item]
            assert (d[value] is None) == (concentration is None), (station, day, item)
            assert d[value] is None or abs(Fraction(d[value]) - concentration) < CARRIED, (station, day, item)
        assert d["aqi"] == expected.aqi, (station, day)
        assert (d["validity"] in ("valid", "indicative")) == (expected.aqi is not None), (station, day)
        # Indicative is only what suspect hours decide, and it says so.
        assert (d["validity"] == "indicative") == ("suspect readings" in d["validity_reason"]), (station, day)
        assert d["validity"] != "indicative" or d["n_suspect"] > 0, (station, day)


def test_annual_means_and_days_by_category(
    published: House, days: Mapping[str, Mapping[date, by_hand.Day]], capsys: pytest.CaptureFixture[str]
) -> None:
    found = annual(published)
    lines = []
    for station, of_station in days.items():
        for year in YEARS:
            y = found[station, year]
            pm25 = by_hand.year_of({day: d.concentration["PM2.5"] for day, d in of_station.items()}, year)
            assert y["pm2_5_days"] == pm25.n_valid
            allowed = pm25.validity == "valid"
            assert y["pm2_5_mean_ug_m3"] == (by_hand.rounded(pm25.mean) if allowed else None), (station, year)
            assert abs(Fraction(y["pm2_5_mean_of_available_days_ug_m3"]) - pm25.mean) < 2 * CARRIED, (station, year)
            assert ("PM2.5 insufficient" in y["items_not_valid"]) == (not allowed)

            index = by_hand.year_of({day: d.aqi for day, d in of_station.items()}, year)
            counted = by_hand.categories(of_station, year)
            assert {name: y[name] for name in counted} == counted, (station, year)
            decided = "suspect readings" in y["validity_reason"]
            assert y["n_valid"] == index.n_valid, (station, year)
            assert y["validity"] == ("indicative" if decided else index.validity), (station, year)
            assert (y["validity_reason"] == "") == (index.validity == "valid" and not decided)
            lines.append(
                f"{station:13}{year}  PM2.5 {y['pm2_5_mean_ug_m3'] or 'null':>9}  ({float(pm25.mean):.2f} over "
                f"{pm25.n_valid} days, {pm25.n_months} months hold: {pm25.validity})  AQI days {y['n_valid']} "
                f"({y['validity']}): " + " ".join(str(n) for n in counted.values())
            )
    assert {by_hand.year_of({d: x.aqi for d, x in s.items()}, y).validity for s in days.values() for y in YEARS} == {
        "valid", "insufficient"
    }  # fmt: skip
    with capsys.disabled():
        print("\nannual PM2.5 (µg/m³) and days 优/良/轻度/中度/重度/严重, as released:", *lines, sep="\n  ")


def test_the_days_published_add_up_to_the_year(published: House) -> None:
    """The annual mean is that of the released days."""
    released = daily(published)
    means = {key: y for key, y in annual(published).items() if key[1] in YEARS}
    for (station, year), y in means.items():
        of_year = (d["pm2_5_ug_m3"] for (site, day), d in released.items() if (site, day.year) == (station, year))
        there = [Fraction(value) for value in of_year if value is not None]
        assert len(there) == y["pm2_5_days"]
        if y["pm2_5_mean_ug_m3"] is not None:
            assert y["pm2_5_mean_ug_m3"] == by_hand.rounded(sum(there) / len(there))


def test_a_label_closes_its_hour(published: House) -> None:
    """The label 0 of New Year 2016 is the last hour of the old one, and lies there in the lake."""
    stamp = {"year": "2016", "month": "1", "day": "1", "hour": "0"}
    (row,) = (r for r in rows_by_station()["Nongzhanguan"] if stamp.items() <= r.items())
    (found,) = published.lake(
        f"select value, period_start, period_end from {READINGS} where site_id = 'Nongzhanguan' "
        "and parameter = 'pm2_5' and period_end = timestamp '2016-01-01 00:00:00'"
    )
    assert found[0] == Decimal(row["PM2.5"])
    assert found[1].date() == date(2015, 12, 31)
    assert found[2] - found[1] == timedelta(hours=1)


def test_fine_dust_above_coarse_dust_is_kept(published: House) -> None:
    expected = sum(
        row["PM2.5"] not in raw.MISSING
        and row["PM10"] not in raw.MISSING
        and Decimal(row["PM2.5"]) > Decimal(row["PM10"])
        for row in raw.rows("air")
    )
    assert expected > 1000
    found = published.lake(
        f"select count(*) from {READINGS} as f inner join {READINGS} as c using (site_id, period_start_utc) "
        "where f.parameter = 'pm2_5' and c.parameter = 'pm10' and f.value > c.value and f.flag <> 4 and c.flag <> 4"
    )
    assert found == [(expected,)]


def test_carbon_monoxide_is_converted(published: House) -> None:
    received = [Decimal(row["CO"]) for row in raw.rows("air") if row["CO"] not in raw.MISSING]
    found = published.lake(
        f"select sum(value), count(value), any_value(unit), any_value(unit_raw) from {READINGS} where parameter = 'co'"
    )
    assert found == [(sum(received) / 1000, len(received), "mg/m3", "µg/m³")]


def test_what_the_quality_tests_take_out_is_little_and_named(published: House) -> None:
    failed = published.lake(f"select parameter, flag_tests, count(*) from {READINGS} where flag = 4 group by all")
    assert {(p, tests) for p, tests, _ in failed} <= {("so2", "flat_line")}
    assert sum(n for *_, n in failed) <= 50
