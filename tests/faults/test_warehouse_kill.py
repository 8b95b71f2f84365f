"""SIGKILL at every file operation of every step: after recovery and a second run all is as if nothing had happened."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


# step, file operations between two kills, least number of kills
DEFAULT = [
    *(("land", 1, 15), ("clean", 1, 12), ("late", 1, 15), ("renew", 1, 12), ("publish", 6, 10)),
    *(("rollback", 1, 3), ("prune", 4, 8), ("repair", 1, 2)),
]
FULL = [("publish", 1, 25), ("prune", 1, 20)]


@pytest.mark.parametrize(
    ("step", "every", "least_kills"), [*DEFAULT, *(pytest.param(*full, marks=pytest.mark.slow) for full in FULL)]
)
def test_killed_anywhere_the_second_run_gives_the_same(tmp_path: Path, step: str, every: int, least_kills: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.warehouse_kill", step, str(tmp_path), str(every)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    assert found["differing"] == []
    assert found["undisturbed"]["strays"] == []
    # The harness really killed: a hook that no longer fires would make this test pass for nothing.
    assert found["kills"] >= least_kills
