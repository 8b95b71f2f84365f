"""A network that exists nowhere, declared in a file of its own: it is read, judged, listed and published without code.

Here belongs the whole way with a user's files. Not here: mistakes in a declaration (tests/unit/test_networks.py), or
the arithmetic (tests/conformance).
"""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.kit import ROOT, Ran, run_cli

# README's network, with a list and a figure of the district.
WELLS = (
    (ROOT / "tests" / "cases" / "rain_wells.toml").read_text(encoding="utf-8")
    + """
[[lists]]
id = "cod_month"
name_zh = "化学需氧量月排名"
name_en = "COD of the month"
parameter = "cod"
figure = "month_mean"
direction = "lowest_first"
decimals = 1
[[areas]]
id = "attaining"
name_zh = "雨水井达标率"
name_en = "Share of attaining wells"
period = "month"
statistic = "share_attaining"
indicator = "rain_wells_attaining"
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
"""
CONFIG = """[district]
area_code = "110105"
name_zh = "朝阳区"
start = 2026-01-01
[sites]
files = ["sites.csv"]
[networks]
files = ["rain_wells.toml", "pumps.toml"]
[[source]]
id = "wells"
feed = "rain_wells"
path = "wells*.csv"
delivered_at = "name"
delivered_at_pattern = '(\\d{8})'
delivered_at_format = "%Y%m%d"
time = { columns = ["day"], formats = ["%Y-%m-%d"], marks = "instant" }
site = { column = "well" }
values = { COD = { parameter = "cod", unit = "mg/L" } }
[[source]]
id = "pumps"
feed = "pumps"
path = "pumps*.csv"
delivered_at = "name"
delivered_at_pattern = '(\\d{8})'
delivered_at_format = "%Y%m%d"
time = { columns = ["day"], formats = ["%Y-%m-%d"], duration_min = 1440 }
site = { column = "pump" }
values = { kWh = { parameter = "use", unit = "kWh" } }
"""
SITES = """site_id,feed,name_zh,kind,area_code,assessed,valid_from,unit_to_notify
W1,rain_wells,一号井,well,110105001,true,2020-01-01,建外街道
W2,rain_wells,二号井,well,110105002,true,2020-01-01,朝外街道
P1,pumps,一号泵,pump,110105001,true,2020-01-01,
"""


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's folder with two networks, and a release of what they delivered first."""
    folder = tmp_path_factory.mktemp("user")
    files = {"rain_wells.toml": WELLS, "pumps.toml": PUMPS, "ecoledger.toml": CONFIG, "sites.csv": SITES}
    files["wells_20260210.csv"] = "well,day,COD\nW1,2026-01-05,12\nW2,2026-01-06,45\nW1,2026-02-03,0.5L\n"
    files["pumps_20260210.csv"] = "pump,day,kWh\n" + "".join(f"P1,2026-01-{d:02},{d}\n" for d in range(1, 32))
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    done = refresh(folder, "2026-02-20")
    assert done.code in (0, 3), done.err
    return folder


def refresh(folder: Path, day: str) -> Ran:
    config, data = str(folder / "ecoledger.toml"), str(folder / "data")
    return run_cli("refresh", "--config", config, "--data", data, "--to", day, "--json")


def rows(folder: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(folder / "data" / "current" / "marts.duckdb"), read_only=True) as con:
        return con.execute(query).fetchall()


def test_its_values_are_judged_by_its_own_limit(user: Path) -> None:
    found = rows(
        user,
        "select site_name_zh, value, censored, is_attained, multiple, limit_text from mart_network_values"
        " where network_id = 'rain_wells' and figure_id = '' order by period_start",
    )
    assert [(name, value, mark, held, more) for name, value, mark, held, more, _ in found] == [
        ("一号井", Decimal(12), None, True, None),
        ("二号井", Decimal(45), None, False, Decimal("0.12")),
        ("一号井", Decimal("0.5"), "<", True, None),
    ]
    assert {text for *_, text in found} == {"≤ 40 mg/L"}


def test_it_is_in_exceedances_lists_indicators_methods_health_and_the_gate(user: Path) -> None:
    (event,) = rows(user, "select site_id, parameter, peak_value, unit_to_notify from mart_exceedances")
    assert event == ("W2", "cod", Decimal(45), "朝外街道")
    ranked = "select place_id, rank from mart_network_rankings where period_start = '2026-01-01' order by rank"
    assert rows(user, ranked) == [("W1", 1), ("W2", 2)]
    indicator = "select value from mart_indicator_values where indicator_id = 'rain_wells_attaining'"
    assert (Decimal(50),) in rows(user, indicator)
    assert rows(
        user, "select indicator_name_zh from mart_indicator_methods where indicator_id = 'rain_wells_attaining'"
    ) == [("雨水井达标率",)]
    assert ("rain_wells",) in rows(user, "select distinct feed from mart_data_health")
    judged = "select count(*) from mart_gate_results where table_name = 'network_rain_wells'"
    assert rows(user, judged) > [(0,)]


def test_the_doctor_reads_its_files(user: Path, tmp_path: Path) -> None:
    shutil.copytree(user, tmp_path / "user", symlinks=True)
    (file,) = (tmp_path / "user" / "data" / "clean" / "network_pumps").rglob("part-0.parquet")
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    where = ("--config", str(tmp_path / "user" / "ecoledger.toml"), "--data", str(tmp_path / "user" / "data"))
    looked = run_cli("doctor", *where)
    assert looked.code == 2 and "network_pumps" in "".join(looked.out.split())


def test_a_network_that_fails_is_held_and_the_other_publishes(user: Path, tmp_path: Path) -> None:
    """More than a fifth of the wells' records cannot be used: their gate fails; the pumps go on."""
    folder = tmp_path / "user"
    shutil.copytree(user, folder, symlinks=True)
    spoilt = "".join(f"W9,2026-03-{d:02},1\n" for d in range(1, 9))
    (folder / "wells_20260310.csv").write_text(f"well,day,COD\nW1,2026-03-05,14\n{spoilt}", encoding="utf-8")
    (folder / "pumps_20260310.csv").write_text("pump,day,kWh\nP1,2026-03-01,7\n", encoding="utf-8")
    done = refresh(folder, "2026-03-20")
    assert done.code == 3, done.err
    newest = "select network_id, max(period_start)::date::varchar from mart_network_values group by 1 order by 1"
    before = dict(rows(user, newest))
    assert dict(rows(folder, newest)) == {"pumps": "2026-03-01", "rain_wells": before["rain_wells"]}
    reason = "select reason from mart_release_tables where table_name = 'mart_network_values'"
    assert "rain_wells is held" in rows(folder, reason)[0][0]


def test_a_network_that_is_taken_away_takes_its_readings_with_it(user: Path, tmp_path: Path) -> None:
    folder = tmp_path / "user"
    shutil.copytree(user, folder, symlinks=True)
    config = (folder / "ecoledger.toml").read_text(encoding="utf-8").replace(', "pumps.toml"', "")
    (folder / "ecoledger.toml").write_text(config[: config.index('[[source]]\nid = "pumps"')], encoding="utf-8")
    sites = (folder / "sites.csv").read_text(encoding="utf-8")
    (folder / "sites.csv").write_text(
        "".join(s for s in sites.splitlines(True) if ",pumps," not in s), encoding="utf-8"
    )
    done = refresh(folder, "2026-02-21")
    assert done.code in (0, 3), done.err
    assert rows(folder, "select distinct network_id from mart_network_values") == [("rain_wells",)]
    assert not list((folder / "data" / "clean").glob("network_pumps"))
