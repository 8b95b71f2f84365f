"""The first rows of delimited text: finding where the header ends.

Here belong title rows, header rows with quoted line breaks, and the hint at another encoding. Not here: whether the
header is the expected one (header.py) and the rows below it (csv_rows.py).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from sources.readers.batches import UnreadableFile
from sources.readers.read_limits import MEBIBYTE
from sources.readers.text import Utf8Stream

if TYPE_CHECKING:
    from sources.config.model import Format

_HEADER_BYTES = MEBIBYTE


class Head(NamedTuple):
    """Title and header rows, and how many lines before and between them are comments."""

    rows: list[list[str]]
    comments: int


def head_rows(text: Utf8Stream, fmt: Format) -> Head:
    """Title and header rows; `text` is then at the first row below them. UnreadableFile if there are too few."""
    needed = fmt.header_row - 1 + fmt.header_rows
    data = b""
    while True:
        piece = text.read(65536)
        data += piece
        rows, used, comments = _first_rows(data, needed, fmt)
        # A row that ends where the data ends may go on in the next piece.
        if not piece or (len(rows) == needed and used < len(data)):
            break
        if len(data) > _HEADER_BYTES:
            raise UnreadableFile(
                f"no header within the first {_HEADER_BYTES // MEBIBYTE} MiB",
                fmt.header_row,
                None,
                "Check header_row, quote and encoding in [source.format]",
            )
    if len(rows) < needed:
        raise UnreadableFile(
            f"the file has {len(rows)} rows, but its header should end in row {needed}",
            len(rows) or None,
            None,
            "Set header_row and header_rows, or ask the sender to deliver it again",
        )
    text.unread(data[used:])
    return Head(rows, comments)


def _first_rows(data: bytes, needed: int, fmt: Format) -> tuple[list[list[str]], int, int]:
    used = comments = 0

    def lines() -> Iterator[str]:
        nonlocal used, comments
        # A piece may end inside a character; whole lines never do.
        for line in io.StringIO(data.decode("utf-8", "ignore"), newline=""):
            used += len(line.encode())
            if fmt.comment and line.lstrip("\ufeff \t").startswith(fmt.comment):
                comments += 1
                continue
            yield line

    quoting = csv.QUOTE_MINIMAL if fmt.quote else csv.QUOTE_NONE
    reader = csv.reader(lines(), delimiter=fmt.delimiter, quotechar=fmt.quote or None, quoting=quoting)
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append(row)
            if len(rows) == needed:
                break
    except csv.Error as error:
        raise UnreadableFile(
            f"the header cannot be read: {error}", len(rows) + 1, None, "Check quote and encoding in [source.format]"
        ) from None
    return rows, used, comments


def with_encoding_hint(refused: UnreadableFile, text: Utf8Stream) -> UnreadableFile:
    """`refused`, naming an encoding that fits if the header looks undecoded."""
    undecodable = "does not decode" in refused.reason
    if not undecodable and b"\x00" not in text.sample[:200]:
        return refused
    likely = text.likely_encodings()
    hint = f'It decodes as {likely[0]}: set encoding = "{likely[0]}"' if likely else "Declare the file's encoding"
    reason = refused.reason.replace("does not decode", f"does not decode as {text.encoding}")
    return UnreadableFile(reason, refused.row, refused.column, f"{hint} in [source.format]")
