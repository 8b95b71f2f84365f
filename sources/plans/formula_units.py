"""What the terms of a formula are measured in, and by what the result is multiplied to be in its declared unit.

Here belongs that only quantities of one kind are added and that a ratio is in the unit it says. Not here: reading a
formula (formula.py), or computing one (dbt_project). Standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sources.plans.formula import ADDEND, DENOMINATOR, NUMERATOR, Formula, FormulaError, Term
from sources.registry import Registry
from sources.registry.feed_model import Unit

# What a decimal of the tables holds exactly.
_SCALE, _WHOLE = 6, 12
_PEOPLE = "persons"
_SHARE, _PLAIN = "%", "-"


@dataclass(frozen=True)
class Weighed:
    """A formula ready for its table: each term with its unit and exact factor, and the factor of the result as a
    fraction of two decimals.
    """

    terms: tuple[tuple[Term, str], ...]
    factor: Decimal
    divisor: Decimal


def weighed(formula: Formula, units: tuple[str, ...], unit: str, registry: Registry) -> Weighed:
    """`formula`, whose terms are in `units`, in `unit`; FormulaError says what does not go together."""
    sides: dict[str, Unit] = {}
    terms: list[tuple[Term, str]] = []
    for term, name in zip(formula.terms, units, strict=True):
        own = _unit(name, registry)
        side = sides.setdefault(term.role, own)
        if own.base != side.base or own.offset != side.offset:
            message = f"{term.operand}({term.source}) is in {own.code}, which cannot be added to {side.code}"
            raise FormulaError(message, "add only quantities of one kind")
        ratio = Fraction(own.factor) / Fraction(side.factor)
        terms.append((_with(term, ratio), name))
    factor = _factor(formula, sides, unit, registry)
    whole = Fraction(factor)
    return Weighed(tuple(terms), _exact(Fraction(whole.numerator)), _exact(Fraction(whole.denominator)))


def _with(term: Term, ratio: Fraction) -> Term:
    return Term(term.role, term.operand, term.source, term.detail, _exact(Fraction(term.factor) * ratio))


def _factor(formula: Formula, sides: dict[str, Unit], unit: str, registry: Registry) -> Fraction:
    if not formula.is_ratio:
        return _ratio(sides[ADDEND], _unit(unit, registry), unit)
    above, below = sides[NUMERATOR], sides[DENOMINATOR]
    if above.base == below.base and unit in (_SHARE, _PLAIN):
        hundred = 100 if unit == _SHARE else 1
        return hundred * Fraction(above.factor) / Fraction(below.factor)
    for place in (i for i, c in enumerate(unit) if c == "/"):
        one, other = registry.unit(unit[:place]), registry.unit(unit[place + 1 :])
        if one and other and (one.base, other.base) == (above.base, below.base):
            return _ratio(above, one, unit) / _ratio(below, other, unit)
    own = registry.unit(unit)
    if formula.per_head and own and own.base == above.base and own.code not in (_SHARE, _PLAIN):
        return _ratio(above, own, unit) / _ratio(below, _unit(_PEOPLE, registry), unit)
    expected = f"'{above.code}/{below.code}'" + (f" or '{_SHARE}'" if above.base == below.base else "")
    raise FormulaError(f"{above.code} by {below.code} is not in {unit}", f"write a unit such as {expected}", "unit")


def _ratio(own: Unit, wanted: Unit, unit: str) -> Fraction:
    if own.base != wanted.base or own.offset != wanted.offset:
        raise FormulaError(f"it is in {own.code}, which cannot become {unit}", f"write '{own.code}'", "unit")
    return Fraction(own.factor) / Fraction(wanted.factor)


def _unit(name: str, registry: Registry) -> Unit:
    found = registry.unit(name)
    if found is None:
        raise FormulaError(f"the unit '{name}' is not known", "sources/registry/units.toml lists them", "unit")
    return found


def _exact(number: Fraction) -> Decimal:
    """The number as an exact decimal of the tables."""
    scaled = number * 10**_SCALE
    if scaled.denominator != 1 or abs(number) >= 10**_WHOLE:
        raise FormulaError(f"the factor {float(number):g} is not exact with {_SCALE} decimals", "use closer units")
    return Decimal(scaled.numerator).scaleb(-_SCALE)
