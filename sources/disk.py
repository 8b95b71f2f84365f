"""A full disk, recognised in the words of every library that writes for us: no file and no feed is to blame for it.

Here belongs telling a full disk from other failures. Not here: what is given up then, or what people are told
(warehouse.full_disk). Standard library only.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator

_NUMBERS = (errno.ENOSPC, errno.EDQUOT)
# As Python, polars, Arrow, SQLite and DuckDB word it; DuckDB's spilling stops at what was free when it began.
_WORDS = ("no space left on device", "disk is full", "disk quota exceeded", "'max_temp_directory_size' setting")


def is_full(error: BaseException | str) -> bool:
    """Whether an error, one that it came from, or an error's text is about a full disk."""
    if isinstance(error, str):
        said = error.lower()
        return any(words in said for words in _WORDS)
    return any(getattr(e, "errno", None) in _NUMBERS or is_full(str(e)) for e in _chain(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        found = waiting.pop()
        if found is not None and id(found) not in seen:
            seen.add(id(found))
            yield found
            waiting += [found.__cause__, found.__context__]
