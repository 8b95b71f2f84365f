"""Suites of the tables that have one shape in every domain: rankings of places, and events (exceedances and hints).

Here belongs what holds for such a table whatever it ranks or counts. Not here: which marts there are; each domain's
module builds its own suites with these and adds what is particular.
"""

from __future__ import annotations

from dataclasses import replace

from expectations.checks import Check, between, none, not_emptied, not_null, relation
from expectations.suites.common import AREA_LEVELS, SIMULATED_ID, Suite, one_level
from warehouse.tables.judged import CRITICAL, WARNING, Severity

# Words of the calendar and of the shapes; averaging times that a limit exists for are apart from those of hints.
RANKING_PERIODS = ("week", "half_month", "month", "quarter", "half_year", "year")
PLACE_KINDS = ("area", "site")
VARIANTS = ("", "dust_included", "dust_excluded")
STATES = ("provisional", "verified")
EVENT_KINDS = ("exceedance", "hint")
LIMIT_AVERAGINGS = ("1h", "24h", "daily_max_8h", "Ld", "Ln", "month_class")
HINT_AVERAGINGS = ("hour", "day", "month")
# Declared networks have limits of every period that a figure may have, and of single samples.
NETWORK_AVERAGINGS = ("sample", "hour", "day", "week", "half_month", "month", "quarter", "half_year", "year")
_OPEN_END = "regexp_matches(limit_text, '[<>]|(^| )\\(|[0-9]\\)')"


def ranking_suite(mart: str, fed_by: tuple[str, ...], checks: tuple[Check, ...] = (), always: int = 1) -> Suite:
    """The suite of a ranking mart; rows only warn, for a district may have no place of a list.

    `always` is 0 where a feed's first month gives no list.
    """
    vocabularies = {
        "place_kind": PLACE_KINDS,
        "area_level": ("", *AREA_LEVELS),
        "period_kind": RANKING_PERIODS,
        "variant": VARIANTS,
        "publication_state": STATES,
    }
    return Suite(mart, fed_by, (*ranking_checks(), *checks), vocabularies, always=always, rows_severity=WARNING)


def events_suite(
    mart: str,
    fed_by: tuple[str, ...] = (),
    checks: tuple[Check, ...] = (),
    severity: Severity = CRITICAL,
    limits: tuple[str, ...] = LIMIT_AVERAGINGS,
) -> Suite:
    """The suite of an event mart. No event is good news: the table may be empty, and a correction may empty it.

    `severity` is that of the checks of events: a table that unites what the domains' suites have judged only warns.
    `limits` are the averaging times that a limit exists for.
    """
    vocabularies = {"kind": EVENT_KINDS, "averaging": tuple(dict.fromkeys((*limits, *HINT_AVERAGINGS)))}
    of_events = (replace(check, severity=severity) for check in event_checks(limits))
    mild = replace(not_emptied(), severity=WARNING)
    return Suite(mart, fed_by, (mild, *of_events, *checks), vocabularies, change=0.8, always=0)


def ranking_checks() -> tuple[Check, ...]:
    """What holds for every row of a ranking."""
    return (
        *(not_null(c) for c in ("list_name_zh", "place_name_zh", "item_zh", "unit", "n_ranked", "publication_state")),
        between("rank", 1, None),
        between("n_ranked", 0, None),
        relation(
            "a ranked place has a figure its rule allows",
            "rank is null or (value is not null and validity in ('valid', 'indicative'))",
            ("list_id", "place_id", "rank", "value", "validity"),
            {"rank": 1, "value": 1, "validity": "insufficient"},
        ),
        relation(
            "a valid figure is ranked",
            "validity not in ('valid', 'indicative') or value is null or rank is not null",
            ("list_id", "place_id", "rank", "value", "validity"),
            {"rank": None, "value": 1, "validity": "valid"},
        ),
        relation(
            "what its rule does not allow is null",
            "validity in ('valid', 'indicative') or value is null",
            ("list_id", "place_id", "value", "validity"),
            {"value": 1, "validity": "insufficient"},
        ),
        relation(
            "a place that is not ranked says why",
            "rank is not null or coalesce(validity_reason, '') <> ''",
            ("list_id", "place_id", "rank", "validity_reason"),
            {"rank": None, "validity_reason": ""},
        ),
        relation(
            "no rank beyond the number of ranked places",
            "rank <= n_ranked and previous_rank >= 1 and last_year_rank >= 1",
            ("list_id", "place_id", "rank", "n_ranked", "previous_rank", "last_year_rank"),
            {"rank": 3, "n_ranked": 2, "previous_rank": 1, "last_year_rank": 1},
        ),
        _shared_ranks(),
        relation(
            "areas have a level and sites none",
            "(place_kind = 'area') = (area_level <> '')",
            ("list_id", "place_kind", "area_level"),
            {"place_kind": "area", "area_level": ""},
        ),
        one_level("list_id"),
        *(
            relation(
                f"the change on {says} is the difference",
                f"change_on_{name} = value - {name}_value",
                ("list_id", "place_id", f"change_on_{name}", "value", f"{name}_value"),
                {f"change_on_{name}": 1, "value": 10, f"{name}_value": 8},
            )
            for name, says in (("previous", "the previous period"), ("last_year", "last year"))
        ),
        *(
            relation(
                f"the change on {says} in percent has its sign",
                f"change_on_{name}_pct * change_on_{name} * {name}_value >= 0",
                ("list_id", "place_id", f"change_on_{name}", f"change_on_{name}_pct", f"{name}_value"),
                {f"change_on_{name}": 1, f"change_on_{name}_pct": -5, f"{name}_value": 20},
            )
            for name, says in (("previous", "the previous period"), ("last_year", "last year"))
        ),
        relation(
            "a simulated site says so",
            f"place_kind <> 'site' or starts_with(place_id, '{SIMULATED_ID}') = (provenance = 'simulated')",
            ("place_kind", "place_id", "provenance"),
            {"place_kind": "site", "place_id": "SIM-X", "provenance": "observed"},
        ),
    )


