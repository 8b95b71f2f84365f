"""Suites of the cross-domain marts: figures, events, inventory, data health, delivery counts, rules. Judged last, from
admitted tables.

Here belongs what is particular to these marts. Not here: what judges the plan (plan.py), headline steps (headline.py).
What concerns one domain is critical in that domain's own suites and only a warning here: a critical failure of this
group stops the whole release.
"""

from __future__ import annotations

from dataclasses import replace

from expectations.checks import Check, between, equal, none, not_null, relation, unique
from expectations.suites.common import PERIOD_KINDS, STATES, Suite, figure_checks, seed_values
from expectations.suites.lists import LIMIT_AVERAGINGS, NETWORK_AVERAGINGS, at_open_end, events_suite
from expectations.suites.plan import SUITES as PLAN
from expectations.suites.scores import SUITES as SCORES
from sources.registry import registry
from sources.registry.feed_model import CROSS_DOMAIN
from warehouse.sql import literal
from warehouse.tables.judged import WARNING

_DOMAINS = registry().domains
# What mart_exceedances and mart_indicator_values unite.
EVENT_MARTS = (*(f.events for f in registry().packaged.values() if f.events), "mart_network_exceedances")
INDICATOR_MARTS = (*(f.indicators for f in registry().packaged.values() if f.indicators), "mart_network_indicators")


def _admitted_figures() -> str:
    """How many figures the admitted indicator tables hold together."""
    return "select " + " + ".join(f"(select count(*) from admitted.{mart})" for mart in INDICATOR_MARTS)


def _admitted_events() -> str:
    """How many events the admitted event tables hold together."""
    return "select " + " + ".join(f"(select count(*) from admitted.{mart})" for mart in EVENT_MARTS)


def _at_most(part: str, whole: str) -> Check:
    return relation(f"{part} is at most {whole}", f"{part} <= {whole}", (part, whole), {part: 2, whole: 1})


# What coverage counts, or that there is nothing to count.
_COVERED = relation(
    "coverage says what it counts",
    "(coverage is null) = (coverage_basis = 'none')",
    ("coverage", "coverage_basis"),
    {"coverage": None, "coverage_basis": "readings"},
)

_INDICATOR_VALUES = Suite(
    "mart_indicator_values",
    (),
    (
        *figure_checks(),
        equal(
            "every admitted figure is in it",
            f"select count(*) from {{table}} where domain <> {literal(CROSS_DOMAIN)}",
            _admitted_figures(),
            "as many figures of domains as the admitted indicator tables hold",
            ("domain",),
        ),
        unique(
            ("indicator_id", "area_code", "period_kind", "period_start"), where="is_preferred", needs=("is_preferred",)
        ),
        not_null("is_preferred"),
    ),
    {
        "period_kind": ("day", "week", "half_month", "month", "quarter", "half_year", *PERIOD_KINDS),
        "domain": (*_DOMAINS, CROSS_DOMAIN),
        "domain_state": STATES,
    },
    # With every domain empty there is no figure; that each admitted one is here is judged by the count above.
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
        _at_most("sites_present", "sites_expected"),
        _COVERED,
    ),
    of_feeds=("feed",),
)

_DATA_HEALTH_SITE = Suite(
    "mart_data_health_site",
    tuple(registry().tables),
    (
        *(between(c, 0, None) for c in ("n_received", "n_suspect", "n_failed", "n_missing", "longest_silence_days")),
        _at_most("n_valid", "n_received"),
        _at_most("n_suspect", "n_received"),
        _at_most("n_failed", "n_received"),
        _at_most("n_missing", "n_received"),
        _at_most("days_received", "days_expected"),
        _at_most("longest_silence_days", "days_silent"),
        _COVERED,
        relation(
            "a silent day has no reading",
            "days_silent + days_received <= days_expected",
            ("days_silent", "days_received", "days_expected"),
            {"days_silent": 1, "days_received": 31, "days_expected": 31},
        ),
        relation(
            "what is silent was heard before",
            "silent_since < period_end + interval 1 day",
            ("silent_since", "period_end"),
            {"silent_since": "2026-02-01 00:00:00", "period_end": "2026-01-31"},
        ),
        none(
            "each clean reading is counted at one site",
            "select feed from (select feed, sum(n_received) as n from {table} group by feed) as s "
            "full join (select feed, sum(readings_present) as n from {schema}.mart_data_health group by feed) as h "
            "using (feed) where coalesce(s.n, 0) <> coalesce(h.n, 0)",
            "no feed with more or fewer readings than mart_data_health has",
            ("feed", "n_received"),
        ),
    ),
    of_feeds=("feed",),
)

