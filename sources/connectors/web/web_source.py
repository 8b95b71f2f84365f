"""Web addresses: one address, or one for each day or month, asked by GET or POST, over one page or many.

Here belongs which questions a source has and when each is due. Not here: sending one (web_client.py), pages
(web_pages.py), the words (web_words.py) or their checks (web_check.py). Listing a source of dates asks nobody; httpx is
imported when the first question is sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sources.connectors.connector_kind import ConnectorKind
from sources.connectors.files import base_of
from sources.connectors.periods import asked, offer_of, states
from sources.connectors.web.web_check import check_web, texts
from sources.connectors.web.web_dates import filled, period_of

if TYPE_CHECKING:
    from sources.config.model import Config, Source
    from sources.connectors.web.web_client import Question, WebClient
    from sources.connectors.web.web_words import Web
    from sources.deliveries import Offer


class WebConnector:
    """Offers of one source of the web.

    Of one address there is one offer, that changes with the ETag or the date that the server gives for it, and without
    either, or where it is asked by POST or over pages, with the day of the clock. An address with a date has an offer
    for each day or month that is over, that changes with the day of the clock while it is young, and then once more.
    """

    kind = "web"

    def __init__(self, source: Source, config: Config) -> None:
        # The words are compiled when the first source of this kind is read.
        self._web: Web = _words_of(source)
        self.source, self._base = source, base_of(config)
        self._zone = ZoneInfo(config.district.reporting_zone)
        self._period = period_of(texts(source.path, self._web))

    def offers(self, due_before: datetime) -> Iterator[Offer]:
        """What can be asked by `due_before`; PullError if one address cannot be reached."""
        today = due_before.astimezone(self._zone).date()
        if not self._period:
            yield self._offer("", self._state(today))
            return
        for first, state in states(self._period, self._since, today, self._web.again_days):
            yield self._offer(first.isoformat(), state)

    def not_due(self, due_before: datetime) -> Iterator[Offer]:
        """None: what is not over is not asked for yet."""
        return iter(())

    def fetch(self, offer: Offer) -> IO[bytes]:
        """The whole answer; where it has pages, a zip archive of them. PullError says what is wrong."""
        question = self._question(date.fromisoformat(offer.offer_id) if offer.offer_id != self.source.id else None)
        with self._client() as client:
            if self._web.pages:
                pages: Any = import_module("sources.connectors.web.web_pages")
                return pages.all_pages(client, question, self._web.pages, self.source.format.kind)
            return client.answer(question).body

    @property
    def _since(self) -> date:
        # `config check` refuses dates without it.
        return self._web.since or date.max

    def _state(self, today: date) -> str:
        if self._web.method == "GET" and not self._web.pages:
            with self._client() as client:
                if found := client.validator(self._question(None)):
                    return found
        return asked(today)

    def _question(self, first: date | None) -> Question:
        web = self._web

        def at(text: str) -> str:
            return filled(text, first) if first else text

        made: Any = import_module("sources.connectors.web.web_client")
        form = {name: at(value) for name, value in web.form.items()}
        return made.Question(at(self.source.path), form, json.loads(at(web.json)) if web.json else None)

    def _client(self) -> WebClient:
        made: Any = import_module("sources.connectors.web.web_client")
        return made.WebClient(self.source.id, self._web, self.source.format, self._base)

    def _offer(self, period: str, state: str) -> Offer:
        return offer_of(self.source, period, state, "zip" if self._web.pages else self.source.format.kind)


def words() -> type:
    """The class of [source.connection]."""
    return import_module("sources.connectors.web.web_words").Web


def _words_of(source: Source) -> Web:
    """The connection of a source that `config check` found sound."""
    shapes: Any = import_module("sources.config.structure")
    return shapes.shaped(source.connection, words())


KIND = ConnectorKind("web", "网络地址", WebConnector, words=words, check=check_web)
