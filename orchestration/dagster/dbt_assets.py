"""The dbt project as Dagster assets: two runs, the domains' marts first, the cross-domain ones after admission.

Here belong the two steps that run dbt. Not here: its nodes as assets and its tests as checks (dbt_specs.py,
dbt_checks.py), running dbt (dbt_runner.py) or
judging what it built (gate_assets.py).

A failed test stops nothing: its check does not block, because the gate decides what blocks. Tests are counted on
`candidate_<domain>` too, an asset that always materialises, so that a domain whose mart could not be built still
reaches the gate and is held there.
"""

# No `from __future__ import annotations`: Dagster reads the annotations of its functions.
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from orchestration.dagster.dbt_checks import DbtChecks
from orchestration.dagster.dbt_specs import UNIQUE_ID, JobOf, dbt_specs, domain_of
from orchestration.dagster.groups import marts as marts_group
from orchestration.dagster.groups import owners_by_domain
from orchestration.dagster.resources import Refresh
from orchestration.dagster.shown import tables_metadata
from orchestration.dbt_runs.build_nodes import in_second_run, tests_of_run
from orchestration.dbt_runs.dbt_runner import NodeResult
from orchestration.dbt_runs.planned import PlannedRun, begin_candidate
from orchestration.progress import Note
from orchestration.steps.build import build, finish_build, plan_build, row_counts, summary_text
from sources.registry import Registry
from sources.registry.feed_model import CROSS_DOMAIN
from warehouse.tables.catalogue import JUDGEMENT

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


def build_dbt_assets(manifest: Mapping[str, Any], registry: Registry, job_of: JobOf) -> list[dg.AssetsDefinition]:
    """The two dbt steps over `manifest` (manifest.json as a dictionary); `job_of` names the job of each node."""
    owners = owners_by_domain(registry)
    domains = published_domains(manifest)
    first = {d: marts for d, marts in domains.items() if d != CROSS_DOMAIN}
    second = {d: marts for d, marts in domains.items() if d == CROSS_DOMAIN}
    return [
        _dbt_step("build_domains", manifest, first, 1, owners, job_of),
        _dbt_step("build_cross_domain", manifest, second, 2, owners, job_of),
    ]


def candidate_key(domain: str) -> str:
    """The asset that says what dbt made of a domain."""
    return f"candidate_{domain}"


def _dbt_step(
    name: str,
    manifest: Mapping[str, Any],
    domains: Mapping[str, Sequence[str]],
    number: int,
    owners: Mapping[str, Sequence[str]],
    job_of: JobOf,
) -> dg.AssetsDefinition:
    """Run `number`: the second builds what is built after admission, the first the rest."""
    specs = dbt_specs(manifest, lambda node: in_second_run(node) == (number == 2), owners, job_of)
    keys = {spec.metadata[UNIQUE_ID]: spec.key for spec in specs}
    awaited = set() if number == 2 else _read_by_second(manifest)
    checks = DbtChecks(manifest, keys, tests_of_run(manifest, number))
    candidate_specs = [
        dg.AssetSpec(
            candidate_key(domain),
            deps=list(marts),
            group_name=marts_group(domain),
            owners=owners.get(domain, ()),
            description=f"What dbt made of the {domain} marts: nodes built, tests passed and failed.",
            kinds={"dbt"},
        )
        for domain, marts in domains.items()
    ]

    # One writer: DuckDB lets a single process hold the candidate, and dbt is another process than ours.
    @dg.multi_asset(
        name=name,
        specs=[*specs, *candidate_specs],
        check_specs=checks.specs,
        can_subset=False,
        pool=DUCKDB_POOL,
    )
    def run(
        context: dg.AssetExecutionContext, refresh: Refresh
    ) -> Iterator[dg.MaterializeResult | dg.Output[None] | dg.AssetCheckEvaluation]:
        # What did not fit into memory is built once more: the later result counts.
        by_node: dict[str, NodeResult] = {}
        with refresh.step("build", "domains" if number == 1 else "cross-domain") as told:
            plan = _planned(refresh, number, told.note)
            yield from _carried_seeds(plan, awaited)
            for result in build(refresh.session, plan, told.note):
                by_node[result.unique_id] = result
                if result.built and result.unique_id in keys:
                    yield dg.MaterializeResult(
                        asset_key=keys[result.unique_id], metadata={"seconds": round(result.seconds, 3)}
                    )
            results = list(by_node.values())
            _finish(refresh, plan, results)
            told.note(summary_text(results))
        rows = row_counts(refresh.session, number)
        yield from checks.results({decision.node.id for decision in plan.carried}, results)
        for domain, marts in domains.items():
            mine = [r for r in results if _domain(r, manifest) == domain]
            context.log.info(f"{domain}: {summary_text(mine)}")
            tables = {mart: rows[mart] for mart in marts if mart in rows}
            place = tables_metadata(tables, refresh.session.data.build_db)
            yield dg.MaterializeResult(asset_key=candidate_key(domain), metadata={**_metadata(mine), **place})

    return run


def _read_by_second(manifest: Mapping[str, Any]) -> set[str]:
    """Names of the assets that the second run's are made from."""
    specs = dbt_specs(manifest, in_second_run, {}, lambda node: "")
    return {dep.asset_key.to_user_string() for spec in specs for dep in spec.deps}


def _planned(refresh: Refresh, number: int, note: Note) -> PlannedRun:
    """What dbt run `number` has to build; the first begins the candidate."""
    if number == 1:
        refresh.findings.before_full = begin_candidate(refresh.session)
    return plan_build(refresh.session, number, note)


def _carried_seeds(plan: PlannedRun, awaited: Collection[str]) -> Iterator[dg.MaterializeResult]:
    """The second run waits for every seed it reads: one that is loaded already counts as made."""
    for decision in plan.carried:
        if decision.node.kind == "seed" and decision.node.name in awaited:
            yield dg.MaterializeResult(asset_key=decision.node.name, metadata={"carried": True})


def _finish(refresh: Refresh, plan: PlannedRun, results: Sequence[NodeResult]) -> None:
    """Keeps what came of `plan`; a table that a full build made otherwise is told once."""
    findings = refresh.findings
    built = finish_build(refresh.session, plan, results, findings.before_full)
    findings.plan += built.plan
    findings.notices += built.notices
    if built.differing:
        findings.before_full = {}


def _domain(result: NodeResult, manifest: Mapping[str, Any]) -> str:
    """The domain a result counts for; a test counts where the node it hangs on is."""
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
