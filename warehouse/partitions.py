"""The clean layer on disk: one partition at a time, Parquet first, sidecar last, the index within one transaction.

Here belongs the store that sources.cleaning writes through: partitions, what they superseded, quarantine, the counts.
Not here: how readings come about, or repairing what a kill left (rebuild.py). While a partition is replaced it has no
sidecar; the mark set before tells the next start to look.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from sources.cleaning.store import FileCounts, PartitionCounts
from sources.registry.model import GRAINS, REGISTER_COLUMNS, CleanTable, Registry
from warehouse import file_counts
from warehouse.atomic import flush, remove, remove_empty_dirs, replacing, temporary_beside, write_bytes
from warehouse.index import Index
from warehouse.paths import EMPTY, PART, SIDECAR, DataDir
from warehouse.sidecar import counts_as_json, parse_sidecar

if TYPE_CHECKING:
    import polars as pl

# Rows of one partition in this order after the key: two readings of one key never stand in the clean layer together.
_ORIGIN = ("raw_sha256", "raw_row", "raw_column")


class LakeInconsistent(RuntimeError):
    """Cleaning handed over what cannot be right (counts, partition or touches); the message says what."""


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
        self._written: set[Path] = set()
        self._affected: set[tuple[str, str]] = set()
        self._recorded: set[tuple[str, str]] = set()
        self._partitions = 0

    @property
    def open(self) -> bool:
        """Whether something was written that `finish` has not made durable yet."""
        return self._mark is not None

    def start(self) -> None:
        """Sets the mark and opens the transaction, once."""
        if self._mark is None:
            self._mark = self._index.set_mark("cleaning")
            self._index.begin()

    def read(self, table: str, value: str) -> pl.DataFrame | None:
        """The clean partition as stored, or None where there is none."""
        import polars as pl

        declared = self._registry.table(table)
        folder = self._data.clean_partition(table, declared.grain, value)
        if not (folder / SIDECAR).exists():
            return None
        return pl.read_parquet(folder / PART)

    def write(
        self,
        table: str,
        value: str,
        clean: pl.DataFrame,
        superseded: pl.DataFrame,
        counts: Mapping[str, PartitionCounts],
    ) -> None:
        """Replaces one partition; see CleanStore.write_partition. LakeInconsistent if counts and rows disagree."""
        declared = self._registry.table(table)
        self._check(declared, value, clean, superseded, counts)
        self.start()
        before = self._index.deliveries_in(table, value)
        self._affected.update((declared.feed, sha) for sha in (*before, *counts))
        self._partitions += 1
        folder = self._data.clean_partition(table, declared.grain, value)
        beside = self._data.superseded_partition(table, declared.grain, value)
        if clean.is_empty() and superseded.is_empty():
            remove(folder / SIDECAR)
            for place, stop in ((folder, self._data.clean), (beside, self._data.superseded)):
                remove(place / PART)
                remove_empty_dirs(place, stop)
            self._index.drop_partition(table, value)
            return
        sha256 = self._replace(declared, folder, beside, clean, superseded, counts)
        self._index.put_partition(table, value, declared.feed, clean.height, sha256, counts)

    def write_quarantine(self, feed: str, sha256: str, rejected: pl.DataFrame) -> None:
        """Replaces everything quarantined from one delivery; an empty frame removes it."""
        from warehouse.parquet import conform_known, write_frame

        self.start()
        file = self._data.quarantine_file(feed, sha256)
        if rejected.is_empty():
            remove(file)
            return
        frame = conform_known(rejected, (), f"quarantine of {feed}")
        order = [c for c in ("raw_row", "raw_column") if c in frame.columns]
        with replacing(file, durable=False) as temporary:
            write_frame(frame.sort(order, maintain_order=True) if order else frame, temporary)
        self._written.update((file, file.parent))

    def record_file(self, feed: str, sha256: str, counts: FileCounts, fingerprint: str) -> None:
        """Notes that the delivery is cleaned; LakeInconsistent if its touches are not the partitions that count it."""
        self.start()
        touched, named = set(self._index.touches_of(feed, sha256)), set(counts.touches)
        if touched != named:
            raise LakeInconsistent(
                f"{feed} {sha256[:12]}: its readings lie in {sorted(named)[:3]}…, the partitions written count it in "
                f"{sorted(touched)[:3]}…; only in one of both: {sorted(touched ^ named)[:5]}"
            )
        self._index.put_cleaned(feed, sha256, fingerprint, {n: getattr(counts, n) for n in file_counts.FILE_COUNTS})
        self._recorded.add((feed, sha256))

    def write_site_register(self, register: pl.DataFrame) -> None:
        """Replaces the site register in force; same rows, same bytes."""
        from warehouse.parquet import conform, write_frame

        self.start()
        file = self._data.site_register
        frame = conform(register, REGISTER_COLUMNS, "site_register").sort(
            "feed", "site_id", "valid_from", nulls_last=False
        )
        remove(file.parent / SIDECAR)
        with replacing(file, durable=False) as temporary:
            sha256 = write_frame(frame, temporary)
        _write_note(file.parent, {"sha256": sha256, "rows": frame.height, "deliveries": {}})
        self._index.put_partition("site_register", "", "", frame.height, sha256, {})
        self._written.update((file, file.parent))

    def write_empty_tables(self) -> None:
        """Puts a file without rows and with the declared schema into every table, so that a pattern always matches."""
        import polars as pl

        from warehouse.parquet import schema_of, write_frame

        declared = {name: table.columns for name, table in self._registry.tables.items()}
        declared |= {"file_counts": file_counts.COLUMNS, "site_register": REGISTER_COLUMNS}
        for name, columns in declared.items():
            file = self._data.clean_table(name) / EMPTY
            with replacing(file, durable=False) as temporary:
                write_frame(pl.DataFrame(schema=schema_of(columns)), temporary)
            self._written.update((file, file.parent))

    def finish(self) -> CleaningDone:
        """Writes the file counts of every month concerned, makes all durable, commits the index without the mark."""
        if self._mark is None:
            return CleaningDone(0, 0, ())
        months = {self._index.month_of(*key) for key in self._affected | self._recorded} - {None}
        problems = [p for m in sorted(months) for p in file_counts.write_month(self._data, self._index, m, self._zone)]
        self._written.update(self._data.file_counts(m) / name for m in months for name in (PART, SIDECAR))
        flush(self._data.root, self._written | {p.parent for p in self._written})
        self._index.clear_mark(self._mark)
        self._index.commit()
        done = CleaningDone(self._partitions, len(self._recorded), tuple(problems))
        self._reset()
        return done

    def abandon(self) -> None:
        """Drops the transaction; the mark stays, and files may differ from the index until they are reconciled."""
        self._index.rollback()
        self._reset()

    def _reset(self) -> None:
        self._mark, self._partitions = None, 0
        for kept in (self._written, self._affected, self._recorded):
            kept.clear()

    def _replace(
        self,
        declared: CleanTable,
        folder: Path,
        beside: Path,
        clean: pl.DataFrame,
        superseded: pl.DataFrame,
        counts: Mapping[str, PartitionCounts],
    ) -> str:
        from warehouse.parquet import conform, conform_known, write_frame

        order = [*declared.key, *(c for c in _ORIGIN if c not in declared.key)]
        note = {"rows": clean.height, "superseded_rows": superseded.height, "deliveries": counts_as_json(counts)}
        new, new_beside = temporary_beside(folder / PART), temporary_beside(beside / PART)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            note["sha256"] = write_frame(conform(clean, declared.columns, declared.name).sort(order), new)
            note["superseded_sha256"] = None
            if not superseded.is_empty():
                beside.mkdir(parents=True, exist_ok=True)
                frame = conform_known(superseded, declared.columns, f"superseded of {declared.name}")
                note["superseded_sha256"] = write_frame(frame.sort(order, maintain_order=True), new_beside)
            if parse_sidecar(folder) == note:
                return note["sha256"]
            remove(folder / SIDECAR)
            if superseded.is_empty():
                remove(beside / PART)
                remove_empty_dirs(beside, self._data.superseded)
            else:
                new_beside.replace(beside / PART)
                self._written.update((beside / PART, beside))
            new.replace(folder / PART)
            _write_note(folder, note)
            self._written.update((folder / PART, folder / SIDECAR, folder))
            return note["sha256"]
        finally:
            remove(new)
            remove(new_beside)

    def _check(
        self,
        declared: CleanTable,
        value: str,
        clean: pl.DataFrame,
        superseded: pl.DataFrame,
        counts: Mapping[str, PartitionCounts],
    ) -> None:
        where = f"{declared.name} {value}"
        kept = sum(c.readings_clean for c in counts.values())
        gone = sum(c.readings_superseded + c.readings_duplicate for c in counts.values())
        if (kept, gone) != (clean.height, superseded.height):
            raise LakeInconsistent(
                f"{where}: {clean.height} clean and {superseded.height} superseded or duplicate rows, "
                f"but {kept} and {gone} counted"
            )
        if not clean.is_empty():
            first, last = clean["period_start"].min(), clean["period_start"].max()
            if {first.strftime(GRAINS[declared.grain]), last.strftime(GRAINS[declared.grain])} != {value}:
                raise LakeInconsistent(f"{where}: readings from {first} to {last} do not belong here")


def _write_note(folder: Path, note: Mapping[str, object]) -> None:
    write_bytes(folder / SIDECAR, json.dumps(note, sort_keys=True, indent=1).encode(), durable=False)
