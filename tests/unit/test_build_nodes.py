"""What of dbt's project decides what a node gives. Not here: the decision (test_build_plan.py)."""

from __future__ import annotations

import copy

import pytest

from orchestration.dbt_runs.build_nodes import Project, admitted_id

MANIFEST = {
    "metadata": {"project_name": "p"},
    "macros": {
        "macro.p.is_late": {
            "name": "is_late",
            "package_name": "p",
            "macro_sql": "{% macro is_late() %}{{ hours() }} > '{{ var('as_of') }}'{% endmacro %}",
        },
        "macro.p.hours": {
            "name": "hours",
            "package_name": "p",
            "macro_sql": "{% macro hours() %}{{ adapter.dispatch('plain')() }}{% endmacro %}",
        },
        "macro.p.default__plain": {"name": "default__plain", "package_name": "p", "macro_sql": "1"},
        "macro.p.unused": {"name": "unused", "package_name": "p", "macro_sql": "2"},
        "macro.dbt.ref": {"name": "ref", "package_name": "dbt", "macro_sql": "dbt's own"},
    },
    "nodes": {},
}


def _node(name, kind="model", code="", reads=(), tags=(), **config):
    return {
        "unique_id": f"{kind}.p.{name}",
        "name": name,
        "resource_type": kind,
        "raw_code": code,
        "depends_on": {"nodes": list(reads)},
        "tags": list(tags),
        "config": {"materialized": "table", "schema": "candidate", **config},
        "schema": config.get("schema", "candidate"),
        "columns": {"day": {"name": "day", "data_type": "date", "description": "the day"}} if kind == "model" else {},
        "checksum": {"checksum": f"checksum of {name}"},
    }


NODES = [
    _node("limits", "seed"),
    _node("hours_of", code="select {{ is_late() }} from x", reads=["source.p.clean.readings", "seed.p.limits"]),
    _node("days_of", code="select '{{ sql_text('area_name') }}'", reads=["model.p.hours_of"]),
    _node("card", code="select 1", reads=["model.p.days_of", "model.p.hours_of"], tags=["cross_domain"]),
    _node("days_hold", "test", code="{{ test_holds() }}", reads=["model.p.days_of"]),
    _node("card_holds", "test", code="{{ test_holds() }}", reads=["model.p.card", "model.p.days_of"]),
]
VARIABLES = {"as_of": "2026-01-01", "area_name": ["朝阳区"], "other": "x"}
MARTS = {"days_of"}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "dbt_project.yml").write_text("name: p\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def manifest():
    made = copy.deepcopy(MANIFEST)
    made["nodes"] = {node["unique_id"]: copy.deepcopy(node) for node in NODES}
    return made


def codes(manifest, folder, variables=VARIABLES):
    return {node.name: node.code for node in Project(manifest, folder).nodes(variables, MARTS)}


def changed(manifest, folder, before, variables=VARIABLES):
    after = codes(manifest, folder, variables)
    return {name for name in after if after[name] != before[name]}


def test_a_macro_changes_what_uses_it_however_deep(manifest, folder):
    before = codes(manifest, folder)
    manifest["macros"]["macro.p.default__plain"]["macro_sql"] = "3"
    assert changed(manifest, folder, before) == {"hours_of"}


def test_a_macro_that_nothing_uses_and_dbts_own_change_nothing(manifest, folder):
    before = codes(manifest, folder)
    manifest["macros"]["macro.p.unused"]["macro_sql"] = "3"
    manifest["macros"]["macro.dbt.ref"]["macro_sql"] = "3"
    assert changed(manifest, folder, before) == set()


@pytest.mark.parametrize(
    ("name", "reaches"), [("area_name", {"days_of"}), ("other", set()), ("new", set()), ("as_of", set())]
)
def test_a_variable_changes_only_what_really_uses_it(manifest, folder, name, reaches):
    assert changed(manifest, folder, codes(manifest, folder), {**VARIABLES, name: "changed"}) == reaches


def test_the_moment_of_the_lake_is_read_like_a_table(manifest, folder):
    parents = {node.name: node.parents for node in Project(manifest, folder).nodes(VARIABLES, MARTS)}
    assert [name for name, read in parents.items() if "as_of" in read] == ["hours_of"]


def test_a_description_changes_nothing_and_a_type_does(manifest, folder):
    before = codes(manifest, folder)
    manifest["nodes"]["model.p.card"]["columns"]["day"]["description"] = "another"
    assert changed(manifest, folder, before) == set()
    manifest["nodes"]["model.p.card"]["columns"]["day"]["data_type"] = "timestamp"
    assert changed(manifest, folder, before) == {"card"}


def test_the_severity_of_a_test_is_part_of_it(manifest, folder):
    before = codes(manifest, folder)
    manifest["nodes"]["test.p.days_hold"]["config"]["severity"] = "warn"
    assert changed(manifest, folder, before) == {"days_hold"}


def test_what_a_test_is_given_is_part_of_it(manifest, folder):
    before = codes(manifest, folder)
    manifest["nodes"]["test.p.days_hold"]["test_metadata"] = {"name": "holds", "kwargs": {"columns": ["day"]}}
    assert changed(manifest, folder, before) == {"days_hold"}


def test_a_seed_is_its_file_and_holds_it(manifest, folder):
    before = {node.name: node for node in Project(manifest, folder).nodes(VARIABLES, MARTS)}
    assert before["limits"].holds == before["limits"].code and not before["hours_of"].holds
    manifest["nodes"]["seed.p.limits"]["checksum"]["checksum"] = "another"
    assert changed(manifest, folder, {name: node.code for name, node in before.items()}) == {"limits"}


def test_the_project_file_is_part_of_every_node(manifest, folder):
    before = codes(manifest, folder)
    (folder / "dbt_project.yml").write_text("name: p\nvars: {x: 1}\n", encoding="utf-8")
    assert changed(manifest, folder, before) == set(before)


def test_only_the_second_run_reads_marts_as_admitted(manifest, folder):
    parents = {node.name: node.parents for node in Project(manifest, folder).nodes(VARIABLES, MARTS)}
    assert parents["card"] == (admitted_id("days_of"), "model.p.hours_of")
    assert parents["card_holds"] == ("model.p.card", admitted_id("days_of"), "model.p.days_of")
    assert parents["days_hold"] == ("model.p.days_of",)


def test_a_test_belongs_to_the_run_that_builds_the_last_it_reads(manifest, folder):
    project = Project(manifest, folder)
    second = {node["name"] for node in NODES if project.second_run(node["unique_id"])}
    assert second == {"card", "card_holds"}
