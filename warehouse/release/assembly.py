"""Putting a release's files together: Parquet first, then marts.duckdb from it in the pinned format, with comments.

Here belong writing both, filling the tables about the judgement, and reading the database back. Not here: whether a
table may enter (gate_records.py), what stays from the release before (kept.py), months of a table (month_files.py), the
manifest (manifest.py) and the flip (publication.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.duck import attach, connect, create_table, file_pattern
from warehouse.release.kept import Kept, copy_database, names_of, take_parquet
from warehouse.release.month_files import changed_months, read_back, replace_months, write_months
from warehouse.sql import literal, quoted
from warehouse.tables.catalogue import JUDGEMENT, Catalogue, MartTable
from warehouse.tables.months import Month, months_from
from warehouse.tables.ordered import digest_as_written, write_ordered
from warehouse.tables.staging import staged


@dataclass(frozen=True)
class Places:
    """Where marts are written (`marts`), dbt's working database, room for sorting, and what the gate's pass left."""

    marts: Path
    build_db: Path
    spill: Path
    ordered: Path


@dataclass(frozen=True)
class Laid:
    """A mart's Parquet as it was laid: its rows, and its months where it is built by day."""

    rows: int
    months: tuple[Month, ...] = ()


class JudgementContract(RuntimeError):
    """A judgement table's contract asks for what the release step does not know; the message names the columns."""


def write_marts(places: Places, tables: Mapping[str, tuple[MartTable, str, str]], kept: Kept) -> dict[str, Laid]:
    """Writes <table>.parquet of every given table, in total order (a table that is built by day: month after month).

    `tables` is name → (table, digest, schema of the working database that holds it). What `kept` holds, or was staged
    under the digest, is linked; only what is in neither is sorted here. The digest is not looked at again:
    write_database() tells from the database, which is made of these files.
    """
    places.marts.mkdir()
    laid = {}
    with connect(places.spill) as con:
        attach(con, places.build_db, "build")
        for name, (table, digest, schema) in tables.items():
            file = places.marts / f"{name}.parquet"
            relation = f"build.{quoted(schema)}.{quoted(name)}"
            months: tuple[Month, ...] = ()
            if name in kept.tables:
                take_parquet(kept.parquet(name), file)
                months = months_from(kept.tables[name].get("months", ()))
            elif table.day:
                months = write_months(con, relation, table, digest, places.ordered, kept, file)
            elif staged(places.ordered, digest).exists():
                take_parquet(staged(places.ordered, digest), file)
            else:
                write_ordered(con, relation, table, file)
            laid[name] = Laid(pq.read_metadata(file).num_rows, months)
    return laid


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
    file: Path, places: Places, catalogue: Catalogue, kept: Kept, months: Mapping[str, Sequence[Month]]
) -> dict[str, tuple[str, int]]:
    """Writes `file`: every table of the catalogue, from its Parquet, with comments.

    Starts from a copy of the current release's database where `kept` says so: tables that stay are not touched, and of
    those that stay partly only the `months` that changed. Gives digest and rows of every other table, read back from
    the file; OutOfOrder if its rows are not stored in order, where that is its order as a whole.
    """
    staying, changing = names_of(kept), _changing(kept, months)
    written = [table for table in catalogue.tables if table.name not in staying]
    if kept.base:
        copy_database(kept, file)
    with connect(places.spill) as con:
        attach(con, file, "release", read_only=False)
        if kept.base:
            _drop_all_but(con, {*staying, *changing})
        # One transaction: every statement of its own would be flushed to the disk by itself.
        con.execute("BEGIN")
        for table in written:
            target, parquet = f"release.{quoted(table.name)}", places.marts / f"{table.name}.parquet"
            if table.name in changing:
                replace_months(con, target, table, _rows_of(parquet), changing[table.name])
            else:
                _fill(con, target, table, parquet)
        con.execute("COMMIT")
        con.execute("CHECKPOINT release")
        con.execute("DETACH release")
        attach(con, file, "release")
        found = {}
        for table in written:
            relation = f"release.{quoted(table.name)}"
            if table.day:
                changed = changing.get(table.name)
                known = {} if changed is None else {m.month: m for m in months[table.name] if m.month not in changed}
                found[table.name] = read_back(con, relation, table, known)
            else:
                found[table.name] = digest_as_written(con, relation, table)
        return found


def _changing(kept: Kept, months: Mapping[str, Sequence[Month]]) -> dict[str, list[str]]:
    """The tables of which only some months are replaced in the copied database, with those; where most of them would
    be, the whole table is written.
    """
    if not kept.base:
        return {}
    found = {name: changed_months(kept.months(name), months[name]) for name in kept.partly}
    return {name: changed for name, changed in found.items() if 2 * len(changed) <= len(months[name])}


def _drop_all_but(con: duckdb.DuckDBPyConnection, staying: Set[str]) -> None:
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
    con.execute(f"INSERT INTO {target} ({columns}) SELECT {columns} FROM {_rows_of(parquet)}")
    con.execute(f"COMMENT ON TABLE {target} IS {literal(table.description)}")
    for column in table.columns:
        con.execute(f"COMMENT ON COLUMN {target}.{quoted(column.name)} IS {literal(column.description)}")


def _rows_of(parquet: Path) -> str:
    return f"read_parquet({literal(file_pattern(parquet))})"
