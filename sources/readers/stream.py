"""What a reader is given: bytes in order, from a file, an archive's member, or a limit's watch over either."""

from __future__ import annotations

from typing import Protocol


class ByteStream(Protocol):
    """Gives up to `size` bytes at a time, all that are left for a negative size, and none at the end."""

    def read(self, size: int = -1, /) -> bytes | None:
        """The next bytes."""
        ...
