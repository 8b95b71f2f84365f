"""The fourth and fifth step: judge the domains, admit, judge the cross-domain group, publish.

Here belongs the order of calls into expectations and warehouse, and what refuses a release. Not here: any rule
about data, holding or publishing, or Dagster (gate_assets.py).
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from expectations.carry import Standing, standing_of
from expectations.dbt_results import DbtFinding, read_dbt_results
from expectations.gate import judge
from expectations.judge import import_library
from expectations.records import DomainVerdict, GateReport
from expectations.verdicts import domain_verdicts
from expectations.waivers import Waiver, load_waivers
from orchestration import handover
from orchestration.dbt_runner import RUN_RESULTS
from orchestration.planned import carried_tests
from orchestration.session import Session
from warehouse.build_plan import short
from warehouse.build_state import BuildState, Known, build_state
from warehouse.candidate import (
    CANDIDATE_SCHEMA,
    CROSS_SCHEMA,
    AdmittedTable,
    HeldContractChanged,
    admit,
    admit_held,
    fresh,
)
from warehouse.catalogue import CROSS_DOMAIN, Catalogue, MartTable
from warehouse.contract import ContractBroken
from warehouse.digest import contract_text
from warehouse.duck import connect
from warehouse.gate_records import Refused, rows_kept
from warehouse.ordered import clear, stage
from warehouse.release import Published, publish
from warehouse.releases import Release, current, hold, prune, read_manifest
from warehouse.sql import quoted

KEEP_RELEASES = 30
_REASONS_SHOWN = 3
_REASON_WIDTH = 240
# Bound to records of a table that is there but breaks its contract, so that it has no digest of its own.
BROKEN = "contract broken"


def warm_up() -> None:
    """Imports the judge in the background: it takes 3 s, and while dbt builds this process only waits for it."""
    threading.Thread(target=import_library, name="warm up the judge", daemon=True).start()


def judge_domains(session: Session) -> GateReport:
    """Judges every domain mart of the candidate and the clean layer beneath; keeps and returns the report."""
    clear(session.data.ordered)
    return _judge(session, "domains", session.catalogue.domain_marts, CANDIDATE_SCHEMA, 1, session.data.clean)


def judge_cross_domain(session: Session) -> GateReport:
    """Judges the cross-domain marts; keeps and returns the report."""
    return _judge(session, CROSS_DOMAIN, session.catalogue.of(CROSS_DOMAIN), CROSS_SCHEMA, 2, None)


def admit_tables(session: Session) -> list[AdmittedTable]:
    """Writes what the release will hold of each domain; HeldContractChanged if a held table's contract changed."""
    report = handover.load_report(session.data, "domains")
    verdicts = {v.domain: v for v in report.domain_verdicts}
    try:
        judged = _judged_digests(report)
        admitted = admit(session.data.build_db, session.catalogue, verdicts, judged, session.data, session.as_of())
    except HeldContractChanged as stop:
        session.refused = str(stop)
        raise
    session.states = handover.domain_states(admitted)
    session.held = {d: shortened(verdicts[d].reasons) if d in verdicts else "not judged" for d in session.states}
    handover.save_admitted(session.data, admitted)
    return admitted


def publish_release(session: Session) -> Published:
    """Publishes what was admitted and judged; Refused if the cross-domain group failed or a digest was not judged."""
    domains = handover.load_report(session.data, "domains")
    cross = handover.load_report(session.data, CROSS_DOMAIN)
    try:
        held = _hold_alone(session, cross)
        names, judged = {table.name for table in held}, _judged_digests(cross)
        built = [t for t in session.catalogue.of(CROSS_DOMAIN) if t.name not in names]
        published = publish(
            session.data,
            session.data.build_db,
            session.catalogue,
            [*handover.load_admitted(session.data), *held, *(fresh(t, judged.get(t.name, "")) for t in built)],
            [*domains.records, *cross.records],
            [*domains.domain_verdicts, *cross.domain_verdicts],
            session.lake.index.inputs(),
            as_of=session.as_of(),
            entered=session.lake.entered(),
            configuration=session.configuration(),
            waivers=[_waiver_entry(w) for w in _waivers(session)],
            docs_dir=handover.gate_folder(session.data) / "docs",
            zone=ZoneInfo(session.settings.zone),
        )
    except (Refused, HeldContractChanged) as stop:
        session.refused = str(stop)
        raise
    session.published = published
    prune(session.data, KEEP_RELEASES)
    return published


