"""Staged readings and refusals of a run: in memory up to a budget, beyond it in temporary Arrow files.

Here belongs holding and finding them again by partition, with bounded memory. Not here: what is done with them
(rebuild_partitions.py). The temporary directory lives as long as the run.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from sources.cleaning.rejects import REJECT_SCHEMA
from sources.cleaning.staged import FILE, PART, SITE, staged_schema
from sources.readers import Beginning
from sources.registry.feed_model import CleanTable

# Into how many pieces a spilled file is cut, so that a slice of it decompresses no more than it needs: at most so many,
# each of at least so many readings.
_MOST_PIECES = 64
_LEAST_PIECE = 4096
# Into how many files a partition is divided at most.
_MOST_DIVISIONS = 64


@dataclass(frozen=True)
class Budget:
    """How much is held at once. `cells` of raw values parsed together, `bytes` of raw text waiting for it; `staged`
    readings and `rejected` rows held in memory before spilling; `chunk` readings resolved together. `beginning`: no
    more than that is read of a file.
    """

    cells: int = 300_000
    staged: int = 600_000
    chunk: int = 250_000
    rejected: int = 100_000
    bytes: int = 256 << 20
    beginning: Beginning | None = None


DEFAULT_BUDGET = Budget()


class _Spilled:
    """A file of readings sorted by partition, and where each partition is in it."""

    def __init__(self, readings: pl.DataFrame, path: Path) -> None:
        """Writes `readings`, sorted by partition, to `path`."""
        self._path = path
        self._spans: dict[int, tuple[int, int]] = {}
        at = 0
        for length, part in readings[PART].rle().struct.unnest().iter_rows():
            self._spans[part] = (at, length)
            at += length
        piece = max(_LEAST_PIECE, -(-readings.height // _MOST_PIECES))
        readings.write_ipc(path, compression="lz4", record_batch_size=piece)

    def frames(self, parts: Sequence[int]) -> Iterator[pl.LazyFrame]:
        """The readings of `parts` (sorted), neighbouring partitions together."""
        runs: list[tuple[int, int]] = []
        for offset, length in (self._spans[part] for part in parts if part in self._spans):
            if runs and sum(runs[-1]) == offset:
                runs[-1] = (runs[-1][0], runs[-1][1] + length)
            else:
                runs.append((offset, length))
        for run in runs:
            yield pl.scan_ipc(self._path, glob=False).slice(*run)


class _Shelf:
    """Staged readings of one table."""

    def __init__(self, table: CleanTable, folder: Path) -> None:
        self.table = table
        self._folder = folder
        self.held: list[pl.DataFrame] = []
        self._sealed: pl.DataFrame | None = None
        self._files: list[_Spilled] = []
        # Partitions that were divided by sites: each division's sites and files.
        self._divided: dict[int, list[tuple[set[int], list[Path]]]] = {}
        self.rows: dict[int, int] = {}

    def add(self, readings: pl.DataFrame) -> None:
        self.held.append(readings)
        self._sealed = None
        for part, count in readings[PART].value_counts().iter_rows():
            self.rows[part] = self.rows.get(part, 0) + count

    def spill(self) -> None:
        if not self.held:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        every = pl.concat(self.held).sort(PART, maintain_order=True)
        self.held, self._sealed = [], None
        self._files.append(_Spilled(every, self._folder / f"{len(self._files)}.arrow"))

    def load(self, parts: Iterable[int], sites: list[int] | None) -> pl.DataFrame:
        wanted = sorted(parts)
        if sites is not None and len(wanted) == 1 and wanted[0] in self._divided:
            files = [f for own, fs in self._divided[wanted[0]] if not own.isdisjoint(sites) for f in fs]
            spilled = [pl.scan_ipc(f, glob=False) for f in files]
            found = [pl.DataFrame(schema=staged_schema(self.table))]
        else:
            spilled = self._spilled(wanted)
            found = [self._in_memory(wanted, sites)]
        if sites is not None:
            spilled = [frame.filter(pl.col(SITE).is_in(sites)) for frame in spilled]
        return pl.concat([*found, *pl.collect_all(spilled)])

    def _spilled(self, wanted: Sequence[int]) -> list[pl.LazyFrame]:
        """What was spilled of some partitions (sorted)."""
        return [frame for file in self._files for frame in file.frames(wanted)]

    def divide(self, part: int, ranges: Sequence[Sequence[int]], budget: int) -> None:
        """Rewrites what was spilled of one partition into at most _MOST_DIVISIONS divisions of neighbouring ranges."""
        self.spill()
        width = -(-len(ranges) // _MOST_DIVISIONS)
        divisions = [sorted({s for r in ranges[i : i + width] for s in r}) for i in range(0, len(ranges), width)]
        number = {site: place for place, sites in enumerate(divisions) for site in sites}
        files: list[list[Path]] = [[] for _ in divisions]
        held: list[pl.DataFrame] = []
        sources = self._spilled([part])
        for number_read, source in enumerate(sources, 1):
            held.append(source.collect())
            if sum(f.height for f in held) < budget and number_read < len(sources):
                continue
            place = pl.col(SITE).replace_strict(number, return_dtype=pl.UInt32).alias("__division")
            for piece in pl.concat(held).with_columns(place).partition_by("__division"):
                own = files[piece["__division"][0]]
                own.append(self._folder / f"{part}-{piece['__division'][0]}-{len(own)}.arrow")
                piece.drop("__division").write_ipc(own[-1], compression="lz4")
            held = []
        self._divided[part] = [(set(sites), own) for sites, own in zip(divisions, files, strict=True)]

    def site_rows(self, part: int) -> dict[int, int]:
        rows: dict[int, int] = {}
        frames = [f.filter(pl.col(PART) == part).select(SITE) for f in self.held]
        frames += [spilled.select(SITE).collect() for spilled in self._spilled([part])]
        for frame in frames:
            for site, count in frame[SITE].value_counts().iter_rows():
                rows[site] = rows.get(site, 0) + count
        return rows

    def _in_memory(self, wanted: list[int], sites: list[int] | None) -> pl.DataFrame:
        if not self.held:
            return pl.DataFrame(schema=staged_schema(self.table))
        if self._sealed is None:
            self._sealed = pl.concat(self.held).sort(PART, maintain_order=True)
            self.held = [self._sealed]
        first = self._sealed[PART].search_sorted(wanted[0], "left")
        after = self._sealed[PART].search_sorted(wanted[-1], "right")
        found = self._sealed.slice(first, after - first)
        if wanted[-1] - wanted[0] + 1 != len(wanted):
            found = found.filter(pl.col(PART).is_in(wanted))
        return found if sites is None else found.filter(pl.col(SITE).is_in(sites))


class Staging(AbstractContextManager["Staging"]):
    """Everything parsed in one run, by table and partition, and refusals by delivery, within a budget of memory."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self._temporary = tempfile.TemporaryDirectory(prefix="ecoledger-cleaning-")
        self._folder = Path(self._temporary.name)
        self._shelves: dict[str, _Shelf] = {}
        self._held = 0
        self._dropped: set[int] = set()
        self._rejects: dict[int, list[pl.DataFrame]] = {}
        self._rejected = 0
        self._reject_files: dict[int, list[Path]] = {}

    def __exit__(self, *_: object) -> None:
        self._temporary.cleanup()

    def add(self, table: CleanTable, readings: pl.DataFrame) -> None:
        """Takes staged readings of `table`."""
        if readings.is_empty():
            return
        shelf = self._shelves.setdefault(table.name, _Shelf(table, self._folder / table.name))
        shelf.add(readings)
        self._held += readings.height
        if self._held > self.budget.staged:
            for every in self._shelves.values():
                every.spill()
            self._held = 0

    def drop(self, file: int) -> None:
        """Forgets everything of a delivery that turned out to be unreadable."""
        self._dropped.add(file)
        self._rejects.pop(file, None)
        for path in self._reject_files.pop(file, ()):
            path.unlink()

    def rows(self, table: str) -> dict[int, int]:
        """Staged readings by partition, those of dropped deliveries included."""
        return self._shelves[table].rows if table in self._shelves else {}

    def load(self, table: CleanTable, parts: Iterable[int], sites: list[int] | None = None) -> pl.DataFrame:
        """Staged readings of the partitions, of some sites only where `sites` is given."""
        shelf = self._shelves.get(table.name)
        if shelf is None:
            return pl.DataFrame(schema=staged_schema(table))
        found = shelf.load(parts, sites)
        return found.filter(~pl.col(FILE).is_in(sorted(self._dropped))) if self._dropped else found

    def divide(self, table: CleanTable, part: int, ranges: Sequence[Sequence[int]]) -> None:
        """Prepares a large partition for being loaded range of sites by range, each without reading all of it."""
        if table.name in self._shelves:
            self._shelves[table.name].divide(part, ranges, self.budget.staged)

    def site_rows(self, table: CleanTable, part: int) -> dict[int, int]:
        """Staged readings of one partition by site number."""
        return self._shelves[table.name].site_rows(part) if table.name in self._shelves else {}

    def reject(self, rejects: pl.DataFrame) -> None:
        """Takes refusals of any number of deliveries."""
        if rejects.is_empty():
            return
        for own in rejects.partition_by(FILE, maintain_order=True):
            self._rejects.setdefault(own[FILE][0], []).append(own)
        self._rejected += rejects.height
        if self._rejected > self.budget.rejected:
            self._spill_rejects()

    def rejects_of(self, file: int) -> Iterator[pl.DataFrame]:
        """Refusals of one delivery in pieces, in the order in which they were found; at least one piece."""
        for path in self._reject_files.get(file, ()):
            yield pl.scan_ipc(path, glob=False).collect()
        held = self._rejects.get(file)
        if held:
            yield pl.concat(held)
        elif file not in self._reject_files:
            yield pl.DataFrame(schema=REJECT_SCHEMA)

    def has_spilled_rejects(self, file: int) -> bool:
        """Whether the refusals of a delivery are too many for one frame."""
        return file in self._reject_files

    def _spill_rejects(self) -> None:
        folder = self._folder / "rejects"
        folder.mkdir(exist_ok=True)
        for file, parts in self._rejects.items():
            paths = self._reject_files.setdefault(file, [])
            paths.append(folder / f"{file}-{len(paths)}.arrow")
            pl.concat(parts).write_ipc(paths[-1], compression="lz4")
        self._rejects, self._rejected = {}, 0
