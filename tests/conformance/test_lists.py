"""Rankings and events by hand: ties, calendars, gaps, limits, through the project's own marts and macros.

Here belong questions and expected figures. Not here: readings (lists_cases.py), unit tests of one model (its yml).
"""

from __future__ import annotations

import csv
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from expectations.suites.lists import HINT_AVERAGINGS, LIMIT_AVERAGINGS
from tests.conformance.kit import PROJECT, Project
from tests.conformance.lists_cases import AREAS, DUST_WEEK, EVENTS, LEAP_FEBRUARY, NETWORK, TIED_WEEK

LIST = f"air_pm2_5_{NETWORK}_micro_sensor_dust_excluded"


def ranks(project: Project, columns: str, kind: str, start: date, list_id: str = LIST) -> dict[str, tuple[Any, ...]]:
    """Columns of a list's rows by the case of the area."""
    rows = project.query(
        f"select place_id, {columns} from candidate.mart_air_rankings"
        " where list_id = ? and period_kind = ? and period_start = ?",
        list_id, kind, start,
    )  # fmt: skip
    cases = {code: case for case, code in AREAS.items()}
    return {cases[row[0]]: row[1:] for row in rows}


def test_ties_share_a_rank_on_the_published_value(project: Project) -> None:
    found = ranks(project, "value, rank, n_ranked", "week", TIED_WEEK)
    assert found == {
        "WEEKS": (Decimal("30.0"), 1, 4), "TIE": (Decimal("30.0"), 1, 4), "EVEN": (Decimal("30.1"), 3, 4),
        "TWO": (Decimal("30.5"), 4, 4), "FEW": (None, None, 4),
    }  # fmt: skip


def test_a_community_is_no_subdistrict(project: Project) -> None:
    """Its station has the best air of the week, and it has a section: neither is in a list, nor in an area."""
    rows = project.query("select count(*) from candidate.mart_air_station_daily where site_id = 'L-COMMUNITY'")
    assert rows[0][0] >= 7
    assert ranks(project, "value", "week", TIED_WEEK)["TWO"] == (Decimal("30.5"),)
    for table, place in (
        ("candidate.mart_air_rankings", "place_id"), ("candidate.mart_water_rankings", "place_id"),
        ("candidate.mart_air_dustfall", "place_id"), ("candidate.mart_water_area_period", "place_id"),
        ("candidate.mart_water_cwqi", "place_id"), ("candidate.mart_water_trends", "place_id"),
    ):  # fmt: skip
        found = project.query(f"select distinct {place} from {table} where regexp_full_match({place}, '[0-9]{{12}}')")
        assert found == [], table


def test_a_place_that_is_not_ranked_says_why_and_prints_its_share(project: Project) -> None:
    found = ranks(project, "validity, validity_reason, n_expected, n_valid, coverage", "week", TIED_WEEK)
    assert found["FEW"] == (
        "insufficient", "stations with enough valid days: 0 of 1; valid: 5 of 7", 7, 5, Decimal("0.7143"),
    )  # fmt: skip
    assert found["TIE"] == ("valid", "", 7, 6, Decimal("0.8571"))
    assert found["TWO"] == ("valid", "", 14, 13, Decimal("0.9286"))


@pytest.mark.parametrize(
    ("monday", "previous", "last_year", "change_pct"),
    [
        # The last week of 2026 is number 53; 2025 had 52: it is compared with no week of last year.
        (date(2026, 12, 28), 20, None, None),
        (date(2027, 1, 4), 30, None, None),
        # Week 52 of 2027 against week 52 of 2026, 53 weeks before; week 1 against week 1, 52 weeks before.
        (date(2027, 12, 27), None, 20, "25.0"),
        (date(2028, 1, 3), 25, 40, "10.0"),
        # The week with 29 February against the one of the same number.
        (date(2028, 2, 28), None, 50, "20.0"),
    ],
)
def test_weeks_across_years(
    project: Project, monday: date, previous: int | None, last_year: int | None, change_pct: str | None
) -> None:
    columns = "period_end - period_start, previous_value, last_year_value, change_on_last_year_pct, validity"
    found = ranks(project, columns, "week", monday)["WEEKS"]
    assert found == (6, previous, last_year, change_pct and Decimal(change_pct), "valid")


