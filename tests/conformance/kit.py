"""A small clean layer and one dbt run over it: what the conformance tests feed and read.

Here belong the readings of a case (as clean Parquet, by the registry's own schema), the site register that goes with
them, and the subprocess that runs the project. Not here: cases and expected figures (the test modules). Nothing here
computes a figure: a test that did would compare the project with itself.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from orchestration.dbt_runs.dbt_runner import PARSED, PROJECT, DbtError
from orchestration.environment import dbt_environment
from sources.registry.clean_columns import CLEAN_COLUMNS, NETWORK_COLUMNS, REGISTER_COLUMNS, Column
from sources.registry.declared_tables import DECLARED_TABLES
from sources.registry.network_tables import NETWORK_TABLES
from sources.registry.plan_tables import PLAN_TABLES
from sources.registry.read_registry import registry
from sources.registry.register_tables import CASE_COLUMNS, REGISTER_TABLES
from tests.kit import parsed, run_dbt
from warehouse.lake.file_counts import COLUMNS as FILE_COUNTS
from warehouse.paths import DataDir

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "standards"
_TYPES = {
    "string": pl.String,
    "int": pl.Int64,
    "tinyint": pl.Int8,
    "bool": pl.Boolean,
    "date": pl.Date,
    "timestamp": pl.Datetime("us"),
    "decimal": pl.Decimal(18, 6),
}


class District:
    """Readings and sites of invented cases, written as the clean layer that dbt reads."""

    def __init__(self) -> None:
        self._rows: dict[str, list[dict[str, Any]]] = {name: [] for name in registry().tables}
        self._sites: list[dict[str, Any]] = []
        self._declared: dict[str, list[dict[str, Any]]] = {}

    def site(self, feed: str, site_id: str, kind: str, **attributes: Any) -> str:
        """Registers a site, in force from 2000 on unless `valid_from` says otherwise."""
        entry = {"valid_from": date(2000, 1, 1), "assessed": False, "name_zh": site_id, "provenance": "observed"}
        self._sites.append(entry | {"feed": feed, "site_id": site_id, "kind": kind} | attributes)
        return site_id

    def declared(self, table: str, **row: Any) -> None:
        """A row of a declared table, as a user enters it."""
        self._declared.setdefault(table, []).append(row)

    def reading(self, table: str, site_id: str, parameter: str, start: datetime, value: Any, **more: Any) -> None:
        """One reading; `end` defaults to its start (a moment), `flag` to 1. None is a declared missing value."""
        end = more.pop("end", start)
        parameters = registry().feeds[registry().table(table).feed].parameters_of(table)
        self._rows[table].append(
            {
                "site_id": site_id,
                "parameter": parameter,
                "period_start": start,
                "period_end": end,
                "period_start_utc": start - timedelta(hours=8),
                "value": None if value is None else Decimal(str(value)),
                "unit": parameters[parameter].unit if parameter in parameters else None,
                "value_raw": str(value),
                "flag": 9 if value is None else 1,
                "flag_tests": "",
                "provenance": "observed",
                "known_from": end,
            }
            | more
        )

    def hours(
        self, table: str, site_id: str, parameter: str, first: datetime, values: Sequence[Any], **more: Any
    ) -> None:
        """Consecutive hours from `first` on."""
        for n, value in enumerate(values):
            start = first + timedelta(hours=n)
            self.reading(table, site_id, parameter, start, value, end=start + timedelta(hours=1), **more)

    def write(self, clean_root: Path) -> None:
        """Writes one file per table, next to the empty one that every table has."""
        for name, rows in self._rows.items():
            write_table(clean_root / name / "empty.parquet", registry().table(name).columns, [])
            if rows:
                write_table(clean_root / name / "cases" / "part-0.parquet", registry().table(name).columns, rows)
        write_table(clean_root / "site_register" / "part-0.parquet", REGISTER_COLUMNS, self._sites)
        write_table(clean_root / "file_counts" / "empty.parquet", FILE_COUNTS, [])
        for table in (*DECLARED_TABLES.values(), *PLAN_TABLES.values()):
            write_table(
                clean_root / table.clean_name / "part-0.parquet", table.columns, self._declared.get(table.name, [])
            )
        # A pattern has to match where a case declares no network and no register.
        for table in NETWORK_TABLES.values():
            write_table(clean_root / table.clean_name / "empty.parquet", table.columns, [])
        write_table(clean_root / "network_" / "empty.parquet", CLEAN_COLUMNS + NETWORK_COLUMNS, [])
        for table in REGISTER_TABLES.values():
            write_table(clean_root / table.clean_name / "empty.parquet", table.columns, [])
        for folder in (clean_root, clean_root.parent / "superseded"):
            write_table(folder / "register_" / "empty.parquet", CLEAN_COLUMNS + CASE_COLUMNS, [])


def write_table(file: Path, columns: Iterable[Column], rows: Sequence[Mapping[str, Any]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    schema = {c.name: _TYPES[c.dtype] for c in columns}
    pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema).write_parquet(file)


class Project:
    """The project's own dbt, as a subprocess, over one clean layer and one database."""

    def __init__(
        self,
        work: Path,
        as_of: datetime,
        clean_root: Path | None = None,
        **variables: Any,
    ) -> None:
        """`clean_root`: readings that are written already."""
        self._data = DataDir(work / "data").prepare()
        if clean_root:
            self._data.clean.symlink_to(clean_root)
        self.clean_root = self._data.clean
        self.database = self._data.build_db
        self._variables = {"as_of": f"{as_of:%Y-%m-%d %H:%M:%S}", "admitted_schema": "candidate"} | variables
        self._manifest = parsed(self._data)
        self._results = self._data.dbt / "tests" / "run_results.json"

    def dbt(self, *arguments: str) -> None:
        """Runs dbt; AssertionError with what it says of each node that failed."""
        self._results.unlink(missing_ok=True)
        try:
            run_dbt(self._data, arguments, self._results.parent, self._variables, self._manifest)
        except DbtError as error:
            raise AssertionError(str(error)) from None
        assert not (failed := self.messages()), "\n".join(failed)

    def at(self, as_of: datetime) -> Project:
        """The same project and database, judged at another moment."""
        other = copy(self)
        other._variables = self._variables | {"as_of": f"{as_of:%Y-%m-%d %H:%M:%S}"}
        return other

    def results(self) -> dict[str, str]:
        """Status of every node of the last run, by unique id."""
        return {r["unique_id"]: r["status"] for r in self._report()}

    def messages(self) -> list[str]:
        """What dbt says of each node that failed in the last run."""
        failed = (r for r in self._report() if r["status"] in ("error", "fail", "runtime error"))
        return [f"{r['unique_id']}: {r['message']}" for r in failed]

    def _report(self) -> list[dict[str, Any]]:
        return json.loads(self._results.read_bytes())["results"]

    def build(self, *folders: str, without: Sequence[str] = ()) -> None:
        """The marts of the folders or files with everything above them, without tests and the types in `without`."""
        selection = [f"+path:models/marts/{folder}" for folder in folders]
        self.dbt("build", "--exclude-resource-type", "test", "unit_test", "exposure", *without, "-s", *selection)

    def query(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows of a query over the database that dbt left."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(sql, parameters).fetchall()

    def inline(self, template: str) -> list[tuple[Any, ...]]:
        """Compiles SQL that calls the project's macros, and runs it."""
        return self.query(self.compiled(template))

    def compiled(self, template: str) -> str:
        """SQL that calls the project's macros, compiled."""
        compiler = self._compiler
        assert compiler.stdin and compiler.stdout
        compiler.stdin.write(json.dumps(template) + "\n")
        compiler.stdin.flush()
        compiled = json.loads(compiler.stdout.readline())
        assert isinstance(compiled, str), compiled
        return compiled

    @cached_property
    def _compiler(self) -> subprocess.Popen[str]:
        """compiler.py over this project; it ends when its input does, with this process."""
        scratch = self._data.dbt / "compiler"
        scratch.mkdir(parents=True, exist_ok=True)
        database = {"ECOLEDGER_BUILD_DB": str(scratch / self.database.name)}
        command = [sys.executable, "-m", "tests.conformance.compiler", str(self._manifest.with_name(PARSED))]
        return subprocess.Popen(
            [*command, str(self.clean_root), "-q", "--vars", json.dumps(self._variables)],
            cwd=ROOT,
            env=dbt_environment(self._data, PROJECT, scratch) | database,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(scratch / "stderr").open("w"),
            text=True,
        )


def agrees(found: Decimal | None, expected: Any, decimals: int) -> bool:
    """Whether a figure published at `decimals` is the expected one, at the decimals the example gives (one or more)."""
    if found is None:
        return False
    wanted = Decimal(str(expected))
    given = max(1, -int(wanted.as_tuple().exponent))
    step = Decimal(1).scaleb(-min(given, decimals))
    return found.quantize(step, ROUND_HALF_EVEN) == wanted.quantize(step, ROUND_HALF_EVEN)


def worked_examples() -> list[dict[str, Any]]:
    """The entries of worked_examples.json; empty where the folder is absent."""
    file = SHARED / "worked_examples.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
