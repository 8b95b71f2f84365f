"""Raw rows of one source → long readings, with everything that cannot be used set aside under its reason.

Here belongs the order of the steps for a batch of rows, which may come from many files at once. Not here: numbers
(numbers.py), times (times.py, repeats.py), the table's own columns (dims.py), wide and long layouts (layouts.py), or
what happens between deliveries (resolve.py). Pure: the same rows, plan, register and delivery times give the same
readings.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from sources.cleaning.case_records import with_case_columns, with_places
from sources.cleaning.dims import with_dims
from sources.cleaning.layouts import long_readings, wide_readings
from sources.cleaning.markup import without_markup
from sources.cleaning.raw_cells import mapped_text, text_of
from sources.cleaning.register import SiteRegister
from sources.cleaning.rejects import Rejects
from sources.cleaning.repeats import Alone, alone, later_rows
from sources.cleaning.source_plan import SourcePlan
from sources.cleaning.spread import spread
from sources.cleaning.staged import (
    FILE,
    FIRST,
    INDEX,
    PART,
    SITE,
    STATUS,
    Codes,
    part_number,
)
from sources.cleaning.times import Periods, periods
from sources.cleaning.weighbridge import with_possible_masses
from sources.config.model import RowFilter
from sources.readers.batches import ROW

# A clock may run ahead, and a file dated by its day alone may hold that whole day.
FUTURE_ALLOWANCE_HOURS = 26


@dataclass(frozen=True)
class Parsed:
    """What a batch gave: staged readings, refusals, and per file the rows and readings counted so far.

    `tallies`: __file, rows_other, records_in, records_quarantined, readings_in, readings_quarantined (Int64) and
    first_period, last_period (Datetime, null without readings). `held`: raw rows whose time clocks showed twice; they
    are parsed once all of them are known and count nowhere yet. `edges`: __file, first and last __row and their times.
    """

    readings: pl.DataFrame
    rejects: pl.DataFrame
    tallies: pl.DataFrame
    held: pl.DataFrame
    edges: pl.DataFrame
    alone: Mapping[int, Alone]


@dataclass(frozen=True)
class _Times:
    """The times of some rows: what was read, and the texts it was read from."""

    found: Periods
    stamp: pl.Series
    end_stamp: pl.Series | None

    def filter(self, kept: pl.Series) -> _Times:
        end = None if self.end_stamp is None else self.end_stamp.filter(kept)
        return _Times(self.found.filter(kept), self.stamp.filter(kept), end)


def parse(
    plan: SourcePlan, raw: pl.DataFrame, delivered_utc: pl.Series, register: SiteRegister, codes: Codes
) -> Parsed:
    """Maps raw rows (all String, with Int64 `__row` and UInt32 `__file`) of one source to readings.

    `delivered_utc` holds, by file number, when the delivery was handed over (naive UTC).
    """
    kept = _filtered(plan, raw)
    other = _rows_of(plan, raw).join(_rows_of(plan, kept), on=FILE, how="left", suffix="_kept")
    times = _times(plan, kept)
    edges = _edges(kept, times)
    twice = times.found.twice
    if plan.source.spreads and twice.any():
        # A record is counted where it is parsed: all of its rows wait together.
        twice = (
            kept.select(FILE, ROW).with_columns(twice=twice).select(pl.col("twice").any().over(FILE, ROW)).to_series()
        )
    held = kept.filter(twice)
    if held.height:
        kept, times = kept.filter(~twice), times.filter(~twice)
    return _parsed(plan, kept, times, other, delivered_utc, register, codes, held=held, edges=edges, alone={})


def parse_held(
    plan: SourcePlan,
    raw: pl.DataFrame,
    backwards: Container[int],
    delivered_utc: pl.Series,
    register: SiteRegister,
    codes: Codes,
) -> Parsed:
    """The same for rows that `parse` held back, all of their files together; `backwards` list the newest first."""
    raw = raw.sort(FILE, ROW, maintain_order=True)
    first = _times(plan, raw)
    times = _times(plan, raw, later_rows(plan, raw, first.found.local, backwards))
    other = _rows_of(plan, raw).join(_rows_of(plan, raw), on=FILE, how="left", suffix="_kept")
    named = alone(plan, raw, first.found.local, first.stamp)
    nothing = {"held": raw.clear(), "edges": _edges(raw.clear(), times.filter(times.found.twice & False))}
    return _parsed(plan, raw, times, other, delivered_utc, register, codes, alone=named, **nothing)


def _parsed(
    plan: SourcePlan,
    kept: pl.DataFrame,
    times: _Times,
    other: pl.DataFrame,
    delivered_utc: pl.Series,
    register: SiteRegister,
    codes: Codes,
    **more: Any,
) -> Parsed:
    rejects = Rejects(kept, plan.cases)
    records = _records(plan, kept, times, delivered_utc, register, codes, rejects)
    layout = long_readings if plan.source.long else wide_readings
    readings = layout(plan, kept, records, codes, rejects)
    if plan.source.spreads:
        readings = readings.with_columns(pl.struct(FILE, "raw_row").is_first_distinct().alias(FIRST))
    return Parsed(readings, rejects.frame(), _tallies(plan, other, kept, readings), **more)


def _rows_of(plan: SourcePlan, raw: pl.DataFrame) -> pl.DataFrame:
    return raw.group_by(FILE).agg(rows=_records_in(plan))


def _records_in(plan: SourcePlan) -> pl.Expr:
    """How many records rows are: those of one that was spread have its row number."""
    return (pl.col(ROW).n_unique() if plan.source.spreads else pl.len()).cast(pl.Int64)


def _times(plan: SourcePlan, rows: pl.DataFrame, later: pl.Series | None = None) -> _Times:
    mapping = plan.source.time
    stamp = _joined(rows, mapping.columns)
    end_stamp = _joined(rows, mapping.end_columns) if mapping.end_columns else None
    end = None if end_stamp is None else _blank(end_stamp, plan)
    zones = text_of(rows, mapping.zone_column) if mapping.zone_column else None
    found = periods(_blank(stamp, plan), end, plan.time, plan.reporting_zone, later, zones)
    return _Times(found, stamp, end_stamp)


def _edges(rows: pl.DataFrame, times: _Times) -> pl.DataFrame:
    """By file the first and the last row of this batch that have a time, with those times."""
    timed = pl.DataFrame({FILE: rows[FILE], "row": rows[ROW], "at": times.found.local}).drop_nulls("at")
    ends = timed.group_by(FILE).agg(
        first=pl.struct("row", "at").sort_by("row").first(), last=pl.struct("row", "at").sort_by("row").last()
    )
    return ends.sort(FILE)


def _filtered(plan: SourcePlan, raw: pl.DataFrame) -> pl.DataFrame:
    """The rows that the mapping keeps, spread and without markup; rows of a record that is left out are not spread."""
    source, rules = plan.source, list(plan.source.filters)
    plain = source.format.markup == "text"
    if source.spreads and not plain:
        early = [rule for rule in rules if rule.column in raw.columns]
        raw, rules = _kept(raw, early), [rule for rule in rules if rule not in early]
        if source.long and source.long.parameter_column in raw.columns:
            raw = _named(plan, raw)
    if source.spreads:
        raw = spread(source, raw)
    if plain:
        raw = without_markup(raw)
    return _named(plan, _kept(raw, rules))


def _kept(raw: pl.DataFrame, rules: Iterable[RowFilter]) -> pl.DataFrame:
    for rule in rules:
        held = text_of(raw, rule.column).is_in(pl.Series(rule.values, dtype=pl.String).implode())
        raw = raw.filter(held if rule.op == "in" else ~held)
    return raw


def _named(plan: SourcePlan, raw: pl.DataFrame) -> pl.DataFrame:
    """Without the rows of parameters that nobody asked for, where the mapping says so."""
    long = plan.source.long
    if long and long.unmapped == "null":
        names = pl.Series(sorted(plan.parameter_names), dtype=pl.String).implode()
        raw = raw.filter(text_of(raw, long.parameter_column).is_in(names))
    return raw


def _records(
    plan: SourcePlan,
    raw: pl.DataFrame,
    times: _Times,
    delivered_utc: pl.Series,
    register: SiteRegister,
    codes: Codes,
    rejects: Rejects,
) -> pl.DataFrame:
    """One row per usable record: its index into `raw`, file, row, period, partition, site, status, own columns."""
    stamp_columns = plan.source.time.columns
    found, stamp, end_stamp = times.found, times.stamp, times.end_stamp
    records = pl.DataFrame(
        {
            FILE: raw[FILE],
            "raw_row": raw[ROW],
            "period_start": found.start,
            "period_end": found.end,
            "period_start_utc": found.start_utc,
        }
    ).with_row_index(INDEX)
    records = records.with_columns(stamp=stamp)
    if found.problem.null_count() < raw.height:
        for at_end, names, text in ((False, stamp_columns, stamp), (True, plan.source.time.end_columns, end_stamp)):
            bad = (found.problem.is_not_null() & (found.at_end == at_end)).arg_true()
            if text is not None and len(bad):
                rejects.add(bad, " ".join(names), "record", text.gather(bad), found.problem.gather(bad))
        records = records.filter(found.problem.is_null())
    if plan.cases is None or not plan.cases.rules.is_list:
        # Membership of a list may begin after it was published.
        records = _not_in_future(records, delivered_utc, " ".join(stamp_columns), rejects)
    records = records.drop("stamp")
    records = _with_site(plan, raw, records, register, codes, rejects)
    records = with_dims(plan, raw, records, rejects)
    if plan.cases:
        records = with_case_columns(plan.cases, raw, records, rejects)
    if plan.weighed:
        records = with_possible_masses(plan, records, rejects)
    status = pl.lit(None, pl.UInt32)
    if plan.source.status:
        mapping = plan.source.status
        mark = mapped_text(raw, mapping, records[INDEX]) if mapping.raw else None
        if mark is not None:
            status = codes.statuses.encode(mark.set(mark == "", None))
        else:
            status = pl.lit(codes.statuses.number(mapping.constant), pl.UInt32)
    return records.with_columns(status.alias(STATUS), part_number(pl.col("period_start"), plan.table.grain).alias(PART))


def _joined(raw: pl.DataFrame, columns: tuple[str, ...]) -> pl.Series:
    texts = [text_of(raw, c) for c in columns]
    if len(texts) == 1:
        return texts[0]
    frame = pl.DataFrame({str(i): t for i, t in enumerate(texts)})
    return frame.select(pl.concat_str(pl.all(), separator=" ").str.strip_chars()).to_series()


def _blank(stamp: pl.Series, plan: SourcePlan) -> pl.Series:
    """Stamps with the missing tokens emptied: a declared mark of what is missing is not an unreadable time."""
    return stamp.set(stamp.is_in(pl.Series(sorted(plan.missing)).implode()), "")


def _not_in_future(records: pl.DataFrame, delivered_utc: pl.Series, column: str, rejects: Rejects) -> pl.DataFrame:
    latest = delivered_utc.gather(records[FILE]).dt.offset_by(f"{FUTURE_ALLOWANCE_HOURS}h")
    ahead = records["period_start_utc"] > latest
    if not ahead.any():
        return records
    bad = records.filter(ahead)
    rejects.add(bad[INDEX], column, "record", bad["stamp"], "time_in_future")
    return records.filter(~ahead)


def _with_site(
    plan: SourcePlan, raw: pl.DataFrame, records: pl.DataFrame, register: SiteRegister, codes: Codes, rejects: Rejects
) -> pl.DataFrame:
    mapping = plan.source.site
    text = mapped_text(raw, mapping, records[INDEX])
    site = text
    reason = pl.Series([None], dtype=pl.String).new_from_index(0, records.height)
    if mapping.values:
        site = text.replace_strict(mapping.values, default=None, return_dtype=pl.String)
        if mapping.unmapped == "keep":
            site = site.fill_null(text)
        else:
            reason = reason.set(site.is_null() & (text != ""), "unknown_site")
    empty = site.is_null() | (site == "") | text.is_in(pl.Series(sorted(plan.missing)).implode())
    is_area = pl.Series([False]).new_from_index(0, records.height)
    if plan.cases:
        site, is_area = with_places(site.set(empty, None), plan.cases)
        empty &= False
    reason = reason.set(empty & reason.is_null(), "site_missing")
    if plan.source.unknown_sites == "quarantine":
        judged = register.judge(site, records["period_start"].dt.date()).set(is_area, None)
        reason = reason.zip_with(reason.is_not_null(), judged)
    bad = reason.is_not_null()
    records = records.with_columns(codes.sites.encode(site).alias(SITE))
    if not bad.any():
        return records
    at = bad.arg_true()
    rejects.add(records[INDEX].gather(at), "|".join(mapping.raw), "record", text.gather(at), reason.gather(at))
    return records.filter(~bad)


def _tallies(plan: SourcePlan, other: pl.DataFrame, kept: pl.DataFrame, readings: pl.DataFrame) -> pl.DataFrame:
    """Counts by file; `other` has the file's records and how many of them passed the filters."""
    records = kept.group_by(FILE).agg(
        records_in=_records_in(plan), rows_in=pl.len().cast(pl.Int64)
    )  # fmt: skip
    used = readings.group_by(FILE).agg(
        readings=pl.len().cast(pl.Int64),
        records=pl.col(FIRST).sum().cast(pl.Int64),
        first_period=pl.col("period_start").min(),
        last_period=pl.col("period_start").max(),
    )
    each = plan.readings_per_record
    return (
        other.join(records, on=FILE, how="left")
        .join(used, on=FILE, how="left")
        .with_columns(pl.col("rows_kept", "records_in", "rows_in", "readings", "records").fill_null(0))
        .select(
            FILE,
            rows_other=pl.col("rows") - pl.col("rows_kept"),
            records_in=pl.col("records_in"),
            records_quarantined=pl.col("records_in") - pl.col("records"),
            readings_in=pl.col("rows_in") * each,
            readings_quarantined=pl.col("rows_in") * each - pl.col("readings"),
            first_period=pl.col("first_period"),
            last_period=pl.col("last_period"),
        )
        .sort(FILE)
    )
