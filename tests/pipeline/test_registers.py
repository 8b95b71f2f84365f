"""A register that exists nowhere, from its declaration to the release; and what its private columns leave behind.

Here belongs the walk through a whole refresh. Not here: mistakes in a declaration (tests/unit/test_registers.py).
"""

import gzip
import re
from pathlib import Path

import duckdb
import pytest

from tests.kit import current, parsed, run_cli
from warehouse.paths import DataDir

PLATE, PHONE = "京A·77777", "13900007777"
REGISTER = """
name = "pets"
name_zh = "宠物投诉台账"
name_en = "Pets"
entity = { word = "pet", name_zh = "宠物" }
owner = "区生态环境局"
cadence = "month"
snapshot = true
absence = "closed"
on_time_days = 10
private = ["entity", "phone"]
answers = "site_parameter_date"
[categories]
dog = { name_zh = "犬", name_en = "Dog", received = ["狗"] }
cat = { name_zh = "猫", name_en = "Cat" }
[states]
open = { name_zh = "办理中", name_en = "Open", meaning = "open" }
done = { name_zh = "办结", name_en = "Done", meaning = "closed" }
[attributes]
phone = { name_zh = "电话", name_en = "Telephone" }
coat = { name_zh = "毛色", name_en = "Coat" }
"""
LIST = """
name = "kennels"
name_zh = "犬舍名录"
name_en = "Kennels"
kind = "list"
entity = { word = "kennel", name_zh = "犬舍" }
owner = "区生态环境局"
cadence = "year"
snapshot = true
absence = "closed"
"""
CONFIG = """
[sites]
files = ["sites.csv"]
[registers]
files = ["pets.toml", "kennels.toml"]

[[source]]
id = "points"
feed = "noise"
table = "clean_noise"
path = "noise_*.csv"
delivered_at = "name"
delivered_at_pattern = '_(\\d{8})'
delivered_at_format = "%Y%m%d"
time = { columns = ["hour"], formats = ["%Y-%m-%d %H:%M"] }
site = { column = "point" }
columns = { period_kind = { constant = "hour" } }
values = { "leq" = { parameter = "leq", unit = "dB(A)" }, "minutes" = { parameter = "valid_minutes", unit = "min" } }

[[source]]
id = "kennels"
feed = "kennels"
path = "kennels_*.csv"
delivered_at = "name"
delivered_at_pattern = '_(\\d{8})'
delivered_at_format = "%Y%m%d"
time = { columns = ["from"], formats = ["%Y-%m-%d"] }
site = { constant = "110105" }
columns = { entity = { column = "name" }, closed = { column = "to" } }

[[source]]
id = "pets"
feed = "pets"
path = "pets_*.csv"
delivered_at = "name"
delivered_at_pattern = '_(\\d{8})'
delivered_at_format = "%Y%m%d"
time = { columns = ["opened"], formats = ["%Y-%m-%d"] }
site = { column = "place" }
[source.columns]
case_id = { column = "no" }
entity = { column = "name" }
category = { column = "kind" }
state = { column = "state" }
due = { column = "due" }
closed = { column = "closed" }
phone = { column = "phone" }
coat = { column = "coat" }
event_site = { column = "site" }
event_parameter = { constant = "leq" }
event_date = { column = "day" }
"""
SITES = """site_id,feed,name_zh,kind,network,area_code,noise_class,assessed,valid_from,provenance
P1,noise,测点一,point,municipal,110105014,1,true,2017-01-01,observed
"""
HEADER = "no,name,opened,kind,state,due,closed,phone,coat,place,site,day,remark\n"
# What was long done: so few of the rows are refused that the register is not held.
DONE = "".join(f"F{i},f,2025-12-01,狗,办结,,2025-12-05,,,110105015,,,\n" for i in range(40))
FILES = {
    "pets_20260201.csv": f"{HEADER}1,{PLATE},2026-01-05,狗,办理中,,,{PHONE},黑,110105014,P1,2026-01-02,{PHONE}\n"
    f"2,b,2026-01-06,猫,办理中,,,,白,110105014001,,,\n3,c,2026-01-20,猫,办理中,,,,白,,,,\n{DONE}",
    "pets_20260301.csv": f"{HEADER}1,{PLATE},2026-01-05,狗,办结,,2026-01-12,{PHONE},黑,110105014,P1,2026-01-02,\n"
    "3,c,2026-01-20,猫,办理中,,,,白,,,,\n4,d,2026-02-20,狗,办理中,,,,白,,,,\n",
    # A row that nobody can use: what this file lacks is not known.
    "pets_20260315.csv": f"{HEADER}5,{PLATE},2026-03-05,鸟,办理中,,,{PHONE},黑,110105014,,,{PHONE}\n"
    f'6,"{PLATE}",2026-03-05,猫,办理中,{PHONE},,{PHONE},黑,某地,,,\n',
    # Not even a header.
    "pets_20260316.csv": f"{PLATE},{PHONE}\n1,2\n",
    "kennels_20260110.csv": "name,from,to\n甲,2025-01-01,\n乙,2025-01-01,2025-12-31\n丙,2026-01-01,\n",
    "kennels_20260310.csv": "name,from,to\n甲,2025-01-01,\n丁,2026-06-01,\n",
}


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("registers")
    data = DataDir(folder / "data")
    parsed(data)
    hours = [f"P1,2026-01-02 {hour:02d}:00,75,60" for hour in range(24)]
    texts = {**FILES, "noise_20260103.csv": "point,hour,leq,minutes\n" + "\n".join(hours) + "\n"}
    texts |= {"pets.toml": REGISTER, "kennels.toml": LIST, "ecoledger.toml": CONFIG, "sites.csv": SITES}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    said = ""
    for command in (["refresh", "--to", "2026-03-20"], ["status"], ["doctor"]):
        ran = run_cli(*command, "--data", str(data.root), env={"ECOLEDGER_CONFIG": str(folder / "ecoledger.toml")})
        said += ran.out + ran.err
    return data.root, said


