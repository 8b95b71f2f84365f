"""Publishing: from admitted tables and gate records to an immutable directory that readers follow.

Here belong the refusals, the order of the steps (files, manifest last, ledger, flip) and the manifest. Not here: the
judgement (expectations), copying (assembly.py), going back or pruning (releases.py). A kill before the ledger's entry
leaves nothing; one after it is completed by recovery.py.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

from sources.deliveries import Receipt
from sources.registry.read_registry import registry
from warehouse.atomic import flush, fsync_dir, write_bytes
from warehouse.duck import STORAGE_VERSION
from warehouse.lake.lake import REPORTING_ZONE
from warehouse.paths import INSTALLED, TEMPORARY, DataDir
from warehouse.release import gate_records
from warehouse.release import manifest as manifest_parts
from warehouse.release.assembly import write_database, write_judgement, write_marts
from warehouse.release.code_state import code_state
from warehouse.release.gate_records import Record, Refused
from warehouse.release.kept import MARTS, Kept, kept_from
from warehouse.release.ledger import Ledger
from warehouse.release.releases import (
    DATABASE,
    MANIFEST,
    Release,
    point_current,
    read_manifest,
    releases_of,
    to_replace,
)
from warehouse.release.standing import check_release
from warehouse.tables.admitted import ADMITTED_SCHEMA, CANDIDATE_SCHEMA, CROSS_SCHEMA, AdmittedTable, Verdict
from warehouse.tables.catalogue import CROSS_DOMAIN, JUDGEMENT, Catalogue
from warehouse.tables.digest import release_digest
from warehouse.tables.ordered import OutOfOrder, clear

# The tables about the judgement itself, which this step fills.
GATE_RESULTS = "mart_gate_results"
RELEASE_TABLES = "mart_release_tables"
MANIFEST_FORMAT = 1
_DOMAIN_ZH = {CROSS_DOMAIN: "跨领域", JUDGEMENT: "审核"}


@dataclass(frozen=True)
class Published:
    """What publishing came to. `outcome`: published, unchanged (same digest as current), or withdrawn (a rollback took
    this digest back, so it is not published again). Id and path are those of the new or the standing release.
    """

    release_id: str
    digest: str
    path: Path
    new: bool
    outcome: str
    ledger_head: str


def publish(
    data: DataDir,
    build_db: Path,
    catalogue: Catalogue,
    admitted: Sequence[AdmittedTable],
    records: Iterable[Record],
    verdicts: Iterable[Verdict],
    inputs: Iterable[Receipt],
    *,
    as_of: datetime,
    entered: Sequence[Mapping[str, Any]] = (),
    configuration: Mapping[str, Any] | None = None,
    waivers: Sequence[Mapping[str, Any]] = (),
    docs_dir: Path | None = None,
    now: datetime | None = None,
    zone: tzinfo = REPORTING_ZONE,
) -> Published:
    """Publishes what was admitted of `build_db`, and flips `current`. Under the lock.

    `admitted` are the domain marts (candidate.admit) and the cross-domain tables (candidate.fresh, admit_held). What
    the current release already holds with the same digest is taken over from it (kept.py).

    `inputs` are the receipts of every cleaned delivery (Index.inputs), `entered` the files of users (Lake.entered),
    `configuration` what was chosen within the standards, `waivers` those in force, `docs_dir` the pages of the gate.
    Refused if a table's digest lacks a passing record of this run or the current release's; nothing is left then.
    ReleaseError or LedgerError if the present release or the ledger was changed by hand.
    """
    now = now or datetime.now(UTC)
    local = now.astimezone(zone).replace(tzinfo=None, microsecond=0)
    entries = Ledger(data.ledger_file).entries()
    known, replaces = releases_of(data, entries), to_replace(entries)
    before = next((r for r in known if r.state == "current"), None)
    seq = max((r.seq for r in known), default=0) + 1
    tables = list(admitted)
    _check_complete(catalogue, tables)
    fresh_rows = gate_records.rows_of(records, local)
    held = {t.name: (t.digest, t.release_of_origin) for t in tables if t.state == "held"}
    carried = gate_records.carried_rows(before, held)
    for table in tables:
        if table.state != "empty":
            rows = fresh_rows if table.state == "fresh" else carried
            gate_records.require_passing(rows, table.name, table.digest)
    domains = _domain_states(catalogue, tables)
    digest = release_digest([(t.name, t.digest) for t in tables], domains)
    release_id = f"{seq:06d}-{digest[:12]}"
    head = Ledger(data.ledger_file).head()
    if before and before.digest == digest:
        check_release(before)
        return Published(before.release_id, digest, before.path, False, "unchanged", head)
    if taken_back := next((r for r in known if r.withdrawn and r.digest == digest), None):
        return Published(taken_back.release_id, digest, data.current, False, "withdrawn", head)
    kept = kept_from(before, catalogue, {t.name: t.digest for t in tables})
    judged = [{**row, "release_id": release_id} for row in fresh_rows]
    folder = data.releases / f"{TEMPORARY}{release_id}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        shown = gate_records.latest(judged, carried, _gate_grain(catalogue))
        counted = _write_tables(folder, data, build_db, catalogue, tables, kept, shown, release_id, local)
        gate_records.write([*judged, *carried], folder / gate_records.FILE)
        if docs_dir is not None and docs_dir.is_dir():
            shutil.copytree(docs_dir, folder / "gate" / "docs")
        inputs_sha256 = manifest_parts.write_inputs(folder, inputs)
        files = manifest_parts.files(folder)
        for name in kept.tables:
            kept.require(f"{MARTS}/{name}.parquet", files[f"{MARTS}/{name}.parquet"]["sha256"])
        manifest = {
            "format": MANIFEST_FORMAT,
            "release_id": release_id,
            "seq": seq,
            "digest": digest,
            "published_at": now.astimezone(UTC).isoformat(),
            "as_of": as_of.isoformat(),
            "previous": {"release_id": before.release_id, "manifest_sha256": before.manifest_sha256}
            if before
            else None,
            "replaces": replaces,
            "code": code_state(INSTALLED),
            "inputs": {
                "file": manifest_parts.INPUTS,
                "sha256": inputs_sha256,
                "entered": [dict(table) for table in entered],
            },
            "configuration": dict(configuration or {}),
            "standards": [{"seed": name, "sha256": sha256} for name, sha256 in catalogue.seeds],
            "gate": {
                "records": gate_records.FILE,
                "verdicts": [{"domain": v.domain, "verdict": v.verdict, "reasons": list(v.reasons)} for v in verdicts],
            },
            "waivers": [dict(w) for w in waivers],
            "domains": domains,
            "tables": manifest_parts.table_entries(catalogue, tables, counted, release_id),
            # The size it has without what replaced tables leave behind: see kept.py.
            "database": {
                "storage": STORAGE_VERSION,
                "bytes_anew": kept.bytes_anew if kept.base else files[DATABASE]["bytes"],
            },
            "files": files,
        }
        content = json.dumps(manifest, sort_keys=True, indent=1, ensure_ascii=False, default=str).encode()
        write_bytes(folder / MANIFEST, content, durable=False)
        _seal(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    _make_current(data, folder, release_id, seq, digest, content, domains, before, replaces, now)
    clear(data.ordered)
    return Published(release_id, digest, data.release(release_id), True, "published", Ledger(data.ledger_file).head())


def _schema(table: AdmittedTable) -> str:
    """The schema of the working database that holds an admitted table."""
    if table.state != "fresh":
        return ADMITTED_SCHEMA
    return CROSS_SCHEMA if table.domain == CROSS_DOMAIN else CANDIDATE_SCHEMA


def _check_complete(catalogue: Catalogue, tables: Sequence[AdmittedTable]) -> None:
    wanted = {t.name for t in catalogue.tables if t.domain != JUDGEMENT}
    named = [t.name for t in tables]
    if set(named) != wanted or len(named) != len(wanted):
        raise Refused(f"admitted and declared tables differ: {sorted(wanted ^ set(named)) or 'a table stands twice'}")


def _gate_grain(catalogue: Catalogue) -> tuple[str, ...]:
    return next((t.grain for t in catalogue.of(JUDGEMENT) if t.name == GATE_RESULTS), ())


def _domain_states(catalogue: Catalogue, tables: Sequence[AdmittedTable]) -> dict[str, dict[str, str | None]]:
    """State, since and reason by domain: its worst table (empty, then held, then fresh) speaks for it."""
    states: dict[str, dict[str, str | None]] = {}
    for domain in catalogue.domains:
        own = [t for t in tables if t.domain == domain]
        worst = min(own, key=lambda t: (("empty", "held", "fresh").index(t.state), t.name))
        since = min((t.since for t in own if t.since), default=None)
        states[domain] = {
            "state": "held" if any(t.state == "held" for t in own) else worst.state,
            "since": since.isoformat() if since else None,
            "reason": worst.reason,
        }
    return states


def _write_tables(
    folder: Path,
    data: DataDir,
    build_db: Path,
    catalogue: Catalogue,
    tables: Sequence[AdmittedTable],
    kept: Kept,
    gate_rows: Sequence[Mapping[str, Any]],
    release_id: str,
    local: datetime,
) -> dict[str, tuple[str, int]]:
    """Writes Parquet and database; Refused if the database does not hold what was judged. Gives digests and rows."""
    names_zh = {feed.domain: feed.name_zh for feed in registry().feeds.values()} | _DOMAIN_ZH
    given = {t.name: (catalogue.table(t.name), t.digest, _schema(t)) for t in tables}
    rows = write_marts(folder / MARTS, build_db, data.spill, given, kept, data.ordered)
    judgement = {
        GATE_RESULTS: [{**row, "domain_zh": names_zh.get(row["domain"], row["domain"])} for row in gate_rows],
        RELEASE_TABLES: [
            {
                "table_name": t.name,
                "domain": t.domain,
                "domain_zh": names_zh[t.domain],
                "state": t.state,
                "stale_since": t.since,
                "reason": t.reason,
                "table_digest": t.digest,
                "row_count": rows[t.name],
                "release_id": release_id,
                "published_at": local,
            }
            for t in tables
        ],
    }
    write_judgement(folder / MARTS, data.spill, catalogue.of(JUDGEMENT), judgement)
    try:
        found = write_database(folder / DATABASE, folder / MARTS, data.spill, catalogue, kept)
    except OutOfOrder as wrong:
        raise Refused(f"what would be published is not what was judged: {wrong}") from None
    staying = {name: (entry["digest"], entry["rows"]) for name, entry in kept.tables.items()}
    counted = {**staying, **found}
    for table in tables:
        digest, count = counted[table.name]
        if digest != table.digest or (table.state == "empty" and count):
            raise Refused(f"{table.name}: what would be published is not what was judged")
    return counted


def _seal(folder: Path) -> None:
    """Takes the write permission from every file and makes all of them durable."""
    paths = list(folder.rglob("*"))
    for path in paths:
        if path.is_file():
            path.chmod(0o444)
    flush(folder, [*paths, folder])


def _make_current(
    data: DataDir,
    folder: Path,
    release_id: str,
    seq: int,
    digest: str,
    manifest: bytes,
    domains: Mapping[str, Mapping[str, str | None]],
    before: Release | None,
    replaces: str | None,
    now: datetime,
) -> None:
    """Rename, ledger, flip: the ledger's entries are the moment from which the release counts."""
    folder.replace(data.release(release_id))
    fsync_dir(data.releases)
    write_bytes(data.ledger_manifests / f"{release_id}.json", manifest)
    stood = read_manifest(before)["domains"] if before else {}
    payload = {
        "release_id": release_id,
        "seq": seq,
        "digest": digest,
        "manifest_sha256": hashlib.sha256(manifest).hexdigest(),
        "previous": before.release_id if before else None,
        "domains": {domain: state["state"] for domain, state in domains.items()},
    }
    if replaces:
        payload["replaces"] = replaces
    holds = [
        ("hold", {"domain": domain, **state, "release_id": release_id})
        for domain, state in domains.items()
        if state["state"] != "fresh" and stood.get(domain) != state
    ]
    Ledger(data.ledger_file).append_all([("release", payload), *holds], now)
    point_current(data, release_id)
