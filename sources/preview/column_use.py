"""What each column of a file becomes by a source's mapping, in words.

Here belongs saying it, from the compiled mapping and the rows as read. Not here: doing it (sources.cleaning), or what
the words of a mapping are (sources.config).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from sources.cleaning.numbers import NumberRules
from sources.cleaning.raw_cells import text_of
from sources.cleaning.source_plan import SourcePlan
from sources.cleaning.spread import spread_of
from sources.config.model import Censor, Source
from sources.readers import ROW, UnreadableFile

IGNORED = "ignored"
# Names of parameters that are listed of a long layout.
_NAMES = 12


@dataclass(frozen=True)
class ColumnUse:
    """One column and what it becomes; `column` is '' for what the mapping says itself."""

    column: str
    use: str


def column_uses(plan: SourcePlan, rows: pl.DataFrame) -> tuple[ColumnUse, ...]:
    """Every column of `rows`, as read, in their order; then what comes from elsewhere, and what is constant."""
    header = [name for name in rows.columns if name != ROW]
    uses: dict[str, list[str]] = {}
    for column, use in (*_spread(plan.source, header), *_read(plan, rows)):
        uses.setdefault(column, []).append(use)
    found = [ColumnUse(name, "; ".join(uses.get(name, ())) or IGNORED) for name in header]
    found += [ColumnUse(name, "; ".join(own)) for name, own in uses.items() if name not in header]
    found += [ColumnUse("", said) for said in _constants(plan)]
    return tuple(found)


def _spread(source: Source, header: Sequence[str]) -> Iterator[tuple[str, str]]:
    across = source.across
    if across is None:
        return
    try:
        spread = spread_of(across, header)
    except UnreadableFile:
        return
    for column, said in zip(spread.columns, spread.said, strict=True):
        named = ", ".join(f"{name} = {text}" for name, text in said.items())
        yield column, f"rows with {named}" if named else "rows of their own"
    for name, columns in spread.next_to.items():
        for column in columns:
            yield column, f"{name} next to a value"


def _read(plan: SourcePlan, rows: pl.DataFrame) -> Iterator[tuple[str, str]]:
    source = plan.source
    time = source.time
    for column in time.columns:
        yield column, f"time ({' or '.join(time.formats)}, {_marks(source)})"
    for column in time.end_columns:
        yield column, f"end of the period ({' or '.join(time.end_formats)})"
    if time.zone_column:
        yield time.zone_column, "time zone"
    for column in source.site.raw:
        yield column, "site"
    for value in plan.values:
        if plan.counts:
            yield value.column, "each case counts as one"
            continue
        yield value.column, f"{value.parameter}: {converted(value.unit, _unit(plan, value.parameter), value.rules)}"
        yield from _companions(value.parameter, value.limit_column, value.censor)
        if value.status_column:
            yield value.status_column, f"status of {value.parameter}"
    if source.long:
        yield from _long(plan, rows)
    for name, mapping in source.columns.items():
        words = f" ({len(mapping.values)} words mapped)" if mapping.values else ""
        for column in mapping.raw:
            yield column, f"{name}{words}"
    for column in source.status.raw if source.status else ():
        yield column, "status"
    for row_filter in source.filters:
        yield row_filter.column, "decides which rows are read"
    for column in source.occurrence_of:
        yield column, "tells loads apart"
    for column in source.format.fill_down:
        yield column, "filled down"


def _marks(source: Source) -> str:
    time = source.time
    if time.marks == "instant":
        return "an instant"
    length = f"a {time.duration}" if time.duration else f"{time.duration_min} min"
    return f"marks the {time.marks} of {'the period' if time.end_columns else length}, {time.zone}"


def _companions(parameter: str, limit_column: str, censor: Censor | None) -> Iterator[tuple[str, str]]:
    if limit_column:
        yield limit_column, f"detection limit of {parameter}"
    if censor:
        yield censor.column, f"marks {parameter} as not quantified"


def _long(plan: SourcePlan, rows: pl.DataFrame) -> Iterator[tuple[str, str]]:
    long = plan.long
    mapped, unmapped = [], []
    for name, unit in _named(plan, rows):
        rules, parameter, written = plan.long_rules(name, unit)
        if isinstance(rules, NumberRules):
            mapped.append(f"{name} → {parameter}: {converted(written, _unit(plan, parameter), rules)}")
        else:
            unmapped.append(f"{name} ({unit})" if unit and parameter else name)
    listed = ", ".join((*mapped[:_NAMES], "…") if len(mapped) > _NAMES else mapped)
    missed = f"; not read: {', '.join(unmapped[:_NAMES])}" if unmapped else ""
    yield long.parameter_column, f"parameter ({listed}{missed})"
    yield long.value_column, "value"
    if long.unit_column:
        yield long.unit_column, "unit"
    yield from _companions("the value", long.limit_column, long.censor)
    if long.limit_unit_column:
        yield long.limit_unit_column, "unit of the detection limit"


def _named(plan: SourcePlan, rows: pl.DataFrame) -> list[tuple[str, str]]:
    """Names of parameters with their units as they occur; none where only spread rows have them."""
    long = plan.long
    if long.parameter_column not in rows.columns:
        return []
    unit = text_of(rows, long.unit_column) if long.unit_column else pl.Series("", [""]).new_from_index(0, rows.height)
    pairs = pl.DataFrame({"name": text_of(rows, long.parameter_column), "unit": unit})
    return pairs.unique(maintain_order=True).rows()


def _unit(plan: SourcePlan, parameter: str) -> str:
    return plan.parameters[parameter].unit


def converted(written: str, unit: str, rules: NumberRules) -> str:
    """How a number written in a unit becomes one of `unit`."""
    known = f"{written or unit} → {unit}" if written not in ("", unit) else unit
    steps = [f"× {_number(rules.ratio)}"] if rules.ratio != 1 else []
    if rules.offset:
        steps.append(f"{'+' if rules.offset > 0 else '-'} {_number(abs(rules.offset))}")
    return f"{known} ({' '.join(steps)})" if steps else known


def _number(number: Fraction) -> str:
    return f"{float(number):.12g}"


def _constants(plan: SourcePlan) -> Iterator[str]:
    source = plan.source
    given: Mapping[str, str] = {
        name: mapping.constant for name, mapping in source.columns.items() if not mapping.raw and mapping.constant
    }
    if not source.site.raw and source.site.constant:
        given = {"site": source.site.constant, **given}
    for name, text in given.items():
        yield f"{name} = {text}"
