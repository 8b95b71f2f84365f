"""Noise by hand: one day and night of two points, and the two surveys.

50 dB is an energy of 10⁵, 60 dB one of 10⁶. Eight hours of each: (8 × 10⁶ + 8 × 10⁵) : 16 = 5.5 × 10⁵.
"""

from __future__ import annotations

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
    assert len(house.released("select * from mart_noise_site_daily")) == 2


def test_surveys(shows: Shown) -> None:
    # The sums stand in test_scorecard.py. 54.9 lies in 50.1 … 55.0 and 69.4 in 68.1 … 70.0: both grade 2.
    mart = "mart_noise_survey_annual"
    shows(mart, "survey_kind = 'grid'", mean_db="54.9", grade=2, grade_name_zh="较好", n_valid=100, n_expected=100)
    shows(mart, "survey_kind = 'road'", mean_db="69.4", grade=2, road_length_km="8", n_valid=3, n_expected=3)
