"""Staged readings that were spilled are found again: those asked for, all of them, and nothing else.

Here belongs the staging area alone. Not here: what is made of the readings (test_cleaning_partitions.py).
"""

from __future__ import annotations

import polars as pl
import pytest

from sources.cleaning.spill import Budget, Staging
from sources.cleaning.staged import FILE, PART, SITE, staged_schema
from sources.registry import registry

TABLE = registry().table("clean_air")


def staged(file: int, parts: list[int], sites: int = 3) -> pl.DataFrame:
    """One reading of each site in each of the partitions, in the order given."""
    rows = [{FILE: file, "raw_row": n, PART: p, SITE: s} for n, p in enumerate(parts) for s in range(sites)]
    empty = pl.DataFrame(schema=staged_schema(TABLE))
    return pl.concat([empty, pl.DataFrame(rows).cast({c: empty.schema[c] for c in rows[0]})], how="diagonal")


def found(frame: pl.DataFrame) -> list[tuple[int, int, int, int]]:
    return sorted(frame.select(FILE, "raw_row", PART, SITE).iter_rows())


# Partitions come in any order, twice within one spill and again in a later one.
BATCHES = (staged(0, [7, 3, 3, 9]), staged(1, [4, 7]), staged(2, [9, 3, 5, 8]), staged(3, [1, 7, 12]))
EVERY = found(pl.concat(BATCHES))


# One, neighbours, apart, all, none, in any order.
ASKED = ([3], [3, 4, 5], [3, 7, 12], [1, 3, 4, 5, 7, 8, 9, 12], [2, 6], [9, 1])


@pytest.mark.parametrize("piece", [1, 4096], ids=["a piece for each reading", "one piece"])
@pytest.mark.parametrize("limit", [0, 25, 1000], ids=["each batch", "once", "in memory"])
def test_readings_of_the_partitions_asked_for_are_found_however_they_were_spilled(monkeypatch, piece, limit):
    monkeypatch.setattr("sources.cleaning.spill._LEAST_PIECE", piece)
    with Staging(Budget(staged=limit)) as staging:
        for batch in BATCHES:
            staging.add(TABLE, batch)
        for parts in ASKED:
            for sites in (None, [1], [0, 2]):
                got = staging.load(TABLE, parts, sites)
                assert got.schema == pl.Schema(staged_schema(TABLE))
                assert found(got) == [r for r in EVERY if r[2] in parts and (sites is None or r[3] in sites)]


@pytest.mark.parametrize("most", [64, 2], ids=["a division for each range", "ranges share divisions"])
def test_a_divided_partition_gives_each_range_of_sites_its_readings(monkeypatch, most):
    monkeypatch.setattr("sources.cleaning.spill._MOST_DIVISIONS", most)
    with Staging(Budget(staged=10)) as staging:
        for batch in BATCHES:
            staging.add(TABLE, batch)
        assert staging.site_rows(TABLE, 7) == {0: 3, 1: 3, 2: 3}
        staging.divide(TABLE, 7, [[2], [0], [1]])
        for site in (0, 1, 2):
            assert found(staging.load(TABLE, [7], [site])) == [r for r in EVERY if r[2] == 7 and r[3] == site]


def test_a_dropped_delivery_is_gone_whether_spilled_or_held():
    with Staging(Budget(staged=25)) as staging:
        for batch in BATCHES:
            staging.add(TABLE, batch)
        staging.drop(0)
        staging.drop(3)
        assert found(staging.load(TABLE, range(20))) == [r for r in EVERY if r[0] in (1, 2)]