def _hold_alone(session: Session, report: GateReport) -> list[AdmittedTable]:
    """Holds the cross-domain tables that failed, so that the others publish; Refused if others are built from one."""
    verdict = report.domain(CROSS_DOMAIN)
    if verdict is not None and verdict.verdict != "fail":
        return []
    if verdict is not None:
        failed = failed_alone(session.catalogue, report)
        if failed:
            held = admit_held(session.data.build_db, failed, session.data, session.as_of())
            session.states[CROSS_DOMAIN] = held[0].state
            session.held[CROSS_DOMAIN] = shortened([r for own in failed.values() for r in own.reasons])
            return held
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
    """The first reasons on one line, cut to what a person reads; all of them stand in the gate's pages."""
    text = "; ".join(" ".join(reason.split())[:_REASON_WIDTH] for reason in reasons[:_REASONS_SHOWN])
    more = f"; and {len(reasons) - _REASONS_SHOWN} more" if len(reasons) > _REASONS_SHOWN else ""
    return text + more


def _judge(
    session: Session, name: str, tables: Sequence[MartTable], schema: str, run: int, clean_root: Path | None
) -> GateReport:
    docs = handover.gate_folder(session.data) / "docs" / name
    shutil.rmtree(docs, ignore_errors=True)
    before = current(session.data)
    with connect(session.data.spill, session.data.build_db, read_only=True) as con:
        digests, found = _digests(con, schema, tables, session.data.ordered)
        report = judge(
            con,
            session.catalogue,
            [t.name for t in tables],
            digests,
            _findings(session, run),
            before.path if before else None,
            _waivers(session),
            docs,
            clean_root=clean_root,
            as_of=session.as_of(),
            registry=session.settings.registry,
            standing=_standing(before, session.settings.full),
            reads=_admitted_digests(session) if run == 2 else {},
            clean_tokens=session.lake.tokens(),
        )
    with build_state(session.data.build_db) as state:
        state.put_digests(found)
    handover.save_report(session.data, name, report)
    return report


def _standing(release: Release | None, is_full: bool) -> Standing:
    """What the current release holds; no record of it where a full run judges all again, nothing before the first."""
    if release is None:
        return Standing()
    digests = {table["name"]: table["digest"] for table in read_manifest(release)["tables"]}
    return standing_of([] if is_full else rows_kept(release), digests)


def _admitted_digests(session: Session) -> dict[str, str]:
    """The digests of what the second run's tables are compared with."""
    return {table.name: table.digest for table in handover.load_admitted(session.data)}


def _digests(
    con: duckdb.DuckDBPyConnection, schema: str, tables: Sequence[MartTable], ordered: Path
) -> tuple[dict[str, str], Known]:
    """The digest of every table that the candidate holds, and what is to be kept of them.

    A table that holds what it held when its digest was taken is not read. Of the others the same pass leaves the
    Parquet in `ordered`; the release sorts a table again should it need one that is not there.
    """
    rows = con.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = ?", [schema]).fetchall()
    present = {name for (name,) in rows}
    state = BuildState(con)
    known, tokens = state.digests(), {short(node): token for node, token in state.tokens().items()}
    digests: dict[str, str] = {}
    found: dict[tuple[str, str, str], str] = {}
    for table in tables:
        if table.name not in present:
            continue
        place = (table.name, tokens.get(table.name, ""), contract_text(table))
        try:
            digests[table.name] = known.get(place) or stage(con, f"{schema}.{quoted(table.name)}", table, ordered)
        except ContractBroken:
            digests[table.name] = BROKEN
            continue
        if place[1]:
            found[place] = digests[table.name]
    return digests, found


def _judged_digests(report: GateReport) -> dict[str, str]:
    """The digest that each table's records are bound to."""
    return {record.table_name: record.table_digest for record in report.records}


def _findings(session: Session, run: int) -> tuple[DbtFinding, ...]:
    published = [table.name for table in session.catalogue.tables]
    results = session.dbt_target(run) / RUN_RESULTS
    return read_dbt_results(results, session.manifest_path, published, carried_tests(session, run))


def _waivers(session: Session) -> tuple[Waiver, ...]:
    return load_waivers(session.settings.config.waivers, session.settings.now.date())


def _waiver_entry(waiver: Waiver) -> dict[str, str]:
    entry = {name: getattr(waiver, name) for name in ("table", "expectation", "who", "approved_by", "reason")}
    return {**entry, "until": waiver.until.isoformat()}
