"""Suites of the marts that judge the plan: scorecard, commitments, key projects, milestones, history, methods.

Here belongs what holds between a status and the numbers next to it. Not here: the figures that are judged
(cross_domain.py) and how a status comes about (dbt_project).
"""

from __future__ import annotations

from dbt_project.seed_rows import seed_rows
from expectations.checks import Check, between, equal, none, not_null, relation
from expectations.suites.common import STATES, VALIDITY, Suite, seed_values, words_of
from sources.plans.folder import OUTCOMES

(_DELIVERED,) = seed_values("plan/plans", "plan_id")
_STATUS = words_of("status")
_JUDGED = "('met', 'missed', 'on_track', 'at_risk')"
_ATTAINS = (
    "case judged_operator when '<=' then judged_value <= target_value when '<' then judged_value < target_value "
    "when '>=' then judged_value >= target_value when '>' then judged_value > target_value end"
)
_COMPARED = ("status", "judged_operator", "judged_value", "target_value")


def _as_many_as(seed: str, column: str, what: str) -> Check:
    return equal(
        f"the {what} of the plan, no more and no fewer",
        f"select count(*) from {{table}} where plan_id = '{_DELIVERED}'",
        f"select {len(seed_values(seed, column))}",
        f"one row for each of the {what} of the delivered plan",
    )


def _possible(key: str, seed: str) -> Check:
    """Of what has both ends in the seed: shares in %."""
    shares = [row for row in seed_rows(seed) if row["range_low"] and row["range_high"]]
    ends = " ".join(
        f"when '{r[key]}' then projection_low >= {r['range_low']} and projection_high <= {r['range_high']}"
        for r in shares
    )
    return relation(
        "the projection of a share ends where a share does",
        f"plan_id <> '{_DELIVERED}' or case {key} {ends} else true end",
        ("plan_id", key, "projection_low", "projection_high"),
        {"plan_id": _DELIVERED, key: shares[0][key], "projection_low": 80, "projection_high": 106.67},
    )


def _judged(key: str) -> tuple[Check, ...]:
    """What holds in every table of judged promises."""
    return (
        not_null(f"{key.removesuffix('_id')}_name_zh"),
        not_null("status"),
        not_null("status_zh"),
        relation(
            "a judgement has its value",
            f"status not in {_JUDGED} or judged_value is not null",
            (key, "status", "judged_value"),
            {"status": "met", "judged_value": None},
        ),
        relation(
            "no status from insufficient data",
            f"status not in {_JUDGED} or validity in ('valid', 'indicative')",
            (key, "status", "validity"),
            {"status": "missed", "validity": "insufficient"},
        ),
        relation(
            "met means attained",
            f"status <> 'met' or coalesce({_ATTAINS}, false)",
            (key, *_COMPARED),
            {"status": "met", "judged_operator": "<=", "judged_value": 36, "target_value": 35},
        ),
        relation(
            "missed means not attained",
            f"status <> 'missed' or not coalesce({_ATTAINS}, true)",
            (key, *_COMPARED),
            {"status": "missed", "judged_operator": "<=", "judged_value": 35, "target_value": 35},
        ),
        relation(
            "a target that is not set has no number",
            "status <> 'target_not_set' or target_value is null",
            (key, "status", "target_value"),
            {"status": "target_not_set", "target_value": 1},
        ),
        relation(
            "no later year is judged",
            "judged_year <= target_year",
            (key, "judged_year", "target_year"),
            {"judged_year": 2026, "target_year": 2025},
        ),
        relation(
            "met and missed are said of the year that was promised",
            "status not in ('met', 'missed') or judged_year = target_year or is_judged_each_year",
            (key, "status", "judged_year", "target_year", "is_judged_each_year"),
            {"status": "met", "judged_year": 2024, "target_year": 2025, "is_judged_each_year": False},
        ),
        relation(
            "a target that is attained already asks for no change",
            "pace_reason not like 'already attained%' or pace_needed_per_year is null",
            (key, "pace_reason", "pace_needed_per_year"),
            {"pace_reason": "already attained in 2020", "pace_needed_per_year": 1.4},
        ),
        relation(
            # A held domain has no data of its own; what returns report of it is still next to it.
            "no_data has no value",
            "status <> 'no_data' or latest_value is null or domain_state = 'empty'",
            (key, "status", "latest_value", "domain_state"),
            {"status": "no_data", "latest_value": 1, "domain_state": "fresh"},
        ),
        relation(
            "a status without a value says why",
            "status not in ('no_data', 'not_measured', 'insufficient_data', 'not_comparable', 'target_not_set') "
            "or coalesce(status_reason, '') <> ''",
            (key, "status", "status_reason"),
            {"status": "no_data", "status_reason": ""},
        ),
        relation(
            "a value of the running year says how sure it is",
            "year_to_date_value is null or (year_to_date_validity is not null and year_to_date_standard is not null)",
            (key, "year_to_date_value", "year_to_date_validity", "year_to_date_standard"),
            {"year_to_date_value": 28.2, "year_to_date_validity": None, "year_to_date_standard": "GB 3095-2012"},
        ),
        relation(
            "a baseline is the plan's own",
            "baseline_value is null or baseline_provenance = 'plan'",
            (key, "baseline_value", "baseline_provenance"),
            {"baseline_value": 39, "baseline_provenance": "simulated"},
        ),
        relation(
            "a projection lies within its interval",
            "projection_value between projection_low and projection_high",
            (key, "projection_value", "projection_low", "projection_high"),
            {"projection_value": 36, "projection_low": 30, "projection_high": 35},
        ),
        relation(
            "no projection without its reason",
            "projection_value is not null or projection_reason <> ''",
            (key, "projection_value", "projection_reason"),
            {"projection_value": None, "projection_reason": ""},
        ),
        relation(
            "a projection rests on years before the target",
            "projection_last_year < target_year",
            (key, "projection_last_year", "target_year"),
            {"projection_last_year": 2025, "target_year": 2025},
        ),
        relation(
            "what is over can not be met any more",
            "status not in ('met', 'missed') or can_still_be_met is null",
            (key, "status", "can_still_be_met"),
            {"status": "missed", "can_still_be_met": True},
        ),
    )


