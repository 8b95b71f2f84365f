"""Whether a declared format and time can be read: encodings, marks, time formats, zones, contradictions.

Here belong the rules about layout. Not here: feeds, parameters and units (check_source.py), or shape (structure.py).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from sources.cleaning.stamp_format import COUNTED, stamp_format
from sources.config.check_shapes import ONLY
from sources.config.locate import Path
from sources.config.model import Format, Source, TimeMapping
from sources.config.problems import Problems, nearest

_ENCODINGS = ("utf-8", "utf-8-sig", "gbk", "gb18030", "gb2312", "big5", "utf-16", "utf-16-le", "utf-16-be",
              "cp1252", "iso-8859-1", "iso-8859-15", "shift_jis", "euc-kr", "ascii")  # fmt: skip
# Formats of these directives alone are tried without polars, which a refresh with nothing new does not load.
_DIRECTIVE = re.compile(r"%(?:\.\d?f|\d?f|:?z|#z|.|$)")
_SIMPLE = frozenset(f"%{d}" for d in "aAbBdfHIjmMpSyYzZ%") | {"%:z", "%#z"}
_SAMPLE = datetime(2021, 4, 7, 16, 5, 9, 123456)


def check_layout(source: Source, raw: Mapping[str, Any], path: Path, problems: Problems) -> None:
    """Adds every mistake in `format` and `time` of one source."""
    _check_format(source.format, raw.get("format", {}), (*path, "format"), problems)
    _check_time(source.time, raw["time"], (*path, "time"), problems)
    _check_zones(source.time, (*path, "time"), problems)


def _check_zones(time: TimeMapping, path: Path, problems: Problems) -> None:
    if time.zones and not time.zone_column:
        problems.add((*path, "zones"), "there is no zone_column", "add zone_column = …")
    for written, zone in time.zones.items():
        check_zone(zone, (*path, "zones", written), problems)


def check_zone(zone: str, path: Path, problems: Problems) -> None:
    """Adds a problem if `zone` is not a time zone."""
    zones = _zones()
    if zone not in zones:
        problems.add(
            path, f"there is no time zone '{zone}'", nearest(zone, zones) or "such as 'Asia/Shanghai' or 'UTC'"
        )


@cache
def _zones() -> frozenset[str]:
    """Every zone of the machine; looking for them reads hundreds of files."""
    return frozenset(available_timezones())


def _check_format(fmt: Format, raw: Mapping[str, Any], path: Path, problems: Problems) -> None:
    for key, kinds in ONLY.items():
        if key in raw and fmt.kind not in kinds:
            problems.add((*path, key), f"a {fmt.kind} file has no {key}", "leave it out, or correct kind")
    try:
        codecs.lookup(fmt.encoding)
        codecs.getincrementaldecoder(fmt.encoding)
        "".encode(fmt.encoding)
    except (LookupError, ValueError):
        known = nearest(fmt.encoding, _ENCODINGS)
        problems.add((*path, "encoding"), f"there is no text encoding '{fmt.encoding}'", known)
    for key, text in (("delimiter", fmt.delimiter), ("quote", fmt.quote)):
        empty_is_fine = key == "quote" and not text
        if not empty_is_fine and (len(text) != 1 or not text.isascii() or text in "\r\n\0"):
            problems.add((*path, key), f"one ASCII character is expected, {text!r} found", 'such as "," or "\\t"')
    if fmt.delimiter == fmt.quote:
        problems.add((*path, "quote"), "it is the delimiter, too")
    if fmt.decimal_mark == fmt.thousands_mark:
        problems.add((*path, "thousands_mark"), f"'{fmt.thousands_mark}' is the decimal mark, too")
    if fmt.delimiter == fmt.decimal_mark and fmt.kind == "csv" and not fmt.quote:
        problems.add((*path, "decimal_mark"), f"'{fmt.decimal_mark}' is the delimiter and nothing is quoted")
    for i, beginning in enumerate(fmt.skip_footer):
        if not beginning.strip():
            problems.add((*path, "skip_footer", i), "an empty beginning would leave out every row")


def _check_time(time: TimeMapping, raw: Mapping[str, Any], path: Path, problems: Problems) -> None:
    if "zone" in raw:
        check_zone(time.zone, (*path, "zone"), problems)
    for key in ("formats", "end_formats"):
        if key in raw:
            for fmt in getattr(time, key):
                _check_time_format(fmt, time, (*path, key), problems)
    for key in ("columns", "formats"):
        if not getattr(time, key):
            problems.add((*path, key), "the list is empty", f"name the time's {key}")
    if "year" in raw and any(stamp_format(f).has_year for f in time.formats):
        problems.add((*path, "year"), "the format has a year already", "leave year out")
    if time.end_columns:
        for key in ("duration", "duration_min"):
            if key in raw:
                problems.add((*path, key), "the end is delivered in end_columns", f"leave {key} out")
    elif "end_formats" in raw:
        problems.add((*path, "end_formats"), "there are no end_columns", "leave end_formats out, or add end_columns")
    if "duration" in raw and "duration_min" in raw:
        problems.add((*path, "duration_min"), f"the duration is a {time.duration} already", "leave one of them out")
    if time.marks == "instant":
        for key in ("duration", "duration_min", "end_columns"):
            if key in raw:
                problems.add((*path, key), "an instant has no duration", "leave it out, or set marks = 'start'")
    if time.midnight == "end_of_date" and time.marks != "end":
        problems.add((*path, "midnight"), "only a stamp that marks an end can close its date", "set marks = 'end'")


def _check_time_format(fmt: str, time: TimeMapping, path: Path, problems: Problems) -> None:
    form = stamp_format(fmt)
    used = _DIRECTIVE.findall(fmt)
    if form.counted and not used:
        return
    if form.mistaken_count:
        known = nearest(form.mistaken_count, COUNTED)
        problems.add(path, f"'{fmt}' is not a time format: {{{form.mistaken_count}}} is not known", known)
        return
    if form.unknown or "%" in used or not used:
        unknown = [*form.unknown, *(d for d in used if d == "%")]
        what = f"{unknown[0]} is not known" if unknown else "it has no directive"
        hint = "write '.%f' behind a point, or %3f, %6f or %9f for so many digits" if "%f" in unknown else ""
        problems.add(path, f"'{fmt}' is not a time format: {what}", hint or "such as '%Y-%m-%d %H:%M:%S'")
        return
    if mistake := _sample_mistake(fmt, used):
        problems.add(path, f"'{fmt}' is not a time format: {mistake}")
        return
    found = form.directives
    if not form.has_year and time.year is None:
        problems.add(path, f"'{fmt}' has no year", "add year = 2021, or whichever the file is from")
    if found & {"%I", "%l"} and not found & {"%p", "%P"}:
        problems.add(path, "%I counts twelve hours and needs %p", "use %H for 24 hours")
    if not form.has_day and not time.duration and not time.end_columns:
        wanted = "month" if form.has_month else "year"
        problems.add(path, f"'{fmt}' names no day, but the period is shorter", f"add duration = '{wanted}'")


def _sample_mistake(fmt: str, used: list[str]) -> str:
    """Why a sample written in the format is not read again; '' if it is."""
    if not _SIMPLE.issuperset(used):
        from sources.cleaning.stamps import format_mistake

        return format_mistake(fmt)
    # The zone is not part of what Python tries: cleaning reads it by itself.
    clock = re.sub(r"%[:#]?[zZ]", "", fmt)
    try:
        datetime.strptime(_SAMPLE.strftime(clock), clock)
    except ValueError as error:
        return str(error)
    return ""
