"""Databases: one query, or one for each day or month.

Here belongs which questions a source has, when each is due, and what a configuration may say of them. Not here: asking
(sql_client.py) or the words (sql_words.py). Listing asks nobody; SQLAlchemy is imported when the first query is sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sources.connectors.connector_kind import ConnectorKind, Wrong
from sources.connectors.files import base_of
from sources.connectors.periods import DAY, MONTH, asked, borders, offer_of, states

if TYPE_CHECKING:
    from sources.config.model import Config, Source
    from sources.connectors.sql.sql_words import Sql
    from sources.deliveries import Offer

_CONNECTION = "connection"
_DATE = re.compile(r"(?<![:\w]):(next_)?(day|month)\b")
_READS = re.compile(r"\s*(select|with)\b", re.IGNORECASE)
_ORDERED = re.compile(r"\border\s+by\b", re.IGNORECASE)
_ADDRESS = re.compile(r"[a-z][a-z0-9+_]*://\S*", re.IGNORECASE)
_NAME_OF_SECRET = re.compile(r"[A-Z][A-Z0-9_]*")


class SqlConnector:
    """Offers of one query: of one without dates one, which is asked once a day; of one with dates one for each day or
    month that is over, which is asked every day while it is young, and then once more.
    """

    kind = "sql"

    def __init__(self, source: Source, config: Config) -> None:
        shapes: Any = import_module("sources.config.structure")
        self._sql: Sql = shapes.shaped(source.connection, words())
        self.source, self._base = source, base_of(config)
        self._zone = ZoneInfo(config.district.reporting_zone)
        self._period = period_of(self._sql.query)

    def offers(self, due_before: datetime) -> Iterator[Offer]:
        """What can be asked by `due_before`."""
        today = due_before.astimezone(self._zone).date()
        if not self._period:
            yield offer_of(self.source, "", asked(today), "csv")
            return
        # `config check` refuses dates without it.
        since = self._sql.since or date.max
        for first, state in states(self._period, since, today, self._sql.again_days):
            yield offer_of(self.source, first.isoformat(), state, "csv")

    def not_due(self, due_before: datetime) -> Iterator[Offer]:
        """None: what is not over is not asked for yet."""
        return iter(())

    def fetch(self, offer: Offer) -> IO[bytes]:
        """The rows as CSV; PullError says what is wrong."""
        made: Any = import_module("sources.connectors.sql.sql_client")
        bound = {}
        if self._period:
            named = {prefix + name for prefix, name in _DATE.findall(self._sql.query)}
            bound = {n: day for n, day in borders(date.fromisoformat(offer.offer_id)).items() if n in named}
        return made.result(self.source.id, self.source.path, self._sql, bound, self._base)


def period_of(query: str) -> str:
    """'day' or 'month', whichever a query asks for; '' where it asks for neither."""
    found = {name for _, name in _DATE.findall(query)}
    return DAY if DAY in found else MONTH if found else ""


def check_sql(source: Source, sql: Sql) -> Iterator[Wrong]:
    """Every mistake of a source that is a database."""
    if not _ADDRESS.fullmatch(source.path):
        yield (
            ("path",),
            f"'{source.path}' is not the address of a database",
            'write "postgresql+psycopg://user@host/name"',
        )
    if source.format.kind != "csv":
        yield ("format", "kind"), f"the rows of a query are kept as csv, not {source.format.kind}", "leave kind out"
    if sql.secret and not _NAME_OF_SECRET.fullmatch(sql.secret):
        # It may be the password itself: it is not shown.
        yield (_CONNECTION, "secret"), "it is not the name of a secret", "write capitals, such as DB_PASSWORD"
    query = (_CONNECTION, "query")
    if not _READS.match(sql.query) or ";" in sql.query.rstrip().rstrip(";"):
        yield query, "it is not one query that reads", "write one SELECT"
    elif not _ORDERED.search(sql.query):
        yield (
            query,
            "the order of its rows is left to the database",
            "add ORDER BY: the same rows are the same bytes then",
        )
    period = period_of(sql.query)
    if period and sql.since is None:
        yield (_CONNECTION,), f"it is asked for by {period}, and nothing says since when", "add since = 2026-01-01"
    if sql.since and not period:
        yield (_CONNECTION, "since"), "the query holds no date", "write :day and :next_day, or :month and :next_month"


def words() -> type:
    """The class of [source.connection]."""
    return import_module("sources.connectors.sql.sql_words").Sql


KIND = ConnectorKind("sql", "数据库", SqlConnector, words=words, check=check_sql)
