"""Which days of a table that is built by day are to be built again: the part of schema `state` that knows days.

Here belongs what each relation holds per day, what each node read of them when it was built, the comparison of both
(macro state.changing), and the digests of months that still hold what they held.
Not here: nodes as a whole (build_state.py) or building (dbt_project/macros/by_day.sql).

A node that is built by day declares how many days before and after its own it reads of each parent (`state.reads`). The
row of day d reads days d - back to d + ahead, so a parent's day p decides days p - ahead to p + back; what reads whole
years (`is_year`) is decided by any day of its year. While a day is open, its rows also depend on the moment of the
latest delivery. Everything else that a node depends on is its `fixed` key: where that moves, all days are built.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from warehouse.candidate.build_plan import MISSING, MOMENT
from warehouse.tables.months import Month

if TYPE_CHECKING:
    import duckdb

# Rows without a day: a change among them builds everything.
NO_DAY = date(1, 1, 1)
TABLES = f"""
CREATE TABLE IF NOT EXISTS state.day_holds (node VARCHAR, day DATE, token VARCHAR);
CREATE TABLE IF NOT EXISTS state.day_reads (node VARCHAR, parent VARCHAR, day DATE, token VARCHAR);
CREATE TABLE IF NOT EXISTS state.day_built (node VARCHAR, fixed VARCHAR, moment VARCHAR);
CREATE TABLE IF NOT EXISTS state.months (
    table_name VARCHAR, contract VARCHAR, month VARCHAR, token VARCHAR, digest VARCHAR, n_rows BIGINT
);
CREATE OR REPLACE VIEW state.month_holds AS
SELECT
    split_part(node, '.', -1) AS table_name,
    CAST(CAST(date_trunc('month', day) AS DATE) AS VARCHAR) AS month,
    md5(string_agg(day || '=' || token, ';' ORDER BY day)) AS token
FROM state.day_holds
GROUP BY ALL;
CREATE OR REPLACE VIEW state.fixed AS
WITH inputs AS (
    SELECT
        r.node,
        string_agg(r.parent || '=' || coalesce(h.token, '{MISSING}'), ';' ORDER BY r.parent)
            FILTER (WHERE r.is_year IS NULL AND r.parent <> '{MOMENT}') AS listed,
        max(h.token) FILTER (WHERE r.parent = '{MOMENT}') AS moment
    FROM state.reads AS r LEFT JOIN state.holds AS h ON h.node = r.parent
    GROUP BY r.node
)
SELECT w.node, w.open_days, w.code || '|' || coalesce(i.listed, '') AS fixed, i.moment
FROM state.wanted AS w LEFT JOIN inputs AS i ON i.node = w.node;
CREATE OR REPLACE MACRO state.decided(day, back, ahead, is_year) AS
CASE
    WHEN day = DATE '{NO_DAY}' THEN generate_series(day, day, INTERVAL 1 DAY)
    WHEN is_year
        THEN generate_series(
            date_trunc('year', day), date_trunc('year', day) + INTERVAL 1 YEAR - INTERVAL 1 DAY, INTERVAL 1 DAY
        )
    ELSE generate_series(day - CAST(ahead AS INTEGER), day + CAST(back AS INTEGER), INTERVAL 1 DAY)
END;
CREATE OR REPLACE MACRO state.days_near(wanted) AS TABLE
SELECT DISTINCT CAST(unnest(state.decided(h.day, r.back, r.ahead, r.is_year)) AS DATE) AS day
FROM state.reads AS r INNER JOIN state.day_holds AS h ON h.node = r.parent
WHERE r.node = wanted AND r.is_year IS NOT NULL;
CREATE OR REPLACE MACRO state.changing(wanted) AS TABLE
WITH held AS (
    SELECT r.parent, h.day, h.token
    FROM state.reads AS r INNER JOIN state.day_holds AS h ON h.node = r.parent
    WHERE r.node = wanted AND r.is_year IS NOT NULL
),
before AS (SELECT parent, day, token FROM state.day_reads WHERE node = wanted),
moved AS (
    SELECT coalesce(h.parent, b.parent) AS parent, coalesce(h.day, b.day) AS day
    FROM held AS h FULL JOIN before AS b ON h.parent = b.parent AND h.day = b.day
    WHERE h.token IS DISTINCT FROM b.token
)
SELECT CAST(unnest(state.decided(m.day, r.back, r.ahead, r.is_year)) AS DATE) AS day
FROM moved AS m INNER JOIN state.reads AS r ON r.parent = m.parent AND r.node = wanted
UNION
SELECT n.day
FROM state.days_near(wanted) AS n, state.fixed AS f, state.day_built AS b
WHERE
    f.node = wanted AND b.node = wanted AND f.moment <> b.moment
    AND n.day + CAST(f.open_days AS INTEGER) >= CAST(least(f.moment, b.moment) AS DATE);
CREATE OR REPLACE MACRO state.spans(wanted) AS TABLE
WITH changing AS (SELECT day FROM state.changing(wanted)),
numbered AS (SELECT day, day - CAST(row_number() OVER (ORDER BY day) AS INTEGER) AS island FROM changing)
SELECT min(day) AS first_day, max(day) AS last_day, count(*) AS n_days
FROM numbered GROUP BY island ORDER BY first_day;
"""


def put_days(con: duckdb.DuckDBPyConnection, holds: Mapping[str, Mapping[date, str]]) -> None:
    """Replaces what each node of `holds` holds, by day."""
    nodes = [node for node, days in holds.items() for _ in days]
    days = [day for of_node in holds.values() for day in of_node]
    tokens = [token for of_node in holds.values() for token in of_node.values()]
    con.execute("DELETE FROM state.day_holds WHERE list_contains(?, node)", [list(holds)])
    con.execute("INSERT INTO state.day_holds SELECT unnest(?), unnest(?::DATE[]), unnest(?)", [nodes, days, tokens])


def known_months(con: duckdb.DuckDBPyConnection, table: str, contract: str) -> list[Month]:
    """The months of `table` that hold what they held when their digest was taken, under the same contract."""
    rows = con.execute(
        "SELECT m.month, m.digest, m.n_rows FROM state.months AS m INNER JOIN state.month_holds AS h"
        " ON h.table_name = m.table_name AND h.month = m.month AND h.token = m.token"
        " WHERE m.table_name = ? AND m.contract = ?",
        [table, contract],
    )
    return [Month(*row) for row in rows.fetchall()]


def put_months(con: duckdb.DuckDBPyConnection, table: str, contract: str, months: Iterable[Month]) -> None:
    """Keeps the digests of what the months of `table` hold now, instead of what they held before."""
    listed = list(months)
    columns = [[m.month for m in listed], [m.digest for m in listed], [m.rows for m in listed]]
    con.execute("DELETE FROM state.months WHERE table_name = ?", [table])
    con.execute(
        "INSERT INTO state.months SELECT ?, ?, m.month, h.token, m.digest, m.n_rows"
        " FROM (SELECT unnest(?) AS month, unnest(?) AS digest, unnest(?::BIGINT[]) AS n_rows) AS m"
        " INNER JOIN state.month_holds AS h ON h.table_name = ? AND h.month = m.month",
        [table, contract, *columns, table],
    )
