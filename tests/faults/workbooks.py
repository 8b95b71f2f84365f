"""Workbooks that break a native reader, written as XML by hand: no library would write them.

Here belong bytes only. Not here: what must be said about them (test_one_file.py).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

_NAMESPACE = "http://schemas.openxmlformats.org"
_TYPES = (
    f'<Types xmlns="{_NAMESPACE}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_RELATIONS = f'<Relationships xmlns="{_NAMESPACE}/package/2006/relationships">%s</Relationships>'
_OFFICE = f"{_NAMESPACE}/officeDocument/2006/relationships"

ROWS = (("site", "time", "leq"), *(("A", f"2026-03-02 {hour:02d}:00", f"{50 + hour}") for hour in range(5)))
# One more cell of the table's own sheet, and what becomes of the reader.
BROKEN: Mapping[str, tuple[str, str]] = {
    "far corner": ('<c r="XFD1048576"><v>1</v></c>', "reach to XFD1048576"),
    "a column that no sheet has": ('<c r="ZZZZ9"><v>1</v></c>', "reach to ZZZZ9"),
    "far corner, written so that only the reader sees it": ("<c r='XFD1048576'><v>1</v></c>", "broke down"),
    "a column beyond any number": ('<c r="AAAAAAAA9"><v>1</v></c>', "broke down"),
    "a row beyond any number": ('<c r="A4294967295"><v>1</v></c>', "broke down"),
    "no row": ('<c r="A0"><v>1</v></c>', "cannot be read"),
}


def workbook(sheets: Mapping[str, str]) -> bytes:
    """A workbook of sheets given as the XML of their rows."""
    names = "".join(f'<sheet name="{name}" sheetId="{i}" r:id="rId{i}"/>' for i, name in enumerate(sheets, 1))
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS
        % f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>',
        "xl/workbook.xml": f'<workbook xmlns="{_NAMESPACE}/spreadsheetml/2006/main" xmlns:r="{_OFFICE}">'
        f"<sheets>{names}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _RELATIONS
        % "".join(
            f'<Relationship Id="rId{i}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>'
            for i in range(1, len(sheets) + 1)
        ),
    }
    for i, rows in enumerate(sheets.values(), 1):
        parts[f"xl/worksheets/sheet{i}.xml"] = (
            f'<worksheet xmlns="{_NAMESPACE}/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def table(rows: Sequence[Sequence[str]] = ROWS, more: str = "") -> str:
    """The XML of a table of texts that begins at A1, and after it a row that holds the cells `more`."""
    written = [
        f'<row r="{i}">'
        + "".join(f'<c r="{"ABCDEFGH"[j]}{i}" t="inlineStr"><is><t>{text}</t></is></c>' for j, text in enumerate(row))
        + "</row>"
        for i, row in enumerate(rows, 1)
    ]
    return "".join(written) + (f"<row>{more}</row>" if more else "")
