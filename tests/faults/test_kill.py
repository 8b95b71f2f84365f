"""SIGKILL in the middle of each step of a refresh, run again: the same release as an undisturbed run.

Here belongs killing a real `ecoledger refresh` and everything it started, from outside, while BI keeps reading. Not
here: every single file operation of the warehouse (test_warehouse_kill.py).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

from tests import kit
from warehouse.paths import TEMPORARY, DataDir
from warehouse.release.ledger import Ledger
from warehouse.release.releases import current, releases, verify_files

pytestmark = pytest.mark.slow

FIRST, BEFORE, LAST = "2026-02-01", "2026-02-03", "2026-02-12"
POLL_S = 0.001
READ_EVERY_S = 0.05
Reached = Callable[[DataDir, str, float], bool]


def appeared(file: Path, since: float) -> bool:
    """Whether a file or folder was made or changed after the refresh began."""
    try:
        return file.stat().st_mtime > since
    except FileNotFoundError:
        return False


def unfinished(folder: Path) -> list[Path]:
    """Entries of a folder under a temporary name."""
    return [entry for entry in folder.iterdir() if entry.name.startswith(TEMPORARY)] if folder.is_dir() else []


def raw_half_landed(data: DataDir, said: str, since: float) -> bool:
    return len(unfinished(data.raw)) >= 5


def some_feeds_landed(data: DataDir, said: str, since: float) -> bool:
    return "pull    energy" in said


def first_month_written(data: DataDir, said: str, since: float) -> bool:
    return appeared(data.clean_partition("clean_air", "month", "2026-02"), since)


def a_later_feed_written(data: DataDir, said: str, since: float) -> bool:
    return appeared(data.clean_partition("clean_noise", "month", "2026-02"), since)


def counts_written(data: DataDir, said: str, since: float) -> bool:
    return "clean   waste" in said


def models_half_built(data: DataDir, said: str, since: float) -> bool:
    """Tables of this run are committed: the working database itself is kept from the run before."""
    log = data.build_db.with_name(f"{data.build_db.name}.wal")
    return "clean   water" in said and appeared(log, since) and log.stat().st_size > 100_000


def cross_domain_building(data: DataDir, said: str, since: float) -> bool:
    return "admission" in said


def domains_judged(data: DataDir, said: str, since: float) -> bool:
    return "build   domains" in said


def between_gates(data: DataDir, said: str, since: float) -> bool:
    return "build   cross-domain" in said


def release_begun(data: DataDir, said: str, since: float) -> bool:
    return bool(unfinished(data.releases))


def release_half_exported(data: DataDir, said: str, since: float) -> bool:
    return any(len(list((folder / "marts").glob("*.parquet"))) >= 8 for folder in unfinished(data.releases))


def release_in_the_ledger(data: DataDir, said: str, since: float) -> bool:
    return appeared(data.ledger_file, since)


@dataclass(frozen=True)
class Kill:
    """Where to kill: in `step`, once `reached`, and `later` seconds after that."""

    step: str
    reached: Reached
    later: float = 0.0


KILLS = [
    Kill("pull", raw_half_landed),
    Kill("pull", some_feeds_landed),
    Kill("clean", first_month_written),
    Kill("clean", a_later_feed_written),
    Kill("clean", counts_written),
    Kill("build", models_half_built),
    Kill("build", cross_domain_building, 1.0),
    Kill("gate", domains_judged, 1.0),
    Kill("gate", between_gates, 0.2),
    Kill("release", release_begun),
    Kill("release", release_half_exported),
    Kill("release", release_in_the_ledger),
]


@dataclass
class Readings:
    """What a BI tool saw of `data/current` while somebody wrote: release ids, and what should never be seen."""

    seen: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    looks: int = 0

    def look(self, data: DataDir) -> None:
        """Opens the current database as BI does and compares it with its own manifest of tables."""
        self.looks += 1
        try:
            database = (data.current / "marts.duckdb").resolve(strict=True)
            rows = kit.read(database, "SELECT release_id, count(*) AS n FROM mart_release_tables GROUP BY ALL")
            (row,) = rows
            if row["release_id"] != database.parent.name or row["n"] < 10:
                self.wrong.append(f"{database} says {row}")
            self.seen.add(row["release_id"])
        except (OSError, duckdb.Error, ValueError) as error:
            self.wrong.append(repr(error))


@contextmanager
def bi_reads(data: DataDir) -> Iterator[Readings]:
    """Reads `data/current` again and again until the end."""
    readings, over = Readings(), threading.Event()

    def go() -> None:
        while not over.wait(READ_EVERY_S):
            readings.look(data)

    reader = threading.Thread(target=go)
    reader.start()
    try:
        yield readings
    finally:
        over.set()
        reader.join()
        readings.look(data)


def refresh(data: DataDir, to: str = LAST) -> kit.Ran:
    return kit.run_cli("refresh", "--data", str(data.root), "--from", FIRST, "--to", to, "--json")


def killed_refresh(data: DataDir, kill: Kill) -> None:
    """Starts the refresh in a process group of its own and kills all of it at the given point."""
    arguments = kit.command("refresh", "--data", str(data.root), "--from", FIRST, "--to", LAST)
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryFile("w+") as spoken:
        since = time.time()
        process = subprocess.Popen(
            arguments,
            stdout=subprocess.DEVNULL,
            stderr=spoken,
            cwd=kit.ROOT,
            env=kit.environment(Path(home)),
            start_new_session=True,
        )
        try:
            while process.poll() is None and not kill.reached(data, _said(spoken.fileno()), since):
                time.sleep(POLL_S)
            time.sleep(kill.later)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        code = process.wait()
        assert code == -signal.SIGKILL, f"it was over before it could be killed:\n{_said(spoken.fileno())}"


def _said(descriptor: int) -> str:
    return os.pread(descriptor, 100_000, 0).decode("utf-8", "replace")


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    """A data directory with a release, which readers follow while the next one is made."""
    data = DataDir(tmp_path_factory.mktemp("kill") / "data")
    ran = refresh(data, BEFORE)
    assert ran.code == 0, ran.out + ran.err
    return data


def copy_of(data: DataDir, folder: Path) -> DataDir:
    shutil.copytree(data.root, folder / "data", symlinks=True)
    return DataDir(folder / "data")


@pytest.fixture(scope="module")
def undisturbed(before: DataDir, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Digest of the release that nobody disturbed."""
    ran = refresh(copy_of(before, tmp_path_factory.mktemp("undisturbed")))
    assert ran.code == 0, ran.out + ran.err
    return ran.json["release"]["digest"]


