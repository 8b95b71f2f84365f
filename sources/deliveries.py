"""Offers, receipts and deliveries: what a connector lists, what landing writes down, what cleaning reads.

Here belong the shapes that pass between connectors, the lake and cleaning, and the connector's interface.
Not here: fetching (sources.connectors), storing (warehouse.lake.lake) or reading rows (sources.readers).
Standard library only: a refresh with nothing new loads this module.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from typing import IO, Any, Protocol


class PullError(Exception):
    """A source cannot be listed or fetched; the message says which, why and what to do."""


class Unreachable(PullError):
    """The source does not answer, or not to us: asking it for anything else would end the same way, as late."""


@dataclass(frozen=True)
class Offer:
    """One file a connector could fetch: `offer_id` names it within its source, `etag` changes when it changed.

    `delivered_at` is zone-aware, by the source's clock, or None where only our landing time is known. `offered_path` is
    where a file lies, relative to the configuration's folder; '' where the source has no paths.
    """

    feed: str
    source_id: str
    offer_id: str
    file_name: str
    etag: str
    delivered_at: datetime | None
    delivered_at_source: str
    offered_path: str = ""


@dataclass(frozen=True)
class Receipt:
    """What was written down when an offer landed. Times are ISO with offset.

    A delivery is what a source offered at a time: feed, source, offer, delivered_at, named by `delivery_id`. Bytes are
    stored once, in `raw_file` (below raw/), however many receipts name them. `source_path` is the path that the source
    declared; `adopted_from` names the source whose receipt already had these bytes, '' where they were fetched.
    """

    feed: str
    source_id: str
    offer_id: str
    file_name: str
    sha256: str
    size_bytes: int
    delivered_at: str
    delivered_at_source: str
    landed_at: str
    connector: str
    provenance: str
    owner: str
    licence: str
    offered_path: str = ""
    source_path: str = ""
    adopted_from: str = ""
    raw_file: str = ""

    @cached_property
    def delivery_id(self) -> str:
        """32 hex digits that are the same for the same delivery in every lake."""
        named = [self.feed, self.source_id, self.offer_id, self.delivered_at, self.sha256]
        return hashlib.sha256(json.dumps(named).encode()).hexdigest()[:32]

    def as_dict(self) -> dict[str, Any]:
        """Plain dictionary for JSON."""
        return asdict(self)

    @property
    def order(self) -> tuple[datetime, str, str, str]:
        """Deliveries are ordered by delivered_at, then SHA-256; the same bytes at the same time by source and offer."""
        return (self.moment, self.sha256, self.source_id, self.offer_id)

    @cached_property
    def moment(self) -> datetime:
        """`delivered_at` as a zone-aware time."""
        return datetime.fromisoformat(self.delivered_at)


class DeliveryDamaged(RuntimeError):
    """The stored bytes of a delivery are not those that were received: the fault of whoever stores them."""


@dataclass(frozen=True)
class Delivery:
    """A landed raw file: its receipt and a way to open its bytes (a fresh binary stream each call)."""

    receipt: Receipt
    open: Callable[[], IO[bytes]]


class Connector(Protocol):
    """Where bytes come from. Listing is cheap and imports nothing heavy; fetching streams.

    The interface is made for files, HTTP, SFTP, object storage, databases and telemetry alike: a connector
    lists offers up to a clock reading and opens one of them as a binary stream.
    """

    kind: str

    def offers(self, due_before: datetime) -> Iterator[Offer]:
        """Every offer delivered at or before `due_before` (zone-aware); PullError if the source cannot be listed."""
        ...

    def not_due(self, due_before: datetime) -> Iterator[Offer]:
        """Every offer there is already, but dated after `due_before`."""
        ...

    def fetch(self, offer: Offer) -> IO[bytes]:
        """The bytes of `offer` as a stream the caller closes; PullError if they cannot be had."""
        ...
