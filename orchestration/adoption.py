"""What new, renamed and differently cut sources take over: bytes that landed before for another source.

Here belongs finding them in the index and remembering that nothing was left. Not here: landing (warehouse.lake.lake) or
which deliveries a source no longer reads (sources.claims). Standard library only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from orchestration.settings import Settings
from sources.claims import Claims
from sources.connectors import kind_of
from sources.connectors.files import FileConnector
from sources.deliveries import Offer, Receipt
from warehouse.lake.index import Index


def adoptable(settings: Settings, feed: str, index: Index) -> list[tuple[Offer, Receipt]]:
    """Deliveries of other sources whose path a file source of `feed` names and which it does not hold, in order.

    Looked for only where the declared sources differ from those of the last look: `looked` ends it.
    """
    if index.remembered(f"adopted {feed}") == _declared(settings, feed):
        return []
    return [pair for pair in _found(settings, feed, index) if _is_due(pair[0], settings)]


def looked(settings: Settings, feed: str, index: Index) -> None:
    """After all that is adoptable was adopted: remembers it, unless something is not due yet."""
    if all(_is_due(offer, settings) for offer, _ in _found(settings, feed, index)):
        index.remember(f"adopted {feed}", _declared(settings, feed))


def _is_due(offer: Offer, settings: Settings) -> bool:
    """Without a clock of its own a delivery is due at once, whenever it landed."""
    return offer.delivered_at_source == "landing" or (offer.delivered_at or settings.clock) <= settings.clock


def _found(settings: Settings, feed: str, index: Index) -> Iterator[tuple[Offer, Receipt]]:
    own = {s.id: FileConnector(s, settings.config) for s in settings.config.sources_of(feed) if kind_of(s).reads_folder}
    if not own:
        return
    claims = Claims(settings.config)
    landed = index.offered_files()
    # What a source fetched itself has its own clock; what it adopted is told by the time it took over.
    held = {
        (r.source_id, r.offered_path, r.sha256, r.moment if r.adopted_from else None) for r in landed if r.feed == feed
    }
    # A name dates the first state of its file only: what replaced it came when it came, or a correction is lost.
    begun: set[tuple[str, str]] = set()
    for receipt in landed:
        for source in claims.readers_of(receipt.offered_path):
            if source.id not in own or (receipt.feed, receipt.source_id) == (feed, source.id):
                continue
            if datetime.fromisoformat(receipt.landed_at) >= settings.now:
                # Another feed has just fetched it; this source is offered it, too, and has its own clock.
                continue
            offer = own[source.id].delivered_again(receipt)
            if (source.id, receipt.offered_path) in begun:
                offer = replace(offer, delivered_at=receipt.moment, delivered_at_source=receipt.delivered_at_source)
            begun.add((source.id, receipt.offered_path))
            bytes_of = (source.id, receipt.offered_path, receipt.sha256)
            taken = (*bytes_of, offer.delivered_at)
            if (*bytes_of, None) not in held and taken not in held:
                held.add(taken)
                yield offer, receipt


def _declared(settings: Settings, feed: str) -> str:
    parts = [f"{s.id}\0{s.connector}\0{s.path}\0{s.delivered_at}" for s in settings.config.sources_of(feed)]
    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()
