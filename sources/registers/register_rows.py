"""A register's declaration as rows of the declared tables, which dbt's generic models read.

Here belongs turning words into rows. Not here: the tables' columns (sources.registry.register_tables) or what a row
means for a figure (dbt_project).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sources.registers.case_register import RegisterDeclaration
from sources.registry.clean_columns import REGISTER_ID
from sources.registry.register_tables import REGISTER_TABLES

Row = dict[str, Any]


def rows_of(registers: Iterable[RegisterDeclaration], shipped: Iterable[str]) -> dict[str, list[Row]]:
    """The rows of every table of declarations, by the table's name; `shipped` names what no user declared."""
    names = set(shipped)
    found: dict[str, list[Row]] = {name: [] for name in REGISTER_TABLES}
    for declared in registers:
        of = {REGISTER_ID: declared.name}
        found["register"].append({**of, **_register(declared, "shipped" if declared.name in names else "user")})
        for place, (category, c) in enumerate(declared.categories.items(), 1):
            found["register_category"].append({**of, "category": category, "place": place, **_names(c)})
        for place, (state, s) in enumerate(declared.states.items(), 1):
            found["register_state"].append({**of, "state": state, "place": place, **_names(s), "meaning": s.meaning})
    return found


def _names(named: Any) -> Row:
    return {"name_zh": named.name_zh, "name_en": named.name_en}


def _register(declared: RegisterDeclaration, declared_by: str) -> Row:
    return {
        **_names(declared),
        "kind": declared.kind,
        "entity": declared.entity.word,
        "entity_zh": declared.entity.name_zh,
        "owner": declared.owner,
        "cadence": declared.cadence,
        "lateness_allowed_hours": declared.lateness_allowed_hours,
        "is_snapshot": declared.snapshot,
        "absence": declared.absence,
        "on_time_days": declared.on_time_days,
        "area_level": declared.area_level,
        "amount_unit": declared.amount_unit,
        "amount_zh": declared.amount_name_zh,
        "answers": declared.answers,
        "declared_by": declared_by,
    }
