"""A month of days in one file: what is read, what is carried over, and that no order of writing shows in the bytes."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from sources.config.load import load_config
from sources.registry.feed_model import CleanTable, register_table
from sources.registry.read_registry import registry
from tests.unit.warehouse_kit import air_rows, counts, land, nothing
from warehouse.lake import part_file
from warehouse.lake.lake import Lake, open_lake
from warehouse.lake.part_file import PartFile
from warehouse.lake.partitions import LakeInconsistent
from warehouse.paths import DataDir

DAYS = [date(2026, 10, 29) + timedelta(days=n) for n in range(36)]


@pytest.fixture(params=[3, 262_144])
def held(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Rows held at once: nearly none, so that everything waits in files and is read in slices, and all."""
    monkeypatch.setattr(part_file, "_HELD", request.param)
    return request.param


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path / "data").prepare()


@pytest.fixture
def lake(data: DataDir) -> Iterator[Lake]:
    with open_lake(data, registry()) as opened:
        yield opened


def tree(data: DataDir, *tops: str) -> dict[str, bytes]:
    found = (p for top in tops or ("clean", "superseded") for p in (data.root / top).rglob("*") if p.is_file())
    return {p.relative_to(data.root).as_posix(): p.read_bytes() for p in found}


def frame(*numbers: int) -> pl.DataFrame:
    return pl.DataFrame({"n": numbers, "text": [str(n) for n in numbers]}, schema={"n": pl.Int64, "text": pl.String})


def written(file: PartFile, path: Path) -> list[int]:
    rows = file.write(path)
    file.close()
    found = pl.read_parquet(path)["n"].to_list() if path.exists() else []
    assert rows == len(found) and [p.name for p in path.parent.iterdir()] == ([path.name] if found else [])
    return found


def test_days_lie_in_a_file_of_their_month_and_everything_else_in_its_own() -> None:
    tables = registry().tables
    assert {t.grain: t.file_grain for t in tables.values()} == {"day": "month", "month": "month", "year": "year"}
    registers = load_config(None).registry(registry())
    (of_register,) = {registers.tables[register_table(name)].file_grain for name in registers.registers}
    case = registers.tables[register_table("hotline")]
    assert (of_register, case.file_of("2026-11")) == ("year", "2026")
    files = [CleanTable("t", "f", grain, "").file_of(value) for grain, value in
             (("day", "2026-11-22"), ("month", "2026-11"), ("year", "2026"))]  # fmt: skip
    assert files == ["2026-11", "2026-11", "2026"]


def test_few_rows_are_written_as_many_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = tmp_path / "stored" / "a.parquet"
    stored.parent.mkdir()
    frame(1, 2, 3).write_parquet(stored)
    found = []
    for row_group in (part_file.ROW_GROUP, 1):
        monkeypatch.setattr(part_file, "ROW_GROUP", row_group)
        file = PartFile(stored, {"a": 1, "c": 2})
        for value, numbers in (("b", (7, 8)), ("d", (9,))):
            file.clear(value)
            file.add(value, frame(*numbers))
        assert file.write(tmp_path / f"{row_group}.parquet") == 6
        found.append((tmp_path / f"{row_group}.parquet").read_bytes())
    assert found[0] == found[1]


def test_what_is_replaced_is_read_back_before_it_is_written(tmp_path: Path, held: int) -> None:
    stored = tmp_path / "stored" / "a.parquet"
    stored.parent.mkdir()
    frame(1, 2, 3, 4, 5, 6).write_parquet(stored)
    file = PartFile(stored, {"a": 1, "c": 3, "d": 2})
    assert [file.count(v) for v in "abcd"] == [1, 0, 3, 2]
    assert file.read("c").equals(frame(2, 3, 4)) and file.read("d", ["text"])["text"].to_list() == ["5", "6"]
    assert file.read("b") is None
    for value in "bc":
        file.clear(value)
    assert file.read("c") is None
    file.add("b", frame(10, 11))
    file.add("b", frame(12, 13))
    file.add("c", frame(20))
    assert file.read("b").equals(frame(10, 11, 12, 13)) and file.read("b", ["text"]).columns == ["text"]
    assert (file.count("b"), file.read("c")["n"].to_list(), file.read("d")["n"].to_list()) == (4, [20], [5, 6])
    assert written(file, tmp_path / "new" / "b.parquet" if (tmp_path / "new").mkdir() is None else stored) == [
        *(1, 10, 11, 12, 13, 20, 5, 6)
    ]
    assert [p.name for p in stored.parent.iterdir()] == ["a.parquet"]


def test_a_partition_written_twice_holds_what_came_last(tmp_path: Path, held: int) -> None:
    file = PartFile(tmp_path / "none.parquet", {})
    for numbers in ((1, 2, 3, 4), (5,), (6, 7)):
        file.clear("a")
        file.add("a", frame(*numbers))
    file.clear("b")
    file.add("b", frame(8))
    file.clear("b")
    assert written(file, tmp_path / "a.parquet") == [6, 7]


def write_day(lake: Lake, day: date, delivery: str, value: int, gone: str = "") -> None:
    """Three hours of `day` from `delivery`, which superseded those of `gone`."""
    rows = air_rows(delivery, 1, value=value).with_columns(_moved(day))
    fallen = air_rows(gone, 1).with_columns(_moved(day)) if gone else nothing()
    tally = {delivery: counts(3)} | ({gone: counts(0, 3)} if gone else {})
    lake.write_partition("clean_air", day.isoformat(), rows, fallen, tally)


def _moved(day: date) -> pl.Expr:
    by = day - date(2026, 11, 1)
    return pl.col("period_start", "period_end", "period_start_utc") + pl.lit(by)


