"""A clean layer in memory: what cleaning writes and reads, gone when nobody looks at it any more.

Here belongs the interface of sources.cleaning.store for few deliveries. Not here: the lake on disk (warehouse.lake), or
checks of what is handed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import fields, replace

import polars as pl

from sources.cleaning.flag_fingerprint import FlagPrint
from sources.cleaning.keys import KeyPlace
from sources.cleaning.store import FileCounts, PartitionCounts, PartitionPart
from sources.deliveries import Delivery


class MemoryStore:
    """Follows CleanStore. Partitions are by (table, value), quarantine and files by (feed, delivery id)."""

    def __init__(self) -> None:
        self.clean: dict[tuple[str, str], pl.DataFrame] = {}
        self.superseded: dict[tuple[str, str], pl.DataFrame] = {}
        self.counts: dict[tuple[str, str], dict[str, PartitionCounts]] = {}
        self.quarantine: dict[tuple[str, str], pl.DataFrame] = {}
        self.files: dict[tuple[str, str], FileCounts] = {}
        self.prints: dict[tuple[str, str], str] = {}
        self.known: dict[str, Delivery] = {}
        self.places: dict[tuple[str, str], list[KeyPlace]] = {}
        self.thresholds: dict[str, FlagPrint] = {}

    def offer(self, deliveries: Iterable[Delivery]) -> None:
        """Takes deliveries that may be asked for again."""
        self.known.update({d.receipt.delivery_id: d for d in deliveries})

    def deliveries_touching(self, feed: str, partitions: Iterable[tuple[str, str]]) -> list[Delivery]:
        """Cleaned deliveries that touch any of the partitions, in delivery order."""
        wanted = set(partitions)
        found = [self.known[d] for (f, d), counts in self.files.items() if f == feed and wanted & set(counts.touches)]
        return sorted(found, key=lambda d: d.receipt.order)

    def previous_touches(self, feed: str, delivery_id: str) -> tuple[tuple[str, str], ...]:
        """What the delivery touched when it was last cleaned."""
        known = self.files.get((feed, delivery_id))
        return known.touches if known else ()

    def partitions(self, table: str) -> list[str]:
        """Values of the partitions of a table, in order."""
        return sorted(value for name, value in self.clean if name == table)

    def delivery(self, delivery_id: str) -> Delivery:
        """A delivery that was offered."""
        return self.known[delivery_id]

    def open_keys(self, table: str, numbered_sources: Set[str]) -> None:
        """Nothing to do: places are known as soon as they are told."""

    def keys_of(self, table: str, delivery_ids: Sequence[str]) -> set[str]:
        """Keys that any of the deliveries has."""
        return {p.key for d in delivery_ids for p in self.places.get((table, d), ())}

    def replace_keys(self, table: str, delivery_ids: Sequence[str], places: Iterable[KeyPlace]) -> None:
        """Replaces all places of keys of the deliveries."""
        for delivery_id in delivery_ids:
            self.places.pop((table, delivery_id), None)
        for place in places:
            r = self.known[place.delivery_id].receipt
            order = (round(r.moment.timestamp() * 1_000_000), r.sha256, place.row, r.source_id, r.offer_id)
            self.places.setdefault((table, place.delivery_id), []).append(place._replace(order=order))

    def key_places(self, table: str, keys: Iterable[str]) -> list[KeyPlace]:
        """Places of the keys."""
        wanted = set(keys)
        return [p for (t, _), own in self.places.items() if t == table for p in own if p.key in wanted]

    def keys_sharing(self, table: str, values: Iterable[str]) -> list[KeyPlace]:
        """Places of every key that lies in one of the partitions."""
        wanted = set(values)
        keys = {p.key for (t, _), own in self.places.items() if t == table for p in own if p.value in wanted}
        return self.key_places(table, keys)

    def read_clean(self, table: str, value: str, columns: Sequence[str] | None = None) -> pl.DataFrame | None:
        """The clean partition, None where there is none."""
        stored = self.clean.get((table, value))
        return stored if stored is None or columns is None else stored.select(columns)

    def write_partition(
        self,
        table: str,
        value: str,
        clean: pl.DataFrame,
        superseded: pl.DataFrame,
        counts: Mapping[str, PartitionCounts],
    ) -> None:
        """Replaces one partition; an empty one is removed."""
        if clean.is_empty() and superseded.is_empty():
            for place in (self.clean, self.superseded, self.counts):
                place.pop((table, value), None)
            return
        self.clean[table, value], self.superseded[table, value] = clean, superseded
        self.counts[table, value] = dict(counts)

    def write_partition_parts(self, table: str, value: str, parts: Iterable[PartitionPart]) -> None:
        """Joins the parts and writes them."""
        every = list(parts)
        ids = {delivery_id for part in every for delivery_id in part.counts}
        counts = {i: added(p.counts[i] for p in every if i in p.counts) for i in ids}
        clean, superseded = pl.concat([p.clean for p in every]), pl.concat([p.superseded for p in every])
        self.write_partition(table, value, clean, superseded, counts)

    def write_flags(self, table: str, value: str, clean: pl.DataFrame, flagged: Mapping[str, int]) -> None:
        """Replaces the flags of a partition and how many readings of each delivery are flagged."""
        self.clean[table, value] = clean
        own = self.counts[table, value]
        own.update({delivery: replace(own[delivery], readings_flagged=number) for delivery, number in flagged.items()})

    def partitions_of(self, table: str, source_ids: Set[str]) -> list[str]:
        """Values of the partitions that a reading of one of the sources touches."""
        own = {i for i, d in self.known.items() if d.receipt.source_id in source_ids}
        return sorted(value for (name, value), by in self.counts.items() if name == table and own & set(by))

    def flags_set_by(self, table: str) -> FlagPrint | None:
        """The thresholds that all flags of the table were set by."""
        return self.thresholds.get(table)

    def note_flags(self, table: str, fingerprint: FlagPrint) -> None:
        """Notes them."""
        self.thresholds[table] = fingerprint

    def write_quarantine(self, feed: str, delivery_id: str, rejected: pl.DataFrame) -> None:
        """Replaces everything quarantined of one delivery."""
        self.quarantine[feed, delivery_id] = rejected

    def write_quarantine_parts(self, feed: str, delivery_id: str, parts: Iterable[pl.DataFrame]) -> None:
        """Joins the parts and writes them."""
        self.write_quarantine(feed, delivery_id, pl.concat(list(parts)))

    def record_file(self, feed: str, delivery_id: str, counts: FileCounts, fingerprint: str) -> None:
        """Notes what a delivery held."""
        self.files[feed, delivery_id] = counts
        self.prints[feed, delivery_id] = fingerprint

    def all_clean(self, table: str) -> pl.DataFrame:
        """Every clean reading of a table, in the order of its partitions."""
        found = [self.clean[key] for key in sorted(self.clean) if key[0] == table]
        return pl.concat(found) if found else pl.DataFrame()

    def counted(self, delivery_id: str) -> PartitionCounts:
        """What partitions hold of one delivery, together."""
        return added(by[delivery_id] for by in self.counts.values() if delivery_id in by)


def added(counts: Iterable[PartitionCounts]) -> PartitionCounts:
    """Counts of several partitions, or parts of one, together."""
    every = list(counts)
    return PartitionCounts(**{f.name: sum(getattr(c, f.name) for c in every) for f in fields(PartitionCounts)})
