"""Days and months in an address: {day}, {next_day}, {month}, {next_month}, each with a format such as {day:%Y%m%d}.

Here belongs finding and filling them in, and which periods there are. Not here: sending anything. Standard library
only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

_PLACE = re.compile(r"\{(day|next_day|month|next_month)(?::([^{}]*))?\}")
_BRACES = re.compile(r"\{[^{}]*\}")
_ISO = {"day": "%Y-%m-%d", "next_day": "%Y-%m-%d", "month": "%Y-%m", "next_month": "%Y-%m"}


def period_of(texts: Iterable[str]) -> str:
    """'day' or 'month', whichever `texts` ask for; 'day' where they ask for both, '' where they ask for neither."""
    found = {name.removeprefix("next_") for text in texts for name, _ in _PLACE.findall(text)}
    return "day" if "day" in found else "month" if found else ""


def unknown_places(text: str) -> list[str]:
    """What is in braces in an address and names no date."""
    return [place for place in _BRACES.findall(text) if not _PLACE.fullmatch(place)]


def filled(text: str, first: date) -> str:
    """`text` for the period that begins on `first`."""
    days = {"day": first, "next_day": first + timedelta(days=1), "month": first, "next_month": month_after(first)}
    return _PLACE.sub(lambda found: days[found[1]].strftime(found[2] or _ISO[found[1]]), text)


def periods(kind: str, since: date, before: date) -> Iterator[date]:
    """First days of the days, or months, from `since` on that begin before `before`."""
    first = since if kind == "day" else since.replace(day=1)
    while first < before:
        yield first
        first = after(kind, first)


def after(kind: str, first: date) -> date:
    """The first day of the period that follows."""
    return first + timedelta(days=1) if kind == "day" else month_after(first)


def month_after(first: date) -> date:
    """The first day of the next month."""
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1)
