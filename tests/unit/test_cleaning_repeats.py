"""The hour that clocks show twice in autumn: which reading is the later one, whatever the file's order and batches."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

from sources.cleaning.spill import Budget
from sources.config.model import ColumnMapping, LongMapping, Source, TimeMapping, ValueMapping
from tests.unit.cleaning_kit import (
    NOON,
    MemoryStore,
    air_source,
    cleaned,
    config,
    delivery,
    run,
    waste_source,
    water_long_source,
)

LONDON = "Europe/London"
HEAD = "station,time,pm25,co\n"


def source(**changes) -> Source:
    time = TimeMapping(columns=("time",), formats=("%Y-%m-%d %H:%M",), zone=LONDON, duration_min=30)
    return air_source(time=time, cadence_min=30, values=(ValueMapping("pm25", "pm2_5", "ug/m3"),), **changes)


def day(station: str = "S1", first: int = 100) -> list[str]:
    """The 50 half-hours of 2024-10-27 in London, as its clocks showed them, numbered."""
    midnight = datetime(2024, 10, 27)
    shown = [midnight + timedelta(minutes=30 * i) for i in (*range(4), 2, 3, *range(4, 48))]
    return [f"{station},{at:%Y-%m-%d %H:%M},{first + i},\n" for i, at in enumerate(shown)]


def in_order(store: MemoryStore, station: str = "S1") -> list[int]:
    """Values of one station in the order of time; every half-hour from midnight on must be there."""
    found = store.all_clean("clean_air").filter(pl.col("site_id") == station).sort("period_start_utc")
    steps = found["period_start_utc"].diff().drop_nulls().unique().to_list()
    assert steps == [timedelta(minutes=30)] and found["period_start_utc"][0] == datetime(2024, 10, 26, 23)
    return [int(v) for v in found["value"]]


def store_of(text: str, budget: Budget | None = None, **changes) -> MemoryStore:
    store = MemoryStore()
    given = source(**changes)
    run(store, config(given, zone=LONDON), [delivery(given, text)], **({"budget": budget} if budget else {}))
    return store


def test_the_second_occurrence_in_a_file_is_the_later_hour():
    store = store_of(HEAD + "".join(day()))
    assert in_order(store) == list(range(100, 150))
    assert store.all_superseded("clean_air").is_empty()
    assert store.all_clean("clean_air")["value"].sum() == Decimal(sum(range(100, 150)))


def test_a_file_that_lists_the_newest_first_is_read_backwards():
    assert in_order(store_of(HEAD + "".join(reversed(day())))) == list(range(100, 150))


def test_every_series_of_a_file_has_its_own_second_hour():
    one, two = day("S1"), day("S2", 300)
    for text in ("".join(one + two), "".join(a + b for a, b in zip(one, two, strict=True))):
        store = store_of(HEAD + text)
        assert in_order(store) == list(range(100, 150)) and in_order(store, "S2") == list(range(300, 350))


def test_batches_and_their_size_change_nothing():
    stations = [f"S{i}" for i in range(19)]
    before = [datetime(2024, 10, 26) + timedelta(minutes=30 * i) for i in range(48)]
    rows = [f"{s},{at:%Y-%m-%d %H:%M},1,\n" for at in before for s in stations]
    rows += [row for same in zip(*(day(s) for s in stations), strict=True) for row in same]
    # A batch has 1000 rows: it ends among the stations' second 01:00.
    assert sum("2024-10-27 01:00" in row for row in rows[:1000]) not in (0, 19, 38)
    whole, cut = store_of(HEAD + "".join(rows)), store_of(HEAD + "".join(rows), Budget(cells=1, chunk=100))
    late = cut.all_clean("clean_air").filter(pl.col("period_start_utc") >= datetime(2024, 10, 26, 23))
    assert late.group_by("site_id").agg(pl.col("value").sum())["value"].unique().to_list() == [sum(range(100, 150))]
    assert whole.all_clean("clean_air").equals(cut.all_clean("clean_air"))
    assert cut.all_superseded("clean_air").is_empty()
    (sha,) = whole.known
    assert whole.totals("air", sha) == cut.totals("air", sha)
    assert whole.totals("air", sha)["records_in"] == 98 * 19 and whole.totals("air", sha)["rows_other"] == 1


@pytest.mark.parametrize("marks", ["end", "instant"])
def test_ends_and_instants_are_told_apart_too(marks):
    time = TimeMapping(columns=("time",), formats=("%Y-%m-%d %H:%M",), zone=LONDON, marks=marks, duration_min=30)
    rows = "".join(f"S1,2024-10-27 {t},{i},\n" for i, t in enumerate(("00:30", "01:00", "01:30", "01:00", "01:30")))
    store = MemoryStore()
    given = air_source(time=time, cadence_min=30, values=(ValueMapping("pm25", "pm2_5", "ug/m3"),))
    run(store, config(given, zone="UTC"), [delivery(given, HEAD + rows)])
    ends = store.all_clean("clean_air").sort("value")["period_end"].to_list()
    assert ends == [datetime(2024, 10, 26, 23, 30) + timedelta(minutes=30 * i) for i in range(5)]


def test_a_long_layout_counts_each_parameter_by_itself():
    time = TimeMapping(columns=("time",), formats=("%Y-%m-%d %H:%M",), zone=LONDON, marks="instant")
    rows = "".join(f"A,2024-10-27 01:30,{item},{v},mg/L\n" for item, v in (("氨氮", 1), ("总磷", 2), ("氨氮", 3)))
    store = MemoryStore()
    given = water_long_source(time=time, long=LongMapping("item", "result", "unit"))
    report = run(store, config(given), [delivery(given, "section,time,item,result,unit\n" + rows)])
    found = store.all_clean("clean_water").sort("value").select("parameter", "period_start_utc").rows()
    assert found == [
        ("nh3n", datetime(2024, 10, 27, 0, 30)),
        ("tp", datetime(2024, 10, 27, 0, 30)),
        ("nh3n", datetime(2024, 10, 27, 1, 30)),
    ]
    assert len(report.named) == 1 and "row 3" in report.named[0]


def test_a_single_reading_in_that_hour_is_the_first_and_is_named():
    store, given = MemoryStore(), source()
    rows = "S1,2024-10-27 00:30,1,\nS1,2024-10-27 01:00,2,\nS1,2024-10-27 01:30,3,\nS1,2024-10-27 02:00,4,\n"
    report = run(store, config(given, zone=LONDON), [delivery(given, HEAD + rows, name="hh.csv")])
    clean = store.all_clean("clean_air").sort("value")
    assert clean["period_start_utc"].to_list()[1:3] == [datetime(2024, 10, 27), datetime(2024, 10, 27, 0, 30)]
    (said,) = report.named
    assert said.startswith("hh.csv, row 3, column 'time': clocks showed '2024-10-27 01:00' twice that day")
    assert "(and 1 more row)" in said and "read as the first" in said


def test_following_the_advice_reads_both_hours():
    # Both in one file, or stamps with their offset.
    assert in_order(store_of(HEAD + "".join(day()))) == list(range(100, 150))
    time = TimeMapping(columns=("time",), formats=("%Y-%m-%d %H:%M%z",), zone=LONDON, duration_min=30)
    rows = "S1,2024-10-27 01:30+01:00,1,\nS1,2024-10-27 01:30+00:00,2,\n"
    clean = cleaned(air_source(time=time), HEAD + rows).all_clean("clean_air")
    assert clean.filter(pl.col("parameter") == "pm2_5")["period_start_utc"].to_list() == [
        datetime(2024, 10, 27, 0, 30),
        datetime(2024, 10, 27, 1, 30),
    ]


def test_files_of_another_kind_and_resent_ones_stay_what_they_are():
    # The same file again with a correction replaces both hours, each by its own.
    store, given = MemoryStore(), source()
    first = delivery(given, HEAD + "".join(day()))
    again = delivery(given, HEAD + "".join(day(first=200)), NOON + timedelta(days=1))
    run(store, config(given, zone=LONDON), [first])
    run(store, config(given, zone=LONDON), [again])
    assert in_order(store) == list(range(200, 250))
    assert store.all_superseded("clean_air").height == 50


def test_loads_without_a_ticket_are_events_not_a_series():
    base = waste_source()
    time = TimeMapping(columns=("time",), formats=("%Y-%m-%d %H:%M",), zone=LONDON, marks="instant")
    columns = {"category": ColumnMapping(constant="other")}
    given = waste_source(time=time, columns=columns, occurrence_of=("time", "net"), values=base.values)
    text = "scale,time,net\nW,2024-10-27 01:30,8000\nW,2024-10-27 01:30,8000\nW,2024-10-27 01:30,7000\n"
    clean = cleaned(given, text).all_clean("clean_waste")
    assert clean["period_start_utc"].unique().to_list() == [datetime(2024, 10, 27, 0, 30)]
    assert clean.height == 3
