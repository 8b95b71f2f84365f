"""Assets of judgement: gate_<domain> with a check per suite, what is admitted, the cross-domain gate, the release.

Here belong their definitions and how a verdict is shown. Not here: the judgement (expectations) or publishing
(warehouse). Checks show, they do not block: a blocking check stops only what runs after it in the same run, so the
release step itself refuses what has no passing record.
"""

# No `from __future__ import annotations`: Dagster reads the annotations of its functions.
import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import dagster as dg

from orchestration.dagster import groups
from orchestration.dagster.dbt_assets import DUCKDB_POOL, candidate_key, published_domains
from orchestration.dagster.groups import owners_by_domain
from orchestration.dagster.resources import Refresh
from orchestration.dagster.shown import tables_metadata
from orchestration.findings import Findings
from orchestration.steps.judge import judge_cross_domain, judge_domains
from orchestration.steps.publish import admit_tables, publish_release, published_rows
from sources.registry import Registry
from sources.registry.feed_model import CROSS_DOMAIN
from warehouse.candidate.admission import HeldContractChanged
from warehouse.release.gate_records import Refused
from warehouse.release.releases import DATABASE
from warehouse.tables.judged import GateRecord, GateReport

RELEASE = "release"
ADMITTED = "admitted"
CLEAN_LAYER = "clean_layer"


def build_gate_assets(manifest: Mapping[str, Any], registry: Registry) -> list[dg.AssetsDefinition]:
    """All gates of `manifest`, admission and release; a domain with feeds has its clean layer judged too."""
    domains = published_domains(manifest)
    first = {d: marts for d, marts in domains.items() if d != CROSS_DOMAIN}
    cross = {d: marts for d, marts in domains.items() if d == CROSS_DOMAIN}
    return [
        _gate("judge_domains", first, owners_by_domain(registry)),
        _admitted(list(first)),
        _gate("judge_cross_domain", cross, {}),
        _release(),
    ]


def gate_key(domain: str) -> str:
    """The asset that holds a domain's verdict."""
    return f"gate_{domain}"


def _gate(name: str, domains: Mapping[str, Sequence[str]], owners: Mapping[str, Sequence[str]]) -> dg.AssetsDefinition:
    """`owners`: the offices behind each domain that has feeds; its clean layer is judged too."""
    specs = [
        dg.AssetSpec(
            gate_key(domain),
            deps=[candidate_key(domain)],
            group_name=groups.GATE_CROSS_DOMAIN if domain == CROSS_DOMAIN else groups.GATE,
            owners=owners.get(domain, ()),
            description=f"The gate's verdict on {domain}: records bound to the digest of each table.",
            kinds={"greatexpectations"},
        )
        for domain in domains
    ]
    suites = {domain: [*marts, *([CLEAN_LAYER] if domain in owners else [])] for domain, marts in domains.items()}
    checks = [
        dg.AssetCheckSpec(suite, asset=gate_key(domain), description=f"Every expectation on {suite} holds.")
        for domain, names in suites.items()
        for suite in names
    ]

    # Reads the candidate, which no process may hold for writing meanwhile.
    @dg.multi_asset(name=name, specs=specs, check_specs=checks, can_subset=False, pool=DUCKDB_POOL)
    def judged(refresh: Refresh) -> Iterator[dg.MaterializeResult]:
        session = refresh.session
        with refresh.step("gate", "cross-domain" if CROSS_DOMAIN in domains else "domains") as told:
            report = judge_cross_domain(session) if CROSS_DOMAIN in domains else judge_domains(session)
            told.note(verdict_text(report))
        for domain, marts in domains.items():
            verdict = report.domain(domain)
            refresh.findings.verdicts[domain] = verdict.verdict if verdict else "fail"
            yield dg.MaterializeResult(
                asset_key=gate_key(domain),
                metadata={
                    "verdict": refresh.findings.verdicts[domain],
                    "reasons": dg.MetadataValue.md("\n".join(f"- {r}" for r in verdict.reasons) if verdict else "-"),
                },
                check_results=[_check(domain, suite, _of(report, domain, suite, marts)) for suite in suites[domain]],
            )

    return judged


