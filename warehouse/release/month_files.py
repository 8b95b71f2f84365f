"""Tables that are built by day, month by month: only months that changed are written, in Parquet and in the database.

Here belongs what a release takes over of such a table and what it replaces. Not here: tables as a whole (assembly.py),
row groups (warehouse/parquet_pieces.py), or what a month is (warehouse/tables/months.py).

The Parquet has row groups that end with each month, in order of months, and within one in the table's total order: its
bytes do not depend on which of them were copied. In the database a month that was replaced lies behind the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.parquet import ROW_GROUP, file_sha256
from warehouse.parquet_pieces import Piece, UnlikePieces, join
from warehouse.release.gate_records import Refused
from warehouse.release.kept import MARTS, Kept
from warehouse.sql import quoted
from warehouse.tables.catalogue import MartTable
from warehouse.tables.digest import digest_of_months, month_digest
from warehouse.tables.months import Month, in_month, months_there
from warehouse.tables.staging import stage, stage_month, staged, staged_months

if TYPE_CHECKING:
    import duckdb


def write_months(
    con: duckdb.DuckDBPyConnection, relation: str, table: MartTable, digest: str, folder: Path, kept: Kept, file: Path
) -> tuple[Month, ...]:
    """Writes the Parquet of the table with this digest, and gives its months.

    Row groups of months that the current release holds are copied from it, the others were staged in `folder`; only
    what is in neither is sorted here, from `relation`. ReleaseError if that release's file is not what its manifest
    says, Refused if `relation` is not what was judged.
    """
    months = staged_months(folder, digest)
    if months is None:
        months = stage(con, relation, table, folder).months
    columns = ", ".join(quoted(c.name) for c in table.columns)
    # Closed at once: a connection runs no other query as long as a result is open.
    with con.sql(f"SELECT {columns} FROM {relation} LIMIT 0").to_arrow_reader() as reader:
        schema = reader.schema
    for held in (_held(kept, table.name), {}):
        missing = [m for m in months if m not in held and not staged(folder, m.digest).exists()]
        if any(stage_month(con, relation, table, folder, month.month) != month for month in missing):
            raise Refused(f"{table.name}: what would be published is not what was judged")
        try:
            join([held.get(m) or Piece(staged(folder, m.digest), 0, _n_groups(m)) for m in months], schema, file)
            break
        except UnlikePieces:
            # The current release was written by another version of Arrow: all months are encoded again.
            if not held:
                raise
    return months


def _held(kept: Kept, name: str) -> dict[Month, Piece]:
    """Where the current release has months of a table."""
    months = kept.months(name)
    if not months:
        return {}
    file = kept.parquet(name)
    kept.require(f"{MARTS}/{name}.parquet", file_sha256(file))
    firsts = accumulate((_n_groups(month) for month in months), initial=0)
    return {m: Piece(file, first, _n_groups(m)) for m, first in zip(months, firsts, strict=False)}


def _n_groups(month: Month) -> int:
    """Row groups of a month."""
    return -(-month.rows // ROW_GROUP)


def changed_months(before: Sequence[Month], now: Sequence[Month]) -> list[str]:
    """Months that are not the same in both, in order."""
    return sorted({month.month for month in {*before} ^ {*now}})


def replace_months(
    con: duckdb.DuckDBPyConnection, target: str, table: MartTable, source: str, months: Sequence[str]
) -> None:
    """Replaces the rows of `months` in the table `target` by those of `source`."""
    columns = ", ".join(quoted(c.name) for c in table.columns)
    for month in months:
        wanted = in_month(table, month)
        con.execute(f"DELETE FROM {target} WHERE {wanted}")
        con.execute(f"INSERT INTO {target} ({columns}) SELECT {columns} FROM {source} WHERE {wanted}")


def read_back(
    con: duckdb.DuckDBPyConnection, relation: str, table: MartTable, known: Mapping[str, Month]
) -> tuple[str, int]:
    """Digest and number of rows of a table in the database, of which every month is read that is not `known`: those
    were read when they were written, and of them only the rows are counted.
    """
    there = months_there(con, relation, table)
    found = [
        Month(month, known[month].digest, rows) if month in known else month_digest(con, relation, table, month)
        for month, rows in there.items()
    ]
    return digest_of_months(table, found), sum(there.values())
