"""Whether a limit of a network's declaration can be judged: what it bounds, its ends, unit, dates and conditions.

Here belong the mistakes of one limit, and its numbers in the unit of what it bounds. Not here: the rest of a
declaration (check_declaration.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sources.config.problems import nearest
from sources.networks.declaration import DECIMALS, Condition, Declaration, Limit
from sources.networks.figures import figure_unit, known_figures
from sources.registry import Registry
from sources.registry.feed_model import Unit


def limit_mistakes(declared: Declaration, limit: Limit, registry: Registry) -> Iterable[tuple[str, str, str]]:
    """(word, message, what to write instead) of each mistake of `limit`."""
    parameter = declared.parameters.get(limit.parameter)
    if parameter is None:
        yield "parameter", f"there is no parameter '{limit.parameter}'", nearest(limit.parameter, declared.parameters)
        return
    known = known_figures(declared)
    if limit.figure and (limit.figure, limit.parameter) not in known:
        ids = [i for i, code in known if code == limit.parameter]
        yield "figure", f"there is no figure '{limit.figure}' of {limit.parameter}", nearest(limit.figure, ids)
        return
    grades = [g.id for g in declared.scale.grades] if declared.scale else []
    if limit.grade and limit.grade not in grades:
        yield "grade", f"there is no grade '{limit.grade}'", nearest(limit.grade, grades) or "add [scale]"
    yield from _bound_mistakes(declared, limit)
    own = figure_unit(declared, limit.figure, limit.parameter)
    if not parameter.vocabulary and own != "-":
        if not limit.unit:
            yield "unit", "a limit needs its unit", f'write unit = "{own}", or the one of the standard'
        elif mistake := _unit_mistake(limit, own, registry):
            yield "unit", *mistake
    if limit.valid_from and limit.valid_to and limit.valid_to < limit.valid_from:
        yield "valid_to", f"{limit.valid_to} is before {limit.valid_from}", ""
    if limit.hours and len(limit.hours) != 2:
        yield "hours", "two hours are expected", "write [6, 22]: from 6:00 until before 22:00"
    for condition in limit.when:
        yield from _condition_mistakes(declared, condition)


def _bound_mistakes(declared: Declaration, limit: Limit) -> Iterable[tuple[str, str, str]]:
    needs = {"<=": "high", "<": "high", ">=": "low", ">": "low", "is": "word"}.get(limit.operator, "low high").split()
    given = {n for n in ("low", "high") if getattr(limit, n) is not None} | ({"word"} if limit.word else set())
    given |= {"high"} if limit.high_of else set()
    if given != set(needs):
        yield "operator", f"'{limit.operator}' goes with {' and '.join(needs)}", "write exactly these"
    if limit.low is not None and limit.high is not None and limit.low > limit.high:
        yield "low", f"{limit.low} is more than {limit.high}", ""
    parameter = declared.parameters[limit.parameter]
    if limit.word and limit.word not in declared.vocabularies.get(parameter.vocabulary, {}):
        hint = nearest(limit.word, declared.vocabularies.get(parameter.vocabulary, {}))
        yield "word", f"'{limit.word}' is not a word of {limit.parameter}", hint
    if limit.high_of and limit.high_of.parameter not in declared.parameters:
        hint = nearest(limit.high_of.parameter, declared.parameters)
        yield "high_of", f"there is no parameter '{limit.high_of.parameter}'", hint


def _unit_mistake(limit: Limit, own: str, registry: Registry) -> tuple[str, str] | None:
    unit, target = registry.unit(limit.unit), registry.unit(own)
    if unit is None:
        return f"the unit '{limit.unit}' is not known", nearest(limit.unit, registry.units)
    if target is None or unit.base != target.base:
        return f"'{limit.unit}' cannot become {own}", f"write it in {own}"
    for number in (limit.low, limit.high):
        if number is not None and converted(number, unit, target) is None:
            return (
                f"{number} {limit.unit} has more than {DECIMALS} decimals in {own}",
                "give the parameter a smaller unit",
            )
    return None


def converted(number: Decimal, unit: Unit, target: Unit) -> Decimal | None:
    """`number` of `unit` in `target`; None where it cannot be kept exactly with 6 decimals."""
    exact = (number * unit.factor + unit.offset - target.offset) / target.factor
    kept = exact.quantize(Decimal(10) ** -DECIMALS)
    return kept if kept == exact else None


def _condition_mistakes(declared: Declaration, condition: Condition) -> Iterable[tuple[str, str, str]]:
    if bool(condition.attribute) == bool(condition.parameter):
        yield "when", "a condition names an attribute or a parameter", ""
    elif condition.attribute:
        attribute = declared.attributes.get(condition.attribute)
        if attribute is None:
            hint = nearest(condition.attribute, declared.attributes)
            yield "when", f"there is no attribute '{condition.attribute}'", hint
        elif attribute.values and condition.is_ not in attribute.values:
            hint = nearest(condition.is_, attribute.values)
            yield "when", f"'{condition.is_}' is not a value of {condition.attribute}", hint
    elif condition.parameter not in declared.parameters:
        hint = nearest(condition.parameter, declared.parameters)
        yield "when", f"there is no parameter '{condition.parameter}'", hint