def test_a_leap_february_needs_25_days(project: Project) -> None:
    found = ranks(project, "rank, validity, n_valid, n_expected", "month", LEAP_FEBRUARY)
    assert found["TIE"] == (1, "valid", 25, 29)
    assert found["EVEN"] == (None, "insufficient", 24, 29)


def test_a_quarter_needs_every_month(project: Project) -> None:
    found = ranks(project, "rank, validity", "quarter", date(2028, 1, 1))
    assert found["TIE"] == (None, "insufficient")


def test_both_series_are_there_where_dust_touches_the_period(project: Project) -> None:
    """20 without the day of 90, (6 x 20 + 90) : 7 = 30 with it; a week without dust has the judged series alone."""
    with_dust = LIST.replace("excluded", "included")
    assert ranks(project, "value, variant", "week", DUST_WEEK)["WEEKS"] == (20, "dust_excluded")
    assert ranks(project, "value, variant", "week", DUST_WEEK, with_dust)["WEEKS"] == (30, "dust_included")
    assert ranks(project, "value", "week", TIED_WEEK, with_dust) == {}


def test_a_list_has_one_network_and_one_method(project: Project) -> None:
    rows = project.query(
        "select list_id from candidate.mart_air_rankings group by list_id"
        " having count(distinct network) > 1 or count(distinct method) > 1 or count(distinct variant) > 1"
    )
    assert rows == []
    rows = project.query("select distinct publication_state from candidate.mart_air_rankings")
    assert rows == [("provisional",)]


def test_the_dustfall_list_is_there_with_and_without_dust(project: Project) -> None:
    """March 2021 is a dust month: (4 + 12 + 4) : 3 = 6.67 with it, 4 without, of two months; the names say which."""
    rows = project.query(
        "select variant, list_name_zh like '%含沙尘%', list_name_zh like '%扣除沙尘%', value, n_valid, n_expected,"
        " validity, unit from candidate.mart_air_rankings where item = 'dustfall' and period_kind = 'quarter'"
        " and period_start = date '2021-01-01' and place_id = '110105002' order by variant"
    )
    assert rows == [
        ("dust_excluded", False, True, 4, 4, 6, "valid", "t/(km2.30d)"),
        ("dust_included", True, False, Decimal("6.67"), 6, 6, "valid", "t/(km2.30d)"),
    ]


def test_a_month_of_dust_has_no_figure_without_it(project: Project) -> None:
    rows = project.query(
        "select distinct value, rank, n_valid, validity, validity_reason from candidate.mart_air_rankings"
        " where item = 'dustfall' and variant = 'dust_excluded' and period_kind = 'month'"
        " and period_start = date '2021-03-01' and place_id = '110105002'"
    )
    assert rows == [(None, None, 0, "insufficient", "a notified dust period touches every month with a result")]


def test_dustfall_has_no_week(project: Project) -> None:
    sql = "select count(*) from candidate.mart_air_rankings where item = 'dustfall' and period_kind = 'week'"
    assert project.query(sql) == [(0,)]
    rows = project.query(
        "select distinct variant, clause like '%no weekly list: dustfall is sampled by the month'"
        " from candidate.mart_air_rankings where item = 'dustfall'"
    )
    assert sorted(rows) == [("dust_excluded", True), ("dust_included", True)]


@pytest.fixture(scope="module")
def air_events(project: Project) -> dict[tuple[str, datetime], tuple[Any, ...]]:
    """Exceedances at the case's station: (parameter, start) to end, periods, between, peak, limit, multiple."""
    rows = project.query(
        "select parameter, event_start, event_end, n_periods, n_periods_between, peak_value, limit_value, multiple"
        " from candidate.mart_air_exceedances where site_id = ? and kind = 'exceedance'", EVENTS,
    )  # fmt: skip
    return {row[:2]: row[2:] for row in rows}


