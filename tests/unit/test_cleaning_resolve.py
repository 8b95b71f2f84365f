"""Between deliveries: what holds, what falls, and that both counts come out for any deliveries in any order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import polars as pl
import pytest

from sources.config.model import ColumnMapping, ValueMapping
from tests.unit.cleaning_kit import NOON, MemoryStore, air_source, config, delivery, run

AIR = "station,time,pm25,co\n"
SOURCE = air_source()


def file_of(*values: str, at: int = 0, hour: int = 8):
    """A delivery `at` hours after noon: a row of S1 for each pm25 value, and a stranger that parts equal files."""
    rows = "".join(f"S1,2026-03-01 {hour:02d}:00,{v},\n" for v in values)
    return delivery(SOURCE, f"{AIR}{rows}X{at},2026-03-01 00:00,,\n", NOON + timedelta(hours=at), f"{at}.csv")


def outcome(*deliveries) -> tuple[list, list]:
    """(values that hold, (value, kind) that fell, in order) of pm25."""
    store = MemoryStore()
    run(store, config(SOURCE), deliveries)
    pm = (pl.col("parameter") == "pm2_5") & (pl.col("site_id") == "S1")
    fallen = store.all_superseded("clean_air").filter(pm)
    return (
        store.all_clean("clean_air").filter(pm)["value"].to_list(),
        [(float(v), k) for v, k in fallen.select("value", "kind").rows()],
    )


@pytest.mark.parametrize(
    ("files", "holds", "fell"),
    [
        ([("1",), ("2",)], 2, [(1, "superseded")]),
        ([("1",), ("1",)], 1, [(1, "duplicate")]),
        ([("1", "1.0", "01")], 1, [(1, "duplicate"), (1, "duplicate")]),
        ([("1", "2", "1")], 1, [(1, "superseded"), (2, "superseded")]),
        ([("1",), ("2", "2"), ("1",)], 1, [(1, "superseded"), (2, "superseded"), (2, "duplicate")]),
        ([("1",), ("",)], None, [(1, "superseded")]),
        ([("0.5",), ("<0.5",)], 0.5, [(0.5, "superseded")]),
    ],
)
def test_the_last_distinct_revision_holds(files, holds, fell):
    deliveries = [file_of(*values, at=i) for i, values in enumerate(files)]
    found, fallen = outcome(*reversed(deliveries))
    assert found == [None if holds is None else Decimal(str(holds))]
    assert fallen == [(float(v), k) for v, k in fell]


def test_identical_revisions_collapse_to_the_first_and_name_what_holds():
    first, again = file_of("1", at=0), file_of("1", "1", at=1)
    store = MemoryStore()
    run(store, config(SOURCE), [again, first])
    clean = store.all_clean("clean_air").filter(pl.col("site_id") == "S1")
    assert clean["raw_sha256"].unique().to_list() == [first.receipt.sha256]
    fallen = store.all_superseded("clean_air").filter(pl.col("parameter") == "pm2_5")
    assert fallen.select("kind", "by_sha256", "by_row", "by_column", "raw_row").rows() == [
        ("duplicate", first.receipt.sha256, 2, "pm25", 2),
        ("duplicate", first.receipt.sha256, 2, "pm25", 3),
    ]
    assert "flag" not in fallen.columns


def test_deliveries_of_one_instant_are_ordered_by_hash():
    a, b = file_of("1"), delivery(SOURCE, AIR + "S1,2026-03-01 08:00,2,\n", NOON)
    last = max((a, b), key=lambda d: d.receipt.sha256)
    assert outcome(a, b) == outcome(b, a)
    assert outcome(a, b)[0] == [Decimal(1 if last is a else 2)]


def test_the_same_bytes_at_the_same_time_are_ordered_by_row_then_source_then_offer():
    """One file, two sources that read one site from different columns of it: the later row holds, not the source."""
    text = "time,b,a\n2026-03-01 08:00,1,2\n2026-03-01 08:00,3,\n"
    one = air_source(id="one", site=ColumnMapping(constant="S1"), values=(ValueMapping("b", "pm2_5", "ug/m3"),))
    two = replace(one, id="two", values=(ValueMapping("a", "pm2_5", "ug/m3"),))
    store = MemoryStore()
    run(store, config(one, two), [delivery(two, text), delivery(one, text)])
    (row,) = store.all_clean("clean_air").iter_rows(named=True)
    # Row 3 of both: source 'two' delivers nothing there, and comes after 'one'.
    assert (row["source_id"], row["raw_row"], row["value"]) == ("two", 3, None)
    fallen = store.all_superseded("clean_air").sort("raw_row", "source_id")
    assert fallen.select("source_id", "raw_row").rows() == [("one", 2), ("two", 2), ("one", 3)]


def test_each_source_reads_the_same_bytes_by_its_own_mapping():
    text = "time,b,a\n2026-03-01 08:00,1,2\n"
    one = air_source(id="one", site=ColumnMapping(constant="B"), values=(ValueMapping("b", "pm2_5", "ug/m3"),))
    two = replace(one, id="two", site=ColumnMapping(constant="A"), values=(ValueMapping("a", "pm2_5", "ug/m3"),))
    store = MemoryStore()
    run(store, config(one, two), [delivery(one, text), delivery(two, text)])
    clean = store.all_clean("clean_air")
    assert clean.select("site_id", "source_id", "value").rows() == [("A", "two", Decimal(2)), ("B", "one", Decimal(1))]
    assert [c.readings_in for c in store.files.values()] == [1, 1]


def test_earlier_bytes_sent_again_are_a_delivery_and_win():
    first, corrected, back = (
        delivery(SOURCE, AIR + f"S1,2026-03-01 08:00,{value},\n", NOON + timedelta(hours=at), f"{at}.csv")
        for at, value in enumerate("121")
    )
    assert first.receipt.sha256 == back.receipt.sha256
    store = MemoryStore()
    run(store, config(SOURCE), [first, corrected, back])
    clean = store.all_clean("clean_air").filter(pl.col("parameter") == "pm2_5")
    assert clean.select("delivery_id", "value").rows() == [(back.receipt.delivery_id, Decimal(1))]
    fallen = store.all_superseded("clean_air").filter(pl.col("parameter") == "pm2_5")
    assert set(fallen["by_delivery_id"]) == {back.receipt.delivery_id}
    assert len(store.files) == 3


def test_a_row_of_maintenance_does_not_hide_a_valid_one_of_its_file_but_a_later_delivery_does():
    source = air_source(status=ColumnMapping(column="state"))
    head = "station,time,pm25,co,state\n"
    both = delivery(source, head + "S1,2026-03-01 08:00,10,1,正常\nS1,2026-03-01 08:00,,,维护\n")
    later = delivery(source, head + "S1,2026-03-01 08:00,,,维护\n", NOON + timedelta(days=1))
    store = MemoryStore()
    run(store, config(source), [both])
    assert store.all_clean("clean_air")["value"].to_list() == [Decimal(1), Decimal(10)]
    run(store, config(source), [later])
    assert store.all_clean("clean_air")["value"].to_list() == [None, None]


def test_a_record_is_a_duplicate_only_when_all_its_readings_are():
    store = MemoryStore()
    first = delivery(SOURCE, AIR + "S1,2026-03-01 08:00,1,2\n")
    second = delivery(SOURCE, AIR + "S1,2026-03-01 08:00,1,3\n", NOON + timedelta(hours=1))
    third = delivery(SOURCE, AIR + "S1,2026-03-01 08:00,1,3\n\n", NOON + timedelta(hours=2))
    run(store, config(SOURCE), [first, second, third])
    of = {n: store.totals("air", d.receipt.delivery_id) for n, d in enumerate((first, second, third))}
    assert [of[n]["records_used"] for n in of] == [1, 1, 0]
    assert [of[n]["records_duplicate"] for n in of] == [0, 0, 1]
    assert [of[n]["readings_superseded"] for n in of] == [1, 0, 0]
