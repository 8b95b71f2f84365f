"""How single results become outcomes, and outcomes verdicts of tables and domains.

Here belongs the arithmetic of judgement, as pure functions. Not here: finding a result (great_judge.py) or where
waivers come from (waivers.py). Great Expectations' own overall `success` is not used: there a failed warning fails
the suite.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from warehouse.tables.judged import DomainVerdict, GateRecord, Outcome, Severity, TableVerdict

_RANK: dict[Outcome, int] = {"pass": 0, "warn": 1, "fail": 2}


def outcome_of(success: bool, severity: Severity) -> Outcome:
    """A held expectation passes; a broken one fails when critical and warns otherwise."""
    if success:
        return "pass"
    return "fail" if severity == "critical" else "warn"


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst of `outcomes`; nothing judged is a failure, because unjudged data is never published."""
    return max(outcomes, key=_RANK.__getitem__, default="fail")


def table_verdicts(records: Iterable[GateRecord]) -> tuple[TableVerdict, ...]:
    """One verdict per table, sorted by domain and table; ValueError when one table is bound to two digests."""
    groups: dict[tuple[str, str], list[GateRecord]] = {}
    for record in records:
        groups.setdefault((record.domain, record.table_name), []).append(record)
    verdicts = []
    for (domain, table), group in sorted(groups.items()):
        digests = {r.table_digest for r in group}
        if len(digests) > 1:
            raise ValueError(f"the records of {table} are bound to {len(digests)} digests; a verdict needs one")
        verdicts.append(TableVerdict(table, domain, digests.pop(), worst(r.outcome for r in group)))
    return tuple(verdicts)


def domain_verdicts(records: Iterable[GateRecord]) -> tuple[DomainVerdict, ...]:
    """One verdict per domain: fail if any of its tables has a critical failure that no waiver covers.

    A failure of a part of a table holds that part in all tables of the domain, and is a mark of the domain.
    """
    groups: dict[str, list[GateRecord]] = {}
    for record in records:
        groups.setdefault(record.domain, []).append(record)
    return tuple(_domain_verdict(domain, group) for domain, group in sorted(groups.items()))


def _domain_verdict(domain: str, group: Sequence[GateRecord]) -> DomainVerdict:
    failed = {r.part for r in group if r.part and r.outcome == "fail"}
    parts = {part: _reasons(r for r in group if r.part == part) for part in sorted(failed)}
    outcome = worst("warn" if r.part and r.outcome == "fail" else r.outcome for r in group)
    return DomainVerdict(domain, outcome, _reasons(group), parts)


def _reasons(group: Iterable[GateRecord]) -> tuple[str, ...]:
    broken = [r for r in group if r.outcome != "pass"]
    broken.sort(key=lambda r: (-_RANK[r.outcome], r.table_name, r.expectation))
    return tuple(_reason(r) for r in broken)


def _reason(record: GateRecord) -> str:
    of = f"{record.table_name} of {record.part}" if record.part else record.table_name
    text = f"{of}: {record.expectation}: expected {record.expected}, observed {record.observed}"
    return f"{text} (waived: {record.waiver})" if record.waiver else text
