"""A refresh with nothing new imports nothing heavy, and the Parquet files do not depend on the number of threads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("polars", "duckdb", "pyarrow", "pandas", "numpy", "dagster", "dbt", "great_expectations")

_NOTHING_NEW = """
import sys
from pathlib import Path
from sources.registry.read_registry import registry
from warehouse.lock import writer_lock
from warehouse.paths import DataDir
from warehouse.recovery import recover
from warehouse.lake.lake import open_lake
from warehouse.release.ledger import Ledger
from warehouse.release.releases import current
data = DataDir(Path(sys.argv[1])).prepare()
with writer_lock(data, "refresh"):
    assert recover(data).nothing
    with open_lake(data, registry()) as lake:
        assert lake.unseen([]) == []
    assert current(data) is None and Ledger(data.ledger_file).verify() == 0
print([m for m in sys.argv[2].split(",") if m in sys.modules])
"""

_WRITE = """
import sys
from pathlib import Path
import polars as pl
from tests.unit.warehouse_kit import air_rows
from warehouse.parquet import write_frame
frame = pl.concat([air_rows("a" * 64, day, range(24), value=day) for day in range(1, 29)] * 60)
print(write_frame(frame, Path(sys.argv[1])), pl.thread_pool_size())
"""


def run(code: str, *arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_nothing_new_imports_nothing_heavy(tmp_path: Path) -> None:
    assert run(_NOTHING_NEW, str(tmp_path / "data"), ",".join(HEAVY)) == "[]"


@pytest.mark.parametrize(
    "module",
    [
        "paths",
        "lock",
        "release.ledger",
        "lake.index",
        "atomic",
        "lake.landing",
        "release.releases",
        "tables.catalogue",
        "recovery",
        "release.gate_records",
        "lake.lake",
    ],
)
def test_light_modules_stay_light(module: str) -> None:
    code = f"import sys; import warehouse.{module}; print([m for m in {HEAVY!r} if m in sys.modules])"
    assert run(code) == "[]"


def test_parquet_bytes_do_not_depend_on_threads(tmp_path: Path) -> None:
    found = {
        run(_WRITE, str(tmp_path / "a.parquet"), POLARS_MAX_THREADS=threads, TZ=zone)
        for threads, zone in (("1", "UTC"), ("2", "Asia/Shanghai"), ("7", "America/New_York"))
    }
    assert {line.split()[1] for line in found} == {"1", "2", "7"}
    assert len({line.split()[0] for line in found}) == 1
