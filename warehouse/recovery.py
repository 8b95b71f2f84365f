"""What every writer does first: completes or discards what a killed writer left, as if nothing had happened.

Here belongs the order of repair and the part about releases and ledger; the lake's part is rebuild_index.py. Not
here: any decision about data. The ledger decides: what it names counts and is completed, what it does not name never
was. Standard library only unless the lake needs repair.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

from sources.registry.feed_model import Registry
from sources.registry.read_registry import registry as shipped_registry
from warehouse.lake.lake import REPORTING_ZONE, Lake
from warehouse.paths import TEMPORARY, DataDir
from warehouse.release.ledger import Ledger
from warehouse.release.releases import (
    Release,
    ReleaseError,
    is_release_id,
    point_current,
    pointed_at,
    releases_of,
    remove_release_dir,
)

if TYPE_CHECKING:
    from warehouse.lake.rebuild_index import Reconciled


@dataclass(frozen=True)
class Recovered:
    """What was put right; all empty after an orderly end. `current` is set when the link had to follow the ledger."""

    lake: Reconciled | None
    ledger_bytes_dropped: int
    discarded: tuple[str, ...]
    pruned: tuple[str, ...]
    current: str | None

    @property
    def nothing(self) -> bool:
        """Whether nothing was to be done."""
        return self == Recovered(None, 0, (), (), None)


def recover(data: DataDir, registry: Registry | None = None, zone: tzinfo = REPORTING_ZONE) -> Recovered:
    """Brings releases, ledger and lake into a state that a writer may build on. The caller holds the lock.

    LedgerError or ReleaseError if something was changed by hand: that is shown, never repaired over.
    """
    ledger = Ledger(data.ledger_file)
    dropped = ledger.drop_torn_end()
    known = releases_of(data, ledger.entries())
    _sweep(data)
    discarded = _discard_unledgered(data, known)
    pruned = tuple(r.release_id for r in known if r.state == "pruned" and r.path.exists())
    for release_id in pruned:
        remove_release_dir(data.release(release_id))
    flipped = _follow_ledger(data, known)
    return Recovered(_repair_lake(data, registry, zone), dropped, discarded, pruned, flipped)


def _sweep(data: DataDir) -> None:
    for folder in (data.root, data.releases, data.ledger_manifests):
        for path in folder.glob(f"{TEMPORARY}*"):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def _discard_unledgered(data: DataDir, known: list[Release]) -> tuple[str, ...]:
    """A finished folder that the ledger does not name is a publication that was killed before it counted."""
    named = {r.release_id for r in known}
    following = max((r.seq for r in known), default=0) + 1
    strays = sorted(p.name for p in data.releases.glob("*") if is_release_id(data, p.name) and p.name not in named)
    for name in strays:
        # Only the next number can be ours; anything else means that the ledger lost entries.
        if int(name.split("-")[0]) != following or pointed_at(data) == name:
            raise ReleaseError(
                f"release {name} is in {data.releases}, but the ledger does not name it: entries were removed"
            )
    for name in strays:
        remove_release_dir(data.release(name))
    for copy in data.ledger_manifests.glob("*.json"):
        if copy.stem not in named:
            copy.unlink()
    return tuple(strays)


def _follow_ledger(data: DataDir, known: list[Release]) -> str | None:
    wanted = next((r for r in known if r.state == "current"), None)
    if wanted is None:
        if pointed_at(data) in {r.release_id for r in known if r.state == "lost"}:
            # A repair that was killed after it noted the loss of the only release.
            data.current.unlink()
        elif pointed_at(data) is not None:
            raise ReleaseError(f"{data.current} points at a release, but the ledger names none: entries were removed")
        return None
    if pointed_at(data) == wanted.release_id:
        return None
    if not wanted.path.is_dir():
        raise ReleaseError(f"release {wanted.release_id} is current by the ledger, but {wanted.path} is missing")
    point_current(data, wanted.release_id)
    return wanted.release_id


def _repair_lake(data: DataDir, registry: Registry | None, zone: tzinfo) -> Reconciled | None:
    if not data.index_file.exists() and not data.raw.exists():
        return None
    with Lake(data, registry or shipped_registry(), zone) as lake:
        return lake.reconcile() if lake.needs_repair else None
