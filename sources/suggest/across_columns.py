"""Columns whose headers say something: hours of a day, months, years, or sites.

Here belongs `[source.across]`. Not here: columns of parameters (value_columns.py).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sources.suggest.names import Names
from sources.suggest.seen import Column, Seen

_LEAST = 3
_SITE = "station"
_FIRST_PIECE = re.compile(r"[^_\s-]+[_\s-](?=.)")
_DIGITS = re.compile(r"\d+")
# What numbers in headers are, by what they can be: the name of the group, its code, how often they have to occur, and
# which of them are read. The 25th hour of a day on which clocks go back has no name.
_SERIES = (
    ("hour", "%H", range(26), 20, r"[01]?\d|2[0-4]"),
    ("year", "%Y", range(1950, 2100), 3, r"\d{4}"),
    ("month", "%m", range(1, 13), 10, r"\d{1,2}"),
)


@dataclass(frozen=True)
class AcrossColumns:
    """Columns that are alike: their words of `[source.across]`, the group that is part of the time with its code ('' if
    none), the column that is the site ('' if none), and what is asked.
    """

    columns: tuple[str, ...]
    words: Mapping[str, Any]
    part: str = ""
    code: str = ""
    site: str = ""
    doubt: str = ""


def across_of(seen: Seen, names: Names) -> AcrossColumns | None:
    """The columns of numbers whose headers differ only in a number; None if there are few."""
    alike: dict[str, list[Column]] = defaultdict(list)
    for column in seen.columns:
        called = names.header(column.name).name
        if (column.numeric or not column.filled) and not (names.parameters(called) or names.tails(called)):
            skeleton = _DIGITS.sub("\0", column.name)
            if skeleton.count("\0") == 1:
                alike[skeleton].append(column)
    if not alike:
        return None
    skeleton, columns = max(alike.items(), key=lambda one: len(one[1]))
    if len(columns) < _LEAST or not any(c.numeric for c in columns):
        return None
    return _said(skeleton, [c.name for c in columns])


def _said(skeleton: str, columns: Sequence[str]) -> AcrossColumns | None:
    texts = [found[0] for name in columns if (found := _DIGITS.search(name))]
    before, after = (re.escape(piece) for piece in skeleton.split("\0"))
    for name, code, numbers, least, digits in _SERIES:
        if len(texts) >= least and all(int(text) in numbers for text in texts):
            words = {"pattern": f"{before}(?P<{name}>{digits}){after}"}
            return AcrossColumns(tuple(columns), words, name, code, doubt=f"are these columns the {name}s?")
    lengths = {len(text) for text in texts}
    digits = rf"\d{{{lengths.pop()}}}" if len(lengths) == 1 else r"\d+"
    words = {"pattern": f"{before}{digits}{after}", "name": _SITE}
    return AcrossColumns(tuple(columns), words, site=_SITE, doubt="are these columns the sites?")


def across_sites(columns: Sequence[str], names: Names) -> AcrossColumns | None:
    """Columns of one parameter, whose headers say its name and then something else each: laeq_North, laeq_South."""
    begins = {found[0] for name in columns if (found := _FIRST_PIECE.match(name))}
    if len(columns) < 2 or len(begins) != 1:
        return None
    begin = begins.pop()
    if not names.parameters(begin[:-1]):
        return None
    words = {"pattern": f"{re.escape(begin)}(?P<{_SITE}>.+)"}
    return AcrossColumns(tuple(columns), words, site=_SITE, doubt="is what follows the parameter the site?")
