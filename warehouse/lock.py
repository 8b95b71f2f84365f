"""One writer per data directory, whoever starts it: an operating-system lock that says who holds it.

Here belongs the lock only. Not here: what is done under it, or repairing what a killed writer left (recovery.py). The
system drops the lock when its process ends, however it ends. Standard library only: every command loads this module.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from warehouse.paths import DataDir


class LakeBusy(RuntimeError):
    """Another process is writing; `holder` says which: pid, command, since when."""

    def __init__(self, holder: str) -> None:
        super().__init__(f"another process is writing: {holder}")
        self.holder = holder


# Depth per (lock file, thread): a step that runs inside a command that already holds the lock passes through.
_held: dict[tuple[Path, int], int] = {}
_guard = threading.Lock()


@contextmanager
def writer_lock(data: DataDir, who: str) -> Iterator[None]:
    """Holds the data directory for writing; `who` is the command shown to others. LakeBusy at once if it is taken.

    Entering again in the same thread is allowed; another thread or process gets LakeBusy.
    """
    path = data.lock_file.absolute()
    key = (path, threading.get_ident())
    with _guard:
        nested = key in _held
        if nested:
            _held[key] += 1
    if nested:
        try:
            yield
        finally:
            with _guard:
                _held[key] -= 1
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _acquire(handle, who)
        with _guard:
            _held[key] = 1
        try:
            yield
        finally:
            with _guard:
                del _held[key]
            os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def holder(data: DataDir) -> str | None:
    """Who is writing now, or None; asks without waiting and changes nothing."""
    try:
        handle = os.open(data.lock_file, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None
    except BlockingIOError:
        return _describe(handle)
    finally:
        os.close(handle)


def _acquire(handle: int, who: str) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise LakeBusy(_describe(handle)) from None
    since = datetime.now().astimezone().isoformat(timespec="seconds")
    note = {"pid": os.getpid(), "command": who, "since": since, "host": socket.gethostname()}
    os.ftruncate(handle, 0)
    os.pwrite(handle, json.dumps(note).encode(), 0)


def _describe(handle: int) -> str:
    # The holder may be between taking the lock and writing its note.
    try:
        note = json.loads(os.pread(handle, 4096, 0))
        text = f"pid {note['pid']} ({note['command']}) since {note['since']}"
    except (ValueError, KeyError, TypeError):
        return "a process that has just started"
    return text if note.get("host") == socket.gethostname() else f"{text} on {note.get('host')}"
