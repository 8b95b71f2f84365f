"""Suites of the marts of registers of cases: each case, members of lists, and both by area and month.

Here belongs what holds whatever a register declares. Not here: what follows from a column's name (common.py), or which
registers there are, which follows from the registry.
"""

from __future__ import annotations

from expectations.checks import Check, between, relation
from expectations.suites.common import SIMULATED_ID, Suite
from warehouse.tables.judged import WARNING


def _named(number: str) -> tuple[Check, ...]:
    """A simulated case says so in its number, because what it is about may be an identity."""
    return (
        relation(
            "simulated cases say so",
            f"starts_with({number}, '{SIMULATED_ID}') = (provenance = 'simulated')",
            ("provenance", number),
            {"provenance": "simulated", number: "X"},
        ),
    )


_LIST = Suite(
    "mart_case_list",
    (),
    (
        *_named("case_id"),
        relation(
            "a case is closed on or after the day it was opened",
            "closed_on is null or closed_on >= opened_on",
            ("opened_on", "closed_on"),
            {"opened_on": "2026-01-02", "closed_on": "2026-01-01"},
        ),
        relation(
            "what is closed has a day, and nothing else has",
            "(meaning = 'closed') = (closed_on is not null)",
            ("meaning", "closed_on"),
            {"meaning": "open", "closed_on": "2026-01-01"},
        ),
        relation(
            "on time is closed by the day it was due",
            "is_on_time is not distinct from (closed_on <= due_on)",
            ("is_on_time", "closed_on", "due_on"),
            {"is_on_time": True, "closed_on": "2026-01-02", "due_on": "2026-01-01"},
        ),
        between("days_to_close", 0, None),
        between("days_to_close", 0, 3650, "days", severity=WARNING),
    ),
    change=0.5,
    always=0,
)

_MEMBERS = Suite(
    "mart_register_members",
    (),
    (
        *_named("member_id"),
        relation(
            "a membership ends on or after the day before it began",
            "valid_to is null or valid_to >= valid_from - 1",
            ("valid_from", "valid_to"),
            {"valid_from": "2026-01-03", "valid_to": "2026-01-01"},
        ),
    ),
    change=0.5,
    always=0,
)

_MONTHLY = Suite(
    "mart_case_monthly",
    (),
    (
        *(between(name, 0, None) for name in ("n_opened", "n_closed", "n_open_at_end", "n_overdue_at_end")),
        *(between(name, 0, 100, "%") for name in ("closed_pct", "on_time_pct")),
        between("median_days", 0, None),
        relation(
            "what is overdue is open",
            "n_overdue_at_end <= n_open_at_end",
            ("n_overdue_at_end", "n_open_at_end"),
            {"n_overdue_at_end": 2, "n_open_at_end": 1},
        ),
        relation(
            "a part is at most its whole",
            "n_opened_closed <= n_opened and n_on_time <= n_closed_due and n_closed_due <= n_closed",
            ("n_opened_closed", "n_opened", "n_on_time", "n_closed_due", "n_closed"),
            {"n_opened_closed": 2, "n_opened": 1, "n_on_time": 0, "n_closed_due": 0, "n_closed": 0},
        ),
        relation(
            "a share is that of its counts, to one decimal",
            "n_opened = 0 or abs(closed_pct * n_opened - 100 * n_opened_closed) <= 0.05 * n_opened",
            ("closed_pct", "n_opened", "n_opened_closed"),
            {"closed_pct": 60, "n_opened": 10, "n_opened_closed": 5},
        ),
    ),
    change=0.5,
    always=0,
)

SUITES: tuple[Suite, ...] = (_LIST, _MEMBERS, _MONTHLY)