# Critical where it belongs: the gate holds the feed's own domain (clean_layer.py). Here it only warns, so that one
# unbalanced file never keeps the other domains from publishing. What was not counted is not accounted for.
_DELIVERY_COUNTS = Suite(
    "mart_delivery_counts",
    (),
    (
        relation(
            "every record is accounted for",
            "coalesce(records_unaccounted, 1) = 0",
            ("records_unaccounted",),
            {"records_unaccounted": None},
            WARNING,
        ),
        relation(
            "every reading is accounted for",
            "coalesce(readings_unaccounted, 1) = 0",
            ("readings_unaccounted",),
            {"readings_unaccounted": None},
            WARNING,
        ),
    ),
    {"verdict": ("read", "refused", "removed")},
    of_feeds=("feed",),
)

_EXCEEDANCES = events_suite(
    "mart_exceedances",
    (),
    (
        equal(
            "every admitted event is in it",
            "select count(*) from {table}",
            _admitted_events(),
            "as many events as the admitted event tables hold",
            ("event_id",),
        ),
        relation(
            "an event's domain is in its identifier",
            "starts_with(event_id, domain || ':')",
            ("event_id", "domain"),
            {"event_id": "noise:S:leq:Ld:2026-01-01T06:00", "domain": "air"},
            WARNING,
        ),
        replace(at_open_end(), severity=WARNING),
    ),
    WARNING,
    (*LIMIT_AVERAGINGS, *NETWORK_AVERAGINGS),
)

# Cases that answer an event are few, and a district may have none.
_CASE_ANSWERS = Suite(
    "mart_case_answers",
    (),
    (
        relation(
            "an event that was found is there",
            "(event_match = 'not_found') = (event_start is null)",
            ("event_match", "event_start"),
            {"event_match": "found", "event_start": None},
            WARNING,
        ),
    ),
    change=0.8,
    always=0,
)

_RULES_IN_FORCE = Suite(
    "mart_rules_in_force",
    (),
    (
        not_null("is_overridden"),
        relation(
            "an overridden rule has its value",
            "not is_overridden or value is not null",
            ("rule_id", "value", "is_overridden"),
            {"rule_id": "noise_max_wind", "value": None, "is_overridden": True},
        ),
        relation(
            "a value that nobody overrides is the standard's",
            "is_overridden or value is not distinct from value_of_standard",
            ("rule_id", "value", "value_of_standard", "is_overridden"),
            {"rule_id": "noise_max_wind", "value": 6, "value_of_standard": 5, "is_overridden": False},
        ),
        relation(
            "a rule holds for at least a day",
            "valid_to is null or valid_from <= valid_to",
            ("rule_id", "valid_from", "valid_to"),
            {"rule_id": "noise_max_wind", "valid_from": "2026-03-01", "valid_to": "2026-02-28"},
        ),
    ),
    {"certainty": ("verified", "high", "medium", "low")},
)


_GHG_INVENTORY = Suite(
    "mart_ghg_inventory",
    ("clean_energy", "clean_returns"),
    (
        not_null("pollutant_zh"),
        not_null("sector_zh"),
        none(
            "the sources of CO2 are its totals",
            "select period_start from {table} where entry_kind = 'co2' group by period_kind, period_start having "
            "max(case when row_role = 'total' then value end) is distinct from case when "
            "count(case when row_role = 'source' then 1 end) = count(case when row_role = 'source' then value end) "
            "then sum(case when row_role = 'source' then value end) end",
            "no period whose sources do not add up to its total exactly",
            ("entry_kind", "row_role", "value", "period_kind", "period_start"),
        ),
        relation(
            "a reduction is not an emission",
            "entry_kind = 'co2' or (pollutant <> 'co2' and row_role = 'total')",
            ("entry_kind", "pollutant", "row_role"),
            {"entry_kind": "air_pollutant_reduction", "pollutant": "co2", "row_role": "total"},
        ),
        relation(
            "no factor, no CO2",
            "factor_status <> 'insufficient' or value is null",
            ("factor_status", "value"),
            {"factor_status": "insufficient", "value": 1},
        ),
        relation(
            "only what is made in the district is negative",
            "value >= 0 or flow in ('generation', 'transformation_output', '')",
            ("flow", "value"),
            {"flow": "use", "value": -1},
        ),
    ),
    {
        "period_kind": PERIOD_KINDS,
        "entry_kind": ("co2", *seed_values("energy/ghg_reductions", "entry_kind")),
        "pollutant": ("co2", *seed_values("energy/ghg_reductions", "pollutant")),
        "row_role": ("source", "total"),
        "factor_status": ("final", "provisional_factor", "insufficient", "not_energy"),
    },
    rows_severity=WARNING,
)

SUITES = (
    _INDICATOR_VALUES,
    _EXCEEDANCES,
    _GHG_INVENTORY,
    _DATA_HEALTH,
    _DATA_HEALTH_SITE,
    _DELIVERY_COUNTS,
    _CASE_ANSWERS,
    _RULES_IN_FORCE,
    *PLAN,
    *SCORES,
)
