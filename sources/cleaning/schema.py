"""The declared columns as polars types: clean tables, what was superseded, what was quarantined, the site register.

Here belongs the translation from the registry's types and the frames' public schemas. Not here: which value goes into
a column (parse.py, resolve.py, flags.py) or how a frame is stored (warehouse).
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from sources.registry.clean_columns import REGISTER_COLUMNS, Column
from sources.registry.feed_model import CleanTable

VALUE = pl.Decimal(18, 6)
TIMESTAMP = pl.Datetime("us")
_DTYPES: dict[str, pl.DataType] = {
    "string": pl.String(),
    "int": pl.Int64(),
    "tinyint": pl.Int8(),
    "bool": pl.Boolean(),
    "date": pl.Date(),
    "timestamp": TIMESTAMP,
    "decimal": VALUE,
}

# A reading that is not in the clean layer: its own columns, why, and the raw row of what replaced it.
SUPERSEDED_COLUMNS: dict[str, pl.DataType] = {
    "kind": pl.String(),
    "by_sha256": pl.String(),
    "by_delivery_id": pl.String(),
    "by_row": pl.Int64(),
    "by_column": pl.String(),
}
# `level` is record, reading or file; `reason` one of sources.cleaning.reasons; `record` the row as JSON, cut off at
# RECORD_LIMIT characters.
QUARANTINE_SCHEMA: dict[str, pl.DataType] = {
    "feed": pl.String(),
    "source_id": pl.String(),
    "raw_sha256": pl.String(),
    "delivery_id": pl.String(),
    "file_name": pl.String(),
    "raw_row": pl.Int64(),
    "raw_column": pl.String(),
    "level": pl.String(),
    "value": pl.String(),
    "reason": pl.String(),
    "message": pl.String(),
    "record": pl.String(),
}


def polars_types(columns: Iterable[Column]) -> dict[str, pl.DataType]:
    """Declared columns as {name: polars type}, in declared order; KeyError for a type that is not declared."""
    return {column.name: _DTYPES[column.dtype] for column in columns}


def polars_schema(table: CleanTable) -> dict[str, pl.DataType]:
    """Schema of a clean partition: the shared columns, then the table's own, in declared order."""
    return polars_types(table.columns)


def superseded_schema(table: CleanTable) -> dict[str, pl.DataType]:
    """Schema of a superseded frame: the clean columns without flags, then kind and what replaced them."""
    clean = {n: t for n, t in polars_schema(table).items() if n not in ("flag", "flag_tests")}
    return clean | SUPERSEDED_COLUMNS


def register_schema() -> dict[str, pl.DataType]:
    """Schema of the site register."""
    return polars_types(REGISTER_COLUMNS)
