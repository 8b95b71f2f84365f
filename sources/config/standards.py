"""What a configuration chooses within the standards: an air edition, a grid factor, a rule's value.

Here belong the choices under [standards], checked against what is delivered (shipped.py). Not here: what a rule or a
factor does to a figure (dbt_project). Every override is shown: mart_rules_in_force and the manifest of a release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from dbt_project.seed_rows import seed_rows
from sources.config import shipped
from sources.config.model import Standards
from sources.config.problems import Problems, nearest

_PLACE = ("standards",)
# What a value in a unit can be at most, and whether it is counted; any other unit only keeps its sign.
_LIMITS: Mapping[str, tuple[Decimal, bool]] = {
    "1 yes, 0 no": (Decimal(1), True),
    "decimals": (Decimal(6), True),
    "%": (Decimal(100), False),
    "share": (Decimal(1), False),
    "share of the detection limit": (Decimal(1), False),
    "hour": (Decimal(24), True),
    "hour label": (Decimal(24), True),
}
_DIGITS, _DECIMALS = 12, 6


def check_standards(given: Standards, raw: Mapping[str, Any], problems: Problems) -> None:
    """Adds every mistake under [standards] that is not one of shape; `raw` is the table as it is written."""
    if "air_edition" in raw:
        _check_edition(given.air_edition, problems)
    _check_grid(given, raw, problems)
    for rule_id, value in given.rules.items():
        message, hint = rule_mistake(rule_id, value)
        if message:
            problems.add((*_PLACE, "rules", rule_id), message, hint)


def _check_edition(edition: str, problems: Problems) -> None:
    known = [row["edition"] for row in seed_rows("standards/air_editions")]
    if edition not in known:
        hint = f"{nearest(edition, known)}; leave it out to follow the date"
        problems.add((*_PLACE, "air_edition"), f"there is no edition '{edition}' of the air standards", hint)


def _check_grid(given: Standards, raw: Mapping[str, Any], problems: Problems) -> None:
    rows = seed_rows("energy/energy_grid_factors")
    sound = True
    for what, value in (("region", given.grid_region), ("series", given.grid_series)):
        known = list(dict.fromkeys(row[what] for row in rows))
        if value not in known:
            message = f"there is no grid factor of {what} '{value}'"
            problems.add((*_PLACE, f"grid_{what}"), message, nearest(value, known))
            sound = False
    region, series = given.grid_region, given.grid_series
    if sound and not any((row["region"], row["series"]) == (region, series) for row in rows):
        regions = ", ".join(dict.fromkeys(f"'{row['region']}'" for row in rows if row["series"] == series))
        message = f"region '{region}' has no grid factors of series '{series}'"
        key = "grid_series" if "grid_series" in raw else "grid_region"
        problems.add((*_PLACE, key), message, f"set grid_region to one of {regions}")


def rule_mistake(rule_id: str, value: Decimal | int) -> tuple[str, str]:
    """Why `value` cannot replace a rule's own, and what to write instead; ('', '') if it can."""
    rules = shipped.rules()
    if rule_id not in rules:
        return f"there is no rule '{rule_id}'", nearest(rule_id, rules) or "mart_rules_in_force lists them"
    rows = rules[rule_id]
    spans = [row["valid_from"] for row in rows]
    if len(set(spans)) < len(spans):
        listed = ", ".join(shipped.values_of(rows))
        return f"the rule is a set of values ({listed}), which one number cannot replace", "leave it out"
    return _number_mistake(Decimal(value), rows)


def _number_mistake(number: Decimal, rows: Sequence[shipped.Row]) -> tuple[str, str]:
    if not number.is_finite() or abs(number) >= 10**_DIGITS:
        return f"{number} is not a number that a rule can have", "write it as 12.5"
    if number != round(number, _DECIMALS):
        return f"{number} has more than {_DECIMALS} decimals", f"the nearest is {round(number, _DECIMALS)}"
    unit, own = rows[0]["unit"], shipped.values_of(rows)
    hint = f"in {unit}; as delivered it is {', '.join(own) or 'not set'}"
    if number < 0 and all(Decimal(value) >= 0 for value in own):
        return f"{number} is negative", hint
    most, whole = _LIMITS.get(unit, (None, False))
    if most is not None and number > most:
        return f"{number} is more than {most}", hint
    if whole and number != number.to_integral_value():
        return f"{number} is not a whole number", hint
    return "", ""
