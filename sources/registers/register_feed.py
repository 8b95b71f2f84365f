"""A declared register as a feed of the registry: its clean table, how its records are read, what health expects.

Here belongs what cleaning, lake and health need of a declaration. Not here: what models read of it (register_rows.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from sources.registers.case_register import ANSWER_COLUMNS, Category, RegisterDeclaration, State
from sources.registry import Registry
from sources.registry.clean_columns import REGISTER_ID, Column
from sources.registry.declared_feeds import Content, with_declared
from sources.registry.feed_model import (
    AMOUNT,
    CASE_TABLE,
    CASES,
    REGISTER,
    Cases,
    CleanTable,
    Health,
    Parameter,
    Rhythm,
)
from sources.registry.register_tables import CASE_COLUMNS

# Cases come in waves.
_QUALITY = {"volume_change_warn": Decimal("0.50")}


def with_registers(registry: Registry, registers: Iterable[RegisterDeclaration]) -> Registry:
    """The registry with the registers as further feeds; one of the same name is replaced."""
    return with_declared(registry, registers, _content)


def _content(declared: RegisterDeclaration) -> Content:
    table = CleanTable(
        name=declared.table,
        feed=declared.name,
        grain="month",
        description=f"{declared.name_en}: {'member' if declared.kind == 'list' else 'case'}",
        dims=tuple(_column(column, declared) for column in CASE_COLUMNS),
        # A later delivery may say another site or day: the number is the case.
        declared_key=("case_id",),
        # Cases come as they come: nobody can say what is missing.
        health=Health((), False, (Rhythm("none"),)),
        read_as=CASE_TABLE,
        given={REGISTER_ID: declared.name},
        cases=_cases(declared),
    )
    return Content(REGISTER, CASES, table, {AMOUNT: _amount(declared)}, quality=_QUALITY)


def _column(column: Column, declared: RegisterDeclaration) -> Column:
    """The shared column with the register's own words."""
    words = {"category": declared.categories, "state": declared.states}.get(column.name)
    return replace(column, allowed=tuple(words)) if words else column


def _amount(declared: RegisterDeclaration) -> Parameter:
    return Parameter(AMOUNT, declared.amount_name_zh, "Amount", declared.amount_unit, declared.table)


def _cases(declared: RegisterDeclaration) -> Cases:
    not_asked = {name for columns in ANSWER_COLUMNS.values() for name in columns}
    not_asked -= set(ANSWER_COLUMNS[declared.answers])
    not_asked |= {name for name, words in (("category", declared.categories), ("state", declared.states)) if not words}
    return Cases(
        entity=declared.entity.word,
        is_list=declared.kind == "list",
        attributes={name: (a.name_zh, a.unit) for name, a in declared.attributes.items()},
        private=frozenset(declared.private),
        spellings={"category": _spelled(declared.categories), "state": _spelled(declared.states)},
        not_asked=frozenset(not_asked),
    )


def _spelled(words: Mapping[str, Category] | Mapping[str, State]) -> dict[str, str]:
    return {text: word for word, w in words.items() for text in (word, w.name_zh, *w.received)}
