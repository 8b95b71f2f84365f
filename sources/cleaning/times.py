"""Stamps → the period they mark, in the reporting zone and in UTC.

Here belong start and end marks, calendar months and years, and daylight saving: an ambiguous local time is the first of
the two unless it is said to be the later one, and one that does not exist is refused. Not here: texts (stamps.py),
which of two equal stamps is the later one (repeats.py), partitions (parse.py) or a series' cadence (cadence.py).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Literal
from zoneinfo import available_timezones

import polars as pl

from sources.cleaning.stamps import Stamps, parse_stamps
from sources.config.model import TimeMapping


@dataclass(frozen=True)
class Periods:
    """Periods by row: `start`, `end` in the reporting zone, `start_utc`; null where `problem` says why.

    `problem` holds a reason code or null; `at_end` says whether it is about the column of the end. `local` is the clock
    time of the stamp, null where the text names its zone, and `twice` whether clocks showed it twice.
    """

    start: pl.Series
    end: pl.Series
    start_utc: pl.Series
    problem: pl.Series
    at_end: pl.Series
    local: pl.Series
    twice: pl.Series

    def filter(self, kept: pl.Series) -> Periods:
        """The same for some of the rows."""
        return Periods(*(getattr(self, f.name).filter(kept) for f in fields(self)))


def periods(
    stamp: pl.Series,
    end_stamp: pl.Series | None,
    mapping: TimeMapping,
    reporting_zone: str,
    later: pl.Series | None = None,
    zones: pl.Series | None = None,
) -> Periods:
    """The period of each record, from the trimmed text of its stamp and, where delivered, of its end.

    With `end_columns` the stamp is the start and a midnight that closes its date is looked for in the end only. `later`
    is true where a time that clocks showed twice is meant the second time; `zones` are the zones that records name.
    """
    if zones is not None:
        return _by_zone(stamp, end_stamp, mapping, reporting_zone, later, zones)
    closes = mapping.midnight == "end_of_date"
    first = parse_stamps(stamp, mapping.formats, mapping.year, closes and end_stamp is None, mapping.zone)
    frame = pl.DataFrame({"text": stamp, **_columns(first, "")})
    frame = frame.with_columns(pl.lit(False).alias("later") if later is None else later.alias("later"))
    if end_stamp is not None:
        formats = mapping.end_formats or mapping.formats
        last = parse_stamps(end_stamp, formats, mapping.year, closes, mapping.zone)
        frame = frame.with_columns(end_stamp.alias("end_text"), *_columns(last, "end_").values())
    frame = _bounds(frame, mapping, reporting_zone, end_stamp is not None)
    return Periods(*(frame[f.name] for f in fields(Periods)))


def _by_zone(
    stamp: pl.Series,
    end_stamp: pl.Series | None,
    mapping: TimeMapping,
    reporting_zone: str,
    later: pl.Series | None,
    zones: pl.Series,
) -> Periods:
    """Periods of records that name their zone; an empty one is the declared zone, an unknown one is the problem."""
    parts, places = [], []
    for text in zones.unique(maintain_order=True):
        at = (zones == text).arg_true()
        zone = mapping.zones.get(text, text) or mapping.zone
        known = zone in _zones_of_the_machine()
        own = replace(mapping, zone=zone if known else "UTC")
        one = [None if series is None else series.gather(at) for series in (end_stamp, later)]
        found = periods(stamp.gather(at), one[0], own, reporting_zone, one[1])
        if not known:
            read = found.problem.is_null() | (found.problem != "time_missing")
            found = replace(found, problem=found.problem.set(read, "zone_unknown"), twice=found.twice & False)
        parts.append(found)
        places.append(at)
    if not parts:
        return periods(stamp, end_stamp, mapping, reporting_zone, later)
    back = pl.concat(places).arg_sort()
    return Periods(*(pl.concat([getattr(p, f.name) for p in parts]).gather(back) for f in fields(Periods)))


@cache
def _zones_of_the_machine() -> frozenset[str]:
    return frozenset(available_timezones())


def _columns(stamps: Stamps, prefix: str) -> dict[str, pl.Series]:
    named = {"local": stamps.local, "aware": stamps.utc, "strange": stamps.strange}
    return {prefix + name: column.alias(prefix + name) for name, column in named.items()}


def _utc(local: pl.Expr, zone: str, ambiguous: Literal["earliest", "latest"] = "earliest") -> pl.Expr:
    placed = local.dt.replace_time_zone(zone, ambiguous=ambiguous, non_existent="null")
    return placed.dt.convert_time_zone("UTC").dt.replace_time_zone(None)


def _in_zone(utc: pl.Expr, zone: str) -> pl.Expr:
    return utc.dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.replace_time_zone(None)


def _bounds(frame: pl.DataFrame, mapping: TimeMapping, zone: str, has_end: bool) -> pl.DataFrame:
    frame = frame.with_columns(
        early=_utc(pl.col("local"), mapping.zone), late=_utc(pl.col("local"), mapping.zone, "latest")
    )
    utc = pl.coalesce("aware", pl.when("later").then("late").otherwise("early"))
    # A day, month or year begins when clocks first show its beginning.
    spans_days = bool(mapping.duration) or (mapping.duration_min >= 1440 and mapping.marks != "instant" and not has_end)
    twice = (pl.col("early") != pl.col("late")).fill_null(False) & (not spans_days)
    if has_end:
        frame = frame.with_columns(start_utc=utc)
        first, second = _utc(pl.col("end_local"), mapping.zone), _utc(pl.col("end_local"), mapping.zone, "latest")
        # What ends in the repeated hour ends after it began.
        end = pl.when(first < pl.col("start_utc")).then(second).otherwise(first)
        frame = frame.with_columns(end_utc=pl.coalesce("end_aware", end))
    elif mapping.duration and mapping.marks != "instant":
        frame = _calendar(frame, mapping)
    else:
        frame = frame.with_columns(start_utc=utc, end_utc=utc)
        if mapping.marks != "instant" and mapping.duration_min:
            other = _shifted(pl.col("start_utc"), mapping)
            frame = frame.with_columns(other.alias("start_utc" if mapping.marks == "end" else "end_utc"))
    read = pl.col("local").is_not_null() | pl.col("aware").is_not_null()
    problem = _problem("text", read, "start_utc", "strange")
    at_end = pl.lit(False)
    if has_end:
        end_read = pl.col("end_local").is_not_null() | pl.col("end_aware").is_not_null()
        of_end = _problem("end_text", end_read, "end_utc", "end_strange")
        reversed_ = pl.when(pl.col("end_utc") < pl.col("start_utc")).then(pl.lit("period_reversed"))
        at_end = problem.is_null() & pl.coalesce(of_end, reversed_).is_not_null()
        problem = pl.coalesce(problem, of_end, reversed_)
    return frame.select(
        start=_in_zone(pl.col("start_utc"), zone),
        end=_in_zone(pl.col("end_utc"), zone),
        start_utc="start_utc",
        problem=problem,
        at_end=at_end,
        local="local",
        twice=twice,
    )


def _shifted(utc: pl.Expr, mapping: TimeMapping) -> pl.Expr:
    """The other end of a period of declared minutes; whole days follow the source's own calendar, summer time too."""
    minutes = mapping.duration_min if mapping.marks == "start" else -mapping.duration_min
    plain = utc + pl.duration(minutes=minutes)
    if minutes % 1440:
        return plain
    return pl.coalesce(_utc(pl.col("local").dt.offset_by(f"{minutes // 1440}d"), mapping.zone), plain)


def _problem(text: str, read: pl.Expr, utc: str, strange: str) -> pl.Expr:
    return (
        pl.when(pl.col(text) == "").then(pl.lit("time_missing"))
        .when(pl.col(strange)).then(pl.lit("time_zone_unknown"))
        .when(~read).then(pl.lit("time_unreadable"))
        .when(pl.col(utc).is_null()).then(pl.lit("time_nonexistent"))
    )  # fmt: skip


def _calendar(frame: pl.DataFrame, mapping: TimeMapping) -> pl.DataFrame:
    """The calendar month or year that holds the stamp; an end mark on its border closes the one before."""
    step = {"month": "1mo", "year": "1y"}[mapping.duration]
    local = pl.coalesce(_in_zone(pl.col("aware"), mapping.zone), pl.col("local"))
    start = local.dt.truncate(step)
    if mapping.marks == "end":
        start = pl.when(local == start).then(start.dt.offset_by(f"-{step}")).otherwise(start)
    return frame.with_columns(start_utc=_utc(start, mapping.zone), end_utc=_utc(start.dt.offset_by(step), mapping.zone))
