"""From readings to the frame that the flag tests need, and back: series, cadence, invalid marks.

Here belongs putting readings of many series, with their context, in order and handing each parameter to its tests.
Not here: the tests (flags.py) or which context is needed (cadence.py, rebuild_partitions.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from sources.cleaning.flags import (
    BROKEN,
    CENSORED_FLAG,
    INVALID,
    SERIES,
    STEP,
    TIME,
    VALUE,
    comparable,
    flag_series,
)
from sources.cleaning.packing import packed, seconds
from sources.cleaning.staged import FILE, PARAMETER, SITE, Codes, InvalidMarks
from sources.cleaning.variants import VARIANT
from sources.registry.feed_model import UNDOES, CleanTable, Parameter, SeriesTests

_AT = "__place_in_targets"
_ROW = "__place"
_DROPPED = (SeriesTests(),)


@dataclass(frozen=True)
class SeriesRules:
    """What flags of one table need to know: parameters in the order of their numbers, steps and marks by source id.

    `steps` is the cadence in microseconds, `invalid` the status marks that fail a reading. `own` are the thresholds of
    the sources that set any, by parameter: their readings are flagged by them, in a series with others, too.
    """

    table: CleanTable
    parameters: tuple[Parameter, ...]
    steps: dict[str, int]
    invalid: dict[str, frozenset[str]]
    own: Mapping[str, Mapping[str, SeriesTests]] = field(default_factory=dict)

    @property
    def variants(self) -> dict[str, int]:
        """The number of the thresholds of each source that sets any; 0 is the registry's."""
        return {source: number for number, source in enumerate(sorted(self.own), 1)}

    def tests_of(self, number: int) -> tuple[SeriesTests, ...]:
        """The thresholds of a parameter by the number of the variant; one, where no source sets its own."""
        if number >= len(self.parameters):
            return _DROPPED
        parameter = self.parameters[number]
        if not any(parameter.code in tests for tests in self.own.values()):
            return (parameter.tests,)
        own = (self.own[source].get(parameter.code, parameter.tests) for source in self.variants)
        return (parameter.tests, *own)

    @property
    def dims(self) -> list[str]:
        """Columns besides site and parameter that tell series apart."""
        return [n for n in self.table.series_key if n not in ("site_id", "parameter")]

    @property
    def dim_types(self) -> dict[str, pl.DataType]:
        """How the frame holds them: words of a closed list as their number, other texts as they are."""
        closed = {c.name for c in self.table.columns if c.allowed or c.dtype != "string"}
        return {d: pl.Int64() if d in closed else pl.String() for d in _enum_dims(self)}

    @property
    def heard_columns(self) -> list[str]:
        """Columns of clean readings that `heard_clean` needs."""
        return ["parameter", "site_id", *_enum_dims(self), "period_start_utc"]

    @property
    def lean_columns(self) -> list[str]:
        """Columns of clean readings that `lean_clean` needs, and the period's start."""
        more = ("period_start", "period_end", "value", "censored", "source_id", "source_status")
        return [*self.heard_columns, *more, *([UNDOES] if self.table.may_undo else [])]


def lean_staged(readings: pl.DataFrame, sources: pl.Series, rules: SeriesRules, invalid: InvalidMarks) -> pl.DataFrame:
    """Staged readings as the frame that flags are computed on; `sources` is the source id by file number."""
    step_of = pl.Series([rules.steps.get(s) for s in sources.to_list()], dtype=pl.Int64)
    variants = rules.variants
    variant_of = pl.Series([variants.get(s, 0) for s in sources.to_list()], dtype=pl.UInt16)
    return readings.select(
        PARAMETER,
        SITE,
        *(pl.col(d).to_physical().cast(dtype).alias(d) for d, dtype in rules.dim_types.items()),
        pl.col("period_start_utc").to_physical().alias(TIME),
        pl.col("period_end").to_physical().alias("__end"),
        _judged(rules),
        step_of.gather(readings[FILE]).alias(STEP),
        pl.col("censored").is_not_null().alias(CENSORED_FLAG),
        invalid.mark(readings).alias(INVALID),
        *([variant_of.gather(readings[FILE]).alias(VARIANT)] if variants else []),
    )


def lean_clean(clean: pl.DataFrame, rules: SeriesRules, codes: Codes) -> pl.DataFrame:
    """Clean readings as stored, as the same frame.

    What the registry or the configuration has dropped since has no tests (parameters) and no cadence (sources).
    """
    pairs = [(s, m) for s, marks in sorted(rules.invalid.items()) for m in sorted(marks)]
    bad = pl.DataFrame(pairs, schema={"source_id": pl.String(), "source_status": pl.String()}, orient="row")
    invalid = clean.join(
        bad.with_columns(hit=pl.lit(True)), on=["source_id", "source_status"], how="left", maintain_order="left"
    )["hit"]
    variants = rules.variants
    variant = clean["source_id"].replace_strict(variants, default=0, return_dtype=pl.UInt16) if variants else None
    return heard_clean(clean, rules, codes).with_columns(
        clean["period_end"].to_physical().alias("__end"),
        clean.select(_judged(rules)).to_series(),
        clean["source_id"].replace_strict(rules.steps, default=None, return_dtype=pl.Int64).alias(STEP),
        clean["censored"].is_not_null().alias(CENSORED_FLAG),
        invalid.fill_null(False).alias(INVALID),
        *([] if variant is None else [variant.alias(VARIANT)]),
    )


