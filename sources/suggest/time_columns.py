"""Which columns hold the time, in which formats, what the stamp marks and how long a period is.

Here belongs `[source.time]`. Not here: formats of stamps (stamps_seen.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sources.registry.feed_model import CleanTable
from sources.suggest.seen import Column, Seen
from sources.suggest.stamps_seen import Stamps, closes_its_date, looks_like_time, stamps_of, steps_of
from sources.suggest.word_lists import says, words

# Tables whose readings are of an instant, and those whose hour is called by its end, as the standards of air say.
_INSTANT = ("clean_water", "clean_waste", "clean_waste_transfer")
_BY_END = ("clean_air",)
_PARTS: Mapping[str, range] = {
    "year": range(1900, 2100), "month": range(1, 13), "day": range(1, 32), "hour": range(25), "minute": range(60)
}  # fmt: skip
_CODES = {"year": "%Y", "month": "%m", "day": "%d", "hour": "%H", "minute": "%M"}
_DIGITS = re.compile(r"\d{4}|\d{6}|\d{8}|\d{10}|\d{12,14}")
_YEAR_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=\d{0,4}(?!\d))")
# Columns of stamps that are looked at; those that are called so go first.
_MOST_COLUMNS = 24
_LONGEST_MINUTES = 1440
_DAY, _MONTH, _YEAR = timedelta(days=1), timedelta(days=28), timedelta(days=365)
_CLOSES = "00:00 follows 23:00 and later of the date it is written with"


@dataclass(frozen=True)
class Time:
    """The words of `[source.time]`, what is asked about them, the stamps, and minutes between readings if regular."""

    words: Mapping[str, Any]
    doubts: Mapping[str, str] = field(default_factory=dict)
    stamps: tuple[datetime | None, ...] = ()
    step_min: int | None = None
    hours: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """Every raw column that it reads."""
        return (*self.words["columns"], *self.words.get("end_columns", ()))


@dataclass(frozen=True)
class _Found:
    columns: tuple[str, ...]
    stamps: Stamps
    rank: tuple[int, ...]


def time_of(seen: Seen, table: CleanTable | None, today: date, taken: Sequence[str] = ()) -> Time | None:
    """The time of a sample's rows; None where no column holds one."""
    found = [*_whole(seen, taken), *_parts(seen, taken)]
    if not found:
        return None
    best = max(found, key=lambda one: one.rank)
    said: dict[str, Any] = {"columns": list(best.columns), "formats": [best.stamps.format]}
    doubts: dict[str, str] = {}
    if best.stamps.rival:
        doubts["formats"] = f"{best.stamps.rival} fits as well: which is it?"
    if best.stamps.format.endswith("UTC") or "epoch" in best.stamps.format:
        said["zone"] = "UTC"
    if not best.stamps.has_year:
        said["year"], doubts["year"] = year_of(seen, today)
    ends = _ends(seen, best, found)
    if ends:
        said["end_columns"] = [ends.columns[0]]
        if ends.stamps.format != best.stamps.format:
            said["end_formats"] = [ends.stamps.format]
        said["marks"] = "start"
        return Time(said, doubts, best.stamps.at, None, best.stamps.has_clock)
    return _marked(said, doubts, best.stamps, table)


def _whole(seen: Seen, taken: Sequence[str]) -> Iterator[_Found]:
    like = [(place, c) for place, c in enumerate(seen.columns) if c.name not in taken and c.filled and _like_stamps(c)]
    like.sort(key=lambda one: -says(one[1].name, words()["time"]["stamp"]))
    for place, column in like[:_MOST_COLUMNS]:
        stamps = stamps_of(seen.sample.texts(column.name))
        if stamps is not None:
            hint = says(column.name, words()["time"]["stamp"])
            clock = stamps.has_clock or any(looks_like_time(text) and ":" in text for text in list(column.cells)[:5])
            late = says(column.name, words()["time"]["end"])
            yield _Found((column.name,), stamps, (2 * stamps.has_clock + stamps.has_year, clock, hint, -late, -place))


def _like_stamps(column: Column) -> bool:
    texts = list(column.cells)[:20]
    if not texts:
        return False
    if all(text.startswith("/Date(") for text in texts):
        return True
    if all(_DIGITS.fullmatch(text) for text in texts):
        # A number of four digits is a year only where its column says so.
        return len(texts[0]) > 6 or bool(says(column.name, (*words()["time"]["stamp"], *words()["time"]["year"])))
    return sum(looks_like_time(text) for text in texts) * 2 > len(texts)


