"""One name for one concept in all published tables: the rule of dbt_project/README.md, over every contract.

Not here: which texts have Chinese words (test_published_words.py).
"""

from __future__ import annotations

import re

import pytest

from tests import dbt_yml

_FILES = sorted(dbt_yml.PROJECT.glob("models/marts/*/mart_*.yml"))
MARTS = {
    entry["name"]: {column["name"]: column["data_type"] for column in entry["columns"]}
    for entry in dbt_yml.entries("models", _FILES)
}

# By type, what a column may be called.
BY_TYPE = {
    "date": re.compile(r"day|event_date|\w+_(start|end|on)|valid_(from|to)"),
    "timestamp": re.compile(r"\w+_(start|end|at|since)|known_from|(first|last)_period|period_start_utc"),
    "boolean": re.compile(r"(is|has|can|in|attains|agrees|overlaps)_\w+|\w+_(attained|agrees|within_limit)|assessed"),
}
# Names that were tried for what has another one.
OTHER_NAMES = re.compile(
    r"(month|quarter|week|hour)(_start|_end)?|date|area_(id|kind|zh)|place_(code|zh)|district_\w+|name|code|id|type"
    r"|name_zh|name_en|\w+_name|unit_name|station\w*_id|section_id|point_id|\w+_(share|ratio|percent)|count|number|\w+_count"
)  # fmt: skip
# A number of what something is about, and names of people and firms as received.
_ALLOWED = {"entity_name", "column_name", "file_name", "table_name", "row_count", "unexpected_count"}
# Sentences and lists that exist in Chinese only, because the plan, a register or the rules of a list write them so.
ONLY_CHINESE = {
    *(
        "target_text_zh",
        "actual_text_zh",
        "plan_text_zh",
        "note_zh",
        "content_zh",
        "responsible_zh",
        "river_zh",
        "amount_zh",
    ),
    *("main_pollutants_zh", "exceeding_zh", "milestones_open_zh", "missed_items_zh", "worst_items_zh"),
    *("compared_grade_zh", "grade_zh", "theme_zh", "deciding_items_zh", "missing_parts_zh"),
}


def wrong_types(columns: dict[str, str]) -> set[str]:
    """Columns whose name does not say what its type is."""
    return {name for name, kind in columns.items() if (rule := BY_TYPE.get(kind)) and not rule.fullmatch(name)}


def other_names(columns: dict[str, str]) -> set[str]:
    """Columns called by a name that the rule gives to something else or to nothing."""
    return {name for name in columns if OTHER_NAMES.fullmatch(name) and name not in _ALLOWED}


def of_nothing(columns: dict[str, str]) -> set[str]:
    """Chinese columns that are next to neither their word nor the key of what they name."""
    lone = set()
    for name in (n for n in columns if n.endswith("_zh") and n not in ONLY_CHINESE):
        stem = name.removesuffix("_zh")
        thing = stem.removesuffix("_name")
        keys = {f"{thing}_{end}" for end in ("id", "no", "code")} if thing != stem else {stem}
        if not keys & set(columns):
            lone.add(name)
    return lone


def half_periods(columns: dict[str, str]) -> set[str]:
    """Periods, places and things that lack a part; what is shown in UTC as well is a moment, which has no end."""
    lacking = set()
    if "period_start" in columns and not {"period_end", "period_start_utc"} & set(columns):
        lacking.add("period_end")
    if "place_id" in columns:
        lacking |= {"place_kind", "place_name_zh"} - set(columns)
    for key, name in (("site_id", "site_name_zh"), ("plan_id", "plan_name_zh"), ("register_id", "register_name_zh")):
        if key in columns and name not in columns:
            lacking.add(name)
    return lacking


@pytest.mark.parametrize("rule", [wrong_types, other_names, of_nothing, half_periods])
def test_every_published_column_is_called_by_the_rule(rule) -> None:
    assert {mart: found for mart, columns in MARTS.items() if (found := rule(columns))} == {}


@pytest.mark.parametrize(
    ("rule", "columns", "found"),
    [
        (wrong_types, {"month": "date", "closed": "boolean", "at": "timestamp"}, {"month", "closed", "at"}),
        (other_names, {"month_end": "date", "area_id": "varchar", "area_code": "varchar"}, {"month_end", "area_id"}),
        (of_nothing, {"sector": "varchar", "sector_zh": "varchar", "sector_name_zh": "varchar"}, {"sector_name_zh"}),
        (of_nothing, {"network_id": "varchar", "network_zh": "varchar"}, {"network_zh"}),
        (of_nothing, {"network_id": "varchar", "network_name_zh": "varchar"}, set()),
        (half_periods, {"place_id": "varchar", "period_start": "date"}, {"period_end", "place_kind", "place_name_zh"}),
    ],
)  # fmt: skip
def test_a_column_that_is_called_otherwise_is_found(rule, columns: dict[str, str], found: set[str]) -> None:
    assert rule(columns) == found
