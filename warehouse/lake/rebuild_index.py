"""Making the index again from what the files say, and removing what a killed writer left half-done in the lake.

Here belongs the walk over raw, clean, superseded and quarantine. Not here: releases and ledger (recovery.py). Runs
under the writer's lock when there is a mark in the index or the index is gone; afterwards files and index agree, and
whatever cannot be vouched for counts as not cleaned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any

from sources.deliveries import Receipt
from sources.registry.feed_model import CleanTable, Registry
from warehouse.atomic import flush, is_temporary, remove, remove_empty_dirs
from warehouse.lake import file_counts
from warehouse.lake.clean_files import whole_tables
from warehouse.lake.index import Index
from warehouse.lake.intact import RAW, WAYS_OUT, LakeDamaged
from warehouse.lake.landing import raw_paths, renew_old_receipts, stored_offers, stored_receipts
from warehouse.lake.sidecar import deliveries_of, matches, parse_sidecar, partitions_from_json, read_sidecar
from warehouse.paths import PART, SIDECAR, TEMPORARY, DataDir


@dataclass(frozen=True)
class Reconciled:
    """What reconciling found: files removed, files of partitions lost (table, name), deliveries to clean again."""

    removed: int
    lost_files: tuple[tuple[str, str], ...]
    to_clean_again: int


def reconcile(data: DataDir, registry: Registry, index: Index, zone: tzinfo) -> Reconciled:
    """Sweeps the lake and rebuilds `index` from it; marks are cleared in the same transaction."""
    removed = sweep_temporary(data)
    renew_old_receipts(data)
    receipts, orphans = _sweep_raw(data)
    landed = {r.delivery_id for r in receipts}
    removed += orphans + _sweep_quarantine(data, landed)
    known, before = index.files(), index.deliveries_by_file()
    cleaned = {
        row["delivery_id"]: (row, fingerprint)
        for _, folder in file_counts.stored_months(data)
        for row, fingerprint in file_counts.read_month(folder) or []
    }
    lost: list[tuple[str, str]] = []
    forget: set[str] = set()
    index.begin()
    try:
        index.clear()
        index.add_deliveries(receipts)
        index.add_offers(_last_offers(data, receipts))
        for table, name, folder, superseded in _folders(data, registry):
            note = _complete(table, folder, superseded, landed)
            doubted = before.get((table.name, name), set())
            if note is None:
                lost.append((table.name, name))
                named = doubted | deliveries_of(parse_sidecar(folder) or {})
                _drop(data, folder, superseded)
                forget |= named
                if not known:
                    # Without the former index nobody can say which deliveries were in it.
                    forget |= {delivery for delivery, (row, _) in cleaned.items() if row["feed"] == table.feed}
                continue
            if known and known.get((table.name, name)) != note["sha256"]:
                # Rewritten by a cleaning that did not finish: by which rules is not recorded, so clean again.
                forget |= doubted | deliveries_of(note)
            index.put_file(table.name, name, note["sha256"])
            for value, found in partitions_from_json(note).items():
                index.put_partition(table.name, value, name, found)
        tables = registry.tables
        for gone in set(before) - set(index.files()) - set(lost):
            if gone[0] in tables:
                forget |= before[gone]
        _add_whole_tables(data, index)
        for key, (row, fingerprint) in cleaned.items():
            if key not in forget and key in landed:
                index.put_cleaned(key, fingerprint, file_counts.own_counts(row))
        _write_changed_months(data, index, zone)
        flush(data.root, data.clean.rglob("*"))
        index.clear_marks()
        index.commit()
    except BaseException:
        index.rollback()
        raise
    return Reconciled(removed, tuple(lost), len(forget & set(cleaned)))


def sweep_temporary(data: DataDir) -> int:
    """Removes unfinished files everywhere in the lake; gives how many."""
    found = [
        p
        for top in (data.raw, data.clean, data.superseded, data.quarantine, data.entered)
        for p in top.rglob(f"{TEMPORARY}*")
    ]
    for path in found:
        remove(path)
    return len(found)


def _sweep_raw(data: DataDir) -> tuple[list[Receipt], int]:
    """Every receipt whose bytes are there; raw bytes without a receipt are removed."""
    receipts, vouched = [], set()
    for note, receipt in stored_receipts(data):
        file, expected_note = raw_paths(data, receipt)
        if note != expected_note or not file.is_file() or file.stat().st_size != receipt.size_bytes:
            raise LakeDamaged(
                f"{note}: the raw bytes it vouches for are missing, changed or elsewhere; {WAYS_OUT[RAW]}"
            )
        receipts.append(receipt)
        vouched.update((note, file))
    orphans = [p for p in data.raw.glob("*/*/*") if p.is_file() and p not in vouched and not is_temporary(p)]
    for path in orphans:
        remove(path)
    return receipts, len(orphans)


def _sweep_quarantine(data: DataDir, landed: Set[str]) -> int:
    """Removes what was quarantined from deliveries that are not there (an older layout's files have other names)."""
    strays = [p for p in data.quarantine.glob("*/*.parquet") if p.stem not in landed]
    for path in strays:
        remove(path)
    return len(strays)


def _last_offers(data: DataDir, receipts: Iterable[Receipt]) -> list[tuple[str, str, str, str]]:
    """The last state seen of every offer; one whose bytes have no receipt is forgotten and so offered again."""
    latest = {(r.feed, r.source_id, r.offer_id): r.sha256 for r in sorted(receipts, key=lambda r: r.order)}
    return [
        (feed, source_id, offer_id, etag)
        for source_id, offer_id, etag, feed, sha256 in stored_offers(data)
        if latest.get((feed, source_id, offer_id)) == sha256
    ]


def _folders(data: DataDir, registry: Registry) -> Iterator[tuple[CleanTable, str, Path, Path]]:
    """Every folder of partitions that has any file: (table, name of the file, clean folder, superseded folder).

    Those of an older layout, a folder for each day, too.
    """
    for table in registry.tables.values():
        for grain in dict.fromkeys((table.file_grain, table.grain)):
            names = {
                folder.name.removeprefix(f"{grain}=")
                for top in (data.clean, data.superseded)
                for folder in (top / table.name).glob(f"{grain}=*")
            }
            for name in sorted(names):
                clean = data.clean_partition(table.name, grain, name)
                yield table, name, clean, data.superseded_partition(table.name, grain, name)


def _complete(table: CleanTable, folder: Path, superseded: Path, landed: Set[str]) -> dict[str, Any] | None:
    """The sidecar of a file that is whole, of today's layout, and counts no delivery but known ones."""
    note = read_sidecar(folder)
    if note is None or "partitions" not in note or not folder.name.startswith(f"{table.file_grain}="):
        return None
    if not deliveries_of(note) <= landed:
        return None
    return note if matches(superseded / PART, note["superseded_sha256"]) else None


def _drop(data: DataDir, folder: Path, superseded: Path) -> None:
    for path in (folder / SIDECAR, folder / PART, superseded / PART):
        remove(path)
    remove_empty_dirs(folder, data.clean)
    remove_empty_dirs(superseded, data.superseded)


def _add_whole_tables(data: DataDir, index: Index) -> None:
    for name in whole_tables():
        folder = data.clean_table(name)
        note = read_sidecar(folder)
        if note is not None:
            index.put_file(name, "", note["sha256"])
            continue
        for file in (PART, SIDECAR):
            remove(folder / file)


def _write_changed_months(data: DataDir, index: Index, zone: tzinfo) -> None:
    """Writes again every month whose stored rows differ from what the index now says."""
    stored = dict(file_counts.stored_months(data))
    for month in sorted(set(stored) | set(index.months())):
        wanted = [(file_counts.row_of(file, zone), fingerprint) for file, fingerprint in index.cleaned_in(month)]
        found = file_counts.read_month(stored[month]) if month in stored else None
        if found is None or sorted(found, key=repr) != sorted(wanted, key=repr):
            file_counts.write_month(data, index, month, zone)
