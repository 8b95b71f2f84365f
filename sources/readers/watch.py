"""The clock and the tally of one file: how long it may still be read, how many bytes and cells it had.

Here belongs measuring, without what the caller does between two batches. Not here: the numbers (read_limits.py).
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable

from sources.readers.read_limits import MEBIBYTE, ReadLimits, too_large, too_many_cells, too_slow
from sources.readers.stream import ByteStream


class Watch:
    """Runs while a reader works and stops while its caller does; raises UnreadableFile beyond a limit."""

    def __init__(self, limits: ReadLimits, now: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._now = now
        self._spent = 0.0
        self._since: float | None = now()
        self._bytes = 0
        self._cells = 0

    def pause(self) -> None:
        """The caller works now."""
        if self._since is not None:
            self._spent += self._now() - self._since
            self._since = None

    def resume(self) -> None:
        """The reader works again."""
        self._since = self._now()

    def left(self) -> float:
        """Seconds that are left."""
        running = self._now() - self._since if self._since is not None else 0.0
        allowed = self._limits.seconds + self._limits.seconds_per_mebibyte * self._bytes / MEBIBYTE
        return allowed - self._spent - running

    def count_bytes(self, size: int) -> None:
        """So many bytes more were read."""
        self._bytes += size
        if self._bytes > self._limits.max_bytes:
            raise too_large("the file", self._limits)
        if self.left() < 0:
            raise too_slow(self._limits)

    def count_cells(self, cells: int) -> None:
        """So many cells more were read."""
        self._cells += cells
        if self._cells > self._limits.max_cells:
            raise too_many_cells(self._limits)


class Watched(io.RawIOBase):
    """Hands on the bytes of `source` and counts them."""

    def __init__(self, source: ByteStream, watch: Watch) -> None:
        super().__init__()
        self._source = source
        self._watch = watch

    def readable(self) -> bool:
        """Always true."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; UnreadableFile once there were too many, or it took too long."""
        data = self._source.read(size) or b""
        self._watch.count_bytes(len(data))
        return data
