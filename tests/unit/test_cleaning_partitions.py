"""Partitions: neighbours are flagged again, parts and spilling change nothing, re-cleaning moves readings, refusals."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from sources.cleaning.spill import Budget
from sources.config.model import ColumnMapping, Format, TimeMapping
from sources.deliveries import Delivery
from sources.readers import UnreadableFile, read_rows
from tests.unit.cleaning_kit import NOON, MemoryStore, air_source, config, delivery, hours, register, run

SOURCE = air_source()
AIR = "station,time,pm25,co\n"
TINY = Budget(cells=50, staged=60, chunk=40, rejected=5)


def days(first: str, *values_of_day: list, station: str = "S1") -> list[Delivery]:
    """One delivery a day with 24 hourly values each, delivered at noon of the following days."""
    start = datetime.fromisoformat(first)
    made = []
    for i, values in enumerate(values_of_day):
        day = start + timedelta(days=i)
        text = hours([str(v) for v in values], f"{day:%Y-%m-%d %H:%M}", station)
        made.append(delivery(SOURCE, text, NOON + timedelta(hours=i), f"{day:%m%d}.csv"))
    return made


def cleaned_in_turn(*groups: list[Delivery], budget: Budget | None = None) -> MemoryStore:
    store = MemoryStore()
    for group in groups:
        run(store, config(SOURCE), group, **({"budget": budget} if budget else {}))
    return store


def same(one: MemoryStore, other: MemoryStore) -> None:
    for name in ("clean", "superseded"):
        left, right = getattr(one, name), getattr(other, name)
        assert left.keys() == right.keys()
        for key, frame in left.items():
            assert frame.equals(right[key], null_equal=True), key
    assert one.counts == other.counts and one.files == other.files


LIVELY = [10 + 3 * (h % 5) for h in range(24)]


def test_a_flat_line_is_seen_across_midnight_and_only_with_its_context():
    flat = days("2026-03-01 00:00", [*LIVELY[:12], *[33] * 12], [*[33] * 12, *LIVELY[12:]])
    store = cleaned_in_turn(flat)
    second = store.clean["clean_air", "2026-03-02"].filter(pl.col("parameter") == "pm2_5")
    assert second["flag"].to_list()[:12] == [3] * 12
    alone = cleaned_in_turn(flat[1:])
    assert 3 not in alone.clean["clean_air", "2026-03-02"]["flag"]


def test_a_late_day_renews_the_flags_of_the_days_around_it():
    # The last hour of the first day is a spike that only the second day's first hour shows; the flat third day
    # begins in the second.
    parts = days(
        "2026-03-01 00:00", [*LIVELY[:23], 500], [*LIVELY[:20], *[44] * 4], [*[44] * 14, *LIVELY[14:]], [*LIVELY]
    )
    together = cleaned_in_turn(parts)
    store = cleaned_in_turn([parts[0], parts[2], parts[3]])
    before = store.clean["clean_air", "2026-03-01"]
    assert not before["flag_tests"].str.contains("spike").any()
    run(store, config(SOURCE), [parts[1]])
    assert ("clean_air", "2026-03-01") in store.flag_writes and ("clean_air", "2026-03-03") in store.flag_writes
    assert ("clean_air", "2026-03-04") not in store.flag_writes  # nothing changed there
    assert store.clean["clean_air", "2026-03-01"]["flag_tests"].str.contains("spike").any()
    same(store, together)
    flagged = sum(c.readings_flagged for by in store.counts.values() for c in by.values())
    assert flagged == store.all_clean("clean_air")["flag"].is_in([3, 4]).sum() > 0


def test_a_gap_that_is_filled_later_is_none_and_no_longer_counted():
    parts = days("2026-03-01 00:00", LIVELY, LIVELY, LIVELY)
    store = cleaned_in_turn([parts[0], parts[2]])
    third = store.clean["clean_air", "2026-03-03"]
    assert third["flag_tests"].to_list().count("gap") == 1
    assert store.counts["clean_air", "2026-03-03"][parts[2].receipt.delivery_id].readings_flagged == 1
    run(store, config(SOURCE), [parts[1]])
    assert store.counts["clean_air", "2026-03-03"][parts[2].receipt.delivery_id].readings_flagged == 0
    same(store, cleaned_in_turn(parts))


@pytest.mark.parametrize("most", [64, 3], ids=["a division for each range", "ranges share divisions"])
def test_an_oversized_partition_is_written_in_parts_with_the_same_readings(monkeypatch, most):
    monkeypatch.setattr("sources.cleaning.spill._MOST_DIVISIONS", most)
    texts = [hours([str(10 + (h * s) % 7) for h in range(24)] * 2, "2026-03-01 00:00", f"S{s:02d}") for s in range(12)]
    deliveries = [delivery(SOURCE, t, NOON + timedelta(minutes=i), f"{i}.csv") for i, t in enumerate(texts)]
    whole, parts = cleaned_in_turn(deliveries), cleaned_in_turn(deliveries, budget=replace(TINY, chunk=100))
    assert not whole.parts_written and max(parts.parts_written) > 2
    same(whole, parts)


def test_each_older_delivery_is_read_once_and_only_if_it_touches():
    parts = days("2026-03-01 00:00", *[LIVELY] * 5)
    reads: dict[str, int] = {}

    def counting(d: Delivery) -> Delivery:
        def open_() -> io.BytesIO:
            reads[d.receipt.file_name] = reads.get(d.receipt.file_name, 0) + 1
            return d.open()

        return Delivery(d.receipt, open_)

    store = cleaned_in_turn([counting(p) for p in parts])
    reads.clear()
    two_days = delivery(SOURCE, hours(["5"] * 48, "2026-03-02 00:00"), NOON + timedelta(days=1), "late.csv")
    report = run(store, config(SOURCE), [two_days])
    assert reads == {"0302.csv": 1, "0303.csv": 1} and report.older_read == 2
    assert report.partitions == (("clean_air", "2026-03-02"), ("clean_air", "2026-03-03"))


def test_under_another_mapping_readings_leave_their_old_partitions():
    store = MemoryStore()
    late = delivery(SOURCE, AIR + "S1,2026-03-01 00:00,5,1\n")
    other = delivery(SOURCE, AIR + "S2,2026-03-01 00:00,6,1\n", NOON + timedelta(hours=1), "b.csv")
    run(store, config(SOURCE), [late, other])
    ends = replace(SOURCE, time=replace(SOURCE.time, marks="end"), fingerprint="changed")
    run(store, config(ends), [late])
    # 00:00 as an end is the hour before: the reading moved to the day before.
    assert "S1" in store.clean["clean_air", "2026-02-28"]["site_id"]
    assert "S1" not in store.clean.get(("clean_air", "2026-03-01"), pl.DataFrame({"site_id": []}))["site_id"]
    run(store, config(ends), [other])
    again = MemoryStore()
    run(again, config(ends), [late, other])
    same(store, again)


def test_a_file_that_breaks_off_is_refused_as_a_whole():
    good = delivery(SOURCE, hours(["5"] * 3), NOON, "good.csv")
    packed = gzip.compress((AIR + "".join(f"S1,2026-03-01 {h:02d}:00,{h},{h}\n" for h in range(24)) * 200).encode())
    torn = delivery(SOURCE, packed[: len(packed) // 2], NOON + timedelta(hours=1), "torn.csv.gz")
    store = MemoryStore()
    report = run(store, config(SOURCE), [good, torn], budget=TINY)
    assert [name for name, _ in report.refused] == ["torn.csv.gz"]
    assert store.all_clean("clean_air").filter(pl.col("parameter") == "pm2_5").height == 3
    counts = store.files["air", torn.receipt.delivery_id]
    assert (counts.verdict, counts.touches, counts.first_period) == ("refused", (), None)
    assert counts.records_in == counts.records_quarantined and counts.readings_in == 2 * counts.records_in
    reject = store.quarantine["air", torn.receipt.delivery_id].row(0, named=True)
    assert (reject["level"], reject["reason"], reject["message"]) == ("file", "file_unreadable", counts.reason)
    assert "torn.csv.gz" in counts.reason


@pytest.mark.parametrize("cells", [2, 10_000], ids=["already parsed", "still waiting"])
def test_nothing_of_a_file_is_used_when_its_end_turns_out_to_be_damaged(monkeypatch, cells):
    """A cut-off gzip shows at its end: batches were handed over before."""

    def breaks_off(stream, name, fmt, limits, **rest):
        batches = list(read_rows(stream, name, fmt, limits, **rest))
        yield from batches
        if name == "torn.csv":
            raise UnreadableFile("the file breaks off", 26, None, "Ask for it again", name)

    monkeypatch.setattr("sources.cleaning.intake.read_rows", breaks_off)
    torn = delivery(SOURCE, hours(["5"] * 24, "2026-03-02 00:00") + "S1,never,x,y\n", NOON, "torn.csv")
    good = delivery(SOURCE, hours(["5"] * 24), NOON + timedelta(hours=1), "good.csv")
    store = MemoryStore()
    run(store, config(SOURCE), [torn, good], budget=Budget(cells=cells))
    assert list(store.clean) == [("clean_air", "2026-03-01")]
    totals = store.totals("air", torn.receipt.delivery_id)
    assert (totals["records_in"], totals["records_quarantined"], totals["rows_other"]) == (25, 25, 0)
    assert store.quarantine["air", torn.receipt.delivery_id]["level"].to_list() == ["file"]
    assert store.files["air", torn.receipt.delivery_id].touches == ()


def test_a_missing_column_refuses_the_file_and_names_the_column():
    store = MemoryStore()
    report = run(store, config(SOURCE), [delivery(SOURCE, "station,time,co\nS1,2026-03-01 00:00,1\n")])
    assert "pm25" in report.refused[0][1]


def test_rows_a_reader_rejects_are_quarantined_with_both_counts():
    store = MemoryStore()
    run(store, config(SOURCE), [delivery(SOURCE, AIR + "S1,2026-03-01 00:00,1,1\nS1,2026-03-01 01:00\n")])
    sha = next(iter(store.files))[1]
    totals = store.totals("air", sha)
    assert (totals["records_in"], totals["records_quarantined"], totals["readings_quarantined"]) == (2, 1, 2)
    reject = store.quarantine["air", sha].row(0, named=True)
    assert reject["reason"] == "row_unreadable" and reject["message"].startswith("file.csv, row 3")


def test_a_delivery_whose_source_is_gone_is_removed_when_its_partitions_are_rebuilt():
    gone = replace(SOURCE, id="gone")
    store = MemoryStore()
    old = delivery(gone, AIR + "S1,2026-03-01 00:00,1,1\nS1,2026-03-04 00:00,1,1\n")
    run(store, config(SOURCE, gone), [old])
    new = delivery(SOURCE, AIR + "S2,2026-03-01 00:00,1,1\n", NOON + timedelta(hours=1))
    run(store, config(SOURCE), [new])
    assert store.all_clean("clean_air")["site_id"].unique().to_list() == ["S2"]
    assert ("clean_air", "2026-03-04") not in store.clean
    assert store.files["air", old.receipt.delivery_id].verdict == "removed"
    assert store.files["air", new.receipt.delivery_id].verdict == "read"


def test_an_empty_delivery_is_read_and_touches_nothing():
    store = MemoryStore()
    run(store, config(SOURCE), [delivery(SOURCE, AIR)])
    counts = next(iter(store.files.values()))
    assert (counts.verdict, counts.records_in, counts.rows_other, counts.touches) == ("read", 0, 1, ())
    assert not store.clean


def test_a_reading_lies_where_its_own_period_begins_in_the_reporting_zone():
    source = air_source(time=TimeMapping(("time",), ("%Y-%m-%d %H:%M",), zone="UTC"))
    store = MemoryStore()
    run(store, config(source), [delivery(source, AIR + "S1,2026-02-28 15:00,1,1\nS1,2026-02-28 16:00,1,1\n")])
    assert sorted(v for _, v in store.clean) == ["2026-02-28", "2026-03-01"]
    here = MemoryStore()
    run(here, config(source, zone="UTC"), [delivery(source, AIR + "S1,2026-02-28 16:00,1,1\n")])
    assert sorted(v for _, v in here.clean) == ["2026-02-28"]


def test_rows_of_many_files_are_told_apart():
    store = MemoryStore()
    made = [delivery(SOURCE, hours([str(i)], f"2026-03-{1 + i:02d} 00:00"), NOON, f"{i}.csv") for i in range(9)]
    run(store, config(SOURCE), made)
    clean = store.all_clean("clean_air").filter(pl.col("parameter") == "pm2_5").sort("period_start")
    assert clean["raw_sha256"].to_list() == [d.receipt.sha256 for d in made]
    assert clean["delivery_id"].to_list() == [d.receipt.delivery_id for d in made]
    assert clean["raw_row"].to_list() == [2] * 9
    assert clean["value"].cast(pl.Int64).to_list() == list(range(9))


def test_readings_are_sorted_by_key_with_sites_by_id():
    store = MemoryStore()
    rows = [f"{s},2026-03-01 0{h}:00,1,1\n" for s in ("b", "a", "Z", "断面") for h in (2, 1)]
    run(store, config(SOURCE), [delivery(SOURCE, AIR + "".join(rows))])
    clean = store.all_clean("clean_air")
    key = clean.select("site_id", "parameter", "period_end", "period_start_utc").rows()
    assert key == sorted(key)


_DIGEST = """
import hashlib, sys
sys.path.insert(0, {root!r})
from tests.unit.test_cleaning_partitions import digest_of_a_busy_store
print(digest_of_a_busy_store())
"""


@cache
def digest_of_a_busy_store() -> str:
    """SHA-256 over everything that cleaning a few deliveries with every kind of trouble leaves behind."""
    source = air_source(status=ColumnMapping(column="state"), format=Format(missing=("", "NA")))
    head = "station,time,pm25,co,state\n"
    made = []
    for n in range(6):
        rows = [
            f"S{(7 * i + n) % 23:02d},2026-03-0{1 + i % 4} {i % 24:02d}:00,{(i * 37 + n) % 400},"
            f"{'NA' if i % 11 else 'x'},{'维护' if i % 13 == 0 else ''}\n"
            for i in range(300)
        ]
        made.append(delivery(source, head + "".join(rows), NOON + timedelta(hours=n % 3), f"{n}.csv"))
    store = MemoryStore()
    run(store, config(source), made, budget=Budget(cells=500, staged=900, chunk=700))
    digest = hashlib.sha256()
    for frames in (store.clean, store.superseded, store.quarantine):
        for key in sorted(frames):
            digest.update(repr(key).encode() + frames[key].write_csv().encode())
    return digest.hexdigest()


@pytest.mark.parametrize(("threads", "zone"), [("1", "UTC"), ("4", "America/Chicago")])
def test_the_same_bytes_whatever_threads_and_machine_zone(threads, zone):
    root = Path(__file__).resolve().parents[2]
    env = {**os.environ, "POLARS_MAX_THREADS": threads, "TZ": zone, "PYTHONHASHSEED": threads}
    code = _DIGEST.format(root=str(root))
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, cwd=root, check=True)
    assert found.stdout.strip() == digest_of_a_busy_store()


def test_the_register_decides_per_feed():
    source = air_source(unknown_sites="quarantine")
    store = MemoryStore()
    sites = register(("air", "S1", date(2020, 1, 1), None), ("water", "S2"))
    text = AIR + "S1,2026-03-01 00:00,1,1\nS2,2026-03-01 00:00,1,1\n"
    run(store, config(source), [delivery(source, text)], sites)
    assert store.all_clean("clean_air")["site_id"].unique().to_list() == ["S1"]
