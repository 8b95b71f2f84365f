"""Suites of the energy marts: amounts, standard coal and CO2 by month and year, and the district totals.

Here belongs what is particular to these marts. Not here: what follows from a column's name (common.py).
"""

from __future__ import annotations

from expectations.checks import Check, between, not_null, relation
from expectations.suites.common import PERIOD_KINDS, Suite, indicators, seed_values
from expectations.suites.lists import events_suite
from sources.registry import registry

_FED = ("clean_energy",)
_FACTOR_STATUS = ("final", "provisional_factor", "insufficient", "not_energy")


def _balance() -> tuple[Check, ...]:
    """What holds for every row of amount × coefficient, month or year."""
    return (
        not_null("unit"),
        between("amount", 0, None),
        between("tce", 0, None, "t"),
        between("tco2", 0, None, "t"),
        relation(
            "a carrier is known in the registry", f"carrier in ({_carriers()})", ("carrier",), {"carrier": "peat"}
        ),
        relation(
            "what counts in scope is at most the whole",
            "abs(tce_in_scope) <= tce",
            ("tce", "tce_in_scope"),
            {"tce": 1, "tce_in_scope": 2},
        ),
        relation(
            "a meter is part of the balance and adds nothing to it",
            "metering <> 'meter' or (tce_in_scope = 0 and tco2_in_scope = 0)",
            ("metering", "tce_in_scope", "tco2_in_scope"),
            {"metering": "meter", "tce_in_scope": 0, "tco2_in_scope": 1},
        ),
        *(
            relation(
                f"{value} has a value where its verdict allows one",
                f"({value}_validity in ('valid', 'indicative')) = ({value}_in_scope is not null)"
                f" or {value}_in_scope = 0",
                (f"{value}_validity", f"{value}_in_scope"),
                {f"{value}_validity": "pending", f"{value}_in_scope": 1},
            )
            for value in ("tce", "tce_equal_value", "tco2")
        ),
        relation(
            "a provisional factor is at most indicative",
            "factor_status <> 'provisional_factor' or tco2_validity <> 'valid' or tco2_in_scope = 0",
            ("factor_status", "tco2_validity", "tco2_in_scope"),
            {"factor_status": "provisional_factor", "tco2_validity": "valid", "tco2_in_scope": 1},
        ),
        relation(
            "no factor, no CO2",
            "factor_status <> 'insufficient' or tco2 is null",
            ("factor_status", "tco2"),
            {"factor_status": "insufficient", "tco2": 1},
        ),
        # 1 tce of the most carbon-rich fuel gives about 2.8 t CO2; grid power about 5 t per tce of equivalent value.
        relation(
            "CO2 per tce stays below 12 t", "tce = 0 or tco2 <= 12 * tce", ("tce", "tco2"), {"tce": 1, "tco2": 13}
        ),
    )


def _carriers() -> str:
    return ", ".join(f"'{code}'" for code in registry().feeds["energy"].parameters)


def _words() -> dict[str, tuple[str, ...]]:
    declared = registry().feeds["energy"].vocabularies
    return {
        "flow": declared["flow"],
        "metering": declared["metering"],
        "sector": tuple(dict.fromkeys((*seed_values("energy/energy_sectors", "sector"), *declared["sector"]))),
        "factor_status": _FACTOR_STATUS,
    }


SUITES = (
    # Yearly balances fill the one and months without a whole year the other; with readings, one of them has rows.
    Suite("mart_energy_monthly", _FED, _balance(), _words(), with_rows_of=("mart_energy_annual",)),
    Suite(
        "mart_energy_annual",
        _FED,
        _balance(),
        {**_words(), "period_kind": PERIOD_KINDS},
        with_rows_of=("mart_energy_monthly",),
    ),
    indicators("mart_energy_indicators", _FED),
    events_suite(
        "mart_energy_hints",
        _FED,
        (
            relation("a hint is not an exceedance", "kind = 'hint'", ("kind",), {"kind": "exceedance"}),
            relation("a hint has no limit", "limit_value is null", ("limit_value",), {"limit_value": 1}),
        ),
    ),
)
