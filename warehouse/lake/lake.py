"""The lake: where raw bytes land and where clean readings are stored, behind one object.

Here belong the order of things (mark, files, index) and what other rooms call. Not here: the steps themselves
(landing.py, partitions.py, rebuild_index.py). A writer holds the data directory's lock and opens the lake with
`open_lake`, which first puts right what a killed writer left. Landing needs the standard library only; the clean
layer loads polars.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence, Set
from contextlib import contextmanager
from datetime import date, datetime, tzinfo
from typing import IO, TYPE_CHECKING
from zoneinfo import ZoneInfo

from sources.cleaning.flag_fingerprint import FlagPrint
from sources.cleaning.store import FileCounts, PartitionCounts, PartitionPart
from sources.config.model import Source
from sources.deliveries import Delivery, Offer, Receipt
from sources.registry.clean_columns import REGISTER_COLUMNS
from sources.registry.declared_tables import DeclaredTable
from sources.registry.feed_model import CASE_TABLE, Registry
from sources.value_digest import digest_of
from warehouse.atomic import remove
from warehouse.lake import file_counts
from warehouse.lake.clean_files import (
    SITE_REGISTER,
    SUPERSEDED_CASES,
    Entered,
    read_flags_note,
    whole_tables,
    write_empty_tables,
)
from warehouse.lake.gone_tables import gone_tables
from warehouse.lake.index import Index, IndexUnusable
from warehouse.lake.intact import open_raw
from warehouse.lake.key_index import Row
from warehouse.lake.landing import Batch, Landed, raw_paths
from warehouse.lake.partition_index import days_of_partition
from warehouse.lake.partitions import CleaningDone, PartitionStore
from warehouse.lake.sidecar import read_sidecar
from warehouse.paths import DataDir

if TYPE_CHECKING:
    import polars as pl

    from sources.cleaning.keys import KeyPlace
    from warehouse.lake.rebuild_index import Reconciled

# Token by day.
_Days = Mapping[date, str]
REPORTING_ZONE = ZoneInfo("Asia/Shanghai")


def open_lake(data: DataDir, registry: Registry, zone: tzinfo = REPORTING_ZONE) -> Lake:
    """Opens the lake for writing, after repairing it if the last writer was killed. The caller holds the lock."""
    lake = Lake(data, registry, zone)
    if lake.needs_repair:
        lake.reconcile()
    return lake


class Lake:
    """Raw and clean layer of one data directory; implements sources.cleaning.store.CleanStore."""

    def __init__(self, data: DataDir, registry: Registry, zone: tzinfo = REPORTING_ZONE) -> None:
        """Opens the index, a new one where it is missing or unusable; `needs_repair` says whether to `reconcile`."""
        self.data = data
        self.registry = registry
        self.zone = zone
        created = not data.index_file.exists() and data.raw.exists()
        try:
            self.index = Index(data.index_file)
        except IndexUnusable:
            for end in ("", "-wal", "-shm"):
                remove(data.index_file.with_name(data.index_file.name + end))
            self.index, created = Index(data.index_file), True
        if created:
            self.index.set_mark("the index is new")
        self._batch: Batch | None = None
        self._right: set[tuple[str, str]] = set()
        self._store = PartitionStore(data, self.index, registry, zone)

    def __enter__(self) -> Lake:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the index; what was not finished stays marked for repair."""
        self.index.close()

    # --- repair

    @property
    def needs_repair(self) -> bool:
        """Whether files and index may differ: there is a mark in the index."""
        return bool(self.index.marks())

    def reconcile(self) -> Reconciled:
        """Sweeps what is unfinished and rebuilds the index from receipts, sidecars and file counts."""
        from warehouse.lake.rebuild_index import reconcile

        self._store.forget()
        return reconcile(self.data, self.registry, self.index, self.zone)

    def tokens(self) -> dict[str, str]:
        """What each clean table holds, as a digest of its files: equal tokens, equal rows."""
        tokens = {table: "none" for table in (*self.registry.tables, *whole_tables())}
        tokens |= self.index.table_digests()
        tokens |= {name: digest_of([(t, tokens[t]) for t in of]) for name, of in self.registry.members().items()}
        # What fell is not among the clean files: their deliveries and counts say when it is other rows.
        tokens[SUPERSEDED_CASES] = digest_of([tokens[CASE_TABLE], self.index.cleaning_of(self.registry.registers)])
        return tokens | {file_counts.TABLE: file_counts.stored_digest(self.data)}

    def day_tokens(self) -> dict[str, dict[date, str]]:
        """What each clean table holds on each day: equal tokens, equal rows; days of one partition have one token."""
        found: dict[str, dict[date, str]] = {}
        for table, value, digest in self.index.partition_digests():
            found.setdefault(table, {}).update(dict.fromkeys(days_of_partition(value), digest))
        for name, members in self.registry.members().items():
            found[name] = _together({table: found.get(table, {}) for table in members})
        return found

    def drop_gone_tables(self) -> None:
        """Removes clean readings of networks and registers that nobody declares any more, or that are kept by other
        periods now.

        Their deliveries stay, and are cleaned again should they be declared again.
        """
        self._store.drop_tables(gone_tables(self.data, self.registry))

    # --- raw

    @contextmanager
    def batch(self) -> Generator[None]:
        """Landings inside are made durable together at the end (also when one of them raised or was interrupted)."""
        if self._batch is not None or self._store.open:
            raise RuntimeError("a batch or a cleaning is already open")
        self._batch = Batch(self.data, self.index, self.registry, self.zone)
        try:
            try:
                yield
            except BaseException:
                self._batch.commit()
                raise
            self._batch.commit()
        finally:
            self._batch = None

    def land(self, offer: Offer, stream: IO[bytes], source: Source, landed_at: datetime | None = None) -> Landed:
        """Reads `stream` to its end, stores its bytes once and the delivery with a receipt of its own.

        The same bytes as the last state of one offer are not a delivery; that the offer was seen is remembered.
        `source` gives connector, provenance, owner and licence (the feed's where it has none). Inside `batch` the
        delivery counts when the batch ends, else at once. An exception of the stream leaves nothing behind.
        """
        if self._batch is not None:
            return self._batch.land(offer, stream, source, landed_at)
        with self.batch():
            return self.land(offer, stream, source, landed_at)

    def adopt(self, offer: Offer, known: Receipt, source: Source, landed_at: datetime | None = None) -> Landed:
        """A delivery of `source` whose bytes have landed already with `known`, the receipt of another source."""
        if self._batch is not None:
            return self._batch.adopt(offer, known, source, landed_at)
        with self.batch():
            return self.adopt(offer, known, source, landed_at)

    def unseen(self, offers: Iterable[Offer]) -> list[Offer]:
        """Those offers that differ from the last state seen of them."""
        return self.index.unseen(offers)

    def deliveries(self, feed: str, month: str | None = None) -> list[Delivery]:
        """Landed deliveries of a feed in delivery order, of one month of delivery (YYYY-MM) if given."""
        return [self._delivery(r) for r in self.index.deliveries(feed, month)]

    def uncleaned(
        self, feed: str, fingerprints: Mapping[str, str], reads: Callable[[Receipt], bool] = lambda _: True
    ) -> list[Delivery]:
        """Deliveries not cleaned yet under the fingerprint of their source, in order; see Index.uncleaned."""
        return [self._delivery(r) for r in self.index.uncleaned(feed, fingerprints, reads)]

    def as_of(self) -> datetime | None:
        """The latest delivered_at of all deliveries, reporting zone, naive; None before the first."""
        latest = self.index.as_of()
        return None if latest is None else latest.astimezone(self.zone).replace(tzinfo=None)

    # --- clean (CleanStore)

    @contextmanager
    def cleaning(self) -> Generator[Lake]:
        """What is written inside becomes durable and known at the end; an exception leaves a lake put right again.

        Call `finish_cleaning` as the last step inside for its result.
        """
        try:
            yield self
            self.finish_cleaning()
        except BaseException:
            # A panic of a native library is not an Exception, and this process goes on.
            self._store.abandon()
            together = self._store.counts_wait
            # Those of the cleanings before it: the index is made again from them.
            self._store.write_counts()
            self.reconcile()
            if together:
                self._store.count_together()
            raise

    @contextmanager
    def cleanings(self) -> Generator[None]:
        """Cleanings of several feeds inside write the file counts, which all feeds share by month, once at the end."""
        self._store.count_together()
        try:
            yield
        finally:
            self._store.write_counts()

    def finish_cleaning(self) -> CleaningDone:
        """Writes the file counts, makes everything durable and commits the index; names files that do not balance."""
        return self._store.finish()

    def deliveries_touching(self, feed: str, partitions: Iterable[tuple[str, str]]) -> list[Delivery]:
        """Deliveries of `feed` with a reading in any of the (table, value) partitions, in delivery order."""
        return [self._delivery(r) for r in self.index.touching(feed, list(partitions))]

    def previous_touches(self, feed: str, delivery_id: str) -> tuple[tuple[str, str], ...]:
        """Partitions that hold or count a reading of the delivery as it was last cleaned: rebuilt when it is again."""
        return tuple(self.index.touches_of(delivery_id))

    def partitions(self, table: str) -> list[str]:
        """The values of every clean partition of `table` as stored, in order."""
        query = "SELECT value FROM partitions WHERE table_name = ? ORDER BY value"
        return [value for (value,) in self.index.db.execute(query, (table,))]

    def delivery(self, delivery_id: str) -> Delivery:
        """A landed delivery; KeyError if there is none of this id."""
        receipt = self.index.delivery(delivery_id)
        if receipt is None:
            raise KeyError(delivery_id)
        return self._delivery(receipt)

    def open_keys(self, table: str, numbered_sources: Set[str]) -> None:
        """Makes sure that the places of all keys of a table are known."""
        self._store.open_keys(table, numbered_sources)

    def keys_of(self, table: str, delivery_ids: Sequence[str]) -> set[str]:
        """Keys that any of the deliveries has."""
        return self.index.keys.of_deliveries(table, delivery_ids)

    def replace_keys(self, table: str, delivery_ids: Sequence[str], places: Iterable[KeyPlace]) -> None:
        """Replaces all places of keys of the deliveries."""
        self._store.start()
        self.index.keys.replace(table, delivery_ids, (place[:5] for place in places))

    def key_places(self, table: str, keys: Iterable[str]) -> list[KeyPlace]:
        """Places of those of `keys` that lie in several partitions."""
        return self._key_places(self.index.keys.places(table, keys))

    def keys_sharing(self, table: str, values: Iterable[str]) -> list[KeyPlace]:
        """Places of every key that lies in one of the partitions and in another one."""
        return self._key_places(self.index.keys.sharing(table, values))

    @staticmethod
    def _key_places(rows: Iterable[Row]) -> list[KeyPlace]:
        from sources.cleaning.keys import KeyPlace

        return [KeyPlace(*row) for row in rows]

    def read_clean(self, table: str, value: str, columns: Sequence[str] | None = None) -> pl.DataFrame | None:
        """The clean partition as stored, of its `columns` only if they are named, or None where there is none."""
        return self._store.read(table, value, columns)

    def write_partition(
        self,
        table: str,
        value: str,
        clean: pl.DataFrame,
        superseded: pl.DataFrame,
        counts: Mapping[str, PartitionCounts],
    ) -> None:
        """Replaces one partition, its superseded readings and its counts; both frames empty removes it."""
        self._store.write(table, value, [PartitionPart(clean, superseded, counts)])

    def write_partition_parts(self, table: str, value: str, parts: Iterable[PartitionPart]) -> None:
        """Like write_partition, for one too large for memory: parts follow in key order, one site after the other."""
        self._store.write(table, value, parts)

    def write_flags(self, table: str, value: str, clean: pl.DataFrame, flagged: Mapping[str, int]) -> None:
        """Replaces clean readings of which only the flags changed; `flagged` is readings_flagged by delivery id."""
        self._store.write_flags(table, value, clean, flagged)

    def partitions_of(self, table: str, source_ids: Set[str]) -> list[str]:
        """The values of every clean partition of `table` that a reading of one of the sources touches, in order."""
        return self.index.partitions_of(table, source_ids)

    def flags_set_by(self, table: str) -> FlagPrint | None:
        """The fingerprints of the thresholds by which all flags of a table are set; None where none is noted."""
        return read_flags_note(self.data, table)

    def note_flags(self, table: str, fingerprint: FlagPrint) -> None:
        """Notes them, once what was written in this cleaning becomes durable."""
        self._store.note_flags(table, fingerprint)

    def write_quarantine(self, feed: str, delivery_id: str, rejected: pl.DataFrame) -> None:
        """Replaces everything quarantined from one delivery (an empty frame removes it)."""
        self._store.write_quarantine(feed, delivery_id, [rejected])

    def write_quarantine_parts(self, feed: str, delivery_id: str, parts: Iterable[pl.DataFrame]) -> None:
        """Like write_quarantine, where the rejected rows are too many for memory: parts follow in row order."""
        self._store.write_quarantine(feed, delivery_id, parts)

    def record_file(self, feed: str, delivery_id: str, counts: FileCounts, fingerprint: str) -> None:
        """Notes that the delivery is cleaned under `fingerprint`; after all its partitions are written."""
        self._store.record_file(feed, delivery_id, counts, fingerprint)

    def write_site_register(self, register: pl.DataFrame, entered: Sequence[Entered] = ()) -> None:
        """Replaces the site register in force (all feeds), made from the files `entered`; same rows, same bytes."""
        order = ("feed", "site_id", "valid_from")
        self._store.write_whole_table(SITE_REGISTER, register, REGISTER_COLUMNS, order, entered)

    def write_declared(
        self, table: DeclaredTable, rows: Sequence[Mapping[str, object]], entered: Sequence[Entered] = ()
    ) -> None:
        """Replaces the user's rows of a declared table, made from the files `entered`; none leaves it empty."""
        import polars as pl

        from warehouse.parquet import schema_of

        frame = pl.DataFrame(list(rows), schema=schema_of(table.columns), orient="row")
        self._store.write_whole_table(table.clean_name, frame, table.columns, table.key, entered)

    def entered(self) -> list[dict[str, object]]:
        """What users entered and the clean layer now holds: table, rows, and name and SHA-256 of each file."""
        notes = ((name, read_sidecar(self.data.clean_table(name))) for name in whole_tables())
        return [
            {"table": name, "rows": note["rows"], "files": note["entered"]}
            for name, note in notes
            if note and note.get("entered")
        ]

    def write_empty_tables(self) -> None:
        """Puts a file without rows into every clean table, so that a pattern over it always matches."""
        write_empty_tables(self.data, self.registry)

    def _delivery(self, receipt: Receipt) -> Delivery:
        file, _ = raw_paths(self.data, receipt)
        return Delivery(receipt, lambda: open_raw(file, receipt, self._right))


def _together(members: Mapping[str, _Days]) -> dict[date, str]:
    """The token of each day of several tables that are read as one."""
    found: dict[date, list[str]] = {}
    for table, days in members.items():
        for day, token in days.items():
            found.setdefault(day, []).append(f"{table}={token}")
    return {day: digest_of(tokens) for day, tokens in found.items()}
