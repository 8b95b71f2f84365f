"""What is delivered with EcoLedger and a configuration may name: rules, editions, grid factors, the plan.

Here belongs finding them among the rows of the seeds. Not here: reading seeds (dbt_project.seed_rows), judging a
configuration (standards.py, declared.py) or a return (cleaning.plan_refs). Standard library only, and nothing is read
unless it is asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache

from dbt_project.seed_rows import Row, seed_bytes, seed_rows, seeds_like

# Seeds of rules, wherever they are; int_rules lays them together.
RULE_SEEDS = "**/rule_values*.csv"


@cache
def rules() -> Mapping[str, tuple[Row, ...]]:
    """Rows of every rule by its id: one for each span of days, and several where the rule is a set of values."""
    found: dict[str, list[Row]] = {}
    for seed in seeds_like(RULE_SEEDS):
        for row in seed_rows(seed):
            found.setdefault(row["rule_id"], []).append(row)
    return {rule_id: tuple(rows) for rule_id, rows in found.items()}


def values_of(rows: Iterable[Row]) -> tuple[str, ...]:
    """The values of a rule's rows, each once; a value that could not be found is left out."""
    return tuple(dict.fromkeys(row["value"] for row in rows if row["value"]))


def plans() -> Mapping[str, Row]:
    """The plan that is delivered, by its id."""
    return {row["plan_id"]: row for row in seed_rows("plan/plans")}


def indicators() -> Mapping[str, Row]:
    """The indicators of the delivered plan by their id."""
    return {row["indicator_id"]: row for row in seed_rows("plan/plan_indicators")}


def commitments() -> Mapping[str, Row]:
    """The further commitments of the plan by their id."""
    return {row["commitment_id"]: row for row in seed_rows("plan/plan_commitments")}


def projects() -> Mapping[str, Row]:
    """The key projects of the plan by their number in the annex."""
    return {row["project_no"]: row for row in seed_rows("plan/plan_key_projects")}


def judgements() -> Mapping[str, Row]:
    """How each indicator and commitment of the plan is judged, by its id."""
    found = {row["indicator_id"]: row for row in seed_rows("plan/plan_judgement")}
    return found | {row["commitment_id"]: row for row in seed_rows("plan/commitment_judgement")}


@cache
def trees() -> Mapping[str, Mapping[str, Row]]:
    """The levels of each tree of areas by their names, from the top."""
    found: dict[str, dict[str, Row]] = {}
    for row in seed_rows("areas/area_levels"):
        found.setdefault(row["tree"], {})[row["area_level"]] = row
    return found


@cache
def plan_digest() -> str:
    """SHA-256 of the seeds of the plan that a return's plan_ref is checked against."""
    digest = hashlib.sha256()
    for seed in ("plan_commitments", "commitment_judgement", "plan_key_projects"):
        digest.update(seed_bytes(f"plan/{seed}"))
    return digest.hexdigest()
