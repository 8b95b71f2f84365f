"""The words of [source.connection] of a database, as frozen classes.

Here belongs every word once. Not here: whether values go together (sql_source.py) or asking (sql_client.py).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Strict

from sources.config.kinds import Count, Day, Text, words_by_name


@words_by_name
class SqlLimits:
    """What one query may take: seconds to connect and in all, and rows."""

    connect_s: Count = 10
    total_s: Count = 900
    rows: Count = 5_000_000


@words_by_name
class Sql:
    """One query. `secret` is the name of the password (secrets.py). Where the query holds :day or :month it is asked
    once for each since `since`; :next_day and :next_month are the day, or month, after. What is younger than
    `again_days` is asked for again every day.
    """

    query: Text
    secret: Text = ""
    since: Day | None = None
    again_days: Annotated[int, Strict(), Field(ge=0)] = 3
    limits: SqlLimits = Field(default_factory=dict, validate_default=True)
