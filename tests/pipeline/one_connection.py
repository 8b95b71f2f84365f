"""The dbt project compiled once and run as plain SQL in one DuckDB connection, for any moment of a lake.

A lake is cut by `known_from`: what a refresh of that moment could not know is not there. Here belong compiling, the cut
and the run. Not here: what must hold (the test modules), or dbt's own run of the same nodes (a refresh).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

import duckdb

from orchestration.dbt_runs.dbt_runner import prepare_manifest
from tests.kit import run_dbt
from warehouse.paths import DataDir
from warehouse.tables.admitted import CANDIDATE_SCHEMA

# Holds the place in the compiled SQL where a day's own moment is put.
_MARK = "2199-12-31 23:59:59"
_KNOWN_BY = {"file_counts": "delivered_at"}
_ALWAYS = ("site_register", "declared_")
_SETTINGS = {"threads": "2", "memory_limit": "1400MB", "preserve_insertion_order": "false"}


@dataclass(frozen=True)
class Broken:
    """A model that did not run, or a data test with failing rows: its name and dbt's severity of it."""

    name: str
    severity: str
    what: str


class OneConnection:
    """All models and data tests of the project over one lake; `judge` rebuilds everything as of a moment."""

    def __init__(self, data: DataDir) -> None:
        self._data = data
        self._manifest = prepare_manifest(data)
        variables = {"as_of": _MARK, "admitted_schema": CANDIDATE_SCHEMA}
        target = data.dbt / "one_connection"
        for command in (["seed"], ["compile", "--exclude", "resource_type:unit_test"]):
            run_dbt(data, command, target, variables, self._manifest)
        self._nodes = json.loads((target / "manifest.json").read_bytes())["nodes"]
        self.con = duckdb.connect(config=_SETTINGS)
        self._load()

    def as_of(self, last_day: date) -> datetime:
        """What `refresh --to last_day` judges against: the latest delivery due on the morning after."""
        clock = datetime.combine(last_day + timedelta(days=1), time(6, 30))
        return self.con.execute(
            "select max(delivered_at) from lake.main.file_counts where delivered_at <= ?", [clock]
        ).fetchall()[0][0]

    def judge(self, as_of: datetime) -> list[Broken]:
        """Builds every model as of `as_of` and runs every data test; what failed, models first."""
        self._cut(as_of)
        found = []
        for node in self._order:
            kind = "view" if node["config"]["materialized"] == "view" else "table"
            try:
                self.con.execute(f"create or replace {kind} {node['relation_name']} as {self._sql(node, as_of)}")
            except duckdb.Error as error:
                found.append(Broken(node["name"], "error", " ".join(str(error).split())[:300]))
        for node in self._tests:
            query = f"select {node['config'].get('fail_calc') or 'count(*)'} from ({self._sql(node, as_of)}) as failing"
            severity = str(node["config"].get("severity") or "error").lower()
            try:
                failing = self.con.execute(query).fetchall()[0][0]
            except duckdb.Error as error:
                found.append(Broken(node["name"], "error", " ".join(str(error).split())[:300]))
                continue
            if failing:
                found.append(Broken(node["name"], severity, f"{failing} rows"))
        return found

    def rows(self, sql: str, *parameters: Any) -> list[dict[str, Any]]:
        """Rows of a query over what `judge` built last."""
        cursor = self.con.execute(sql, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _load(self) -> None:
        """Seeds and clean tables into memory, under the names that the compiled SQL uses."""
        database = next(n["database"] for n in self._nodes.values() if n["resource_type"] == "seed")
        self.con.execute(f"attach ':memory:' as \"{database}\"")
        self.con.execute("attach ':memory:' as lake")
        self.con.execute(f'use "{database}"')
        self.con.execute(f"attach '{self._data.build_db}' as built (read_only)")
        for schema in sorted({n["schema"] for n in self._nodes.values()}):
            self.con.execute(f'create schema if not exists "{database}"."{schema}"')
        for node in self._nodes.values():
            if node["resource_type"] == "seed":
                name = node["relation_name"].split(".", 1)[1]
                self.con.execute(f"create table {node['relation_name']} as from built.{name}")
        self.con.execute("create schema lake.cut")
        for table in self._tables:
            files = f"'{self._data.clean_table(table)}/**/*.parquet', hive_partitioning = false"
            self.con.execute(f"create table lake.main.{table} as from read_parquet({files})")

    def _cut(self, as_of: datetime) -> None:
        for table in self._tables:
            known = _KNOWN_BY.get(table, "known_from")
            where = "" if table.startswith(_ALWAYS) else f" where {known} <= timestamp '{as_of}'"
            self.con.execute(f"create or replace view lake.cut.{table} as from lake.main.{table}{where}")

    def _sql(self, node: Mapping[str, Any], as_of: datetime) -> str:
        text = node["compiled_code"].replace(_MARK, f"{as_of:%Y-%m-%d %H:%M:%S}")
        return self._source.sub(r"lake.cut.\1", text)

    @cached_property
    def _source(self) -> re.Pattern[str]:
        root = re.escape(str(self._data.clean))
        return re.compile(rf"read_parquet\('{root}/(\w+)/\*\*/\*\.parquet', hive_partitioning = false\)")

    @cached_property
    def _tables(self) -> list[str]:
        return sorted(folder.name for folder in self._data.clean.iterdir() if folder.is_dir())

    @cached_property
    def _order(self) -> list[Mapping[str, Any]]:
        """Models, each after what it reads."""
        models = {k: n for k, n in self._nodes.items() if n["resource_type"] == "model"}
        return [models[k] for k in _sorted({k: n["depends_on"]["nodes"] for k, n in models.items()})]

    @cached_property
    def _tests(self) -> list[Mapping[str, Any]]:
        return [n for n in self._nodes.values() if n["resource_type"] == "test"]


def _sorted(parents: Mapping[str, list[str]]) -> Iterator[str]:
    done: set[str] = set()
    stack = sorted(parents, reverse=True)
    while stack:
        name = stack[-1]
        waiting = [p for p in parents[name] if p in parents and p not in done]
        if waiting:
            stack += waiting
            continue
        stack.pop()
        if name not in done:
            done.add(name)
            yield name
