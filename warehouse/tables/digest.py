"""The digest of a table: SHA-256 over its contract columns in a total order, the same on every machine.

Here belongs the encoding of rows into bytes. Not here: which tables count towards a release. The digest depends on the
names, types and values of the columns that are not volatile; not on insertion order, threads, batch sizes, the order
in which columns are declared, or the DuckDB that holds the table. A table that is built by day has a digest for each
month, and its own is made of them: a month that did not change is not read again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.duck import select_ordered
from warehouse.parquet import rechunked
from warehouse.tables.catalogue import MartTable
from warehouse.tables.contract import check_contract
from warehouse.tables.months import Month, months_there, rows_of_month

# Rows hashed at a time: part of the definition, because a chunk's columns are hashed one after the other.
CHUNK_ROWS = 65_536
_VERSION = "ecoledger table digest 1"
_VERSION_BY_MONTH = "ecoledger table digest 2"


def table_digest(con: duckdb.DuckDBPyConnection, relation: str, table: MartTable) -> str:
    """SHA-256 in hex of `relation` (as written in SQL) under the contract of `table`; ContractBroken if it differs.

    Encoding: a header (version, table, columns with types, grain) as JSON; then for each 65,536 rows the number of
    rows and each column, by name: one byte per row (1 = not null), then the values with nulls as zeros (varchar: the
    lengths as 64-bit numbers, then UTF-8; boolean: a byte; bigint, date as days and timestamp as microseconds since
    1970: 64 bits; decimal: the unscaled 128 bits; all little-endian); at the end the number of all rows.

    By month (version 2, MartTable.day): that of a month, whose header is followed by the month, as above; that of the
    table is over the header, month, digest and number of rows of every month in order, and the number of all rows.
    """
    check_contract(con, relation, table)
    if table.day:
        months = months_there(con, relation, table)
        return digest_of_months(table, [month_digest(con, relation, table, month) for month in months])
    return _ordered_hash(con, relation, TableHash(table)).hexdigest()


def month_digest(con: duckdb.DuckDBPyConnection, relation: str, table: MartTable, month: str) -> Month:
    """The rows of one month of `relation`, which is as the contract says."""
    digest = _ordered_hash(con, rows_of_month(relation, table, month), TableHash(table, month))
    return Month(month, digest.hexdigest(), digest.rows)


def digest_of_months(table: MartTable, months: Sequence[Month]) -> str:
    """The digest of a table that has exactly these months."""
    digest = hashlib.sha256()
    _feed(digest, contract_text(table).encode())
    for month in sorted(months):
        _feed(digest, month.month.encode())
        digest.update(bytes.fromhex(month.digest) + month.rows.to_bytes(8, "little"))
    digest.update(sum(month.rows for month in months).to_bytes(8, "little"))
    return digest.hexdigest()


def contract_text(table: MartTable) -> str:
    """Everything of a table's declaration that its digest depends on."""
    types = {name: table.contract[name] for name in sorted(set(table.contract) - set(table.volatile))}
    header = {"version": _VERSION, "table": table.name, "columns": types, "grain": list(table.grain)}
    if table.day:
        header |= {"version": _VERSION_BY_MONTH, "day": table.day}
    return json.dumps(header, sort_keys=True, ensure_ascii=True)


class TableHash:
    """The digest of a table, or of a month of it, while its rows come, in total order: `rows` so far, `types` of the
    columns that count.
    """

    def __init__(self, table: MartTable, month: str = "") -> None:
        self.table = table
        self.types = {name: table.contract[name] for name in sorted(set(table.contract) - set(table.volatile))}
        self.rows = 0
        self._digest = hashlib.sha256()
        _feed(self._digest, contract_text(table).encode())
        if month:
            _feed(self._digest, month.encode())

    def update(self, chunk: pa.Table) -> None:
        """Adds the next CHUNK_ROWS rows; only the last chunk may have fewer. Further columns do not count."""
        self.rows += chunk.num_rows
        self._digest.update(chunk.num_rows.to_bytes(8, "little"))
        for name, kind in self.types.items():
            for part in _encoded(chunk.column(name).combine_chunks(), kind):
                self._digest.update(part)

    def hexdigest(self) -> str:
        """SHA-256 in hex; nothing can be added afterwards."""
        self._digest.update(self.rows.to_bytes(8, "little"))
        return self._digest.hexdigest()


def _ordered_hash(con: duckdb.DuckDBPyConnection, relation: str, digest: TableHash) -> TableHash:
    """`digest` with all rows of `relation`."""
    with con.cursor() as cursor:
        query = select_ordered(relation, digest.table, list(digest.types))
        reader = cursor.sql(query).to_arrow_reader(CHUNK_ROWS)
        for chunk in rechunked(reader, reader.schema, CHUNK_ROWS):
            digest.update(chunk)
    return digest


def release_digest(tables: Iterable[tuple[str, str]], domains: Mapping[str, Mapping[str, str | None]]) -> str:
    """SHA-256 over the digests of all published tables and what state each domain is in (state, since, reason)."""
    content = {"version": "ecoledger release digest 1", "tables": sorted(tables), "domains": domains}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def _encoded(values: pa.Array, kind: str) -> Iterable[memoryview | bytes]:
    if isinstance(values, pa.ChunkedArray):
        values = pa.concat_arrays(values.chunks)
    if not values.null_count:
        yield b"\1" * len(values)
    else:
        yield _bytes(values.is_valid().cast(pa.uint8()), 1)
    if kind == "varchar":
        text = _without_null(values.cast(pa.large_binary()), b"")
        yield _bytes(pc.binary_length(text).cast(pa.int64()), 8)
        start, end = _offset(text, 0), _offset(text, len(text))
        yield memoryview(text.buffers()[2] or b"")[start:end]
    elif kind == "boolean":
        yield _bytes(_without_null(values, False).cast(pa.uint8()), 1)
    elif kind == "date":
        yield _bytes(_without_null(values.cast(pa.int32()).cast(pa.int64()), 0), 8)
    elif kind == "timestamp":
        yield _bytes(_without_null(values.cast(pa.timestamp("us")).cast(pa.int64()), 0), 8)
    elif kind == "bigint":
        yield _bytes(_without_null(values.cast(pa.int64()), 0), 8)
    else:
        wide = values.cast(pa.decimal128(38, values.type.scale))
        yield _bytes(_without_null(wide, pa.scalar(0, wide.type)), 16)


def _without_null(values: pa.Array, instead: object) -> pa.Array:
    return values.fill_null(instead) if values.null_count else values


def _bytes(values: pa.Array, width: int) -> memoryview:
    """The value buffer of a fixed-width array, exactly its rows."""
    start = values.offset * width
    return memoryview(values.buffers()[1])[start : start + len(values) * width]


def _offset(text: pa.LargeBinaryArray, place: int) -> int:
    offsets = memoryview(text.buffers()[1])
    start = (text.offset + place) * 8
    return int.from_bytes(offsets[start : start + 8], "little")


class _Hash(Protocol):
    """A hash that takes bytes."""

    def update(self, content: bytes, /) -> None: ...


def _feed(digest: _Hash, content: bytes) -> None:
    digest.update(len(content).to_bytes(8, "little"))
    digest.update(content)
