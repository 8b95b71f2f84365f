"""The first step of one feed: fetch what is due and not landed.

Here belongs the loop from offers to landed deliveries, with what could not be fetched named and the rest going on. Not
here: listing (survey.py), storing (warehouse.lake.lake) or retries (lake_assets.py).
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestration.adoption import looked
from orchestration.survey import survey_feed
from sources.deliveries import PullError, Unreachable
from sources.disk import is_full
from warehouse.lake.source_states import note_answers

if TYPE_CHECKING:
    from orchestration.progress import Note
    from orchestration.session import Session
    from warehouse.lake.lake import Landed

_NOTE_EVERY = 25


@dataclass
class PullResult:
    """What a pull did: new deliveries, of these adopted ones, offers that were as before, bytes, and what failed.

    An offer is as before if its bytes are those of its last state. `fetched` are the ids of the new deliveries,
    `failed` has the first failure of each source that had one; of those that are `unreachable` nothing more was asked.
    """

    new: int = 0
    adopted: int = 0
    known: int = 0
    size_bytes: int = 0
    failures: list[str] = field(default_factory=list)
    fetched: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)
    unreachable: set[str] = field(default_factory=set)

    def fail(self, source_id: str, why: str) -> None:
        """Notes what could not be listed or fetched."""
        self.failures.append(why)
        self.failed.setdefault(source_id, why)

    @property
    def text(self) -> str:
        """The result on one line."""
        known = f", {self.known} unchanged" if self.known else ""
        adopted = f", {self.adopted} of them adopted" if self.adopted else ""
        failed = f"; {self.failures[0]}" if self.failures else ""
        more = f" (and {len(self.failures) - 1} more)" if len(self.failures) > 1 else ""
        return f"{self.new} new files{adopted}{known}{failed}{more}"


def pull_feed(session: Session, feed: str, months: Set[str], note: Note) -> PullResult:
    """Fetches every due offer of `feed` delivered in one of `months` (partition keys); what is landed stays landed."""
    found = survey_feed(session.settings, feed, session.lake.index)
    sources = {source.id: source for source in session.settings.config.sources_of(feed)}
    result = PullResult()
    for source_id, why in found.failures.items():
        result.fail(source_id, why)
    due = [item for item in found.due if item.month in months]
    with session.lake.batch():
        for number, item in enumerate(due, 1):
            if number % _NOTE_EVERY == 1:
                note(f"{number} of {len(due)}: {item.offer.file_name}")
            if item.offer.source_id in result.unreachable:
                continue
            if item.known is not None:
                source = sources[item.offer.source_id]
                landed = session.lake.adopt(item.offer, item.known, source, session.settings.now)
                result.adopted += landed.new
                _count(result, landed)
                continue
            try:
                with item.connector.fetch(item.offer) as stream:
                    landed = session.lake.land(item.offer, stream, sources[item.offer.source_id], session.settings.now)
            except PullError as error:
                if isinstance(error, Unreachable):
                    result.unreachable.add(item.offer.source_id)
                result.fail(item.offer.source_id, str(error))
                continue
            except OSError as error:
                # A full disk is not a fault of the source: nothing else will land either.
                if is_full(error):
                    raise
                why = f"{item.offer.file_name}: cannot be read ({error.strerror or error})"
                result.fail(item.offer.source_id, why)
                continue
            _count(result, landed)
            result.known += not landed.new
            result.size_bytes += landed.receipt.size_bytes if landed.new else 0
    if all(item.month in months for item in found.due if item.known is not None):
        looked(session.settings, feed, session.lake.index)
    answers = {source_id: result.failed.get(source_id, "") for source_id in sources}
    note_answers(session.settings.data.source_states, answers, session.settings.now)
    note(result.text)
    return result


def _count(result: PullResult, landed: Landed) -> None:
    if landed.new:
        result.new += 1
        result.fetched.add(landed.receipt.delivery_id)
