"""A small clean layer for conformance tests: readings by hand, written as the cleaning step writes them.

Here belongs turning a few hand-made readings into Parquet of the declared schema, and running dbt over them. Not here:
any rule of a standard: those are what the tests compare with.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from sources.registry.declared import DECLARED_TABLES
from sources.registry.load import load_registry
from sources.registry.model import REGISTER_COLUMNS, Column

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
_DTYPES: Mapping[str, Any] = {
    "string": pl.String, "int": pl.Int64, "tinyint": pl.Int8, "bool": pl.Boolean, "date": pl.Date,
    "timestamp": pl.Datetime("us"), "decimal": pl.Decimal(18, 6),
}  # fmt: skip

registry = load_registry(ROOT / "sources" / "registry")


def reading(
    table: str, site: str, parameter: str, start: datetime, end: datetime, value: str | None, **more: Any
) -> dict[str, Any]:
    """One clean reading in the parameter's unit; `more` sets dims and overrides (flag, provenance)."""
    feed = registry.feeds[registry.table(table).feed]
    return {
        "site_id": site,
        "parameter": parameter,
        "period_start": start,
        "period_end": end,
        "period_start_utc": start - timedelta(hours=8),
        "value": None if value is None else Decimal(value),
        "unit": feed.parameters_of(table)[parameter].unit,
        "value_raw": value,
        "flag": 1,
        "flag_tests": "",
        "provenance": "observed",
        "source_id": "by_hand",
        "known_from": end,
        "raw_sha256": "0" * 64,
        "raw_row": 1,
        "raw_column": parameter,
        **more,
    }


def write_clean(
    root: Path,
    readings: Mapping[str, Iterable[Mapping[str, Any]]],
    sites: Iterable[Mapping[str, Any]],
    declared: Mapping[str, Iterable[Mapping[str, Any]]] | None = None,
) -> None:
    """Writes every clean table under `root` (empty where `readings` has none), the register, the rows a user enters
    into declared tables, and no file counts.
    """
    for name, table in registry.tables.items():
        _write(root / name, f"{table.grain}=by_hand", table.columns, readings.get(name, ()))
    register = [{"valid_from": datetime(2000, 1, 1).date(), "provenance": "observed", **site} for site in sites]
    _write(root / "site_register", "", REGISTER_COLUMNS, register)
    for table in DECLARED_TABLES.values():
        _write(root / table.clean_name, "", table.columns, (declared or {}).get(table.name, ()))


def run_dbt(
    project: Path, clean: Path, database: Path, as_of: str, *arguments: str, more_vars: Mapping[str, Any] | None = None
) -> subprocess.CompletedProcess[str]:
    """dbt over `clean` into `database`; cross-domain models read the candidate directly."""
    variables = {"clean_root": str(clean), "as_of": as_of, "admitted_schema": "candidate", **(more_vars or {})}
    command = [
        str(Path(sys.executable).with_name("dbt")), *arguments, "--project-dir", str(project), "--profiles-dir",
        str(project), "--vars", json.dumps(variables),
    ]  # fmt: skip
    environment = {
        **os.environ,
        "ECOLEDGER_BUILD_DB": str(database),
        "DBT_TARGET_PATH": str(database.parent / "target"),
        "DBT_LOG_PATH": str(database.parent / "logs"),
    }
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=300)


def project_with(folder: Path, seed_rows: Mapping[str, Sequence[str]]) -> Path:
    """A copy of the dbt project with lines appended to seeds: what a user enters."""
    project = folder / "project"
    shutil.copytree(ROOT / "dbt_project", project, ignore=shutil.ignore_patterns("target", "logs", "__pycache__"))
    for seed, lines in seed_rows.items():
        with (project / "seeds" / f"{seed}.csv").open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
    return project


def _write(folder: Path, partition: str, columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> None:
    schema = {c.name: _DTYPES[c.dtype] for c in columns}
    (folder / partition).mkdir(parents=True, exist_ok=True)
    pl.DataFrame(schema=schema).write_parquet(folder / "empty.parquet")
    filled = [{name: row.get(name) for name in schema} for row in rows]
    pl.DataFrame(filled, schema=schema, orient="row").write_parquet(folder / partition / "part-0.parquet")