def test_a_case_is_its_last_state_and_absence_from_a_whole_delivery_closes_it(refreshed) -> None:
    rows = current(refreshed[0], "select * from mart_case_list where case_id not like 'F%' order by case_id")
    found = {r["case_id"]: (r["state_zh"], r["meaning_zh"], str(r["closed_on"]), r["closed_basis"]) for r in rows}
    assert found == {
        "1": ("办结", "已办结", "2026-01-12", "reported"),
        "2": ("办理中", "已办结", "2026-03-01", "absent"),
        "3": ("办理中", "未办结", "None", "none"),
        "4": ("办理中", "未办结", "None", "none"),
    }
    assert [r["is_on_time"] for r in rows] == [True, False, None, None]
    assert rows[0]["attributes"] == "毛色：黑"
    assert re.fullmatch("[0-9a-f]{32}", rows[0]["entity"])


def test_months_have_what_was_opened_closed_and_left_at_their_end(refreshed) -> None:
    query = (
        "select area_name_zh, period_start, n_opened, n_closed, on_time_pct, median_days, n_open_at_end, validity"
        " from mart_case_monthly where register_id = 'pets' and category = '' and period_start >= '2026-01-01'"
        " and area_code <> '110105015' order by 1 desc, 2"
    )
    rows = [tuple(str(v) for v in row.values()) for row in current(refreshed[0], query)]
    assert rows == [
        ("朝阳区", "2026-01-01", "3", "1", "100.0", "7.0", "2", "valid"),
        ("朝阳区", "2026-02-01", "1", "0", "None", "None", "3", "valid"),
        ("朝阳区", "2026-03-01", "0", "1", "0.0", "54.0", "2", "pending"),
        ("六里屯街道", "2026-01-01", "2", "1", "100.0", "7.0", "1", "valid"),
        ("六里屯街道", "2026-02-01", "0", "0", "None", "None", "1", "valid"),
        ("六里屯街道", "2026-03-01", "0", "1", "0.0", "54.0", "0", "pending"),
    ]


def test_a_list_has_members_from_a_day_to_a_day(refreshed) -> None:
    query = "select entity, valid_from, valid_to, valid_to_basis from mart_register_members order by 1"
    rows = [tuple(str(v) for v in row.values()) for row in current(refreshed[0], query)]
    assert rows == [
        ("丁", "2026-06-01", "None", "none"),
        ("丙", "2026-01-01", "2026-03-09", "absent"),
        ("乙", "2025-01-01", "2025-12-31", "reported"),
        ("甲", "2025-01-01", "None", "none"),
    ]


def test_a_case_is_next_to_the_event_that_it_answers(refreshed) -> None:
    rows = current(refreshed[0], "select * from mart_case_answers")
    assert {(r["case_id"], r["event_match"], r["event_site_id"], r["state_zh"]) for r in rows} == {
        ("1", "found", "P1", "办结")
    }
    assert len({r["event_id"] for r in rows}) == len(rows)
    assert all(r["event_start"] for r in rows)


def test_gate_and_health_know_the_register(refreshed) -> None:
    judged = current(refreshed[0], "select distinct table_name from mart_gate_results where domain = 'cases'")
    assert {"mart_case_list", "mart_case_monthly", "mart_register_members", "register_pets"} <= {
        r["table_name"] for r in judged
    }
    health = current(refreshed[0], "select sum(deliveries_received) as n from mart_data_health where feed = 'pets'")
    assert health == [{"n": 4}]


def test_nothing_private_is_anywhere_but_in_raw(refreshed) -> None:
    """Every file below the data directory, unpacked and as tables, and all that was printed."""
    root, said = refreshed
    raw = b"".join(f.read_bytes() for f in (root / "raw").rglob("*.csv"))
    assert PLATE.encode() in raw, "raw bytes stay as received"
    found = [str(f.relative_to(root)) for f in root.rglob("*") if f.is_file() and _holds_private(f, root)]
    assert found == []
    assert not _private(said.encode())
    assert (root / "identity.key").stat().st_mode & 0o777 == 0o600


def _holds_private(file: Path, root: Path) -> bool:
    if (root / "raw") in file.parents or file.is_symlink():
        return False
    content = file.read_bytes()
    if file.suffix == ".parquet":
        content += str(duckdb.sql(f"select * from read_parquet('{file}')").fetchall()).encode()
    elif file.suffix == ".duckdb":
        with duckdb.connect(str(file), read_only=True) as con:
            names = con.execute("select schema_name, table_name from duckdb_tables()").fetchall()
            content += "".join(str(con.execute(f'from "{s}"."{t}"').fetchall()) for s, t in names).encode()
    elif file.suffix == ".gz":
        content += gzip.decompress(content)
    return _private(content)


def _private(content: bytes) -> bool:
    return any(text.encode() in content for text in (PLATE, PHONE, "京A77777"))
