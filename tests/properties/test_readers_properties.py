"""What must hold for any file: nothing is lost, nothing is altered, and nothing but UnreadableFile is raised.

Here belong properties over generated files. Not here: what is said about one fault (test_readers_*.py).
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile

import pytest
import xlsxwriter
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sources.config.model import Format
from sources.readers import ReadLimits, UnreadableFile, count_records, read_rows

KINDS = [
    Format(),
    Format(encoding="gb18030", quote=""),
    Format(kind="json"),
    Format(kind="ndjson"),
    Format(kind="xlsx"),
]
# No marks of undecodable bytes (private use, plane 16) and no halves of surrogate pairs, which no encoding holds.
TEXT = st.text(st.characters(exclude_categories=("Cs", "Co")), max_size=12)
NAMES = st.lists(st.text("abcXYZ甲乙溶解氧_ (/)", min_size=1, max_size=6), min_size=1, max_size=5)


def read(data: bytes, fmt: Format, **more):
    """All rows as dictionaries with '__row', all rejected rows, and the other rows of a file."""
    rows, rejected, other = [], [], 0
    for batch in read_rows(io.BytesIO(data), "file", fmt, **more):
        rows += batch.frame.rows(named=True)
        rejected += batch.rejected.rows(named=True)
        other += batch.rows_other
    return rows, rejected, other


@st.composite
def tables(draw):
    """A header of distinct names and rows of text."""
    names = draw(NAMES)
    shown = [" ".join(n.split()) for n in names]
    assume(all(shown) and len(set(shown)) == len(shown))
    width = len(names)
    rows = draw(st.lists(st.lists(TEXT, min_size=width, max_size=width), max_size=8))
    return shown, rows


@given(
    tables(),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le"]),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(1, 3),
)
def test_a_quoted_table_comes_back_as_it_was(table, encoding, delimiter, line_end, batch_rows):
    names, rows = table
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator=line_end)
    writer.writerows([names, *rows])
    data = out.getvalue().encode("gb18030" if encoding == "gbk" else encoding)
    found, rejected, other = read(
        data, Format(encoding=encoding, delimiter=delimiter), limits=ReadLimits(batch_rows=batch_rows), expected=names
    )
    assert rejected == []
    assert [(r["__row"], [r[n] for n in names]) for r in found] == [
        (number, row) for number, row in enumerate(rows, 2) if number in {r["__row"] for r in found}
    ]
    assert len(found) + other == len(rows) + 1
    kept = {r["__row"] for r in found}
    assert all(not any(cell.strip() for cell in row) for number, row in enumerate(rows, 2) if number not in kept)


@given(st.lists(st.binary(max_size=20), max_size=12), st.sampled_from(["utf-8", "gb18030", "ascii", "big5"]))
@example([b"1,2", b"", b"\xff,3", b"4", b"5,\x81"], "gb18030")
def test_every_line_is_read_or_rejected_or_blank(lines, encoding):
    body = b"\n".join(lines)
    assume(not body.startswith(b"\n"))
    data = b"a,b\n" + body
    rows, rejected, other = read(data, Format(encoding=encoding, quote=""), limits=ReadLimits(batch_rows=3))
    physical = [line for line in re.split(rb"\r\n|\n|\r", data)]
    if physical[-1] == b"":
        physical.pop()
    assert len(rows) + len(rejected) + other == len(physical)
    numbers = [r["__row"] for r in rows] + [r["row"] for r in rejected]
    assert len(set(numbers)) == len(numbers)
    assert all(1 < n <= len(physical) for n in numbers)
    for row in rows:
        assert (row["a"] + "," + row["b"]).encode(encoding, "surrogateescape") == physical[row["__row"] - 1]


@given(
    st.binary(max_size=300),
    st.sampled_from(KINDS),
    st.sampled_from([b"", b"a,b\n1,", b'{"a":', b"[", b"PK\x03\x04", b"\x1f\x8b\x08"]),
)
def test_random_bytes_raise_nothing_but_a_refusal(data, fmt, start):
    count = count_records(io.BytesIO(start + data), "file", fmt)
    assert count >= 0
    try:
        rows, rejected, other = read(start + data, fmt)
    except UnreadableFile as refused:
        assert str(refused).startswith("file")
        assert refused.reason
    else:
        assert len(rows) + len(rejected) + other >= 0


@given(st.binary(max_size=200), st.sampled_from(['"', ""]))
def test_quotes_never_lose_a_line(data, quote):
    whole = b"a,b\n" + data
    try:
        rows, rejected, other = read(whole, Format(quote=quote))
    except UnreadableFile:
        return
    # A quoted line break joins lines; every character of every line is still in some cell or record.
    text = "".join(r["a"] + r["b"] for r in rows) + "".join(r["record"] for r in rejected)
    letters = re.sub(rb"[^a-zA-Z0-9]", b"", data)
    kept = re.sub(r"\\x[0-9a-f]{2}", "", text)
    assert len(re.sub(r"[^a-zA-Z0-9]", "", kept)) == len(letters)
    assert other >= 1


def _workbook() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for i in range(6):
        sheet.write_row(i, 0, ["a", "b"] if i == 0 else [i, f"x{i}"])
    book.close()
    return out.getvalue()


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


CSV = b"a,b\n" + b"".join(b"%d,x%d\n" % (i, i) for i in range(200))
WHOLE = {
    "gzip": (gzip.compress(CSV, mtime=0), Format()),
    "zip": (_zip({"one.csv": CSV}), Format()),
    "xlsx": (_workbook(), Format(kind="xlsx")),
    "json": (json.dumps([{"a": i, "b": {"c": "甲"}} for i in range(20)]).encode(), Format(kind="json")),
}


@pytest.mark.parametrize("kind", WHOLE)
@given(st.data())
def test_a_truncated_container_is_refused_and_never_half_used(kind, data):
    whole, fmt = WHOLE[kind]
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(UnreadableFile):
        read(whole[:cut], fmt, expected=["a"])
    assert 0 <= count_records(io.BytesIO(whole[:cut]), "file", fmt) <= 200


@pytest.mark.parametrize("kind", WHOLE)
@given(st.data())
def test_a_flipped_byte_raises_nothing_but_a_refusal(kind, data):
    whole, fmt = WHOLE[kind]
    place = data.draw(st.integers(0, len(whole) - 1))
    bad = bytearray(whole)
    bad[place] ^= data.draw(st.integers(1, 255))
    try:
        rows, rejected, _ = read(bytes(bad), fmt)
    except UnreadableFile:
        return
    assert len(rows) + len(rejected) <= 200


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30))
@example("../x.csv")
@example("/x.csv")
@example("a/../../x.csv")
@example("..\\x.csv")
@example("C:\\x.csv")
@example("a/b/x.csv")
def test_a_member_that_would_leave_its_folder_is_refused(name):
    try:
        data = _zip({name: b"a,b\n1,2\n"})
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            stored = archive.infolist()[0].orig_filename
    except (ValueError, IndexError):
        return
    parts = stored.replace("\\", "/").split("/")
    unsafe = ".." in parts or parts[0] == "" or re.match("[A-Za-z]:", stored)
    try:
        rows, _, _ = read(data, Format())
    except UnreadableFile as refused:
        assert not unsafe or "zip slip" in refused.reason
    else:
        assert not unsafe
        assert rows == [{"a": "1", "b": "2", "__row": 2}]


JSON_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(st.dictionaries(TEXT, JSON_VALUE, max_size=4), max_size=6), st.sampled_from(["json", "ndjson"]))
def test_json_records_are_all_read_or_rejected(records, kind):
    if kind == "json":
        data = json.dumps({"data": {"list": records}}, ensure_ascii=False).encode()
        rows, rejected, other = read(data, Format(kind="json", records="data.list"))
    else:
        data = "\n".join(json.dumps(r) for r in records).encode()
        assume(data)
        rows, rejected, other = read(data, Format(kind="ndjson"))
    assert len(rows) + len(rejected) + other == len(records)
    for row in rows:
        for key, value in records[row["__row"] - 1].items():
            if isinstance(value, str) and "." not in key:
                assert row[key] == value
            elif isinstance(value, float | int) and not isinstance(value, bool) and "." not in key:
                assert row[key] == json.dumps(value)


@given(st.lists(st.floats(-1e9, 1e9).map(lambda v: round(v, 6)), min_size=1, max_size=20))
def test_a_workbook_number_reads_as_it_was_typed(values):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write(0, 0, "value")
    for i, value in enumerate(values, 1):
        sheet.write_number(i, 0, value)
    book.close()
    rows, rejected, other = read(out.getvalue(), Format(kind="xlsx"))
    assert (rejected, other) == ([], 1)
    assert [float(r["value"]) for r in rows] == values
    # At most six decimals were typed; zero may have lost its sign.
    assert all(len(r["value"].partition(".")[2]) <= 6 for r in rows if abs(float(r["value"])) >= 1e-3)
