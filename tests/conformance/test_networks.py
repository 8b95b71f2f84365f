"""Declared networks: the worked examples of ../shared/standards/networks through the generic models, and their edges.

Here belong questions and expected figures. Not here: declarations and readings (network_cases.py). Not through these
models, because they are neither class nor limit, mean or share: the standard index of pH (HJ 610), the background
correction of GB 12523, retests and tightness of GB 20952, and the ratios of returns, hotline and building quotas.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.conformance.kit import Project
from tests.conformance.network_cases import DAY


def values(project: Project, site: str, columns: str, figure: str = "") -> list[tuple[Any, ...]]:
    """Columns of a site's values of one figure, '' for readings, by parameter and moment."""
    return project.query(
        f"select {columns} from candidate.mart_network_values where site_id = ? and figure_id = ?"
        " order by parameter, period_start",
        site, figure,
    )  # fmt: skip


def sample(project: Project, site: str, columns: str) -> tuple[Any, ...]:
    """Columns of the one sample of a site."""
    (row,) = project.query(
        f"select {columns} from candidate.mart_network_attainment where site_id = ? and period_kind = 'sample'", site
    )
    return row


@pytest.mark.parametrize(
    ("item", "value", "grade"),
    [
        ("氨氮", "0.01", "I"), ("氨氮", "0.1", "II"), ("氨氮", "0.5", "III"), ("氨氮", "2.0", "V"), ("氨氮", "0", "I"),
        ("硝酸盐", "2", "I"), ("硝酸盐", "5", "II"), ("硝酸盐", "25", "IV"), ("硝酸盐", "35", "V"),
        ("总硬度", "1000", "V"), ("pH", "7.2", "I"), ("pH", "8.5", "I"), ("pH", "6.4", "IV"), ("pH", "5.4", "V"),
        ("pH", "9.1", "V"), ("阴离子表面活性剂", "0.35", "V"), ("阴离子表面活性剂", "0.3", "III"),
        ("总α放射性", "0.6", "IV_or_V"), ("三氯甲烷", "61", "IV"), ("镉", "0.0005L", "<=II"), ("镉", "0.0001L", "I"),
        # Class I asks for a non-detect.
        ("阴离子表面活性剂", "0.05L", "I"),
    ],
)  # fmt: skip
def test_class_of_one_item_of_groundwater(project: Project, item: str, value: str, grade: str) -> None:
    assert values(project, f"G-{item}-{value}", "grade") == [(grade,)]


def test_class_of_a_sample_is_that_of_its_worst_item_with_its_name(project: Project) -> None:
    columns = "grade, worst_items_zh, target, is_attained, n_items"
    assert sample(project, "G-WORST", columns) == ("V", "总硬度", "III", False, 3)
    assert sample(project, "G-TWO", columns) == ("IV", "铁、锰", "III", False, 3)
    # A detection limit above class I leaves class I open: the item makes no class, but it attains III.
    assert sample(project, "G-OPEN", columns) == ("I", None, "III", True, 2)
    assert sample(project, "G-镉-0.0005L", "grade, is_attained") == (None, True)


@pytest.mark.parametrize(
    ("site", "grade"),
    [
        ("B-1", "mild"), ("B-2", "severe"), ("B-3", "severe"), ("B-4", "mild"), ("B-5", "none"), ("B-6", "severe"),
        ("B-7", "mild"), ("B-8", "severe"), ("B-9", "mild"), ("B-10", "mild"),
    ],
)  # fmt: skip
def test_black_odorous_grade_of_a_point(project: Project, site: str, grade: str) -> None:
    assert sample(project, site, "grade") == (grade,)


def test_sources_of_drinking_water(project: Project) -> None:
    assert values(project, "W-OK", "is_attained") == [(True,)]
    assert values(project, "W-MN", "is_attained, multiple, limit_value") == [(False, Decimal("0.2"), Decimal("0.1"))]
    # Total nitrogen has no limit: it is not judged, and the source is compliant.
    assert sample(project, "W-TN", "is_attained, n_items") == (True, 2)


def test_compliance_by_number_and_by_volume(project: Project) -> None:
    rows = project.query(
        "select area_figure_id, value, n_expected, n_valid, n_attained, validity from candidate.mart_network_areas"
        " where network_id = 'n_volumes' order by 1"
    )
    assert rows == [
        ("by_number", Decimal("66.7"), 3, 3, 2, "valid"),
        ("by_volume", Decimal("90.0"), 3, 3, 2, "valid"),
    ]
    published = "select indicator_id, area_code, value, period_start from candidate.mart_network_indicators"
    assert project.query(published) == [("n_rate", "110105", Decimal("90.0"), date(2024, 6, 1))]


@pytest.mark.parametrize(
    ("site", "grade"),
    [
        ("S-1", "negligible"), ("S-2", "above screening"), ("S-3", "above control"), ("S-4", "negligible"),
        ("S-5", "above control"), ("S-6", "negligible"), ("S-7", "above screening"), ("S-8", "above control"),
        ("F-1", "priority protection"), ("F-2", "safe use"), ("F-3", "safe use"), ("F-4", "safe use"),
    ],
)  # fmt: skip
def test_soil_by_use_by_ph_and_by_background(project: Project, site: str, grade: str) -> None:
    assert sample(project, site, "grade") == (grade,)


def test_day_and_night_by_the_hour_that_a_reading_begins_in(project: Project) -> None:
    found = values(project, "C-1", "extract(hour from period_start), limit_text, is_attained")
    assert found == [
        (5, "night", True), (6, "day", True), (14, "day", True), (21, "day", False), (22, "night", False),
    ]  # fmt: skip


@pytest.mark.parametrize(("site", "level", "n"), [("L-1", "67.4", 60), ("L-2", "60.4", 48), ("L-3", None, 44)])
def test_hour_level_from_minutes(project: Project, site: str, level: str | None, n: int) -> None:
    (found,) = values(project, site, "value, n_valid, n_expected, validity_reason", "hour")
    assert found == (level and Decimal(level), n, 60, "" if level else "44 of 60 values")


def test_conversion_to_the_reference_oxygen(project: Project) -> None:
    columns = "value, is_attained, validity_reason"
    assert set(values(project, "O-USE", columns, "converted")) == {(Decimal("61.25"), True, "")}
    assert set(values(project, "O-NEW", columns, "converted")) == {(Decimal("61.25"), False, "")}
    assert set(values(project, "O-AIR", columns, "converted")) == {
        (None, None, "0 of 1 values; 1 with oxygen too near that of air")
    }
    assert set(values(project, "O-NONE", columns, "converted")) == {(None, None, "0 of 1 values; 1 without o2")}
    assert values(project, "O-NEW", "value, n_valid", "converted_day") == [(Decimal("61.25"), 24)]
    event = (
        "select kind, n_periods, peak_value, multiple from candidate.mart_network_exceedances where site_id = 'O-NEW'"
    )
    assert project.query(event) == [("exceedance", 24, Decimal("61.25"), Decimal("1.04"))]


def test_ammonia_by_season_and_by_temperature_and_fumes_by_date(project: Project) -> None:
    assert values(project, "T-SEASON", "period_start::date, is_attained") == [
        (date(2024, 3, 31), True), (date(2024, 4, 1), False), (date(2024, 11, 30), False), (date(2024, 12, 1), True),
    ]  # fmt: skip
    assert values(project, "T-12.0", "is_attained") == [(True,)]
    assert values(project, "T-12.1", "is_attained") == [(False,)]
    assert values(project, "K-1", "period_start::date, is_attained") == [
        (date(2019, 12, 31), None), (date(2020, 1, 1), False),
    ]  # fmt: skip


def test_days_of_the_ecological_flow(project: Project) -> None:
    """27 of 28 valid days: missing days leave the denominator."""
    query = (
        "select attained_pct, n_attained, n_missed, is_attained from candidate.mart_network_attainment"
        " where site_id = 'E-1' and period_kind = 'month'"
    )
    assert project.query(query) == [(Decimal("96.4"), 27, 1, False)]


def test_tsp_ranks_the_highest_first_and_ties_share(project: Project) -> None:
    rows = project.query(
        "select place_id, value, rank, period_end from candidate.mart_network_rankings"
        " where list_id = 'n_dust_tsp_half' and value is not null order by place_id"
    )
    assert [(int(place[-1]), rank) for place, _, rank, _ in rows] == [
        (1, 1), (2, 3), (3, 1), (4, 4), (5, 4), (6, 4), (7, 7),
    ]  # fmt: skip
    assert {end for *_, end in rows} == {date(2024, 6, 15)}


def test_a_week_is_an_iso_week_across_months(project: Project) -> None:
    """Days from Saturday 1 June to Saturday 15 June: 2, 7 and 6 of 7."""
    found = values(project, "D-1", "period_start, period_end, value, n_valid, n_expected", "week")
    assert sorted(found) == [
        (datetime(2024, 5, 27), datetime(2024, 6, 3), None, 2, 7),
        (datetime(2024, 6, 3), datetime(2024, 6, 10), Decimal("150.0"), 7, 7),
        (datetime(2024, 6, 10), datetime(2024, 6, 17), Decimal("150.0"), 6, 7),
    ]


