"""Air by hand: the days that differ, what a station's hours give, the year and its composite index.

A quiet day of the district is the mean of 农展馆 (NZG) and 奥体中心 (ATC): PM2.5 (33 + 36) : 2 = 34.5, PM10
(60 + 64) : 2 = 62, SO2 4, NO2 (38 + 42) : 2 = 40, CO (0.6 + 0.8) : 2 = 0.7 mg/m³, O3 (88 + 92) : 2 = 90. IAQI (HJ
633-2012, always up): "50 + 50 × a/b" is the band that begins at 50, a into a band of b.
"""

from __future__ import annotations

import pytest

from tests.pipeline.by_hand.conftest import Shown

DISTRICT = "mart_air_district_daily"
STATION = "mart_air_station_daily"
# PM2.5 34.5 → 34 (half to even): 50 × 34/35 = 48.6 → 49. PM10: 50 + 50 × 12/100 = 56. SO2: 50 × 4/50 = 4.
# NO2: 50 × 40/40 = 50. CO: 50 × 0.7/2 = 17.5 → 18. O3: 50 × 90/100 = 45. Largest: 56, of PM10.
QUIET = {
    "pm2_5_ug_m3": "34.5", "pm2_5_iaqi": 49, "pm10_ug_m3": "62", "pm10_iaqi": 56, "so2_ug_m3": "4", "so2_iaqi": 4,
    "no2_ug_m3": "40", "no2_iaqi": 50, "co_mg_m3": "0.7", "co_iaqi": 18, "o3_8h_max_ug_m3": "90", "o3_8h_iaqi": 45,
    "aqi": 56, "category": "good", "primary_items": "pm10", "is_dust_day": False, "validity": "valid",
}  # fmt: skip
DAYS = {
    "2025-01-01": QUIET,
    # PM2.5 200: 200 + 100 × 50/100 = 250. PM10 230: 100 + 50 × 80/100 = 140. NO2 90: 100 + 50 × 10/100 = 105.
    # CO 3.0: 50 + 50 × 1/2 = 75.
    "2025-01-15": {
        **QUIET, "pm2_5_ug_m3": "200", "pm2_5_iaqi": 250, "pm10_ug_m3": "230", "pm10_iaqi": 140, "no2_ug_m3": "90",
        "no2_iaqi": 105, "co_mg_m3": "3", "co_iaqi": 75, "aqi": 250, "category": "heavily_polluted",
        "primary_items": "pm2_5",
    },
    # PM2.5 250: the top of 200 to 300 is 300. PM10 550: 400 + 100 × 50/100 = 450. Notified from 02:00 to 20:00.
    "2025-03-12": {
        **QUIET, "pm2_5_ug_m3": "250", "pm2_5_iaqi": 300, "pm10_ug_m3": "550", "pm10_iaqi": 450, "aqi": 450,
        "category": "severely_polluted", "is_dust_day": True,
    },
    # Two hours of NZG in maintenance do not count, and the other 22 have the same mean.
    "2025-05-10": QUIET,
    # O3 (240 + 180) : 2 = 210: 100 + 50 × (210 − 160)/(215 − 160) = 100 + 45.45… → 146.
    "2025-06-20": {
        **QUIET, "o3_8h_max_ug_m3": "210", "o3_8h_iaqi": 146, "aqi": 146, "category": "lightly_polluted",
        "primary_items": "o3_8h",
    },
    # NZG has 19 hours: one of two stations is less than 75 %, so there is no district mean but for ozone; no AQI.
    "2025-08-05": {
        "pm2_5_ug_m3": None, "pm10_ug_m3": None, "so2_ug_m3": None, "no2_ug_m3": None, "co_mg_m3": None,
        "o3_8h_max_ug_m3": "90", "o3_8h_iaqi": 45, "aqi": None, "category": None, "validity": "insufficient",
        "pm2_5_stations": 1, "o3_stations": 2,
    },
    # PM2.5 (75.0 + 75.8) : 2 = 75.4 → 75: exactly 100 (unrounded: 101, no good day). PM10 100: 50 + 50 × 50/100 = 75.
    # NO2 60: 50 + 50 × 20/40 = 75.
    "2025-10-08": {
        **QUIET, "pm2_5_ug_m3": "75.4", "pm2_5_iaqi": 100, "pm10_ug_m3": "100", "pm10_iaqi": 75, "no2_ug_m3": "60",
        "no2_iaqi": 75, "aqi": 100, "category": "good", "primary_items": "pm2_5",
    },
}  # fmt: skip


@pytest.mark.parametrize("day", DAYS)
def test_day_of_the_district(shows: Shown, day: str) -> None:
    shows(DISTRICT, f"day = '{day}'", **DAYS[day])


