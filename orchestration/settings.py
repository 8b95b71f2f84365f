"""What one refresh was asked to do, settled: data directory, configuration, clock, first day, feeds.

Here belongs turning options and environment variables into one frozen object, without a heavy import. Not here:
the rules behind it (decisions.py) or anything that opens the lake.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from orchestration.decisions import UsageError, check_feeds, check_range, clock_for, parse_day
from sources.config import Config, load_config
from sources.registry import Registry, registry
from warehouse.paths import DataDir

DATA_VARIABLE = "ECOLEDGER_DATA"
CONFIG_VARIABLE = "ECOLEDGER_CONFIG"
DEFAULT_DATA = "data"


@dataclass(frozen=True)
class Settings:
    """One refresh: `clock` is what is due by, `now` the machine's time (both zone-aware); `first` leaves out older
    deliveries; `feeds` are in registry order; `full` builds everything again, whatever was built before.
    """

    data: DataDir
    config: Config
    registry: Registry
    clock: datetime
    now: datetime
    first: date | None
    feeds: tuple[str, ...]
    full: bool = False

    @property
    def zone(self) -> str:
        """The reporting zone."""
        return self.config.district.reporting_zone

    @property
    def start(self) -> date:
        """First day of the partitions."""
        return self.config.district.start


def data_dir(option: str | None) -> DataDir:
    """The data directory: the option, else ECOLEDGER_DATA, else ./data; UsageError if it is a file.

    The choice is remembered in ECOLEDGER_DATA, where subprocesses and the error log find it.
    """
    root = Path(option or os.environ.get(DATA_VARIABLE) or DEFAULT_DATA).expanduser().absolute()
    if root.exists() and not root.is_dir():
        raise UsageError(f"{root} is a file, not a directory: choose another --data")
    os.environ[DATA_VARIABLE] = str(root)
    return DataDir(root)


def config_path(option: str | None) -> Path | None:
    """The configuration file: the option, else ECOLEDGER_CONFIG, else none (the built-in district)."""
    text = option or os.environ.get(CONFIG_VARIABLE) or ""
    return Path(text).absolute() if text else None


def settled(
    data: DataDir,
    config_file: Path | None = None,
    first: str | None = None,
    to: str | None = None,
    feeds: tuple[str, ...] | list[str] = (),
    now: datetime | None = None,
    *,
    full: bool = False,
) -> Settings:
    """Settings from options as typed; ConfigError or UsageError say what is wrong with them."""
    config = load_config(config_file)
    config = replace(config, identity=replace(config.identity, kept=data.identity_key))
    known = config.registry(registry())
    zone = config.district.reporting_zone
    now = now or datetime.now(UTC)
    clock = clock_for(parse_day(to, "--to") if to else None, zone, now)
    first_day = parse_day(first, "--from") if first else None
    check_range(first_day, clock)
    return Settings(data, config, known, clock, now, first_day, check_feeds(feeds, known.feeds), full)
