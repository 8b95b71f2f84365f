"""A declared register as a feed of the registry: its clean table, how its records are read, what health expects.

Here belongs what cleaning, lake and health need of a declaration. Not here: what models read of it (register_rows.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from sources.networks.declaration import CADENCE_HOURS
from sources.registers.case_register import ANSWER_COLUMNS, Category, RegisterDeclaration, State
from sources.registry import Registry
from sources.registry.feed_model import (
    AMOUNT,
    CASE_TABLE,
    CASES,
    REGISTER,
    REGISTER_ID,
    Cases,
    CleanTable,
    Column,
    Feed,
    Health,
    Parameter,
    Rhythm,
)
from sources.registry.register_tables import CASE_COLUMNS
from sources.value_digest import digest_of

# Shares the gate allows of a register's records, as the feeds declare theirs.
_QUALITY = {
    "quarantined_share_warn": Decimal("0.02"),
    "quarantined_share_fail": Decimal("0.20"),
    "flagged_share_warn": Decimal("0.05"),
    "flagged_share_fail": Decimal("0.40"),
    "volume_change_warn": Decimal("0.50"),
    "coverage_min_warn": Decimal("0.60"),
}


def with_registers(registry: Registry, registers: Iterable[RegisterDeclaration]) -> Registry:
    """The registry with the registers as further feeds; one of the same name is replaced."""
    declared = list(registers)
    if not declared:
        return registry
    zone = next(iter(registry.feeds.values())).time_zone
    feeds = {**registry.feeds, **{register.name: feed_of(register, zone) for register in declared}}
    return replace(registry, feeds=feeds, fingerprint=digest_of([registry.fingerprint, declared]))


def feed_of(declared: RegisterDeclaration, time_zone: str) -> Feed:
    """The feed that a register is to the rooms."""
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
    return Feed(
        name=declared.name,
        name_zh=declared.name_zh,
        name_en=declared.name_en,
        domain=CASES,
        cadence_hours=Decimal(CADENCE_HOURS[declared.cadence]),
        lateness_allowed_hours=declared.lateness_allowed_hours,
        time_zone=time_zone,
        owner=declared.owner,
        owner_team=declared.owner_team,
        licence=declared.licence,
        tables={table.name: table},
        parameters={AMOUNT: _amount(declared)},
        vocabularies={},
        invalid_status=(),
        quality=_QUALITY,
        site_kinds=declared.site_kinds,
        declared=REGISTER,
    )


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
