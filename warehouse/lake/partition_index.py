"""What the lake's index knows of clean partitions: in which file each lies, what it holds, which deliveries it counts.

Here belong these questions and notes. Not here: deliveries and offers (index.py), or the tables (index_tables.py).
Standard library only.
"""

from __future__ import annotations

import json
import sqlite3
from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from sources.cleaning.store import PartitionCounts
from warehouse.lake.index_tables import PARTITION_COUNTS
from warehouse.lake.sidecar import Partition


class PartitionIndex:
    """The part of an open index that is about partitions."""

    db: sqlite3.Connection

    def partition_digests(self) -> list[tuple[str, str, str]]:
        """(table, value, digest of the clean rows) of every partition."""
        return list(self.db.execute("SELECT table_name, value, digest FROM partitions"))

    def touches_of(self, delivery_id: str) -> list[tuple[str, str]]:
        """(table, value) of every partition that holds or counts a reading of the delivery, sorted."""
        query = "SELECT table_name, value FROM touches WHERE delivery_id = ? ORDER BY 1, 2"
        return list(self.db.execute(query, (delivery_id,)))

    def deliveries_in(self, table: str, value: str) -> list[str]:
        """Ids of every delivery with a reading in the partition, sorted."""
        query = "SELECT delivery_id FROM touches WHERE table_name = ? AND value = ? ORDER BY 1"
        return [delivery for (delivery,) in self.db.execute(query, (table, value))]

    def partitions(self, table: str | None = None) -> list[tuple[str, str]]:
        """(table, value) of every clean partition, sorted; a table that is stored whole is none."""
        query = "SELECT table_name, value FROM partitions WHERE ?1 IS NULL OR table_name = ?1 ORDER BY 1, 2"
        return list(self.db.execute(query, (table,)))

    def partitions_of(self, table: str, source_ids: Iterable[str]) -> list[str]:
        """Values of every partition of a table that holds or counts a reading of one of the sources, sorted."""
        query = (
            "SELECT DISTINCT t.value FROM touches t JOIN deliveries d USING (delivery_id)"
            " WHERE t.table_name = ? AND d.source_id IN (SELECT value FROM json_each(?)) ORDER BY 1"
        )
        return [value for (value,) in self.db.execute(query, (table, json.dumps(sorted(source_ids))))]

    def partitions_in(self, table: str, file: str) -> dict[str, Partition]:
        """Every partition of one file, by value, in the order in which they lie there."""
        counts: dict[str, dict[str, PartitionCounts]] = {}
        query = (
            f"SELECT value, delivery_id, {', '.join(PARTITION_COUNTS)} FROM partitions JOIN touches"
            " USING (table_name, value) WHERE table_name = ? AND file = ?"
        )
        for value, delivery, *counted in self.db.execute(query, (table, file)):
            counts.setdefault(value, {})[delivery] = PartitionCounts(*counted)
        query = (
            "SELECT value, rows, superseded_rows, digest FROM partitions WHERE table_name = ? AND file = ? ORDER BY 1"
        )
        rows = self.db.execute(query, (table, file))
        return {
            value: Partition(number, superseded, digest, counts.get(value, {}))
            for value, number, superseded, digest in rows
        }

    def counts_in(self, table: str, value: str) -> dict[str, PartitionCounts]:
        """What a partition counts, by delivery id."""
        query = f"SELECT delivery_id, {', '.join(PARTITION_COUNTS)} FROM touches WHERE table_name = ? AND value = ?"
        return {delivery: PartitionCounts(*counts) for delivery, *counts in self.db.execute(query, (table, value))}

    def files(self) -> dict[tuple[str, str], str]:
        """(table, name) → SHA-256 of the Parquet of every file of partitions."""
        query = "SELECT table_name, name, sha256 FROM files WHERE name <> ''"
        return {(table, name): sha256 for table, name, sha256 in self.db.execute(query)}

    def deliveries_by_file(self) -> dict[tuple[str, str], set[str]]:
        """(table, name) → ids of the deliveries that any partition in the file counts."""
        query = "SELECT DISTINCT table_name, file, delivery_id FROM partitions JOIN touches USING (table_name, value)"
        found: dict[tuple[str, str], set[str]] = {}
        for table, file, delivery in self.db.execute(query):
            found.setdefault((table, file), set()).add(delivery)
        return found

    def put_partition(self, table: str, value: str, file: str, found: Partition) -> None:
        """Replaces what is known of one partition, which lies in `file`."""
        self.drop_partition(table, value)
        self.db.execute(
            "INSERT INTO partitions VALUES (?, ?, ?, ?, ?, ?)",
            (table, value, file, found.rows, found.superseded_rows, found.digest),
        )
        marks = ", ".join("?" * (len(PARTITION_COUNTS) + 3))
        self.db.executemany(
            f"INSERT INTO touches VALUES ({marks})",
            (
                (table, value, delivery, *(getattr(counts, n) for n in PARTITION_COUNTS))
                for delivery, counts in found.counts.items()
            ),
        )

    def drop_partition(self, table: str, value: str) -> None:
        """Forgets one partition."""
        self.db.execute("DELETE FROM partitions WHERE table_name = ? AND value = ?", (table, value))
        self.db.execute("DELETE FROM touches WHERE table_name = ? AND value = ?", (table, value))

    def forget_table(self, table: str) -> set[str]:
        """Forgets a clean table; its deliveries are not cleaned any more, and their ids are given."""
        named = "SELECT DISTINCT delivery_id FROM touches WHERE table_name = ?"
        found = {delivery for (delivery,) in self.db.execute(named, (table,))}
        self.db.executemany("DELETE FROM cleaned WHERE delivery_id = ?", [(delivery,) for delivery in found])
        for of in ("partitions", "touches", "files"):
            self.db.execute(f"DELETE FROM {of} WHERE table_name = ?", (table,))
        return found

    def put_file(self, table: str, name: str, sha256: str) -> None:
        """Replaces what is known of one file; a table that is stored whole is the file ''."""
        self.db.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", (table, name, sha256))

    def drop_file(self, table: str, name: str) -> None:
        """Forgets one file."""
        self.db.execute("DELETE FROM files WHERE table_name = ? AND name = ?", (table, name))


def days_of_partition(value: str) -> Iterator[date]:
    """The days of a partition by its value, as registry.GRAINS writes it: a day, a month or a year."""
    year, month, day = [*map(int, value.split("-")), 0, 0][:3]
    first = date(year, month or 1, day or 1)
    last = first if day else date(year, month or 12, monthrange(year, month or 12)[1])
    for n in range((last - first).days + 1):
        yield first + timedelta(days=n)
