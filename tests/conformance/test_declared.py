"""What a user enters and overrides, in the project's own models: one dbt run over a clean layer with declared rows.

Here belong declared(), rule overrides and the table that shows them. Not here: the files a user writes
(tests/unit/test_config_declared.py) or a whole refresh (tests/pipeline/test_entered.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conformance.kit import District, Project

RULE, VERIFIED = "noise_hour_min_minutes", "air_day_min_hours"

# As Session.configuration() gives them; the registry has no rate of ammonia.
_THRESHOLD = {"source_id": "town.2", "parameter": "do", "unit": "mg/L", "feed": "water"}
OWN_THRESHOLDS = [
    {**_THRESHOLD, "threshold": "suspect_max", "value": "30.5", "value_of_registry": "25"},
    {**_THRESHOLD, "parameter": "nh3n", "threshold": "rate_suspect_per_h", "value": "2", "value_of_registry": ""},
]


@pytest.fixture(scope="module")
def entered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    work: Path = tmp_path_factory.mktemp("declared")
    project = Project(
        work, datetime(2026, 3, 10, 6), rule_overrides={RULE: "40.5", VERIFIED: "18"}, own_thresholds=OWN_THRESHOLDS
    )
    district = District()
    for day, value in ((date(2021, 3, 1), 90), (date(2022, 3, 1), 100)):
        district.declared(
            "municipal_targets",
            indicator_id="voc_reduction",
            target_operator=">=",
            target_value=Decimal(value),
            document_no=f"京环发〔{day.year}〕1号",
            document_date=day,
        )
    # The plan's text leaves carbon to the municipality, and PM10 not.
    for indicator_id, value in (("carbon_emission_total", 1500), ("pm10_annual_mean", 60)):
        district.declared(
            "municipal_targets",
            indicator_id=indicator_id,
            target_operator="<=",
            target_value=Decimal(value),
            document_no="京发改〔2021〕9号",
            document_date=date(2021, 10, 1),
        )
    # The delivered row of the same key says that neither scope nor factors are declared.
    district.declared(
        "plan_baseline_scopes",
        indicator_id="carbon_emission_total",
        baseline_year=2019,
        is_declared=True,
        scope_zh="全社会能源活动",
        factors_zh="省级清单指南",
        document_no="朝统〔2021〕3号",
        document_date=date(2021, 5, 1),
    )
    district.declared(
        "energy_equal_value",
        data_year=2024,
        kgce_per_kwh=Decimal("0.298"),
        document="电力年报",
        document_date=date(2025, 6, 1),
    )
    district.write(project.clean_root)
    selected = ("int_plan_targets", "int_rules", "mart_rules_in_force", "int_energy_factors")
    project.dbt(
        "build", "-q", "--exclude-resource-type", "test", "unit_test", "exposure", "-s", *(f"+{n}" for n in selected)
    )
    yield project


def test_the_latest_document_of_a_municipal_target_holds(entered: Project) -> None:
    rows = entered.query(
        "select judged_operator, judged_against, target_source from intermediate.int_plan_targets"
        " where promise_id = 'voc_reduction'"
    )
    assert rows == [(">=", Decimal(100), "municipal: 京环发〔2022〕1号 (2022-03-01)")]


def test_an_entered_target_wins_where_the_plan_leaves_it_to_the_municipality(entered: Project) -> None:
    """Carbon is judged against the 1500 entered, its scope being declared; PM10 against the 70 of GB 3095-2012."""
    query = (
        "select promise_id, judged_operator, judged_against, is_municipal, lacks_baseline_scope"
        " from intermediate.int_plan_targets where promise_id in ('carbon_emission_total', 'pm10_annual_mean')"
    )
    assert sorted(entered.query(query)) == [
        ("carbon_emission_total", "<=", Decimal(1500), True, False),
        ("pm10_annual_mean", "<=", Decimal(70), False, False),
    ]


def test_what_nobody_entered_stays_not_set(entered: Project) -> None:
    query = "select judged_against from intermediate.int_plan_targets where promise_id = 'nox_reduction'"
    assert entered.query(query) == [(None,)]


def test_a_row_of_the_user_replaces_the_delivered_one(entered: Project) -> None:
    rows = entered.query("select promise_id from intermediate.int_plan_targets where lacks_baseline_scope")
    assert ("carbon_emission_total",) not in rows
    # The 22 indicators and the 60 commitments, each once.
    assert entered.query("select count(*), count(distinct promise_id) from intermediate.int_plan_targets") == [(82, 82)]


def test_an_override_holds_on_all_dates_and_is_shown_next_to_the_standard(entered: Project) -> None:
    query = (
        "select rule_id, value, value_of_standard, certainty from cross_domain.mart_rules_in_force"
        " where is_overridden and source_id is null order by rule_id, valid_from"
    )
    assert entered.query(query) == [
        (VERIFIED, Decimal(18), Decimal(20), "verified"),
        (VERIFIED, Decimal(18), Decimal(20), "verified"),
        (RULE, Decimal("40.5"), Decimal(45), "low"),
    ]
    query = (
        "select count(*) from cross_domain.mart_rules_in_force where not is_overridden and value <> value_of_standard"
    )
    assert entered.query(query) == [(0,)]


def test_a_threshold_that_a_source_sets_is_shown_next_to_the_registry_s(entered: Project) -> None:
    shown = "from cross_domain.mart_rules_in_force where source_id is not null order by rule_id"
    query = f"select source_id, parameter, threshold, value, value_of_standard, is_overridden, unit {shown}"
    assert entered.query(query) == [
        ("town.2", "do", "suspect_max", Decimal("30.5"), Decimal(25), True, "mg/L"),
        ("town.2", "nh3n", "rate_suspect_per_h", Decimal(2), None, True, "mg/L"),
    ]
    first = "(select min(valid_from) from cross_domain.mart_rules_in_force where source_id is null)"
    query = f"select rule_id, value_no, valid_from = {first}, valid_to, source {shown}"
    declared_in = "sources/registry/feeds/water.toml"
    assert entered.query(query) == [
        ("threshold:town.2:do:suspect_max", 1, True, None, declared_in),
        ("threshold:town.2:nh3n:rate_suspect_per_h", 1, True, None, declared_in),
    ]


def test_every_delivered_rule_is_in_force(entered: Project) -> None:
    (count,) = entered.query("select count(*) from cross_domain.mart_rules_in_force where source_id is null")[0]
    seeds = entered.query("select (select count(*) from seeds.rule_values) + count(*) from seeds.rule_values_totals")
    assert count == seeds[0][0]
