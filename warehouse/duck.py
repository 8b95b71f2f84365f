"""Small things every DuckDB user of the warehouse needs: a quiet connection, a path as a pattern, a table's order.

Here belongs what does not know about releases or candidates. Not here: SQL of the marts (dbt_project). Every connection
of the product is made here: it keeps a memory limit, fetches no extension, and spills into the data directory instead
of the working directory.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from warehouse.engine_limits import duckdb_limits
from warehouse.sql import literal, quoted
from warehouse.tables.catalogue import MartTable

# DuckDB 1.0's format: what 1.1 to 2.x clients open.
STORAGE_VERSION = "v1.0.0"


def file_pattern(path: Path) -> str:
    """A path as DuckDB's file patterns read it: what would be a wildcard is meant as written."""
    return "".join(f"[{c}]" if c in "[]*?" else c for c in str(path))


def connect(
    spill: Path, file: Path | None = None, *, read_only: bool = False, closed: bool = False
) -> duckdb.DuckDBPyConnection:
    """A connection to `file`, or one in memory that attaches files; what is beyond its memory limit goes to `spill`.

    `closed`: it can open no other file and change no setting. IOException if another process is writing `file`.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        **duckdb_limits(),
        "temp_directory": str(spill),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        # No setting of the machine may decide how text sorts or which zone a time is read in.
        "default_collation": "binary",
    }
    con = duckdb.connect(str(file) if file else ":memory:", read_only=read_only, config=config)
    if closed:
        # Not in `config`: DuckDB refuses a folder for spilling next to it.
        con.execute("SET enable_external_access = false; SET lock_configuration = true")
    return con


def attach(con: duckdb.DuckDBPyConnection, file: Path, name: str, read_only: bool = True) -> None:
    """Attaches `file` under `name`; for writing it is created in the storage format every client opens."""
    options = "READ_ONLY" if read_only else f"STORAGE_VERSION {literal(STORAGE_VERSION)}"
    con.execute(f"ATTACH {literal(str(file))} AS {quoted(name)} ({options})")


def total_order(table: MartTable) -> tuple[str, ...]:
    """The columns that order a table's rows: its grain, then everything else that is not volatile."""
    return *table.grain, *sorted(c.name for c in table.columns if c.name not in (*table.grain, *table.volatile))


def select_ordered(relation: str, table: MartTable, columns: list[str], by: Sequence[str] = ()) -> str:
    """SELECT of `columns` in the table's total order, or only `by` the columns that are given."""
    order = ", ".join(f"{quoted(n)} ASC NULLS FIRST" for n in by or total_order(table))
    return f"SELECT {', '.join(map(quoted, columns))} FROM {relation} ORDER BY {order}"


def create_table(con: duckdb.DuckDBPyConnection, relation: str, table: MartTable) -> None:
    """Creates an empty table under the contract."""
    columns = ", ".join(f"{quoted(c.name)} {c.data_type}" for c in table.columns)
    con.execute(f"CREATE TABLE {relation} ({columns})")
