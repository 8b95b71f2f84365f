"""Row groups of several files in one: the bytes are those of writing all at once, and every reader reads them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from warehouse.parquet import group_writer
from warehouse.parquet_pieces import Footer, Piece, UnlikePieces, join

SCHEMA = pa.schema(
    [
        ("site", pa.string()),
        ("day", pa.date32()),
        ("seen", pa.timestamp("us")),
        ("value", pa.decimal128(18, 6)),
        ("wide", pa.decimal128(38, 6)),
        ("ok", pa.bool_()),
        ("n", pa.int64()),
        ("none", pa.string()),
    ]
)


def rows(number: int, first: int = 0) -> pa.Table:
    """Every type with nulls; text of every length, so that what a footer says of it has every length too."""
    listed = [
        {
            "site": None if n % 7 == 0 else "站" * (n % 120),
            "day": date(2026, 1, 1 + n % 28),
            "seen": datetime(2026, 1, 1, n % 24),
            "value": None if n % 5 == 0 else Decimal(n) / 4,
            "wide": Decimal(-n),
            "ok": None if n % 3 == 0 else n % 2 == 0,
            "n": n * 10**9,
            "none": None,
        }
        for n in range(first, first + number)
    ]
    return pa.Table.from_pylist(listed, SCHEMA)


def written(file: Path, tables: list[pa.Table]) -> Path:
    with group_writer(file, SCHEMA) as writer:
        for table in tables:
            writer.write_table(table)
    return file


@pytest.mark.parametrize("number", [1, 14, 15, 16, 300])
def test_the_bytes_are_those_of_one_writing(tmp_path: Path, number: int) -> None:
    tables = [rows(1 + n % 40, n) for n in range(number)]
    whole = written(tmp_path / "whole.parquet", tables)
    pieces = [Piece(written(tmp_path / f"{n}.parquet", [table]), 0, 1) for n, table in enumerate(tables)]
    joined = tmp_path / "joined.parquet"
    assert join(pieces, SCHEMA, joined) == sum(table.num_rows for table in tables)
    assert joined.read_bytes() == whole.read_bytes()
    # Its own row groups, in one run and cut in two.
    for cut in {0, number // 2, number}:
        join([Piece(whole, 0, cut), Piece(whole, cut, number - cut)], SCHEMA, joined)
        assert joined.read_bytes() == whole.read_bytes()


def test_a_row_group_is_replaced_left_out_and_put_between(tmp_path: Path) -> None:
    old = written(tmp_path / "old.parquet", [rows(30, n) for n in (0, 100, 200, 300)])
    new = written(tmp_path / "new.parquet", [rows(500, 7), rows(3, 8)])
    joined = tmp_path / "joined.parquet"
    join([Piece(old, 0, 1), Piece(new, 0, 2), Piece(old, 3, 1), Piece(old, 1, 1)], SCHEMA, joined)
    expected = [rows(30), rows(500, 7), rows(3, 8), rows(30, 300), rows(30, 100)]
    assert joined.read_bytes() == written(tmp_path / "expected.parquet", expected).read_bytes()
    listed = pa.concat_tables(expected)
    assert pq.read_table(joined).equals(listed)
    assert pl.read_parquet(joined).equals(pl.from_arrow(listed))
    with duckdb.connect() as con:
        found = con.sql(f"SELECT count(*), sum(n), min(site) FROM read_parquet('{joined}') WHERE n > 20").fetchall()
        assert found == con.sql("SELECT count(*), sum(n), min(site) FROM listed WHERE n > 20").fetchall()


def test_without_pieces_it_is_a_file_without_rows(tmp_path: Path) -> None:
    joined = tmp_path / "joined.parquet"
    assert join([], SCHEMA, joined) == 0
    assert joined.read_bytes() == written(tmp_path / "none.parquet", []).read_bytes()
    assert Footer.read(joined).like(Footer.of(SCHEMA)) and Footer.read(joined).groups == ()


def test_what_is_unlike_is_refused(tmp_path: Path) -> None:
    mine, other = written(tmp_path / "mine.parquet", [rows(3)]), tmp_path / "other.parquet"
    pq.write_table(rows(3).select(["site"]), other)
    with pytest.raises(UnlikePieces, match=r"other\.parquet: has another schema"):
        join([Piece(mine, 0, 1), Piece(other, 0, 1)], SCHEMA, tmp_path / "joined.parquet")
    # The same schema and writer, but each group has an index of its pages.
    with pq.ParquetWriter(other, SCHEMA, version="2.6", store_schema=False, write_page_index=True) as writer:
        writer.write_table(rows(3))
    with pytest.raises(UnlikePieces):
        join([Piece(other, 0, 1)], SCHEMA, tmp_path / "joined.parquet")
    with pytest.raises(UnlikePieces, match=r"mine\.parquet: has no row groups 0 to 2"):
        join([Piece(mine, 0, 2)], SCHEMA, tmp_path / "joined.parquet")
