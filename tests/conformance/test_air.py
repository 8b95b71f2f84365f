"""Air by the worked examples, at every breakpoint and validity bound, through the project's own marts and macros.

Here belong questions and expected figures. Not here: readings (air_cases.py).
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.conformance import air_cases
from tests.conformance.kit import Project, worked_examples

pytestmark = pytest.mark.skipif(not worked_examples(), reason="../shared/standards is absent: no worked examples")

_DAYS = {"2012": date(2024, 5, 6), "2026": date(2026, 5, 6)}
_ABOVE_AND_BELOW = [
    ("2012", "PM2.5 24h", "0", 0), ("2012", "PM2.5 24h", "35", 50), ("2012", "PM2.5 24h", "75", 100),
    ("2012", "PM2.5 24h", "76", 102), ("2012", "PM2.5 24h", "500", 500), ("2026", "PM2.5 24h", "61", 101),
    ("2012", "SO2 24h", "2620", 500), ("2012", "SO2 24h", "2621", 500), ("2012", "O3 8h", "800", 300),
    ("2026", "O3 8h", "801", 300), ("2012", "O3 8h", "801", None), ("2012", "SO2 1h", "800", 200),
    ("2012", "SO2 1h", "801", None), ("2026", "CO 24h", "60.1", 500), ("2012", "PM2.5 24h", "28", 40),
]  # fmt: skip


def _daily(project: Project, site: str, *columns: str) -> tuple[Any, ...]:
    rows = project.query(f"select {', '.join(columns)} from candidate.mart_air_station_daily where site_id = ?", site)
    assert len(rows) == 1, site
    return rows[0]


@pytest.fixture(scope="module")
def iaqi(project: Project) -> dict[tuple[str, str, str], int | None]:
    """IAQI of every example and edge, through the project's macro, in one run: (edition, item, value) to index."""
    wanted = [(e, item, str(c)) for e, item, c, _ in _examples()] + [(e, item, c) for e, item, c, _ in _ABOVE_AND_BELOW]
    rows = ", ".join(
        f"('{edition}|{item}|{value}', date '{_DAYS[edition]}', '{air_cases.ITEMS[item.split()[0]]}',"
        f" '{item.split()[1]}', cast({value} as decimal(18, 6)))"
        for edition, item, value in wanted
    )
    cases = f"with cases (case_id, day, pollutant, averaging, index_input) as (values {rows})"
    found = project.inline(f"{cases} {{{{ air_iaqi('cases', ['case_id'], 'day') }}}}")
    return {tuple(key.split("|")): index for key, index, _ in found}


def _examples() -> list[tuple[str, str, str, int | None]]:
    found = []
    for entry in worked_examples():
        if match := re.fullmatch(r"IAQI (.+)", entry["rule"]):
            expected = None if isinstance(entry["expected"], str) else entry["expected"]
            found.append((entry["standard"][-4:], match[1], str(entry["input"]["concentration"]), expected))
    return found


@pytest.mark.parametrize(("edition", "item", "value", "expected"), _examples() + _ABOVE_AND_BELOW)
def test_iaqi(iaqi: dict, edition: str, item: str, value: str, expected: int | None) -> None:
    assert iaqi[edition, item, value] == expected


def test_pm25_list_through_the_mart(project: Project) -> None:
    entry = air_cases.example(air_cases.PM25_LIST)
    for n, (index, category) in enumerate(zip(entry["expected"]["iaqi"], entry["expected"]["category"], strict=True)):
        assert _daily(project, f"A-PM25-{n}", "pm2_5_iaqi", "aqi", "category_zh") == (index, index, category)


def test_primary_pollutant(project: Project) -> None:
    assert _daily(project, "A-PRIMARY", "aqi", "primary_items") == (110, "o3_8h")
    assert _daily(project, "A-FIFTY", "aqi", "primary_items") == (50, "")
    assert _daily(project, "A-TIE", "aqi", "primary_items") == (100, "pm2_5,no2")


@pytest.mark.parametrize(
    ("site", "aqi", "validity"),
    [
        ("A-MISSING-OLD-40", None, "insufficient"), ("A-MISSING-OLD-130", None, "insufficient"),
        ("A-MISSING-NEW-40", None, "insufficient"), ("A-MISSING-NEW-130", 172, "valid"),
        ("A-ZERO-OLD", 0, "valid"), ("A-ZERO-NEW", 1, "valid"), ("A-ROUNDED", 100, "valid"),
        ("A-O3-ABOVE-OLD", 350, "valid"), ("A-O3-ABOVE-NEW", 300, "valid"), ("A-PM-ABOVE", 500, "valid"),
    ],
)  # fmt: skip
def test_aqi_of_a_day(project: Project, site: str, aqi: int | None, validity: str) -> None:
    assert _daily(project, site, "aqi", "validity") == (aqi, validity)


