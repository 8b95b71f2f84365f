"""The rebuildable index of the lake in SQLite: offers seen, deliveries, what touches which partition, what is cleaned.

Here belong its questions. Not here: those about partitions (partition_index.py) and keys (key_index.py), or its
tables (index_tables.py). It holds nothing that the files do not say: rebuild_index.py makes it again from receipts,
offers, sidecars and file counts, and writing those files is lake.py's. Marks set before files change tell the next
start that files and index may differ. Standard library only: a refresh with nothing new loads this module.
"""

from __future__ import annotations

import hashlib
import sqlite3
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sources.cleaning.store import PartitionCounts
from sources.deliveries import Offer, Receipt
from warehouse.lake import key_index
from warehouse.lake.index_tables import DATA_TABLES, FILE_COUNTS, PARTITION_COUNTS, RECEIPT, SCHEMA_VERSION, TABLES
from warehouse.lake.partition_index import PartitionIndex

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# SQLite's own 2 MiB are too few for the index of a large lake: each insert would write pages that the next one reads.
_CACHE_KIB = 65_536
# Receipt.order, as SQL over deliveries d.
_ORDER = "d.delivered_us, d.sha256, d.source_id, d.offer_id"


class IndexUnusable(RuntimeError):
    """The index is missing, damaged or of another version: rebuild it."""


@dataclass(frozen=True)
class CleanedFile:
    """What one cleaned delivery counts in all: the file's own counts and the sums over its partitions."""

    receipt: Receipt
    counts: Mapping[str, Any]
    sums: PartitionCounts


def printable(text: str) -> str:
    """Text of a foreign source as it is stored and shown: control characters and lone surrogates are escaped."""
    safe = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(c if unicodedata.category(c) not in ("Cc", "Cf") else f"\\u{ord(c):04x}" for c in safe)