_SCORECARD = Suite(
    "mart_plan_scorecard",
    (),
    (
        _as_many_as("plan/plan_indicators", "indicator_id", "indicators"),
        *_judged("indicator_id"),
        _possible("indicator_id", "plan/plan_judgement"),
    ),
    {"status": _STATUS, "domain_state": STATES, "year_to_date_validity": VALIDITY},
    always=len(seed_values("plan/plan_indicators", "indicator_id")),
)

_COMMITMENTS = Suite(
    "mart_commitments",
    (),
    (
        _as_many_as("plan/plan_commitments", "commitment_id", "commitments"),
        *_judged("commitment_id"),
        _possible("commitment_id", "plan/commitment_judgement"),
        relation(
            "what is reported of a promise in words has a unit",
            "unit <> 'text'",
            ("commitment_id", "unit", "latest_value"),
            {"unit": "text", "latest_value": 101.5},
        ),
    ),
    {"status": _STATUS, "domain_state": STATES, "year_to_date_validity": VALIDITY},
    always=len(seed_values("plan/plan_commitments", "commitment_id")),
)

_PROJECTS = Suite(
    "mart_key_projects",
    (),
    (
        _as_many_as("plan/plan_key_projects", "project_no", "key projects"),
        not_null("project_name_zh"),
        not_null("status"),
        not_null("status_zh"),
        not_null("responsible_zh"),
        between("progress_pct", 0, None, "%"),
        relation(
            "a judged project has progress",
            f"status not in {_JUDGED} or progress_pct is not null or judged_by = 'commitment'",
            ("project_no", "status", "progress_pct", "judged_by"),
            {"status": "met", "progress_pct": None, "judged_by": "progress"},
        ),
        relation(
            "met means complete by the deadline",
            "status <> 'met' or coalesce(completed_year <= deadline_year, false)",
            ("project_no", "status", "completed_year", "deadline_year"),
            {"status": "met", "completed_year": 2026, "deadline_year": 2025},
        ),
        relation(
            "missed is said of the deadline year",
            "status <> 'missed' or judged_year = deadline_year",
            ("project_no", "status", "judged_year", "deadline_year"),
            {"status": "missed", "judged_year": 2024, "deadline_year": 2025},
        ),
        relation(
            "no later year is judged",
            "judged_year <= deadline_year",
            ("project_no", "judged_year", "deadline_year"),
            {"judged_year": 2026, "deadline_year": 2025},
        ),
        none(
            "one promise has one verdict",
            "select p.project_no from {table} p join {schema}.mart_commitments c using (plan_id, commitment_id) "
            "where p.status <> c.status",
            "no key project with another status than the commitment that promises the same",
            ("commitment_id", "status"),
        ),
        relation(
            "a status without progress says why",
            "status not in ('no_data', 'insufficient_data', 'target_not_set', 'not_comparable') "
            "or coalesce(status_reason, '') <> ''",
            ("project_no", "status", "status_reason"),
            {"status": "no_data", "status_reason": ""},
        ),
        relation(
            "no more milestones reached than there are",
            "milestones_reached <= milestones",
            ("project_no", "milestones_reached", "milestones"),
            {"milestones_reached": 3, "milestones": 2},
        ),
    ),
    {"status": _STATUS, "domain_state": STATES, "judged_by": ("progress", "quantity", "milestones", "commitment")},
    always=len(seed_values("plan/plan_key_projects", "project_no")),
)

