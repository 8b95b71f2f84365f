"""A user's own areas and composite score, declared in CSVs of a temporary folder: named, figured, scored and judged.

Here belongs the whole way with a user's files. Not here: mistakes in them (tests/unit/test_declared_areas.py), or the
scoring functions by themselves (unit tests of int_composite_part and mart_composite_score).
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.kit import ROOT, current, run_cli

WELLS = (
    (ROOT / "tests" / "cases" / "rain_wells.toml").read_text(encoding="utf-8")
    + """
[[lists]]
id = "cod_month"
name_zh = "化学需氧量月排名"
name_en = "COD of the month"
parameter = "cod"
figure = "month_mean"
place = "area"
level = "subdistrict"
direction = "lowest_first"
decimals = 1
[[lists]]
id = "cod_community"
name_zh = "社区化学需氧量月排名"
name_en = "COD of communities"
parameter = "cod"
figure = "month_mean"
place = "area"
level = "community"
direction = "lowest_first"
decimals = 1
[[areas]]
id = "attaining"
name_zh = "雨水井达标率"
name_en = "Share of attaining wells"
parameter = "cod"
period = "month"
level = "subdistrict"
statistic = "share_attaining"
figure = "month_mean"
[[areas]]
id = "cod_basin"
name_zh = "子流域化学需氧量"
name_en = "COD of sub-basins"
parameter = "cod"
figure = "month_mean"
period = "month"
tree = "basin"
level = "sub_basin"
statistic = "mean"
unit = "mg/L"
[[limits]]
parameter = "cod"
figure = "month_mean"
operator = "<="
high = 40
unit = "mg/L"
standard = "own rule"
certainty = "high"
"""
)
PUMPS = """name = "pumps"
name_zh = "泵站"
name_en = "Pumps"
medium = "energy"
owner = "区水务局"
cadence = "day"
site_kinds = ["pump"]
[parameters]
use = { name_zh = "用电量", name_en = "Electricity", unit = "kWh" }
[[lists]]
id = "use"
name_zh = "用电量月排名"
name_en = "Electricity of the month"
parameter = "use"
figure = "month_mean"
place = "area"
level = "subdistrict"
direction = "lowest_first"
decimals = 0
"""
CONFIG = """[district]
area_code = "110105"
name_zh = "朝阳区"
start = 2026-01-01
[sites]
files = ["sites.csv"]
[networks]
files = ["rain_wells.toml", "pumps.toml"]
[declared]
areas = "areas.csv"
site_areas = "site_areas.csv"
composite_scores = "scores.csv"
composite_parts = "parts.csv"
composite_steps = "steps.csv"
[[source]]
id = "wells"
feed = "rain_wells"
path = "wells.csv"
time = { columns = ["day"], formats = ["%Y-%m-%d"], marks = "instant" }
site = { column = "well" }
values = { COD = { parameter = "cod", unit = "mg/L" } }
[[source]]
id = "pumps"
feed = "pumps"
path = "pumps.csv"
time = { columns = ["day"], formats = ["%Y-%m-%d"], duration_min = 1440 }
site = { column = "pump" }
values = { kWh = { parameter = "use", unit = "kWh" } }
"""
FILES = {
    "rain_wells.toml": WELLS,
    "pumps.toml": PUMPS,
    "ecoledger.toml": CONFIG,
    "sites.csv": """site_id,feed,name_zh,kind,area_code,assessed,valid_from
W1,rain_wells,一号井,well,110105001,true,2020-01-01
W2,rain_wells,二号井,well,110105002,true,2020-01-01
W3,rain_wells,三号井,well,110105002001,true,2020-01-01
P1,pumps,一号泵,pump,110105001,true,2020-01-01
""",
    "areas.csv": """tree,area_code,area_level,name_zh,name_en,parent_code,valid_from
administrative,110105002001,community,吉庆里社区,Jiqingli,110105002,2020-01-01
basin,tonghui_upper,sub_basin,通惠河上段,Upper Tonghui,beiyun,2020-01-01
""",
    "site_areas.csv": """feed,site_id,tree,area_code,valid_from
