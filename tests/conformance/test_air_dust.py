"""Dust: candidates by the 2x rule, dustfall of points and areas with and without dust months, the commitment.

Here belong questions and expected figures. Not here: readings (air_hour_cases.py, air_cases.py).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.conformance import air_cases
from tests.conformance.air_hour_cases import DUST_START
from tests.conformance.kit import Project, worked_examples

pytestmark = pytest.mark.skipif(not worked_examples(), reason="../shared/standards is absent: no cases of air")


@pytest.mark.parametrize(
    ("site", "first", "hours", "peak", "validity"),
    [
        ("H-DUST", 13, 4, 600, "valid"), ("H-DUST-151", 6, 1, 151, "valid"), ("H-DUST-4", 6, 1, 400, "valid"),
        ("H-DUST-TWICE", 6, 4, 700, "valid"), ("H-DUST-OPEN", 6, 3, 500, "pending"),
        ("H-DUST-LONG", 6, 120, 300, "indicative"),
    ],
)  # fmt: skip
def test_a_candidate(project: Project, site: str, first: int, hours: int, peak: int, validity: str) -> None:
    start = DUST_START + timedelta(hours=first)
    assert _candidates(project, site) == [(start, start + timedelta(hours=hours), peak, validity)]


@pytest.mark.parametrize("site", ["H-DUST-150", "H-DUST-3"])
def test_no_candidate(project: Project, site: str) -> None:
    assert _candidates(project, site) == []


def _candidates(project: Project, site: str) -> list[tuple[Any, ...]]:
    return project.query(
        "select candidate_start, candidate_end, peak_pm10_ug_m3, validity from candidate.mart_air_dust_candidates"
        " where site_id = ?", site,
    )  # fmt: skip


def test_a_candidate_only_proposes(project: Project) -> None:
    """The notice of 15:00 to 20:00 overlaps the one that lasts from 13:00 to 17:00, not those over by 10:00."""
    rows = project.query(
        "select site_id, notice_nos, overlaps_notified_period from candidate.mart_air_dust_candidates"
        " where site_id in ('H-DUST', 'H-DUST-4') order by 1"
    )
    assert rows == [("H-DUST", "1号", True), ("H-DUST-4", "", False)]


def test_only_particles_of_a_notified_day_are_left_out(project: Project) -> None:
    """(29 x 30 + 300) : 30 = 39 with the day; without it 30, of 29 days; NO2 has no such series. Both are valid."""
    rows = project.query(
        "select item, variant, mean_rounded, n_dust_days_left_out, n_valid, validity"
        " from intermediate.int_air_period_assessed where place_id = 'A-DUST' and basis = 'published'"
        " and period_kind = 'month' order by 1, 2"
    )
    assert rows == [
        ("no2", "dust_included", 39, 0, 30, "valid"), ("pm10", "dust_excluded", 30, 1, 29, "valid"),
        ("pm10", "dust_included", 39, 0, 30, "valid"),
    ]  # fmt: skip


def test_results_of_the_examples(project: Project) -> None:
    for k, entry in enumerate(air_cases.examples("dustfall")):
        rows = project.query(
            "select distinct dustfall_t_km2_30d, method from candidate.mart_air_dustfall"
            " where place_id = ? and period_kind = 'month' and period_start = ? and variant = 'dust_included'",
            f"D-{k}", date(2024, 1, 1),
        )  # fmt: skip
        assert rows == [(Decimal(str(entry["expected"]["value"])), "computed")], entry["rule"]


def test_what_a_laboratory_weighed(project: Project) -> None:
    """(62.1295 - 62.0800 - 0.0045) : (176.7 x 31.5) x 30 x 10000 = 2.4254; a mass alone is not a result."""
    rows = project.query(
        "select dustfall_t_km2_30d, validity, validity_reason from candidate.mart_air_dustfall"
        " where place_id = 'D-WEIGHED' and period_kind = 'month' and variant = 'dust_included'"
        " and period_start between date '2023-03-01' and date '2023-04-01' order by period_start"
    )
    assert rows == [
        (Decimal("2.43"), "valid", ""),
        (None, "insufficient", "weighed, but net mass, opening or days of exposure are missing"),
    ]


def _dustfall(project: Project, place: str, kind: str, start: date, variant: str) -> tuple[Any, ...]:
    ((value, validity, n_valid, left_out),) = project.query(
        "select dustfall_t_km2_30d, validity, n_valid, n_months_left_out from candidate.mart_air_dustfall"
        " where place_id = ? and period_kind = ? and period_start = ? and variant = ?", place, kind, start, variant,
    )  # fmt: skip
    return value, validity, n_valid, left_out


@pytest.mark.parametrize(
    ("month", "expected"),
    [(1, (4, "valid", 3, 0)), (2, (None, "insufficient", 2, 0)), (3, (Decimal("4.5"), "valid", 4, 0))],
)
def test_an_area_month_needs_its_points_and_only_them(project: Project, month: int, expected: tuple[Any, ...]) -> None:
    """3 + 4 + 5 over 3 of 4 points; 2 of 4; then all four, without the 90 of the point that is not assessed."""
    assert _dustfall(project, "110105", "month", date(2023, month, 1), "dust_included") == expected


def test_subdistricts(project: Project) -> None:
    assert _dustfall(project, "110105002", "month", date(2023, 3, 1), "dust_included") == (
        Decimal("5.5"),
        "valid",
        2,
        0,
    )


def test_both_series_of_a_year(project: Project) -> None:
    """2021: eleven months of 4 and a March of 12, (44 + 12) : 12; without the dust month 4."""
    year = date(2021, 1, 1)
    assert _dustfall(project, "110105", "year", year, "dust_included") == (Decimal("4.67"), "valid", 12, 0)
    assert _dustfall(project, "110105", "year", year, "dust_excluded") == (4, "valid", 11, 1)
    assert _dustfall(project, "110105", "month", date(2021, 3, 1), "dust_excluded") == (None, "insufficient", 0, 1)


def test_the_commitment_is_judged_without_dust(project: Project) -> None:
    rows = project.query(
        "select variant, value, unit, validity from candidate.mart_air_indicators"
        " where indicator_id = 'dustfall' and period_start = ? order by variant", datetime(2021, 1, 1),
    )  # fmt: skip
    assert rows == [
        ("", 4, "t/(km2.30d)", "valid"), ("dust_included", Decimal("4.7"), "t/(km2.30d)", "valid"),
    ]  # fmt: skip
