"""Energy and CO2 by the worked examples and at every edge, through the project's own marts.

Here belong questions to the marts and the expected figures. Not here: readings (energy_cases.py).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conformance import energy_cases as cases
from tests.conformance.conftest import AS_OF
from tests.conformance.kit import Project, agrees, worked_examples

pytestmark = pytest.mark.skipif(not worked_examples(), reason="../shared/standards is absent: no worked examples")

_MONTH = "select {} from candidate.mart_energy_monthly where area_code = ? and period_start = ?"
# Decimals that the monthly mart carries: t to six, so kg to three.
_T, _KG = 6, 3


def test_every_example_of_energy_is_a_case() -> None:
    for entry in worked_examples():
        if entry["standard"].startswith(cases.STANDARDS):
            assert any(rule.fullmatch(entry["rule"]) for rule in cases.RULES), entry["rule"]


@pytest.mark.parametrize(("n", "entry"), cases.entries(cases.COAL))
def test_standard_coal(project: Project, n: int, entry: dict) -> None:
    rows = project.query(_MONTH.format("sum(tce) * 1000, count(*)"), f"9911{n:02}", date(2023, 5, 1))
    assert rows[0][1] == len(list(cases.amounts(entry["input"]))) == len(entry["input"])
    assert agrees(rows[0][0], entry["expected"]["kgce"], _KG)


@pytest.mark.parametrize(("n", "entry"), cases.entries(cases.EQUAL_VALUE))
def test_equal_value_is_in_its_own_column(project: Project, n: int, entry: dict) -> None:
    month = date(cases.equal_value_year(n), 5, 1)
    rows = project.query(_MONTH.format("tce * 1000, tce_equal_value * 1000"), f"9912{n:02}", month)
    assert len(rows) == 1
    assert agrees(rows[0][0], entry["expected"]["calorific_kgce"], _KG)
    assert agrees(rows[0][1], entry["expected"]["equal_kgce"], _KG)


def test_no_equal_value_without_an_entered_coefficient(project: Project) -> None:
    rows = project.query(_MONTH.format("tce, tce_equal_value"), "99152026", date(2026, 3, 1))
    assert rows == [(Decimal("0.1229"), None)]


@pytest.mark.parametrize(("n", "entry"), cases.entries(cases.FUEL))
def test_co2_of_fuel(project: Project, n: int, entry: dict) -> None:
    rows = project.query(_MONTH.format("tco2"), f"9913{n:02}", cases.month_of(n).date())
    assert len(rows) == 1
    assert agrees(rows[0][0], next(iter(entry["expected"].values())), _T)


@pytest.fixture(scope="module")
def regions(project: Project, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Project]:
    """The project as configured for each region that an example names."""
    found = {"beijing": project}
    for region in sorted({cases.region_of(e) for _, e in cases.entries(cases.GRID)} - {"beijing"}):
        work: Path = tmp_path_factory.mktemp(region)
        found[region] = Project(work, AS_OF, clean_root=project.clean_root, grid_region=region)
        found[region].build("energy/mart_energy_monthly.sql")
    return found


@pytest.mark.parametrize(("n", "entry"), cases.entries(cases.GRID))
def test_co2_of_power_by_data_year(regions: dict[str, Project], n: int, entry: dict) -> None:
    month = date(int(entry["input"]["year"]), 5, 1)
    region = cases.region_of(entry)
    sql = _MONTH.format("tco2, grid_factor_year, factor_status, grid_region")
    rows = regions[region].query(sql, f"9914{n:02}", month)
    assert [row[1:] for row in rows] == [(month.year, "final", region)]
    assert agrees(rows[0][0], next(iter(entry["expected"].values())), _T)


@pytest.mark.parametrize(
    ("year", "tco2", "factor_year", "status", "validity"),
    [
        (2019, None, None, "insufficient", "insufficient"),
        (2021, Decimal("0.5688"), 2021, "final", "valid"),
        (2026, Decimal("0.5554"), 2023, "provisional_factor", "indicative"),
    ],
)
def test_a_factor_that_is_not_published(
    project: Project, year: int, tco2: Decimal | None, factor_year: int | None, status: str, validity: str
) -> None:
    """Before the first factor there is none; a year without its own takes the latest earlier one and says so."""
    sql = _MONTH.format("tco2, grid_factor_year, factor_status, tco2_validity, tco2_reason, tce_validity")
    row = project.query(sql, f"9915{year}", date(year, 3, 1))[0]
    assert row[:4] == (tco2, factor_year, status, validity)
    assert ("provisional_factor: grid factor of 2023" in row[4]) is (year == 2026)
    assert row[5] == "valid"


def test_a_fuel_without_a_factor(project: Project) -> None:
    """10 t LNG are 17.572 tce, valid; the guide gives no CO2 factor. Diesel of 2008 has neither."""
    sql = _MONTH.format("tce, tce_validity, tce_reason, tco2, tco2_validity, tco2_reason, validity")
    lacks_co2 = (None, "insufficient", "no CO2 factor in force")
    assert project.query(sql, "991501", date(2023, 3, 1)) == [(Decimal("17.572"), "valid", "", *lacks_co2, "valid")]
    lacks_coal = (None, "insufficient", "no standard coal factor in force")
    assert project.query(sql, "991502", date(2008, 3, 1)) == [(*lacks_coal, *lacks_co2, "valid")]


@pytest.mark.parametrize(
    ("year", "days", "n_expected", "validity"),
    [(2024, 29, 41760, "valid"), (2024, 28, 41760, "indicative"), (2024, 26, 41760, "insufficient"),
     (2023, 28, 40320, "valid")],
)  # fmt: skip
def test_minutes_of_february(project: Project, year: int, days: int, n_expected: int, validity: str) -> None:
    sql = _MONTH.format("n_expected, n_valid, validity, tce is not null")
    rows = project.query(sql, f"9916{days}{year}", date(year, 2, 1))
    assert rows == [(n_expected, days * 24 * 60, validity, validity != "insufficient")]


def test_negative_generation_that_failed_is_no_generation(project: Project) -> None:
    sql = _MONTH.format("amount, tco2_in_scope, validity, n_valid")
    assert project.query(sql, "991700", date(2023, 2, 1)) == [(None, None, "insufficient", 0)]


def test_overlapping_readings_never_count_twice(project: Project) -> None:
    sql = _MONTH.format("tce, validity, validity_reason")
    assert project.query(sql, "991701", date(2023, 2, 1)) == [(None, "insufficient", "overlapping readings")]


def test_months_without_readings_are_there_without_figures(project: Project) -> None:
    rows = project.query(_MONTH.format("amount, tce, tco2, validity"), "991501", date(2023, 6, 1))
    assert rows == [(None, None, None, "insufficient")]


def test_scope_of_the_district(project: Project) -> None:
    """Fuel 1000 t diesel and a plant's 2 million m3 of gas, plus the net import of power and heat.

    CO2: 1000 x 42.652 x 20.2 x 0.98 x 44/12 : 1000 = 3095.9096 t diesel; 200 x 389.31 x 15.3 x 0.99 x 44/12 : 1000 =
    4324.3776 t gas; power (9.0 - 0.4 - 7.0) GWh x 0.5580 = 892.8 t; heat (5 - 6) TJ x 0.11 t/GJ = -110 t, an export.
    Together 8203.0873 t. Standard coal: 1457.1 + 2660 + (9 - 7) x 122.9 + (5 - 6) x 34.12 = 4328.78 tce: solar power is
    energy used, the plant's output is not added to its input. The meter is a part of the use and adds nothing.
    """
    rows = project.query(
        "select indicator_id, variant, value, validity from candidate.mart_energy_indicators"
        " where area_code = '110105' and period_kind = 'year' and period_start = ? order by all",
        date(cases.BALANCE, 1, 1),
    )
    assert rows == [
        ("carbon_emission_total", "", Decimal("0.8"), "valid"),
        ("energy_total", "equal_value", None, "insufficient"),
        ("energy_total", "equivalent", Decimal("0.4"), "valid"),
    ]
    parts = project.query(
        "select sum(tco2_in_scope), sum(tce_in_scope) from candidate.mart_energy_annual where period_kind = 'year'"
        " and area_code = '110105901' and period_start = ?",
        date(cases.BALANCE, 1, 1),
    )
    assert round(parts[0][0], 4) == Decimal("8203.0873")
    assert parts[0][1] == Decimal("4328.78")


def test_inventory_of_the_district(project: Project) -> None:
    """The same year by source, in t: what adds up to it, the plant in a sector of its own, the total as published."""
    rows = project.query(
        "select row_role, sector, carrier, flow, round(value * 10000, 4), factor_status"
        " from cross_domain.mart_ghg_inventory where entry_kind = 'co2' and period_start = ? order by all",
        date(cases.BALANCE, 1, 1),
    )
    assert rows == [
        ("source", "households", "heat", "use", Decimal("550.0000"), "final"),
        ("source", "power_plants", "electricity", "transformation_output", Decimal("-3906.0000"), "final"),
        ("source", "power_plants", "heat", "transformation_output", Decimal("-660.0000"), "final"),
        ("source", "power_plants", "natural_gas", "transformation_input", Decimal("4324.3776"), "final"),
        ("source", "services", "electricity", "generation", Decimal("-223.2000"), "final"),
        ("source", "services", "electricity", "use", Decimal("5022.0000"), "final"),
        ("source", "transport", "diesel", "use", Decimal("3095.9096"), "final"),
        ("total", "", "", "", Decimal("8203.0873"), "final"),
    ]
