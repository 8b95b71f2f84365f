"""The kinds of expectations a suite is made of, and how DuckDB reduces a relation to what each of them needs.

Here belong one builder per kind and the SQL of its reduction; every check also says how to find the rows that break
it and gives a row that would. Not here: which mart has which checks (suites/), running SQL (reduce.py), the verdict
(great_judge.py). In SQL `{table}` stands for the relation under judgement, `{schema}` for its schema and `{previous}`
for the same table of the current release. It loads nothing but the standard library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from warehouse.sql import literal, quoted
from warehouse.tables.judged import CRITICAL, WARNING, Severity

# number: one figure. extremes: least and greatest value. values: the distinct values, unknown ones first. columns: the
# names of columns that break a declaration.
Shape = Literal["number", "extremes", "values", "columns"]

# What is judged of a table where no column breaks its declaration.
AS_DECLARED = "as declared"


class SuiteError(ValueError):
    """A suite that cannot be defined against the catalogue; the message names suite, expectation and column."""


@dataclass(frozen=True)
class Check:
    """One expectation before it is judged.

    `measure` is an SQL expression over {table} in an aggregate query (scalar subqueries allowed), for `columns` a list;
    for `extremes` and `values` it is an expression of one row. `breaks` is the predicate of the rows that fail,
    `breaking_query` a whole query where a predicate is not enough. `needs` are the columns the check reads. `example`
    is a row that breaks it.
    """

    kind: str
    name: str
    column: str
    severity: Severity
    expected: str
    shape: Shape
    measure: str
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] = ()
    breaks: str = ""
    breaking_query: str = ""
    needs: tuple[str, ...] = ()
    against_release: bool = False
    example: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


def figure(value: float) -> str:
    """A bound as people write it: 14, 0.02, 2000."""
    return f"{value:.12g}"


def rows(at_least: int, why: str, severity: Severity = CRITICAL, with_rows_of: Iterable[str] = ()) -> Check:
    """The table has rows: an empty frame would pass most other expectations, so every suite begins with this.

    `with_rows_of` names marts of the same schema whose rows count as well, where either of them may be empty.
    """
    others = tuple(with_rows_of)
    counts = " + ".join(("count(*)", *(f"(select count(*) from {{schema}}.{quoted(o)})" for o in others)))
    together = f", together with {', '.join(others)}" if others else ""
    expected = f"at least {at_least} row{'' if at_least == 1 else 's'}{together} ({why})"
    return Check("rows", "rows", "", severity, expected, "number", counts, low=at_least)


def not_emptied() -> Check:
    """A table that has rows in the current release is not empty now, whatever else it may be."""
    held = "case when count(*) = 0 and (select count(*) from {previous}) > 0 then 0 else 1 end"
    expected = "not empty after a release with rows"
    return Check("not_emptied", "not_emptied", "", CRITICAL, expected, "number", held, low=1, against_release=True)


def unique(columns: Sequence[str], where: str = "", needs: Iterable[str] = ()) -> Check:
    """No two rows share `columns` (the declared grain), among those where `where` holds if given."""
    keys = ", ".join(quoted(c) for c in columns)
    among = f" where {where}" if where else ""
    groups = f"select {keys}, count(*) as n from {{table}}{among} group by {keys} having count(*) > 1"
    return Check(
        "unique",
        f"unique({', '.join(columns)}{among})",
        ", ".join(columns),
        CRITICAL,
        f"one row per {', '.join(columns)}{among}",
        "number",
        f"(select count(*) from ({groups}))",
        high=0,
        breaking_query=groups,
        needs=(*columns, *needs),
        example={where: True} if where else {},
    )


def not_null(column: str, when: str = "", needs: Iterable[str] = (), severity: Severity = CRITICAL) -> Check:
    """`column` is never null, where `when` holds if given (an SQL predicate over `needs`)."""
    breaks = f"{quoted(column)} is null" + (f" and ({when})" if when else "")
    return Check(
        "not_null",
        f"not_null({column})",
        column,
        severity,
        f"a value{f' where {when}' if when else ''}",
        "number",
        f"count(*) filter (where {breaks})",
        high=0,
        breaks=breaks,
        needs=(column, *needs),
        example={column: None},
    )


def vocabulary(column: str, allowed: Iterable[str], severity: Severity = CRITICAL) -> Check:
    """Every value of `column` belongs to a closed vocabulary; null is not_null's affair."""
    words = tuple(allowed)
    known = ", ".join(literal(w) for w in words)
    return Check(
        "vocabulary",
        f"vocabulary({column})",
        column,
        severity,
        f"one of {', '.join(w or '(empty)' for w in words)}",
        "values",
        quoted(column),
        allowed=words,
        breaks=f"{quoted(column)} not in ({known})",
        needs=(column,),
        example={column: "not a word of it"},
    )


def declared(not_null: Sequence[str], values: Mapping[str, Iterable[str]]) -> Check:
    """What a mart's yml declares: columns that are never null, and closed vocabularies by column (null passes).

    One expectation for all of them, which names the columns that break it.
    """
    words = {column: tuple(allowed) for column, allowed in values.items()}
    broken = [(c, f"{quoted(c)} is null") for c in not_null]
    broken += [(c, f"{quoted(c)} not in ({', '.join(map(literal, allowed))})") for c, allowed in words.items()]
    names = ", ".join(
        f"case when count(*) filter (where {breaks}) > 0 then {literal(column)} end" for column, breaks in broken
    )
    said = [f"a value in {', '.join(not_null)}"] if not_null else []
    said += [f"{column} one of {', '.join(w or '(empty)' for w in allowed)}" for column, allowed in words.items()]
    example = {c: None for c in not_null} | {c: "not a word of it" for c in words}
    return Check(
        "declared",
        AS_DECLARED,
        "",
        CRITICAL,
        "; ".join(said),
        "columns",
        f"list_distinct([{names}])",
        allowed=(AS_DECLARED,),
        breaks=" or ".join(breaks for _, breaks in broken),
        needs=tuple(dict.fromkeys(c for c, _ in broken)),
        example=example,
    )


