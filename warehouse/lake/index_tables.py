"""Tables of the lake's index: their columns, keys and version.

Here belongs what SQLite is told once. Not here: questions (index.py), or the table of keys (key_index.py). Standard
library only.
"""

from __future__ import annotations

from dataclasses import fields

from sources.cleaning.store import FileCounts, PartitionCounts
from sources.deliveries import Receipt

# Of the files below clean, too: an index of another version is made anew, and what lies in another layout is dropped.
SCHEMA_VERSION = "3"
RECEIPT = tuple(f.name for f in fields(Receipt))
PARTITION_COUNTS = tuple(f.name for f in fields(PartitionCounts))
FILE_COUNTS = tuple(f.name for f in fields(FileCounts) if f.name != "touches")

TABLES = f"""
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS marks (id INTEGER PRIMARY KEY, what TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS offers (
    feed TEXT NOT NULL, source_id TEXT NOT NULL, offer_id TEXT NOT NULL, etag TEXT NOT NULL,
    PRIMARY KEY (feed, source_id, offer_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS deliveries (
    {", ".join(f"{name} {'INTEGER' if name == 'size_bytes' else 'TEXT'} NOT NULL" for name in RECEIPT)},
    delivery_id TEXT NOT NULL PRIMARY KEY, month TEXT NOT NULL, delivered_us INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS deliveries_by_offer ON deliveries (feed, source_id, offer_id);
CREATE INDEX IF NOT EXISTS deliveries_by_path ON deliveries (feed, source_id, offered_path);
CREATE INDEX IF NOT EXISTS deliveries_by_bytes ON deliveries (sha256);
CREATE TABLE IF NOT EXISTS files (
    table_name TEXT NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL,
    PRIMARY KEY (table_name, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS partitions (
    table_name TEXT NOT NULL, value TEXT NOT NULL, file TEXT NOT NULL,
    rows INTEGER NOT NULL, superseded_rows INTEGER NOT NULL, digest TEXT NOT NULL,
    PRIMARY KEY (table_name, value)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS partitions_by_file ON partitions (table_name, file);
CREATE TABLE IF NOT EXISTS touches (
    table_name TEXT NOT NULL, value TEXT NOT NULL, delivery_id TEXT NOT NULL,
    {", ".join(f"{name} INTEGER NOT NULL" for name in PARTITION_COUNTS)},
    PRIMARY KEY (table_name, value, delivery_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS touches_by_delivery ON touches (delivery_id);
CREATE TABLE IF NOT EXISTS cleaned (
    delivery_id TEXT NOT NULL PRIMARY KEY, fingerprint TEXT NOT NULL,
    {", ".join(FILE_COUNTS)}
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stamps (
    folder TEXT PRIMARY KEY, sha256 TEXT NOT NULL, stamp TEXT NOT NULL
) WITHOUT ROWID;
"""
DATA_TABLES = ("offers", "deliveries", "files", "partitions", "touches", "cleaned")
