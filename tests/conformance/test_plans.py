"""A plan of another district is judged next to the delivered one, each on its own figures.

Here belong verdicts with their arithmetic. Not here: mistakes in a plan's folder (tests/unit/test_plans.py).
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from dbt_project.seed_rows import seed_rows
from sources.registry import registry
from tests.conformance import plan_street_cases as street
from tests.conformance.kit import Project
from tests.conformance.plan_cases import AREA, PLAN, README_PLAN, readme_verdicts

DELIVERED = "chaoyang_2025"


@pytest.mark.parametrize(
    ("indicator", "status", "judged", "reason"),
    [
        # 75 of 300 km2 are 25 %, the target.
        ("forest_cover_rate", "met", Decimal(25), ""),
        # Of each year: 989 of 1000 in 2023.
        ("sewage_treatment_rate", "missed", Decimal("98.9"), "not attained in 2023"),
        # To improve is more than the 7 of 2020.
        ("ecological_redline_area", "missed", Decimal(7), ""),
        ("pm25_annual_mean", "no_data", None, "nothing feeds it yet"),
        # 1.2 and 0.6 t on 9000 mu are 0.2 kg/mu, less than the 0.3 of 2020.
        ("pesticide_per_mu", "met", Decimal("0.2"), ""),
        # Since 2022, the plan's own base year: 180 by 101 against 200 by 100 are -10.89 %.
        ("water_per_gdp_reduction", "missed", Decimal("10.89"), ""),
    ],
)
def test_an_indicator_of_a_declared_plan(
    project: Project, indicator: str, status: str, judged: Decimal | None, reason: str
) -> None:
    query = (
        "select status, judged_value, status_reason, plan_name_zh from cross_domain.mart_plan_scorecard"
        " where plan_id = ? and indicator_id = ?"
    )
    assert project.query(query, PLAN, indicator) == [(status, judged, reason, "丰台区规划")]


@pytest.mark.parametrize(
    ("indicator", "year", "value", "unit", "validity", "reason"),
    [
        ("pesticide_per_mu", 2025, Decimal("0.2"), "kg/mu", "valid", ""),
        ("pesticide_per_mu", 2024, None, "kg/mu", "insufficient", "missing: pesticide (left out by flag)"),
        # 75 km2 by 2 000 000 people.
        ("forest_per_head", 2025, Decimal("37.5"), "m2", "valid", ""),
        # 7 of 300 km2 are 2.333… %.
        ("redline_share", 2025, Decimal("2.33"), "%", "valid", ""),
        ("redline_share", 2024, None, "%", "insufficient", "missing: ecological_redline_area"),
        # 225 km2 are 22 500 ha.
        ("open_land", 2025, Decimal(22500), "ha", "valid", ""),
    ],
)
def test_an_indicator_by_formula(
    project: Project, indicator: str, year: int, value: Decimal | None, unit: str, validity: str, reason: str
) -> None:
    query = (
        "select value, unit, validity, validity_reason, variant, is_preferred, provenance"
        " from cross_domain.mart_indicator_values where indicator_id = ? and area_code = ? and year(period_start) = ?"
    )
    found = project.query(query, indicator, AREA, year)
    assert found == [(value, unit, validity, reason, "", True, "reported")]


@pytest.mark.parametrize(
    ("indicator", "judged", "unit", "status"),
    [
        # 12.5 and 30 mg/L: 21.25, to one decimal 21.2 mg/L.
        ("pond_cod", Decimal(21200), "ug/L", "missed"),
        # One of two is at most 20 mg/L.
        ("pond_attaining", Decimal(50), "%", "missed"),
        ("pond_clear_days", Decimal(365), "d", "met"),
        # Two of three complaints are closed by now.
        ("pond_answered", Decimal("66.7"), "%", "met"),
        # 25 and 33.333… %: the share is not rounded before it is halved.
        ("pond_both", Decimal("58.33"), "%", "missed"),
    ],
)
def test_a_formula_over_a_network_and_a_register_is_judged(
    project: Project, indicator: str, judged: Decimal, unit: str, status: str
) -> None:
    query = (
        "select judged_value, unit, status, status_reason, latest_year from cross_domain.mart_plan_scorecard"
        " where plan_id = ? and indicator_id = ?"
    )
    assert project.query(query, street.PLAN, indicator) == [(judged, unit, status, "", 2025)]


def test_a_formula_over_networks_names_their_offices(project: Project) -> None:
    query = "select feeds, owner from cross_domain.mart_indicator_methods where indicator_id = 'pond_both'"
    assert project.query(query) == [("ponds;pond_complaints", "区水务局")]


def test_a_fall_since_a_plan_s_own_base_year_has_its_variant_and_method(project: Project) -> None:
    query = (
        "select variant, value, clause like '%; base 2022' from cross_domain.mart_indicator_values"
        " where indicator_id = 'water_per_gdp_reduction' and area_code = ? and year(period_start) = 2025"
        " and variant like 'cumulative%' order by 1"
    )
    # The delivered plan compares with 2020: 400 by 100.
    assert project.query(query, AREA) == [
        ("cumulative", Decimal("55.45"), False),
        ("cumulative_from_2022", Decimal("10.89"), True),
    ]
    query = (
        "select formula_zh, standard = (select standard from cross_domain.mart_indicator_methods where"
        " indicator_id = 'water_per_gdp_reduction' and variant = 'cumulative') from cross_domain.mart_indicator_methods"
        " where indicator_id = 'water_per_gdp_reduction' and variant = 'cumulative_from_2022'"
    )
    ((formula, same),) = project.query(query)
    assert formula.endswith("（基准年2022）")
    assert same


def test_what_the_plan_prints_is_shown_with_the_promise(project: Project) -> None:
    query = (
        "select plan_text_chapter, plan_text_zh from cross_domain.mart_plan_scorecard"
        " where plan_id = ? and indicator_id = 'forest_cover_rate'"
    )
    assert project.query(query, PLAN) == [("5.2", "到2025年，森林覆盖率达到25%。")]
    assert project.query(query, DELIVERED) == [("5.2", "到2025年，全区林木绿化率达到31.8%以上，森林覆盖率达到24.8%。")]
    query = "select plan_text_zh from cross_domain.mart_commitments where plan_id = ? and commitment_id = 'old_wells'"
    assert project.query(query, PLAN) == [("废弃机井处置。",)]


def test_a_formula_has_its_method(project: Project) -> None:
    query = (
        "select formula_zh, formula, standard, parameters, unit, rounding, owner, promised_as"
        " from cross_domain.mart_indicator_methods where indicator_id = 'pesticide_per_mu'"
    )
    formula = "ratio(item(pesticide), item(arable_land))"
    owner = registry().feeds["returns"].owner
    assert project.query(query) == [
        (formula, formula, "丰规〔2021〕1号", "pesticide; arable_land", "kg/mu", "2 decimals", owner, "statistic")
    ]


def test_commitments_are_judged_on_what_is_reported_of_this_plan(project: Project) -> None:
    query = (
        "select plan_id, commitment_id, status, judged_value, target_value from cross_domain.mart_commitments"
        " where plan_id = ? or commitment_id = 'greenway_length' order by plan_id, commitment_id"
    )
    assert project.query(query, PLAN) == [
        (DELIVERED, "greenway_length", "no_data", None, Decimal(100)),
        (PLAN, "greenway_length", "met", Decimal(60), Decimal(50)),
        (PLAN, "old_wells", "missed", Decimal(0), Decimal(1)),
    ]


def test_what_nobody_reports_says_how_to(project: Project) -> None:
    query = "select status_reason from cross_domain.mart_commitments where plan_id = ? and commitment_id = 'farm_film_recovery'"  # noqa: E501
    assert project.query(query, DELIVERED) == [
        ("no return reports it: commitment_finding with plan_ref commitment:farm_film_recovery",)
    ]


def test_what_nothing_measures_says_why(project: Project) -> None:
    query = (
        "select status, status_zh, status_reason from cross_domain.mart_commitments"
        " where plan_id = ? and commitment_id = 'biodiversity_city'"
    )
    reason = "no document defines when a city is one, and no network or return measures it"
    assert project.query(query, DELIVERED) == [("not_measured", "未监测", reason)]


def test_a_fact_of_the_text_has_no_outcome(project: Project) -> None:
    query = (
        "select actual_value, printed_outcome, printed_outcome_zh, outcome_agrees from cross_domain.mart_plan_history"
        " where plan_id = ? and indicator_id in ('soil_survey_points', 'energy_per_gdp_fall_2015') order by 1"
    )
    assert project.query(query, DELIVERED) == [
        (Decimal(28), "met", "提前完成", True),
        (Decimal(57), "no target", "", None),
    ]


def test_projects_and_their_milestones(project: Project) -> None:
    """Project 1 is judged by its milestones, 100 and 80 %; project 2 has the verdict of the commitment, 60 of 50 km."""
    query = (
        "select project_no, status, judged_by, progress_pct, milestones_open_zh from cross_domain.mart_key_projects"
        " where plan_id = ? order by project_no"
    )
    assert project.query(query, PLAN) == [
        (1, "missed", "milestones", Decimal(90), "完工"),
        (2, "met", "commitment", Decimal(120), ""),
        (3, "no_data", None, None, ""),
    ]
    query = (
        "select milestone_no, milestone_name_zh, due_year, year, progress_pct, validity_reason"
        " from cross_domain.mart_key_project_milestones where plan_id = ? order by milestone_no, year"
    )
    assert project.query(query, PLAN) == [
        ("1", "开工", 2022, 2022, None, "nothing is reported of its due year"),
        ("1", "开工", 2022, 2024, Decimal(100), ""),
        ("2", "完工", 2024, 2024, Decimal(80), ""),
    ]


def test_history_is_printed_as_the_plan_prints_it(project: Project) -> None:
    query = (
        "select actual_value, printed_outcome_zh, outcome_of_the_numbers, outcome_agrees, own_reason"
        " from cross_domain.mart_plan_history where plan_id = ?"
    )
    assert project.query(query, PLAN) == [
        (Decimal(24), "已完成", "missed", False, "no figure of this indicator and year")
    ]


@pytest.mark.parametrize(
    ("mart", "seed"),
    [
        ("mart_plan_scorecard", "plan_indicators"),
        ("mart_commitments", "plan_commitments"),
        ("mart_key_projects", "plan_key_projects"),
        ("mart_plan_history", "plan_history"),
    ],
)
def test_the_delivered_plan_keeps_its_rows(project: Project, mart: str, seed: str) -> None:
    found = project.query(f"select count(*) from cross_domain.{mart} where plan_id = ?", DELIVERED)
    assert found == [(len(seed_rows(f"plan/{seed}")),)]


def test_the_plan_of_readme_comes_out_as_readme_says(project: Project) -> None:
    query = (
        "select indicator_id, judged_value, judged_operator, target_value, status from cross_domain.mart_plan_scorecard"
        " where plan_id = ? order by indicator_id"
    )
    rows = project.query(query, README_PLAN)
    found = [(i, f"{v.normalize():f}", operator, f"{t.normalize():f}", status) for i, v, operator, t, status in rows]
    assert found == readme_verdicts()
    assert len(found) == 3


def test_a_figure_of_the_area_is_there_once(project: Project) -> None:
    query = (
        "select variant, value from cross_domain.mart_indicator_values where area_code = ?"
        " and indicator_id = 'forest_cover_rate' and is_preferred and period_start = '2025-01-01'"
    )
    assert project.query(query, AREA) == [("", Decimal(25))]