def test_every_other_day_is_quiet(house) -> None:
    columns = ", ".join(QUIET)
    found = house.released(f"select {columns}, count(*) as days from {DISTRICT} group by all having count(*) > 1")
    # 365 days, of which five differ in a figure: 15 January, 12 March, 20 June, 5 August, 8 October.
    assert [row["days"] for row in found] == [360]


def test_hours_in_maintenance_do_not_count(shows: Shown) -> None:
    # 24 − 2 = 22 hours, 11 odd and 11 even: PM2.5 (11 × 32 + 11 × 34) : 22 = 33. CO 600 µg/m³ is 0.6 mg/m³.
    # Coverage over six pollutants: 6 × 22 = 132 of 6 × 24 = 144 hours, 0.91666… → 0.9167.
    shows(
        STATION, "site_id = 'NZG' and day = '2025-05-10'", pm2_5_ug_m3="33", pm2_5_hours=22, co_mg_m3="0.6",
        n_valid=132, n_expected=144, coverage="0.9167", validity="valid",
    )  # fmt: skip


def test_nineteen_hours_are_too_few_for_a_mean_and_enough_for_ozone(shows: Shown) -> None:
    # A mean needs 20 hours. Ozone: windows that end 08:00 … 19:00 are complete (12); those that end 20:00 and 21:00
    # have 7 and 6 hours (2 more); together 14, as many as are needed. The largest mean is 88.
    shows(
        STATION, "site_id = 'NZG' and day = '2025-08-05'", pm2_5_ug_m3=None, pm2_5_hours=19, o3_8h_max_ug_m3="88",
        aqi=None, validity="insufficient", pm2_5_validity="insufficient", pm2_5_reason="hours: 19 of 24, 20 needed",
        o3_8h_validity="valid", o3_8h_reason="",
    )  # fmt: skip


def test_aqi_of_a_station_is_its_own(shows: Shown) -> None:
    # NZG on the ozone day: 240 in 215 … 265 is 150 + 50 × 25/50 = 175; the highest hour is an even one: 241.
    shows(STATION, "site_id = 'NZG' and day = '2025-06-20'", o3_8h_max_ug_m3="240", o3_1h_max_ug_m3="241", aqi=175)


# Percentiles: k = 1 + (n − 1) p. Sorted, the high days are last, so that each falls on quiet days:
# n = 364: 98 % of NO2 is place 1 + 363 × 0.98 = 356.74; 95 % of CO is 345.85; n = 363: 95 % of PM is 344.9;
# n = 365: 90 % of O3 is 328.6.
YEAR = (
    # item, variant, mean, percentile, attains both limits, days left out, days that went in
    ("pm2_5", "dust_excluded", "35", "34", True, 1, 363),  # 34.5 → 34; limits 35 and 75
    ("pm2_5", "dust_included", "36", "34", False, 0, 364),
    ("pm10", "dust_excluded", "63", "62", True, 1, 363),
    ("pm10", "dust_included", "64", "62", True, 0, 364),
    ("so2", "dust_included", "4", "4", True, 0, 364),
    ("no2", "dust_included", "40", "40", True, 0, 364),
    # (363 × 0.7 + 3.0) : 364 = 257.1 : 364 = 0.7063… → 0.7
    ("co", "dust_included", "0.7", "0.7", True, 0, 364),
    # (364 × 90 + 210) : 365 = 32970 : 365 = 90.3287… → 90
    ("o3_8h", "dust_included", "90", "90", True, 0, 365),
)


@pytest.mark.parametrize(("item", "variant", "mean", "percentile", "attains", "left_out", "valid"), YEAR)
def test_year_of_an_item(
    shows: Shown, item: str, variant: str, mean: str, percentile: str, attains: bool, left_out: int, valid: int
) -> None:
    shows(
        "mart_air_district_annual", f"period_kind = 'year' and item = '{item}' and variant = '{variant}'",
        mean_value=mean, percentile_value=percentile, attains_limits=attains, n_dust_days_left_out=left_out,
        n_valid=valid, n_expected=365, n_months_held=12, validity="valid", edition="2012",
    )  # fmt: skip


def test_days_by_category_and_composite_index(shows: Shown) -> None:
    # 361 quiet or at 100; 146; 250; 450. Index: SO2 4/60 + NO2 40/40 + PM10 63/70 + PM2.5 35/35 + CO 0.7/4 + O3 90/160
    # = 0.06667 + 1 + 0.9 + 1 + 0.175 + 0.5625 = 3.70417 → 3.70.
    shows(
        "mart_air_district_days", "period_kind = 'year' and period_start = '2025-01-01'", days_excellent=0,
        days_good=361, days_lightly_polluted=1, days_moderately_polluted=0, days_heavily_polluted=1,
        days_severely_polluted=1, good_days_share_pct="99.2", heavy_days_share_pct="0.5", composite_index="3.70",
        n_valid=364, n_expected=365,
    )  # fmt: skip


