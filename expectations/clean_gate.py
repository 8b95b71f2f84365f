"""Judges the clean layer feed by feed: summaries in temporary tables, handed to the bench.

Here belong where the clean Parquet is, what a summary is bound to, and which clean tables are judged again. Not here:
the checks themselves (suites/clean_layer.py). One scan per clean table that is judged; records are bound to the SHA-256
of the summary that was judged. What is recent moves with as_of: a table whose files are the same and that has as many
recent readings as when it was judged has the same ones, so that only two columns are read to know it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import duckdb

from expectations.bench import Bench
from expectations.carry import Bound, EarlierRelease, record_key
from expectations.reduce import Target
from expectations.suites import clean_layer as suites
from expectations.waivers import Waiver
from sources.registry.feed_model import CleanTable, Feed, Registry
from warehouse.duck import file_pattern
from warehouse.lake.clean_files import SITE_REGISTER
from warehouse.lake.file_counts import TABLE
from warehouse.sql import literal, quoted
from warehouse.tables.judged import GateError

# A moment that stands for as_of in a key: what as_of decides is in the key by what it found.
_ANY_MOMENT = datetime(2000, 1, 1)
# Names that stand for places in a key: moving the lake changes no record.
_ANYWHERE = suites.CleanPlaces("file_counts", "readings", "site_register")
# The counts of all files, while the clean layer is judged.
_COUNTED = "counted_files"
# A declared type as DuckDB reads it from the Parquet of the clean layer.
_TYPES = {
    "string": "varchar",
    "int": "bigint",
    "tinyint": "tinyint",
    "bool": "boolean",
    "date": "date",
    "timestamp": "timestamp",
    "decimal": "decimal(18,6)",
}


@dataclass(frozen=True)
class CleanLayer:
    """The clean layer under judgement: its folder, the moment, waivers in force, what the current release holds.

    `tokens` say what each clean table and the site register hold: same token, same files. A table without one is
    judged.
    """

    root: Path
    registry: Registry
    as_of: datetime
    waivers: Sequence[Waiver] = ()
    earlier: EarlierRelease = field(default_factory=EarlierRelease)
    tokens: Mapping[str, str] = field(default_factory=dict)


def parquet(root: Path, table: str) -> str:
    """SQL relation over every partition of a clean table below `root`, as dbt's sources read it."""
    return f"read_parquet({literal(f'{file_pattern(root)}/{table}/**/*.parquet')}, hive_partitioning = false)"


def readings_of(con: duckdb.DuckDBPyConnection, root: Path, registry: Registry) -> dict[str, int]:
    """How many readings each clean table holds; GateError names a table that cannot be read."""
    return {table: _count(con, table, parquet(root, table)) for table in registry.tables}


def judge_clean(bench: Bench, layer: CleanLayer, readings: Mapping[str, int]) -> dict[str, str]:
    """Adds the records of all feeds to the bench, under each feed's domain; gives the key of each table's records."""
    keys: dict[str, str] = {}
    # Files of months that hold all feeds: read once for all of them.
    _summary(bench.con, _COUNTED, f"select * from {parquet(layer.root, TABLE)}")
    for feed in layer.registry.feeds.values():
        before = len(bench.records)
        counted = _judge_counts(bench, layer, feed, sum(readings[t] for t in feed.tables), keys)
        for table in feed.tables.values():
            keys[table.name] = _readings_key(bench.con, layer, feed, table, counted)
            if kept := layer.earlier.holding(table.name, keys[table.name]):
                bench.records += kept
            else:
                _judge_readings(bench, layer, feed, table, counted)
        if feed.declared:
            # What is wrong with a network's readings, or a register's cases, holds that one.
            bench.records[before:] = [replace(r, part=feed.name) for r in bench.records[before:]]
    return keys


