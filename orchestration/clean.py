"""The second step of one feed: clean what landed in the given months and is not cleaned as it should be.

Here belongs the call into sources.cleaning with its result for people. Not here: any row, or where partitions lie.
"""

from __future__ import annotations

import traceback
from collections.abc import Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from warehouse.disk import is_full

if TYPE_CHECKING:
    from orchestration.progress import Note
    from orchestration.session import Session


@dataclass
class CleanResult:
    """What a cleaning did: deliveries, why some were refused (each names its file), unbalanced counts, and why it
    failed.

    `named` are sentences about readings that were used under an assumption.
    """

    deliveries: int = 0
    refused: list[str] = field(default_factory=list)
    unbalanced: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    failure: str = ""

    @property
    def text(self) -> str:
        """The result on one line."""
        if self.failure:
            return self.failure
        refused = f", {len(self.refused)} refused" if self.refused else ""
        unbalanced = f", {len(self.unbalanced)} do not balance" if self.unbalanced else ""
        named = "".join(f"; {said}" for said in self.named)
        return f"{self.deliveries} files{refused}{unbalanced}{named}"


def clean_feed(session: Session, feed: str, months: Set[str], note: Note) -> CleanResult:
    """Cleans every delivery of `feed` delivered in `months` (partition keys) that is not cleaned under its fingerprint.

    A failure leaves the feed's lake as it was and is told in the result, so that the other feeds go on.
    """
    from sources.cleaning.clean import clean_deliveries
    from sources.readers import is_panic

    lake, settings = session.lake, session.settings
    waiting = lake.uncleaned(feed, session.fingerprints)
    due = [d for d in waiting if f"{d.receipt.delivered_at[:7]}-01" in months]
    result = CleanResult(deliveries=len(due))
    if not due:
        note("nothing waiting")
        return result
    note(f"{len(due)} files")
    try:
        with lake.cleaning():
            report = clean_deliveries(
                feed,
                settings.config,
                session.register,
                due,
                lake,
                session.fingerprints,
                note,
                registry=settings.registry,
            )
            done = lake.finish_cleaning()
    except BaseException as error:
        # A panic of a native library is no Exception. Ctrl-C and a full disk are no fault of the feed.
        if is_full(error) or not (isinstance(error, Exception) or is_panic(error)):
            raise
        result.failure = f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
        traceback.print_exception(error)
        return result
    result.refused = [reason for _, reason in report.refused]
    result.unbalanced = [f"{u.file_name}: {u.what}" for u in done.unbalanced]
    result.named = list(report.named)
    session.cleaned.setdefault(feed, set()).update(r.delivery_id for r in report.cleaned)
    note(result.text)
    return result