_MILESTONES = Suite(
    "mart_key_project_milestones",
    (),
    (
        between("progress_pct", 0, 100, "%"),
        relation(
            "a milestone says what it is",
            "milestone_name_zh <> ''",
            ("project_no", "milestone_no", "milestone_name_zh"),
            {"milestone_name_zh": ""},
        ),
        relation(
            "reached only with progress",
            "not is_reached or progress_pct is not null",
            ("project_no", "is_reached", "progress_pct"),
            {"is_reached": True, "progress_pct": None},
        ),
    ),
    # A district may report its projects without milestones.
    always=0,
)

_HISTORY = Suite(
    "mart_plan_history",
    (),
    (
        _as_many_as("plan/plan_history", "indicator_id", "printed indicators and facts"),
        not_null("indicator_name_zh"),
        not_null("printed_outcome_zh"),
        relation(
            "what was printed is the plan's",
            "provenance = 'plan'",
            ("indicator_id", "provenance"),
            {"provenance": "simulated"},
        ),
        relation(
            "our value is of the printed year",
            "own_year = actual_year",
            ("indicator_id", "own_year", "actual_year"),
            {"own_year": 2020, "actual_year": 2019},
        ),
        relation(
            "nothing next to it says why",
            "own_value is not null or own_reason <> ''",
            ("indicator_id", "own_value", "own_reason"),
            {"own_value": None, "own_reason": ""},
        ),
        relation(
            "numbers that contradict the outcome are marked",
            "outcome_of_the_numbers is null or outcome_agrees = (printed_outcome = outcome_of_the_numbers)",
            ("indicator_id", "outcome_of_the_numbers", "outcome_agrees", "printed_outcome"),
            {"outcome_of_the_numbers": "missed", "outcome_agrees": True, "printed_outcome": "met"},
        ),
    ),
    {"domain_state": STATES, "printed_outcome": tuple(OUTCOMES)},
    always=len(seed_values("plan/plan_history", "indicator_id")),
)

_METHODS = Suite(
    "mart_indicator_methods",
    (),
    (
        *(not_null(c) for c in ("indicator_name_zh", "formula_zh", "validity_rule", "unit", "owner")),
        *(
            relation(f"{column} is said", f"{column} <> ''", ("indicator_id", column), {column: ""})
            for column in ("formula_zh", "formula", "standard", "standard_dates", "validity_rule", "rounding", "owner")
        ),
        relation(
            "what is configurable names its keys",
            "n_configurable = 0 or configurable like '%[standards.rules]%'",
            ("indicator_id", "n_configurable", "configurable"),
            {"n_configurable": 1, "configurable": ""},
        ),
    ),
    {"promised_as": ("indicator", "commitment", "statistic")},
    always=len(seed_values("plan/plan_indicators", "indicator_id")),
)

SUITES = (_SCORECARD, _COMMITMENTS, _PROJECTS, _MILESTONES, _HISTORY, _METHODS)
