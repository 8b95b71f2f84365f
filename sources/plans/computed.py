"""The indicators that something computes, with unit and variants: what a target can be judged on.

Here belongs finding them: those that are delivered have their methods in seeds. Not here: what a formula means
(dbt_project). Standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from dbt_project.seed_rows import seed_rows
from sources.config import shipped
from sources.registry import registry
from sources.registry.feed_model import CROSS_DOMAIN


@dataclass(frozen=True)
class Computed:
    """An indicator: its unit in each variant, the domain that computes it, and the feeds it is made of."""

    indicator_id: str
    domain: str
    units: Mapping[str, str] = field(default_factory=dict)
    feeds: tuple[str, ...] = ()

    @property
    def variant(self) -> str:
        """The variant that a target is judged on where nothing else is said."""
        return "" if "" in self.units else next(iter(self.units))


@cache
def delivered() -> Mapping[str, Computed]:
    """What EcoLedger itself computes, by indicator."""
    units: dict[str, dict[str, str]] = {}
    domains: dict[str, str] = {}
    feeds: dict[str, tuple[str, ...]] = {}
    judged = shipped.judgements()
    known = registry().domains
    for row in seed_rows("methods/indicator_methods"):
        name = row["indicator_id"]
        units.setdefault(name, {})[row["variant"]] = row["unit"]
        domain = row["mart"].split("_")[1]
        own = judged[name]["domain"] if name in judged else domain if domain in known else CROSS_DOMAIN
        domains.setdefault(name, own)
        feeds.setdefault(name, tuple(row["feeds"].split(";")))
    return {name: Computed(name, domains[name], found, feeds[name]) for name, found in units.items()}
