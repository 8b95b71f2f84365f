"""The mapping of one source as frozen classes: time, columns, values, filters and thresholds.

Here belongs every word of a mapping, once: its name, its type, whether it is required, its choices and what it is where
it is left out. Not here: how the file is laid out (file_layout.py), the source and the configuration around it
(model.py), kinds of values (kinds.py), or whether the parts of a mapping go together (check_source.py,
check_layout.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from sources.config.kinds import Count, Factor, Marks, Text, TextByText, Texts, Year, exact, expected, words, wrong
from sources.registry.feed_model import SeriesTests

Unmapped = Literal["quarantine", "null", "keep"]


@words
class TimeMapping:
    """Which columns hold the time and what the stamp marks.

    `columns` are joined with a blank and read by `formats` (strptime; several are tried in order). `marks`: start, end
    or instant. `duration_min` the period's length in minutes; `duration` 'month' or 'year' for calendar periods ('' =
    none); `end_columns` where the period's end is delivered, read by `end_formats`. `midnight`: 'as_written', or
    'end_of_date' where 00:00 closes the date it is written with. 24:00 is always read as 00:00 of the next day. `year`
    is the default where the stamp has none. `zone` is the district's where it is left out (completed.py); a row may
    name another in `zone_column`, by the names of `zones` or as it is.
    """

    columns: Texts
    formats: Texts
    zone: Text = "Asia/Shanghai"
    marks: Literal["start", "end", "instant"] = "start"
    duration_min: Count = 60
    duration: Literal["", "month", "year"] = ""
    end_columns: Texts = ()
    end_formats: Texts = Field(default_factory=lambda given: given["formats"] if given["end_columns"] else ())
    midnight: Literal["as_written", "end_of_date"] = "as_written"
    year: Year | None = None
    zone_column: Text = ""
    zones: TextByText = field(default_factory=dict)


@words
class ColumnMapping:
    """Where one canonical column comes from: a raw `column`, several `columns` joined with '|', or a `constant`,
    through `values` if given.

    `unmapped` says what a value outside `values` does: 'quarantine', 'null' or 'keep'; without `values` nothing can be
    unmapped. A value mapped to '' is null.
    """

    column: Text = ""
    constant: Text = ""
    values: TextByText = field(default_factory=dict)
    unmapped: Unmapped = Field(default_factory=lambda given: "quarantine" if given["values"] else "keep")
    columns: Texts = ()

    @property
    def raw(self) -> tuple[str, ...]:
        """The raw columns that it reads."""
        return self.columns or ((self.column,) if self.column else ())


def keeping(status: Any) -> Any:
    """A status mark that is not mapped stays as it is."""
    return {"unmapped": "keep", **status} if isinstance(status, Mapping) else status


@words
class Censor:
    """A column that marks values as not quantified: its text as received → '<', '>' or '' (no mark)."""

    column: Text
    values: Marks


@words
class ValueMapping:
    """One raw column that holds values of one parameter (wide layout), with the unit they are written in.

    `factor` multiplies before the unit conversion (a declared correction); `missing` adds to the format's tokens.
    `censor` marks values; `limit_column` holds the detection limit of those marked '<', in the same unit.
    `status_column` holds the status mark of this value alone; `extract` is a regular expression whose one group is the
    number inside a longer text.
    """

    column: Text
    parameter: Text
    unit: Text
    factor: Factor = Decimal(1)
    missing: Texts = ()
    censor: Censor | None = None
    limit_column: Text = ""
    status_column: Text = ""
    extract: Text = ""


@words
class UnitMapping:
    """A unit of a long layout; `factor` multiplies before the unit conversion."""

    unit: Text
    factor: Factor = Decimal(1)


def _units(value: Any) -> Any:
    if isinstance(value, Mapping):
        return value
    hint = 'write a table, such as { "as received" = "m3" } or { "as received" = { unit = "m3", factor = 28 } }'
    raise expected("a table of units", hint)


def _unit(value: Any) -> Any:
    """A unit with its factor; a text is the unit alone."""
    if isinstance(value, str):
        return {"unit": value}
    if isinstance(value, Mapping | UnitMapping):
        return value
    raise expected("a unit", 'write "m3" or { unit = "m3", factor = 28 }')


Units = Annotated[Mapping[Text, Annotated[UnitMapping, BeforeValidator(_unit)]], BeforeValidator(_units)]


@words
class LongMapping:
    """A long layout: one column names the parameter, one holds the value, one (or a constant) the unit.

    `parameters` maps the name as received to a code; `units` the unit as received to a unit, or, where there is no
    `unit_column`, the parameter as received to its unit (else the parameter's own unit of the registry).
    `limit_unit_column` is the unit of what `limit_column` holds; `extract` as in a wide layout.
    """

    parameter_column: Text
    value_column: Text
    unit_column: Text = ""
    parameters: TextByText = field(default_factory=dict)
    units: Units = field(default_factory=dict)
    unmapped: Unmapped = "quarantine"
    censor: Censor | None = None
    limit_column: Text = ""
    limit_unit_column: Text = ""
    extract: Text = ""


@words
class RowFilter:
    """Rows to leave out before mapping (counted as other rows): keep a row only if `column` `op` `values` holds."""

    column: Text
    op: Literal["in", "not_in"]
    values: Texts


@words
class Thresholds(SeriesTests):
    """Thresholds of quality tests for a source's readings of one parameter; None is the registry's. `unit` names the
    parameter's own unit, which they are written in.
    """

    gap_periods: Count | None = None
    unit: Text = field(kw_only=True)

    @field_validator(*(f.name for f in fields(SeriesTests) if f.name != "gap_periods"), mode="before")
    @classmethod
    def _exact(cls, value: Any) -> Any:
        return value if value is None else exact(value)

    @property
    def own(self) -> dict[str, Decimal | int]:
        """What is set, by name."""
        return {f.name: v for f in fields(SeriesTests) if (v := getattr(self, f.name)) is not None}


def listed(values: Any) -> Any:
    """Wide columns as a list; in a table the key is the column."""
    if isinstance(values, list | tuple):
        return tuple(values)
    if not isinstance(values, Mapping):
        raise expected("a table", 'write { "column" = { parameter = …, unit = … } }')
    for name, entry in values.items():
        if isinstance(entry, Mapping) and "column" in entry:
            hint = f"leave it out: the column is '{name}'"
            raise wrong("'column' is not a key here", hint, below=(name, "column"))
    return tuple({"column": n, **e} if isinstance(e, Mapping) else e for n, e in values.items())
