"""How many records a refused file seems to hold.

Here belongs the best-effort count, so that a file of which nothing is used still counts its records as quarantined. Not
here: reading. It never raises: what cannot be counted counts 0, and it keeps the limits of reading, time included.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from sources.readers.batches import ISOLATED, refusal_of
from sources.readers.containers import parts
from sources.readers.frames import is_footer
from sources.readers.read_limits import ReadLimits
from sources.readers.stream import ByteStream
from sources.readers.text import Utf8Stream
from sources.readers.watch import Watch, Watched

if TYPE_CHECKING:
    from sources.config.model import Format


def count(stream: IO[bytes], file_name: str, fmt: Format, limits: ReadLimits) -> int:
    """Records of all readable parts, up to the first damage."""
    total = 0
    watch = Watch(limits)
    try:
        for part in parts(stream, file_name, fmt, limits):
            for found in _counts(Watched(part.stream, watch), fmt, limits, watch):
                total += found
    except BaseException as error:
        if refusal_of(error) is None:
            raise
    return total


def _counts(stream: ByteStream, fmt: Format, limits: ReadLimits, watch: Watch) -> Iterator[int]:
    if fmt.kind == "csv":
        yield from _csv_counts(stream, fmt, limits)
    elif fmt.kind in ISOLATED:
        from sources.readers.isolated import isolated_count

        yield isolated_count(stream, fmt, limits, watch)
    else:
        yield from _json_counts(stream, fmt, limits)


def _csv_counts(stream: ByteStream, fmt: Format, limits: ReadLimits) -> Iterator[int]:
    """One for every line after the header that is not blank and no footer; a quoted line break counts as a record.

    It ends at a line longer than any row may be: what follows is not a table.
    """
    text = Utf8Stream(stream, fmt.encoding)
    line, rest = 0, ""
    header = fmt.header_row - 1 + fmt.header_rows
    while (piece := text.next_text()) is not None and len(rest) <= limits.block_bytes:
        *lines, rest = (rest + piece).splitlines(keepends=False) or [""]
        if piece.endswith(("\n", "\r")):
            lines, rest = [*lines, rest], ""
        yield sum(_is_record(t, fmt) for t in lines[max(0, header - line) :])
        line += len(lines)
    if rest and line >= header:
        yield int(_is_record(rest, fmt))


def _is_record(line: str, fmt: Format) -> bool:
    cells = line.split(fmt.delimiter)
    return any(c.strip() for c in cells) and not is_footer(cells, fmt.left_out)


def _json_counts(stream: ByteStream, fmt: Format, limits: ReadLimits) -> Iterator[int]:
    from sources.readers.json_rows import numbered_records

    for _, record in numbered_records(Utf8Stream(stream, fmt.encoding), fmt, limits):
        yield int(record is not None)
