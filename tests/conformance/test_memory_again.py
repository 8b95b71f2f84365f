"""What does not fit into memory is built once more with more of it, unless the limit was chosen by hand.

Here belongs dbt's process over models that a test invents. Not here: the limits (tests/unit/test_warehouse_duck.py).
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.dbt_runs.dbt_runner import NO_ARTIFACTS, PROJECT, RUN_RESULTS, node_result, prepare_manifest
from tests.kit import run_dbt
from warehouse import engine_limits
from warehouse.engine_limits import MEMORY_VARIABLE
from warehouse.paths import DataDir

# A list cannot be spilled.
LARGE = "select len(list(n)) as n from range(3000000) as r(n)"
MODELS = {
    "int_small": "select 1 as n",
    "int_large": LARGE,
    "int_after": "select n from {{ ref('int_large') }}",
    "int_wrong": "select error('wrong anyway') as n",
    "int_never": "select n from {{ ref('int_wrong') }}",
}


def built(folder: Path) -> tuple[dict[str, str], list[tuple[str, str]], dict[str, int]]:
    """Status by model as the gate reads them, every result as it was told, and the rows that are there."""
    project, data = folder / "project", DataDir(folder / "data").prepare()
    models = project / "models" / "intermediate"
    models.mkdir(parents=True)
    shutil.copytree(PROJECT / "macros", project / "macros")
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(PROJECT / name, project / name)
    for name, sql in MODELS.items():
        (models / f"{name}.sql").write_text(sql)
    manifest = prepare_manifest(data, project)
    target = data.dbt / "again"
    arguments = ["build", NO_ARTIFACTS, "--select", *MODELS, "--indirect-selection", "empty"]
    events = run_dbt(data, arguments, target, {}, manifest, project)
    told = [(r.name, r.status) for r in filter(None, map(node_result, events))]
    results = json.loads((target / RUN_RESULTS).read_bytes())["results"]
    status = {r["unique_id"].split(".")[-1]: r["status"] for r in results}
    assert len(status) == len(results), "a model has two results"
    with duckdb.connect(str(data.build_db), read_only=True) as con:
        there = con.execute("select table_name from duckdb_tables() where schema_name = 'intermediate'").fetchall()
        rows = {name: con.execute(f"select n from intermediate.{name}").fetchone()[0] for (name,) in there}
    return status, told, rows


def test_it_is_built_again_with_what_hangs_on_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(MEMORY_VARIABLE, raising=False)
    monkeypatch.setattr(engine_limits, "_fitted", "60MB")
    status, told, rows = built(tmp_path)
    good, bad = {"int_small", "int_large", "int_after"}, {"int_wrong": "error", "int_never": "skipped"}
    assert status == dict.fromkeys(good, "success") | bad
    assert rows == {"int_small": 1, "int_large": 3_000_000, "int_after": 3_000_000}
    assert [s for name, s in told if name == "int_large"] == ["error", "success"]
    assert [s for name, s in told if name == "int_small"] == ["success"], "what was built is left alone"


def test_a_limit_that_was_chosen_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MEMORY_VARIABLE, "60MB")
    status, told, rows = built(tmp_path)
    assert (status["int_large"], status["int_after"]) == ("error", "skipped")
    assert set(rows) == {"int_small"}
    assert [s for name, s in told if name == "int_large"] == ["error"]
