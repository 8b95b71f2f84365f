"""Publishing: from admitted tables and gate records to an immutable directory that readers follow.

Here belongs the order: plan (release_plan.py), write (release_files.py), commit (rename, ledger, flip). Not here: the
judgement (expectations), copying (assembly.py), going back or pruning (releases.py). A kill before the ledger's entry
leaves nothing; one after it is completed by recovery.py.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from warehouse.atomic import fsync_dir, write_bytes
from warehouse.lake.lake import REPORTING_ZONE
from warehouse.paths import TEMPORARY, DataDir
from warehouse.release.gate_records import rows_kept
from warehouse.release.ledger import Ledger
from warehouse.release.manifest import Origin
from warehouse.release.release_files import write_release
from warehouse.release.release_plan import Judged, Outcome, Past, ReleasePlan, plan_release
from warehouse.release.releases import point_current, read_manifest, releases_of, to_replace
from warehouse.release.soundness import check_release
from warehouse.tables.catalogue import Catalogue
from warehouse.tables.staging import clear


@dataclass(frozen=True)
class Published:
    """What publishing came to. `outcome`: published, unchanged (same digest as current), or withdrawn (a rollback took
    this digest back, so it is not published again). Id and path are those of the new release or the one that is there.
    """

    release_id: str
    digest: str
    path: Path
    new: bool
    outcome: Outcome
    ledger_head: str


def publish(
    data: DataDir,
    catalogue: Catalogue,
    found: Judged,
    origin: Origin,
    *,
    now: datetime | None = None,
    zone: tzinfo = REPORTING_ZONE,
) -> Published:
    """Publishes what was admitted of the working database, and flips `current`. Under the lock.

    The tables of `found` are the domain marts (candidate.admit) and the cross-domain tables (candidate.fresh,
    admit_held). What the current release already holds with the same digest is taken over from it (kept.py).
    Refused if a table's digest lacks a passing record of this run or the current release's; nothing is left then.
    ReleaseError or LedgerError if the present release or the ledger was changed by hand.
    """
    at = (now or datetime.now(UTC)).astimezone(zone)
    ledger = Ledger(data.ledger_file)
    past = _past(data, ledger, with_rows=any(t.state == "held" for t in found.tables))
    plan = plan_release(catalogue, found, past, at)
    if plan.same is not None:
        path = plan.same.path if plan.outcome == "unchanged" else data.current
        return Published(plan.same.release_id, plan.digest, path, False, plan.outcome, ledger.head())
    folder = data.releases / f"{TEMPORARY}{plan.release_id}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        manifest = write_release(folder, data, catalogue, plan, origin)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    _commit(data, folder, plan, manifest)
    clear(data.ordered)
    head = Ledger(data.ledger_file).head()
    return Published(plan.release_id, plan.digest, data.release(plan.release_id), True, plan.outcome, head)


def _past(data: DataDir, ledger: Ledger, with_rows: bool) -> Past:
    """The releases so far, with the gate rows of the current one where they are asked for; ReleaseError if it is
    damaged.
    """
    entries = ledger.entries()
    past = Past(tuple(releases_of(data, entries)), replaces=to_replace(entries))
    now = past.current
    if now is None:
        return past
    check_release(now)
    rows = tuple(rows_kept(now)) if with_rows else ()
    return Past(past.known, read_manifest(now), rows, past.replaces)


def _commit(data: DataDir, folder: Path, plan: ReleasePlan, manifest: bytes) -> None:
    """Rename, ledger, flip: the ledger's entries are the moment from which the release counts."""
    folder.replace(data.release(plan.release_id))
    fsync_dir(data.releases)
    write_bytes(data.ledger_manifests / f"{plan.release_id}.json", manifest)
    Ledger(data.ledger_file).append_all(plan.ledger_entries(hashlib.sha256(manifest).hexdigest()), plan.at)
    point_current(data, plan.release_id)
