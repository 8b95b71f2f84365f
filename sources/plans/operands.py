"""What the operands of formulas name: return items, indicators, figures of networks and registers, each with its unit.

Here belongs finding them, with the nearest word where there is none. Not here: reading a formula (formula.py), or
whether units go together (formula_units.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sources.config.problems import nearest
from sources.plans import computed
from sources.plans.formula import INDICATOR, ITEM, OF_NETWORKS, FormulaError, Term, parsed
from sources.plans.formula_units import Weighed, weighed
from sources.registry import Registry

if TYPE_CHECKING:
    from sources.networks.declaration import AreaFigure, Declaration
    from sources.registers.case_register import RegisterDeclaration

_RETURNS = "returns"
# Statistics of a network's areas that each word means.
_STATISTICS = {
    "mean": ("mean", "weighted_mean"),
    "attainment": ("share_attaining", "weighted_share_attaining"),
    "days": ("sum",),
}
_REPORTS = ("commitment_", "project_")
_SHARE = "%"


@dataclass(frozen=True)
class Operand:
    """A term that was found: kind and place in the tables, unit, and the feeds behind it."""

    kind: str
    source: str
    variant: str
    figure: str
    unit: str
    feeds: tuple[str, ...]


@dataclass(frozen=True)
class Sources:
    """All that a formula may name: units of return items, the indicators, the networks and registers in use."""

    registry: Registry
    items: Mapping[str, str] = field(default_factory=dict)
    networks: Mapping[str, Declaration] = field(default_factory=dict)
    registers: Mapping[str, RegisterDeclaration] = field(default_factory=dict)

    def with_items(self, units: Mapping[str, str]) -> Sources:
        """The same with further return items."""
        return replace(self, items={**self.items, **units})

    def of(self, term: Term) -> Operand:
        """What `term` names; FormulaError with the nearest word."""
        if term.operand == ITEM:
            return self._item(term)
        if term.operand == INDICATOR:
            return _indicator(term)
        if term.operand in OF_NETWORKS:
            return self._network(term)
        return self._register(term)

    def weighed(self, formula: str, unit: str) -> tuple[Weighed, tuple[Operand, ...]]:
        """`formula` in `unit`, with its operands in the order of its terms; FormulaError says what is wrong."""
        read = parsed(formula)
        operands = tuple(self.of(term) for term in read.terms)
        return weighed(read, tuple(operand.unit for operand in operands), unit, self.registry), operands

    def _item(self, term: Term) -> Operand:
        if term.source not in self.items:
            raise FormulaError(f"there is no return item '{term.source}'", nearest(term.source, self.items))
        return Operand(ITEM, term.source, "", "", self.items[term.source], (_RETURNS,))

    def _network(self, term: Term) -> Operand:
        if term.source not in self.networks:
            hint = nearest(term.source, self.networks) or "name it as feed of a source or register first"
            raise FormulaError(f"no network '{term.source}' is in use", hint)
        yearly = [area for area in self.networks[term.source].areas if area.period == "year"]
        fitting = [area for area in yearly if area.statistic in _STATISTICS[term.operand]]
        found = [area for area in fitting if term.detail in _names(area)]
        if not found:
            hint = nearest(term.detail, (name for area in fitting for name in _names(area)))
            message = f"{term.source} has no yearly {term.operand} of areas of '{term.detail}'"
            raise FormulaError(message, hint or 'declare [[areas]] with period = "year" in the network')
        return Operand("network", term.source, "", found[0].id, found[0].unit, (term.source,))

    def _register(self, term: Term) -> Operand:
        if term.source not in self.registers:
            hint = nearest(term.source, self.registers) or "name it as feed of a source or register first"
            raise FormulaError(f"no register '{term.source}' is in use", hint)
        if self.registers[term.source].kind == "list":
            hint = "name a register of cases, or count its members as a return item"
            raise FormulaError(f"{term.source} is a list: its members are not closed", hint)
        return Operand("register", term.source, "", term.operand, _SHARE, (term.source,))


def sources_of(
    registry: Registry, networks: Iterable[Declaration] = (), registers: Iterable[RegisterDeclaration] = ()
) -> Sources:
    """What formulas may name under `registry`; what reports on a plan is not an item of a formula."""
    items = registry.feeds[_RETURNS].parameters_of("clean_returns")
    units = {code: item.unit for code, item in items.items() if not code.startswith(_REPORTS)}
    return Sources(registry, units, {own.name: own for own in networks}, {own.name: own for own in registers})


def _indicator(term: Term) -> Operand:
    known = computed.delivered()
    if term.source not in known:
        raise FormulaError(f"there is no indicator '{term.source}'", nearest(term.source, known))
    own = known[term.source]
    variant = term.detail or own.variant
    if variant not in own.units:
        raise FormulaError(f"{term.source} has no variant '{term.detail}'", nearest(term.detail, own.units))
    return Operand(INDICATOR, term.source, variant, "", own.units[variant], own.feeds)


def _names(area: AreaFigure) -> tuple[str, ...]:
    return area.id, area.parameter
