"""Stamps → periods: marks, 24:00, midnight, calendars, zones, and what cannot be read."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pytest

from sources.cleaning.reasons import REASONS
from sources.cleaning.stamp_format import abbreviations
from sources.cleaning.stamps import format_mistake, parse_stamps
from sources.cleaning.times import periods
from sources.config.model import TimeMapping


def period(text: str, end: str | None = None, reporting: str = "Asia/Shanghai", **mapping):
    """(start, end, start_utc, problem) of one stamp."""
    ends = None if end is None else pl.Series([end])
    given = TimeMapping(**{"columns": ("time",), "formats": ("%Y-%m-%d %H:%M:%S",), **mapping})
    found = periods(pl.Series([text]), ends, given, reporting)
    return found.start[0], found.end[0], found.start_utc[0], found.problem[0]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


MINUTE = ("%Y-%m-%d %H:%M",)


@pytest.mark.parametrize(
    ("text", "mapping", "start", "end"),
    [
        ("2026-03-01 08:00", {"formats": MINUTE}, "2026-03-01 08:00", "2026-03-01 09:00"),
        ("2026-03-01 09:00", {"formats": MINUTE, "marks": "end"}, "2026-03-01 08:00", "2026-03-01 09:00"),
        ("2026-03-01 09:00", {"formats": MINUTE, "marks": "instant"}, "2026-03-01 09:00", "2026-03-01 09:00"),
        ("2026-03-01 24:00", {"formats": MINUTE, "marks": "end"}, "2026-03-01 23:00", "2026-03-02 00:00"),
        ("20260301 24", {"formats": ("%Y%m%d %H",), "marks": "end"}, "2026-03-01 23:00", "2026-03-02 00:00"),
        ("2013 3 1 0", {"formats": ("%Y %m %d %H",)}, "2013-03-01 00:00", "2013-03-01 01:00"),
        ("2026年3月1日 9时", {"formats": ("%Y年%m月%d日 %H时",)}, "2026-03-01 09:00", "2026-03-01 10:00"),
        ("２０２６-03-01 09:00", {"formats": MINUTE}, "2026-03-01 09:00", "2026-03-01 10:00"),
        ("04-01 08:00", {"formats": ("%m-%d %H:%M",), "year": 2021}, "2021-04-01 08:00", "2021-04-01 09:00"),
        ("2026年2月", {"formats": ("%Y年%m月",), "duration": "month"}, "2026-02-01", "2026-03-01"),
        ("2019", {"formats": ("%Y",), "duration": "year"}, "2019-01-01", "2020-01-01"),
        ("2026-03-31", {"formats": ("%Y-%m-%d",), "duration": "month", "marks": "end"}, "2026-03-01", "2026-04-01"),
        ("2026-04-01", {"formats": ("%Y-%m-%d",), "duration": "month", "marks": "end"}, "2026-03-01", "2026-04-01"),
        ("1/3/2026", {"formats": ("%d/%m/%Y",), "duration_min": 1440}, "2026-03-01", "2026-03-02"),
        (
            "01/01/2018 00:00",
            {"formats": ("%d/%m/%Y %H:%M",), "marks": "end", "duration_min": 15, "midnight": "end_of_date"},
            "2018-01-01 23:45",
            "2018-01-02 00:00",
        ),
        (
            "2026-03-01 09:00:01.5",
            {"formats": ("%Y-%m-%d %H:%M:%S.%f",), "marks": "instant"},
            "2026-03-01 09:00:01.500000",
            "2026-03-01 09:00:01.500000",
        ),
    ],
)
def test_periods(text, mapping, start, end):
    found = period(text, **mapping)
    assert found[:2] == (at(start), at(end))
    assert found[3] is None


def test_formats_are_tried_in_order():
    formats = ("%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M")
    assert period("03.02.2026 10:00", formats=formats)[0] == at("2026-02-03 10:00")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "time_missing"),
        ("soon", "time_unreadable"),
        ("2026-03-01 24:30", "time_unreadable"),
        ("2026-02-30 01:00", "time_unreadable"),
    ],
)
def test_stamps_that_give_no_period(text, problem):
    assert period(text, formats=MINUTE) == (None, None, None, problem)


def test_without_a_year_nothing_is_guessed():
    assert period("04-01 08:00", formats=("%m-%d %H:%M",))[3] == "time_unreadable"


def test_zones_meet_in_utc_and_in_the_reporting_zone():
    found = period("2021-07-08 12:00", formats=MINUTE, zone="UTC", marks="instant", reporting="America/Chicago")
    assert found == (at("2021-07-08 07:00"), at("2021-07-08 07:00"), at("2021-07-08 12:00"), None)


@pytest.mark.parametrize("text", ["2021-07-08T12:00:00+08:00", "2021-07-08T12:00:00+0800", "2021-07-08T04:00:00Z"])
def test_an_offset_in_the_text_wins_over_the_declared_zone(text):
    found = period(text, formats=("%Y-%m-%dT%H:%M:%S%z",), zone="Europe/Madrid")
    assert found[0] == at("2021-07-08 12:00") and found[2] == at("2021-07-08 04:00")


def test_an_ambiguous_hour_is_the_first_of_the_two():
    found = period("2015-10-25 01:00", formats=MINUTE, zone="Europe/Dublin", reporting="UTC")
    assert found[2] == at("2015-10-25 00:00")


def test_an_hour_that_summer_time_skips_is_refused():
    assert period("2015-03-29 01:00", formats=MINUTE, zone="Europe/Dublin")[3] == "time_nonexistent"


def test_a_day_in_a_summer_time_zone_is_the_local_day():
    found = period(
        "2020-03-29", formats=("%Y-%m-%d",), zone="Europe/Madrid", duration_min=1440, reporting="Europe/Madrid"
    )
    assert found[:2] == (at("2020-03-29"), at("2020-03-30"))


@pytest.mark.parametrize(
    ("end", "problem"),
    [
        ("2026-03-01 08:30", None),
        ("2026-03-01 08:00", None),
        ("2026-03-01 07:59", "period_reversed"),
        ("", "time_missing"),
    ],
)
def test_delivered_ends(end, problem):
    found = period("2026-03-01 08:00", end, formats=MINUTE, end_columns=("out",))
    assert found[3] == problem
    if problem is None:
        assert found[1] == at(end)


def test_with_delivered_ends_it_is_the_end_whose_midnight_closes_its_date():
    found = period("2026-03-01 00:00", "2026-03-01 00:00", formats=MINUTE, end_columns=("out",), midnight="end_of_date")
    assert found[:2] == (at("2026-03-01"), at("2026-03-02"))


def test_midnight_closes_its_date_only_where_it_is_written_so():
    stamps = parse_stamps(pl.Series(["2018-01-01 00:00", "2018-01-01 00:15"]), MINUTE, None, midnight_ends=True)
    assert stamps.local.to_list() == [at("2018-01-02 00:00"), at("2018-01-01 00:15")]


ZULU = "2024-10-27 00:30:00"


@pytest.mark.parametrize(
    ("text", "fmt", "utc"),
    [
        ("2024-10-27T01:30:00+01:00", "%Y-%m-%dT%H:%M:%S%z", ZULU),
        ("2024-10-27T01:30:00+0100", "%Y-%m-%dT%H:%M:%S%z", ZULU),
        ("2024-10-27T01:30:00+01", "%Y-%m-%dT%H:%M:%S%z", ZULU),
        ("2024-10-27T00:30:00Z", "%Y-%m-%dT%H:%M:%S%z", ZULU),
        ("2024-10-27T00:30:00z", "%FT%T%:z", ZULU),
        ("2024-10-26T19:30:00-05:00", "%Y-%m-%dT%H:%M:%S%z", ZULU),
        ("2024-10-27 06:00+05:30", "%Y-%m-%d %H:%M%#z", ZULU),
        ("2024-10-27T01:30:00.000+01:00", "%+", ZULU),
        ("2024-10-27 01:30 BST", "%Y-%m-%d %H:%M %Z", ZULU),
        ("2024-10-27 01:30  BST", "%Y-%m-%d %H:%M %Z", ZULU),
        ("BST 2024-10-27 01:30", "%Z %Y-%m-%d %H:%M", ZULU),
        ("2024-10-27 00:30 GMT", "%Y-%m-%d %H:%M %Z", ZULU),
        ("2024-10-27 00:30 UTC", "%Y-%m-%d %H:%M %Z", ZULU),
        ("2024-10-27 00:30Z", "%Y-%m-%d %H:%M%Z", ZULU),
        ("Sun Oct 27 01:30:00 BST 2024", "%a %b %d %H:%M:%S %Z %Y", ZULU),
        ("1729989000", "%s", ZULU),
        # Summer time's word says what is meant in winter, too.
        ("2024-12-01 12:00 BST", "%Y-%m-%d %H:%M %Z", "2024-12-01 11:00"),
        # 24:00 and a closing midnight are the text's own clock.
        ("2024-10-26T24:00:00+01:00", "%Y-%m-%dT%H:%M:%S%z", "2024-10-26 23:00"),
    ],
)
def test_a_text_may_name_its_zone(text, fmt, utc):
    found = period(text, formats=(fmt,), zone="Europe/London", reporting="UTC")
    assert found[2:] == (at(utc), None)


def test_a_midnight_with_an_offset_closes_the_date_it_is_written_with():
    mapping = {"formats": ("%Y-%m-%dT%H:%M%z",), "marks": "end", "midnight": "end_of_date"}
    assert period("2026-03-01T00:00+08:00", **mapping)[1] == at("2026-03-02 00:00")
    assert period("2026-03-01T08:00+08:00", **mapping)[1] == at("2026-03-01 08:00")


@pytest.mark.parametrize("text", ["2024-07-01 12:00 CST", "2024-07-01 12:00 EDT", "2024-07-01 12:00 XYZ"])
def test_a_word_for_another_zone_is_no_time(text):
    assert period(text, formats=("%Y-%m-%d %H:%M %Z",), zone="Europe/London")[3] == "time_zone_unknown"


def test_following_the_advice_about_a_zone_reads_the_stamp():
    assert "Set zone in [source.time]" in REASONS["time_zone_unknown"][1]
    summer = period("2024-07-01 12:00 CDT", formats=("%Y-%m-%d %H:%M %Z",), zone="America/Chicago")
    assert summer[2:] == (at("2024-07-01 17:00"), None)
    assert period("2024-07-01 12:00 CST", formats=("%Y-%m-%d %H:%M %Z",))[2] == at("2024-07-01 04:00")


def test_formats_with_and_without_a_zone_go_together():
    formats = ("%Y-%m-%d %H:%M %Z", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M%z")
    found = parse_stamps(
        pl.Series(["2024-07-01 12:00 BST", "2024-07-01 12:00", "2024-07-01T12:00-01:00", "2024-07-01 12:00 PST", ""]),
        formats, None, False, "Europe/London",
    )  # fmt: skip
    assert found.utc.to_list() == [at("2024-07-01 11:00"), None, at("2024-07-01 13:00"), None, None]
    assert found.local.to_list() == [None, at("2024-07-01 12:00"), None, None, None]
    assert found.strange.to_list() == [False, False, False, True, False]


SIMPLE = ["%Y", "%m", "%d", "%H", "%M", "%S", "%j", "%b", "%B", "%a", "%A", "%y", "%S.%f", "%z", "%:z", "%Z"]


@pytest.mark.parametrize(
    "fmt", [*(f"%Y-%m-%d %H:%M {d}" for d in SIMPLE), "%Y%m%d%H%M%S", "%d.%m.%y %H", "%I:%M %p %F"]
)
def test_what_config_check_accepts_without_polars_polars_reads(fmt):
    assert format_mistake(fmt) == ""


def test_the_abbreviations_of_a_zone_are_its_last_two():
    hour = timedelta(hours=1)
    assert abbreviations("Europe/London") == {"GMT": 0 * hour, "BST": hour}
    assert abbreviations("Asia/Shanghai") == {"CST": 8 * hour, "CDT": 9 * hour}
    assert abbreviations("America/Chicago") == {"CST": -6 * hour, "CDT": -5 * hour}


@pytest.mark.parametrize(
    ("start", "end", "later", "minutes"),
    [
        ("2024-10-27 01:30", "2024-10-27 02:00", False, 90),
        ("2024-10-27 01:30", "2024-10-27 02:00", True, 30),
        ("2024-10-27 01:30", "2024-10-27 01:00", False, 30),
        ("2024-10-27 01:10", "2024-10-27 01:20", True, 10),
        ("2024-10-27 00:30", "2024-10-27 01:00", False, 30),
    ],
)
def test_what_ends_in_the_repeated_hour_ends_after_it_began(start, end, later, minutes):
    mapping = TimeMapping(("time",), MINUTE, zone="Europe/London", end_columns=("out",))
    found = periods(pl.Series([start]), pl.Series([end]), mapping, "UTC", pl.Series([later]))
    assert (found.end - found.start)[0] == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("text", "mapping", "twice"),
    [
        ("2024-10-27 01:30", {}, True),
        ("2024-10-27 01:30", {"marks": "end"}, True),
        ("2024-10-27 01:30", {"marks": "instant"}, True),
        ("2024-10-27 02:00", {}, False),
        ("2024-10-27 00:59", {}, False),
        ("2024-10-27 01:30", {"duration_min": 1440}, False),
        ("2024-10-27 01:30", {"duration": "month"}, False),
        ("2024-10-27 01:30", {"zone": "UTC"}, False),
    ],
)
def test_a_time_that_clocks_show_twice_is_known(text, mapping, twice):
    given = TimeMapping(**{"columns": ("time",), "formats": MINUTE, "zone": "Europe/London", **mapping})
    assert periods(pl.Series([text]), None, given, "UTC").twice.to_list() == [twice]
