"""Where reading ends when only the beginning of a file is wanted.

Here belongs cutting batches after so many records or bytes of text. Not here: how much that is (read_limits.py), or any
format: whatever the format, a record is read as it always is.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import polars.selectors as cs

from sources.readers.batches import ROW, RawBatch
from sources.readers.read_limits import Beginning


class Cutter:
    """Counts what was handed on of one file, and cuts the batch in which its beginning ends."""

    def __init__(self, beginning: Beginning) -> None:
        self._records = beginning.records
        self._bytes = beginning.bytes

    def cut(self, batch: RawBatch) -> RawBatch:
        """What of `batch` belongs to the beginning; `cut` is set where records follow that do not."""
        frame, rejected = batch.frame, batch.rejected
        text = pl.sum_horizontal(cs.string().str.len_bytes().cast(pl.Int64))
        sizes = pl.concat([
            frame.select(row=pl.col(ROW).cast(pl.Int64), size=text),
            rejected.select(row=pl.col("row").cast(pl.Int64), size=pl.col("record").str.len_bytes().cast(pl.Int64)),
        ]).sort("row")  # fmt: skip
        # A record belongs to it as long as the bytes before it do: one that is long by itself is shown, too.
        before = sizes["size"].cum_sum().shift(1, fill_value=0)
        fitting = min(self._records, int((before < self._bytes).sum()))
        kept = sizes.head(fitting)
        self._records -= kept.height
        self._bytes -= int(kept["size"].sum())
        if kept.height == sizes.height:
            return batch
        last = kept["row"][-1] if kept.height else 0
        return replace(
            batch, frame=frame.filter(pl.col(ROW) <= last), rejected=rejected.filter(pl.col("row") <= last), cut=True
        )