def _judge_counts(bench: Bench, layer: CleanLayer, feed: Feed, clean_rows: int, keys: dict[str, str]) -> int:
    """Judges what was counted of a feed's files; gives the readings counted clean.

    The summary is small, so that its digest says whether anything changed.
    """
    name = _counts_name(feed)
    places = replace(_places(layer.root, ""), file_counts=quoted(_COUNTED))
    _summary(bench.con, name, suites.counts_summary(feed, places, layer.as_of))
    files, counted = _row(bench.con, f"select count(*), coalesce(sum(readings_clean), 0) from {quoted(name)}")
    digest = _digest(bench.con, name)
    checks = suites.counts_checks(feed, clean_rows, files)
    keys[name] = record_key(Bound(name, digest), checks, layer.waivers, layer.as_of.date(), reads={})
    if kept := layer.earlier.holding(name, keys[name]):
        bench.records += kept
    else:
        bench.judge(feed.domain, name, digest, Target(quoted(name), ("delivered_at", "delivery_id")), checks)
    return counted


def _contract(table: CleanTable) -> dict[str, str]:
    """Column → type of a clean table, as warehouse.tables.contract compares them."""
    return {c.name: _TYPES[c.dtype] for c in table.columns}


def _judge_readings(bench: Bench, layer: CleanLayer, feed: Feed, table: CleanTable, counted: int) -> None:
    name, places = _summary_name(table.name), _places(layer.root, table.name)
    _summary(bench.con, name, suites.readings_summary(feed, table, places, layer.as_of))
    digest = _digest(bench.con, name)
    if bench.contract(feed.domain, table.name, digest, places.readings, _contract(table)):
        target = Target(quoted(name), ("parameter", "flag", "provenance"))
        checks = suites.readings_checks(feed, table, places, layer.as_of, counted)
        bench.judge(feed.domain, table.name, digest, target, checks)


def _readings_key(
    con: duckdb.DuckDBPyConnection, layer: CleanLayer, feed: Feed, table: CleanTable, counted: int
) -> str:
    """The key of a clean table's records; '' where it is not known what its files hold."""
    if not (layer.tokens.get(table.name) and layer.tokens.get(SITE_REGISTER)):
        return ""
    facts = [
        str(_count(con, table.name, query))
        for query in suites.moved_by_as_of(feed, table, _places(layer.root, table.name), layer.as_of)
    ]
    judged = suites.readings_checks(feed, table, _ANYWHERE, _ANY_MOMENT, counted)
    also = [
        suites.readings_summary(feed, table, _ANYWHERE, _ANY_MOMENT),
        str(sorted(_contract(table).items())),
        layer.tokens[SITE_REGISTER],
        *facts,
    ]
    today = layer.as_of.date()
    bound = Bound(table.name, layer.tokens[table.name])
    return record_key(bound, judged, layer.waivers, today, reads={}, also=also)


def _places(root: Path, table: str) -> suites.CleanPlaces:
    return suites.CleanPlaces(parquet(root, TABLE), parquet(root, table), parquet(root, "site_register"))


def _counts_name(feed: Feed) -> str:
    return f"file_counts_{feed.name}"


def _summary_name(table: str) -> str:
    return f"summary_{table}"


def _summary(con: duckdb.DuckDBPyConnection, name: str, query: str) -> None:
    try:
        con.execute(f"create or replace temp table {quoted(name)} as {query}")
    except duckdb.Error as error:
        raise GateError(f"the clean layer cannot be judged ({name}): {str(error).strip()}") from error


def _count(con: duckdb.DuckDBPyConnection, name: str, relation: str) -> int:
    try:
        (count,) = _row(con, f"select count(*) from {relation}")
    except duckdb.Error as error:
        raise GateError(f"the clean layer cannot be judged ({name}): {str(error).strip()}") from error
    return count


def _digest(con: duckdb.DuckDBPyConnection, name: str) -> str:
    text = "cast(t as varchar)"
    (digest,) = _row(
        con, f"select sha256(coalesce(string_agg({text}, chr(10) order by {text}), '')) from {quoted(name)} as t"
    )
    return digest


def _row(con: duckdb.DuckDBPyConnection, query: str) -> tuple:
    row = con.execute(query).fetchone()
    if row is None:
        raise GateError(f"no answer to {query}")
    return row
