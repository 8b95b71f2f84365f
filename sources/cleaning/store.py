"""What cleaning asks of the place where it reads and writes partitions, as a protocol.

Here belongs the interface only, so that cleaning stays pure and the lake (warehouse) can be replaced in a
test or on a cluster. Not here: any path or file format.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import polars as pl

    from sources.cleaning.flag_fingerprint import FlagPrint
    from sources.cleaning.keys import KeyPlace
    from sources.deliveries import Delivery


@dataclass(frozen=True)
class PartitionCounts:
    """Readings of one delivery in one partition, and its records whose home is this partition."""

    readings_clean: int = 0
    readings_missing: int = 0
    readings_duplicate: int = 0
    readings_superseded: int = 0
    readings_flagged: int = 0
    records_used: int = 0
    records_duplicate: int = 0


@dataclass(frozen=True)
class FileCounts:
    """What reading one delivery found before its partitions were resolved.

    `touches` lists (table, partition value) of every partition that got a reading. A refused file has verdict
    'refused', a reason for people, and every record it may hold counted as quarantined. 'removed' is a delivery that
    its source reads no longer (the source is gone, or another names the file): it gives nothing and counts nothing.
    """

    verdict: str
    reason: str
    rows_other: int
    records_in: int
    records_quarantined: int
    readings_in: int
    readings_quarantined: int
    first_period: str | None
    last_period: str | None
    touches: tuple[tuple[str, str], ...] = field(default=())


class PartitionPart(NamedTuple):
    """A slice of one partition, in key order: clean and superseded readings and the counts of this slice."""

    clean: pl.DataFrame
    superseded: pl.DataFrame
    counts: Mapping[str, PartitionCounts]


class CleanStore(Protocol):
    """Reads and writes partitions of the clean layer; every write replaces the whole partition atomically."""

    def deliveries_touching(self, feed: str, partitions: Iterable[tuple[str, str]]) -> list[Delivery]:
        """Cleaned deliveries of `feed` known to touch any of the (table, value) pairs, in delivery order."""
        ...

    def previous_touches(self, feed: str, delivery_id: str) -> tuple[tuple[str, str], ...]:
        """The (table, value) pairs this delivery touched when it was last cleaned; () if it never was.

        Cleaned again under another mapping, its readings may leave these partitions: they are rebuilt too.
        """
        ...

    def partitions(self, table: str) -> list[str]:
        """The values of every clean partition of `table` as stored, in order."""
        ...

    def delivery(self, delivery_id: str) -> Delivery:
        """A landed delivery."""
        ...

    def open_keys(self, table: str, numbered_sources: Set[str]) -> None:
        """Makes sure that the places of all keys of a table are known.

        Readings of `numbered_sources` have no ticket but an occurrence number: they have no key that could move.
        """
        ...

    def keys_of(self, table: str, delivery_ids: Sequence[str]) -> set[str]:
        """Keys that any of the deliveries has."""
        ...

    def replace_keys(self, table: str, delivery_ids: Sequence[str], places: Iterable[KeyPlace]) -> None:
        """Replaces all places of keys of the deliveries."""
        ...

    def key_places(self, table: str, keys: Iterable[str]) -> list[KeyPlace]:
        """Places of those of `keys` that lie in several partitions, with their order."""
        ...

    def keys_sharing(self, table: str, values: Iterable[str]) -> list[KeyPlace]:
        """Places of every key that lies in one of the partitions `values` and in another one, with their order."""
        ...

    def read_clean(self, table: str, value: str, columns: Sequence[str] | None = None) -> pl.DataFrame | None:
        """The clean partition as stored, of its `columns` only if they are named, or None where there is none."""
        ...

    def write_partition(
        self,
        table: str,
        value: str,
        clean: pl.DataFrame,
        superseded: pl.DataFrame,
        counts: Mapping[str, PartitionCounts],
    ) -> None:
        """Replaces one partition: clean readings, what they superseded, and the counts by delivery id.

        An empty `clean` with empty `superseded` removes the partition.
        """
        ...

    def write_partition_parts(self, table: str, value: str, parts: Iterable[PartitionPart]) -> None:
        """Like write_partition, for a partition too large for memory: parts follow in key order, their counts add up.

        The bytes written are those that write_partition would write for the parts joined together.
        """
        ...

    def write_flags(self, table: str, value: str, clean: pl.DataFrame, flagged: Mapping[str, int]) -> None:
        """Replaces the clean readings of a partition of which only `flag` and `flag_tests` changed.

        A neighbour was rebuilt, or thresholds changed. `flagged` is readings_flagged by delivery id; all other counts
        and the superseded readings stay as they are.
        """
        ...

    def partitions_of(self, table: str, source_ids: Set[str]) -> list[str]:
        """The values of every clean partition of `table` that a reading of one of the sources touches, in order."""
        ...

    def flags_set_by(self, table: str) -> FlagPrint | None:
        """The fingerprints that `note_flags` was last told; None for a table that has none yet."""
        ...

    def note_flags(self, table: str, fingerprint: FlagPrint) -> None:
        """Notes by which thresholds all flags of the table are set; called after the last of them is written."""
        ...

    def write_quarantine_parts(self, feed: str, delivery_id: str, parts: Iterable[pl.DataFrame]) -> None:
        """Like write_quarantine, where the rejected rows are too many for memory: parts follow in reading order."""
        ...

    def write_quarantine(self, feed: str, delivery_id: str, rejected: pl.DataFrame) -> None:
        """Replaces everything quarantined from one delivery (an empty frame removes it)."""
        ...

    def record_file(self, feed: str, delivery_id: str, counts: FileCounts, fingerprint: str) -> None:
        """Notes that the delivery is cleaned under `fingerprint`; called after all its partitions are written."""
        ...
