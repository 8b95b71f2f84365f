"""Landing raw bytes: streamed to disk and hashed on the way, stored once by SHA-256, with a receipt.

Here belong the receipt, the list of offers seen and the batch that makes thousands of small files durable together.
Not here: fetching (sources.connectors), or anything that looks into the bytes. Names that come from a source never
reach a path. Standard library only.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import IO, Any

from sources.config.model import Source
from sources.deliveries import Offer, Receipt
from sources.registry.model import Registry
from warehouse.atomic import flush, fsync_dir, temporary_beside
from warehouse.index import Index, printable
from warehouse.paths import DataDir, extension_of

CHUNK = 1 << 20
# What a batch holds back at most: a kill loses no more than this many files, which are then fetched again.
BATCH_FILES = 5000


@dataclass(frozen=True)
class Landed:
    """A landed offer: the receipt of its bytes, and whether they were new."""

    receipt: Receipt
    new: bool


class Batch:
    """Raw files written under temporary names, made durable and visible together by `commit`."""

    def __init__(self, data: DataDir, index: Index, registry: Registry, zone: tzinfo) -> None:
        self._data = data
        self._index = index
        self._registry = registry
        self._zone = zone
        self._mark = index.set_mark("landing")
        self._staging = data.raw
        self._staging.mkdir(parents=True, exist_ok=True)
        self._pending: dict[tuple[str, str], tuple[Path, Receipt]] = {}
        self._offers: list[tuple[str, str, str, str, str]] = []

    def land(self, offer: Offer, stream: IO[bytes], source: Source, landed_at: datetime | None) -> Landed:
        """Reads `stream` to its end; see Lake.land."""
        feed = self._registry.feeds.get(offer.feed)
        if feed is None:
            raise ValueError(f"no feed is called {offer.feed!r}; use one of {sorted(self._registry.feeds)}")
        temporary = temporary_beside(self._staging / "raw")
        try:
            sha256, size = _copy(stream, temporary)
            landed = self._receive(offer, source, sha256, size, landed_at, temporary)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        if not landed.new:
            temporary.unlink()
        row = (printable(offer.source_id), printable(offer.offer_id), printable(offer.etag), feed.name, sha256)
        self._offers.append(row)
        if len(self._offers) >= BATCH_FILES:
            self._write()
        return landed

    def commit(self) -> None:
        """Makes everything landed so far durable and known to the index, and ends the batch."""
        self._write(last=True)

    def _receive(
        self, offer: Offer, source: Source, sha256: str, size: int, landed_at: datetime | None, temporary: Path
    ) -> Landed:
        key = (offer.feed, sha256)
        if key in self._pending:
            return Landed(self._pending[key][1], new=False)
        if known := self._index.delivery(*key):
            return Landed(known, new=False)
        now = (landed_at or datetime.now(UTC)).astimezone(self._zone)
        delivered = offer.delivered_at.astimezone(self._zone) if offer.delivered_at else now
        receipt = Receipt(
            feed=offer.feed,
            source_id=printable(offer.source_id),
            offer_id=printable(offer.offer_id),
            file_name=printable(offer.file_name),
            sha256=sha256,
            size_bytes=size,
            delivered_at=delivered.isoformat(),
            delivered_at_source=printable(offer.delivered_at_source) if offer.delivered_at else "landing",
            landed_at=now.isoformat(),
            connector=source.connector,
            provenance=source.provenance,
            owner=source.owner or self._registry.feeds[offer.feed].owner,
            licence=source.licence or self._registry.feeds[offer.feed].licence,
        )
        self._pending[key] = (temporary, receipt)
        return Landed(receipt, new=True)

    def _write(self, last: bool = False) -> None:
        receipts = [receipt for _, receipt in self._pending.values()]
        self._store_files()
        self._append_offers()
        self._index.begin()
        try:
            self._index.add_deliveries(receipts)
            self._index.add_offers(self._offers)
            if last:
                self._index.clear_mark(self._mark)
            self._index.commit()
        except BaseException:
            self._index.rollback()
            raise
        self._pending.clear()
        self._offers.clear()

    def _store_files(self) -> None:
        """Bytes first, receipts second: raw bytes without a receipt are not there."""
        if not self._pending:
            return
        staged: list[tuple[Path, Path, Path, Path]] = []
        folders: set[Path] = set()
        for temporary, receipt in self._pending.values():
            file, note = raw_paths(self._data, receipt)
            if file.parent not in folders:
                file.parent.mkdir(parents=True, exist_ok=True)
                folders.add(file.parent)
            staged_note = temporary.with_name(temporary.name + ".receipt")
            staged_note.write_bytes(json.dumps(receipt.as_dict(), ensure_ascii=False, indent=1).encode())
            staged.append((temporary, file, staged_note, note))
        flush(self._staging, (path for pair in staged for path in (pair[0], pair[2])))
        for temporary, file, staged_note, note in staged:
            temporary.chmod(0o444)
            temporary.replace(file)
            staged_note.replace(note)
        flush(self._staging, folders | {f.parent for f in folders})

    def _append_offers(self) -> None:
        by_feed: dict[str, list[str]] = {}
        for source_id, offer_id, etag, feed, sha256 in self._offers:
            line = {"source_id": source_id, "offer_id": offer_id, "etag": etag, "sha256": sha256}
            by_feed.setdefault(feed, []).append(json.dumps(line, ensure_ascii=False) + "\n")
        for feed, lines in by_feed.items():
            file = self._data.offers_file(feed)
            created = not file.exists()
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("ab") as stream:
                # A line torn by an earlier crash must not swallow the next one.
                stream.write(("\n" + "".join(lines)).encode() if _torn(file) else "".join(lines).encode())
                stream.flush()
                os.fsync(stream.fileno())
            if created:
                fsync_dir(file.parent)


def raw_paths(data: DataDir, receipt: Receipt) -> tuple[Path, Path]:
    """Where the bytes and the receipt of a delivery stand."""
    day = receipt.delivered_at[:10]
    file = data.raw_file(receipt.feed, day, receipt.sha256, extension_of(receipt.file_name))
    return file, data.receipt_file(receipt.feed, day, receipt.sha256)


def stored_receipts(data: DataDir) -> Iterator[tuple[Path, Receipt]]:
    """Every receipt on disk with its path; a receipt that cannot be read raises ValueError naming the file."""
    for note in sorted(data.raw.glob("*/*/*.receipt.json")):
        try:
            yield note, Receipt(**json.loads(note.read_bytes()))
        except (ValueError, TypeError) as error:
            raise ValueError(f"{note} is not a receipt: {error}") from None


def stored_offers(data: DataDir) -> Iterator[tuple[str, str, str, str, str]]:
    """Every remembered offer on disk as (source_id, offer_id, etag, feed, sha256); torn lines are left out."""
    for file in sorted(data.raw.glob("*/offers.jsonl")):
        for line in file.read_bytes().split(b"\n"):
            offer = _offer_line(line)
            if offer is not None:
                yield (offer["source_id"], offer["offer_id"], offer["etag"], file.parent.name, offer["sha256"])


def _copy(stream: IO[bytes], target: Path) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = 0
    with target.open("xb", buffering=0) as out:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            view = memoryview(chunk)
            while view:
                view = view[out.write(view) :]
    return digest.hexdigest(), size


def _torn(file: Path) -> bool:
    with file.open("rb") as stream:
        if stream.seek(0, os.SEEK_END) == 0:
            return False
        stream.seek(-1, os.SEEK_END)
        return stream.read(1) != b"\n"


def _offer_line(line: bytes) -> dict[str, Any] | None:
    try:
        offer = json.loads(line)
    except ValueError:
        return None
    return offer if isinstance(offer, dict) and offer.keys() >= {"source_id", "offer_id", "etag", "sha256"} else None
