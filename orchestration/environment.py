"""The process environment a refresh runs in: Dagster's home, threads, what is switched off, what dbt is given.

Everything the tools would write to a home directory or send over a network is settled here, before they are imported.
Standard library only. Not here: paths of the lake (warehouse.paths) or what dbt is asked to do (dbt_runner.py).
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import sys
from pathlib import Path

from warehouse.engine_limits import given_to_dbt
from warehouse.paths import DataDir

# One home per data directory. Batches: see event_log.py. `freshness` makes the daemon judge the freshness policies.
# Output of steps is not captured: that takes two `tail` processes a run, which outlive a killed one; log_file has it.
# Run coordinator: a run that is launched without partitions takes what is due.
# Python logs: the terminal of the page is told what steps say, not each of a run's thousand events; the page has them.
# Pools: one slot, because DuckDB lets a single process write a file and shuts all others out meanwhile.
_DAGSTER_YAML = """\
telemetry:
  enabled: false
nux:
  enabled: false
event_log_storage:
  module: orchestration.dagster.event_log
  class: KeptSqliteEventLogStorage
  config:
    base_dir: {history}
compute_logs:
  module: orchestration.dagster.private
  class: NoOpComputeLogManager
run_coordinator:
  module: orchestration.dagster.due
  class: DueRunCoordinator
python_logs:
  python_log_level: INFO
concurrency:
  pools:
    default_limit: 1
    granularity: op
  runs:
    max_concurrent_runs: 1
freshness:
  enabled: true
"""

_SWITCHES = {
    "DAGSTER_DISABLE_TELEMETRY": "yes",
    "DAGSTER_EVENT_BATCH_SIZE": "1000",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
}
# Polars' allocator gives back what cleaning has freed while this process waits for dbt's: otherwise nothing asks it to.
_ALLOCATOR = ("_RJEM_MALLOC_CONF", "background_thread:true,muzzy_decay_ms:0")


def prepare(data: DataDir) -> None:
    """Makes `data/dagster` a Dagster home without telemetry and points this process at it. Call before any import."""
    home = data.dagster
    home.mkdir(parents=True, exist_ok=True)
    wanted = _DAGSTER_YAML.format(history=_quoted(home / "history"))
    config = home / "dagster.yaml"
    if not config.exists() or config.read_text(encoding="utf-8") != wanted:
        config.write_text(wanted, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ.update(_SWITCHES)
    os.environ.setdefault(*_ALLOCATOR)


def dbt_environment(data: DataDir, project: Path, target: Path) -> dict[str, str]:
    """Environment of a dbt subprocess that reads only `project` and writes only below `data`; `target` is absolute."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DBT_", "DAGSTER_"))}
    return kept | {
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
        "DBT_PROJECT_DIR": str(project),
        "DBT_PROFILES_DIR": str(project),
        "DBT_TARGET_PATH": str(target),
        "DBT_LOG_PATH": str(target),
        "ECOLEDGER_BUILD_DB": str(data.build_db),
        **given_to_dbt(),
        "PYTHONUNBUFFERED": "1",
    }


def collect_rarely() -> None:
    """Makes the garbage collector of this process look after 50,000 new objects instead of 700.

    Imports, manifests and expectations make millions that live on, and few die in cycles: looking at them again and
    again cost a tenth of what a refresh spends in Python.
    """
    gc.set_threshold(50_000, 20, 100)


def give_back_memory() -> None:
    """Hands what allocators keep for later back to the machine, between steps: another process needs it next."""
    if pyarrow := sys.modules.get("pyarrow"):
        pyarrow.default_memory_pool().release_unused()
    if sys.platform == "linux":
        # Missing in a C library other than glibc.
        with contextlib.suppress(AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def log_file(data: DataDir) -> Path:
    """Where everything the libraries say during a run is kept; each run begins it anew."""
    return data.dagster / "refresh.log"


def _quoted(path: Path) -> str:
    """`path` as a YAML single-quoted scalar."""
    return "'" + str(path).replace("'", "''") + "'"
