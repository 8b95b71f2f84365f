"""dbt's data tests as asset checks: each on the asset of the model or seed that it tests.

Here belong the specs and how a result is shown. Not here: running dbt (dbt_assets.py), or what a failed test means for
a domain: that is the gate's to say, so that no check blocks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from orchestration.dbt_runs.dbt_runner import NodeResult

_Event = dg.Output[None] | dg.AssetCheckEvaluation
_NOT_RUN = "not run: what it tests was not built"


class DbtChecks:
    """The data tests of one dbt run: a check for each."""

    def __init__(self, manifest: Mapping[str, Any], assets: Collection[str], tests: Collection[str]) -> None:
        """`assets`: ids of the nodes that are assets of the run; `tests`: ids of the tests that it runs."""
        nodes = manifest["nodes"]
        self._tests = {test: nodes[test] for test in tests}
        self._specs = {
            test: dg.AssetCheckSpec(
                node["name"],
                asset=nodes[_tested(node, assets)]["name"],
                description=node.get("description") or None,
                metadata={"dagster_dbt/unique_id": test},
            )
            for test, node in self._tests.items()
        }

    @property
    def specs(self) -> list[dg.AssetCheckSpec]:
        """One for each test; none blocks."""
        return list(self._specs.values())

    def results(self, carried: Collection[str], results: Sequence[NodeResult]) -> Iterator[_Event]:
        """What came of every test: of the `carried` ones, that passed on the same rows, of those that dbt ran, and of
        those that it had to skip.

        As the two events that Dagster makes of an AssetCheckResult, which would look up the newest materialization of
        each asset first: a fifth of what a check costs. Without it Dagster compares times.
        """
        came = {result.unique_id: result for result in results}
        for test in self._tests:
            if test in carried:
                yield from self._result(test, True, {"carried": True})
            elif (result := came.get(test)) and result.status not in ("skip", "skipped"):
                yield from self._result(test, result.status == "pass", {"result": result.message})
            else:
                yield from self._result(test, False, {"result": _NOT_RUN})

    def _result(self, test: str, passed: bool, metadata: Mapping[str, Any]) -> Iterator[_Event]:
        node, spec = self._tests[test], self._specs[test]
        is_warning = str(node["config"]["severity"]).lower() == "warn"
        yield dg.Output(None, spec.get_python_identifier())
        yield dg.AssetCheckEvaluation(
            asset_key=spec.asset_key,
            check_name=spec.name,
            passed=passed,
            severity=dg.AssetCheckSeverity.WARN if is_warning else dg.AssetCheckSeverity.ERROR,
            metadata=metadata,
            blocking=spec.blocking,
        )


def _tested(test: Mapping[str, Any], assets: Collection[str]) -> str:
    """The node that a test is attached to, else the first that it reads, as far as the run makes it."""
    read = [test.get("attached_node") or "", *test["depends_on"]["nodes"]]
    found = [node for node in read if node in assets]
    if not found:
        raise dg.DagsterInvalidDefinitionError(f"{test['name']} tests nothing that its dbt run builds")
    return found[0]
