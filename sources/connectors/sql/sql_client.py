"""One query to a database and its whole result as CSV, within limits: read only, bound dates, exact texts.

Here belongs asking and what can go wrong with it, each with a sentence. Not here: which questions there are
(sql_source.py). What a database says may hold the query and, with some drivers, the password: only the first line of
its own words is shown, without the password.
"""

from __future__ import annotations

import csv
import io
import tempfile
import time
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import sqlalchemy
from sqlalchemy import exc

from sources.connectors.secrets import secret
from sources.connectors.sql.sql_words import Sql
from sources.deliveries import PullError, Unreachable

_IN_MEMORY = 8_000_000
_AT_ONCE = 5000
_LINE_WIDTH = 200
# How a session is kept from writing, by dialect; of others the check of the query has to do.
_READ_ONLY = {
    "postgresql": ("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", "SET statement_timeout = {ms}"),
    "mysql": ("SET SESSION TRANSACTION READ ONLY",),
    "mariadb": ("SET SESSION TRANSACTION READ ONLY",),
    "sqlite": ("PRAGMA query_only = ON",),
}
# How long a driver may try to connect, where it can be told.
_CONNECT = {"postgresql": "connect_timeout", "mysql": "connect_timeout", "mariadb": "connect_timeout"}


def result(source_id: str, url: str, words: Sql, bound: Mapping[str, date], base: Path) -> IO[bytes]:
    """The rows of a query as CSV in UTF-8 with a line of names; PullError says what is wrong."""
    try:
        address = sqlalchemy.make_url(url)
    except (exc.ArgumentError, ValueError):
        what = "its path is not the address of a database"
        raise Unreachable(f"source {source_id}: {what}; write dialect+driver://user@host:port/name") from None
    password = secret(words.secret, base) if words.secret else None
    if password is not None:
        address = address.set(password=password)
    shown = address.render_as_string(hide_password=True)
    try:
        return _asked(address, words, bound)
    except PullError as error:
        raise PullError(f"source {source_id}: {shown}: {error}") from None
    except (exc.NoSuchModuleError, ImportError):
        driver = address.drivername
        hint = "install it next to EcoLedger, such as psycopg for PostgreSQL or pymysql for MariaDB"
        raise PullError(f"source {source_id}: {shown}: there is no driver for '{driver}'; {hint}") from None
    except exc.DBAPIError as error:
        said = _first_line(error.orig, password)
        hint = "correct the query, the user's rights or the address"
        raise Unreachable(f"source {source_id}: {shown}: the database says: {said}; {hint}") from None
    except exc.SQLAlchemyError as error:
        raise PullError(f"source {source_id}: {shown}: {_first_line(error, password)}; correct the query") from None


def _asked(address: sqlalchemy.URL, words: Sql, bound: Mapping[str, date]) -> IO[bytes]:
    limits, dialect = words.limits, address.get_backend_name()
    options: dict[str, Any] = {_CONNECT[dialect]: limits.connect_s} if dialect in _CONNECT else {}
    deadline = time.monotonic() + limits.total_s
    engine = sqlalchemy.create_engine(address, poolclass=sqlalchemy.NullPool, connect_args=options)
    try:
        with engine.connect() as connection:
            for statement in _READ_ONLY.get(dialect, ()):
                connection.exec_driver_sql(statement.format(ms=limits.total_s * 1000))
            connection.commit()
            streamed = connection.execution_options(stream_results=True)
            rows = streamed.execute(sqlalchemy.text(words.query), dict(bound))
            return _written(rows, words, deadline)
    finally:
        engine.dispose()


def _written(rows: sqlalchemy.CursorResult[Any], words: Sql, deadline: float) -> IO[bytes]:
    body: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    text = io.TextIOWrapper(body, encoding="utf-8", newline="", write_through=True)
    lines = csv.writer(text, lineterminator="\n")
    names = list(rows.keys())
    if len(set(names)) < len(names):
        raise PullError("two columns of the query have one name; name them with AS")
    lines.writerow(names)
    count = 0
    for part in rows.partitions(_AT_ONCE):
        count += len(part)
        if count > words.limits.rows:
            raise PullError(f"it gives more than {words.limits.rows} rows; raise limits.rows if that is right")
        if time.monotonic() > deadline:
            raise PullError(f"it took longer than {words.limits.total_s} s; raise limits.total_s if that is right")
        lines.writerows([_text(value, name) for value, name in zip(row, names, strict=True)] for row in part)
    text.detach()
    body.seek(0)
    return body


def _text(value: Any, name: str) -> str:
    """A value as the same text every time: numbers exactly, moments in ISO form."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case datetime():
            return value.isoformat(sep=" ")
        case float():
            return repr(value)
        case bytes() | memoryview():
            raise PullError(f"column '{name}' holds bytes, not text; leave it out or CAST it")
    return str(value)


def _first_line(said: object, password: str | None) -> str:
    lines = str(said).strip().splitlines() or ["nothing"]
    line = lines[0][:_LINE_WIDTH]
    return line.replace(password, "…") if password else line
