"""Suites of the cross-domain marts: figures, data health, delivery counts. Judged last, from admitted tables.

Here belongs what is particular to these marts. Not here: what judges the plan (plan.py), headline steps (headline.py).
What concerns one domain is critical in that domain's own suites and only a warning here: a critical failure of this
group stops the whole release.
"""

from __future__ import annotations

from expectations.checks import Check, between, equal, not_null, relation, unique
from expectations.records import WARNING
from expectations.suites.common import PERIOD_KINDS, Suite, figure_checks
from expectations.suites.plan import SUITES as PLAN
from sources.registry import registry

_STATES = ("fresh", "held", "empty")
_FEEDS = tuple(registry().feeds)
_DOMAINS = tuple(dict.fromkeys(f.domain for f in registry().feeds.values()))


def _admitted_figures() -> str:
    """How many figures the admitted indicator tables hold together."""
    counts = (f"(select count(*) from admitted.mart_{domain}_indicators)" for domain in _DOMAINS)
    return "select " + " + ".join(counts)


def _at_most(part: str, whole: str) -> Check:
    return relation(f"{part} is at most {whole}", f"{part} <= {whole}", (part, whole), {part: 2, whole: 1})


_INDICATOR_VALUES = Suite(
    "mart_indicator_values",
    (),
    (
        *figure_checks(),
        equal(
            "every admitted figure stands in it",
            "select count(*) from {table} where domain <> 'cross_domain'",
            _admitted_figures(),
            "as many figures of domains as the admitted indicator tables hold",
            ("domain",),
        ),
        unique(
            ("indicator_id", "area_code", "period_kind", "period_start"), where="is_preferred", needs=("is_preferred",)
        ),
        not_null("is_preferred"),
    ),
    {"period_kind": PERIOD_KINDS, "domain": (*_DOMAINS, "cross_domain"), "domain_state": _STATES},
    # With every domain empty there is no figure; that each admitted one stands here is judged by the count above.
    always=0,
)

_DATA_HEALTH = Suite(
    "mart_data_health",
    (),
    (
        *(between(c, 0, None) for c in ("deliveries_received", "records_in", "received_readings", "readings_present")),
        _at_most("deliveries_refused", "deliveries_received"),
        _at_most("deliveries_late", "deliveries_received"),
        _at_most("readings_used", "readings_present"),
        _at_most("readings_flagged", "readings_present"),
        _at_most("readings_missing", "readings_present"),
    ),
    {"feed": _FEEDS},
)

_DELIVERY_COUNTS = Suite(
    "mart_delivery_counts",
    (),
    (
        relation(
            "every record is accounted for",
            "records_unaccounted = 0",
            ("records_unaccounted",),
            {"records_unaccounted": 1},
            WARNING,
        ),
        relation(
            "every reading is accounted for",
            "readings_unaccounted = 0",
            ("readings_unaccounted",),
            {"readings_unaccounted": -1},
            WARNING,
        ),
    ),
    {"feed": _FEEDS, "verdict": ("read", "refused")},
)

SUITES = (_INDICATOR_VALUES, _DATA_HEALTH, _DELIVERY_COUNTS, *PLAN)
