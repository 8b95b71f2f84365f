"""Several integer columns as one, so that sorting and comparing them costs a fraction of what the columns would.

Here belongs that trick only. It is exact or it is not done: a key that does not fit into 63 bits, or is not made of
integers, gives None, and the caller works on the columns themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import polars as pl

_ROOM = 1 << 62
_SECOND = 1_000_000


def seconds(times: pl.Series) -> pl.Series | None:
    """Timestamps as whole seconds, None if one of them has a fraction."""
    ticks = times.to_physical()
    if (ticks % _SECOND != 0).any():
        return None
    return ticks // _SECOND


def whole_span(numbers: pl.Series) -> tuple[int, int]:
    """The least and the largest of whole numbers; at least one is not null."""
    return cast(int, numbers.min()), cast(int, numbers.max())


def packed(columns: Sequence[pl.Series]) -> pl.Series | None:
    """One Int64 that sorts, and is equal, as the integer `columns` do in order; null counts as the smallest."""
    result: pl.Series | None = None
    room = 1
    for column in columns:
        if column.null_count() == len(column):
            continue
        low, high = whole_span(column)
        size = high - low + 2
        room *= size
        if room >= _ROOM:
            return None
        # 0 is left for null, so that null is different from every value.
        place = (column.cast(pl.Int64) - (low - 1)).fill_null(0)
        result = place if result is None else result * size + place
    if result is None and columns:
        return columns[0].cast(pl.Int64).fill_null(0)
    return result
