"""Whether what readers see is what the ledger says: the link, the release it points at, the ledger itself.

Here belong the checks before anybody is told that all is well, and the way out that each finding names. Not here: going
that way (losses.py) or what a killed writer left, which is put right without a word (recovery.py). Standard library
only: a refresh with nothing new runs this module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from warehouse.paths import DataDir
from warehouse.release.ledger import Ledger, LedgerError
from warehouse.release.releases import (
    MANIFEST,
    Release,
    ReleaseError,
    is_release_id,
    pointed_at,
    releases_of,
    verify_files,
    verify_sizes,
)

REPAIR = "`ecoledger repair --reason …`"
_RESTART = (
    "put it back from a backup; if there is none, `ecoledger repair --restart-ledger --reason …` begins a new one"
)


def check_ledger(data: DataDir, noted: Mapping[str, Any]) -> None:
    """LedgerError if the ledger is lost, cut or changed. `noted` is what the last finished refresh noted of itself
    (release, ledger_head); empty where that is not known.
    """
    ledger = Ledger(data.ledger_file)
    gone = not data.ledger_file.exists() or not data.ledger_file.stat().st_size
    if gone and (trace := _trace(data, noted)):
        raise LedgerError(f"{data.ledger_file} is missing or empty, though {trace}; {_RESTART}")
    try:
        ledger.require(noted.get("ledger_head"))
    except LedgerError as error:
        raise LedgerError(f"{error}; {_RESTART}") from None


def check_current(data: DataDir, noted: Mapping[str, Any]) -> None:
    """LedgerError or ReleaseError with the way out if ledger, `current` and the release there do not fit together.

    `noted` as in check_ledger: without it a writer may be at work or was stopped, and the link may lag behind.
    """
    check_ledger(data, noted)
    if not noted:
        return
    now = next((r for r in releases_of(data, Ledger(data.ledger_file).entries()) if r.state == "current"), None)
    pointed = pointed_at(data)
    if pointed != (now.release_id if now else None):
        says = (
            f"points at {pointed}" if pointed else "is not a link to a release" if data.current.exists() else "is gone"
        )
        meant = f"{now.release_id} is current" if now else "no release is current"
        raise ReleaseError(f"{data.current} {says}, but by the ledger {meant}: {REPAIR} points it back")
    if now:
        check_release(now)


def check_release(release: Release) -> None:
    """ReleaseError with the way out unless manifest and files of a release are there; sizes only, nothing is read."""
    if wrong := _wrong(release, verify_sizes):
        raise ReleaseError(damaged_text(release, wrong))


def damaged_text(release: Release, wrong: list[str]) -> str:
    """What a person reads of a release whose files are not those of its manifest."""
    more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
    return (
        f"release {release.release_id} is damaged ({', '.join(wrong[:3])}{more} changed or missing): {REPAIR} notes it "
        "in the ledger and goes back to the last sound release; the next refresh builds it again under a new number"
    )


def damages(data: DataDir) -> Iterator[tuple[Release, list[str]]]:
    """Every release that should be on disk and is not as its manifest says, with what is wrong; hashes all files."""
    for release in releases_of(data, Ledger(data.ledger_file).entries()):
        if release.state in ("current", "kept", "withdrawn") and (wrong := _wrong(release, verify_files)):
            yield release, wrong


def _wrong(release: Release, look: Callable[[Release], list[str]]) -> list[str]:
    try:
        return look(release)
    except ReleaseError:
        return [MANIFEST]


def _trace(data: DataDir, noted: Mapping[str, Any]) -> str:
    """What shows that there was a ledger. A first release that was killed before it counted leaves one folder only."""
    if pointed := pointed_at(data):
        return f"{data.current} points at {pointed}"
    if noted.get("release"):
        return f"release {noted['release']} was published"
    folders = [p.name for p in data.releases.glob("*") if is_release_id(data, p.name)]
    copies = [p.stem for p in data.ledger_manifests.glob("*.json")]
    later = sorted(name for name in {*folders, *copies} if int(name.split("-")[0]) > 1)
    return f"release {later[-1]} was published" if later else ""
