"""Days and months in an address: {day}, {next_day}, {month}, {next_month}, each with a format such as {day:%Y%m%d}.

Here belongs finding and filling them in. Not here: which periods there are (periods.py) or sending anything. Standard
library only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from sources.connectors.periods import DAY, MONTH, borders

_PLACE = re.compile(r"\{(day|next_day|month|next_month)(?::([^{}]*))?\}")
_BRACES = re.compile(r"\{[^{}]*\}")
_ISO = {"day": "%Y-%m-%d", "next_day": "%Y-%m-%d", "month": "%Y-%m", "next_month": "%Y-%m"}


def period_of(texts: Iterable[str]) -> str:
    """'day' or 'month', whichever `texts` ask for; 'day' where they ask for both, '' where they ask for neither."""
    found = {name.removeprefix("next_") for text in texts for name, _ in _PLACE.findall(text)}
    return DAY if DAY in found else MONTH if found else ""


def unknown_places(text: str) -> list[str]:
    """What is in braces in an address and names no date."""
    return [place for place in _BRACES.findall(text) if not _PLACE.fullmatch(place)]


def filled(text: str, first: date) -> str:
    """`text` for the period that begins on `first`."""
    days = borders(first)
    return _PLACE.sub(lambda found: days[found[1]].strftime(found[2] or _ISO[found[1]]), text)
