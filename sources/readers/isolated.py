"""Reads workbooks, Parquet, XML and web pages in a process of its own, so that an abort inside
native code costs one file.

Here belong starting, feeding, timing and ending that process: it is started with the first such file, used for all that
follow, and replaced when it ended or grew. Not here: what it does (child.py), or any format.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import pickle
import select
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from sources.readers.batches import RawBatch, UnreadableFile
from sources.readers.read_limits import MEBIBYTE, ReadLimits, broke_down, too_slow
from sources.readers.stream import ByteStream
from sources.readers.watch import Watch
from sources.readers.workbook_guard import whole

if TYPE_CHECKING:
    from sources.config.model import Format

# What the child says: one letter, the length of what follows.
HEAD = struct.Struct("<cQ")
BATCH, REFUSED, END = b"B", b"R", b"E"
# Lengths of two Arrow streams and of the texts behind them, and the number of other rows, in front of a batch.
BATCH_HEAD = struct.Struct("<QQQQ")
_ROOT = Path(__file__).resolve().parents[2]
# Address space is what is limited: every thread of a pool would claim some.
_FEW_THREADS = {"POLARS_MAX_THREADS": "1", "RAYON_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
_QUIET = {"RUST_BACKTRACE": "0"}
_idle: list[_Child] = []
_lock = threading.Lock()


class _Ended(Exception):
    """The process ended in the middle; `args[0]` says how."""


def isolated_rows(
    stream: ByteStream, name: str, fmt: Format, limits: ReadLimits, expected: Sequence[str], watch: Watch
) -> Iterator[RawBatch]:
    """Yields what the kind's reader reads, from the other process; UnreadableFile if that does not survive it."""
    yield from _answers((whole(stream, limits), name, fmt, limits, tuple(expected)), watch, limits)


def isolated_count(stream: ByteStream, fmt: Format, limits: ReadLimits, watch: Watch) -> int:
    """How many records such a file holds, from the other process."""
    counted: list[int] = []
    for _ in _answers((whole(stream, limits), "", fmt, limits, None), watch, limits, counted):
        pass
    return counted[-1]


def _answers(request: tuple, watch: Watch, limits: ReadLimits, counted: list[int] | None = None) -> Iterator[RawBatch]:
    packed = pickle.dumps(request)
    child = _take(limits)
    handed = 0
    try:
        while True:
            try:
                for batch in child.answer(packed, watch, limits):
                    handed += 1
                    yield batch
                break
            except _Ended as ended:
                # One that has read other files may have been full of them: a fresh one decides.
                if handed or not child.used:
                    raise broke_down(str(ended), request[2].kind, limits) from None
                child.kill()
                child = _Child(limits)
        if counted is not None:
            counted.append(child.records)
    finally:
        _give_back(child)


def close_readers() -> None:
    """Ends every idle process; the next file starts one again."""
    with _lock:
        children, _idle[:] = list(_idle), []
    for child in children:
        child.kill()


def _take(limits: ReadLimits) -> _Child:
    with _lock:
        while _idle:
            child = _idle.pop()
            if child.alive and child.memory == limits.child_bytes:
                return child
            child.kill()
    return _Child(limits)


def _give_back(child: _Child) -> None:
    if not (child.alive and child.clean):
        child.kill()
        return
    with _lock:
        _idle.append(child)


class _Child:
    """One process: it answers one request after the other."""

    def __init__(self, limits: ReadLimits) -> None:
        self.memory = limits.child_bytes
        # Whether it read a file before, and whether it waits for the next one.
        self.used = False
        self.clean = True
        # What it counted last.
        self.records = 0
        path = os.pathsep.join(p for p in (str(_ROOT), os.environ.get("PYTHONPATH", "")) if p)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sources.readers.child", str(self.memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **_FEW_THREADS, **_QUIET, "PYTHONPATH": path},
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("a process that was started with pipes has none")
        self._stdin, self._stdout = self._process.stdin, self._process.stdout

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def kill(self) -> None:
        """Ends it, whatever it does."""
        self._process.kill()
        for pipe in (self._stdin, self._stdout):
            with contextlib.suppress(OSError):
                pipe.close()
        self._process.wait()

    def answer(self, request: bytes, watch: Watch, limits: ReadLimits) -> Iterator[RawBatch]:
        """Its batches for one request; UnreadableFile if it refuses the file or takes too long, else _Ended."""
        self.clean = False
        try:
            self._stdin.write(struct.pack("<dQ", max(watch.left(), 1.0), len(request)))
            self._stdin.write(request)
            self._stdin.flush()
        except OSError:
            raise _Ended(self._how()) from None
        while True:
            kind, length = HEAD.unpack(self._read(HEAD.size, watch, limits))
            body = self._read(length, watch, limits)
            if kind == BATCH:
                yield _batch(body)
                continue
            said = pickle.loads(body)
            self.clean, self.used, self.records = said["stays"], True, said["records"]
            if kind == REFUSED:
                raise UnreadableFile(*said["refusal"])
            return

    def _read(self, size: int, watch: Watch, limits: ReadLimits) -> bytes:
        parts, pipe = [], self._stdout.fileno()
        while size:
            ready, _, _ = select.select([pipe], [], [], max(watch.left(), 0.0))
            if not ready:
                self.kill()
                raise too_slow(limits)
            part = os.read(pipe, min(size, MEBIBYTE))
            if not part:
                raise _Ended(self._how())
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _how(self) -> str:
        code = self._process.wait()
        if code >= 0:
            return f"exit code {code}"
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"


def _batch(body: bytes) -> RawBatch:
    rows, rejected, said, other = BATCH_HEAD.unpack_from(body)
    first = BATCH_HEAD.size
    frame = pl.read_ipc_stream(io.BytesIO(body[first : first + rows]))
    refused = pl.read_ipc_stream(io.BytesIO(body[first + rows : first + rows + rejected]))
    sheet, title = json.loads(body[first + rows + rejected : first + rows + rejected + said])
    return RawBatch(frame, refused, other, sheet, title)


def batch_body(batch: RawBatch) -> bytes:
    """`batch` as the child sends it."""
    parts = []
    for frame in (batch.frame, batch.rejected):
        buffer = io.BytesIO()
        frame.write_ipc_stream(buffer)
        parts.append(buffer.getvalue())
    parts.append(json.dumps([batch.sheet, batch.title]).encode())
    return BATCH_HEAD.pack(*map(len, parts), batch.rows_other) + b"".join(parts)
