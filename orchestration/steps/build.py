"""The third step: dbt builds what the plan asks for, the domains' marts first, the cross-domain ones after admission.

Here belongs one dbt run as a step: what it says while it works, and what of it fails the step. Not here: what is asked
of dbt (dbt_runs/planned.py), the process (dbt_runs/dbt_runner.py), or Dagster (dbt_assets.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestration.dbt_runs.dbt_runner import NodeResult, node_result
from orchestration.dbt_runs.planned import PlannedRun, explained, note_results, plan_run
from orchestration.environment import give_back_memory
from orchestration.steps.judge import warm_up
from sources.disk import is_full
from sources.readers import close_readers
from sources.registry.feed_model import CROSS_DOMAIN
from warehouse.duck import connect
from warehouse.engine_limits import fit_memory
from warehouse.full_disk import DiskFull, full_text
from warehouse.sql import literal, quoted
from warehouse.tables.admitted import CANDIDATE_SCHEMA, CROSS_SCHEMA
from warehouse.tables.catalogue import JUDGEMENT

if TYPE_CHECKING:
    from orchestration.progress import Note
    from orchestration.session import Session
    from warehouse.tables.catalogue import MartTable


class SeedsNotLoaded(RuntimeError):
    """dbt did not load seeds, so that no domain can be judged; the message names them and says why."""


@dataclass(frozen=True)
class Built:
    """What a dbt run came to: a row for each model for people, and names of the tables that a full build made otherwise
    than those that were carried. `unjudged`: what dbt said of tables that it could not build and that no gate asks for.
    """

    plan: list[dict[str, str]] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    unjudged: dict[str, str] = field(default_factory=dict)

    @property
    def notices(self) -> list[str]:
        """What to say of it aloud."""
        said = [
            f"dbt could not build {name}, which the release step fills by itself: this is a fault of EcoLedger, and no "
            f"figure depends on it ({' '.join(why.split())})"
            for name, why in self.unjudged.items()
        ]
        if self.differing:
            said.append(
                f"the full build differs from what was carried, from the same inputs, in {', '.join(self.differing)}: "
                "this is a fault of EcoLedger, and the figures of the full build are published"
            )
        return said


def plan_build(session: Session, number: int, note: Note) -> PlannedRun:
    """Decides what dbt run 1 or 2 has to build.

    What cleaning leaves behind goes before the first: dbt's process is about to take its memory.
    """
    if number == 1:
        close_readers()
        fit_memory(session.lake.index.readings())
    plan = plan_run(session, number)
    note(f"{len(plan.asked)} of {len(plan.decisions)} nodes may have changed")
    give_back_memory()
    return plan


def build(session: Session, plan: PlannedRun, note: Note) -> Iterator[NodeResult]:
    """Runs dbt over what `plan` asks for and yields every result as it comes.

    The judge takes seconds to import and 100 MB. It comes with the last tenth of the nodes: in time for the gate, and
    not while dbt builds the largest tables. What is carried is not judged again.
    """
    waiting = any(d.node.kind == "model" for d in plan.asked.values())
    for result in _run(session, plan):
        if waiting and 10 * result.index >= 9 * result.total:
            waiting = False
            warm_up()
        # A test is named by what it broke, at the end; while it runs its name tells a person nothing.
        note(f"{result.index} of {result.total}" + (f": {result.name}" if result.built else ""))
        yield result


def finish_build(
    session: Session, plan: PlannedRun, results: Sequence[NodeResult], before: Mapping[str, tuple[str, str]]
) -> Built:
    """Keeps what came of `plan` for the gate and for the next refresh; `before` as begin_candidate gave it.

    DiskFull if a node met a full disk: its domain must not be held for that. SeedsNotLoaded if a seed is missing.
    """
    if any(r.status == "error" and is_full(r.message) for r in results):
        raise DiskFull(full_text(session.data.root))
    _require_seeds(results, [unique_id for unique_id in plan.asked if unique_id.startswith("seed.")])
    alone = _not_built(results, session.catalogue.of(JUDGEMENT))
    return Built(explained(plan, results), note_results(session, results, before), alone)


def _not_built(results: Sequence[NodeResult], tables: Iterable[MartTable]) -> dict[str, str]:
    """What dbt said of each of `tables` that it could not build. Any other that is missing fails at the gate."""
    names = {table.name for table in tables}
    return {r.name: r.message for r in results if r.status == "error" and r.name in names}


def row_counts(session: Session, number: int) -> dict[str, int]:
    """Rows of every mart of dbt run 1 or 2 that the candidate holds."""
    schema = CANDIDATE_SCHEMA if number == 1 else CROSS_SCHEMA
    tables = session.catalogue.domain_marts if number == 1 else session.catalogue.of(CROSS_DOMAIN)
    with connect(session.data.spill, session.data.build_db, read_only=True) as con:
        named = con.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = ?", [schema])
        there = {name for (name,) in named.fetchall()} & {table.name for table in tables}
        counts = (f"SELECT {literal(name)}, count(*) FROM {schema}.{quoted(name)}" for name in sorted(there))
        return dict(con.execute(" UNION ALL ".join(counts)).fetchall()) if there else {}


def _run(session: Session, plan: PlannedRun) -> Iterator[NodeResult]:
    """Runs dbt for what is asked; nothing is started where nothing is."""
    if not plan.asked:
        return
    target, variables = session.dbt_target(plan.number), session.dbt_vars(plan.number)
    # Closed at once however this step ends: dbt must not outlive it.
    with closing(session.dbt.run(plan.arguments, target, variables)) as events:
        yield from filter(None, map(node_result, events))
    if plan.number == 2:
        # Its last run: what it holds (200 MB) is for the gate and the release.
        session.dbt.close()


def _require_seeds(results: Sequence[NodeResult], seeds: Sequence[str]) -> None:
    """Fails the step if a seed was not loaded: no domain can be judged without standards and plan.

    A mart that is missing is the gate's business. A seed is not, and Dagster would wait for ever for a step whose
    inputs are partly skipped and partly failed.
    """
    built = {r.unique_id for r in results if r.built}
    lost = [unique_id.split(".")[-1] for unique_id in seeds if unique_id not in built]
    if not lost:
        return
    said = "; ".join(f"{r.name}: {r.message}" for r in results if r.status == "error")
    why = said or "dbt ended before it built anything"
    raise SeedsNotLoaded(f"dbt did not load {len(lost)} of {len(seeds)} seeds ({', '.join(lost[:3])}, …): {why[:400]}")


def summary_text(results: Sequence[NodeResult]) -> str:
    """'24 models, 3 seeds, 120 tests; 1 failed, 2 skipped'."""
    built = [r for r in results if r.built]
    tests = sum(r.resource_type == "test" for r in results)
    text = f"{sum(r.resource_type == 'model' for r in built)} models, {tests} tests"
    counts = {
        "failed": sum(r.status in ("error", "fail") for r in results),
        "warned": sum(r.status == "warn" for r in results),
        "skipped": sum(r.status == "skip" or r.status == "skipped" for r in results),
    }
    unusual = ", ".join(f"{n} {word}" for word, n in counts.items() if n)
    return f"{text}; {unusual}" if unusual else text
