"""What there is to do: offers that are due and not landed, deliveries not cleaned, and whether that changes anything.

Nothing heavier than pydantic: a refresh with nothing new runs this module and ends. Not here: doing it, or the rules
for months and exit codes (decisions.py).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from orchestration.adoption import adoptable
from orchestration.decisions import month_of
from orchestration.settings import Settings
from orchestration.summary import read_nothing
from sources.claims import Claims
from sources.cleaning.fingerprint import source_fingerprints
from sources.cleaning.flag_fingerprint import flag_fingerprints
from sources.connectors import connector_for, kind_of
from sources.deliveries import Connector, Offer, PullError, Receipt
from warehouse.atomic import write_bytes
from warehouse.lake.clean_files import read_flags_note
from warehouse.lake.index import Index, IndexUnusable
from warehouse.paths import INSTALLED, DataDir

ROOMS = ("sources", "dbt_project", "expectations", "warehouse", "orchestration")
_CODE = (".py", ".sql", ".yml", ".toml", ".csv")
_PACKAGES = ("dagster", "dbt-core", "dbt-duckdb", "duckdb", "great-expectations", "polars", "pyarrow")


@dataclass(frozen=True)
class DueOffer:
    """An offer that is due and differs from its last state, with the connector that fetches it.

    `known` is the receipt of another source that has its bytes already: they are adopted, not fetched.
    """

    offer: Offer
    connector: Connector
    month: str
    known: Receipt | None = None


@dataclass(frozen=True)
class FeedSurvey:
    """One feed: what is due, months of deliveries waiting to be cleaned, and why sources could not be listed, by id.

    `never_due` names files that are there but dated in the future, `stale_flags` tables with flags of other thresholds.
    """

    due: tuple[DueOffer, ...] = ()
    waiting: tuple[str, ...] = ()
    failures: Mapping[str, str] = field(default_factory=dict)
    never_due: tuple[str, ...] = ()
    stale_flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Survey:
    """All feeds, the lake's state, and the fingerprint of code, configuration and that state.

    `state` is '' when the index cannot answer (it is missing, or a writer was stopped in the middle).
    `without_readings` names sources that read nothing.
    """

    feeds: Mapping[str, FeedSurvey]
    state: str = ""
    fingerprint: str = ""
    unfinished: tuple[str, ...] = field(default=())
    without_readings: tuple[str, ...] = field(default=())

    @property
    def months(self) -> list[str]:
        """Partition keys of every month that has something due or waiting."""
        found = {due.month for feed in self.feeds.values() for due in feed.due}
        return sorted(found | {month for feed in self.feeds.values() for month in feed.waiting})

    @property
    def never_due(self) -> list[str]:
        """Every file that is dated in the future, in the order of feeds and sources."""
        return [said for feed in self.feeds.values() for said in feed.never_due]

    @property
    def idle(self) -> bool:
        """Nothing due, nothing waiting, every source listed, and no writer was stopped in the middle."""
        busy = any(feed.due or feed.waiting or feed.failures or feed.stale_flags for feed in self.feeds.values())
        return bool(self.state) and not busy and not self.unfinished


def survey(settings: Settings) -> Survey:
    """Lists every source of the feeds asked for and compares with the index; a failing source is noted, not raised."""
    try:
        index = Index(settings.data.index_file, read_only=True)
    except IndexUnusable:
        return Survey({name: survey_feed(settings, name, None) for name in settings.feeds})
    try:
        feeds = {name: survey_feed(settings, name, index) for name in settings.feeds}
        feeds = _with_waiting(settings, index, feeds)
        state = index.state()
        return Survey(feeds, state, fingerprint(settings, state), tuple(index.marks()), tuple(read_nothing(index)))
    finally:
        index.close()


def survey_folders(settings: Settings) -> Survey:
    """The same of sources that read folders, which may be asked as often as one likes; only what is due."""
    sources = tuple(source for source in settings.config.sources if kind_of(source).reads_folder)
    asked = replace(settings, config=replace(settings.config, sources=sources))
    index = None
    with suppress(IndexUnusable):
        index = Index(settings.data.index_file, read_only=True)
    try:
        return Survey({name: survey_feed(asked, name, index) for name in settings.feeds})
    finally:
        if index:
            index.close()


def survey_feed(settings: Settings, feed: str, index: Index | None) -> FeedSurvey:
    """What is due in one feed; without an index everything offered is."""
    connectors: dict[str, Connector] = {}
    offers: list[Offer] = []
    failures: dict[str, str] = {}
    never: list[str] = []
    for source in settings.config.sources_of(feed):
        try:
            connectors[source.id] = connector_for(source, settings.config)
            offers += [o for o in connectors[source.id].offers(settings.clock) if _wanted(o, settings)]
            never += _dated_ahead(connectors[source.id], settings)
        except PullError as error:
            failures[source.id] = str(error)
    due = [
        DueOffer(offer, connectors[offer.source_id], month_of(offer.delivered_at or settings.now, settings.zone))
        for offer in (index.unseen(offers) if index else offers)
    ]
    if index:
        due = [*_adopted(settings, feed, index, connectors), *due]
    return FeedSurvey(tuple(due), failures=failures, never_due=tuple(never))


def _with_waiting(settings: Settings, index: Index, feeds: Mapping[str, FeedSurvey]) -> dict[str, FeedSurvey]:
    """The same with what landed and is not cleaned, or flagged, under today's fingerprints."""
    prints, claims = source_fingerprints(settings.config, settings.registry), Claims(settings.config)
    found = {}
    for name, feed in feeds.items():
        uncleaned = index.uncleaned(name, prints, claims.reads)
        waiting = sorted({f"{receipt.delivered_at[:7]}-01" for receipt in uncleaned})
        stale = stale_flags(settings, name, index)
        found[name] = replace(feed, waiting=tuple(waiting), stale_flags=stale)
    return found