rain_wells,W1,basin,tonghui_upper,2020-01-01
rain_wells,W3,basin,tonghui_upper,2020-01-01
""",
    "scores.csv": "score_id,name_zh,name_en,tree,area_level,period_kind,weights,missing,decimals,owner,document\n"
    "rain_review,雨水评分,Rain review,administrative,subdistrict,month,sum_to_1,reweight,2,区水务局,办法\n",
    "parts.csv": "score_id,part_id,name_zh,name_en,indicator,weight,scoring,better,zero_at,full_at,valid_from\n"
    "rain_review,attaining,达标率,Attaining,area(rain_wells.attaining),0.5,linear,higher,0,100,2020-01-01\n"
    "rain_review,cod,化学需氧量,COD,list(rain_wells_cod_month),0.3,steps,lower,,,2020-01-01\n"
    "rain_review,pumps,用电量,Electricity,list(pumps_use),0.2,rank,lower,,,2020-01-01\n",
    "steps.csv": "score_id,part_id,step,low,high,points\n"
    "rain_review,cod,1,,20,100\nrain_review,cod,2,20,40,60\nrain_review,cod,3,40,,0\n",
    "wells.csv": "well,day,COD\nW1,2026-01-05,12\nW2,2026-01-06,45\nW3,2026-01-06,15\n",
    "pumps.csv": "pump,day,kWh\n" + "".join(f"P1,2026-01-{d:02},{d}\n" for d in range(1, 32)),
}


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's folder with a release of January."""
    folder = tmp_path_factory.mktemp("own_score")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    config, data = str(folder / "ecoledger.toml"), str(folder / "data")
    done = run_cli("refresh", "--config", config, "--data", data, "--to", "2026-02-20", "--json")
    assert done.code in (0, 3), done.err
    return folder


def rows(folder: Path, query: str) -> list[tuple]:
    return [tuple(row.values()) for row in current(folder / "data", query)]


def test_the_score_is_the_one_on_paper(user: Path) -> None:
    """建外: all attain, 12 mg/L, the only pump: 100. 朝外: one of two attains (50), (45 + 15) : 2 = 30 mg/L (60), and
    no pump: (0.5 x 50 + 0.3 x 60) : 0.8 = 53.75. Of the other 41 nothing is known.
    """
    of_january = "from mart_composite_score where score_id = 'rain_review' and period_start = '2026-01-01'"
    found = rows(
        user,
        f"select area_name_zh, value, rank, validity, missing_parts_zh {of_january} and value is not null"
        " order by rank",
    )
    assert found == [
        ("建外街道", Decimal(100), 1, "valid", ""),
        ("朝外街道", Decimal("53.75"), 2, "indicative", "用电量"),
    ]
    others = f"select count(*), max(n_valid), min(validity), max(n_ranked) {of_january} and value is null"
    assert rows(user, others) == [(41, 0, "insufficient", 2)]


def test_each_part_shows_value_points_weight_and_why_it_is_missing(user: Path) -> None:
    found = rows(
        user,
        "select part_name_zh, value, points, weight, weight_pct, contribution, missing_reason"
        " from mart_composite_score_part"
        " where score_id = 'rain_review' and area_code = '110105002' and period_start = '2026-01-01' order by part_id",
    )
    assert found == [
        ("达标率", 50, 50, Decimal("0.5"), Decimal("62.5"), Decimal("31.25"), ""),
        ("化学需氧量", 30, 60, Decimal("0.3"), Decimal("37.5"), Decimal("22.5"), ""),
        ("用电量", None, None, Decimal("0.2"), None, None, "no figure of the period"),
    ]


def test_own_areas_are_named_and_never_mixed_with_another_level(user: Path) -> None:
    basin = "select area_level, area_name_zh, value, n_valid from mart_network_areas where tree = 'basin'"
    assert ("sub_basin", "通惠河上段", Decimal("13.5"), 2) in rows(user, basin)
    listed = "select distinct list_id, area_level, place_name_zh from mart_network_rankings order by 1, 3"
    assert rows(user, listed) == [
        ("pumps_use", "subdistrict", "建外街道"),
        ("rain_wells_cod_community", "community", "吉庆里社区"),
        ("rain_wells_cod_month", "subdistrict", "建外街道"),
        ("rain_wells_cod_month", "subdistrict", "朝外街道"),
    ]


def test_it_is_in_methods_gate_and_manifest(user: Path) -> None:
    method = (
        "select indicator_name_zh, owner, parameters from mart_indicator_methods where indicator_id = 'rain_review'"
    )
    parameters = "attaining = area(rain_wells.attaining); cod = list(rain_wells_cod_month); pumps = list(pumps_use)"
    assert rows(user, method) == [("雨水评分", "区水务局", parameters)]
    judged = "select count(*) from mart_gate_results where table_name = 'mart_composite_score_part'"
    assert rows(user, judged) > [(5,)]
    manifest = (user / "data" / "current" / "manifest.json").read_text(encoding="utf-8")
    assert all(f"declared_{name}" in manifest for name in ("areas", "site_areas", "composite_parts"))
