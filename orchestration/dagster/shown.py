"""What the page shows of tables and problems: rows and place, under the names that Dagster draws charts from and links.

Here belongs their spelling. Not here: counting (steps/build.py, warehouse.lake.index).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

_PROBLEMS_SHOWN = 20
ROW_COUNT = "dagster/row_count"
URI = "dagster/uri"


def tables_metadata(rows: Mapping[str, int], place: Path) -> dict[str, Any]:
    """Rows of all tables together, of each, and the file or folder that holds them (an absolute path)."""
    return {ROW_COUNT: sum(rows.values()), "rows": dict(rows), URI: place.as_uri()}


def problems_metadata(problems: Sequence[str]) -> dict[str, Any]:
    """The first problems of a check as a list for people, and the number of all."""
    text = "\n".join(f"- {problem}" for problem in problems[:_PROBLEMS_SHOWN]) or "none"
    return {"problems": dg.MetadataValue.md(text), "count": len(problems)}
