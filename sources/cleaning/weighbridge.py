"""Loads with gross and tare: the net mass is their difference, and masses that contradict each other are refused.

Here belong the rules of a weighbridge ticket (standards/waste.md): gross > tare > 0, net = gross - tare; a row that
undoes another is not a weighing and stays as received. Not here: how numbers are read (numbers.py), whether a mass is
plausible (flags.py) or loads without a ticket (resolve.py).
"""

from __future__ import annotations

import polars as pl

from sources.cleaning.numbers import Numbers, parse_numbers
from sources.cleaning.rejects import Rejects
from sources.cleaning.schema import VALUE
from sources.cleaning.source_plan import SourcePlan, ValueColumn
from sources.cleaning.staged import INDEX
from sources.registry.feed_model import UNDOES

_GROSS, _TARE = "gross_kg", "tare_kg"
# A weighbridge shows whole kilograms; a net delivered with few digits may differ by half of its last one.
_TOLERANCE_T = 0.001


def with_possible_masses(plan: SourcePlan, records: pl.DataFrame, rejects: Rejects) -> pl.DataFrame:
    """`records` without those whose gross and tare are both given and not gross > tare > 0 (kg)."""
    both = pl.col(_GROSS).is_not_null() & pl.col(_TARE).is_not_null() & pl.col(UNDOES).is_null()
    fine = (pl.col(_GROSS) > pl.col(_TARE)) & (pl.col(_TARE) > 0)
    bad = records.filter(both & ~fine)
    if bad.is_empty():
        return records
    gross, tare = (pl.col(c).cast(pl.String).str.strip_chars_end("0").str.strip_chars_end(".") for c in (_GROSS, _TARE))
    shown = bad.select(pl.format("{} / {}", gross, tare)).to_series()
    column = f"{plan.source.columns[_GROSS].column} {plan.source.columns[_TARE].column}"
    rejects.add(bad[INDEX], column, "record", shown, "mass_impossible")
    return records.filter(~(both & ~fine).fill_null(False))


def net_of(plan: SourcePlan, value: ValueColumn, records: pl.DataFrame, text: pl.Series) -> Numbers:
    """Net mass in t: gross - tare where both are given, else the net as delivered.

    A delivered net that is not their difference is refused ('net_mismatch'). The value column may also be the gross
    or tare column itself: then there is no delivered net to compare.
    """
    both = records[_GROSS].is_not_null() & records[_TARE].is_not_null() & records[UNDOES].is_null()
    derived = records.select(((pl.col(_GROSS) - pl.col(_TARE)) / 1000).cast(VALUE)).to_series()
    if value.column in (plan.source.columns[_GROSS].column, plan.source.columns[_TARE].column):
        # Without the other mass there is no net at all: a gross mass must not pass for one.
        return Numbers(derived.alias("value"), None, _no_rejects())
    read = parse_numbers(text, value.rules)
    unreadable = pl.Series([False]).new_from_index(0, len(text))
    if read.rejected.height:
        unreadable = unreadable.scatter(read.rejected["index"], True)
    compared = both & read.value.is_not_null()
    off = (read.value.cast(pl.Float64) - derived.cast(pl.Float64)).abs()
    mismatch = compared & (off > _allowed(value, text, plan)).fill_null(False)
    rejected = pl.concat(
        [
            read.rejected,
            pl.DataFrame({"index": mismatch.arg_true().cast(pl.UInt32)}).with_columns(reason=pl.lit("net_mismatch")),
        ]
    )
    return Numbers(derived.zip_with(both, read.value).alias("value"), read.censored, rejected)


def _allowed(value: ValueColumn, text: pl.Series, plan: SourcePlan) -> pl.Series:
    """Half of the last delivered digit in t, at least a kilogram, and a hair for binary rounding."""
    mark = plan.source.format.decimal_mark
    digits = pl.col("text").str.split_exact(mark, 1).struct.field("field_1").str.len_chars().fill_null(0)
    half = 0.5 * float(value.rules.ratio) * pl.lit(10.0).pow(-digits.cast(pl.Float64))
    frame = pl.DataFrame({"text": text})
    return frame.select(pl.max_horizontal(half, pl.lit(_TOLERANCE_T)) + 1e-9).to_series()


def _no_rejects() -> pl.DataFrame:
    return pl.DataFrame(schema={"index": pl.UInt32(), "reason": pl.String()})
