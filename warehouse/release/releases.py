"""The set of releases: which are kept, which one readers follow, going back, pruning.

Here belongs what the ledger's entries mean: the ledger decides, the symbolic link `current` follows. Not here:
assembling a release (publication.py) or what is in one. Writers hold the data directory's lock. Standard library
only: a refresh with nothing new loads this module.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from warehouse.atomic import flip, fsync_dir
from warehouse.paths import TEMPORARY, DataDir, UnsafeName
from warehouse.release.ledger import Entry, Ledger

MANIFEST = "manifest.json"
DATABASE = "marts.duckdb"


class ReleaseError(RuntimeError):
    """What was asked of the releases cannot be done; the message says why and what to do."""


@dataclass(frozen=True)
class Release:
    """One release as the ledger knows it. `published_at` is ISO, UTC.

    `state`: current, kept, withdrawn, pruned, lost (its files were damaged) or unvouched (it was published before the
    ledger was lost); only a kept one can become current again.
    """

    release_id: str
    seq: int
    digest: str
    published_at: str
    manifest_sha256: str
    state: str
    withdrawn: bool
    path: Path


def releases(data: DataDir) -> list[Release]:
    """Every release ever published, oldest first."""
    return releases_of(data, Ledger(data.ledger_file).entries())


def current(data: DataDir) -> Release | None:
    """The release that readers follow, None before the first."""
    return next((r for r in releases(data) if r.state == "current"), None)


def releases_of(data: DataDir, entries: Sequence[Entry]) -> list[Release]:
    """What the entries say, oldest first; pure but for the paths."""
    found: dict[str, Release] = {}
    now: str | None = None
    for entry in entries:
        payload = entry.payload
        if entry.kind == "release":
            now = release_id = payload["release_id"]
            found[release_id] = Release(
                release_id=release_id,
                seq=payload["seq"],
                digest=payload["digest"],
                published_at=entry.at,
                manifest_sha256=payload["manifest_sha256"],
                state="kept",
                withdrawn=False,
                path=data.release(release_id),
            )
        elif entry.kind == "rollback":
            now = payload["to"]
            for release_id in payload["withdrawn"]:
                found[release_id] = replace(found[release_id], state="withdrawn", withdrawn=True)
        elif entry.kind == "prune":
            for release_id in payload["releases"]:
                found[release_id] = replace(found[release_id], state="pruned")
        elif entry.kind == "loss":
            now = payload["current"]
            for release_id in payload["releases"]:
                found[release_id] = replace(found[release_id], state="lost")
        elif entry.kind == "restart":
            now = payload["current"]
            for fields in payload["releases"]:
                release_id = fields["release_id"]
                found[release_id] = Release(**fields, withdrawn=False, path=data.release(release_id))
    if now is not None:
        found[now] = replace(found[now], state="current")
    return list(found.values())


def read_manifest(release: Release) -> dict[str, Any]:
    """The manifest of a release on disk; ReleaseError if it is not the one the ledger vouches for."""
    file = release.path / MANIFEST
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ReleaseError(
            f"release {release.release_id} is damaged: {file}: {error.strerror}; `ecoledger repair --help` says more"
        ) from None
    if hashlib.sha256(content).hexdigest() != release.manifest_sha256:
        raise ReleaseError(
            f"release {release.release_id} is damaged: {file} is not the manifest the ledger vouches for; "
            "`ecoledger repair --help` says more"
        )
    return json.loads(content)


def to_replace(entries: Sequence[Entry]) -> str | None:
    """The release whose loss was noted and that nothing has replaced yet: the next one names it."""
    waiting = None
    for entry in entries:
        if entry.kind == "loss":
            waiting = entry.payload["was_current"] or waiting
        elif entry.kind in ("release", "rollback", "restart"):
            waiting = None
    return waiting


def verify_sizes(release: Release) -> list[str]:
    """Like verify_files without reading the files: those that are missing or of another size than the manifest says."""
    wrong = []
    for name, file in read_manifest(release)["files"].items():
        try:
            found = (release.path / name).stat().st_size
        except OSError:
            found = -1
        if found != file["bytes"]:
            wrong.append(name)
    return wrong


def verify_files(release: Release) -> list[str]:
    """Paths in the release that are missing or differ from its manifest, or that the manifest does not name."""
    listed = read_manifest(release)["files"]
    present = {p.relative_to(release.path).as_posix() for p in release.path.rglob("*") if p.is_file()} - {MANIFEST}
    wrong = sorted(present ^ set(listed))
    for name in sorted(present & set(listed)):
        with (release.path / name).open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != listed[name]["sha256"]:
                wrong.append(name)
    return wrong


def rollback(data: DataDir, release_id: str, who: str, reason: str, at: datetime | None = None) -> Release:
    """Makes an earlier release the current one again and withdraws every later one; returns it.

    A withdrawn digest is never published again, and held tables come from the release rolled back to. ReleaseError if
    it is unknown, pruned, withdrawn, damaged or current already. The caller holds the lock.
    """
    ledger = Ledger(data.ledger_file)
    known = releases(data)
    target = _find(known, release_id)
    if target.state != "kept":
        wrong = {
            "current": "is the current release already",
            "withdrawn": "was withdrawn",
            "pruned": "was pruned",
            "lost": "was lost: its files were damaged",
            "unvouched": "was published before the ledger was lost: nothing vouches for it",
        }
        raise ReleaseError(f"release {release_id} {wrong[target.state]}")
    if wrong_files := verify_files(target):
        raise ReleaseError(f"release {release_id} is damaged: {', '.join(wrong_files[:3])}")
    withdrawn = [r.release_id for r in known if r.seq > target.seq and not r.withdrawn]
    ledger.append("rollback", {"to": target.release_id, "withdrawn": withdrawn, "who": who, "reason": reason}, at)
    point_current(data, target.release_id)
    return replace(target, state="current")


def prune(data: DataDir, keep: int, at: datetime | None = None) -> list[str]:
    """Removes all but the newest `keep` releases that are not withdrawn (and the current one); returns their ids.

    Their manifests stay next to the ledger, and the ledger says that they were pruned. The caller holds the lock.
    """
    if keep < 1:
        raise ValueError("at least one release stays")
    known = releases(data)
    there = [r for r in known if r.state in ("current", "kept")]
    oldest = there[-keep].seq if len(there) > keep else 0
    gone = [r for r in known if r.seq < oldest and r.state not in ("current", "pruned")]
    if gone:
        payload = {"releases": [r.release_id for r in gone], "manifests": [r.manifest_sha256 for r in gone]}
        Ledger(data.ledger_file).append("prune", payload, at)
        for release in gone:
            remove_release_dir(release.path)
        fsync_dir(data.releases)
    return [r.release_id for r in gone]


def hold(data: DataDir, domain: str, reason: str, as_of: str, at: datetime | None = None) -> bool:
    """Notes in the ledger that nothing was published because `domain` failed; once for the same cause in a row."""
    ledger = Ledger(data.ledger_file)
    payload = {"domain": domain, "reason": reason, "as_of": as_of, "release_id": None}
    entries = ledger.entries()
    if entries and entries[-1].kind == "hold" and dict(entries[-1].payload) == payload:
        return False
    ledger.append("hold", payload, at)
    return True


def point_current(data: DataDir, release_id: str) -> None:
    """Flips `current` to a release on disk, in one step."""
    if data.current.exists() and not data.current.is_symlink():
        raise ReleaseError(f"{data.current} is not a symbolic link of ours: move it away")
    flip(data.current, f"releases/{release_id}")


def pointed_at(data: DataDir) -> str | None:
    """The release id that `current` points at, None if there is no link."""
    return data.current.readlink().name if data.current.is_symlink() else None


def remove_release_dir(path: Path) -> None:
    """Removes a release's folder; it is renamed first, so that what is half removed never looks like a release."""
    if path.exists():
        doomed = path.with_name(f"{TEMPORARY}removed-{path.name}")
        shutil.rmtree(doomed, ignore_errors=True)
        path.replace(doomed)
        shutil.rmtree(doomed)


def _find(known: Sequence[Release], release_id: str) -> Release:
    for release in known:
        if release.release_id == release_id:
            return release
    raise ReleaseError(f"no release is called {release_id!r}; `ecoledger releases` lists them")


def is_release_id(data: DataDir, name: str) -> bool:
    """Whether a folder name has the form of a release id."""
    try:
        data.release(name)
    except UnsafeName:
        return False
    return True
