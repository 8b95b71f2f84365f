"""The append-only, hash-chained list of releases, holds, rollbacks, prunings and losses, one JSON object a line.

Here belong appending, reading and verifying the chain, and dropping a torn end. Not here: what a release is, or which
release the entries make current (releases.py). Standard library only: a refresh with nothing new loads this module.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse.atomic import fsync_dir

KINDS = ("release", "hold", "rollback", "prune", "loss", "restart")
GENESIS = "0" * 64


class LedgerError(RuntimeError):
    """The ledger does not hold together; the message names the line. Nothing is written to such a ledger."""


@dataclass(frozen=True)
class Entry:
    """One line. `batch` is (place, size): entries appended together count only when all of them are there.

    `hash` covers every other field, `previous` the entry before; `at` is ISO, UTC.
    """

    seq: int
    kind: str
    at: str
    batch: tuple[int, int]
    payload: Mapping[str, Any]
    previous: str
    hash: str


class Ledger:
    """The ledger in one file; the file may be absent (no entry yet)."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def entries(self) -> list[Entry]:
        """All complete entries in order, the chain verified; LedgerError names the first line that does not fit."""
        return self._read()[0]

    def head(self) -> str:
        """Hash of the last entry, 64 zeros before the first; printed by each refresh, so that a cut tail is noticed."""
        entries = self.entries()
        return entries[-1].hash if entries else GENESIS

    def verify(self, expected_head: str | None = None) -> int:
        """Checks the whole chain and returns the number of entries.

        `expected_head`, a head digest noted earlier, must still be in the chain: cutting the end off is tampering too.
        """
        entries, complete, size = self._read()
        if complete != size:
            raise LedgerError(f"{self.file}: the last {size - complete} bytes are an unfinished entry")
        self.require(expected_head)
        return len(entries)

    def require(self, head: str | None) -> None:
        """LedgerError unless the chain of complete entries is sound and holds the digest `head`, where one was noted.

        What a crash left unfinished at the end is not damage here; `drop_torn_end` removes it.
        """
        entries = self.entries()
        if head not in (None, GENESIS) and all(e.hash != head for e in entries):
            raise LedgerError(f"{self.file}: no entry has the digest {head}: entries were removed or rewritten")

    def append(self, kind: str, payload: Mapping[str, Any], at: datetime | None = None) -> Entry:
        """Appends one entry durably and returns it."""
        return self.append_all([(kind, payload)], at)[-1]

    def append_all(self, items: Sequence[tuple[str, Mapping[str, Any]]], at: datetime | None = None) -> list[Entry]:
        """Appends several entries that count only together: a crash in between leaves none of them."""
        entries, complete, size = self._read()
        if complete != size:
            raise LedgerError(f"{self.file}: an unfinished entry is at the end; run recovery first")
        stamp = (at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="microseconds")
        previous = entries[-1].hash if entries else GENESIS
        added: list[Entry] = []
        for place, (kind, payload) in enumerate(items, start=1):
            if kind not in KINDS:
                raise ValueError(f"the ledger knows no entry of kind {kind!r}; use one of {KINDS}")
            fields = {
                "seq": len(entries) + place,
                "kind": kind,
                "at": stamp,
                "batch": [place, len(items)],
                "payload": json.loads(_canonical(payload)),
                "previous": previous,
            }
            previous = _hash(fields)
            added.append(_entry({**fields, "hash": previous}))
        self._write(b"".join(_canonical(_as_dict(e)) + b"\n" for e in added))
        return added

    def drop_torn_end(self) -> int:
        """Removes what a crash left of an append that never counted; returns how many bytes. Called under the lock."""
        _, complete, size = self._read()
        if complete != size:
            with self.file.open("r+b") as stream:
                stream.truncate(complete)
                os.fsync(stream.fileno())
        return size - complete

    def _write(self, lines: bytes) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        try:
            view = memoryview(lines)
            while view:
                view = view[os.write(handle, view) :]
            os.fsync(handle)
        finally:
            os.close(handle)
        fsync_dir(self.file.parent)

    def _read(self) -> tuple[list[Entry], int, int]:
        """Complete entries, the number of bytes they take, and the size of the file."""
        try:
            content = self.file.read_bytes()
        except FileNotFoundError:
            return [], 0, 0
        entries: list[Entry] = []
        ends: list[int] = [0]
        # Only a line feed ends a line: whatever is behind the last one is unfinished.
        for number, bare in enumerate(content.split(b"\n")[:-1], start=1):
            line = bare + b"\n"
            entries.append(self._parsed(line, number, entries[-1] if entries else None))
            ends.append(ends[-1] + len(line))
        # A batch whose last entry is missing never counted.
        if entries and entries[-1].batch[0] < entries[-1].batch[1]:
            del entries[len(entries) - entries[-1].batch[0] :]
        return entries, ends[len(entries)], len(content)

    def _parsed(self, line: bytes, number: int, before: Entry | None) -> Entry:
        where = f"{self.file}, line {number}"
        try:
            fields = json.loads(line)
            claimed = fields.pop("hash")
            entry = _entry({**fields, "hash": claimed})
        except (ValueError, KeyError, TypeError, AttributeError):
            raise LedgerError(f"{where}: not a ledger entry") from None
        if _hash(fields) != claimed or _canonical(_as_dict(entry)) + b"\n" != line:
            raise LedgerError(f"{where}: its content does not give its hash; the line was changed")
        place, count = entry.batch
        if before is None or before.batch[0] == before.batch[1]:
            expected_place, expected_count = 1, count
        else:
            expected_place, expected_count = before.batch[0] + 1, before.batch[1]
        if (
            entry.seq != number
            or entry.previous != (before.hash if before else GENESIS)
            or (place, count) != (expected_place, expected_count)
        ):
            raise LedgerError(f"{where}: it does not follow the line before; lines were removed, added or reordered")
        return entry


def _entry(fields: Mapping[str, Any]) -> Entry:
    place, count = fields["batch"]
    return Entry(
        seq=fields["seq"],
        kind=fields["kind"],
        at=fields["at"],
        batch=(place, count),
        payload=fields["payload"],
        previous=fields["previous"],
        hash=fields["hash"],
    )


def _as_dict(entry: Entry) -> dict[str, Any]:
    return {**vars(entry), "batch": list(entry.batch)}


def _canonical(value: Any) -> bytes:
    """One spelling per value: sorted keys, no blanks, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


def _hash(fields: Mapping[str, Any]) -> str:
    return hashlib.sha256(_canonical(fields)).hexdigest()
