"""Energy cases: the worked examples of standard coal and CO2, the edges of scope, factors and coverage, as readings.

Here belong inputs only. Each example has an area and a month or year of its own; the district's total is made of the
year BALANCE alone. Every entry of a rule becomes a case, whatever its carriers, amounts and years.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.conformance.kit import PROJECT, District, worked_examples

STANDARDS = ("GB/T 2589", "provincial guide", "MEE grid factor")
COAL = re.compile(r"standard coal")
EQUAL_VALUE = re.compile(r"calorific vs equal-value electricity")
FUEL = re.compile(r"CO2 of (?P<fuel>.+?)(?: (?:1e4 ?m3|m3|kg|t))?")
GRID = re.compile(r"electricity CO2\b.*")
RULES = (COAL, EQUAL_VALUE, FUEL, GRID)

REGIONS = {
    "北京": "beijing", "beijing": "beijing", "华北": "north_china", "north china": "north_china", "全国": "national",
    "national": "national", "china": "national",
}  # fmt: skip
# Units of the examples in units of the feed, by which a carrier's amount is multiplied.
_UNITS = {"kg": "0.001", "t": "1", "kWh": "1", "MWh": "1000", "MJ": "1", "GJ": "1000", "m3": "1", "1e4m3": "10000"}
_NAMES = {"coal": "raw_coal", "gas": "natural_gas", "crude": "crude_oil", "power": "electricity"}
BALANCE = 2022


def entries(rule: re.Pattern[str]) -> list[tuple[int, dict[str, Any]]]:
    """The worked examples of a rule, numbered."""
    found = [e for e in worked_examples() if e["standard"].startswith(STANDARDS) and rule.fullmatch(e["rule"])]
    return list(enumerate(found))


def month_of(n: int) -> datetime:
    """The month of a fuel example: each its own, so that each can have its own coefficients."""
    return datetime(2023 + n // 12, n % 12 + 1, 1)


def equal_value_year(n: int) -> int:
    """The year of an equal-value example: each its own, since the coefficient is yearly."""
    return 2020 - n


def region_of(entry: dict[str, Any]) -> str:
    """The region of the factor seed that an example names."""
    return REGIONS[str(entry["input"]["region"]).lower()]


def grid_amount(entry: dict[str, Any]) -> Decimal:
    """kWh of a grid example."""
    return next(a for c, a in amounts(entry["input"]) if c == "electricity")


def amounts(given: dict[str, Any]) -> Iterator[tuple[str, Decimal]]:
    """Carrier and amount in the feed's unit of every input that is called <carrier>_<unit>, or kWh alone."""
    for key, value in given.items():
        match = re.fullmatch(r"(?:(?P<carrier>[A-Za-z_]+?)_)?(?P<unit>1e4m3|[A-Za-z0-9]+?)(?:_calorific)?", key)
        if match and match["unit"] in _UNITS:
            carrier = (match["carrier"] or "electricity").lower()
            yield _NAMES.get(carrier, carrier), Decimal(str(value)) * Decimal(_UNITS[match["unit"]])


def carrier_of(fuel: str) -> str:
    """The carrier that an example calls by its English name."""
    name = fuel.strip().lower().replace(" ", "_")
    return _NAMES.get(name, name)


def add(district: District) -> None:
    """All energy cases."""
    for n, entry in entries(COAL):
        site = _site(district, f"E-COAL-{n}", f"9911{n:02}")
        for carrier, amount in amounts(entry["input"]):
            _month(district, site, carrier, datetime(2023, 5, 1), amount)
    for n, entry in entries(EQUAL_VALUE):
        site = _site(district, f"E-EQUAL-{n}", f"9912{n:02}")
        _month(district, site, "electricity", datetime(equal_value_year(n), 5, 1), entry["input"]["kWh"])
    for n, entry in entries(FUEL):
        site = _site(district, f"E-FUEL-{n}", f"9913{n:02}")
        amount = next(Decimal(str(v)) * Decimal(_UNITS[k]) for k, v in entry["input"].items() if k in _UNITS)
        _month(district, site, carrier_of(FUEL.fullmatch(entry["rule"])["fuel"]), month_of(n), amount)
    for n, entry in entries(GRID):
        site = _site(district, f"E-GRID-{n}", f"9914{n:02}")
        _month(district, site, "electricity", datetime(int(entry["input"]["year"]), 5, 1), grid_amount(entry))
    _factors(district)
    _coverage(district)
    _balance(district)
    _declared(district)


