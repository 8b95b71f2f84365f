"""What the gate's pass leaves for the release: the Parquet of a table, or of the months of one that changed.

Here belongs the folder: what is in it, under which names, and filling it. Not here: the pass itself (ordered.py) or
what becomes of the files (warehouse/release). A table that is built by day leaves the list of all its months, and only
the files of those whose digest was not known before.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.paths import TEMPORARY
from warehouse.tables.catalogue import MartTable
from warehouse.tables.contract import check_contract
from warehouse.tables.digest import digest_of_months
from warehouse.tables.months import Month, months_from, months_there, rows_of_month
from warehouse.tables.ordered import write_ordered


@dataclass(frozen=True)
class Staged:
    """The digest of a table, and of each of its months where it is built by day."""

    digest: str
    months: tuple[Month, ...] = ()


def stage(
    con: duckdb.DuckDBPyConnection, relation: str, table: MartTable, folder: Path, known: Iterable[Month] = ()
) -> Staged:
    """Digest of `relation`; leaves its Parquet in `folder`, for whoever publishes it.

    `known` are months whose rows are those of which the digest was taken: they are not read. ContractBroken as in
    write_ordered().
    """
    folder.mkdir(parents=True, exist_ok=True)
    if not table.day:
        unfinished = folder / f"{TEMPORARY}{table.name}.parquet"
        digest, _ = write_ordered(con, relation, table, unfinished)
        unfinished.replace(staged(folder, digest))
        return Staged(digest)
    check_contract(con, relation, table)
    by_month = {month.month: month for month in known}
    months = tuple(
        by_month.get(month) or stage_month(con, relation, table, folder, month)
        for month in months_there(con, relation, table)
    )
    digest = digest_of_months(table, months)
    _list_file(folder, digest).write_text(json.dumps([month.as_list() for month in months]), encoding="utf-8")
    return Staged(digest, months)


def stage_month(con: duckdb.DuckDBPyConnection, relation: str, table: MartTable, folder: Path, month: str) -> Month:
    """Leaves the Parquet of one month in `folder`, and gives its digest."""
    unfinished = folder / f"{TEMPORARY}{table.name}.parquet"
    digest, rows = write_ordered(con, rows_of_month(relation, table, month), table, unfinished, month)
    unfinished.replace(staged(folder, digest))
    return Month(month, digest, rows)


def staged(folder: Path, digest: str) -> Path:
    """Where the Parquet of a table or month with this digest is left."""
    return folder / f"{digest}.parquet"


def staged_months(folder: Path, digest: str) -> tuple[Month, ...] | None:
    """The months of the table with this digest, None where none were left."""
    file = _list_file(folder, digest)
    return months_from(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else None


def clear(folder: Path) -> None:
    """Removes what was staged: the release has it, or nobody will publish it."""
    shutil.rmtree(folder, ignore_errors=True)


def _list_file(folder: Path, digest: str) -> Path:
    return folder / f"{digest}.json"
