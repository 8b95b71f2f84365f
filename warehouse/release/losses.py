"""What only a person may decide: that a release is lost, that a ledger is lost and begins anew. Every step is an entry.

Here belong the ways out that soundness.py names. Not here: what a killed writer left (recovery.py puts that right by
itself) or building anything: the next refresh does. The caller holds the lock.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Set
from dataclasses import asdict, dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any

from sources.registry.feed_model import Registry
from warehouse.atomic import fsync_dir
from warehouse.lake.intact import CLEAN, LakeDamaged, changed, everything, raw_damage
from warehouse.lake.lake import Lake
from warehouse.lake.landing import raw_paths, stored_receipts
from warehouse.lake.sidecar import deliveries_of, parse_sidecar
from warehouse.paths import PART, SIDECAR, DataDir
from warehouse.recovery import recover
from warehouse.release.ledger import Ledger, LedgerError
from warehouse.release.releases import (
    MANIFEST,
    Release,
    ReleaseError,
    is_release_id,
    point_current,
    pointed_at,
    releases,
    verify_files,
)
from warehouse.release.soundness import check_ledger, damages

_RECEIPT = ".receipt.json"


@dataclass(frozen=True)
class Signed:
    """Who decided, and why; the ledger keeps both."""

    who: str
    reason: str


def repair(
    data: DataDir,
    registry: Registry,
    zone: tzinfo,
    noted: Mapping[str, Any],
    signed: Signed,
    *,
    restart: bool = False,
    give_up_raw: bool = False,
) -> list[str]:
    """Puts right whatever can be, and gives what was done, a sentence each.

    `noted` as in soundness.check_ledger. LedgerError if the ledger is lost and `restart` is not set, ReleaseError if it
    is set and the ledger is sound; LakeDamaged names raw bytes that only a person can put back, unless `give_up_raw`
    says that nobody can.
    """
    done = []
    try:
        check_ledger(data, noted)
    except LedgerError:
        if not restart:
            raise
        done.append(restart_ledger(data, signed, noted.get("ledger_head")))
    else:
        if restart:
            raise ReleaseError("the ledger is sound: there is nothing to restart")
        Ledger(data.ledger_file).drop_torn_end()
    done += note_losses(data, signed)
    done += _point_back(data)
    if give_up_raw:
        done += _give_up_raw(data, registry, zone, signed)
    recover(data, registry, zone)
    return done + _mend_lake(data, registry, zone)


def note_losses(data: DataDir, signed: Signed) -> list[str]:
    """Notes every damaged release as lost; readers go back to the newest sound one, or to none."""
    lost = [release for release, _ in damages(data)]
    if not lost:
        return []
    known = releases(data)
    was = next((r for r in known if r.state == "current" and r in lost), None)
    now = next((r for r in known if r.state == "current" and r not in lost), None)
    if was:
        sound = [r for r in known if r.state == "kept" and r.seq < was.seq and r not in lost]
        now = sound[-1] if sound else None
    payload = {
        "releases": [r.release_id for r in lost],
        "was_current": was.release_id if was else None,
        "current": now.release_id if now else None,
        **asdict(signed),
    }
    Ledger(data.ledger_file).append("loss", payload)
    text = f"noted as lost: {', '.join(payload['releases'])}"
    return [text if not was else f"{text}; {now.release_id if now else 'no release'} is current until the next refresh"]


def restart_ledger(data: DataDir, signed: Signed, last_head: str | None) -> str:
    """Begins a new ledger that says why, by whom, and which releases it found; what is left of the old one is kept.

    The release that readers follow stays current if its files are those of its own manifest. Nothing vouches for the
    others any more: which of them were withdrawn, only the lost ledger knew.
    """
    old = _keep_old(data)
    found = [r for r in map(lambda name: _found(data, name), _names(data)) if r is not None]
    pointed = pointed_at(data)
    now = next((r for r in found if r.release_id == pointed and _sound(r)), None)
    payload = {
        **asdict(signed),
        "lost_head": last_head,
        "lost_ledger_sha256": old,
        "current": now.release_id if now else None,
        "releases": [_fields(r, "kept" if r is now else r.state) for r in found],
    }
    Ledger(data.ledger_file).append("restart", payload)
    if now is None and pointed is not None:
        data.current.unlink()
    return f"a new ledger begins; {f'{now.release_id} stays current' if now else 'no release is current'}"


def _keep_old(data: DataDir) -> str | None:
    """Moves what is left of the old ledger next to the new one; gives its SHA-256."""
    if not data.ledger_file.exists():
        data.ledger_file.parent.mkdir(parents=True, exist_ok=True)
        return None
    sha256 = hashlib.sha256(data.ledger_file.read_bytes()).hexdigest()
    data.ledger_file.replace(data.ledger_file.with_name(f"lost-{sha256[:12]}.jsonl"))
    fsync_dir(data.ledger_file.parent)
    return sha256


def _names(data: DataDir) -> list[str]:
    folders = {p.name for p in data.releases.glob("*") if is_release_id(data, p.name)}
    copies = {p.stem for p in data.ledger_manifests.glob("*.json") if is_release_id(data, p.stem)}
    return sorted(folders | copies)


def _found(data: DataDir, name: str) -> Release | None:
    """A release as its own manifest, or the copy of it, describes it; None if neither can be read."""
    path = data.release(name)
    for file in (path / MANIFEST, data.ledger_manifests / f"{name}.json"):
        try:
            content = file.read_bytes()
            manifest = json.loads(content)
            sha256 = hashlib.sha256(content).hexdigest()
            state = "unvouched" if path.is_dir() else "pruned"
            return Release(
                name, manifest["seq"], manifest["digest"], manifest["published_at"], sha256, state, False, path
            )
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None


def _fields(release: Release, state: str) -> dict[str, Any]:
    names = ("release_id", "seq", "digest", "published_at", "manifest_sha256")
    return {**{name: getattr(release, name) for name in names}, "state": state}


def _sound(release: Release) -> bool:
    try:
        return not verify_files(release)
    except ReleaseError:
        return False


def _point_back(data: DataDir) -> list[str]:
    now = next((r for r in releases(data) if r.state == "current"), None)
    if pointed_at(data) == (now.release_id if now else None):
        return []
    if now is None:
        data.current.unlink()
        return [f"{data.current} is gone: no release is current"]
    point_current(data, now.release_id)
    return [f"{data.current} points at {now.release_id} again"]


def _give_up_raw(data: DataDir, registry: Registry, zone: tzinfo, signed: Signed) -> list[str]:
    """Sets damaged raw bytes aside with their receipts, as if they had never come; the ledger keeps which.

    Where the source still offers them they are fetched again. Partitions with their readings are dropped and made again
    from the deliveries that are left.
    """
    lost = {note: r for note, r in stored_receipts(data) if raw_damage(raw_paths(data, r)[0], r)}
    if not lost:
        return []
    now = next((r.release_id for r in releases(data) if r.state == "current"), None)
    named = [{"feed": r.feed, "sha256": r.sha256, "file_name": r.file_name} for r in lost.values()]
    payload = {"releases": [], "was_current": None, "current": now, "raw": named, **asdict(signed)}
    Ledger(data.ledger_file).append("loss", payload)
    with Lake(data, registry, zone) as lake:
        lake.index.set_mark("raw bytes are given up")
    ids = {note.name.removesuffix(_RECEIPT) for note in lost}
    for sidecar in data.clean.glob(f"*/*/{SIDECAR}"):
        own = deliveries_of(parse_sidecar(sidecar.parent) or {})
        if ids & own or _superseded_by(data.superseded / sidecar.parent.relative_to(data.clean) / PART, ids):
            sidecar.unlink()
    for note, receipt in lost.items():
        for path in (note, raw_paths(data, receipt)[0]):
            if path.exists():
                aside = data.damaged / path.relative_to(data.root)
                aside.parent.mkdir(parents=True, exist_ok=True)
                path.replace(aside)
    return [f"given up: {r.file_name} ({r.feed}, {r.sha256}); set aside in {data.damaged}" for r in lost.values()]


def _superseded_by(file: Path, ids: Set[str]) -> bool:
    """Whether readings no longer hold because of one of the deliveries, which may lie on another day (a ticket)."""
    if not file.exists():
        return False
    import polars as pl

    try:
        by = pl.read_parquet(file, glob=False, columns=["by_delivery_id"]).to_series()
    except pl.exceptions.PolarsError:
        return True
    return not ids.isdisjoint(by.to_list())


def _mend_lake(data: DataDir, registry: Registry, zone: tzinfo) -> list[str]:
    if not data.index_file.exists():
        return []
    with Lake(data, registry, zone) as lake:
        found = list(everything(data, registry, lake.index))
    if beyond := [str(damage) for damage in found if damage.kind != CLEAN]:
        raise LakeDamaged("\n".join(beyond))
    return mend(data, registry, zone) if found else []


def mend(data: DataDir, registry: Registry, zone: tzinfo) -> list[str]:
    """Drops clean partitions that are not what was written, so that they are made again from raw; names them.

    LakeDamaged names files that nobody here wrote. Looks at what was touched only (intact.changed).
    """
    if not data.index_file.exists():
        return []
    with Lake(data, registry, zone) as lake:
        if lake.needs_repair:
            return []
        found = changed(data, registry, lake.index)
        if strays := [str(damage) for damage in found if damage.kind != CLEAN]:
            raise LakeDamaged("\n".join(strays))
        if not found:
            return []
        lake.index.set_mark("clean files were changed")
        lake.reconcile()
    return [f"{damage.path}: {damage.what}; it is made again from raw" for damage in found]
