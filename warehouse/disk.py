"""A full disk, recognised in the words of every library that writes for us, and told in one sentence.

Here belongs telling a full disk from other failures. Not here: what is given up then (each step's business). Standard
library only: every command loads this module.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from pathlib import Path

_NUMBERS = (errno.ENOSPC, errno.EDQUOT)
# As Python, polars, Arrow, SQLite and DuckDB word it; DuckDB's spilling stops at what was free when it began.
_WORDS = ("no space left on device", "disk is full", "disk quota exceeded", "'max_temp_directory_size' setting")


class DiskFull(RuntimeError):
    """The disk that holds the data directory is full; the message says so and what to do."""


def is_full(error: BaseException | str) -> bool:
    """Whether an error, one that it came from, or an error's text is about a full disk."""
    if isinstance(error, str):
        said = error.lower()
        return any(words in said for words in _WORDS)
    return any(getattr(e, "errno", None) in _NUMBERS or is_full(str(e)) for e in _chain(error))


def full_text(root: Path) -> str:
    """What a person reads when the disk under the data directory `root` is full."""
    try:
        free = f" ({shutil.disk_usage(root).free / 1e6:,.0f} MB free)"
    except OSError:
        free = ""
    return (
        f"the disk is full{free}, data directory {root}: make room and run the same command again; "
        "nothing half-done is visible"
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        found = waiting.pop()
        if found is not None and id(found) not in seen:
            seen.add(id(found))
            yield found
            waiting += [found.__cause__, found.__context__]