class Index(PartitionIndex):
    """An open index. Writers hold the data directory's lock; `read_only=True` may look on meanwhile."""

    def __init__(self, file: Path, read_only: bool = False) -> None:
        """Opens the index, creating it unless `read_only`; IndexUnusable if it cannot answer."""
        self.file = file
        if read_only and not file.exists():
            raise IndexUnusable(f"{file} does not exist")
        if not read_only:
            file.parent.mkdir(parents=True, exist_ok=True)
        try:
            self.db = sqlite3.connect(
                f"{file.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}", uri=True, isolation_level=None
            )
            if not read_only:
                # WAL lets `status` and the web page look on; FULL makes every commit durable before it returns.
                self.db.execute("PRAGMA journal_mode=WAL")
                self.db.execute("PRAGMA synchronous=FULL")
                self.db.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
                fresh = not self.db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
                self.db.executescript(TABLES + key_index.TABLES)
                if fresh:
                    self.db.execute("INSERT INTO meta VALUES ('schema_version', ?)", (SCHEMA_VERSION,))
            found = self.db.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
        except sqlite3.DatabaseError as error:
            if hasattr(self, "db"):
                self.close()
            raise IndexUnusable(f"{file}: {error}") from None
        if found != (SCHEMA_VERSION,):
            self.close()
            raise IndexUnusable(f"{file} is of another version")
        self.keys = key_index.KeyIndex(self.db)

    def close(self) -> None:
        """Closes the database; an open transaction is rolled back."""
        with suppress(sqlite3.ProgrammingError):
            self.db.close()

    # --- marks: set durably before files change, cleared in the transaction that brings the index up to date

    def set_mark(self, what: str) -> int:
        """Durably notes that files are about to change; returns the mark."""
        return self.db.execute("INSERT INTO marks (what) VALUES (?)", (what,)).lastrowid or 0

    def clear_mark(self, mark: int) -> None:
        """Takes the mark away, as part of the open transaction if there is one."""
        self.db.execute("DELETE FROM marks WHERE id = ?", (mark,))

    def marks(self) -> list[str]:
        """What was being written when a writer stopped; empty when files and index agree."""
        return [what for (what,) in self.db.execute("SELECT what FROM marks ORDER BY id")]

    def clear_marks(self) -> None:
        """Takes all marks away, as part of the open transaction: files and index were brought to agree."""
        self.db.execute("DELETE FROM marks")

    def begin(self) -> None:
        """Starts a transaction."""
        self.db.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Commits it durably."""
        self.db.execute("COMMIT")

    def rollback(self) -> None:
        """Drops it, if one is open."""
        if self.db.in_transaction:
            self.db.execute("ROLLBACK")

    # --- offers and deliveries

    def unseen(self, offers: Iterable[Offer]) -> list[Offer]:
        """Those offers that differ from the last state seen of them, in the given order."""
        # Of these sources alone: each feed is asked by itself, and would read the years of all others.
        seen: dict[tuple[str, str], dict[str, str]] = {}
        found = []
        for offer in offers:
            source = offer.feed, printable(offer.source_id)
            if source not in seen:
                query = "SELECT offer_id, etag FROM offers WHERE feed = ? AND source_id = ?"
                seen[source] = dict(self.db.execute(query, source))
            if seen[source].get(printable(offer.offer_id)) != printable(offer.etag):
                found.append(offer)
        return found

    def add_offers(self, rows: Iterable[tuple[str, str, str, str]]) -> None:
        """Remembers the last state of offers: (feed, source_id, offer_id, etag), as `printable` text."""
        self.db.executemany("INSERT OR REPLACE INTO offers VALUES (?, ?, ?, ?)", rows)

    def add_deliveries(self, receipts: Iterable[Receipt]) -> None:
        """Adds landed deliveries; known ones stay."""
        marks = ", ".join("?" * (len(RECEIPT) + 3))
        self.db.executemany(
            f"INSERT OR IGNORE INTO deliveries VALUES ({marks})",
            (
                (*(getattr(r, n) for n in RECEIPT), r.delivery_id, r.delivered_at[:7], _microseconds(r.moment))
                for r in receipts
            ),
        )

    def offered_files(self) -> list[Receipt]:
        """Deliveries of sources that name files by paths, in delivery order."""
        return self._receipts("FROM deliveries d WHERE d.offered_path <> ''", ())

    def adopters(self, source_id: str) -> list[str]:
        """Sources that adopted deliveries of `source_id`, sorted."""
        query = "SELECT DISTINCT source_id FROM deliveries WHERE adopted_from = ? ORDER BY 1"
        return [source for (source,) in self.db.execute(query, (source_id,))]

    def remember(self, key: str, value: str) -> None:
        """Notes something that only spares work; `clear` forgets it."""
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (f"note {key}", value))

    def remembered(self, key: str) -> str | None:
        """What was noted under `key`."""
        found = self.db.execute("SELECT value FROM meta WHERE key = ?", (f"note {key}",)).fetchone()
        return found[0] if found else None

    def delivery(self, delivery_id: str) -> Receipt | None:
        """The receipt of a delivery."""
        found = self._receipts("FROM deliveries d WHERE d.delivery_id = ?", (delivery_id,))
        return found[0] if found else None

    def latest_of(self, feed: str, source_id: str, offer_id: str, offered_path: str) -> Receipt | None:
        """The last delivery of one offer; a file under another id (the source names another folder now) by its path."""
        for column, value in (("offer_id", offer_id), ("offered_path", offered_path)):
            query = f"FROM deliveries d WHERE d.feed = ? AND d.source_id = ? AND d.{column} = ?"
            if value and (found := self._receipts(query, (feed, source_id, value))):
                return found[-1]
        return None

    def stored_bytes(self, sha256: str) -> str | None:
        """Where these bytes are stored (below raw/), None if they have never landed."""
        found = self.db.execute("SELECT raw_file FROM deliveries WHERE sha256 = ? LIMIT 1", (sha256,)).fetchone()
        return found[0] if found else None

    def deliveries(self, feed: str | None = None, month: str | None = None) -> list[Receipt]:
        """Receipts in delivery order, of one feed and of one month of delivery (YYYY-MM) if given."""
        return self._receipts(
            "FROM deliveries d WHERE (?1 IS NULL OR d.feed = ?1) AND (?2 IS NULL OR d.month = ?2)", (feed, month)
        )

    def feeds(self) -> list[str]:
        """Feeds that have delivered anything."""
        return [feed for (feed,) in self.db.execute("SELECT DISTINCT feed FROM deliveries")]

    def uncleaned(
        self, feed: str, fingerprints: Mapping[str, str], reads: Callable[[Receipt], bool] = lambda _: True
    ) -> list[Receipt]:
        """Deliveries of `feed` not cleaned yet under the fingerprint of their source (source_id → fingerprint).

        One that its source does not read (`reads`) or whose source is not declared has the empty fingerprint.
        """
        columns = ", ".join(f"d.{n}" for n in RECEIPT)
        query = (
            f"SELECT {columns}, c.fingerprint FROM deliveries d LEFT JOIN cleaned c USING (delivery_id)"
            f" WHERE d.feed = ? ORDER BY {_ORDER}"
        )
        landed = ((Receipt(*row[:-1]), row[-1]) for row in self.db.execute(query, (feed,)))
        return [r for r, done in landed if done != (fingerprints.get(r.source_id, "") if reads(r) else "")]

    def newest_period(self, feed: str) -> str | None:
        """Start of the newest reading of a feed, ISO, reporting zone; None before the first."""
        query = "SELECT max(c.last_period) FROM cleaned c JOIN deliveries d USING (delivery_id) WHERE d.feed = ?"
        (newest,) = self.db.execute(query, (feed,)).fetchone()
        return newest

    def sources_without_readings(self) -> list[tuple[str, str, int, int, int]]:
        """Sources none of whose deliveries gave a reading: feed, source, deliveries, records, records quarantined.

        Deliveries that are removed do not count; a reading that repeats another or was superseded is one.
        """
        query = (
            "SELECT d.feed, d.source_id, count(*), sum(c.records_in), sum(c.records_quarantined)"
            " FROM deliveries d JOIN cleaned c USING (delivery_id) WHERE c.verdict <> 'removed'"
            " GROUP BY d.feed, d.source_id HAVING NOT max(EXISTS (SELECT 1 FROM touches t"
            " WHERE t.delivery_id = d.delivery_id)) ORDER BY 1, 2"
        )
        return list(self.db.execute(query))

    def as_of(self) -> datetime | None:
        """The latest delivered_at of all deliveries (UTC), None before the first."""
        (latest,) = self.db.execute("SELECT max(delivered_us) FROM deliveries").fetchone()
        return None if latest is None else _EPOCH + timedelta(microseconds=latest)

    def inputs(self) -> list[Receipt]:
        """Every cleaned delivery by feed and delivery order: what a release is made from."""
        found = self._receipts("FROM deliveries d JOIN cleaned c USING (delivery_id)", ())
        return sorted(found, key=lambda r: r.feed)

    def state(self) -> str:
        """SHA-256 over the clean files and the deliveries: equal states give equal marts."""
        digest = hashlib.sha256()
        for query in (
            "SELECT table_name, name, sha256 FROM files ORDER BY 1, 2",
            "SELECT delivery_id FROM deliveries ORDER BY 1",
            "SELECT delivery_id, fingerprint FROM cleaned ORDER BY 1",
        ):
            for row in self.db.execute(query):
                digest.update(("\0".join(row) + "\n").encode())
            digest.update(b"\n")
        return digest.hexdigest()

    def table_digests(self) -> dict[str, str]:
        """SHA-256 over the clean files of each table that has any."""
        digests: dict[str, Any] = {}
        for table, name, sha256 in self.db.execute("SELECT table_name, name, sha256 FROM files ORDER BY 1, 2"):
            digests.setdefault(table, hashlib.sha256()).update(f"{name}\0{sha256}\n".encode())
        return {table: digest.hexdigest() for table, digest in digests.items()}

    def cleaning_of(self, feeds: Iterable[str]) -> list[tuple[str, ...]]:
        """Each cleaned delivery of `feeds` with what it was cleaned under, and where and how its readings count."""
        names = sorted(feeds)
        marks = ", ".join("?" * len(names))
        query = (
            "SELECT c.delivery_id, c.fingerprint, t.* FROM deliveries d JOIN cleaned c USING (delivery_id)"
            f" LEFT JOIN touches t USING (delivery_id) WHERE d.feed IN ({marks}) ORDER BY 1, 3, 4"
        )
        return list(self.db.execute(query, names)) if names else []

    def table_rows(self) -> dict[str, int]:
        """Readings in each clean table that is kept by partitions."""
        return dict(self.db.execute("SELECT table_name, sum(rows) FROM partitions GROUP BY table_name"))

    # --- deliveries of partitions, and what is cleaned

    def touching(self, feed: str, partitions: Sequence[tuple[str, str]]) -> list[Receipt]:
        """Deliveries of `feed` with a reading in any of the (table, value) partitions, in delivery order."""
        found: dict[str, Receipt] = {}
        # Two parameters a pair: stay below SQLite's limit on parameters.
        for start in range(0, len(partitions), 400):
            chunk = partitions[start : start + 400]
            pairs = ", ".join(["(?, ?)"] * len(chunk))
            query = (
                "FROM deliveries d WHERE d.feed = ? AND EXISTS (SELECT 1 FROM touches t"
                f" WHERE t.delivery_id = d.delivery_id AND (t.table_name, t.value) IN (VALUES {pairs}))"
            )
            for receipt in self._receipts(query, (feed, *(part for pair in chunk for part in pair))):
                found[receipt.delivery_id] = receipt
        return sorted(found.values(), key=lambda r: r.order)

    def put_cleaned(self, delivery_id: str, fingerprint: str, counts: Mapping[str, Any]) -> None:
        """Notes that a delivery is cleaned under `fingerprint`, with the counts of the file itself."""
        marks = ", ".join("?" * (len(FILE_COUNTS) + 2))
        self.db.execute(
            f"INSERT OR REPLACE INTO cleaned VALUES ({marks})",
            (delivery_id, fingerprint, *(counts[n] for n in FILE_COUNTS)),
        )

    def cleaned_in(self, month: str) -> list[tuple[CleanedFile, str]]:
        """Every cleaned delivery of a month of delivery with its counts and fingerprint, by feed and delivery order."""
        return self._cleaned("d.month = ?", (month,))

    def cleaned_of(self, feeds: Collection[str], months: Collection[str]) -> list[CleanedFile]:
        """Every cleaned delivery of feeds in months of delivery (YYYY-MM) with its counts, in the same order."""
        of, within = (", ".join("?" * len(found)) for found in (feeds, months))
        found = self._cleaned(f"d.feed IN ({of}) AND d.month IN ({within})", (*feeds, *months))
        return [file for file, _ in found]

    def _cleaned(self, which: str, parameters: Sequence[str]) -> list[tuple[CleanedFile, str]]:
        columns = [f"d.{n}" for n in RECEIPT] + ["c.fingerprint"] + [f"c.{n}" for n in FILE_COUNTS]
        columns += [f"coalesce(sum(t.{n}), 0)" for n in PARTITION_COUNTS]
        query = (
            f"SELECT {', '.join(columns)} FROM deliveries d JOIN cleaned c USING (delivery_id)"
            " LEFT JOIN touches t USING (delivery_id)"
            f" WHERE {which} GROUP BY d.delivery_id ORDER BY d.feed, {_ORDER}"
        )
        found = []
        for row in self.db.execute(query, parameters):
            receipt, rest = Receipt(*row[: len(RECEIPT)]), row[len(RECEIPT) :]
            counts = dict(zip(FILE_COUNTS, rest[1:], strict=False))
            totals = PartitionCounts(*rest[1 + len(FILE_COUNTS) :])
            found.append((CleanedFile(receipt, counts, totals), rest[0]))
        return found

    def readings(self) -> int:
        """Number of clean readings in the lake."""
        return self.db.execute("SELECT coalesce(sum(readings_clean), 0) FROM touches").fetchone()[0]

    def months(self) -> list[str]:
        """Months of delivery that hold a cleaned delivery, sorted."""
        query = "SELECT DISTINCT month FROM deliveries JOIN cleaned USING (delivery_id) ORDER BY 1"
        return [month for (month,) in self.db.execute(query)]

    def month_of(self, delivery_id: str) -> str | None:
        """Month of delivery (YYYY-MM), None if unknown."""
        found = self.db.execute("SELECT month FROM deliveries WHERE delivery_id = ?", (delivery_id,)).fetchone()
        return found[0] if found else None

    def stamps(self) -> dict[str, tuple[str, str]]:
        """Folder of a partition → its hash and the state of its files when that hash was last found right."""
        return {name: (sha256, stamp) for name, sha256, stamp in self.db.execute("SELECT * FROM stamps")}

    def note_stamps(self, right: Mapping[str, tuple[str, str]]) -> None:
        """Remembers what was found right: folder → hash and state of its files (intact.py)."""
        self.begin()
        self.db.executemany(
            "INSERT OR REPLACE INTO stamps VALUES (?, ?, ?)", ((name, *seen) for name, seen in right.items())
        )
        self.commit()

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything the index holds, sorted: two indexes of the same files are equal."""
        return {t: sorted(self.db.execute(f"SELECT * FROM {t}"), key=repr) for t in DATA_TABLES}

    def clear(self) -> None:
        """Empties all tables but the marks and forgets what was remembered, inside the open transaction."""
        for table in DATA_TABLES:
            self.db.execute(f"DELETE FROM {table}")
        self.db.execute("DELETE FROM meta WHERE key LIKE 'note %'")

    def _receipts(self, query: str, parameters: Sequence[Any]) -> list[Receipt]:
        columns = ", ".join(f"d.{n}" for n in RECEIPT)
        rows = self.db.execute(f"SELECT {columns} {query} ORDER BY {_ORDER}", parameters)
        return [Receipt(*row) for row in rows]


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
