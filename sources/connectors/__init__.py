"""Where bytes come from: one connector per declared source.

Here belongs the choice of a connector by its declared kind. Not here: what the bytes mean (sources.readers) or where
they are kept (warehouse.lake.lake). Listing imports the standard library only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sources.deliveries import Connector, PullError

if TYPE_CHECKING:
    from sources.config.model import Config, Source

KINDS = ("file", "simulated")


def connector_for(source: Source, config: Config) -> Connector:
    """The connector that `source` declares; PullError if there is none of that kind."""
    if source.connector == "file":
        from sources.connectors.files import FileConnector

        return FileConnector(source, config)
    if source.connector == "simulated":
        from sources.simulated.connector import SimulatedConnector

        return SimulatedConnector(source, config)
    raise PullError(f"source {source.id}: no connector is called '{source.connector}'; there are {', '.join(KINDS)}")


__all__ = ["KINDS", "connector_for"]
