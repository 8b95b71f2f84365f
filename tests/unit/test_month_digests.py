"""A table that is built by day: its digest is made of those of its months, and only months that changed are read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from tests.unit.warehouse_kit import mart
from warehouse.tables import staging
from warehouse.tables.digest import contract_text, digest_of_months, month_digest, table_digest
from warehouse.tables.months import Month, in_month, months_there
from warehouse.tables.staging import Staged, stage, staged, staged_months

TABLE = replace(mart("mart_x", "air"), day="day")
DAYS = ("2025-12-31", "2026-01-01", "2026-01-31", "2026-02-01", "2026-02-28", None)


@pytest.fixture
def con():
    with duckdb.connect() as made:
        made.execute("CREATE TABLE t (site_id VARCHAR, day DATE, value DECIMAL(18,6), ok BOOLEAN)")
        for site in "ba":
            made.executemany("INSERT INTO t VALUES (?, ?, 1.5, true)", [(site, day) for day in DAYS])
        yield made


def test_months_have_their_rows_and_no_others(con) -> None:
    assert dict(months_there(con, "t", TABLE)) == {"0001-01-01": 2, "2025-12-01": 2, "2026-01-01": 4, "2026-02-01": 4}
    for month, rows in months_there(con, "t", TABLE).items():
        assert con.execute(f"SELECT count(*) FROM t WHERE {in_month(TABLE, month)}").fetchall() == [(rows,)]


def test_a_day_of_an_expression(con) -> None:
    con.execute("CREATE TABLE u AS SELECT site_id, CAST(day AS TIMESTAMP) + INTERVAL 23 HOUR AS moment FROM t")
    by_moment = replace(TABLE, day="cast(moment as date)")
    assert months_there(con, "u", by_moment) == months_there(con, "t", TABLE)
    assert con.execute(f"SELECT count(*) FROM u WHERE {in_month(by_moment, '2025-12-01')}").fetchall() == [(2,)]


def test_the_definition_written_out(con) -> None:
    """So that a change of it is a decision: it would change published digests."""
    con.execute("DELETE FROM t WHERE NOT (site_id = 'a' AND coalesce(day >= DATE '2026-02-28', true))")
    little = lambda n, width=8: n.to_bytes(width, "little", signed=True)  # noqa: E731
    text = json.dumps(
        {
            "version": "ecoledger table digest 2",
            "table": "mart_x",
            "columns": {"day": "date", "ok": "boolean", "site_id": "varchar", "value": "decimal(18,6)"},
            "grain": ["site_id", "day"],
            "day": "day",
        },
        sort_keys=True,
    ).encode()
    header = little(len(text)) + text
    total = hashlib.sha256(header)
    for month, present, day in (("0001-01-01", b"\x00", 0), ("2026-02-01", b"\x01", 20512)):
        named = little(len(month)) + month.encode()
        rows = little(1) + present + little(day) + b"\x01\x01" + b"\x01" + little(1) + b"a" + b"\x01"
        rows += little(1_500_000, 16) + little(1)
        total.update(named + hashlib.sha256(header + named + rows).digest() + little(1))
    total.update(little(2))
    assert table_digest(con, "t", TABLE) == total.hexdigest()


def test_neither_order_nor_threads_count_and_any_other_row_does(con) -> None:
    one = table_digest(con, "t", TABLE)
    con.execute("CREATE TABLE u AS SELECT * FROM t ORDER BY hash(day), site_id DESC; SET threads = 1")
    assert table_digest(con, "u", TABLE) == one
    seen = {one}
    for change in ("day = DATE '2026-03-01' WHERE day = DATE '2026-02-28'", "value = 2 WHERE day IS NULL"):
        con.execute(f"UPDATE u SET {change}")
        seen.add(table_digest(con, "u", TABLE))
    assert len(seen) == 3
    # Without its own day a table has the digest that it had before there were months.
    assert table_digest(con, "t", replace(TABLE, day="")) != one
    assert "digest 1" in contract_text(replace(TABLE, day="")) and "digest 2" in contract_text(TABLE)


def test_only_months_that_are_not_known_are_read(con, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    one = staging.stage_month

    def noted(con, relation, table, folder, month) -> Month:
        read.append(month)
        return one(con, relation, table, folder, month)

    monkeypatch.setattr(staging, "stage_month", noted)
    folder = tmp_path / "ordered"
    first = stage(con, "t", TABLE, folder)
    assert first == Staged(table_digest(con, "t", TABLE), staged_months(folder, first.digest) or ())
    assert first.months == tuple(month_digest(con, "t", TABLE, m) for m in months_there(con, "t", TABLE))
    assert read == [m.month for m in first.months] and all(staged(folder, m.digest).exists() for m in first.months)
    read.clear()
    con.execute("UPDATE t SET value = 9 WHERE day = DATE '2026-01-31'; DELETE FROM t WHERE day < DATE '2026-01-01'")
    known = [month for month in first.months if month.month != "2026-01-01"]
    second = stage(con, "t", TABLE, folder, known)
    assert read == ["2026-01-01"] and second.digest == table_digest(con, "t", TABLE) != first.digest
    assert [m.month for m in second.months] == ["0001-01-01", "2026-01-01", "2026-02-01"]


def test_a_table_without_rows(con, tmp_path: Path) -> None:
    con.execute("DELETE FROM t")
    assert (
        stage(con, "t", TABLE, tmp_path) == Staged(table_digest(con, "t", TABLE)) == Staged(digest_of_months(TABLE, []))
    )
    assert staged_months(tmp_path, table_digest(con, "t", TABLE)) == ()
    assert staged_months(tmp_path, "0" * 64) is None
