"""A small district end to end, made once per session by the command line itself.

Here belong the fixtures that the pipeline tests share. A test that changes its data directory copies it first.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAST_DAY = "2025-01-24"
NEXT_DAY = "2025-01-25"


@dataclass(frozen=True)
class Ran:
    """A finished command: exit code and both outputs."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.out)


def run_cli(*arguments: str, env: dict[str, str] | None = None) -> Ran:
    """Runs `ecoledger` as a user does, with an empty home of its own if `env` names one."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ECOLEDGER_") and k != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**kept, **(env or {})},
        timeout=600,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class District:
    """A published small district: where it lies and what the first refresh said."""

    data: Path
    first: Ran
    home: Path


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> District:
    """The built-in district from its beginning to LAST_DAY, refreshed once."""
    home = tmp_path_factory.mktemp("home")
    data = tmp_path_factory.mktemp("district") / "data"
    first = run_cli("refresh", "--data", str(data), "--to", LAST_DAY, "--json", env={"HOME": str(home)})
    return District(data, first, home)


@pytest.fixture
def copied(district: District, tmp_path: Path) -> Callable[[], Path]:
    """Gives a copy of the district's data directory that the test may change."""

    def copy() -> Path:
        target = tmp_path / "data"
        shutil.copytree(district.data, target, symlinks=True)
        return target

    return copy