def heard_clean(clean: pl.DataFrame, rules: SeriesRules, codes: Codes) -> pl.DataFrame:
    """Series and time alone of clean readings as stored, as in the same frame."""
    numbers = {p.code: n for n, p in enumerate(rules.parameters)}
    vocabularies = {c.name: pl.Enum(sorted(c.allowed)) for c in rules.table.dims if c.allowed}
    return clean.select(
        pl.col("parameter").replace_strict(numbers, default=len(numbers), return_dtype=pl.UInt16).alias(PARAMETER),
        codes.sites.encode(clean["site_id"]).alias(SITE),
        *(
            pl.col(d).cast(vocabularies.get(d, dtype), strict=False).to_physical().cast(dtype).alias(d)
            for d, dtype in rules.dim_types.items()
        ),
        pl.col("period_start_utc").to_physical().alias(TIME),
    )


def _judged(rules: SeriesRules) -> pl.Expr:
    """The value in millionths; of what undoes another the mass that it takes back, which is not below zero."""
    value = pl.col("value").to_physical().cast(pl.Int64)
    if rules.table.may_undo:
        value = pl.when(pl.col(UNDOES).is_not_null()).then(value.abs()).otherwise(value)
    return value.alias(VALUE)


def _enum_dims(rules: SeriesRules) -> list[str]:
    """Series columns of tables that are tested as series; others are judged reading by reading."""
    return rules.dims if rules.table.series_tests else []


def flags(targets: pl.DataFrame, context: pl.DataFrame | None, rules: SeriesRules) -> pl.DataFrame:
    """`flag` and `tests` of each target, in the order given; `context` takes part in the tests and gets no flag."""
    lean = targets.with_row_index(_AT)
    if context is not None and not context.is_empty():
        lean = pl.concat([lean, context.select(targets.columns)], how="diagonal")
    lean = _in_series(lean.with_columns(_broken(lean, rules)), rules)
    parts = []
    at = 0
    for length, number in lean.select(pl.col(PARAMETER).rle()).unnest(PARAMETER).iter_rows():
        flagged = flag_series(lean.slice(at, length), rules.tests_of(number))
        parts.append(flagged.select(_AT, "flag", "tests"))
        at += length
    if not parts:
        return pl.DataFrame(schema={"flag": pl.Int8(), "tests": pl.UInt8()})
    found = pl.concat(parts)
    if context is not None:
        found = found.filter(pl.col(_AT).is_not_null())
    flag = pl.Series([0], dtype=pl.Int8).new_from_index(0, targets.height).scatter(found[_AT], found["flag"])
    tests = pl.Series([0], dtype=pl.UInt8).new_from_index(0, targets.height).scatter(found[_AT], found["tests"])
    return pl.DataFrame({"flag": flag, "tests": tests})


def _broken(lean: pl.DataFrame, rules: SeriesRules) -> pl.Series:
    """Readings that break a row rule of the table, both sides of it: one of them is wrong, and nothing says which."""
    broken = pl.Series(BROKEN, [False]).new_from_index(0, lean.height)
    numbers = {p.code: n for n, p in enumerate(rules.parameters)}
    row = [SITE, *_enum_dims(rules), TIME, "__end"]
    for rule in rules.table.row_rules:
        lower, upper = (
            lean.select(*row, PARAMETER, VALUE, INVALID, *([VARIANT] if rules.own else []))
            .with_row_index(_ROW)
            .filter(pl.col(PARAMETER) == numbers[code], comparable(rules.tests_of(numbers[code])))
            .select(*row, VALUE, _ROW)
            for code in (rule.lower, rule.upper)
        )
        above = lower.join(upper, on=row, nulls_equal=True).filter(pl.col(VALUE) > pl.col(f"{VALUE}_right"))
        broken = broken.scatter(pl.concat([above[_ROW], above[f"{_ROW}_right"]]).to_list(), True)
    return broken


def _numbered(column: pl.Series) -> pl.Series:
    """Texts as their rank among those that are there; whole numbers as they are."""
    return column.rank("dense") if column.dtype == pl.String else column


def _in_series(lean: pl.DataFrame, rules: SeriesRules) -> pl.DataFrame:
    """Sorted by parameter, series and time, with the series numbered; without tests of series by parameter alone."""
    if not rules.table.series_tests:
        lean = lean.with_columns(pl.lit(0, pl.Int64).alias(SERIES), pl.lit(None, pl.Int64).alias(STEP))
        return lean.sort(PARAMETER, maintain_order=True)
    series = packed([lean[PARAMETER], lean[SITE], *(_numbered(lean[d]) for d in _enum_dims(rules))])
    if series is None:
        raise ValueError(f"{rules.table.name}: its series are too many to be numbered in 63 bits")
    lean = lean.with_columns(series.alias(SERIES))
    times = seconds(lean[TIME])
    one = None if times is None else packed([series, times, lean["__end"] - lean[TIME]])
    return lean.sort(SERIES, TIME, "__end") if one is None else lean[one.arg_sort()]
