"""The table's own columns of each record: constants, mapped words, numbers, tickets.

Here belong value maps with their unmapped rule, closed vocabularies and columns that a record cannot do without. Not
here: site and time (parse.py) or masses that contradict each other (weighbridge.py).
"""

from __future__ import annotations

import polars as pl

from sources.cleaning.case_records import days_of, hidden
from sources.cleaning.numbers import NumberRules, parse_numbers
from sources.cleaning.raw_cells import mapped_text, text_of
from sources.cleaning.rejects import Rejects
from sources.cleaning.schema import polars_types
from sources.cleaning.source_plan import OCCURRENCE, TICKET, SourcePlan
from sources.cleaning.staged import INDEX
from sources.config.model import ColumnMapping
from sources.registry.clean_columns import Column


def with_dims(plan: SourcePlan, raw: pl.DataFrame, records: pl.DataFrame, rejects: Rejects) -> pl.DataFrame:
    """`records` with the table's own columns; records that miss or misname one are refused."""
    for dim in plan.dims:
        name = dim.declared.name
        if plan.source.occurrence_of and name in (TICKET, OCCURRENCE):
            records = records.with_columns(_numbered_later(plan, raw, records, name))
        elif dim.mapping is None:
            dtype = polars_types((dim.declared,))[name]
            # A load with a ticket occurs once.
            records = records.with_columns(pl.lit(1 if name == OCCURRENCE else None, dtype).alias(name))
        else:
            records = _mapped(plan, dim.declared, dim.mapping, raw, records, rejects)
    return records


def _numbered_later(plan: SourcePlan, raw: pl.DataFrame, records: pl.DataFrame, name: str) -> pl.Series:
    if name == OCCURRENCE:
        return pl.Series(name, [None], dtype=pl.Int64).new_from_index(0, records.height)
    frame = pl.DataFrame({str(i): text_of(raw, c) for i, c in enumerate(plan.source.occurrence_of)})
    return frame.select(pl.concat_str(pl.all(), separator="|").alias(name)).to_series().gather(records[INDEX])


def _mapped(
    plan: SourcePlan,
    declared: Column,
    mapping: ColumnMapping,
    raw: pl.DataFrame,
    records: pl.DataFrame,
    rejects: Rejects,
) -> pl.DataFrame:
    text = mapped_text(raw, mapping, records[INDEX])
    word, reason = _words(plan, mapping, text)
    value: pl.Series = word
    if declared.dtype in ("int", "decimal"):
        value, unreadable = _numbers(plan, word, declared.dtype)
        reason = reason.set(unreadable & reason.is_null(), "dim_unreadable")
    elif declared.dtype == "date":
        value, unreadable = days_of(word, plan.time, plan.missing)
        reason = reason.set(unreadable & reason.is_null(), "dim_unreadable")
    elif declared.allowed:
        strange = word.is_not_null() & ~word.is_in(pl.Series(declared.allowed).implode())
        reason = reason.set(strange & reason.is_null(), "not_in_vocabulary")
    if declared.key and (declared.allowed or plan.table.declared_key):
        reason = reason.set(value.is_null() & reason.is_null(), "key_missing")
    if plan.cases:
        value = hidden(declared.name, value, plan.cases)
    records = records.with_columns(value.alias(declared.name))
    bad = reason.is_not_null()
    if not bad.any():
        return records
    at = bad.arg_true()
    rejects.add(records[INDEX].gather(at), "|".join(mapping.raw), "record", text.gather(at), reason.gather(at))
    return records.filter(~bad)


def _words(plan: SourcePlan, mapping: ColumnMapping, text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Words after the value map (null for nothing), and 'unmapped_value' where the mapping has no word for a text."""
    reason = pl.Series([None], dtype=pl.String).new_from_index(0, len(text))
    nothing = text.is_in(pl.Series(sorted(plan.missing)).implode())
    if not mapping.values:
        return text.set(nothing, None), reason
    mapped = text.is_in(pl.Series(list(mapping.values)).implode())
    word = text.replace_strict(mapping.values, default=None, return_dtype=pl.String)
    unmapped = ~mapped & ~nothing
    if mapping.unmapped == "quarantine":
        reason = reason.set(unmapped, "unmapped_value")
    elif mapping.unmapped == "keep":
        word = word.zip_with(~unmapped, text)
    # A text that is mapped to the empty word means nothing.
    return word.set((word == "").fill_null(False), None), reason


def _numbers(plan: SourcePlan, word: pl.Series, dtype: str) -> tuple[pl.Series, pl.Series]:
    """Numbers of `word`, and where it is neither nothing nor a number of the type."""
    fmt = plan.source.format
    text = word.fill_null("")
    found = parse_numbers(text, NumberRules(fmt.decimal_mark, fmt.thousands_mark, plan.missing))
    value = found.value
    unreadable = pl.Series([False]).new_from_index(0, len(text))
    if found.rejected.height:
        unreadable = unreadable.scatter(found.rejected["index"], True)
    if found.censored is not None:
        unreadable |= found.censored.is_not_null()
    if dtype == "int":
        whole = value.cast(pl.Int64, strict=False)
        unreadable |= (whole.cast(value.dtype) != value).fill_null(False)
        value = whole
    return value, unreadable
