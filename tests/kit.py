"""What tests of the whole product share: the command line in a process of its own, and reading a release as BI does.

Here belong running `ecoledger` in an environment without a home, read-only questions to `data/current`, and the dbt
project as parsed once for all tests of a run, with one command run on it. Not here: assertions, or any other shortcut
into a room.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.dbt_runs.dbt_runner import PROJECT, Dbt, prepare_manifest, project_fingerprint
from warehouse.paths import DataDir

ROOT = Path(__file__).resolve().parents[1]
BUILT_IN = ROOT / "sources" / "simulated"
# A refresh of a small range takes about half a minute; a hanging one must not hang the tests.
TIMEOUT_S = 1200
# Where this run of the tests keeps what it shares between its processes; tests/conftest.py sets it.
SHARED_FOLDER = "ECOLEDGER_TESTS_SHARED"


@dataclass(frozen=True)
class Ran:
    """A finished command: exit code and both outputs."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one JSON object on stdout; fails with both outputs if there is none."""
        try:
            return json.loads(self.out)
        except json.JSONDecodeError:
            raise AssertionError(f"no JSON on stdout, exit code {self.code}\n{self.out}\n{self.err}") from None


def copy_built_in(folder: Path) -> str:
    """Puts the files that the built-in district names into `folder`; the text of its configuration."""
    for name in ("sites.csv", "site_attributes.csv", "site_limits.csv", "communities.csv", "site_areas.csv"):
        shutil.copy(BUILT_IN / name, folder / name)
    return (BUILT_IN / "district.toml").read_text(encoding="utf-8")


def command(*arguments: str) -> list[str]:
    """The command line of `ecoledger`, run by this Python."""
    return [sys.executable, "-m", "orchestration.cli.main", *arguments]


def environment(home: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a user who has set nothing: an empty home, none of our variables, bytecode is compiled."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ECOLEDGER_") and k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "HOME": str(home), **(extra or {})}


def run_cli(*arguments: str, env: Mapping[str, str] | None = None, prefix: Sequence[str] = ()) -> Ran:
    """Runs `ecoledger` to its end as a user does; `prefix` goes before the command (setpriv, nice, …)."""
    with tempfile.TemporaryDirectory(prefix="ecoledger-home-") as home:
        done = subprocess.run(
            [*prefix, *command(*arguments)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=environment(Path(home), env),
            timeout=TIMEOUT_S,
            check=False,
        )
    return Ran(done.returncode, done.stdout, done.stderr)


def is_running(pid: int) -> bool:
    """Whether a process works or waits; one that has ended and whose parent has not asked how does not count."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def parsed(data: DataDir) -> Path:
    """The project's manifest in `data`, as the product prepares it; parsed once for all tests of a run."""
    shared = Path(os.environ[SHARED_FOLDER]) / project_fingerprint()[:16]
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = DataDir(shared / "data").prepare()
        target = prepare_manifest(made).parent
    shutil.copytree(target, data.dbt_manifest.parent, dirs_exist_ok=True)
    return prepare_manifest(data)


def run_dbt(
    data: DataDir,
    arguments: Sequence[str],
    target: Path,
    variables: Mapping[str, Any],
    manifest: Path,
    project: Path = PROJECT,
) -> list[dict[str, Any]]:
    """The events of one command in a dbt process of its own, run to its end."""
    with Dbt(data, manifest, project) as dbt:
        return list(dbt.run(arguments, target, variables))


def read(database: Path, query: str) -> list[dict[str, Any]]:
    """Rows of `query` over a released database, opened as a BI tool does: read-only and shut in."""
    settings = {"enable_external_access": "false", "lock_configuration": "true"}
    with duckdb.connect(str(database), read_only=True, config=settings) as con:
        cursor = con.execute(query)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def current(data: Path, query: str) -> list[dict[str, Any]]:
    """Rows of `query` over the release that `data/current` points at."""
    return read(data / "current" / "marts.duckdb", query)
