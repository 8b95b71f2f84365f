"""The declaration of a register as frozen classes: every word, once.

Here belongs each word's name, type, choices and what it is where it is left out; README explains them. Not here:
reading a file (read_register.py), whether the words go together (check_register.py), the feed and the rows that a
declaration becomes (register_feed.py, register_rows.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from sources.config.kinds import Count, Flag, Text, Texts, words_by_name
from sources.registry.feed_model import register_table

Cadence = Literal["hour", "day", "half_month", "month", "quarter", "half_year", "year"]
Meaning = Literal["open", "closed", "withdrawn"]
Answers = Literal["", "event_id", "site_parameter_date"]
# Columns that say which event a case answers, by how it says it.
ANSWER_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "": (),
    "event_id": ("event_id",),
    "site_parameter_date": ("event_site", "event_parameter", "event_date"),
}


@words_by_name
class Entity:
    """What a case is about: a vehicle, a machine, a firm, a place. Registers of one word know the same things."""

    word: Text
    name_zh: Text
    name_en: Text = ""


@words_by_name
class Category:
    """A category of cases; `received` are its spellings."""

    name_zh: Text
    name_en: Text
    received: Texts = ()


@words_by_name
class State:
    """A state of cases and what it means; `received` are its spellings."""

    name_zh: Text
    name_en: Text
    meaning: Meaning
    received: Texts = ()


@words_by_name
class CaseAttribute:
    """A further column that is kept as received, where it is not private."""

    name_zh: Text
    name_en: Text = ""
    unit: Text = ""


@words_by_name
class RegisterDeclaration:
    """A whole register as it is declared."""

    name: Text
    name_zh: Text
    name_en: Text
    kind: Literal["cases", "list"] = "cases"
    entity: Entity
    owner: Text
    owner_team: Text = "data-team"
    licence: Text = "internal"
    cadence: Cadence
    lateness_allowed_hours: Count = 240
    site_kinds: Texts = ("place",)
    area_level: Literal["district", "subdistrict", "community"] = "subdistrict"
    snapshot: Flag = False
    absence: Literal["kept", "closed", "withdrawn"] = "kept"
    on_time_days: Count | None = None
    amount_unit: Text = "-"
    amount_name_zh: Text = "件数"
    private: Texts = ()
    answers: Answers = ""
    categories: Mapping[Text, Category] = field(default_factory=dict)
    states: Mapping[Text, State] = field(default_factory=dict)
    attributes: Mapping[Text, CaseAttribute] = field(default_factory=dict)

    @property
    def table(self) -> str:
        """Its clean table."""
        return register_table(self.name)
