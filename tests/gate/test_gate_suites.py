"""Every check of every mart's suite goes red on a row that breaks it, and every published mart has a suite.

The rows come from the checks themselves (`example`) and are put into a table with the mart's own contract, so that a
check that reads a column wrongly, or can't fail, is found here. Not here: kinds in general (test_gate_kinds).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from expectations.checks import Check, SuiteError
from expectations.reduce import Reduction, Target, breaking_rows
from expectations.suites import SUITES
from expectations.suites.common import Suite, define
from expectations.suites.cross_domain import EVENT_MARTS, INDICATOR_MARTS
from sources.registry import Registry, registry
from sources.registry.feed_model import NETWORK, Parameter, SeriesTests
from tests.gate.test_gate_ground import found_in, judged, marts, reduced, relation, table
from warehouse.tables.catalogue import MartTable
from warehouse.tables.judged import CRITICAL

FED = dict.fromkeys(registry().tables, 1)
DECLARED = [name for name, mart in marts().items() if mart.domain != "judgement"]


# Checks over two tables: the other table with a row of it, and the row under judgement that contradicts it.
CONTRADICTIONS = {
    "the class is that of the worst item": (
        "mart_water_item_monthly",
        {"site_id": "S", "period_start": "2026-01-01", "class_rank": 5, "in_class_assessment": True},
        {"site_id": "S", "period_start": "2026-01-01", "class_rank": 4},
    ),
    "the assessed sections attain what indicator 8 says": (
        "mart_water_indicators",
        {
            "indicator_id": "assessed_section_attainment",
            "area_code": "110105",
            "period_kind": "year",
            "period_start": "2025-01-01",
            "value": 80,
        },
        {
            "place_kind": "district",
            "place_id": "110105",
            "period_kind": "year",
            "period_start": "2025-01-01",
            "assessed_attainment_pct": 100,
        },
    ),
    "the grade of a sample is that of its worst value": (
        "mart_network_values",
        {
            "network_id": "n",
            "site_id": "S",
            "sample": "",
            "period_kind": "sample",
            "period_start": "2026-01-01 08:00:00",
            "period_end": "2026-01-01 08:00:00",
            "grade": "III",
        },
        {
            "network_id": "n",
            "site_id": "S",
            "sample": "",
            "period_kind": "sample",
            "period_start": "2026-01-01 08:00:00",
            "period_end": "2026-01-01 08:00:00",
            "grade": "II",
        },
    ),
    "one promise has one verdict": (
        "mart_commitments",
        {"plan_id": "chaoyang_2025", "commitment_id": "greenway_length", "status": "missed"},
        {"plan_id": "chaoyang_2025", "commitment_id": "greenway_length", "status": "met"},
    ),
    "each clean reading is counted at one site": (
        "mart_data_health",
        {"feed": "air", "readings_present": 2},
        {"feed": "air", "n_received": 1},
    ),
    "the parts make the score": (
        "mart_composite_score",
        {
            "score_id": "s",
            "area_code": "110105001",
            "period_kind": "month",
            "period_start": "2026-01-01",
            "value": 70,
            "decimals": 1,
        },
        {
            "score_id": "s",
            "area_code": "110105001",
            "period_kind": "month",
            "period_start": "2026-01-01",
            "part_id": "a",
            "contribution": 69.9,
        },
    ),
    "the sources of CO2 are its totals": (
        "mart_energy_annual",
        {"area_code": "110105"},
        {"entry_kind": "co2", "row_role": "total", "period_kind": "year", "period_start": "2025-01-01", "value": 1},
    ),
}
_SCORED = {"score_id": "s", "area_code": "110105001", "period_kind": "month", "period_start": "2026-01-01"}
# Checks over several rows of one table: the rows that contradict each other, of the columns that the mart has.
WITHIN = {
    "a list is of one level of areas": (
        {"list_id": "L", "area_level": "district"}, {"list_id": "L", "area_level": "subdistrict"},
    ),
    "ranks are shared on the published score": (
        {**_SCORED, "value": 70, "rank": 1}, {**_SCORED, "area_code": "110105002", "value": 70, "rank": 2},
    ),
    "the weights of a score sum to 100 %": (
        {**_SCORED, "part_id": "a", "weight_pct": 60}, {**_SCORED, "part_id": "b", "weight_pct": 30},
    ),
}  # fmt: skip
_LEVELLED = {"score_id": "L", "network_id": "n", "area_figure_id": "L"}


def checks_of(mart: MartTable) -> tuple[Check, ...]:
    return define(SUITES[mart.name], mart, registry(), FED)


@pytest.mark.parametrize("name", DECLARED)
def test_a_published_mart_has_a_suite_that_fits_its_contract(name: str) -> None:
    checks = checks_of(marts()[name])
    assert checks[0].kind == "rows"
    assert {"unique", "not_null", "volume"} <= {c.kind for c in checks}
    assert any(c.severity == CRITICAL for c in checks)


def test_no_suite_is_left_over_from_a_mart_that_is_gone() -> None:
    assert set(SUITES) == set(DECLARED)


def sound_row(mart: MartTable) -> dict[str, object]:
    """A row that holds what the mart's yml declares, and nothing else."""
    plain = {"varchar": "x", "date": "2026-01-01", "timestamp": "2026-01-01 00:00:00", "boolean": True}
    types = mart.contract
    return {c: plain.get(types[c], 1) for c in mart.not_null} | {c: words[0] for c, words in mart.values}


