"""Schema `state` of the working database: keys and tokens that stay with the tables. Not here: the decision."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from warehouse.candidate.build_plan import Node, key_of
from warehouse.candidate.build_state import build_state, left_by, prepare

NODES = [
    Node("model.p.b", "b", "model", "code-b", ("model.p.a", "source.p.clean.x", "seed.p.ß")),
    Node("model.p.a", "a", "model", "code-a"),
]
PLACE = Path("/lake/clean")


@pytest.fixture
def file(tmp_path):
    prepare(tmp_path / "build" / "work.duckdb", PLACE)
    return tmp_path / "build" / "work.duckdb"


def test_the_database_builds_the_same_key_as_the_plan(file):
    tokens = {"model.p.a": "3:1:2", "source.p.clean.x": "abc"}
    with build_state(file) as state:
        state.put_tokens(tokens)
        state.want(NODES)
        state.put_built([node.id for node in NODES])
    with build_state(file) as state:
        assert state.built() == {node.id: key_of(node.code, node.parents, tokens) for node in NODES}
        assert "seed.p.ß=missing" in state.built()["model.p.b"]


def test_a_token_replaces_the_one_before_and_leaves_the_others(file):
    with build_state(file) as state:
        state.put_tokens({"a": "1", "b": "1"})
        state.put_tokens({"a": "2"})
    with build_state(file) as state:
        assert state.tokens() == {"a": "2", "b": "1"}


def test_what_is_forgotten_is_due_again(file):
    with build_state(file) as state:
        state.want(NODES)
        state.put_built([n.id for n in NODES])
        state.forget(["model.p.a"])
    with build_state(file) as state:
        assert set(state.built()) == {"model.p.b"}


def test_an_interrupted_plan_leaves_the_state_as_it_was(file):
    with pytest.raises(RuntimeError), build_state(file) as state:
        state.put_tokens({"a": "1"})
        raise RuntimeError("killed")
    with build_state(file) as state:
        assert state.tokens() == {}


def test_a_working_database_is_kept_for_the_same_place_and_versions(file):
    with build_state(file) as state:
        state.put_tokens({"a": "1"})
    assert prepare(file, PLACE)
    with build_state(file) as state:
        assert state.tokens() == {"a": "1"}


def test_in_a_moved_data_directory_only_the_views_go(file):
    with build_state(file) as state:
        state.put_tokens({"a": "1"})
    with duckdb.connect(str(file)) as con:
        con.execute(
            "CREATE SCHEMA staging; CREATE VIEW staging.v AS SELECT 1 AS x; CREATE TABLE staging.t AS SELECT 1 AS x"
        )
    assert prepare(file, Path("/moved/clean"))
    places = {"model.p.v": ("staging", "v"), "model.p.t": ("staging", "t")}
    with build_state(file) as state:
        assert state.tokens() == {"a": "1"}
        assert state.there(places) == {"model.p.t"}
        state.want(NODES)
        state.put_built([n.id for n in NODES])
        assert set(state.built()) == {n.id for n in NODES}


def test_another_layout_or_duckdb_begins_anew(file):
    for name in ("layout", "duckdb"):
        with build_state(file) as state:
            state.put_tokens({"a": "1"})
        with duckdb.connect(str(file)) as con:
            con.execute("UPDATE state.about SET value = 'another' WHERE name = ?", [name])
        assert not prepare(file, PLACE)
        with build_state(file) as state:
            assert state.tokens() == {}


@pytest.mark.parametrize("content", [b"", b"no database", b"\0" * 5000])
def test_a_file_that_is_no_working_database_is_replaced(file, content):
    file.write_bytes(content)
    assert not prepare(file, PLACE)
    with build_state(file) as state:
        assert state.built() == {}


def test_a_database_without_the_state_is_replaced(tmp_path):
    file = tmp_path / "work.duckdb"
    with duckdb.connect(str(file)) as con:
        con.execute("CREATE TABLE left_over AS SELECT 1 AS x")
    assert not prepare(file, PLACE)
    with duckdb.connect(str(file)) as con:
        assert ("left_over",) not in con.execute("SELECT table_name FROM information_schema.tables").fetchall()


def test_only_relations_that_exist_are_there(file):
    with duckdb.connect(str(file)) as con:
        con.execute("CREATE SCHEMA intermediate; CREATE VIEW intermediate.a AS SELECT 1 AS x")
    with build_state(file) as state:
        assert state.there({"model.p.a": ("intermediate", "a"), "model.p.b": ("intermediate", "b")}) == {"model.p.a"}


def test_what_a_database_left_is_keys_with_tokens(file):
    with build_state(file) as state:
        state.want(NODES)
        state.put_built([n.id for n in NODES])
        state.put_tokens({"model.p.a": "1"})
    assert left_by(file) == {"model.p.a": ("code-a|", "1")}
    assert left_by(file.with_name("missing.duckdb")) == {}
    file.write_bytes(b"no database")
    assert left_by(file) == {}


def test_a_digest_is_kept_for_what_a_table_held_and_replaced_by_the_next(file):
    first, other = ("mart_a", "token 1", "contract"), ("mart_b", "token 1", "contract")
    with build_state(file) as state:
        state.put_digests({first: "d1", other: "d2"})
        state.put_digests({("mart_a", "token 2", "contract"): "d3"})
        state.put_digests({})
    with build_state(file) as state:
        assert state.digests() == {("mart_a", "token 2", "contract"): "d3", other: "d2"}