def test_air_events(air_events: dict[tuple[str, datetime], tuple[Any, ...]]) -> None:
    assert air_events == {
        # 75 and 60 are at the limit; 70 exceeds only from 1 March 2026 on; 60 and 61 follow, one day between.
        ("pm2_5", datetime(2026, 3, 1)): (datetime(2026, 3, 4), 2, 1, 70, 60, Decimal("0.17")),
        # Over the end of the year, with one day between; two days between make two events.
        ("pm2_5", datetime(2025, 12, 31)): (datetime(2026, 1, 4), 3, 1, 90, 75, Decimal("0.2")),
        ("pm2_5", datetime(2026, 1, 6)): (datetime(2026, 1, 7), 1, 0, 91, 75, Decimal("0.21")),
        # 10.05 is rounded to even, 10.0, before it is judged.
        ("co", datetime(2025, 6, 1, 0)): (datetime(2025, 6, 1, 4), 2, 2, 15, 10, Decimal("0.5")),
        ("co", datetime(2025, 6, 1, 7)): (datetime(2025, 6, 1, 8), 1, 0, 11, 10, Decimal("0.1")),
    }


def test_a_suspect_hour_is_a_hint(project: Project) -> None:
    """It is inside the event of the hours around it, and neither its peak nor one of its periods."""
    rows = project.query(
        "select averaging, event_start, event_end, n_periods, peak_value, multiple, reason"
        " from candidate.mart_air_exceedances where site_id = ? and kind = 'hint' order by event_start", EVENTS,
    )  # fmt: skip
    reason = "the peak reading is flagged suspect: check it first"
    assert rows == [
        ("hour", datetime(2025, 6, 1, 1), datetime(2025, 6, 1, 2), 1, 90, None, reason),
        ("hour", datetime(2025, 6, 1, 20), datetime(2025, 6, 1, 21), 1, 14, None, reason),
    ]


def test_a_day_exceeds_exactly_where_its_index_is_above_100(project: Project) -> None:
    """Particles, over all cases: the limit of the day and the breakpoint of index 100 are the same number."""
    rows = project.query(
        "select d.site_id, d.day from candidate.mart_air_station_daily d"
        " left join candidate.mart_air_exceedances e on e.site_id = d.site_id and e.parameter = 'pm2_5'"
        "  and d.day >= cast(e.event_start as date) and d.day < cast(e.event_end as date)"
        " where d.site_kind = 'station' and d.pm2_5_iaqi > 100 and e.event_id is null"
    )
    assert rows == []


def test_a_micro_sensor_is_no_basis(project: Project) -> None:
    assert project.query("select count(*) from candidate.mart_air_exceedances where site_id = 'L-MICRO'") == [(0,)]


def test_every_averaging_has_its_gap_rule() -> None:
    with (PROJECT / "seeds" / "rules" / "rule_values_totals.csv").open(encoding="utf-8", newline="") as file:
        rules = [row["rule_id"] for row in csv.DictReader(file)]
    for averaging in (*LIMIT_AVERAGINGS, *HINT_AVERAGINGS):
        assert rules.count(f"event_gap_{averaging}") == 1, averaging


