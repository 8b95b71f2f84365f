"""One writer at a time, whoever starts it, and the second learns who the first is."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from warehouse.lock import LakeBusy, holder, writer_lock
from warehouse.paths import DataDir

_HOLD = """
import sys, time
from pathlib import Path
from warehouse.lock import writer_lock
from warehouse.paths import DataDir
with writer_lock(DataDir(Path(sys.argv[1])), "ecoledger refresh"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def other(tmp_path: Path):
    child = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    assert child.stdout.readline() == "held\n"
    yield child
    child.kill()
    child.wait()
    child.stdout.close()


def test_the_second_process_is_told_who_writes(tmp_path: Path, other: subprocess.Popen) -> None:
    data = DataDir(tmp_path)
    with pytest.raises(LakeBusy) as caught, writer_lock(data, "me"):
        pass
    assert f"pid {other.pid} (ecoledger refresh) since 20" in caught.value.holder
    assert holder(data) == caught.value.holder


def test_a_killed_writer_holds_nothing(tmp_path: Path, other: subprocess.Popen) -> None:
    os.kill(other.pid, signal.SIGKILL)
    other.wait()
    data = DataDir(tmp_path)
    assert holder(data) is None
    with writer_lock(data, "me"):
        assert f"pid {os.getpid()} (me)" in holder(data)


def test_removing_the_lock_file_lets_nobody_in(tmp_path: Path, other: subprocess.Popen) -> None:
    data = DataDir(tmp_path)
    data.lock_file.unlink()
    for _ in range(2):
        with pytest.raises(LakeBusy, match="was removed"), writer_lock(data, "me"):
            pass
    assert holder(data) is not None and not data.lock_file.exists()


def test_somebody_who_only_looks_keeps_no_writer_out(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    looking = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(looking, fcntl.LOCK_SH)
    threading.Timer(0.05, os.close, [looking]).start()
    with writer_lock(data, "me"):
        assert "(me)" in holder(data)


def test_the_same_thread_may_enter_again(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    with writer_lock(data, "command"):
        with writer_lock(data, "step"):
            pass
        assert "(command)" in holder(data)
    assert holder(data) is None


def test_another_thread_is_refused(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    refused: list[str] = []

    def enter() -> None:
        try:
            with writer_lock(data, "thread"):
                pass
        except LakeBusy as busy:
            refused.append(busy.holder)

    with writer_lock(data, "command"):
        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()
    assert len(refused) == 1


def test_an_exception_releases_the_lock(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    with pytest.raises(ValueError, match="inside"), writer_lock(data, "me"):
        raise ValueError("inside")
    assert holder(data) is None
