"""Declared tables and rules are in several files: registry, seeds, dbt sources, project variables. They agree.

Here belong equality tests of declarations. Not here: what is checked of a user's file (test_config_declared.py).
"""

from __future__ import annotations

import csv
import dataclasses
import re
from typing import Any

import pytest

from sources.config import Standards, load_config, shipped
from sources.config.thresholds import own_thresholds
from sources.registry import registry
from sources.registry.declared_tables import DECLARED_TABLES
from sources.registry.network_tables import NETWORK_TABLES
from sources.registry.plan_tables import PLAN_TABLES
from sources.registry.register_tables import REGISTER_TABLES
from tests import dbt_yml
from tests.dbt_yml import PROJECT

_DBT_TYPES = {"string": "varchar", "int": "bigint", "decimal": "decimal(18,6)", "date": "date", "bool": "boolean"}


def declared_in(pattern: str, kind: str) -> dict[str, dict[str, Any]]:
    """Entries of a kind in the project's yml files, by name."""
    entries: dict[str, dict[str, Any]] = {}
    for entry in dbt_yml.entries(kind, PROJECT.glob(pattern)):
        entries |= {t["name"]: t for t in entry["tables"]} if kind == "sources" else {entry["name"]: entry}
    return entries


SEEDS = declared_in("seeds/**/*.yml", "seeds")
# Tables with a seed of the same name, whose rows a user may add to.
OWN_ROWS = {**DECLARED_TABLES, **PLAN_TABLES}


@pytest.mark.parametrize("name", OWN_ROWS)
def test_a_declared_table_has_the_columns_of_its_seed(name: str) -> None:
    table, config = OWN_ROWS[name], SEEDS[name]["config"]
    assert {c.name: _DBT_TYPES[c.dtype] for c in table.columns} == config["column_types"]
    macro = (PROJECT / "macros/declared.sql").read_text(encoding="utf-8")
    assert f"'{name}': {list(table.key)}" in macro
    (file,) = (PROJECT / "seeds").rglob(f"{name}.csv")
    with file.open(encoding="utf-8", newline="") as stream:
        # The macro lays both together by place.
        assert next(csv.reader(stream)) == [c.name for c in table.columns]
    assert [t["holds"]["arguments"]["grain"] for t in SEEDS[name]["data_tests"]] == [list(table.key)]


def test_every_declared_table_is_a_source_of_dbt_and_is_read_by_name() -> None:
    sources = declared_in("models/staging/_sources*.yml", "sources")
    tables = (*OWN_ROWS.values(), *NETWORK_TABLES.values(), *REGISTER_TABLES.values())
    assert {n for n in sources if n.startswith("declared_")} == {t.clean_name for t in tables}
    used = set()
    for file in PROJECT.rglob("*.sql"):
        used |= set(re.findall(r"declared\('(\w+)'\)", file.read_text(encoding="utf-8")))
        assert not re.search(rf"ref\('({'|'.join(DECLARED_TABLES)})'\)", file.read_text(encoding="utf-8")), file
    assert used <= set(OWN_ROWS)


# Names and units of attributes: read by people who enter them.
UNREAD = {"declared_network_attribute"}


def test_what_declarations_of_networks_become_is_read_by_models() -> None:
    texts = [file.read_text(encoding="utf-8") for file in PROJECT.rglob("*.sql")]
    read = {name for text in texts for name in re.findall(r"source\('clean', '(declared_\w+)'\)", text)}
    assert {t.clean_name for t in NETWORK_TABLES.values()} - read == UNREAD


def test_every_seed_of_rules_is_in_force() -> None:
    """A rule that int_rules does not read could be overridden without any effect."""
    read = (PROJECT / "models/intermediate/int_rules.sql").read_text(encoding="utf-8")
    seeds = {file.stem for file in (PROJECT / "seeds").glob(shipped.RULE_SEEDS)}
    assert set(re.findall(r"ref\('(\w+)'\)", read)) == seeds


def test_the_default_choices_are_those_of_the_project() -> None:
    variables = dbt_yml.content(PROJECT / "dbt_project.yml")["vars"]
    default = dataclasses.asdict(load_config(None).standards)
    assert default == dataclasses.asdict(Standards())
    assert (variables["grid_region"], variables["grid_series"]) == (default["grid_region"], default["grid_series"])
    assert variables["rule_overrides"] == default["rules"] == {}
    assert variables["own_thresholds"] == own_thresholds(load_config(None), registry()) == []
    assert variables.get("air_edition_pin", "") == default["air_edition"] == ""