# site, averaging, first and last moment, value, badness, limit, limit text, whether (C - L) / L has a meaning.
# The last complete period begins on 2026-03-09 (hours: 23:00 of it, months: February).
_PERIODS = [
    ("NIGHTS", "Ln", "2025-12-31 22:00", "2026-01-01 06:00", 56, 56, 55, "class 3", False),
    ("NIGHTS", "Ln", "2026-01-02 22:00", "2026-01-03 06:00", 58, 58, 55, "class 3", False),
    ("NIGHTS", "Ln", "2026-01-05 22:00", "2026-01-06 06:00", 57, 57, 55, "class 3", False),
    ("MONTHS", "month_class", "2025-11-01 00:00", "2025-12-01 00:00", 5, 5, None, "class IV", False),
    ("MONTHS", "month_class", "2025-12-01 00:00", "2026-01-01 00:00", 6, 6, None, "class IV", False),
    ("MONTHS", "month_class", "2026-02-01 00:00", "2026-03-01 00:00", 5, 5, None, "class IV", False),
    ("OXYGEN", "day", "2026-03-01 00:00", "2026-03-02 00:00", 3, -3, 5, "at least 5", False),
    ("OXYGEN", "day", "2026-03-02 00:00", "2026-03-03 00:00", 2, -2, 5, "at least 5", False),
    ("LAST", "24h", "2026-03-09 00:00", "2026-03-10 00:00", 90, 90, 60, "Grade II", True),
    ("WITHIN", "24h", "2026-03-08 00:00", "2026-03-09 00:00", 90, 90, 60, "Grade II", True),
    ("BEYOND", "24h", "2026-03-07 00:00", "2026-03-08 00:00", 90, 90, 60, "Grade II", True),
    ("HOURS", "1h", "2026-03-09 21:00", "2026-03-09 22:00", 300, 300, 200, "Grade II", True),
    ("HOURS", "1h", "2026-03-09 20:00", "2026-03-09 21:00", 300, 300, 200, "Grade II", True),
    ("TWO LIMITS", "24h", "2026-02-28 00:00", "2026-03-01 00:00", 80, 80, 75, "Grade II", True),
    ("TWO LIMITS", "24h", "2026-03-01 00:00", "2026-03-02 00:00", 70, 70, 60, "Grade II", True),
]
# site, start, end, periods, between, peak, moment of the peak, multiple, open
_EVENTS = [
    ("NIGHTS", "2025-12-31 22:00", "2026-01-03 06:00", 2, 1, 58, "2026-01-02 22:00", None, False),
    ("NIGHTS", "2026-01-05 22:00", "2026-01-06 06:00", 1, 0, 57, "2026-01-05 22:00", None, False),
    ("MONTHS", "2025-11-01 00:00", "2026-01-01 00:00", 2, 0, 6, "2025-12-01 00:00", None, False),
    ("MONTHS", "2026-02-01 00:00", "2026-03-01 00:00", 1, 0, 5, "2026-02-01 00:00", None, True),
    ("OXYGEN", "2026-03-01 00:00", "2026-03-03 00:00", 2, 0, 2, "2026-03-02 00:00", None, False),
    ("LAST", "2026-03-09 00:00", "2026-03-10 00:00", 1, 0, 90, "2026-03-09 00:00", "0.5", True),
    ("WITHIN", "2026-03-08 00:00", "2026-03-09 00:00", 1, 0, 90, "2026-03-08 00:00", "0.5", True),
    ("BEYOND", "2026-03-07 00:00", "2026-03-08 00:00", 1, 0, 90, "2026-03-07 00:00", "0.5", False),
    ("HOURS", "2026-03-09 20:00", "2026-03-09 22:00", 2, 0, 300, "2026-03-09 20:00", "0.5", True),
    ("TWO LIMITS", "2026-02-28 00:00", "2026-03-01 00:00", 1, 0, 80, "2026-02-28 00:00", "0.07", False),
    ("TWO LIMITS", "2026-03-01 00:00", "2026-03-02 00:00", 1, 0, 70, "2026-03-01 00:00", "0.17", False),
]
_LAST_COMPLETE = {"1h": "2026-03-09 23:00", "month_class": "2026-02-01 00:00", "Ln": "2026-03-08 22:00"}


