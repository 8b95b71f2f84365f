"""The fourth step: judge the marts of the domains, later the cross-domain group.

Here belongs the order of calls into expectations and warehouse. Not here: any rule about data, or Dagster
(gate_assets.py).
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

import duckdb

from expectations.carry import EarlierRelease, earlier_release
from expectations.dbt_results import DbtFinding, read_dbt_results
from expectations.gate import Case, Rules, judge
from expectations.great_judge import import_library
from orchestration import handover
from orchestration.dbt_runs.dbt_runner import RUN_RESULTS
from orchestration.dbt_runs.planned import carried_tests
from orchestration.session import Session
from sources.registry.feed_model import CROSS_DOMAIN
from warehouse.candidate.build_plan import short
from warehouse.candidate.build_state import BuildState, Known, build_state
from warehouse.duck import connect
from warehouse.release.gate_records import rows_kept
from warehouse.release.releases import Release, current, read_manifest
from warehouse.sql import quoted
from warehouse.tables.admitted import CANDIDATE_SCHEMA, CROSS_SCHEMA
from warehouse.tables.catalogue import MartTable
from warehouse.tables.contract import ContractBroken
from warehouse.tables.digest import contract_text
from warehouse.tables.judged import GateReport
from warehouse.tables.months import Month
from warehouse.tables.staging import clear, stage

# Digests of months by table and contract.
KnownMonths = Mapping[tuple[str, str], tuple[Month, ...]]
# Bound to records of a table that is there but breaks its contract, so that it has no digest of its own.
BROKEN = "contract broken"


def warm_up() -> None:
    """Imports the judge in the background: it takes 3 s, and while dbt ends this process only waits for it.

    Dagster writes its events through SQLAlchemy meanwhile, which uses whatever part of itself is loaded, and the judge
    loads one more: a part that is half loaded would end the step. So that part is loaded before.
    """
    import_module("sqlalchemy.orm")
    threading.Thread(target=import_library, name="warm up the judge", daemon=True).start()


def judge_domains(session: Session) -> GateReport:
    """Judges every domain mart of the candidate and the clean layer beneath; keeps and returns the report."""
    clear(session.data.ordered)
    return _judge(session, "domains", session.catalogue.domain_marts, CANDIDATE_SCHEMA, 1, session.data.clean)


def judge_cross_domain(session: Session) -> GateReport:
    """Judges the cross-domain marts; keeps and returns the report."""
    return _judge(session, CROSS_DOMAIN, session.catalogue.of(CROSS_DOMAIN), CROSS_SCHEMA, 2, None)


def judged_digests(report: GateReport) -> dict[str, str]:
    """The digest that each table's records are bound to."""
    return {record.table_name: record.table_digest for record in report.records}


def _judge(
    session: Session, name: str, tables: Sequence[MartTable], schema: str, run: int, clean_root: Path | None
) -> GateReport:
    docs = handover.gate_folder(session.data) / "docs" / name
    shutil.rmtree(docs, ignore_errors=True)
    with connect(session.data.spill, session.data.build_db, read_only=True) as con:
        digests, found, months = _digests(con, schema, tables, session.data.ordered)
        case = Case(
            tables=[t.name for t in tables],
            digests=digests,
            dbt=_findings(session, run),
            clean_root=clean_root,
            clean_tokens=session.lake.tokens(),
            reads=_admitted_digests(session) if run == 2 else {},
        )
        report = judge(con, case, _rules(session), docs)
    with build_state(session.data.build_db) as state:
        state.put_digests(found)
        state.put_months(months)
    handover.save_report(session.data, name, report)
    return report


def _rules(session: Session) -> Rules:
    return Rules(
        catalogue=session.catalogue,
        as_of=session.as_of(),
        waivers=session.waivers,
        earlier=_earlier(current(session.data), session.settings.full),
        registry=session.settings.registry,
    )


def _earlier(release: Release | None, is_full: bool) -> EarlierRelease:
    """What the current release holds; no record of it where a full run judges all again, nothing before the first."""
    if release is None:
        return EarlierRelease()
    digests = {table["name"]: table["digest"] for table in read_manifest(release)["tables"]}
    return earlier_release([] if is_full else rows_kept(release), digests, release.path)


def _admitted_digests(session: Session) -> dict[str, str]:
    """The digests of what the second run's tables are compared with."""
    return {table.name: table.digest for table in handover.load_admitted(session.data)}


def _digests(
    con: duckdb.DuckDBPyConnection, schema: str, tables: Sequence[MartTable], ordered: Path
) -> tuple[dict[str, str], Known, KnownMonths]:
    """The digest of every table that the candidate holds, and what is to be kept of tables and of their months.

    A table, or a month of it, that holds what it held when its digest was taken is not read. Of the others the same
    pass leaves the Parquet in `ordered`; the release sorts again what it needs and is not there.
    """
    rows = con.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = ?", [schema]).fetchall()
    present = {name for (name,) in rows}
    state = BuildState(con)
    known, tokens = state.digests(), {short(node): token for node, token in state.tokens().items()}
    digests: dict[str, str] = {}
    found: dict[tuple[str, str, str], str] = {}
    months: dict[tuple[str, str], tuple[Month, ...]] = {}
    for table in tables:
        if table.name not in present:
            continue
        contract = contract_text(table)
        place = (table.name, tokens.get(table.name, ""), contract)
        if place in known:
            digests[table.name] = found[place] = known[place]
            continue
        before = state.known_months(table.name, contract) if table.day and place[1] else []
        try:
            made = stage(con, f"{schema}.{quoted(table.name)}", table, ordered, before)
        except ContractBroken:
            digests[table.name] = BROKEN
            continue
        digests[table.name] = made.digest
        if place[1]:
            found[place] = made.digest
            months |= {(table.name, contract): made.months} if table.day else {}
    return digests, found, months


def _findings(session: Session, run: int) -> tuple[DbtFinding, ...]:
    published = [table.name for table in session.catalogue.tables]
    results = session.dbt_target(run) / RUN_RESULTS
    return read_dbt_results(results, session.manifest_path, published, carried_tests(session, run))
