"""One file never stops the others: aborts of a native reader, any exception, and files that want all memory.

Here belongs cleaning with a bad file next to a good one, and the process that reads workbooks. Not here: the limits one
by one (tests/unit/test_readers_limits.py), or a whole refresh.
"""

from __future__ import annotations

import io
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from orchestration.summary import feed_counts
from sources.cleaning import fingerprint, intake
from sources.cleaning.spill import DEFAULT_BUDGET, Budget
from sources.config.model import Format
from sources.deliveries import Delivery
from sources.readers import ReadLimits, UnreadableFile, isolated, read_rows
from sources.readers.read_limits import too_slow
from sources.readers.watch import Watch
from sources.registry import registry
from tests.faults import workbooks
from tests.faults.noise_kit import noise_source
from tests.unit import warehouse_kit
from tests.unit.cleaning_kit import NOON, MemoryStore, air_source, config, delivery, hours, run
from warehouse.lake.lake import Lake
from warehouse.paths import DataDir

XLSX = Format(kind="xlsx")


class PanicException(BaseException):
    """As pyo3 raises it: no Exception."""


def identity(delivery: Delivery) -> str:
    """What the store keeps a delivery under."""
    return delivery.receipt.delivery_id


def rows_of(data: bytes, limits: ReadLimits | None = None, fmt: Format = XLSX) -> list[tuple]:
    batches = read_rows(io.BytesIO(data), "book.xlsx", fmt, limits or ReadLimits(), expected=["site", "leq"])
    return [row for batch in batches for row in batch.frame.rows()]


def assert_refused_whole(store: MemoryStore, feed: str, sha256: str) -> str:
    """Nothing of the file is used, both counts hold; the reason."""
    counts, totals = store.files[feed, sha256], store.totals(feed, sha256)
    assert (counts.verdict, counts.touches) == ("refused", ())
    assert totals["records_in"] == totals["records_quarantined"]
    assert totals["readings_in"] == totals["readings_quarantined"]
    (entry,) = store.quarantine[feed, sha256].to_dicts()
    assert (entry["level"], entry["message"]) == ("file", counts.reason)
    return counts.reason


# --- workbooks


@pytest.mark.parametrize("kind", workbooks.BROKEN)
def test_a_workbook_that_breaks_the_reader_costs_itself_only(kind: str) -> None:
    cell, says = workbooks.BROKEN[kind]
    source = noise_source("xlsx")
    good = delivery(source, workbooks.workbook({"S": workbooks.table()}), NOON, "good.xlsx")
    bad = delivery(source, workbooks.workbook({"S": workbooks.table(more=cell)}), NOON, "bad.xlsx")
    store = MemoryStore()
    run(store, config(source), [good, bad])
    reason = assert_refused_whole(store, "noise", identity(bad))
    assert reason.startswith("bad.xlsx: ") and says in reason
    assert "save it again" in reason
    assert store.totals("noise", identity(good))["readings_clean"] == 5


def test_a_far_cell_in_another_sheet_is_none_of_ours() -> None:
    data = workbooks.workbook(
        {"notes": workbooks.table(more=workbooks.BROKEN["far corner"][0]), "S": workbooks.table()}
    )
    assert len(rows_of(data, fmt=Format(kind="xlsx", sheet="S"))) == 5
    with pytest.raises(UnreadableFile, match="XFD1048576"):
        rows_of(data)


def test_what_is_said_does_not_depend_on_what_was_read_before() -> None:
    good = workbooks.workbook({"S": workbooks.table()})
    cell, _ = workbooks.BROKEN["a column beyond any number"]
    bad = workbooks.workbook({"S": workbooks.table(more=cell)})
    said = []
    for read_before in (False, True):
        isolated.close_readers()
        if read_before:
            rows_of(good)
        with pytest.raises(UnreadableFile) as caught:
            rows_of(bad)
        said.append(str(caught.value))
    assert said[0] == said[1]
    assert "SIGABRT" in said[0] and f"{ReadLimits().child_bytes // 2**20} MiB" in said[0]


def test_one_process_reads_all_workbooks_and_is_replaced_when_it_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    popen = subprocess.Popen
    monkeypatch.setattr(isolated.subprocess, "Popen", lambda *a, **k: started.append(popen(*a, **k)) or started[-1])
    isolated.close_readers()
    good = workbooks.workbook({"S": workbooks.table()})
    for _ in range(3):
        assert len(rows_of(good)) == 5
    with pytest.raises(UnreadableFile, match="no sheet"):
        rows_of(good, fmt=Format(kind="xlsx", sheet="T"))
    assert len(started) == 1
    started[0].kill()
    started[0].wait()
    assert len(rows_of(good)) == 5
    assert len(started) == 2


