"""The fifth step: admit what passed, hold what failed, publish.

Here belongs the order of calls into warehouse, and what refuses a release. Not here: any rule about holding or
publishing, or Dagster (gate_assets.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from expectations.verdicts import domain_verdicts
from expectations.waivers import Waiver
from orchestration import handover
from orchestration.session import Session
from orchestration.source_table import source_rows
from orchestration.steps.judge import judged_digests
from sources.registry.feed_model import CROSS_DOMAIN
from warehouse.candidate.admission import admit, admit_held, fresh
from warehouse.release.gate_records import Refused
from warehouse.release.manifest import Origin
from warehouse.release.publication import Published, publish
from warehouse.release.release_plan import Judged
from warehouse.release.releases import current, hold, prune, read_manifest
from warehouse.tables.admitted import AdmittedTable
from warehouse.tables.catalogue import Catalogue, MartTable
from warehouse.tables.judged import DomainVerdict, GateReport

KEEP_RELEASES = 30
_REASONS_SHOWN = 3
_REASON_WIDTH = 240


@dataclass(frozen=True)
class Admission:
    """Tables that the release will hold; of each domain that is not fresh whether it is held or empty, and why; `held`
    also says why parts of fresh tables are held.
    """

    tables: list[AdmittedTable]
    states: dict[str, str] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Released:
    """What was published, and why cross-domain tables were held, if any were."""

    published: Published
    held: dict[str, str] = field(default_factory=dict)


def admit_tables(session: Session) -> Admission:
    """Writes what the release will hold of each domain; HeldContractChanged if a held table's contract changed."""
    report = handover.load_report(session.data, "domains")
    verdicts = {v.domain: v for v in report.domain_verdicts}
    judged = judged_digests(report)
    admitted = admit(session.data.build_db, session.catalogue, verdicts, judged, session.data, session.as_of())
    states = handover.states_not_fresh(admitted)
    held = {d: shortened(verdicts[d].reasons) if d in verdicts else "not judged" for d in states}
    for domain, verdict in verdicts.items():
        if domain not in states:
            held |= {f"{domain} of {part}": shortened(reasons) for part, reasons in verdict.parts.items()}
    handover.save_admitted(session.data, admitted)
    return Admission(admitted, states, held)


def publish_release(session: Session) -> Released:
    """Publishes what was admitted and judged; Refused if the cross-domain group failed or a digest was not judged,
    HeldContractChanged if a held table's contract changed.
    """
    domains = handover.load_report(session.data, "domains")
    cross = handover.load_report(session.data, CROSS_DOMAIN)
    held, why = _hold_alone(session, cross)
    names, judged = {table.name for table in held}, judged_digests(cross)
    built = [t for t in session.catalogue.of(CROSS_DOMAIN) if t.name not in names]
    cross_tables = [*held, *(fresh(t, judged.get(t.name, "")) for t in built)]
    found = Judged(
        tables=(*handover.load_admitted(session.data), *cross_tables),
        records=(*domains.records, *cross.records),
        verdicts=(*domains.domain_verdicts, *cross.domain_verdicts),
    )
    zone = ZoneInfo(session.settings.zone)
    published = publish(session.data, session.catalogue, found, _origin(session), zone=zone)
    prune(session.data, KEEP_RELEASES)
    return Released(published, {CROSS_DOMAIN: why} if held else {})


def published_rows(session: Session) -> dict[str, int]:
    """Rows of every table of the current release; none before the first."""
    release = current(session.data)
    return {table["name"]: table["rows"] for table in read_manifest(release)["tables"]} if release else {}


def _hold_alone(session: Session, report: GateReport) -> tuple[list[AdmittedTable], str]:
    """Holds the cross-domain tables that failed, so that the others publish, and says why; Refused if others are built
    from one.
    """
    verdict = report.domain(CROSS_DOMAIN)
    if verdict is not None and verdict.verdict != "fail":
        return [], ""
    if verdict is not None:
        failed = failed_alone(session.catalogue, report)
        if failed:
            held = admit_held(session.data.build_db, failed, session.data, session.as_of())
            return held, shortened([r for own in failed.values() for r in own.reasons])
    reason = shortened(verdict.reasons) if verdict else "it was not judged"
    hold(session.data, CROSS_DOMAIN, reason, session.as_of().isoformat())
    pages = handover.gate_folder(session.data) / "docs" / CROSS_DOMAIN / "index.html"
    raise Refused(f"the cross-domain group failed its gate: {reason} (all of it: {pages})")


def failed_alone(catalogue: Catalogue, report: GateReport) -> dict[MartTable, DomainVerdict]:
    """The cross-domain tables that failed, each with its own reasons; none if another table is built from one."""
    failed = [catalogue.table(v.table) for v in report.table_verdicts if v.verdict == "fail"]
    if any(table.is_read for table in failed):
        return {}
    broken = [r for r in report.records if r.outcome == "fail"]
    return {table: domain_verdicts([r for r in broken if r.table_name == table.name])[0] for table in failed}


def shortened(reasons: Sequence[str]) -> str:
    """The first reasons on one line, cut to what a person reads; all of them are in the gate's pages."""
    text = "; ".join(" ".join(reason.split())[:_REASON_WIDTH] for reason in reasons[:_REASONS_SHOWN])
    more = f"; and {len(reasons) - _REASONS_SHOWN} more" if len(reasons) > _REASONS_SHOWN else ""
    return text + more


def _origin(session: Session) -> Origin:
    """What the release is made of and under."""
    return Origin(
        as_of=session.as_of(),
        inputs=tuple(session.lake.index.inputs()),
        entered=session.lake.entered(),
        configuration=session.configuration(),
        waivers=[_waiver_entry(w) for w in session.waivers],
        docs=handover.gate_folder(session.data) / "docs",
        sources=source_rows(session.settings, session.lake.index),
    )


def _waiver_entry(waiver: Waiver) -> dict[str, str]:
    entry = {name: getattr(waiver, name) for name in ("table", "expectation", "who", "approved_by", "reason")}
    return {**entry, "until": waiver.until.isoformat()}
