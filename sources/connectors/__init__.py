"""Where bytes come from: one connector per declared source.

Here belongs finding the kinds of connectors: every module of this package that has a KIND. Not here: what the bytes
mean (sources.readers) or where they are kept (warehouse.lake.lake). Listing imports the standard library only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import TYPE_CHECKING

from sources.connectors.connector_kind import ConnectorKind

if TYPE_CHECKING:
    from sources.config.model import Config, Source
    from sources.deliveries import Connector


def _found() -> Iterator[ConnectorKind]:
    for module in sorted(m.name for m in iter_modules(__path__)):
        kind = getattr(import_module(f"{__name__}.{module}"), "KIND", None)
        if kind is not None:
            yield kind


CONNECTORS: Mapping[str, ConnectorKind] = MappingProxyType({kind.name: kind for kind in _found()})


def kind_of(source: Source) -> ConnectorKind:
    """What the connector of `source` says of itself."""
    return CONNECTORS[source.connector]


def connector_for(source: Source, config: Config) -> Connector:
    """The connector that `source` declares."""
    return kind_of(source).make(source, config)


__all__ = ["CONNECTORS", "ConnectorKind", "connector_for", "kind_of"]
