"""Property searches of partitions: flags do not depend on the order in which deliveries arrive."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.test_cleaning_partitions import TINY, cleaned_in_turn, days, same

values = st.sampled_from([10, 11, 13, 13, 13, 13, 400, 3000, ""])


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(values, min_size=24, max_size=24), min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_flags_do_not_depend_on_the_order_of_arrival(contents, random):
    parts = days("2026-03-01 00:00", *contents)
    shuffled = [[p] for p in random.sample(parts, len(parts))]
    same(cleaned_in_turn(parts), cleaned_in_turn(*shuffled))
    same(cleaned_in_turn(parts), cleaned_in_turn(parts, budget=TINY))
