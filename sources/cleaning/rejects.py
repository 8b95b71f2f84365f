"""Collects what parse refuses, and turns it into the quarantine frame that people read.

Here belong the places (file, row, column), the sentences and the record as JSON. Not here: the vocabulary of reasons
(reasons.py) or the decision that something is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from sources.cleaning.markup import shown_columns
from sources.cleaning.reasons import REASONS, RECORD_LIMIT, sentence
from sources.cleaning.schema import QUARANTINE_SCHEMA
from sources.cleaning.spread import FROM, PLACE_OF
from sources.cleaning.staged import FILE
from sources.deliveries import Receipt
from sources.readers.batches import ROW

if TYPE_CHECKING:
    from sources.cleaning.case_records import CasePlan

_VALUE_SHOWN = 80
# What is written in place of a private value.
PRIVATE = "（private）"
REJECT_SCHEMA = {
    FILE: pl.UInt32(),
    "raw_row": pl.Int64(),
    "raw_column": pl.String(),
    "level": pl.String(),
    "value": pl.String(),
    "reason": pl.String(),
    # A sentence about this one value; null where the reason's own one is used.
    "said": pl.String(),
    "record": pl.String(),
}


class Rejects:
    """Refusals of one batch of raw rows, by index into it; of a register's private columns nothing is kept."""

    def __init__(self, raw: pl.DataFrame, cases: CasePlan | None = None) -> None:
        self._raw = raw
        self._cases = cases
        self._parts: list[pl.DataFrame] = []

    def add(
        self,
        index: pl.Series,
        column: str,
        level: str,
        value: pl.Series,
        reason: pl.Series | str,
        said: pl.Series | None = None,
    ) -> None:
        """Refuses the rows `index`; `value`, `reason` and `said` (own sentences) belong to them, one by one."""
        if self._cases and self._cases.hides(column):
            value, said = pl.Series([PRIVATE], dtype=pl.String).new_from_index(0, len(index)), None
        self._parts.append(
            pl.DataFrame(
                {
                    "index": index.cast(pl.UInt32),
                    "value": value.cast(pl.String),
                    "reason": reason if isinstance(reason, str) else reason.cast(pl.String),
                }
            ).with_columns(
                raw_column=pl.lit(column),
                level=pl.lit(level),
                said=pl.lit(None, pl.String) if said is None else said.cast(pl.String),
            )
        )

    def frame(self) -> pl.DataFrame:
        """All refusals with file, row and the row as JSON, in order of file, row and column."""
        if not self._parts:
            return pl.DataFrame(schema=REJECT_SCHEMA)
        found = pl.concat(self._parts)
        rows = self._raw[found["index"]]
        columns = shown_columns(self._raw, (FILE, ROW, FROM, PLACE_OF))
        if self._cases:
            # What the mapping does not name may hold anything.
            columns = {name: c for name, c in columns.items() if name in self._cases.shown}
        record = rows.select(
            pl.struct(rows[c].alias(name) for name, c in columns.items())
            .struct.json_encode()
            .str.slice(0, RECORD_LIMIT)
        ).to_series()
        if self._cases and self._cases.private:
            found = found.with_columns(_without(found["value"], rows, self._cases.private).alias("value"))
            record = _without(record, rows, self._cases.private)
        return found.select(
            rows[FILE],
            rows[ROW].alias("raw_row"),
            "raw_column",
            "level",
            "value",
            "reason",
            "said",
            record.alias("record"),
        )


def _without(texts: pl.Series, rows: pl.DataFrame, private: Iterable[str]) -> pl.Series:
    """`texts` where none holds what the same row has in a private column: the sender may have put it there, too."""
    hidden = rows.select(c for c in rows.columns if c in set(private))
    said = []
    for text, cells in zip(texts.to_list(), hidden.iter_rows(), strict=True):
        for cell in sorted({c.strip() for c in cells if c and c.strip()}, key=len, reverse=True):
            text = text.replace(cell, PRIVATE) if text else text
        said.append(text)
    return pl.Series(said, dtype=pl.String)


def reader_rejects(rejected: pl.DataFrame, file: int, cases: CasePlan | None = None) -> pl.DataFrame:
    """What a reader could not read (row, column, value, reason, record) as refusals of the whole record.

    Where a register has private columns, nobody knows which text of such a row is one of them.
    """
    if cases and cases.rules.private:
        nothing = pl.lit(None, pl.String)
        rejected = rejected.with_columns(column=nothing, value=nothing, reason=nothing, record=nothing)
    return rejected.select(
        pl.lit(file, pl.UInt32).alias(FILE),
        pl.col("row").cast(pl.Int64).alias("raw_row"),
        pl.col("column").cast(pl.String).alias("raw_column"),
        pl.lit("record").alias("level"),
        pl.col("value").cast(pl.String),
        pl.lit("row_unreadable").alias("reason"),
        pl.col("reason").cast(pl.String).alias("said"),
        pl.col("record").cast(pl.String).str.slice(0, RECORD_LIMIT),
    )


def file_reject(file: int, reason: str, said: str, row: int | None, column: str | None) -> pl.DataFrame:
    """One refusal of a whole file."""
    entry = {FILE: file, "raw_row": row, "raw_column": column, "level": "file", "reason": reason, "said": said}
    return pl.DataFrame([entry], schema=REJECT_SCHEMA)


def quarantine_frame(rejects: pl.DataFrame, receipt: Receipt) -> pl.DataFrame:
    """Refusals of one delivery as the public quarantine frame, sorted by row and column; one sentence each."""
    if rejects.is_empty():
        return pl.DataFrame(schema=QUARANTINE_SCHEMA)
    joined = rejects.join(_words(), on="reason", how="left", maintain_order="left")
    row = pl.when(pl.col("raw_row").is_not_null()).then(pl.format(", row {}", "raw_row")).otherwise(pl.lit(""))
    column = pl.col("raw_column")
    place = pl.when(column.fill_null("") != "").then(pl.format(", column '{}'", column)).otherwise(pl.lit(""))
    shown = pl.when(pl.col("value").str.len_chars() > _VALUE_SHOWN).then(
        pl.col("value").str.slice(0, _VALUE_SHOWN) + "…"
    ).otherwise(pl.col("value").fill_null(""))  # fmt: skip
    quoted = pl.when(pl.col("before").str.ends_with("'")).then(shown).otherwise(pl.lit(""))
    start = pl.concat_str(pl.lit(receipt.file_name), row, place, pl.lit(": "))
    spoken = pl.concat_str(start, "before", quoted, "after", pl.lit(". "), "advice", pl.lit("."))
    said = pl.when(pl.col("level") == "file").then(pl.col("said")).otherwise(pl.concat_str(start, "said"))
    frame = joined.with_columns(
        feed=pl.lit(receipt.feed),
        source_id=pl.lit(receipt.source_id),
        raw_sha256=pl.lit(receipt.sha256),
        delivery_id=pl.lit(receipt.delivery_id),
        file_name=pl.lit(receipt.file_name),
        message=pl.when(pl.col("said").is_null()).then(spoken).otherwise(said),
    )
    ordered = frame.sort("raw_row", "raw_column", "level", "reason", "value", nulls_last=False, maintain_order=True)
    return ordered.select(pl.col(name).cast(dtype) for name, dtype in QUARANTINE_SCHEMA.items())


@cache
def _words() -> pl.DataFrame:
    """The sentence of every reason in its pieces."""
    names = ["reason", "before", "after", "advice"]
    return pl.DataFrame([(r, *sentence(r)) for r in REASONS], schema=names, orient="row")
