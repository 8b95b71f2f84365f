"""Stamps as text → local times of the source's zone, or instants where the text itself names its zone.

Here belong formats tried in order, default year, 24:00, midnight that closes its date, and offsets and zone words. Not
here: the format itself (stamp_format.py) or the period that a stamp marks (times.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from sources.cleaning.characters import plain_texts
from sources.cleaning.schema import TIMESTAMP
from sources.cleaning.stamp_format import COUNTED, StampFormat, offset_of, stamp_format

_EXCEL_DAY_ZERO = {"excel_1900": datetime(1899, 12, 30), "excel_1904": datetime(1904, 1, 1)}
_SECOND = 1_000_000
# The year 9999, in microseconds and in days.
_LATEST, _LATEST_DAY = 253_402_300_799 * _SECOND, 2_958_465
_SAMPLE = datetime(2021, 4, 7, 16, 5, 9, 123456)


@dataclass(frozen=True)
class Stamps:
    """Parsed stamps: `local` time of the source's zone, or `utc` where the text itself names its zone; else null.

    `strange` is true where only the zone's word could not be read.
    """

    local: pl.Series
    utc: pl.Series
    strange: pl.Series


def parse_stamps(
    text: pl.Series, formats: Sequence[str], year: int | None, midnight_ends: bool, zone: str = "UTC"
) -> Stamps:
    """Reads trimmed texts by the first format that fits each; a stamp without a year takes `year` or stays null.

    A zone's word is UTC, GMT, Z or one of the abbreviations of `zone`.
    """
    local = utc = _nothing(len(text))
    strange = pl.Series([False]).new_from_index(0, len(text))
    for declared in formats:
        form = stamp_format(declared)
        if not form.has_year and year is None:
            continue
        todo = local.is_null() & utc.is_null()
        if not todo.any():
            break
        asked = text if todo.all() else text.set(~todo, None)
        if form.counted:
            found = _counted(asked, form)
            if form.counted in _EXCEL_DAY_ZERO:
                local = local.zip_with(local.is_not_null(), found)
            else:
                utc = utc.zip_with(utc.is_not_null(), found)
            continue
        if form.halves:
            asked = _with_halves(asked)
        if form.zone_directive:
            found, word_unknown = _zoned(asked, form, year, midnight_ends, zone)
            utc = utc.zip_with(utc.is_not_null(), found)
            strange |= word_unknown
        elif form.counts_seconds:
            utc = utc.zip_with(utc.is_not_null(), _by_format(asked, form, year, False))
        else:
            local = local.zip_with(local.is_not_null(), _by_format(asked, form, year, midnight_ends))
    return Stamps(local, utc, strange & local.is_null() & utc.is_null())


def _counted(text: pl.Series, form: StampFormat) -> pl.Series:
    """Instants of numbers that count from 1970, or clock times of a workbook's serial numbers."""
    number = plain_texts(text).str.extract(form.around_count, 1)
    unit = COUNTED[form.counted]
    whole, part = number.str.extract(r"^(-?\d+)", 1).cast(pl.Int64), number.cast(pl.Float64)
    # Whole numbers are exact; a fraction is of a second, or of a day to the second.
    exact = (whole.cast(pl.Float64) == part).fill_null(False)
    micros = (whole * unit).zip_with(exact, (part * unit).round().cast(pl.Int64, strict=False))
    first = _EXCEL_DAY_ZERO.get(form.counted)
    if first is None:
        micros = micros.set((part.abs() * unit > _LATEST).fill_null(False), None)
        return micros.cast(TIMESTAMP)
    micros = ((micros + _SECOND // 2) // _SECOND * _SECOND).set((part.abs() > _LATEST_DAY).fill_null(False), None)
    if form.counted == "excel_1900":
        # Workbooks count a 29 February 1900 that never was.
        micros = micros.zip_with((part >= 60).fill_null(True), micros + COUNTED[form.counted])
        micros = micros.set(((part >= 60) & (part < 61)).fill_null(False), None)
    return micros.cast(pl.Duration("us")) + first


def _with_halves(text: pl.Series) -> pl.Series:
    """Texts where 上午 and 下午 are AM and PM, with the words that people use for parts of both."""
    if not text.str.contains("[午晨早晚]").any():
        return text
    return text.str.replace("上午|凌晨|早上|早晨", "AM").str.replace("下午|傍晚|晚上", "PM")


def format_mistake(declared: str) -> str:
    """Why polars does not read what it writes with a format; '' if it does."""
    form = stamp_format(declared)
    zone = form.zone_directive
    writes = form.plain.replace(zone, zone if zone == "%Z" else "%z") if zone else form.plain
    sample = pl.Series([_SAMPLE])
    try:
        written = _written(sample, writes)
        found = parse_stamps(written, [declared], _SAMPLE.year, False)
        again = _written(found.local.fill_null(found.utc), writes)
    except pl.exceptions.PolarsError as error:
        return str(error).splitlines()[0]
    return "" if again[0] == written[0] else f"'{written[0]}' is not read"


def _written(times: pl.Series, fmt: str) -> pl.Series:
    return times.dt.replace_time_zone("UTC").dt.strftime(fmt)


def _nothing(height: int) -> pl.Series:
    return pl.Series([None], dtype=TIMESTAMP).new_from_index(0, height)


def _zoned(
    text: pl.Series, form: StampFormat, year: int | None, midnight_ends: bool, zone: str
) -> tuple[pl.Series, pl.Series]:
    """Instants (UTC) of texts that name their zone, and where its word is not known."""
    cut = plain_texts(text).str.extract_groups(form.around_zone).struct.unnest()
    before, word, after = cut.get_columns()
    clock = _by_format(before + after, form.without_zone, year, midnight_ends)
    words = word.drop_nulls().unique().to_list()
    ahead = word.replace_strict(
        words, [offset_of(w, zone) for w in words], default=None, return_dtype=pl.Duration("us")
    )
    return clock - ahead, clock.is_not_null() & ahead.is_null()


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
