"""Suites of the waste marts: loads and tonnes by day, area, category and destination; the rates by year.

Here belongs what is particular to these marts. Not here: what follows from a column's name (common.py).
"""

from __future__ import annotations

from expectations.checks import between, not_null, relation
from expectations.suites.common import Suite, indicators, seed_values

_FED = ("clean_waste",)

SUITES = (
    Suite(
        "mart_waste_daily",
        _FED,
        (
            not_null("area_name_zh"),
            # A district of 3.4 million people makes about 7,000 t a day; one area never makes more than this.
            between("net_t", 0, 20000, "t"),
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
        ),
        {
            "category": seed_values("waste/waste_categories", "category"),
            "destination": seed_values("waste/waste_destinations", "destination"),
        },
        change=0.4,
    ),
    indicators("mart_waste_indicators", _FED),
)
