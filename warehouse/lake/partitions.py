"""The clean layer on disk: one file of partitions at a time, Parquet first, sidecar last, the index in one transaction.

Here belongs the store that sources.cleaning writes through: partitions, what they superseded, the counts of files.
Not here: how readings come about, the files themselves (stored_file.py), or repairing what a kill left
(rebuild_index.py). While a file is replaced it has no sidecar; the mark set before tells the next start to look.

What is written waits until another file is written to, or the end: cleaning goes through the days in order, so that a
month is written once.
"""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sources.cleaning.flag_fingerprint import FlagPrint
from sources.cleaning.store import FileCounts, PartitionCounts, PartitionPart
from sources.registry.clean_columns import Column
from sources.registry.feed_model import GRAINS, CleanTable, Registry
from warehouse.atomic import flush
from warehouse.lake import clean_files, file_counts
from warehouse.lake.index import Index
from warehouse.lake.sidecar import Partition
from warehouse.lake.stored_file import LakeInconsistent, StoredFile
from warehouse.paths import PART, SIDECAR, DataDir, checked_value

if TYPE_CHECKING:
    import polars as pl

# Rows of one partition are in this order after the key.
_ORIGIN = ("raw_sha256", "raw_row", "raw_column", "delivery_id")


@dataclass(frozen=True)
class CleaningDone:
    """What a cleaning wrote: partitions rewritten, files recorded, and files whose counts do not come out."""

    partitions: int
    files: int
    unbalanced: tuple[file_counts.Unbalanced, ...]


