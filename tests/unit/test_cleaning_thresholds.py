"""Changed thresholds: flags are renewed from the clean readings, without raw bytes, to what a full cleaning gives.

Here belongs comparing both ways. Not here: what a test flags (test_cleaning_flags.py) or when a fingerprint changes
(test_cleaning_fingerprint.py).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from sources.cleaning.clean_run import Setup, clean_deliveries
from sources.cleaning.fingerprint import source_fingerprints
from sources.deliveries import Delivery
from sources.registry import registry
from sources.registry.feed_model import Registry, SeriesTests
from tests.unit.cleaning_kit import NOON, MemoryStore, air_source, config, delivery, hours, register

SOURCE = air_source()
SETUP = config(SOURCE)
# A spike and a rate three times, a stuck day, and a silence of 64 hours.
_DAY = ["30", "31", "29", "33", "30", "600", "31", "30", "32", "33"]
VALUES = [*(_DAY * 3), *(["40"] * 30), *(str(20 + i % 7) for i in range(20))]
AFTER = [str(25 + i % 5) for i in range(30)]


def files() -> list[Delivery]:
    first = delivery(SOURCE, hours(VALUES), NOON, "1.csv")
    late = delivery(SOURCE, hours(AFTER, "2026-03-07 00:00"), NOON + timedelta(hours=1), "2.csv")
    again = delivery(SOURCE, hours(["34"], "2026-03-01 05:00"), NOON + timedelta(hours=2), "3.csv")
    return [first, late, again]


def with_tests(**changes: Any) -> Registry:
    known = registry()
    air = known.feeds["air"]
    pm25 = air.parameters["pm2_5"]
    tests = SeriesTests() if changes.pop("none", False) else replace(pm25.tests, **changes)
    parameters = air.parameters | {"pm2_5": replace(pm25, tests=tests)}
    return replace(known, feeds=known.feeds | {"air": replace(air, parameters=parameters)})


def clean(store: MemoryStore, new: list[Delivery], known: Registry):
    store.offer(new)
    prints = source_fingerprints(SETUP, known)
    return clean_deliveries("air", Setup(SETUP, register(), prints, known), new, store)


def unreadable(found: Delivery) -> Delivery:
    def opened():
        raise AssertionError("raw bytes are read")

    return Delivery(found.receipt, opened)


CHANGES = [
    {"suspect_max": Decimal(30)},
    {"spike_suspect": Decimal(1), "spike_fail": Decimal(3)},
    {"rate_suspect_per_h": Decimal(1)},
    {"flat_suspect_hours": Decimal(40), "flat_fail_hours": Decimal(80)},
    {"flat_tolerance": None, "attenuated_hours": None},
    {"gap_periods": 100},
    {"none": True},
]


@pytest.mark.parametrize("changes", CHANGES)
def test_renewed_flags_equal_those_of_a_full_cleaning(changes):
    known = with_tests(**changes)
    full, renewed = MemoryStore(), MemoryStore()
    clean(full, files(), known)
    clean(renewed, files(), registry())
    assert any(not renewed.clean[k].equals(full.clean[k]) for k in full.clean), "the change is seen"
    before, counts = len(renewed.writes), dict(renewed.files)
    renewed.known = {key: unreadable(d) for key, d in renewed.known.items()}
    report = clean(renewed, [], known)
    assert len(renewed.writes) == before
    number = len(set(renewed.flag_writes))
    assert report.renewed == (
        f"clean_air: thresholds changed; flags of {number} of {len(full.clean)} partitions renewed",
    )
    assert same(renewed, full)
    assert renewed.files == counts
    # Once renewed, there is nothing left to do.
    renewed.flag_writes.clear()
    assert clean(renewed, [], known).renewed == ()
    assert renewed.flag_writes == []


@pytest.mark.parametrize("changes", CHANGES)
def test_a_delivery_that_comes_with_changed_thresholds_leaves_no_flag_of_the_old_ones(changes):
    known = with_tests(**changes)
    full, renewed = MemoryStore(), MemoryStore()
    clean(full, files(), known)
    clean(renewed, files()[:2], registry())
    clean(renewed, files()[2:], known)
    assert same(renewed, full)


def test_what_was_renewed_in_part_is_renewed_to_the_end():
    known = with_tests(suspect_max=Decimal(30))
    full, stopped = MemoryStore(), MemoryStore()
    clean(full, files(), known)
    clean(stopped, files(), registry())
    write, left = stopped.write_flags, [1]

    def write_once(*args):
        if not left:
            raise KeyboardInterrupt
        left.pop()
        write(*args)

    stopped.write_flags = write_once
    with pytest.raises(KeyboardInterrupt):
        clean(stopped, [], known)
    assert not same(stopped, full)
    stopped.write_flags = write
    clean(stopped, [], known)
    assert same(stopped, full)


def test_the_first_cleaning_renews_nothing():
    store = MemoryStore()
    assert clean(store, files(), registry()).renewed == ()
    assert store.flag_writes == []
    assert set(store.thresholds) == set(registry().feeds["air"].tables)


def same(one: MemoryStore, other: MemoryStore) -> bool:
    assert one.clean.keys() == other.clean.keys()
    return one.counts == other.counts and all(one.clean[key].equals(other.clean[key]) for key in one.clean)
