"""A table of a bureau in any database, and the configuration that reads it.

Here belong its rows and their right CSV, the same for every database. Not here: a server (test_postgresql.py).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sources.config import load_config
from sources.connectors import connector_for
from sources.deliveries import Connector

NOW = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
TABLE = """
CREATE TABLE readings (station VARCHAR(20), measured_at TIMESTAMP, leq DECIMAL(8, 3), remark VARCHAR(40));
INSERT INTO readings VALUES
    ('东坝', '2026-03-07 23:00:00', 51.500, NULL),
    ('东坝', '2026-03-08 00:00:00', 52.125, 'a, "b"'),
    ('来广营', '2026-03-08 01:00:00', 0.070, '风'),
    ('东坝', '2026-03-09 00:00:00', 54, '');
"""
DAILY = (
    "SELECT station, measured_at, leq, remark FROM readings"
    " WHERE measured_at >= :day AND measured_at < :next_day ORDER BY measured_at, station"
)
SOURCE = """
[[source]]
id = "bureau"
feed = "noise"
table = "clean_noise"
connector = "sql"
path = "{path}"
unknown_sites = "accept"
[source.connection]
query = '''{query}'''
{connection}
[source.time]
columns = ["measured_at"]
formats = ["%Y-%m-%d %H:%M:%S"]
duration_min = 60
[source.site]
column = "station"
[source.columns]
period_kind = {{ constant = "hour" }}
[source.values]
"leq" = {{ parameter = "leq", unit = "dB(A)" }}
"""


def write(folder: Path, path: str, query: str = DAILY, connection: str = "since = 2026-03-08") -> Path:
    """A configuration of one source."""
    config = folder / "ecoledger.toml"
    config.write_text(SOURCE.format(path=path, query=query, connection=connection), encoding="utf-8")
    return config


def connected(folder: Path, path: str, query: str = DAILY, connection: str = "since = 2026-03-08") -> Connector:
    """The connector of that source."""
    config = load_config(write(folder, path, query, connection))
    return connector_for(config.sources[0], config)


def fetched(connector: Connector) -> dict[str, str]:
    """What each offer holds, by its id."""
    found = {}
    for offer in connector.offers(NOW):
        with connector.fetch(offer) as stream:
            found[offer.offer_id] = stream.read().decode("utf-8")
    return found
