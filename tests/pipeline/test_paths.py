"""Whatever the path to the same deliveries, the same figures: by days and feeds in any order, killed in between.

Here belongs comparing such a path with one run over everything and with a full build of its own lake. Not here: kills
at chosen points (tests/faults/test_kill.py) or turns of months as such (test_turns.py).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sources.registry import registry
from tests import kit
from tests.pipeline.cut_district import District

pytestmark = pytest.mark.slow

BEGINS = "2026-02-16"
DAYS = ["2026-02-25", "2026-02-26", "2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02", "2026-03-03"]
STEPS = 5
# A refresh of this district takes longer than that on any machine.
LATEST_KILL_S = 9.0


def steps(rng: random.Random) -> Iterator[tuple[str, list[str]]]:
    """Days in any order, each with some of the feeds: what a feed delivered before comes late with a later step."""
    feeds = sorted(registry().feeds)
    for _ in range(STEPS):
        yield rng.choice(DAYS[1:]), rng.sample(feeds, rng.randint(1, len(feeds) - 1))


def killed(district: District, folder: Path, day: str, options: list[str], after_s: float) -> None:
    """Begins a refresh and kills it with everything it started; how far it came depends on the machine."""
    process = subprocess.Popen(
        kit.command(*district.arguments(day, *options)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=kit.ROOT,
        env=kit.environment(folder),
        start_new_session=True,
    )
    try:
        process.wait(after_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The digest that two runs over everything give, the first up to the first of the days."""
    district = District(tmp_path_factory.mktemp("at_once"), BEGINS)
    for day in (DAYS[0], DAYS[-1]):
        ran = district.refresh(day)
        assert ran.code == 0, ran.out + ran.err
    return ran.json["release"]["digest"]


@pytest.mark.parametrize("seed", [1])
def test_any_path_ends_in_the_figures_of_one_run_and_of_a_full_build(at_once: str, tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    district = District(tmp_path / "path", BEGINS)
    assert district.refresh(DAYS[0]).code == 0
    taken = []
    for day, feeds in steps(rng):
        options = [part for feed in feeds for part in ("--feed", feed)]
        taken.append((day, feeds))
        if rng.random() < 0.5:
            killed(district, tmp_path, day, options, rng.uniform(1.0, LATEST_KILL_S))
        else:
            ran = district.refresh(day, *options)
            assert ran.code in (0, 3), ran.out + ran.err
    last = district.refresh(DAYS[-1])
    assert last.code == 0, f"after {taken}: {last.out}{last.err}"
    assert last.json["release"]["digest"] == at_once, f"after {taken}"
    full = district.refresh(DAYS[-1], "--full")
    assert (full.code, full.json["outcome"]) == (0, "unchanged"), f"after {taken}: {full.out}"
    assert full.json["release"]["digest"] == at_once
    assert not [notice for notice in full.json["notices"] if "full build differs" in notice]
