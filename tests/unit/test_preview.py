"""`ecoledger config preview`: the beginning of a file as it would be stored, and nothing written anywhere.

Here belong what is shown and where reading ends. Not here: cleaning itself (test_cleaning_*), or real files
(tests/real).
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from orchestration.cli import main as cli
from sources.config.model import Format
from sources.readers import Beginning, ReadLimits, read_rows

CONFIG = """
[sites]
files = ["sites.csv"]

[[source]]
id = "stations"
feed = "air"
table = "clean_air"
path = "air/*.csv"
cadence_min = 60
format = { missing = ["NA"] }
time = { columns = ["day", "hour"], formats = ["%Y-%m-%d %H"], marks = "end" }
site = { column = "station" }
status = { column = "mark" }
[source.values]
"PM2.5" = { parameter = "pm2_5", unit = "µg/m³" }
"CO" = { parameter = "co", unit = "µg/m³" }
"T" = { parameter = "temperature", unit = "°F" }
"""
SITES = "site_id,feed,name_zh,kind,valid_from\nS1,air,一号,station,2020-01-01\n"
HEADER = "No,day,hour,station,PM2.5,CO,T,mark\n"
ROWS = """1,2026-03-01,1,S1,35,800,50,N
1,2026-03-01,1,S1,35,800,50,N
2,2026-03-01,2,S1,NA,900,50,维护
3,2026-03-01,3,S9,36,900,50,N
4,later,4,S1,36,900,50,N
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ECOLEDGER_DATA", raising=False)
    (tmp_path / "air").mkdir()
    (tmp_path / "ecoledger.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "sites.csv").write_text(SITES, encoding="utf-8")
    (tmp_path / "air" / "a.csv").write_text(HEADER + ROWS, encoding="utf-8")
    return tmp_path


def previewed(capsys: pytest.CaptureFixture[str], *more: str, code: int = 0) -> dict:
    assert cli.run(["config", "preview", "ecoledger.toml", "--json", *more]) == code
    return json.loads(capsys.readouterr().out)


def test_readings_are_as_they_would_be_stored_and_both_counts_come_out(folder, capsys) -> None:
    (found,) = previewed(capsys)["sources"]
    first = found["readings"][:3]
    assert [(r["parameter"], r["value"], r["unit"], r["value_raw"]) for r in first] == [
        ("pm2_5", "35", "ug/m3", "35"),
        ("co", "0.8", "mg/m3", "800"),
        ("temperature", "10", "degC", "50"),
    ]
    assert {(r["site_id"], r["period_start"], r["period_end"], r["flag"]) for r in first} == {
        ("S1", "2026-03-01 00:00:00", "2026-03-01 01:00:00", 1)
    }
    counts = found["counts"]
    assert [counts[f"records_{n}"] for n in ("in", "used", "quarantined", "duplicate")] == [5, 2, 2, 1]
    assert [counts[f"readings_{n}"] for n in ("in", "clean", "quarantined", "duplicate")] == [15, 6, 6, 3]
    assert found["flags"] == {"1": 3, "4": 2, "9": 1}
    assert {q["reason"]: q["entries"] for q in found["quarantine"]} == {"unknown_site": 1, "time_unreadable": 1}
    assert any("a.csv, row 5, column 'station': the site 'S9'" in q["first"] for q in found["quarantine"])
    assert (found["whole"], found["failure"]) == (True, "")


def test_what_each_column_became_is_said(folder, capsys) -> None:
    (found,) = previewed(capsys)["sources"]
    uses = {use["column"]: use["use"] for use in found["columns"]}
    assert uses["No"] == "ignored"
    assert uses["hour"] == "time (%Y-%m-%d %H, marks the end of 60 min, Asia/Shanghai)"
    assert (uses["station"], uses["mark"]) == ("site", "status")
    assert uses["CO"] == "co: µg/m³ → mg/m3 (× 0.001)"
    assert uses["T"].startswith("temperature: °F → degC (× 0.555555555556 - 17.77")


def test_people_see_the_same(folder, capsys) -> None:
    assert cli.run(["config", "preview", "ecoledger.toml"]) == 0
    said = capsys.readouterr().out
    assert "a.csv: all of it" in said
    assert "records: 5 in = 2 used + 2 quarantined + 1 duplicate" in said
    assert "flags: 3 passed, 2 failed, 1 missing" in said
    assert "0.8 mg/m3" in said


def test_nothing_is_written(folder, capsys) -> None:
    before = sorted(p for p in folder.rglob("*"))
    previewed(capsys)
    assert sorted(p for p in folder.rglob("*")) == before


def test_of_a_long_file_the_beginning_is_read_and_it_says_so(folder, capsys) -> None:
    rows = "".join(f"{i},2026-03-01,{i % 24},S1,35,800,50,N\n" for i in range(2500))
    (folder / "air" / "b.csv").write_text(HEADER + rows, encoding="utf-8")
    (found,) = previewed(capsys)["sources"]
    assert (found["file"], found["files"], found["whole"]) == ("b.csv", 2, False)
    assert found["counts"]["records_in"] == 1000
    assert cli.run(["config", "preview", "ecoledger.toml"]) == 0
    assert "b.csv, the newest of 2 files: its first 1,000 records or 1 MB" in capsys.readouterr().out


def test_a_file_that_cannot_be_read_costs_its_source_only(folder, capsys) -> None:
    more = CONFIG[CONFIG.index("[[source]]") :].replace('"stations"', '"packed"').replace("air/*.csv", "air/*.gz")
    (folder / "ecoledger.toml").write_text(CONFIG + more, encoding="utf-8")
    (folder / "air" / "c.gz").write_bytes(gzip.compress((HEADER + ROWS).encode())[:-9])
    sound, broken = previewed(capsys, code=3)["sources"]
    assert sound["counts"]["records_used"] == 2
    assert "c.gz" in broken["failure"] and "truncated" in broken["failure"]
    assert broken["readings"] == []
    (only,) = previewed(capsys, "--source", "stations")["sources"]
    assert only["id"] == "stations"
    assert cli.run(["config", "preview", "ecoledger.toml", "--source", "station"]) == 2
    assert "'stations'" in capsys.readouterr().err


def test_a_header_that_lacks_a_column_is_refused_with_the_nearest_name(folder, capsys) -> None:
    (folder / "air" / "a.csv").write_text(HEADER.replace("station", "Station") + ROWS, encoding="utf-8")
    (found,) = previewed(capsys, code=3)["sources"]
    assert "'Station'" in found["failure"]


def test_no_file_is_a_failure_that_says_where_it_looked(folder, capsys) -> None:
    (folder / "air" / "a.csv").unlink()
    (found,) = previewed(capsys, code=3)["sources"]
    assert "air/*.csv" in found["failure"]


def test_a_private_register_is_shown_without_a_key_and_none_is_made(folder, capsys) -> None:
    source = """
[[source]]
id = "smoke"
feed = "black_smoke"
path = "smoke.csv"
time = { columns = ["opened"], formats = ["%Y-%m-%d"], marks = "instant" }
site = { column = "area" }
[source.columns]
case_id = { column = "no" }
entity = { column = "who" }
state = { column = "state" }
"""
    (folder / "ecoledger.toml").write_text(source, encoding="utf-8")
    (folder / "smoke.csv").write_text(
        "no,opened,area,who,state\n1,2026-03-01,110105001,京A12345,已通知\n", encoding="utf-8"
    )
    out = previewed(capsys)
    (found,) = out["sources"]
    assert found["counts"]["records_used"] == 1
    assert "12345" not in json.dumps(out, ensure_ascii=False)
    assert not list(folder.rglob("identity.key"))


# ---- where the beginning ends


def beginning(rows: int, each: str, limits: Beginning) -> tuple[int, bool]:
    text = "a,b\n" + "".join(f"{i},{each}\n" for i in range(rows))
    import io

    batches = list(read_rows(io.BytesIO(text.encode()), "f", Format(), ReadLimits(beginning=limits)))
    return sum(b.frame.height for b in batches), batches[-1].cut


@pytest.mark.parametrize(
    ("rows", "each", "limits", "expected"),
    [
        (999, "x", Beginning(1000), (999, False)),
        (1000, "x", Beginning(1000), (1000, False)),
        (1001, "x", Beginning(1000), (1000, True)),
        (100, "x" * 99, Beginning(1000, 1000), (10, True)),
        (100, "x" * 5000, Beginning(1000, 1000), (1, True)),
        (400_000, "x", Beginning(7), (7, True)),
    ],
)
def test_it_ends_after_so_many_records_or_bytes(rows, each, limits, expected) -> None:
    assert beginning(rows, each, limits) == expected


def test_rows_that_cannot_be_read_are_records_of_the_beginning() -> None:
    import io

    text = "a,b\n1,2\n1,2,3\n1,2\n1,2\n"
    batches = list(read_rows(io.BytesIO(text.encode()), "f", Format(), ReadLimits(beginning=Beginning(3))))
    assert sum(b.frame.height for b in batches) == 2
    assert [row for b in batches for row in b.rejected["row"]] == [3]
    assert batches[-1].cut
