"""One writer per data directory, whoever starts it: an operating-system lock that says who holds it.

Here belongs the lock only. Not here: what is done under it, or repairing what a killed writer left (recovery.py). The
lock is on the directory itself, so that no file can be removed from under it; writer.lock only says who holds it. The
system drops the lock when its process ends, however it ends. Standard library only: every command loads this module.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from warehouse.paths import DataDir


class LakeBusy(RuntimeError):
    """Another process is writing; `holder` says which: pid, command, since when."""

    def __init__(self, holder: str) -> None:
        super().__init__(f"another process is writing: {holder}")
        self.holder = holder


_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# A look by `holder` shares the lock for an instant: a writer that meets one tries again so often.
_TRIES, _PAUSE_S = 10, 0.02

# Depth per (data directory, thread): a step that runs inside a command that already holds the lock passes through.
_held: dict[tuple[Path, int], int] = {}
_guard = threading.Lock()


@contextmanager
def writer_lock(data: DataDir, who: str) -> Generator[None]:
    """Holds the data directory for writing; `who` is the command shown to others. LakeBusy if it is taken.

    Entering again in the same thread is allowed; another thread or process gets LakeBusy.
    """
    key = (data.root.absolute(), threading.get_ident())
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
    data.root.mkdir(parents=True, exist_ok=True)
    handle = os.open(data.root, _DIRECTORY)
    try:
        _acquire(handle, data)
        with _guard:
            _held[key] = 1
        try:
            data.lock_file.write_text(_note(who), encoding="utf-8")
            yield
        finally:
            with _guard:
                del _held[key]
            with suppress(OSError):
                os.truncate(data.lock_file, 0)
    finally:
        os.close(handle)


def holder(data: DataDir) -> str | None:
    """Who is writing now, or None; asks without waiting and changes nothing."""
    try:
        handle = os.open(data.root, _DIRECTORY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None
    except BlockingIOError:
        return _describe(data)
    finally:
        os.close(handle)


def _acquire(handle: int, data: DataDir) -> None:
    for left in reversed(range(_TRIES)):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if not left:
                raise LakeBusy(_describe(data)) from None
            time.sleep(_PAUSE_S)


def _note(who: str) -> str:
    since = datetime.now().astimezone().isoformat(timespec="seconds")
    return json.dumps({"pid": os.getpid(), "command": who, "since": since, "host": socket.gethostname()})


def _noted(data: DataDir) -> dict[str, object]:
    """What the holder wrote about itself; empty if it has just started or somebody removed its note."""
    try:
        note = json.loads(data.lock_file.read_bytes())
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) and {"pid", "command", "since"} <= note.keys() else {}


def _describe(data: DataDir) -> str:
    note = _noted(data)
    if not note:
        return f"a process that has just started, or whose {data.lock_file.name} was removed"
    text = f"pid {note['pid']} ({note['command']}) since {note['since']}"
    return text if note.get("host") == socket.gethostname() else f"{text} on {note.get('host')}"
