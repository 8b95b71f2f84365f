"""The build step's own order: when the judge is imported, when dbt's process ends, what is said of a failure."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from orchestration.dbt_runs.dbt_runner import NodeResult
from orchestration.dbt_runs.planned import PlannedRun
from orchestration.steps import build as step
from warehouse.candidate.build_plan import Decision, Node


class FakeDbt:
    """Yields events of dbt and notes when it is closed."""

    def __init__(self, said: list[str], total: int) -> None:
        self._said, self._total = said, total

    def run(self, *_: Any):
        for index in range(1, self._total + 1):
            self._said.append(f"node {index}")
            yield {"index": index, "total": self._total}

    def close(self) -> None:
        self._said.append("closed")


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    heard: list[str] = []
    monkeypatch.setattr(step, "warm_up", lambda: heard.append("the judge"))
    monkeypatch.setattr(step, "node_result", lambda event: SimpleNamespace(**event, built=True, name="a node"))
    return heard


def built(said: list[str], number: int, kind: str = "model", total: int = 20) -> list[str]:
    node = Node("model.e.m" if kind == "model" else "test.e.t", "m", kind, "code")
    plan = PlannedRun(number, (Decision(node, "rebuilt", "a test"),))
    dbt = FakeDbt(said, total)
    session: Any = SimpleNamespace(dbt=dbt, dbt_target=lambda run: "", dbt_vars=lambda run: {})
    assert len(list(step.build(session, plan, lambda text: None))) == total
    return said


def test_the_judge_comes_with_the_last_nodes_and_once(said: list[str]) -> None:
    assert built(said, 1) == [*(f"node {n}" for n in range(1, 19)), "the judge", "node 19", "node 20"]


def test_where_only_tests_run_nothing_is_judged_anew(said: list[str]) -> None:
    assert "the judge" not in built(said, 1, kind="test")


def test_after_its_last_run_dbt_ends(said: list[str]) -> None:
    assert built(said, 2, total=1) == ["node 1", "the judge", "closed"]


def test_a_table_about_the_judgement_that_dbt_cannot_build_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """No gate judges it, so nothing else would say a word."""
    monkeypatch.setattr(step, "note_results", lambda *_: [])
    session: Any = SimpleNamespace(catalogue=SimpleNamespace(of=lambda _: [SimpleNamespace(name="mart_gate_results")]))
    results = [
        NodeResult(f"model.ecoledger.{name}", name, "model", status, message, 1, 3, 0.1)
        for name, status, message in (
            ("mart_gate_results", "error", "Binder Error:\n  no such column"),
            ("mart_release_tables", "success", "OK"),
            ("mart_of_a_domain", "error", "its gate says it"),
        )
    ]
    (notice,) = step.finish_build(session, PlannedRun(2, ()), results, {}).notices
    assert "could not build mart_gate_results" in notice
    assert "Binder Error: no such column" in notice
