"""Series that a text tells apart: samples, nozzles, taxa of a network, which no closed list names.

Here belongs that such a text is part of the series in every test and whichever way deliveries are cut. Not here: the
tests themselves (test_cleaning_flags.py, test_cleaning_silence.py).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from sources.config.declared_networks import DeclaredNetworks
from sources.config.model import ColumnMapping, Config, Format, LongMapping, Source, TimeMapping
from sources.deliveries import Delivery
from sources.networks.read_declaration import shipped_declaration
from tests.unit.cleaning_kit import NOON, MemoryStore, config, delivery, run

NETWORK = "ecological_flow"
SOURCE = Source(
    id="gauges",
    feed=NETWORK,
    table=f"network_{NETWORK}",
    path="*.csv",
    format=Format(),
    time=TimeMapping(columns=("day",), formats=("%Y-%m-%d",), marks="start", duration_min=1440),
    site=ColumnMapping(column="site"),
    long=LongMapping(parameter_column="item", value_column="value", unit_column="unit"),
    columns={"sample": ColumnMapping(column="gauge")},
    unknown_sites="accept",
)
FIRST = date(2025, 1, 1)
# 01 and 1 are two gauges, and one has a name; the second is silent from day 3 to day 20.
DAYS = {"01": range(24), "1": [*range(3), *range(20, 24)], "上游": range(24)}


def with_network() -> Config:
    declared = shipped_declaration(NETWORK).declaration
    assert declared is not None
    return replace(config(SOURCE), networks=DeclaredNetworks((declared,), frozenset({NETWORK})))


def of_day(number: int) -> Delivery:
    rows = [
        f"S,{FIRST + timedelta(days=number)},flow,{2 + number % 5 / 10},m3/s,{gauge}"
        for gauge, days in DAYS.items()
        if number in days
    ]
    text = "site,day,item,value,unit,gauge\n" + "\n".join(rows) + "\n"
    return delivery(SOURCE, text, NOON + timedelta(days=number), f"{number}.csv")


@pytest.mark.parametrize("each", [1, 5, 24])
def test_a_text_tells_series_apart_however_deliveries_are_cut(each: int) -> None:
    store = MemoryStore()
    whole = [of_day(number) for number in range(24)]
    for at in range(0, len(whole), each):
        run(store, with_network(), whole[at : at + each])
    clean = store.all_clean(SOURCE.table)
    assert clean.height == sum(len(days) for days in DAYS.values())
    late = clean.filter(pl.col("flag_tests").str.contains("gap"))
    assert late.select("sample", pl.col("period_start").dt.date()).rows() == [("1", FIRST + timedelta(days=20))]


def test_a_corrected_reading_is_of_its_own_text() -> None:
    store = MemoryStore()
    text = "site,day,item,value,unit,gauge\nS,2025-01-01,flow,9.5,m3/s,01\n"
    run(store, with_network(), [of_day(0)])
    run(store, with_network(), [delivery(SOURCE, text, NOON + timedelta(days=9), "again.csv")])
    values = dict(store.all_clean(SOURCE.table).select("sample", pl.col("value").cast(pl.Float64)).rows())
    assert values == {"01": 9.5, "1": 2.0, "上游": 2.0}
