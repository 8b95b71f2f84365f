"""Suites of the waste marts: loads and tonnes by day and period, rates, weighbridges by day, hints; loads of every
category by area and by node, and reported totals.

Here belongs what is particular to these marts. Not here: what follows from a column's name (common.py).
"""

from __future__ import annotations

from expectations.checks import Check, between, not_null, relation
from expectations.suites.common import PERIOD_KINDS, Suite, figure_checks, seed_values
from expectations.suites.lists import events_suite
from warehouse.tables.judged import WARNING

_FED = ("clean_waste",)
_LOADS = ("clean_waste", "clean_waste_transfer")
_PERIODS = ("month", "quarter", *PERIOD_KINDS)
_WORDS = {"destination": seed_values("waste/waste_destinations", "destination")}
# Categories are an open list: those of the registry, with what the user declares.
_CATEGORY = {"category": ("waste", "waste_category")}
_NODES = (*seed_values("waste/waste_nodes", "node"), "")


def _mass_of(mass: str) -> tuple[Check, ...]:
    """What holds for loads and their mass on every row of sums."""
    return (
        between("loads", 0, None),
        relation(
            "no mass without a load",
            f"loads > 0 or coalesce({mass}, 0) = 0",
            ("loads", mass),
            {"loads": 0, mass: 5},
        ),
        relation("a load is at most 80 t", f"{mass} <= loads * 80", ("loads", mass), {"loads": 1, mass: 81}),
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


def _consigned() -> tuple[Check, ...]:
    """What holds for loads of every category and their two masses."""
    return (
        *_mass_of("received_t"),
        # Sums, and no loads: a district makes about 2.6 million t of household waste a year, and more of others.
        between("received_t", 0, 80000000, "t"),
        between("shipped_t", 0, 80000000, "t"),
        between("loads_voided", 0, None),
        relation(
            "a difference needs both masses",
            "difference_t is null or (received_t is not null and shipped_t is not null)",
            ("difference_t", "received_t", "shipped_t"),
            {"difference_t": 1, "received_t": 1, "shipped_t": None},
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
            *_mass_of("net_t"),
        ),
        _WORDS,
        of_vocabulary=_CATEGORY,
        change=0.4,
    ),
    Suite(
        "mart_waste_monthly",
        _FED,
        (
            not_null("area_name_zh"),
            # A district makes about 2.6 million t a year.
            between("net_t", 0, 8000000, "t"),
            *_mass_of("net_t"),
            relation(
                "weighbridge-days covered are days of the period",
                "weighbridge_days_covered between 0 and weighbridge_days_expected",
                ("weighbridge_days_covered", "weighbridge_days_expected"),
                {"weighbridge_days_covered": 32, "weighbridge_days_expected": 31},
            ),
        ),
        {**_WORDS, "period_kind": _PERIODS},
        of_vocabulary=_CATEGORY,
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
            *_mass_of("net_t"),
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
    Suite(
        "mart_waste_categories",
        _LOADS,
        (
            *_consigned(),
            relation(
                "both masses are of loads counted",
                "loads_both between 0 and loads",
                ("loads_both", "loads"),
                {"loads_both": 2, "loads": 1},
            ),
            between("loads_elsewhere", 0, None),
        ),
        {"period_kind": _PERIODS},
        of_vocabulary=_CATEGORY,
    ),
    Suite(
        "mart_waste_nodes",
        _LOADS,
        (
            *_consigned(),
            between("days_with_loads", 0, 31),
            between("from_sites", 0, None),
            # Somebody undid what was never delivered: its mass is in nothing, and its load may still be.
            between("voids_unmatched", 0, 0, severity=WARNING),
            relation(
                "what counts was received",
                "loads_counted between 0 and n_expected",
                ("loads_counted", "n_expected"),
                {"loads_counted": 2, "n_expected": 1},
            ),
            # A load that was weighed and consigned would be two: nothing in either says that they are one.
            relation(
                "what counts at a node is weighed or consigned, not both",
                "loads_counted = 0 or loads_weighed in (0, n_expected)",
                ("loads_counted", "loads_weighed", "n_expected"),
                {"loads_counted": 2, "loads_weighed": 1, "n_expected": 2},
                severity=WARNING,
            ),
        ),
        {"node": _NODES},
        of_vocabulary=_CATEGORY,
        change=0.4,
    ),
    # A total is not a load: it may be as large as a district's year.
    Suite(
        "mart_waste_totals",
        ("clean_waste_total",),
        (
            between("total_t", 0, 100000000, "t"),
            relation(
                "the difference is that of total and loads",
                "difference_t is not distinct from total_t - loads_t",
                ("difference_t", "total_t", "loads_t"),
                {"difference_t": 1, "total_t": 5, "loads_t": 5},
            ),
        ),
        {
            "node": _NODES,
            "parameter": tuple(p for p in seed_values("waste/waste_measures", "measure") if p.endswith("_t")),
        },
        of_vocabulary=_CATEGORY,
    ),
    events_suite("mart_waste_hints", _FED),
)
