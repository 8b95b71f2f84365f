"""One declared time format: what it holds, what it lacks, and where its hour and its zone are in a text.

Here belong strptime directives as polars knows them, composites, and words for zones. Not here: reading texts
(stamps.py) or what a stamp marks (times.py). Standard library only, because `config check` uses it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

_COMPOSITE = {
    "%F": "%Y-%m-%d", "%T": "%H:%M:%S", "%R": "%H:%M", "%D": "%m/%d/%y", "%x": "%m/%d/%y", "%X": "%H:%M:%S",
    "%v": "%e-%b-%Y", "%r": "%I:%M:%S %p", "%c": "%a %b %e %H:%M:%S %Y", "%+": "%Y-%m-%dT%H:%M:%S%.f%:z", "%h": "%b",
}  # fmt: skip
# A directive with its padding mark, width of a fraction or colons.
_DIRECTIVE = re.compile(r"%(?:[-_0](?=[A-Za-z])|)(?:\.\d?f|\d?f|:{1,3}z|#z|.)", re.DOTALL)
_ZONES = ("%z", "%:z", "%#z", "%Z")
# Every directive that polars parses. A bare %f would be nanoseconds there and a fraction in Python: .%f or %6f says it.
_KNOWN = frozenset("YCymbBhdeaAwuUWGVjDxFvHkIlPpMSRTXrZzc+stn%") | {
    ".f", ".3f", ".6f", ".9f", "3f", "6f", "9f", ":z", "#z"
}  # fmt: skip
# What each directive looks like, to find where hour and zone are in a text.
_SHAPES: Mapping[str, str] = {
    "%Y": r"\d{4}", "%y": r"\d{2}", "%C": r"\d{2}", "%m": r"\d{1,2}", "%d": r"\d{1,2}", "%e": r"\s?\d{1,2}",
    "%j": r"\d{1,3}", "%H": r"\d{1,2}", "%I": r"\d{1,2}", "%k": r"\s?\d{1,2}", "%l": r"\s?\d{1,2}", "%M": r"\d{1,2}",
    "%S": r"\d{1,2}", "%p": "[AaPp][Mm]", "%P": "[AaPp][Mm]", "%b": r"\pL+", "%B": r"\pL+", "%a": r"\pL+",
    "%A": r"\pL+", "%.f": r"(?:\.\d+)?", "%f": r"\d+", "%%": "%", "%n": r"\s*", "%t": r"\s*",
}  # fmt: skip
# Numbers that count from a day on: their unit in microseconds. A serial number of a workbook counts days.
_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
COUNTED: Mapping[str, int] = {
    "epoch_s": _SECOND, "epoch_ms": 1000, "epoch_us": 1, "excel_1900": _DAY, "excel_1904": _DAY,
}  # fmt: skip
_COUNT = re.compile(r"\{([^{}]*)\}")
_OFFSET_SHAPE = r"[+-]\d{2}(?::?\d{2})?|[Zz]"
_WORD_SHAPE = r"[A-Za-z]{1,6}|[+-]\d{2}(?::?\d{2})?"
# 24:00 exactly is midnight; 24:30 is nothing.
_ZERO = {"%M": "00?", "%S": "00?", "%.f": r"(?:\.0+)?", "%f": "0+"}
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})?")
_UTC = ("UTC", "GMT", "Z", "z")
_NEWEST, _OLDEST = 2037, 1970


@dataclass(frozen=True)
class StampFormat:
    """One declared format made fit for parsing: what the text lacks is put behind it, and `%H` may be 24."""

    declared: str

    @cached_property
    def counted(self) -> str:
        """What the text counts, a key of COUNTED: {epoch_ms} in the format; '' if it is a clock time."""
        found = _COUNT.search(self.declared)
        return found[1] if found and found[1] in COUNTED else ""

    @property
    def mistaken_count(self) -> str:
        """What is in braces and is not a key of COUNTED."""
        found = _COUNT.search(self.declared)
        return found[1] if found and found[1] not in COUNTED else ""

    @cached_property
    def around_count(self) -> str:
        """Pattern of the whole text with the number as its group."""
        before, after = self.declared.split(f"{{{self.counted}}}", 1)
        return rf"^{re.escape(before)}(-?\d{{1,17}}(?:\.\d{{1,17}})?){re.escape(after)}$"

    @cached_property
    def directives(self) -> frozenset[str]:
        """The directives in the format, composites written out and without padding marks."""
        return frozenset(_DIRECTIVE.findall(self.plain))

    @property
    def unknown(self) -> list[str]:
        """The directives that polars does not parse."""
        return sorted(d for d in self.directives if d[1:] not in _KNOWN)

    @cached_property
    def plain(self) -> str:
        """The format with composites written out and padding marks taken off."""

        def spelt(match: re.Match[str]) -> str:
            token = re.sub("^%[-_0]", "%", match.group())
            return _COMPOSITE.get(token, token)

        # Python writes the fraction '.%f'; its digits count from the point, however many there are.
        return _DIRECTIVE.sub(spelt, self.declared).replace(".%f", "%.f")

    @property
    def zone_directive(self) -> str:
        """The directive by which the text names its own zone: an offset before a word, '' if there is none."""
        return next((d for d in _ZONES if d in self.directives), "")

    @property
    def counts_seconds(self) -> bool:
        """Whether the text is a number of seconds since 1970, UTC."""
        return "%s" in self.directives

    @property
    def has_year(self) -> bool:
        """Whether the text itself names the year."""
        return bool(self.counted) or bool(self.directives & {"%Y", "%y", "%s", "%G"})

    @property
    def has_day(self) -> bool:
        """Whether the text itself names the day."""
        return bool(self.counted) or bool(self.directives & {"%d", "%e", "%j", "%s", "%u", "%w", "%a", "%A"})

    @property
    def has_month(self) -> bool:
        """Whether the text itself names the month."""
        return bool(self.counted) or bool(self.directives & {"%m", "%b", "%B"})

    @property
    def halves(self) -> bool:
        """Whether the text says which half of the day it means."""
        return bool(self.directives & {"%p", "%P"})

    @cached_property
    def parts(self) -> tuple[str, str]:
        """(format for the parser, text to put behind the stamp): missing day, month and minutes are the first."""
        found, lacks = self.directives, []
        if not self.counts_seconds:
            if not found & {"%j", "%U", "%W", "%V"}:
                lacks += [("%m", "01")] if not self.has_month else []
                lacks += [("%d", "01")] if not found & {"%d", "%e"} else []
            lacks += [("%H", "00")] if not found & {"%H", "%I", "%k", "%l"} else []
            lacks += [("%M", "00")] if "%M" not in found else []
        fmt = "|".join([self.plain, *(d for d, _ in lacks)])
        return fmt, "".join(f"|{t}" for _, t in lacks)

    @cached_property
    def hour_24(self) -> str | None:
        """Pattern with the text before and after an hour written 24 as groups; None without %H."""
        return f"^({self._around('%H')[0]})24({self._around('%H', _ZERO)[1]})$" if "%H" in self.directives else None

    @cached_property
    def around_zone(self) -> str:
        """Pattern with the text before the zone, the zone and the text after it as groups."""
        before, after = self._around(self.zone_directive)
        return f"^({before})({_WORD_SHAPE if self.zone_directive == '%Z' else _OFFSET_SHAPE})({after})$"

    @cached_property
    def without_zone(self) -> StampFormat:
        """The format of what is left when the zone is taken out of the text."""
        return StampFormat(self.plain.replace(self.zone_directive, "", 1))

    def _around(self, directive: str, after_shapes: Mapping[str, str] = _SHAPES) -> tuple[str, str]:
        """Patterns of the text before the first `directive` and after it."""
        sides, side, at = ["", ""], 0, 0
        for match in [*_DIRECTIVE.finditer(self.plain), None]:
            literal = re.escape(self.plain[at : match.start() if match else None])
            sides[side] += re.sub(r"(\\?\s)+", r"\\s*", literal)
            if match is not None and match.group() == directive and side == 0:
                side = 1
            elif match is not None:
                shapes = after_shapes if side else _SHAPES
                sides[side] += f"(?:{shapes.get(match.group()) or _SHAPES.get(match.group(), '.+?')})"
            at = match.end() if match else at
        return sides[0], sides[1]


@lru_cache(maxsize=256)
def stamp_format(declared: str) -> StampFormat:
    """The compiled form of a declared format."""
    return StampFormat(declared)


@lru_cache(maxsize=64)
def abbreviations(zone: str) -> Mapping[str, timedelta]:
    """The two abbreviations that `zone` last used (standard and summer time), with their offsets from UTC."""
    found: dict[str, timedelta] = {}
    known = ZoneInfo(zone)
    for month in range(_NEWEST * 12, _OLDEST * 12, -1):
        at = datetime(month // 12, month % 12 + 1, 1, 12, tzinfo=known)
        found.setdefault(at.tzname() or "", at.utcoffset() or timedelta())
        if len(found) == 2:
            break
    return found


def offset_of(word: str, zone: str) -> timedelta | None:
    """What a zone in a text is ahead of UTC: an offset, UTC, GMT, Z or an abbreviation of `zone`; else None."""
    if word in _UTC:
        return timedelta()
    if match := _OFFSET.fullmatch(word):
        ahead = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        return None if ahead > timedelta(hours=15) or int(match[3] or 0) > 59 else ahead if match[1] == "+" else -ahead
    return abbreviations(zone).get(word)
