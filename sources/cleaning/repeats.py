"""The hour that clocks show twice in autumn: which rows of a file mean its second time.

Here belongs telling the first from the second by the order of a file, and naming what is alone in that hour. Not here:
time zones (times.py). All rows of a file with such stamps are judged together, however the file was cut into batches.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

import polars as pl

from sources.cleaning.raw_cells import text_of
from sources.cleaning.source_plan import SourcePlan
from sources.cleaning.staged import FILE
from sources.readers.batches import ROW


@dataclass(frozen=True)
class Alone:
    """Rows of one file whose time clocks showed twice and that are there once: the first of them, and how many."""

    row: int
    stamp: str
    rows: int

    def sentence(self, file_name: str, column: str) -> str:
        """What a person reads about them."""
        others = self.rows - 1
        place = f"{file_name}, row {self.row}, column '{column}'"
        more = f" (and {others} more row{'s' if others > 1 else ''})" if others else ""
        return (
            f"{place}: clocks showed '{self.stamp}' twice that day, and the file has it once{more}: it is read as the "
            "first. Deliver both hours in one file, or stamps with an offset"
        )


def later_rows(plan: SourcePlan, rows: pl.DataFrame, local: pl.Series, backwards: Container[int]) -> pl.Series:
    """True where a row's stamp, which clocks showed twice, occurs for the second time in its file and series.

    `rows` are all such rows of their files, `backwards` the files that list the newest first. Loads without a ticket
    are events, not a series: two at one minute are two loads.
    """
    if plan.source.occurrence_of:
        return pl.Series([False]).new_from_index(0, rows.height)
    ordered = _keyed(plan, rows, local, backwards)
    nth = ordered.sort("__order").with_columns(nth=pl.int_range(pl.len()).over(_key(ordered)))
    return nth.sort("__at")["nth"] > 0


def alone(plan: SourcePlan, rows: pl.DataFrame, local: pl.Series, stamp: pl.Series) -> dict[int, Alone]:
    """By file, the rows whose stamp occurs once in its series."""
    ordered = _keyed(plan, rows, local, ())
    single = ordered.with_columns(stamp=stamp, times=pl.len().over(_key(ordered))).filter(pl.col("times") == 1)
    found = single.sort(FILE, ROW).group_by(FILE, maintain_order=True).agg(
        pl.col(ROW).first(), pl.col("stamp").first(), rows=pl.len()
    )  # fmt: skip
    return {file: Alone(row, text, rows) for file, row, text, rows in found.iter_rows()}


def _key(frame: pl.DataFrame) -> list[str]:
    return [c for c in frame.columns if c not in (ROW, "__order", "__at")]


def _keyed(plan: SourcePlan, rows: pl.DataFrame, local: pl.Series, backwards: Container[int]) -> pl.DataFrame:
    """File, local time and what else tells series apart, with the row, its place and its order in time."""
    source = plan.source
    keyed = (source.columns[d] for d in source.columns if d in plan.table.key)
    names = [*source.site.raw, *(c for mapping in keyed for c in mapping.raw)]
    if source.long:
        names.append(source.long.parameter_column)
    texts = {f"__{i}": text_of(rows, name) for i, name in enumerate(names) if name}
    back = pl.Series([f in backwards for f in rows[FILE].to_list()], dtype=pl.Boolean)
    frame = pl.DataFrame({FILE: rows[FILE], ROW: rows[ROW], "__local": local, **texts}).with_row_index("__at")
    return frame.with_columns(__order=pl.when(back).then(-pl.col(ROW)).otherwise(pl.col(ROW)))
