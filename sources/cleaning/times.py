"""Stamps as text → the period they mark, in the reporting zone and in UTC.

Here belong formats, default year, 24:00, midnight that closes its date, start and end marks, calendar months and years,
and daylight saving: an ambiguous local time is always the first of the two, one that does not exist is refused. Not
here: which partition a period falls into (parse.py) or what a series' cadence is (cadence.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import polars as pl

from sources.cleaning.characters import plain_texts
from sources.cleaning.schema import TIMESTAMP
from sources.config.model import TimeMapping

_COMPOSITE = {"%F": "%Y-%m-%d", "%T": "%H:%M:%S", "%R": "%H:%M", "%D": "%m/%d/%y", "%Z": "%Z"}
# What each directive looks like, to find where the hour stands in a text.
_SHAPES: Mapping[str, str] = {
    "%Y": r"\d{4}", "%y": r"\d{2}", "%m": r"\d{1,2}", "%d": r"\d{1,2}", "%e": r"\s?\d{1,2}", "%j": r"\d{1,3}",
    "%M": r"\d{1,2}", "%S": r"\d{1,2}", "%b": r"\pL+", "%B": r"\pL+", "%a": r"\pL+", "%A": r"\pL+",
    "%z": r"[+-]\d{2}:?\d{2}|Z", "%.f": r"(?:\.\d+)?", "%f": r"\d+", "%%": "%",
}  # fmt: skip
_DIRECTIVE = re.compile(r"%\.f|%.")
_ZERO = {"%M": "00?", "%S": "00?", "%.f": r"(?:\.0+)?", "%f": "0+"}


@dataclass(frozen=True)
class StampFormat:
    """One declared format made fit for parsing: what the text lacks is put behind it, and `%H` may be 24."""

    declared: str

    @cached_property
    def directives(self) -> frozenset[str]:
        """The directives in the format, composites written out."""
        return frozenset(_DIRECTIVE.findall(self._plain))

    @cached_property
    def _plain(self) -> str:
        text = self.declared
        for short, long in _COMPOSITE.items():
            text = text.replace(short, long)
        # Python writes the fraction '.%f'; its digits count from the point, however many there are.
        return text.replace(".%f", "%.f")

    @property
    def aware(self) -> bool:
        """Whether the text itself names its offset from UTC."""
        return bool(self.directives & {"%z", "%s"})

    @property
    def has_year(self) -> bool:
        """Whether the text itself names the year."""
        return bool(self.directives & {"%Y", "%y", "%s", "%G"})

    @cached_property
    def parts(self) -> tuple[str, str]:
        """(format for the parser, text to put behind the stamp): missing day, month and minutes are the first."""
        found, lacks = self.directives, []
        if "%s" not in found:
            if "%j" not in found:
                lacks += [("%m", "01")] if not found & {"%m", "%b", "%B"} else []
                lacks += [("%d", "01")] if not found & {"%d", "%e"} else []
            lacks += [("%H", "00")] if not found & {"%H", "%I", "%k", "%l"} else []
            lacks += [("%M", "00")] if "%M" not in found else []
        fmt = "|".join([self._plain, *(d for d, _ in lacks)])
        return fmt, "".join(f"|{t}" for _, t in lacks)

    @cached_property
    def hour_24(self) -> str | None:
        """Pattern with the text before and after an hour written 24 as groups; None without %H."""
        if "%H" not in self.directives:
            return None
        before, after, seen, at = "", "", False, 0
        for match in [*_DIRECTIVE.finditer(self._plain), None]:
            literal = re.escape(self._plain[at : match.start() if match else None])
            shape = "" if match is None else f"(?:{self._shape(match.group())})"
            if match is not None and match.group() == "%H":
                before, seen, shape = before + literal, True, ""
                literal = ""
            if seen:
                after += literal + shape
            else:
                before += literal + shape
            at = match.end() if match else at
        return f"^({before})24({after})$"

    @staticmethod
    def _shape(directive: str) -> str:
        # 24:00 exactly is midnight; 24:30 is nothing.
        return _ZERO.get(directive) or _SHAPES.get(directive, ".+?")


@lru_cache(maxsize=256)
def stamp_format(declared: str) -> StampFormat:
    """The compiled form of a declared format."""
    return StampFormat(declared)


@dataclass(frozen=True)
class Stamps:
    """Parsed stamps: `local` time of the source's zone, or `utc` where the text itself names its offset; else null."""

    local: pl.Series
    utc: pl.Series | None


def parse_stamps(text: pl.Series, formats: Sequence[str], year: int | None, midnight_ends: bool) -> Stamps:
    """Reads trimmed texts by the first format that fits each; a stamp without a year takes `year` or stays null."""
    local = pl.Series("local", [None], dtype=TIMESTAMP).new_from_index(0, len(text))
    utc: pl.Series | None = None
    for declared in formats:
        form = stamp_format(declared)
        if not form.has_year and year is None:
            continue
        todo = local.is_null() & utc.is_null() if utc is not None else local.is_null()
        if not todo.any():
            break
        found = _by_format(text if todo.all() else text.set(~todo, None), form, year, midnight_ends)
        if form.aware:
            utc = found if utc is None else utc.zip_with(utc.is_not_null(), found)
        else:
            local = local.zip_with(local.is_not_null(), found)
    return Stamps(local, utc)


