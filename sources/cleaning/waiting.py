"""Raw rows between reading and parsing: rows of small files with the same columns go together.

Here belongs holding them, and how much they weigh. Not here: when they are parsed (intake.py).
"""

from __future__ import annotations

import polars as pl

Key = tuple[str, tuple[str, ...]]


class Waiting:
    """Raw rows that are not parsed yet, by source and columns: their frames, and bytes in all."""

    def __init__(self) -> None:
        self.frames: dict[Key, list[pl.DataFrame]] = {}
        self.bytes = 0
        self._cells: dict[Key, int] = {}

    def add(self, key: Key, frame: pl.DataFrame, readings: int) -> int:
        """Takes a frame of so many readings a row; how many readings wait under `key` now."""
        self.frames.setdefault(key, []).append(frame)
        self.bytes += int(frame.estimated_size())
        self._cells[key] = self._cells.get(key, 0) + frame.height * readings
        return self._cells[key]

    def pop(self, key: Key) -> list[pl.DataFrame]:
        """Gives the frames under `key` away."""
        frames = self.frames.pop(key)
        self.bytes -= sum(int(f.estimated_size()) for f in frames)
        del self._cells[key]
        return frames
