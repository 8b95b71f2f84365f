"""Planning a dbt run: what the lake and the gate now hold goes into the working database, the decisions come out.

Here belongs the traffic between lake, dbt's manifest and the build plan, and what is noted after a run. Not here: the
decision itself (build_plan.py), keeping it (build_state.py) or running dbt (dbt_assets.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from orchestration import handover
from orchestration.dbt_runs.build_nodes import Project, admitted_id
from orchestration.dbt_runs.dbt_runner import NO_ARTIFACTS, PROJECT, RUN_RESULTS, NodeResult
from warehouse.atomic import write_bytes
from warehouse.candidate.build_plan import MOMENT, Decision, decide, differing
from warehouse.candidate.build_state import build_state, left_by, prepare, remove

if TYPE_CHECKING:
    from orchestration.session import Session

# What dbt says of a model that its materialisation left alone (dbt_project/macros/carried.sql).
_LEFT_ALONE = "CARRIED"
_PLAN = "plan.json"


def begin_candidate(session: Session) -> dict[str, tuple[str, str]]:
    """Makes the working database ready: kept from the last refresh where it may be trusted, else made anew.

    Gives what a full build is compared with: by node its key and what it held; nothing where nothing is built anew.
    """
    data, before = session.data, {}
    if session.settings.full:
        before = left_by(data.build_db)
        remove(data.build_db)
    prepare(data.build_db, data.clean)
    for run in (1, 2):
        for name in (RUN_RESULTS, _PLAN):
            (session.dbt_target(run) / name).unlink(missing_ok=True)
    handover.forget(data)
    return before


@dataclass(frozen=True)
class PlannedRun:
    """One dbt run as planned: a decision for each of its nodes."""

    number: int
    decisions: tuple[Decision, ...]

    @cached_property
    def asked(self) -> dict[str, Decision]:
        """What dbt is asked for, by id."""
        return {d.node.id: d for d in self.decisions if d.verdict != "carried"}

    @property
    def carried(self) -> list[Decision]:
        """What dbt is not asked for."""
        return [d for d in self.decisions if d.verdict == "carried"]

    @property
    def arguments(self) -> list[str]:
        """dbt's command line for it."""
        names = sorted(d.node.name for d in self.asked.values())
        return ["build", NO_ARTIFACTS, "--select", *names, "--indirect-selection", "empty", *_ONLY]


# Unit tests belong to the test suite; a mart and a unit test may share a name.
_ONLY = ("--exclude-resource-type", "unit_test", "--exclude-resource-type", "exposure")


def plan_run(session: Session, number: int) -> PlannedRun:
    """Decides dbt run 1 or 2 and tells the working database what is wanted of it; keeps the decisions for the gate."""
    project = Project(session.manifest, PROJECT)
    marts = {table.name for table in session.catalogue.domain_marts}
    variables = session.dbt_vars(number)
    nodes = [n for n in project.nodes(variables, marts) if project.second_run(n.id) == (number == 2)]
    tokens = {f"{project.sources}.{table}": token for table, token in session.lake.tokens().items()}
    tokens |= {node.id: node.holds for node in nodes if node.holds} | {MOMENT: variables[MOMENT]}
    if number == 2:
        tokens |= {admitted_id(t.name): t.digest for t in handover.load_admitted(session.data)}
    with build_state(session.data.build_db) as state:
        state.put_tokens(tokens)
        state.put_days({f"{project.sources}.{table}": days for table, days in session.lake.day_tokens().items()})
        state.want(nodes)
        found = decide(nodes, state.tokens(), state.built(), state.there(project.relations))
        # A node that is not there, or whose run is cut off, was not built.
        state.forget(d.node.id for d in found if d.verdict == "rebuilt")
    run = PlannedRun(number, tuple(found))
    tests = [d.node.id for d in run.carried if d.node.kind == "test"]
    target = session.dbt_target(number)
    target.mkdir(parents=True, exist_ok=True)
    write_bytes(target / _PLAN, json.dumps({"carried_tests": tests}).encode(), durable=False)
    return run


def carried_tests(session: Session, number: int) -> list[str]:
    """Ids of the data tests that passed before on exactly what they would test now."""
    return json.loads((session.dbt_target(number) / _PLAN).read_bytes())["carried_tests"]


def note_results(session: Session, results: Iterable[NodeResult], before: Mapping[str, tuple[str, str]]) -> list[str]:
    """Notes which seeds are loaded and which tests passed; models note themselves while they are built.

    Gives the names of the tables that a full build made otherwise than those that were carried (`before`).
    """
    done = [r.unique_id for r in results if r.status == "pass" or (r.built and r.resource_type == "seed")]
    with build_state(session.data.build_db) as state:
        state.put_built(done)
        return differing(before, state.built(), state.tokens())


def explained(run: PlannedRun, results: Sequence[NodeResult]) -> list[dict[str, str]]:
    """The plan for people: a row for each model: table, verdict, reason and what came of it."""
    by_id: Mapping[str, NodeResult] = {r.unique_id: r for r in results}
    return [
        {"table": d.node.name, "verdict": d.verdict, "reason": d.reason, "outcome": _outcome(by_id.get(d.node.id))}
        for d in run.decisions
        if d.node.kind == "model"
    ]


def _outcome(result: NodeResult | None) -> str:
    if result is None:
        return "left as it is"
    if _LEFT_ALONE in result.message:
        return "left as it is: what it reads holds the same rows"
    return "built" if result.built else result.status
