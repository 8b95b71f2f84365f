"""What is delivered with EcoLedger and a configuration may name: rules, editions, grid factors, the plan.

Here belongs reading the seeds of the dbt project as text, so that a choice stands in one place. Not here: judging a
configuration (standards.py, declared.py) or a return (cleaning.plan_refs). Standard library only, and nothing is read
unless it is asked for.
"""

from __future__ import annotations

import csv
import hashlib
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


def projects() -> Mapping[str, Row]:
    """The key projects of the plan by their number in the annex."""
    return {row["project_no"]: row for row in seed_rows("plan/plan_key_projects")}


def judgements() -> Mapping[str, Row]:
    """How each indicator and commitment of the plan is judged, by its id."""
    found = {row["indicator_id"]: row for row in seed_rows("plan/plan_judgement")}
    return found | {row["commitment_id"]: row for row in seed_rows("plan/commitment_judgement")}


@cache
def plan_digest() -> str:
    """SHA-256 of the seeds of the plan that a return's plan_ref is checked against."""
    digest = hashlib.sha256()
    for seed in ("plan_commitments_2025", "commitment_judgement", "plan_key_projects"):
        digest.update((SEEDS / "plan" / f"{seed}.csv").read_bytes())
    return digest.hexdigest()
