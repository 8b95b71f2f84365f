"""Between deliveries: what stands, what falls, and that both counts come out for any deliveries in any order."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.cleaning.resolve import Order, resolve
from sources.cleaning.spill import Budget
from sources.cleaning.staged import (
    COLUMN,
    FILE,
    FIRST,
    PARAMETER,
    PART,
    SITE,
    STATUS,
    Codes,
    InvalidMarks,
    staged_schema,
)
from sources.config.model import ColumnMapping
from sources.registry import registry
from tests.unit.cleaning_kit import NOON, MemoryStore, air_source, config, delivery, run

AIR = "station,time,pm25,co\n"
SOURCE = air_source()


def file_of(*values: str, at: int = 0, hour: int = 8):
    """A delivery `at` hours after noon: a row of S1 for each pm25 value, and a stranger that parts equal files."""
    rows = "".join(f"S1,2026-03-01 {hour:02d}:00,{v},\n" for v in values)
    return delivery(SOURCE, f"{AIR}{rows}X{at},2026-03-01 00:00,,\n", NOON + timedelta(hours=at), f"{at}.csv")


def standing(*deliveries) -> tuple[list, list]:
    """(values that stand, (value, kind) that fell, in order) of pm25."""
    store = MemoryStore()
    run(store, config(SOURCE), deliveries)
    pm = (pl.col("parameter") == "pm2_5") & (pl.col("site_id") == "S1")
    fallen = store.all_superseded("clean_air").filter(pm)
    return (
        store.all_clean("clean_air").filter(pm)["value"].to_list(),
        [(float(v), k) for v, k in fallen.select("value", "kind").rows()],
    )


@pytest.mark.parametrize(
    ("files", "stands", "fell"),
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
def test_the_last_distinct_revision_stands(files, stands, fell):
    deliveries = [file_of(*values, at=i) for i, values in enumerate(files)]
    found, fallen = standing(*reversed(deliveries))
    assert found == [None if stands is None else Decimal(str(stands))]
    assert fallen == [(float(v), k) for v, k in fell]


def test_identical_revisions_collapse_to_the_first_and_name_what_stands():
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
    assert standing(a, b) == standing(b, a)
    assert standing(a, b)[0] == [Decimal(1 if last is a else 2)]


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
    of = {n: store.totals("air", d.receipt.sha256) for n, d in enumerate((first, second, third))}
    assert [of[n]["records_used"] for n in of] == [1, 1, 0]
    assert [of[n]["records_duplicate"] for n in of] == [0, 0, 1]
    assert [of[n]["readings_superseded"] for n in of] == [1, 0, 0]


def staged(rows: list[tuple[int, int, int, int, int, str, bool]]) -> pl.DataFrame:
    """Staged air readings of (file, row, column, partition, hour, value, first)."""
    schema = staged_schema(registry().table("clean_air"))
    base = pl.DataFrame(rows, schema=[FILE, "raw_row", COLUMN, PART, "hour", "value", FIRST], orient="row")
    start = pl.datetime(2026, 3, 1) + pl.duration(days=PART, hours="hour")
    full = base.with_columns(
        pl.lit(0).alias(SITE), pl.lit(0).alias(PARAMETER), pl.lit(None).alias(STATUS), censored=None,
        value_raw="value", period_start=start, period_end=start + pl.duration(hours=1), period_start_utc=start,
    )  # fmt: skip
    return full.select(pl.col(n).cast(t) for n, t in schema.items())


def order(files: int, columns: int) -> Order:
    return Order(
        pl.Series(range(files), dtype=pl.UInt32),
        pl.Series(["observed"] * files),
        pl.Series([0], dtype=pl.UInt32),
        pl.Series(range(columns), dtype=pl.UInt32),
        InvalidMarks.of(["s"] * files, {}, Codes()),
    )


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1), st.sampled_from("12")), min_size=1, max_size=3),
        min_size=1,
        max_size=8,
    )
)
def test_records_spread_over_partitions_are_counted_once_where_they_begin(records):
    """Each record of two files gives readings in any partitions; its first reading is its home."""
    rows = [
        (number % 2, number, place, part, hour, value, place == 0)
        for number, readings in enumerate(records)
        for place, (part, hour, value) in enumerate(readings)
    ]
    found = resolve(staged(rows), registry().table("clean_air"), order(2, 3))
    assert found.standing.height + found.fallen.height == len(rows)
    assert found.records["records_used"].sum() + found.records["records_duplicate"].sum() == len(records)
    expected_duplicates = 0
    for number, readings in enumerate(records):
        home = readings[0][0]
        kinds = found.fallen.filter((pl.col("raw_row") == number) & (pl.col(PART) == home))["kind"].to_list()
        at_home = sum(part == home for part, _, _ in readings)
        expected_duplicates += len(kinds) == at_home and set(kinds) == {"duplicate"}
    assert found.records["records_duplicate"].sum() == expected_duplicates


# Rows that are good, missing, garbage, of an unknown time, repeated or revised, over three days and two stations.
rows = st.tuples(
    st.sampled_from(["S1", "S2", ""]),
    st.sampled_from(["2026-03-01 22:00", "2026-03-01 23:00", "2026-03-02 00:00", "2026-03-05 07:00", "never"]),
    st.sampled_from(["1", "2", "", "x"]),
    st.sampled_from(["1", "<1", "y"]),
)
files = st.lists(st.lists(rows, max_size=6), min_size=1, max_size=6)


def deliveries_of(contents) -> list:
    """One delivery per distinct content, delivered in two instants only, so that hashes decide, too."""
    texts = dict.fromkeys(AIR + "".join(",".join(r) + "\n" for r in rows) for rows in contents)
    return [delivery(SOURCE, t, NOON + timedelta(hours=i % 2), f"{i}.csv") for i, t in enumerate(texts)]


@settings(max_examples=40, deadline=None)
@given(files, st.randoms(use_true_random=False))
def test_both_counts_hold_for_any_deliveries_and_nothing_depends_on_their_order_of_arrival(contents, random):
    deliveries = deliveries_of(contents)
    together = MemoryStore()
    run(together, config(SOURCE), deliveries)
    one_by_one = MemoryStore()
    shuffled = random.sample(deliveries, len(deliveries))
    for each in shuffled:
        run(one_by_one, config(SOURCE), [each])
    for each in deliveries:
        for store in (together, one_by_one):
            t = store.totals("air", each.receipt.sha256)
            assert t["records_in"] == t["records_used"] + t["records_quarantined"] + t["records_duplicate"]
            assert t["readings_in"] == (
                t["readings_clean"] + t["readings_quarantined"] + t["readings_duplicate"] + t["readings_superseded"]
            )
        assert t["records_in"] == each.open().read().count(b"\n") - 1
        assert t["readings_in"] == 2 * t["records_in"]
        assert together.totals("air", each.receipt.sha256) == t
    same(together, one_by_one)


@settings(max_examples=25, deadline=None)
@given(files)
def test_spilling_and_small_chunks_change_nothing(contents):
    deliveries = deliveries_of(contents)
    plain, spilled = MemoryStore(), MemoryStore()
    run(plain, config(SOURCE), deliveries)
    run(spilled, config(SOURCE), deliveries, budget=Budget(cells=2, staged=1, chunk=1, rejected=1))
    same(plain, spilled)
    for key, frame in plain.quarantine.items():
        assert sorted(frame.rows()) == sorted(spilled.quarantine[key].rows())


def same(one: MemoryStore, other: MemoryStore) -> None:
    """Equal frames under equal keys, and equal counts."""
    for name in ("clean", "superseded"):
        left, right = getattr(one, name), getattr(other, name)
        assert left.keys() == right.keys()
        for key, frame in left.items():
            assert frame.schema == right[key].schema and frame.equals(right[key], null_equal=True), key
    assert one.counts == other.counts
    assert one.files == other.files
