"""A file of partitions with its sidecar: clean readings, and what they superseded next to them.

Here belongs putting both in the place of the old ones: each under a temporary name first, the sidecar removed before
and written last. Not here: the rows of one Parquet file (part_file.py), or what the index knows (partitions.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sources.registry.feed_model import CleanTable
from warehouse.atomic import remove, remove_empty_dirs, temporary_next_to
from warehouse.lake.clean_files import write_sidecar
from warehouse.lake.sidecar import Partition, parse_sidecar, partitions_as_json
from warehouse.paths import PART, SIDECAR, DataDir

if TYPE_CHECKING:
    from warehouse.lake.part_file import PartFile


class LakeInconsistent(RuntimeError):
    """Cleaning handed over what cannot be right (counts, partition or touches); the message says what."""


class StoredFile:
    """The file `name` of a table as it is, and as it will be once it is written."""

    def __init__(self, data: DataDir, table: CleanTable, name: str, partitions: Mapping[str, Partition]) -> None:
        """`partitions` are those in it, by value in order."""
        self.table = table
        self.name = name
        self.sha256 = ""
        self._root = data.root
        self._folder = data.clean_partition(table.name, table.file_grain, name)
        self._superseded_folder = data.superseded_partition(table.name, table.file_grain, name)
        # Without its sidecar a file is not there.
        there = partitions if (self._folder / SIDECAR).exists() else {}
        self.clean = _part_file(self._folder / PART, {value: found.rows for value, found in there.items()})
        self.superseded = _part_file(
            self._superseded_folder / PART, {value: p.superseded_rows for value, p in there.items()}
        )

    def holds(self, table: CleanTable, value: str) -> bool:
        """Whether the partition lies in this file."""
        return (self.table.name, self.name) == (table.name, table.file_of(value))

    def write(self, partitions: Mapping[str, Partition]) -> set[Path]:
        """Replaces what is stored, or removes it where there is no partition; gives what has to be made durable.

        LakeInconsistent if the rows are not those of `partitions`.
        """
        new = [temporary_next_to(folder / PART) for folder in (self._folder, self._superseded_folder)]
        try:
            return self._replace(partitions, *new) if partitions else self._remove()
        finally:
            self.close()
            for path in new:
                remove(path)
                remove_empty_dirs(path.parent, self._root)

    def close(self) -> None:
        """Drops what waits to be written."""
        self.clean.close()
        self.superseded.close()

    def _replace(self, partitions: Mapping[str, Partition], clean: Path, superseded: Path) -> set[Path]:
        from warehouse.parquet import file_sha256

        rows, gone = self._write_parts(partitions, clean, superseded)
        self.sha256 = file_sha256(clean)
        note = {
            "rows": rows,
            "sha256": self.sha256,
            "superseded_rows": gone,
            "superseded_sha256": file_sha256(superseded) if gone else None,
            "partitions": partitions_as_json(partitions),
        }
        if parse_sidecar(self._folder) == note:
            return set()
        remove(self._folder / SIDECAR)
        if gone:
            superseded.replace(self._superseded_folder / PART)
        else:
            remove(self._superseded_folder / PART)
        clean.replace(self._folder / PART)
        write_sidecar(self._folder, note)
        return {
            *(self._folder, self._folder / PART, self._folder / SIDECAR),
            *((self._superseded_folder, self._superseded_folder / PART) if gone else ()),
        }

    def _write_parts(self, partitions: Mapping[str, Partition], clean: Path, superseded: Path) -> tuple[int, int]:
        """Writes both temporary files, that of superseded rows only if there are any; gives the rows of each."""
        import polars as pl

        from warehouse.parquet import schema_of, write_frame

        clean.parent.mkdir(parents=True, exist_ok=True)
        wanted = sum(p.rows for p in partitions.values()), sum(p.superseded_rows for p in partitions.values())
        if not wanted[0]:
            write_frame(pl.DataFrame(schema=schema_of(self.table.columns)), clean)
        if wanted[1]:
            superseded.parent.mkdir(parents=True, exist_ok=True)
        found = self.clean.write(clean) if wanted[0] else 0, self.superseded.write(superseded)
        if found != wanted:
            raise LakeInconsistent(
                f"{self.table.name} {self.name}: {found[0]} clean and {found[1]} superseded or duplicate rows, the "
                f"index knows {wanted[0]} and {wanted[1]}"
            )
        return found

    def _remove(self) -> set[Path]:
        for path in (self._folder / SIDECAR, self._folder / PART, self._superseded_folder / PART):
            remove(path)
        return {path.parent for path in (self._folder, self._superseded_folder)}


def _part_file(path: Path, rows: Mapping[str, int]) -> PartFile:
    # polars is loaded for lakes that are read or written, not for those that are looked at.
    from warehouse.lake.part_file import PartFile

    return PartFile(path, rows)
