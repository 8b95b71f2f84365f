"""Where each delivery put the keys that do not tell their partition (a ticket → days), as tables of the lake's index.

Here belong their questions. Not here: what follows from the answers (sources.cleaning.keys). The index keeps them
through a repair; where it was lost they are made again from the clean layer (partitions.py). Standard library only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from operator import itemgetter

TABLES = """
CREATE TABLE IF NOT EXISTS keys (
    table_name TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, delivery_id TEXT NOT NULL,
    row INTEGER NOT NULL, column_name TEXT NOT NULL,
    PRIMARY KEY (table_name, key, value, delivery_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS keys_by_partition ON keys (table_name, value);
CREATE INDEX IF NOT EXISTS keys_by_delivery ON keys (delivery_id);
"""
# key, partition, delivery, row, column, then what orders readings.
Row = tuple[str, str, str, int, str, tuple[int | str, ...]]
_PLACE = (
    "SELECT k.key, k.value, k.delivery_id, k.row, k.column_name, d.delivered_us, d.sha256, d.source_id, d.offer_id"
    " FROM keys k JOIN deliveries d USING (delivery_id) WHERE k.table_name = ?1 AND k.key IN"
)
_SEVERAL = "GROUP BY s.key HAVING count(DISTINCT s.value) > 1"

# Stable, so that of two rows of one place the later one still replaces the earlier one.
_by_key = itemgetter(0, 1, 2)


class KeyIndex:
    """The keys in an open index."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def known(self, table: str) -> bool:
        """Whether the keys of `table` are complete; not so in a new index over an old lake."""
        return self._db.execute("SELECT 1 FROM meta WHERE key = ?", (f"keys of {table}",)).fetchone() is not None

    def set_known(self, table: str) -> None:
        """Notes that the keys of `table` are complete from now on."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, 'known')", (f"keys of {table}",))

    def of_deliveries(self, table: str, delivery_ids: Sequence[str]) -> set[str]:
        """Keys that any of the deliveries has."""
        query = "SELECT key FROM keys WHERE delivery_id = ? AND table_name = ?"
        return {key for delivery in delivery_ids for (key,) in self._db.execute(query, (delivery, table))}

    def replace(self, table: str, delivery_ids: Sequence[str], rows: Iterable[tuple[str, str, str, int, str]]) -> None:
        """Replaces all keys of the deliveries by rows (key, partition, delivery, row, column)."""
        self._db.executemany(
            "DELETE FROM keys WHERE delivery_id = ? AND table_name = ?", ((d, table) for d in delivery_ids)
        )
        # In the order of the table: neighbours are on one page.
        self._db.executemany(
            "INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?, ?, ?)",
            ((table, *row) for row in sorted(rows, key=_by_key)),
        )

    def places(self, table: str, keys: Iterable[str]) -> list[Row]:
        """Places of those of `keys` that have several partitions."""
        if self._db.execute("SELECT 1 FROM keys WHERE table_name = ? LIMIT 1", (table,)).fetchone() is None:
            return []
        self._wanted(keys)
        return self._rows(
            f"{_PLACE} (SELECT s.key FROM wanted w JOIN keys s ON s.table_name = ?1 AND s.key = w.text {_SEVERAL})",
            table,
        )

    def sharing(self, table: str, values: Iterable[str]) -> list[Row]:
        """Places of every key that lies in one of the partitions and in another one, too."""
        self._wanted(values)
        return self._rows(
            f"{_PLACE} (SELECT s.key FROM keys s WHERE s.table_name = ?1 AND s.key IN (SELECT k2.key FROM wanted w"
            f" JOIN keys k2 ON k2.table_name = ?1 AND k2.value = w.text) {_SEVERAL})",
            table,
        )

    def _wanted(self, texts: Iterable[str]) -> None:
        self._db.execute("CREATE TEMP TABLE IF NOT EXISTS wanted (text TEXT PRIMARY KEY) WITHOUT ROWID")
        self._db.execute("DELETE FROM wanted")
        self._db.executemany("INSERT OR IGNORE INTO wanted VALUES (?)", ((text,) for text in sorted(texts)))

    def _rows(self, query: str, table: str) -> list[Row]:
        return [
            (key, value, delivery, row, column, (moment, sha256, row, source, offer))
            for key, value, delivery, row, column, moment, sha256, source, offer in self._db.execute(query, (table,))
        ]
