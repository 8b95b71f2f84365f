"""What DuckDB may take of the machine: memory and threads of every connection, here and in dbt's profile.

Here belong the two environment variables, their defaults, which dbt_project/profiles.yml repeats (a test compares
them), and how the default of memory follows the size of the lake. Not here: opening a connection (duck.py). Standard
library only.
"""

from __future__ import annotations

import os

MEMORY_VARIABLE, MEMORY = "ECOLEDGER_MEMORY", "400MB"
THREADS_VARIABLE, THREADS = "ECOLEDGER_THREADS", "2"
# What dbt's process may take for what did not fit; not given to it where memory is set.
MORE_VARIABLE = "ECOLEDGER_MEMORY_AGAIN"
# Where memory is not set: MEMORY serves so many readings; for more it grows in proportion, up to MOST_MEMORY_MB.
READINGS_OF_DEFAULT, MOST_MEMORY_MB = 7_000_000, 1400

_fitted = MEMORY


def fit_memory(readings: int) -> None:
    """Fits this process's default limit, and that of a dbt it starts, to a lake of so many clean readings."""
    global _fitted
    least = int(MEMORY.removesuffix("MB"))
    wanted = least * readings // READINGS_OF_DEFAULT
    _fitted = f"{min(MOST_MEMORY_MB, max(least, wanted))}MB"


def given_to_dbt() -> dict[str, str]:
    """The variables that dbt's process finds its limit by: its profile does not know the lake."""
    again = {} if MEMORY_VARIABLE in os.environ else {MORE_VARIABLE: f"{MOST_MEMORY_MB}MB"}
    return {MEMORY_VARIABLE: duckdb_limits()["memory_limit"], **again}


def duckdb_limits() -> dict[str, str]:
    """DuckDB's settings `memory_limit` (what does not fit is spilled) and `threads`, as chosen or by default."""
    return {
        "memory_limit": os.environ.get(MEMORY_VARIABLE, _fitted),
        "threads": os.environ.get(THREADS_VARIABLE, THREADS),
    }
