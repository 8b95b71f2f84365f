"""A digest says what is in a table and nothing else: not order, threads, batches or the storage."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.unit.warehouse_kit import mart
from warehouse.tables import digest as digest_module
from warehouse.tables.catalogue import MartColumn, MartTable
from warehouse.tables.contract import ContractBroken
from warehouse.tables.digest import release_digest, table_digest

TABLE = mart("mart_x", "air", (MartColumn("n", "bigint", "A number"),))
SQL = "site_id VARCHAR, day DATE, value DECIMAL(18,6), ok BOOLEAN, n BIGINT"

Row = tuple[str | None, date | None, Decimal | None, bool | None, int | None]


def digest_of(rows: list[Row], sql: str = SQL, table: MartTable = TABLE, threads: int = 2) -> str:
    with duckdb.connect(":memory:", config={"threads": threads}) as con:
        con.execute(f"CREATE TABLE t ({sql})")
        if rows:
            con.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(rows[0]))})", rows)
        return table_digest(con, "t", table)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("", "x"), (None, "x")),
        (("a", "bc"), ("ab", "c")),
        (("a\0", "b"), ("a", "\0b")),
        (("NULL", "x"), (None, "x")),
    ],
)
def test_null_and_text_are_never_confused(one: tuple, other: tuple) -> None:
    table = MartTable("t", "air", (MartColumn("a", "varchar", ""), MartColumn("b", "varchar", "")), ("a",), ())
    assert digest_of([one], "a VARCHAR, b VARCHAR", table) != digest_of([other], "a VARCHAR, b VARCHAR", table)


def test_column_order_and_volatile_columns_do_not_count() -> None:
    rows = [("东坝", date(2026, 1, 2), Decimal("1.5"), True, 7)]
    turned = MartTable(TABLE.name, "air", TABLE.columns[::-1], TABLE.grain, ())
    assert digest_of(
        [rows[0][::-1]], "n BIGINT, ok BOOLEAN, value DECIMAL(18,6), day DATE, site_id VARCHAR", turned
    ) == (digest_of(rows))
    with_time = mart("mart_x", "air", (TABLE.columns[-1], MartColumn("seen", "timestamp", "")), ("seen",))
    later = [(*rows[0], "2026-01-01 00:00:00"), (*rows[0], "2027-01-01 00:00:00")]
    assert {digest_of([row], SQL + ", seen TIMESTAMP", with_time) for row in later} == {digest_of(rows)}


def test_what_is_declared_counts() -> None:
    renamed = mart("mart_y", "air", TABLE.columns[4:])
    assert digest_of([]) != digest_of([], table=renamed)


def test_chunks_do_not_follow_the_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest_module, "CHUNK_ROWS", 1000)
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE t ({SQL})")
        insert = "INSERT INTO t SELECT '站' || i, DATE '2026-01-01', i / 7, i % 3 = 0, i FROM range(10500) r(i)"
        con.execute(insert + " ORDER BY hash(i)")
        one = table_digest(con, "t", TABLE)
        con.execute("CREATE OR REPLACE TABLE t AS SELECT * FROM t ORDER BY n DESC; SET threads = 1")
        assert table_digest(con, "t", TABLE) == one


def test_the_encoding_is_the_documented_one() -> None:
    """Written out by hand, so that a change of encoding is a decision: it would change every published digest."""
    columns = (MartColumn("a", "varchar", ""), MartColumn("b", "decimal(9,4)", ""), MartColumn("c", "timestamp", ""))
    table = MartTable("t", "air", columns, ("a",), ())
    header = {
        "version": "ecoledger table digest 1",
        "table": "t",
        "columns": {"a": "varchar", "b": "decimal(9,4)", "c": "timestamp"},
        "grain": ["a"],
    }
    text = json.dumps(header, sort_keys=True).encode()
    little = lambda n, width=8: n.to_bytes(width, "little", signed=True)  # noqa: E731
    body = little(2)
    body += b"\x00\x01" + little(0) + little(3) + "水".encode()
    body += b"\x01\x00" + little(-25000, 16) + little(0, 16)
    body += b"\x00\x01" + little(0) + little(1_000_000)
    expected = hashlib.sha256(little(len(text)) + text + body + little(2)).hexdigest()
    rows = [("水", None, "1970-01-01 00:00:01"), (None, Decimal("-2.5"), None)]
    assert digest_of(rows, "a VARCHAR, b DECIMAL(9,4), c TIMESTAMP", table) == expected


def test_a_broken_contract_is_told() -> None:
    with pytest.raises(ContractBroken, match="n is integer, declared bigint"):
        digest_of([], SQL.replace("BIGINT", "INTEGER"))
    with pytest.raises(ContractBroken, match="n bigint is missing"):
        digest_of([], SQL.removesuffix(", n BIGINT"))


def test_the_release_digest_covers_tables_and_domains() -> None:
    tables, domains = [("a", "1"), ("b", "2")], {"air": {"state": "fresh", "since": None, "reason": ""}}
    one = release_digest(tables, domains)
    assert one == release_digest(tables[::-1], domains)
    assert one != release_digest([("a", "1"), ("b", "3")], domains)
    assert one != release_digest(tables, {"air": {"state": "held", "since": None, "reason": ""}})


def test_the_file_does_not_matter(tmp_path: Path) -> None:
    rows = [("a", date(2026, 1, 1), None, None, 1)]
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{tmp_path / 'old.duckdb'}' AS old (STORAGE_VERSION 'v1.0.0')")
        con.execute(f"CREATE TABLE old.t ({SQL})")
        con.executemany("INSERT INTO old.t VALUES (?, ?, ?, ?, ?)", rows)
        assert table_digest(con, "old.t", TABLE) == digest_of(rows)
