"""Changing a seed's row changes the result: every limit, breakpoint, factor, class boundary and rule is read from its
seed, and nowhere else.

Each case is a reading whose figure is known under the seed as delivered and under one changed row. The project runs
over the readings with its seeds as delivered; then all rows are changed in a copy of what was loaded, and its models
run again. Not here: what the standards say (test_water.py and its siblings), seeds that nobody reads
(tests/unit/test_dbt_seeds_read.py).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from tests.conformance.kit import District, Project

AS_OF = datetime(2026, 3, 10, 6)
MARTS = (
    "water/mart_water_section_monthly", "water/mart_water_area_period", "air/mart_air_station_daily",
    "air/mart_air_exceedances", "noise/mart_noise_site_daily", "noise/mart_noise_survey_annual",
    "energy/mart_energy_monthly", "waste/mart_waste_indicators", "returns/mart_returns_indicators",
    "returns/mart_ecology_annual",
)  # fmt: skip
MONTH, DAY = datetime(2024, 3, 5, 8), datetime(2024, 3, 5)


class Case(NamedTuple):
    """The rows of `seed` that match `where` get `changed`; `sql` then gives `after` in place of `before`."""

    seed: str
    where: dict[str, str]
    changed: dict[str, str]
    sql: str
    before: Any
    after: Any


_SECTION = "select water_class from candidate.mart_water_section_monthly where site_id = "
_STATION = "select {} from candidate.mart_air_station_daily where site_id = "
_TCO2 = "select tco2 from candidate.mart_energy_monthly where period_start = '2023-05-01' and carrier = "
_2012 = {"standard": "HJ 633-2012"}
CASES = (
    # 0.9 mg/L keeps class III (1.0), but not one of 0.8.
    Case("standards/gb3838_limits", {"parameter": "nh3n", "water_type": "river", "water_class": "III"},
         {"limit_high": "0.8"}, f"{_SECTION}'M-NH3N'", "III", "IV"),
    # 4.4 keeps class III (6); rounded to whole numbers it is 4 and keeps class II.
    Case("standards/water_items", {"parameter": "codmn"}, {"assessment_decimals": "0"},
         f"{_SECTION}'M-CODMN'", "III", "II"),
    Case("standards/water_classes", {"water_class": "V"}, {"grade_zh": "改"},
         "select grade_zh from candidate.mart_water_section_monthly where site_id = 'M-GRADE'", "中度污染", "改"),
    # Four of five sections in class I to III are 80 %: good from 75 to below 90, no grade where that begins at 85.
    Case("standards/water_river_grades", {"grade_zh": "良好"}, {"good_share_from": "85"},
         "select grade_zh from candidate.mart_water_area_period where place_kind = 'river' and period_kind = 'month'"
         " and place_name_zh = '试河' and period_start = '2024-03-01'", "良好", None),
    # 50 + 50 x (60 - 40) : (80 - 40) = 75; with 60 as the 100-point, 100.
    Case("standards/aqi_breakpoints", {**_2012, "pollutant": "no2", "averaging": "24h", "bp_low": "40"},
         {"bp_high": "60"}, f"{_STATION.format('no2_iaqi')}'M-NO2'", 75, 100),
    # The IAQI of 30 ug/m3 NO2 is 38 (37.5, always up): excellent up to 50, good where that ends at 30.
    Case("standards/aqi_categories", {**_2012, "category": "excellent"}, {"aqi_to": "30"},
         f"{_STATION.format('category')}'M-ALL'", "excellent", None),
    Case("standards/gb3095_limits", {"pollutant": "so2", "averaging": "24h", "grade": "2", "standard": "GB 3095-2012"},
         {"limit_value": "90"}, "select count(*) from candidate.mart_air_exceedances where site_id = 'M-SO2'", 0, 1),
    Case("standards/gb3096_limits", {"noise_class": "2", "metric": "Ln"}, {"limit_db": "46"},
         "select night_attained from candidate.mart_noise_site_daily where site_id = 'M-NOISE'", True, False),
    # 11 valid hours of a day period make no Ld under 12, but do under 11.
    Case("standards/rule_values", {"rule_id": "noise_day_min_hours"}, {"value": "11"},
         "select ld_db from candidate.mart_noise_site_daily where site_id = 'M-NOISE'", None, Decimal("55.0")),
    Case("standards/noise_grades", {"product": "region", "period": "day", "grade": "2"}, {"up_to_db": "53"},
         "select grade from candidate.mart_noise_survey_annual where survey_kind = 'grid'", 2, None),
    # 2 t of diesel: 2000 kg x 1.4571 : 1000.
    Case("energy/energy_standard_coal", {"carrier": "diesel", "standard": "GB/T 2589-2020"},
         {"kgce_per_standard_unit": "1.5"},
         "select tce from candidate.mart_energy_monthly where period_start = '2023-05-01' and carrier = 'diesel'",
         Decimal("2.9142"), Decimal("3")),
    # 3000 t x 42.652 x 20.2 x 0.98 x 44 : 12 : 1000, and with an oxidation of 1; here per 3 t.
    Case("energy/energy_co2_fuel", {"carrier": "gasoline"}, {"ncv_gj_per_basis": "40", "carbon_tc_per_tj": "15",
         "oxidation": "1"}, f"{_TCO2}'gasoline'", None, Decimal("6.6")),
    Case("energy/energy_co2_heat", {"carrier": "heat"}, {"tco2_per_gj": "0.2"}, f"{_TCO2}'heat'",
         Decimal("1.1"), Decimal("2")),
    Case("energy/energy_grid_factors", {"region": "beijing", "data_year": "2023"}, {"kgco2_per_kwh": "0.5"},
         f"{_TCO2}'electricity'", Decimal("5.554"), Decimal("5")),
    # 20 t of kitchen waste next to 80 t of other: 20 %; counted as other waste, none.
    Case("waste/waste_categories", {"category": "kitchen_catering"}, {"is_kitchen": "false"},
         "select value from candidate.mart_waste_indicators where indicator_id = 'kitchen_waste_sorted_share'"
         " and variant = 'all_sources' and period_kind = 'month' and period_start = '2024-03-01'",
         Decimal("20"), Decimal("0")),
    Case("waste/waste_destinations", {"destination": "incineration"}, {"is_harmless": "false"},
         "select value from candidate.mart_waste_indicators where indicator_id = 'household_waste_safe'"
         " and period_kind = 'month' and period_start = '2024-03-01'", Decimal("100"), Decimal("20")),
    # 97.26 % of the sewage is treated.
    Case("returns/returns_formulas", {"indicator_id": "sewage_treatment_rate"}, {"decimals": "2"},
         "select value from candidate.mart_returns_indicators where indicator_id = 'sewage_treatment_rate'"
         " and period_start = '2024-01-01'", Decimal("97.3"), Decimal("97.26")),
    Case("returns/ecology_grades", {"index_id": "ei", "grade": "2"}, {"from_value": "65", "below_value": "75"},
         "select grade_zh from candidate.mart_ecology_annual where measure_id = 'ei' and period_start = '2024-01-01'",
         "良", None),
)  # fmt: skip


def add(district: District) -> None:
    """The readings of all cases."""
    for site, item, value in (("M-NH3N", "nh3n", "0.9"), ("M-CODMN", "codmn", "4.4"), ("M-GRADE", "nh3n", "1.9")):
        district.site("water", site, "section", water_type="river")
        district.reading("clean_water", site, item, MONTH, value, method="manual")
    for n in range(5):
        site = district.site("water", f"M-RIVER-{n}", "section", water_type="river", river_zh="试河")
        district.reading("clean_water", site, "nh3n", MONTH, "1.2" if n == 0 else "0.1", method="manual")
    items = {"pm2_5": 10, "pm10": 10, "so2": 10, "no2": 30, "co": "0.5", "o3": 20}
    for site, values in (("M-NO2", {"no2": 60}), ("M-SO2", {"so2": 100}), ("M-ALL", items)):
        district.site("air", site, "station", network="national")
        for parameter, value in values.items():
            district.hours("clean_air", site, parameter, DAY, [value] * 24)
    district.site("noise", "M-NOISE", "point", noise_class="2")
    day, night = DAY.replace(hour=6), DAY.replace(hour=22)
    district.hours("clean_noise", "M-NOISE", "leq", day, [55] * 11, period_kind="hour")
    district.hours("clean_noise", "M-NOISE", "leq", night, [48] * 8, period_kind="hour")
    district.site("noise", "M-GRID", "grid_point", assessed=True)
    district.reading("clean_noise_survey", "M-GRID", "survey_leq", MONTH, 54, end=MONTH + timedelta(minutes=10),
                     survey_kind="grid", survey_period="day")  # fmt: skip
    district.site("energy", "M-ENERGY", "sector", area_code="110105")
    for carrier, amount in (("diesel", 2), ("gasoline", 3), ("heat", 10000), ("electricity", 10000)):
        district.reading("clean_energy", "M-ENERGY", carrier, datetime(2023, 5, 1), amount, end=datetime(2023, 6, 1),
                         flow="use", sector="industry", metering="balance")  # fmt: skip
    district.site("waste", "M-WASTE", "weighbridge", area_code="110105")
    loads = [("kitchen_catering", "composting", 20), ("other", "incineration", 80)]
    loads += [("garden", "composting", 1)] * 31
    for n, (category, destination, tonnes) in enumerate(loads):
        weighed = datetime(2024, 3, 1, 9) + timedelta(days=max(0, n - 2), minutes=n)
        district.reading("clean_waste", "M-WASTE", "net_t", weighed, tonnes, end=weighed + timedelta(minutes=9),
                         ticket_no=str(n), occurrence_no=1, category=category, destination=destination)  # fmt: skip
    district.site("returns", "110105", "area", area_code="110105")
    for item, value in (("sewage_generated", 10000), ("sewage_treated", 9726), ("ei", 60)):
        district.reading("clean_returns", "110105", item, datetime(2024, 1, 1), value, end=datetime(2025, 1, 1),
                         provenance="reported")  # fmt: skip


def change_rows(database: Path) -> None:
    """Changes the rows of all cases in the tables that the seeds became; every case must meet a row."""
    with duckdb.connect(str(database)) as connection:
        for case in CASES:
            where = " and ".join(f"{column} = ?" for column in case.where)
            given = [*case.changed.values(), *case.where.values()]
            changes = ", ".join(f"{column} = ?" for column in case.changed)
            (met,) = connection.execute(
                f"update seeds.{case.seed.split('/')[1]} set {changes} where {where}", given
            ).fetchall()
            assert met[0], f"{case.seed}: no row is {case.where}"


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Project, Project]]:
    """The project as delivered, and its models run again over a copy with changed seeds and the same readings."""
    delivered = Project(tmp_path_factory.mktemp("seeds"), AS_OF)
    district = District()
    add(district)
    district.write(delivered.clean_root)
    marts = tuple(f"{mart}.sql" for mart in MARTS)
    delivered.build(*marts)
    changed = Project(tmp_path_factory.mktemp("changed"), AS_OF, clean_root=delivered.clean_root)
    shutil.copy(delivered.database, changed.database)
    change_rows(changed.database)
    changed.build(*marts, without=("seed",))
    yield delivered, changed


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.seed.split("/")[1])
def test_a_changed_row_changes_the_result(projects: tuple[Project, Project], case: Case) -> None:
    before, after = (project.query(case.sql) for project in projects)
    assert before != after
    assert len(before) == len(after) == 1
    if case.before is not None:
        assert before == [(case.before,)]
    if case.after is not None:
        assert after == [(case.after,)]
