"""Suites of the returns marts: items as reported, and the indicators made from them.

Here belongs what is particular to these marts. Not here: what follows from a column's name (common.py).
"""

from __future__ import annotations

from expectations.checks import not_null, relation
from expectations.suites.common import Suite, indicators, parameter_ranges

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
)
