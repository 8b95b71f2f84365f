"""A data directory that `ecoledger refresh --config` filled from one of the mappings, and how tests look into it.

Here belong running that one command and read-only questions to the release and the lake. Not here: assertions, or
anything about what a mapping means.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tests.kit import Ran, current, parsed, run_cli
from tests.real.raw import HERE
from warehouse.paths import DataDir


@dataclass(frozen=True)
class House:
    """A data directory after one refresh with one mapping, and what the command said."""

    mapping: str
    data: Path
    ran: Ran

    def released(self, query: str) -> list[dict[str, Any]]:
        """Rows of `query` over the current release, as BI reads it."""
        return current(self.data, query)

    def lake(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of `query` over the Parquet of the lake; {clean}, {superseded} and {quarantine} are its rooms."""
        rooms = {room: self.data / room for room in ("clean", "superseded", "quarantine")}
        with duckdb.connect() as con:
            return con.execute(query.format(**rooms)).fetchall()


def refresh(mapping: str, data: Path) -> House:
    """Refreshes an empty data directory with one mapping."""
    parsed(DataDir(data))
    ran = run_cli("refresh", "--data", str(data), "--config", str(HERE / f"{mapping}.toml"), "--json")
    return House(mapping, data, ran)