def between(column: str, low: float | None, high: float | None, unit: str = "", severity: Severity = CRITICAL) -> Check:
    """Every value of `column` lies in the physical range [low, high] in its unit; an open end is None."""
    bounds = [f"{quoted(column)} < {figure(low)}"] if low is not None else []
    bounds += [f"{quoted(column)} > {figure(high)}"] if high is not None else []
    said = f"{'' if low is None else figure(low)} to {'' if high is None else figure(high)} {unit}"
    return Check(
        "between",
        f"between({column})" if severity == CRITICAL else f"usually_between({column})",
        column,
        severity,
        said.strip(),
        "extremes",
        quoted(column),
        low=low,
        high=high,
        breaks=" or ".join(bounds),
        needs=(column,),
        example={column: high + 1 if high is not None else (low or 0) - 1},
    )


def relation(
    name: str,
    holds: str,
    needs: Iterable[str],
    example: Mapping[str, Any],
    severity: Severity = CRITICAL,
    says: str = "",
) -> Check:
    """`holds`, an SQL predicate over one row, is true or unknown for every row; `example` is a row that breaks it."""
    columns = tuple(needs)
    breaks = f"not coalesce(({holds}), true)"
    return Check(
        "relation",
        name,
        ", ".join(columns),
        severity,
        says or holds,
        "number",
        f"count(*) filter (where {breaks})",
        high=0,
        breaks=breaks,
        needs=columns,
        example=example,
    )


@dataclass(frozen=True)
class Quotient:
    """sum(part) / sum(whole) over the rows where `where` holds, all of them SQL."""

    part: str
    whole: str
    where: str = "true"


def share(
    name: str,
    of: Quotient,
    at_most: float,
    severity: Severity,
    needs: Iterable[str],
    says: str,
    breaks: str = "",
) -> Check:
    """The quotient is at most `at_most`; nothing at all is a share of 0."""
    part, whole = (f"sum({column}) filter (where {of.where})" for column in (of.part, of.whole))
    return Check(
        "share",
        f"{name}({severity})",
        "",
        severity,
        f"{says} at most {figure(at_most)}",
        "number",
        f"cast(coalesce({part} / nullif({whole}, 0), 0) as double)",
        high=at_most,
        breaks=breaks and f"({breaks}) and ({of.where})",
        needs=tuple(needs),
    )


def worst_share(
    name: str, of: Quotient, by: str, at_least: int, at_most: float, needs: Iterable[str], says: str
) -> Check:
    """In no group of `by` with `at_least` of the whole is the quotient above `at_most`; a warning."""
    part, whole = f"sum({of.part})", f"sum({of.whole})"
    groups = (
        f"select {quoted(by)}, cast({part} as double) / {whole} as share, cast({whole} as bigint) as n "
        f"from {{table}} where {of.where} group by {quoted(by)} having {whole} >= {at_least}"
    )
    return Check(
        "worst_share",
        name,
        by,
        WARNING,
        f"{says} at most {figure(at_most)}",
        "number",
        f"(select coalesce(max(share), 0) from ({groups}))",
        high=at_most,
        needs=(by, *needs),
        breaking_query=f"select * from ({groups}) where share > {figure(at_most)}",
    )


def volume(change: float) -> Check:
    """The number of rows moved at most by the share `change` since the current release: a warning, no exact count."""
    before = "(select count(*) from {previous})"
    return Check(
        "volume",
        "volume",
        "",
        WARNING,
        f"rows within {figure(change * 100)} % of the current release",
        "number",
        f"cast(case when {before} = 0 then 1 else count(*) / {before} end as double)",
        low=1 - change,
        high=1 + change,
        against_release=True,
    )


def equal(name: str, left: str, right: str, says: str, needs: Iterable[str] = ()) -> Check:
    """Two counts (scalar SQL) are the same number: nothing was lost or invented on the way."""
    return Check(
        "equal",
        name,
        "",
        CRITICAL,
        says,
        "number",
        f"cast(({left}) - ({right}) as bigint)",
        low=0,
        high=0,
        needs=tuple(needs),
    )


def none(name: str, query: str, says: str, needs: Iterable[str] = (), severity: Severity = CRITICAL) -> Check:
    """`query`, which looks for contradictions over several rows or tables, finds nothing."""
    return Check(
        "none",
        name,
        "",
        severity,
        says,
        "number",
        f"(select count(*) from ({query}))",
        high=0,
        breaking_query=query,
        needs=tuple(needs),
    )


def reporting(name: str, missing: str, wanted: str, at_least: float, says: str) -> Check:
    """The share of `wanted` (a scalar count) that is not in the query `missing` is at least `at_least`; a warning."""
    return Check(
        "reporting",
        name,
        "",
        WARNING,
        f"{says}: at least {figure(at_least)}",
        "number",
        f"cast(coalesce(1 - (select count(*) from ({missing})) / nullif(({wanted}), 0), 1) as double)",
        low=at_least,
        breaking_query=missing,
    )


# Every kind there is; a test proves of each that it goes red.
KINDS: Mapping[str, Callable[..., Check]] = MappingProxyType(
    {
        builder.__name__: builder
        for builder in (
            rows,
            not_emptied,
            unique,
            not_null,
            vocabulary,
            declared,
            between,
            relation,
            share,
            worst_share,
            volume,
            equal,
            none,
            reporting,
        )
    }
)
