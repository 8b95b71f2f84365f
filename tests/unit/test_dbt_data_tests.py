"""Each rule about data is declared once: seeds and intermediate models in one data test, published marts for the gate.

Here belongs where a rule is declared. Not here: that a rule fails where it is broken (tests/conformance/test_holds.py
for dbt, tests/gate/test_gate_suites.py for the gate).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).parents[2] / "dbt_project"
RULES = {"grain", "also_unique", "not_null", "not_null_where", "values", "rows_of"}
# What looks at two published tables, or at more than one row of the other.
RELATIONS = {"every_figure_has_a_method"}


def entries(*folders: str) -> dict[str, dict[str, Any]]:
    """Models and seeds that the yml files below `folders` declare, by name."""
    files = (file for folder in folders for file in (PROJECT / folder).rglob("*.yml"))
    documents = [yaml.safe_load(file.read_text(encoding="utf-8")) or {} for file in files]
    return {e["name"]: e for d in documents for kind in ("models", "seeds") for e in d.get(kind) or ()}


def data_tests_of(entry: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Name and arguments of each data test of a table."""
    named = [(t, {}) if isinstance(t, str) else next(iter(t.items())) for t in entry.get("data_tests", ())]
    return [(name, spec.get("arguments", {})) for name, spec in named]


SEEDS, INNER, MARTS = entries("seeds"), entries("models/intermediate", "models/staging"), entries("models/marts")


@pytest.mark.parametrize("name", [*SEEDS, *INNER, *MARTS])
def test_a_table_has_one_data_test_for_all_that_it_declares(name: str) -> None:
    """Each test is a statement and 25 ms of dbt: a column has none of its own."""
    entry = (SEEDS | INNER | MARTS)[name]
    found = data_tests_of(entry)
    assert [n for n, _ in found if n not in RELATIONS] in ([], ["holds"])
    assert not [c["name"] for c in entry.get("columns", ()) if "data_tests" in c]
    columns = {c["name"] for c in entry.get("columns", ())}
    for test, rules in found:
        if test == "holds":
            assert set(rules) <= RULES
            keys = [rules.get("grain", []), *rules.get("also_unique", [])]
            judged = {c for key in keys for c in key} | set(rules.get("not_null", ()))
            judged |= {*rules.get("not_null_where", {}), *rules.get("values", {})}
            assert not columns or judged <= columns


@pytest.mark.parametrize("name", SEEDS)
def test_every_seed_holds_its_grain(name: str) -> None:
    ((_, rules),) = data_tests_of(SEEDS[name])
    assert rules["grain"]


@pytest.mark.parametrize("name", MARTS)
def test_a_published_table_declares_its_rules_for_the_gate_and_none_of_them_again_for_dbt(name: str) -> None:
    entry = MARTS[name]
    meta = entry["config"]["meta"]
    assert meta["grain"]
    assert {*meta.get("not_null", ()), *meta.get("values", {})} <= {c["name"] for c in entry["columns"]}
    for test, rules in data_tests_of(entry):
        assert test in RELATIONS or set(rules) == {"rows_of"}