def _admitted(domains: Sequence[str]) -> dg.AssetsDefinition:
    @dg.asset(
        name=ADMITTED,
        deps=[gate_key(domain) for domain in domains],
        group_name=groups.GATE,
        description="What the release will hold of each domain: fresh, held from the current release, or empty.",
        pool=DUCKDB_POOL,
        kinds={"duckdb"},
    )
    def admitted(refresh: Refresh) -> dg.MaterializeResult:
        session = refresh.session
        with refresh.step("gate", "admission") as told, _refusal_kept(refresh.findings):
            admission = admit_tables(session)
            count = len(admission.tables)
            text = ", ".join(f"{domain} {state}" for domain, state in sorted(admission.states.items()))
            told.note(f"{count} tables; {text}" if text else f"{count} tables, all fresh")
        refresh.findings.held.update(admission.held)
        return dg.MaterializeResult(metadata={"tables": count, "not_fresh": text or "none"})

    return admitted


def _release() -> dg.AssetsDefinition:
    @dg.asset(
        name=RELEASE,
        deps=[gate_key(CROSS_DOMAIN), ADMITTED],
        group_name=groups.RELEASE,
        description="The immutable published set; data/current points at it.",
        pool=DUCKDB_POOL,
        kinds={"duckdb", "parquet"},
    )
    def release(refresh: Refresh) -> dg.MaterializeResult:
        session = refresh.session
        with refresh.step("release") as told, _refusal_kept(refresh.findings):
            released = publish_release(session)
            published = released.published
            told.note(f"{published.release_id} ({published.outcome})")
        refresh.findings.published = published
        refresh.findings.held.update(released.held)
        return dg.MaterializeResult(
            metadata={
                "release_id": published.release_id,
                "outcome": published.outcome,
                "digest": published.digest,
                "path": dg.MetadataValue.path(published.path),
                "ledger_head": published.ledger_head,
                **tables_metadata(published_rows(session), session.data.current / DATABASE),
            }
        )

    return release


@contextmanager
def _refusal_kept(findings: Findings) -> Generator[None]:
    """Why nothing may be published is not a fault of the run, although its step fails."""
    try:
        yield
    except (Refused, HeldContractChanged) as stop:
        findings.refused = str(stop)
        raise


def verdict_text(report: GateReport) -> str:
    """'312 expectations; water fail, air warn' or '… all pass'."""
    unusual = ", ".join(f"{v.domain} {v.verdict}" for v in report.domain_verdicts if v.verdict != "pass")
    return f"{len(report.records)} expectations; {unusual or 'all pass'}"


def _check(domain: str, name: str, records: Sequence[GateRecord]) -> dg.AssetCheckResult:
    """One suite as a check: failed if a critical expectation failed, WARN if only warnings did; shows failing rows."""
    failed = [r for r in records if r.outcome == "fail"]
    warned = [r for r in records if r.outcome == "warn"]
    return dg.AssetCheckResult(
        asset_key=gate_key(domain),
        check_name=name,
        passed=bool(records) and not failed and not warned,
        severity=dg.AssetCheckSeverity.ERROR if failed or not records else dg.AssetCheckSeverity.WARN,
        metadata={
            "expectations": len(records),
            "failed": len(failed),
            "warned": len(warned),
            "what": dg.MetadataValue.md("\n".join(map(_line, (failed + warned)[:20])) or "every expectation holds"),
        },
    )


def _of(report: GateReport, domain: str, suite: str, marts: Sequence[str]) -> list[GateRecord]:
    """The records of one mart, or those of the clean layer beneath the domain's marts."""
    own = [r for r in report.records if r.domain == domain]
    return [r for r in own if (r.table_name not in marts if suite == CLEAN_LAYER else r.table_name == suite)]


def _line(record: GateRecord) -> str:
    rows = json.loads(record.failing_rows or "[]")
    shown = "".join(f"\n  - `{json.dumps(row, ensure_ascii=False, default=str)}`" for row in rows)
    return f"- **{record.outcome}** {record.expectation}: expected {record.expected}, observed {record.observed}{shown}"
