"""Every published value has its own verdict and reason, and what suspect readings decide is at most indicative.

Here belong questions and expected figures, of air and water. Not here: readings (air_cases.py, water_cases.py).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.conformance.kit import Project, worked_examples

pytestmark = pytest.mark.skipif(not worked_examples(), reason="../shared/standards is absent: no cases of air")


def _row(project: Project, mart: str, where: str, *columns: str) -> tuple[Any, ...]:
    rows = project.query(f"select {', '.join(columns)} from candidate.{mart} where {where}")
    assert len(rows) == 1, (mart, where)
    return rows[0]


def test_no_reason_ends_in_a_colon(project: Project) -> None:
    columns = project.query(
        "select table_name, column_name from information_schema.columns where table_schema = 'candidate'"
        " and (column_name = 'reason' or column_name like '%\\_reason' escape '\\')"
    )
    assert ("mart_air_station_daily", "validity_reason") in columns
    asked = " union all ".join(
        f"select '{table}.{column}', {column} from candidate.{table} where rtrim({column}) like '%:'"
        for table, column in columns
    )
    found = project.query(asked)
    assert found == []


def test_every_aggregate_of_readings_counts_the_suspect_ones(project: Project) -> None:
    """Lists and trends are made of figures, not of readings."""
    rows = project.query(
        "select table_name from information_schema.columns where table_schema = 'candidate'"
        " and (table_name like 'mart_air_%' or table_name like 'mart_water_%')"
        " and table_name not like '%_rankings' and table_name not like '%_trends'"
        " group by table_name having bool_or(column_name = 'n_valid') and not bool_or(column_name = 'n_suspect')"
    )
    assert rows == []


def test_an_index_without_its_items_says_which_next_to_a_complete_value(project: Project) -> None:
    found = _row(
        project, "mart_air_station_daily", "site_id = 'A-DAYS-324' and day = '2023-01-01'",
        "pm2_5_ug_m3", "pm2_5_validity", "pm2_5_reason", "so2_validity", "so2_reason", "o3_8h_reason", "validity",
        "validity_reason", "n_expected",
    )  # fmt: skip
    assert found == (
        30, "valid", "", "insufficient", "no reading of the day", "no reading of the day", "insufficient",
        "no valid value: PM10、SO2、NO2、CO、O3", 144,
    )  # fmt: skip


def test_a_value_says_what_it_lacks(project: Project) -> None:
    """Ten hours are not a daily mean; 16 hours of ozone above its limit are a valid maximum, in fewer windows."""
    few = _row(project, "mart_air_station_daily", "site_id = 'A-O3-NO-INDEX'", "o3_8h_validity", "o3_1h_reason")
    assert few == ("valid", "hours: 16 of 24, 20 needed")
    low = _row(project, "mart_air_station_daily", "site_id = 'A-O3-FEW-LOW'", "o3_8h_validity", "o3_8h_reason")
    assert low == ("insufficient", "8 h windows: 13 of 17, 14 needed")


def test_a_district_value_counts_stations(project: Project) -> None:
    found = _row(
        project, "mart_air_district_daily", "day = '2019-02-01'", "pm2_5_validity", "pm2_5_reason", "so2_reason",
        "validity_reason",
    )  # fmt: skip
    assert found == (
        "insufficient", "stations: 2 of 3, 3 needed", "no reading of the day",
        "too few valid stations: PM2.5、PM10、SO2、NO2、CO、O3",
    )  # fmt: skip
    found = _row(project, "mart_air_district_daily", "day = '2019-01-01'", "pm2_5_validity", "pm2_5_reason", "validity")
    assert found == ("valid", "", "insufficient")


def test_a_running_mean_and_an_hour_have_their_own_verdicts(project: Project) -> None:
    found = _row(
        project, "mart_air_station_hourly", "site_id = 'H-STEADY-OLD' and hour_label = 19",
        "pm2_5_validity", "pm2_5_24h_validity", "pm2_5_24h_reason", "o3_8h_validity", "validity", "validity_reason",
    )  # fmt: skip
    assert found == (
        "valid", "insufficient", "hours: 19 of 24, 20 needed", "valid", "insufficient", "no index: PM2.5、PM10",
    )  # fmt: skip


@pytest.mark.parametrize(("mart", "start"), [("monthly", "2023-01-01"), ("annual", "2023-01-01")])
def test_items_of_a_period_have_their_own_verdicts(project: Project, mart: str, start: str) -> None:
    found = _row(
        project, f"mart_air_station_{mart}", f"site_id = 'A-DAYS-324' and period_start = '{start}'",
        "pm2_5_mean_ug_m3", "pm2_5_validity", "pm2_5_reason", "no2_validity", "no2_reason", "validity",
        "composite_index_validity", "composite_index_reason",
    )  # fmt: skip
    assert found == (
        30, "valid", "", "insufficient", "no valid day", "insufficient", "insufficient", "items with a figure: 1 of 6",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("case", "value", "n_suspect", "validity", "reason"),
    [
        # (23 x 70 + 400) : 24 is above 75, 70 is not.
        ("DAY", "83.75", 1, "indicative", "suspect readings in 1 hours decide attainment"),
        ("SAME", "70.041666", 1, "valid", ""),
        # 19 hours without the suspect one.
        ("HOURS", "70", 1, "indicative", "suspect readings in 1 hours decide attainment, validity"),
    ],
)
def test_suspect_hours_of_a_day(
    project: Project, case: str, value: str, n_suspect: int, validity: str, reason: str
) -> None:
    found = _row(
        project, "mart_air_station_daily", f"site_id = 'A-SUSPECT-{case}'",
        "pm2_5_ug_m3", "n_suspect", "pm2_5_validity", "pm2_5_reason", "so2_validity", "validity",
    )  # fmt: skip
    assert found == (Decimal(value), n_suspect, validity, reason, "valid", validity)


def test_a_day_that_suspect_hours_decide_is_a_hint(project: Project) -> None:
    rows = project.query(
        "select site_id, kind, averaging, event_start, reason from candidate.mart_air_exceedances"
        " where site_id like 'A-SUSPECT-%' order by site_id"
    )
    day = datetime(2024, 5, 6)
    assert rows == [
        ("A-SUSPECT-DAY", "hint", "day", day, "suspect readings in 1 hours decide attainment"),
        ("A-SUSPECT-YEAR", "hint", "day", datetime(2023, 6, 1), "suspect readings in 1 hours decide attainment"),
    ]


def test_a_year_that_a_suspect_hour_decides_is_indicative(project: Project) -> None:
    rows = project.query(
        "select mean_rounded, attains_limits, validity, validity_reason, n_valid, n_suspect"
        " from intermediate.int_air_period_assessed where basis = 'published' and place_id = 'A-SUSPECT-YEAR'"
        " and period_kind = 'year' and item = 'pm2_5' and variant = 'dust_included'"
    )
    assert rows == [(36, False, "indicative", "suspect readings in 1 days decide attainment", 365, 1)]
    found = _row(project, "mart_air_station_annual", "site_id = 'A-SUSPECT-YEAR'", "pm2_5_mean_ug_m3", "pm2_5_validity")
    assert found == (36, "indicative")


def test_an_hour_flagged_suspect_is_indicative(project: Project) -> None:
    found = _row(
        project, "mart_air_station_hourly", "site_id = 'A-SUSPECT-DAY' and hour_label = 24",
        "pm2_5_ug_m3", "pm2_5_validity", "pm2_5_reason", "pm10_validity", "pm2_5_24h_validity", "n_suspect",
        "validity", "validity_reason",
    )  # fmt: skip
    assert found == (
        400, "indicative", "the reading is flagged suspect", "valid", "valid", 1, "indicative",
        "suspect readings in 1 items decide category",
    )  # fmt: skip


def test_a_period_counts_what_went_in_and_dust_apart(project: Project) -> None:
    rows = project.query(
        "select variant, n_valid, n_dust_days_left_out, n_expected, validity"
        " from intermediate.int_air_period_assessed where place_id = 'A-DUST' and basis = 'published'"
        " and period_kind = 'month' and item = 'pm10' and period_start = ? order by 1", date(2024, 4, 1),
    )  # fmt: skip
    assert rows == [("dust_excluded", 29, 1, 30, "valid"), ("dust_included", 30, 0, 30, "valid")]


_YEAR = "period_kind = 'year' and period_start = '2022-01-01' and site_id = "


def test_an_item_of_a_year_is_valid_by_its_own_months(project: Project) -> None:
    """Mercury with one month leaves the class indicative; ammonia has twelve. A section of one item has no pH."""
    mart = "mart_water_section_annual"
    found = _row(project, mart, f"{_YEAR}'W-YEAR-SHORT-ITEM'", "validity", "nh3n_mg_l", "nh3n_validity", "nh3n_reason")
    assert found == ("indicative", Decimal("0.4"), "valid", "")
    found = _row(project, mart, f"{_YEAR}'W-YEAR-ONE-ITEM'", "nh3n_validity", "ph", "ph_validity", "ph_reason")
    assert found == ("valid", None, "insufficient", "no usable value")


@pytest.mark.parametrize(
    ("months", "validity", "reason"),
    [(12, "valid", ""), (8, "indicative", "months: 8 of 12"), (7, "insufficient", "months: 7 of 12, 8 needed")],
)
def test_months_of_an_item(project: Project, months: int, validity: str, reason: str) -> None:
    found = _row(
        project, "mart_water_section_annual", f"{_YEAR}'W-YEAR-{months}'", "nh3n_validity", "nh3n_reason",
        "nh3n_mg_l is null",
    )  # fmt: skip
    assert found == (validity, reason, validity == "insufficient")


def test_suspect_values_that_decide_a_class(project: Project) -> None:
    """(0.8 + 0.8 + 3) : 3 = 1.53 is class V; without the suspect value 0.8 is III, the target."""
    columns = ("water_class", "attains_target", "validity", "validity_reason", "nh3n_validity", "codmn_validity")
    mart, where = "mart_water_section_monthly", "period_start = '2024-03-01' and site_id = "
    assert _row(project, mart, f"{where}'W-SUSPECT-DECIDES'", *columns, "n_suspect") == (
        "V", False, "indicative", "suspect readings in 1 values decide class, attainment", "indicative", "valid", 1,
    )  # fmt: skip
    assert _row(project, mart, f"{where}'W-SUSPECT-SAME'", *columns, "n_suspect") == (
        "III", True, "valid", "", "valid", "valid", 1,
    )  # fmt: skip
    rows = project.query(
        "select kind, averaging, parameter, reason from candidate.mart_water_exceedances"
        " where site_id like 'W-SUSPECT-%'"
    )
    assert rows == [("hint", "month", "nh3n", "suspect readings in 1 values decide attainment")]


@pytest.mark.parametrize(
    ("case", "water_class", "validity", "reason", "nh3n"),
    [
        ("MARKED", "II", "indicative", "marked invalid by its source", ("indicative", "marked invalid by its source")),
        # The list of a reading's tests is a list: a gap next to the mark fails nothing.
        ("GAP", "II", "indicative", "marked invalid by its source", ("indicative", "marked invalid by its source")),
        ("RANGE", None, "insufficient", "items: 4 of 5", ("insufficient", "no usable value")),
        (
            "SUSPECT", "II", "indicative", "suspect readings in 1 items: no class without them",
            ("indicative", "the reading is flagged suspect"),
        ),
    ],
)  # fmt: skip
def test_moments(
    project: Project, case: str, water_class: str | None, validity: str, reason: str, nh3n: tuple[str, str]
) -> None:
    found = _row(
        project, "mart_water_section_realtime", f"site_id = 'W-MOMENT-{case}'",
        "water_class", "validity", "validity_reason", "nh3n_validity", "nh3n_reason", "tn_validity",
    )  # fmt: skip
    assert found == (water_class, validity, reason, *nh3n, "insufficient")
