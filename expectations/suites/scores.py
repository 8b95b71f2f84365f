"""Suites of composite scores: the parts make the score, and what is missing says why.

Here belongs what holds between a score, its parts and their weights. Not here: the figures that are scored (the suites
of their marts) and how points come about (dbt_project).
"""

from __future__ import annotations

from expectations.checks import between, none, not_null, relation
from expectations.suites.common import AREA_LEVELS, Suite, one_level
from warehouse.tables.judged import WARNING

_POINTS = 100
_RULES = ("reweight", "zero", "null")
# A score is rounded to its own decimals, and what each part makes of it to 4.
_NEARLY = "0.5 * power(10, -s.decimals) + 0.001"

_SCORE = Suite(
    "mart_composite_score",
    checks=(
        between("value", 0, _POINTS),
        between("present_weight_pct", 0, 100),
        between("n_ranked", 0, None),
        one_level("score_id"),
        relation(
            "a score is there or says why not",
            "(value is not null) = (validity in ('valid', 'indicative'))"
            " and (validity = 'valid' or validity_reason <> '')",
            ("score_id", "area_code", "value", "validity", "validity_reason"),
            {"value": 1, "validity": "pending", "validity_reason": "x"},
        ),
        relation(
            "a score with a missing part is not simply valid",
            "n_valid = n_expected or (validity <> 'valid' and missing_parts_zh <> '')",
            ("score_id", "area_code", "n_valid", "n_expected", "validity", "missing_parts_zh"),
            {"n_valid": 1, "n_expected": 2, "validity": "valid", "missing_parts_zh": "x"},
        ),
        relation(
            "where a missing part leaves no score there is none",
            "missing_rule <> 'null' or n_valid = n_expected or value is null",
            ("score_id", "area_code", "missing_rule", "n_valid", "n_expected", "value"),
            {"missing_rule": "null", "n_valid": 1, "n_expected": 2, "value": 50},
        ),
        none(
            "ranks are shared on the published score",
            "select * from (select score_id, area_code, period_start, rank, value, case when value is not null then"
            " rank() over (partition by score_id, period_start, value is null order by value desc) end as expected"
            " from {table}) where rank is distinct from expected",
            "no rank but one more than the number of higher scores",
            ("score_id", "area_code", "period_start", "rank", "value"),
        ),
    ),
    vocabularies={"missing_rule": _RULES, "area_level": AREA_LEVELS},
    always=0,
    rows_severity=WARNING,
)
_PARTS = Suite(
    "mart_composite_score_part",
    checks=(
        not_null("unit"),
        between("points", 0, _POINTS),
        between("contribution", 0, _POINTS),
        between("weight_pct", 0, 100),
        relation("a weight is above 0", "weight > 0", ("score_id", "part_id", "weight"), {"weight": 0}),
        relation(
            "a part has points or says why not",
            "(points is null) = (missing_reason <> '') and (points is null) = (missing_reason_zh <> '')",
            ("score_id", "part_id", "points", "missing_reason", "missing_reason_zh"),
            {"points": None, "missing_reason": "", "missing_reason_zh": ""},
        ),
        relation(
            "points belong to a figure",
            "points is null or value is not null",
            ("score_id", "part_id", "points", "value"),
            {"points": 1, "value": None},
        ),
        none(
            "the parts make the score",
            "select s.score_id, s.area_code, s.period_start, s.value, sum(p.contribution) as parts"
            " from {schema}.mart_composite_score as s left join {table} as p"
            " on s.score_id = p.score_id and s.area_code = p.area_code and s.period_start = p.period_start"
            " where s.value is not null group by s.score_id, s.area_code, s.period_start, s.value, s.decimals"
            f" having coalesce(abs(sum(p.contribution) - s.value) > {_NEARLY}, true)",
            "no score but the sum of what its parts make of it",
            ("score_id", "area_code", "period_start", "contribution"),
        ),
        none(
            "the weights of a score sum to 100 %",
            "select score_id, area_code, period_start, sum(weight_pct) as total from {table}"
            " where weight_pct is not null group by score_id, area_code, period_start"
            " having abs(sum(weight_pct) - 100) > 0.01",
            "no score whose counted weights are not the whole",
            ("score_id", "area_code", "period_start", "weight_pct"),
        ),
    ),
    always=0,
    rows_severity=WARNING,
)
SUITES = (_SCORE, _PARTS)
