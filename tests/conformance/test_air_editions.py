"""The same days under either edition: side by side, and pinned by the configuration.

Here belong questions and expected figures. Not here: the figures by date (test_air.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conformance import air_cases
from tests.conformance.kit import District, Project, worked_examples

pytestmark = pytest.mark.skipif(not worked_examples(), reason="../shared/standards is absent: no cases of air")


def _days(first: datetime, last: datetime) -> District:
    """A district of one station, two days of the same air: PM2.5 70."""
    district = District()
    district.site("air", "E-1", "station", assessed=True)
    for day in (first, last):
        for parameter, value in (air_cases.CLEAN_AIR | {"pm2_5": 70}).items():
            district.hours("clean_air", "E-1", parameter, day, [value] * 24)
    return district


def _project(work: Path, pin: str) -> Project:
    project = Project(work, datetime(2027, 2, 1, 6, 30), air_edition_pin=pin)
    _days(datetime(2011, 6, 1), datetime(2026, 3, 1)).write(project.clean_root)
    return project


@pytest.fixture(scope="module")
def pinned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Everything under the 2012 edition: a day before it was in force, and one after."""
    project = _project(tmp_path_factory.mktemp("pinned"), "2012")
    project.build("air")
    yield project


def test_every_day_is_computed_under_the_pinned_edition(pinned: Project) -> None:
    for table in ("mart_air_station_daily", "mart_air_district_daily"):
        rows = pinned.query(f"select day, aqi, edition, standard from candidate.{table} order by day")
        assert rows == [
            (date(2011, 6, 1), 94, "2012", "HJ 633-2012 (pinned)"),
            (date(2026, 3, 1), 94, "2012", "HJ 633-2012 (pinned)"),
        ], table


def test_periods_hours_and_indicators_say_so(pinned: Project) -> None:
    rows = pinned.query("select distinct edition, standard from candidate.mart_air_district_annual")
    assert rows == [("2012", "GB 3095-2012 (pinned)")]
    rows = pinned.query("select distinct edition, standard, n_expected from candidate.mart_air_station_hourly")
    assert rows == [("2012", "HJ 633-2012 (pinned)", 7)]
    rows = pinned.query(
        "select distinct variant, standard from candidate.mart_air_indicators where indicator_id = 'no2_annual_mean'"
    )
    assert rows == [("", "GB 3095-2012 (pinned); HJ 663-2013 (pinned)")]


def test_a_pin_leaves_the_comparison_alone(pinned: Project) -> None:
    rows = pinned.query(
        "select value_2012, value_2026, standard from candidate.mart_standard_comparison where place_kind = 'district'"
        " and period_kind = 'month' and measure = 'days_lightly_polluted' order by period_start"
    )
    assert rows == [(0, 1, "HJ 633-2012 : HJ 633-2026")] * 2


def test_an_unknown_edition_fails_the_build(tmp_path: Path) -> None:
    project = _project(tmp_path, "2020")
    with pytest.raises(AssertionError, match=r"air_edition_pin is '2020', but the editions .* are: 2012, 2026"):
        project.dbt("build", "--exclude-resource-type", "test", "unit_test", "-s", "+int_air_edition")


def test_both_composite_indices_from_the_same_year(project: Project) -> None:
    """The examples' air is in a year of each edition; each year compares the same way."""
    expected = {
        edition: Decimal(str(entry["expected"]["value"]))
        for entry in air_cases.examples("composite")
        if entry["input"] == air_cases.examples("composite")[0]["input"] and "final" not in entry["rule"]
        for edition in air_cases.editions_of(entry)
    }
    rows = project.query(
        "select distinct value_2012, value_2026, validity from candidate.mart_standard_comparison"
        " where place_id = 'A-COMPOSITE-0' and period_kind = 'year' and measure = 'composite_index'"
    )
    assert [row[:2] for row in rows] == [(expected["2012"], expected["2026"])]
    assert rows[0][2] == "valid"


def test_limits_and_attainment_side_by_side(project: Project) -> None:
    """PM10 of 54 attains 70 and 60, PM2.5 of 27 attains 35 and 30; ozone of 171 neither 160, its mean has no limit."""
    rows = project.query(
        "select measure, item, value_2012, limit_2012, attains_limits_2012, value_2026, limit_2026, attains_limits_2026"
        " from candidate.mart_standard_comparison where place_id = 'A-COMPOSITE-0' and period_kind = 'year'"
        " and variant = 'dust_included' and item in ('pm2_5', 'pm10', 'o3_8h') and measure in ('mean', 'percentile')"
        " order by item, measure"
    )
    assert rows == [
        ("mean", "o3_8h", 171, None, None, 171, None, None),
        ("percentile", "o3_8h", 171, 160, False, 171, 160, False),
        ("mean", "pm10", 54, 70, True, 54, 60, True),
        ("percentile", "pm10", 54, 150, True, 54, 120, True),
        ("mean", "pm2_5", 27, 35, True, 27, 30, True),
        ("percentile", "pm2_5", 27, 75, True, 27, 60, True),
    ]


def test_only_what_is_assessed_is_compared(project: Project) -> None:
    rows = project.query(
        "select distinct place_id from candidate.mart_standard_comparison where place_kind = 'station'"
    )
    found = {row[0] for row in rows}
    assert "A-COMPOSITE-0" in found
    assert not [p for p in found if not p.startswith(("A-COMPOSITE-", "A-AREA-2"))]
