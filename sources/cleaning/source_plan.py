"""A declared source made ready for cleaning: columns, conversions, vocabularies and codes, looked up once.

Here belongs what can be decided before the first row is seen, mistakes of the mapping included (ConfigError). Not here:
rows (parse.py) or reading ecoledger.toml (sources.config).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from zoneinfo import ZoneInfo

from sources.cleaning.case_records import CasePlan, case_plan, mapped_source
from sources.cleaning.numbers import NumberRules
from sources.cleaning.spread import rows_per_record
from sources.config.model import (
    Censor,
    ColumnMapping,
    Config,
    ConfigError,
    LongMapping,
    Source,
    TimeMapping,
    UnitMapping,
    ValueMapping,
)
from sources.registry.clean_columns import Column
from sources.registry.feed_model import AMOUNT, CleanTable, Feed, Parameter, Registry, Unit

# A true date or time, of a workbook's cell or a Parquet column, arrives as ISO text, whatever format the text cells are
# declared to have.
_WORKBOOK_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%Y-%m-%d 00:00:00 %H:%M:%S", "%Y-%m-%d %H:%M")
_PARQUET_FORMATS = ("%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d", "%Y-%m-%d %H:%M:%S.%f%:z")
_OWN_FORMATS = {"xlsx": _WORKBOOK_FORMATS, "parquet": _PARQUET_FORMATS}
OCCURRENCE = "occurrence_no"
TICKET = "ticket_no"


@dataclass(frozen=True)
class ValueColumn:
    """One raw column of a wide layout: its parameter, the unit as declared and how its numbers are read."""

    column: str
    parameter: str
    unit: str
    rules: NumberRules
    censor: Censor | None = None
    limit_column: str = ""
    status_column: str = ""
    extract: str = ""


@dataclass(frozen=True)
class Dim:
    """One of the table's own columns and where it comes from; `mapping` None means it is not delivered."""

    declared: Column
    mapping: ColumnMapping | None

    @property
    def required(self) -> bool:
        """Whether the column must be declared: a key with a closed vocabulary."""
        return self.declared.key and bool(self.declared.allowed)


@dataclass(frozen=True)
class SourcePlan:
    """Everything parse needs to know about one source; `references` are those of the user's plans (plan_refs.py)."""

    source: Source
    feed: Feed
    table: CleanTable
    registry: Registry
    reporting_zone: str
    values: tuple[ValueColumn, ...]
    dims: tuple[Dim, ...]
    time: TimeMapping
    invalid_status: frozenset[str]
    cases: CasePlan | None = None
    references: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def missing(self) -> frozenset[str]:
        """Missing tokens of the format; an empty cell is always missing."""
        return frozenset(self.source.format.missing) | {""}

    @property
    def weighed(self) -> bool:
        """Whether gross and tare are delivered, so that net = gross - tare is checked."""
        return {"gross_kg", "tare_kg"} <= set(self.source.columns)

    @property
    def counts(self) -> bool:
        """Whether each record counts as one: a register's that delivers no amount."""
        return self.cases is not None and not self.source.values

    @property
    def readings_per_record(self) -> int:
        """Readings one record gives after wide to long; of one that is spread, each of its rows."""
        return 1 if self.source.long else len(self.values)

    def readings_under(self, columns: Sequence[str]) -> int:
        """Readings that a record under this header gives; UnreadableFile if the header lacks what is spread."""
        return self.readings_per_record * rows_per_record(self.source, columns)

    @cached_property
    def parameter_names(self) -> Mapping[str, str]:
        """What the parameter column of a long layout may hold → parameter code.

        The mapping's own names; where it has none, or keeps what it does not map, also the registry's names.
        """
        long = self.source.long
        own = dict(long.parameters) if long else {}
        if self.source.declared_parameters is not None:
            return own
        known = {n: p.code for p in self.parameters.values() for n in (p.name_zh, *p.aliases, p.hj_code) if n}
        return known | {code: code for code in self.parameters} | own

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """Parameters of the table by code."""
        return self.feed.parameters_of(self.table.name)

    @property
    def long(self) -> LongMapping:
        """The mapping of rows that name their parameter; ValueError where the source's rows have value columns."""
        if self.source.long is None:
            raise ValueError(f"source {self.source.id} has no long mapping")
        return self.source.long

    def long_rules(self, name: str, unit_text: str) -> tuple[NumberRules | str, str, str]:
        """(how a long value is read, or the reason code why it cannot be; parameter; unit as written or declared).

        `name` and `unit_text` are as received; without a unit column the unit is the one declared for the name, else
        the parameter's own.
        """
        long = self.long
        parameter = self.parameter_names.get(name)
        if parameter is None:
            return "unknown_parameter", "", unit_text
        key = unit_text if long.unit_column else name
        written = unit_text
        if not long.unit_column:
            written = long.units[name].unit if name in long.units else self.parameters[parameter].unit
        declared = long.units.get(key) or UnitMapping(written)
        unit = self.registry.unit(declared.unit)
        absent = written in self.missing
        if unit is None:
            return "unit_missing" if absent else "unknown_unit", parameter, written
        converted = conversion(unit, self.parameters[parameter], self.registry)
        if converted is None:
            return "unit_missing" if absent else "unit_mismatch", parameter, written
        return self.rules(self.parameters[parameter], converted, declared.factor), parameter, written

    def rules(
        self, parameter: Parameter, converted: tuple[Fraction, Fraction], factor: Decimal, missing: tuple[str, ...] = ()
    ) -> NumberRules:
        """How values of `parameter` are read; `missing` adds to the format's marks."""
        fmt = self.source.format
        return NumberRules(
            decimal_mark=fmt.decimal_mark,
            thousands_mark=fmt.thousands_mark,
            missing=self.missing | set(missing),
            ratio=converted[0] * Fraction(factor),
            offset=converted[1],
            words=parameter.words,
        )


