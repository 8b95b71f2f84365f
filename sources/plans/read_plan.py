"""A folder of CSVs → the plan it declares, or every mistake with file, line, column and what to write instead.

Here belong reading the files in the order in which they name each other, and the shape of a plan. Not here: their
columns (folder.py) or whether a row makes sense (check_plan.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.config.csv_file import Mistake
from sources.config.declared import read_rows
from sources.config.problems import nearest
from sources.plans.check_plan import Checks
from sources.plans.computed import Computed
from sources.plans.folder import FILES
from sources.plans.operands import Sources, sources_of
from sources.registry import Registry

if TYPE_CHECKING:
    from sources.networks.declaration import Declaration
    from sources.registers.case_register import RegisterDeclaration

Row = Mapping[str, Any]
# Without one of them nothing is promised.
_PROMISES = ("indicators", "commitments", "projects")


@dataclass(frozen=True)
class Plan:
    """A sound plan: the rows of each file of its folder (sources.plans.folder), and what is computed for it."""

    plan_id: str
    rows: Mapping[str, tuple[Row, ...]]
    computed: Mapping[str, Computed]
    sources: Sources


@dataclass(frozen=True)
class ReadPlan:
    """A folder as it was read: the plan if it is sound, its files, the SHA-256 of all of them, and its mistakes."""

    folder: Path
    plan: Plan | None = None
    files: tuple[Path, ...] = ()
    sha256: str = ""
    mistakes: tuple[Mistake, ...] = ()


def read_plan(
    folder: Path,
    registry: Registry,
    networks: Iterable[Declaration] = (),
    registers: Iterable[RegisterDeclaration] = (),
) -> ReadPlan:
    """The plan that `folder` declares; its formulas may name `networks` and `registers`."""
    if not folder.is_dir():
        near = nearest(folder.name, (f.name for f in folder.parent.iterdir())) if folder.parent.is_dir() else ""
        return ReadPlan(folder, mistakes=((f"there is no folder {folder}", near),))
    there = sorted(folder.glob("*.csv"))
    found: list[Mistake] = [
        (f"{folder.name}: '{file.name}' is not a file of a plan", nearest(file.stem, FILES))
        for file in there
        if file.stem not in FILES
    ]
    names = {file.stem for file in there}
    if "plan" not in names:
        found.append((f"{folder.name}: there is no plan.csv", "write one row: " + ",".join(_columns("plan"))))
    elif not names & set(_PROMISES):
        files = ", ".join(f"{name}.csv" for name in _PROMISES)
        found.append((f"{folder.name}: the plan promises nothing", f"write one of {files}"))
    digest = hashlib.sha256()
    checks = Checks(registry, sources_of(registry, networks, registers))
    for name, table in FILES.items():
        if name not in names:
            continue
        read = read_rows(table, folder / f"{name}.csv", checks.of(name))
        found += [(f"{folder.name}/{message}", hint) for message, hint in read.mistakes]
        digest.update(f"{name}:{len(read.content)}:".encode() + read.content)
        checks.take(name, read.rows)
    if not found:
        found += [(f"{folder.name}/{message}", hint) for message, hint in checks.whole()]
    files = tuple(file for file in there if file.stem in FILES)
    if found:
        return ReadPlan(folder, None, files, digest.hexdigest(), tuple(found))
    rows = {name: tuple(checks.rows.get(name, ())) for name in FILES}
    return ReadPlan(
        folder, Plan(rows["plan"][0]["plan_id"], rows, checks.computed, checks.sources), files, digest.hexdigest()
    )


def _columns(name: str) -> list[str]:
    return [column.name for column in FILES[name].columns]