def test_month_of_the_dust_day(shows: Shown) -> None:
    # March, 31 days. With dust (30 × 62 + 550) : 31 = 2410 : 31 = 77.7419… → 78, without it 62.
    month = "period_start = '2025-03-01' and item = 'pm10'"
    mart = "mart_air_district_monthly"
    shows(mart, f"{month} and variant = 'dust_included'", mean_value="78", n_dust_days_left_out=0)
    shows(mart, f"{month} and variant = 'dust_excluded'", mean_value="62", n_dust_days_left_out=1)


def test_hours_above_the_limit_of_an_hour_are_one_event(shows: Shown) -> None:
    # NZG on the ozone day: the hours that end 13:00 to 20:00 have 239 and 241 in turn, all above 200; the first 241 is
    # the hour from 13:00. (241 − 200) : 200 = 0.205 → 0.20 (half to even). ATC has 179 and 181: no hour above.
    shows(
        "mart_exceedances", "parameter = 'o3' and averaging = '1h'", kind="exceedance", site_id="NZG",
        site_name_zh="农展馆", event_start="2025-06-20 12:00:00", event_end="2025-06-20 20:00:00", n_periods=8,
        n_periods_between=0, peak_value="241", peak_at="2025-06-20 13:00:00", unit="ug/m3", limit_value="200",
        multiple="0.20", readings_behind=8, is_open=False, unit_to_notify="区生态环境局",
    )  # fmt: skip


def test_a_day_above_the_limit_of_a_day_is_an_event(shows: Shown) -> None:
    # (200 − 75) : 75 = 1.66… → 1.67, from 24 hours. The dust day is further away than the one day that is bridged.
    # At the brink NZG has 75.0, which is not an exceedance, and ATC 75.8 → 76: (76 − 75) : 75 = 0.0133… → 0.01.
    where = "parameter = 'pm2_5' and averaging = '24h' and site_id = '{}' and event_start = '{} 00:00:00'"
    shows(
        "mart_exceedances", where.format("NZG", "2025-01-15"), event_end="2025-01-16 00:00:00", n_periods=1,
        peak_value="200", limit_value="75", multiple="1.67", readings_behind=24, is_open=False,
    )  # fmt: skip
    shows("mart_exceedances", where.format("ATC", "2025-10-08"), peak_value="76", multiple="0.01")


def test_days_above_are_no_other_than_these(house) -> None:
    found = house.released(
        "select site_id, event_start::date::varchar as day from mart_exceedances "
        "where parameter = 'pm2_5' order by site_id, event_start"
    )
    days = {"ATC": ["2025-01-15", "2025-03-12", "2025-10-08"], "NZG": ["2025-01-15", "2025-03-12"]}
    assert [(row["site_id"], row["day"]) for row in found] == [(site, day) for site in days for day in days[site]]


COMPARED = (
    # 12729.9 : 363 = 35.0686…: 35 by the edition of 2012, 35.1 by that of 2026, whose limit until 2030 is 30.
    ("mean", "pm2_5", "dust_excluded", "35", "35.1", "0.1", "35", "30"),
    # 22712 : 363 = 62.5674…: 63 and 62.6; limits 70 and 60.
    ("mean", "pm10", "dust_excluded", "63", "62.6", "-0.4", "70", "60"),
    # Above 60 of PM2.5 a day is no longer good: 8 October with 75.4 falls out. 360 : 364 = 98.9010… → 98.9.
    ("good_days_share", "", "dust_included", "99.2", "98.9", "-0.3", None, None),
)


@pytest.mark.parametrize(("measure", "item", "variant", "by_2012", "by_2026", "change", "limit", "new_limit"), COMPARED)
def test_year_under_both_editions(
    shows: Shown, measure: str, item: str, variant: str, by_2012: str, by_2026: str, change: str,
    limit: str | None, new_limit: str | None,
) -> None:  # fmt: skip
    shows(
        "mart_standard_comparison",
        "place_kind = 'district' and period_kind = 'year' and period_start = '2025-01-01' "
        f"and measure = '{measure}' and item = '{item}' and variant = '{variant}'",
        value_2012=by_2012,
        value_2026=by_2026,
        change_2026_on_2012=change,
        limit_2012=limit,
        limit_2026=new_limit,
        # The notified dust day does not go in; 363 : 365 = 0.99452….
        n_valid=363 if variant == "dust_excluded" else 364,
        n_expected=365,
        coverage="0.9945" if variant == "dust_excluded" else "0.9973",
        validity="valid",
    )
