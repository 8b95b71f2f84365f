"""The build plan: what is built again, what perhaps, what is carried, and why. Not here: dbt doing it (pipeline)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.candidate.build_plan import Node, decide, differing, key_of, short

SEED = Node("seed.p.limits", "limits", "seed", "seed-1", holds="seed-1")
STAGED = Node("model.p.stg", "stg", "model", "stg-1", ("source.p.clean.readings",))
HOURS = Node("model.p.hours", "hours", "model", "hours-1", ("model.p.stg", "seed.p.limits"))
DAYS = Node("model.p.days", "days", "model", "days-1", ("model.p.hours",))
OTHER = Node("model.p.other", "other", "model", "other-1", ("source.p.clean.loads",))
HELD = Node("test.p.days_hold", "days_hold", "test", "test-1", ("model.p.days",))
NODES = (HELD, DAYS, OTHER, HOURS, STAGED, SEED)
SOURCES = {"source.p.clean.readings": "r1", "source.p.clean.loads": "l1"}


def _left(nodes=NODES, sources=None):
    """Tokens, keys and relations as a whole build of `nodes` leaves them: every model holds its own id's rows."""
    tokens = {**(sources or SOURCES), **{n.id: n.holds or f"rows of {n.id}" for n in nodes if n.kind != "test"}}
    return tokens, {n.id: key_of(n.code, n.parents, tokens) for n in nodes}, {n.id for n in nodes if n.kind != "test"}


def _verdicts(nodes, tokens, built, there):
    return {d.node.name: d.verdict for d in decide(nodes, tokens, built, there)}


def _changed(node, **new):
    return [Node(**{**n.__dict__, **new}) if n is node else n for n in NODES]


def test_nothing_changed_carries_everything():
    assert set(_verdicts(NODES, *_left()).values()) == {"carried"}


def test_a_first_build_builds_everything_and_says_so():
    found = decide(NODES, SOURCES, {}, set())
    assert {d.verdict for d in found} == {"rebuilt"}
    assert {d.reason for d in found if d.node.kind == "model"} == {"it is not there"}


def test_news_of_one_source_reaches_only_what_reads_it():
    tokens, built, there = _left()
    tokens["source.p.clean.readings"] = "r2"
    found = _verdicts(NODES, tokens, built, there)
    assert found == {
        "limits": "carried",
        "stg": "rebuilt",
        "hours": "perhaps",
        "days": "perhaps",
        "days_hold": "perhaps",
        "other": "carried",
    }


def test_equal_rows_end_the_chain():
    """`stg` was built again under a new key and holds what it held: nothing below it is due."""
    tokens, built, there = _left()
    tokens["source.p.clean.readings"] = "r2"
    built["model.p.stg"] = key_of(STAGED.code, STAGED.parents, tokens)
    assert set(_verdicts(NODES, tokens, built, there).values()) == {"carried"}


def test_other_rows_reach_one_step_at_a_time():
    tokens, built, there = _left()
    tokens["model.p.stg"] = "other rows"
    found = {d.node.name: d for d in decide(NODES, tokens, built, there)}
    assert (found["hours"].verdict, found["hours"].reason) == ("rebuilt", "stg changed")
    assert (found["days"].verdict, found["days"].reason) == ("perhaps", "it reads hours")


def test_a_seed_of_another_content_is_loaded_and_its_readers_are_built():
    found = {
        d.node.name: (d.verdict, d.reason) for d in decide(_changed(SEED, code="seed-2", holds="seed-2"), *_left())
    }
    assert found["limits"] == ("rebuilt", "its code, or what the configuration chooses in it, has changed")
    assert found["hours"] == ("rebuilt", "limits changed")
    assert found["stg"][0] == found["other"][0] == "carried"


def test_changed_code_is_named():
    found = {d.node.name: (d.verdict, d.reason) for d in decide(_changed(DAYS, code="days-2"), *_left())}
    assert found["days"] == ("rebuilt", "its code, or what the configuration chooses in it, has changed")
    assert found["days_hold"] == ("perhaps", "it reads days")
    assert found["hours"][0] == "carried"


def test_a_test_that_did_not_pass_runs_again_alone():
    tokens, built, there = _left()
    del built["test.p.days_hold"]
    found = {d.node.name: (d.verdict, d.reason) for d in decide(NODES, tokens, built, there)}
    assert found.pop("days_hold") == ("rebuilt", "it has not passed yet")
    assert {verdict for verdict, _ in found.values()} == {"carried"}


def test_a_build_that_was_cut_off_is_built_again():
    tokens, built, there = _left()
    del built["model.p.hours"]
    assert _verdicts(NODES, tokens, built, there)["hours"] == "rebuilt"


def test_a_relation_that_is_gone_is_built_again():
    tokens, built, there = _left()
    assert _verdicts(NODES, tokens, built, there - {"model.p.other"})["other"] == "rebuilt"


def test_an_input_that_is_read_no_longer_is_named():
    tokens, built, there = _left()
    fewer = _changed(HOURS, parents=("model.p.stg",))
    found = {d.node.name: d.reason for d in decide(fewer, tokens, built, there)}
    assert found["hours"] == "limits changed"


@given(st.dictionaries(st.sampled_from([n.id for n in NODES] + list(SOURCES)), st.text("ab12", max_size=3)))
def test_whatever_differs_is_never_carried(changed):
    """For any tokens: a node is carried exactly if neither its own key differs nor anything above it is on the move."""
    tokens, built, there = _left()
    found = {d.node.id: d.verdict for d in decide(NODES, {**tokens, **changed}, built, there)}
    now = {**tokens, **changed, SEED.id: SEED.holds}
    due = {n.id for n in NODES if built[n.id] != key_of(n.code, n.parents, now)}
    for node in (SEED, STAGED, HOURS, DAYS, OTHER, HELD):
        above = any(found[p] != "carried" for p in node.parents if p in found)
        assert (found[node.id] != "carried") == (node.id in due or above)


@pytest.mark.parametrize(("given_id", "name"), [("model.ecoledger.int_air_hour", "int_air_hour"), ("plain", "plain")])
def test_ids_are_shortened_for_people(given_id, name):
    assert short(given_id) == name


def test_a_full_build_names_what_holds_other_rows_from_the_same_inputs():
    before = {"model.p.a": ("a|", "1"), "model.p.b": ("b|model.p.a=1", "1"), "model.p.c": ("c|", "1")}
    built = {"model.p.a": "a|", "model.p.b": "b|model.p.a=2", "model.p.c": "c|"}
    tokens = {"model.p.a": "2", "model.p.b": "2", "model.p.c": "1"}
    assert differing(before, built, tokens) == ["a"]
    assert differing(before, built, {}) == []
