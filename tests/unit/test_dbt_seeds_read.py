"""Every seed is read by a model, and every rule by a model that uses it: a limit nobody reads limits nothing.

Here belong checks of the project's text; they need neither dbt nor a database. Not here: that a changed row changes a
figure (tests/conformance/test_seed_rows_matter.py), and literals in models (test_dbt_literals.py).
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2] / "dbt_project"
SEEDS = sorted((PROJECT / "seeds").rglob("*.csv"))
RULES = [s for s in SEEDS if s.stem.startswith("rule_values")]
# A rule that a list of columns names is only carried; one that is used is outside such a list as well.
_CARRIED = re.compile(r"rules_side_by_side\(\[.*?\]\)", re.S)


def sql() -> str:
    """All models and macros, lists of carried rules left out."""
    files = [*PROJECT.glob("models/**/*.sql"), *PROJECT.glob("macros/*.sql"), *PROJECT.glob("tests/*.sql")]
    return _CARRIED.sub("", "\n".join(f.read_text(encoding="utf-8") for f in files))


@pytest.mark.parametrize("seed", SEEDS, ids=lambda s: s.stem)
def test_every_seed_is_read(seed: Path) -> None:
    assert re.search(rf"\b(?:ref|declared)\('{seed.stem}'\)", sql()), f"{seed.name}: no model reads it"


@pytest.mark.parametrize("seed", RULES, ids=lambda s: s.stem)
def test_every_rule_is_used(seed: Path) -> None:
    text = sql()
    with seed.open(encoding="utf-8", newline="") as file:
        rules = {row["rule_id"] for row in csv.DictReader(file)}
    # A family of rules is joined by its stem: event_gap_<averaging>.
    stems = set(re.findall(r"concat\('(\w+_)'", text))
    assert sorted(r for r in rules if r not in text and not any(r.startswith(s) for s in stems)) == []
