"""One ordered pass over a table: its rows stream in total order into the digest and Parquet, or from a file into both.

Here belong the pass and the check that its rows really come in order. Not here: the digest's encoding (digest.py), what
the gate's pass leaves for the release (staging.py) or what is published (publication.py).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.duck import select_ordered, total_order
from warehouse.parquet import ROW_GROUP, group_writer, rechunked
from warehouse.sql import quoted
from warehouse.tables.catalogue import MartTable
from warehouse.tables.contract import check_contract
from warehouse.tables.digest import CHUNK_ROWS, TableHash

# Rows that DuckDB hands over at a time. Each of its threads builds several such batches outside its memory limit: with
# 65,536 rows of the widest mart they were 300 MB. A row group is a multiple of it, and so is a chunk of the digest.
BATCH_ROWS = 8_192


class OutOfOrder(ValueError):
    """Rows do not come in the table's total order; the message names table and column."""


def write_ordered(
    con: duckdb.DuckDBPyConnection, relation: str, table: MartTable, file: Path, month: str = ""
) -> tuple[str, int]:
    """Writes `relation` to `file` as Parquet in total order; gives its digest and number of rows.

    With `month` the relation has the rows of that month of the table only, and the digest is that month's.
    ContractBroken if it has other columns or types. Sorted by the grain, which is a total order where it is unique; by
    every column that is not volatile where the rows that came show that it is not.
    """
    check_contract(con, relation, table)
    columns = [c.name for c in table.columns]
    try:
        return _pass(con, select_ordered(relation, table, columns, table.grain), TableHash(table, month), file)
    except OutOfOrder:
        return _pass(con, select_ordered(relation, table, columns), TableHash(table, month), file)


def digest_as_written(con: duckdb.DuckDBPyConnection, relation: str, table: MartTable) -> tuple[str, int]:
    """Digest and number of rows of a relation whose rows are stored in total order, read without sorting.

    OutOfOrder if they are not, ContractBroken as in write_ordered().
    """
    check_contract(con, relation, table)
    columns = ", ".join(quoted(c.name) for c in table.columns)
    return _pass(con, f"SELECT {columns} FROM {relation}", TableHash(table), None)


def _pass(con: duckdb.DuckDBPyConnection, query: str, digest: TableHash, file: Path | None) -> tuple[str, int]:
    order = OrderCheck(digest.table)
    # Closed in any case: a connection runs no other query as long as a result is open.
    with con.sql(query).to_arrow_reader(BATCH_ROWS // 2) as reader:
        # Always two are joined: that copies them, and what DuckDB allocates ahead for each is given back.
        batches = rechunked(reader, reader.schema, BATCH_ROWS)
        if file is None:
            _read(_joined(batches, CHUNK_ROWS), digest, order)
        else:
            with group_writer(file, reader.schema) as writer:
                for group in _joined(batches, ROW_GROUP):
                    _read((group.slice(at, CHUNK_ROWS) for at in range(0, group.num_rows, CHUNK_ROWS)), digest, order)
                    writer.write_table(group, row_group_size=ROW_GROUP)
                    # Or it would be held while the next one comes.
                    del group
    # Arrow keeps what it freed for the next table, out of DuckDB's reach.
    pa.default_memory_pool().release_unused()
    return digest.hexdigest(), digest.rows


def _joined(batches: Iterator[pa.Table], size: int) -> Iterator[pa.Table]:
    """Tables of `size` rows, the last may have fewer, out of batches of BATCH_ROWS, which are not copied again: equal
    batches make equal pages of Parquet.
    """
    while held := list(itertools.islice(batches, size // BATCH_ROWS)):
        held = [pa.concat_tables(held)]
        yield held.pop()


def _read(chunks: Iterable[pa.Table], digest: TableHash, order: OrderCheck) -> None:
    for chunk in chunks:
        order.check(chunk)
        digest.update(chunk)


class OrderCheck:
    """Compares each row with the one before it, chunk after chunk, as DuckDB orders: nulls first, text by its bytes."""

    def __init__(self, table: MartTable) -> None:
        self._table = table
        self._last: pa.Table | None = None

    def check(self, chunk: pa.Table) -> None:
        """OutOfOrder unless the rows of `chunk` rise, from the last row of the chunk before on."""
        # Pairs of neighbours that are equal so far, by the place of the first; None: all.
        tied: pa.Array | None = None
        for name in total_order(self._table):
            before, after = _neighbours(self._column(chunk, name), tied)
            if pc.any(_falls(before, after), min_count=0).as_py():
                raise OutOfOrder(f"{self._table.name}: rows are out of order by {name}")
            equal = pc.indices_nonzero(_same(before, after))
            tied = equal if tied is None else tied.take(equal)
            if not len(tied):
                break
        self._last = chunk.take(pa.array([chunk.num_rows - 1]))

    def _column(self, chunk: pa.Table, name: str) -> pa.Array:
        tables = [chunk] if self._last is None else [self._last, chunk]
        values = pa.concat_arrays([part for table in tables for part in table.column(name).chunks])
        return values.cast(pa.uint8()) if pa.types.is_boolean(values.type) else values


def _neighbours(values: pa.Array, tied: pa.Array | None) -> tuple[pa.Array, pa.Array]:
    if tied is None:
        return values[:-1], values[1:]
    return values.take(tied), values.take(pc.add(tied, pa.scalar(1, tied.type)))


def _falls(before: pa.Array, after: pa.Array) -> pa.Array:
    falls = pc.fill_null(pc.greater(before, after), False)
    return pc.or_(falls, pc.and_(before.is_valid(), after.is_null())) if after.null_count else falls


def _same(before: pa.Array, after: pa.Array) -> pa.Array:
    same = pc.fill_null(pc.equal(before, after), False)
    return pc.or_(same, pc.and_(before.is_null(), after.is_null())) if after.null_count else same
