"""An open refresh: the lake under the lock, the connectors, and what dbt and the gate are given.

Here belongs what every step needs from the settings, opened once. Not here: the steps (pull.py, clean.py, gate.py)
or Dagster.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from orchestration.dbt_runner import prepare_manifest
from orchestration.settings import Settings
from warehouse.catalogue import Catalogue, load_catalogue
from warehouse.lake import Lake, open_lake
from warehouse.paths import DataDir


@dataclass
class Session:
    """One refresh at work. `failures` maps a feed to why its pull or cleaning failed; `cleaned` to the SHA-256 of the
    deliveries cleaned in this run; `fetched` counts new deliveries.
    """

    settings: Settings
    lake: Lake
    failures: dict[str, list[str]] = field(default_factory=dict)
    fetched: dict[str, int] = field(default_factory=dict)
    cleaned: dict[str, set[str]] = field(default_factory=dict)

    @property
    def data(self) -> DataDir:
        """The data directory."""
        return self.settings.data

    @cached_property
    def manifest_path(self) -> Path:
        """dbt's manifest.json, parsed if the project changed."""
        return prepare_manifest(self.data)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The published tables."""
        return load_catalogue(self.manifest_path)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """dbt's manifest as a dictionary."""
        return json.loads(self.manifest_path.read_text(encoding="utf-8"))

    def dbt_target(self, run: int) -> Path:
        """Where dbt run 1 or 2 leaves its artifacts."""
        return self.data.dbt / f"run{run}"

    def as_of(self) -> datetime:
        """The latest delivered_at of all deliveries, reporting zone, naive: what pending is judged against."""
        return self.lake.as_of() or datetime(1970, 1, 1)

    def dbt_vars(self) -> dict[str, Any]:
        """Variables of both dbt runs; equal ones let the second run reuse what the first parsed."""
        district = self.settings.config.district
        return {
            "clean_root": str(self.data.clean),
            "as_of": self.as_of().strftime("%Y-%m-%d %H:%M:%S"),
            "area_code": district.area_code,
            "area_name_zh": district.name_zh,
            "reporting_zone": district.reporting_zone,
        }

    def remove_candidate(self) -> None:
        """The working database is made fresh for every build."""
        for file in self.data.build.glob(f"{self.data.build_db.name}*"):
            file.unlink()
        for run in (1, 2):
            (self.dbt_target(run) / "run_results.json").unlink(missing_ok=True)


@contextmanager
def open_session(settings: Settings) -> Iterator[Session]:
    """Opens the lake for writing; the caller holds the writer's lock."""
    with open_lake(settings.data, settings.registry, ZoneInfo(settings.zone)) as lake:
        yield Session(settings, lake)
