"""Every published text that people read is there in Chinese, and every word of a closed vocabulary is in the one seed.

Here belong checks of contracts, suites and seeds as they are declared. Not here: that a build joins the words
(tests/pipeline), or what the words mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from dbt_project.seed_rows import seed_rows
from expectations.suites import SUITES
from sources.networks.read_declaration import shipped_declaration, shipped_names
from sources.registry.read_registry import registry
from tests import dbt_yml

_FILES = sorted(dbt_yml.PROJECT.glob("models/marts/*/mart_*.yml"))
MARTS = {entry["name"]: entry for entry in dbt_yml.entries("models", _FILES)}
_SQL = {file.stem: file.with_suffix(".sql").read_text(encoding="utf-8") for file in _FILES}
WORDS: dict[str, set[str]] = {}
for _row in (*seed_rows("words/vocabulary_words"), *seed_rows("words/registry_words")):
    WORDS.setdefault(_row["vocabulary"], set()).add(_row["word"])
WORDS["area_level"] = {row["area_level"] for row in seed_rows("areas/area_levels")}

# The same in every language: keys, codes, digests, names of files and of tables.
KEYS = re.compile(
    r".*_(id|code|no|nos|digest)|sha256|file_name|(.*_)?chapter|plan_ref|threshold|mart|adopted_from|suite|table_name|column_name"
)
# Kept as its source wrote it, which for these is Chinese, a symbol, or the name of a document.
AS_WRITTEN = {
    *("standard", "coal_standard", "co2_standard", "year_to_date_standard", "clause", "coal_clause", "co2_clause"),
    *("path", "licence", "failure"),
    *("unit_to_notify", "unit_responsible", "entity", "entity_name", "attributes", "taxon", "sample", "fraction"),
    *(
        "form",
        "note",
        "source",
        "owner",
        "target",
        "incomplete_days",
        "silent_days",
        "site_name_en",
        "formula",
        "indicator",
    ),
}
# Reasons of these domains, and of what is published across domains, are English sentences yet. So is that of the
# indicators of water, which names sections with the reasons of each.
REASONS_AWAITED = {"air", "networks", "cross_domain", "judgement"}
AWAITED_REASON = re.compile(r"(.*_)?reason")
# Other texts that are only English yet.
AWAITED = re.compile(
    r"cadence|choices|water_class|configurable|event_(parameter|site)|expectation|expected|failing_rows|feeds"
    r"|items?|items_not_valid|limit_text|network|observed|parameters?|part_of|rounding"
    r"|standard_dates|target_source|validity_rule|waiver"
)


def columns(mart: str) -> dict[str, dict[str, Any]]:
    """The columns of a mart's contract by name."""
    return {column["name"]: column for column in MARTS[mart]["columns"]}


def vocabulary(column: dict[str, Any]) -> str:
    """The vocabulary that a column names, or ''."""
    return column.get("config", {}).get("meta", {}).get("vocabulary", "")


def is_awaited(mart: str, column: str) -> bool:
    """Whether a column is known to be only English yet."""
    domain = MARTS[mart]["config"]["meta"].get("domain", "judgement") if mart in MARTS else ""
    awaited = domain in REASONS_AWAITED or mart == "mart_water_indicators"
    return bool(AWAITED.fullmatch(column) or (awaited and AWAITED_REASON.fullmatch(column)))


def untranslated(mart: str, found: dict[str, dict[str, Any]]) -> set[str]:
    """The text columns of a mart's contract that say nothing in Chinese."""
    return {
        name
        for name, column in found.items()
        if column["data_type"] == "varchar"
        and not name.endswith("_zh")
        and not KEYS.fullmatch(name)
        and name not in AS_WRITTEN
        and f"{name}_zh" not in found
        and not is_awaited(mart, name)
    }


def closed() -> Iterator[tuple[str, str, str]]:
    """Mart, column and word of every closed vocabulary that a contract or a suite declares."""
    for mart, entry in MARTS.items():
        for column, words in entry["config"]["meta"].get("values", {}).items():
            yield from ((mart, column, str(word)) for word in words)
    for suite in SUITES.values():
        for column, words in suite.vocabularies.items():
            yield from ((suite.mart, column, word) for word in words if word)


def seeds_words(column: str, *seeds: str) -> set[str]:
    """What a column of seeds holds."""
    return {row[column] for seed in seeds for row in seed_rows(seed)}


def test_every_published_text_is_there_in_chinese() -> None:
    assert {mart: found for mart in MARTS if (found := untranslated(mart, columns(mart)))} == {}


def test_a_text_without_chinese_is_found() -> None:
    new = {
        name: {"name": name, "data_type": "varchar"}
        for name in ("colour", "verdict", "verdict_zh", "site_id", "reason")
    }
    assert untranslated("mart_new", new) == {"colour", "reason"}


def test_every_word_that_a_contract_or_a_suite_allows_is_in_the_seed() -> None:
    named = {(mart, column): vocabulary(columns(mart)[column]) for mart, column, _ in closed()}
    lacking = {(n, word) for mart, column, word in closed() if (n := named[mart, column]) and word not in WORDS[n]}
    assert lacking == set()


def test_a_closed_vocabulary_is_named_or_has_chinese_names_of_its_own() -> None:
    unnamed = {
        (mart, column)
        for mart, column, _ in closed()
        if not column.endswith("_zh")
        and not KEYS.fullmatch(column)
        and not vocabulary(columns(mart)[column])
        and not is_awaited(mart, column)
        and f"{column}_zh" not in columns(mart)
    }
    assert unnamed == set()


def test_no_model_writes_the_chinese_of_a_word_itself() -> None:
    """with_words() adds it; a second column of the name breaks the contract."""
    twice = {
        (mart, name)
        for mart, found in ((m, columns(m)) for m in MARTS)
        for name, column in found.items()
        if vocabulary(column) and re.search(rf"\bas {name}_zh\b", _SQL[mart].rpartition("\nselect")[2])
    }
    assert twice == set()


def test_every_vocabulary_is_used() -> None:
    used = {vocabulary(column) for mart in MARTS for column in columns(mart).values()}
    assert set(WORDS) == used - {""}


_PLAN = ("plan/plan_indicators", "plan/plan_commitments", "plan/plan_history")
_UNITS = (
    "standards/rule_values",
    "rules/rule_values_totals",
    "returns/returns_items",
    "methods/indicator_methods",
    *_PLAN,
)
DECLARED = [
    ("site_kind", {kind for feed in registry().packaged.values() for kind in feed.site_kinds}),
    ("site_kind", {kind for name in shipped_names() for kind in shipped_declaration(name).declaration.site_kinds}),
    ("unit", seeds_words("unit", *_UNITS)),
    ("indicator_variant", seeds_words("variant", "methods/indicator_methods")),
    ("theme", seeds_words("theme", *_PLAN)),
    ("operator", seeds_words("target_operator", *_PLAN)),
    ("grid_region", seeds_words("region", "energy/energy_grid_factors")),
]


@pytest.mark.parametrize(("name", "words"), DECLARED)
def test_what_declarations_and_seeds_use_has_its_word(name: str, words: set[str]) -> None:
    assert words - WORDS[name] - {""} == set()