def broken_relations(con: duckdb.DuckDBPyConnection, mart: MartTable, check: Check) -> Iterator[Target]:
    """Tables under the mart's contract that break `check`, made for its kind."""
    if check.kind in ("rows", "not_emptied"):
        for other in SUITES[mart.name].with_rows_of:
            relation(con, f"main.{other}", marts()[other], [])
        before = relation(con, "before", mart, [{}])
        yield replace(relation(con, "main.t", mart, []), previous=before.relation)
    elif check.kind == "unique":
        yield relation(con, "t", mart, [dict(check.example), dict(check.example)])
    elif check.kind == "volume":
        before = relation(con, "before", mart, [{}] * 10)
        yield replace(relation(con, "t", mart, [{}]), previous=before.relation)
        yield replace(relation(con, "t", mart, [{}] * 30), previous=before.relation)
    elif check.kind == "none":
        if check.name == "ranks are shared on the published value":
            listed = {"list_id": "L", "period_kind": "month", "period_start": "2026-01-01", "validity": "valid"}
            # Equal values share a rank, and who has no valid figure has none.
            twins = [{**listed, "place_id": p, "value": 5, "rank": n} for n, p in enumerate("AB", 1)]
            yield relation(con, "main.t", mart, twins)
            yield relation(con, "main.t", mart, [{**listed, "place_id": "A", "validity": "pending", "rank": 1}])
            return
        if check.name in WITHIN:
            rows = [{**_LEVELLED, **row} for row in WITHIN[check.name]]
            yield relation(con, "main.t", mart, [{c: v for c, v in row.items() if c in mart.contract} for row in rows])
            return
        sibling, row, example = CONTRADICTIONS[check.name]
        relation(con, f"main.{sibling}", marts()[sibling], [row])
        yield relation(con, "main.t", mart, [example])
    elif check.kind == "equal":
        yield relation(con, "t", mart, [{c: "stray" for c in check.needs}])
    else:
        yield relation(con, "t", mart, [dict(check.example)])


@pytest.mark.parametrize("name", DECLARED)
def test_every_check_of_a_suite_goes_red(name: str) -> None:
    """Each check is reduced on a relation of its own that breaks it; one judgement takes them all, as the gate does."""
    mart = marts()[name]
    con = duckdb.connect()
    con.execute("create schema admitted")
    for indicators in INDICATOR_MARTS:
        con.execute(f"create table admitted.{indicators} (indicator_id varchar)")
    for events in EVENT_MARTS:
        con.execute(f"create table admitted.{events} (event_id varchar)")
    broken: list[Check] = []
    values: dict[str, tuple[Any, ...]] = {}
    for check in checks_of(mart):
        if check.kind == "rows" and check.low == 0:
            continue
        for number, target in enumerate(broken_relations(con, mart, check)):
            own = replace(check, name=f"{check.name} #{number}")
            values |= reduced(con, target, [own]).values
            broken.append(own)
    findings = found_in(Reduction(values, {}), broken)
    assert not [name for name, finding in findings.items() if finding.success]


@pytest.mark.parametrize("name", [n for n in DECLARED if marts()[n].not_null or marts()[n].values])
def test_what_a_mart_declares_is_judged_critically_and_each_column_that_breaks_it_is_named(name: str) -> None:
    mart = marts()[name]
    (check,) = [c for c in checks_of(mart) if c.kind == "declared"]
    columns = {*mart.not_null, *dict(mart.values)}
    assert (check.severity, set(check.needs)) == (CRITICAL, columns)
    con = duckdb.connect()
    sound = sound_row(mart)
    assert judged(con, relation(con, "t", mart, [sound]), [check])[check.name].success
    # A row for each column, which breaks nothing else.
    broken = [sound | {column: value} for column, value in check.example.items()]
    finding = judged(con, relation(con, "t", mart, broken), [check])[check.name]
    assert not finding.success
    assert finding.observed == f"broken in {', '.join(sorted(columns))}"
    assert breaking_rows(con, Target("t", mart.grain), check)[0] == len(columns)


