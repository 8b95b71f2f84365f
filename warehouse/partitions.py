"""The clean layer on disk: one partition at a time, Parquet first, sidecar last, the index within one transaction.

Here belongs the store that sources.cleaning writes through: partitions, what they superseded, the counts of files. Not
here: how readings come about, or repairing what a kill left (rebuild.py). While a partition is replaced it has no
sidecar; the mark set before tells the next start to look.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from sources.cleaning.store import FileCounts, PartitionCounts, PartitionPart
from sources.cleaning.thresholds import FlagPrint
from sources.registry.model import GRAINS, CleanTable, Column, Registry
from warehouse import clean_files, file_counts
from warehouse.atomic import flush, remove, remove_empty_dirs, temporary_beside
from warehouse.index import Index
from warehouse.paths import PART, SIDECAR, DataDir
from warehouse.sidecar import counts_as_json, counts_from_json, parse_sidecar

if TYPE_CHECKING:
    import polars as pl

# Rows of one partition stand in this order after the key.
_ORIGIN = ("raw_sha256", "raw_row", "raw_column", "delivery_id")


class LakeInconsistent(RuntimeError):
    """Cleaning handed over what cannot be right (counts, partition or touches); the message says what."""


@dataclass(frozen=True)
class CleaningDone:
    """What a cleaning wrote: partitions rewritten, files recorded, and files whose counts do not come out."""

    partitions: int
    files: int
    unbalanced: tuple[file_counts.Unbalanced, ...]


@dataclass
class _Written:
    """A partition under temporary names, and what was counted while writing it."""

    clean: Path
    superseded: Path
    rows: int = 0
    gone: int = 0
    counts: dict[str, PartitionCounts] = field(default_factory=dict)
    first: datetime | None = None
    last: datetime | None = None


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

    @property
    def open(self) -> bool:
        """Whether something was written that `finish` has not made durable yet."""
        return self._mark is not None

    def start(self) -> None:
        """Sets the mark and opens the transaction, once."""
        if self._mark is None:
            self._mark = self._index.set_mark("cleaning")
            self._index.begin()

    def read(self, table: str, value: str, columns: Sequence[str] | None = None) -> pl.DataFrame | None:
        """The clean partition as stored, of its `columns` only if they are named, or None where there is none."""
        import polars as pl

        folder = self._data.clean_partition(table, self._registry.table(table).grain, value)
        if not (folder / SIDECAR).exists():
            return None
        return pl.read_parquet(folder / PART, glob=False, columns=None if columns is None else list(columns))

    def write(self, table: str, value: str, parts: Iterable[PartitionPart]) -> None:
        """Replaces one partition by its parts in key order; LakeInconsistent if counts and rows differ."""
        declared = self._registry.table(table)
        self.start()
        folder = self._data.clean_partition(table, declared.grain, value)
        beside = self._data.superseded_partition(table, declared.grain, value)
        new = _Written(temporary_beside(folder / PART), temporary_beside(beside / PART))
        try:
            self._write_parts(declared, value, parts, new)
            self._touch(table, value, new.counts)
            if not new.rows and not new.gone:
                self._drop(table, value, folder, beside)
            else:
                self._store(declared, value, folder, beside, new)
        finally:
            for path in (new.clean, new.superseded):
                remove(path)
                remove_empty_dirs(path.parent, self._data.root)

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

        declared = self._registry.table(table)
        folders = (
            self._data.clean_partition(table, declared.grain, value),
            self._data.superseded_partition(table, declared.grain, value),
        )
        files = [folder / PART for folder in folders if (folder / PART).exists()]
        origin = ["source_id", "delivery_id", "raw_row", "raw_column"]
        frames = [pl.read_parquet(file, glob=False, columns=[*declared.key, *origin]) for file in files]
        frame = pl.concat(frames).filter(~pl.col("source_id").is_in(sorted(numbered_sources)))
        text = key_text(declared, {name: frame[name] for name in declared.key})
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
        from warehouse.parquet import file_sha256

        declared = self._registry.table(table)
        self.start()
        folder = self._data.clean_partition(table, declared.grain, value)
        note = parse_sidecar(folder)
        if note is None or note["rows"] != clean.height:
            raise LakeInconsistent(f"{table} {value}: flags of {clean.height} readings, stored {note and note['rows']}")
        counts = counts_from_json(note)
        if unknown := set(flagged) - set(counts):
            raise LakeInconsistent(f"{table} {value}: flags of deliveries that have no reading here: {sorted(unknown)}")
        counts |= {delivery: replace(counts[delivery], readings_flagged=n) for delivery, n in flagged.items()}
        temporary = temporary_beside(folder / PART)
        try:
            _write_clean(declared, [clean], temporary)
            note |= {"sha256": file_sha256(temporary), "deliveries": counts_as_json(counts)}
            remove(folder / SIDECAR)
            temporary.replace(folder / PART)
            clean_files.write_sidecar(folder, note)
        finally:
            remove(temporary)
        self._touch(table, value, counts)
        self._paths.update((folder / PART, folder / SIDECAR, folder))
        self._index.put_partition(table, value, clean.height, note["sha256"], counts)

    def note_flags(self, table: str, fingerprint: FlagPrint) -> None:
        """Notes by which thresholds all flags of a table are set; the note is written by `finish`, after the flags."""
        self.start()
        self._flags_set_by[table] = fingerprint

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
        rows, sha256, paths = clean_files.write_whole_table(self._data, name, frame, columns, order, entered)
        self._index.put_partition(name, "", rows, sha256, {})
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
        months = {self._index.month_of(delivery) for delivery in self._affected | self._recorded} - {None}
        problems = [p for m in sorted(months) for p in file_counts.write_month(self._data, self._index, m, self._zone)]
        self._paths.update(self._data.file_counts(m) / name for m in months for name in (PART, SIDECAR))
        for table, fingerprint in self._flags_set_by.items():
            self._paths |= clean_files.write_flags_note(self._data, table, fingerprint)
        flush(self._data.root, self._paths | {p.parent for p in self._paths})
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
        for kept in (self._paths, self._affected, self._recorded, self._flags_set_by):
            kept.clear()

    def _touch(self, table: str, value: str, counts: Mapping[str, PartitionCounts]) -> None:
        """Deliveries that stood or stand in the partition: their rows of the file counts are written again."""
        self._affected.update((*self._index.deliveries_in(table, value), *counts))
        self._partitions += 1

    def _write_parts(self, declared: CleanTable, value: str, parts: Iterable[PartitionPart], new: _Written) -> None:
        """Writes the temporary files; only a superseded frame with rows makes its file."""
        from warehouse.parquet import FrameWriter, conform_known

        order = _order(declared)
        totals: dict[str, Counter[str]] = {}
        new.clean.parent.mkdir(parents=True, exist_ok=True)
        new.superseded.parent.mkdir(parents=True, exist_ok=True)

        def clean_frames() -> Iterable[pl.DataFrame]:
            for clean, superseded, counts in parts:
                for delivery, count in counts.items():
                    totals.setdefault(delivery, Counter()).update(asdict(count))
                if not superseded.is_empty():
                    frame = conform_known(superseded, declared.columns, f"superseded of {declared.name}")
                    gone.append(frame.sort(order, maintain_order=True))
                if not clean.is_empty():
                    bounds = (clean["period_start"].min(), clean["period_start"].max())
                    new.first = min(filter(None, (new.first, bounds[0])))
                    new.last = max(filter(None, (new.last, bounds[1])))
                yield clean

        with FrameWriter(new.superseded) as gone:
            new.rows = _write_clean(declared, clean_frames(), new.clean)
        new.gone = gone.rows
        new.counts = {delivery: PartitionCounts(**total) for delivery, total in totals.items()}
        _check(declared, value, new)

    def _store(self, declared: CleanTable, value: str, folder: Path, beside: Path, new: _Written) -> None:
        from warehouse.parquet import file_sha256

        note = {
            "rows": new.rows,
            "sha256": file_sha256(new.clean),
            "superseded_rows": new.gone,
            "superseded_sha256": file_sha256(new.superseded) if new.gone else None,
            "deliveries": counts_as_json(new.counts),
        }
        if parse_sidecar(folder) != note:
            remove(folder / SIDECAR)
            if new.gone:
                new.superseded.replace(beside / PART)
                self._paths.update((beside / PART, beside))
            else:
                remove(beside / PART)
            new.clean.replace(folder / PART)
            clean_files.write_sidecar(folder, note)
            self._paths.update((folder / PART, folder / SIDECAR, folder))
        self._index.put_partition(declared.name, value, new.rows, note["sha256"], new.counts)

    def _drop(self, table: str, value: str, folder: Path, beside: Path) -> None:
        for path in (folder / SIDECAR, folder / PART, beside / PART):
            remove(path)
        self._index.drop_partition(table, value)


def _order(declared: CleanTable) -> list[str]:
    return [*declared.key, *(c for c in _ORIGIN if c not in declared.key)]


def _write_clean(declared: CleanTable, frames: Iterable[pl.DataFrame], path: Path) -> int:
    """Writes clean frames under the declared schema, each sorted, one site after the other; gives the rows."""
    from warehouse.parquet import FrameWriter, conform

    order = _order(declared)
    site: str | None = None
    with FrameWriter(path) as writer:
        for frame in frames:
            part = conform(frame, declared.columns, declared.name).sort(order)
            if not part.is_empty():
                if site is not None and part["site_id"][0] <= site:
                    raise LakeInconsistent(f"{declared.name}: parts are not in key order after site {site}")
                site = part["site_id"][-1]
            writer.append(part)
    return writer.rows


def _check(declared: CleanTable, value: str, new: _Written) -> None:
    where = f"{declared.name} {value}"
    kept = sum(c.readings_clean for c in new.counts.values())
    gone = sum(c.readings_superseded + c.readings_duplicate for c in new.counts.values())
    if (kept, gone) != (new.rows, new.gone):
        raise LakeInconsistent(
            f"{where}: {new.rows} clean and {new.gone} superseded or duplicate rows, but {kept} and {gone} counted"
        )
    if new.first is not None and new.last is not None:
        pattern = GRAINS[declared.grain]
        if {new.first.strftime(pattern), new.last.strftime(pattern)} != {value}:
            raise LakeInconsistent(f"{where}: readings from {new.first} to {new.last} do not belong here")
