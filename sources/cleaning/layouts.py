"""Wide and long layouts: which cells of a usable record become readings of which parameter.

Here belong columns of values, names of parameters and units in rows, and which reading is a record's first. Not here:
what makes a record usable (parse.py) or how a text becomes a number (numbers.py).
"""

from __future__ import annotations

import polars as pl

from sources.cleaning.dims import text_of
from sources.cleaning.numbers import NumberRules, Numbers, parse_numbers
from sources.cleaning.plan import SourcePlan
from sources.cleaning.rejects import Rejects
from sources.cleaning.staged import (
    CENSORED,
    COLUMN,
    FIRST,
    INDEX,
    PARAMETER,
    Codes,
    parameter_numbers,
    staged_schema,
)
from sources.cleaning.weighbridge import net_of


def _staged(plan: SourcePlan, parts: list[pl.DataFrame]) -> pl.DataFrame:
    schema = staged_schema(plan.table)
    if not parts:
        return pl.DataFrame(schema=schema)
    return pl.concat(parts).select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def _readings(records: pl.DataFrame, numbers: Numbers, text: pl.Series, column: int, parameter: int) -> pl.DataFrame:
    censored = numbers.censored if numbers.censored is not None else pl.lit(None, pl.String)
    return records.with_columns(
        numbers.value.alias("value"),
        censored.cast(CENSORED).alias("censored"),
        text.alias("value_raw"),
        pl.lit(column, pl.UInt32).alias(COLUMN),
        pl.lit(parameter, pl.UInt16).alias(PARAMETER),
    )


def wide_readings(
    plan: SourcePlan, raw: pl.DataFrame, records: pl.DataFrame, codes: Codes, rejects: Rejects
) -> pl.DataFrame:
    """One reading for each value column of each usable record, staged; cells that are no number are refused."""
    numbered = parameter_numbers(plan.parameters)
    parts, refused = [], []
    for place, value in enumerate(plan.values):
        received = text_of(raw, value.column, trimmed=False).gather(records[INDEX])
        text = received.str.strip_chars()
        numbers = net_of(plan, value, records, text) if plan.weighed else parse_numbers(text, value.rules)
        column = codes.column(value.column, value.unit, place)
        parts.append(_readings(records, numbers, received, column, numbered[value.parameter]))
        bad = None
        if numbers.rejected.height:
            at = numbers.rejected["index"]
            rejects.add(
                records[INDEX].gather(at), value.column, "reading", received.gather(at), numbers.rejected["reason"]
            )
            bad = pl.Series([False]).new_from_index(0, records.height).scatter(at, True)
        refused.append(bad)
    return _staged(plan, _marked_first(parts, refused))


def _marked_first(parts: list[pl.DataFrame], refused: list[pl.Series | None]) -> list[pl.DataFrame]:
    """The parts without refused readings; the first that is left of each record is marked."""
    marked = []
    # Records of which every reading so far was refused; None once there can be none.
    pending: pl.Series | None = None
    for place, (part, bad) in enumerate(zip(parts, refused, strict=True)):
        part = part.with_columns((pl.lit(place == 0) if pending is None else pending).alias(FIRST))
        marked.append(part if bad is None else part.filter(~bad))
        if bad is None:
            pending = None if pending is None else pl.Series([False]).new_from_index(0, part.height)
        elif place == 0:
            pending = bad
        elif pending is not None:
            pending = pending & bad
    return marked


def long_readings(
    plan: SourcePlan, raw: pl.DataFrame, records: pl.DataFrame, codes: Codes, rejects: Rejects
) -> pl.DataFrame:
    """One reading of each usable record in the parameter and unit that its row names, staged."""
    long = plan.source.long
    received = text_of(raw, long.value_column, trimmed=False).gather(records[INDEX])
    name = text_of(raw, long.parameter_column).gather(records[INDEX])
    unit = text_of(raw, long.unit_column).gather(records[INDEX]) if long.unit_column else pl.lit("")
    asked = pl.DataFrame({"name": name}).with_columns(unit.alias("unit")).with_row_index("at")
    numbered = parameter_numbers(plan.parameters)
    parts: list[pl.DataFrame] = []
    refused: dict[tuple[str, str, str], list[pl.Series]] = {}
    for (name_text, unit_text), group in asked.partition_by("name", "unit", as_dict=True, maintain_order=True).items():
        rules, parameter, written = _long_rules(plan, name_text, unit_text)
        if isinstance(rules, str):
            about_name = rules == "unknown_parameter" or not long.unit_column
            column, value = (long.parameter_column, name_text) if about_name else (long.unit_column, unit_text)
            refused.setdefault((rules, column, value), []).append(group["at"])
            continue
        own = received.gather(group["at"])
        numbers = parse_numbers(own.str.strip_chars(), rules)
        part = _readings(
            records[group["at"]], numbers, own, codes.column(long.value_column, written, 0), numbered[parameter]
        )
        if numbers.rejected.height:
            at = numbers.rejected["index"]
            rejects.add(
                part[INDEX].gather(at), long.value_column, "reading", own.gather(at), numbers.rejected["reason"]
            )
            part = part.filter(~pl.Series([False]).new_from_index(0, part.height).scatter(at, True))
        parts.append(part.with_columns(pl.lit(True).alias(FIRST)))
    for (reason, column, value), places in refused.items():
        at = pl.concat(places)
        shown = pl.Series([value], dtype=pl.String).new_from_index(0, len(at))
        rejects.add(records[INDEX].gather(at), column, "reading", shown, reason)
    return _staged(plan, parts)


def _long_rules(plan: SourcePlan, name: str, unit: str) -> tuple[NumberRules | str, str, str]:
    """(how the value is read or a reason code, parameter, unit as received) for one pair of texts."""
    parameter = plan.parameter_names.get(name)
    if parameter is None:
        return "unknown_parameter", "", unit
    written = unit if plan.source.long.unit_column else plan.long_unit(name, parameter)
    return plan.long_rules(parameter, written), parameter, written
