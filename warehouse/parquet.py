"""Parquet as EcoLedger writes it: declared schema and order, pinned settings, so that equal rows give equal bytes.

Here belong the two writers (a polars frame for the lake, an Arrow stream for the release), the declared types and the
cast. Not here: where files are or which rows they hold. A cast that would lose something is refused, never made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from sources.registry.clean_columns import Column

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

ROW_GROUP = 131_072
COMPRESSION = "zstd"
LEVEL = 3
PAGE_BYTES = 1 << 20
_STATISTICS = {"min": True, "max": True, "null_count": True, "distinct_count": False}

_DTYPES: dict[str, pl.DataType] = {
    "string": pl.String(),
    "int": pl.Int64(),
    "tinyint": pl.Int8(),
    "bool": pl.Boolean(),
    "date": pl.Date(),
    "timestamp": pl.Datetime("us"),
    "decimal": pl.Decimal(18, 6),
}


class SchemaMismatch(ValueError):
    """A frame does not fit the declared schema; the message names table, column and both types."""


def schema_of(columns: Sequence[Column]) -> pl.Schema:
    """The polars schema of declared columns."""
    return _schema_of(tuple(columns))


@cache
def _schema_of(columns: tuple[Column, ...]) -> pl.Schema:
    # Asked for each partition, and there are few tables.
    return pl.Schema({c.name: _DTYPES[c.dtype] for c in columns})


def conform(frame: pl.DataFrame, columns: Sequence[Column], table: str) -> pl.DataFrame:
    """`frame` with exactly the declared columns, in order and type; SchemaMismatch if a cast would guess or lose."""
    schema = schema_of(columns)
    if frame.schema == schema:
        return frame
    there = set(frame.columns)
    missing, extra = set(schema) - there, there - set(schema)
    if missing or extra:
        raise SchemaMismatch(f"{table}: columns missing {sorted(missing)}, not declared {sorted(extra)}")
    return _cast(frame.select(list(schema)), schema, table)


def conform_known(frame: pl.DataFrame, columns: Sequence[Column], table: str) -> pl.DataFrame:
    """Casts the declared columns that are there; further ones (why refused, what replaced them) get a type by kind."""
    declared = schema_of(columns)
    wanted: dict[str, pl.DataType] = {}
    for name, dtype in frame.schema.items():
        if name in declared:
            wanted[name] = declared[name]
        elif dtype.is_integer():
            wanted[name] = pl.Int64()
        elif isinstance(dtype, pl.Datetime):
            wanted[name] = pl.Datetime("us")
        elif dtype in (pl.Boolean, pl.Date):
            wanted[name] = dtype
        elif dtype.is_decimal():
            wanted[name] = pl.Decimal(18, 6)
        else:
            wanted[name] = pl.String()
    return _cast(frame, pl.Schema(wanted), table)


def row_hashes(frame: pl.DataFrame) -> bytes:
    """64 bits of every row, in order: equal for equal rows, whatever frames they lie in."""
    return frame.hash_rows().to_numpy().tobytes()


def write_frame(frame: pl.DataFrame, path: Path) -> str:
    """Writes `frame` as it is to `path` (a temporary one) and returns the SHA-256 of the file."""
    with FrameWriter(path) as writer:
        writer.append(frame)
    return file_sha256(path)


def write_joined(frames: Iterable[pl.LazyFrame], path: Path) -> int:
    """Writes frames of one schema to `path`, one after the other, and gives the rows, as it counts them in the file.

    The bytes are those of writing them joined together, however the rows are cut into frames; memory holds a few row
    groups. Unlike FrameWriter it wants all frames at hand.
    """
    pl.concat(frames).sink_parquet(
        path,
        compression=COMPRESSION,
        compression_level=LEVEL,
        statistics=_STATISTICS,
        row_group_size=ROW_GROUP,
        data_page_size=PAGE_BYTES,
        maintain_order=True,
    )
    return pl.scan_parquet(path, glob=False).select(pl.len()).collect().item()


class FrameWriter:
    """Writes frames of one schema, one after the other; the bytes are those of writing them joined together.

    Up to one row group polars writes (it is three times as fast); what is longer goes through Arrow, one full row group
    after the other, so that memory holds two of them at most. Nothing is written unless a frame was appended.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: list[pl.DataFrame] = []
        self._groups: pq.ParquetWriter | None = None
        self.rows = 0

    def __enter__(self) -> FrameWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._finish()
        elif self._groups is not None:
            self._groups.close()

    def append(self, frame: pl.DataFrame) -> None:
        """Adds the rows of `frame`, in order."""
        self._held.append(frame)
        self.rows += frame.height
        joined = sum(held.height for held in self._held)
        while joined > ROW_GROUP:
            rows = pl.concat(self._held)
            self._write_group(rows[:ROW_GROUP])
            self._held = [rows[ROW_GROUP:]]
            joined -= ROW_GROUP

    def _finish(self) -> None:
        if not self._held:
            return
        rest = pl.concat(self._held)
        if self._groups is not None:
            self._write_group(rest)
            self._groups.close()
            return
        rest.rechunk().write_parquet(
            self._path,
            compression=COMPRESSION,
            compression_level=LEVEL,
            statistics=_STATISTICS,
            row_group_size=ROW_GROUP,
            data_page_size=PAGE_BYTES,
        )

    def _write_group(self, rows: pl.DataFrame) -> None:
        table = rows.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
        schema = _arrow_schema(rows.schema)
        if self._groups is None:
            self._groups = group_writer(self._path, schema)
        self._groups.write_table(table.cast(schema), row_group_size=ROW_GROUP)


