"""Whole-process time and memory of a refresh: the first one, further days, a full build, one with nothing new.

Run it by hand: `uv run python tests/benchmarks/bench_refresh.py [--to 2026-11-22] [--from 2026-10-20] [--keep DIR]`. It
prints figures and asserts nothing: machines differ, and a timed test would only be noise. The first line is the same
loop on every machine: figures of two machines compare by it, figures of one run by their ratio. Not here: cleaning
alone (bench_cleaning.py).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date, timedelta
from pathlib import Path

POLL_SECONDS = 0.05


def main() -> None:
    """Refreshes of the built-in district into one fresh data directory, one line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=date.fromisoformat, default=date.today() - timedelta(days=3))
    parser.add_argument("--from", dest="first", type=date.fromisoformat, help="first day of delivery")
    parser.add_argument("--keep", type=Path, help="data directory to use and keep")
    options = parser.parse_args()
    data = options.keep or Path(tempfile.mkdtemp(prefix="ecoledger-bench-"))
    days = [options.to + timedelta(days=n) for n in range(-1, 2)]
    print(f"{'a loop of 20 million':24} {loop():7.1f} CPU s", flush=True)
    try:
        for label, day, more in (
            ("first refresh", days[0], ()),
            ("one further day", days[1], ()),
            ("one more, one feed", days[2], ("--feed", "waste")),
            ("nothing new", days[2], ("--feed", "waste")),
            ("the same, built anew", days[2], ("--feed", "waste", "--full")),
        ):
            since = ("--from", str(options.first)) if options.first else ()
            line(label, *measured(data, ("--to", str(day), *since, *more)))
    finally:
        if not options.keep:
            shutil.rmtree(data, ignore_errors=True)


def loop() -> float:
    """CPU seconds of a fixed piece of work."""
    began, total = time.process_time(), 0
    for number in range(20_000_000):
        total += number
    return time.process_time() - began


def measured(data: Path, options: tuple[str, ...]) -> tuple[float, float, int, dict[str, object]]:
    """Wall and CPU seconds, peak resident bytes of the process tree, and what the refresh said of itself."""
    places = ("--data", str(data), "--json")
    command = [sys.executable, "-m", "orchestration.cli.main", "refresh", *places, *options]
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryFile("w+") as out:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, env={**os.environ, "HOME": home})
        peak = _Peak(process.pid)
        _, status, used = os.wait4(process.pid, 0)
        seconds, process.returncode = time.perf_counter() - started, os.waitstatus_to_exitcode(status)
        out.seek(0)
        return seconds, used.ru_utime + used.ru_stime, peak.stop(), json.loads(out.read())


class _Peak(threading.Thread):
    """Largest sum of resident memory over a process and its children, sampled from /proc."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid, self._most, self._going = pid, 0, True
        self.start()

    def run(self) -> None:
        while self._going:
            self._most = max(self._most, sum(_resident(pid) for pid in _tree(self._pid)))
            time.sleep(POLL_SECONDS)

    def stop(self) -> int:
        self._going = False
        self.join()
        return self._most


def _tree(root: int) -> list[int]:
    found = [root]
    for pid in found:
        try:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except OSError:
            continue
        found.extend(int(child) for child in children)
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def line(label: str, seconds: float, cpu: float, peak: int, said: dict[str, object]) -> None:
    steps = ", ".join(f"{name} {value:.1f}" for name, value in dict(said.get("seconds") or {}).items())
    print(
        f"{label:24} {cpu:7.1f} CPU s  {seconds:7.1f} s  {peak / 2**20:6.0f} MiB  {said['outcome']}  {steps}",
        flush=True,
    )


if __name__ == "__main__":
    main()