@pytest.mark.parametrize("kill", KILLS, ids=lambda k: f"{k.step}-{k.reached.__name__}")
def test_killed_and_run_again_it_is_as_if_nothing_had_happened(
    before: DataDir, undisturbed: str, tmp_path: Path, kill: Kill
) -> None:
    data = copy_of(before, tmp_path)
    earlier = current(before)
    assert earlier is not None
    with bi_reads(data) as readings:
        killed_refresh(data, kill)
        after_the_kill = Ledger(data.ledger_file).entries()
        again = refresh(data)
    assert again.code == 0, again.out + again.err
    assert again.json["release"]["digest"] == undisturbed
    assert Ledger(data.ledger_file).verify() >= len(after_the_kill)

    now = current(data)
    assert now is not None and verify_files(now) == []
    assert now.digest == undisturbed
    # Two releases and no trace of a third; readers saw these two and nothing else.
    assert [r.release_id for r in releases(data)] == [earlier.release_id, now.release_id]
    assert readings.wrong == []
    assert readings.seen == {earlier.release_id, now.release_id}
    assert readings.looks > 20
    left = [p for top in (data.raw, data.clean, data.releases) for p in top.rglob(f"{TEMPORARY}*")]
    assert left == []


def test_there_is_a_kill_in_each_of_the_five_steps() -> None:
    assert {kill.step for kill in KILLS} == {"pull", "clean", "build", "gate", "release"}
