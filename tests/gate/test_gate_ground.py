"""Ground for the gate's tests: a judge made once, catalogues from the marts' yml, tiny relations from a row or two.

Here belong helpers and the proof that they work. Not here: what the gate promises (the other test_gate_ modules).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import duckdb

from expectations.checks import Check
from expectations.great_judge import Finding, Judge
from expectations.reduce import Reduction, Target, reduce, to_frame
from tests import dbt_yml
from warehouse.sql import quoted
from warehouse.tables.catalogue import Catalogue, MartColumn, MartTable

MARTS = dbt_yml.PROJECT / "models" / "marts"


@cache
def court() -> Judge:
    """One judge for all tests: making it imports Great Expectations."""
    return Judge()


@cache
def marts() -> dict[str, MartTable]:
    """Every mart that a yml below dbt_project/models/marts declares, as the catalogue would hold it."""
    found = {}
    for file in sorted(MARTS.rglob("*.yml")):
        for model in dbt_yml.entries("models", [file]):
            meta = model["config"]["meta"]
            columns = tuple(MartColumn(c["name"], c["data_type"], c["description"]) for c in model["columns"])
            domain = "judgement" if file.parent.name == "judgement" else meta["domain"]
            found[model["name"]] = MartTable(
                model["name"],
                domain,
                columns,
                tuple(meta["grain"]),
                tuple(meta.get("volatile", ())),
                not_null=tuple(meta.get("not_null", ())),
                values=tuple((column, tuple(words)) for column, words in meta.get("values", {}).items()),
            )
    return found


def table(name: str, domain: str, grain: Sequence[str], **columns: str) -> MartTable:
    """A mart with the given columns (name=type)."""
    return MartTable(name, domain, tuple(MartColumn(n, t, n) for n, t in columns.items()), tuple(grain), ())


def catalogue(*tables: MartTable) -> Catalogue:
    """A catalogue of `tables`."""
    return Catalogue(tables)


def relation(con: duckdb.DuckDBPyConnection, name: str, mart: MartTable, rows: Iterable[Mapping[str, Any]]) -> Target:
    """Creates `name` with the mart's contract and `rows` (columns that a row lacks are null)."""
    declared = ", ".join(f"{quoted(c.name)} {c.data_type}" for c in mart.columns)
    con.execute(f"create or replace table {name} ({declared})")
    for row in rows:
        given = [c for c in mart.columns if c.name in row]
        into = f"({', '.join(quoted(c.name) for c in given)}) select" if given else "default values"
        values = ", ".join(f"cast(? as {c.data_type})" for c in given)
        con.execute(f"insert into {name} {into} {values}", [row[c.name] for c in given])
    return Target(name, mart.grain)


def reduced(con: duckdb.DuckDBPyConnection, target: Target, checks: Sequence[Check]) -> Reduction:
    """Reduces `checks`; none may break in SQL."""
    reduction = reduce(con, target, checks)
    assert not reduction.errors, reduction.errors
    return reduction


def judged(con: duckdb.DuckDBPyConnection, target: Target, checks: Sequence[Check]) -> dict[str, Finding]:
    """Reduces and judges `checks`; no check may be left without a finding."""
    return found_in(reduced(con, target, checks), checks)


def found_in(reduction: Reduction, checks: Sequence[Check]) -> dict[str, Finding]:
    """Judges what was reduced; no check may be left without a finding."""
    findings = court().judge("suite", to_frame(reduction), checks)
    assert set(findings) == {c.name for c in checks}
    return findings


def test_the_yml_of_the_marts_declares_contracts() -> None:
    assert marts(), f"no mart is declared below {MARTS}"
    for mart in marts().values():
        assert set(mart.grain) <= {c.name for c in mart.columns}, mart.name


def test_a_relation_holds_the_rows_it_was_given() -> None:
    con = duckdb.connect()
    mart = table("mart_x", "air", ["id"], id="bigint", value="decimal(18,6)")
    relation(con, "x", mart, [{"id": 1, "value": "1.5"}, {"id": 2}])
    assert con.execute("select id, cast(value as double) from x order by id").fetchall() == [(1, 1.5), (2, None)]