class PartitionStore:
    """Writes the clean layer between `start` and `finish`; nothing is durable or known to the index before `finish`."""

    def __init__(self, data: DataDir, index: Index, registry: Registry, zone: tzinfo) -> None:
        self._data = data
        self._index = index
        self._registry = registry
        self._zone = zone
        self._mark: int | None = None
        self._paths: set[Path] = set()
        self._affected: set[str] = set()
        self._recorded: set[str] = set()
        self._partitions = 0
        self._flags_set_by: dict[str, FlagPrint] = {}
        # Months whose counts wait for the end of several cleanings, and the mark of that; None where none are together.
        self._waiting: set[str] | None = None
        self._waiting_mark: int | None = None
        self._writing: StoredFile | None = None
        self._reading: StoredFile | None = None

    @property
    def open(self) -> bool:
        """Whether something was written that `finish` has not made durable yet."""
        return self._mark is not None

    @property
    def counts_wait(self) -> bool:
        """Whether file counts wait for `write_counts`."""
        return self._waiting is not None

    def start(self) -> None:
        """Sets the mark and opens the transaction, once."""
        if self._mark is None:
            self._mark = self._index.set_mark("cleaning")
            self._index.begin()

    def read(self, table: str, value: str, columns: Sequence[str] | None = None) -> pl.DataFrame | None:
        """The clean readings of a partition, of its `columns` only if they are named; None where there are none."""
        return self._file(table, value).clean.read(value, columns)

    def write(self, table: str, value: str, parts: Iterable[PartitionPart]) -> None:
        """Replaces one partition by its parts in key order; LakeInconsistent if counts and rows differ."""
        from warehouse.parquet import conform_known, row_hashes

        self.start()
        file = self._to_write(table, value)
        declared, order = file.table, _order(file.table)
        totals: dict[str, Counter[str]] = {}
        file.clean.clear(value)
        file.superseded.clear(value)
        site: str | None = None
        digest = hashlib.sha256()
        for clean, superseded, counts in parts:
            for delivery, count in counts.items():
                totals.setdefault(delivery, Counter()).update(vars(count))
            if not superseded.is_empty():
                fallen = conform_known(superseded, declared.columns, f"superseded of {table}")
                file.superseded.add(value, fallen.sort(order, maintain_order=True))
            if not clean.is_empty():
                rows = _ordered(declared, clean)
                if site is not None and rows["site_id"][0] <= site:
                    raise LakeInconsistent(f"{table} {value}: parts are not in key order after site {site}")
                site = rows["site_id"][-1]
                _check_span(declared, value, rows)
                file.clean.add(value, rows)
                digest.update(row_hashes(rows))
        counted = {delivery: PartitionCounts(**total) for delivery, total in totals.items()}
        self._put(file, value, counted, digest.hexdigest())

    def open_keys(self, table: str, numbered_sources: Set[str]) -> None:
        """See sources.cleaning.store: in a new index the places of keys are read from the clean layer, once."""
        self.start()
        keys = self._index.keys
        if not keys.known(table):
            for _, value in self._index.partitions(table):
                keys.replace(table, (), self._places(table, value, numbered_sources))
            keys.set_known(table)

    def _places(self, table: str, value: str, numbered_sources: Set[str]) -> Iterator[tuple[str, str, str, int, str]]:
        import polars as pl

        from sources.cleaning.keys import key_text

        file = self._file(table, value)
        columns = [*file.table.key, "source_id", "delivery_id", "raw_row", "raw_column"]
        frames = [part.read(value, columns) for part in (file.clean, file.superseded)]
        frame = pl.concat([f for f in frames if f is not None])
        frame = frame.filter(~pl.col("source_id").is_in(sorted(numbered_sources)))
        text = key_text(file.table, {name: frame[name] for name in file.table.key})
        # The last row of a delivery replaces what was inserted before it.
        for key, delivery, row, column in (
            frame.with_columns(text.alias("key"))
            .sort("raw_row", "raw_column")
            .select("key", "delivery_id", "raw_row", "raw_column")
            .iter_rows()
        ):
            yield key, value, delivery, row, column

    def write_flags(self, table: str, value: str, clean: pl.DataFrame, flagged: Mapping[str, int]) -> None:
        """Replaces the clean readings where only flags changed; LakeInconsistent if there is no such partition."""
        from warehouse.parquet import row_hashes

        self.start()
        file = self._to_write(table, value)
        if file.clean.count(value) != clean.height:
            stored = file.clean.count(value)
            raise LakeInconsistent(f"{table} {value}: flags of {clean.height} readings, stored {stored}")
        counts = self._index.counts_in(table, value)
        if unknown := set(flagged) - set(counts):
            raise LakeInconsistent(f"{table} {value}: flags of deliveries that have no reading here: {sorted(unknown)}")
        counts |= {delivery: replace(counts[delivery], readings_flagged=n) for delivery, n in flagged.items()}
        flagged_rows = _ordered(file.table, clean)
        file.clean.clear(value)
        file.clean.add(value, flagged_rows)
        self._put(file, value, counts, hashlib.sha256(row_hashes(flagged_rows)).hexdigest())

    def note_flags(self, table: str, fingerprint: FlagPrint) -> None:
        """Notes by which thresholds all flags of a table are set; the note is written by `finish`, after the flags."""
        self.start()
        self._flags_set_by[table] = fingerprint

    def drop_tables(self, tables: Iterable[str]) -> None:
        """Removes clean tables with all that is known of them; their deliveries count as not cleaned."""
        for table in tables:
            self.start()
            self._affected |= self._index.forget_table(table)
            for folder in (self._data.clean_table(table), self._data.superseded / table):
                shutil.rmtree(folder, ignore_errors=True)

    def write_quarantine(self, feed: str, delivery_id: str, parts: Iterable[pl.DataFrame]) -> None:
        """Replaces everything quarantined from one delivery; no row at all removes it."""
        self.start()
        self._paths |= clean_files.write_quarantine(self._data, feed, delivery_id, parts)

    def write_whole_table(
        self,
        name: str,
        frame: pl.DataFrame,
        columns: Sequence[Column],
        order: Sequence[str],
        entered: Sequence[clean_files.Entered],
    ) -> None:
        """Replaces a table that is stored whole and keeps the bytes it was made from; same rows, same bytes."""
        self.start()
        for file in entered:
            self._paths |= clean_files.keep_entered(self._data, file)
        sha256, paths = clean_files.write_whole_table(self._data, name, frame, columns, order, entered)
        self._index.put_file(name, "", sha256)
        self._paths |= paths

    def record_file(self, feed: str, delivery_id: str, counts: FileCounts, fingerprint: str) -> None:
        """Notes that the delivery is cleaned; LakeInconsistent if its touches are not the partitions that count it."""
        self.start()
        touched, named = set(self._index.touches_of(delivery_id)), set(counts.touches)
        if touched != named:
            raise LakeInconsistent(
                f"{feed} {delivery_id}: its readings lie in {sorted(named)[:3]}…, the partitions written count it in "
                f"{sorted(touched)[:3]}…; only in one of both: {sorted(touched ^ named)[:5]}"
            )
        self._index.put_cleaned(delivery_id, fingerprint, {n: getattr(counts, n) for n in file_counts.FILE_COUNTS})
        self._recorded.add(delivery_id)

    def finish(self) -> CleaningDone:
        """Writes the file counts of every month concerned, makes all durable, commits the index without the mark."""
        if self._mark is None:
            return CleaningDone(0, 0, ())
        self._write_file()
        found = (self._index.month_of(delivery) for delivery in self._affected | self._recorded)
        months = {month for month in found if month is not None}
        problems = self._counted(months)
        for table, fingerprint in self._flags_set_by.items():
            self._paths |= clean_files.write_flags_note(self._data, table, fingerprint)
        flush(self._data.root, self._paths | {p.parent for p in self._paths})
        self._index.clear_mark(self._mark)
        self._index.commit()
        done = CleaningDone(self._partitions, len(self._recorded), tuple(problems))
        self._reset()
        return done

    def count_together(self) -> None:
        """From now on the file counts wait for `write_counts`: a month of them holds the files of all feeds.

        A kill meanwhile loses counts only: the mark makes the next start clean those deliveries again, to the same.
        """
        self._waiting = set()

    def write_counts(self) -> None:
        """Writes and makes durable the file counts that wait; the next ones do not."""
        months, self._waiting = sorted(self._waiting or ()), None
        if not months:
            return
        for month in months:
            file_counts.write_month(self._data, self._index, month, self._zone)
        flush(self._data.root, _paths_of_counts(self._data, months))
        if self._waiting_mark is not None:
            self._index.clear_mark(self._waiting_mark)
            self._waiting_mark = None

    def _counted(self, months: Set[str]) -> list[file_counts.Unbalanced]:
        """Writes the file counts of months, or has them wait; gives the files that do not balance."""
        if self._waiting is None:
            self._paths |= _paths_of_counts(self._data, months)
            of_months = [file_counts.write_month(self._data, self._index, m, self._zone) for m in sorted(months)]
            return [problem for problems in of_months for problem in problems]
        if self._waiting_mark is None:
            self._waiting_mark = self._index.set_mark("file counts")
        self._waiting |= months
        feeds = {receipt.feed for receipt in map(self._index.delivery, self._recorded | self._affected) if receipt}
        return [p for file in self._index.cleaned_of(feeds, months) for p in file_counts.unbalanced(file)]

    def abandon(self) -> None:
        """Drops the transaction; the mark stays, and files may differ from the index until they are reconciled."""
        if self._writing is not None:
            self._writing.close()
        self._index.rollback()
        self._reset()

    def forget(self) -> None:
        """Forgets which file was read last: it may be another one now."""
        self._reading = None

    def _reset(self) -> None:
        self._mark, self._partitions = None, 0
        self._writing = self._reading = None
        for kept in (self._paths, self._affected, self._recorded, self._flags_set_by):
            kept.clear()

    def _put(self, file: StoredFile, value: str, counts: Mapping[str, PartitionCounts], digest: str) -> None:
        """Notes in the index what was written of one partition; LakeInconsistent if it counts other rows.

        Deliveries that were or are in it: their rows of the file counts are written again.
        """
        table = file.table.name
        rows, gone = file.clean.count(value), file.superseded.count(value)
        _check(f"{table} {value}", rows, gone, counts)
        self._affected.update((*self._index.deliveries_in(table, value), *counts))
        self._partitions += 1
        if rows or gone:
            self._index.put_partition(table, value, file.name, Partition(rows, gone, digest, counts))
        else:
            self._index.drop_partition(table, value)

    def _file(self, table: str, value: str) -> StoredFile:
        """The file of a partition, to read from: the one being written, where it is that."""
        declared = self._registry.table(table)
        for known in (self._writing, self._reading):
            if known is not None and known.holds(declared, value):
                return known
        name = declared.file_of(checked_value(declared.grain, value))
        self._reading = StoredFile(self._data, declared, name, self._index.partitions_in(table, name))
        return self._reading

    def _to_write(self, table: str, value: str) -> StoredFile:
        """The same to write to; what waits for another file is written first."""
        file = self._file(table, value)
        if file is not self._writing:
            self._write_file()
            self._writing, self._reading = file, None
        return file

    def _write_file(self) -> None:
        """Puts the file that is being written in the place of the old one."""
        file, self._writing = self._writing, None
        if file is None:
            return
        table = file.table.name
        partitions = self._index.partitions_in(table, file.name)
        self._paths |= file.write(partitions)
        if partitions:
            self._index.put_file(table, file.name, file.sha256)
        else:
            self._index.drop_file(table, file.name)


