"""dbt's tests as checks: what passed, what passed before on the same rows, what failed, what could not run."""

import dagster as dg
import pytest

from orchestration.dagster.dbt_checks import DbtChecks
from orchestration.dbt_runs.dbt_runner import NodeResult

MODEL, OTHER = "model.e.int_air", "model.e.mart_air"


def dbt_test(name: str, reads: list[str], attached: str = "", severity: str = "ERROR") -> dict:
    given = {"name": name, "attached_node": attached, "depends_on": {"nodes": reads}}
    return {**given, "resource_type": "test", "config": {"severity": severity}}


NODES = {
    MODEL: {"name": "int_air"},
    OTHER: {"name": "mart_air"},
    "test.e.carried": dbt_test("carried", [MODEL], MODEL),
    "test.e.passes": dbt_test("passes", [OTHER, MODEL], MODEL),
    "test.e.fails": dbt_test("fails", ["source.e.clean", OTHER]),
    "test.e.warns": dbt_test("warns", [OTHER], OTHER, "warn"),
    "test.e.skipped": dbt_test("skipped", [OTHER], OTHER),
    "test.e.silent": dbt_test("silent", [OTHER], OTHER),
}
TESTS = [node for node in NODES if node.startswith("test.")]
CHECKS = DbtChecks({"nodes": NODES}, [MODEL, OTHER], TESTS)


def came(name: str, status: str) -> NodeResult:
    return NodeResult(f"test.e.{name}", name, "test", status, f"{name}: {status}", 1, 1, 0.1)


RESULTS = [came("passes", "pass"), came("fails", "fail"), came("warns", "warn"), came("skipped", "skipped")]


@dg.multi_asset(specs=[dg.AssetSpec("int_air"), dg.AssetSpec("mart_air")], check_specs=CHECKS.specs)
def build():
    yield dg.MaterializeResult(asset_key="int_air")
    yield dg.MaterializeResult(asset_key="mart_air")
    yield from CHECKS.results({"test.e.carried"}, RESULTS)


@dg.asset(deps=["mart_air"])
def gate() -> None:
    """What comes after a failed test."""


def test_a_failed_test_is_shown_on_its_model_and_stops_nothing():
    result = dg.materialize([build, gate])
    assert result.success
    assert result.asset_materializations_for_node("gate")
    shown = {e.check_name: e for e in result.get_asset_check_evaluations()}
    assert {name: (e.asset_key.to_user_string(), e.passed) for name, e in shown.items()} == {
        "carried": ("int_air", True),
        "passes": ("int_air", True),
        "fails": ("mart_air", False),
        "warns": ("mart_air", False),
        "skipped": ("mart_air", False),
        "silent": ("mart_air", False),
    }
    assert not any(e.blocking for e in shown.values())
    assert shown["carried"].metadata["carried"].value is True
    assert shown["fails"].metadata["result"].value == "fails: fail"
    assert shown["skipped"].metadata["result"].value == "not run: what it tests was not built"
    assert {name for name, e in shown.items() if e.severity is dg.AssetCheckSeverity.WARN} == {"warns"}


def test_a_test_of_nothing_that_its_run_builds_is_refused():
    with pytest.raises(dg.DagsterInvalidDefinitionError, match="fails tests nothing that its dbt run builds"):
        DbtChecks({"nodes": NODES}, [MODEL], ["test.e.fails"])
