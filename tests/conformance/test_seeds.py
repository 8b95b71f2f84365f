"""Seeds of the plan, of energy, waste and returns against what they were taken from: registry and ../shared.

Here belong equality tests of declared data. Not here: what the figures come to (test_energy.py, test_returns.py).
"""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from sources.registry.read_registry import registry as load_registry
from tests.conformance.kit import PROJECT, ROOT

SEEDS = PROJECT / "seeds"
SHARED = ROOT.parent / "shared"
registry = load_registry()
needs_plan = pytest.mark.skipif(not (SHARED / "plan").exists(), reason="../shared/plan is not next to this tree")
needs_standards = pytest.mark.skipif(
    not (SHARED / "standards").exists(), reason="../shared/standards is not next to this tree"
)


def rows(path: Path) -> list[dict[str, str]]:
    """A CSV as dictionaries."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_cadence_is_the_registry_s() -> None:
    declared = {
        f.name: (f.name_zh, f.cadence_hours, f.lateness_allowed_hours, f.owner) for f in registry.feeds.values()
    }
    seeded = {
        r["feed"]: (r["name_zh"], Decimal(r["cadence_hours"]), int(r["lateness_allowed_hours"]), r["owner"])
        for r in rows(SEEDS / "health/feed_cadence.csv")
    }
    assert seeded == declared


def test_return_items_are_the_registry_s() -> None:
    declared = {c: (p.name_zh, p.unit) for c, p in registry.feeds["returns"].parameters_of("clean_returns").items()}
    assert {r["item"]: (r["name_zh"], r["unit"]) for r in rows(SEEDS / "returns/returns_items.csv")} == declared


def test_indices_and_measures_use_return_items() -> None:
    items = {r["item"] for r in rows(SEEDS / "returns/returns_items.csv")}
    assert {r["item"] for r in rows(SEEDS / "returns/ecology_index_weights.csv")} <= items
    measures = rows(SEEDS / "returns/ecology_measures.csv")
    assert {r["source_id"] for r in measures if r["source_kind"] == "item"} <= items
    formulas = {(r["indicator_id"], r["variant"]) for r in rows(SEEDS / "returns/returns_formulas.csv")}
    used = {(r["source_id"], r["source_variant"]) for r in measures if r["source_kind"] == "indicator"}
    assert used <= formulas
    assert {r["part_of"] for r in measures} - {""} <= {r["measure_id"] for r in measures}


def test_base_years_are_the_plan_s() -> None:
    judged = {r["indicator_id"]: r["reduction_base_year"] for r in rows(SEEDS / "plan/plan_judgement.csv")}
    series = rows(SEEDS / "energy/per_gdp_series.csv")
    assert {r["base_year"] for r in series} == {judged["co2_per_gdp_reduction"]}


@needs_plan
def test_texts_are_sentences_of_the_plan() -> None:
    """All but the reductions of COD and ammonia, of which the text has nothing but table 2."""
    printed = (SHARED / "plan/plan_text_zh.txt").read_text(encoding="utf-8")
    texts = rows(SEEDS / "plan/plan_texts.csv")
    assert [r["promise_id"] for r in texts if r["text_zh"] not in printed] == []
    promised = {r["indicator_id"] for r in rows(SEEDS / "plan/plan_indicators.csv")}
    promised |= {r["commitment_id"] for r in rows(SEEDS / "plan/plan_commitments.csv")}
    assert promised - {r["promise_id"] for r in texts} == {"cod_reduction", "nh3n_reduction"}


def test_every_formula_uses_an_item_in_its_unit() -> None:
    units = {r["item"]: r["unit"] for r in rows(SEEDS / "returns/returns_items.csv")}
    for formula in rows(SEEDS / "returns/returns_formulas.csv"):
        assert units[formula["item"]] == formula["item_unit"], formula


def test_carriers_and_units_are_the_registry_s() -> None:
    declared = {c: p.unit for c, p in registry.feeds["energy"].parameters_of("clean_energy").items()}
    assert {r["carrier"]: r["unit"] for r in rows(SEEDS / "energy/energy_carriers.csv")} == declared


@pytest.mark.parametrize(
    ("feed", "vocabulary", "seed", "column"),
    [
        ("energy", "flow", "energy/energy_flows", "flow"),
        ("energy", "sector", "energy/energy_sectors", "sector"),
        ("waste", "waste_category", "waste/waste_categories", "category"),
        ("waste", "destination", "waste/waste_destinations", "destination"),
    ],
)
def test_vocabularies_are_the_registry_s(feed: str, vocabulary: str, seed: str, column: str) -> None:
    assert {r[column] for r in rows(SEEDS / f"{seed}.csv")} == set(registry.feeds[feed].vocabularies[vocabulary])


def test_scope_covers_every_flow_and_kind() -> None:
    flows = {r["flow"] for r in rows(SEEDS / "energy/energy_flows.csv")}
    kinds = {r["kind"] for r in rows(SEEDS / "energy/energy_carriers.csv")}
    covered = {(r["flow"], r["kind"]) for r in rows(SEEDS / "energy/energy_scope.csv")}
    assert covered == {(flow, kind) for flow in flows for kind in kinds}


@needs_plan
@pytest.mark.parametrize(
    ("name", "seed"),
    [
        ("indicators_2025", "plan_indicators"),
        ("indicators_2020", "plan_history"),
        ("commitments_2025", "plan_commitments"),
        ("key_projects", "plan_key_projects"),
    ],
)
def test_the_plan_is_as_printed(name: str, seed: str) -> None:
    printed = rows(SHARED / "plan" / f"{name}.csv")
    seeded = rows(SEEDS / "plan" / f"{seed}.csv")
    # Behind what is in tables come promises and facts of the text; a note may say more than the one taken over.
    same = [column for column in printed[0] if column != "note_zh"]
    assert [{k: r[k] for k in same} for r in seeded[: len(printed)]] == [{k: r[k] for k in same} for r in printed]
    assert all(r.get("note_zh", "") in s.get("note_zh", "") for r, s in zip(printed, seeded, strict=False))
    assert {r["provenance"] for r in seeded} == {"plan"}


@needs_plan
def test_what_the_text_promises_is_worded_as_it_is_there() -> None:
    """A promise and a fact of the text: its words are in the text, in the chapter that is named."""
    text = (SHARED / "plan" / "plan_text_zh.txt").read_text(encoding="utf-8")
    promises = [r for r in rows(SEEDS / "plan/plan_commitments.csv")][38:]
    assert len(promises) == 22
    for row in promises:
        assert row["target_text_zh"] in text, row["commitment_id"]
    for row in rows(SEEDS / "plan/plan_history.csv")[20:]:
        assert row["actual_text_zh"] in text, row["indicator_id"]


@needs_standards
def test_factors_are_those_of_the_standard() -> None:
    given = {r["fuel"]: r for r in rows(SHARED / "standards" / "energy_factors.csv")}
    names = {
        "raw_coal": "raw coal", "washed_coal": "washed clean coal (dry, ash 10%)", "middlings": "middlings",
        "coal_slime": "slime", "coke": "coke (dry)", "crude_oil": "crude oil", "fuel_oil": "fuel oil",
        "gasoline": "gasoline", "diesel": "diesel", "kerosene": "kerosene", "lpg": "LPG", "lng": "LNG",
        "natural_gas": "natural gas", "coke_oven_gas": "coke oven gas", "biogas": "biogas", "hydrogen": "hydrogen",
        "methanol": "methanol (fuel)", "ethanol": "ethanol (fuel)", "steam": "steam low pressure",
        "heat": "heat (equivalent)", "electricity": "electricity (calorific equivalent)",
    }  # fmt: skip
    coal = [r for r in rows(SEEDS / "energy/energy_standard_coal.csv") if r["standard"] == "GB/T 2589-2020"]
    for row in coal:
        source = given[names[row["carrier"]]]
        for seeded, printed in (
            ("kgce_per_standard_unit", "kgce_per_unit"), ("kgce_low", "kgce_low"), ("kgce_high", "kgce_high"),
        ):  # fmt: skip
            assert number(row[seeded]) == number(source[printed]), (row["carrier"], seeded)
    # Every coefficient of the table is there; the equal value of power is entered by year.
    assert {names[r["carrier"]] for r in coal} == {f for f, r in given.items() if r["kgce_per_unit"]}
    fuels = {**names, "raw_coal": "raw coal (generic)", "coke": "coke", "anthracite": "anthracite",
             "bituminous_coal": "bituminous coal", "lignite": "lignite"}  # fmt: skip
    burned = rows(SEEDS / "energy/energy_co2_fuel.csv")
    for row in burned:
        source = given[f"{fuels[row['carrier']]} [CO2]"]
        assert number(row["ncv_gj_per_basis"]) == number(source["guide_ncv_GJ_per_t"]), row["carrier"]
        assert number(row["carbon_tc_per_tj"]) == number(source["carbon_tC_per_TJ"]), row["carrier"]
        assert number(row["oxidation"]) == number(source["oxidation"]), row["carrier"]
    assert {f"{fuels[r['carrier']]} [CO2]" for r in burned} == {f for f in given if f.endswith("[CO2]")}
    regions = {"beijing": "Beijing 北京", "north_china": "North China 华北", "national": "China national"}
    printed = {
        (r["fuel"].removeprefix("grid electricity: "), r["grid_year"]): Decimal(r["grid_kgCO2_per_kWh"])
        for r in given_grid()
    }
    for row in rows(SEEDS / "energy/energy_grid_factors.csv"):
        if row["series"] == "average":
            assert Decimal(row["kgco2_per_kwh"]) == printed[regions[row["region"]], row["data_year"]], row


def number(text: str) -> Decimal | None:
    """A cell as a number."""
    return Decimal(text) if text else None


def given_grid() -> list[dict[str, str]]:
    """The grid factors of the standards' table."""
    return [r for r in rows(SHARED / "standards" / "energy_factors.csv") if r["grid_year"]]
