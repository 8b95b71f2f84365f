"""Reads what dbt says about its own run and ties each result to the published tables it concerns.

Here belong dbt's run_results.json and manifest.json as far as the gate needs them. Not here: running dbt
(orchestration), severities beyond dbt's own words. A failed seed or intermediate model concerns every published table
built from it; a failed test every published table built from the models it tests. Standard library only.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.tables.judged import CRITICAL, WARNING, GateError, GateRecord, Outcome, Severity

_OUTCOMES: dict[str, Outcome] = {
    "success": "pass",
    "pass": "pass",
    "warn": "warn",
    "error": "fail",
    "fail": "fail",
    "runtime error": "fail",
    "skipped": "fail",
    "partial success": "fail",
}
_TESTS = ("test", "unit_test")
# The data test of a table raises what is broken as its own words, after dbt's (macros/holds_test.sql).
_HOLDS = "holds"
_MESSAGE_WIDTH = 500


@dataclass(frozen=True)
class DbtFinding:
    """One node of a dbt run: `name` as people know it, its outcome, and the published tables it concerns.

    `own` are those of `tables` that a test hangs on itself, not through a seed or model above them.
    """

    name: str
    resource_type: str
    status: str
    message: str
    failures: int
    severity: Severity
    tables: tuple[str, ...]
    own: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """dbt's status in the gate's words; a status nobody knows is a failure."""
        return _OUTCOMES.get(self.status, "fail")


def read_dbt_results(
    run_results: Path, manifest: Path, published: Collection[str], carried: Collection[str] = ()
) -> tuple[DbtFinding, ...]:
    """Every node of the run with the `published` tables it concerns; GateError when a file cannot be read.

    `carried` are the ids of tests that were left out because they passed before on what they would test now; where all
    of the run was left out, `run_results` need not be there.
    """
    nodes = _nodes(_json(manifest))
    children = _children(nodes)
    findings = []
    ran = _json(run_results)["results"] if run_results.exists() or not carried else []
    for result in [*ran, *({"unique_id": test, "status": "pass"} for test in carried)]:
        node = nodes.get(result["unique_id"])
        if node is None and result["unique_id"].startswith("exposure."):
            # dbt lists exposures among its results; they are declarations and have no outcome.
            continue
        if node is None:
            raise GateError(f"{run_results}: {result['unique_id']} is not in {manifest}; parse the project again")
        findings.append(_finding(result, node, nodes, children, published))
    return tuple(findings)


def _json(file: Path) -> dict[str, Any]:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GateError(f"{file}: dbt's results cannot be read ({error}); build the candidate again") from error


def _nodes(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {**manifest.get("nodes", {}), **manifest.get("unit_tests", {})}


def _children(nodes: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    children: dict[str, list[str]] = {}
    for unique_id, node in nodes.items():
        if node["resource_type"] in _TESTS:
            continue
        for parent in node.get("depends_on", {}).get("nodes", ()):
            children.setdefault(parent, []).append(unique_id)
    return children


def _finding(
    result: Mapping[str, Any],
    node: Mapping[str, Any],
    nodes: Mapping[str, Mapping[str, Any]],
    children: Mapping[str, Iterable[str]],
    published: Collection[str],
) -> DbtFinding:
    kind = node["resource_type"]
    starts = _tested(node) if kind in _TESTS else [result["unique_id"]]
    reached = _published_from(starts, nodes, children, published)
    severity = str(node.get("config", {}).get("severity") or "error").lower()
    return DbtFinding(
        name=_name(node, nodes),
        resource_type=kind,
        status=str(result["status"]).lower(),
        message=" ".join(str(result.get("message") or "").split())[:_MESSAGE_WIDTH],
        failures=int(result.get("failures") or 0),
        severity=WARNING if "warn" in (severity, str(result["status"]).lower()) else CRITICAL,
        tables=reached,
        own=tuple(t for t in reached if t in {nodes[s]["name"] for s in starts if s in nodes}),
    )


def _name(node: Mapping[str, Any], nodes: Mapping[str, Mapping[str, Any]]) -> str:
    """The node's name; holds_<table> for a table's data test, whose own changes with every rule (waivers name it)."""
    tested = nodes.get(node.get("attached_node") or "")
    is_holds = (node.get("test_metadata") or {}).get("name") == _HOLDS
    return f"{_HOLDS}_{tested['name']}" if is_holds and tested else node["name"]


def _tested(node: Mapping[str, Any]) -> list[str]:
    """The node a test hangs on, or all that a test without one reads."""
    attached = node.get("attached_node")
    return [attached] if attached else list(node.get("depends_on", {}).get("nodes", ()))


def _published_from(
    starts: Iterable[str],
    nodes: Mapping[str, Mapping[str, Any]],
    children: Mapping[str, Iterable[str]],
    published: Collection[str],
) -> tuple[str, ...]:
    """The first published tables on every path down from `starts`, themselves included.

    The walk ends at a published table: what is built from it is judged by itself, and in the second run from what was
    admitted.
    """
    found: set[str] = set()
    seen: set[str] = set()
    queue = list(starts)
    while queue:
        unique_id = queue.pop()
        if unique_id in seen or unique_id not in nodes:
            continue
        seen.add(unique_id)
        name = nodes[unique_id]["name"]
        if nodes[unique_id]["resource_type"] == "model" and name in published:
            found.add(name)
        else:
            queue.extend(children.get(unique_id, ()))
    return tuple(sorted(found))


def dbt_records(
    findings: Iterable[DbtFinding], domains: Mapping[str, str], digests: Mapping[str, str]
) -> list[GateRecord]:
    """Records of `findings` for the tables of `domains` (table → domain), in order of table and name.

    A model that failed or was skipped leaves no table worth judging, so that record cannot be waived. Passing models
    say nothing that the contract's record does not; a passing test is recorded with the tables it hangs on.
    """
    records = []
    for finding in findings:
        is_test = finding.resource_type in _TESTS
        if finding.outcome == "pass" and not is_test:
            continue
        records += [
            _record(finding, table, domains[table], digests.get(table, ""), is_test)
            for table in (finding.own if finding.outcome == "pass" else finding.tables)
            if table in domains
        ]
    return sorted(records, key=lambda r: (r.table_name, r.expectation))


def _record(finding: DbtFinding, table: str, domain: str, digest: str, is_test: bool) -> GateRecord:
    return GateRecord(
        domain=domain,
        table_name=table,
        table_digest=digest,
        suite="dbt",
        expectation=f"dbt_{finding.resource_type}({finding.name})",
        column="",
        severity=CRITICAL if finding.outcome == "fail" else finding.severity,
        outcome=finding.outcome,
        observed=finding.message or finding.status,
        expected="the test passes" if is_test else f"the {finding.resource_type} is built",
        unexpected_count=finding.failures,
        failing_rows="[]",
        judged_by="dbt",
        waivable=is_test,
    )
