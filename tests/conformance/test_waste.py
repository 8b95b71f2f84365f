"""Household waste and weighbridges by the worked examples and at the edges of their rules, through cleaning and marts.

Here belong questions and expected figures. Not here: loads (waste_cases.py).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.conformance import waste_cases as cases
from tests.conformance.kit import Project, worked_examples

pytestmark = pytest.mark.skipif(not worked_examples(), reason="../shared/standards is absent: no worked examples")

_RATE = (
    "select {} from candidate.mart_waste_indicators"
    " where indicator_id = ? and variant = ? and period_kind = 'month' and period_start = ?"
)


def numbered(rule: str) -> list[Any]:
    return [pytest.param(n, entry, id=f"{n}") for n, entry in enumerate(cases.entries(rule))]


def decimal(value: Any) -> Decimal:
    return Decimal(str(value))


def rate(project: Project, indicator: str, month: date, variant: str = "") -> tuple[Any, ...]:
    rows = project.query(_RATE.format("value, validity, validity_reason"), indicator, variant, month)
    assert len(rows) == 1
    return rows[0]


def test_every_example_of_waste_has_its_case() -> None:
    found = [e["rule"] for e in worked_examples() if e["standard"].startswith(cases.STANDARDS)]
    assert found
    assert [rule for rule in found if not rule.startswith(cases.RULES)] == []


@pytest.mark.parametrize(("n", "entry"), numbered(cases.SHARE))
def test_kitchen_waste_share(project: Project, n: int, entry: dict[str, Any]) -> None:
    expected = (decimal(entry["expected"]["value"]), "valid", "")
    month = cases.month_of(cases.SHARE, n)
    for variant in ("all_sources", "household_only"):
        assert rate(project, "kitchen_waste_sorted_share", month, variant) == expected


@pytest.mark.parametrize(("n", "entry"), numbered(cases.SAFE))
def test_safe_treatment(project: Project, n: int, entry: dict[str, Any]) -> None:
    expected = (decimal(entry["expected"]["value"]), "valid", "")
    assert rate(project, "household_waste_safe", cases.month_of(cases.SAFE, n)) == expected


@pytest.mark.parametrize(("n", "entry"), numbered(cases.WEIGHBRIDGE))
def test_a_weighbridge_file_through_cleaning_into_its_mart(
    project: Project, n: int, entry: dict[str, Any], tmp_path: Path
) -> None:
    """Each record by its ticket: kept with net = gross - tare in kg, or quarantined and in no total."""
    nets, valid = entry["expected"]["net"], entry["expected"]["valid"]
    store = cases.weighed(n, tmp_path)
    clean = {int(r["ticket_no"]): r["value"] * 1000 for r in store.all_clean("clean_waste").iter_rows(named=True)}
    assert clean == {k: decimal(net) for k, net in enumerate(nets) if valid[k]}
    rejected = store.all_quarantined()
    assert rejected["reason"].to_list() == ["mass_impossible"] * valid.count(False)
    rows = project.query(
        "select loads, net_t * 1000, n_expected, validity from candidate.mart_waste_weighbridge_daily"
        " where site_id = ? and n_expected > 0",
        f"W-SCALE-{n}",
    )
    kept = [decimal(net) for net in clean.values()]
    assert rows == ([(len(kept), sum(kept), len(kept), "valid")] if kept else [])


def test_a_rate_is_rounded_half_to_even(project: Project) -> None:
    month, _ = cases.EDGES["tie"]
    assert rate(project, "kitchen_waste_sorted_share", month, "household_only") == (decimal("12.2"), "valid", "")


def test_recycling_by_what_is_recycled_and_by_what_is_sorted(project: Project) -> None:
    """(7450 + 4500) : 29150 = 41.0 %; (7450 + 4828) : 29150 = 42.1 %; of the sorted 4828 t 4500 were recycled."""
    month, _ = cases.EDGES["beijing"]
    assert rate(project, "household_waste_recycling", month) == (decimal("41.0"), "valid", "")
    assert rate(project, "household_waste_recycling", month, "sorted") == (decimal("42.1"), "valid", "")
    assert rate(project, "sorted_waste_resourced", month, "all_sources") == (decimal("93.2"), "valid", "")
    assert rate(project, "sorted_waste_resourced", month, "catering_only") == (Decimal(0), "valid", "")


def test_without_k_values_there_is_no_resource_use(project: Project) -> None:
    month, _ = cases.EDGES["beijing"]
    assert rate(project, "household_waste_resource_use", month) == (None, "insufficient", "k values are not entered")


def test_landfill_of_raw_waste_refers_to_what_was_treated(project: Project) -> None:
    """25 of 25 + 975 t; the transfer station counts at the plant, an unknown place is not treatment."""
    month, _ = cases.EDGES["landfill"]
    assert rate(project, "primary_waste_landfill_share", month) == (decimal("2.5"), "valid", "")
    assert rate(project, "primary_waste_landfilled", month) == (Decimal(25), "valid", "")
    assert rate(project, "household_waste_safe", month) == (decimal("99.0"), "valid", "")


def test_a_denominator_of_zero_gives_no_rate(project: Project) -> None:
    month, _ = cases.EDGES["nothing"]
    expected = (None, "insufficient", "nothing to divide by: the whole is 0")
    assert rate(project, "kitchen_waste_sorted_share", month, "all_sources") == expected
    assert rate(project, "household_waste_recycling", month) == expected


def test_weighbridge_days_decide_whether_a_month_counts(project: Project) -> None:
    found = [rate(project, "household_waste_safe", month)[:2] for month in cases.THIN]
    assert found == [(None, "insufficient"), (Decimal(100), "indicative"), (Decimal(100), "valid")]
    rows = project.query(
        "select period_start, net_t, weighbridge_days_covered, validity from candidate.mart_waste_monthly"
        " where period_kind = 'month' and category = 'other' and period_start in (?, ?, ?) order by period_start",
        *cases.THIN,
    )
    totals, verdicts = (None, 60, 60), ("insufficient", "indicative", "valid")
    assert rows == [(m, t, d, v) for (m, d), t, v in zip(cases.THIN.items(), totals, verdicts, strict=True)]


def test_a_silent_weighbridge_is_missing_and_a_closing_is_not(project: Project) -> None:
    """Half of the days of two weighbridges are missing where the second is silent; three days without are a closing."""
    found = [rate(project, "household_waste_safe", month) for month in cases.TWO_WEIGHBRIDGES]
    assert found == [
        (None, "insufficient", "31 of 62 weighbridge-days covered"),
        (Decimal(100), "valid", ""),
        (Decimal(100), "indicative", "58 of 62 weighbridge-days covered"),
    ]
    rows = project.query(
        "select net_t, weighbridge_days_covered, weighbridge_days_expected from candidate.mart_waste_monthly"
        " where period_kind = 'month' and category = 'other' and period_start in (?, ?, ?) order by period_start",
        *cases.TWO_WEIGHBRIDGES,
    )
    assert rows == [(None, 31, 62), (60, 62, 62), (60, 58, 62)]


def test_a_month_without_loads_is_there_without_a_rate(project: Project) -> None:
    expected = (None, "insufficient", "0 of 30 weighbridge-days covered")
    assert rate(project, "kitchen_waste_sorted_share", cases.SILENT, "all_sources") == expected


def test_household_and_catering_kitchen_waste_stay_apart(project: Project) -> None:
    month, _ = cases.EDGES["beijing"]
    rows = project.query(
        "select category_zh, destination_zh, net_t from candidate.mart_waste_monthly"
        " where period_kind = 'month' and period_start = ? and category like 'kitchen%' order by category desc",
        month,
    )
    assert rows == [("家庭厨余垃圾", "厨余处理", 4500), ("餐饮厨余垃圾", "焚烧", 328)]


def test_the_leap_february_has_29_days(project: Project) -> None:
    month, _ = cases.EDGES["beijing"]
    rows = project.query(_RATE.format("n_expected, n_valid"), "household_waste_safe", "", month)
    assert rows == [(29, 29)]


def test_every_figure_names_its_standard(project: Project) -> None:
    unnamed = "select count(*) from candidate.mart_waste_indicators where standard is null or clause is null"
    assert project.query(unnamed) == [(0,)]