def test_ozone_daily_maximum(project: Project) -> None:
    entry = air_cases.example("O3 daily max 8-h")
    assert _daily(project, "A-O3", "o3_8h_max_ug_m3")[0] == Decimal(str(entry["expected"]["value"]))
    assert _daily(project, "A-O3-FEW-LOW", "o3_8h_max_ug_m3")[0] is None
    assert _daily(project, "A-O3-FEW-HIGH", "o3_8h_max_ug_m3")[0] == 200


def test_a_window_stands_though_its_last_hour_is_missing(project: Project) -> None:
    """Hours 10 to 16 of the example, without hour 17: (150 + 165 + 175 + 180 + 178 + 170 + 160) : 7."""
    assert round(_daily(project, "A-O3-GAP", "o3_8h_max_ug_m3")[0], 4) == Decimal("168.2857")


def test_hours_of_a_daily_mean(project: Project) -> None:
    entry = air_cases.example("daily mean validity")
    for n, valid in zip(entry["input"]["valid_hours"], entry["expected"], strict=True):
        assert (_daily(project, f"A-HOURS-{n}", "pm2_5_ug_m3")[0] is not None) is valid
    # (19 x 30 + 54) : 20; the four failed hours are out.
    assert _daily(project, "A-HOURS-FLAGS", "pm2_5_ug_m3", "pm2_5_hours") == (Decimal("31.2"), 20)


def test_area_mean(project: Project) -> None:
    sql = "select pm2_5_ug_m3, pm2_5_stations from candidate.mart_air_district_daily where day = ?"
    expected = Decimal(str(air_cases.example("area mean")["expected"]["value"]))
    assert project.query(sql, date(2018, 5, 6)) == [(expected, 3)]
    assert project.query(sql, date(2018, 5, 7)) == [(None, 2)]


def test_percentiles(project: Project) -> None:
    expected = air_cases.example("95th and 98th percentile")["expected"]
    rows = project.query(
        "select item, percentile_value from intermediate.int_air_period_item where place_id = 'A-PERCENTILE'"
        " and period_kind = 'year' and variant = 'dust_included'"
    )
    assert dict(rows) == {"pm2_5": Decimal(str(expected["p95"])), "no2": Decimal(str(expected["p98"]))}


def test_composite_index(project: Project) -> None:
    entries = [e for e in worked_examples() if e["rule"].startswith("sum of C/S")]
    assert len(entries) == len(air_cases.COMPOSITE)
    for (standard, year), entry in zip(air_cases.COMPOSITE.items(), entries, strict=True):
        rows = project.query(
            "select composite_index, validity from candidate.mart_air_station_annual"
            " where site_id = ? and period_start = ?",
            f"A-{standard}", date(year, 1, 1),
        )  # fmt: skip
        assert rows == [(Decimal(str(entry["expected"]["value"])), "valid")], standard


@pytest.mark.parametrize(
    ("site", "valid"),
    [
        ("A-YEAR-EXAMPLE", False), ("A-YEAR-322", False), ("A-YEAR-324", True), ("A-YEAR-FEB-24", False),
        ("A-YEAR-LEAP-25", True), ("A-YEAR-LEAP-24", False),
    ],
)  # fmt: skip
def test_days_of_a_year(project: Project, site: str, valid: bool) -> None:
    rows = project.query("select pm2_5_mean_ug_m3 from candidate.mart_air_station_annual where site_id = ?", site)
    assert [row[0] is not None for row in rows] == [valid]


def test_a_year_of_two_editions_stands_once_per_edition(project: Project) -> None:
    rows = project.query(
        "select edition, scope_start, scope_end, validity, attains_limits, limits_standard"
        " from intermediate.int_air_period_assessed where place_id = 'A-YEAR-2026' and period_kind = 'year'"
        " and item = 'pm2_5' and variant = 'dust_included' order by edition"
    )
    assert rows == [
        ("2012", date(2026, 1, 1), date(2026, 2, 28), "indicative", True, "GB 3095-2012"),
        ("2026", date(2026, 3, 1), date(2026, 12, 31), "indicative", True, "GB 3095-2026"),
        ("mixed", date(2026, 1, 1), date(2026, 12, 31), "valid", None, "mixed_standard"),
    ]
