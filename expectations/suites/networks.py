"""Suites of the marts of declared networks: values, attainment of sites, figures of areas, events, lists, indicators.

Here belongs what holds whatever a network declares. Not here: which networks there are, which follows from the registry
(common.py), and limits and grades, which are declared.
"""

from __future__ import annotations

from expectations.checks import Check, between, none, not_null, relation
from expectations.suites.common import Suite, figure_checks, one_level
from expectations.suites.lists import NETWORK_AVERAGINGS, at_open_end, events_suite, ranking_suite
from warehouse.tables.judged import WARNING

_WORDS = {"grade": "I", "grade_zh": "I"}


def _of_rule() -> tuple[Check, ...]:
    """A value by its verdict."""
    return (
        relation(
            "what its rule does not allow is null",
            "validity not in ('insufficient', 'pending') or value is null",
            ("validity", "value"),
            {"validity": "pending", "value": 1},
        ),
        relation(
            "a valid value is there",
            "validity not in ('valid', 'indicative') or value is not null",
            ("validity", "value"),
            {"validity": "valid", "value": None},
        ),
    )


def _values() -> tuple[Check, ...]:
    return (
        *_of_rule(),
        not_null("unit"),
        between("multiple", 0, None),
        relation(
            "what is judged names its limit",
            "is_attained is null or (coalesce(limit_text, '') <> '' and certainty is not null and standard <> '')",
            ("is_attained", "limit_text", "certainty", "standard"),
            {"is_attained": True, "limit_text": "", "certainty": "high", "standard": "S"},
        ),
        relation(
            "only a value is judged",
            "value is not null or (is_attained is null and grade is null)",
            ("value", "is_attained", "grade"),
            {"value": None, "is_attained": True, "grade": None},
        ),
        relation(
            "a multiple belongs to a value above a limit that it breaks",
            "multiple is null or (is_attained = false and value > limit_value)",
            ("multiple", "is_attained", "value", "limit_value"),
            {"multiple": 1, "is_attained": True, "value": 2, "limit_value": 1},
        ),
        relation(
            "a grade has its Chinese name",
            "(grade is null) = (grade_zh is null)",
            ("grade", "grade_zh"),
            _WORDS | {"grade_zh": None},
        ),
        relation(
            "a reading is a sample",
            "figure_id <> '' or period_kind = 'sample'",
            ("figure_id", "period_kind"),
            {"figure_id": "", "period_kind": "day"},
        ),
        relation(
            "a value that was never told from nothing says so",
            "censored is null or (censored in ('<', '>') and figure_id = '')",
            ("censored", "figure_id"),
            {"censored": "<", "figure_id": "day"},
        ),
    )


# The grade of a sample is that of its worst value that is sure.
_WORST_VALUE = none(
    "the grade of a sample is that of its worst value",
    "select s.site_id, s.period_start, s.grade from {table} as s inner join {schema}.mart_network_values as v"
    " on s.network_id = v.network_id and s.site_id = v.site_id and s.sample = v.sample"
    " and s.period_start = v.period_start and s.period_end = v.period_end"
    " where s.period_kind = 'sample' and v.period_kind = 'sample' and v.grade is not null and v.grade not like '<=%'"
    " group by s.network_id, s.site_id, s.sample, s.period_start, s.period_end, s.grade"
    " having count(case when v.grade = s.grade then 1 end) = 0",
    "a value of the sample has the grade of the sample",
    ("network_id", "site_id", "sample", "period_kind", "period_start", "period_end", "grade"),
)


def _attainment() -> tuple[Check, ...]:
    counts = ("n_items", "n_values", "n_attained", "n_missed", "n_hints", "n_open")
    return (
        *(between(c, 0, None) for c in counts),
        between("attained_pct", 0, 100),
        _WORST_VALUE,
        relation(
            "the grade has its rank and its Chinese name",
            "(grade is null) = (grade_rank is null) and (grade is null) = (grade_zh is null)",
            ("grade", "grade_rank", "grade_zh"),
            _WORDS | {"grade_rank": None},
        ),
        relation(
            "a grade worse than the best names its items",
            "grade_rank is null or grade_rank = 1 or coalesce(worst_items_zh, '') <> ''",
            ("grade_rank", "worst_items_zh"),
            {"grade_rank": 2, "worst_items_zh": ""},
        ),
        relation(
            "who missed something did not attain",
            "n_missed = 0 or (is_attained = false and coalesce(missed_items_zh, '') <> '')",
            ("n_missed", "is_attained", "missed_items_zh"),
            {"n_missed": 1, "is_attained": True, "missed_items_zh": "pH"},
        ),
        relation(
            "who did not attain missed something",
            "is_attained is distinct from false or n_missed > 0",
            ("n_missed", "is_attained"),
            {"n_missed": 0, "is_attained": False},
        ),
        relation(
            "no attainment without its reason",
            "is_attained is not null or attainment_reason <> ''",
            ("is_attained", "attainment_reason"),
            {"is_attained": None, "attainment_reason": ""},
        ),
    )


def _areas() -> tuple[Check, ...]:
    return (
        *_of_rule(),
        one_level("network_id", "area_figure_id"),
        relation(
            "a share lies between 0 and 100 %",
            "unit <> '%' or value between 0 and 100",
            ("area_figure_id", "unit", "value"),
            {"unit": "%", "value": 101},
            WARNING,
        ),
        relation(
            "no more sites attain than have something",
            "n_attained is null or n_attained <= n_valid",
            ("n_attained", "n_valid"),
            {"n_attained": 2, "n_valid": 1},
        ),
    )


# A district may have no network, and a network no figure yet: that is not a fault.
SUITES = (
    Suite("mart_network_values", checks=_values(), always=0),
    Suite("mart_network_attainment", checks=_attainment(), always=0),
    Suite("mart_network_areas", checks=_areas(), always=0),
    events_suite("mart_network_exceedances", checks=(at_open_end(),), limits=NETWORK_AVERAGINGS),
    ranking_suite("mart_network_rankings", (), always=0),
    Suite("mart_network_indicators", checks=figure_checks(), always=0, rows_severity=WARNING),
)
