"""The small JSON file beside a Parquet file that says the Parquet file is there, complete and what it counts.

Here belong reading it against the Parquet file and its counts. Not here: which rows a partition holds. A data file
without its sidecar, or one that does not match it, is not there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sources.cleaning.store import PartitionCounts
from warehouse.paths import PART, SIDECAR


def counts_as_json(counts: Mapping[str, PartitionCounts]) -> dict[str, dict[str, int]]:
    """Counts by delivery for a sidecar, sorted by its id."""
    return {delivery: asdict(counts[delivery]) for delivery in sorted(counts)}


def counts_from_json(note: Mapping[str, Any]) -> dict[str, PartitionCounts]:
    """The counts by delivery of a partition's sidecar."""
    return {delivery: PartitionCounts(**counts) for delivery, counts in note["deliveries"].items()}


def parse_sidecar(folder: Path) -> dict[str, Any] | None:
    """The sidecar's content, None if there is none or it cannot be read."""
    try:
        note = json.loads((folder / SIDECAR).read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return note if isinstance(note, dict) and {"sha256", "rows"} <= note.keys() else None


def read_sidecar(folder: Path) -> dict[str, Any] | None:
    """The sidecar's content if the Parquet file beside it is the one it names, else None."""
    note = parse_sidecar(folder)
    return note if note is not None and matches(folder / PART, note["sha256"]) else None


def matches(file: Path, sha256: str | None) -> bool:
    """Whether `file` has this SHA-256; None means that there must be no file."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return sha256 is None
