"""Plans of other districts, declared in folders of CSVs, and what their units report.

Here belong inputs only; what becomes of each promise is in test_plans.py, with the arithmetic next to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sources.plans.plan_rows import rows_of
from sources.plans.read_plan import read_plan
from sources.registry import registry
from tests.conformance.kit import ROOT, District

AREA, PLAN = "110106", "fengtai_2025"
# The plan of README, with the returns that README names.
README_AREA, README_PLAN = "110107", "shijingshan_2025"
README_RETURNS = {
    "forest_area": 75, "land_area": 300, "sewage_treated": 985, "sewage_generated": 1000, "redline_area": 7,
}  # fmt: skip
README = (ROOT / "README.md").read_text(encoding="utf-8")
FOLDER = {
    "plan": (
        "plan_id,name_zh,first_year,last_year,area_code,document_zh\n"
        f"{PLAN},丰台区规划,2021,2025,{AREA},丰规〔2021〕1号\n"
    ),
    "returns_items": "item,name_zh,unit,area_value\npesticide,农药用量,t,sum\narable_land,耕地面积,mu,agreed\n",
    "formulas": (
        "indicator_id,name_zh,unit,decimals,formula\n"
        '"pesticide_per_mu",亩均农药用量,kg/mu,2,"ratio(item(pesticide), item(arable_land))"\n'
        "forest_per_head,人均森林面积,m2,1,per_head(item(forest_area))\n"
        'redline_share,红线占比,%,2,"ratio(indicator(ecological_redline_area), item(land_area))"\n'
        'open_land,非林地,ha,0,"item(land_area) - item(forest_area)"\n'
    ),
    "indicators": (
        "indicator_id,name_zh,unit,baseline_year,baseline_value,target_operator,target_value\n"
        "pesticide_per_mu,亩均农药用量,kg/mu,2020,0.3,decline,\n"
        "forest_cover_rate,森林覆盖率,%,2020,24,>=,25\n"
        "sewage_treatment_rate,污水处理率,%,,,>=,99\n"
        "ecological_redline_area,生态保护红线面积,km2,2020,7,improve,\n"
        "pm25_annual_mean,PM2.5年均浓度,ug/m3,2020,42,<=,35\n"
        "water_per_gdp_reduction,单位地区生产总值水耗降幅,%,,,>=,11\n"
    ),
    "commitments": (
        "commitment_id,chapter,name_zh,unit,target_operator,target_value\n"
        "greenway_length,三,新建绿道,km,>=,50\n"
        "old_wells,五,废弃机井处置,,meets,\n"
    ),
    "judgements": (
        "promise_id,is_judged_each_year,counts_from_zero,reduction_base_year\nsewage_treatment_rate,true,,\n"
        "greenway_length,,true,\nwater_per_gdp_reduction,,,2022\n"
    ),
    "texts": (
        "promise_id,chapter,text_zh\nforest_cover_rate,5.2,到2025年，森林覆盖率达到25%。\nold_wells,,废弃机井处置。\n"
    ),
    "projects": (
        "project_no,name_zh,deadline_year,responsible_zh,quantity,quantity_unit,commitment_id,shared_item\n"
        "1,湿地公园,2024,区园林局,,,,\n2,绿道建设,2025,区园林局,50,km,greenway_length,project_quantity\n3,泵站,2025,区水务局,,,,\n"
    ),
    "milestones": "project_no,milestone_no,name_zh,due_year\n1,1,开工,2022\n1,2,完工,2024\n",
    "history": (
        "indicator_id,name_zh,unit,actual_year,actual_value,target_operator,target_value,outcome\n"
        "forest_cover_rate,森林覆盖率,%,2020,24,>=,25,met\n"
    ),
}  # fmt: skip


def add(district: District, work: Path) -> None:
    """Both plans and their returns."""
    _declare(district, work / "fengtai", FOLDER)
    _declare(district, work / "shijingshan", readme_folder())
    for area in (AREA, README_AREA):
        district.site("returns", area, "area", area_code=area)
    for year, forest in ((2024, 74.4), (2025, 75)):
        _report(district, "forest_area", year, forest)
        _report(district, "land_area", year, 300)
    for year in range(2021, 2026):
        _report(district, "sewage_generated", year, 1000)
        _report(district, "sewage_treated", year, 989 if year == 2023 else 995)
    _report(district, "redline_area", 2025, 7)
    for year, water in ((2020, 400), (2022, 200), (2025, 180)):
        _report(district, "water_use", year, water)
        _report(district, "gdp_constant", year, 100 if year < 2025 else 101)
    # Two entities of the area; of the year before one has no usable value.
    for entity, used in (("E1", (None, "1.2")), ("E2", ("0.7", "0.6"))):
        district.site("returns", entity, "entity", area_code=AREA)
        for year, value in zip((2024, 2025), used, strict=True):
            _report(district, "pesticide", year, value, area=entity, unit="t")
    for year in (2024, 2025):
        _report(district, "arable_land", year, 9000, unit="mu")
        _report(district, "population", year, 2_000_000)
    # Two reports of one promise agree; the delivered plan has a commitment of the same name, and takes neither.
    _report(district, "commitment_progress", 2025, 60, f"{PLAN}:commitment:greenway_length")
    _report(district, "project_quantity", 2025, 60, f"{PLAN}:project:2")
    _report(district, "commitment_finding", 2025, 0, f"{PLAN}:commitment:old_wells")
    _report(district, "project_milestone", 2024, 100, f"{PLAN}:project:1:1")
    _report(district, "project_milestone", 2024, 80, f"{PLAN}:project:1:2")
    for item, value in README_RETURNS.items():
        _report(district, item, 2025, value, area=README_AREA)


def readme_folder() -> dict[str, str]:
    """The files that README shows: its two blocks of CSV."""
    plan, indicators = re.findall(r"```csv\n(.*?)```", README, re.DOTALL)
    return {"plan": plan, "indicators": indicators}


def readme_verdicts() -> list[tuple[str, ...]]:
    """The rows that README shows of them."""
    rows = re.findall(r"(?m)^\| (\w+) \| ([0-9.]+) \| (\S+) \| ([0-9.]+) \| (\w+) \|$", README)
    return sorted(rows)


def _declare(district: District, folder: Path, files: Mapping[str, str]) -> None:
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    read = read_plan(folder, registry())
    assert read.plan, read.mistakes
    for table, rows in rows_of(read.plan).items():
        for row in rows:
            district.declared(table, **row)


def _report(district: District, item: str, year: int, value: Any, ref: str = "", area: str = AREA, **more: Any) -> None:
    more |= {"end": datetime(year + 1, 1, 1), "plan_ref": ref or None, "provenance": "reported"}
    district.reading("clean_returns", area, item, datetime(year, 1, 1), value, **more)
