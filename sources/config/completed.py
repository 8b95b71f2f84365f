"""What the registry and the district decide about a source as it is written, and the fingerprint of its mapping.

Here belong defaults that depend on other keys. Not here: the words and their plain defaults (model.py), reading files
(load.py) or judging values (structure.py, check_source.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sources.connectors import CONNECTORS
from sources.registry import registry
from sources.registry.feed_model import REGISTER, Registry, network_table, register_table
from sources.value_digest import digest_of

if TYPE_CHECKING:
    from sources.config.model import District, Document

# What a receipt records, where bytes come from, or what flags a reading gets, does not change how they are read.
_NOT_MAPPING = (
    *("path", "allow_outside", "connector", "connection", "owner", "licence"),
    *("delivered_at", "delivered_at_pattern", "delivered_at_format", "thresholds"),
)
# One text is a list of one.
_TEXTS = ("invalid_status", "occurrence_of")


def completed(entry: Mapping[str, Any], district: District | None) -> dict[str, Any]:
    """One [[source]] as it is written, with what it leaves out and its fingerprint. A feed that is unknown stays as it
    is written, without a table.
    """
    kind = CONNECTORS.get(str(entry.get("connector", "file")))
    given = {
        "table": _main_table(entry.get("feed")),
        "delivered_at": "connector" if kind and kind.knows_delivery else "landing",
        "provenance": (kind and kind.provenance) or "observed",
        **entry,
    }
    fingerprint = _fingerprint(given)
    time = given.get("time")
    if district is not None and isinstance(time, Mapping):
        given["time"] = {"zone": district.reporting_zone, **time}
    return {**given, "fingerprint": fingerprint}


def with_tables(document: Document, known: Registry) -> Document:
    """`document` where sources of registers read the table of theirs: what is a register is known only now."""
    sources = tuple(
        replace(source, table=register_table(source.feed))
        if source.table == network_table(source.feed) and _is_register(source.feed, known)
        else source
        for source in document.source
    )
    return document if sources == document.source else replace(document, source=sources)


def _is_register(feed: str, known: Registry) -> bool:
    return feed in known.feeds and known.feeds[feed].declared == REGISTER


def _fingerprint(given: Mapping[str, Any]) -> str:
    lists = {k: [given[k]] for k in _TEXTS if isinstance(given.get(k), str)}
    return digest_of({k: v for k, v in {**given, **lists}.items() if k not in _NOT_MAPPING})


def _main_table(feed: Any) -> str:
    """The main table of a feed, or its only one; another name may be that of a network, which has."""
    if not isinstance(feed, str):
        return ""
    if feed not in registry().feeds:
        return network_table(feed)
    return registry().feeds[feed].main_table
