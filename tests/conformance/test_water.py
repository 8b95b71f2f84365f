"""Water by the worked examples and at every edge, through the project's own marts.

Here belong questions to the marts and the expected figures. Not here: readings (water_cases.py).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.conformance import water_cases
from tests.conformance.kit import Project, worked_examples
from tests.conformance.water_examples import AUTOMATIC

pytestmark = pytest.mark.skipif(not worked_examples(), reason="../shared/standards is absent: no worked examples")

_MONTH = "select water_class from candidate.mart_water_section_monthly where site_id = ?"
_ITEM = "select mean_value, assessed_value, n_values, n_nondetects, water_class from candidate.mart_water_item_monthly where site_id = ? and parameter = ?"  # noqa: E501


@pytest.mark.parametrize(("site", "entry"), water_cases.single_factor(), ids=lambda v: v if isinstance(v, str) else "")
def test_section_class(project: Project, site: str, entry: dict) -> None:
    """Complete automatic records are a real-time class (unrounded), the others a month."""
    complete = set(entry["input"]["values"]) == AUTOMATIC
    sql = _MONTH.replace("section_monthly", "section_realtime") if complete else _MONTH
    assert project.query(sql, site) == [(entry["expected"],)], entry["note"]


@pytest.mark.parametrize(("site", "parameter", "water_type", "value", "expected"), water_cases.edges())
def test_class_at_every_edge(
    project: Project, site: str, parameter: str, water_type: str, value: str, expected: str
) -> None:
    assert project.query(_MONTH, site) == [(expected,)], (parameter, water_type, value)


@pytest.mark.parametrize(("site", "parameter", "values", "entry"), water_cases.month_series())
def test_mean_before_class(project: Project, site: str, parameter: str, values: list[str], entry: dict) -> None:
    """The mean of concentrations (pH by hydrogen ions), and the class of the mean where the example gives one."""
    mean, _, n, _, name = project.query(_ITEM, site, parameter)[0]
    expected = Decimal(str(entry["expected"].get("mean", entry["expected"].get("value"))))
    assert (mean.quantize(expected), n) == (expected, len(values))
    assert name == entry["expected"].get("class", name)


def test_non_detect_counts_half(project: Project) -> None:
    assert project.query(_ITEM, "W-ND", "hg") == [(Decimal("0.000020"), Decimal("0.000020"), 2, 2, "I")]


def test_only_usable_flags_enter(project: Project) -> None:
    """Flags 1 and 3 (0.4 and 0.6) enter, 4 and 9 do not."""
    mean, _, n, _, _ = project.query(_ITEM, "W-FLAG", "nh3n")[0]
    assert (mean, n) == (Decimal("0.5"), 2)


def test_automatic_goes_before_manual_for_the_automatic_items(project: Project) -> None:
    assert project.query(_MONTH, "W-PRIORITY") == [("I",)]


@pytest.mark.parametrize(
    ("site", "parameter", "assessed"),
    [
        ("W-ZERO", "tp", "0.0004"),
        ("W-HALF-DOWN", "nh3n", "0.50"),
        ("W-HALF-UP", "nh3n", "0.52"),
        ("W-ABOVE-TIE", "nh3n", "0.51"),
    ],
)
def test_rounding_before_the_class(project: Project, site: str, parameter: str, assessed: str) -> None:
    """Half to even, once; what would become 0 keeps a digit."""
    assert project.query(_ITEM, site, parameter)[0][1] == Decimal(assessed)


def test_saturated_oxygen_is_class_one(project: Project) -> None:
    assert project.query(_MONTH, "W-SATURATED") == [("I",)]


def test_total_nitrogen_never_decides_a_river(project: Project) -> None:
    assert project.query(_MONTH, "W-TN") == [("I",)]


def test_missing_attribute_gives_no_class_and_says_so(project: Project) -> None:
    sql = "select water_class, attains_target, validity, validity_reason from candidate.mart_water_section_monthly"
    row = project.query(f"{sql} where site_id = 'W-NOTYPE'")[0]
    assert row == (None, None, "insufficient", "site attribute missing: water_type")


@pytest.mark.parametrize(("year", "entry"), water_cases.attainment())
def test_attainment_of_assessed_sections(project: Project, year: int, entry: dict) -> None:
    rows = project.query(
        "select value, n_expected, n_valid from candidate.mart_water_indicators"
        " where indicator_id = 'assessed_section_attainment' and period_kind = 'year' and period_start = ?",
        date(year, 1, 1),
    )
    n = len(entry["input"]["sections"])
    assert rows == [(Decimal(str(entry["expected"]["value"])), n, n)]


@pytest.mark.parametrize(
    ("months", "validity", "name"),
    [(12, "valid", "II"), (11, "indicative", "II"), (8, "indicative", "II"), (7, "insufficient", None)],
)
def test_months_that_make_a_year(project: Project, months: int, validity: str, name: str | None) -> None:
    rows = project.query(
        "select validity, water_class, n_valid, n_expected from candidate.mart_water_section_annual"
        " where site_id = ? and period_kind = 'year'",
        f"W-YEAR-{months}",
    )
    assert rows == [(validity, name, months, 12)]


@pytest.mark.parametrize(
    ("site", "reason"),
    [
        ("W-YEAR-ONE-ITEM", "1 of the 5 automatic items"),
        ("W-YEAR-SHORT-ITEM", "1 items left out: too few months"),
    ],
)
def test_a_year_that_lacks_items_is_only_indicative(project: Project, site: str, reason: str) -> None:
    """Without an item the class may be too good; an item of one month has no annual mean and decides nothing."""
    rows = project.query(
        "select validity, water_class, validity_reason from candidate.mart_water_section_annual"
        " where site_id = ? and period_kind = 'year'",
        site,
    )
    assert rows == [("indicative", "II", reason)]


@pytest.mark.parametrize("n", [5, 20, 21])
@pytest.mark.parametrize(
    ("mart", "where"),
    [
        ("monthly", "period_start = '2022-06-01'"),
        ("quarterly", "period_start = '2022-04-01'"),
        ("annual", "period_kind = 'year'"),
    ],
)
def test_an_assessed_section_needs_the_21_items(project: Project, mart: str, where: str, n: int) -> None:
    rows = project.query(
        f"select water_class, validity, validity_reason from candidate.mart_water_section_{mart}"
        f" where site_id = ? and {where}",
        f"W-ASSESSED-{n}",
    )
    assert rows == [("II", "valid", "") if n == 21 else ("II", "indicative", f"items: {n} of the 21")]
