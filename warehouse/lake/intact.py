"""Whether the files of the lake are still those that were written: raw by their receipt, clean by their sidecar.

Before a file is used it is compared with what its hash was taken from: size, times and number of the file tell
whether it was touched since its hash was last found right, and only then is it hashed again. So a daily refresh looks
at every clean partition and reads none of them. `everything` reads all of them. Not here: putting anything right
(rebuild_index.py, losses.py). Standard library only.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sources.deliveries import DeliveryDamaged, Receipt
from sources.registry.feed_model import CleanTable, Registry
from warehouse.lake.clean_files import whole_tables
from warehouse.lake.index import Index
from warehouse.lake.sidecar import matches, read_sidecar
from warehouse.paths import EMPTY, FLAGS_NOTE, PART, SIDECAR, TEMPORARY, DataDir

# A file that changes twice within a tick of the file system's clock shows the same time: what was touched so lately is
# hashed again the next time.
_TICK_NS = 100_000_000
FILE_COUNTS, _MONTH = "file_counts", "month"
RAW, CLEAN, STRAY = "raw", "clean", "stray"
WAYS_OUT = {
    RAW: "put back the bytes with the SHA-256 of its name; if nobody can, `ecoledger repair --give-up-raw --reason …`",
    CLEAN: "the next refresh makes it again from raw",
    STRAY: "nobody here wrote it and the models would read it: move it away",
}


class LakeDamaged(DeliveryDamaged):
    """Files of the lake are not those that were written, and cannot be made again; the message names them."""


@dataclass(frozen=True)
class Damage:
    """A file that is not what was written. `kind`: raw, clean or stray; `what` says what is wrong with it."""

    kind: str
    path: Path
    what: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what}; {WAYS_OUT[self.kind]}"


def open_raw(file: Path, receipt: Receipt, right: set[tuple[str, str]]) -> IO[bytes]:
    """Raw bytes for reading, after they were found to be those of the receipt; LakeDamaged if they are not.

    `right` keeps what was found right, so that a file untouched since is not hashed a second time.
    """
    seen = (receipt.sha256, _stamp(file)[0])
    if seen not in right:
        if damage := raw_damage(file, receipt):
            raise LakeDamaged(str(damage))
        right.add(seen)
    return file.open("rb")


def raw_damage(file: Path, receipt: Receipt) -> Damage | None:
    """What is wrong with raw bytes, by their hash; None if nothing is."""
    try:
        with file.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        return Damage(RAW, file, f"cannot be read ({error.strerror})")
    return None if found == receipt.sha256 else Damage(RAW, file, "it no longer has the hash of its receipt")


def changed(data: DataDir, registry: Registry, index: Index) -> list[Damage]:
    """Clean partitions that no longer have the hash of their sidecar, and files that nobody here wrote.

    Hashes only what was touched since it was last found right, and notes in `index` what it found right.
    """
    known = index.files()
    noted = index.stamps()
    right: dict[str, tuple[str, str]] = {}
    found: list[Damage] = []
    for table, file, folder in _file_folders(data, registry):
        name = folder.relative_to(data.clean).as_posix()
        wanted = known.pop((table.name, file), None) if table else _claimed(folder)
        stamp, late = _stamp(folder / PART, folder / SIDECAR, data.superseded / name / PART)
        if wanted is not None and noted.get(name) == (wanted, stamp):
            continue
        problem = _file_problem(folder, data.superseded / name, wanted)
        if problem:
            found.append(Damage(CLEAN, folder / PART, problem))
        elif wanted is not None and not late:
            right[name] = (wanted, stamp)
    gone = _gone(data, registry, known)
    found += [Damage(CLEAN, folder / PART, "it is gone") for folder in (*gone, *_counts_gone(data, index))]
    index.note_stamps(right)
    return found + strays(data, registry)


def everything(data: DataDir, registry: Registry, index: Index | None) -> Iterator[Damage]:
    """Every damage in the lake, each file hashed: raw, clean, superseded, tables stored whole, files of users.

    Without an `index` sidecars are believed, and a partition that is gone is not missed.
    """
    from warehouse.lake.landing import raw_paths, stored_receipts

    for file, receipt in {raw_paths(data, receipt)[0]: receipt for _, receipt in stored_receipts(data)}.items():
        if damage := raw_damage(file, receipt):
            yield damage
    known = index.files() if index else {}
    for table, file, folder in _file_folders(data, registry):
        superseded = data.superseded / folder.relative_to(data.clean)
        wanted = known.pop((table.name, file), None) if table and index else _claimed(folder)
        if problem := _file_problem(folder, superseded, wanted):
            yield Damage(CLEAN, folder / PART, problem)
    for folder in (*_gone(data, registry, known), *(_counts_gone(data, index) if index else ())):
        yield Damage(CLEAN, folder / PART, "it is gone")
    for sidecar in data.clean.glob(f"*/{SIDECAR}"):
        if read_sidecar(sidecar.parent) is None:
            yield Damage(CLEAN, sidecar.with_name(PART), "it no longer has the hash of its sidecar")
    for file in data.entered.glob("*.*"):
        if not matches(file, file.stem):
            yield Damage(RAW, file, "it no longer has the hash of its name")
    yield from strays(data, registry, layout_before=index is None)


def strays(data: DataDir, registry: Registry, *, layout_before: bool = False) -> list[Damage]:
    """Files in the clean layer that nobody here wrote; the models read whatever Parquet lies there.

    With `layout_before` folders of days are ours, too: the next refresh removes them.
    """
    found: list[os.DirEntry[str]] = []
    for name, table in {**registry.tables, FILE_COUNTS: None}.items():
        prefix = f"{table.file_grain if table else _MONTH}="
        ours = (prefix, f"{table.grain}=") if table and layout_before else prefix
        for entry in _entries(data.clean_table(name)):
            if entry.name.startswith(ours):
                found += [e for e in _entries(Path(entry)) if e.name not in (PART, SIDECAR)]
            elif entry.name not in (EMPTY, FLAGS_NOTE):
                found.append(entry)
    for name in whole_tables():
        found += [e for e in _entries(data.clean_table(name)) if e.name not in (PART, SIDECAR, EMPTY)]
    finished = (entry for entry in found if not entry.name.startswith(TEMPORARY))
    return [Damage(STRAY, Path(path), "a file of somebody else") for path in sorted(entry.path for entry in finished)]


def _file_folders(data: DataDir, registry: Registry) -> Iterator[tuple[CleanTable | None, str, Path]]:
    """Every folder with a file of partitions as (table, name, folder); the table is None for the counts of files."""
    for name, table in {**registry.tables, FILE_COUNTS: None}.items():
        prefix = f"{table.file_grain if table else _MONTH}="
        for entry in sorted(_entries(data.clean_table(name)), key=lambda e: e.name):
            if entry.name.startswith(prefix):
                yield table, entry.name.removeprefix(prefix), Path(entry)


def _counts_gone(data: DataDir, index: Index) -> list[Path]:
    """Months with cleaned deliveries whose folder of counts is missing as a whole."""
    return [folder for folder in map(data.file_counts, index.months()) if not folder.exists()]


def _gone(data: DataDir, registry: Registry, files: Iterable[tuple[str, str]]) -> list[Path]:
    """The folders in which `files` (table, name) should be."""
    tables = registry.tables
    return [data.clean_partition(table, tables[table].file_grain, name) for table, name in files if table in tables]


def _file_problem(folder: Path, superseded: Path, wanted: str | None) -> str:
    note = read_sidecar(folder)
    if note is None:
        return "it no longer has the hash of its sidecar"
    if not matches(superseded / PART, note.get("superseded_sha256")):
        return "the superseded readings next to it no longer have the hash of its sidecar"
    return "" if note["sha256"] == wanted else "it is not the file that was written last"


def _claimed(folder: Path) -> str | None:
    """The hash that the sidecar alone claims, for what the index does not know."""
    try:
        note: Mapping[str, object] = json.loads((folder / SIDECAR).read_bytes())
        return str(note["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _stamp(*files: Path) -> tuple[str, bool]:
    """Size, times and number of the files, and whether any was touched within the last tick."""
    parts, newest = [], 0
    for file in files:
        try:
            found = file.stat()
        except OSError:
            parts.append("-")
            continue
        parts.append(f"{found.st_size}.{found.st_mtime_ns}.{found.st_ctime_ns}.{found.st_ino}")
        newest = max(newest, found.st_mtime_ns, found.st_ctime_ns)
    return " ".join(parts), time.time_ns() - newest < _TICK_NS


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []
