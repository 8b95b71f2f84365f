"""One Parquet file out of row groups of others, whose bytes are copied: nothing is decoded, sorted or compressed again.

Here belongs the footer as Thrift's compact protocol writes it: found in a file, its places moved, put together anew.
Not here: writing rows (parquet.py) or which row groups belong together. The result is byte by byte what group_writer()
writes of the same rows with the same row groups; a test compares them. Only what that writer leaves is understood:
pages without index, row groups one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    import pyarrow as pa

_MAGIC = b"PAR1"
# Types of Thrift's compact protocol that a footer has. A field that is true or false has no further bytes.
_TRUTH, _WHOLE, _BINARY, _LISTS, _STRUCT = (1, 2), (4, 5, 6), 8, (9, 10), 12
# Fields of parquet.thrift by number: FileMetaData, RowGroup, ColumnChunk, ColumnMetaData.
_FILE_ROWS, _FILE_GROUPS = 3, 4
_GROUP_CHUNKS, _GROUP_ROWS, _GROUP_AT = 1, 3, 5
# All that our writer says of a row group: with its size, and its size as compressed.
_GROUP_FIELDS = {1, 2, 3, 5, 6}
_CHUNK_AT, _CHUNK_META = 2, 3
# Data page, index page, dictionary page, Bloom filter.
_META_AT = (9, 10, 11, 14)


class UnlikePieces(ValueError):
    """Row groups of files with another schema or writer cannot be in one file; the message names the file."""


@dataclass(frozen=True)
class RowGroup:
    """One row group: its rows, the byte of the file at which its pages begin, and how the footer describes it."""

    rows: int
    start: int
    said: bytes

    def moved(self, by: int) -> bytes:
        """Its description with all places `by` bytes further on; 0 means that there is none."""
        if not by:
            return self.said
        parts, done = [], 0
        for at, end in sorted(self._places()):
            if place := _signed(self.said, at):
                parts += [self.said[done:at], _as_signed(place + by)]
                done = end
        return b"".join([*parts, self.said[done:]])

    def _places(self) -> Iterator[tuple[int, int]]:
        """First byte and byte after of every place in its description."""
        found = {number: (at, end) for number, _, at, end in _fields(self.said, 0)}
        yield found[_GROUP_AT]
        for chunk, _ in _elements(self.said, found[_GROUP_CHUNKS][0]):
            for number, _, at, end in _fields(self.said, chunk):
                if number == _CHUNK_AT:
                    yield at, end
                elif number == _CHUNK_META:
                    yield from ((a, e) for field, _, a, e in _fields(self.said, at) if field in _META_AT)


@dataclass(frozen=True)
class Footer:
    """What a file says of itself: `head`, `middle` and `tail` around its number of rows and its row groups."""

    head: bytes
    middle: bytes
    tail: bytes
    start: int
    listed: bytes

    @classmethod
    def read(cls, file: Path) -> Footer:
        """The footer of a finished file."""
        with file.open("rb") as stream:
            end = stream.seek(-8, 2)
            length = int.from_bytes(stream.read(4), "little")
            start = stream.seek(end - length)
            return cls._parsed(stream.read(length), start)

    @classmethod
    def of(cls, schema: pa.Schema) -> Footer:
        """The footer of a file without rows, as group_writer() writes it today."""
        import pyarrow as pa

        from warehouse.parquet import group_writer

        sink = pa.BufferOutputStream()
        with group_writer(sink, schema):
            pass
        content = sink.getvalue().to_pybytes()
        return cls._parsed(content[len(_MAGIC) : -8], len(_MAGIC))

    @classmethod
    def _parsed(cls, said: bytes, start: int) -> Footer:
        found = {number: (at, end) for number, _, at, end in _fields(said, 0)}
        (rows_at, rows_end), (groups_at, groups_end) = found[_FILE_ROWS], found[_FILE_GROUPS]
        return cls(said[:rows_at], said[rows_end:groups_at], said[groups_end:], start, said[groups_at:groups_end])

    def like(self, other: Footer) -> bool:
        """Whether both files have one schema and one writer, so that row groups of both can be in one file."""
        return (self.head, self.middle, self.tail) == (other.head, other.middle, other.tail)

    @cached_property
    def groups(self) -> tuple[RowGroup, ...]:
        """The row groups in order; each ends where the next one begins, the last at `start`."""
        return tuple(_row_group(self.listed[at:end]) for at, end in _elements(self.listed, 0))

    def written(self, rows: int, groups: Sequence[bytes]) -> bytes:
        """The same with other row groups."""
        size = bytes([len(groups) << 4 | _STRUCT]) if len(groups) < 15 else bytes([0xF0 | _STRUCT]) + _as(len(groups))
        return b"".join([self.head, _as_signed(rows), self.middle, size, *groups, self.tail])


@dataclass(frozen=True)
class Piece:
    """`n_groups` row groups of a file, from number `first` on."""

    file: Path
    first: int
    n_groups: int


def join(pieces: Sequence[Piece], schema: pa.Schema, target: Path) -> int:
    """Writes `target` from row groups of other files, in order, and gives its number of rows.

    UnlikePieces if one of them has another schema, or was written by another version of Arrow.
    """
    model = Footer.of(schema)
    # Once for each file: reading a long one takes a tenth of a second.
    footers = {file: Footer.read(file) for file in dict.fromkeys(piece.file for piece in pieces)}
    for file, footer in footers.items():
        if not footer.like(model):
            raise UnlikePieces(f"{file}: has another schema or writer than what it is to be joined with")
    said: list[bytes] = []
    rows = 0
    with target.open("wb") as out:
        out.write(_MAGIC)
        for piece in pieces:
            footer = footers[piece.file]
            groups = footer.groups[piece.first : piece.first + piece.n_groups]
            if len(groups) != piece.n_groups:
                raise UnlikePieces(f"{piece.file}: has no row groups {piece.first} to {piece.first + piece.n_groups}")
            if not groups:
                continue
            by = out.tell() - groups[0].start
            said += [group.moved(by) for group in groups]
            rows += sum(group.rows for group in groups)
            after = footer.groups[piece.first + piece.n_groups :][:1]
            _copy(piece.file, groups[0].start, after[0].start if after else footer.start, out)
        content = model.written(rows, said)
        out.write(content + len(content).to_bytes(4, "little") + _MAGIC)
    return rows


def _copy(file: Path, start: int, end: int, out: BinaryIO) -> None:
    with file.open("rb") as given:
        given.seek(start)
        while start < end:
            content = given.read(min(1 << 20, end - start))
            if not content:
                raise UnlikePieces(f"{file}: ends before its row groups do")
            out.write(content)
            start += len(content)


def _row_group(said: bytes) -> RowGroup:
    """The row group that this part of a footer describes."""
    found = {number: at for number, _, at, _ in _fields(said, 0)}
    if found.keys() - _GROUP_FIELDS:
        raise UnlikePieces("a footer describes row groups otherwise than our writer does")
    return RowGroup(_signed(said, found[_GROUP_ROWS]), _signed(said, found[_GROUP_AT]), said)


def _fields(said: bytes, at: int) -> Iterator[tuple[int, int, int, int]]:
    """Number, type, first byte and byte after of every field of the struct at `at`."""
    number = 0
    while said[at]:
        kind, step = said[at] & 15, said[at] >> 4
        at += 1
        if step:
            number += step
        else:
            number = _signed(said, at)
            at = _after_varint(said, at)
        end = _after(said, at, kind)
        yield number, kind, at, end
        at = end


def _elements(said: bytes, at: int) -> Iterator[tuple[int, int]]:
    """First byte and byte after of every element of the list at `at`."""
    size, kind = said[at] >> 4, said[at] & 15
    at += 1
    if size == 15:
        size, at = _varint(said, at)
    for _ in range(size):
        # In a list a truth value has a byte.
        end = at + 1 if kind in _TRUTH else _after(said, at, kind)
        yield at, end
        at = end


def _after(said: bytes, at: int, kind: int) -> int:
    """The byte after a value of this type."""
    if kind in _WHOLE:
        return _after_varint(said, at)
    if kind == _BINARY:
        length, at = _varint(said, at)
        return at + length
    if kind == _STRUCT:
        return _after_struct(said, at)
    if kind in _LISTS:
        end = at + 1 if said[at] >> 4 < 15 else _after_varint(said, at + 1)
        for _, after in _elements(said, at):
            end = after
        return end
    if kind in _TRUTH:
        return at
    raise UnlikePieces(f"a footer has a value of type {kind}, which our writer does not write")


def _after_struct(said: bytes, at: int) -> int:
    """The byte after a struct. A footer of ten years has a quarter of a million values: those of most types are passed
    over right here.
    """
    while head := said[at]:
        kind = head & 15
        # A number that is not the one before and a few more follows by itself.
        at = at + 1 if head > 15 else _after_varint(said, at + 1)
        if 3 < kind < 7:
            while said[at] > 127:
                at += 1
            at += 1
        elif kind == _BINARY and said[at] < 128:
            at += said[at] + 1
        elif kind == _STRUCT:
            at = _after_struct(said, at)
        else:
            at = _after(said, at, kind)
    return at + 1


def _after_varint(said: bytes, at: int) -> int:
    while said[at] & 128:
        at += 1
    return at + 1


def _varint(said: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while said[at] & 128:
        value |= (said[at] & 127) << shift
        shift, at = shift + 7, at + 1
    return value | said[at] << shift, at + 1


def _signed(said: bytes, at: int) -> int:
    value, _ = _varint(said, at)
    return value >> 1 ^ -(value & 1)


def _as_signed(value: int) -> bytes:
    return _as(value << 1)


def _as(value: int) -> bytes:
    """A number of at least 0 as a varint."""
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    parts.append(value)
    return bytes(parts)
