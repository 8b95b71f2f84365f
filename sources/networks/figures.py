"""The figures of a network: those that it declares and those that it has without saying so.

Here belong the default figures, their levels, units and periods. Not here: words (declaration.py) or rows
(network_rows.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from sources.networks.declaration import Declaration, Figure, PeriodKind
from sources.registry.declared_feeds import CADENCE_MINUTES

# Means that every number has, where the network declares no figure of its own.
_DEFAULT_PERIODS: Mapping[PeriodKind, tuple[str, str]] = {
    "month": ("月均值", "Monthly mean"),
    "year": ("年均值", "Annual mean"),
}
_PERIOD_ORDER = get_args(PeriodKind)


@dataclass(frozen=True)
class FigureOf:
    """One figure of one parameter; `level` is 1 for readings, else one more than the figure it is made of."""

    figure: Figure
    parameter: str
    level: int


def figures_of(declared: Declaration) -> Iterator[FigureOf]:
    """Every figure of the network, each parameter by itself; a figure in a circle is left out, the check names it."""
    wanted = [*declared.figures, *default_figures(declared)]
    by_id = {(f.id, code): f for f in wanted for code in f.of_parameters}
    for (_, code), figure in by_id.items():
        level, at = 1, figure
        while at.of and (at.of, code) in by_id and level <= len(by_id):
            level, at = level + 1, by_id[at.of, code]
        yield FigureOf(figure, code, level)


def default_figures(declared: Declaration) -> list[Figure]:
    """Means of months and years of every number, where nothing else is declared; not finer than the cadence."""
    if declared.figures:
        return []
    numbers = tuple(code for code, p in declared.parameters.items() if not p.vocabulary)
    cadence = declared.cadence
    rank = -1 if cadence in CADENCE_MINUTES else _PERIOD_ORDER.index(cadence)
    return [
        Figure(id=f"{period}_mean", parameters=numbers, statistic="mean", period=period, name_zh=zh, name_en=en)
        for period, (zh, en) in _DEFAULT_PERIODS.items()
        if numbers and _PERIOD_ORDER.index(period) >= rank
    ]


def known_figures(declared: Declaration) -> set[tuple[str, str]]:
    """Id and parameter of every figure."""
    return {(f.id, code) for f in (*declared.figures, *default_figures(declared)) for code in f.of_parameters}


def figure_unit(declared: Declaration, figure_id: str, parameter: str) -> str:
    """The unit of a figure of a parameter; of readings ('') the parameter's."""
    by_id = {f.id: f for f in (*declared.figures, *default_figures(declared)) if parameter in f.of_parameters}
    seen: set[str] = set()
    while figure_id in by_id and figure_id not in seen:
        seen.add(figure_id)
        figure = by_id[figure_id]
        if figure.unit or figure.statistic in ("count", "days"):
            return figure.unit or "-"
        figure_id = figure.of
    return declared.parameters[parameter].unit
