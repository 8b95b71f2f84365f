"""The second step of one feed: clean what landed in the given months and is not cleaned as it should be.

Here belongs the call into sources.cleaning with its result for people. Not here: any row, or where partitions lie.
"""

from __future__ import annotations

import traceback
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from orchestration.steps.accounts import partition_of
from orchestration.survey import stale_flags
from sources.connectors import CONNECTORS
from sources.deliveries import Receipt
from sources.disk import is_full

if TYPE_CHECKING:
    from orchestration.progress import Note
    from orchestration.session import Session


@dataclass
class CleanResult:
    """What a cleaning did: deliveries, why some were refused (each names its file), unbalanced counts, and why it
    failed. `cleaned` are the ids of those that were, `months` the months of delivery (partition keys) whose files it
    cleaned, tried to clean, or found unbalanced.

    `notices` are sentences about what people should know although it is not a fault: sources that are gone or renamed,
    deliveries of one time that contradict each other, readings used under an assumption.
    """

    deliveries: int = 0
    refused: list[str] = field(default_factory=list)
    unbalanced: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    failure: str = ""
    cleaned: set[str] = field(default_factory=set)
    months: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        """The result on one line."""
        if self.failure:
            return self.failure
        refused = f", {len(self.refused)} refused" if self.refused else ""
        unbalanced = f", {len(self.unbalanced)} do not balance" if self.unbalanced else ""
        notes = f", {len(self.notices)} notes" if self.notices else ""
        return f"{self.deliveries} files{refused}{unbalanced}{notes}"


def clean_feed(session: Session, feed: str, months: Set[str], fetched: Set[str], note: Note) -> CleanResult:
    """Cleans every delivery of `feed` delivered in `months` (partition keys) that is not cleaned under its fingerprint,
    and those with ids in `fetched`: what was just fetched may have been delivered in another month than its source's
    clock had said.

    Flags that other thresholds set are renewed, of all months.

    A failure leaves the feed's lake as it was and is told in the result, so that the other feeds go on.
    """
    from sources.cleaning.clean_run import Setup, clean_deliveries
    from sources.readers import is_panic

    lake, settings = session.lake, session.settings
    waiting = lake.uncleaned(feed, session.fingerprints, session.claims.reads)
    due = [d for d in waiting if _month(d.receipt) in months or d.receipt.delivery_id in fetched]
    result = CleanResult(deliveries=len(due), months={_month(d.receipt) for d in due})
    stale = stale_flags(settings, feed, lake.index)
    if not due and not stale:
        note("nothing waiting")
        return result
    note(f"{len(due)} files" + (f", flags of {', '.join(stale)}" if stale else ""))
    try:
        with lake.cleaning():
            setup = Setup(settings.config, session.register, session.fingerprints, settings.registry)
            report = clean_deliveries(feed, setup, due, lake, note)
            done = lake.finish_cleaning()
    except BaseException as error:
        # A panic of a native library is not an Exception. Ctrl-C and a full disk are not a fault of the feed.
        if is_full(error) or not (isinstance(error, Exception) or is_panic(error)):
            raise
        result.failure = f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
        traceback.print_exception(error)
        return result
    result.refused = [reason for _, reason in report.refused]
    # Counts are written by month, for all feeds together.
    astray = [u for u in done.unbalanced if u.feed == feed]
    result.unbalanced = [f"{u.file_name}: {u.what}" for u in astray]
    result.months |= {_month(r) for r in map(lake.index.delivery, [u.delivery_id for u in astray]) if r}
    result.notices = [*_removed(session, report.removed), *report.contradictions, *report.moved, *report.named]
    result.notices += report.renewed
    result.cleaned = {r.delivery_id for r in report.cleaned}
    result.months |= {_month(r) for r in report.cleaned}
    note(result.text)
    return result


def _month(receipt: Receipt) -> str:
    return partition_of(receipt.delivered_at)


def _removed(session: Session, receipts: Sequence[Receipt]) -> list[str]:
    """One sentence for each source that lost deliveries: how many, and which source reads the files now."""
    said = []
    for (feed, source_id), own in groupby(sorted(receipts, key=_by_source), key=_by_source):
        lost = list(own)
        number = f"{len(lost)} {'delivery' if len(lost) == 1 else 'deliveries'}"
        declared = {s.id: s for s in session.settings.config.sources}
        heirs = [s for s in session.lake.index.adopters(source_id) if s in declared]
        same = [s.id for s in session.settings.config.sources_of(feed) if s.path == lost[-1].source_path]
        if source_id in declared:
            said.append(f"source {source_id} no longer names {number}: {', '.join(heirs)} reads them now")
        elif renamed := next((s for s in same if s in heirs or not _from_folder(lost[-1])), None):
            said.append(f"source {source_id} was renamed: {renamed} reads its {number} now")
        elif heirs:
            said.append(f"source {source_id} is gone: {', '.join(heirs)} reads its {number} now")
        else:
            said.append(f"source {source_id} is gone and took the readings of its {number} with it")
    return said


def _by_source(receipt: Receipt) -> tuple[str, str]:
    return receipt.feed, receipt.source_id


def _from_folder(receipt: Receipt) -> bool:
    kind = CONNECTORS.get(receipt.connector)
    return kind is not None and kind.reads_folder
