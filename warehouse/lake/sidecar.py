"""The small JSON file next to a Parquet file that says the Parquet file is there, complete and what it counts.

Here belong reading it against the Parquet file, and the partitions in it with their counts. Not here: which rows they
hold. A data file
without its sidecar, or one that does not match it, is not there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sources.cleaning.store import PartitionCounts
from warehouse.paths import PART, SIDECAR


@dataclass(frozen=True)
class Partition:
    """One partition of a file: clean and superseded rows, a digest of the clean ones, and the counts by delivery id."""

    rows: int
    superseded_rows: int
    digest: str
    counts: Mapping[str, PartitionCounts]


def partitions_as_json(partitions: Mapping[str, Partition]) -> dict[str, object]:
    """The partitions of a file, by value, for its sidecar."""
    return {
        value: {
            "rows": found.rows,
            "superseded_rows": found.superseded_rows,
            "digest": found.digest,
            "deliveries": {delivery: vars(found.counts[delivery]) for delivery in sorted(found.counts)},
        }
        for value, found in partitions.items()
    }


def partitions_from_json(note: Mapping[str, Any]) -> dict[str, Partition]:
    """The partitions that a sidecar tells of; none where it tells of none (another layout)."""
    return {
        value: Partition(
            found["rows"],
            found["superseded_rows"],
            found["digest"],
            {delivery: PartitionCounts(**counts) for delivery, counts in found["deliveries"].items()},
        )
        for value, found in note.get("partitions", {}).items()
    }


def deliveries_of(note: Mapping[str, Any]) -> set[str]:
    """Ids of the deliveries that any partition of the file counts."""
    return {delivery for found in note.get("partitions", {}).values() for delivery in found["deliveries"]}


def parse_sidecar(folder: Path) -> dict[str, Any] | None:
    """The sidecar's content, None if there is none or it cannot be read."""
    try:
        note = json.loads((folder / SIDECAR).read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return note if isinstance(note, dict) and {"sha256", "rows"} <= note.keys() else None


def read_sidecar(folder: Path) -> dict[str, Any] | None:
    """The sidecar's content if the Parquet file next to it is the one it names, else None."""
    note = parse_sidecar(folder)
    return note if note is not None and matches(folder / PART, note["sha256"]) else None


def matches(file: Path, sha256: str | None) -> bool:
    """Whether `file` has this SHA-256; None means that there must be no file."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return sha256 is None