def test_shared_ranks_are_no_contradiction() -> None:
    mart = marts()["mart_air_rankings"]
    listed = {"list_id": "L", "period_kind": "month", "period_start": "2026-01-01"}
    places = (("A", 5, 1, "valid"), ("B", 5, 1, "valid"), ("C", 7, 3, "valid"), ("D", None, None, "insufficient"))
    rows = [{**listed, "place_id": p, "value": v, "rank": n, "validity": w} for p, v, n, w in places]
    con = duckdb.connect()
    (check,) = [c for c in checks_of(mart) if c.name == "ranks are shared on the published value"]
    assert judged(con, relation(con, "t", mart, rows), [check])[check.name].success


@pytest.mark.parametrize("name", DECLARED)
def test_unknown_values_break_no_relation(name: str) -> None:
    mart = marts()[name]
    con = duckdb.connect()
    target = relation(con, "t", mart, [{}])
    relations = [
        c for c in checks_of(mart) if c.kind in ("relation", "between", "vocabulary") and "null" not in c.expected
    ]
    kept = [c for c in relations if c.kind != "relation" or not set(c.example.values()) & {None, ""}]
    assert all(f.success for f in judged(con, target, kept).values())


def test_a_suite_that_reads_an_undeclared_column_says_which() -> None:
    mart = table("mart_waste_daily", "waste", ["day"], day="date", provenance="varchar")
    with pytest.raises(SuiteError, match=r"mart_waste_daily: vocabulary\((\w+)\) reads \1") as caught:
        define(SUITES["mart_waste_daily"], mart, registry(), FED)
    assert "it has day, provenance" in str(caught.value)


def test_a_mart_needs_rows_only_when_a_table_that_feeds_it_has_readings() -> None:
    mart = table("mart_x", "air", ["id"], id="bigint")
    suite = Suite("mart_x", ("clean_air", "clean_dustfall"))
    assert define(suite, mart, registry(), {})[0].low == 0
    assert define(suite, mart, registry(), {"clean_dustfall": 3})[0].low == 1
    assert define(Suite("mart_x"), mart, registry(), {})[0].low == 1


def test_rows_of_another_mart_count_where_the_feed_may_fill_either() -> None:
    con = duckdb.connect()
    mart = marts()["mart_energy_annual"]
    target = relation(con, "main.t", mart, [])
    relation(con, "main.mart_energy_monthly", marts()["mart_energy_monthly"], [{}])
    check = checks_of(mart)[0]
    assert judged(con, target, [check])["rows"].success


def test_gross_ranges_of_the_registry_reach_wide_marts() -> None:
    mart = table("mart_x", "air", ["id"], id="bigint", pm2_5_ug_m3="decimal(18,6)", ph="decimal(18,6)", leq="varchar")
    found = {c.name: c for c in define(Suite("mart_x"), mart, registry(), {})}
    assert (found["between(pm2_5_ug_m3)"].low, found["between(pm2_5_ug_m3)"].high) == (0, 2000)
    assert (found["between(ph)"].low, found["between(ph)"].high) == (0, 14)
    assert "between(leq)" not in found


def with_network(**parameters: Parameter) -> Registry:
    """The registry with one declared network, called x."""
    whole = registry()
    network = replace(whole.feeds["water"], name="x", parameters=parameters, declared=NETWORK)
    return replace(whole, feeds={**whole.feeds, "x": network})


def test_a_network_is_one_of_the_feeds_that_deliver() -> None:
    mart = marts()["mart_delivery_counts"]
    found = {c.name: c for c in define(SUITES[mart.name], mart, with_network(), FED)}
    assert set(found["vocabulary(feed)"].allowed) == {*registry().feeds, "x"}


def test_a_network_sets_no_range_of_another_marts_column() -> None:
    mart = table("mart_x", "water", ["id"], id="bigint", turbidity_ntu="decimal(18,6)")
    narrow = Parameter("turbidity", "浊度", "Turbidity", "NTU", "network_x", tests=SeriesTests(fail_max=Decimal(5)))
    found = {c.name: c for c in define(Suite("mart_x"), mart, with_network(turbidity=narrow), {})}
    assert found["between(turbidity_ntu)"].high == registry().feeds["water"].parameters["turbidity"].tests.fail_max
