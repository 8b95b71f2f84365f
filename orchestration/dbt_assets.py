"""The dbt project as Dagster assets: two runs, the domains' marts first, the cross-domain ones after admission.

Here belong the two steps that run dbt. Not here: its nodes as assets (dbt_specs.py), running dbt (dbt_runner.py) or
judging what it built (gate_assets.py).

dbt's tests are no asset checks of their own: one failing blocking check would stop everything after it, and the gate
decides what blocks. They are counted on `candidate_<domain>`, an asset that always materialises, so that a domain
whose mart could not be built still reaches the gate and is held there.
"""

# No `from __future__ import annotations`: Dagster reads the annotations of its functions.
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

import dagster as dg

from orchestration.build_nodes import in_second_run
from orchestration.dbt_runner import NodeResult, node_result
from orchestration.dbt_specs import UNIQUE_ID, dbt_specs, domain_of
from orchestration.gate import warm_up
from orchestration.planned import PlannedRun, begin_candidate, explained, note_results, plan_run
from orchestration.progress import step
from orchestration.resources import Refresh
from orchestration.session import Session
from sources.disk import is_full
from warehouse.catalogue import CROSS_DOMAIN, JUDGEMENT
from warehouse.disk import DiskFull, full_text

DUCKDB_POOL = "duckdb"


def published_domains(manifest: Mapping[str, Any]) -> dict[str, list[str]]:
    """Marts by domain, as the exposures publish them, cross-domain and judgement last."""
    nodes = manifest["nodes"]
    names: dict[str, list[str]] = {}
    for exposure in manifest["exposures"].values():
        for unique_id in exposure["depends_on"]["nodes"]:
            node = nodes.get(unique_id)
            if node and node["resource_type"] == "model" and JUDGEMENT not in node["tags"]:
                domain = CROSS_DOMAIN if in_second_run(node) else domain_of(node, manifest)
                names.setdefault(domain, []).append(node["name"])
    ordered = sorted(names, key=lambda d: (d == CROSS_DOMAIN, d))
    return {domain: sorted(names[domain]) for domain in ordered}


def build_dbt_assets(manifest: Mapping[str, Any]) -> list[dg.AssetsDefinition]:
    """The two dbt steps over `manifest` (manifest.json as a dictionary)."""
    domains = published_domains(manifest)
    first = {d: marts for d, marts in domains.items() if d != CROSS_DOMAIN}
    second = {d: marts for d, marts in domains.items() if d == CROSS_DOMAIN}
    return [
        _dbt_step("build_domains", manifest, first, 1),
        _dbt_step("build_cross_domain", manifest, second, 2),
    ]


def candidate_key(domain: str) -> str:
    """The asset that says what dbt made of a domain."""
    return f"candidate_{domain}"


def _dbt_step(
    name: str, manifest: Mapping[str, Any], domains: Mapping[str, Sequence[str]], number: int
) -> dg.AssetsDefinition:
    """Run `number`: the second builds what is built after admission, the first the rest."""
    specs = dbt_specs(manifest, lambda node: in_second_run(node) == (number == 2))
    candidate_specs = [
        dg.AssetSpec(
            candidate_key(domain),
            deps=list(marts),
            group_name=domain,
            description=f"What dbt made of the {domain} marts: nodes built, tests passed and failed.",
            kinds={"dbt"},
        )
        for domain, marts in domains.items()
    ]

    # One writer: DuckDB lets a single process hold the candidate, and dbt is another process than ours.
    @dg.multi_asset(name=name, specs=[*specs, *candidate_specs], can_subset=False, pool=DUCKDB_POOL)
    def run(context: dg.AssetExecutionContext, refresh: Refresh) -> Iterator[dg.MaterializeResult]:
        session = refresh.session
        if number == 1:
            begin_candidate(session)
        results: list[NodeResult] = []
        keys = {spec.metadata[UNIQUE_ID]: spec.key for spec in specs}
        with step("build", "domains" if number == 1 else "cross-domain") as told:
            plan = plan_run(session, number)
            # What is carried is not judged again, and the judge takes seconds to import.
            if any(d.node.kind == "model" for d in plan.asked.values()):
                warm_up()
            told.note(f"{len(plan.asked)} of {len(plan.decisions)} nodes may have changed")
            # The second run waits for every seed it reads: one that is loaded already counts as made.
            for decision in plan.carried:
                if decision.node.kind == "seed" and decision.node.id in keys:
                    yield dg.MaterializeResult(asset_key=keys[decision.node.id], metadata={"carried": True})
            for result in _run(session, plan):
                results.append(result)
                told.note(f"{result.index} of {result.total}: {result.name}")
                if result.built and result.unique_id in keys:
                    yield dg.MaterializeResult(
                        asset_key=keys[result.unique_id], metadata={"seconds": round(result.seconds, 3)}
                    )
            told.note(summary_text(results))
        # A model that met a full disk says nothing about its domain: it must not be held for that.
        if any(r.status == "error" and is_full(r.message) for r in results):
            raise DiskFull(full_text(session.data.root))
        _require_seeds(results, [unique_id for unique_id in plan.asked if unique_id.startswith("seed.")])
        note_results(session, results)
        session.plan += explained(plan, results)
        for domain in domains:
            mine = [r for r in results if _domain(r, manifest) == domain]
            context.log.info(f"{domain}: {summary_text(mine)}")
            yield dg.MaterializeResult(asset_key=candidate_key(domain), metadata=_metadata(mine))

    return run


def _run(session: Session, plan: PlannedRun) -> Iterator[NodeResult]:
    """Runs dbt for what is asked; nothing is started where nothing is."""
    if not plan.asked:
        return
    target, variables = session.dbt_target(plan.number), session.dbt_vars(plan.number)
    # Closed at once however this step ends: dbt must not outlive it.
    with closing(session.dbt.run(plan.arguments, target, variables)) as events:
        yield from filter(None, map(node_result, events))


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
    raise dg.Failure(f"dbt did not load {len(lost)} of {len(seeds)} seeds ({', '.join(lost[:3])}, …): {why[:400]}")


def _domain(result: NodeResult, manifest: Mapping[str, Any]) -> str:
    """The domain a result counts for; a test counts where the node it hangs on stands."""
    node = manifest["nodes"].get(result.unique_id)
    if node is not None and node["resource_type"] == "test":
        node = manifest["nodes"].get(node.get("attached_node") or "")
    return domain_of(node, manifest) if node else ""


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


def _metadata(results: Sequence[NodeResult]) -> dict[str, Any]:
    bad = [r for r in results if r.status in ("error", "fail", "warn")]
    lines = "\n".join(f"- `{r.name}` {r.status}: {r.message}" for r in bad)
    return {
        "summary": summary_text(results),
        "seconds": round(sum(r.seconds for r in results), 3),
        "failed": dg.MetadataValue.md(lines or "none"),
    }
