"""Property search of own thresholds: whichever source gave which hour, renewed flags are those of a full cleaning."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.cleaning_kit import MemoryStore
from tests.unit.test_cleaning_own_thresholds import CHANGES, CITY, TOWN, clean, hour_lines, same, setup

VALUES = st.sampled_from(["7", "30", "30", "31", "33", "40", "500", "", None])
# A day is one source's, or both give some of its hours.
WHO = st.sampled_from([(CITY,), (CITY,), (TOWN,), (CITY, TOWN)])
DAYS = st.lists(st.tuples(WHO, st.lists(VALUES, min_size=24, max_size=24)), min_size=2, max_size=12)
OWN = st.sampled_from([{}, *CHANGES])


@settings(max_examples=40, deadline=None)
@given(DAYS, OWN, OWN, OWN, st.randoms(use_true_random=False))
def test_renewed_flags_are_those_of_a_full_cleaning(days, first, then, city, random):
    files = []
    for n, (sources, values) in enumerate(days):
        hours = {source.id: {} for source in sources}
        for hour, value in enumerate(values):
            if value is not None:
                hours[random.choice(sources).id][hour] = value
        files += [hour_lines(s, f"2026-03-{n + 1:02d}", hours[s.id], 2 * n) for s in sources if hours[s.id]]
    renewed, full = MemoryStore(), MemoryStore()
    clean(renewed, files, setup(first, city))
    clean(renewed, [], setup(then, city))
    clean(full, files, setup(then, city))
    assert same(renewed, full)
