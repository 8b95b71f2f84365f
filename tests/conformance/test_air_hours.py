"""Hours of reference stations under the edition of their day: what is averaged, which item has which index.

Here belong questions and expected figures. Not here: readings (air_hour_cases.py), days (test_air.py).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.conformance.kit import Project, worked_examples

pytestmark = pytest.mark.skipif(not worked_examples(), reason="../shared/standards is absent: no cases of air")


def _hour(project: Project, site: str, *columns: str, label: int = 24) -> tuple[Any, ...]:
    rows = project.query(
        f"select {', '.join(columns)} from candidate.mart_air_station_hourly where site_id = ? and hour_label = ?",
        site, label,
    )  # fmt: skip
    assert len(rows) == 1, site
    return rows[0]


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        # PM2.5 30: 50 x 30 : 35 up; ozone 8 h 80: 40; the 2026 report has no item of 8 h.
        ("H-STEADY-OLD", (43, 40, 50, "pm10", "2012", 7)),
        ("H-STEADY-NEW", (43, None, 50, "pm10", "2026", 6)),
    ],
)
def test_items_of_the_report(project: Project, site: str, expected: tuple[Any, ...]) -> None:
    pm2_5, o3_8h, pm10, _, edition, n = expected
    found = _hour(
        project, site, "pm2_5_iaqi", "o3_8h_iaqi", "pm10_iaqi", "aqi", "primary_items", "edition", "n_expected"
    )
    assert found == (pm2_5, o3_8h, pm10, 50, "", edition, n)


@pytest.mark.parametrize(
    ("site", "iaqi"),
    [
        # 2012 above 800: by the running 24 h mean, (23 x 10 + 900) : 24 = 47.08, rounded 47: 47. With 19 hours: none.
        ("H-SO2-OLD", 47), ("H-SO2-FEW-OLD", None), ("H-SO2-NEW", 200), ("H-SO2-FEW-NEW", 200),
    ],
)  # fmt: skip
def test_so2_above_its_hourly_table(project: Project, site: str, iaqi: int | None) -> None:
    assert _hour(project, site, "so2_iaqi")[0] == iaqi


def test_an_item_without_index_is_missing(project: Project) -> None:
    found = _hour(project, "H-SO2-FEW-OLD", "aqi", "validity", "validity_reason", "n_valid")
    assert found == (None, "insufficient", "no index: SO2", 6)


def test_ozone_above_its_eight_hour_table(project: Project) -> None:
    """900: 300 + 100 x 100 : 200 by the hour, which also stands for the 8 h item of 2012."""
    assert _hour(project, "H-O3-OLD", "o3_1h_iaqi", "o3_8h_iaqi", "primary_items") == (350, 350, "o3_1h,o3_8h")
    assert _hour(project, "H-O3-NEW", "o3_1h_iaqi", "o3_8h_iaqi", "primary_items") == (350, None, "o3_1h")


@pytest.mark.parametrize(
    ("site", "aqi"),
    [
        # 2012: the 24 h mean is 35. 2026: the hour itself, 150 on the breakpoint of 200.
        ("H-PEAK-OLD", 50), ("H-PEAK-NEW", 200),
        ("H-PEAK-NO-CO-OLD", None), ("H-PEAK-NO-CO-NEW", 200), ("H-NO-CO-OLD", None), ("H-NO-CO-NEW", None),
    ],
)  # fmt: skip
def test_particles_and_missing_items(project: Project, site: str, aqi: int | None) -> None:
    assert _hour(project, site, "aqi")[0] == aqi


@pytest.mark.parametrize("name", ["OLD", "NEW"])
def test_ties(project: Project, name: str) -> None:
    assert _hour(project, f"H-TIE-{name}", "aqi", "primary_items", "primary_items_zh") == (
        100, "pm2_5,no2", "细颗粒物（PM2.5）、二氧化氮",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("label", "o3_8h", "pm2_5_24h"),
    [(5, None, None), (6, 80, None), (19, 80, None), (20, 80, 30)],
)
def test_hours_of_a_running_mean(project: Project, label: int, o3_8h: int | None, pm2_5_24h: int | None) -> None:
    assert _hour(project, "H-STEADY-OLD", "o3_8h_ug_m3", "pm2_5_24h_ug_m3", label=label) == (o3_8h, pm2_5_24h)


def test_a_running_mean_drops_what_lies_behind_its_window(project: Project) -> None:
    """Hour 24 of the peak: 23 hours of 30 and one of 150."""
    assert _hour(project, "H-PEAK-OLD", "pm2_5_24h_ug_m3")[0] == Decimal(35)


def test_no_micro_stations(project: Project) -> None:
    sql = "select count(*) from candidate.mart_air_station_hourly where site_id like '%MICRO%'"
    assert project.query(sql) == [(0,)]