@pytest.fixture(scope="module")
def merged(project: Project) -> dict[tuple[str, str], tuple[Any, ...]]:
    """What the macro makes of _PERIODS, given out of order: (site, start) to the rest."""
    rows = ", ".join(
        f"('{site}', '{averaging}', timestamp '{start}', timestamp '{end}', {value}, {badness},"
        f" {'null' if limit is None else limit}, '{text}', {has_multiple},"
        f" timestamp '{_LAST_COMPLETE.get(averaging, '2026-03-09 00:00')}')"
        for site, averaging, start, end, value, badness, limit, text, has_multiple in reversed(_PERIODS)
    )
    names = "site_id, averaging, period_start, period_end, v, b, l, limit_text, has_multiple, last_complete_start"
    found = project.inline(
        f"with given ({names}) as (values {rows}), periods as (select *, 'exceedance' as kind, 'x' as parameter,"
        " 'x' as parameter_zh, true as exceeds, cast(v as decimal(18, 6)) as value,"
        " cast(b as decimal(18, 6)) as badness, cast(l as decimal(18, 6)) as limit_value, 'u' as unit, 1 as readings,"
        " '' as reason, 's' as standard,"
        " 'c' as clause, 'observed' as provenance from given)"
        " select site_id, event_start, event_end, n_periods, n_periods_between, peak_value, peak_at, multiple, is_open,"
        " readings_behind, event_id from ({{ events_from('periods', 'air') }})"
    )
    return {(site, f"{start:%Y-%m-%d %H:%M}"): tuple(rest) for site, start, *rest in found}


@pytest.mark.parametrize("expected", _EVENTS, ids=lambda e: f"{e[0]} {e[1]}")
def test_events(merged: dict[tuple[str, str], tuple[Any, ...]], expected: tuple[Any, ...]) -> None:
    site, start, end, n, between, peak, peak_at, multiple, is_open = expected
    found = merged[site, start]
    assert found[:3] == (datetime.fromisoformat(end), n, between)
    assert found[3:5] == (peak, datetime.fromisoformat(peak_at))
    assert found[5:8] == (multiple and Decimal(multiple), is_open, n)


def test_no_other_events(merged: dict[tuple[str, str], tuple[Any, ...]]) -> None:
    assert set(merged) == {e[:2] for e in _EVENTS}
    assert merged["NIGHTS", "2025-12-31 22:00"][-1] == "air:NIGHTS:x:Ln:2025-12-31T22:00"


def test_changes_from_nothing(project: Project) -> None:
    """A change from 0 has no percentage; what was not ranked before gives no change. Ranks stay as they are given."""
    rows = [
        ("A", "2026-01-01", "0", "valid", 1), ("B", "2026-01-01", "50", "insufficient", None),
        ("A", "2026-04-01", "80", "valid", 2), ("B", "2026-04-01", "90", "indicative", 1),
        ("C", "2026-04-01", "80", "valid", 2), ("D", "2026-04-01", "70", "pending", None),
        ("C", "2025-04-01", "64", "valid", 1),
    ]  # fmt: skip
    values = ", ".join(
        f"('{p}', date '{s}', cast({v} as decimal(18, 6)), '{validity}', {rank or 'null'})"
        for p, s, v, validity, rank in rows
    )
    empty = ("list_name_zh", "place_name_zh", "area_level", "area_code", "item", "item_zh", "variant", "network",
             "method", "unit", "validity_reason", "standard", "clause", "provenance")  # fmt: skip
    found = project.inline(
        f"with given (place_id, period_start, value, validity, place_rank) as (values {values}), ranked as (select *,"
        " place_rank is not null as is_ranked, count(place_rank) over (partition by period_start) as n_ranked,"
        " 'L' as list_id, 'area' as place_kind, 'quarter' as period_kind,"
        " {{ ranking_period_end(\"'quarter'\", 'period_start') }} as period_end, 1 as n_expected, 1 as n_valid, "
        + ", ".join(f"'' as {column}" for column in empty)
        + " from given), lists as"
        " ({{ ranking_rows('ranked') }}) select place_id, period_end, rank, n_ranked, change_on_previous,"
        " change_on_previous_pct, change_on_last_year_pct from lists where period_start = date '2026-04-01'"
        " order by place_id"
    )
    end = date(2026, 6, 30)
    assert [tuple(row) for row in found] == [
        ("A", end, 2, 3, 80, None, None), ("B", end, 1, 3, None, None, None), ("C", end, 2, 3, None, None, 25),
        ("D", end, None, 3, None, None, None),
    ]  # fmt: skip
