"""What dbt says about its run becomes records of the published tables it concerns.

Not here: running dbt.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from expectations.dbt_results import DbtFinding, dbt_records, read_dbt_results
from warehouse.tables.judged import GateError

DOMAINS = {"mart_air": "air", "mart_water": "water"}
DIGESTS = {"mart_air": "da", "mart_water": "dw"}


def node(kind: str, name: str, parents: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    return {"resource_type": kind, "name": name, "depends_on": {"nodes": list(parents)}, "config": {}, **more}


NODES = {
    "seed.limits": node("seed", "limits"),
    "model.int_air": node("model", "int_air", ("seed.limits",)),
    "model.mart_air": node("model", "mart_air", ("model.int_air",)),
    "model.mart_water": node("model", "mart_water", ("seed.limits",)),
    "model.mart_all": node("model", "mart_all", ("model.mart_air",)),
    "test.grain": node("test", "grain", ("model.mart_air",), attached_node="model.mart_air"),
    "test.seed": node("test", "seed", ("seed.limits",), attached_node="seed.limits", config={"severity": "WARN"}),
    "test.holds": node(
        "test",
        "holds_int_air_5f3",
        ("model.int_air",),
        attached_node="model.int_air",
        test_metadata={"name": "holds", "kwargs": {}},
    ),
    "test.loose": node("test", "loose", ("model.int_air", "model.mart_water")),
}
MANIFEST = {"nodes": NODES, "unit_tests": {"unit_test.u": node("unit_test", "u", ("model.mart_air",))}}


def findings(tmp_path: Path, *results: tuple[str, str]) -> tuple[DbtFinding, ...]:
    run, manifest = tmp_path / "run_results.json", tmp_path / "manifest.json"
    entries = [{"unique_id": u, "status": s, "message": "Got 3\n results", "failures": 3} for u, s in results]
    run.write_text(json.dumps({"results": entries}), encoding="utf-8")
    manifest.write_text(json.dumps(MANIFEST), encoding="utf-8")
    return read_dbt_results(run, manifest, {"mart_air", "mart_water", "mart_all"})


@pytest.mark.parametrize(
    ("unique_id", "tables"),
    [
        ("seed.limits", ("mart_air", "mart_water")),
        ("model.int_air", ("mart_air",)),
        ("model.mart_air", ("mart_air",)),
        ("test.grain", ("mart_air",)),
        ("test.seed", ("mart_air", "mart_water")),
        ("test.loose", ("mart_air", "mart_water")),
        ("unit_test.u", ("mart_air",)),
    ],
)
def test_a_result_concerns_the_first_published_tables_below_it(
    tmp_path: Path, unique_id: str, tables: tuple[str, ...]
) -> None:
    (finding,) = findings(tmp_path, (unique_id, "error"))
    assert finding.tables == tables


@pytest.mark.parametrize("status", ["error", "fail", "skipped", "runtime error", "a word of a later dbt"])
def test_what_did_not_succeed_fails_its_tables(tmp_path: Path, status: str) -> None:
    (record,) = dbt_records(findings(tmp_path, ("model.mart_air", status)), DOMAINS, DIGESTS)
    assert (record.outcome, record.severity, record.judged_by, record.waivable) == ("fail", "critical", "dbt", False)
    assert (record.domain, record.table_name, record.table_digest) == ("air", "mart_air", "da")


def test_a_failed_test_is_critical_and_can_be_waived(tmp_path: Path) -> None:
    (record,) = dbt_records(findings(tmp_path, ("test.grain", "fail")), DOMAINS, DIGESTS)
    assert (record.outcome, record.unexpected_count, record.waivable) == ("fail", 3, True)
    assert record.expectation == "dbt_test(grain)"
    assert record.observed == "Got 3 results"


def test_what_an_intermediate_model_breaks_fails_what_is_published_of_it_and_names_rule_and_column(
    tmp_path: Path,
) -> None:
    run, manifest = tmp_path / "run_results.json", tmp_path / "manifest.json"
    words = "int_air breaks what it declares: not_null(day): 3 rows, such as (A, null); "
    message = f"Runtime Error in test holds_int_air_5f3 (models/int_air.yml)\n  Invalid Input Error: {words}"
    result = {"unique_id": "test.holds", "status": "error", "message": message, "failures": None}
    run.write_text(json.dumps({"results": [result]}), encoding="utf-8")
    manifest.write_text(json.dumps(MANIFEST), encoding="utf-8")
    (record,) = dbt_records(read_dbt_results(run, manifest, set(DOMAINS)), DOMAINS, DIGESTS)
    assert (record.table_name, record.outcome, record.waivable) == ("mart_air", "fail", True)
    assert record.expectation == "dbt_test(holds_int_air)"
    assert words.strip() in record.observed


def test_a_warning_of_dbt_is_a_warning(tmp_path: Path) -> None:
    records = dbt_records(findings(tmp_path, ("test.seed", "warn"), ("test.grain", "warn")), DOMAINS, DIGESTS)
    assert {(r.table_name, r.outcome, r.severity) for r in records} == {
        ("mart_air", "warn", "warning"),
        ("mart_water", "warn", "warning"),
    }


def test_passing_tests_are_recorded_and_passing_models_are_not(tmp_path: Path) -> None:
    records = dbt_records(
        findings(tmp_path, ("test.grain", "pass"), ("test.seed", "pass"), ("model.mart_air", "success")),
        DOMAINS,
        DIGESTS,
    )
    assert [(r.expectation, r.outcome) for r in records] == [("dbt_test(grain)", "pass")]


def test_exposures_have_no_outcome(tmp_path: Path) -> None:
    assert findings(tmp_path, ("exposure.published_air", "no-op")) == ()


def test_tables_of_the_other_judgement_get_no_record(tmp_path: Path) -> None:
    assert dbt_records(findings(tmp_path, ("model.mart_all", "error")), DOMAINS, DIGESTS) == []


def test_files_that_cannot_be_read_are_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(GateError, match="build the candidate again"):
        read_dbt_results(tmp_path / "none.json", tmp_path / "none.json", ())
    with pytest.raises(GateError, match="parse the project again"):
        findings(tmp_path, ("model.unknown", "error"))
