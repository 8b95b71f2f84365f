"""Processes that this one started: they end with it, whatever ends it.

Here belongs what the system offers for that. It is all of it on Linux only; elsewhere a child is ended by whoever
started it. Standard library only. Not here: what is started (dbt_runs/dbt_runner.py, dagster/webserver.py).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from pathlib import Path

# prctl(2): PR_SET_PDEATHSIG and PR_SET_CHILD_SUBREAPER.
_PARENT_DEATH_SIGNAL = 1
_CHILD_SUBREAPER = 36
_PROC = Path("/proc")
_LOOK_EVERY_S = 0.05
_KILLED_WITHIN_S = 5


def die_with(parent: int) -> None:
    """Ends this process when `parent` (a pid) ends, killed or not: an orphan would go on writing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(2)


def keep_orphans() -> None:
    """From now on a process whose parent ends becomes a child of this one, so that `end_descendants` finds it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_CHILD_SUBREAPER, 1)


def descendants(pid: int) -> list[int]:
    """Pids of the running children of `pid`, their children and so on; ended ones do not count. Linux only, else []."""
    children: dict[int, list[int]] = {}
    for folder in _PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # "pid (name) state ppid …"; the name may hold anything.
            state, parent = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()[:2]
            children.setdefault(int(parent), []).append(int(folder.name) * (-1 if state in "ZX" else 1))
    found: list[int] = []
    queue = [pid]
    while queue:
        below = children.get(queue.pop(), [])
        queue += [abs(child) for child in below]
        found += [child for child in below if child > 0]
    return found


def end_descendants(grace_s: float) -> None:
    """Asks everything below this process to end, and kills what is still there after `grace_s` seconds."""
    asked: set[int] = set()
    until = time.monotonic() + grace_s
    while (running := descendants(os.getpid())) and time.monotonic() < until + _KILLED_WITHIN_S:
        if time.monotonic() > until:
            _send(running, signal.SIGKILL)
        else:
            # Also to what was started meanwhile.
            _send(set(running) - asked, signal.SIGTERM)
            asked.update(running)
        time.sleep(_LOOK_EVERY_S)
        _take_leave(running)


def _send(pids: set[int] | list[int], what: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, what)


def _take_leave(pids: list[int]) -> None:
    """Reads the exit codes of those that are children and have ended, as a parent must."""
    for pid in pids:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
