"""The declared schema as a check: columns and types of a relation against what was declared for it.

Here belong the comparison and the catalogue's shape as far as the gate reads it. Not here: reading dbt's manifest
(warehouse.catalogue) or the registry. A broken contract cannot be waived: nothing downstream could read the table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import duckdb

from sources.registry.model import CleanTable

_TYPES = {"string": "varchar", "text": "varchar", "int": "bigint", "int8": "bigint", "bool": "boolean"}
_CLEAN_TYPES = {
    "string": "varchar",
    "int": "bigint",
    "tinyint": "tinyint",
    "bool": "boolean",
    "date": "date",
    "timestamp": "timestamp",
    "decimal": "decimal(18,6)",
}


class ColumnLike(Protocol):
    """A declared column: dbt's name and data type."""

    @property
    def name(self) -> str: ...
    @property
    def data_type(self) -> str: ...


class TableLike(Protocol):
    """A declared mart, as warehouse.catalogue gives it."""

    @property
    def name(self) -> str: ...
    @property
    def domain(self) -> str: ...
    @property
    def columns(self) -> Sequence[Any]: ...
    @property
    def grain(self) -> Sequence[str]: ...
    @property
    def not_null(self) -> Sequence[str]: ...
    @property
    def values(self) -> Sequence[tuple[str, Sequence[str]]]: ...


def declared_columns(table: TableLike) -> dict[str, str]:
    """Column → type of a mart's contract, normalised."""
    return {c.name: _normal(c.data_type) for c in table.columns}


def clean_columns(table: CleanTable) -> dict[str, str]:
    """Column → type of a clean table's declaration, normalised."""
    return {c.name: _CLEAN_TYPES[c.dtype] for c in table.columns}


def actual_columns(con: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """Column → type of `relation` as DuckDB sees it, normalised."""
    described = con.execute(f"describe select * from {relation}").fetchall()
    return {name: _normal(kind) for name, kind, *_ in described}


def differences(declared: Mapping[str, str], actual: Mapping[str, str]) -> list[str]:
    """What does not agree, one sentence each, in declared order; empty when the contract holds."""
    missing = [f"{name} is missing" for name in declared if name not in actual]
    changed = [f"{n} is {actual[n]}, not {t}" for n, t in declared.items() if n in actual and actual[n] != t]
    extra = [f"{name} is not declared" for name in actual if name not in declared]
    return missing + changed + extra


def _normal(text: str) -> str:
    kind = re.sub(r"\s+", "", text.lower())
    return _TYPES.get(kind, kind)
