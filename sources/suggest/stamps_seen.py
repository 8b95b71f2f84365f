"""Which formats a column's stamps are in, and what their order says.

Here belong the formats that are tried and how one is chosen. Not here: reading times (sources.cleaning.times), or which
column holds them (suggestion.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

_DATES = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y",
    "%d.%m.%Y", "%d/%m/%y", "%m/%d/%y", "%m-%d", "%m/%d", "%m月%d日",
)  # fmt: skip
_CLOCKS = (
    "", " %H:%M:%S", " %H:%M", " %H", "T%H:%M:%S", "T%H:%M", " %H:%M:%S.%f", "T%H:%M:%S.%f", " %H时", "%H时",
    " %H时%M分", " %H:%M时", " %I:%M:%S %p", " %I:%M %p",
)  # fmt: skip
_ENDS = ("", "%z", " %z", " UTC")
_OTHERS = ("%Y%m%d%H%M%S", "%Y%m%d%H%M", "%Y%m%d%H", "%Y-%m", "%Y/%m", "%Y年%m月", "%Y%m", "%Y", "%Y年")
FORMATS = (*(d + c + e for d in _DATES for c in _CLOCKS for e in (_ENDS if c else ("",))), *_OTHERS)
# Without anything between them digits are told apart by their number alone.
_COMPACT = {f: 2 * f.count("%") + 2 * f.count("%Y") for f in FORMATS if not re.sub("%[YmdHMS]", "", f)}
_EPOCHS = (
    (re.compile(r"1[0-9]{9}"), "{epoch_s}"),
    (re.compile(r"1[0-9]{12}"), "{epoch_ms}"),
    (re.compile(r"/Date\(1[0-9]{12}\)/"), "/Date({epoch_ms})/"),
)
_TIMELIKE = re.compile(
    r"\d{4}[-/.年]\d{1,2}([-/.月]\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}[-/]\d{1,2} \d|\d+:\d\d"
)
# What is between the numbers of a format: most formats cannot be a text's because of it. Offsets and halves of
# the day are left out of both.
_SIGNS = {f: re.sub("%[YymdHMSfI]", "", f.replace("%z", "").replace("%p", "")) for f in FORMATS}
_ZONED = re.compile(r"[+-]\d\d:?\d\d$|Z$|[AaPp][Mm]$")
_EPOCH_DIGITS = 13
_MIDNIGHT = re.compile(r"(?<=[ T])24(?=:|$|时)")
_ONE_DAY = timedelta(days=1)
# Which share of the stamps has to fit a format, and how many are tried with each before all are.
_SHARE = 0.9
_TRIED = 40
# A clock of four digits without a date, or a plain number, is not a year.
_YEARS = range(1950, 2100)


@dataclass(frozen=True)
class Stamps:
    """Stamps of a column, or several joined with a blank, under a format: None where one does not fit.

    `rival` is another format that fits as well, '' if there is none; `says_24` whether an hour is called 24.
    """

    format: str
    at: tuple[datetime | None, ...]
    rival: str = ""
    says_24: bool = False

    @property
    def has_clock(self) -> bool:
        """Whether the format says an hour."""
        return any(code in self.format for code in ("%H", "%I", "epoch"))

    @property
    def has_day(self) -> bool:
        """Whether it says a day."""
        return "%d" in self.format or "epoch" in self.format

    @property
    def has_year(self) -> bool:
        """Whether it says a year."""
        return "%Y" in self.format or "%y" in self.format or "epoch" in self.format

    @property
    def has_zone(self) -> bool:
        """Whether it says an offset or UTC."""
        return self.format.endswith(("%z", "UTC")) or "epoch" in self.format


def looks_like_time(text: str) -> bool:
    """Whether a cell looks like a date or a time of day; a plain number does not."""
    return _TIMELIKE.search(text) is not None


def stamps_of(texts: Sequence[str], patterns: Sequence[str] | None = None) -> Stamps | None:
    """The stamps under the format that fits, of `patterns` where they are given; None if none does."""
    filled = list(dict.fromkeys(text for text in texts if text))
    if not filled:
        return None
    step = max(1, len(filled) // _TRIED)
    fitting = [f for f in patterns or _formats(filled) if _fits(filled[::step], f)]
    fitting = [f for f in fitting if _fits(filled, f)]
    if not fitting:
        return None
    read = []
    for pattern in fitting:
        known = {text: parsed(text, pattern) for text in filled}
        read.append((pattern, tuple(known.get(text) for text in texts)))
    ordered = sorted(read, key=lambda one: (-sum(at is not None for at in one[1]), _unrest(one[1])))
    best = ordered[0][0]
    says_24 = "%H" in best and any(_MIDNIGHT.search(text) for text in filled)
    return Stamps(best, ordered[0][1], ordered[1][0] if len(ordered) > 1 else "", says_24)


def parsed(text: str, pattern: str) -> datetime | None:
    """One stamp; 24:00 is 00:00 of the next day."""
    if "{epoch" in pattern:
        number = int("".join(c for c in text if c.isdecimal())[:_EPOCH_DIGITS] or "0")
        return datetime(1970, 1, 1) + timedelta(seconds=number / (1 if "{epoch_s}" in pattern else 1000))
    width = _COMPACT.get(pattern)
    if width is not None and len(text) != width:
        return None
    # Only the 29th of February needs a leap year where the stamp has none.
    dated, plain = (f"2024 {text}", f"%Y {pattern}") if not re.search("%[Yy]", pattern) else (text, pattern)
    whole, turned = _MIDNIGHT.subn("00", dated) if "%H" in pattern else (dated, 0)
    try:
        at = datetime.strptime(whole, plain).replace(tzinfo=None)
    except ValueError:
        return None
    return at + _ONE_DAY if turned else at


def steps_of(stamps: Sequence[datetime | None]) -> Counter[timedelta]:
    """How far apart neighbouring different stamps are, once sorted."""
    at = sorted({one for one in stamps if one is not None})
    return Counter(b - a for a, b in pairwise(at))


def closes_its_date(stamps: Sequence[datetime | None]) -> bool:
    """Whether 00:00 follows the last hour of the date that it is written with."""
    at = [one for one in stamps if one is not None]
    threes = zip(at, at[1:], at[2:], strict=False)
    ends = [(a, b, c) for a, b, c in threes if (b.hour, b.minute) == (0, 0) and a.hour == 23 and a.date() != c.date()]
    # Where the next site's hours follow, 00:00 belongs to them.
    same = sum(a.date() == b.date() for a, b, _ in ends)
    return same > 0 and same * 2 > len(ends)


def _formats(filled: Sequence[str]) -> list[str]:
    """The formats whose signs between the numbers are those of one of the first texts."""
    epochs = [f for pattern, f in _EPOCHS if all(pattern.fullmatch(text) for text in filled)]
    if epochs:
        return epochs
    signs = {_signs(_ZONED.sub("", text)) for text in filled[:_TRIED]}
    return [f for f, own in _SIGNS.items() if own in signs]


def _signs(text: str) -> str:
    return "".join(c for c in text if not c.isdecimal())


def _fits(texts: Sequence[str], pattern: str) -> bool:
    most = len(texts) * (1 - _SHARE)
    failed = 0
    for text in texts:
        at = parsed(text, pattern)
        if at is None or at.year not in _YEARS:
            failed += 1
            if failed > most:
                return False
    return True


def _unrest(stamps: Sequence[datetime | None]) -> timedelta:
    """How far the stamps jump in all: day and month the wrong way round make them jump far."""
    at = [one for one in stamps if one is not None]
    return sum((abs(b - a) for a, b in pairwise(at)), timedelta())
