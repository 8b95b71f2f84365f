"""What the gate says, as frozen rows: one record per expectation, one verdict per table and per domain.

Here belong the shapes that expectations fills and the release keeps, and the vocabulary of outcomes: what passes
between the two rooms. Not here: how an outcome is found or how outcomes add up to verdicts (expectations), what
admission makes of a verdict (admitted.py), any file. Standard library only: the command line loads this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

Severity = Literal["critical", "warning"]
Outcome = Literal["pass", "warn", "fail"]
JudgedBy = Literal["schema", "dbt", "great_expectations", "headline_step"]

CRITICAL: Severity = "critical"
WARNING: Severity = "warning"


class GateError(Exception):
    """The gate cannot judge at all; the message says what is missing and where to mend it."""


@dataclass(frozen=True)
class GateRecord:
    """One expectation on one table: what was expected and seen, bound to the digest of what was judged.

    `failing_rows` is a JSON list of at most five rows; `unexpected_count` counts all of them. `waiver` names the
    waiver that turned a critical failure into a warning, else ''. A record that is not `waivable` says that there is
    nothing to publish (a missing table, a broken contract), which no signature can mend. `words` is the expectation as
    its judge words it, `key` what the record depends on (expectations/carry.py), `judged_at` ISO where an earlier run
    judged. `part` names the part of the table that the record is about, '' where it is about all of it.
    """

    domain: str
    table_name: str
    table_digest: str
    suite: str
    expectation: str
    column: str
    severity: Severity
    outcome: Outcome
    observed: str
    expected: str
    unexpected_count: int
    failing_rows: str
    judged_by: JudgedBy
    waiver: str = ""
    waivable: bool = True
    words: str = ""
    key: str = ""
    judged_at: str = ""
    part: str = ""

    def as_row(self) -> dict[str, Any]:
        """The record under the column names of mart_gate_results, without Chinese words, with words and key.

        Of the volatile columns it has judged_at, and only where an earlier run judged.
        """
        return {
            **({"judged_at": self.judged_at} if self.judged_at else {}),
            "domain": self.domain,
            "table_name": self.table_name,
            "part_id": self.part,
            "suite": self.suite,
            "expectation": self.expectation,
            "column_name": self.column,
            "severity": self.severity,
            "outcome": self.outcome,
            "observed": self.observed,
            "expected": self.expected,
            "unexpected_count": self.unexpected_count,
            "failing_rows": self.failing_rows,
            "judged_by": self.judged_by,
            "table_digest": self.table_digest,
            "waiver": self.waiver,
            "words": self.words,
            "key": self.key,
        }

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> GateRecord:
        """The record of a row that a release keeps: as_row() with its time of judgement."""
        renamed = {"column": "column_name", "part": "part_id"}
        names = [f.name for f in fields(cls) if f.name != "waivable" and renamed.get(f.name, f.name) in row]
        # What no signature mends has failed, and its table is judged again.
        return cls(**{name: row[renamed.get(name, name)] for name in names})


@dataclass(frozen=True)
class TableVerdict:
    """The worst outcome of one table's records; `digest` is that of the table that was judged."""

    table: str
    domain: str
    digest: str
    verdict: Outcome


@dataclass(frozen=True)
class DomainVerdict:
    """fail: the domain is held; warn: published with a mark. `reasons` says why, worst first.

    `parts`: parts of its tables that are held by themselves while the others publish, each with its reasons.
    """

    domain: str
    verdict: Outcome
    reasons: tuple[str, ...] = ()
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class GateReport:
    """Everything one judgement found; `pages` lists the Data Docs files that were written."""

    records: tuple[GateRecord, ...]
    table_verdicts: tuple[TableVerdict, ...]
    domain_verdicts: tuple[DomainVerdict, ...]
    pages: tuple[str, ...] = field(default=())

    def domain(self, name: str) -> DomainVerdict | None:
        """The verdict of the domain called `name`, None when nothing of it was judged."""
        return next((v for v in self.domain_verdicts if v.domain == name), None)
