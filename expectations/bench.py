"""The bench of one judgement: collects records while relation after relation is reduced and judged.

The judge is made when the first relation is due: importing it takes seconds.

Here belongs the way from checks to records: reduce, judge, count the broken rows, word what was seen. Not here: which
relations are judged (gate.py, clean_gate.py), waivers and verdicts (waivers.py, verdicts.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import duckdb

from expectations.checks import Check
from expectations.great_judge import Finding, Judge
from expectations.reduce import Target, breaking_rows, reduce, to_frame
from expectations.verdicts import outcome_of
from warehouse.tables.contract import contract_differences, contract_of
from warehouse.tables.judged import CRITICAL, GateRecord, Outcome


@dataclass
class Bench:
    """Records so far."""

    con: duckdb.DuckDBPyConnection
    records: list[GateRecord] = field(default_factory=list)

    @cached_property
    def judge_of_all(self) -> Judge:
        """The judge of this judgement."""
        return Judge()

    def judge(self, domain: str, table: str, digest: str, target: Target, checks: Sequence[Check]) -> None:
        """Judges `checks` on `target`; a check against the current release waits until there is one."""
        due = [c for c in checks if target.previous is not None or not c.against_release]
        reduction = reduce(self.con, target, due)
        findings = self.judge_of_all.judge(table, to_frame(reduction), due)
        for check in due:
            finding = findings.get(check.name)
            if finding is None:
                problem = reduction.errors.get(check.name, "the judge gave no finding")
                finding = Finding(False, f"could not be judged: {problem}", "", broken=problem)
            self._add(domain, table, digest, target, check, finding)

    def _add(self, domain: str, table: str, digest: str, target: Target, check: Check, finding: Finding) -> None:
        count, rows = (0, "[]") if finding.success or finding.broken else breaking_rows(self.con, target, check)
        # What could not be judged has not held, and is never only a warning.
        outcome: Outcome = "fail" if finding.broken else outcome_of(finding.success, check.severity)
        self.records.append(
            GateRecord(
                domain=domain,
                table_name=table,
                table_digest=digest,
                suite=table,
                expectation=check.name,
                column=check.column,
                severity=CRITICAL if finding.broken else check.severity,
                outcome=outcome,
                observed=finding.observed,
                expected=check.expected,
                unexpected_count=count,
                failing_rows=rows,
                judged_by="great_expectations",
                waivable=not finding.broken,
                words=finding.statement,
            )
        )

    def contract(self, domain: str, table: str, digest: str, relation: str, declared: Mapping[str, str]) -> bool:
        """Adds the record of the declared schema; whether it holds, so that the suite may read the columns."""
        problems = contract_differences(contract_of(self.con, relation), declared)
        self.schema(domain, table, digest, "contract", f"the {len(declared)} declared columns and types", problems)
        return not problems

    def schema(
        self, domain: str, table: str, digest: str, expectation: str, expected: str, problems: Sequence[str]
    ) -> None:
        """Adds a record of the first layer: critical, and nothing a waiver could mend."""
        self.records.append(
            GateRecord(
                domain=domain,
                table_name=table,
                table_digest=digest,
                suite="schema",
                expectation=expectation,
                column="",
                severity=CRITICAL,
                outcome=outcome_of(not problems, CRITICAL),
                observed="; ".join(problems) or "as declared",
                expected=expected,
                unexpected_count=len(problems),
                failing_rows="[]",
                judged_by="schema",
                waivable=False,
            )
        )
