"""Landing raw bytes: streamed to disk and hashed on the way, stored once by SHA-256, with a receipt for each delivery.

Here belong the receipt, the list of offers seen and the batch that makes thousands of small files durable together.
Not here: fetching (sources.connectors), or anything that looks into the bytes. Names that come from a source never
reach a path. Standard library only.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import IO, Any

from sources.config.model import Source
from sources.deliveries import Offer, Receipt
from sources.registry.feed_model import Registry
from warehouse.atomic import flush, fsync_dir, temporary_next_to, write_bytes
from warehouse.lake.index import Index, printable
from warehouse.paths import DataDir, extension_of

CHUNK = 1 << 20
# What a batch holds back at most: a kill loses no more than this many files, which are then fetched again.
BATCH_FILES = 5000


@dataclass(frozen=True)
class Landed:
    """A landed offer: the receipt of its last delivery, and whether it is a new one."""

    receipt: Receipt
    new: bool


@dataclass(frozen=True)
class _Bytes:
    """A file's SHA-256 and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True)
class _Moment:
    """When an offer was delivered, and by which clock."""

    delivered: datetime
    clock: str


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
        # Receipts in landing order, with the bytes that only the first receipt of them brings along.
        self._pending: list[tuple[Path | None, Receipt]] = []
        self._latest: dict[tuple[str, str, str], Receipt] = {}
        self._stored: dict[str, str] = {}
        self._offers: list[tuple[str, str, str, str, str]] = []

    def land(self, offer: Offer, stream: IO[bytes], source: Source, landed_at: datetime | None) -> Landed:
        """Reads `stream` to its end; see Lake.land."""
        feed = self._registry.feeds.get(offer.feed)
        if feed is None:
            raise ValueError(f"no feed is called {offer.feed!r}; use one of {sorted(self._registry.feeds)}")
        temporary = temporary_next_to(self._staging / "raw")
        try:
            copied = _copy(stream, temporary)
            landed = self._receive(offer, source, copied, landed_at, temporary)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        row = (printable(offer.source_id), printable(offer.offer_id), printable(offer.etag), feed.name, copied.sha256)
        self._offers.append(row)
        if len(self._offers) >= BATCH_FILES:
            self._write()
        return landed

    def adopt(self, offer: Offer, known: Receipt, source: Source, landed_at: datetime | None) -> Landed:
        """See Lake.adopt. The offer is not remembered: where the file still lies there, it is compared once more."""
        key = (offer.feed, printable(offer.source_id), printable(offer.offer_id))
        last = self._last(key, offer)
        delivered = offer.delivered_at or known.moment
        if last is not None and (last.sha256 == known.sha256 or delivered <= last.moment):
            return Landed(last, new=False)
        now = (landed_at or datetime.now(UTC)).astimezone(self._zone)
        moment = _Moment(delivered, printable(offer.delivered_at_source))
        receipt = self._receipt(key, offer, source, _Bytes(known.sha256, known.size_bytes), moment, now)
        receipt = replace(receipt, adopted_from=known.source_id, raw_file=known.raw_file)
        self._latest[key] = receipt
        self._pending.append((None, receipt))
        return Landed(receipt, new=True)

    def commit(self) -> None:
        """Makes everything landed so far durable and known to the index, and ends the batch."""
        self._write(last=True)

    def _receive(
        self, offer: Offer, source: Source, copied: _Bytes, landed_at: datetime | None, temporary: Path
    ) -> Landed:
        key = (offer.feed, printable(offer.source_id), printable(offer.offer_id))
        last = self._last(key, offer)
        if last is not None and last.sha256 == copied.sha256:
            temporary.unlink()
            return Landed(last, new=False)
        now = (landed_at or datetime.now(UTC)).astimezone(self._zone)
        raw_file = self._stored.get(copied.sha256) or self._index.stored_bytes(copied.sha256)
        receipt = self._receipt(key, offer, source, copied, self._delivered(offer, now, last), now)
        if raw_file:
            receipt = replace(receipt, raw_file=raw_file)
            temporary.unlink()
        self._stored[copied.sha256] = receipt.raw_file
        self._latest[key] = receipt
        self._pending.append((None if raw_file else temporary, receipt))
        return Landed(receipt, new=True)

    def _last(self, key: tuple[str, str, str], offer: Offer) -> Receipt | None:
        return self._latest.get(key) or self._index.latest_of(*key, printable(offer.offered_path))

    def _receipt(
        self,
        key: tuple[str, str, str],
        offer: Offer,
        source: Source,
        stored: _Bytes,
        moment: _Moment,
        now: datetime,
    ) -> Receipt:
        feed, file_name = self._registry.feeds[offer.feed], printable(offer.file_name)
        delivered = moment.delivered.astimezone(self._zone)
        return Receipt(
            feed=feed.name,
            source_id=key[1],
            offer_id=key[2],
            file_name=file_name,
            sha256=stored.sha256,
            size_bytes=stored.size,
            delivered_at=delivered.isoformat(),
            delivered_at_source=moment.clock,
            landed_at=now.isoformat(),
            connector=source.connector,
            provenance=source.provenance,
            owner=source.owner or feed.owner,
            licence=source.licence or feed.licence,
            offered_path=printable(offer.offered_path),
            source_path=printable(source.path),
            raw_file=raw_name(feed.name, delivered.date().isoformat(), stored.sha256, file_name),
        )

    def _delivered(self, offer: Offer, now: datetime, last: Receipt | None) -> _Moment:
        """When the offer was delivered, and by which clock.

        A file that changed was delivered after the state that it replaced. Where its own clock denies that (earlier
        bytes put back with their old time, a dated name written over), the time of landing counts.
        """
        delivered = offer.delivered_at.astimezone(self._zone) if offer.delivered_at else now
        clock = printable(offer.delivered_at_source) if offer.delivered_at else "landing"
        if last is None or delivered > last.moment:
            return _Moment(delivered, clock)
        later = last.moment.astimezone(self._zone) + timedelta(microseconds=1)
        return _Moment(max(now, later), "landing")

    def _write(self, last: bool = False) -> None:
        receipts = [receipt for _, receipt in self._pending]
        self._store_files()
        self._append_offers()
        self._index.begin()
        try:
            self._index.add_deliveries(receipts)
            self._index.add_offers((feed, source, offer, etag) for source, offer, etag, feed, _ in self._offers)
            if last:
                self._index.clear_mark(self._mark)
            self._index.commit()
        except BaseException:
            self._index.rollback()
            raise
        for kept in (self._pending, self._latest, self._stored, self._offers):
            kept.clear()

    def _store_files(self) -> None:
        """Bytes first, receipts second: raw bytes without a receipt are not there."""
        if not self._pending:
            return
        staged: list[tuple[Path, Path]] = []
        folders: set[Path] = set()
        for temporary, receipt in self._pending:
            file, note = raw_paths(self._data, receipt)
            staged_note = temporary_next_to(self._staging / "receipt")
            staged_note.write_bytes(receipt_bytes(receipt))
            for path in (file, note):
                if path.parent not in folders:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    folders.add(path.parent)
            if temporary is not None:
                temporary.chmod(0o444)
                staged.append((temporary, file))
            staged.append((staged_note, note))
        flush(self._staging, (temporary for temporary, _ in staged))
        for temporary, final in staged:
            temporary.replace(final)
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


