"""The digest of a table: SHA-256 over its contract columns in a total order, the same on every machine.

Here belongs the encoding of rows into bytes. Not here: which tables count towards a release. The digest depends on the
names, types and values of the columns that are not volatile; not on insertion order, threads, batch sizes, the order
in which columns are declared, or the DuckDB that holds the table.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.catalogue import MartTable
from warehouse.duck import check_contract, select_ordered
from warehouse.parquet import rechunked

# Rows hashed at a time: part of the definition, because a chunk's columns are hashed one after the other.
CHUNK_ROWS = 65_536
_VERSION = "ecoledger table digest 1"


def table_digest(con: duckdb.DuckDBPyConnection, relation: str, table: MartTable) -> str:
    """SHA-256 in hex of `relation` (as written in SQL) under the contract of `table`; ContractBroken if it differs.

    Encoding: a header (version, table, columns with types, grain) as JSON; then for each 65,536 rows the number of
    rows and each column, by name: one byte per row (1 = not null), then the values with nulls as zeros (varchar: the
    lengths as 64-bit numbers, then UTF-8; boolean: a byte; bigint, date as days and timestamp as microseconds since
    1970: 64 bits; decimal: the unscaled 128 bits; all little-endian); at the end the number of all rows.
    """
    check_contract(con, relation, table)
    types = {name: table.contract[name] for name in sorted(set(table.contract) - set(table.volatile))}
    header = {"version": _VERSION, "table": table.name, "columns": types, "grain": list(table.grain)}
    digest = hashlib.sha256()
    _feed(digest, json.dumps(header, sort_keys=True, ensure_ascii=True).encode())
    with con.cursor() as cursor:
        reader = cursor.sql(select_ordered(relation, table, list(types))).to_arrow_reader(CHUNK_ROWS)
        rows = _feed_rows(digest, reader, reader.schema, types)
    digest.update(rows.to_bytes(8, "little"))
    return digest.hexdigest()


def release_digest(tables: Iterable[tuple[str, str]], domains: Mapping[str, Mapping[str, str | None]]) -> str:
    """SHA-256 over the digests of all published tables and what state each domain is in (state, since, reason)."""
    content = {"version": "ecoledger release digest 1", "tables": sorted(tables), "domains": domains}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def _feed_rows(digest, batches: Iterable[pa.RecordBatch], schema: pa.Schema, types: Mapping[str, str]) -> int:
    rows = 0
    for chunk in rechunked(batches, schema, CHUNK_ROWS):
        rows += chunk.num_rows
        digest.update(chunk.num_rows.to_bytes(8, "little"))
        for name, kind in types.items():
            for part in _encoded(chunk.column(name).combine_chunks(), kind):
                digest.update(part)
    return rows


def _encoded(values: pa.Array, kind: str) -> Iterable[memoryview | bytes]:
    if isinstance(values, pa.ChunkedArray):
        values = pa.concat_arrays(values.chunks)
    yield _bytes(values.is_valid().cast(pa.uint8()), 1)
    if kind == "varchar":
        text = values.cast(pa.large_binary()).fill_null(b"")
        yield _bytes(pc.binary_length(text).cast(pa.int64()), 8)
        start, end = _offset(text, 0), _offset(text, len(text))
        yield memoryview(text.buffers()[2] or b"")[start:end]
    elif kind == "boolean":
        yield _bytes(values.fill_null(False).cast(pa.uint8()), 1)
    elif kind == "date":
        yield _bytes(values.cast(pa.int32()).cast(pa.int64()).fill_null(0), 8)
    elif kind == "timestamp":
        yield _bytes(values.cast(pa.timestamp("us")).cast(pa.int64()).fill_null(0), 8)
    elif kind == "bigint":
        yield _bytes(values.cast(pa.int64()).fill_null(0), 8)
    else:
        wide = values.cast(pa.decimal128(38, values.type.scale))
        yield _bytes(wide.fill_null(pa.scalar(0, wide.type)), 16)


def _bytes(values: pa.Array, width: int) -> memoryview:
    """The value buffer of a fixed-width array, exactly its rows."""
    start = values.offset * width
    return memoryview(values.buffers()[1])[start : start + len(values) * width]


def _offset(text: pa.LargeBinaryArray, place: int) -> int:
    offsets = memoryview(text.buffers()[1])
    start = (text.offset + place) * 8
    return int.from_bytes(offsets[start : start + 8], "little")


def _feed(digest, content: bytes) -> None:
    digest.update(len(content).to_bytes(8, "little"))
    digest.update(content)
