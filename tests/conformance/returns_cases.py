"""Returns cases: the worked examples of ecology, soil and statistics, and the edges of grades and comparisons.

Here belong inputs only. Each case is a district of its own that reports; every entry of a rule becomes a case.
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.conformance.kit import District, worked_examples

STANDARDS = ("statistics", "HJ 192", "区域生态质量", "受污染耕地")
EI = re.compile(r"EI")
EQI = re.compile(r"EQI\b.*")
FARMLAND = re.compile(r"A=\(B\+C\+D\)/E.*")
CUMULATIVE = re.compile(r"cumulative drop\b.*")
RULES = (EI, EQI, FARMLAND, CUMULATIVE)

YEAR, BASE = 2024, 2020
_EI_ITEMS = {
    "bio": "biological_richness", "veg": "vegetation_cover", "water": "water_network", "land_stress": "land_stress",
    "pollution": "pollution_load", "env_limit": "environmental_limit",
}  # fmt: skip
_FARMLAND_ITEMS = {"B": "priority", "C": "safe_use", "D": "strict", "E": "total"}
# The grade at each bound, just below it and at the ends; names are those of the documents.
GRADES = [
    ("ei", "100", "优"), ("ei", "75", "优"), ("ei", "74.99", "良"), ("ei", "55", "良"), ("ei", "54.99", "一般"),
    ("ei", "35", "一般"), ("ei", "34.99", "较差"), ("ei", "20", "较差"), ("ei", "19.99", "差"), ("ei", "0", "差"),
    ("eqi", "100", "一类"), ("eqi", "70", "一类"), ("eqi", "69.99", "二类"), ("eqi", "55", "二类"),
    ("eqi", "54.99", "三类"), ("eqi", "40", "三类"), ("eqi", "39.99", "四类"), ("eqi", "30", "四类"),
    ("eqi", "29.99", "五类"), ("eqi", "0", "五类"),
]  # fmt: skip
# Change from 50 on and its word.
CHANGES = [
    ("ei", "50.99", "无明显变化"), ("ei", "49.01", "无明显变化"), ("ei", "51", "略微变好"), ("ei", "49", "略微变差"),
    ("ei", "52.99", "略微变好"), ("ei", "53", "明显变好"), ("ei", "47", "明显变差"), ("ei", "57.99", "明显变好"),
    ("ei", "58", "显著变好"), ("ei", "42", "显著变差"), ("eqi", "50.99", "基本稳定"), ("eqi", "51", "轻微变好"),
    ("eqi", "49", "轻微变差"), ("eqi", "52", "一般变好"), ("eqi", "48", "一般变差"), ("eqi", "53.99", "一般变好"),
    ("eqi", "54", "明显变好"), ("eqi", "46", "明显变差"),
]  # fmt: skip


def entries(rule: re.Pattern[str]) -> list[tuple[int, dict[str, Any]]]:
    """The worked examples of a rule, numbered."""
    found = [e for e in worked_examples() if e["standard"].startswith(STANDARDS) and rule.fullmatch(e["rule"])]
    return list(enumerate(found))


def add(district: District) -> None:
    """All returns cases."""
    for area in _areas():
        district.site("returns", area, "area", area_code=area)
    for n, entry in entries(EI):
        for name, item in _EI_ITEMS.items():
            annual(district, f"9921{n:02}", f"ei_{item}", YEAR, entry["input"][name])
    for n, entry in entries(EQI):
        for name, value in entry["input"].items():
            annual(district, f"9922{n:02}", f"eqi_{name}", YEAR, value)
    for n, entry in entries(FARMLAND):
        for letter, item in _FARMLAND_ITEMS.items():
            annual(district, f"9923{n:02}", f"polluted_farmland_{item}", YEAR, entry["input"][letter])
    for n, entry in entries(CUMULATIVE):
        total = Decimal(100_000_000)
        for year, change in enumerate([0, *entry["input"]["yearly_percent"]], start=BASE):
            total = total * (100 + Decimal(str(change))) / 100
            _intensity(district, f"9924{n:02}", year, round(total, 1), 1000)
    for n, (index, value, _) in enumerate(GRADES):
        annual(district, f"9925{n:02}", index, YEAR, value)
    for n, (index, value, _) in enumerate(CHANGES):
        annual(district, f"9926{n:02}", index, YEAR - 1, 50)
        annual(district, f"9926{n:02}", index, YEAR, value)
    _edges(district)


def _areas() -> list[str]:
    """The reporting district of every case, by kind and number."""
    kinds = [entries(EI), entries(EQI), entries(FARMLAND), entries(CUMULATIVE), GRADES, CHANGES, range(10)]
    return [f"99{kind}{n:02}" for kind, cases in enumerate(kinds, start=21) for n in range(len(cases))]


def _edges(district: District) -> None:
    """A GDP of zero, none, no base year, a rise; a lacking sub-index; a gap in the reductions; no land."""
    for area, gdp in (("992701", 0), ("992702", None), ("992703", 2000)):
        _intensity(district, area, BASE, 500, 1000)
        _intensity(district, area, BASE + 1, 1100, gdp)
    _intensity(district, "992704", BASE + 1, 500, 1000)
    _intensity(district, "992704", BASE + 2, 400, 1000)
    for item in ("biological_richness", "vegetation_cover", "water_network"):
        for area in ("992705", "992706"):
            annual(district, area, f"ei_{item}", YEAR, 50)
    annual(district, "992706", "ei", YEAR, 51)
    for year, tonnes in ((2021, 100), (2022, "50.5"), (2024, 30)):
        annual(district, "992707", "voc_reduction", year, tonnes)
    for item, value in (("forest_area", 100), ("land_area", 0)):
        annual(district, "992708", item, YEAR, value)
    annual(district, "992709", "ei", YEAR - 2, 50)
    annual(district, "992709", "ei", YEAR, 60)


def _intensity(district: District, area: str, year: int, carbon: Any, gdp: Any) -> None:
    annual(district, area, "carbon_emission_total", year, carbon)
    if gdp is not None:
        annual(district, area, "gdp_constant", year, gdp)


def annual(district: District, area: str, item: str, year: int, value: Any) -> None:
    """A yearly return of the area."""
    start, end = datetime(year, 1, 1), datetime(year + 1, 1, 1)
    district.reading("clean_returns", area, item, start, value, end=end, provenance="reported")