def fill(lake: Lake, batches: list[list[date]]) -> tuple[str, str]:
    """Every third day was corrected by a second delivery; each batch of days is a cleaning of its own."""
    first, second = land(lake, "one.csv", b"first", day=1), land(lake, "two.csv", b"second", day=2)
    for days in batches:
        with lake.cleaning():
            for day in days:
                corrected = day.toordinal() % 3 == 0
                write_day(lake, day, second if corrected else first, 10 + day.day, first if corrected else "")
    return first, second


def test_day_by_day_in_any_order_gives_the_bytes_of_one_run(lake: Lake, data: DataDir, held: int) -> None:
    fill(lake, [DAYS])
    once, index = tree(data), lake.index.dump()
    assert {p.split("/")[2] for p in once if "clean_air" in p} == {"month=2026-10", "month=2026-11", "month=2026-12"}
    shuffled = random.Random(9).sample(DAYS, len(DAYS))
    for number, batches in enumerate(([[day] for day in DAYS], [[day] for day in shuffled], [DAYS[20:], DAYS[:25]])):
        other = DataDir(data.root.parent / f"other{number}").prepare()
        with open_lake(other, registry()) as again:
            fill(again, batches)
            assert tree(other) == once
            dump = again.index.dump()
            assert {t: dump[t] for t in ("files", "partitions", "touches")} == {
                t: index[t] for t in ("files", "partitions", "touches")
            }
            again.reconcile()
            assert again.index.dump() == dump


def test_a_late_delivery_changes_its_day_alone(lake: Lake, data: DataDir, held: int) -> None:
    fill(lake, [DAYS])
    before = {day: lake.read_clean("clean_air", day) for day in lake.partitions("clean_air")}
    assert list(before) == [day.isoformat() for day in DAYS]
    stored, tokens = tree(data), lake.day_tokens()["clean_air"]
    third = land(lake, "late.csv", b"late", day=40)
    with lake.cleaning():
        write_day(lake, date(2026, 11, 14), third, 500)
    changed = {day for day, rows in before.items() if not rows.equals(lake.read_clean("clean_air", day))}
    assert changed == {"2026-11-14"}
    assert lake.read_clean("clean_air", "2026-11-14")["value"].to_list() == [500, 501, 502]
    # What is built by day follows the day alone.
    moved = {day for day, token in lake.day_tokens()["clean_air"].items() if tokens[day] != token}
    assert moved == {date(2026, 11, 14)}
    touched = {name.split("/")[2] for name, content in tree(data).items() if stored.get(name) != content}
    assert touched == {"month=2026-11"}


def test_a_month_is_read_while_it_is_written(lake: Lake, held: int) -> None:
    first, second = fill(lake, [DAYS])
    corrected, kept = "2026-11-14", "2026-11-15"
    tokens = lake.day_tokens()["clean_air"]
    with lake.cleaning():
        write_day(lake, date.fromisoformat(corrected), second, 700)
        assert lake.read_clean("clean_air", corrected, ["value"])["value"].to_list() == [700, 701, 702]
        suspect = lake.read_clean("clean_air", kept).with_columns(flag=pl.lit(3, pl.Int8))
        (delivery,) = suspect["delivery_id"].unique()
        lake.write_flags("clean_air", kept, suspect, {delivery: 3})
        assert lake.read_clean("clean_air", kept).equals(suspect)
        assert lake.read_clean("clean_air", "2026-11-16")["flag"].to_list() == [1, 1, 1]
        assert lake.read_clean("clean_air", "2026-10-31")["value"].to_list() == [41, 42, 43]
    assert lake.read_clean("clean_air", kept).equals(suspect)
    assert lake.read_clean("clean_air", corrected)["value"].to_list() == [700, 701, 702]
    moved = {day for day, token in lake.day_tokens()["clean_air"].items() if tokens[day] != token}
    assert moved == {date.fromisoformat(corrected), date.fromisoformat(kept)}
    # What flags superseded stays with its day.
    fallen = [v for v, p in lake.index.partitions_in("clean_air", "2026-11").items() if p.superseded_rows]
    assert fallen == [d.isoformat() for d in DAYS if d.month == 11 and d.toordinal() % 3 == 0 and
                            d.isoformat() != corrected]  # fmt: skip
    assert first in lake.keys_of("clean_air", [first]) or lake.previous_touches("air", first)


def test_a_file_that_changed_meanwhile_is_not_carried_over(lake: Lake, data: DataDir) -> None:
    _, second = fill(lake, [DAYS])
    folder = data.clean_partition("clean_air", "month", "2026-11")
    with pytest.raises(LakeInconsistent, match="the index knows 90"), lake.cleaning():
        (folder / "part-0.sidecar.json").unlink()
        write_day(lake, date(2026, 11, 14), second, 700)
    # The month is made again from its deliveries.
    assert not folder.exists() and len(lake.uncleaned("air", {"test_air": ""})) == 2
    assert [v for v in lake.partitions("clean_air") if v.startswith("2026-11")] == []


def test_no_temporary_file_is_left(lake: Lake, data: DataDir, held: int) -> None:
    _, second = fill(lake, [DAYS])
    with pytest.raises(KeyError), lake.cleaning():
        write_day(lake, date(2026, 11, 14), second, 700)
        write_day(lake, date(2026, 11, 15), second, 800)
        raise KeyError("stopped")
    assert not [p for p in data.root.rglob(".tmp-*")]
    values = [lake.read_clean("clean_air", day)["value"].to_list() for day in ("2026-11-14", "2026-11-15")]
    assert list(itertools.chain(*values)) == [24, 25, 26, 25, 26, 27]
