"""`clean_deliveries`: raw deliveries of one feed become clean partitions, quarantine and counts, through a store.

Here belongs the order of the work: read what is new, find the partitions it touches, read the older deliveries that
touch them, rebuild, record. Not here: reading (intake.py), any rule for a row (parse.py), a key (resolve.py) or a flag
(flags.py), nor where the store keeps things.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import polars as pl

from sources.cleaning.cadence import Reach, cadences, reach
from sources.cleaning.flag_fingerprint import FlagPrint, flag_fingerprints
from sources.cleaning.intake import Intake, totals
from sources.cleaning.keys import Keys
from sources.cleaning.public_frames import Files, Spelling
from sources.cleaning.rebuild_partitions import TableRebuild
from sources.cleaning.rejects import quarantine_frame
from sources.cleaning.resolve import Order
from sources.cleaning.series import SeriesRules
from sources.cleaning.spill import DEFAULT_BUDGET, Budget, Staging
from sources.cleaning.staged import InvalidMarks
from sources.cleaning.store import CleanStore
from sources.config.model import Config
from sources.deliveries import Delivery, Receipt
from sources.registry import Registry
from sources.registry import registry as shipped

Progress = Callable[[str], None]
_NO_REACH = Reach(timedelta(), timedelta())
# Files between two notes on how far the reading is.
_NOTE_EVERY = 100


@dataclass(frozen=True)
class CleanReport:
    """What one call did. `refused` lists (file name, why), `removed` the receipts that their sources read no longer,
    `contradictions` one sentence for each two deliveries of one moment that contradict each other, `named` sentences
    about readings that were used under an assumption, `moved` about corrections that moved readings, `renewed` about
    flags that were renewed because thresholds changed. The counts are of
    the `cleaned` deliveries only: the new ones, and those that could be read before and cannot any more.
    """

    feed: str
    deliveries: int
    older_read: int
    refused: tuple[tuple[str, str], ...]
    named: tuple[str, ...]
    removed: tuple[Receipt, ...]
    contradictions: tuple[str, ...]
    moved: tuple[str, ...]
    renewed: tuple[str, ...]
    partitions: tuple[tuple[str, str], ...]
    reflagged: int
    records_in: int
    records_quarantined: int
    readings_in: int
    readings_quarantined: int
    cleaned: tuple[Receipt, ...] = ()


@dataclass(frozen=True)
class Setup:
    """What deliveries are cleaned by: the configuration, the site register of all feeds, the registry, and the memory
    that one call may use. `fingerprints` maps source ids to `cleaning_fingerprint`.
    """

    config: Config
    register: pl.DataFrame
    fingerprints: Mapping[str, str]
    registry: Registry = field(default_factory=shipped)
    budget: Budget = DEFAULT_BUDGET


def clean_deliveries(
    feed: str, setup: Setup, new: Sequence[Delivery], store: CleanStore, progress: Progress | None = None
) -> CleanReport:
    """Cleans the deliveries `new` of `feed` and rebuilds every partition they touch, now or when last cleaned.

    Flags of all other partitions that were set by other thresholds than today's are renewed from the clean readings.

    Older deliveries that touch the same partitions are read again, each once. A delivery that cannot be read is refused
    as a whole and recorded with its reason; ConfigError if the mapping of a source cannot be used. What the store holds
    afterwards depends on the deliveries alone, not on how they were spread over calls.
    """
    begun: tuple[list[tuple[str, str]], list[str]] = ([], [])
    while True:
        with Staging(setup.budget) as staging:
            known = setup.registry
            intake = Intake(known.feeds[feed], setup.config, known, setup.register, staging)
            run = _Run(intake, setup.config, store, staging, progress or (lambda _: None))
            try:
                return run.clean(new, setup.fingerprints, *begun)
            except _Fallen as fallen:
                new, begun = [*new, *fallen.deliveries], fallen.begun


class _Fallen(Exception):
    """Deliveries that were read before cannot be read now; nothing is written yet.

    They are taken as new: then they are refused by name, and every partition that held them is rebuilt without them.
    `begun`: partitions to rebuild because keys left them, and what was said of it: the keys are in the index already.
    """

    def __init__(self, deliveries: Sequence[Delivery], begun: tuple[list[tuple[str, str]], list[str]]) -> None:
        super().__init__(", ".join(d.receipt.file_name for d in deliveries))
        self.deliveries = deliveries
        self.begun = begun


class _Run:
    """One call."""

    def __init__(self, intake: Intake, config: Config, store: CleanStore, staging: Staging, progress: Progress) -> None:
        self._intake = intake
        self._feed = intake.feed
        self._config = config
        self._store = store
        self._staging = staging
        self._progress = progress
        self._contradictions: list[str] = []
        self._renewed: list[str] = []
        self._keys = Keys(intake, store)

    def clean(
        self,
        new: Sequence[Delivery],
        fingerprint: Mapping[str, str],
        touched: Sequence[tuple[str, str]],
        moved: Sequence[str],
    ) -> CleanReport:
        self._intake.touch_again(touched)
        self._keys.moved += moved
        # A delivery is cleaned once, however often it is named.
        fresh = self._intake.numbered({d.receipt.delivery_id: d for d in new}.values())
        self._read(fresh, again=False)
        for number in fresh:
            self._touch_again(number)
        self._keys.update(fresh)
        older, orphans = self._older(fresh)
        self._read(older, again=True)
        if fallen := [n for n in older if self._intake.tallies[n].refusal]:
            begun = self._intake.touched(), self._keys.moved
            raise _Fallen([self._intake.deliveries[n] for n in fallen], begun)
        reflagged = self._rebuild()
        for number in (*fresh, *orphans):
            self._record(number, fingerprint)
        tallies = [self._intake.tallies[n] for n in fresh]
        counts = totals(tallies)
        counts.pop("rows_other")
        names = [self._intake.deliveries[n].receipt.file_name for n in fresh]
        return CleanReport(
            feed=self._feed.name,
            deliveries=len(fresh),
            older_read=len(older),
            refused=tuple((n, t.refusal) for n, t in zip(names, tallies, strict=True) if t.refusal and not t.removed),
            named=tuple(self._named(n) for n in fresh if n in self._intake.alone),
            removed=tuple(
                self._intake.deliveries[n].receipt for n in (*fresh, *orphans) if self._intake.tallies[n].removed
            ),
            contradictions=tuple(self._contradictions),
            moved=tuple(self._keys.moved),
            renewed=tuple(self._renewed),
            partitions=tuple(self._intake.touched()),
            reflagged=reflagged,
            cleaned=tuple(self._intake.deliveries[n].receipt for n in fresh),
            **counts,
        )

    def _named(self, number: int) -> str:
        receipt = self._intake.deliveries[number].receipt
        columns = self._intake.sources[receipt.source_id].time.columns
        return self._intake.alone[number].sentence(receipt.file_name, " ".join(columns))

    def _read(self, numbers: Sequence[int], *, again: bool) -> None:
        for done in self._intake.read(numbers, again=again):
            if done % _NOTE_EVERY == 0 or done == len(numbers):
                self._progress(f"{'reading again' if again else 'reading'}: {done} of {len(numbers)} files")

    def _touch_again(self, number: int) -> None:
        delivery_id = self._intake.deliveries[number].receipt.delivery_id
        self._intake.touch_again(self._store.previous_touches(self._feed.name, delivery_id))

    def _older(self, fresh: Sequence[int]) -> tuple[list[int], list[int]]:
        """The other deliveries that touch the same partitions, and those of them that their source reads no longer.

        These are removed now, and what else they touched is rebuilt without them, too.
        """
        known = {self._intake.deliveries[n].receipt.delivery_id for n in fresh}
        orphans: list[int] = []
        while touched := self._intake.touched():
            found = self._store.deliveries_touching(self._feed.name, touched)
            others = [d for d in found if d.receipt.delivery_id not in known]
            lost = [d for d in others if not self._intake.reads(d.receipt)]
            if not lost:
                return self._intake.numbered(others), orphans
            removed = self._intake.numbered(lost)
            self._keys.update(removed)
            for number in removed:
                self._intake.remove(number)
                self._touch_again(number)
                orphans.append(number)
                known.add(self._intake.deliveries[number].receipt.delivery_id)
        return [], orphans

    def _rebuild(self) -> int:
        # First, because it may take deliveries into the run that are only named.
        lost = {n: self._keys.lost(self._feed.tables[n], parts) for n, parts in self._intake.changed.items() if parts}
        receipts = [d.receipt for d in self._intake.deliveries]
        files = Files.of(receipts, self._config.district.reporting_zone)
        marks = {name: self._intake.plan(name).invalid_status for name in self._intake.sources}
        order = self._order(files, InvalidMarks.of([r.source_id for r in receipts], marks, self._intake.codes))
        reflagged = 0
        thresholds = flag_fingerprints(self._feed, self._intake.sources.values())
        for name, changed in self._intake.changed.items():
            before = self._store.flags_set_by(name)
            stale = before != thresholds[name]
            if not changed and not stale:
                continue
            self._progress(f"{name}: {len(changed)} partitions")
            table = self._feed.tables[name]
            declared = self._feed.parameters_of(name)
            parameters = tuple(declared[code] for code in sorted(declared))
            sources = [s for s in self._intake.sources.values() if s.table == name]
            own = {s.id: {c: s.tests_of(declared[c]) for c in s.own_tests} for s in sources if s.own_tests}
            rules = SeriesRules(table, parameters, dict(cadences(sources)), marks, own)
            looks = reach(parameters, sources) if table.series_tests else _NO_REACH
            spelling = Spelling(table, parameters, files, self._intake.codes)
            rebuild = TableRebuild(spelling, order, rules, looks, self._staging, self._store, lost.get(name))
            reflagged += rebuild.rebuild(changed) if changed else 0
            if stale:
                self._renew(name, rebuild, before, thresholds[name])
            self._contradictions += [
                self._contradiction(name, receipts[by_file], receipts[file], number)
                for (by_file, file), number in sorted(rebuild.disputed.items())
            ]
        return reflagged

    def _renew(self, name: str, rebuild: TableRebuild, before: FlagPrint | None, now: FlagPrint) -> None:
        """Sets the flags that the rebuild of some partitions left as other thresholds had set them."""
        sources = now.changed_since(before)
        if sources is None:
            whose, (renewed, of) = "thresholds", rebuild.renew_all()
        else:
            whose = f"thresholds of {', '.join(sorted(sources))}"
            renewed, of = rebuild.renew_around(self._store.partitions_of(name, sources))
        if of:
            self._renewed.append(f"{name}: {whose} changed; flags of {renewed} of {of} partitions renewed")
        self._store.note_flags(name, now)

    @staticmethod
    def _contradiction(table: str, holds: Receipt, fell: Receipt, number: int) -> str:
        named = [f"{r.source_id}: {r.offer_id}" for r in (holds, fell)]
        readings = f"{number} {'reading' if number == 1 else 'readings'} of {table}"
        return (
            f"{named[0]} and {named[1]} were delivered at the same time ({holds.delivered_at}) and contradict each "
            f"other in {readings}; the first holds only because of its bytes: give them delivery times (delivered_at)"
        )

    def _order(self, files: Files, invalid: InvalidMarks) -> Order:
        receipts = [d.receipt for d in self._intake.deliveries]
        codes = self._intake.codes
        return Order(
            rank=_ranks([(r.moment, r.sha256) for r in receipts]),
            moment=_ranks([(r.moment, "") for r in receipts]),
            offer=_ranks([(r.source_id, r.offer_id) for r in receipts]),
            provenance=files.provenance,
            site_rank=codes.sites.ranks(),
            place=codes.column_places(),
            invalid=invalid,
        )

    def _record(self, number: int, fingerprint: Mapping[str, str]) -> None:
        receipt = self._intake.deliveries[number].receipt
        pieces = (quarantine_frame(part, receipt) for part in self._staging.rejects_of(number))
        if self._staging.has_spilled_rejects(number):
            self._store.write_quarantine_parts(self._feed.name, receipt.delivery_id, pieces)
        else:
            self._store.write_quarantine(self._feed.name, receipt.delivery_id, next(pieces))
        counts = self._intake.tallies[number].counts(self._feed)
        made_by = fingerprint.get(receipt.source_id, "") if self._intake.reads(receipt) else ""
        self._store.record_file(self._feed.name, receipt.delivery_id, counts, made_by)


def _ranks(keys: Sequence[tuple[datetime, str] | tuple[str, str]]) -> pl.Series:
    """For each key its place among the distinct keys in order; equal keys have the same place."""
    places = {key: place for place, key in enumerate(sorted(set(keys)))}
    return pl.Series([places[key] for key in keys], dtype=pl.UInt32)
