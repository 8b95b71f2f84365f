"""Of a dated row of a seed one version is in force on a day: a further row closes the one before it.

Here belongs only that. Not here: which row a day gets (tests/conformance/test_seed_rows_matter.py) or whether its
number is the standard's (test_coverage.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise

import pytest

from dbt_project.seed_rows import seed_rows, seeds_like
from tests import dbt_yml

FOR_EVER = date.max
GRAINS = {
    entry["name"]: test["holds"]["arguments"]["grain"]
    for entry in dbt_yml.entries("seeds", dbt_yml.PROJECT.glob("seeds/**/_*.yml"))
    for test in entry.get("data_tests", ())
    if "holds" in test
}
DATED = {seed: grain for seed in seeds_like("**/*.csv") if "valid_from" in (grain := GRAINS[seed.rsplit("/")[-1]])}


def overlapping(rows: Iterable[Mapping[str, str]], grain: Iterable[str]) -> list[str]:
    """Keys of which two rows are in force on one day, with the day on which the second begins."""
    spans: dict[tuple[str, ...], list[tuple[date, date]]] = {}
    for row in rows:
        key = tuple(row[name] for name in grain if name != "valid_from")
        last = date.fromisoformat(row["valid_to"]) if row["valid_to"] else FOR_EVER
        spans.setdefault(key, []).append((date.fromisoformat(row["valid_from"] or str(date.min)), last))
    found = []
    for key, own in spans.items():
        own.sort()
        found += [f"{' '.join(key)} from {b[0]}" for a, b in pairwise(own) if b[0] <= a[1]]
    return found


def test_seeds_are_dated() -> None:
    assert len(DATED) > 15


@pytest.mark.parametrize("seed", sorted(DATED))
def test_one_row_of_a_key_is_in_force_on_a_day(seed: str) -> None:
    assert not overlapping(seed_rows(seed), DATED[seed]), "close the row before: valid_to is the day before valid_from"


def test_a_row_that_was_not_closed_is_found() -> None:
    open_row = {**seed_rows("standards/gb3096_limits")[0], "valid_to": ""}
    later = {**open_row, "valid_from": "2125-01-01"}
    key = " ".join(open_row[name] for name in DATED["standards/gb3096_limits"] if name != "valid_from")
    assert overlapping([open_row, later], DATED["standards/gb3096_limits"]) == [f"{key} from 2125-01-01"]