def raw_name(feed: str, day: str, sha256: str, file_name: str) -> str:
    """What a receipt says of where its bytes are stored: feed, day of their first delivery and file below raw/."""
    return f"{feed}/{day}/{sha256}.{extension_of(file_name)}"


def raw_paths(data: DataDir, receipt: Receipt) -> tuple[Path, Path]:
    """Where the bytes and the receipt of a delivery are; UnsafeName where `raw_file` cannot name the bytes.

    A receipt of the layout before delivery ids names no `raw_file`: its bytes are next to it.
    """
    usual = raw_name(receipt.feed, receipt.delivered_at[:10], receipt.sha256, receipt.file_name)
    feed, day, name = (*(receipt.raw_file or usual).split("/", 2), "", "")[:3]
    file = data.raw_file(feed, day, receipt.sha256, name.removeprefix(f"{receipt.sha256}."))
    return file, data.receipt_file(receipt.feed, receipt.delivered_at[:10], receipt.delivery_id)


def receipt_bytes(receipt: Receipt) -> bytes:
    """A receipt as it is on disk."""
    return json.dumps(receipt.as_dict(), ensure_ascii=False, indent=1).encode()


def stored_receipts(data: DataDir) -> Iterator[tuple[Path, Receipt]]:
    """Every receipt on disk with its path; a receipt that cannot be read raises ValueError naming the file."""
    for note in sorted(data.raw.glob("*/*/*.receipt.json")):
        try:
            yield note, Receipt(**json.loads(note.read_bytes()))
        except (ValueError, TypeError) as error:
            raise ValueError(f"{note} is not a receipt: {error}") from None


def renew_old_receipts(data: DataDir) -> int:
    """Writes receipts of the layout before delivery ids (named by SHA-256, bytes next to them) anew; gives how many.

    Offers that this layout dropped as known bytes have no receipt: they are offered again.
    """
    renewed = 0
    for note, receipt in stored_receipts(data):
        if receipt.raw_file or note.name != f"{receipt.sha256}.receipt.json":
            continue
        raw_file = raw_name(receipt.feed, receipt.delivered_at[:10], receipt.sha256, receipt.file_name)
        new = replace(receipt, raw_file=raw_file)
        write_bytes(raw_paths(data, new)[1], receipt_bytes(new))
        note.unlink()
        renewed += 1
    return renewed


def stored_offers(data: DataDir) -> Iterator[tuple[str, str, str, str, str]]:
    """Every offer on disk, its last state last, without torn lines: (source_id, offer_id, etag, feed, sha256)."""
    for file in sorted(data.raw.glob("*/offers.jsonl")):
        for line in file.read_bytes().split(b"\n"):
            offer = _offer_line(line)
            if offer is not None:
                yield (offer["source_id"], offer["offer_id"], offer["etag"], file.parent.name, offer["sha256"])


def _copy(stream: IO[bytes], target: Path) -> _Bytes:
    digest = hashlib.sha256()
    size = 0
    with target.open("xb", buffering=0) as out:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            view = memoryview(chunk)
            while view:
                view = view[out.write(view) :]
    return _Bytes(digest.hexdigest(), size)


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
