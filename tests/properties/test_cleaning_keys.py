"""Tickets that move between days: what holds depends on the deliveries alone, and every ticket exists once."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from sources.cleaning.spill import Budget
from tests.unit.cleaning_kit import NOON, MemoryStore, config, delivery, run, waste_source

SOURCE = waste_source()
HEAD = "scale,ticket,time,category,gross,tare,net\n"
LOADS = st.tuples(st.sampled_from("ABC"), st.integers(1, 3), st.sampled_from(["1000", "2000"]))
FILES = st.lists(st.lists(LOADS, min_size=1, max_size=3), min_size=1, max_size=5)


def deliveries_of(files) -> list:
    """Two of them may come at the same time."""
    texts = [HEAD + "".join(f"W1,{t},2026-03-0{day} 08:00,其他,,,{net}\n" for t, day, net in rows) for rows in files]
    return [delivery(SOURCE, t, NOON + timedelta(hours=i // 2), f"{i}.csv") for i, t in enumerate(texts)]


@settings(max_examples=30)
@given(FILES, st.randoms(use_true_random=False), st.booleans())
def test_every_ticket_is_there_once_whatever_the_order_of_arrival(files, random, small):
    deliveries = deliveries_of(files)
    together, one_by_one = MemoryStore(), MemoryStore()
    run(together, config(SOURCE), deliveries, budget=Budget(staged=3, chunk=2) if small else Budget())
    for each in random.sample(deliveries, len(deliveries)):
        run(one_by_one, config(SOURCE), [each])
    current = together.all_clean("clean_waste")["ticket_no"].to_list()
    assert sorted(current) == sorted({ticket for rows in files for ticket, _, _ in rows})
    for name in ("clean", "superseded"):
        left, right = getattr(together, name), getattr(one_by_one, name)
        assert left.keys() == right.keys()
        for key, frame in left.items():
            assert frame.equals(right[key], null_equal=True), (key, frame, right[key])
    assert together.counts == one_by_one.counts
    for each in deliveries:
        t = together.totals("waste", each.receipt.delivery_id)
        fell = t["readings_superseded"] + t["readings_duplicate"]
        assert t["readings_in"] == t["readings_clean"] + fell
        assert t["records_in"] == t["records_used"] + t["records_duplicate"]
