"""Databases as sources, on SQLite through SQLAlchemy; a server is in test_postgresql.py."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from orchestration.session import open_session
from orchestration.settings import settled
from orchestration.steps.clean import clean_feed
from orchestration.steps.pull import pull_feed
from sources.config import check_config
from sources.deliveries import PullError
from tests.sql.database import DAILY, NOW, TABLE, connected, fetched, write
from warehouse.paths import DataDir

ALL = "SELECT station, leq FROM readings ORDER BY measured_at"


@pytest.fixture
def address(tmp_path: Path) -> str:
    file = tmp_path / "bureau.db"
    with sqlite3.connect(file) as con:
        con.executescript(TABLE)
    return f"sqlite:///{file}"


def test_each_day_is_a_csv_of_its_own(address: str, tmp_path: Path) -> None:
    found = fetched(connected(tmp_path, address))
    assert list(found) == ["2026-03-08", "2026-03-09"]
    assert found["2026-03-08"].splitlines() == [
        "station,measured_at,leq,remark",
        '东坝,2026-03-08 00:00:00,52.125,"a, ""b"""',
        "来广营,2026-03-08 01:00:00,0.07,风",
    ]


def test_without_dates_it_is_asked_once_a_day(address: str, tmp_path: Path) -> None:
    connector = connected(tmp_path, address, ALL, "")
    today, same, tomorrow = (
        [o.etag for o in connector.offers(NOW + more)] for more in (timedelta(), timedelta(hours=1), timedelta(days=1))
    )
    assert today == same != tomorrow
    assert fetched(connector)["bureau"].count("\n") == 5


@pytest.mark.parametrize("days_later", [0, 1])
def test_rows_become_readings_and_a_correction_is_the_next_delivery(
    address: str, tmp_path: Path, days_later: int
) -> None:
    data, config = DataDir(tmp_path / "data").prepare(), write(tmp_path, address)
    leq = [52.125, 60.0][: days_later + 1]
    for day, value in enumerate(leq):
        with sqlite3.connect(tmp_path / "bureau.db") as con:
            con.execute("UPDATE readings SET leq = ? WHERE measured_at = '2026-03-08 00:00:00'", [value])
        with open_session(settled(data, config, now=NOW + timedelta(days=day))) as session:
            pull = pull_feed(session, "noise", {"2026-03-01"}, lambda text: None)
            result = clean_feed(session, "noise", {"2026-03-01"}, pull.fetched, lambda text: None)
            assert (result.failure, result.unbalanced) == ("", [])
            frame = session.lake.read_clean("clean_noise", "2026-03-08")
    assert sorted(map(float, frame["value"])) == [0.07, leq[-1]]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("SELECT colour FROM readings ORDER BY 1", "the database says: no such column: colour"),
        ("SELECT leq AS a, leq AS a FROM readings ORDER BY 1", "two columns of the query have one name"),
        ("SELECT x'00ff' AS photo FROM readings ORDER BY 1", "column 'photo' holds bytes"),
    ],
)
def test_what_goes_wrong_is_said(address: str, tmp_path: Path, query: str, says: str) -> None:
    with pytest.raises(PullError) as said:
        fetched(connected(tmp_path, address, query, ""))
    assert str(said.value).startswith(f"source bureau: {address}: ")
    assert says in str(said.value)


def test_more_rows_than_allowed_are_none(address: str, tmp_path: Path) -> None:
    with pytest.raises(PullError, match="more than 3 rows; raise limits"):
        fetched(connected(tmp_path, address, ALL, "limits = { rows = 3 }"))


def test_nothing_is_ever_written(address: str, tmp_path: Path) -> None:
    before = (tmp_path / "bureau.db").read_bytes()
    writes = "WITH a AS (SELECT 1) INSERT INTO readings SELECT 'x', NULL, 1, NULL FROM a ORDER BY 1"
    with pytest.raises(PullError, match="readonly"):
        fetched(connected(tmp_path, address, writes, ""))
    assert (tmp_path / "bureau.db").read_bytes() == before


def test_an_address_that_cannot_be_one_is_said(tmp_path: Path) -> None:
    with pytest.raises(PullError, match="its path is not the address of a database"):
        fetched(connected(tmp_path, "postgresql+psycopg://host:abc/env", ALL, ""))


def test_a_missing_driver_is_named(tmp_path: Path) -> None:
    with pytest.raises(PullError, match="there is no driver for 'mssql\\+pymssql'"):
        fetched(connected(tmp_path, "mssql+pymssql://reader@127.0.0.1/env", ALL, ""))


@pytest.mark.parametrize(
    ("path", "query", "connection", "says"),
    [
        ("readings.db", ALL, "", "is not the address of a database"),
        ("postgresql+psycopg://u:hunter2@db.invalid/env", ALL, "", "an address with a password in it"),
        ("sqlite:///a.db", "DELETE FROM readings", "", "it is not one query that reads"),
        ("sqlite:///a.db", f"{ALL}; DROP TABLE readings", "", "it is not one query that reads"),
        ("sqlite:///a.db", "SELECT * FROM readings", "", "the order of its rows is left to the database"),
        ("sqlite:///a.db", DAILY, "", "nothing says since when"),
        ("sqlite:///a.db", ALL, "since = 2026-01-01", "the query holds no date"),
        ("sqlite:///a.db", ALL, "secret = 'hunter2'", "it is not the name of a secret"),
        ("sqlite:///a.db", ALL, "sekret = 'DB'", "did you mean 'secret'?"),
    ],
)
def test_mistakes_of_a_configuration(tmp_path: Path, path: str, query: str, connection: str, says: str) -> None:
    (said,) = map(str, check_config(write(tmp_path, path, query, connection)))
    assert says in said
    assert "hunter2" not in said
