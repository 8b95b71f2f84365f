"""What DuckDB may take of the machine: memory and threads of every connection, here and in dbt's profile.

Here belong the two environment variables and their defaults, which dbt_project/profiles.yml repeats (a test compares
them). Not here: opening a connection (duck.py). Standard library only.
"""

from __future__ import annotations

import os

MEMORY_VARIABLE, MEMORY = "ECOLEDGER_MEMORY", "1400MB"
THREADS_VARIABLE, THREADS = "ECOLEDGER_THREADS", "2"


def duckdb_limits() -> dict[str, str]:
    """DuckDB's settings `memory_limit` (what does not fit is spilled) and `threads`, as chosen or by default."""
    return {
        "memory_limit": os.environ.get(MEMORY_VARIABLE, MEMORY),
        "threads": os.environ.get(THREADS_VARIABLE, THREADS),
    }
