"""Noise by hand: three days and nights of two points, and the two surveys.

50 dB is an energy of 10⁵, 60 dB one of 10⁶. Eight hours of each: (8 × 10⁶ + 8 × 10⁵) : 16 = 5.5 × 10⁵.
"""

from __future__ import annotations

import pytest

from tests.pipeline.by_hand.conftest import Shown

# Ld: 10 lg (5.5 × 10⁵) = 57.4036… → 57.4. Ln: four hours of 50 and four of 40: 5.5 × 10⁴, 47.4036… → 47.4.
# Ldn: (16 × 5.5 × 10⁵ + 8 × 5.5 × 10⁴ × 10) : 24 = (88 + 44) × 10⁵ : 24 = 5.5 × 10⁵, 57.4.
LEVELS = {"ld_db": "57.4", "ln_db": "47.4", "ldn_db": "57.4", "validity": "valid"}


def test_point_of_class_2(shows: Shown) -> None:
    # The hour from 12:00 blew at 6 m/s, that from 13:00 has 30 minutes: one loud and one quiet hour less, 7 of each are
    # left, with the same mean. 14 of 16 hours, 12 are needed. Limits 60 and 50.
    shows(
        "mart_noise_site_daily", "site_id = 'N1' and day = '2025-05-20'", **LEVELS, day_hours_valid=14,
        night_hours_valid=8, hours_weather=1, hours_short=1, n_valid=22, n_expected=24, coverage="0.9167",
        day_attained=True, night_attained=True,
    )  # fmt: skip


def test_the_same_levels_at_a_point_of_class_1(shows: Shown) -> None:
    # Limits 55 and 45.
    shows(
        "mart_noise_site_daily", "site_id = 'N2' and day = '2025-05-20'", **LEVELS, day_hours_valid=16,
        day_limit_db="55", night_limit_db="45", day_attained=False, night_attained=False,
    )  # fmt: skip


def test_the_night_belongs_to_the_date_on_which_it_begins(house) -> None:
    # Nights of 20, 21 and 22 May; the last ends on the 23rd.
    found = house.released("select distinct day::varchar as day from mart_noise_site_daily order by day")
    assert [row["day"] for row in found] == ["2025-05-20", "2025-05-21", "2025-05-22"]
    assert len(house.released("select * from mart_noise_site_daily")) == 6


def test_ten_decibels_less_in_every_hour_are_ten_less_of_the_day(shows: Shown) -> None:
    shows(
        "mart_noise_site_daily", "site_id = 'N2' and day = '2025-05-21'", ld_db="47.4", ln_db="37.4", ldn_db="47.4",
        day_attained=True, night_attained=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("averaging", "limit", "peak", "start", "end"),
    [
        # Days from 06:00 to 22:00, nights on to 06:00. The calm 21st lies between: one day is bridged.
        ("Ld", "55", "57.4", "2025-05-20 06:00:00", "2025-05-22 22:00:00"),
        ("Ln", "45", "47.4", "2025-05-20 22:00:00", "2025-05-23 06:00:00"),
    ],
)
def test_two_loud_days_around_a_calm_one_are_one_event(
    shows: Shown, averaging: str, limit: str, peak: str, start: str, end: str
) -> None:
    # Of the same two levels the first is the peak. Hours: 2 × 16 and 2 × 8. Decibels have no multiple.
    shows(
        "mart_exceedances", f"site_id = 'N2' and averaging = '{averaging}'", kind="exceedance", event_start=start,
        event_end=end, n_periods=2, n_periods_between=1, peak_value=peak, peak_at=start, unit="dB(A)",
        limit_value=limit, multiple=None, readings_behind=32 if averaging == "Ld" else 16, unit_to_notify="和平街街道",
    )  # fmt: skip


def test_no_other_noise_event(house) -> None:
    # An hour of 60 is not 10 dB above 55, nor one of 50 above 45; the gale and the half hour of N1 do not count.
    found = house.released("select averaging from mart_exceedances where event_id like 'noise:%' order by 1")
    assert [row["averaging"] for row in found] == ["Ld", "Ln"]


AREAS = (
    # Each point was set up for four days, 20 to 23 May, and has three: 3 : 4 = 75 %. N2 attains on the 21st only.
    ("1", 1, 3, 4, "33.3"),
    ("2", 3, 3, 4, "100"),
    # (1 + 3) : 6 = 66.66… %.
    ("all", 4, 6, 8, "66.7"),
)


@pytest.mark.parametrize("part", ["day", "night"])
@pytest.mark.parametrize(("area", "attained", "judged", "expected", "share"), AREAS)
def test_attainment_of_a_functional_area(
    shows: Shown, part: str, area: str, attained: int, judged: int, expected: int, share: str
) -> None:
    # The register has the points for those four days only, so the month and the year expect the same.
    for period, start in (("month", "2025-05-01"), ("year", "2025-01-01")):
        shows(
            "mart_noise_functional_area",
            f"noise_class = '{area}' and part = '{part}' and period_kind = '{period}' and period_start = '{start}'",
            attainment_pct=share,
            n_attained=attained,
            n_judged=judged,
            n_expected=expected,
            coverage="0.75",
            validity="valid",
            counted_unit="point_day",
        )


def test_surveys(shows: Shown) -> None:
    # The sums are in test_scorecard.py. 54.9 lies in 50.1 … 55.0 and 69.4 in 68.1 … 70.0: both grade 2.
    mart = "mart_noise_survey_annual"
    shows(mart, "survey_kind = 'grid'", mean_db="54.9", grade=2, grade_zh="较好", n_valid=100, n_expected=100)
    shows(mart, "survey_kind = 'road'", mean_db="69.4", grade=2, road_length_km="8", n_valid=3, n_expected=3)
