"""The plans of a configuration besides the delivered one: which folders, and what they become.

Here belongs finding and reading them, so that a configuration without plans reads none. Not here: the files of a folder
(sources.plans).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.config.problems import Problems
from sources.registry import Registry
from sources.registry.plan_tables import PLAN_TABLES
from sources.value_digest import digest_of

if TYPE_CHECKING:
    from sources.config.model import Plans
    from sources.networks.declaration import Declaration
    from sources.plans.read_plan import Plan
    from sources.registers.case_register import RegisterDeclaration

Row = Mapping[str, Any]


@dataclass(frozen=True)
class DeclaredPlans:
    """The user's plans in the order of the configuration, and their files; `fingerprint` changes with any byte."""

    plans: tuple[Plan, ...] = ()
    files: tuple[Path, ...] = ()
    fingerprint: str = ""

    def registry(self, known: Registry) -> Registry:
        """`known` with the return items of these plans."""
        if not any(plan.rows["returns_items"] for plan in self.plans):
            return known
        from sources.plans.plan_rows import items_of

        items = {code: item for plan in self.plans for code, item in items_of(plan).items()}
        returns = known.feeds["returns"]
        extended = replace(returns, parameters={**returns.parameters, **items})
        feeds = {**known.feeds, returns.name: extended}
        return replace(known, feeds=feeds, fingerprint=digest_of([known.fingerprint, sorted(items.items())]))

    def rows(self) -> dict[str, list[Row]]:
        """The rows of every table of plans, none where there is no plan."""
        found: dict[str, list[Row]] = {name: [] for name in PLAN_TABLES}
        if self.plans:
            from sources.plans.plan_rows import rows_of

            for plan in self.plans:
                for name, rows in rows_of(plan).items():
                    found[name] += rows
        return found

    def references(self) -> dict[str, tuple[str, ...]]:
        """What returns may report on besides the delivered plan, by item."""
        found: dict[str, tuple[str, ...]] = {}
        if self.plans:
            from sources.plans.plan_rows import references_of

            for plan in self.plans:
                for item, names in references_of(plan).items():
                    found[item] = (*found.get(item, ()), *names)
        return found


NO_PLANS = DeclaredPlans()


def plans_in_use(
    words: Plans,
    base: Path,
    known: Registry,
    networks: Iterable[Declaration],
    registers: Iterable[RegisterDeclaration],
    problems: Problems,
) -> DeclaredPlans:
    """The plans of the folders that `words` names, relative to `base`; their formulas may name `networks` and
    `registers`. Mistakes are added.
    """
    if not words.folders:
        return NO_PLANS
    from sources.plans.read_plan import read_plan

    found: dict[str, Plan] = {}
    files: list[Path] = []
    digests: list[str] = []
    for i, name in enumerate(words.folders):
        read = read_plan(base / name, known, networks, registers)
        for message, hint in read.mistakes:
            problems.add(("plans", "folders", i), message, hint)
        files += read.files
        digests.append(read.sha256)
        if read.plan is None:
            continue
        if read.plan.plan_id in found:
            message = f"the plan '{read.plan.plan_id}' is declared twice"
            problems.add(("plans", "folders", i), message, "give each plan its own plan_id")
        for message in _twice(read.plan, found.values()):
            problems.add(("plans", "folders", i), message, "keep it in one of the plans")
        found[read.plan.plan_id] = read.plan
    return DeclaredPlans(tuple(found.values()), tuple(files), digest_of(digests))


def _twice(plan: Plan, others: Iterable[Plan]) -> Iterator[str]:
    """What `plan` and another declare, which has one meaning for all plans."""
    for name, column in (("returns_items", "item"), ("formulas", "indicator_id")):
        own = {row[column] for row in plan.rows[name]}
        for other in others:
            for both in sorted(own & {row[column] for row in other.rows[name]}):
                yield f"'{both}' is declared by {other.plan_id} already"
