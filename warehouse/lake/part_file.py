"""One Parquet file of partitions, one after the other in the order of their values: read, or written anew in part.

Here belong finding a partition by its rows and carrying over what stays. Not here: which partitions a file holds
(sources.registry), how rows are sorted, or when the new file takes the place of the old one (partitions.py). What is
replaced waits in memory up to a budget, beyond it in temporary Arrow files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from warehouse.atomic import remove, temporary_next_to
from warehouse.parquet import ROW_GROUP, FrameWriter, write_joined

# Rows held at once, of what waits and of what was read: a month of 43 stations, six pollutants an hour.
_HELD = 2 * ROW_GROUP
# Rows of a piece of a temporary file, so that a slice of it decompresses little more than itself.
_PIECE = 16_384


class PartFile:
    """The file at `path`, which holds `rows` of each partition by value, in order, and what will be in it."""

    def __init__(self, path: Path, rows: Mapping[str, int]) -> None:
        self._path = path
        self._stored: dict[str, tuple[int, int]] = {}
        at = 0
        for value, count in rows.items():
            if count:
                self._stored[value] = (at, count)
                at += count
        self._size = at
        self._replaced: dict[str, int] = {}
        self._waiting = _Waiting(path)
        # The file as it was last read, whole, by columns.
        self._seen: tuple[Sequence[str] | None, pl.DataFrame] | None = None

    def count(self, value: str) -> int:
        """Rows of one partition, as replaced."""
        return self._replaced[value] if value in self._replaced else self._stored.get(value, (0, 0))[1]

    def read(self, value: str, columns: Sequence[str] | None = None) -> pl.DataFrame | None:
        """One partition, of its `columns` only if they are named; None where it has no row."""
        if value in self._replaced:
            frames = list(self._waiting.frames(value))
            if not frames:
                return None
            rows = pl.concat(frames)
            return (rows if columns is None else rows.select(columns)).collect()
        at, count = self._stored.get(value, (0, 0))
        return self._slice(at, count, columns) if count else None

    def clear(self, value: str) -> None:
        """Takes out every row of one partition."""
        self._waiting.drop(value)
        self._replaced[value] = 0

    def add(self, value: str, frame: pl.DataFrame) -> None:
        """Adds rows to a partition that was cleared, in order."""
        self._waiting.add(value, frame)
        self._replaced[value] += frame.height

    def write(self, path: Path) -> int:
        """Writes everything to `path`, in order, and gives the rows; nothing if there is none."""
        rows = sum(map(self.count, self._stored.keys() | self._replaced.keys()))
        if max(rows, self._size) <= ROW_GROUP and not self._waiting.has_spilled:
            # The same bytes: putting a plan together for each of some dozen rows costs more than the rows.
            with FrameWriter(path) as writer:
                for frame in self._small_frames():
                    writer.append(frame)
            return writer.rows
        frames = list(self._frames())
        return write_joined(frames, path) if frames else 0

    def close(self) -> None:
        """Drops what waits."""
        self._waiting.close()

    def _frames(self) -> Iterator[pl.LazyFrame]:
        """The partitions in order; neighbours that stay as they are together."""
        kept: tuple[int, int] | None = None
        for value in sorted(self._stored.keys() | self._replaced.keys()):
            if value not in self._replaced:
                at, count = self._stored[value]
                first = at if kept is None else kept[0]
                kept = first, at + count - first
                continue
            if kept is not None:
                yield pl.scan_parquet(self._path, glob=False).slice(*kept)
                kept = None
            yield from self._waiting.frames(value)
        if kept is not None:
            yield pl.scan_parquet(self._path, glob=False).slice(*kept)

    def _small_frames(self) -> Iterator[pl.DataFrame]:
        """The same in memory, where everything fits into one row group."""
        for value in sorted(self._stored.keys() | self._replaced.keys()):
            if value in self._replaced:
                yield from self._waiting.held(value)
            else:
                yield self._slice(*self._stored[value], None)

    def _slice(self, at: int, count: int, columns: Sequence[str] | None) -> pl.DataFrame:
        if self._size > _HELD:
            rows = pl.scan_parquet(self._path, glob=False).slice(at, count)
            return (rows if columns is None else rows.select(columns)).collect()
        if self._seen is None or self._seen[0] != columns:
            named = None if columns is None else list(columns)
            self._seen = (columns, pl.read_parquet(self._path, glob=False, columns=named))
        return self._seen[1].slice(at, count)


class _Waiting:
    """Frames by partition until they are written."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._held: dict[str, list[pl.DataFrame]] = {}
        self._rows = 0
        # File, offset and rows of what is in temporary files.
        self._spilled: dict[str, list[tuple[Path, int, int]]] = {}
        self._files: list[Path] = []

    def add(self, value: str, frame: pl.DataFrame) -> None:
        if frame.is_empty():
            return
        self._held.setdefault(value, []).append(frame)
        self._rows += frame.height
        if self._rows > _HELD:
            self._spill()

    def drop(self, value: str) -> None:
        self._rows -= sum(frame.height for frame in self._held.pop(value, ()))
        self._spilled.pop(value, None)

    @property
    def has_spilled(self) -> bool:
        """Whether any of it is in temporary files."""
        return bool(self._files)

    def held(self, value: str) -> Iterator[pl.DataFrame]:
        """What is in memory of one partition."""
        yield from self._held.get(value, ())

    def frames(self, value: str) -> Iterator[pl.LazyFrame]:
        for path, at, rows in self._spilled.get(value, ()):
            yield pl.scan_ipc(path, glob=False).slice(at, rows)
        for frame in self._held.get(value, ()):
            yield frame.lazy()

    def close(self) -> None:
        for path in self._files:
            remove(path)

    def _spill(self) -> None:
        path = temporary_next_to(self._target)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._files.append(path)
        every = pl.concat([frame for frames in self._held.values() for frame in frames])
        every.write_ipc(path, compression="lz4", record_batch_size=_PIECE)
        at = 0
        for value, frames in self._held.items():
            rows = sum(frame.height for frame in frames)
            self._spilled.setdefault(value, []).append((path, at, rows))
            at += rows
        self._held, self._rows = {}, 0
