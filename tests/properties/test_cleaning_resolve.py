"""Property searches of deliveries: both counts hold for any deliveries, in any order and any chunks."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
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
from sources.registry import registry
from tests.unit.cleaning_kit import NOON, MemoryStore, config, delivery, run
from tests.unit.test_cleaning_resolve import AIR, SOURCE

rows = st.tuples(
    st.sampled_from(["S1", "S2", ""]),
    st.sampled_from(["2026-03-01 22:00", "2026-03-01 23:00", "2026-03-02 00:00", "2026-03-05 07:00", "never"]),
    st.sampled_from(["1", "2", "", "x"]),
    st.sampled_from(["1", "<1", "y"]),
)
files = st.lists(st.lists(rows, max_size=6), min_size=1, max_size=6)


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
        pl.Series(range(files), dtype=pl.UInt32),
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
    assert found.current.height + found.fallen.height == len(rows)
    assert found.records["records_used"].sum() + found.records["records_duplicate"].sum() == len(records)
    expected_duplicates = 0
    for number, readings in enumerate(records):
        home = readings[0][0]
        kinds = found.fallen.filter((pl.col("raw_row") == number) & (pl.col(PART) == home))["kind"].to_list()
        at_home = sum(part == home for part, _, _ in readings)
        expected_duplicates += len(kinds) == at_home and set(kinds) == {"duplicate"}
    assert found.records["records_duplicate"].sum() == expected_duplicates


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
            t = store.totals("air", each.receipt.delivery_id)
            assert t["records_in"] == t["records_used"] + t["records_quarantined"] + t["records_duplicate"]
            assert t["readings_in"] == (
                t["readings_clean"] + t["readings_quarantined"] + t["readings_duplicate"] + t["readings_superseded"]
            )
        assert t["records_in"] == each.open().read().count(b"\n") - 1
        assert t["readings_in"] == 2 * t["records_in"]
        assert together.totals("air", each.receipt.delivery_id) == t
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
