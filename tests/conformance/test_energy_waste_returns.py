"""Worked examples of household waste through the project's own models.

Each example of ../shared/standards/worked_examples.json becomes a few clean readings; dbt runs once over all of
them and the figures are read from the marts. Not here: a second implementation of any rule.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from tests.conformance.conformance_kit import ROOT, SHARED, reading, run_dbt, write_clean

EXAMPLES = SHARED / "standards" / "worked_examples.json"
pytestmark = pytest.mark.skipif(not EXAMPLES.exists(), reason="../shared/standards is not beside this tree")

AREA = "110105"
AS_OF = "2026-03-10 06:00:00"


def example(rule: str) -> dict[str, Any]:
    """The example whose rule begins so."""
    return next(e for e in json.loads(EXAMPLES.read_text(encoding="utf-8")) if e["rule"].startswith(rule))


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """One dbt run over the readings of all examples."""
    folder = tmp_path_factory.mktemp("examples")
    sites = [
        {"site_id": "W1", "feed": "waste", "kind": "weighbridge", "area_code": AREA},
    ]
    write_clean(folder / "clean", {"clean_waste": list(waste())}, sites)
    database = folder / "build.duckdb"
    done = run_dbt(
        ROOT / "dbt_project", folder / "clean", database, AS_OF, "build",
        "--indirect-selection", "cautious", "--exclude-resource-type", "unit_test", "--select",
        "+mart_waste_indicators",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    with duckdb.connect(str(database), read_only=True) as connection:
        yield connection


def waste() -> Iterator[dict[str, Any]]:
    """Kitchen share in 2023, safe treatment in 2024; garden waste, which no rate counts, on every day of both."""
    share = example("厨余垃圾分出率")["input"]
    safe = example("无害化处理率")["input"]
    loads = [
        (datetime(2023, 3, 1, 8), "kitchen_household", "composting", share["kitchen_t"]),
        (datetime(2023, 3, 1, 9), "other", "incineration", share["other_t"]),
        (datetime(2024, 3, 1, 9), "other", "incineration", safe["harmless_t"]),
        *((datetime(2023, 1, 1, 7) + timedelta(days=n), "garden", "composting", 1) for n in range(365 + 366)),
    ]
    for number, (moment, category, destination, tonnes) in enumerate(loads):
        yield reading(
            "clean_waste", "W1", "net_t", moment, moment + timedelta(minutes=15), str(tonnes), ticket_no=str(number),
            occurrence_no=1, category=category, destination=destination,
        )  # fmt: skip


def one(marts: duckdb.DuckDBPyConnection, query: str) -> Any:
    """The only value of a query."""
    rows = marts.execute(query).fetchall()
    assert len(rows) == 1, rows
    return rows[0][0]


def test_kitchen_waste_share(marts: duckdb.DuckDBPyConnection) -> None:
    share = one(
        marts,
        "select value from candidate.mart_waste_indicators where indicator_id = 'kitchen_waste_sorted_share'"
        " and variant = 'all_sources' and period_kind = 'year' and period_start = '2023-01-01'",
    )
    assert share == Decimal(str(example("厨余垃圾分出率")["expected"]["value"]))


def test_safe_treatment(marts: duckdb.DuckDBPyConnection) -> None:
    share = one(
        marts,
        "select value from candidate.mart_waste_indicators where indicator_id = 'household_waste_safe'"
        " and period_kind = 'year' and period_start = '2024-01-01'",
    )
    assert share == Decimal(str(example("无害化处理率")["expected"]["value"]))


def test_every_figure_names_its_standard(marts: duckdb.DuckDBPyConnection) -> None:
    unnamed = "select count(*) from candidate.mart_waste_indicators where standard is null or clause is null"
    assert one(marts, unnamed) == 0