def _paths_of_counts(data: DataDir, months: Iterable[str]) -> set[Path]:
    folders = [data.file_counts(month) for month in months]
    return {path for folder in folders for path in (folder, folder / PART, folder / SIDECAR)}


def _order(declared: CleanTable) -> list[str]:
    return [*declared.key, *(c for c in _ORIGIN if c not in declared.key)]


def _ordered(declared: CleanTable, frame: pl.DataFrame) -> pl.DataFrame:
    """Clean readings under the declared schema, sorted: of rows that are in order a look costs more than the sort."""
    from warehouse.parquet import conform

    return conform(frame, declared.columns, declared.name).sort(_order(declared))


def _check(where: str, rows: int, gone: int, counts: Mapping[str, PartitionCounts]) -> None:
    kept = sum(c.readings_clean for c in counts.values())
    fell = sum(c.readings_superseded + c.readings_duplicate for c in counts.values())
    if (kept, fell) != (rows, gone):
        raise LakeInconsistent(
            f"{where}: {rows} clean and {gone} superseded or duplicate rows, but {kept} and {fell} counted"
        )


def _check_span(declared: CleanTable, value: str, frame: pl.DataFrame) -> None:
    starts = frame["period_start"]
    first, last = cast(datetime, starts.min()), cast(datetime, starts.max())
    pattern = GRAINS[declared.grain]
    if {first.strftime(pattern), last.strftime(pattern)} != {value}:
        raise LakeInconsistent(f"{declared.name} {value}: readings from {first} to {last} do not belong here")
