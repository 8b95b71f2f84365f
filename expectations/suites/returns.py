"""Suites of the returns marts: items as reported, and the indicators made from them.

Here belongs what is particular to these marts. Not here: what follows from a column's name (common.py).
"""

from __future__ import annotations

from expectations.checks import not_null, relation
from expectations.suites.common import Suite, indicators, parameter_ranges, seed_values

_FED = ("clean_returns",)

SUITES = (
    Suite(
        "mart_returns_values",
        _FED,
        (
            not_null("unit"),
            not_null("area_code"),
            parameter_ranges(("clean_returns",), "item", "value"),
            relation(
                "a value left out is null",
                "validity <> 'insufficient' or value is null",
                ("validity", "value"),
                {"validity": "insufficient", "value": 1},
            ),
        ),
        {"period_kind": ("year", "part_of_year")},
        change=0.6,
    ),
    indicators("mart_returns_indicators", _FED),
    Suite(
        "mart_ecology_annual",
        _FED,
        (
            not_null("measure_name_zh"),
            not_null("unit"),
            relation(
                "a value left out is null",
                "validity <> 'insufficient' or value is null",
                ("validity", "value"),
                {"validity": "insufficient", "value": 1},
            ),
            relation(
                "a share or an index lies between 0 and 100",
                "measure_id not like '%_rate' and measure_id not in ('ei', 'eqi', 'safe_polluted_farmland', "
                "'safe_contaminated_plots') or value between 0 and 100",
                ("measure_id", "value"),
                {"measure_id": "forest_cover_rate", "value": 101},
            ),
            relation(
                "EI and EQI have their grade",
                "measure_id not in ('ei', 'eqi') or value is null or grade is not null or period_start < '2021-01-01'",
                ("measure_id", "value", "grade", "period_start"),
                {"measure_id": "ei", "value": 50, "grade": None, "period_start": "2024-01-01"},
            ),
            relation(
                "a change is the difference of two years",
                "change_on_previous is null or change_on_previous = value - previous_value",
                ("value", "previous_value", "change_on_previous"),
                {"value": 2, "previous_value": 1, "change_on_previous": 2},
            ),
            relation(
                "a change of EI or EQI has its word",
                "measure_id not in ('ei', 'eqi') or change_on_previous is null or change_term_zh is not null "
                "or period_start < '2021-01-01'",
                ("measure_id", "change_on_previous", "change_term_zh", "period_start"),
                {"measure_id": "ei", "change_on_previous": 1, "change_term_zh": None, "period_start": "2024-01-01"},
            ),
        ),
        {
            "theme": seed_values("returns/ecology_measures", "theme"),
            "measure_id": seed_values("returns/ecology_measures", "measure_id"),
            "grade_zh": seed_values("returns/ecology_grades", "grade_zh"),
            "change_term": seed_values("returns/ecology_change_terms", "change_term"),
        },
        change=0.6,
    ),
)
