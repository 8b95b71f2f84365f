"""The files of the clean layer that are no partitions: quarantine, site register, a file without rows in every table.

Here belongs writing each of them whole. Not here: partitions and their counts (partitions.py) or when they become
durable. Each function gives the paths it wrote, for one flush at the end.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sources.registry.model import REGISTER_COLUMNS, Registry
from warehouse.atomic import remove, replacing, write_bytes
from warehouse.file_counts import COLUMNS
from warehouse.paths import EMPTY, SIDECAR, DataDir

if TYPE_CHECKING:
    import polars as pl


def write_quarantine(data: DataDir, feed: str, sha256: str, parts: Iterable[pl.DataFrame]) -> set[Path]:
    """Replaces everything quarantined from one delivery, in the order of its rows; no row at all removes the file."""
    from warehouse.parquet import FrameWriter, conform_known

    file = data.quarantine_file(feed, sha256)
    with replacing(file, durable=False) as temporary:
        with FrameWriter(temporary) as writer:
            for part in parts:
                frame = conform_known(part, (), f"quarantine of {feed}")
                order = [c for c in ("raw_row", "raw_column") if c in frame.columns]
                writer.append(frame.sort(order, maintain_order=True) if order else frame)
        if not writer.rows:
            temporary.write_bytes(b"")
    if not writer.rows:
        remove(file)
    return {file, file.parent} if writer.rows else {file.parent}


def write_site_register(data: DataDir, register: pl.DataFrame) -> tuple[int, str, set[Path]]:
    """Replaces the site register in force; gives its rows, the SHA-256 of its file and the paths."""
    from warehouse.parquet import conform, write_frame

    file = data.site_register
    frame = conform(register, REGISTER_COLUMNS, "site_register").sort("feed", "site_id", "valid_from", nulls_last=False)
    file.parent.mkdir(parents=True, exist_ok=True)
    remove(file.parent / SIDECAR)
    with replacing(file, durable=False) as temporary:
        sha256 = write_frame(frame, temporary)
    write_sidecar(file.parent, {"sha256": sha256, "rows": frame.height, "deliveries": {}})
    return frame.height, sha256, {file, file.parent / SIDECAR, file.parent}


def write_empty_tables(data: DataDir, registry: Registry) -> set[Path]:
    """Puts a file without rows and with the declared schema into every table, so that a pattern always matches."""
    import polars as pl

    from warehouse.parquet import schema_of, write_frame

    declared = {name: table.columns for name, table in registry.tables.items()}
    declared |= {"file_counts": COLUMNS, "site_register": REGISTER_COLUMNS}
    written = set()
    for name, columns in declared.items():
        file = data.clean_table(name) / EMPTY
        with replacing(file, durable=False) as temporary:
            write_frame(pl.DataFrame(schema=schema_of(columns)), temporary)
        written |= {file, file.parent}
    return written


def write_sidecar(folder: Path, note: Mapping[str, object]) -> None:
    """Writes the sidecar of the Parquet file in `folder`: from now on that file is there."""
    write_bytes(folder / SIDECAR, json.dumps(note, sort_keys=True, indent=1).encode(), durable=False)
