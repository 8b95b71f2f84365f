"""What became of the events of earlier releases: lengthened, shortened, shifted, split, merged, withdrawn, restored.

Here belongs the comparison of the events of two releases, and what is carried of earlier comparisons. Not here: what an
event is (dbt_project/macros/events.sql).

An event's identifier ends with its start, so that equal readings give equal identifiers in whatever order they came.
The period that was known first would be no safer anchor: a corrected reading is known from its correction on, and the
anchor moves with it. What moved is told here instead, next to the release and outside of its digest: each identifier
that was published in the chain of the current release leads to the events that are there now.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from warehouse.duck import connect, file_pattern
from warehouse.sql import literal

EVENTS = "mart_exceedances"
EVENT_CHANGES = "mart_event_changes"
WITHDRAWN = "withdrawn"

# Events of one series overlap where they share a moment. One of the other kind (exceedance, hint) is the same event
# only where none of its own is left. An event that was open and went on has not changed.
_COMPARED = """
WITH before AS (SELECT *, {series} AS series FROM {before}),
now AS (SELECT *, {series} AS series FROM {now}),
earlier AS (SELECT *, {series} AS series FROM {carried}),
met AS (
    SELECT b.*, n.event_id AS current_event_id, n.event_start AS current_start, n.event_end AS current_end
    FROM before AS b
    LEFT JOIN now AS n
        ON b.series = n.series AND b.event_start < n.event_end AND n.event_start < b.event_end
    QUALIFY n.kind IS NULL OR n.kind = b.kind OR NOT bool_or(n.kind = b.kind) OVER (PARTITION BY b.event_id)
),
counted AS (
    SELECT
        *,
        count(*) OVER (PARTITION BY event_id) AS n_parts,
        count(*) OVER (PARTITION BY current_event_id) AS n_joined
    FROM met
),
named AS (
    SELECT
        *,
        CASE
            WHEN current_event_id IS NULL THEN '{withdrawn}'
            WHEN n_parts > 1 THEN 'split'
            WHEN n_joined > 1 THEN 'merged'
            WHEN current_start = event_start AND current_end = event_end THEN NULL
            WHEN current_start = event_start AND current_end > event_end AND is_open THEN NULL
            WHEN current_start <= event_start AND current_end >= event_end THEN 'lengthened'
            WHEN current_start >= event_start AND current_end <= event_end THEN 'shortened'
            ELSE 'shifted'
        END AS change
    FROM counted
),
changed AS (
    SELECT event_id, coalesce(current_event_id, '') AS current_event_id, change, {described} FROM named
    WHERE change IS NOT NULL
),
restored AS (
    SELECT e.event_id, n.event_id AS current_event_id, 'restored' AS change, {e_described}
    FROM earlier AS e
    INNER JOIN now AS n
        ON e.series = n.series AND e.event_start < n.event_end AND n.event_start < e.event_end
    WHERE e.change = '{withdrawn}'
),
found AS (
    SELECT *, {release} AS release_id, CAST({at} AS TIMESTAMP) AS published_at
    FROM (
        FROM changed
        UNION ALL
        SELECT e.event_id, c.current_event_id, c.change, {e_described}
        FROM earlier AS e
        INNER JOIN changed AS c ON e.current_event_id = c.event_id AND e.event_id <> c.event_id
        UNION ALL
        FROM restored
    )
    UNION ALL
    SELECT e.event_id, e.current_event_id, e.change, {e_described}, e.release_id, e.published_at
    FROM earlier AS e
    WHERE
        e.current_event_id NOT IN (SELECT event_id FROM changed)
        AND e.event_id NOT IN (SELECT event_id FROM restored)
),
-- Of an event that was split, a part that was withdrawn says nothing while another is there.
latest AS (
    FROM found
    QUALIFY
        row_number() OVER (PARTITION BY event_id, current_event_id ORDER BY published_at DESC, change) = 1
        AND (current_event_id <> '' OR NOT bool_or(current_event_id <> '') OVER (PARTITION BY event_id))
)
SELECT f.*, n.event_start AS current_event_start, n.event_end AS current_event_end
FROM latest AS f
LEFT JOIN now AS n ON f.current_event_id = n.event_id
ORDER BY f.event_id, f.current_event_id
"""
_DESCRIBED = ("site_id", "site_name_zh", "parameter", "parameter_zh", "event_start", "event_end")
# The identifier without its start, as dbt_project/macros/events.sql makes it (minute_text has 16 characters).
_SERIES = "left(event_id, -17)"
_NOTHING_CARRIED = """(
    SELECT '' AS event_id, '' AS current_event_id, '' AS change,
        '' AS site_id, '' AS site_name_zh, '' AS parameter, '' AS parameter_zh,
        CAST(NULL AS TIMESTAMP) AS event_start, CAST(NULL AS TIMESTAMP) AS event_end, '' AS release_id,
        CAST(NULL AS TIMESTAMP) AS published_at
    WHERE false
)"""


def event_changes(before: Path | None, now: Path, spill: Path, moment: tuple[str, str]) -> list[dict[str, Any]]:
    """The rows of mart_event_changes, without Chinese words, of the release whose Parquet lies in `now`.

    `before` is the folder of the release that it follows; `moment` the new release's id and time (ISO, naive, reporting
    zone). Empty where one of the two has no events table.
    """
    events, told = f"{EVENTS}.parquet", f"{EVENT_CHANGES}.parquet"
    if before is None or not (before / events).is_file() or not (now / events).is_file():
        return []
    query = _COMPARED.format(
        before=_rows_of(before / events),
        now=_rows_of(now / events),
        carried=_rows_of(before / told) if (before / told).is_file() else _NOTHING_CARRIED,
        series=_SERIES,
        withdrawn=WITHDRAWN,
        described=", ".join(_DESCRIBED),
        e_described=", ".join(f"e.{name}" for name in _DESCRIBED),
        release=literal(moment[0]),
        at=literal(moment[1]),
    )
    with connect(spill) as con:
        found = con.execute(query)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _rows_of(parquet: Path) -> str:
    return f"read_parquet({literal(file_pattern(parquet))})"
