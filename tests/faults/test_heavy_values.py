"""Values and records that want all memory or all time: they cost themselves only.

Here belongs cleaning with them. Not here: the limits one by one (tests/unit/test_readers_limits.py), or files that
break their reader (test_one_file.py).
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sources.config.model import ValueMapping
from sources.readers.read_limits import NUMBER_LIMIT
from tests import kit
from tests.faults.noise_kit import noise_source
from tests.unit import cleaning_kit

_MEASURED = """
import re, sys
from tests.faults.noise_kit import noise_source
from tests.unit.cleaning_kit import NOON, MemoryStore, config, delivery, run

def peak():
    # Not getrusage: a process inherits that peak from the one that started it.
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) // 1024

store, source = MemoryStore(), noise_source("json")
run(store, config(source), [delivery(source, b'[{"site":"B","time":"2026-03-01 00:00","leq":1}]', NOON, "warm.json")])
before = peak()
run(store, config(source), [delivery(source, open(sys.argv[1], "rb").read(), NOON, "g.json")])
print(before, peak(), store.all_clean("clean_noise").height)
"""


def test_json_in_which_every_record_has_a_key_of_its_own_costs_little(tmp_path: Path) -> None:
    """20,000 records took 9.4 GB; within 300 MB is asked for, the libraries' own share included."""
    file = tmp_path / "g.json"
    stamps = [f"2026-{1 + i // 672 % 2:02d}-{1 + i // 24 % 28:02d} {i % 24:02d}:00" for i in range(20_000)]
    records = [{"site": f"S{i // 1344}", "time": stamps[i], "leq": 50, f"k{i:05d}": 1} for i in range(20_000)]
    file.write_text(json.dumps(records, separators=(",", ":")))
    command = [sys.executable, "-c", _MEASURED, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=kit.ROOT, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    before, after, readings = map(int, done.stdout.split())
    assert readings == 20_001
    assert after < 300, f"{before} MB before, {after} MB after"


def test_a_number_of_five_million_digits_is_quarantined_at_once() -> None:
    source = noise_source("json")
    long = '{"site":"A","time":"2026-03-02 00:00","leq":' + "9" * 5_000_000 + "}"
    data = f'[{long},{{"site":"A","time":"2026-03-02 01:00","leq":50}}]'
    store = cleaning_kit.cleaned(source, data)
    (sha256,) = (sha for _, sha in store.files)
    totals = store.totals("noise", sha256)
    assert (totals["records_in"], totals["records_quarantined"], totals["readings_clean"]) == (2, 1, 1)
    (entry,) = store.quarantine["noise", sha256].to_dicts()
    assert (entry["raw_row"], entry["raw_column"]) == (1, "leq")
    assert "5,000,000 characters" in entry["message"]


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_a_number_beyond_any_number_costs_its_reading_only(kind: str) -> None:
    """The same declared limit whatever the format; nothing is converted before it is judged."""
    source = replace(
        noise_source(kind), values=(ValueMapping("leq", "leq", "dB(A)"), ValueMapping("l10", "l10", "dB(A)"))
    )
    long = "9" * (NUMBER_LIMIT + 1)
    record = {"site": "A", "time": "2026-03-02 00:00", "leq": long, "l10": "53"}
    data = json.dumps([record]) if kind == "json" else "\n".join(",".join(row) for row in (record, record.values()))
    store = cleaning_kit.cleaned(source, data)
    (sha256,) = (sha for _, sha in store.files)
    totals = store.totals("noise", sha256)
    assert (totals["readings_in"], totals["readings_quarantined"], totals["readings_clean"]) == (2, 1, 1)
    (entry,) = store.quarantine["noise", sha256].to_dicts()
    assert (entry["level"], entry["raw_column"]) == ("reading", "leq")
    assert str(NUMBER_LIMIT) in entry["message"]
