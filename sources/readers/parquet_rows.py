"""Rows of a Parquet file, every cell as text.

Runs in a process of its own (child.py). Here belong sizes that a file declares, and values as text: numbers as they are
shortest, times as ISO text (UTC where they have a zone), groups as dotted columns, lists as JSON. Not here: what is
wrong with a header (header.py).
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa
from pyarrow import parquet

from sources.readers.batches import ROW, RawBatch, UnreadableFile
from sources.readers.frames import batches, without_blank_rows
from sources.readers.header import check_expected, without_doubles
from sources.readers.read_limits import MEBIBYTE, ReadLimits, parquet_too_large, too_many_keys
from sources.readers.stream import ByteStream
from sources.readers.workbook_guard import whole

if TYPE_CHECKING:
    from sources.config.model import Format

_ROWS_AT_ONCE = 50_000
# Levels of groups inside groups that become dotted columns.
_LEVELS = 16
_CLOCK = "%Y-%m-%d %H:%M:%S%.f"


def parquet_rows(
    stream: ByteStream, name: str, fmt: Format, limits: ReadLimits, expected: Sequence[str]
) -> Iterator[RawBatch]:
    """Yields the rows of the table; `__row` counts them from 1. The file is held in memory, within the limits."""
    file = _opened(stream, limits)
    done = 0
    try:
        for arrow in file.iter_batches(batch_size=min(limits.batch_rows, _ROWS_AT_ONCE)):
            frame = _texts(arrow)
            if frame.width > limits.max_keys:
                raise too_many_keys(frame.width, None, limits)
            if not done:
                check_expected(frame.columns, None, expected, fmt.extra_columns)
            rows = pl.int_range(done + 1, done + frame.height + 1, dtype=pl.Int64, eager=True)
            done += frame.height
            kept, blank = without_blank_rows(frame.with_columns(rows.alias(ROW)))
            yield from batches(kept, [], blank, limits.batch_rows)
    except (pa.ArrowException, OSError) as error:
        raise _damaged(error) from None
    if not done:
        names = [n for n in file.schema_arrow.names if n != ROW]
        check_expected(names, None, expected, fmt.extra_columns)
        yield from batches(pl.DataFrame(schema=dict.fromkeys(names, pl.String) | {ROW: pl.Int64}), [], 0, 1)


def parquet_records(stream: ByteStream, fmt: Format, limits: ReadLimits) -> int:
    """How many rows the file declares."""
    return _opened(stream, limits).metadata.num_rows


def _opened(stream: ByteStream, limits: ReadLimits) -> parquet.ParquetFile:
    data = whole(stream, limits)
    try:
        file = parquet.ParquetFile(
            io.BytesIO(data),
            thrift_string_size_limit=64 * MEBIBYTE,
            thrift_container_size_limit=1_000_000,
            page_checksum_verification=True,
        )
    except (pa.ArrowException, OSError) as error:
        raise _damaged(error) from None
    found = file.metadata
    unfolded = sum(max(found.row_group(i).total_byte_size, 0) for i in range(found.num_row_groups))
    cells = found.num_rows * found.num_columns
    if cells > limits.max_cells or found.num_columns > limits.max_keys or unfolded > limits.max_bytes:
        raise parquet_too_large(found.num_rows, found.num_columns, limits)
    return file


def _damaged(error: Exception) -> UnreadableFile:
    said = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    return UnreadableFile(
        f"the Parquet file is damaged, truncated or encrypted ({said}); nothing of it is used",
        hint="Ask the sender to deliver it again",
    )


def _texts(arrow: pa.RecordBatch) -> pl.DataFrame:
    """Every column as text under names that are told apart; groups under dotted names."""
    names = without_doubles(list(arrow.schema.names), None, None)
    frame = pl.DataFrame(pl.from_arrow(pa.Table.from_batches([arrow.rename_columns(names)])))
    for _ in range(_LEVELS):
        groups = [c.name for c in frame.get_columns() if isinstance(c.dtype, pl.Struct)]
        if not groups:
            break
        for name in groups:
            inner = frame[name].struct.unnest()
            inner.columns = [f"{name}.{field}" for field in inner.columns]
            taken = set(inner.columns) & set(frame.columns)
            if taken:
                raise UnreadableFile(f"a group and a dotted name give two columns '{sorted(taken)[0]}'")
            frame = frame.drop(name).hstack(inner)
    return pl.DataFrame([_text(column) for column in frame.get_columns()])


def _text(column: pl.Series) -> pl.Series:
    kind = column.dtype
    if isinstance(kind, pl.Datetime):
        utc = kind.time_zone is not None
        clock = column.dt.convert_time_zone("UTC") if utc else column
        shown = clock.dt.strftime(_CLOCK + ("+00:00" if utc else ""))
    elif kind == pl.Binary:
        shown = pl.Series(column.name, [_utf8(v) for v in column.to_list()], dtype=pl.String)
    elif kind.is_nested():
        shown = pl.Series(column.name, [_json(v) for v in column.to_list()], dtype=pl.String)
    else:
        shown = column.cast(pl.String)
    return shown.fill_null("").alias(column.name)


def _utf8(value: bytes | None) -> str | None:
    if value is None:
        return None
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.hex()


def _json(value: Any) -> str | None:
    if value is None:
        return None
    plain = value.to_list() if isinstance(value, pl.Series) else value
    return json.dumps(plain, ensure_ascii=False, default=_written)


def _written(value: Any) -> Any:
    if isinstance(value, pl.Series):
        return value.to_list()
    if isinstance(value, datetime | date):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return repr(value)
