"""The files of the lake that are not partitions: quarantine, tables stored whole (site register, declared tables) with
the bytes they were made from, a file without rows in every table.

Here belongs writing each of them whole. Not here: partitions and their counts (partitions.py) or when they become
durable. Each function gives the paths it wrote, for one flush at the end.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from sources.cleaning.flag_fingerprint import FlagPrint
from sources.registry.clean_columns import CLEAN_COLUMNS, NETWORK_COLUMNS, REGISTER_COLUMNS, Column
from sources.registry.declared_tables import DECLARED_TABLES, DeclaredTable
from sources.registry.feed_model import CleanTable, Registry, network_table, register_table
from sources.registry.network_tables import NETWORK_TABLES
from sources.registry.plan_tables import PLAN_TABLES
from sources.registry.register_tables import CASE_COLUMNS, REGISTER_TABLES
from warehouse.atomic import remove, replacing, write_bytes
from warehouse.lake.file_counts import COLUMNS
from warehouse.lake.sidecar import matches
from warehouse.paths import EMPTY, PART, SIDECAR, DataDir

if TYPE_CHECKING:
    import polars as pl

SITE_REGISTER = "site_register"
# What models read the superseded states of all registers' cases as.
SUPERSEDED_CASES = "superseded_case"


@dataclass(frozen=True)
class Entered:
    """A file that a user entered: its name and bytes as they were read."""

    name: str
    content: bytes

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the bytes."""
        return hashlib.sha256(self.content).hexdigest()


def write_quarantine(data: DataDir, feed: str, delivery_id: str, parts: Iterable[pl.DataFrame]) -> set[Path]:
    """Replaces everything quarantined from one delivery, in the order of its rows; no row at all removes the file."""
    from warehouse.parquet import FrameWriter, conform_known

    file = data.quarantine_file(feed, delivery_id)
    filled = (part for part in parts if not part.is_empty())
    first = next(filled, None)
    if first is None:
        # Most deliveries: nothing is written for them.
        remove(file)
        return {file.parent}
    with replacing(file, durable=False) as temporary, FrameWriter(temporary) as writer:
        for part in chain([first], filled):
            frame = conform_known(part, (), f"quarantine of {feed}")
            order = [c for c in ("raw_row", "raw_column") if c in frame.columns]
            writer.append(frame.sort(order, maintain_order=True) if order else frame)
    return {file, file.parent}


def write_whole_table(
    data: DataDir,
    name: str,
    frame: pl.DataFrame,
    columns: Sequence[Column],
    order: Sequence[str],
    entered: Iterable[Entered],
) -> tuple[str, set[Path]]:
    """Replaces a table that is stored whole; gives the SHA-256 of its file and the paths.

    Its sidecar names the user's files it was made from, so that a release can say so.
    """
    from warehouse.parquet import conform, write_frame

    file = data.clean_table(name) / PART
    frame = conform(frame, columns, name).sort(order, nulls_last=False)
    file.parent.mkdir(parents=True, exist_ok=True)
    remove(file.parent / SIDECAR)
    with replacing(file, durable=False) as temporary:
        sha256 = write_frame(frame, temporary)
    files = [{"file": e.name, "sha256": e.sha256} for e in entered]
    write_sidecar(file.parent, {"sha256": sha256, "rows": frame.height, "entered": files})
    return sha256, {file, file.parent / SIDECAR, file.parent}


def keep_entered(data: DataDir, entered: Entered) -> set[Path]:
    """Keeps the bytes of a file that a user entered under their SHA-256, once and for good."""
    file = data.entered_file(entered.sha256, "toml" if entered.name.endswith(".toml") else "csv")
    if not matches(file, entered.sha256):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(file, entered.content, durable=False)
    return {file, file.parent}


def whole_tables() -> tuple[str, ...]:
    """Names of the clean tables that are stored whole: the site register, the declared tables, declarations."""
    return (SITE_REGISTER, *(table.clean_name for table in declared_tables()))


def declared_tables() -> tuple[DeclaredTable, ...]:
    """What users enter, and what declarations of networks, registers and plans become."""
    return (
        *DECLARED_TABLES.values(),
        *NETWORK_TABLES.values(),
        *REGISTER_TABLES.values(),
        *PLAN_TABLES.values(),
    )


def write_empty_tables(data: DataDir, registry: Registry) -> set[Path]:
    """Puts a file without rows and with the declared schema into every table, so that a pattern always matches."""
    import polars as pl

    from sources.cleaning.schema import superseded_schema
    from warehouse.parquet import schema_of, write_frame

    declared = {name: table.columns for name, table in registry.tables.items()}
    declared |= {"file_counts": COLUMNS, SITE_REGISTER: REGISTER_COLUMNS}
    declared |= {table.clean_name: table.columns for table in declared_tables()}
    # Models read every network, and every register, by one pattern, which has to match where there is none.
    declared[network_table("")] = CLEAN_COLUMNS + NETWORK_COLUMNS
    declared[register_table("")] = CLEAN_COLUMNS + CASE_COLUMNS
    schemas = {data.clean_table(name) / EMPTY: schema_of(columns) for name, columns in declared.items()}
    fallen = CleanTable(register_table(""), "", "month", "", CASE_COLUMNS)
    schemas[data.superseded / fallen.name / EMPTY] = pl.Schema(superseded_schema(fallen))
    written = set()
    for file, schema in schemas.items():
        with replacing(file, durable=False) as temporary:
            write_frame(pl.DataFrame(schema=schema), temporary)
        written |= {file, file.parent}
    return written


def write_sidecar(folder: Path, note: Mapping[str, object]) -> None:
    """Writes the sidecar of the Parquet file in `folder`: from now on that file is there."""
    write_bytes(folder / SIDECAR, json.dumps(note, sort_keys=True, indent=1).encode(), durable=False)


def write_flags_note(data: DataDir, table: str, fingerprint: FlagPrint) -> set[Path]:
    """Notes by which thresholds all flags of a clean table are set."""
    file = data.flags_note(table)
    file.parent.mkdir(parents=True, exist_ok=True)
    note = {"thresholds": fingerprint.declared} | ({"own": dict(fingerprint.own)} if fingerprint.own else {})
    write_bytes(file, json.dumps(note, sort_keys=True).encode(), durable=False)
    return {file, file.parent}


def read_flags_note(data: DataDir, table: str) -> FlagPrint | None:
    """The fingerprints that were noted; None where nothing readable is."""
    try:
        note = json.loads(data.flags_note(table).read_bytes())
        return FlagPrint(note["thresholds"], dict(note.get("own", {})))
    except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError):
        return None
