"""Headline figures against the current release: what moves too far warns or holds; the turn of the year is not a jump.

Not here: physical ranges (test_gate_suites).
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations.checks import SuiteError
from expectations.headline import Step, Steps, judge_headlines, load_steps
from expectations.reduce import Target
from expectations.suites.common import seed_values
from tests.gate.test_gate_ground import relation, table
from warehouse.tables.judged import GateRecord

INDICATORS = table(
    "mart_air_indicators", "air", ["indicator_id", "area_code", "period_kind", "period_start", "variant"],
    indicator_id="varchar", area_code="varchar", period_kind="varchar", period_start="date", variant="varchar",
    value="decimal(18,6)", unit="varchar", n_valid="bigint", validity="varchar",
)  # fmt: skip
PM = {
    "indicator_id": "pm25_annual_mean", "area_code": "110105", "period_kind": "year_to_date", "variant": "",
    "period_start": "2026-01-01", "value": "32", "unit": "ug/m3", "n_valid": 320, "validity": "valid",
}  # fmt: skip
STEPS = Steps({"pm25_annual_mean": Step(Decimal(3), None, 30, "warn")}, Step(None, Decimal("0.25"), 30, "warn"))


def judged(before: list[dict[str, Any]], after: list[dict[str, Any]], steps: Steps = STEPS) -> list[GateRecord]:
    con = duckdb.connect()
    relation(con, "old", INDICATORS, before)
    relation(con, "new", INDICATORS, after)
    return judge_headlines(con, "air", "mart_air_indicators", "d", Target("new", INDICATORS.grain, "old"), steps)


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"value": "35"}, "pass"),
        ({"value": "35.000001"}, "warn"),
        ({"value": "28.9"}, "warn"),
        ({"unit": "mg/m3"}, "warn"),
        ({"value": None, "validity": "insufficient"}, "warn"),
        ({"value": None, "validity": "pending"}, "pass"),
        ({"variant": "dust_included"}, "warn"),
    ],
)
def test_a_figure_may_move_by_its_step(change: dict[str, Any], outcome: str) -> None:
    (record,) = judged([PM], [{**PM, **change}])
    assert (record.outcome, record.judged_by, record.severity) == (outcome, "headline_step", "warning")
    assert record.expectation == "headline_step(pm25_annual_mean)"


def test_a_jump_shows_both_figures() -> None:
    (record,) = judged([PM], [{**PM, "value": "99"}])
    assert record.observed == "year_to_date 2026-01-01: 32 ug/m3 → 99 ug/m3"
    assert record.unexpected_count == 1
    assert '"candidate": "99"' in record.failing_rows


def test_a_step_set_to_hold_is_critical() -> None:
    steps = Steps({"pm25_annual_mean": Step(Decimal(3), None, 30, "hold")}, STEPS.default)
    (record,) = judged([PM], [{**PM, "value": "99"}], steps)
    assert (record.outcome, record.severity, record.waivable) == ("fail", "critical", True)


def test_a_figure_that_is_still_settling_is_not_judged() -> None:
    (record,) = judged([{**PM, "n_valid": 5}], [{**PM, "value": "99"}])
    assert record.outcome == "pass"


def test_at_the_turn_of_the_year_the_year_to_date_goes_on_as_the_year() -> None:
    whole = {**PM, "period_kind": "year"}
    assert [r.outcome for r in judged([PM], [{**whole, "value": "32.4"}])] == ["pass"]
    assert [r.outcome for r in judged([PM], [{**whole, "value": "40"}])] == ["warn"]


def test_without_a_declared_step_the_default_counts() -> None:
    other = {**PM, "indicator_id": "sewage_treatment_rate", "unit": "%"}
    assert [r.outcome for r in judged([other], [{**other, "value": "40"}])] == ["pass"]
    assert [r.outcome for r in judged([other], [{**other, "value": "40.1"}])] == ["warn"]


def test_the_larger_of_two_steps_counts() -> None:
    step = Step(Decimal(3), Decimal("0.1"), 1, "warn")
    assert step.allowed(Decimal(20)) == 3
    assert step.allowed(Decimal(-100)) == 10


def test_nothing_to_compare_with_says_nothing() -> None:
    assert judge_headlines(duckdb.connect(), "air", "t", "d", Target("new"), STEPS) == []


def test_the_shipped_steps_name_indicators_that_exist() -> None:
    known = {*seed_values("plan/plan_indicators", "indicator_id"),
             *seed_values("plan/plan_commitments", "commitment_id")}  # fmt: skip
    steps = load_steps()
    assert set(steps.by_indicator) <= known
    assert steps.of("pm25_annual_mean").absolute == 3


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ('indicator = "x"\nstep = 3', "unknown key 'step'"),
        ('indicator = "x"\nabsolute = 3\naction = "shout"', "action must be warn or hold"),
        ('indicator = "x"', "needs absolute, relative or both"),
        ('indicator = "x"\nabsolute = 0', "greater than 0"),
        ("absolute = 3", "needs an indicator of its own"),
    ],
)
def test_a_malformed_step_is_a_clear_error(tmp_path: Path, entry: str, says: str) -> None:
    file = tmp_path / "steps.toml"
    default = '[default]\nrelative = 0.25\nmin_n_valid = 30\naction = "warn"\n'
    file.write_text(f"{default}[[step]]\n{entry}\n", encoding="utf-8")
    with pytest.raises(SuiteError, match=says):
        load_steps(file)
