"""Methods of the indicators against the models that compute them: none without words, none left over.

Here belong checks of declared text against the project's own SQL and seeds. That every figure of a release has its
method is a data test of mart_indicator_values; what the words of a method become is a unit test of the mart.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2] / "dbt_project"
SEEDS = PROJECT / "seeds"
# Seeds that name indicator and variant of what a model computes from them.
_DECLARED = {
    "returns/returns_formulas": ("variant",),
    "waste/waste_indicators": ("variant",),
    "waste/waste_ratios": ("variant",),
    "energy/per_gdp_series": ("cumulative_variant", "yearly_variant"),
    "returns/per_gdp_series": ("cumulative_variant", "yearly_variant"),
}


def rows(name: str) -> list[dict[str, str]]:
    file = SEEDS / f"{name}.csv"
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


METHODS = rows("methods/indicator_methods")


def declared() -> set[tuple[str, str]]:
    """Indicators and variants that seeds declare."""
    return {
        (row["indicator_id"], row.get(column, ""))
        for seed, columns in _DECLARED.items()
        for row in rows(seed)
        for column in columns
    }


def sql_of_indicators() -> str:
    models = PROJECT.glob("models/marts/*/mart_*_indicators.sql")
    related = (*PROJECT.glob("models/intermediate/*/int_*per_gdp*.sql"), *PROJECT.glob("models/intermediate/air/*.sql"))
    texts = [m.read_text(encoding="utf-8") for m in (*models, *related)]
    return "\n".join([*texts, *((SEEDS / "standards" / "air_editions.csv").read_text(encoding="utf-8").splitlines())])


def is_produced(indicator: str, variant: str, sql: str) -> bool:
    """Whether a seed declares the pair, or a model names the indicator and every part of the variant."""
    if (indicator, variant) in declared():
        return True
    parts = [p for p in re.split(r"(?<=edition)_|_(?=dust_)", variant) if p]
    return f"'{indicator}'" in sql and all(re.search(rf"\b{part}(_|\b)", sql) for part in parts)


@pytest.mark.parametrize("method", METHODS, ids=lambda m: f"{m['indicator_id']}-{m['variant']}")
def test_no_method_is_left_over(method: dict[str, str]) -> None:
    assert is_produced(method["indicator_id"], method["variant"], sql_of_indicators())


@pytest.mark.parametrize(
    "pair", [("no_such_indicator", ""), ("no2_annual_mean", "edition_1996"), ("energy_total", "no_variant")]
)
def test_a_method_of_nothing_is_seen(pair: tuple[str, str]) -> None:
    assert not is_produced(*pair, sql_of_indicators())


def test_what_seeds_declare_has_a_method() -> None:
    known = {(m["indicator_id"], m["variant"]) for m in METHODS}
    assert sorted(declared() - known) == []


def test_the_plan_s_indicators_have_a_judged_method() -> None:
    known = {(m["indicator_id"], m["variant"]) for m in METHODS}
    judged = {(r["indicator_id"], r["judged_variant"]) for r in rows("plan/plan_judgement")}
    computed = {
        (r["commitment_id"], r["judged_variant"])
        for r in rows("plan/commitment_judgement")
        if r["source_kind"] == "indicator"
    }
    assert sorted((judged | computed) - known) == []


def test_rules_and_groups_exist() -> None:
    known = {r["rule_id"] for seed in ("standards/rule_values", "rules/rule_values_totals") for r in rows(seed)}
    used = rows("methods/method_rules")
    assert sorted({r["rule_id"] for r in used} - known) == []
    groups = {m["rule_group"] for m in METHODS}
    assert {r["rule_group"] for r in (*used, *rows("methods/method_standards"))} <= groups


def test_every_commitment_has_its_source() -> None:
    commitments = [r["commitment_id"] for r in rows("plan/plan_commitments")]
    assert [r["commitment_id"] for r in rows("plan/commitment_judgement")] == commitments
    items = {r["item"] for r in rows("returns/returns_items")}
    for row in rows("plan/commitment_judgement"):
        # What nothing measures may still be reported.
        assert (row["value_item"] in items) == (row["source_kind"] in ("return_item", "not_measured")), row


def test_both_formulas_of_a_mean_state_the_same_order() -> None:
    """The sum over days of the sum over stations: stations of a day first, then days, in words as in symbols."""
    means = [m for m in METHODS if "Σ_d C_d / n_d; C_d = Σ_s" in m["formula"]]
    assert {m["indicator_id"] for m in means} == {"pm25_annual_mean", "pm10_annual_mean", "no2_annual_mean"}
    for method in means:
        words = method["formula_zh"]
        assert 0 < words.index("全区平均") < words.index("有效日的算术平均"), words


def test_a_figure_that_is_passed_on_keeps_its_unit() -> None:
    """What a return reports of an indicator, what the indicator publishes and what the plan prints: one unit."""
    plan = {r["indicator_id"]: r["unit"] for r in rows("plan/plan_indicators")}
    plan |= {r["commitment_id"]: r["unit"] for r in rows("plan/plan_commitments")}
    items = {r["item"]: r["unit"] for r in rows("returns/returns_items")}
    reported = [r for r in rows("returns/returns_formulas") if r["role"] == "value"]
    assert {"ecological_index", "carbon_emission_total", "energy_total"} <= {r["indicator_id"] for r in reported}
    for row in reported:
        units = {row["item_unit"], row["unit"], items[row["item"]], plan.get(row["indicator_id"], row["unit"])}
        assert len(units) == 1, (row["indicator_id"], row["variant"], units)


def test_a_shared_promise_is_of_one_year_and_one_unit() -> None:
    projects = {r["project_no"]: r for r in rows("plan/plan_key_projects")}
    commitments = {r["commitment_id"]: r for r in rows("plan/plan_commitments")}
    shared = rows("plan/plan_shared_promises")
    assert {r["project_no"] for r in shared} == {"5", "7", "13"}
    for row in shared:
        project, commitment = projects[row["project_no"]], commitments[row["commitment_id"]]
        assert project["deadline_year"] == commitment["target_year"], row
        if row["project_item"] == "project_quantity":
            assert project["quantity_unit"] == commitment["unit"], row
