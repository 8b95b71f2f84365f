"""What is delivered with EcoLedger and a configuration may name: rules, editions, grid factors, indicators.

Here belongs reading the seeds of the dbt project as text, so that a choice stands in one place. Not here: judging a
configuration (standards.py, declared.py). Standard library only, and nothing is read unless it is asked for.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"
# Seeds of rules, wherever they stand; int_rules lays them together.
RULE_SEEDS = "**/rule_values*.csv"

Row = Mapping[str, str]


@cache
def seed_rows(seed: str) -> tuple[Row, ...]:
    """Rows of a seed as text, in its order, e.g. seed_rows('standards/air_editions')."""
    with (SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def rules() -> Mapping[str, tuple[Row, ...]]:
    """Rows of every rule by its id: one for each span of days, and several where the rule is a set of values."""
    found: dict[str, list[Row]] = {}
    for file in sorted(SEEDS.glob(RULE_SEEDS)):
        for row in seed_rows(file.relative_to(SEEDS).with_suffix("").as_posix()):
            found.setdefault(row["rule_id"], []).append(row)
    return {rule_id: tuple(rows) for rule_id, rows in found.items()}


def values_of(rows: Iterable[Row]) -> tuple[str, ...]:
    """The values of a rule's rows, each once; a value that could not be found is left out."""
    return tuple(dict.fromkeys(row["value"] for row in rows if row["value"]))


def indicators() -> Mapping[str, Row]:
    """The indicators of the plan for 2025 by their id."""
    return {row["indicator_id"]: row for row in seed_rows("plan/plan_indicators_2025")}


def commitments() -> Mapping[str, Row]:
    """The further commitments of the plan by their id."""
    return {row["commitment_id"]: row for row in seed_rows("plan/plan_commitments_2025")}
