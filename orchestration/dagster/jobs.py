"""The jobs: of everything, of one domain, and of what one mart reads; which of them brings an asset up to date.

Here belong their selections. A release is published whole, so that the marts, gates and release of all domains are in
each job: a job differs from another only in what it pulls and cleans, and what that does not change is carried. So a
mart needs a job of its own only where no other pulls exactly what it reads. Not here: what an asset does, or when a job
runs (definitions.py).

The last step of a job by name must have no partitions (release and site_register sort behind raw_<feed>): Dagster takes
the partitions of a whole run from it, and with a partitioned one it plans every unpartitioned asset once per month:
16,000 events instead of 1,700 for the first refresh.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg

from orchestration.dagster.dbt_specs import asset_of, domain_of
from orchestration.dagster.groups import FEEDS_TAG, JOB, FeedGroup, domain_job, feed_groups, mart_job
from orchestration.dagster.lake_assets import clean_key, raw_key
from sources.registry import Registry

_WHAT_IS_DUE = "Launched without partitions it takes whatever is due."
_WORK = "clean it, build the marts that it changes, judge them, publish a release."


@dataclass(frozen=True)
class Job:
    """A job's name, what it pulls and cleans (assets of feeds), and a sentence on whose it is."""

    name: str
    pulled: frozenset[str]
    said: str


class Jobs:
    """All jobs over one dbt project and one registry."""

    def __init__(
        self, manifest: Mapping[str, Any], registry: Registry, lake: Iterable[dg.AssetsDefinition], marts: Iterable[str]
    ) -> None:
        """`lake`: the assets of the lake; `marts`: names of the marts that the project publishes."""
        self._manifest = manifest
        self._groups = feed_groups(registry)
        self._feeds = {g.name: frozenset((raw_key(g.name), clean_key(g.name))) for g in self._groups}
        self._above = _with_ancestors(_parents(manifest, lake), frozenset().union(*self._feeds.values()))
        self._all = _all(self._groups, self._feeds)
        for mart in sorted(marts):
            reads = self._above(mart)
            same = [job for job in self._all if job.pulled == reads]
            if reads and not same:
                self._all.append(Job(mart_job(mart), reads, f"The job of {mart}: pulls what it reads."))

    def of(self, node: Mapping[str, Any]) -> str:
        """The job that brings a dbt node up to date: of those that pull all it reads, the one that pulls least.

        A node that reads no feed is built by each: it names the one of its domain.
        """
        reads, own = self._above(node["name"]), domain_job(domain_of(node, self._manifest))
        fitting = [job for job in self._all if job.pulled >= reads]
        if not reads:
            return own if own in {job.name for job in fitting} else JOB
        return min(fitting, key=lambda job: len(job.pulled)).name

    def definitions(self, assets: Sequence[dg.AssetsDefinition]) -> list[Any]:
        """The jobs, for `dg.Definitions`; `assets` are all assets."""
        every = {key for asset in assets for key in asset.keys}
        of_feeds = frozenset().union(*self._feeds.values())
        return [self._defined(job, every, of_feeds - job.pulled) for job in self._all]

    def _defined(self, job: Job, every: Iterable[dg.AssetKey], left_out: frozenset[str]) -> Any:
        pulled = [group for group in self._groups if self._feeds[group.name] <= job.pulled]
        feeds = [feed.name for group in pulled for feed in group.feeds]
        selection = dg.AssetSelection.assets(*(key for key in every if key.to_user_string() not in left_out))
        due = f"what is due of {', '.join(feeds)}" if left_out else "what is due"
        return dg.define_asset_job(
            job.name,
            selection=selection if left_out else dg.AssetSelection.all(),
            description=" ".join(filter(None, (f"Pull {due}, {_WORK}", job.said, _WHAT_IS_DUE))),
            tags={FEEDS_TAG: ",".join(feeds)} if left_out else None,
        )


def _all(groups: Iterable[FeedGroup], feeds: Mapping[str, frozenset[str]]) -> list[Job]:
    """The job of everything, and one for each domain with feeds."""
    by_domain: dict[str, frozenset[str]] = {}
    for group in groups:
        by_domain[group.domain] = by_domain.get(group.domain, frozenset()) | feeds[group.name]
    domains = [Job(domain_job(d), own, f"The job of the marts of {d}.") for d, own in by_domain.items()]
    return [Job(JOB, frozenset().union(*feeds.values()), ""), *domains]


def _parents(manifest: Mapping[str, Any], lake: Iterable[dg.AssetsDefinition]) -> dict[str, list[str]]:
    """What each dbt node and asset of the lake is made from, by names of assets."""
    found = {
        node["name"]: [asset_of(parent, manifest) for parent in node.get("depends_on", {}).get("nodes", ())]
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("seed", "model")
    }
    for asset in lake:
        found |= {s.key.to_user_string(): [dep.asset_key.to_user_string() for dep in s.deps] for s in asset.specs}
    return found


def _with_ancestors(parents: Mapping[str, Sequence[str]], wanted: frozenset[str]) -> Callable[[str], frozenset[str]]:
    """Gives those of `wanted` that something is made from, itself included."""
    known: dict[str, frozenset[str]] = {}

    def above(name: str) -> frozenset[str]:
        if name not in known:
            known[name] = (frozenset((name,)) & wanted).union(*(above(parent) for parent in parents.get(name, ())))
        return known[name]

    return above