def _by_format(text: pl.Series, form: StampFormat, year: int | None, midnight_ends: bool) -> pl.Series:
    found = _strptime(text, form, year)
    if midnight_ends:
        closes = found.dt.time() == pl.Series([0]).cast(pl.Time)[0]
        found = found.zip_with(~closes.fill_null(False), found.dt.offset_by("1d"))
    missed = found.is_null() & text.is_not_null()
    if not missed.any():
        return found
    # Rare writings, tried only where the plain one failed: 24:00 and full-width characters.
    odd = plain_texts(text.filter(missed))
    if form.aware:
        odd = odd.str.replace(r"[Zz]$", "+0000")
    again = _strptime(odd, form, year)
    if form.hour_24:
        is_24 = odd.str.contains(form.hour_24)
        rewritten = odd.str.replace(form.hour_24, "${1}00${2}").set(~is_24, None)
        again = again.zip_with(~is_24, _strptime(rewritten, form, year).dt.offset_by("1d"))
    return found.scatter(missed.arg_true(), again)


def _strptime(text: pl.Series, form: StampFormat, year: int | None) -> pl.Series:
    fmt, suffix = form.parts
    prefix = "" if form.has_year else f"{year}|"
    if prefix:
        fmt = f"%Y|{fmt}"
    if prefix or suffix:
        text = pl.select(pl.lit(prefix) + text + pl.lit(suffix)).to_series()
    parsed = text.str.strptime(pl.Datetime("us"), fmt, strict=False)
    if isinstance(parsed.dtype, pl.Datetime) and parsed.dtype.time_zone:
        parsed = parsed.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return parsed


@dataclass(frozen=True)
class Periods:
    """Periods by row: `start`, `end` in the reporting zone, `start_utc`; null where `problem` says why.

    `problem` holds a reason code or null; `stamp_end` says whether it is about the column of the end.
    """

    start: pl.Series
    end: pl.Series
    start_utc: pl.Series
    problem: pl.Series
    at_end: pl.Series


def periods(stamp: pl.Series, end_stamp: pl.Series | None, mapping: TimeMapping, reporting_zone: str) -> Periods:
    """The period of each record, from the trimmed text of its stamp and, where delivered, of its end.

    With `end_columns` the stamp is the start and a midnight that closes its date is looked for in the end only.
    """
    closes = mapping.midnight == "end_of_date"
    first = parse_stamps(stamp, mapping.formats, mapping.year, closes and end_stamp is None)
    frame = pl.DataFrame({"text": stamp, "local": first.local, "aware": _aware(first)})
    if end_stamp is not None:
        last = parse_stamps(end_stamp, mapping.end_formats or mapping.formats, mapping.year, closes)
        frame = frame.with_columns(end_text=end_stamp, end_local=last.local, end_aware=_aware(last))
    frame = _bounds(frame, mapping, reporting_zone, end_stamp is not None)
    return Periods(*(frame[c] for c in ("start", "end", "start_utc", "problem", "at_end")))


def _aware(stamps: Stamps) -> pl.Series:
    if stamps.utc is not None:
        return stamps.utc
    return pl.Series([None], dtype=TIMESTAMP).new_from_index(0, len(stamps.local))


def _utc(local: pl.Expr, zone: str) -> pl.Expr:
    placed = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return placed.dt.convert_time_zone("UTC").dt.replace_time_zone(None)


def _in_zone(utc: pl.Expr, zone: str) -> pl.Expr:
    return utc.dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.replace_time_zone(None)


def _bounds(frame: pl.DataFrame, mapping: TimeMapping, zone: str, has_end: bool) -> pl.DataFrame:
    utc = pl.coalesce(pl.col("aware"), _utc(pl.col("local"), mapping.zone))
    if has_end:
        end = pl.coalesce(pl.col("end_aware"), _utc(pl.col("end_local"), mapping.zone))
        frame = frame.with_columns(start_utc=utc, end_utc=end)
    elif mapping.duration and mapping.marks != "instant":
        frame = _calendar(frame, mapping)
    else:
        frame = frame.with_columns(start_utc=utc, end_utc=utc)
        if mapping.marks != "instant" and mapping.duration_min:
            other = _shifted(utc, mapping)
            frame = frame.with_columns(other.alias("start_utc" if mapping.marks == "end" else "end_utc"))
    read = pl.col("local").is_not_null() | pl.col("aware").is_not_null()
    problem = _problem("text", read, "start_utc")
    at_end = pl.lit(False)
    if has_end:
        end_read = pl.col("end_local").is_not_null() | pl.col("end_aware").is_not_null()
        of_end = _problem("end_text", end_read, "end_utc")
        reversed_ = pl.when(pl.col("end_utc") < pl.col("start_utc")).then(pl.lit("period_reversed"))
        at_end = problem.is_null() & pl.coalesce(of_end, reversed_).is_not_null()
        problem = pl.coalesce(problem, of_end, reversed_)
    return frame.select(
        start=_in_zone(pl.col("start_utc"), zone),
        end=_in_zone(pl.col("end_utc"), zone),
        start_utc="start_utc",
        problem=problem,
        at_end=at_end,
    )


def _shifted(utc: pl.Expr, mapping: TimeMapping) -> pl.Expr:
    """The other end of a period of declared minutes; whole days follow the source's own calendar, summer time too."""
    minutes = mapping.duration_min if mapping.marks == "start" else -mapping.duration_min
    plain = utc + pl.duration(minutes=minutes)
    if minutes % 1440:
        return plain
    return pl.coalesce(_utc(pl.col("local").dt.offset_by(f"{minutes // 1440}d"), mapping.zone), plain)


def _problem(text: str, read: pl.Expr, utc: str) -> pl.Expr:
    return (
        pl.when(pl.col(text) == "").then(pl.lit("time_missing"))
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
