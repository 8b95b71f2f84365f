"""Reduces a relation in DuckDB to one small frame per suite, and fetches the few rows that broke a check.

Here belongs all SQL the gate runs: one statement per suite, bounded rows out. Not here: judging (great_judge.py) or
knowing which checks a table has (suites/). Great Expectations never sees a mart, only these frames.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb

from expectations.checks import Check
from warehouse.sql import literal, quoted

if TYPE_CHECKING:
    import pandas as pd

# Distinct values that reach the judge; those outside the vocabulary come first, so that none is cut off.
MAX_VALUES = 50
# A failing row is shown, never the whole failing table.
MAX_FAILING_ROWS = 5


@dataclass(frozen=True)
class Target:
    """A relation under judgement: SQL for it, its total order, and SQL for the same table of the current release."""

    relation: str
    order: tuple[str, ...] = ()
    previous: str | None = None

    def sql(self, text: str) -> str:
        """`text` with {table}, {schema} and {previous} filled in."""
        schema = self.relation.rpartition(".")[0]
        known = {"{table}": self.relation, "{schema}": schema, "{previous}": self.previous or "{previous}"}
        for name, relation in known.items():
            text = text.replace(name, relation)
        return text


@dataclass(frozen=True)
class Reduction:
    """What is left of a relation: `values` by check name, and by check name why a check could not be reduced."""

    values: Mapping[str, tuple[Any, ...]]
    errors: Mapping[str, str]


def reduce(con: duckdb.DuckDBPyConnection, target: Target, checks: Sequence[Check]) -> Reduction:
    """Runs all reductions of `checks` on `target` in one statement; if that breaks, one by one, to name the culprit."""
    try:
        return Reduction(_run(con, target, checks), {})
    except duckdb.Error:
        values: dict[str, tuple[Any, ...]] = {}
        errors: dict[str, str] = {}
        for check in checks:
            try:
                values |= _run(con, target, [check])
            except duckdb.Error as error:
                errors[check.name] = str(error).strip().splitlines()[0]
        return Reduction(values, errors)


def _run(con: duckdb.DuckDBPyConnection, target: Target, checks: Sequence[Check]) -> dict[str, tuple[Any, ...]]:
    if not checks:
        return {}
    # count(*) makes it one row even where every measure is a scalar subquery.
    measures = ", ".join(_measure(c, target) for c in checks)
    row = con.execute(f"select count(*), {measures} from {target.relation}").fetchone() or ()
    return {check.name: _plain(check, cell) for check, cell in zip(checks, row[1:], strict=True)}


def _measure(check: Check, target: Target) -> str:
    if check.shape == "extremes":
        return f"[cast(min({check.measure}) as double), cast(max({check.measure}) as double)]"
    if check.shape == "values":
        known = ", ".join(literal(w) for w in check.allowed)
        inner = f"select distinct {check.measure} as v from {target.relation} where {check.measure} is not null"
        return f"(select list(v) from (select v from ({inner}) order by v in ({known}), v limit {MAX_VALUES}))"
    return target.sql(check.measure)


def _plain(check: Check, cell: Any) -> tuple[Any, ...]:
    cells = cell if isinstance(cell, list) else [] if cell is None else [cell]
    if check.shape == "columns":
        return tuple(sorted(str(c) for c in cells if c is not None)) or check.allowed
    if check.shape == "values":
        return tuple(str(c) for c in cells)
    return tuple(float(c) for c in cells if c is not None)


def to_frame(reduction: Reduction) -> pd.DataFrame:
    """The reduction as a pandas frame: one column per check, short columns padded with nulls."""
    import pandas as pd

    height = max((len(v) for v in reduction.values.values()), default=0) or 1
    columns = {}
    for name, values in reduction.values.items():
        padded = [*values, *[None] * (height - len(values))]
        text = any(isinstance(v, str) for v in values)
        columns[name] = pd.Series(padded, dtype="object" if text else "float64")
    return pd.DataFrame(columns)


def breaking_rows(con: duckdb.DuckDBPyConnection, target: Target, check: Check) -> tuple[int, str]:
    """How many rows of `target` break `check`, and at most five of them as a JSON list: the grain, then its columns."""
    query = target.sql(check.breaking_query) or _breaking_query(target, check)
    if not query:
        return 0, "[]"
    counted = con.execute(f"select count(*) from ({query})").fetchone()
    shown = con.execute(f"select * from ({query}) order by all limit {MAX_FAILING_ROWS}")
    names = [d[0] for d in shown.description or []]
    found = [dict(zip(names, map(_jsonable, row), strict=True)) for row in shown.fetchall()]
    return int(counted[0]) if counted else 0, json.dumps(found, ensure_ascii=False)


def _breaking_query(target: Target, check: Check) -> str:
    if not check.breaks:
        return ""
    columns = list(dict.fromkeys([*target.order, *check.needs]))
    listed = ", ".join(map(quoted, columns)) or "*"
    return f"select {listed} from {target.relation} where {target.sql(check.breaks)}"


def _jsonable(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)
