"""A declared network as a feed of the registry: its clean table, parameters and thresholds.

Here belongs what cleaning, lake and health need of a declaration. Not here: what models read of it (network_rows.py).
"""

from __future__ import annotations

from collections.abc import Iterable

from sources.networks.declaration import Declaration, DeclaredParameter
from sources.registry import Registry
from sources.registry.clean_columns import NETWORK_COLUMNS, NETWORK_ID
from sources.registry.declared_feeds import CADENCE_MINUTES, Content, with_declared
from sources.registry.feed_model import NETWORK, NETWORK_TABLE, NETWORKS, CleanTable, Health, Parameter, Rhythm

_RHYTHMS = {**dict.fromkeys(CADENCE_MINUTES, "cadence"), "month": "month", "year": "year"}


def with_networks(registry: Registry, networks: Iterable[Declaration]) -> Registry:
    """The registry with the networks as further feeds; one of the same name is replaced."""
    return with_declared(registry, networks, _content)


def _content(declared: Declaration) -> Content:
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
        given={NETWORK_ID: declared.name, "method": "automatic" if regular else "manual"},
    )
    parameters = {code: _parameter(code, p, declared) for code, p in declared.parameters.items()}
    return Content(NETWORK, NETWORKS, table, parameters, declared.invalid_status)


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
