"""Suites of the cross-domain marts: figures, scorecard, events, data health, delivery counts, rules. Judged last, from
admitted tables.

Here belongs what is particular to these marts. Not here: headline steps (headline.py). What concerns one domain is
critical in that domain's own suites and only a warning here: a critical failure of this group stops the whole release.
"""

from __future__ import annotations

from expectations.checks import Check, between, equal, none, not_null, relation, unique
from expectations.records import WARNING
from expectations.suites.common import PERIOD_KINDS, Suite, figure_checks, seed_values
from expectations.suites.lists import events_suite
from sources.registry import registry

_STATES = ("fresh", "held", "empty")
_FEEDS = tuple(registry().feeds)
_DOMAINS = tuple(dict.fromkeys(f.domain for f in registry().feeds.values()))
# What mart_exceedances unites, as the list at the top of its model.
EVENT_MARTS = (
    "mart_air_exceedances",
    "mart_water_exceedances",
    "mart_noise_exceedances",
    "mart_waste_hints",
    "mart_energy_hints",
)
_JUDGED = "('met', 'missed', 'on_track', 'at_risk')"
_ATTAINS = (
    "case judged_operator when '<=' then judged_value <= target_value when '<' then judged_value < target_value "
    "when '>=' then judged_value >= target_value when '>' then judged_value > target_value end"
)


def _admitted_figures() -> str:
    """How many figures the admitted indicator tables hold together."""
    counts = (f"(select count(*) from admitted.mart_{domain}_indicators)" for domain in _DOMAINS)
    return "select " + " + ".join(counts)


def _admitted_events() -> str:
    """How many events the admitted event tables hold together."""
    return "select " + " + ".join(f"(select count(*) from admitted.{mart})" for mart in EVENT_MARTS)


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
    {
        "period_kind": ("month", "quarter", *PERIOD_KINDS),
        "domain": (*_DOMAINS, "cross_domain"),
        "domain_state": _STATES,
    },
    # With every domain empty there is no figure; that each admitted one stands here is judged by the count above.
    always=0,
)

_SCORECARD = Suite(
    "mart_plan_scorecard",
    (),
    (
        not_null("name_zh"),
        not_null("status"),
        not_null("status_zh"),
        equal(
            "the indicators of the plan, no more and no fewer",
            "select count(*) from {table}",
            f"select {len(seed_values('plan/plan_indicators_2025', 'indicator_id'))}",
            "one row per indicator of the plan",
        ),
        relation(
            "a judgement has its value",
            f"status not in {_JUDGED} or judged_value is not null",
            ("indicator_id", "status", "judged_value"),
            {"status": "met", "judged_value": None},
        ),
        relation(
            "no status from insufficient data",
            f"status not in {_JUDGED} or validity in ('valid', 'indicative')",
            ("indicator_id", "status", "validity"),
            {"status": "missed", "validity": "insufficient"},
        ),
        relation(
            "met means attained",
            f"status <> 'met' or coalesce({_ATTAINS}, false)",
            ("indicator_id", "status", "judged_operator", "judged_value", "target_value"),
            {"status": "met", "judged_operator": "<=", "judged_value": 36, "target_value": 35},
        ),
        relation(
            "missed means not attained",
            f"status <> 'missed' or not coalesce({_ATTAINS}, true)",
            ("indicator_id", "status", "judged_operator", "judged_value", "target_value"),
            {"status": "missed", "judged_operator": "<=", "judged_value": 35, "target_value": 35},
        ),
        relation(
            # A held domain has no data of its own; what returns report of the indicator still stands beside it.
            "no_data has no value",
            "status <> 'no_data' or latest_value is null or domain_state = 'empty'",
            ("indicator_id", "status", "latest_value", "domain_state"),
            {"status": "no_data", "latest_value": 1, "domain_state": "fresh"},
        ),
        relation(
            "a status without a value says why",
            "status not in ('no_data', 'insufficient_data', 'not_comparable', 'target_not_set') "
            "or coalesce(status_reason, '') <> ''",
            ("indicator_id", "status", "status_reason"),
            {"status": "no_data", "status_reason": ""},
        ),
        relation(
            "a baseline is the plan's own",
            "baseline_value is null or baseline_provenance = 'plan'",
            ("indicator_id", "baseline_value", "baseline_provenance"),
            {"baseline_value": 39, "baseline_provenance": "simulated"},
        ),
    ),
    {"status": seed_values("plan/status_words", "status"), "domain_state": _STATES},
    always=len(seed_values("plan/plan_indicators_2025", "indicator_id")),
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

_EXCEEDANCES = events_suite(
    "mart_exceedances",
    (),
    (
        equal(
            "every admitted event stands in it",
            "select count(*) from {table}",
            _admitted_events(),
            "as many events as the admitted event tables hold",
            ("event_id",),
        ),
        relation(
            "an event's domain stands in its identifier",
            "starts_with(event_id, domain || ':')",
            ("event_id", "domain"),
            {"event_id": "noise:S:leq:Ld:2026-01-01T06:00", "domain": "air"},
            WARNING,
        ),
    ),
    WARNING,
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
            "a reduction is no emission",
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
    _SCORECARD,
    _EXCEEDANCES,
    _GHG_INVENTORY,
    _DATA_HEALTH,
    _DELIVERY_COUNTS,
    _RULES_IN_FORCE,
)
