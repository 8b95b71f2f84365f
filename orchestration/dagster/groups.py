"""Groups of assets and jobs: their names, and owners of what is in them.

Groups are read from raw to release: no arrow between two groups leads back, by test
(tests/pipeline/test_definitions.py). Not here: what is in them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sources.registry import Feed, Registry
from sources.registry.feed_model import CASES, NETWORKS

# The job of everything; that of a domain or a mart adds its name.
JOB = "refresh"
# Tag of a job's runs where it does not pull all feeds: those that it pulls, separated by commas.
FEEDS_TAG = "ecoledger/feeds"
# The raw and clean assets of all registers of cases.
REGISTERS = "registers"
RAW = "raw"
CLEAN = "clean"
GATE = "gate"
GATE_CROSS_DOMAIN = "gate_cross_domain"
RELEASE = "release"


@dataclass(frozen=True)
class FeedGroup:
    """Feeds that share one raw and one clean asset: a feed with a package has its own, declared networks are together,
    and so are declared registers.

    An asset for each of dozens of them would cost a day more than their data do.
    """

    name: str
    title: str
    domain: str
    feeds: tuple[Feed, ...]


def feed_groups(registry: Registry) -> tuple[FeedGroup, ...]:
    """The groups of all feeds; those of networks and registers are there without any, because models read them."""
    own = [FeedGroup(f.name, f"{f.name_en} ({f.name_zh})", f.domain, (f,)) for f in registry.packaged.values()]
    networks, registers = tuple(registry.networks.values()), tuple(registry.registers.values())
    return (
        *own,
        FeedGroup(NETWORKS, "Declared networks (监测网络)", NETWORKS, networks),
        FeedGroup(REGISTERS, "Declared registers (案件台账)", CASES, registers),
    )


def marts(domain: str) -> str:
    """Staging, intermediate models and marts of a domain, and its candidate."""
    return f"marts_{domain}"


def seeds(folder: str) -> str:
    """Seeds of a folder of dbt_project/seeds."""
    return f"seeds_{folder}"


def domain_job(domain: str) -> str:
    """The job that refreshes one domain."""
    return f"{JOB}_{domain}"


def mart_job(mart: str) -> str:
    """The job that refreshes one mart where no other pulls exactly what it reads."""
    return f"{JOB}_{mart.removeprefix('mart_')}"


def owners(feeds: Iterable[Feed]) -> list[str]:
    """The offices that answer for feeds, as Dagster spells teams: ASCII; their own names are metadata."""
    return sorted({f"team:{feed.owner_team}" for feed in feeds})


def owners_by_domain(registry: Registry) -> dict[str, list[str]]:
    """The offices that answer for the feeds of each domain that has any."""
    domains = {feed.domain for feed in registry.feeds.values()}
    return {d: owners(f for f in registry.feeds.values() if f.domain == d) for d in sorted(domains)}
