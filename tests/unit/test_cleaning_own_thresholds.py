"""Thresholds that one of two sources sets for itself: its flags follow them, the other's and everything else stay.

Here belong whole cleanings of two sources in one partition and in one series. Not here: single tests on single series
(test_cleaning_variants.py), the registry's own thresholds (test_cleaning_thresholds.py) or the words of a configuration
(test_config_thresholds.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import polars as pl
import pytest

from sources.cleaning.clean_run import CleanReport, Setup, clean_deliveries
from sources.cleaning.fingerprint import source_fingerprints
from sources.cleaning.flag_fingerprint import FlagPrint, flag_fingerprints
from sources.cleaning.spill import Budget
from sources.config.model import Config, Thresholds
from sources.deliveries import Delivery
from sources.registry import registry
from tests.unit.cleaning_kit import NOON, MemoryStore, air_source, config, delivery, hours, register

CITY, TOWN = air_source(id="city"), air_source(id="town")
AIR = registry().feeds["air"]
LATER = NOON + timedelta(days=20)
Own = Mapping[str, Thresholds]


def setup(town: Own, city: Own | None = None) -> Config:
    return config(replace(CITY, thresholds=city or {}), replace(TOWN, thresholds=town))


def pm25(**thresholds: str | int) -> Own:
    own = {k: v if isinstance(v, int) else Decimal(v) for k, v in thresholds.items()}
    return {"pm2_5": Thresholds(unit="ug/m3", **own)}


def hour_lines(source, start: str, values: Mapping[int, str], number: int, station: str = "S1") -> Delivery:
    """One delivery: `values` of pm25 by hour from `start` on."""
    lines = [hours([value], f"{start} {hour:02d}:00", station).splitlines()[1] for hour, value in values.items()]
    text = "\n".join(["station,time,pm25,co", *lines]) + "\n"
    return delivery(source, text, LATER + timedelta(hours=number), f"{source.id}{number}.csv")


def clean(store: MemoryStore, new: list[Delivery], by: Config) -> CleanReport:
    store.offer(new)
    return clean_deliveries("air", Setup(by, register(), source_fingerprints(by, registry())), new, store)


def flagged(store: MemoryStore, source: str | None = None) -> list[tuple[str, int, str]]:
    """(day and hour, flag, tests) of the pm25 of one source or of all, in order of time."""
    found = store.all_clean("clean_air").filter(pl.col("parameter") == "pm2_5").sort("period_start", "site_id")
    found = found if source is None else found.filter(pl.col("source_id") == source)
    return found.select(pl.col("period_start").dt.strftime("%d %H"), "flag", "flag_tests").rows()


def same(one: MemoryStore, other: MemoryStore) -> bool:
    assert one.clean.keys() == other.clean.keys()
    return one.counts == other.counts and all(one.clean[key].equals(other.clean[key]) for key in one.clean)


def test_two_sources_in_one_partition_are_flagged_each_by_its_own():
    """The registry's suspect_max of PM2.5 is 1000; the town sets 40."""
    store, by = MemoryStore(), setup(pm25(suspect_max="40"))
    city = hour_lines(CITY, "2026-03-01", {0: "45", 1: "52", 2: "45"}, 1, "C")
    town = hour_lines(TOWN, "2026-03-01", {0: "45", 1: "39", 2: "45"}, 2, "T")
    clean(store, [city, town], by)
    assert list(store.clean) == [("clean_air", "2026-03-01")]
    assert flagged(store, "city") == [("01 00", 1, ""), ("01 01", 1, ""), ("01 02", 1, "")]
    assert flagged(store, "town") == [("01 00", 3, "gross_range"), ("01 01", 1, ""), ("01 02", 3, "gross_range")]
    flagged_by = {d: c.readings_flagged for d, c in store.counts["clean_air", "2026-03-01"].items()}
    assert flagged_by == {city.receipt.delivery_id: 0, town.receipt.delivery_id: 2}


def test_two_sources_in_one_series_are_neighbours_by_what_each_of_them_says():
    """PM2.5 fails above 2000 and is a spike 350 beyond its neighbours; the town's fails above 100.

    The 120 of the town at 02:00 failed there, so that the city's 30 and 430 are neighbours: 430 lies 399 above the
    nearer of 30 and 31. Were the 120 the city's own, 430 would lie only 310 above it, which rises by more than 300 an
    hour and is not a spike.
    """
    by = setup(pm25(fail_max="100", suspect_max="80"))
    city = hour_lines(CITY, "2026-03-01", {0: "30", 1: "30", 3: "430", 4: "31", 5: "31"}, 1)
    store = MemoryStore()
    clean(store, [city, hour_lines(TOWN, "2026-03-01", {2: "120"}, 2)], by)
    spike, rose = ("01 03", 3, "spike"), ("01 04", 1, "")
    assert flagged(store) == [
        ("01 00", 1, ""), ("01 01", 1, ""), ("01 02", 4, "gross_range"), spike, rose, ("01 05", 1, "")
    ]  # fmt: skip
    alone = MemoryStore()
    clean(alone, [city, hour_lines(CITY, "2026-03-01", {2: "120"}, 2)], by)
    assert ("01 03", 3, "rate_of_change") in flagged(alone)


