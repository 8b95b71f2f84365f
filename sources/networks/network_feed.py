"""A declared network as a feed of the registry: its clean table, parameters and thresholds.

Here belongs what cleaning, lake and health need of a declaration. Not here: what models read of it (network_rows.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from sources.networks.declaration import CADENCE_HOURS, CADENCE_MINUTES, Declaration, DeclaredParameter
from sources.registry import Registry
from sources.registry.feed_model import (
    NETWORK,
    NETWORK_COLUMNS,
    NETWORK_TABLE,
    NETWORKS,
    CleanTable,
    Feed,
    Health,
    Parameter,
    Rhythm,
)
from sources.value_digest import digest_of

# Shares the gate allows of a network's records and readings, as the six feeds declare theirs.
_QUALITY = {
    "quarantined_share_warn": Decimal("0.02"),
    "quarantined_share_fail": Decimal("0.20"),
    "flagged_share_warn": Decimal("0.05"),
    "flagged_share_fail": Decimal("0.40"),
    "volume_change_warn": Decimal("0.30"),
    "coverage_min_warn": Decimal("0.60"),
}
_RHYTHMS = {**dict.fromkeys(CADENCE_MINUTES, "cadence"), "month": "month", "year": "year"}


def with_networks(registry: Registry, networks: Iterable[Declaration]) -> Registry:
    """The registry with the networks as further feeds; one of the same name is replaced."""
    declared = list(networks)
    if not declared:
        return registry
    zone = next(iter(registry.feeds.values())).time_zone
    feeds = {**registry.feeds, **{network.name: feed_of(network, zone) for network in declared}}
    return replace(registry, feeds=feeds, fingerprint=digest_of([registry.fingerprint, declared]))


def feed_of(declared: Declaration, time_zone: str) -> Feed:
    """The feed that a network is to the rooms."""
    regular = declared.cadence in CADENCE_MINUTES
    table = CleanTable(
        name=declared.table,
        feed=declared.name,
        grain=declared.grain,
        description=f"{declared.name_en}: site × period × parameter",
        dims=NETWORK_COLUMNS,
        series_tests=True,
        health=Health(("method",), not regular, (Rhythm(_RHYTHMS.get(declared.cadence, "length")),)),
        reporting_kind=declared.site_kinds[0] if regular else "",
        read_as=NETWORK_TABLE,
        given={"network_id": declared.name, "method": "automatic" if regular else "manual"},
    )
    return Feed(
        name=declared.name,
        name_zh=declared.name_zh,
        name_en=declared.name_en,
        domain=NETWORKS,
        cadence_hours=Decimal(CADENCE_HOURS[declared.cadence]),
        lateness_allowed_hours=declared.lateness_allowed_hours,
        time_zone=time_zone,
        owner=declared.owner,
        owner_team=declared.owner_team,
        licence=declared.licence,
        tables={table.name: table},
        parameters={code: _parameter(code, p, declared) for code, p in declared.parameters.items()},
        vocabularies={},
        invalid_status=declared.invalid_status,
        quality=_QUALITY,
        site_kinds=declared.site_kinds,
        declared=NETWORK,
    )


def _parameter(code: str, parameter: DeclaredParameter, declared: Declaration) -> Parameter:
    words = declared.vocabularies.get(parameter.vocabulary, {})
    return Parameter(
        code=code,
        name_zh=parameter.name_zh,
        name_en=parameter.name_en,
        unit=parameter.unit,
        table=declared.table,
        hj_code=parameter.hj_code,
        aliases=parameter.aliases,
        tests=parameter.tests.thresholds,
        words={text: w.number for word, w in words.items() for text in (word, w.name_zh, *w.received)},
    )
