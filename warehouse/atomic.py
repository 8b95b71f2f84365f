"""Writing files so that a reader sees the old one or the new one, never a part of either.

Here belong the temporary name, the rename and what is flushed when: one file at a time, or many with one flush of the
whole file system. Not here: what the files hold. Standard library only: a refresh with nothing new loads this module.
"""

from __future__ import annotations

import ctypes
import itertools
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path

from warehouse.paths import TEMPORARY

_numbers = itertools.count()


def temporary_next_to(path: Path) -> Path:
    """An unused name in the folder of `path`, for the file that will be renamed to it."""
    return path.with_name(f"{TEMPORARY}{os.getpid()}-{next(_numbers)}-{path.name[:64]}.part")


def is_temporary(path: Path) -> bool:
    """Whether `path` is an unfinished file or folder of ours."""
    return path.name.startswith(TEMPORARY)


def fsync_file(path: Path) -> None:
    """Flushes one file's bytes to the disk."""
    _fsync(path, os.O_RDONLY)


def fsync_dir(path: Path) -> None:
    """Flushes a folder's entries to the disk, so that a rename in it survives a power cut."""
    _fsync(path, os.O_RDONLY | os.O_DIRECTORY)


def _fsync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def replacing(path: Path, durable: bool = True) -> Generator[Path]:
    """Gives a temporary path to write to; at the end it takes the place of `path`, which an exception leaves as it was.

    With `durable=False` nothing is flushed: the caller flushes many files at once (`flush`) before it relies on them.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_next_to(path)
    try:
        yield temporary
        if durable:
            fsync_file(temporary)
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    if durable:
        fsync_dir(path.parent)


def write_bytes(path: Path, content: bytes, durable: bool = True) -> None:
    """Replaces `path` by `content` atomically."""
    with replacing(path, durable) as temporary:
        temporary.write_bytes(content)


def flush(root: Path, written: Iterable[Path]) -> None:
    """Makes all of `written` (files and folders below `root`) durable, with one call where the system has one.

    Thousands of small files cost one flush of their file system instead of an fsync each.
    """
    handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if _syncfs is not None and _syncfs(handle) == 0:
            return
    finally:
        os.close(handle)
    for path in written:
        if path.exists():
            (fsync_dir if path.is_dir() else fsync_file)(path)


def remove(path: Path) -> None:
    """Removes a file if it is there."""
    path.unlink(missing_ok=True)


def remove_empty_dirs(path: Path, stop: Path) -> None:
    """Removes `path` and its parents below `stop` as long as they are empty."""
    while path != stop and stop in path.parents:
        try:
            path.rmdir()
        except OSError:
            return
        path = path.parent


def flip(link: Path, target: str) -> None:
    """Points the symbolic link `link` at the relative `target` in one step; readers keep what they opened."""
    temporary = temporary_next_to(link)
    with suppress(FileNotFoundError):
        temporary.unlink()
    temporary.symlink_to(target)
    temporary.replace(link)
    fsync_dir(link.parent)


def _find_syncfs() -> ctypes._CFuncPtr | None:
    # Linux only; elsewhere every file is flushed by itself.
    try:
        return ctypes.CDLL(None, use_errno=True).syncfs
    except (OSError, AttributeError):
        return None


_syncfs = _find_syncfs()
