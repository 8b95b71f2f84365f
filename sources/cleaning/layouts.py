"""Wide and long layouts: which cells of a usable record become readings of which parameter.

Here belong columns of values, names of parameters and units in rows, and which reading is a record's first. Not here:
what makes a record usable (parse.py) or how a text becomes a number (numbers.py).
"""

from __future__ import annotations

import polars as pl

from sources.cleaning.nondetects import Marked, marked
from sources.cleaning.numbers import NumberRules, Numbers, parse_numbers
from sources.cleaning.plan_refs import with_mistaken_refs
from sources.cleaning.raw_cells import text_of
from sources.cleaning.rejects import Rejects
from sources.cleaning.schema import VALUE
from sources.cleaning.source_plan import SourcePlan, ValueColumn
from sources.cleaning.spread import FROM, PLACE_OF
from sources.cleaning.staged import (
    CENSORED,
    COLUMN,
    FIRST,
    INDEX,
    PARAMETER,
    STATUS,
    Codes,
    RawColumn,
    parameter_numbers,
    staged_schema,
)
from sources.cleaning.weighbridge import net_of
from sources.config.model import LongMapping


def _staged(plan: SourcePlan, parts: list[pl.DataFrame]) -> pl.DataFrame:
    schema = staged_schema(plan.table)
    if not parts:
        return pl.DataFrame(schema=schema)
    return pl.concat(parts).select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def _readings(
    records: pl.DataFrame, numbers: Numbers, text: pl.Series, column: pl.Series | int, parameter: int
) -> pl.DataFrame:
    censored = numbers.censored if numbers.censored is not None else pl.lit(None, pl.String)
    place = pl.lit(column, pl.UInt32) if isinstance(column, int) else column
    return records.with_columns(
        numbers.value.alias("value"),
        censored.cast(CENSORED).alias("censored"),
        text.alias("value_raw"),
        place.alias(COLUMN),
        pl.lit(parameter, pl.UInt16).alias(PARAMETER),
    )


def _column(
    plan: SourcePlan, raw: pl.DataFrame, records: pl.DataFrame, named: RawColumn, codes: Codes
) -> pl.Series | int:
    """Numbers of the raw columns that values came from: of spread records by row, in the order of the record."""
    if PLACE_OF not in raw.columns:
        return codes.column(named.name, named.unit, named.place)
    across = plan.source.across
    name = pl.col(FROM) if across and named.name == across.value else pl.lit(named.name).alias(FROM)
    found = raw.select(name, PLACE_OF)[records[INDEX]]
    distinct = found.unique()
    numbers = [codes.column(name, named.unit, named.place + place) for name, place in distinct.iter_rows()]
    coded = distinct.with_columns(pl.Series(COLUMN, numbers, dtype=pl.UInt32))
    return found.join(coded, on=[FROM, PLACE_OF], how="left", maintain_order="left")[COLUMN]


def _told(raw: pl.DataFrame, records: pl.DataFrame, value: ValueColumn, codes: Codes) -> pl.DataFrame:
    """`records` with the status mark of this value alone, if it has one of its own."""
    if not value.status_column:
        return records
    mark = text_of(raw, value.status_column).gather(records[INDEX])
    return records.with_columns(codes.statuses.encode(mark.set(mark == "", None)).alias(STATUS))


def _either(from_limit: pl.Series, limit: int, own: pl.Series | int) -> pl.Series | int:
    """Numbers of the raw columns in which the values were."""
    if not from_limit.any():
        return own
    own = pl.Series([own], dtype=pl.UInt32).new_from_index(0, len(from_limit)) if isinstance(own, int) else own
    return own.set(from_limit, limit)


def wide_readings(
    plan: SourcePlan, raw: pl.DataFrame, records: pl.DataFrame, codes: Codes, rejects: Rejects
) -> pl.DataFrame:
    """One reading for each value column of each usable record, staged; cells that are not a number are refused."""
    numbered = parameter_numbers(plan.parameters)
    parts, refused = [], []
    for place, value in enumerate(plan.values):
        cells = marked(raw, records[INDEX], value.column, value, plan.missing)
        if plan.weighed:
            numbers = net_of(plan, value, records, cells.text)
        elif plan.counts:
            numbers = _each_one(records.height)
        else:
            numbers = cells.of(parse_numbers(cells.text, value.rules))
        own = _column(plan, raw, records, RawColumn(value.column, value.unit, place), codes)
        column = _either(cells.from_limit, codes.column(value.limit_column, value.unit, place), own)
        received = _not_received(records.height) if plan.counts else cells.received
        told = _told(raw, records, value, codes)
        parts.append(_readings(told, numbers, received, column, numbered[value.parameter]))
        bad = None
        if numbers.rejected.height:
            _refuse(raw, records[INDEX], cells, numbers, value, value.column, rejects)
            bad = pl.Series([False]).new_from_index(0, records.height).scatter(numbers.rejected["index"], True)
        refused.append(with_mistaken_refs(plan, records, value.parameter, bad, rejects))
    return _staged(plan, _marked_first(parts, refused))