def _parts(seen: Seen, taken: Sequence[str]) -> Iterator[_Found]:
    """Years, months, days and hours in columns of their own, and a date next to an hour or a clock."""
    part = {name: _part(seen, name, taken) for name in _PARTS}
    dated = [name for name in _PARTS if part[name]]
    if part["year"] and dated[: len(dated)] == list(_PARTS)[: len(dated)]:
        yield from _joined(seen, [part[name] for name in dated], " ".join(_CODES[name] for name in dated))
    if part["year"] and part["month"]:
        return
    dates = [c.name for c in seen.columns if c.name not in taken and _like_stamps(c)]
    free = [c for c in seen.columns if c.name not in taken and c.name not in dates and c.cells]
    clocks = [c.name for c in free if says(c.name, words()["time"]["clock"])]
    clocks += [c.name for c in free if all(re.fullmatch(r"\d{1,2}:\d\d(:\d\d)?", text) for text in c.cells)]
    next_to = [*dict.fromkeys(clocks), *([part["hour"]] if part["hour"] else [])]
    for day in dates[:3]:
        for clock in next_to[:3]:
            if clock != day:
                yield from _joined(seen, [day, clock], "")


def _part(seen: Seen, name: str, taken: Sequence[str]) -> str:
    for column in seen.columns:
        if column.name in taken or says(column.name, words()["time"][name]) < 2 or not column.cells:
            continue
        if all(len(text) < 5 and text.isdecimal() and int(text) in _PARTS[name] for text in column.cells):
            return column.name
    return ""


def _joined(seen: Seen, columns: Sequence[str], pattern: str) -> Iterator[_Found]:
    cells = [seen.sample.texts(name) for name in columns]
    texts = [" ".join(row) if all(row) else "" for row in zip(*cells, strict=True)]
    stamps = stamps_of(texts, (pattern,) if pattern else None)
    if stamps is not None:
        yield _Found(tuple(columns), stamps, (2 * stamps.has_clock + stamps.has_year, 1, 2, 0, 0))


def year_of(seen: Seen, today: date) -> tuple[int, str]:
    """(the year of stamps that have none, what is asked about it)."""
    named = [y for file in seen.sample.files for y in _YEAR_IN_NAME.findall("/".join(file.parts[-3:]))]
    if named:
        return int(named[-1]), "the stamps have no year: is it the one in the path?"
    return today.year, "the stamps have no year: which is it?"


def _ends(seen: Seen, best: _Found, found: Sequence[_Found]) -> _Found | None:
    """Another column of stamps that is called the end, where the first is called the beginning."""
    if len(best.columns) > 1 or not says(best.columns[0], words()["time"]["begin"]):
        return None
    others = (one for one in found if one.columns != best.columns and len(one.columns) == 1)
    return next((one for one in others if says(one.columns[0], words()["time"]["end"])), None)


def _marked(said: dict[str, Any], doubts: dict[str, str], stamps: Stamps, table: CleanTable | None) -> Time:
    """The same with what the stamp marks, and how long its period is."""
    step = _usual_step(stamps.at)
    if table is not None and stamps.has_day and (table.name in _INSTANT or table.cases):
        said["marks"] = "instant"
        minutes = _minutes(step) if table.series_tests else None
        return Time(said, doubts, stamps.at, minutes, stamps.has_clock)
    if not stamps.has_clock:
        said["marks"] = "start"
        length = "year" if "%m" not in stamps.format else "month" if "%d" not in stamps.format else ""
        if not length and step is not None and step >= _YEAR:
            length = "year"
        if not length and step is not None and step >= _MONTH:
            length = "month"
        if length:
            said["duration"] = length
        else:
            said["duration_min"] = _LONGEST_MINUTES
        doubts["duration" if length else "duration_min"] = f"is a value of the whole {length or 'day'}?"
        return Time(said, doubts, stamps.at, None if length else _LONGEST_MINUTES, False)
    minutes = _minutes(step)
    if closes_its_date(stamps.at):
        said |= {"marks": "end", "midnight": "end_of_date"}
        doubts["midnight"] = f"{_CLOSES}: does it close that date?"
    elif stamps.says_24:
        said["marks"] = "end"
    else:
        said["marks"] = "end" if table is not None and table.name in _BY_END else "start"
        doubts["marks"] = "does a stamp name the start or the end of its period?"
    if minutes is not None:
        said["duration_min"] = minutes
    else:
        doubts["duration_min"] = "how many minutes is a value of?"
        said["duration_min"] = 60
    return Time(said, doubts, stamps.at, minutes, True)


def _usual_step(stamps: Sequence[datetime | None]) -> timedelta | None:
    steps = steps_of(stamps)
    if not steps:
        return None
    step, times = steps.most_common(1)[0]
    return step if times * 2 > sum(steps.values()) else None


def _minutes(step: timedelta | None) -> int | None:
    if step is None or step < timedelta(minutes=1) or step > _DAY:
        return None
    return int(step.total_seconds() // 60)