def _declared(district: District) -> None:
    """What a user enters for the examples: equal values by year, and coefficients that are not the guide's own."""
    papers = {"document": "worked example", "document_date": date(2026, 1, 1), "entered_by": "test"}
    for n, e in entries(EQUAL_VALUE):
        value = Decimal(str(e["input"]["equal_value"]))
        district.declared("energy_equal_value", data_year=equal_value_year(n), kgce_per_kwh=value, **papers)
    for n, entry in entries(FUEL):
        carrier, given = carrier_of(FUEL.fullmatch(entry["rule"])["fuel"]), entry["input"]
        ncv = next((v for k, v in given.items() if k.startswith("NCV")), None)
        wanted = tuple(None if v is None else Decimal(str(v)) for v in (ncv, given.get("CC"), given.get("OF")))
        if any(w is not None and w != g for w, g in zip(wanted, _guide(carrier), strict=True)):
            first = month_of(n).date()
            district.declared(
                "energy_own_factors", carrier=carrier, unit="m3" if any(k == "1e4m3" for k in given) else "t",
                valid_from=first, valid_to=(first + timedelta(days=31)).replace(day=1) - timedelta(days=1),
                ncv_gj_per_basis=wanted[0], carbon_tc_per_tj=wanted[1], oxidation=wanted[2], **papers,
            )  # fmt: skip


def _guide(carrier: str) -> tuple[Decimal | None, ...]:
    with (PROJECT / "seeds/energy/energy_co2_fuel.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["carrier"] == carrier:
                names = ("ncv_gj_per_basis", "carbon_tc_per_tj", "oxidation")
                return tuple(Decimal(row[n]) if row[n] else None for n in names)
    return (None, None, None)


def _site(district: District, site: str, area: str, **more: Any) -> str:
    return district.site("energy", site, "sector", area_code=area, **more)


def _month(district: District, site: str, carrier: str, start: datetime, amount: Any, **more: Any) -> None:
    end = (start + timedelta(days=32)).replace(day=1)
    _reading(district, site, carrier, start, end, amount, **more)


def _reading(
    district: District, site: str, carrier: str, start: datetime, end: datetime, amount: Any, **more: Any
) -> None:
    dims = {"flow": "use", "sector": "industry", "metering": "balance"} | more
    district.reading("clean_energy", site, carrier, start, amount, end=end, **dims)


def _factors(district: District) -> None:
    """Power before the first factor, in its year and after the last; a fuel without a CO2 factor; coal before 2009."""
    for year in (2019, 2021, 2026):
        site = _site(district, f"E-POWER-{year}", f"9915{year}")
        _month(district, site, "electricity", datetime(year, 3, 1), 1000, sector="services")
    _month(district, _site(district, "E-LNG", "991501"), "lng", datetime(2023, 3, 1), 10)
    _month(district, _site(district, "E-OLD", "991502"), "diesel", datetime(2008, 3, 1), 10)


def _coverage(district: District) -> None:
    """February of a leap year and of a common one, in days; a reading that failed; readings that overlap."""
    for year, days in ((2024, 29), (2024, 28), (2024, 26), (2023, 28)):
        site = _site(district, f"E-FEB-{year}-{days}", f"9916{days}{year}")
        for n in range(days):
            start = datetime(year, 2, 1) + timedelta(days=n)
            _reading(district, site, "diesel", start, start + timedelta(days=1), 1)
    negative = _site(district, "E-NEGATIVE", "991700")
    _month(district, negative, "electricity", datetime(2023, 2, 1), -500, flow="generation", flag=4)
    overlap = _site(district, "E-OVERLAP", "991701")
    for start in (datetime(2023, 2, 1), datetime(2023, 2, 10)):
        _reading(district, overlap, "diesel", start, datetime(2023, 2, 28), 1)


def _balance(district: District) -> None:
    """A year of the district by unit: fuel used, power and heat used, a plant's input and output, solar power.

    The meter is a part of the use; the sites of the examples lie outside the district.
    """
    year = (datetime(BALANCE, 1, 1), datetime(BALANCE + 1, 1, 1))
    unit = {"valid_from": date(BALANCE, 1, 1), "valid_to": date(BALANCE, 12, 31)}
    use, plant, meter = (_site(district, f"E-BALANCE-{x}", "110105901", **unit) for x in ("USE", "PLANT", "METER"))
    for carrier, amount, sector in (
        ("diesel", 1000, "transport"), ("electricity", 9_000_000, "services"), ("heat", 5_000_000, "households"),
    ):  # fmt: skip
        _reading(district, use, carrier, *year, amount, sector=sector)
    _reading(district, use, "electricity", *year, 400_000, sector="services", flow="generation")
    _reading(district, plant, "natural_gas", *year, 2_000_000, sector="power_plants", flow="transformation_input")
    for carrier, amount in (("electricity", 7_000_000), ("heat", 6_000_000)):
        _reading(district, plant, carrier, *year, amount, sector="power_plants", flow="transformation_output")
    _reading(district, meter, "electricity", *year, 8_000_000, sector="services", metering="meter")
