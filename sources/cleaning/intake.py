"""Reads deliveries of one feed into staged readings; keeps what each file held and which partitions it touches.

Here belong opening files, gathering small ones, refusing damaged ones and the counts of a file. Not here: what a row
means (parse.py), rebuilding partitions (rebuild_partitions.py) or the order of the work (clean_run.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

import polars as pl

from sources.claims import Claims
from sources.cleaning.keys import KEY, KeyPlace, places_in, staged_key_text
from sources.cleaning.parse import Parsed, parse, parse_held
from sources.cleaning.rebuild_partitions import Changed
from sources.cleaning.register import SiteRegister
from sources.cleaning.rejects import file_reject, reader_rejects
from sources.cleaning.repeats import Alone
from sources.cleaning.schema import TIMESTAMP
from sources.cleaning.source_plan import SourcePlan, plan_for
from sources.cleaning.spill import Staging
from sources.cleaning.staged import FILE, PART, Codes, part_of_value, part_span, part_value
from sources.cleaning.store import CleanStore, FileCounts
from sources.cleaning.waiting import Waiting
from sources.config.columns import expected_columns
from sources.config.model import Config
from sources.deliveries import Delivery, Receipt
from sources.readers import ROW, ReadLimits, UnreadableFile, count_records, read_rows, refusal_of
from sources.registry.feed_model import Feed, Registry

# A row's number and its local time.
_Edge = tuple[int, datetime]
_COUNTED = ("rows_other", "records_in", "records_quarantined", "readings_in", "readings_quarantined")


@dataclass
class Tally:
    """What reading one delivery found; `touches` are (table, partition) pairs."""

    rows_other: int = 0
    records_in: int = 0
    records_quarantined: int = 0
    readings_in: int = 0
    readings_quarantined: int = 0
    first: datetime | None = None
    last: datetime | None = None
    refusal: str = ""
    removed: bool = False
    touches: set[tuple[str, int]] = field(default_factory=set)

    def counts(self, feed: Feed) -> FileCounts:
        """The same as the store keeps it."""
        touches = sorted((table, part_value(part, feed.tables[table].grain)) for table, part in self.touches)
        return FileCounts(
            verdict="removed" if self.removed else "refused" if self.refusal else "read",
            reason=self.refusal,
            first_period=self.first.isoformat(sep=" ") if self.first else None,
            last_period=self.last.isoformat(sep=" ") if self.last else None,
            touches=tuple(touches),
            **{name: getattr(self, name) for name in _COUNTED},
        )


class Intake:
    """Deliveries by number, their tallies, and by table the partitions that changed and when."""

    def __init__(
        self, feed: Feed, config: Config, registry: Registry, register: pl.DataFrame, staging: Staging
    ) -> None:
        self.feed = feed
        self.sources = {s.id: s for s in config.sources_of(feed.name)}
        self._claims = Claims(config)
        self.codes = Codes()
        self.deliveries: list[Delivery] = []
        self.tallies: list[Tally] = []
        self.changed: dict[str, dict[int, Changed]] = {name: {} for name in feed.tables}
        self._config = config
        self._registry = registry
        self._register = SiteRegister(register, feed.name)
        self._staging = staging
        self._budget = staging.budget
        self._plans: dict[str, SourcePlan] = {}
        self._delivered_utc = pl.Series([], dtype=TIMESTAMP)
        self._numbers: dict[str, int] = {}
        self._places: dict[str, list[pl.DataFrame]] = {name: [] for name in feed.tables}
        # Rows whose time clocks showed twice, by source, until their files are read; where files begin and end.
        self._held: dict[str, list[pl.DataFrame]] = {}
        self._edges: dict[int, tuple[_Edge, _Edge]] = {}
        self.alone: dict[int, Alone] = {}

    def numbered(self, deliveries: Iterable[Delivery]) -> list[int]:
        """Takes deliveries into the run and gives their numbers, in delivery order."""
        first = len(self.deliveries)
        self.deliveries += sorted(deliveries, key=lambda d: d.receipt.order)
        self.tallies += [Tally() for _ in self.deliveries[first:]]
        times = [d.receipt.order[0].astimezone(UTC).replace(tzinfo=None) for d in self.deliveries]
        self._delivered_utc = pl.Series(times, dtype=TIMESTAMP)
        numbers = range(first, len(self.deliveries))
        self._numbers.update({self.deliveries[n].receipt.delivery_id: n for n in numbers})
        return list(numbers)

    def plan(self, source_id: str) -> SourcePlan:
        """The compiled mapping of a declared source; ConfigError if it cannot be used."""
        if source_id not in self._plans:
            self._plans[source_id] = plan_for(self.sources[source_id], self._registry, self._config)
        return self._plans[source_id]

    def read(self, numbers: Sequence[int], *, again: bool) -> Iterator[int]:
        """Parses deliveries and yields how many are done; rows of small files with the same columns go together.

        `again`: they were recorded before; only readings in partitions that changed are staged, nothing is counted.
        """
        waiting = Waiting()
        for done, number in enumerate(numbers, 1):
            source_id = self.deliveries[number].receipt.source_id
            if not self.reads(self.deliveries[number].receipt):
                self.remove(number)
                continue
            plan = self.plan(source_id)
            for frame in self._readable_frames(number, plan, again):
                key = (source_id, tuple(frame.columns))
                if waiting.add(key, frame, plan.readings_under(_raw_columns(frame))) >= self._budget.cells:
                    self._parse(plan, waiting.pop(key), again)
                if waiting.bytes >= self._budget.bytes:
                    self._parse_waiting(waiting, again)
                if self.tallies[number].refusal:
                    break
            yield done
        self._parse_waiting(waiting, again)
        for source_id, frames in self._held.items():
            self._parse_held(self.plan(source_id), frames, again)
        self._held = {}

    def numbered_sources(self, table: str) -> set[str]:
        """Sources of a table whose loads have no ticket but a number among equal ones."""
        return {s.id for s in self.sources.values() if s.table == table and s.occurrence_of}

    def key_places(self, table: str, numbers: Sequence[int]) -> list[KeyPlace]:
        """Where deliveries of this run have the keys of a table that floats; nothing of a refused one."""
        wanted = [n for n in numbers if not self.tallies[n].refusal]
        found = [frame.filter(pl.col(FILE).is_in(wanted)) for frame in self._places[table]]
        if not found:
            return []
        # A file may have been parsed in several batches.
        places = pl.concat(found).sort("row", "column").unique([FILE, PART, KEY], keep="last")
        grain = self.feed.tables[table].grain
        value = {part: part_value(part, grain) for part in places[PART].unique()}
        delivery_id = {n: self.deliveries[n].receipt.delivery_id for n in wanted}
        return [
            KeyPlace(key, value[part], delivery_id[file], row, column)
            for file, part, key, row, column in places.select(FILE, PART, KEY, "row", "column").iter_rows()
        ]

    def number_of(self, delivery_id: str, store: CleanStore) -> int:
        """The number of a delivery, which need not have been read in this run."""
        if delivery_id not in self._numbers:
            self.numbered([store.delivery(delivery_id)])
        return self._numbers[delivery_id]

    def place_of(self, column: str) -> int:
        """The number of a raw column of which only the name is known."""
        return self.codes.column(column, "", 0)

    def touch_again(self, touches: Iterable[tuple[str, str]]) -> None:
        """Marks partitions that a delivery touched when it was cleaned before: its readings may have left them."""
        for table, value in touches:
            if table not in self.feed.tables:
                continue
            part = part_of_value(value, self.feed.tables[table].grain)
            first, after = part_span(part, self.feed.tables[table].grain)
            last = datetime.combine(after, time()) - timedelta(microseconds=1)
            self.changed[table][part] = Changed(datetime.combine(first, time()), last)

    def touched(self) -> list[tuple[str, str]]:
        """Every changed partition as (table, value)."""
        return [
            (table, part_value(part, self.feed.tables[table].grain))
            for table, parts in self.changed.items()
            for part in sorted(parts)
        ]

    def reads(self, receipt: Receipt) -> bool:
        """Whether the source of a delivery is declared and still names its file."""
        return self._claims.reads(receipt)

    def remove(self, number: int) -> None:
        """Takes a delivery out that its source reads no longer; how many records it holds cannot be told."""
        receipt = self.deliveries[number].receipt
        said = f"{receipt.file_name}: {self._claims.why_not(receipt)}"
        self.tallies[number] = Tally(refusal=said, removed=True)
        self._staging.reject(file_reject(number, "source_not_declared", said, None, None))

    def _refuse(self, number: int, plan: SourcePlan, error: UnreadableFile) -> None:
        """Nothing of the delivery is used; every record it may hold counts as quarantined.

        A file on which the reader itself failed is not opened again: it would fail again.
        """
        delivery = self.deliveries[number]
        self._staging.drop(number)
        records = 0
        if not error.broke:
            with delivery.open() as stream:
                records = count_records(stream, delivery.receipt.file_name, plan.source.format)
        readings = records * plan.readings_per_record
        said = _said(error, plan, delivery.receipt.file_name)
        self.tallies[number] = Tally(0, records, records, readings, readings, refusal=said)
        column = None if plan.cases and plan.cases.rules.private else error.column
        self._staging.reject(file_reject(number, "file_unreadable", said, error.row, column))

    def _readable_frames(self, number: int, plan: SourcePlan, again: bool) -> Iterator[pl.DataFrame]:
        """The raw rows of a delivery; they end where it proves unreadable, and then it is refused."""
        try:
            yield from self._raw_frames(number, plan, again)
        except BaseException as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            self._refuse(number, plan, refusal.within(self.deliveries[number].receipt.file_name))

    def _raw_frames(self, number: int, plan: SourcePlan, again: bool) -> Iterator[pl.DataFrame]:
        receipt = self.deliveries[number].receipt
        tally = self.tallies[number]
        most = max(1000, self._budget.cells // plan.readings_per_record)
        limits = ReadLimits(batch_rows=most, beginning=self._budget.beginning)
        expected = expected_columns(plan.source)
        with self.deliveries[number].open() as stream:
            fmt, path = plan.source.format, receipt.offered_path
            for batch in read_rows(stream, receipt.file_name, fmt, limits, expected=expected, path=path):
                tally.rows_other += batch.rows_other
                each = plan.readings_under(_raw_columns(batch.frame))
                lost = batch.rejected.height
                if lost:
                    tally.records_in += lost
                    tally.records_quarantined += lost
                    tally.readings_in += lost * each
                    tally.readings_quarantined += lost * each
                    if not again:
                        self._staging.reject(reader_rejects(batch.rejected, number, plan.cases))
                rows = max(1000, self._budget.cells // each)
                for at in range(0, batch.frame.height, rows):
                    yield batch.frame.slice(at, rows).with_columns(pl.lit(number, pl.UInt32).alias(FILE))

    def _parse_waiting(self, waiting: Waiting, again: bool) -> None:
        for key in list(waiting.frames):
            self._parse(self.plan(key[0]), waiting.pop(key), again)

    def _parse(self, plan: SourcePlan, frames: list[pl.DataFrame], again: bool) -> None:
        # Nothing of a damaged file is used, what waited to be parsed included.
        frames = [f for f in frames if not self.tallies[f[FILE][0]].refusal]
        if not frames:
            return
        try:
            parsed = parse(plan, pl.concat(frames), self._delivered_utc, self._register, self.codes)
        except BaseException as error:
            self._one_by_one(plan, frames, error, again, self._parse)
            return
        if parsed.held.height:
            self._held.setdefault(plan.source.id, []).append(parsed.held)
        for number, first, last in parsed.edges.iter_rows():
            ends = [(first["row"], first["at"]), (last["row"], last["at"]), *self._edges.get(number, ())]
            self._edges[number] = min(ends), max(ends)
        self._keep(plan, parsed, again)

    def _parse_held(self, plan: SourcePlan, frames: list[pl.DataFrame], again: bool) -> None:
        """Rows of the hour that clocks show twice, now that every row of their files was seen."""
        rows = pl.concat(frames, how="diagonal").with_columns(pl.col(pl.String).fill_null(""))
        refused = [number for number in rows[FILE].unique() if self.tallies[number].refusal]
        rows = rows.filter(~pl.col(FILE).is_in(refused))
        if rows.is_empty():
            return
        backwards = {number for number, (first, last) in self._edges.items() if last[1] < first[1]}
        try:
            parsed = parse_held(plan, rows, backwards, self._delivered_utc, self._register, self.codes)
        except BaseException as error:
            self._one_by_one(plan, rows.partition_by(FILE, maintain_order=True), error, again, self._parse_held)
            return
        if not again:
            self.alone.update(parsed.alone)
        self._keep(plan, parsed, again)

    def _keep(self, plan: SourcePlan, parsed: Parsed, again: bool) -> None:
        readings = parsed.readings
        if again:
            wanted = pl.Series(list(self.changed[plan.table.name]), dtype=pl.Int32)
            readings = readings.filter(pl.col(PART).is_in(wanted.implode()))
        else:
            self._staging.reject(parsed.rejects)
            self._count(parsed.tallies)
            self._touch(plan.table.name, readings)
            if plan.table.key_floats:
                keys = staged_key_text(plan.table, readings, self.codes, sorted(plan.parameters))
                self._places[plan.table.name].append(places_in(readings, keys, self.codes.column_names()))
        self._staging.add(plan.table, readings)

    def _one_by_one(
        self,
        plan: SourcePlan,
        frames: list[pl.DataFrame],
        error: BaseException,
        again: bool,
        parse_frames: Callable[[SourcePlan, list[pl.DataFrame], bool], None],
    ) -> None:
        """Rows of several files failed together: each file is parsed alone, and the one that fails is refused."""
        numbers = sorted({f[FILE][0] for f in frames})
        refusal = refusal_of(error)
        if refusal is None:
            raise error
        if len(numbers) == 1:
            self._refuse(numbers[0], plan, refusal.within(self.deliveries[numbers[0]].receipt.file_name))
            return
        for number in numbers:
            parse_frames(plan, [f for f in frames if f[FILE][0] == number], again)

    def _count(self, tallies: pl.DataFrame) -> None:
        for row in tallies.iter_rows(named=True):
            tally = self.tallies[row[FILE]]
            for name in _COUNTED:
                setattr(tally, name, getattr(tally, name) + row[name])
            if row["first_period"] is not None:
                tally.first = min(tally.first or row["first_period"], row["first_period"])
                tally.last = max(tally.last or row["last_period"], row["last_period"])

    def _touch(self, table: str, readings: pl.DataFrame) -> None:
        changed = self.changed[table]
        spans = readings.group_by(PART).agg(
            first=pl.col("period_start").min(), last=pl.col("period_start").max()
        )  # fmt: skip
        for part, first, last in spans.iter_rows():
            known = changed.get(part)
            changed[part] = Changed(min(known.first, first), max(known.last, last)) if known else Changed(first, last)
        for file, part in readings.select(FILE, PART).unique().iter_rows():
            self.tallies[file].touches.add((table, part))


def _raw_columns(frame: pl.DataFrame) -> list[str]:
    return [c for c in frame.columns if c not in (FILE, ROW)]


def _said(error: UnreadableFile, plan: SourcePlan, file_name: str) -> str:
    """Why a file is refused; where its register has private columns, without any text of it."""
    if plan.cases is None or not plan.cases.rules.private:
        return str(error)
    row = f", row {error.row}" if error.row else ""
    return (
        f"{file_name}{row}: the file cannot be read by its [source.format], or its header is not the declared one;"
        " its register has private columns, so that nothing of it is shown"
    )


def totals(tallies: Sequence[Tally]) -> dict[str, int]:
    """Sums of the counts over several deliveries."""
    return {name: sum(getattr(t, name) for t in tallies) for name in _COUNTED}
