"""What people are told when the disk under the data directory is full.

Here belongs the sentence. Not here: telling a full disk from other failures (sources.disk) or what is given up then
(each step's business). Standard library only: every command loads this module.
"""

from __future__ import annotations

import shutil
from pathlib import Path


class DiskFull(RuntimeError):
    """The disk that holds the data directory is full; the message says so and what to do."""


def full_text(root: Path) -> str:
    """What a person reads when the disk under the data directory `root` is full."""
    try:
        free = f" ({shutil.disk_usage(root).free / 1e6:,.0f} MB free)"
    except OSError:
        free = ""
    return (
        f"the disk is full{free}, data directory {root}: make room and run the same command again; "
        "nothing half-done is visible"
    )