def conversion(unit: Unit, parameter: Parameter, registry: Registry) -> tuple[Fraction, Fraction] | None:
    """(ratio, offset) from `unit` to the parameter's unit as exact fractions; None if they measure different things."""
    target = registry.units[parameter.unit]
    if unit.code == target.code:
        return Fraction(1), Fraction(0)
    if unit.base != target.base:
        return None
    ratio = Fraction(unit.factor) / Fraction(target.factor)
    return ratio, (Fraction(unit.offset) - Fraction(target.offset)) / Fraction(target.factor)


def plan_for(source: Source, registry: Registry, config: Config) -> SourcePlan:
    """Compiles one source; ConfigError names the source and what to correct."""
    feed = registry.feeds.get(source.feed)
    if feed is None or source.table not in feed.tables:
        raise ConfigError(f"source {source.id}: feed '{source.feed}' has no clean table '{source.table}'")
    table = feed.tables[source.table]
    try:
        ZoneInfo(source.time.zone)
    except (KeyError, ValueError, OSError):
        message = f"source {source.id}: '{source.time.zone}' is not a time zone; use one like Asia/Shanghai"
        raise ConfigError(message) from None
    source = mapped_source(source, table)
    plan = SourcePlan(
        source=source,
        feed=feed,
        table=table,
        registry=registry,
        reporting_zone=config.district.reporting_zone,
        values=(),
        dims=_dims(source, table),
        time=_time(source),
        invalid_status=frozenset(source.invalid_status) | frozenset(feed.invalid_status),
        cases=case_plan(source, table, config),
        references=config.plans.references() if source.feed == "returns" else {},
    )
    if plan.counts:
        unit = plan.parameters[AMOUNT].unit
        named = source.columns.get("case_id") or source.columns["entity"]
        one = ValueColumn(named.column, AMOUNT, unit, NumberRules(missing=plan.missing))
        object.__setattr__(plan, "values", (one,))
        return plan
    if not source.values and not source.long:
        raise ConfigError(f"source {source.id}: it maps no values; add values or long")
    object.__setattr__(plan, "values", tuple(_value_column(plan, v) for v in source.values))
    if source.long:
        _check_long(plan)
    return plan


def _time(source: Source) -> TimeMapping:
    mapping = source.time
    own = _OWN_FORMATS.get(source.format.kind)
    if own is None:
        return mapping
    formats = tuple(dict.fromkeys((*mapping.formats, *own)))
    ends = tuple(dict.fromkeys((*(mapping.end_formats or mapping.formats), *own)))
    return replace(mapping, formats=formats, end_formats=ends)


def _dims(source: Source, table: CleanTable) -> tuple[Dim, ...]:
    known = {c.name for c in table.dims} | set(table.cases.attributes if table.cases else ())
    if unknown := set(source.columns) - known:
        raise ConfigError(f"source {source.id}: {table.name} has no column {sorted(unknown)[0]}")
    given = {name: ColumnMapping(constant=text) for name, text in table.given.items()}
    dims = tuple(Dim(c, source.columns.get(c.name) or given.get(c.name)) for c in table.dims)
    for dim in dims:
        if dim.required and dim.mapping is None:
            raise ConfigError(f"source {source.id}: columns.{dim.declared.name} is needed; {dim.declared.description}")
    if table.cases:
        needed = "entity" if table.cases.is_list else "case_id"
        if needed not in source.columns:
            raise ConfigError(f"source {source.id}: columns.{needed} is needed")
    names = {c.name for c in table.dims}
    if TICKET in names and not source.occurrence_of and TICKET not in source.columns:
        raise ConfigError(f"source {source.id}: map columns.{TICKET}, or name the columns in occurrence_of")
    return dims


def _parameter(plan: SourcePlan, code: str) -> Parameter:
    if code not in plan.parameters:
        raise ConfigError(f"source {plan.source.id}: {plan.table.name} has no parameter '{code}'")
    return plan.parameters[code]


def _value_column(plan: SourcePlan, mapping: ValueMapping) -> ValueColumn:
    parameter = _parameter(plan, mapping.parameter)
    unit = plan.registry.unit(mapping.unit)
    if unit is None:
        raise ConfigError(f"source {plan.source.id}: the unit '{mapping.unit}' of {mapping.column} is not known")
    converted = conversion(unit, parameter, plan.registry)
    if converted is None:
        raise ConfigError(
            f"source {plan.source.id}: {mapping.column} is in {mapping.unit}, {parameter.code} in {parameter.unit}; "
            "they measure different things"
        )
    return ValueColumn(
        mapping.column,
        parameter.code,
        mapping.unit,
        plan.rules(parameter, converted, mapping.factor, mapping.missing),
        mapping.censor,
        mapping.limit_column,
        mapping.status_column,
        mapping.extract,
    )


def _check_long(plan: SourcePlan) -> None:
    for code in plan.long.parameters.values():
        _parameter(plan, code)
    for mapping in plan.long.units.values():
        if plan.registry.unit(mapping.unit) is None:
            raise ConfigError(f"source {plan.source.id}: the unit '{mapping.unit}' in long.units is not known")
