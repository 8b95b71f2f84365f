"""`clean_deliveries`: raw deliveries of one feed become clean partitions, quarantine and counts, through a store.

Here belongs the order of the work: read what is new, find the partitions it touches, read the older deliveries that
touch them, rebuild, record. Not here: any rule for a row (parse.py), a key (resolve.py) or a flag (flags.py), nor where
the store keeps things.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

import polars as pl

from sources.cleaning.cadence import Reach, cadences, reach
from sources.cleaning.frames import Files, Spelling
from sources.cleaning.parse import parse
from sources.cleaning.partitions import Changed, TableRebuild
from sources.cleaning.plan import SourcePlan, plan_for
from sources.cleaning.register import SiteRegister
from sources.cleaning.rejects import file_reject, quarantine_frame, reader_rejects
from sources.cleaning.resolve import Order
from sources.cleaning.schema import TIMESTAMP
from sources.cleaning.series import SeriesRules
from sources.cleaning.spill import DEFAULT_BUDGET, Budget, Staging
from sources.cleaning.staged import FILE, PART, Codes, part_of_value, part_span, part_value
from sources.cleaning.store import CleanStore, FileCounts
from sources.config.columns import expected_columns
from sources.config.model import Config
from sources.deliveries import Delivery
from sources.readers import ReadLimits, UnreadableFile, count_records, read_rows
from sources.registry import Registry
from sources.registry import registry as shipped

Progress = Callable[[str], None]
_UNDECLARED = "source_not_declared"


@dataclass(frozen=True)
class CleanReport:
    """What one call did. `refused` lists (file name, why); counts cover the new deliveries only."""

    feed: str
    deliveries: int
    older_read: int
    refused: tuple[tuple[str, str], ...]
    partitions: tuple[tuple[str, str], ...]
    reflagged: int
    records_in: int
    records_quarantined: int
    readings_in: int
    readings_quarantined: int


@dataclass
class _Tally:
    """What reading one delivery found."""

    rows_other: int = 0
    records_in: int = 0
    records_quarantined: int = 0
    readings_in: int = 0
    readings_quarantined: int = 0
    first: datetime | None = None
    last: datetime | None = None
    refusal: str = ""
    touches: set[tuple[str, int]] = field(default_factory=set)

    def counts(self, grains: Mapping[str, str]) -> FileCounts:
        return FileCounts(
            verdict="refused" if self.refusal else "read",
            reason=self.refusal,
            rows_other=self.rows_other,
            records_in=self.records_in,
            records_quarantined=self.records_quarantined,
            readings_in=self.readings_in,
            readings_quarantined=self.readings_quarantined,
            first_period=self.first.isoformat(sep=" ") if self.first else None,
            last_period=self.last.isoformat(sep=" ") if self.last else None,
            touches=tuple(sorted((t, part_value(p, grains[t])) for t, p in self.touches)),
        )


def clean_deliveries(
    feed: str,
    config: Config,
    register: pl.DataFrame,
    new: Sequence[Delivery],
    store: CleanStore,
    fingerprint: Mapping[str, str],
    progress: Progress | None = None,
    *,
    budget: Budget = DEFAULT_BUDGET,
    registry: Registry | None = None,
) -> CleanReport:
    """Cleans the deliveries `new` of `feed` and rebuilds every partition they touch, now or when last cleaned.

    `fingerprint` maps source ids to `cleaning_fingerprint`. Older deliveries that touch the same partitions are read
    again, each once. A delivery that cannot be read is refused as a whole and recorded with its reason; ConfigError if
    the mapping of a source cannot be used. What the store holds afterwards depends on the deliveries alone, not on how
    they were spread over calls.
    """
    with Staging(budget) as staging:
        run = _Run(feed, config, register, store, staging, budget, registry or shipped(), progress or (lambda _: None))
        return run.clean(new, fingerprint)


class _Run:
    """One call: deliveries by number, what was parsed, what is touched."""

    def __init__(
        self,
        feed: str,
        config: Config,
        register: pl.DataFrame,
        store: CleanStore,
        staging: Staging,
        budget: Budget,
        registry: Registry,
        progress: Progress,
    ) -> None:
        self._feed = registry.feeds[feed]
        self._config = config
        self._sources = {s.id: s for s in config.sources_of(feed)}
        self._registry = registry
        self._register = SiteRegister(register, feed)
        self._store = store
        self._staging = staging
        self._budget = budget
        self._progress = progress
        self._plans: dict[str, SourcePlan] = {}
        self._codes = Codes()
        self._deliveries: list[Delivery] = []
        self._tallies: list[_Tally] = []
        self._delivered_utc = pl.Series([], dtype=TIMESTAMP)
        self._changed: dict[str, dict[int, Changed]] = {name: {} for name in self._feed.tables}

    def clean(self, new: Sequence[Delivery], fingerprint: Mapping[str, str]) -> CleanReport:
        fresh = self._numbered(new)
        self._read(fresh, restrict=False)
        for number in fresh:
            self._touch_again(number)
        older = self._older(fresh)
        self._read(older, restrict=True)
        reflagged = self._rebuild()
        for number in fresh:
            self._record(number, fingerprint)
        return self._report(fresh, older, reflagged)

    def _numbered(self, deliveries: Iterable[Delivery]) -> list[int]:
        first = len(self._deliveries)
        self._deliveries += sorted(deliveries, key=lambda d: d.receipt.order)
        self._tallies += [_Tally() for _ in self._deliveries[first:]]
        times = [d.receipt.order[0].astimezone(UTC).replace(tzinfo=None) for d in self._deliveries]
        self._delivered_utc = pl.Series(times, dtype=TIMESTAMP)
        return list(range(first, len(self._deliveries)))

    # ---- reading

    def _plan(self, source_id: str) -> SourcePlan:
        if source_id not in self._plans:
            self._plans[source_id] = plan_for(self._sources[source_id], self._registry, self._config)
        return self._plans[source_id]

    def _read(self, numbers: Sequence[int], restrict: bool) -> None:
        """Parses deliveries; rows of many small files with the same columns are parsed together."""
        waiting: dict[tuple[str, tuple[str, ...]], list[pl.DataFrame]] = {}
        cells: dict[tuple[str, tuple[str, ...]], int] = {}
        for done, number in enumerate(numbers, 1):
            receipt = self._deliveries[number].receipt
            if receipt.source_id not in self._sources:
                self._refuse(number, None)
                continue
            plan = self._plan(receipt.source_id)
            try:
                for frame in self._raw_frames(number, plan, restrict):
                    key = (receipt.source_id, tuple(frame.columns))
                    waiting.setdefault(key, []).append(frame)
                    cells[key] = cells.get(key, 0) + frame.height * plan.readings_per_record
                    if cells[key] >= self._budget.cells:
                        self._parse(plan, waiting.pop(key), restrict)
                        cells[key] = 0
            except UnreadableFile as error:
                # Nothing of a damaged file is used, what waits to be parsed included.
                for key, frames in waiting.items():
                    waiting[key] = [f for f in frames if f[FILE][0] != number]
                self._refuse(number, error)
            if done % 100 == 0 or done == len(numbers):
                self._progress(f"{'reading' if not restrict else 'reading again'} {done} of {len(numbers)} files")
        for (source_id, _), frames in waiting.items():
            if frames:
                self._parse(self._plan(source_id), frames, restrict)

    def _raw_frames(self, number: int, plan: SourcePlan, restrict: bool) -> Iterable[pl.DataFrame]:
        receipt = self._deliveries[number].receipt
        tally = self._tallies[number]
        limits = ReadLimits(batch_rows=max(1000, self._budget.cells // plan.readings_per_record))
        with self._deliveries[number].open() as stream:
            expected = expected_columns(plan.source)
            for batch in read_rows(stream, receipt.file_name, plan.source.format, limits, expected=expected):
                tally.rows_other += batch.rows_other
                lost = batch.rejected.height
                if lost:
                    tally.records_in += lost
                    tally.records_quarantined += lost
                    tally.readings_in += lost * plan.readings_per_record
                    tally.readings_quarantined += lost * plan.readings_per_record
                    if not restrict:
                        self._staging.reject(reader_rejects(batch.rejected, number))
                if batch.frame.height:
                    yield batch.frame.with_columns(pl.lit(number, pl.UInt32).alias(FILE))

    def _parse(self, plan: SourcePlan, frames: list[pl.DataFrame], restrict: bool) -> None:
        raw = pl.concat(frames)
        parsed = parse(plan, raw, self._delivered_utc, self._register, self._codes)
        readings = parsed.readings
        if restrict:
            wanted = pl.Series(list(self._changed[plan.table.name]), dtype=pl.Int32)
            readings = readings.filter(pl.col(PART).is_in(wanted.implode()))
        else:
            self._staging.reject(parsed.rejects)
            self._count(parsed.tallies)
            self._touch(plan.table.name, readings)
        self._staging.add(plan.table, readings)

    def _count(self, tallies: pl.DataFrame) -> None:
        for row in tallies.iter_rows(named=True):
            tally = self._tallies[row[FILE]]
            for name in ("rows_other", "records_in", "records_quarantined", "readings_in", "readings_quarantined"):
                setattr(tally, name, getattr(tally, name) + row[name])
            if row["first_period"] is not None:
                tally.first = min(tally.first or row["first_period"], row["first_period"])
                tally.last = max(tally.last or row["last_period"], row["last_period"])

    def _touch(self, table: str, readings: pl.DataFrame) -> None:
        changed = self._changed[table]
        for part, first, last in (
            readings.group_by(PART)
            .agg(first=pl.col("period_start").min(), last=pl.col("period_start").max())
            .iter_rows()
        ):
            known = changed.get(part)
            changed[part] = Changed(min(known.first, first), max(known.last, last)) if known else Changed(first, last)
        for file, part in readings.select(FILE, PART).unique().iter_rows():
            self._tallies[file].touches.add((table, part))

    def _refuse(self, number: int, error: UnreadableFile | None) -> None:
        """Nothing of the delivery is used; every record it may hold counts as quarantined."""
        delivery = self._deliveries[number]
        receipt = delivery.receipt
        self._staging.drop(number)
        tally = self._tallies[number] = _Tally()
        if error is None:
            tally.refusal = (
                f"{receipt.file_name}: its source '{receipt.source_id}' is not in the configuration. "
                "Declare the source again, with its mapping"
            )
            self._staging.reject(file_reject(number, _UNDECLARED, tally.refusal, None, None))
            return
        plan = self._plan(receipt.source_id)
        tally.refusal = str(error)
        with delivery.open() as stream:
            tally.records_in = count_records(stream, receipt.file_name, plan.source.format)
        tally.records_quarantined = tally.records_in
        tally.readings_in = tally.readings_quarantined = tally.records_in * plan.readings_per_record
        self._staging.reject(file_reject(number, "file_unreadable", tally.refusal, error.row, error.column))

    # ---- what is touched

    def _touch_again(self, number: int) -> None:
        """Partitions that the delivery touched when it was cleaned before: its readings may have left them."""
        receipt = self._deliveries[number].receipt
        for table, value in self._store.previous_touches(self._feed.name, receipt.sha256):
            if table not in self._feed.tables:
                continue
            part = part_of_value(value, self._feed.tables[table].grain)
            first, after = part_span(part, self._feed.tables[table].grain)
            last = datetime.combine(after, time()) - timedelta(microseconds=1)
            self._changed[table][part] = Changed(datetime.combine(first, time()), last)

    def _older(self, fresh: list[int]) -> list[int]:
        """Numbers of the other deliveries that touch the same partitions.

        One whose source is no longer declared is refused now, and what else it touched is rebuilt without it.
        """
        known = {self._deliveries[n].receipt.sha256 for n in fresh}
        while True:
            touched = [
                (table, part_value(part, self._feed.tables[table].grain))
                for table, parts in self._changed.items()
                for part in sorted(parts)
            ]
            if not touched:
                return []
            others = [
                d for d in self._store.deliveries_touching(self._feed.name, touched) if d.receipt.sha256 not in known
            ]
            orphans = [d for d in others if d.receipt.source_id not in self._sources]
            if not orphans:
                return self._numbered(others)
            for number in self._numbered(orphans):
                self._refuse(number, None)
                self._touch_again(number)
                fresh.append(number)
                known.add(self._deliveries[number].receipt.sha256)

    # ---- rebuilding and recording

    def _rebuild(self) -> int:
        receipts = [d.receipt for d in self._deliveries]
        files = Files.of(receipts, self._config.district.reporting_zone)
        order = self._order(files)
        reflagged = 0
        for name, changed in self._changed.items():
            if not changed:
                continue
            table = self._feed.tables[name]
            declared = self._feed.parameters_of(name)
            parameters = tuple(declared[code] for code in sorted(declared))
            sources = [s for s in self._sources.values() if s.table == name]
            rules = SeriesRules(
                table, parameters, dict(cadences(sources)), {s.id: self._plan(s.id).invalid_status for s in sources}
            )
            looks = reach(parameters, sources) if table.series_tests else Reach(timedelta(), timedelta())
            spelling = Spelling(table, parameters, files, self._codes)
            self._progress(f"{name}: {len(changed)} partitions")
            rebuild = TableRebuild(spelling, order, rules, looks, self._staging, self._store, self._budget)
            reflagged += rebuild.rebuild(changed)
        return reflagged

    def _order(self, files: Files) -> Order:
        ordered = sorted(range(len(self._deliveries)), key=lambda n: self._deliveries[n].receipt.order)
        rank = [0] * len(ordered)
        for place, number in enumerate(ordered):
            rank[number] = place
        return Order(
            pl.Series(rank, dtype=pl.UInt32), files.provenance, self._codes.sites.ranks(), self._codes.column_places()
        )

    def _record(self, number: int, fingerprint: Mapping[str, str]) -> None:
        receipt = self._deliveries[number].receipt
        pieces = (quarantine_frame(part, receipt) for part in self._staging.rejects_of(number))
        if self._staging.has_spilled_rejects(number):
            self._store.write_quarantine_parts(self._feed.name, receipt.sha256, pieces)
        else:
            self._store.write_quarantine(self._feed.name, receipt.sha256, next(pieces))
        grains = {name: table.grain for name, table in self._feed.tables.items()}
        counts = self._tallies[number].counts(grains)
        self._store.record_file(self._feed.name, receipt.sha256, counts, fingerprint.get(receipt.source_id, ""))

    def _report(self, fresh: list[int], older: list[int], reflagged: int) -> CleanReport:
        tallies = [self._tallies[n] for n in fresh]
        refused = [(self._deliveries[n].receipt.file_name, self._tallies[n].refusal) for n in fresh]
        grains = {name: table.grain for name, table in self._feed.tables.items()}
        return CleanReport(
            feed=self._feed.name,
            deliveries=len(fresh),
            older_read=len(older),
            refused=tuple(r for r in refused if r[1]),
            partitions=tuple((t, part_value(p, grains[t])) for t, ps in self._changed.items() for p in sorted(ps)),
            reflagged=reflagged,
            records_in=sum(t.records_in for t in tallies),
            records_quarantined=sum(t.records_quarantined for t in tallies),
            readings_in=sum(t.readings_in for t in tallies),
            readings_quarantined=sum(t.readings_quarantined for t in tallies),
        )
