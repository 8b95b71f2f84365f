"""Energy by hand: the balance of 2025 in standard coal and CO2, carrier by carrier (GB/T 2589-2020, Beijing's grid)."""

from __future__ import annotations

import pytest

from tests.pipeline.by_hand.conftest import Shown

CARRIERS = (
    # 10⁹ m³ × 1.33 kgce = 1330000 t; × 21.62188809 t per 10⁴ m³ = 2162188.809 t.
    ("natural_gas", "use", "1000000000", "m3", "1330000", "2162188.809", "valid"),
    # 201 × 10⁸ kWh × 0.1229 kgce = 2470290 t; × 0.5554 kg = 11163540 t.
    ("electricity", "use", "20100000000", "kWh", "2470290", "11163540", "indicative"),
    # 10⁸ kWh made in the district are not an import: − 55540 t. They count as energy used, which they are part of: 0.
    ("electricity", "generation", "100000000", "kWh", "0", "-55540", "indicative"),
    # 5 × 10⁷ GJ = 5 × 10¹⁰ MJ × 0.03412 kgce = 1706000 t; × 0.11 t = 5500000 t.
    ("heat", "use", "50000000000", "MJ", "1706000", "5500000", "valid"),
)


@pytest.mark.parametrize(("carrier", "flow", "amount", "unit", "tce", "tco2", "validity"), CARRIERS)
def test_carrier_of_2025(
    shows: Shown, carrier: str, flow: str, amount: str, unit: str, tce: str, tco2: str, validity: str
) -> None:
    shows(
        "mart_energy_annual", f"carrier = '{carrier}' and flow = '{flow}' and period_start = '2025-01-01'",
        amount=amount, unit=unit, tce_in_scope=tce, tco2_in_scope=tco2, tco2_validity=validity, tce_validity="valid",
        grid_factor_year=2023 if carrier == "electricity" else None,
    )  # fmt: skip


def test_energy_total(shows: Shown) -> None:
    # 1330000 + 2470290 + 1706000 = 5506290 t = 550.629 10kt → 550.6.
    mart, total = (
        "mart_energy_indicators",
        "indicator_id = 'energy_total' and period_start = '{}-01-01' and variant = '{}'",
    )
    shows(mart, total.format(2025, "equivalent"), value="550.6", unit="10kt tce", validity="valid")
    # Power at the entered 0.3 kgce: 201 × 10⁸ × 0.3 = 6030000 t; 1330000 + 6030000 + 1706000 = 9066000 t → 906.6.
    shows(mart, total.format(2025, "equal_value"), value="906.6", validity="valid")
    # For 2022 nobody has entered a factor: no figure.
    shows(mart, total.format(2022, "equal_value"), value=None, validity="insufficient")


def test_inventory(shows: Shown) -> None:
    # 2162188.809 + 11163540 − 55540 + 5500000 = 18770188.809 t = 1877.0188809 10kt, the unit of carbon_emission_total;
    # the factor of power is that of 2023. Next to it, and not part of it, what the key projects of 2025 took away.
    mart, year = "mart_ghg_inventory", "period_kind = 'year' and period_start = '2025-01-01' and row_role = 'total'"
    shows(
        mart, f"{year} and entry_kind = 'co2'", value="1877.0188809", unit="10kt", factor_year=2023,
        factor_status="provisional_factor", validity="indicative",
    )  # fmt: skip
    shows(mart, f"{year} and pollutant = 'voc'", value="310", entry_kind="air_pollutant_reduction")
    shows(mart, f"{year} and pollutant = 'cod'", value="60", entry_kind="water_pollutant_reduction")
