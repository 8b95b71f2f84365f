"""Feeds by declaration, networks and registers: what a feed without a package of its own has, whatever it declares.

Here belong cadences, the shares that the gate allows, and putting such feeds into the registry. Not here: the words of
a declaration, or the table and parameters that it becomes (sources.networks, sources.registers).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol, TypeVar

from sources.registry.feed_model import CleanTable, Feed, Parameter, Registry
from sources.value_digest import digest_of

# Minutes between two values of a site; calendar periods have none.
CADENCE_MINUTES: Mapping[str, int] = {"minute": 1, "10min": 10, "15min": 15, "hour": 60, "4h": 240, "day": 1440}
# Hours as data health and lateness count them; of calendar periods the longest.
CADENCE_HOURS: Mapping[str, int] = {
    **{name: max(1, minutes // 60) for name, minutes in CADENCE_MINUTES.items()},
    **{"half_month": 16 * 24, "month": 31 * 24, "quarter": 92 * 24, "half_year": 184 * 24, "year": 366 * 24},
}
# Shares the gate allows of records and readings, as the six feeds declare theirs.
_QUALITY: Mapping[str, Decimal] = {
    "quarantined_share_warn": Decimal("0.02"),
    "quarantined_share_fail": Decimal("0.20"),
    "flagged_share_warn": Decimal("0.05"),
    "flagged_share_fail": Decimal("0.40"),
    "volume_change_warn": Decimal("0.30"),
    "coverage_min_warn": Decimal("0.60"),
}


class Declared(Protocol):
    """What every declaration says."""

    @property
    def name(self) -> str: ...
    @property
    def name_zh(self) -> str: ...
    @property
    def name_en(self) -> str: ...
    @property
    def owner(self) -> str: ...
    @property
    def owner_team(self) -> str: ...
    @property
    def licence(self) -> str: ...
    @property
    def cadence(self) -> str: ...
    @property
    def lateness_allowed_hours(self) -> int: ...
    @property
    def site_kinds(self) -> tuple[str, ...]: ...


Declaring = TypeVar("Declaring", bound=Declared)


@dataclass(frozen=True)
class Content:
    """What a declaration becomes: its kind (Feed.declared), domain, clean table and parameters.

    `quality` are shares in place of those of every declaration.
    """

    kind: str
    domain: str
    table: CleanTable
    parameters: Mapping[str, Parameter]
    invalid_status: tuple[str, ...] = ()
    quality: Mapping[str, Decimal] | None = None


def with_declared(
    registry: Registry, declarations: Iterable[Declaring], content_of: Callable[[Declaring], Content]
) -> Registry:
    """The registry with declarations as further feeds; one of the same name is replaced."""
    declared = list(declarations)
    if not declared:
        return registry
    zone = next(iter(registry.feeds.values())).time_zone
    feeds = {**registry.feeds, **{each.name: _feed(each, content_of(each), zone) for each in declared}}
    return replace(registry, feeds=feeds, fingerprint=digest_of([registry.fingerprint, declared]))


def _feed(declared: Declared, content: Content, time_zone: str) -> Feed:
    return Feed(
        name=declared.name,
        name_zh=declared.name_zh,
        name_en=declared.name_en,
        domain=content.domain,
        cadence_hours=Decimal(CADENCE_HOURS[declared.cadence]),
        lateness_allowed_hours=declared.lateness_allowed_hours,
        time_zone=time_zone,
        owner=declared.owner,
        owner_team=declared.owner_team,
        licence=declared.licence,
        tables={content.table.name: content.table},
        parameters=content.parameters,
        vocabularies={},
        invalid_status=content.invalid_status,
        quality={**_QUALITY, **(content.quality or {})},
        site_kinds=declared.site_kinds,
        declared=content.kind,
    )
