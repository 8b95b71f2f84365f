"""Rivers and areas, quarters, index, trends, rankings and missed targets, through the project's own marts.

Here belong questions to the marts and the expected figures. Not here: readings (water_area_cases.py).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.conformance import water_area_cases as cases
from tests.conformance.kit import Project, worked_examples
from tests.conformance.water_examples import CLASS_ITEMS

pytestmark = pytest.mark.skipif(not worked_examples(), reason="../shared/standards is absent: no worked examples")

MONTH = date(*cases.MONTH, 1)


def area(project: Project, river: str, columns: str, kind: str = "month", start: date = MONTH) -> tuple[Any, ...]:
    """The row of a river (or area) in the mart of areas."""
    sql = f"select {columns} from candidate.mart_water_area_period where place_id = ? and period_kind = ?"
    return project.query(f"{sql} and period_start = ?", river, kind, start)[0]


def index(project: Project, place: str, columns: str = "cwqi", item_set: str = "class_items") -> tuple[Any, ...]:
    """The monthly index of a place over all networks."""
    sql = f"select {columns} from candidate.mart_water_cwqi where place_id = ? and network = '' and item_set = ?"
    return project.query(f"{sql} and period_kind = 'month' and period_start = ?", place, item_set, MONTH)[0]


@pytest.mark.parametrize(("river", "entry"), cases.by_shares(), ids=lambda v: v if isinstance(v, str) else "")
def test_grade_by_shares(project: Project, river: str, entry: dict) -> None:
    """The example gives shares only: its river has sections with exactly these shares."""
    row = area(project, river, "grade_zh, grade_method, good_share_pct, share_worse_than_v_pct, n_valid")
    shares = [Decimal(str(entry["input"][key])) for key in ("I-III", "worse")]
    assert row == (entry["expected"], "class_shares", *shares, row[-1])
    assert row[-1] >= 5


@pytest.mark.parametrize(("n", "counts", "grade"), [(n, *edge) for n, edge in enumerate(cases.SHARE_EDGES)])
def test_grade_at_every_edge(project: Project, n: int, counts: tuple[int, ...], grade: str) -> None:
    """90.0, 75.0, 20 and 40 % belong to the band above; five sections are graded by shares, four by means."""
    found, method = area(project, f"R-EDGE-{n}", "grade_zh, grade_method")
    assert (found, method) == (grade, "class_shares" if sum(counts) >= 5 else "item_means")


@pytest.mark.parametrize(("river", "entry"), cases.by_means(), ids=lambda v: v if isinstance(v, str) else "")
def test_grade_of_few_sections(project: Project, river: str, entry: dict) -> None:
    expected = dict(entry["expected"])
    found = dict(
        project.query(
            "select parameter, mean_value from intermediate.int_water_area_item"
            " where place_id = ? and period_kind = 'month'",
            river,
        )
    )
    for key in [k for k in expected if k.startswith("mean_")]:
        mean = Decimal(str(expected[key]))
        assert found[key.removeprefix("mean_")].quantize(mean) == mean
    row = area(project, river, "water_class, grade_zh, grade_method")
    assert row == (expected["class"], expected["grade"], "item_means")


def test_main_pollutants_of_a_river_by_the_share_of_sections(project: Project) -> None:
    """COD exceeds at five sections, the others at three; mercury goes first, and ties go by class and multiple."""
    assert area(project, "R-TIE", "main_pollutants_zh") == ("汞、化学需氧量、氨氮",)


def test_main_pollutants_of_few_sections_as_of_a_section(project: Project) -> None:
    """Mercury (class IV) is named before ammonia (worse than V)."""
    assert area(project, "R-TWO", "water_class, main_pollutants_zh") == ("worse_than_V", "汞、氨氮")


def test_rivers_and_lakes_together_have_no_class_of_means(project: Project) -> None:
    row = area(project, "R-MIXED", "grade_zh, water_class, n_valid, validity, validity_reason")
    assert row == (None, None, 2, "indicative", "rivers and lakes together: no class of their means")


def test_lengths_and_attainment_leave_out_what_has_no_class(project: Project) -> None:
    """1 of 15 km is worse than V; three of four sections with a target attain; the dry section is in no denominator."""
    row = area(
        project,
        "R-DRY",
        "km_monitored, km_worse_than_v, worse_than_v_length_pct, n_with_target, attainment_pct, n_expected, n_valid,"
        " validity",
    )
    numbers = tuple(Decimal(n) for n in ("15", "1", "6.7", "4", "75.0", "6", "5"))
    assert row == (*numbers, "indicative")


def test_saturated_oxygen_is_class_one_in_a_river_of_few_sections(project: Project) -> None:
    assert area(project, "R-SATURATED", "water_class, grade_zh") == ("I", "优")


def test_the_lake_limit_of_phosphorus_decides(project: Project) -> None:
    """0.06 mg/L among items of class I: class II in a river, class IV in a lake, and the lake names it."""
    sql = "select water_class, deciding_items, main_pollutants_zh from candidate.mart_water_section_monthly"
    assert project.query(f"{sql} where site_id = 'W-TP-river'") == [("II", "tp", "")]
    assert project.query(f"{sql} where site_id = 'W-TP-lake_reservoir'") == [("IV", "tp", "总磷")]
    assert area(project, "R-TP-lake_reservoir", "water_class, grade_zh") == ("IV", "轻度污染")


@pytest.mark.parametrize(("place", "entry"), cases.index_groups(), ids=lambda v: v if isinstance(v, str) else "")
def test_index_of_a_group(project: Project, place: str, entry: dict) -> None:
    """Of the area and of its one section; on fewer than the 21 items it is indicative."""
    expected, n = Decimal(str(entry["expected"]["value"])), len(entry["input"])
    for where in (place, f"W-{place}"):
        found, n_valid, validity = index(project, where, "cwqi, n_valid, validity")
        assert (found.quantize(expected), n_valid) == (expected, n)
        assert validity == ("valid" if n == CLASS_ITEMS else "indicative")


@pytest.mark.parametrize(("place", "entry"), cases.index_cities(), ids=lambda v: v if isinstance(v, str) else "")
def test_index_of_a_city(project: Project, place: str, entry: dict) -> None:
    found = index(project, place, "cwqi, river_cwqi, lake_cwqi, n_river_sections, n_lake_points")
    given, expected = entry["input"], Decimal(str(entry["expected"]["value"]))
    assert found[0].quantize(expected) == expected
    keys = ("CWQI_river", "CWQI_lake", "n_river_sections", "n_lake_points")
    assert found[1:] == tuple(Decimal(str(given[key])) for key in keys)


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ("W-INDEX-ACID", ("4.5", "4.5")),  # (7 - 6.5) : (7 - 6)
        ("W-INDEX-EDGE", ("5", "5")),  # (9 - 7) : (9 - 7)
        ("W-INDEX-LAKE", ("7", "7")),  # phosphorus against 0.05
        ("W-INDEX-MISSING", ("3", None)),  # without phosphorus no index over the automatic items
        ("W-INDEX-NO-OXYGEN", (None, None)),
    ],
)
def test_index_by_item(project: Project, site: str, expected: tuple[str | None, ...]) -> None:
    for item_set, value in zip(("class_items", "automatic_items"), expected, strict=True):
        found, reason = index(project, site, "cwqi, validity_reason", item_set)
        assert found == (None if value is None else Decimal(value))
        assert found is not None or reason in ("items: 4 of 5", "an item has no index: dissolved oxygen is 0")


@pytest.mark.parametrize(
    ("site", "name", "n", "validity", "nh3n"),
    [
        ("W-QUARTER-1", None, 1, "insufficient", None),
        ("W-QUARTER-2", "IV", 2, "valid", "1.1"),
        ("W-QUARTER-3", "III", 3, "valid", "0.8"),
        ("W-QUARTER-RUNNING", None, 1, "pending", None),
    ],
)
def test_quarters(project: Project, site: str, name: str | None, n: int, validity: str, nh3n: str | None) -> None:
    """From two monthly values on, the mean before the class: of classes II and V it is IV."""
    rows = project.query(
        "select water_class, n_valid, n_expected, validity, nh3n_mg_l from candidate.mart_water_section_quarterly"
        " where site_id = ?",
        site,
    )
    assert rows == [(name, n, 3, validity, None if nh3n is None else Decimal(nh3n))]


def test_quarter_of_ph_by_hydrogen_ions(project: Project) -> None:
    rows = project.query(
        "select mean_value from intermediate.int_water_period_item where site_id = 'W-QUARTER-PH'"
        " and period_kind = 'quarter'"
    )
    assert [round(r[0], 4) for r in rows] == [Decimal("6.2967")]


def test_leap_day_belongs_to_february(project: Project) -> None:
    rows = project.query(
        "select period_start, period_end, nh3n_mg_l from candidate.mart_water_section_monthly"
        " where site_id = 'W-LEAP' order by 1"
    )
    assert rows == [
        (date(2024, 2, 1), date(2024, 2, 29), Decimal("0.5")),
        (date(2024, 3, 1), date(2024, 3, 31), Decimal("1.8")),
    ]


@pytest.mark.parametrize(
    ("place", "month", "change", "term"),
    [
        ("W-STEPS", 2, "0", "无明显变化"),  # I and II are one grade
        ("W-STEPS", 3, "-1", "有所变差"),
        ("W-STEPS", 4, "-1", "有所变差"),
        ("W-STEPS", 5, "-2", "明显变差"),
        ("R-TREND", 2, "10", "无明显变化"),
        ("R-TREND", 3, "20", "有所好转"),
        ("R-TREND", 4, "-30", "明显变差"),
    ],
)
def test_trend_of_two_months(project: Project, place: str, month: int, change: str, term: str) -> None:
    rows = project.query(
        "select change, trend_zh from candidate.mart_water_trends where place_id = ? and period_start = ?"
        " and period_kind = 'month' and comparison = 'previous_period'",
        place,
        date(2013, month, 1),
    )
    assert rows == [(Decimal(change), term)]


@pytest.mark.parametrize(
    ("site", "last", "correlation", "trend"),
    [
        ("W-YEARS-RISING", 2008, "1", "clearly_worse"),
        ("W-YEARS-EDGE", 2008, "0.9", "clearly_worse"),  # at the critical value of five years
        ("W-YEARS-LOOSE", 2008, "0.7", "no_clear_change"),
        ("W-YEARS-OXYGEN", 2008, "1", "clearly_better"),
        ("W-YEARS-TIED", 2008, "-0.707", "no_clear_change"),  # ranks 5, 2.5 four times: the correlation of the ranks
        ("W-YEARS-FOUR", 2007, None, None),
        ("W-YEARS-EQUAL", 2008, None, None),
    ],
)
def test_trend_of_several_years(
    project: Project, site: str, last: int, correlation: str | None, trend: str | None
) -> None:
    rows = project.query(
        "select change, trend, validity_reason from candidate.mart_water_trends"
        " where place_id = ? and comparison = 'several_years' and period_start = ?",
        site,
        date(last, 1, 1),
    )
    reasons = {"W-YEARS-FOUR": "annual values: 4 of 5", "W-YEARS-EQUAL": "all annual values are equal"}
    assert [row[:2] for row in rows] == [(None if correlation is None else Decimal(correlation), trend)]
    assert rows[0][2] == reasons.get(site, rows[0][2])


def test_ranking_on_published_values(project: Project) -> None:
    """4.00001 and 4.00002 are both published as 4: a shared first rank; without phosphorus listed, not ranked."""
    rows = project.query(
        "select place_id, value, rank, n_ranked, previous_rank, change_on_last_year_pct, validity"
        " from candidate.mart_water_rankings where list_id = 'water_section_cwqi_automatic_items_rank'"
        " and period_start = '2014-05-01' order by place_id"
    )
    assert rows == [
        ("W-RANK-A", Decimal("4"), 1, 3, 1, Decimal("-50"), "indicative"),
        ("W-RANK-B", Decimal("4"), 1, 3, None, None, "indicative"),
        ("W-RANK-C", Decimal("5"), 3, 3, None, None, "indicative"),
        ("W-RANK-D", None, None, 3, None, None, "insufficient"),
    ]


def test_no_list_over_items_that_no_place_has(project: Project) -> None:
    lists = project.query(
        "select distinct list_id from candidate.mart_water_rankings where network = 'rank' order by 1"
    )
    assert lists == [("water_section_cwqi_automatic_items_rank",), ("water_subdistrict_cwqi_automatic_items_rank",)]


def test_months_that_miss_the_target_are_events(project: Project) -> None:
    """One event per item; February 2024 ends on the 29th; March attains, so April is an event of its own."""
    rows = project.query(
        "select parameter, event_start, event_end, n_periods, peak_value, limit_value, multiple, limit_text, averaging"
        " from candidate.mart_water_exceedances where site_id = 'W-MISSED' order by 1, 2"
    )
    day, number = (lambda month: datetime(2024, month, 1)), Decimal
    assert rows == [
        ("do", day(1), day(2), 1, number("4"), number("5"), None, "class III", "month_class"),
        ("nh3n", day(1), day(3), 2, number("1.5"), number("1"), number("0.5"), "class III", "month_class"),
        ("nh3n", day(4), day(5), 1, number("1.4"), number("1"), number("0.4"), "class III", "month_class"),
    ]


@pytest.mark.parametrize(
    ("mart", "used"),
    [
        ("mart_water_section_realtime", "unrounded"),
        ("mart_water_section_monthly", "rounded_to_item_decimals"),
        ("mart_water_section_quarterly", "rounded_to_item_decimals"),
        ("mart_water_section_annual", "rounded_to_item_decimals"),
        ("mart_water_area_period", "rounded_to_item_decimals"),
        ("mart_water_cwqi", "unrounded"),
    ],
)
def test_every_product_says_what_it_compared(project: Project, mart: str, used: str) -> None:
    assert project.query(f"select distinct values_used from candidate.{mart}") == [(used,)]
