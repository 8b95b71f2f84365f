"""The simulated district landed and cleaned without Dagster or dbt: a lake of real files in a few seconds.

Here belong builders and what a lake holds as a whole. Not here: assertions.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import polars as pl

from sources.cleaning.clean_run import Setup, clean_deliveries
from sources.cleaning.fingerprint import source_fingerprints
from sources.cleaning.register import load_register
from sources.config import Config, load_config
from sources.config.model import Source
from sources.connectors import connector_for
from sources.deliveries import Connector, Delivery, Offer
from sources.registry import Registry, registry
from sources.simulated.schedule import SHANGHAI
from warehouse.lake.lake import Lake, open_lake
from warehouse.paths import DataDir


@dataclass(frozen=True)
class LandedOffer:
    """An offer of the district, the SHA-256 of its bytes and whether these were new."""

    offer: Offer
    delivery_id: str
    new: bool


@dataclass(frozen=True)
class SmallLake:
    """A cleaned lake of the simulated district: where it lies, with which configuration, and every offer landed."""

    data: DataDir
    config: Config
    landed: tuple[LandedOffer, ...]

    def clean(self, table: str) -> pl.DataFrame:
        """Every clean reading of a table."""
        return pl.read_parquet(self.data.clean_table(table) / "**" / "*.parquet", hive_partitioning=False)

    def fallen(self, table: str) -> pl.DataFrame:
        """Every superseded or duplicate reading of a table."""
        files = sorted((self.data.superseded / table).rglob("*.parquet"))
        return pl.concat([pl.read_parquet(f, hive_partitioning=False) for f in files]) if files else pl.DataFrame()

    def quarantined(self, feed: str) -> pl.DataFrame:
        """Everything quarantined from a feed."""
        files = sorted((self.data.quarantine / feed).glob("*.parquet"))
        return pl.concat([pl.read_parquet(f) for f in files]) if files else pl.DataFrame(schema={"reason": pl.String})

    def counts(self) -> pl.DataFrame:
        """Both counts of every file."""
        return self.clean("file_counts")


def district(defects: str = "planted") -> Config:
    """The built-in configuration; `defects` is planted or none."""
    config = load_config(None)
    return replace(config, options={**config.options, "defects": defects})


def known_to(config: Config) -> Registry:
    """The feeds of a configuration, its networks and registers among them."""
    return config.registry(registry())


def due(config: Config, first: date, last: date) -> Iterator[tuple[Source, Connector, Offer]]:
    """What `refresh --from first --to last` pulls."""
    clock = datetime.combine(last + timedelta(days=1), time(6, 30), SHANGHAI)
    begin = datetime.combine(first, time(), SHANGHAI)
    for source in config.sources:
        connector = connector_for(source, config)
        for offer in connector.offers(clock):
            if offer.delivered_at is None or offer.delivered_at >= begin:
                yield source, connector, offer


def land(lake: Lake, config: Config, first: date, last: date) -> tuple[LandedOffer, ...]:
    """Lands everything due, in the order of the sources."""
    landed = []
    with lake.batch():
        for source, connector, offer in due(config, first, last):
            with connector.fetch(offer) as stream:
                done = lake.land(offer, stream, source)
            landed.append(LandedOffer(offer, done.receipt.delivery_id, done.new))
    return tuple(landed)


def clean(lake: Lake, config: Config, feed: str, deliveries: Sequence[Delivery]) -> None:
    """Cleans some deliveries of one feed in one call."""
    known = known_to(config)
    prints, register = source_fingerprints(config, known), load_register(config, known)
    with lake.cleaning():
        lake.write_empty_tables()
        lake.write_site_register(register)
        clean_deliveries(feed, Setup(config, register, prints, known), deliveries, lake)


def small_lake(root: Path, config: Config, first: date, last: date) -> SmallLake:
    """A new lake below `root` with everything due, each feed cleaned in one call."""
    data = DataDir(root).prepare()
    known = known_to(config)
    prints = source_fingerprints(config, known)
    with open_lake(data, known) as lake:
        landed = land(lake, config, first, last)
        for feed in known.feeds:
            clean(lake, config, feed, lake.uncleaned(feed, prints))
    return SmallLake(data, config, landed)


def content_of(data: DataDir) -> dict[str, str]:
    """SHA-256 of every file of the clean layer and what lies next to it; the counts without our own landing times."""
    found = {}
    for top in (data.clean, data.superseded, data.quarantine):
        for file in sorted(p for p in top.rglob("*") if p.is_file()):
            name = file.relative_to(data.root).as_posix()
            if "file_counts" in file.parts:
                if file.suffix == ".parquet":
                    counts = pl.read_parquet(file, hive_partitioning=False).drop("landed_at").sort("delivery_id")
                    found[name] = hashlib.sha256(counts.write_json().encode()).hexdigest()
                continue
            found[name] = hashlib.sha256(file.read_bytes()).hexdigest()
    return found


def digest_of(content: dict[str, str]) -> str:
    """One digest over all files."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