def test_a_reader_that_nobody_listens_to_any_more_is_ended() -> None:
    good = workbooks.workbook({"S": workbooks.table()})
    batches = read_rows(io.BytesIO(good), "book.xlsx", XLSX, ReadLimits(batch_rows=1))
    next(batches)
    batches.close()
    assert len(rows_of(good)) == 5


def test_a_reader_that_takes_too_long_is_ended_and_the_next_file_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    take = isolated._take
    monkeypatch.setattr(isolated, "_take", lambda limits: started.append(take(limits)) or started[-1])

    class Late(Watch):
        """The process stops before it is asked, and time runs out once it has the file."""

        asked = 0

        def left(self) -> float:
            self.asked += 1
            if self.asked > 1:
                return 0.0
            started[-1]._process.send_signal(signal.SIGSTOP)
            return 5.0

    limits = ReadLimits()
    good = workbooks.workbook({"S": workbooks.table()})
    with pytest.raises(UnreadableFile) as caught:
        list(isolated.isolated_rows(io.BytesIO(good), "book.xlsx", XLSX, limits, (), Late(limits)))
    assert str(caught.value) == str(too_slow(limits))
    assert len(rows_of(good)) == 5


def test_a_workbook_that_wants_too_much_memory_costs_itself_only() -> None:
    """The rectangle fits the limit on cells, but not the process."""
    limits = ReadLimits(child_bytes=128 << 20)
    wide = workbooks.workbook({"S": workbooks.table(more='<c r="P1000000"><v>1</v></c>')})
    with pytest.raises(UnreadableFile, match=r"broke down on it .* 128 MiB"):
        rows_of(wide, limits)


# --- any exception


def failing(monkeypatch: pytest.MonkeyPatch, name: str, error: BaseException, after: int = 0) -> None:
    """Reading the file `name` raises `error` after so many batches."""

    def fails(stream, file_name, fmt, limits, **rest) -> Iterator:
        for number, batch in enumerate(read_rows(stream, file_name, fmt, limits, **rest)):
            if file_name == name and number == after:
                raise error
            yield batch

    monkeypatch.setattr(intake, "read_rows", fails)


ERRORS = [PanicException("attempt to add with overflow"), MemoryError(), RecursionError("too deep"), ValueError("odd")]


