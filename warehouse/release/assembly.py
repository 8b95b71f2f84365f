"""Putting a release's files together: Parquet first, then marts.duckdb from it in the pinned format, with comments.

Here belong writing both, filling the tables about the judgement, and reading the database back. Not here: whether a
table may enter (gate_records.py), what stays from the release before (kept.py), the manifest (manifest.py) and
the flip (publication.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.duck import attach, connect, create_table, file_pattern
from warehouse.release.kept import Kept, copy_database, names_of, take_parquet
from warehouse.sql import literal, quoted
from warehouse.tables.catalogue import JUDGEMENT, Catalogue, MartTable
from warehouse.tables.ordered import digest_as_written, staged, write_ordered


@dataclass(frozen=True)
class Places:
    """Where marts are written (`marts`), dbt's working database, room for sorting, and what the gate's pass left."""

    marts: Path
    build_db: Path
    spill: Path
    ordered: Path


class JudgementContract(RuntimeError):
    """A judgement table's contract asks for what the release step does not know; the message names the columns."""


def write_marts(places: Places, tables: Mapping[str, tuple[MartTable, str, str]], kept: Kept) -> dict[str, int]:
    """Writes <table>.parquet of every given table, in total order, and gives its number of rows.

    `tables` is name → (table, digest, schema of the working database that holds it). What `kept` holds, or was staged
    under the digest, is linked; only what is in neither is sorted here. The digest is not looked at again:
    write_database() tells from the database, which is made of these files.
    """
    places.marts.mkdir()
    rows = {}
    with connect(places.spill) as con:
        attach(con, places.build_db, "build")
        for name, (table, digest, schema) in tables.items():
            file = places.marts / f"{name}.parquet"
            if name in kept.tables:
                take_parquet(kept.parquet(name), file)
            elif staged(places.ordered, digest).exists():
                take_parquet(staged(places.ordered, digest), file)
            else:
                write_ordered(con, f"build.{quoted(schema)}.{quoted(name)}", table, file)
            rows[name] = pq.read_metadata(file).num_rows
    return rows


def write_judgement(
    folder: Path, spill: Path, tables: Iterable[MartTable], rows: Mapping[str, Sequence[Mapping[str, Any]]]
) -> None:
    """Writes the Parquet of the tables about the judgement from `rows`, by table, under the contract's types.

    JudgementContract if a table is not among them or a column has no value; a value that does not fit is an error.
    """
    with connect(spill) as con:
        for table in tables:
            if table.name not in rows:
                raise JudgementContract(f"{table.name} is tagged {JUDGEMENT}, but the release step does not fill it")
            names = [c.name for c in table.columns]
            if unknown := sorted({n for row in rows[table.name] for n in names if n not in row}):
                raise JudgementContract(f"{table.name}: the release step has no value for {', '.join(unknown)}")
            text = pa.schema([pa.field(n, pa.string()) for n in names])
            given = [{n: None if row[n] is None else str(row[n]) for n in names} for row in rows[table.name]]
            con.register("judgement_rows", pa.Table.from_pylist(given, text))
            casts = ", ".join(f"CAST({quoted(c.name)} AS {c.data_type}) AS {quoted(c.name)}" for c in table.columns)
            write_ordered(con, f"(SELECT {casts} FROM judgement_rows)", table, folder / f"{table.name}.parquet")
            con.unregister("judgement_rows")


def write_database(
    file: Path, marts: Path, spill: Path, catalogue: Catalogue, kept: Kept
) -> dict[str, tuple[str, int]]:
    """Writes `file`: every table of the catalogue, from its Parquet in `marts`, with comments.

    Starts from a copy of the current release's database where `kept` says so: tables that stay are not touched. Gives
    digest and rows of every other table, read back from the file; OutOfOrder if its rows are not stored in order.
    """
    staying = names_of(kept)
    written = [table for table in catalogue.tables if table.name not in staying]
    if staying:
        copy_database(kept, file)
    with connect(spill) as con:
        attach(con, file, "release", read_only=False)
        if staying:
            _drop_all_but(con, staying)
        # One transaction: every statement of its own would be flushed to the disk by itself.
        con.execute("BEGIN")
        for table in written:
            _fill(con, f"release.{quoted(table.name)}", table, marts / f"{table.name}.parquet")
        con.execute("COMMIT")
        con.execute("CHECKPOINT release")
        con.execute("DETACH release")
        attach(con, file, "release")
        return {table.name: digest_as_written(con, f"release.{quoted(table.name)}", table) for table in written}


def _drop_all_but(con: duckdb.DuckDBPyConnection, staying: Sequence[str]) -> None:
    found = con.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'release'").fetchall()
    con.execute("BEGIN")
    for (name,) in found:
        if name not in staying:
            con.execute(f"DROP TABLE release.{quoted(name)}")
    con.execute("COMMIT")
    # Only now are their blocks free for what is written next.
    con.execute("CHECKPOINT release")


def _fill(con: duckdb.DuckDBPyConnection, target: str, table: MartTable, parquet: Path) -> None:
    create_table(con, target, table)
    columns = ", ".join(quoted(c.name) for c in table.columns)
    source = f"read_parquet({literal(file_pattern(parquet))})"
    con.execute(f"INSERT INTO {target} ({columns}) SELECT {columns} FROM {source}")
    con.execute(f"COMMENT ON TABLE {target} IS {literal(table.description)}")
    for column in table.columns:
        con.execute(f"COMMENT ON COLUMN {target}.{quoted(column.name)} IS {literal(column.description)}")
