"""`ecoledger config suggest`: what is sensed of a file, what is asked, and that any draft can be read as it is.

Here belong small files of one trait each. Not here: real files (tests/real/test_real_suggest.py).
"""

from __future__ import annotations

import gzip
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from orchestration.cli import main as cli
from sources.config import check_config
from sources.suggest.draft import toml
from sources.suggest.encoding import encoding_of
from sources.suggest.stamps_seen import closes_its_date, parsed, stamps_of
from sources.suggest.table_shape import delimiter_of, footers_of, grid_of, shape_of, without_comments

GOLDEN = Path(__file__).parent / "golden"
# It says periods and no parameter.
NOTHING_IN = ("air_dust_period.1.csv",)


def drafted(folder: Path, content: str | bytes, *more: str, name: str = "f.csv") -> tuple[dict[str, Any], str]:
    """The one source that is suggested for a file, and its text; the draft is a sound configuration."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    out = folder / "draft.toml"
    assert cli.run(["config", "suggest", str(folder / name), "--out", str(out), *more]) == 0
    assert check_config(out) == []
    text = out.read_text(encoding="utf-8")
    (source,) = tomllib.loads(text)["source"]
    return source, text


def line_of(text: str, key: str) -> str:
    (line,) = (line for line in text.splitlines() if line.startswith(f"{key} = "))
    return line


# ---- bytes and tables


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("时间,溶解氧\n".encode(), "utf-8"),
        ("时间,溶解氧\n".encode("utf-8-sig"), "utf-8"),
        ("时间,溶解氧\n".encode()[:-2], "utf-8"),
        ("时间,溶解氧（mg/L）,水温℃\n".encode("gb18030"), "gb18030"),
        ("时间,溶解氧\n".encode("gb18030")[:-2], "gb18030"),
        ("時間,溶解氧\n".encode("utf-16"), "utf-16-le"),
        ("time;Lärm;µg/m³\n".encode("cp1252"), "cp1252"),
    ],
)
def test_encodings_are_told_by_decoding_strictly(data: bytes, expected: str) -> None:
    encoding, _, doubt = encoding_of(data)
    assert encoding == expected
    assert bool(doubt) == (expected == "cp1252")


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_the_delimiter_is_what_gives_rows_of_one_width(mark: str) -> None:
    text = "\n".join(mark.join(row) for row in (["time", "a", "b"], ["2026-01-01", "1", "2"], ["2026-01-02", "3", "4"]))
    assert delimiter_of(text) == (mark, "")


def test_a_decimal_comma_does_not_part_columns() -> None:
    assert delimiter_of("t;a;b\n1;2,5;3,5\n2;2,6;3,7\n")[0] == ";"


def test_titles_merged_headers_and_footers_are_seen() -> None:
    rows = "某某站监测日报,,\n时间,结果,\n,pH,氨氮\n2026-01-01 08:00,7.1,0.2\n2026-01-01 12:00,7.2,0.3\n合计,14.3,0.5\n"
    grid = grid_of(rows, ",")
    shape = shape_of(grid)
    assert (shape.header_row, shape.header_rows, bool(shape.doubt)) == (2, 2, True)
    assert footers_of(grid) == ["合计"]
    assert without_comments("# made by\n# a logger\nt,a\n1,2\n") == ("t,a\n1,2", "#")


def test_a_header_is_not_a_row_of_missing_marks() -> None:
    assert shape_of(grid_of("time,pm25\n2026-01-01,NA\n2026-01-02,5\n2026-01-03,6\n", ",")).header_rows == 1


# ---- stamps


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["2026-03-01 08:00", "2026-03-01 09:00"], "%Y-%m-%d %H:%M"),
        (["2026/3/1 8:00", "2026/3/1 9:00"], "%Y/%m/%d %H:%M"),
        (["2026年3月1日 8时", "2026年3月1日 9时"], "%Y年%m月%d日 %H时"),
        (["20260301080000", "20260301090000"], "%Y%m%d%H%M%S"),
        (["202603010800", "202603010900"], "%Y%m%d%H%M"),
        (["2026-03-01T08:00:00+08:00", "2026-03-01T09:00:00+08:00"], "%Y-%m-%dT%H:%M:%S%z"),
        (["1772352000", "1772355600"], "{epoch_s}"),
        (["/Date(1772352000000)/"], "/Date({epoch_ms})/"),
        (["2026-03", "2026-04"], "%Y-%m"),
        (["03-01 08:00", "03-01 12:00"], "%m-%d %H:%M"),
        (["31/01/2026 10:00", "01/02/2026 10:00"], "%d/%m/%Y %H:%M"),
    ],
)
def test_formats_are_told_by_reading_every_stamp(texts: list[str], expected: str) -> None:
    found = stamps_of(texts)
    assert found is not None
    assert (found.format, found.rival) == (expected, "")


def test_day_and_month_are_told_by_order_and_asked() -> None:
    found = stamps_of([f"{day:02d}/03/2026 {hour:02d}:00" for day in (1, 2, 3) for hour in range(24)])
    assert found is not None
    assert (found.format, found.rival) == ("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M")


def test_words_and_numbers_are_no_stamps() -> None:
    assert stamps_of(["a", "b"]) is None
    assert stamps_of(["12.5", "13.5"]) is None


def test_24_is_midnight_and_the_24th_stays_a_day() -> None:
    midnight = parsed("2026-03-01 24:00", "%Y-%m-%d %H:%M")
    assert midnight is not None and (midnight.day, midnight.hour) == (2, 0)
    assert parsed("2026 3 24", "%Y %m %d") is not None


def test_midnight_that_closes_its_date_is_told_from_the_next_station() -> None:
    def at(text: str) -> Any:
        return parsed(text, "%Y-%m-%d %H:%M")

    closing = [at(t) for t in ("2026-03-01 23:45", "2026-03-01 00:00", "2026-03-02 00:15")]
    next_station = [at(t) for t in ("2026-03-01 23:00", "2026-03-01 00:00", "2026-03-01 01:00")]
    assert closes_its_date(closing)
    assert not closes_its_date(next_station)


# ---- whole drafts

HOURS = "\n".join(f"2026-03-01 {h:02d}:00,一号,{30 + h},{900 + h},{10 + h / 10}" for h in range(24))
AIR = f"时间,站点,PM2.5,CO,气温(℃)\n{HOURS}\n"


def test_what_is_sure_is_said_and_the_rest_is_asked(tmp_path: Path) -> None:
    source, text = drafted(tmp_path, AIR)
    assert (source["feed"], source["table"], source["cadence_min"]) == ("air", "clean_air", 60)
    assert source["time"] == {"columns": ["时间"], "formats": ["%Y-%m-%d %H:%M"], "marks": "end", "duration_min": 60}
    assert source["site"] == {"column": "站点"}
    assert source["values"]["气温(℃)"] == {"parameter": "temperature", "unit": "℃"}
    assert "# ?" not in line_of(text, '"气温(℃)"')
    # Values of 900 cannot be mg/m³, the parameter's own unit.
    assert source["values"]["CO"] == {"parameter": "co", "unit": "ug/m3"}
    assert "in which unit?" in line_of(text, "CO")
    for key in ("id", "path", "owner", "licence", "unknown_sites", "marks"):
        assert "# ?" in line_of(text, key)


def test_the_draft_can_be_previewed_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drafted(tmp_path, AIR)
    assert cli.run(["config", "preview", str(tmp_path / "draft.toml")]) == 0
    said = capsys.readouterr().out
    assert "records: 24 in = 24 used + 0 quarantined + 0 duplicate" in said
    assert "co: ug/m3 → mg/m3 (× 0.001)" in said


def test_rows_that_name_their_parameter_are_a_long_layout(tmp_path: Path) -> None:
    rows = "".join(
        f"W1,2026-03-{d:02d} 10:00,{i},{v},mg/L\n" for d in range(1, 9) for i, v in (("氨氮", 0.2), ("透明", 1))
    )
    source, text = drafted(tmp_path, f"断面,采样时间,项目,结果,单位\n{rows}")
    assert source["long"] == {
        "parameter_column": "项目",
        "value_column": "结果",
        "unit_column": "单位",
        "parameters": {"氨氮": "nh3n"},
        "unmapped": "null",
    }
    assert "透明" in line_of(text, "unmapped")
    assert (source["time"]["marks"], source["site"]) == ("instant", {"column": "断面"})


def test_columns_of_stations_are_spread(tmp_path: Path) -> None:
    rows = "".join(f"20260301,{h},{t},{h},{h + 1},{h + 2}\n" for h in range(24) for t in ("PM2.5", "CO", "AQI"))
    source, _ = drafted(tmp_path, f"date,hour,type,1001A,1002A,1003A\n{rows}")
    assert source["across"] == {"pattern": r"\d{4}A", "name": "station"}
    assert source["site"] == {"column": "station"}
    assert source["time"]["columns"] == ["date", "hour"]
    assert source["long"]["parameters"] == {"PM2.5": "pm2_5", "CO": "co"}


def test_columns_of_one_parameter_at_several_sites_are_spread(tmp_path: Path) -> None:
    rows = "".join(f"2026-03-01 {h:02d}:00,{50 + h},{60 + h}\n" for h in range(24))
    source, text = drafted(tmp_path, f"datetime,laeq_North,laeq_South 2\n{rows}")
    assert source["across"] == {"pattern": "laeq_(?P<station>.+)"}
    assert source["site"] == {"column": "station"}
    assert source["values"]["value"]["parameter"] == "leq"
    assert "# ?" in line_of(text, "pattern")


def test_a_stamp_is_found_among_many_columns_like_it(tmp_path: Path) -> None:
    names = ",".join(f"d{i}" for i in range(60))
    junk = ",".join(f"{i % 28 + 1:02d}/13/2025 x" for i in range(60))
    rows = "".join(f"{junk},2026-03-01 {h:02d}:00,{h}\n" for h in range(24))
    source, _ = drafted(tmp_path, f"{names},time,PM10\n{rows}")
    assert source["time"]["columns"] == ["time"]


def test_values_that_only_rise_are_those_of_a_register(tmp_path: Path) -> None:
    rows = "".join(f"E{m},2026-03-01 {h:02d}:00,{1000 * m + h * h}\n" for m in (1, 2) for h in range(24))
    source, text = drafted(tmp_path, f"电表,抄表时间,有功(kWh)\n{rows}")
    assert source["columns"]["metering"] == {"constant": "register"}
    assert "only rise" in line_of(text, "metering")
    falling, _ = drafted(tmp_path / "x", f"电表,抄表时间,有功(kWh)\n{rows}E1,2026-03-02 00:00,1\n")
    assert falling["columns"]["metering"] == {"constant": "meter"}


def test_a_period_may_have_two_stamps_and_a_counter_is_not_a_site(tmp_path: Path) -> None:
    stamps = [(f"{h:02d}-03-2026 00:00", f"{h:02d}-03-2026 01:00") for h in range(1, 29)]
    rows = "".join(f"{i},{a},{b},甲,5\n{i + 40},{a},{b},乙,6\n" for i, (a, b) in enumerate(stamps))
    source, _ = drafted(tmp_path, f"序号,From Date,To Date,名,PM10\n{rows}")
    assert source["time"]["columns"] == ["From Date"]
    assert source["time"]["end_columns"] == ["To Date"]
    assert source["site"] == {"column": "名"}


def test_a_column_may_be_called_as_a_pattern_is_written(tmp_path: Path) -> None:
    source, _ = drafted(tmp_path, "time,PM10,*,^x$\n2026-03-01 00:00,<b>5</b>,a,b\n2026-03-01 01:00,<b>6</b>,c,d\n")
    assert source["format"]["markup"] == "text"
    assert list(source["values"]) == ["PM10"]


def test_columns_of_hours_are_part_of_the_time(tmp_path: Path) -> None:
    header = ",".join(f"hour{h:02d}" for h in range(1, 25))
    rows = "".join(f"A,2026-03-{d:02d},{','.join(str(d + h) for h in range(24))}\n" for d in range(1, 6))
    source, _ = drafted(tmp_path, f"meter,day,{header}\n{rows}", "--feed", "energy")
    assert source["time"]["columns"] == ["day", "hour"]
    assert source["time"]["formats"] == ["%Y-%m-%d %H"]
    assert list(source["values"]) == ["value"]


def test_marks_of_missing_values_are_told_from_non_detects_and_words(tmp_path: Path) -> None:
    rows = "".join(
        f"S,2026-03-{d:02d} 08:00,{v}\n" for d, v in enumerate(("0.1", "0.2", "0.01L", "--", "坏", "-999"), 1)
    )
    source, text = drafted(tmp_path, f"断面,时间,氨氮(mg/L)\n{rows}")
    assert source["format"]["missing"] == ["--", "坏", "-999"]
    assert "坏, -999" in line_of(text, "missing")


def test_one_site_has_a_name_that_is_asked(tmp_path: Path) -> None:
    rows = "".join(f"2026-03-01 {h:02d}:00,{50 + h}\n" for h in range(24))
    source, text = drafted(tmp_path, f"datetime,laeq_North\n{rows}")
    assert source["site"] == {"constant": "North"}
    assert "# ?" in line_of(text, "constant")
    assert source["columns"] == {"period_kind": {"constant": "hour"}}


def test_a_second_column_of_a_parameter_is_named_and_not_read(tmp_path: Path) -> None:
    rows = "".join(f"2026-03-01 {h:02d}:00,{h},{h}\n" for h in range(24))
    source, text = drafted(tmp_path, f"time,kvarh in (kvarh),kvarh out (kvarh)\n{rows}")
    assert list(source["values"]) == ["kvarh in (kvarh)"]
    assert '# ? "kvarh out (kvarh)" looks like reactive_power, too' in text


def test_files_of_one_layout_are_one_source_with_a_pattern(tmp_path: Path) -> None:
    for day in ("01", "02"):
        (tmp_path / f"air_202603{day}.csv").write_text(AIR.replace("03-01", f"03-{day}"), encoding="utf-8")
    (tmp_path / "noise.csv").write_text("time,leq\n2026-03-01 00:00,50\n2026-03-01 01:00,51\n", encoding="utf-8")
    out = tmp_path / "draft.toml"
    assert cli.run(["config", "suggest", *map(str, sorted(tmp_path.glob("*.csv"))), "--out", str(out)]) == 0
    air, noise = tomllib.loads(out.read_text(encoding="utf-8"))["source"]
    assert (air["path"], noise["path"]) == ("air_*.csv", "noise.csv")
    assert check_config(out) == []


@pytest.mark.parametrize("file", sorted((GOLDEN / "sim").iterdir()), ids=lambda f: f.name)
def test_every_delivered_kind_of_file_gives_a_sound_draft(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "draft.toml"
    code = cli.run(["config", "suggest", str(file), "--out", str(out)])
    assert code == (2 if file.name in NOTHING_IN else 0)
    assert code == 2 or check_config(out) == []


# ---- strangers' texts, and what cannot be done


def test_nothing_in_a_header_or_cell_becomes_a_line_of_its_own(tmp_path: Path) -> None:
    evil = '"x\nid = ""stolen"" # ?\x1b[2J"'
    rows = "".join(f'2026-03-01 {h:02d}:00,"S\n[[source]]",{h},z\n' for h in range(24))
    source, text = drafted(tmp_path, f"时间,站点,PM2.5,{evil}\n{rows}")
    assert source["id"] == "f"
    assert text.count("\n[[source]]\n") == 1
    assert "\x1b" not in text


@pytest.mark.parametrize(
    "value", ['a"b', "a\\b", "a\nb", "a\x7fb", "\x00", "#", "é😀", True, 7, ["x"], {"a b": {"c": 1}}]
)
def test_any_value_is_read_back_as_it_was(value: Any) -> None:
    assert tomllib.loads(f"v = {toml(value)}") == {"v": value}


def test_what_cannot_be_read_or_told_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def refused(content: bytes, *more: str) -> str:
        (tmp_path / "f").write_bytes(content)
        assert cli.run(["config", "suggest", str(tmp_path / "f"), *more]) == 2
        return capsys.readouterr().err

    assert "truncated" in refused(gzip.compress(AIR.encode())[:-12])
    assert "empty" in refused(b"")
    assert "a PDF document" in refused(b"%PDF-1.7 x")
    assert "--feed" in refused(b"a,b\nx,y\n")
    assert "no column holds a time" in refused("站点,PM2.5\n一号,5\n一号,6\n".encode())
    assert "'water'" in refused(b"a", "--feed", "watr")
    assert cli.run(["config", "suggest", str(tmp_path)]) == 2
    assert "is a folder" in capsys.readouterr().err


def test_a_bomb_is_refused_within_the_readers_limits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress(AIR.encode() + b"x" * (64 << 20)))
    assert cli.run(["config", "suggest", str(tmp_path / "bomb.csv.gz")]) == 2
    assert "bomb.csv.gz" in capsys.readouterr().err
    deep = tmp_path / "deep.json"
    deep.write_text("[" * 200_000, encoding="utf-8")
    assert cli.run(["config", "suggest", str(deep)]) == 2
    assert "deep.json" in capsys.readouterr().err


def test_a_draft_overwrites_nothing(tmp_path: Path) -> None:
    drafted(tmp_path, AIR)
    before = (tmp_path / "draft.toml").read_bytes()
    assert cli.run(["config", "suggest", str(tmp_path / "f.csv"), "--out", str(tmp_path / "draft.toml")]) == 2
    assert (tmp_path / "draft.toml").read_bytes() == before


def test_a_year_is_taken_from_the_path_and_asked(tmp_path: Path) -> None:
    from sources.registry import registry
    from sources.suggest.draft_lines import draft_of
    from sources.suggest.sample import samples_of

    folder = tmp_path / "water_202104"
    folder.mkdir()
    file = folder / "a.csv"
    file.write_text("断面名称,监测时间,氨氮(mg/L)\nS,04-01 08:00,0.1\nS,04-01 12:00,0.2\n", encoding="utf-8")
    (sample,) = samples_of([file])
    text = draft_of(sample, registry(), None, date(2026, 12, 1), "a.csv")
    assert line_of(text, "year").startswith("year = 2021  # ?")
