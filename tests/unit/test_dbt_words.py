"""Words that dbt's project and Python both write are the same words.

Here belongs a word with one declaration that another file has to repeat. Not here: vocabularies that a suite reads from
a seed, or judges in the marts (tests/gate).
"""

from __future__ import annotations

import re

import pytest

from expectations.suites.air import MIXED_EDITION
from sources.registry.declared_feeds import CADENCE_HOURS, CADENCE_MINUTES
from sources.registry.feed_model import CROSS_DOMAIN
from tests import dbt_yml
from warehouse.tables.admitted import ADMITTED_SCHEMA, CANDIDATE_SCHEMA, CROSS_SCHEMA
from warehouse.tables.catalogue import JUDGEMENT, all_domains

SETTINGS = dbt_yml.content(dbt_yml.PROJECT / "dbt_project.yml")
TEXTS = {
    file.relative_to(dbt_yml.PROJECT).as_posix(): file.read_text(encoding="utf-8")
    for kind in ("*.sql", "*.yml")
    for file in sorted(dbt_yml.PROJECT.rglob(kind))
}


# The model whose periods span two editions says both words first.
MIXED = "models/intermediate/air/int_air_period.sql"


def word_of(column: str) -> str:
    """The text that the periods spanning two editions have in `column`."""
    found = re.search(rf"'(\w+)' as {column}\b", TEXTS[MIXED])
    assert found, f"{MIXED}: {column} is not a word"
    return found[1]


def strangers(text: str) -> set[str]:
    """Words for what is mixed, as a value or by its name, that nothing declares."""
    written = set(re.findall(r"'(mixed\w*)'", text)) | set(re.findall(r"\b(mixed_\w+)\b(?!\()", text))
    return written - {word_of("edition"), word_of("limits_standard")}


def test_what_mixes_two_editions_has_one_word_for_its_edition_and_one_for_its_standard() -> None:
    assert word_of("edition") == MIXED_EDITION
    found = {name: sorted(words) for name, text in TEXTS.items() if (words := strangers(text))}
    assert not found, f"the words are those of {MIXED}"


@pytest.mark.parametrize(
    "text", ["select 'mixed_standards' as standard", "where edition = 'mixed_2026'", "(mixed_edition)"]
)
def test_another_word_is_found(text: str) -> None:
    assert strangers(text)


def test_a_mart_is_built_in_the_schema_where_the_warehouse_looks_for_it() -> None:
    marts = SETTINGS["models"]["ecoledger"]["marts"]
    domains = (*all_domains(), JUDGEMENT)
    own = {domain: marts.get(domain, {}).get("+schema", marts["+schema"]) for domain in domains}
    assert own == dict.fromkeys(domains, CANDIDATE_SCHEMA) | dict.fromkeys((CROSS_DOMAIN, JUDGEMENT), CROSS_SCHEMA)
    tags = {domain: marts[domain]["+tags"] for domain in domains if domain in marts}
    assert tags == {domain: [domain] for domain in (CROSS_DOMAIN, JUDGEMENT)}
    assert SETTINGS["vars"]["admitted_schema"] == ADMITTED_SCHEMA


def test_a_calendar_cadence_is_as_long_for_data_health_as_for_the_registry() -> None:
    macro = TEXTS["macros/health.sql"].partition("macro calendar_cadence_hours()")[2].partition("endmacro")[0]
    written = [(word, int(hours)) for word, hours in re.findall(r"'(\w+)': (\d+)", macro)]
    assert written == [(word, hours) for word, hours in CADENCE_HOURS.items() if word not in CADENCE_MINUTES]
