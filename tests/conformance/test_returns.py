"""Ecology, soil and statistics by the worked examples and at every edge, through the project's own marts.

Here belong questions to the marts and the expected figures. Not here: returns (returns_cases.py).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.conformance import returns_cases as cases
from tests.conformance.kit import Project, agrees, worked_examples

pytestmark = pytest.mark.skipif(not worked_examples(), reason="../shared/standards is absent: no worked examples")

_INDICATOR = (
    "select value, validity, validity_reason from candidate.mart_returns_indicators"
    " where area_code = ? and indicator_id = ? and variant = ? and period_start = ?"
)
_ECOLOGY = "select {} from candidate.mart_ecology_annual where area_code = ? and measure_id = ? and period_start = ?"
_PER_GDP = (
    "select value, validity, validity_reason from cross_domain.mart_indicator_values where area_code = ?"
    " and indicator_id = 'co2_per_gdp_reduction' and variant = ? and period_start = ?"
)
_YEAR = date(cases.YEAR, 1, 1)


def test_every_example_of_returns_is_a_case() -> None:
    for entry in worked_examples():
        if entry["standard"].startswith(cases.STANDARDS):
            assert any(rule.fullmatch(entry["rule"]) for rule in cases.RULES), entry["rule"]


@pytest.mark.parametrize(("n", "entry"), cases.entries(cases.EI))
def test_ei(project: Project, n: int, entry: dict) -> None:
    rows = project.query(_INDICATOR, f"9921{n:02}", "ecological_index", "", _YEAR)
    assert rows[0][1:] == ("valid", "")
    assert agrees(rows[0][0], entry["expected"]["value"], 2)
    grades = project.query(_ECOLOGY.format("grade_zh, standard"), f"9921{n:02}", "ei", _YEAR)
    assert grades == [(entry["expected"]["grade"], entry["standard"])]


@pytest.mark.parametrize(("n", "entry"), cases.entries(cases.EQI))
def test_eqi(project: Project, n: int, entry: dict) -> None:
    rows = project.query(_INDICATOR, f"9922{n:02}", "ecological_index", "eqi", _YEAR)
    assert agrees(rows[0][0], entry["expected"]["value"], 2)
    grades = project.query(_ECOLOGY.format("grade_zh"), f"9922{n:02}", "eqi", _YEAR)
    assert grades == [(entry["expected"]["class"],)]


def test_eqi_never_replaces_ei(project: Project) -> None:
    rows = project.query(_INDICATOR, "992200", "ecological_index", "", _YEAR)
    assert rows == [(None, "insufficient", "missing item: ei")]


@pytest.mark.parametrize(("n", "entry"), cases.entries(cases.FARMLAND))
def test_safe_use_of_farmland(project: Project, n: int, entry: dict) -> None:
    rows = project.query(_INDICATOR, f"9923{n:02}", "safe_polluted_farmland", "", _YEAR)
    assert agrees(rows[0][0], entry["expected"]["value"], 1)


@pytest.mark.parametrize(("n", "entry"), cases.entries(cases.CUMULATIVE))
def test_cumulative_fall_multiplies(project: Project, n: int, entry: dict) -> None:
    last = date(cases.BASE + len(entry["input"]["yearly_percent"]), 1, 1)
    rows = project.query(_PER_GDP, f"9924{n:02}", "reported", last)
    assert rows[0][1:] == ("valid", "")
    assert agrees(-rows[0][0], entry["expected"]["value"], 2)
    for year, change in enumerate(entry["input"]["yearly_percent"], start=cases.BASE + 1):
        rows = project.query(_PER_GDP, f"9924{n:02}", "yearly_reported", date(year, 1, 1))
        assert agrees(-rows[0][0], change, 2)


@pytest.mark.parametrize(("n", "case"), list(enumerate(cases.GRADES)))
def test_grade_at_every_bound(project: Project, n: int, case: tuple[str, str, str]) -> None:
    index, value, grade = case
    rows = project.query(_ECOLOGY.format("value, grade_zh"), f"9925{n:02}", index, _YEAR)
    assert rows == [(Decimal(value), grade)]


@pytest.mark.parametrize(("n", "case"), list(enumerate(cases.CHANGES)))
def test_word_for_every_change(project: Project, n: int, case: tuple[str, str, str]) -> None:
    index, value, word = case
    columns = "previous_value, change_on_previous, change_term_zh"
    rows = project.query(_ECOLOGY.format(columns), f"9926{n:02}", index, _YEAR)
    assert rows == [(Decimal(50), Decimal(value) - 50, word)]


def test_no_change_over_a_year_that_is_missing(project: Project) -> None:
    columns = "value, previous_value, change_on_previous, change_term_zh"
    assert project.query(_ECOLOGY.format(columns), "992709", "ei", _YEAR) == [(Decimal(60), None, None, None)]


@pytest.mark.parametrize(
    ("area", "value", "validity", "reason"),
    [
        ("992701", None, "insufficient", "no GDP at constant prices of 2021"),
        ("992702", None, "insufficient", "no GDP at constant prices of 2021"),
        ("992703", Decimal("-10.00"), "valid", ""),
        ("992704", None, "insufficient", "the series reported has no total of 2020"),
    ],
)
def test_what_a_comparison_lacks(project: Project, area: str, value: Any, validity: str, reason: str) -> None:
    """(500 : 1000) against (1100 : 2000) is a rise of 10 %; without a GDP or a base year there is no figure."""
    assert project.query(_PER_GDP, area, "reported", date(2021, 1, 1)) == [(value, validity, reason)]


def test_an_index_with_a_missing_part(project: Project) -> None:
    """What is reported takes its place; with nothing reported there is no index."""
    missing = "sub-indices missing: ei_environmental_limit, ei_land_stress, ei_pollution_load"
    sql = _INDICATOR
    assert project.query(sql, "992705", "ecological_index", "", _YEAR) == [
        (None, "insufficient", f"missing item: ei; {missing}")
    ]
    assert project.query(sql, "992706", "ecological_index", "", _YEAR) == [
        (Decimal(51), "valid", f"{missing}; as reported")
    ]


def test_reductions_over_the_plan(project: Project) -> None:
    rows = {
        year: project.query(_INDICATOR, "992707", "voc_reduction", "cumulative", date(year, 1, 1))
        for year in (2021, 2022, 2024)
    }
    assert rows == {
        2021: [(Decimal(100), "valid", "")],
        2022: [(Decimal("150.5"), "valid", "")],
        2024: [(None, "insufficient", "missing item: voc_reduction of 2023")],
    }


def test_a_share_of_nothing(project: Project) -> None:
    rows = project.query(_INDICATOR, "992708", "forest_cover_rate", "", _YEAR)
    assert rows == [(None, "insufficient", "denominator is zero")]


def test_every_figure_names_its_standard(project: Project) -> None:
    for mart in (
        "candidate.mart_returns_indicators",
        "candidate.mart_ecology_annual",
        "cross_domain.mart_indicator_values",
    ):
        unnamed = f"select count(*) from {mart} where standard is null or clause is null"
        assert project.query(unnamed) == [(0,)], mart
