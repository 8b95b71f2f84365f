"""What became of events between releases: one small release after another, written as Parquet.

Here belongs the comparison by itself. Not here: how events come about (macros/events.sql) or the whole release
(tests/releases).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from dbt_project.seed_rows import seed_rows
from tests import dbt_yml
from warehouse.release.event_changes import EVENT_CHANGES, event_changes

SERIES = "air:S:pm10:24h"
Row = tuple[str, str, str]


def day(number: int) -> datetime:
    return datetime(2026, 3, number)


def named(first: int, series: str = SERIES) -> str:
    return f"{series}:2026-03-{first:02d}T00:00"


class History:
    """Releases one after another; each event is its first and last day, then what differs from a closed exceedance."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.last, self.number = folder, None, 0

    def release(self, *events: tuple) -> set[Row]:
        """Publishes these events; event, what it is now, change."""
        return {(r["event_id"], r["current_event_id"], r["change"]) for r in self.rows(*events)}

    def rows(self, *events: tuple) -> list[dict]:
        self.number += 1
        now = self.folder / str(self.number)
        now.mkdir()
        with duckdb.connect() as con:
            con.execute(
                "create table e (event_id varchar, kind varchar, event_start timestamp, event_end timestamp,"
                " is_open boolean, site_id varchar, site_name_zh varchar, parameter varchar, parameter_zh varchar)"
            )
            for first, last, *rest in events:
                said = {"kind": "exceedance", "is_open": False, "series": SERIES} | (rest[0] if rest else {})
                start, end = day(first), day(last) + timedelta(days=1)
                row = [named(first, said["series"]), said["kind"], start, end, said["is_open"]]
                con.execute("insert into e values (?, ?, ?, ?, ?, 'S', '一站', 'pm10', '可吸入颗粒物')", row)
            con.execute(f"copy e to '{now / 'mart_exceedances.parquet'}' (format parquet)")
            rows = event_changes(self.last, now, self.folder, (f"r{self.number}", f"2026-04-0{self.number}T06:30:00"))
            columns = (
                "event_id varchar, current_event_id varchar, change varchar, site_id varchar, site_name_zh varchar,"
                " parameter varchar, parameter_zh varchar, event_start timestamp, event_end timestamp,"
                " release_id varchar, published_at timestamp,"
                " current_event_start timestamp, current_event_end timestamp"
            )
            con.execute(f"create table c ({columns})")
            for row in rows:
                con.execute(f"insert into c values ({', '.join('?' * len(row))})", list(row.values()))
            con.execute(f"copy c to '{now / f'{EVENT_CHANGES}.parquet'}' (format parquet)")
        self.last = now
        return rows


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path)


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param([(5, 6)], [(3, 6)], {(named(5), named(3), "lengthened")}, id="at its beginning"),
        pytest.param([(5, 6)], [(5, 8)], {(named(5), named(5), "lengthened")}, id="at its end"),
        pytest.param([(5, 6)], [(4, 7)], {(named(5), named(4), "lengthened")}, id="at both ends"),
        pytest.param([(5, 8)], [(6, 8)], {(named(5), named(6), "shortened")}, id="its first day fell away"),
        pytest.param([(5, 8)], [(5, 6)], {(named(5), named(5), "shortened")}, id="its last days fell away"),
        pytest.param([(5, 8)], [(6, 9)], {(named(5), named(6), "shifted")}, id="shifted"),
        pytest.param([(5, 8)], [(5, 5), (8, 8)], {(named(5), named(n), "split") for n in (5, 8)}, id="split"),
        pytest.param([(5, 5), (8, 8)], [(5, 8)], {(named(n), named(5), "merged") for n in (5, 8)}, id="merged"),
        pytest.param([(5, 8)], [], {(named(5), "", "withdrawn")}, id="withdrawn"),
        pytest.param([(5, 8)], [(9, 9)], {(named(5), "", "withdrawn")}, id="what only touches it is another"),
        pytest.param([(5, 8)], [(5, 8), (12, 12)], set(), id="a new one changes none"),
        pytest.param([(5, 8, {"is_open": True})], [(5, 9)], set(), id="an open one went on"),
        pytest.param(
            [(5, 8, {"is_open": True})], [(4, 9)], {(named(5), named(4), "lengthened")}, id="an open one began earlier"
        ),
    ],
)
def test_what_became_of_an_event(history: History, before: list, now: list, expected: set[Row]) -> None:
    assert history.release(*before) == set()
    assert history.release(*now) == expected


def test_another_series_takes_nothing_over(history: History) -> None:
    history.release((5, 6))
    assert history.release((3, 6, {"series": "air:S:pm10:1h"})) == {(named(5), "", "withdrawn")}


def test_a_hint_inside_an_exceedance_is_not_a_part_of_it(history: History) -> None:
    history.release((5, 9), (7, 7, {"kind": "hint"}))
    assert history.release((4, 9), (7, 7, {"kind": "hint"})) == {(named(5), named(4), "lengthened")}


def test_an_exceedance_that_became_a_hint_is_found(history: History) -> None:
    history.release((5, 6))
    assert history.release((4, 6, {"kind": "hint"})) == {(named(5), named(4), "lengthened")}


def test_an_identifier_leads_through_several_releases_to_what_is_there_now(history: History) -> None:
    history.release((5, 6))
    history.release((4, 6))
    assert history.release((3, 6)) == {(named(n), named(3), "lengthened") for n in (4, 5)}
    (said,) = {row["release_id"] for row in history.rows((3, 6))}
    assert said == "r3", "what did not change again keeps the release in which it did"
    assert history.release() == {(named(n), "", "withdrawn") for n in (3, 4, 5)}


def test_parts_of_a_split_event_are_followed_each_by_itself(history: History) -> None:
    history.release((5, 8))
    history.release((5, 5), (8, 8))
    assert history.release((5, 5)) == {(named(5), named(5), "split"), (named(8), "", "withdrawn")}
    assert history.release() == {(named(n), "", "withdrawn") for n in (5, 8)}


def test_a_withdrawn_event_is_restored(history: History) -> None:
    history.release((5, 6))
    history.release()
    assert history.release((5, 6)) == {(named(5), named(5), "restored")}
    assert history.release((4, 6)) == {(named(5), named(4), "lengthened")}


def test_what_an_event_is_now_is_kept_up_with(history: History) -> None:
    history.release((5, 6))
    history.release((4, 6, {"is_open": True}))
    (row,) = history.rows((4, 8))
    assert (row["event_start"], row["event_end"]) == (day(5), day(7))
    assert (row["current_event_start"], row["current_event_end"]) == (day(4), day(9))


def test_without_a_release_before_nothing_changed(tmp_path: Path) -> None:
    assert event_changes(None, tmp_path, tmp_path, ("r1", "2026-04-01T06:30:00")) == []


def test_every_change_has_its_words() -> None:
    words = {row["word"] for row in seed_rows("words/vocabulary_words") if row["vocabulary"] == "event_change"}
    assert words == {"lengthened", "shortened", "shifted", "split", "merged", "withdrawn", "restored"}


def test_the_rows_have_every_column_of_the_contract(history: History) -> None:
    history.release((5, 6))
    (row,) = history.rows()
    (model,) = dbt_yml.content(dbt_yml.PROJECT / f"models/marts/judgement/{EVENT_CHANGES}.yml")["models"]
    assert {*row, "change_zh"} == {column["name"] for column in model["columns"]}