def rechunked(batches: Iterable[pa.RecordBatch], schema: pa.Schema, size: int) -> Iterator[pa.Table]:
    """Arrow tables of exactly `size` rows (the last may be shorter), each of one chunk, from batches of any size."""
    import pyarrow as pa

    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        held.append(batch)
        count += batch.num_rows
        if count < size:
            continue
        table = pa.Table.from_batches(held, schema)
        while table.num_rows >= size:
            yield table.slice(0, size).combine_chunks()
            table = table.slice(size)
        held, count = table.to_batches(), table.num_rows
    if count:
        yield pa.Table.from_batches(held, schema).combine_chunks()


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _cast(frame: pl.DataFrame, schema: pl.Schema, table: str) -> pl.DataFrame:
    casts = []
    # Asked once: a frame makes its schema anew each time.
    there = frame.schema
    for name, wanted in schema.items():
        found = there[name]
        if found == wanted:
            continue
        # A float has no exact decimal, and a zone would move a naive time without a word.
        zoned = isinstance(found, pl.Datetime) and found.time_zone is not None
        if zoned or (found.is_float() and not wanted.is_float()) or _narrower(found, wanted):
            raise SchemaMismatch(f"{table}: column {name} is {found}, declared {wanted}; convert it exactly before")
        casts.append(pl.col(name).cast(wanted, strict=True))
    if not casts:
        return frame
    try:
        return frame.with_columns(casts)
    except pl.exceptions.PolarsError as error:
        raise SchemaMismatch(f"{table}: {error}") from None


def group_writer(path: Path | pa.NativeFile, schema: pa.Schema) -> pq.ParquetWriter:
    """An open pyarrow ParquetWriter with the pinned settings; each table written to it ends its row groups."""
    import pyarrow.parquet as pq

    return pq.ParquetWriter(
        path,
        schema,
        compression=COMPRESSION,
        compression_level=LEVEL,
        version="2.6",
        data_page_version="1.0",
        data_page_size=PAGE_BYTES,
        write_statistics=True,
        store_schema=False,
        store_decimal_as_integer=True,
    )


def _arrow_schema(schema: pl.Schema) -> pa.Schema:
    import pyarrow as pa

    plain: dict[pl.DataType, pa.DataType] = {
        pl.String(): pa.string(),
        pl.Boolean(): pa.bool_(),
        pl.Date(): pa.date32(),
        pl.Int64(): pa.int64(),
        pl.Int8(): pa.int8(),
        pl.Datetime("us"): pa.timestamp("us"),
        pl.Decimal(18, 6): pa.decimal128(18, 6),
    }
    return pa.schema([pa.field(name, plain[dtype]) for name, dtype in schema.items()])


def _narrower(found: pl.DataType, wanted: pl.DataType) -> bool:
    """Whether both are decimals, and `wanted` has fewer places."""
    if not (isinstance(found, pl.Decimal) and isinstance(wanted, pl.Decimal)):
        return False
    return (found.scale or 0) > (wanted.scale or 0)
