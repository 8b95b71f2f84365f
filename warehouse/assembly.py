"""Putting a release's files together: marts.duckdb in the pinned format, comments, Parquet beside it, judgement tables.

Here belongs copying admitted tables and filling the tables about the judgement. Not here: whether a table may enter
(gate_records.py), the manifest and the flip (release.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.catalogue import JUDGEMENT, Catalogue, MartTable
from warehouse.digest import table_digest
from warehouse.duck import attach, connect, create_table, literal, quoted, select_ordered
from warehouse.parquet import ROW_GROUP, write_batches


class JudgementContract(RuntimeError):
    """A judgement table's contract asks for what the release step does not know; the message names the columns."""


def build_database(
    file: Path,
    build_db: Path,
    spill: Path,
    catalogue: Catalogue,
    sources: Mapping[str, str],
    judgement_rows: Mapping[str, Sequence[Mapping[str, Any]]],
) -> None:
    """Writes `file`: every table of the catalogue, in its total order, with comments.

    `sources` gives the schema of `build_db` that holds each table; judgement tables are filled from `judgement_rows`.
    """
    spill.mkdir(parents=True, exist_ok=True)
    with connect(spill) as con:
        attach(con, build_db, "build")
        attach(con, file, "release", read_only=False)
        # One transaction: every statement of its own would be flushed to the disk by itself.
        con.execute("BEGIN")
        for table in catalogue.tables:
            target = f"release.{quoted(table.name)}"
            create_table(con, target, table)
            if table.domain == JUDGEMENT and table.name not in judgement_rows:
                raise JudgementContract(f"{table.name} is tagged {JUDGEMENT}, but the release step does not fill it")
            if table.domain == JUDGEMENT:
                _fill(con, target, table, judgement_rows[table.name])
            else:
                source = f"build.{quoted(sources[table.name])}.{quoted(table.name)}"
                columns = [c.name for c in table.columns]
                con.execute(f"INSERT INTO {target} {select_ordered(source, table, columns)}")
            _comment(con, target, table)
        con.execute("COMMIT")
        con.execute("CHECKPOINT release")
        con.execute("DETACH release")


def digests_of(file: Path, spill: Path, catalogue: Catalogue) -> dict[str, tuple[str, int]]:
    """Digest and number of rows of every table in a finished database, read from the file itself."""
    with connect(spill) as con:
        attach(con, file, "release")
        found = {}
        for table in catalogue.tables:
            relation = f"release.{quoted(table.name)}"
            (rows,) = con.execute(f"SELECT count(*) FROM {relation}").fetchone()
            found[table.name] = (table_digest(con, relation, table), rows)
        return found


def export_parquet(file: Path, folder: Path, spill: Path, catalogue: Catalogue) -> None:
    """Writes every table beside the database as <table>.parquet; an empty table gives a file without rows."""
    folder.mkdir()
    with connect(spill) as con:
        attach(con, file, "release")
        for table in catalogue.tables:
            columns = [c.name for c in table.columns]
            reader = con.sql(select_ordered(f"release.{quoted(table.name)}", table, columns)).to_arrow_reader(ROW_GROUP)
            write_batches(reader, reader.schema, folder / f"{table.name}.parquet")


def _fill(con: duckdb.DuckDBPyConnection, target: str, table: MartTable, rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts the rows under the contract's types; a value that does not fit its type is an error."""
    names = [c.name for c in table.columns]
    unknown = sorted({n for row in rows for n in names if n not in row})
    if unknown:
        raise JudgementContract(f"{table.name}: the release step has no value for {', '.join(unknown)}")
    text = pa.schema([pa.field(n, pa.string()) for n in names])
    given = [{n: None if row[n] is None else str(row[n]) for n in names} for row in rows]
    con.register("judgement_rows", pa.Table.from_pylist(given, text))
    casts = ", ".join(f"CAST({quoted(c.name)} AS {c.data_type}) AS {quoted(c.name)}" for c in table.columns)
    con.execute(f"INSERT INTO {target} {select_ordered(f'(SELECT {casts} FROM judgement_rows)', table, names)}")
    con.unregister("judgement_rows")


def _comment(con: duckdb.DuckDBPyConnection, target: str, table: MartTable) -> None:
    con.execute(f"COMMENT ON TABLE {target} IS {literal(table.description)}")
    for column in table.columns:
        con.execute(f"COMMENT ON COLUMN {target}.{quoted(column.name)} IS {literal(column.description)}")
