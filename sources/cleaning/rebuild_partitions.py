"""Rebuilds the partitions that new deliveries touch: resolve, flag with context, write; then flags of neighbours.

Here belongs the work on one table with bounded memory. Not here: reading deliveries (clean_run.py), the rules
(resolve.py, flags.py) or how far a test looks (cadence.py).
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import polars as pl

from sources.cleaning.cadence import Reach
from sources.cleaning.flags import names_of
from sources.cleaning.keys import staged_key_text, without_lost
from sources.cleaning.public_frames import Spelling
from sources.cleaning.resolve import DUPLICATE, Order, Resolved, resolve
from sources.cleaning.series import SeriesRules, flags, heard_clean, lean_clean, lean_staged
from sources.cleaning.silence import Silences
from sources.cleaning.spill import Staging
from sources.cleaning.staged import FILE, PART, part_of_value, part_span, part_value, parts_between
from sources.cleaning.store import CleanStore, PartitionCounts, PartitionPart
from sources.registry.feed_model import FLAG_FAIL, FLAG_SUSPECT, CleanTable

# How many resolved chunks are kept: the one in work, the one after it and a spare.
_KEPT = 3
# Neighbours whose flags are renewed together.
_NEIGHBOURS = 31


@dataclass(frozen=True)
class Changed:
    """When readings of a partition may differ from what is stored: first and last instant, reporting zone."""

    first: datetime
    last: datetime


@dataclass(frozen=True)
class Chunk:
    """Partitions worked on together; `sites` restricts an oversized partition to some of its sites."""

    parts: tuple[int, ...]
    sites: tuple[int, ...] | None = None


class TableRebuild:
    """Rebuilds partitions of one table from staged readings."""

    def __init__(
        self,
        spelling: Spelling,
        order: Order,
        rules: SeriesRules,
        reach: Reach,
        staging: Staging,
        store: CleanStore,
        lost: pl.DataFrame | None = None,
    ) -> None:
        """`lost` are keys that partitions lost to others, see keys.Keys."""
        self._lost = lost
        self._spelling = spelling
        self._table: CleanTable = spelling.table
        self._order = order
        self._rules = rules
        self._reach = reach
        self._staging = staging
        self._store = store
        self._budget = staging.budget
        self._resolved: OrderedDict[Chunk, Resolved] = OrderedDict()
        self._chunks: list[Chunk] = []
        self._chunk_of: dict[int, list[Chunk]] = {}
        self._written: set[int] = set()
        self._changed: frozenset[int] = frozenset()
        # Series in the changed partitions, as they were and as they are; None where nobody asks.
        self._touched: list[pl.DataFrame | None] | None = None
        self._silences = Silences(rules, self._parts, self._heard) if Silences.matter(rules) and reach else None
        # Readings on which two deliveries of one moment contradict each other, by partition, chunk of sites, file that
        # holds and file that fell: a chunk may be resolved more than once.
        self._disputed: dict[tuple[Chunk, int, int, int], int] = {}

    def rebuild(self, changed: Mapping[int, Changed]) -> int:
        """Writes every partition in `changed` and renews the flags of neighbours; gives how many of those changed."""
        self._chunks = self._cut(sorted(changed))
        for chunk in self._chunks:
            for part in chunk.parts:
                self._chunk_of.setdefault(part, []).append(chunk)
        self._changed = frozenset(changed)
        # What begins here may end, or end no longer, a silence of readings that are left alone.
        silences = self._silences
        stored = self._stored() if silences else set()
        if silences and any(p > min(changed) for p in stored - self._changed):
            self._touched = [silences.series(self._as_stored(p)) for p in sorted(stored & self._changed)]
        for chunk in self._chunks:
            if chunk.sites is None:
                self._write_whole(chunk)
        for part in sorted({c.parts[0] for c in self._chunks if c.sites is not None}):
            self._write_in_parts(part)
        if not self._reach:
            return 0
        series = [found for found in self._touched or [] if found is not None]
        far = silences.followed_by(self._changed, pl.concat(series).unique()) if silences and series else set()
        return self._renew_neighbours(changed, far)

    def renew_all(self) -> tuple[int, int]:
        """Renews the flags of every stored partition that was not rebuilt; gives how many changed, and of how many."""
        return self._renew_waiting(self._stored())

    def renew_around(self, values: Iterable[str]) -> tuple[int, int]:
        """The same for the partitions `values` and those that a test reaches them from."""
        grain = self._table.grain
        near: set[int] = set()
        for first, after in (part_span(part_of_value(value, grain), grain) for value in values):
            near.update(parts_between(first - self._reach.after, after + self._reach.before, grain))
        return self._renew_waiting(self._stored() & near)

    def _renew_waiting(self, parts: set[int]) -> tuple[int, int]:
        # Months and years are as large as 31 days and more.
        together = _NEIGHBOURS if self._table.grain == "day" else 1
        waiting = sorted(parts - self._changed)
        renewed = sum(self._renew(waiting[at : at + together]) for at in range(0, len(waiting), together))
        return renewed, len(waiting)

    def _stored(self) -> set[int]:
        return {part_of_value(v, self._table.grain) for v in self._store.partitions(self._table.name)}

    def _parts(self) -> set[int]:
        return self._stored() | self._changed

    @property
    def disputed(self) -> Counter[tuple[int, int]]:
        """On how many readings two files of one moment contradict each other, by the one that holds and the other."""
        found: Counter[tuple[int, int]] = Counter()
        for (_, _, by_file, file), number in self._disputed.items():
            found[by_file, file] += number
        return found

    def _cut(self, parts: list[int]) -> list[Chunk]:
        """Partitions in order, in chunks of about the budget; one that is larger is cut by sites."""
        rows = self._staging.rows(self._table.name)
        chunks: list[Chunk] = []
        held: list[int] = []
        size = 0
        for part in parts:
            own = rows.get(part, 0)
            if held and size + own > self._budget.chunk:
                chunks.append(Chunk(tuple(held)))
                held, size = [], 0
            if own > 2 * self._budget.chunk and "site_id" in self._table.key:
                ranges = self._site_ranges(part)
                self._staging.divide(self._table, part, ranges)
                chunks += [Chunk((part,), sites) for sites in ranges]
                continue
            held.append(part)
            size += own
        return [*chunks, Chunk(tuple(held))] if held else chunks

    def _site_ranges(self, part: int) -> list[tuple[int, ...]]:
        """Sites of one partition in the order of their ids, cut where the budget is full."""
        rows = self._staging.site_rows(self._table, part)
        ranges: list[tuple[int, ...]] = []
        held: list[int] = []
        size = 0
        for site in sorted(rows, key=lambda s: self._order.site_rank[s]):
            if held and size + rows[site] > self._budget.chunk:
                ranges.append(tuple(held))
                held, size = [], 0
            held.append(site)
            size += rows[site]
        return [*ranges, tuple(held)]

    def _resolve(self, chunk: Chunk) -> Resolved:
        if chunk not in self._resolved:
            sites = None if chunk.sites is None else list(chunk.sites)
            staged = self._staging.load(self._table, chunk.parts, sites)
            self._resolved[chunk] = self._without_lost(resolve(staged, self._table, self._order))
            for part, by_file, file, number in self._resolved[chunk].disputed.iter_rows():
                self._disputed[chunk, part, by_file, file] = number
            while len(self._resolved) > _KEPT:
                self._resolved.popitem(last=False)
        self._resolved.move_to_end(chunk)
        return self._resolved[chunk]

    def _without_lost(self, resolved: Resolved) -> Resolved:
        if self._lost is None:
            return resolved
        codes, parameters = self._spelling.codes, [p.code for p in self._spelling.parameters]
        current, fallen = (
            staged_key_text(self._table, frame, codes, parameters) for frame in (resolved.current, resolved.fallen)
        )
        return without_lost(resolved, current, fallen, self._lost)

    def _write_whole(self, chunk: Chunk) -> None:
        made = self._made(chunk)
        for part in chunk.parts:
            clean, superseded, counts = made(part)
            self._store.write_partition(self._table.name, self._value(part), clean, superseded, counts)
            self._written.add(part)

    def _write_in_parts(self, part: int) -> None:
        def pieces() -> Iterator[PartitionPart]:
            for chunk in self._chunks:
                if chunk.sites is not None and chunk.parts == (part,):
                    yield self._made(chunk)(part)
                    self._resolved.pop(chunk, None)

        self._store.write_partition_parts(self._table.name, self._value(part), pieces())
        self._written.add(part)

    def _made(self, chunk: Chunk) -> Callable[[int], PartitionPart]:
        """A function that gives clean frame, superseded frame and counts of each partition of the chunk."""
        resolved = self._resolve(chunk)
        lean = self._lean(resolved.current)
        if self._silences and self._touched is not None:
            self._touched.append(self._silences.series([lean]))
        found = flags(lean, self._context(chunk, lean) if self._reach else None, self._rules)
        clean = self._spelling.clean(resolved.current, found)
        superseded = self._spelling.superseded(resolved.fallen)
        counts = _counts(resolved, found, self._spelling.files.delivery_id)
        of_clean, of_fallen = _slices(resolved.current[PART]), _slices(resolved.fallen[PART])

        def of_part(part: int) -> PartitionPart:
            return PartitionPart(
                clean.slice(*of_clean.get(part, (0, 0))),
                superseded.slice(*of_fallen.get(part, (0, 0))),
                counts.get(part, {}),
            )

        return of_part

    def _lean(self, current: pl.DataFrame) -> pl.DataFrame:
        return lean_staged(current, self._spelling.files.source_id, self._rules, self._order.invalid)

    def _context(self, chunk: Chunk, lean: pl.DataFrame) -> pl.DataFrame | None:
        """Current readings around the chunk that the flags of `lean`, its own, depend on."""
        spans = [part_span(p, self._table.grain) for p in chunk.parts]
        own = set(chunk.parts)
        around: dict[int, None] = {}
        for first, after in spans:
            for part in parts_between(first - self._reach.before, after + self._reach.after, self._table.grain):
                if part not in own:
                    around[part] = None
        first, after = min(s[0] for s in spans), max(s[1] for s in spans)
        near = self._current(sorted(around), chunk.sites, first, after)
        if self._silences is None:
            return near
        far = self._silences.before(lean, near, own | set(around))
        return far if near is None else pl.concat([near, far])

    def _current(
        self, parts: Iterable[int], sites: tuple[int, ...] | None, first: date, after: date
    ) -> pl.DataFrame | None:
        """Current readings of `parts` near [first, after): of this run where it rebuilds them, else as stored."""
        earliest = datetime.combine(first - self._reach.before, time())
        latest = datetime.combine(after + self._reach.after, time())
        near = pl.col("period_start").is_between(earliest, latest)
        found = [frame for part in parts for frame in self._frames(part, sites, near)]
        return pl.concat(found) if found else None

    def _frames(
        self, part: int, sites: tuple[int, ...] | None = None, kept: pl.Expr | None = None
    ) -> Iterator[pl.DataFrame]:
        """What is in one partition, of this run where it rebuilds it, else as stored."""
        kept = pl.lit(True) if kept is None else kept
        pending = self._pending(part)
        for chunk in pending:
            if sites is None or chunk.sites is None or set(sites) & set(chunk.sites):
                yield self._lean(self._own(chunk, part).filter(kept))
        if not pending:
            yield from self._as_stored(part, kept)

    def _heard(self, part: int) -> Iterator[pl.DataFrame]:
        """Series and times in one partition, of this run where it rebuilds it, else as stored."""
        pending = self._pending(part)
        for chunk in pending:
            yield self._lean(self._own(chunk, part))
        if not pending and (stored := self._read(part, self._rules.heard_columns)) is not None:
            yield heard_clean(stored, self._rules, self._spelling.codes)

    def _pending(self, part: int) -> list[Chunk]:
        """The chunks that give what is in one partition; none where it is read as stored.

        A partition cut by sites is never read back as a whole: its chunks are resolved again. What is still at hand is
        not read back either.
        """
        chunks = self._chunk_of.get(part, ())
        return [c for c in chunks if c.sites or part not in self._written or c in self._resolved]

    def _own(self, chunk: Chunk, part: int) -> pl.DataFrame:
        """Current readings of one partition of a chunk."""
        current = self._resolve(chunk).current
        first = current[PART].search_sorted(part, "left")
        return current.slice(first, current[PART].search_sorted(part, "right") - first)

    def _as_stored(self, part: int, kept: pl.Expr | None = None) -> Iterator[pl.DataFrame]:
        if (stored := self._read(part, self._rules.lean_columns)) is not None:
            yield lean_clean(stored if kept is None else stored.filter(kept), self._rules, self._spelling.codes)

    def _read(self, part: int, columns: list[str] | None = None) -> pl.DataFrame | None:
        return self._store.read_clean(self._table.name, self._value(part), columns)

    def _renew_neighbours(self, changed: Mapping[int, Changed], far: set[int]) -> int:
        """Flags of stored partitions near a change, and of `far` ones, which were not rebuilt themselves."""
        grain = self._table.grain
        near = set(far)
        for when in changed.values():
            # What lies after a change looks back at it, and what lies before looks ahead.
            after = when.last.date() + self._reach.before + timedelta(days=1)
            near.update(parts_between(when.first.date() - self._reach.after, after, grain))
        waiting = sorted(near - set(changed))
        renewed = 0
        for at in range(0, len(waiting), _NEIGHBOURS):
            renewed += self._renew(waiting[at : at + _NEIGHBOURS])
        return renewed

    def _renew(self, parts: list[int]) -> int:
        stored = {p: self._read(p) for p in parts}
        there = {p: frame for p, frame in stored.items() if frame is not None and not frame.is_empty()}
        if not there:
            return 0
        targets = pl.concat(list(there.values()))
        lean = lean_clean(targets, self._rules, self._spelling.codes)
        found = flags(lean, self._context(Chunk(tuple(there)), lean), self._rules)
        renewed = targets.with_columns(self._flag_columns(found))
        at = rewritten = 0
        for part, before in there.items():
            after = renewed.slice(at, before.height)
            at += before.height
            if not after.select("flag", "flag_tests").equals(before.select("flag", "flag_tests")):
                bad = after.filter(pl.col("flag").is_in([FLAG_SUSPECT, FLAG_FAIL]))
                counts = {delivery: 0 for delivery in after["delivery_id"].unique().to_list()}
                counts |= dict(bad["delivery_id"].value_counts().iter_rows())
                self._store.write_flags(self._table.name, self._value(part), after, counts)
                rewritten += 1
        return rewritten

    @staticmethod
    def _flag_columns(found: pl.DataFrame) -> list[pl.Series]:
        return [found["flag"], names_of(found["tests"])]

    def _value(self, part: int) -> str:
        return part_value(part, self._table.grain)


def _slices(parts: pl.Series) -> dict[int, tuple[int, int]]:
    """(offset, length) of each partition in a frame that is sorted by it."""
    found: dict[int, tuple[int, int]] = {}
    at = 0
    for part, length in pl.DataFrame({PART: parts}).group_by(PART, maintain_order=True).len().iter_rows():
        found[part] = (at, length)
        at += length
    return found


def _counts(resolved: Resolved, found: pl.DataFrame, delivery_id: pl.Series) -> dict[int, dict[str, PartitionCounts]]:
    """Counts by partition and delivery."""
    by = [PART, FILE]
    current = resolved.current.select(PART, FILE, "value").with_columns(found["flag"])
    clean = current.group_by(by).agg(
        readings_clean=pl.len().cast(pl.Int64),
        readings_missing=pl.col("value").is_null().sum().cast(pl.Int64),
        readings_flagged=pl.col("flag").is_in([FLAG_SUSPECT, FLAG_FAIL]).sum().cast(pl.Int64),
    )
    duplicate = pl.col("kind") == DUPLICATE
    fallen = resolved.fallen.group_by(by).agg(
        readings_duplicate=duplicate.sum().cast(pl.Int64), readings_superseded=(~duplicate).sum().cast(pl.Int64)
    )
    joined = clean.join(fallen, on=by, how="full", coalesce=True).join(
        resolved.records, on=by, how="full", coalesce=True
    )
    counts: dict[int, dict[str, PartitionCounts]] = {}
    for row in joined.fill_null(0).sort(by).iter_rows(named=True):
        part, file = row.pop(PART), row.pop(FILE)
        counts.setdefault(part, {})[delivery_id[file]] = PartitionCounts(**row)
    return counts
