"""Loads of a user's own: a category that exists nowhere, a node where it counts, a rate; what undoes a load; totals.

Here belongs the whole way with a user's files, with the arithmetic next to each assertion. Not here: mistakes in the
declarations (tests/unit/test_declared_waste.py), or the models one by one (their unit tests).
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.kit import run_cli

CONFIG = """[district]
area_code = "110105"
name_zh = "朝阳区"
start = 2026-01-01
[sites]
files = ["sites.csv"]
[declared]
waste_categories = "categories.csv"
waste_counting = "counting.csv"
waste_ratios = "ratios.csv"
waste_ratio_terms = "terms.csv"

[[source]]
id = "tickets"
feed = "waste"
table = "clean_waste"
path = "tickets*.csv"
delivered_at = "name"
delivered_at_pattern = '(\\d{8})'
delivered_at_format = "%Y%m%d"
time = { columns = ["in"], formats = ["%Y-%m-%d %H:%M"], marks = "instant" }
site = { column = "scale" }
values = [{ column = "net", parameter = "net_t", unit = "t" }]
[source.columns]
ticket_no = { column = "ticket" }
category = { column = "category", values = { "厨余" = "kitchen_household", "其他" = "other" } }
destination = { column = "to", values = { "处理" = "composting", "焚烧" = "incineration" } }
undoes = { column = "undoes" }
state = { column = "state", values = { "作废" = "void" } }

[[source]]
id = "manifests"
feed = "waste"
table = "clean_waste_transfer"
path = "manifests*.csv"
delivered_at = "name"
delivered_at_pattern = '(\\d{8})'
delivered_at_format = "%Y%m%d"
time = { columns = ["day"], formats = ["%Y-%m-%d"], duration_min = 1440 }
site = { column = "from" }
[[source.values]]
column = "left"
parameter = "shipped_t"
unit = "t"
[[source.values]]
column = "arrived"
parameter = "received_t"
unit = "t"
[source.columns]
manifest_no = { column = "no" }
to_site = { column = "to" }
category = { column = "category", values = { "托盘" = "pallets", "医疗" = "medical" } }
destination = { column = "end", values = { "再用" = "recycling", "填埋" = "landfill", "处置" = "hazardous_treatment" } }

