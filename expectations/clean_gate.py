"""Judges the clean layer: makes the summaries in temporary tables and hands them to the bench, feed by feed.

Here belong where the clean Parquet stands and what a summary is bound to. Not here: the checks themselves
(suites/clean.py). One scan per clean table; records are bound to the SHA-256 of the summary that was judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from expectations.bench import Bench
from expectations.checks import literal, quoted
from expectations.contract import clean_columns
from expectations.records import GateError
from expectations.reduce import Target
from expectations.suites import clean as suites
from sources.registry.model import Feed, Registry
from warehouse.duck import file_pattern


@dataclass(frozen=True)
class CleanState:
    """What the clean layer holds: readings per clean table, deliveries and counted clean readings per feed."""

    readings: Mapping[str, int]
    files: Mapping[str, int]
    counted: Mapping[str, int]


def parquet(root: Path, table: str) -> str:
    """SQL relation over every partition of a clean table below `root`, as dbt's sources read it."""
    return f"read_parquet({literal(f'{file_pattern(root)}/{table}/**/*.parquet')}, hive_partitioning = false)"


def summarise(con: duckdb.DuckDBPyConnection, root: Path, registry: Registry, as_of: datetime) -> CleanState:
    """Makes a temporary summary of each clean table and each feed's file counts; GateError names what is missing."""
    readings: dict[str, int] = {}
    files: dict[str, int] = {}
    counted: dict[str, int] = {}
    for feed in registry.feeds.values():
        name = _counts_name(feed)
        _summary(con, name, suites.counts_summary(feed, _places(root, ""), as_of))
        files[feed.name], counted[feed.name] = _row(
            con, f"select count(*), coalesce(sum(readings_clean), 0) from {quoted(name)}"
        )
        for table in feed.tables:
            _summary(con, _summary_name(table), suites.readings_summary(feed, _places(root, table), as_of))
            (readings[table],) = _row(con, f"select coalesce(sum(n), 0) from {quoted(_summary_name(table))}")
    return CleanState(readings, files, counted)


def judge_clean(bench: Bench, root: Path, registry: Registry, as_of: datetime, state: CleanState) -> None:
    """Adds the records of all feeds to the bench, under each feed's domain."""
    for feed in registry.feeds.values():
        clean_rows = sum(state.readings[t] for t in feed.tables)
        name = _counts_name(feed)
        bench.judge(
            feed.domain,
            name,
            _digest(bench.con, name),
            Target(quoted(name), ("delivered_at", "delivery_id")),
            suites.counts_checks(feed, clean_rows, state.files[feed.name]),
        )
        for table in feed.tables.values():
            digest = _digest(bench.con, _summary_name(table.name))
            places = _places(root, table.name)
            if bench.contract(feed.domain, table.name, digest, places.readings, clean_columns(table)):
                bench.judge(
                    feed.domain,
                    table.name,
                    digest,
                    Target(quoted(_summary_name(table.name)), ("parameter", "flag", "provenance")),
                    suites.readings_checks(feed, table, places, as_of, state.counted[feed.name]),
                )


def _places(root: Path, table: str) -> suites.CleanPlaces:
    return suites.CleanPlaces(parquet(root, "file_counts"), parquet(root, table), parquet(root, "site_register"))


def _counts_name(feed: Feed) -> str:
    return f"file_counts_{feed.name}"


def _summary_name(table: str) -> str:
    return f"summary_{table}"


def _summary(con: duckdb.DuckDBPyConnection, name: str, query: str) -> None:
    try:
        con.execute(f"create or replace temp table {quoted(name)} as {query}")
    except duckdb.Error as error:
        raise GateError(f"the clean layer cannot be judged ({name}): {str(error).strip()}") from error


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
