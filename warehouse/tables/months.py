"""A table month by month: which months it has, how many rows each, and the rows of one.

Here belongs the SQL that cuts a table which is built by day (MartTable.day), and the shape in which its months pass
from the gate to the release and the manifest. Not here: the digest of a month or of all (digest.py), or files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from warehouse.tables.catalogue import MartTable

if TYPE_CHECKING:
    import duckdb

# The month of rows without a day, as state.day_holds has their day.
NO_MONTH = "0001-01-01"


@dataclass(frozen=True, order=True)
class Month:
    """A month of a table: its first day as ISO, the digest of its rows, their number."""

    month: str
    digest: str
    rows: int

    def as_list(self) -> list[Any]:
        """As JSON keeps it."""
        return [self.month, self.digest, self.rows]


def months_from(listed: Iterable[Sequence[Any]]) -> tuple[Month, ...]:
    """Months as JSON kept them."""
    return tuple(Month(month, digest, rows) for month, digest, rows in listed)


def months_there(con: duckdb.DuckDBPyConnection, relation: str, table: MartTable) -> Mapping[str, int]:
    """Rows of every month that `relation` has, in order."""
    month = f"CAST(coalesce(date_trunc('month', {table.day}), DATE '{NO_MONTH}') AS DATE)"
    found = con.execute(f"SELECT CAST({month} AS VARCHAR), count(*) FROM {relation} GROUP BY 1 ORDER BY 1")
    return dict(found.fetchall())


def in_month(table: MartTable, month: str) -> str:
    """The condition that a row is of `month`."""
    if month == NO_MONTH:
        return f"({table.day}) IS NULL"
    first = date.fromisoformat(month)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return f"({table.day}) >= DATE '{first}' AND ({table.day}) < DATE '{following}'"


def rows_of_month(relation: str, table: MartTable, month: str) -> str:
    """`relation` with the rows of one month only, as SQL reads it."""
    return f"(SELECT * FROM {relation} WHERE {in_month(table, month)})"
