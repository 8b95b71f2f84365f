"""Ctrl-C, SIGTERM and a full disk: what was started is ended, the reason is said, the exit code is the one promised."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.cli import main as cli
from sources.disk import is_full
from sources.registry.read_registry import registry
from tests.unit.warehouse_kit import land
from warehouse.full_disk import DiskFull
from warehouse.lake.lake import open_lake
from warehouse.paths import DataDir

ROOT = Path(__file__).resolve().parents[2]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


# A command that waits for a child as a refresh waits for dbt.
WAIT = """
import signal, sys
from pathlib import Path
from orchestration.cli import main as cli
from orchestration.dbt_runs import dbt_runner
from warehouse.paths import DataDir

# What runs in the background of a shell inherits that Ctrl-C is ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
DATA = DataDir(Path(sys.argv.pop()))
CHILD = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"


@cli.app.command("wait")
def wait() -> int:
    for event in dbt_runner._run([sys.executable, "-c", CHILD], DATA, DATA.root, DATA.root):
        print(event["info"]["msg"], flush=True)
    return 0


sys.argv[1:] = ["wait"]
cli.main()
"""


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_a_stop_ends_the_child_and_says_so(tmp_path: Path, sent: signal.Signals) -> None:
    command = [sys.executable, "-c", WAIT, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        child = int(process.stdout.readline())
        assert alive(child)
        process.send_signal(sent)
        assert process.wait(30) == 130
        assert "ecoledger: stopped: what it had started was ended too" in process.stderr.read()
    assert not alive(child)


def test_an_interrupted_pull_keeps_what_has_landed(tmp_path: Path) -> None:
    data = DataDir(tmp_path / "data").prepare()
    with open_lake(data, registry()) as lake:
        with pytest.raises(KeyboardInterrupt), lake.batch():
            land(lake, "a.csv", b"landed")
            raise KeyboardInterrupt
        assert [d.receipt.file_name for d in lake.deliveries("air")] == ["a.csv"]
        assert not lake.needs_repair
    assert not list(data.root.rglob(".tmp-*"))


def _python() -> None:
    # Without O_CREAT: no file may take the device's place.
    handle = os.open("/dev/full", os.O_WRONLY)
    try:
        os.write(handle, b"x")
    finally:
        os.close(handle)


def _sqlite() -> None:
    with sqlite3.connect(":memory:") as db:
        db.execute("PRAGMA max_page_count = 2")
        db.execute("CREATE TABLE t (a BLOB)")
        db.execute("INSERT INTO t VALUES (zeroblob(100000))")


WRITERS = {"python": _python, "sqlite": _sqlite}
# Arrow and DuckDB remove or replace what they write to, so that no device can play a full disk: their words as
# they said them on one.
WORDS = {
    "polars": "parquet: File out of specification: underlying IO error: No space left on device (os error 28)",
    "arrow": "[Errno 28] Error writing bytes to file. Detail: [errno 28] No space left on device",
    "duckdb": 'IO Error: Could not write file "/mnt/work.duckdb": No space left on device',
    "duckdb spills": "Out of Memory Error: failed to offload data block of size 192.0 KiB (0 bytes/7.1 KiB used).\n"
    "This limit was set by the 'max_temp_directory_size' setting.",
}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_a_full_disk_is_known_in_every_writers_words(write) -> None:
    with pytest.raises(Exception) as caught:
        write()
    assert is_full(caught.value), repr(caught.value)
    try:
        raise RuntimeError("what a step made of it") from caught.value
    except RuntimeError as wrapped:
        assert is_full(wrapped)


@pytest.mark.parametrize("said", WORDS.values(), ids=WORDS)
def test_a_full_disk_is_known_in_their_words(said: str) -> None:
    assert is_full(said)


@pytest.mark.parametrize(
    "error", [OSError(errno.EACCES, "Permission denied"), ValueError("disk"), MemoryError("Out of Memory Error")]
)
def test_other_failures_are_no_full_disk(error: Exception) -> None:
    assert not is_full(error)


def test_a_full_disk_is_called_a_full_disk(tmp_path: Path, capsys, monkeypatch) -> None:
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("orchestration.cli.history.current_summary", full)
    assert cli.run(["status", "--data", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("ecoledger: the disk is full (") and str(tmp_path) in said and said.count("\n") == 1
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DiskFull, match="the disk is full"):
        DataDir(tmp_path).prepare()
