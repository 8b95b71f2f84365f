"""What each feed and each site should have given, and what is there, by hand. The last delivery is of 20 January 2026.

Not here: both counts of every delivery (test_nothing_lost.py).
"""

from __future__ import annotations

from tests.pipeline.by_hand.conftest import Shown
from tests.real.house import House

SITE, FEED = "mart_data_health_site", "mart_data_health"


def test_every_clean_reading_is_counted_at_one_site(house: House) -> None:
    found = house.released(f"select feed, cast(sum(n_received) as bigint) as n from {SITE} group by feed order by feed")
    # Files of test_nothing_lost: 52530 + 52560 + 1; 8; 432 + 100 + 6; 53 + 17; 1464; 371 + 1 + 30.
    assert {row["feed"]: row["n"] for row in found} == {
        "air": 105091, "energy": 8, "noise": 538, "returns": 70, "waste": 1464, "water": 402,
    }  # fmt: skip
    (clean,) = house.lake("select count(*) from read_parquet('{clean}/clean_*/*/*.parquet', union_by_name = true)")
    assert clean == (sum(row["n"] for row in found),)


def test_a_station_with_an_outage(shows: Shown) -> None:
    # August: 31 × 24 × 6 = 4464; five hours of six values are not there. 4434 : 4464 = 0.99327….
    shows(
        SITE, "site_id = 'NZG' and period_start = '2025-08-01'",
        feed_zh="环境空气", site_name_zh="农展馆", period_kind="month", period_end="2025-08-31",
        n_expected=4464, n_received=4434, n_valid=4434, n_suspect=6, n_failed=0, n_missing=0,
        coverage="0.9933", coverage_basis="readings", validity="indicative",
        validity_reason="30 of 4464 readings are not there",
        days_expected=31, days_received=31, days_incomplete=1, days_silent=0, incomplete_days="5", silent_days=None,
        first_reading_at="2025-08-01 00:00:00", last_reading_at="2025-09-01 00:00:00", silent_since=None,
        provenance="observed",
    )  # fmt: skip
    # Both stations should give 2 × 6 × 24 = 288 on the day: 258 : 288 = 0.89583….
    shows(
        FEED, "feed = 'air' and day = '2025-08-05'",
        readings_expected=288, readings_present=258, sites_expected=2, sites_present=2, coverage="0.8958",
        coverage_basis="readings", is_pending=False,
    )  # fmt: skip


def test_two_hours_of_maintenance_are_there_and_left_out(shows: Shown) -> None:
    shows(
        SITE, "site_id = 'NZG' and period_start = '2025-05-01'",
        n_expected=4464, n_received=4464, n_valid=4452, n_failed=12, coverage="1.0000", validity="indicative",
        validity_reason="12 of 4464 left out by flag",
    )  # fmt: skip


def test_a_station_that_fell_silent(shows: Shown) -> None:
    """Nothing of 2026: 26 h after the end of the 18th, the 20th at 02:00, is yet to come."""
    shows(
        SITE, "site_id = 'ATC' and period_start = '2026-01-01'",
        n_expected=20 * 24 * 6, n_received=0, coverage="0.0000", validity="pending", days_expected=20, days_silent=17,
        silent_days="1-17", longest_silence_days=17, silent_since="2026-01-01 00:00:00", last_reading_at=None,
    )  # fmt: skip


def test_a_register_that_closes_a_point(shows: Shown) -> None:
    # N1 was open from 20 to 23 May: 4 × 24 × 3 values; three times 24 hours from 06:00 on are there, 216 : 288.
    shows(
        SITE, "site_id = 'N1'",
        period_start="2025-05-01", n_expected=288, n_received=216, coverage="0.7500", incomplete_days="20, 23",
        silent_days=None, days_expected=4, days_received=4, silent_since=None,
    )  # fmt: skip


def test_samples_and_a_station_of_one_section(shows: Shown) -> None:
    """W1: five samples a month; five items of an automatic station on 10 June, six moments, and then nothing."""
    shows(SITE, "site_id = 'W1' and period_start = '2025-05-01'", n_expected=5, n_received=5, validity="valid")
    # 10 to 30 June: 21 × 6 × 5 = 630 and 5 samples; 30 and 5 are there, 35 : 635 = 0.05511….
    shows(
        SITE, "site_id = 'W1' and period_start = '2025-06-01'",
        n_expected=635, n_received=35, coverage="0.0551", silent_days="11-30", longest_silence_days=20,
    )  # fmt: skip
    # 31 × 6 × 5 + 5. The sample of 5 July does not end the silence of the station.
    shows(
        SITE, "site_id = 'W1' and period_start = '2025-07-01'",
        n_expected=935, n_received=5, silent_days="1-31", first_reading_at="2025-07-05 00:00:00",
    )  # fmt: skip


def test_loads_come_as_they_come(shows: Shown) -> None:
    # 30 × 4 loads and, on 1 June, five more, one of which is quarantined.
    shows(
        SITE, "site_id = 'GAT' and period_start = '2025-06-01'",
        n_expected=None, n_received=124, coverage="1.0000", coverage_basis="days", validity="valid", days_expected=30,
        days_received=30,
    )  # fmt: skip
    shows(
        FEED, "feed = 'waste' and day = '2025-06-01'",
        readings_expected=None, readings_present=8, sites_expected=1, sites_present=1, coverage="1.0000",
        coverage_basis="sites",
    )  # fmt: skip


def test_yearly_surveys_and_notified_dust(shows: Shown) -> None:
    # Level and vehicles of a segment; a level of a grid point.
    for site, n in (("R1", 2), ("G001", 1)):
        shows(
            SITE, f"site_id = '{site}' and period_start = '2025-01-01'",
            period_kind="year", n_expected=n, n_received=n, coverage="1.0000", validity="valid", days_expected=None,
        )  # fmt: skip
    shows(
        SITE, "feed = 'air' and site_id = '110105'",
        period_start="2025-03-01", n_expected=None, n_received=1, coverage=None, coverage_basis="none",
        validity="indicative",
    )  # fmt: skip


def test_returns_are_due_on_the_first_of_their_year(house: House, shows: Shown) -> None:
    """An item once returned is expected of each later year, and no other day has coverage."""
    found = house.released(
        f"select day, readings_expected, coverage from {FEED} where feed = 'returns' and coverage_basis = 'readings'"
    )
    assert found and {(row["day"].month, row["day"].day) for row in found} == {(1, 1)}
    # The balance of two years: four flows each, due with the year they are of.
    for year in ("2022", "2025"):
        shows(
            SITE, f"site_id = 'BALANCE' and period_start = '{year}-01-01'",
            period_kind="year", n_received=4, n_expected=4, coverage="1.0000", validity="valid",
        )  # fmt: skip
