"""Which parts of a table broke what the table as a whole did not hold: so that only those are held.

Here belongs judging again by part, once something of the whole table failed; a table that holds costs nothing more.
Not here: what a part is (the mart's meta.part), or holding it (warehouse/candidate/admission.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from expectations.bench import Bench
from expectations.checks import Check
from expectations.reduce import Target
from warehouse.sql import literal, quoted
from warehouse.tables.catalogue import MartTable
from warehouse.tables.judged import GateRecord


def by_parts(bench: Bench, table: MartTable, digest: str, target: Target, checks: Sequence[Check]) -> list[GateRecord]:
    """The bench's last records of `table`, those of failed checks replaced by the records of the parts that break them.

    A check that no part breaks by itself stays a failure of the whole table.
    """
    judged = [r for r in bench.records if r.table_name == table.name and r.judged_by == "great_expectations"]
    failed = {r.expectation for r in judged if r.outcome == "fail"}
    if not failed:
        return judged
    again = [check for check in checks if check.name in failed]
    broken: list[GateRecord] = []
    for part in _parts(bench, table, target):
        own = Bench(bench.con)
        own.judge(table.domain, table.name, digest, _of_part(table, target, part), again)
        broken += [replace(r, part=part) for r in own.records if r.outcome == "fail"]
    explained = {r.expectation for r in broken}
    return [*(r for r in judged if r.expectation not in explained), *broken]


def _parts(bench: Bench, table: MartTable, target: Target) -> list[str]:
    column = quoted(table.part)
    places = [target.relation, *([target.previous] if target.previous else [])]
    query = " union ".join(f"select distinct cast({column} as varchar) from {place}" for place in places)
    return sorted(part for (part,) in bench.con.execute(query).fetchall() if part is not None)


def _of_part(table: MartTable, target: Target, part: str) -> Target:
    """The rows of one part, in the candidate and in the release that it is compared with."""

    def only(place: str) -> str:
        return f"(select * from {place} where {quoted(table.part)} = {literal(part)})"

    return replace(target, relation=only(target.relation), previous=only(target.previous) if target.previous else None)
