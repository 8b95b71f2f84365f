"""What a new release takes over from the current one: the Parquet and tables of what did not change, whole or by month.

Here belongs the decision, and how files pass from one release to the next. Not here: writing what did change
(assembly.py).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from warehouse.duck import STORAGE_VERSION
from warehouse.parquet import file_sha256
from warehouse.release.releases import DATABASE, Release, ReleaseError
from warehouse.release.soundness import damaged_text
from warehouse.tables.catalogue import Catalogue, MartTable
from warehouse.tables.months import Month, months_from

MARTS = "marts"
# How much larger than written anew a database may be before the next one no longer starts from it: what replaced tables
# leave behind is used again, but in pieces.
GROWTH = 1.3


@dataclass(frozen=True)
class Kept:
    """What stays: name → the current release's manifest entry. `base` is its database if the new one starts from it.

    `partly` are tables that are built by day, declared as before, of which some months have changed.
    """

    release: Release | None
    tables: Mapping[str, Mapping[str, Any]]
    partly: Mapping[str, Mapping[str, Any]]
    files: Mapping[str, Mapping[str, Any]]
    base: Path | None
    bytes_anew: int

    def parquet(self, name: str) -> Path:
        """The Parquet of a kept table, or of one that stays partly, in the current release."""
        return self._from().path / MARTS / f"{name}.parquet"

    def months(self, name: str) -> tuple[Month, ...]:
        """The months of a table in the current release; none unless it stays partly."""
        return months_from(self.partly[name]["months"]) if name in self.partly else ()

    def require(self, name: str, sha256: str) -> None:
        """ReleaseError if what was taken over as the file `name` is not what the current release's manifest says."""
        if self.files[name]["sha256"] != sha256:
            raise ReleaseError(damaged_text(self._from(), [name]))

    def _from(self) -> Release:
        if self.release is None:
            raise ValueError("nothing is kept before the first release")
        return self.release


NOTHING = Kept(None, {}, {}, {}, None, 0)


def kept_from(
    before: Release | None, manifest: Mapping[str, Any] | None, catalogue: Catalogue, digests: Mapping[str, str]
) -> Kept:
    """What `before`, the current release with its `manifest`, already holds of tables with these digests (by table).

    A table stays if its digest, its contract and its descriptions are the same; where the digest alone differs, the
    months of it stay that are the same. One with volatile columns is written again: its digest does not cover them.
    """
    if before is None or manifest is None:
        return NOTHING
    tables, partly = {}, {}
    for entry in manifest["tables"]:
        if entry["name"] not in digests:
            continue
        own = declared(catalogue.table(entry["name"]))
        if own["volatile"] or own != {name: entry.get(name) for name in own}:
            continue
        if entry["digest"] == digests[entry["name"]]:
            tables[entry["name"]] = entry
        elif "months" in entry:
            partly[entry["name"]] = entry
    written = manifest.get("database", {})
    grown = manifest["files"][DATABASE]["bytes"]
    bytes_anew = written.get("bytes_anew", 0)
    usable = (tables or partly) and written.get("storage") == STORAGE_VERSION and grown <= GROWTH * bytes_anew
    return Kept(before, tables, partly, manifest["files"], before.path / DATABASE if usable else None, bytes_anew)


def declared(table: MartTable) -> dict[str, Any]:
    """What a manifest says of a table's declaration; of its day only where it is built by day."""
    return {
        **({"day": table.day} if table.day else {}),
        "description": table.description,
        "columns": [asdict(c) for c in table.columns],
        "grain": list(table.grain),
        "volatile": list(table.volatile),
    }


def take_parquet(source: Path, target: Path) -> None:
    """Links `target` to a finished file; copies it where the file system cannot."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def copy_database(kept: Kept, file: Path) -> None:
    """Copies the current release's database to `file`, sharing its blocks where the file system can.

    ReleaseError if it is not what its manifest says.
    """
    if kept.base is None:
        raise ValueError("the database is written anew: nothing is copied")
    _copy(kept.base, file)
    kept.require(DATABASE, file_sha256(file))


def _copy(source: Path, target: Path) -> None:
    # Linux only, and not between all file systems; what it leaves is copied in the ordinary way.
    if hasattr(os, "copy_file_range"):
        with suppress(OSError), source.open("rb") as given, target.open("wb") as taken:
            while os.copy_file_range(given.fileno(), taken.fileno(), 1 << 30):
                pass
            if os.fstat(taken.fileno()).st_size == os.fstat(given.fileno()).st_size:
                return
    shutil.copyfile(source, target)


def names_of(kept: Kept) -> Sequence[str]:
    """The tables that stay as they are in the database: none where it is written anew."""
    return sorted(kept.tables) if kept.base else []
