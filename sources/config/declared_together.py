"""The declared tables of a configuration: each file by itself, and what their rows say together.

Here belongs reading them once and putting their checks together. Not here: the checks (declared.py, declared_areas.py,
declared_scores.py, declared_waste.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sources.config.declared import DeclaredRows, read_declared
from sources.config.declared_areas import in_use, placed_mistakes, tree_mistakes
from sources.config.declared_networks import DeclaredNetworks
from sources.config.declared_plans import DeclaredPlans
from sources.config.declared_registers import DeclaredRegisters
from sources.config.declared_scores import Scored, Scores, known_figures
from sources.config.declared_waste import RATIOS, WASTE, categories_in_use, judge, terms_missing
from sources.config.problems import Problems
from sources.config.registers import entries_in_force
from sources.registry.declared_tables import DECLARED_TABLES

if TYPE_CHECKING:
    from sources.config.csv_file import Mistake

_SCORES = ("composite_scores", "composite_parts", "composite_steps")
_NOTHING = DeclaredRows("")


@dataclass(frozen=True)
class Around:
    """What declared rows may name: the registers' sites, and the networks, registers of cases and plans in use."""

    sites: tuple[Path, ...]
    networks: DeclaredNetworks
    cases: DeclaredRegisters
    plans: DeclaredPlans


def check_declared(files: Mapping[str, Path], around: Around, problems: Problems) -> None:
    """Adds every mistake of the declared tables in `files`."""
    categories = categories_in_use(files)
    judges = {name: judge(name, categories, files) for name in WASTE}
    reads = {name: read_declared(DECLARED_TABLES[name], file, judges.get(name)) for name, file in files.items()}
    for name, read in reads.items():
        for message, hint in read.mistakes:
            problems.add(("declared", name), message, hint)
    # What rows say together is asked once each of them is sound.
    if not any(read.mistakes for read in reads.values()):
        for name, (message, hint) in _together(reads, around):
            problems.add(("declared", name), message, hint)


def _together(reads: Mapping[str, DeclaredRows], around: Around) -> Iterator[tuple[str, Mistake]]:
    areas = reads.get("areas", _NOTHING)
    for mistake in tree_mistakes(areas):
        yield "areas", mistake
    for mistake in terms_missing(reads):
        yield RATIOS, mistake
    if "site_areas" in reads:
        placed = placed_mistakes(reads["site_areas"], in_use("areas", areas.rows, "areas/areas"), _sites(around))
        for mistake in placed:
            yield "site_areas", mistake
    if any(name in reads for name in _SCORES):
        scores, parts, steps = (reads.get(name, _NOTHING) for name in _SCORES)
        yield from Scores(scores, parts, steps, figures_in_use(around)).mistakes()


def _sites(around: Around) -> set[tuple[str, str]]:
    return {(feed, site) for site, feed, _ in entries_in_force(around.sites)}


def figures_in_use(around: Around) -> Mapping[str, Scored]:
    """What the parts of a score may name in this configuration."""
    further = [row["indicator_id"] for plan in around.plans.plans for row in plan.rows["formulas"]]
    entries = entries_in_force(around.sites).values()
    return known_figures(around.networks.declarations, around.cases.declarations, entries, further)
