"""Cells of raw columns by name, as every step of cleaning reads them.

Here belong absent columns and several columns read as one. Not here: what a text means (dims.py, numbers.py).
"""

from __future__ import annotations

import polars as pl

from sources.config.model import ColumnMapping


def text_of(frame: pl.DataFrame, column: str, *, trimmed: bool = True) -> pl.Series:
    """A raw column, trimmed unless told otherwise; empty texts where the batch has no such column."""
    if column not in frame.columns:
        return pl.Series(column, [""], dtype=pl.String).new_from_index(0, frame.height)
    return frame[column].str.strip_chars() if trimmed else frame[column]


def mapped_text(raw: pl.DataFrame, mapping: ColumnMapping, index: pl.Series) -> pl.Series:
    """What a mapping reads of the rows `index`: its column, several joined with |, or its constant."""
    if not mapping.raw:
        return pl.Series([mapping.constant], dtype=pl.String).new_from_index(0, len(index))
    texts = [text_of(raw, column).gather(index) for column in mapping.raw]
    if len(texts) == 1:
        return texts[0]
    joined = pl.DataFrame({str(i): text for i, text in enumerate(texts)})
    nothing = pl.all_horizontal(pl.all() == "")
    return joined.select(
        pl.when(nothing).then(pl.lit("")).otherwise(pl.concat_str(pl.all(), separator="|"))
    ).to_series()
