"""A series that was silent for more than a week: flagged whatever lies between and in whichever order it arrived."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from functools import cache
from itertools import permutations

import polars as pl
import pytest

from sources.cleaning.spill import DEFAULT_BUDGET, Budget
from sources.config.model import RowFilter, ValueMapping
from sources.deliveries import Delivery
from tests.unit.cleaning_kit import NOON, MemoryStore, air_source, config, delivery, run

SOURCE = air_source(values=(ValueMapping("pm25", "pm2_5", "ug/m3"),))
FIRST = date(2025, 1, 1)
# Readings of a day: its first and those behind it, which no silence precedes.
HOURS = 6
# Station A is heard on all days, B from day 45 on, C on the first and the last day only.
DAYS = {0: "AC", 2: "A", 45: "AB", 100: "ABC"}


def of_day(number: int, stations: str) -> Delivery:
    day = FIRST + timedelta(days=number)
    rows = [f"{s},{day} {h:02d}:00,{10 + h % 3}," for s in stations for h in range(HOURS)]
    text = "station,time,pm25,co\n" + "\n".join(rows) + "\n"
    return delivery(SOURCE, text, NOON + timedelta(days=number), f"{number}.csv")


def after_gaps(store: MemoryStore) -> list[tuple[str, int]]:
    """(station, day) of every reading that is flagged for the silence before it."""
    found = store.all_clean("clean_air").filter(pl.col("flag_tests").str.contains("gap"))
    assert set(found["flag"]) <= {3}
    return sorted((site, (at.date() - FIRST).days) for site, at in found.select("site_id", "period_start").rows())


def stored(batches: list[list[Delivery]], budget: Budget = DEFAULT_BUDGET) -> MemoryStore:
    store = MemoryStore()
    for batch in batches:
        run(store, config(SOURCE), batch, budget=budget)
    return store


@cache
def at_once() -> MemoryStore:
    """All deliveries cleaned in one call; for reading only."""
    return stored([[of_day(n, s) for n, s in DAYS.items()]])


@cache
def one_by_one(order: tuple[int, ...]) -> MemoryStore:
    """The days cleaned one in a call, in this order; orders that begin alike share that part. For reading only."""
    if not order:
        return MemoryStore()
    store = deepcopy(one_by_one(order[:-1]))
    run(store, config(SOURCE), [of_day(order[-1], DAYS[order[-1]])])
    return store


EXPECTED = [("A", 2), ("A", 45), ("A", 100), ("B", 100), ("C", 100)]


def test_the_first_reading_after_any_silence_is_flagged_and_a_series_first_one_is_not():
    assert after_gaps(at_once()) == EXPECTED


@pytest.mark.parametrize("order", list(permutations(DAYS)), ids=str)
def test_the_order_of_arrival_changes_nothing(order):
    assert after_gaps(one_by_one(order)) == EXPECTED
    assert one_by_one(order).all_clean("clean_air").equals(at_once().all_clean("clean_air"))


@pytest.mark.parametrize("pair", [(0, 100), (2, 45), (45, 100)], ids=str)
def test_nor_do_batches_and_their_budget(pair):
    rest = [of_day(n, s) for n, s in DAYS.items() if n not in pair]
    both = [of_day(n, DAYS[n]) for n in pair]
    for batches in ([both, rest], [rest, both]):
        assert after_gaps(stored(batches, Budget(chunk=1))) == EXPECTED
        assert after_gaps(stored(batches, Budget(chunk=10))) == EXPECTED


def test_what_leaves_the_lake_ends_no_silence():
    store = stored([[of_day(n, s) for n, s in DAYS.items()]])
    # Under another mapping the first day has no station C: its reading on day 100 is then its first.
    without = air_source(values=SOURCE.values, filters=(RowFilter("station", "not_in", ("C",)),))
    run(store, config(without), [of_day(0, "AC")])
    assert after_gaps(store) == [e for e in EXPECTED if e[0] != "C"]


def test_a_series_that_was_never_heard_reads_no_more_of_the_past_than_series_and_times():
    days = [(FIRST + timedelta(days=n)).isoformat() for n in range(16)]
    store = stored([[of_day(n, "A") for n in range(15)]])
    store.reads.clear()
    run(store, config(SOURCE), [of_day(15, "AN")])
    far = [(value, columns) for value, columns in store.reads if value < days[4]]
    asked = {"parameter", "site_id", "period_start_utc"}
    assert [value for value, _ in far] == days[:4] and all(set(columns) == asked for _, columns in far)
    # Once it was heard nothing is asked: what is near precedes every reading.
    store.reads.clear()
    run(store, config(SOURCE), [of_day(18, "AN")])
    assert store.reads and not [value for value, _ in store.reads if value < days[4]]