def world(by: Config) -> MemoryStore:
    """Twenty days of the city; the town delivers hours of the 10th to the same series, and the 12th of another."""
    store = MemoryStore()
    days = [f"2026-03-{day:02d}" for day in range(1, 21)]
    city = [
        hour_lines(CITY, day, {h: str(20 + (h * 7 + n) % 13) for h in range(24) if n != 9 or h < 12}, n)
        for n, day in enumerate(days)
    ]
    shared = hour_lines(TOWN, "2026-03-10", {h: str(30 + h % 5 + 40 * (h == 15)) for h in range(12, 24)}, 30)
    other = hour_lines(TOWN, "2026-03-12", {h: "7" if h > 8 else str(30 + h) for h in range(24)}, 31, "S2")
    clean(store, [*city, shared, other], by)
    return store


CHANGES = [
    pm25(suspect_max="25"),
    pm25(fail_max="32", suspect_max="32"),
    pm25(spike_suspect="1", spike_fail="3"),
    pm25(rate_suspect_per_h="2"),
    pm25(flat_suspect_hours="4", flat_fail_hours="10", flat_floor="1"),
    pm25(attenuated_hours="5", attenuated_min_range="9"),
    pm25(gap_periods=1),
]


@pytest.mark.parametrize("own", CHANGES)
def test_what_is_renewed_is_what_a_cleaning_under_the_new_thresholds_gives(own: Own):
    renewed, full = world(setup({})), world(setup(own))
    before = dict(renewed.clean)
    renewed.known = {i: Delivery(d.receipt, unreadable) for i, d in renewed.known.items()}
    report = clean(renewed, [], setup(own))
    assert same(renewed, full)
    assert report.reflagged == report.records_in == 0
    if own == pm25(gap_periods=1):
        # Hours without a gap: nothing but the note changes.
        assert renewed.flag_writes == []
        return
    # Only days that the town's readings reach were looked at, and only those whose flags changed were written.
    assert renewed.flag_writes
    untouched = [key for key in before if key not in renewed.flag_writes]
    assert all(renewed.clean[key] is before[key] for key in untouched)
    assert {value for _, value in renewed.flag_writes} <= {"2026-03-10", "2026-03-11", "2026-03-12"}
    assert len(untouched) >= 17
    # Taken back, everything is as it was.
    clean(renewed, [], setup({}))
    assert same(renewed, world(setup({})))


def unreadable():
    raise AssertionError("raw bytes are read")


def test_only_the_partitions_that_its_readings_reach_are_read():
    store = world(setup({}))
    store.reads.clear()
    report = clean(store, [], setup(pm25(suspect_max="25")))
    (said,) = report.renewed
    assert said.startswith("clean_air: thresholds of town changed; flags of 2 of ")
    looked_at = {value for value, columns in store.reads if columns is None}
    # A spike looks a day ahead, an attenuated signal and a silence eight days back.
    assert min(looked_at) == "2026-03-09" and max(looked_at) == "2026-03-20"


def test_only_flags_of_the_source_that_set_it_change_where_no_neighbour_depends_on_them():
    store = world(setup({}))
    before = store.all_clean("clean_air")
    clean(store, [], setup(pm25(suspect_max="25")))
    after = store.all_clean("clean_air")
    changed = after.filter(pl.Series(a != b for a, b in zip(after["flag"], before["flag"], strict=True)))
    assert set(changed["source_id"]) == {"town"}
    # Every hour of the 10th from noon on (30 and more), the first nine hours of the 12th; 7 is below.
    assert changed["period_start"].dt.strftime("%d").value_counts().sort("period_start").rows() == [
        ("10", 12),
        ("12", 9),
    ]
    assert set(changed["flag"]) == {3}


def test_a_delivery_of_the_same_run_and_a_changed_threshold_of_the_other_source_go_together():
    own = setup(pm25(suspect_max="25"))
    late = hour_lines(CITY, "2026-03-10", {3: "77"}, 40)
    store, full = world(setup({})), world(own)
    clean(store, [late], own)
    clean(full, [late], own)
    assert same(store, full)


def test_the_fingerprints_of_sources_and_of_others_flags_stay():
    plain, own = setup({}), setup(pm25(suspect_max="25"))
    assert source_fingerprints(plain, registry()) == source_fingerprints(own, registry())
    before, after = (flag_fingerprints(AIR, by.sources) for by in (plain, own))
    assert {name for name in before if before[name] != after[name]} == {"clean_air"}
    now, then = after["clean_air"], before["clean_air"]
    assert (now.declared, set(now.own), dict(then.own)) == (then.declared, {"town"}, {})
    assert now.changed_since(then) == then.changed_since(now) == {"town"}
    both = flag_fingerprints(AIR, setup(pm25(suspect_max="25"), pm25(suspect_max="25")).sources)["clean_air"]
    assert both.changed_since(now) == {"city"}
    other = flag_fingerprints(AIR, setup(pm25(suspect_max="26")).sources)["clean_air"]
    assert other.changed_since(now) == {"town"}
    # All of them after a change of the registry, or where nothing was noted.
    assert now.changed_since(None) is None
    assert now.changed_since(FlagPrint("another", now.own)) is None


def test_the_cut_of_a_partition_into_chunks_changes_no_flag():
    own = setup(pm25(spike_suspect="1", spike_fail="3"))
    whole, cut = world(own), MemoryStore()
    every = list(whole.known.values())
    cut.offer(every)
    prints = source_fingerprints(own, registry())
    clean_deliveries("air", Setup(own, register(), prints, budget=Budget(chunk=10)), every, cut)
    assert same(whole, cut)
