"""Looks through a packed workbook before the native reader does: bombs, damage, and cells far outside the table.

Here belongs what would cost memory or an abort later: the reader lays out the whole rectangle that a sheet's cells
span. Not here: reading cells (excel_rows.py).
"""

from __future__ import annotations

import io
import re
import zipfile
from posixpath import join, normpath
from xml.etree import ElementTree

from sources.readers.batches import UnreadableFile
from sources.readers.cell_table import chosen
from sources.readers.containers import DAMAGE
from sources.readers.read_limits import MEBIBYTE, ReadLimits, workbook_too_large, workbook_too_wide
from sources.readers.stream import ByteStream

_CELL = re.compile(rb' r="([A-Z]{1,4})([0-9]{1,9})"')
# A cell's place may lie across two pieces.
_OVERLAP = 24
_NAMES_BYTES = 4 * MEBIBYTE
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def guard(data: bytes, wanted: str, limits: ReadLimits) -> None:
    """Unpacks every part once under the limits; UnreadableFile for a bomb, damage, or a far cell in the `wanted` sheet.

    Sizes that lie show here, too.
    """
    far: dict[str, UnreadableFile] = {}
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(i.file_size for i in archive.infolist()) > limits.workbook_bytes:
                raise workbook_too_large(limits)
            for info in archive.infolist():
                if info.flag_bits & 1:
                    raise UnreadableFile("the workbook is encrypted", hint="Send it without a password")
                corner = _Corner() if info.filename.startswith("xl/worksheets/") else None
                with archive.open(info) as part:
                    while piece := part.read(MEBIBYTE):
                        total += len(piece)
                        if total > limits.workbook_bytes:
                            raise workbook_too_large(limits)
                        if corner:
                            corner.look(piece)
                if corner and not fits(corner.rows, corner.columns, limits):
                    far[info.filename] = workbook_too_wide(corner.name, corner.rows * corner.columns, limits)
            if far:
                found = _sheet_parts(archive, wanted)
                if beyond := next((part for part in found or far if part in far), None):
                    raise far[beyond]
    except DAMAGE as damage:
        raise UnreadableFile(
            f"the workbook is damaged or truncated ({damage}); nothing of it is used",
            hint="Ask the sender to deliver it again",
        ) from None


def whole(stream: ByteStream, limits: ReadLimits) -> bytes:
    """All bytes of a workbook; UnreadableFile if they are too many to be held."""
    parts, size = [], 0
    while part := stream.read(MEBIBYTE):
        parts.append(part)
        size += len(part)
        if size > limits.workbook_bytes:
            raise workbook_too_large(limits)
    return b"".join(parts)


class _Corner:
    """The far corner of the rectangle from A1 that a sheet's cells span."""

    def __init__(self) -> None:
        self.rows = 0
        self._rest = b""
        self._column = b"A"

    def look(self, piece: bytes) -> None:
        """Takes the next piece of the sheet's XML."""
        places = _CELL.findall(self._rest + piece)
        self._rest = piece[-_OVERLAP:]
        if places:
            self._column = max({self._column, *(column for column, _ in places)}, key=lambda c: (len(c), c))
            self.rows = max(self.rows, *(int(row) for row in {row for _, row in places}))

    @property
    def columns(self) -> int:
        """How many columns the rectangle has."""
        number = 0
        for letter in self._column:
            number = number * 26 + letter - ord("A") + 1
        return number

    @property
    def name(self) -> str:
        """The corner as people name it."""
        return f"{self._column.decode()}{self.rows}"


def fits(rows: int, columns: int, limits: ReadLimits) -> bool:
    """Whether a sheet of this size can be read."""
    return columns <= limits.max_keys and rows * columns <= limits.workbook_cells


def _sheet_parts(archive: zipfile.ZipFile, wanted: str) -> list[str]:
    """Names of the parts that hold the declared sheets; none if the workbook does not say."""
    try:
        sheets = [e for e in _xml(archive, "xl/workbook.xml").iter() if e.tag.endswith("}sheet")]
        places = chosen([sheet.get("name", "") for sheet in sheets], wanted)
        relations = {sheets[place].get(_RELATION) for place in places}
        return [
            normpath(join("/xl", entry.get("Target", ""))).lstrip("/")
            for entry in _xml(archive, "xl/_rels/workbook.xml.rels")
            if entry.get("Id") in relations
        ]
    except (ElementTree.ParseError, KeyError):
        return []


def _xml(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    with archive.open(name) as part:
        return ElementTree.fromstring(part.read(_NAMES_BYTES))
