"""The one ordered pass: the digest of the full sort, Parquet in that order, and rows in a wrong order are told.

Here belong order and digest of one table. Not here: the digest's encoding (test_warehouse_digest).
"""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import pytest

from tests.unit.warehouse_kit import mart
from warehouse.duck import connect
from warehouse.tables import digest, ordered
from warehouse.tables.catalogue import MartColumn, MartTable
from warehouse.tables.contract import ContractBroken
from warehouse.tables.digest import table_digest
from warehouse.tables.ordered import OutOfOrder, digest_as_written, write_ordered
from warehouse.tables.staging import stage, staged

TABLE = mart("mart_x", "air", (MartColumn("n", "bigint", "A number"), MartColumn("seen", "timestamp", "A moment")))
SQL = "site_id VARCHAR, day DATE, value DECIMAL(18,6), ok BOOLEAN, n BIGINT, seen TIMESTAMP"
SITES = (None, "", "A", "a", "Z", "ä", "é", "东坝", "东坝 ", "\U0001f600", "\uffee")


@pytest.fixture
def con(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    # Chunks and row groups so small that every table has several of both.
    for module in (ordered, digest):
        monkeypatch.setattr(module, "CHUNK_ROWS", 16)
    monkeypatch.setattr(ordered, "ROW_GROUP", 32)
    monkeypatch.setattr(ordered, "BATCH_ROWS", 8)
    with connect(tmp_path / "spill") as made:
        made.execute(f"CREATE TABLE t ({SQL})")
        yield made


def fill(con: duckdb.DuckDBPyConnection, rows: int, unique: bool) -> None:
    """Shuffled rows of every site and type, with nulls; the grain (site_id, day) may come twice."""
    at = random.Random(7)
    days = [None, *(f"2026-{m:02d}-{d:02d}" for m in range(1, 13) for d in range(1, 29))]
    grains = [(site, day) for site in SITES for day in days]
    chosen = at.sample(grains, rows) if unique else [at.choice(grains[:20]) for _ in range(rows)]
    values = (None, "-1.5", "0", "0.000001", "1000")
    con.executemany(
        "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)",
        [
            (*grain, at.choice(values), at.choice((None, True, False)), at.choice((None, -1, 3)), "2026-01-01 00:00:01")
            for grain in chosen
        ],
    )


@pytest.mark.parametrize("unique", [True, False])
def test_the_pass_gives_the_digest_and_order_of_the_full_sort(con, tmp_path: Path, unique: bool) -> None:
    fill(con, 200, unique)
    file = tmp_path / "t.parquet"
    assert write_ordered(con, "t", TABLE, file) == (table_digest(con, "t", TABLE), 200)
    rest = "n, ok, seen, value"
    everything = ", ".join(f"{name} NULLS FIRST" for name in ("site_id", "day", *rest.split(", ")))
    expected = con.execute(f"SELECT * FROM t ORDER BY {everything}").fetchall()
    written = f"read_parquet('{file}')"
    assert con.execute(f"SELECT * FROM {written}").fetchall() == expected
    assert digest_as_written(con, written, TABLE) == (table_digest(con, "t", TABLE), 200)


def test_a_table_without_rows(con, tmp_path: Path) -> None:
    assert write_ordered(con, "t", TABLE, tmp_path / "t.parquet") == (table_digest(con, "t", TABLE), 0)
    assert con.execute(f"SELECT count(*) FROM read_parquet('{tmp_path / 't.parquet'}')").fetchall() == [(0,)]


def test_two_rows_that_changed_places_are_told_wherever_they_are(con) -> None:
    con.execute("INSERT INTO t SELECT 's', DATE '2026-01-01' + i::INT, i, true, i, NULL FROM range(40) AS r(i)")
    assert digest_as_written(con, "t", TABLE) == (table_digest(con, "t", TABLE), 40)
    for place in range(39):
        turned = f"CASE n WHEN {place} THEN {place + 1} WHEN {place + 1} THEN {place} ELSE n END"
        with pytest.raises(OutOfOrder, match="mart_x: rows are out of order by day"):
            digest_as_written(con, f"(SELECT * FROM t ORDER BY {turned})", TABLE)


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        (["'a', NULL", "NULL, NULL"], "site_id"),
        (["'a', NULL", "'A', NULL"], "site_id"),
        (["'a', DATE '2026-01-02'", "'a', NULL"], "day"),
        (["'a', NULL, 1", "'a', NULL, -1"], "value"),
        (["'a', NULL, 1, true", "'a', NULL, 1, false"], "ok"),
    ],
)
def test_a_wrong_order_names_its_column(con, rows: list[str], column: str) -> None:
    for row in rows:
        con.execute(f"INSERT INTO t ({', '.join(list(TABLE.contract)[: row.count(',') + 1])}) VALUES ({row})")
    with pytest.raises(OutOfOrder, match=f"out of order by {column}"):
        digest_as_written(con, "t", TABLE)
    assert digest_as_written(con, "(SELECT * FROM t ORDER BY rowid DESC)", TABLE)[1] == 2


def test_volatile_columns_are_written_and_do_not_order(con, tmp_path: Path) -> None:
    table = MartTable("mart_x", "air", TABLE.columns, TABLE.grain, ("seen",))
    con.execute("INSERT INTO t VALUES ('a', NULL, 1, true, 1, '2027-01-01'), ('b', NULL, 1, true, 1, '2026-01-01')")
    assert stage(con, "t", table, tmp_path / "ordered").digest == table_digest(con, "t", table)
    (left,) = (tmp_path / "ordered").iterdir()
    assert left == staged(tmp_path / "ordered", table_digest(con, "t", table))
    assert con.execute(f"SELECT * FROM read_parquet('{left}')").fetchall() == con.execute("FROM t").fetchall()


def test_a_broken_contract_is_told_and_leaves_nothing(con, tmp_path: Path) -> None:
    con.execute("ALTER TABLE t DROP COLUMN n")
    with pytest.raises(ContractBroken, match="n bigint is missing"):
        stage(con, "t", TABLE, tmp_path / "ordered")
    assert list((tmp_path / "ordered").iterdir()) == []
