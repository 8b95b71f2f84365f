"""Figures of basins, parks and communities: each statistic by hand, over the sites that lie in the area then.

Here belong expected figures. Not here: what is declared and measured (network_area_cases.py), or attainment by number
and volume of the district (test_networks.py).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.conformance.kit import Project
from tests.conformance.network_area_cases import STATISTICS

JUNE, JULY = date(2024, 6, 1), date(2024, 7, 1)


def figures(project: Project, level: str, code: str, month: date) -> dict[str, tuple[Any, ...]]:
    """Value, counts and validity of each statistic."""
    rows = project.query(
        "select area_figure_id, value, n_valid, n_expected, coverage, validity from candidate.mart_network_areas"
        " where network_id = 'n_trees' and area_level = ? and area_code = ? and period_start = ?",
        level, code, month,
    )  # fmt: skip
    return {figure.removeprefix(f"{level}_"): tuple(rest) for figure, *rest in rows}


@pytest.mark.parametrize(
    ("level", "code", "month", "values"),
    [
        # 10 and 40 with weights 1 and 2; 40 is above 30.
        ("sub_basin", "x_one", JUNE, ("25", "50", "40", "50", "30", "33.3")),
        # 10, 40 and 100 with weights 1, 2 and 3; the fourth site has nothing: 3 of 4 are just enough.
        ("basin", "x", JUNE, ("50", "150", "100", "33.3", "65", "16.7")),
        # The second site went over: one is left here, and there it is with 20, 20 and 31, weights 2, 3 and 4.
        ("sub_basin", "x_one", JULY, ("20", "20", "20", "100", "20", "100")),
        ("sub_basin", "x_two", JULY, ("23.7", "71", "31", "66.7", "24.9", "55.6")),
        ("park", "east", JUNE, ("10", "10", "10", "100", "10", "100")),
        ("community", "110105001007", JUNE, ("10", "10", "10", "100", "10", "100")),
    ],
)
def test_each_statistic_of_an_area(
    project: Project, level: str, code: str, month: date, values: tuple[str, ...]
) -> None:
    found = figures(project, level, code, month)
    assert [found[s][0] for s in STATISTICS] == [Decimal(v) for v in values]


def test_an_area_with_too_few_sites_has_no_figure_and_says_how_many(project: Project) -> None:
    assert set(figures(project, "sub_basin", "x_two", JUNE).values()) == {(None, 1, 2, Decimal("0.5"), "insufficient")}
    assert set(figures(project, "basin", "x", JUNE).values()) == {(Decimal(v), 3, 4, Decimal("0.75"), "indicative")
        for v in ("50", "150", "100", "33.3", "65", "16.7")}  # fmt: skip


def test_names_and_levels_are_those_that_were_entered(project: Project) -> None:
    rows = project.query(
        "select distinct tree, area_level, area_level_zh, area_code, area_name_zh from candidate.mart_network_areas"
        " where network_id = 'n_trees' order by area_code"
    )
    assert rows == [
        ("administrative", "community", "社区（村）", "110105001007", "110105001007域"),
        ("park", "park", "园区", "east", "east域"),
        ("basin", "basin", "流域", "x", "x域"),
        ("basin", "sub_basin", "子流域", "x_one", "x_one域"),
        ("basin", "sub_basin", "子流域", "x_two", "x_two域"),
    ]


def test_a_list_of_sub_basins_has_one_level(project: Project) -> None:
    rows = project.query(
        "select period_start, area_level, place_id, place_name_zh, value, rank from candidate.mart_network_rankings"
        " where network = 'n_trees' and list_id = 'n_trees_by_sub_basin' order by 1, 3"
    )
    assert rows == [
        (JUNE, "sub_basin", "x_one", "x_one域", Decimal(25), 2),
        (JUNE, "sub_basin", "x_two", "x_two域", Decimal(100), 1),
        (JULY, "sub_basin", "x_one", "x_one域", Decimal(20), 2),
        (JULY, "sub_basin", "x_two", "x_two域", Decimal("23.7"), 1),
    ]
