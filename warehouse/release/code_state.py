"""Which code makes a release: git commit, lock file, versions of what computes.

Here belongs what the manifest says about the code. Not here: inputs, standards or verdicts. Outside a git checkout
(an installed package) the commit is null, and the manifest says so by that.
"""

from __future__ import annotations

import hashlib
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

_TOOLS = ("ecoledger", "duckdb", "polars", "pyarrow", "dbt-core", "dbt-duckdb", "great-expectations", "dagster")


def code_state(project: Path) -> dict[str, Any]:
    """Commit (null outside git), whether the tree differs from it, SHA-256 of uv.lock, versions of the tools."""
    commit = _git(project, "rev-parse", "HEAD")
    changes = _git(project, "status", "--porcelain") if commit else None
    lock = project / "uv.lock"
    return {
        "commit": commit,
        "modified": bool(changes) if changes is not None else None,
        "lock_sha256": hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else None,
        "python": platform.python_version(),
        "tools": {name: found for name in _TOOLS if (found := _version(name))},
    }


def _git(project: Path, *arguments: str) -> str | None:
    # A package installed inside somebody else's checkout must not claim that commit.
    if not (project / ".git").exists():
        return None
    try:
        done = subprocess.run(["git", "-C", str(project), *arguments], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