@pytest.mark.parametrize("error", ERRORS, ids=lambda e: type(e).__name__)
def test_any_error_while_reading_costs_that_file_only(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    failing(monkeypatch, "bad.csv", error)
    monkeypatch.setattr(intake, "count_records", lambda *_: pytest.fail("the file was opened again"))
    source = air_source()
    good = delivery(source, hours(["5"] * 4), NOON, "good.csv")
    bad = delivery(source, hours(["6"] * 4, station="S2"), NOON, "bad.csv")
    store = MemoryStore()
    report = run(store, config(source), [good, bad])
    assert [name for name, _ in report.refused] == ["bad.csv"]
    reason = assert_refused_whole(store, "air", identity(bad))
    assert "bad.csv" in reason and type(error).__name__ in reason
    assert store.all_clean("clean_air")["site_id"].unique().to_list() == ["S1"]


def test_ctrl_c_while_reading_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, "bad.csv", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        run(MemoryStore(), config(air_source()), [delivery(air_source(), hours(["5"]), NOON, "bad.csv")])


@pytest.mark.parametrize("cells", [2, 10_000], ids=["one by one", "together"])
def test_rows_that_cannot_be_parsed_cost_their_file_only(monkeypatch: pytest.MonkeyPatch, cells: int) -> None:
    """Rows of several files are parsed together: the one that fails is found."""
    parse = intake.parse

    def fails(plan, raw, *rest):
        if (raw["station"] == "S2").any():
            raise PanicException("index out of bounds")
        return parse(plan, raw, *rest)

    monkeypatch.setattr(intake, "parse", fails)
    source = air_source()
    files = [delivery(source, hours(["5"] * 4, station=f"S{i}"), NOON, f"{i}.csv") for i in (1, 2, 3)]
    store = MemoryStore()
    run(store, config(source), files, budget=Budget(cells=cells))
    assert "2.csv" in assert_refused_whole(store, "air", identity(files[1]))
    assert sorted(store.all_clean("clean_air")["site_id"].unique()) == ["S1", "S3"]
    assert store.totals("air", identity(files[2]))["records_used"] == 4


def test_a_file_that_was_read_before_and_cannot_be_read_now_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It shares one day with a new file; its other day must not keep readings that no count knows."""
    source = air_source()
    old = delivery(source, hours(["5"] * 30), NOON, "old.csv")
    store = MemoryStore()
    run(store, config(source), [old])
    assert len(store.clean) == 2
    failing(monkeypatch, "old.csv", MemoryError())
    new = delivery(source, hours(["7"] * 3, station="S2"), NOON + timedelta(hours=1), "new.csv")
    store.offer([old])
    report = run(store, config(source), [new])
    assert [name for name, _ in report.refused] == ["old.csv"]
    assert [receipt.file_name for receipt in report.cleaned] == ["old.csv", "new.csv"]
    assert_refused_whole(store, "air", identity(old))
    assert store.all_clean("clean_air")["site_id"].unique().to_list() == ["S2"]


def test_raw_text_that_waits_to_be_parsed_is_bounded_whatever_its_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that each have a column of their own wait apart; a few wide cells weigh as much as many rows."""
    peaks: list[int] = []

    class Watched(intake.Waiting):
        def add(self, key, frame, readings):
            found = super().add(key, frame, readings)
            peaks[-1] = max(peaks[-1], self.bytes)
            return found

    monkeypatch.setattr(intake, "Waiting", Watched)
    source = air_source()
    files = []
    for i in range(6):
        header, row = hours(["5"], station=f"S{i}").splitlines()
        files.append(delivery(source, f"{header},remark{i}\n{row},{'x' * 10_000}\n", NOON, f"{i}.csv"))
    stores = []
    for budget in (DEFAULT_BUDGET, Budget(bytes=25_000)):
        peaks.append(0)
        stores.append(MemoryStore())
        run(stores[-1], config(source), files, budget=budget)
    assert peaks[0] > 60_000
    assert peaks[1] < 40_000
    assert stores[0].all_clean("clean_air").equals(stores[1].all_clean("clean_air"))


# --- the lake


@pytest.mark.parametrize("error", [PanicException("boom"), KeyboardInterrupt()], ids=["panic", "Ctrl-C"])
def test_the_lake_is_put_right_whatever_ends_a_cleaning(lake: Lake, error: BaseException) -> None:
    first, second = warehouse_kit.fill_lake(lake)
    before, files = lake.index.state(), {p: p.read_bytes() for p in lake.data.clean.rglob("*.parquet")}

    def half(*months: int) -> None:
        with pytest.raises(type(error)), lake.cleaning():
            for month in months:
                moved = pl.col("period_start", "period_end", "period_start_utc").dt.offset_by(f"{month - 11}mo")
                rows = warehouse_kit.air_rows(first, 1).with_columns(moved)
                tally = {first: warehouse_kit.counts(3)}
                lake.write_partition("clean_air", f"2026-{month}-01", rows, warehouse_kit.nothing(), tally)
            raise error
        assert not lake.needs_repair

    # A month is put in its place when another one begins: until then nothing has happened.
    half(11)
    assert lake.index.state() == before and lake.uncleaned("air", {"test_air": "f1"}) == []
    assert {p: p.read_bytes() for p in lake.data.clean.rglob("*.parquet")} == files
    # What was half written is not there; its deliveries are cleaned again.
    half(11, 12)
    assert lake.index.state() != before
    assert [identity(d) for d in lake.uncleaned("air", {"test_air": "f1"})] == [first, second]


def test_what_landed_before_a_panic_stays_landed(lake: Lake) -> None:
    with pytest.raises(PanicException), lake.batch():
        sha256 = warehouse_kit.land(lake, "one.csv", b"first")
        raise PanicException("boom")
    assert [identity(d) for d in lake.deliveries("air")] == [sha256]
    assert not lake.needs_repair


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with Lake(DataDir(tmp_path / "data").prepare(), registry()) as opened:
        yield opened


def test_a_refused_file_is_news_in_one_run_and_named_in_every_status(lake: Lake) -> None:
    first, second = warehouse_kit.fill_lake(lake)
    refused = replace(warehouse_kit.file_counts(0, []), verdict="refused", reason="one.csv: cut off")
    with lake.cleaning():
        lake.write_partition("clean_air", "2026-11-01", warehouse_kit.nothing(), warehouse_kit.nothing(), {})
        lake.record_file("air", first, refused, "f1")
    told = [{"feed": "air", "file_name": "one.csv", "reason": "one.csv: cut off"}]
    assert feed_counts(lake.index, ["air"], {"air": {first}})[1] == told
    assert feed_counts(lake.index, ["air"], {"air": {second}})[1] == []
    assert feed_counts(lake.index, ["air"])[1] == told
    assert first not in {identity(d) for d in lake.uncleaned("air", {"test_air": "f1"})}
    assert first in {identity(d) for d in lake.uncleaned("air", {"test_air": "another mapping or reader"})}


def test_another_workbook_reader_tries_a_refused_workbook_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sources = [noise_source("xlsx"), air_source()]
    before = fingerprint.source_fingerprints(config(*sources), registry())
    monkeypatch.setattr(fingerprint, "version", lambda name: f"{name} of tomorrow")
    after = fingerprint.source_fingerprints(config(*sources), registry())
    assert [before[s.id] == after[s.id] for s in sources] == [False, True]
