"""The table of both counts of every delivery: one row each, one Parquet file a month of delivery.

Here belong its columns, the two sums that must come out (nothing lost), and writing and reading it. Not here: how the
counts come about (sources.cleaning) or what the gate makes of a sum that does not come out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from sources.registry.clean_columns import Column
from warehouse.atomic import remove, remove_empty_dirs, replacing, write_bytes
from warehouse.lake.index import CleanedFile, Index
from warehouse.lake.index_tables import FILE_COUNTS
from warehouse.lake.sidecar import read_sidecar
from warehouse.paths import PART, SIDECAR, DataDir

TABLE = "file_counts"
COLUMNS: tuple[Column, ...] = (
    Column("feed", "string", "Feed of the delivery", key=True),
    Column("source_id", "string", "Declared source that delivered it"),
    Column("delivery_id", "string", "The delivery: what the source offered at a time", key=True),
    Column("offer_id", "string", "What the source offered: a file's path below the folder it names"),
    Column("adopted_from", "string", "Source whose delivery already had these bytes, else empty"),
    Column("sha256", "string", "SHA-256 of the raw file"),
    Column("file_name", "string", "Name of the file at its source"),
    Column("delivered_at", "timestamp", "When the source delivered it, reporting zone, naive"),
    Column("landed_at", "timestamp", "When we landed it, reporting zone, naive; volatile"),
    Column(
        "verdict",
        "string",
        "read, refused, or removed: its source reads it no longer",
        allowed=("read", "refused", "removed"),
    ),
    Column("reason", "string", "Why it was refused or removed, empty if it was read"),
    Column("first_period", "string", "Start of its earliest reading, ISO, reporting zone"),
    Column("last_period", "string", "Start of its latest reading, ISO, reporting zone"),
    Column("rows_other", "int", "Header, title, blank, footer and filtered rows"),
    Column("records_in", "int", "Records as received: used + quarantined + duplicate"),
    Column("records_used", "int", "Records with at least one reading that is not a duplicate"),
    Column("records_quarantined", "int", "Records refused as a whole"),
    Column("records_duplicate", "int", "Records all of whose readings are exact duplicates"),
    Column("readings_in", "int", "Readings: clean + quarantined + duplicate + superseded"),
    Column("readings_clean", "int", "Readings in the clean layer, declared missing ones included"),
    Column("readings_missing", "int", "Clean readings with flag 9"),
    Column("readings_quarantined", "int", "Readings refused"),
    Column("readings_duplicate", "int", "Readings that repeat an earlier one exactly"),
    Column("readings_superseded", "int", "Readings replaced by a later delivery or row"),
    Column("readings_flagged", "int", "Clean readings with flag 3 or 4"),
)


@dataclass(frozen=True)
class Unbalanced:
    """A file whose counts do not come out: something was lost or counted twice."""

    feed: str
    delivery_id: str
    file_name: str
    what: str


def row_of(file: CleanedFile, zone: tzinfo) -> dict[str, Any]:
    """One row of the table: the file's own counts next to the sums over its partitions."""
    receipt = file.receipt
    return {
        "feed": receipt.feed,
        "source_id": receipt.source_id,
        "delivery_id": receipt.delivery_id,
        "offer_id": receipt.offer_id,
        "adopted_from": receipt.adopted_from,
        "sha256": receipt.sha256,
        "file_name": receipt.file_name,
        "delivered_at": _naive(receipt.delivered_at, zone),
        "landed_at": _naive(receipt.landed_at, zone),
        **file.counts,
        **vars(file.sums),
    }


def unbalanced(file: CleanedFile) -> list[Unbalanced]:
    """The sums of design.md, Nothing lost, that do not come out for this file; empty when all is well."""
    counts, sums, receipt = file.counts, file.sums, file.receipt
    checks = (
        ("records", counts["records_in"], sums.records_used + counts["records_quarantined"] + sums.records_duplicate),
        (
            "readings",
            counts["readings_in"],
            sums.readings_clean + counts["readings_quarantined"] + sums.readings_duplicate + sums.readings_superseded,
        ),
    )
    return [
        Unbalanced(receipt.feed, receipt.delivery_id, receipt.file_name, f"{what}: {came_in} in, {found} accounted for")
        for what, came_in, found in checks
        if came_in != found
    ]


def write_month(data: DataDir, index: Index, month: str, zone: tzinfo) -> list[Unbalanced]:
    """Writes one month of the table from the index (or removes it if empty); gives the files that do not balance."""
    import polars as pl

    from warehouse.parquet import schema_of, write_frame

    folder = data.file_counts(month)
    found = index.cleaned_in(month)
    remove(folder / SIDECAR)
    if not found:
        remove(folder / PART)
        remove_empty_dirs(folder, data.clean)
        return []
    frame = pl.DataFrame([row_of(file, zone) for file, _ in found], schema=schema_of(COLUMNS), orient="row")
    order = ("feed", "delivered_at", "sha256", "source_id", "offer_id", "delivery_id")
    with replacing(folder / PART, durable=False) as temporary:
        sha256 = write_frame(frame.sort(order), temporary)
    prints = {file.receipt.delivery_id: fingerprint for file, fingerprint in found}
    note = {"sha256": sha256, "rows": frame.height, "fingerprints": prints}
    write_bytes(folder / SIDECAR, json.dumps(note, sort_keys=True, indent=1).encode(), durable=False)
    return [problem for file, _ in found for problem in unbalanced(file)]


def stored_months(data: DataDir) -> Iterator[tuple[str, Path]]:
    """(month, folder) of every month on disk."""
    for folder in sorted(data.clean_table(TABLE).glob("month=*")):
        yield folder.name.removeprefix("month="), folder


def stored_digest(data: DataDir) -> str:
    """SHA-256 over the sidecars of every month: what the table holds."""
    digest = hashlib.sha256()
    for month, folder in stored_months(data):
        sidecar = folder / SIDECAR
        digest.update(month.encode() + (sidecar.read_bytes() if sidecar.exists() else b"") + b"\0")
    return digest.hexdigest()


def read_month(folder: Path) -> list[tuple[dict[str, Any], str]] | None:
    """Rows of one month as (row, fingerprint); None if it is damaged, without sidecar or of an older layout."""
    import polars as pl

    note = read_sidecar(folder)
    if note is None:
        return None
    frame = pl.read_parquet(folder / PART, glob=False)
    if frame.columns != [column.name for column in COLUMNS]:
        return None
    return [(row, note["fingerprints"][row["delivery_id"]]) for row in frame.to_dicts()]


def own_counts(row: dict[str, Any]) -> dict[str, Any]:
    """The part of a row that the file itself gives, without the sums over partitions."""
    return {name: row[name] for name in FILE_COUNTS}


def _naive(text: str, zone: tzinfo) -> datetime:
    return datetime.fromisoformat(text).astimezone(zone).replace(tzinfo=None)