def _shared_ranks() -> Check:
    """A rank is one more than the number of ranked places that come before; who has no valid figure has none."""
    ranked = "value is not null and validity in ('valid', 'indicative')"
    placed = "case when method = 'highest_first' then -value else value end"
    counted = (
        f"select list_id, period_kind, period_start, place_id, rank as found, case when {ranked} then rank() over ("
        f"partition by list_id, period_kind, period_start, {ranked} order by {placed}) end as expected from {{table}}"
    )
    return none(
        "ranks are shared on the published value",
        f"select * from ({counted}) where found is distinct from expected",
        "no rank but one more than the number of ranked places that come before",
        ("list_id", "period_kind", "period_start", "place_id", "rank", "value", "validity", "method"),
    )


def at_open_end() -> Check:
    """For events of declared limits in place of the check of all others: a limit may leave its end out, as < 5."""
    return relation(
        "a value at the limit is not an exceedance",
        f"kind <> 'exceedance' or peak_value <> limit_value or {_OPEN_END}",
        ("event_id", "kind", "peak_value", "limit_value", "limit_text"),
        {"kind": "exceedance", "peak_value": 75, "limit_value": 75, "limit_text": "III ≤ 75 dB(A)"},
    )


def event_checks(averagings: tuple[str, ...] = LIMIT_AVERAGINGS) -> tuple[Check, ...]:
    """What holds for every event; `averagings` are those that a limit exists for."""
    limits = ", ".join(f"'{a}'" for a in averagings)
    return (
        *(not_null(c) for c in ("site_id", "site_name_zh", "parameter_zh", "event_start", "event_end", "is_open")),
        *(between(c, low, None) for c, low in (("n_periods", 1), ("n_periods_between", 0), ("readings_behind", 0))),
        relation(
            "an event ends after it starts",
            "event_end > event_start",
            ("event_id", "event_start", "event_end"),
            {"event_start": "2026-01-02 00:00:00", "event_end": "2026-01-01 00:00:00"},
        ),
        relation(
            "the peak lies inside the event",
            "peak_at >= event_start and peak_at < event_end",
            ("event_id", "event_start", "event_end", "peak_at"),
            {
                "event_start": "2026-01-01 00:00:00",
                "event_end": "2026-01-02 00:00:00",
                "peak_at": "2026-01-02 00:00:00",
            },
        ),
        relation(
            "an exceedance is against a limit of its averaging time",
            f"kind <> 'exceedance' or averaging in ({limits})",
            ("event_id", "kind", "averaging"),
            {"kind": "exceedance", "averaging": "no averaging"},
        ),
        relation(
            "an exceedance names its limit",
            "kind <> 'exceedance' or limit_value is not null or coalesce(limit_text, '') <> ''",
            ("event_id", "kind", "limit_value", "limit_text"),
            {"kind": "exceedance", "limit_value": None, "limit_text": ""},
        ),
        relation(
            "a value at the limit is not an exceedance",
            "kind <> 'exceedance' or peak_value <> limit_value",
            ("event_id", "kind", "peak_value", "limit_value"),
            {"kind": "exceedance", "peak_value": 75, "limit_value": 75},
        ),
        relation(
            "a multiple belongs to a value above a limit",
            "multiple is null or (multiple >= 0 and coalesce(peak_value > limit_value, false))",
            ("event_id", "multiple", "peak_value", "limit_value"),
            {"multiple": 0.2, "peak_value": 60, "limit_value": 75},
        ),
        relation(
            "a hint says why it is one",
            "kind <> 'hint' or coalesce(reason, '') <> ''",
            ("event_id", "kind", "reason"),
            {"kind": "hint", "reason": ""},
        ),
    )