def stale_flags(settings: Settings, feed: str, index: Index) -> tuple[str, ...]:
    """Tables of `feed` with partitions whose flags may be set by other thresholds than today's."""
    wanted = flag_fingerprints(settings.registry.feeds[feed], settings.config.sources_of(feed))
    return tuple(t for t in wanted if read_flags_note(settings.data, t) != wanted[t] and index.partitions(t))


def _adopted(settings: Settings, feed: str, index: Index, connectors: Mapping[str, Connector]) -> list[DueOffer]:
    return [
        DueOffer(offer, connectors[offer.source_id], month_of(offer.delivered_at or known.moment, settings.zone), known)
        for offer, known in adoptable(settings, feed, index)
        if offer.source_id in connectors
    ]


def _dated_ahead(connector: Connector, settings: Settings) -> list[str]:
    """Files that are there and dated after the machine's time: nobody knows when, if ever, they become due."""
    ahead = connector.not_due(max(settings.now, settings.clock))
    return [f"{o.source_id}: {o.file_name} is dated {o.delivered_at:%Y-%m-%d %H:%M}, in the future" for o in ahead]


def _wanted(offer: Offer, settings: Settings) -> bool:
    if settings.first is None or offer.delivered_at is None:
        return True
    return offer.delivered_at.astimezone(settings.clock.tzinfo).date() >= settings.first


def fingerprint(settings: Settings, state: str) -> str:
    """SHA-256 over the code, the versions it runs on, the configuration with its waivers, and the lake's state."""
    parts = [code_fingerprint(), settings.registry.fingerprint, settings.config.fingerprint, state]
    waivers = settings.config.waivers
    if waivers is not None and waivers.is_file():
        parts.append(hashlib.sha256(waivers.read_bytes()).hexdigest())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def code_fingerprint(root: Path = INSTALLED) -> str:
    """SHA-256 over every source file of the rooms and the versions of what they rest on."""
    digest = hashlib.sha256()
    for package in _PACKAGES:
        try:
            digest.update(f"{package} {version(package)}\n".encode())
        except PackageNotFoundError:
            digest.update(f"{package} absent\n".encode())
    for room in ROOMS:
        for file in sorted(f for f in (root / room).rglob("*") if f.suffix in _CODE and f.is_file()):
            digest.update(f"{file.relative_to(root)}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()


def last_refresh(data: DataDir) -> dict[str, Any]:
    """What the last finished refresh noted about itself; empty where there is none."""
    try:
        found = json.loads(_note(data).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def note_refresh(data: DataDir, note: Mapping[str, Any]) -> None:
    """Remembers a finished refresh for the next one."""
    write_bytes(_note(data), json.dumps(dict(note), ensure_ascii=False, indent=1).encode())


def forget_refresh(data: DataDir) -> None:
    """Before work begins: until it is finished nothing is known to be up to date."""
    _note(data).unlink(missing_ok=True)


def _note(data: DataDir) -> Path:
    return data.build / "last_refresh.json"