[[source]]
id = "totals"
feed = "waste"
table = "clean_waste_total"
path = "totals*.csv"
delivered_at = "name"
delivered_at_pattern = '(\\d{8})'
delivered_at_format = "%Y%m%d"
time = { columns = ["month"], formats = ["%Y-%m"], duration = "month" }
site = { column = "site" }
values = [{ column = "collected", parameter = "collected_t", unit = "t" }]
columns = { category = { column = "category", values = { "托盘" = "pallets" } } }
"""
FILES = {
    "sites.csv": (
        "site_id,feed,name_zh,kind,area_code,assessed,valid_from\n"
        "W,waste,焚烧厂地磅,weighbridge,110105036,true,2020-01-01\n"
        "D,waste,托盘回收点,sorting_centre,110105002,true,2020-01-01\n"
        "P,waste,处置厂,treatment_plant,110105003,true,2020-01-01\n"
        "C1,waste,一号诊所,small_institution,110105001,true,2020-01-01\n"
        "C2,waste,二号诊所,small_institution,110105001,true,2020-01-01\n"
        "S,waste,建外街道,area,110105001,true,2020-01-01\n"
    ),
    "categories.csv": "category,name_zh\npallets,废托盘\n",
    "counting.csv": "category,node,valid_from,document\npallets,sorting_centre,2020-01-01,本区规定\n",
    "ratios.csv": (
        "indicator_id,name_zh,unit,decimals,standard,clause,formula_zh\n"
        "pallets_reused,托盘再用率,%,1,本区规定,reused / taken × 100,再用量占接收量的比例\n"
    ),
    "terms.csv": (
        "indicator_id,term,role,measure,category,destination\n"
        "pallets_reused,1,numerator,received,pallets,recycling\npallets_reused,2,denominator,received,pallets,\n"
    ),
    # T2 undoes T1, a day later; T3 was cancelled: 6 t of kitchen waste are left of 20.
    "tickets_20260205.csv": (
        "scale,ticket,in,category,to,net,undoes,state\n"
        "W,T1,2026-01-05 08:00,厨余,处理,8,,\nW,T2,2026-01-06 08:00,厨余,处理,-8,T1,\n"
        "W,T3,2026-01-06 09:00,厨余,处理,6,,作废\n"
        "W,T4,2026-01-06 10:00,厨余,处理,6,,\n"
    ),
    # Ten tonnes of pallets go by the plant to where they count: 9.8 t arrive, and 4 t more, which are not used again.
    "manifests_20260205.csv": (
        "no,from,to,day,category,end,left,arrived\n"
        "M1,S,P,2026-01-10,托盘,再用,10,10\nM2,P,D,2026-01-11,托盘,再用,10,9.8\nM3,S,D,2026-01-12,托盘,填埋,4,4\n"
        "M4,C1,P,2026-01-12,医疗,处置,0.012,0.012\n"
    ),
    "totals_20260205.csv": "site,month,category,collected\nS,2026-01,托盘,5000\n",
    "ecoledger.toml": CONFIG,
}


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("loads")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    config, data = str(folder / "ecoledger.toml"), str(folder / "data")
    done = run_cli("refresh", "--config", config, "--data", data, "--to", "2026-02-10", "--json")
    assert done.code == 0, done.out + done.err
    return folder


def rows(folder: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(folder / "data" / "current" / "marts.duckdb"), read_only=True) as con:
        return con.execute(query).fetchall()


def test_a_load_that_was_undone_is_in_no_total(user: Path) -> None:
    assert rows(user, "select sum(loads), sum(net_t) from mart_waste_daily") == [(1, Decimal(6))]
    found = "select loads, received_t, loads_voided, voids_unmatched from mart_waste_nodes where site_id = 'W'"
    assert rows(user, found) == [(1, Decimal(6), 2, 0)]
    clean = f"select value from read_parquet('{user}/data/clean/clean_waste/**/*.parquet', hive_partitioning = false)"
    with duckdb.connect() as con:
        assert sorted(con.execute(clean).fetchall()) == [(Decimal(-8),), (Decimal(6),), (Decimal(6),), (Decimal(8),)]


def test_a_tonne_of_a_declared_category_counts_once_at_its_node(user: Path) -> None:
    query = (
        "select area_code, category_zh, loads, received_t, shipped_t, difference_t, loads_elsewhere, validity"
        " from mart_waste_categories where category = 'pallets' and period_kind = 'month' order by area_code"
    )
    assert rows(user, query) == [
        ("110105", "废托盘", 2, Decimal("13.8"), Decimal(14), Decimal("-0.2"), 1, "valid"),
        # What came from 建外街道: 4 t that count, and 10 t on their way.
        ("110105001", "废托盘", 1, Decimal(4), Decimal(4), Decimal(0), 1, "valid"),
        ("110105003", "废托盘", 1, Decimal("9.8"), Decimal(10), Decimal("-0.2"), 0, "valid"),
    ]
    nodes = "select site_name_zh, node_zh, loads, loads_counted from mart_waste_nodes where category = 'pallets' order by site_id"  # noqa: E501
    assert rows(user, nodes) == [("托盘回收点", "分拣中心", 2, 2), ("处置厂", "处置（利用）设施", 1, 0)]


def test_a_declared_rate_is_an_indicator_with_its_method(user: Path) -> None:
    query = (
        "select indicator_id, value from mart_indicator_values where period_kind = 'month' and indicator_id in"
        " ('pallets_reused', 'small_institutions_collected', 'medical_waste_safe') order by 1"
    )
    # 9.8 of 13.8 t; one of two clinics.
    assert rows(user, query) == [
        ("medical_waste_safe", Decimal(100)),
        ("pallets_reused", Decimal(71)),
        ("small_institutions_collected", Decimal(50)),
    ]
    query = "select formula_zh, standard, parameters from mart_indicator_methods where indicator_id = 'pallets_reused'"
    assert rows(user, query) == [("再用量占接收量的比例", "本区规定", "received of pallets; received of pallets")]


def test_a_monthly_total_is_no_load(user: Path) -> None:
    query = (
        "select period_kind, site_name_zh, category_zh, parameter_zh, total_t, loads, loads_t, difference_t"
        " from mart_waste_totals"
    )
    assert rows(user, query) == [
        ("month", "建外街道", "废托盘", "收运量", Decimal(5000), 1, Decimal(4), Decimal(4996)),
    ]
