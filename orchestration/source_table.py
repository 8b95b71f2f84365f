"""One row for each declared source: what it reads, when it last answered and delivered, and whether something is wrong.

Here belongs putting together configuration, lake and answers: mart_sources and `ecoledger status --sources` show the
same rows. Not here: the facts (warehouse.lake) or printing (cli/history.py). Standard library only, with pydantic's
configuration.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from orchestration.settings import Settings
from sources.config.model import Source
from sources.connectors import kind_of
from warehouse.lake.index import Index
from warehouse.lake.source_facts import SourceFacts, source_facts
from warehouse.lake.source_states import SourceState, read_states

# The vocabulary source_state.
FAILING, WAITING, LATE, DELIVERING = "failing", "waiting", "late", "delivering"


def source_rows(settings: Settings, index: Index | None) -> list[dict[str, Any]]:
    """The rows of mart_sources without Chinese words, in the order of the configuration. Times are naive, in the
    reporting zone.
    """
    facts, states = source_facts(index) if index else {}, read_states(settings.data.source_states)
    return [
        _row(settings, source, facts.get((source.feed, source.id)), states.get(source.id, SourceState()))
        for source in settings.config.sources
    ]


def _row(settings: Settings, source: Source, facts: SourceFacts | None, state: SourceState) -> dict[str, Any]:
    feed, kind = settings.registry.feeds[source.feed], kind_of(source)
    zone = ZoneInfo(settings.zone)
    delivered = datetime.fromtimestamp(facts.last_delivered_us / 1_000_000, UTC) if facts else None
    due = _next_due(facts, delivered.astimezone(zone).date() if delivered else None)
    late = _days_late(due, feed.lateness_allowed_hours, settings.clock.astimezone(zone).date())
    return {
        "source_id": source.id,
        "feed": feed.name,
        "feed_zh": feed.name_zh,
        "connector": kind.name,
        "connector_zh": kind.name_zh,
        "path": source.path,
        "owner": source.owner or feed.owner,
        "licence": source.licence or feed.licence,
        "provenance": kind.provenance or source.provenance,
        "state": state_of(facts, state, late),
        "last_asked_at": _local(state.asked_at, zone),
        "last_answered_at": _local(state.answered_at, zone),
        "failing_since": _local(state.failing_since, zone),
        "n_failures": state.failures,
        "failure": state.failure,
        "n_deliveries": facts.deliveries if facts else 0,
        "n_refused": facts.refused if facts else 0,
        "last_delivered_at": _naive(delivered.astimezone(zone)) if delivered else None,
        "last_new_at": _local(facts.last_new_at, zone) if facts else None,
        "first_reading_at": facts.first_period if facts else None,
        "last_reading_at": facts.last_period if facts else None,
        "usual_gap_days": facts.usual_gap_days if facts else None,
        "longest_gap_days": facts.longest_gap_days if facts else None,
        "next_due_on": due,
        "days_late": late,
    }


def state_of(facts: SourceFacts | None, state: SourceState, days_late: int) -> str:
    """The worst that is true of a source: it broke, nothing ever came of it, something should have come, or all is
    well.
    """
    if state.failures:
        return FAILING
    if facts is None:
        return WAITING
    return LATE if days_late else DELIVERING


def _next_due(facts: SourceFacts | None, last: date | None) -> date | None:
    if facts is None or last is None or facts.longest_gap_days is None:
        return None
    return last + timedelta(days=facts.longest_gap_days)


def _days_late(due: date | None, lateness_allowed_hours: int, today: date) -> int:
    """Whole days beyond the lateness that the feed allows; 0 where nothing can be said to be late."""
    if due is None:
        return 0
    return max(0, (today - due - timedelta(hours=lateness_allowed_hours)).days)


def _local(instant: str, zone: ZoneInfo) -> datetime | None:
    return _naive(datetime.fromisoformat(instant).astimezone(zone)) if instant else None


def _naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None, microsecond=0)
