"""The dbt project as Dagster assets: two runs, the domains' marts first, the cross-domain ones after admission.

Here belong the two steps that run dbt. Not here: its nodes as assets (dbt_specs.py), running dbt (dbt_runner.py) or
judging what it built (gate_assets.py).

dbt's tests are no asset checks of their own: one failing blocking check would stop everything after it, and the gate
decides what blocks. They are counted on `candidate_<domain>`, an asset that always materialises, so that a domain
whose mart could not be built still reaches the gate and is held there.
"""

# No `from __future__ import annotations`: Dagster reads the annotations of its functions.
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from orchestration.dagster.dbt_specs import UNIQUE_ID, dbt_specs, domain_of
from orchestration.dagster.resources import Refresh
from orchestration.dbt_runs.build_nodes import in_second_run
from orchestration.dbt_runs.dbt_runner import NodeResult
from orchestration.dbt_runs.planned import begin_candidate
from orchestration.steps.build import build, finish_build, plan_build, summary_text
from warehouse.tables.catalogue import CROSS_DOMAIN, JUDGEMENT

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
        session, findings = refresh.session, refresh.findings
        # What did not fit into memory is built once more: the later result counts.
        by_node: dict[str, NodeResult] = {}
        keys = {spec.metadata[UNIQUE_ID]: spec.key for spec in specs}
        with refresh.step("build", "domains" if number == 1 else "cross-domain") as told:
            if number == 1:
                findings.before_full = begin_candidate(session)
            plan = plan_build(session, number, told.note)
            # The second run waits for every seed it reads: one that is loaded already counts as made.
            for decision in plan.carried:
                if decision.node.kind == "seed" and decision.node.id in keys:
                    yield dg.MaterializeResult(asset_key=keys[decision.node.id], metadata={"carried": True})
            for result in build(session, plan, told.note):
                by_node[result.unique_id] = result
                if result.built and result.unique_id in keys:
                    yield dg.MaterializeResult(
                        asset_key=keys[result.unique_id], metadata={"seconds": round(result.seconds, 3)}
                    )
            results = list(by_node.values())
            told.note(summary_text(results))
            built = finish_build(session, plan, results, findings.before_full)
        findings.plan += built.plan
        findings.notices += built.notices
        if built.differing:
            # Said once.
            findings.before_full = {}
        for domain in domains:
            mine = [r for r in results if _domain(r, manifest) == domain]
            context.log.info(f"{domain}: {summary_text(mine)}")
            yield dg.MaterializeResult(asset_key=candidate_key(domain), metadata=_metadata(mine))

    return run


def _domain(result: NodeResult, manifest: Mapping[str, Any]) -> str:
    """The domain a result counts for; a test counts where the node it hangs on stands."""
    node = manifest["nodes"].get(result.unique_id)
    if node is not None and node["resource_type"] == "test":
        node = manifest["nodes"].get(node.get("attached_node") or "")
    return domain_of(node, manifest) if node else ""


def _metadata(results: Sequence[NodeResult]) -> dict[str, Any]:
    bad = [r for r in results if r.status in ("error", "fail", "warn")]
    lines = "\n".join(f"- `{r.name}` {r.status}: {r.message}" for r in bad)
    return {
        "summary": summary_text(results),
        "seconds": round(sum(r.seconds for r in results), 3),
        "failed": dg.MetadataValue.md(lines or "none"),
    }
