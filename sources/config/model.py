"""A configuration as frozen classes: the district, its sources and the mapping of each source.

Here belong the shapes that readers, cleaning and connectors rely on. Not here: reading ecoledger.toml and
explaining its mistakes (load.py, check.py). The built-in district is declared in the same form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from sources.registry.feed_model import Parameter, SeriesTests


class ConfigError(ValueError):
    """A configuration that cannot be used; the message names file, line and what to do."""


@dataclass(frozen=True)
class District:
    """Whom the figures are for; `reporting_zone` decides days and day/night."""

    area_code: str = "110105"
    name_zh: str = "朝阳区"
    name_en: str = "Chaoyang District"
    reporting_zone: str = "Asia/Shanghai"
    start: date = date(2013, 1, 1)


@dataclass(frozen=True)
class Standards:
    """What is chosen within the standards: the air edition that every day is computed under ('' = the one in force on
    the day), the grid factor of electricity, and numbers in place of rule values, by rule id.
    """

    air_edition: str = ""
    grid_region: str = "beijing"
    grid_series: str = "average"
    rules: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Format:
    """How bytes are laid out. `kind`: csv, xlsx, json (array or object) or ndjson; gzip and zip are recognised.

    `header_row` counts from 1; `header_rows` > 1 joins merged header lines with '_' ; `records` is the dotted path to
    the list in a JSON document; `sheet` a sheet's name or 1-based number ('' = first).
    """

    kind: str = "csv"
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    header_row: int = 1
    header_rows: int = 1
    skip_footer: tuple[str, ...] = ()
    decimal_mark: str = "."
    thousands_mark: str = ""
    missing: tuple[str, ...] = ("",)
    sheet: str = ""
    records: str = ""
    extra_columns: str = "ignore"
    members: str = "*"


@dataclass(frozen=True)
class TimeMapping:
    """Which columns hold the time and what the stamp marks.

    `columns` are joined with a blank and read by `formats` (strptime; several are tried in order). `marks`: start, end
    or instant. `duration_min` the period's length in minutes; `duration` 'month' or 'year' for calendar periods;
    `end_columns` where the period's end is delivered. `midnight`: 'as_written', or 'end_of_date' where 00:00 closes the
    date it is written with. 24:00 is always read as 00:00 of the next day. `year` is the default where the stamp has
    none.
    """

    columns: tuple[str, ...] = ()
    formats: tuple[str, ...] = ("%Y-%m-%d %H:%M:%S",)
    zone: str = "Asia/Shanghai"
    marks: str = "start"
    duration_min: int = 60
    duration: str = ""
    end_columns: tuple[str, ...] = ()
    end_formats: tuple[str, ...] = ()
    midnight: str = "as_written"
    year: int | None = None


@dataclass(frozen=True)
class ColumnMapping:
    """Where one canonical column comes from: a raw `column` or a `constant`, through `values` if given.

    `unmapped` says what a value outside `values` does: 'quarantine', 'null' or 'keep'. A value mapped to '' is null.
    """

    column: str = ""
    constant: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    unmapped: str = "quarantine"


@dataclass(frozen=True)
class Censor:
    """A column that marks values as not quantified: its text as received → '<', '>' or '' (no mark)."""

    column: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class ValueMapping:
    """One raw column that holds values of one parameter (wide layout), with the unit they are written in.

    `factor` multiplies before the unit conversion (a declared correction); `missing` adds to the format's tokens.
    `censor` marks values; `limit_column` holds the detection limit of those marked '<', in the same unit.
    """

    column: str
    parameter: str
    unit: str
    factor: Decimal = Decimal(1)
    missing: tuple[str, ...] = ()
    censor: Censor | None = None
    limit_column: str = ""


@dataclass(frozen=True)
class LongMapping:
    """A long layout: one column names the parameter, one holds the value, one (or a constant) the unit.

    `parameters` maps the name as received to a code; `units` the unit as received to a unit, or, where there is no
    `unit_column`, the parameter as received to its unit (else the parameter's own unit of the registry); `factors` by
    the same key multiply before the unit conversion. `limit_unit_column` is the unit of what `limit_column` holds.
    """

    parameter_column: str
    value_column: str
    unit_column: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    unmapped: str = "quarantine"
    factors: Mapping[str, Decimal] = field(default_factory=dict)
    censor: Censor | None = None
    limit_column: str = ""
    limit_unit_column: str = ""


@dataclass(frozen=True)
class RowFilter:
    """Rows to leave out before mapping (counted as other rows): keep a row only if `column` `op` `values` holds.

    `op`: in, not_in.
    """

    column: str
    op: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """One declared source of one feed: where its files are and how a row becomes readings.

    `table` names the clean table; `columns` maps canonical dims; `site` the site column; `status` the source's own
    status mark (`invalid_status` values set flag 4). `occurrence_of` names the raw columns whose repeated combination
    is numbered into occurrence_no, where a load has no ticket; joined by | they stand as ticket_no. `unknown_sites`:
    'quarantine' or 'accept'. `delivered_at`: 'landing', 'mtime', 'name' (pattern and format) or 'connector'.
    `allow_outside`: `path` may leave the configuration's folder. `thresholds` of the quality tests, by parameter and
    name in SeriesTests, replace the registry's for the source's own readings.
    """

    id: str
    feed: str
    table: str
    connector: str
    path: str
    format: Format
    time: TimeMapping
    site: ColumnMapping
    values: tuple[ValueMapping, ...] = ()
    long: LongMapping | None = None
    columns: Mapping[str, ColumnMapping] = field(default_factory=dict)
    status: ColumnMapping | None = None
    invalid_status: tuple[str, ...] = ()
    filters: tuple[RowFilter, ...] = ()
    occurrence_of: tuple[str, ...] = ()
    unknown_sites: str = "quarantine"
    delivered_at: str = "landing"
    delivered_at_pattern: str = ""
    delivered_at_format: str = ""
    cadence_min: int | None = None
    provenance: str = "observed"
    owner: str = ""
    licence: str = ""
    allow_outside: bool = False
    thresholds: Mapping[str, Mapping[str, Decimal | int]] = field(default_factory=dict)
    fingerprint: str = ""
    line: int = 0

    @property
    def declared_parameters(self) -> frozenset[str] | None:
        """Parameters that the mapping names; None where a file may name any of the table as the registry does."""
        if self.long is None:
            return frozenset(v.parameter for v in self.values)
        own = self.long.parameters
        return frozenset(own.values()) if own and self.long.unmapped != "keep" else None

    def tests_of(self, parameter: Parameter) -> SeriesTests:
        """The thresholds that the source's readings of `parameter` are flagged by."""
        return replace(parameter.tests, **self.thresholds.get(parameter.code, {}))


@dataclass(frozen=True)
class Config:
    """A whole configuration. `registers` are the site register files in order; later rows win per key. `declared` is
    the user's file of a declared table, by the table's name.

    `fingerprint` changes with anything declared, the bytes of registers and declared tables included.
    """

    path: Path | None
    district: District
    sources: tuple[Source, ...]
    registers: tuple[Path, ...]
    fingerprint: str
    simulated: bool = False
    waivers: Path | None = None
    standards: Standards = field(default_factory=Standards)
    declared: Mapping[str, Path] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)

    def sources_of(self, feed: str) -> tuple[Source, ...]:
        """The declared sources of one feed, in declared order."""
        return tuple(s for s in self.sources if s.feed == feed)
