"""The decisions of a refresh: clock, months, range, feeds, exit codes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from orchestration import decisions
from orchestration.decisions import Outcome, UsageError

SHANGHAI = "Asia/Shanghai"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai


def test_the_clock_is_at_half_past_six_of_the_day_after():
    clock = decisions.clock_for(date(2026, 3, 1), SHANGHAI, NOW)
    assert clock == datetime(2026, 3, 2, 6, 30, tzinfo=ZoneInfo(SHANGHAI))


def test_the_default_is_yesterday_in_the_reporting_zone():
    late = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # already the 23rd in Shanghai
    assert decisions.clock_for(None, SHANGHAI, late).date() == date(2026, 11, 23)
    assert decisions.clock_for(None, "Europe/Madrid", late).date() == date(2026, 11, 22)


def test_a_day_that_is_not_over_is_refused():
    with pytest.raises(UsageError, match="last complete day is 2026-11-22"):
        decisions.clock_for(date(2026, 11, 23), SHANGHAI, NOW)


def test_from_after_to_is_refused():
    clock = decisions.clock_for(date(2026, 3, 1), SHANGHAI, NOW)
    decisions.check_range(date(2026, 3, 1), clock)
    with pytest.raises(UsageError, match="after --to 2026-03-01"):
        decisions.check_range(date(2026, 3, 5), clock)


@pytest.mark.parametrize("text", ["banana", "2026-13-01", "22.11.2026", ""])
def test_a_date_that_is_none_names_the_option(text):
    with pytest.raises(UsageError, match="--to"):
        decisions.parse_day(text, "--to")


def test_a_delivery_belongs_to_its_month_in_the_reporting_zone():
    end_of_october_utc = datetime(2026, 10, 31, 20, 0, tzinfo=UTC)
    assert decisions.month_of(end_of_october_utc, SHANGHAI) == "2026-11-01"
    assert decisions.month_of(end_of_october_utc, "UTC") == "2026-10-01"


def test_the_range_spans_the_months_that_have_something_due():
    clock = decisions.clock_for(None, SHANGHAI, NOW)
    due = ["2026-11-01", "2025-03-01", "2026-02-01"]
    assert decisions.partition_range(due, clock, SHANGHAI, date(2025, 1, 1)) == ("2025-03-01", "2026-11-01")


def test_with_nothing_due_the_range_is_the_month_of_the_clock():
    clock = decisions.clock_for(date(2026, 5, 30), SHANGHAI, NOW)
    assert decisions.partition_range([], clock, SHANGHAI, date(2025, 1, 1)) == ("2026-05-01", "2026-05-01")


def test_a_month_before_the_start_counts_as_the_first():
    clock = decisions.clock_for(None, SHANGHAI, NOW)
    assert decisions.partition_range(["2012-07-01"], clock, SHANGHAI, date(2013, 3, 15)) == ("2013-03-01", "2013-03-01")


def test_an_unknown_feed_gets_the_nearest_word():
    known = ("water", "air", "noise")
    assert decisions.check_feeds([], known) == known
    assert decisions.check_feeds(["noise", "water"], known) == ("water", "noise")
    with pytest.raises(UsageError, match="did you mean water"):
        decisions.check_feeds(["watr"], known)


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Outcome(), 0),
        (Outcome(unexpected="boom", refused="no", held={"air": "x"}), 1),
        (Outcome(failed_feeds={"water": "gone"}), 3),
        (Outcome(held={"air": "pm2_5 negative"}), 3),
        (Outcome(refused_files=1), 3),
        (Outcome(refused="cross-domain", refused_files=1), 4),
        (Outcome(refused="cross-domain", held={"air": "x"}), 4),
    ],
)
def test_exit_codes(outcome, code):
    assert decisions.exit_code(outcome) == code


def test_the_schedule_comes_after_the_hours_that_last_nights_ln_needs():
    minute, hour, *_ = decisions.REFRESH_CRON.split()
    assert (int(hour), int(minute)) == (decisions.REFRESH_AT.hour, decisions.REFRESH_AT.minute)
    assert timedelta(hours=int(hour), minutes=int(minute)) > timedelta(hours=6)