def _each_one(height: int) -> Numbers:
    """What records count as that deliver no amount: one each."""
    nothing = pl.DataFrame(schema={"index": pl.UInt32(), "reason": pl.String()})
    return Numbers(pl.Series([1], dtype=VALUE).new_from_index(0, height), None, nothing)


def _not_received(height: int) -> pl.Series:
    return pl.Series([None], dtype=pl.String).new_from_index(0, height)


def _refuse(
    raw: pl.DataFrame,
    rows: pl.Series,
    cells: Marked,
    numbers: Numbers,
    mapping: ValueColumn | LongMapping,
    column: str,
    rejects: Rejects,
) -> None:
    """Refuses the cells that are not a number, each in the column that holds what is wrong with it."""
    lost, silent = numbers.rejected["index"], cells.silent.gather(numbers.rejected["index"])
    from_limit = cells.from_limit.gather(lost) & ~silent
    for where, name in (
        (silent, mapping.censor.column if mapping.censor else ""),
        (from_limit, mapping.limit_column),
        (~silent & ~from_limit, column),
    ):
        at = lost.filter(where)
        if len(at):
            index = rows.gather(at)
            shown = text_of(raw, name).gather(index) if name != column else cells.received.gather(at)
            rejects.add(index, name, "reading", shown, numbers.rejected["reason"].filter(where))


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
    """One reading of each usable record in the parameter and unit that its row names, staged.

    A value that is missing is missing whatever its unit.
    """
    long = plan.long
    numbered = parameter_numbers(plan.parameters)
    parts: list[pl.DataFrame] = []
    refused: dict[tuple[str, str, str], list[pl.Series]] = {}
    asked = _asked(plan, raw, records)
    for key, group in asked.partition_by("name", "unit", "limit", as_dict=True, maintain_order=True).items():
        name_text, unit_text, of_limit = key
        own = records[group["at"]]
        cells = marked(raw, own[INDEX], long.value_column, long, plan.missing)
        rules, parameter, written = plan.long_rules(name_text, unit_text)
        if isinstance(rules, str):
            about_name = rules == "unknown_parameter" or not long.unit_column
            unit_column = long.limit_unit_column if of_limit and long.limit_unit_column else long.unit_column
            column, value = (long.parameter_column, name_text) if about_name else (unit_column, unit_text)
            plain = parse_numbers(cells.text, NumberRules(missing=plan.missing))
            empty = plain.value.is_null()
            empty = empty.scatter(plain.rejected["index"], False) if plain.rejected.height else empty
            if rules == "unknown_parameter":
                empty = empty & False
            if not empty.all():
                refused.setdefault((rules, column, value), []).append(group["at"].filter(~empty))
            own = own.filter(empty)
            if own.is_empty():
                continue
            cells = marked(raw, own[INDEX], long.value_column, long, plan.missing)
            rules = NumberRules(missing=plan.missing)
        numbers = cells.of(parse_numbers(cells.text, rules))
        named = RawColumn(long.limit_column if of_limit else long.value_column, written, 0)
        column = _column(plan, raw, own, named, codes)
        part = _readings(own, numbers, cells.received, column, numbered[parameter])
        if numbers.rejected.height:
            _refuse(raw, own[INDEX], cells, numbers, long, long.value_column, rejects)
            lost = pl.Series([False]).new_from_index(0, part.height).scatter(numbers.rejected["index"], True)
            part = part.filter(~lost)
        astray = with_mistaken_refs(plan, part, parameter, None, rejects)
        if astray is not None:
            part = part.filter(~astray)
        parts.append(part.with_columns(pl.lit(True).alias(FIRST)))
    for (reason, column, value), places in refused.items():
        at = pl.concat(places)
        shown = pl.Series([value], dtype=pl.String).new_from_index(0, len(at))
        rejects.add(records[INDEX].gather(at), column, "reading", shown, reason)
    return _staged(plan, parts)


def _asked(plan: SourcePlan, raw: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Place, parameter and unit as received of each record, and whether its number is in the limit's column."""
    long, index = plan.long, records[INDEX]
    cells = marked(raw, index, long.value_column, long, plan.missing)
    nowhere = pl.Series([""], dtype=pl.String).new_from_index(0, records.height)
    unit = text_of(raw, long.unit_column).gather(index) if long.unit_column else nowhere
    if long.limit_unit_column:
        of_limit = text_of(raw, long.limit_unit_column).gather(index)
        unit = of_limit.zip_with(cells.from_limit & (of_limit != ""), unit)
    name = text_of(raw, long.parameter_column).gather(index)
    return pl.DataFrame({"name": name, "unit": unit, "limit": cells.from_limit}).with_row_index("at")
