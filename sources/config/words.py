"""The words of a configuration: which keys each table may hold, of what type, and which are required.

Here belongs the syntax, once, for loading and for checking. Not here: whether values make sense together
(check_source.py), or the classes they become (model.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal

from sources.registry.declared_tables import DECLARED_TABLES
from sources.registry.feed_model import SeriesTests

CONNECTORS = ("file", "simulated")


@dataclass(frozen=True)
class Word:
    """One key: `kind` is text, texts, integer, number, boolean, date, map (text to text), marks (texts, or a map of
    them), units (text to text or table) or table; `choices` if closed.

    A `positive` number lies within FACTORS, so that it is finite, too. `inside` are the words of the table itself, or
    of the tables that it holds.
    """

    kind: str = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    least: int | None = None
    positive: bool = False
    inside: Mapping[str, Word] | None = None


# What a factor may be: any real one is far within, and an exponent of a million digits is never written out.
FACTORS = (Decimal("1e-15"), Decimal("1e15"))
FACTOR = Word("number", positive=True)
TEXT, TEXTS, MAP, TABLE = Word(), Word("texts"), Word("map"), Word("table")

DISTRICT: Mapping[str, Word] = {
    "area_code": TEXT,
    "name_zh": TEXT,
    "name_en": TEXT,
    "reporting_zone": TEXT,
    "start": Word("date"),
}
SITES: Mapping[str, Word] = {"files": Word("texts", required=True)}
GATE: Mapping[str, Word] = {"waivers": TEXT}
STANDARDS: Mapping[str, Word] = {"air_edition": TEXT, "grid_region": TEXT, "grid_series": TEXT, "rules": TABLE}
DECLARED: Mapping[str, Word] = {name: TEXT for name in DECLARED_TABLES}

FORMAT: Mapping[str, Word] = {
    "kind": Word(choices=("csv", "xlsx", "json", "ndjson")),
    "encoding": TEXT,
    "delimiter": TEXT,
    "quote": TEXT,
    "header_row": Word("integer", least=1),
    "header_rows": Word("integer", least=1),
    "skip_footer": TEXTS,
    "decimal_mark": Word(choices=(".", ",")),
    "thousands_mark": Word(choices=("", ",", ".", " ", "'", "\u00a0", "\u202f")),
    "missing": TEXTS,
    "sheet": TEXT,
    "records": TEXT,
    "extra_columns": Word(choices=("ignore", "refuse")),
    "members": TEXT,
}
TIME: Mapping[str, Word] = {
    "columns": Word("texts", required=True),
    "formats": Word("texts", required=True),
    "zone": TEXT,
    "marks": Word(choices=("start", "end", "instant")),
    "duration_min": Word("integer", least=1),
    "duration": Word(choices=("month", "year")),
    "end_columns": TEXTS,
    "end_formats": TEXTS,
    "midnight": Word(choices=("as_written", "end_of_date")),
    "year": Word("integer", least=1900),
}
COLUMN: Mapping[str, Word] = {
    "column": TEXT,
    "constant": TEXT,
    "values": MAP,
    "unmapped": Word(choices=("quarantine", "null", "keep")),
}
CENSOR: Mapping[str, Word] = {"column": Word(required=True), "values": Word("marks", required=True)}
UNIT: Mapping[str, Word] = {"unit": Word(required=True), "factor": FACTOR}
VALUE: Mapping[str, Word] = {
    "column": Word(required=True),
    "parameter": Word(required=True),
    "unit": Word(required=True),
    "factor": FACTOR,
    "missing": TEXTS,
    "censor": Word("table", inside=CENSOR),
    "limit_column": TEXT,
}
LONG: Mapping[str, Word] = {
    "parameter_column": Word(required=True),
    "value_column": Word(required=True),
    "unit_column": TEXT,
    "parameters": MAP,
    "units": Word("units", inside=UNIT),
    "censor": Word("table", inside=CENSOR),
    "limit_column": TEXT,
    "limit_unit_column": TEXT,
    "unmapped": Word(choices=("quarantine", "null", "keep")),
}
FILTER: Mapping[str, Word] = {
    "column": Word(required=True),
    "op": Word(required=True, choices=("in", "not_in")),
    "values": Word("texts", required=True),
}
# Thresholds of one parameter, with the unit that they are written in.
THRESHOLDS: Mapping[str, Word] = {
    "unit": Word(required=True),
    **{f.name: Word("number") for f in fields(SeriesTests)},
    "gap_periods": Word("integer", least=1),
}
SOURCE: Mapping[str, Word] = {
    "id": Word(required=True),
    "feed": Word(required=True),
    "table": TEXT,
    "connector": Word(choices=CONNECTORS),
    "path": Word(required=True),
    "allow_outside": Word("boolean"),
    "delivered_at": Word(choices=("landing", "mtime", "name", "connector")),
    "delivered_at_pattern": TEXT,
    "delivered_at_format": TEXT,
    "cadence_min": Word("integer", least=1),
    "provenance": Word(choices=("observed", "reported", "simulated")),
    "owner": TEXT,
    "licence": TEXT,
    "unknown_sites": Word(choices=("quarantine", "accept")),
    "invalid_status": TEXTS,
    "occurrence_of": TEXTS,
    "format": TABLE,
    "time": Word("table", required=True),
    "site": Word("table", required=True),
    "values": Word("values"),
    "long": TABLE,
    "columns": Word("tables"),
    "status": TABLE,
    "filters": Word("list"),
    "thresholds": Word("tables"),
}
TOP: Mapping[str, Word] = {
    "district": TABLE,
    "sites": TABLE,
    "gate": TABLE,
    "standards": TABLE,
    "declared": TABLE,
    "options": MAP,
    "source": Word("list", required=True),
}
# What each table at the top may hold.
TABLES: Mapping[str, Mapping[str, Word]] = {
    "district": DISTRICT,
    "sites": SITES,
    "gate": GATE,
    "standards": STANDARDS,
    "declared": DECLARED,
}
# What a sub-table of a source may hold.
PARTS: Mapping[str, Mapping[str, Word]] = {
    "format": FORMAT,
    "time": TIME,
    "site": COLUMN,
    "status": COLUMN,
    "long": LONG,
}
# What each of the tables may hold that a sub-table of a source is made of, whatever their names.
TABLES_OF_TABLES: Mapping[str, Mapping[str, Word]] = {"columns": COLUMN, "thresholds": THRESHOLDS}


def is_factor(number: int | Decimal) -> bool:
    """Whether a number can be a factor: finite, positive, and of a size that units have."""
    value = Decimal(number)
    return value.is_finite() and FACTORS[0] <= value <= FACTORS[1]
