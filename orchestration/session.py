"""An open refresh: the lake under the lock, the connectors, and what dbt and the gate are given.

Here belongs what every step needs from the settings, opened once. Not here: the steps (steps/), what
they find out (findings.py), or Dagster.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from expectations.waivers import Waiver, load_waivers
from orchestration import handover
from orchestration.dbt_runs.dbt_runner import Dbt, prepare_manifest
from orchestration.settings import Settings
from orchestration.survey import forget_refresh, last_refresh
from sources.claims import Claims
from sources.cleaning.fingerprint import source_fingerprints
from sources.config.declared import load_declared
from sources.config.thresholds import own_thresholds
from sources.readers import close_readers
from sources.registry import DECLARED_TABLES
from sources.registry.network_tables import NETWORK_TABLES
from sources.registry.plan_tables import PLAN_TABLES
from sources.registry.register_tables import REGISTER_TABLES
from warehouse.lake.intact import LakeDamaged
from warehouse.lake.lake import Lake, open_lake
from warehouse.paths import DataDir
from warehouse.recovery import recover
from warehouse.release.losses import mend
from warehouse.release.soundness import check_current
from warehouse.tables.catalogue import Catalogue, load_catalogue

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Session:
    """One refresh at work: what its steps work with. What they find out is kept in findings.py.

    What is open until the end is in `closing`.
    """

    settings: Settings
    lake: Lake
    closing: ExitStack = field(default_factory=ExitStack)

    @property
    def data(self) -> DataDir:
        """The data directory."""
        return self.settings.data

    @cached_property
    def manifest_path(self) -> Path:
        """dbt's manifest.json, parsed if the project changed."""
        return prepare_manifest(self.data)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """dbt's manifest as a dictionary."""
        return json.loads(self.manifest_path.read_bytes())

    @cached_property
    def dbt(self) -> Dbt:
        """The one dbt process of this refresh; started when it is first asked for something."""
        return self.closing.enter_context(Dbt(self.data, self.manifest_path))

    @cached_property
    def catalogue(self) -> Catalogue:
        """The published tables."""
        return load_catalogue(self.manifest_path)

    def dbt_target(self, run: int) -> Path:
        """Where dbt run 1 or 2 leaves its artifacts."""
        return self.data.dbt / f"run{run}"

    def as_of(self) -> datetime:
        """The latest delivered_at of all deliveries, reporting zone, naive: what pending is judged against."""
        return self.lake.as_of() or datetime(1970, 1, 1)

    def dbt_vars(self, run: int) -> dict[str, Any]:
        """Variables of dbt run 1 or 2; with nothing held they are the same, and the second reuses what was parsed.

        Texts of the configuration go as lists of one: see the macro sql_text().
        """
        district = self.settings.config.district
        states = handover.states_not_fresh(handover.load_admitted(self.data)) if run == 2 else {}
        chosen = {
            "area_code": district.area_code,
            "area_name_zh": district.name_zh,
            "reporting_zone": district.reporting_zone,
            **self._chosen_vars(),
        }
        return {
            "as_of": self.as_of().strftime("%Y-%m-%d %H:%M:%S"),
            "is_planned": True,
            "held_domains": [{"domain": domain, "state": state} for domain, state in sorted(states.items())],
            **{name: [value] if isinstance(value, str) else value for name, value in chosen.items()},
        }

    def _chosen_vars(self) -> dict[str, Any]:
        """What the configuration sets within standards and registry, as models read it; numbers stay exact as text."""
        chosen = self.settings.config.standards
        return {
            "air_edition_pin": chosen.air_edition,
            "grid_region": chosen.grid_region,
            "grid_series": chosen.grid_series,
            "rule_overrides": {rule: f"{value:f}" for rule, value in sorted(chosen.rules.items())},
            "own_thresholds": own_thresholds(self.settings.config, self.settings.registry),
        }

    def configuration(self) -> dict[str, Any]:
        """What a release's manifest says of the configuration: its fingerprint, every choice within the standards, and
        every threshold that a source sets.
        """
        return {"fingerprint": self.settings.config.fingerprint, **self._chosen_vars()}

    @cached_property
    def claims(self) -> Claims:
        """Which declared source reads a delivery."""
        return Claims(self.settings.config)

    @cached_property
    def waivers(self) -> tuple[Waiver, ...]:
        """The waivers of the user's file, as of the refresh's day."""
        return load_waivers(self.settings.config.waivers, self.settings.now.date())

    @cached_property
    def fingerprints(self) -> dict[str, str]:
        """What clean readings depend on besides their bytes, by source."""
        return source_fingerprints(self.settings.config, self.settings.registry)

    @cached_property
    def register(self) -> pl.DataFrame:
        """The site register in force, all feeds; ConfigError names the line of a mistake."""
        from sources.cleaning.register import load_register

        return load_register(self.settings.config, self.settings.registry)

    def write_entered(self) -> dict[str, int]:
        """Puts the site register in force and the declared tables into the lake, and a file without rows into every
        clean table; gives the rows of each. ConfigError names file and line of a mistake.
        """
        from warehouse.lake.clean_files import SITE_REGISTER, Entered

        config = self.settings.config
        written = {SITE_REGISTER: self.register.height}
        with self.lake.cleaning():
            self.lake.drop_gone_tables()
            self.lake.write_empty_tables()
            files = [Entered(file.name, file.read_bytes()) for file in config.registers]
            self.lake.write_site_register(self.register, files)
            for name, table in DECLARED_TABLES.items():
                read = load_declared(config, table)
                self.lake.write_declared(table, read.rows, [Entered(read.name, read.content)] if read.name else [])
                written[name] = len(read.rows)
            entered = [Entered(file.name, file.read_bytes()) for file in config.networks.files]
            for name, rows in config.networks.rows(self.settings.registry).items():
                self.lake.write_declared(NETWORK_TABLES[name], rows, entered)
                written[name] = len(rows)
            entered = [Entered(file.name, file.read_bytes()) for file in config.cases.files]
            for name, rows in config.cases.rows().items():
                self.lake.write_declared(REGISTER_TABLES[name], rows, entered)
                written[name] = len(rows)
            entered = [Entered(f"{file.parent.name}/{file.name}", file.read_bytes()) for file in config.plans.files]
            for name, rows in config.plans.rows().items():
                self.lake.write_declared(PLAN_TABLES[name], rows, entered)
                written[name] = len(rows)
        return written

    def newest_reading(self, feed: str) -> datetime | None:
        """Start of the newest reading of `feed` in the lake, reporting zone, naive."""
        newest = self.lake.index.newest_period(feed)
        return datetime.fromisoformat(newest) if newest else None


@contextmanager
def open_session(settings: Settings) -> Generator[Session]:
    """Puts right what a killed writer left and opens the lake for writing; the caller holds the writer's lock.

    LedgerError or ReleaseError with the way out if ledger, `current` and the release there do not fit together; a run
    from the web page has nobody else to look. LakeDamaged if clean files were changed: they are dropped, and a run that
    is planned anew makes them again.
    """
    data, registry, zone = settings.data, settings.registry, ZoneInfo(settings.zone)
    check_current(data, last_refresh(data))
    forget_refresh(data)
    recover(data, registry, zone)
    if mended := mend(data, registry, zone):
        raise LakeDamaged("; ".join(["run again, there is more to clean", *mended]))
    if settings.config.cases.has_private:
        settings.config.identity.ensure()
    with open_lake(data, registry, zone) as lake:
        session = Session(settings, lake)
        try:
            with session.closing:
                yield session
        finally:
            close_readers()
