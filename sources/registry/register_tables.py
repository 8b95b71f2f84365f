"""Registers of cases: the columns that all their clean tables share, and the tables that declarations become.

Here belongs what dbt's generic models read of registers. Nobody enters these tables: they are written from the
declarations (sources.registers). Not here: making the rows, or the columns of every clean table (feed_model.py).
Standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping

from sources.registry.clean_columns import REGISTER_ID, Column
from sources.registry.declared_tables import NAMES, DeclaredTable, filled_table

CASE_COLUMNS: tuple[Column, ...] = (
    Column(REGISTER_ID, "string", "Declared register"),
    Column("case_id", "string", "Number of the case in its register", key=True),
    Column("entity", "string", "What the case is about: its number or name; a keyed hash where it is private"),
    Column("entity_name", "string", "Name of what the case is about, where it is not private"),
    Column("area_code", "string", "Area the case is in: 6, 9 or 12 digits"),
    Column("category", "string", "Category, a word of the register"),
    Column("state", "string", "State, a word of the register"),
    Column("due", "date", "Last day on which it is closed in time"),
    Column("closed", "date", "Day it was closed; of a list the last day of membership"),
    Column("unit_responsible", "string", "Unit that has to deal with it"),
    Column("event_id", "string", "Exceedance event that it answers"),
    Column("event_site", "string", "Site of the event that it answers"),
    Column("event_parameter", "string", "Parameter of the event that it answers"),
    Column("event_date", "date", "A day of the event that it answers"),
    Column("attributes", "string", "Further columns that are not private, as received: name：value；…"),
)
# Words of a mapping that are not columns of their own, or that nobody maps.
NOT_MAPPED = (REGISTER_ID, "attributes")
# What may be private: nothing else can hold a person or a plate.
MAY_BE_PRIVATE = ("case_id", "entity", "entity_name", "unit_responsible")

_REGISTER = Column(REGISTER_ID, "string", "Declared register", key=True)


_TABLES = (
    filled_table(
        "register",
        "Declared registers of cases and lists",
        _REGISTER,
        *NAMES,
        Column("kind", "string", "What a record is: a case, or a membership of a list", allowed=("cases", "list")),
        Column("entity", "string", "What a case is about"),
        Column("entity_zh", "string", "Chinese word for it"),
        Column("owner", "string", "Office that answers for it"),
        Column("cadence", "string", "How often it is delivered"),
        Column("lateness_allowed_hours", "int", "Hours a delivery may take"),
        Column("is_snapshot", "bool", "Whether each delivery holds all cases of its source"),
        Column(
            "absence",
            "string",
            "What it means that a snapshot lacks a case",
            allowed=("kept", "closed", "withdrawn"),
        ),
        Column("on_time_days", "int", "Days until a case is due that names no day; null where none is"),
        Column("area_level", "string", "Lowest level of areas that cases are counted by"),
        Column("amount_unit", "string", "Unit of amounts; - where cases are counted"),
        Column("amount_zh", "string", "Chinese name of the amount"),
        Column("answers", "string", "How a case names the event that it answers; empty where it does not"),
        Column("declared_by", "string", "Who declared it", allowed=("shipped", "user")),
    ),
    filled_table(
        "register_category",
        "Categories of registers",
        _REGISTER,
        Column("category", "string", "Category", key=True),
        Column("place", "int", "Order of the declaration, from 1"),
        *NAMES,
    ),
    filled_table(
        "register_state",
        "States of registers and what they mean",
        _REGISTER,
        Column("state", "string", "State", key=True),
        Column("place", "int", "Order of the declaration, from 1"),
        *NAMES,
        Column("meaning", "string", "What it means", allowed=("open", "closed", "withdrawn")),
    ),
)
REGISTER_TABLES: Mapping[str, DeclaredTable] = {table.name: table for table in _TABLES}
