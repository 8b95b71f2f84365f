"""Processes that a command started end with it: also those that left its group, lost their parent or will not end."""

import os
import subprocess
import sys
import time

import pytest

from orchestration.children import descendants
from tests.kit import ROOT, is_running

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

# Starts a process in a session of its own, which ignores SIGTERM, and ends: an orphan.
LEAVES_AN_ORPHAN = """
import subprocess, sys
stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(600)"
orphan = subprocess.Popen([sys.executable, "-c", stubborn], start_new_session=True, stdout=subprocess.PIPE)
orphan.stdout.readline()
print(orphan.pid)
"""
ENDS_THEM = f"""
import os, subprocess, sys
from orchestration.children import descendants, end_descendants, keep_orphans
keep_orphans()
orphan = int(subprocess.check_output([sys.executable, "-c", {LEAVES_AN_ORPHAN!r}]))
polite = subprocess.Popen(["sleep", "600"])
assert sorted(descendants(os.getpid())) == sorted([orphan, polite.pid]), "not found"
end_descendants(0.5)
print(orphan, polite.pid, polite.wait())
"""


def test_orphans_and_stubborn_ones_end_too():
    said = subprocess.check_output([sys.executable, "-c", ENDS_THEM], cwd=ROOT, text=True, timeout=60)
    orphan, polite, _ = said.split()
    assert not is_running(int(orphan))
    assert not is_running(int(polite))


def test_a_child_dies_with_its_killed_parent():
    lives = "die_with(os.getppid()); print(os.getpid(), flush=True); time.sleep(600)"
    child = f"import os, time; from orchestration.children import die_with; {lives}"
    parent = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {child!r}]); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", parent], cwd=ROOT, stdout=subprocess.PIPE) as process:
        pid = int(process.stdout.readline())
        assert is_running(pid)
        process.kill()
    until = time.monotonic() + 30
    while is_running(pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_running(pid)


def test_a_child_whose_parent_has_gone_before_does_not_begin():
    code = "from orchestration.children import die_with; die_with(1 << 30); print('began')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")


def test_nobody_is_below_a_process_without_children():
    assert descendants(1 << 30) == []
    assert os.getpid() in descendants(os.getppid())
