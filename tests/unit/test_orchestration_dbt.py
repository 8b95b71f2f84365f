"""dbt's events and results, the translation of nodes into domains, and the environment dbt is given."""

from pathlib import Path

import pytest

from orchestration.dbt_runs import dbt_runner
from orchestration.environment import dbt_environment, prepare
from warehouse.paths import DataDir


def result_event(status: str, kind: str = "model", name: str = "mart_x") -> dict:
    return {
        "info": {"name": "LogModelResult", "level": "info", "msg": f"1 of 3 {name}"},
        "data": {
            "node_info": {
                "unique_id": f"{kind}.ecoledger.{name}",
                "node_name": name,
                "resource_type": kind,
                "node_status": status,
            },
            "status": "SELECT 3",
            "index": 1,
            "total": 3,
            "execution_time": 0.25,
        },
    }


@pytest.mark.parametrize(("status", "built"), [("success", True), ("error", False), ("skipped", False)])
def test_a_model_is_built_only_by_success(status, built):
    assert dbt_runner.node_result(result_event(status)).built is built


def test_a_passing_test_builds_nothing():
    assert dbt_runner.node_result(result_event("success", "test")).built is False


def test_other_events_are_no_results():
    assert (
        dbt_runner.node_result({"info": {"name": "MainReportVersion", "level": "info", "msg": ""}, "data": {}}) is None
    )


def test_the_environment_writes_only_below_the_data_directory(tmp_path, monkeypatch):
    monkeypatch.setenv("DBT_PROFILES_DIR", "/home/somebody/.dbt")
    monkeypatch.setenv("DBT_TARGET", "elsewhere")
    monkeypatch.setenv("DAGSTER_HOME", "/home/somebody/dagster")
    data = DataDir(tmp_path)
    env = dbt_environment(data, Path("/project"), tmp_path / "build" / "dbt" / "run1")
    assert env["DBT_SEND_ANONYMOUS_USAGE_STATS"] == "false"
    assert env["DBT_PROFILES_DIR"] == env["DBT_PROJECT_DIR"] == "/project"
    assert "DBT_TARGET" not in env and "DAGSTER_HOME" not in env
    for name in ("DBT_TARGET_PATH", "DBT_LOG_PATH", "ECOLEDGER_BUILD_DB"):
        assert Path(env[name]).is_relative_to(tmp_path)


def test_the_fingerprint_follows_the_projects_files_only(tmp_path):
    (tmp_path / "models").mkdir()
    model = tmp_path / "models" / "a.sql"
    model.write_text("select 1")
    before = dbt_runner.project_fingerprint(tmp_path)
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "b.sql").write_text("select 2")
    assert dbt_runner.project_fingerprint(tmp_path) == before
    model.write_text("select 2")
    assert dbt_runner.project_fingerprint(tmp_path) != before


def test_dagster_is_told_to_send_nothing_and_keep_to_the_data_directory(tmp_path, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", "unset")
    data = DataDir(tmp_path / "it's here")
    data.root.mkdir()
    prepare(data)
    text = (data.dagster / "dagster.yaml").read_text(encoding="utf-8")
    assert "telemetry:\n  enabled: false" in text
    assert "it''s here/dagster/history" in text