def test_a_month_of_half_its_days_has_no_mean(project: Project) -> None:
    (found,) = values(project, "D-1", "value, n_valid, n_expected, validity, validity_reason", "month")
    assert found == (None, 15, 30, "insufficient", "15 of 30 values")
    assert values(project, "D-1", "value, n_valid, n_expected, period_end", "half") == [
        (Decimal("150.0"), 15, 15, datetime(2024, 6, 16))
    ]


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        # 1, 2, 3, 4, half of 5 and 10: the mean is 22.5 : 6.
        ("mean", "3.75"), ("sum", "22.5"), ("maximum", "10"), ("minimum", "1"), ("count", "6"), ("last", "10"),
        # Place 1 + 5 x 0.9 = 5.5 of 1, 2, 2.5, 3, 4, 10: half way from 4 to 10.
        ("p90", "7"), ("above", "2"),
        # (1 + 2 + 3 + 4 + 5 + 40) : 10, and 55 g in kg.
        ("weighted", "5.5"), ("load", "0.055"),
        ("strict", None), ("day_of_hours", "3.75"), ("month_of_days", "3.75"), ("year_of_months", "3.75"),
    ],
)  # fmt: skip
def test_every_statistic(project: Project, figure: str, value: str | None) -> None:
    ((found, nondetects),) = values(project, "X-1", "value, n_nondetects", figure)
    assert found == (value and Decimal(value))
    assert nondetects == 1


def test_large_numbers_are_figures_too(project: Project) -> None:
    found = {f: values(project, "X-LARGE", "value", f)[0][0] for f in ("mean", "sum", "weighted", "load")}
    assert found == {"mean": 4000000, "sum": 12000000, "weighted": 4000000, "load": Decimal(24000000000)}


def test_limits_without_grades(project: Project) -> None:
    columns = "is_attained, validity, limit_text, multiple"
    assert values(project, "P-WORD", columns) == [(False, "valid", "absent", None)]
    assert values(project, "P-NONE", "is_attained, value_zh") == [(True, "absent")]
    assert values(project, "P-PH", "is_attained, limit_value, multiple") == [(False, Decimal(6), None)]
    assert values(project, "P-OUT", "is_attained") == [(False,)]
    assert values(project, "P-OUT-OK", "is_attained") == [(True,)]
    # A non-detect under the limit attains it; a detection limit above the limit leaves it open.
    assert values(project, "P-ND", "is_attained, censored") == [(True, "<")]
    assert values(project, "P-ND-HIGH", "is_attained, censored") == [(None, "<")]
    assert sample(project, "P-ND-HIGH", "is_attained, attainment_reason") == (
        None, "detection limits are above the limits",
    )  # fmt: skip
    # The permit of a site, 4 from November to February, next to the limit of all sites, 10.
    assert values(project, "P-OWN", "is_attained, limit_value, standard") == [
        (True, Decimal(10), "S"), (False, Decimal(4), "许可证1号"),
    ]  # fmt: skip
    assert values(project, "P-FAIL", "value, validity, validity_reason") == [
        (None, "insufficient", "not used: gross_range")
    ]


def test_what_is_not_sure_is_a_hint_and_misses_nothing(project: Project) -> None:
    events = dict(
        project.query(
            "select site_id, kind || ': ' || reason from candidate.mart_network_exceedances where kind = 'hint'"
        )
    )
    assert events == {
        "P-HINT": "hint: the limit is of certainty medium",
        "P-SUSPECT": "hint: suspect readings in 1 values decide attainment",
    }
    for site in events:
        assert sample(project, site, "is_attained, n_missed, n_hints") == (None, 0, 1)
    assert values(project, "P-SUSPECT", "validity") == [("indicative",)]


def test_events_carry_network_unit_to_notify_and_limit(project: Project) -> None:
    rows = project.query(
        "select event_id, event_end, limit_text, unit_to_notify, area_name_zh from candidate.mart_network_exceedances"
        " where site_id = 'C-1' order by event_start"
    )
    late = DAY.replace(hour=21)
    assert rows[0] == (
        f"networks:n_site_noise:C-1:leq:sample:{late:%Y-%m-%dT%H:%M}", late.replace(hour=22), "day", "某街道办事处",
        "建外街道",
    )  # fmt: skip
    assert [row[2] for row in rows] == ["day", "night"]
