"""A table that is built by day holds the same rows whether its days are built at once, in slices, or as they change.

Here belongs the project's own materialisation (dbt_project/macros/by_day.sql) over models that a test invents. Not
here: which days changed (tests/unit/test_build_days.py) or the models of the project (tests/pipeline/test_paths.py).
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.dbt_runs.dbt_runner import PROJECT, RUN_RESULTS, prepare_manifest
from tests.kit import run_dbt
from warehouse.candidate.build_plan import WHOLE_YEAR, Node
from warehouse.candidate.build_state import build_state, prepare
from warehouse.paths import DataDir

# 400 days over a turn of the year, ten rows each; one day is another one where the variable says so.
READINGS = """{{ config(meta={'by_day': {'reads': {}}}) }}
select
    cast(date '2025-06-01' + d.n as date) as day,
    case when d.n = {{ var('changed', -1) }} then 1000 else d.n * 10 + r.n end as value
from (select unnest(range(400))::integer as n) as d cross join (select unnest(range(10)) as n) as r
"""
# A row of a day from three days.
RUNNING = """{{ config(meta={'by_day': {'reads': {'int_readings': [2, 0]}}}) }}
with days as (select day, sum(value) as total from {{ days_of(ref('int_readings')) }} group by day)
select a.day, sum(b.total)::bigint as total
from days as a inner join days as b on b.day between a.day - 2 and a.day
group by a.day
"""
YEARLY = """{{ config(meta={'by_day': {'reads': {'int_readings': 'year'}, 'day': 'year_start'}}) }}
select date_trunc('year', day)::date as year_start, sum(value)::bigint as total
from {{ days_of(ref('int_readings')) }}
group by all
"""
# A mean over as many hours as the variable says, where two days are read.
REACHING = "select {{ within_reach(var('hours', 8), 2) }} as hours"
MODELS = {"int_readings": READINGS, "int_running": RUNNING, "int_yearly": YEARLY}
ID = "model.ecoledger."
# By step: what dbt said of each model, its rows, and the tokens of all.
Steps = dict[str, tuple[dict[str, str], dict[str, list[tuple[object, ...]]], dict[str, str]]]


class Sliced:
    """A project of the macros and three models, and its working database."""

    def __init__(self, folder: Path) -> None:
        project, self.data = folder / "project", DataDir(folder / "data").prepare()
        models = project / "models" / "intermediate"
        models.mkdir(parents=True)
        shutil.copytree(PROJECT / "macros", project / "macros")
        for name in ("dbt_project.yml", "profiles.yml"):
            shutil.copy(PROJECT / name, project / name)
        for name, sql in {**MODELS, "int_reaching": REACHING}.items():
            (models / f"{name}.sql").write_text(sql)
        self.project, self.manifest = project, prepare_manifest(self.data, project)

    def built(self, **variables: int) -> dict[str, str]:
        """What dbt says of each model of a planned run."""
        parent = f"{ID}int_readings"
        prepare(self.data.build_db, self.data.clean)
        with build_state(self.data.build_db) as state:
            state.want(
                [
                    Node(parent, "int_readings", "model", str(variables.get("changed", ""))),
                    Node(f"{ID}int_running", "int_running", "model", "r", (parent,), reach={parent: (2, 0)}),
                    Node(f"{ID}int_yearly", "int_yearly", "model", "y", (parent,), reach={parent: WHOLE_YEAR}),
                ]
            )
        target = self.data.dbt / "slices"
        run_dbt(self.data, ["run"], target, variables | {"is_planned": True}, self.manifest, self.project)
        results = json.loads((target / RUN_RESULTS).read_bytes())["results"]
        return {r["unique_id"].removeprefix(ID): f"{r['status']} {r['message']}" for r in results}

    def rows(self, table: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.data.build_db), read_only=True) as con:
            return con.execute(f"select * from intermediate.{table} order by all").fetchall()

    def tokens(self) -> dict[str, str]:
        with build_state(self.data.build_db) as state:
            return state.tokens()


@pytest.fixture(scope="module")
def steps(
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, tuple[dict[str, str], dict[str, list], dict[str, str]]]:
    """What was said, what the tables held and their tokens: at once, in slices, and a changed day after each."""
    found = {}
    for name, rows in (("at once", 10**9), ("in slices", 700)):
        made = Sliced(tmp_path_factory.mktemp("slices"))
        for step, changed in ((name, {}), (f"{name}, a day later", {"changed": 300})):
            said = made.built(slice_rows=rows, **changed)
            found[step] = said, {table: made.rows(table) for table in MODELS}, made.tokens()
    return found


def test_every_day_is_there_with_its_right_value(steps: Steps) -> None:
    _, tables, _ = steps["in slices"]
    totals = [sum(n * 10 + r for n in range(max(0, day - 2), day + 1) for r in range(10)) for day in range(400)]
    assert [total for _, total in tables["int_running"]] == totals
    assert sum(total for _, total in tables["int_yearly"]) == sum(range(4000))
    assert len(tables["int_yearly"]) == 2


@pytest.mark.parametrize("later", ["", ", a day later"])
def test_slices_change_neither_rows_nor_tokens(steps: Steps, later: str) -> None:
    at_once, in_slices = steps["at once" + later], steps["in slices" + later]
    assert in_slices[1] == at_once[1]
    assert in_slices[2] == at_once[2]


def test_a_changed_day_is_built_with_the_days_that_read_it(steps: Steps) -> None:
    said, tables, _ = steps["in slices, a day later"]
    assert said["int_running"] == "success BY DAY 3"
    before = steps["in slices"][1]["int_running"]
    differing = [n for n, (a, b) in enumerate(zip(before, tables["int_running"], strict=True)) if a != b]
    assert differing == [300, 301, 302]
    assert sum(t for _, t in tables["int_yearly"]) - sum(range(4000)) == 10 * 1000 - sum(range(3000, 3010))


@pytest.mark.parametrize(("hours", "status"), [(48, "success"), (49, "error")])
def test_a_mean_over_more_hours_than_are_read_is_refused(tmp_path: Path, hours: int, status: str) -> None:
    said = Sliced(tmp_path).built(hours=hours)["int_reaching"]
    assert said.startswith(status)
    assert ("lower it in [standards.rules]" in said) == (status == "error")
