"""Days and months that a source is asked for one by one, and how each is offered.

Here belongs which periods are over, how often they are asked for again, and their offers. Not here: how a kind of
connector names them in its questions. Standard library only.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sources.deliveries import Offer

if TYPE_CHECKING:
    from sources.config.model import Source

DAY, MONTH = "day", "month"


def states(kind: str, since: date, today: date, again_days: int) -> Iterator[tuple[date, str]]:
    """The first day of every day, or month, from `since` on that is over before `today`, with its state: one that ended
    less than `again_days` ago is another every day, one that is older stays as it is.
    """
    first = since if kind == DAY else since.replace(day=1)
    while (following := after(kind, first)) <= today:
        young = following + timedelta(days=again_days) > today
        yield first, asked(today) if young else "settled"
        first = following


def asked(today: date) -> str:
    """The state of what is asked for once a day."""
    return f"asked {today}"


def after(kind: str, first: date) -> date:
    """The first day of the period that follows."""
    return first + timedelta(days=1) if kind == DAY else (first.replace(day=1) + timedelta(days=32)).replace(day=1)


def borders(first: date) -> dict[str, date]:
    """What a question about the period that begins on `first` may name."""
    return {"day": first, "next_day": after(DAY, first), "month": first, "next_month": after(MONTH, first)}


def offer_of(source: Source, period: str, state: str, extension: str) -> Offer:
    """The offer of a period by its first day (ISO), or of the whole source where that is ''."""
    name = f"{source.id}_{period.replace('-', '')}" if period else source.id
    return Offer(
        feed=source.feed,
        source_id=source.id,
        offer_id=period or source.id,
        file_name=f"{name}.{extension}",
        etag=state,
        delivered_at=None,
        delivered_at_source="landing",
    )
