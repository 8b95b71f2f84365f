"""Suites of the waste marts: loads and tonnes by day and period, rates, weighbridges by day, hints.

Here belongs what is particular to these marts. Not here: what follows from a column's name (common.py).
"""

from __future__ import annotations

from expectations.checks import Check, between, not_null, relation
from expectations.suites.common import PERIOD_KINDS, Suite, figure_checks, seed_values
from expectations.suites.lists import events_suite
from warehouse.tables.judged import WARNING

_FED = ("clean_waste",)
_PERIODS = ("month", "quarter", *PERIOD_KINDS)
_WORDS = {
    "category": seed_values("waste/waste_categories", "category"),
    "destination": seed_values("waste/waste_destinations", "destination"),
}


def _mass() -> tuple[Check, ...]:
    """What holds for loads and their mass on every row of sums."""
    return (
        between("loads", 0, None),
        relation(
            "no mass without a load",
            "loads > 0 or coalesce(net_t, 0) = 0",
            ("loads", "net_t"),
            {"loads": 0, "net_t": 5},
        ),
        relation("a load is at most 80 t", "net_t <= loads * 80", ("loads", "net_t"), {"loads": 1, "net_t": 81}),
        relation(
            "loads counted are the valid ones", "loads = n_valid", ("loads", "n_valid"), {"loads": 1, "n_valid": 2}
        ),
    )


def _findings(judged: str, found: str) -> tuple[Check, ...]:
    """A finding is there only where loads could be judged, and on no more of them."""
    return (
        relation(
            f"{found} is part of {judged}",
            f"{found} between 0 and {judged}",
            (found, judged),
            {found: 3, judged: 2},
        ),
        relation(
            f"{found} is null where nothing was judged",
            f"coalesce({judged}, 0) > 0 or {found} is null",
            (found, judged),
            {found: 0, judged: 0},
        ),
    )


SUITES = (
    Suite(
        "mart_waste_daily",
        _FED,
        (
            not_null("area_name_zh"),
            # A district of 3.4 million people makes about 7,000 t a day; one area never makes more than this.
            between("net_t", 0, 20000, "t"),
            *_mass(),
        ),
        _WORDS,
        change=0.4,
    ),
    Suite(
        "mart_waste_monthly",
        _FED,
        (
            not_null("area_name_zh"),
            # A district makes about 2.6 million t a year.
            between("net_t", 0, 8000000, "t"),
            *_mass(),
            relation(
                "weighbridge-days covered are days of the period",
                "weighbridge_days_covered between 0 and weighbridge_days_expected",
                ("weighbridge_days_covered", "weighbridge_days_expected"),
                {"weighbridge_days_covered": 32, "weighbridge_days_expected": 31},
            ),
        ),
        {**_WORDS, "period_kind": _PERIODS},
    ),
    Suite(
        "mart_waste_indicators",
        _FED,
        figure_checks(),
        {"period_kind": _PERIODS},
        rows_severity=WARNING,
    ),
    Suite(
        "mart_waste_weighbridge_daily",
        _FED,
        (
            not_null("not_judged"),
            between("net_t", 0, 20000, "t"),
            *_mass(),
            *_findings("loads_tare_judged", "loads_tare_deviating"),
            *_findings("loads_gap_judged", "loads_too_soon"),
            *_findings("loads_gap_judged", "loads_category_changed"),
            *_findings("loads_stay_judged", "loads_stay_outside"),
            *_findings("loads_judged", "loads_inconsistent"),
            between("inconsistent_pct", 0, 100, "%"),
            relation(
                "inconsistent_pct is the share of its counts, to one decimal",
                "abs(inconsistent_pct * loads_judged - 100 * loads_inconsistent) <= 0.05 * loads_judged",
                ("inconsistent_pct", "loads_judged", "loads_inconsistent"),
                {"inconsistent_pct": 80, "loads_judged": 10, "loads_inconsistent": 9},
            ),
            relation(
                "an inconsistent load has a finding",
                "loads_inconsistent <= coalesce(loads_tare_deviating, 0) + coalesce(loads_too_soon, 0)"
                " + coalesce(loads_stay_outside, 0)",
                ("loads_inconsistent", "loads_tare_deviating", "loads_too_soon", "loads_stay_outside"),
                {"loads_inconsistent": 2, "loads_tare_deviating": 1, "loads_too_soon": 0, "loads_stay_outside": 0},
            ),
            between("hours_with_loads", 0, 24),
            between("hours_without_loads", 0, 22),
            relation(
                "a plant log that was not delivered is never filled in",
                "plant_log_t is not null or (plant_log_difference_pct is null"
                " and list_contains(string_split(not_judged, '; '), 'plant log: not delivered'))",
                ("plant_log_t", "plant_log_difference_pct", "not_judged"),
                {"plant_log_t": None, "plant_log_difference_pct": 1.5, "not_judged": "plant log: not delivered"},
            ),
        ),
        change=0.4,
    ),
    events_suite("mart_waste_hints", _FED),
)
