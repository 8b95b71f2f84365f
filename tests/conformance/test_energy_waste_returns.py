"""Worked examples of energy, ecology and statistics through the project's own models.

Each example of ../shared/standards/worked_examples.json becomes a few clean readings; dbt runs once over all of
them and the figures are read from the marts. Not here: a second implementation of any rule.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from tests.conformance.conformance_kit import SHARED, project_with, reading, run_dbt, write_clean

EXAMPLES = SHARED / "standards" / "worked_examples.json"
pytestmark = pytest.mark.skipif(not EXAMPLES.exists(), reason="../shared/standards is not beside this tree")

AREA = "110105"
AS_OF = "2026-03-10 06:00:00"


def example(rule: str) -> dict[str, Any]:
    """The example whose rule begins so."""
    return next(e for e in json.loads(EXAMPLES.read_text(encoding="utf-8")) if e["rule"].startswith(rule))


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """One dbt run over the readings of all examples."""
    folder = tmp_path_factory.mktemp("examples")
    sites = [
        *({"site_id": s, "feed": "energy", "kind": "sector", "area_code": AREA} for s in ("COAL", "GAS", "GRID")),
        {"site_id": AREA, "feed": "returns", "kind": "area", "area_code": AREA},
    ]
    readings = {"clean_energy": energy(), "clean_returns": list(returns())}
    write_clean(folder / "clean", readings, sites)
    project = project_with(folder, {"energy/energy_equal_value": ["2023,0.300,test value of the example,,test"]})
    database = folder / "build.duckdb"
    done = run_dbt(
        project, folder / "clean", database, AS_OF, "build",
        "--indirect-selection", "cautious", "--exclude-resource-type", "unit_test", "--select",
        "+mart_energy_monthly", "+mart_returns_indicators", "+int_co2_per_gdp",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    with duckdb.connect(str(database), read_only=True) as connection:
        yield connection


def energy() -> list[dict[str, Any]]:
    """Standard coal (site COAL), gas (site GAS) and grid power (site GRID) of one month of 2023."""
    coal = example("standard coal")["input"]
    gas = example("CO2 of natural gas")["input"]
    grid = example("electricity CO2")["input"]
    month = (datetime(2023, 5, 1), datetime(2023, 6, 1))
    amounts = [
        ("COAL", "diesel", str(Decimal(coal["diesel_kg"]) / 1000)),
        ("COAL", "gasoline", str(Decimal(coal["gasoline_kg"]) / 1000)),
        ("COAL", "electricity", str(coal["electricity_kWh_calorific"])),
        ("COAL", "heat", str(coal["heat_MJ"])),
        ("GAS", "natural_gas", str(gas["1e4m3"] * 10000)),
        ("GRID", "electricity", str(grid["kWh"])),
    ]
    sector = {"COAL": "industry", "GAS": "households", "GRID": "services"}
    return [
        reading("clean_energy", s, carrier, *month, value, flow="use", sector=sector[s], metering="balance")
        for s, carrier, value in amounts
    ]


def returns() -> Iterator[dict[str, Any]]:
    """Safe use of farmland in 2025; carbon totals from 2020 on that change by the example's yearly percentages."""
    farmland = example("A=(B+C+D)/E")["input"]
    items = {"B": "priority", "C": "safe_use", "D": "strict", "E": "total"}
    for letter, name in items.items():
        yield annual(f"polluted_farmland_{name}", 2025, str(farmland[letter]))
    total = Decimal(1000)
    for year, change in enumerate([0.0, *example("cumulative drop")["input"]["yearly_percent"]], start=2020):
        total = total * (100 + Decimal(str(change))) / 100
        yield annual("carbon_emission_total", year, str(total))
        yield annual("gdp_constant", year, "70370000")


def annual(item: str, year: int, value: str) -> dict[str, Any]:
    """A yearly return of the district."""
    period = (datetime(year, 1, 1), datetime(year + 1, 1, 1))
    return reading("clean_returns", AREA, item, *period, value, provenance="reported")


def one(marts: duckdb.DuckDBPyConnection, query: str) -> Any:
    """The only value of a query."""
    rows = marts.execute(query).fetchall()
    assert len(rows) == 1, rows
    return rows[0][0]


def test_standard_coal(marts: duckdb.DuckDBPyConnection) -> None:
    kgce = one(
        marts,
        "select sum(tce) * 1000 from candidate.mart_energy_monthly where sector = 'industry' and month = '2023-05-01'",
    )
    assert kgce == Decimal(str(example("standard coal")["expected"]["kgce"]))


def test_equal_value_stands_in_its_own_column(marts: duckdb.DuckDBPyConnection) -> None:
    expected = example("calorific vs equal-value")["expected"]
    row = marts.execute(
        "select tce * 1000, tce_equal_value * 1000 from candidate.mart_energy_monthly"
        " where sector = 'industry' and carrier = 'electricity' and month = '2023-05-01'"
    ).fetchone()
    assert row == (Decimal(str(expected["calorific_kgce"])), Decimal(str(expected["equal_kgce"])))


def test_co2_of_natural_gas(marts: duckdb.DuckDBPyConnection) -> None:
    tonnes = one(
        marts, "select tco2 from candidate.mart_energy_monthly where carrier = 'natural_gas' and month = '2023-05-01'"
    )
    assert round(tonnes, 4) == Decimal(str(example("CO2 of natural gas")["expected"]["value"]))


def test_co2_of_power_by_data_year(marts: duckdb.DuckDBPyConnection) -> None:
    tonnes = one(
        marts, "select tco2 from candidate.mart_energy_monthly where sector = 'services' and month = '2023-05-01'"
    )
    assert tonnes == Decimal(str(example("electricity CO2")["expected"]["tCO2"]))


def test_months_without_readings_are_there_without_figures(marts: duckdb.DuckDBPyConnection) -> None:
    rows = marts.execute(
        "select distinct amount, tce, tco2, validity from candidate.mart_energy_monthly where month = '2023-06-01'"
    ).fetchall()
    assert rows == [(None, None, None, "insufficient")]


def test_safe_use_of_farmland(marts: duckdb.DuckDBPyConnection) -> None:
    share = one(
        marts, "select value from candidate.mart_returns_indicators where indicator_id = 'safe_polluted_farmland'"
    )
    assert share == Decimal(str(example("A=(B+C+D)/E")["expected"]["value"]))


def test_cumulative_fall_multiplies(marts: duckdb.DuckDBPyConnection) -> None:
    fall = one(
        marts,
        "select value from intermediate.int_co2_per_gdp where variant = 'reported' and period_start = '2023-01-01'",
    )
    assert -fall == Decimal(str(example("cumulative drop")["expected"]["value"]))


def test_every_figure_names_its_standard(marts: duckdb.DuckDBPyConnection) -> None:
    unnamed = "select count(*) from candidate.mart_returns_indicators where standard is null or clause is null"
    assert one(marts, unnamed) == 0
