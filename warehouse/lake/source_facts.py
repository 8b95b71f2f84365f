"""What the lake holds of each source: deliveries, the periods of their readings, and how often the source delivers.

Here belong these questions to the index. Not here: whether a source answers (source_states.py) or what people are told
(orchestration/source_table.py). Standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median_low

from warehouse.lake.index import Index

# So many of the latest days with a delivery say how often a source delivers; fewer than _FEWEST say nothing.
_DAYS, _FEWEST = 30, 3
_FACTS = """
WITH first_landed AS (
    SELECT feed, source_id, sha256, min(landed_at) AS landed_at FROM deliveries GROUP BY feed, source_id, sha256
),
new_bytes AS (
    SELECT feed, source_id, max(landed_at) AS landed_at FROM first_landed GROUP BY feed, source_id
)
SELECT
    d.feed, d.source_id, count(*), sum(coalesce(c.verdict = 'refused', 0)), max(d.delivered_us), max(n.landed_at),
    min(c.first_period), max(c.last_period)
FROM deliveries AS d
JOIN new_bytes AS n ON n.feed = d.feed AND n.source_id = d.source_id
LEFT JOIN cleaned AS c USING (delivery_id)
GROUP BY d.feed, d.source_id
"""
_LATEST_DAYS = """
WITH days AS (SELECT DISTINCT feed, source_id, substr(delivered_at, 1, 10) AS day FROM deliveries),
numbered AS (
    SELECT feed, source_id, day, row_number() OVER (PARTITION BY feed, source_id ORDER BY day DESC) AS n FROM days
)
SELECT feed, source_id, day FROM numbered WHERE n <= ? ORDER BY feed, source_id, day
"""


@dataclass(frozen=True)
class SourceFacts:
    """Of one source. `last_new_at`: when bytes landed that had not been here before (ISO with offset); periods are the
    starts of its first and last reading, reporting zone, None without one; `days` its latest days of delivery.
    """

    deliveries: int
    refused: int
    last_delivered_us: int
    last_new_at: str
    first_period: str | None
    last_period: str | None
    days: tuple[date, ...]

    @property
    def gaps(self) -> list[int]:
        """Days between two deliveries, in order; empty while there are too few to say anything."""
        return [] if len(self.days) < _FEWEST else [(b - a).days for a, b in pairwise(self.days)]

    @property
    def usual_gap_days(self) -> int | None:
        """The median of the gaps."""
        return median_low(self.gaps) if self.gaps else None

    @property
    def longest_gap_days(self) -> int | None:
        """The longest gap. Many sources come in bursts, a year or a season apart: only what is longer is news."""
        return max(self.gaps, default=None)


def source_facts(index: Index) -> dict[tuple[str, str], SourceFacts]:
    """By feed and source id, of every source that ever delivered."""
    days: dict[tuple[str, str], list[date]] = {}
    for feed, source, day in index.db.execute(_LATEST_DAYS, (_DAYS,)):
        days.setdefault((feed, source), []).append(date.fromisoformat(day))
    return {
        (feed, source): SourceFacts(*counted, days=tuple(days[feed, source]))
        for feed, source, *counted in index.db.execute(_FACTS)
    }
