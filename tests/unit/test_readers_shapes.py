"""Files of further shapes and kinds: what their rows are, what is named outside them, and hostile ones.

Here belong single files through `read_rows`. Not here: what spread rows mean (test_cleaning_spread.py).
"""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from decimal import Decimal

import polars as pl
import pyarrow as pa
import pytest
from pyarrow import parquet

from sources.config.model import Fact, Format
from sources.readers import ReadLimits, UnreadableFile, close_readers, count_records, read_rows


@pytest.fixture(scope="module", autouse=True)
def readers():
    yield
    close_readers()


def frames(data: bytes, fmt: Format, name: str = "f.dat", **more) -> list[pl.DataFrame]:
    return [b.frame for b in read_rows(io.BytesIO(data), name, fmt, **more)]


def rows(data: bytes, fmt: Format, **more) -> list[tuple]:
    return [row for frame in frames(data, fmt, **more) for row in frame.rows()]


def refusal(data: bytes, fmt: Format, **more) -> str:
    with pytest.raises(UnreadableFile) as caught:
        rows(data, fmt, **more)
    return str(caught.value)


# Delimited text


def test_comments_are_no_rows_and_the_numbers_of_rows_count_them():
    data = b'# "open\n#\na,b\n# c\n1,2\n#,\n3,4\n'
    (batch,) = read_rows(io.BytesIO(data), "f.csv", Format(comment=("#",)))
    assert batch.frame.rows() == [("1", "2", 5), ("3", "4", 7)]
    assert batch.rows_other == 5


def test_equal_names_are_numbered_or_called_by_their_position():
    data = b"v,s,w,s\n1,A,2,B\n"
    assert frames(data, Format(doubled="number"), expected=("s", "s (2)"))[0].columns == [
        "v",
        "s",
        "w",
        "s (2)",
        "__row",
    ]
    named = Format(names={"4": "s of w"})
    assert frames(data, named, expected=("s", "s of w"))[0].rows() == [("1", "A", "2", "B", 2)]
    said = refusal(data, Format(), expected=("s",))
    assert "'s' twice, at positions 2 and 4" in said and 'doubled = "number"' in said
    assert "names calls position 9" in refusal(data, Format(names={"9": "x"}))


def test_merged_cells_are_filled_down_across_batches_and_not_from_file_to_file():
    data = b"a,b\nx,1\n,2\n ,3\ny,4\n,5\n"
    fmt = Format(fill_down=("a",))
    assert [r[0] for r in rows(data, fmt, limits=ReadLimits(batch_rows=2))] == ["x", "x", "x", "y", "y"]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("1.csv", data)
        archive.writestr("2.csv", b"a,b\n,6\n")
    assert [r[0] for r in rows(out.getvalue(), fmt)] == ["x", "x", "x", "y", "y", ""]


def test_facts_come_from_names_paths_members_and_titles():
    facts = (
        Fact("name", r"_(?P<day>\d+)\."), Fact("path", "^in/(?P<site>[^/]+)/"), Fact("title", r"单位：(?P<unit>\S+)"),
        Fact("member", r"(?P<month>\d\d)\.csv"),
    )  # fmt: skip
    fmt = Format(header_row=2, facts=facts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("02.csv", "月报,单位：毫克\na\n1\n")
        archive.writestr("01.csv", "月报,单位：克\na\n2\n")
    (first, second) = frames(out.getvalue(), fmt, "x_20240103.zip", path="in/丙/x_20240103.zip")
    assert first.rows(named=True) == [
        {"a": "2", "__row": 3, "day": "20240103", "site": "丙", "unit": "克", "month": "01"}
    ]
    assert second["month"].to_list() == ["02"] and second["unit"].to_list() == ["毫克"]
    assert "the name 'y.zip' does not match" in refusal(out.getvalue(), fmt, name="y.zip", path="in/a/y.zip")
    assert "gives one" in refusal(b"day\n1\n", Format(facts=(Fact("name", "(?P<day>.)"),))).replace(
        "give one", "gives one"
    )


# JSON


def test_arrays_take_their_names_from_elsewhere_before_or_after_the_rows():
    for data in (b'{"h":["a","b"],"d":{"r":[[1,2],[3],4]}}', b'{"d":{"r":[[1,2],[3],4]},"h":["a","b"]}'):
        fmt = Format(kind="json", records="d.r", records_as="arrays", header="h")
        (batch,) = read_rows(io.BytesIO(data), "f.json", fmt)
        assert batch.frame.rows() == [("1", "2", 1)]
        assert batch.rejected["reason"].to_list() == [
            "the record has 1 values; the header has 2 names", "the record is not an array"
        ]  # fmt: skip
    fields = b'{"fields":[{"name":"a"},{"name":"b"}],"rows":[[1,2]]}'
    named = Format(kind="json", records="rows", records_as="arrays", header="fields.*.name")
    assert frames(fields, named)[0].columns == ["a", "b", "__row"]
    plain = Format(kind="json", records_as="arrays")
    assert frames(b"[[1,2]]", plain)[0].columns == ["column_1", "column_2", "__row"]
    assert "is not in the document" in refusal(b'{"rows":[[1]]}', named)


def test_a_path_goes_through_every_key_and_gives_it_to_a_column():
    data = b'{"s":{"A":{"v":[{"x":1}]},"B":{"n":[]},"C":{"v":[{"x":2},{"x":3}]}}}'
    fmt = Format(kind="json", records="s.{site}.v")
    assert rows(data, fmt) == [("A", "1", 1), ("C", "2", 2), ("C", "3", 3)]
    assert rows(b'[[{"x":1}],[{"x":2}]]', Format(kind="json", records="*")) == [("1", 1), ("2", 2)]
    assert "is not in the document" in refusal(b'{"s":{"A":1}}', fmt)


def test_names_that_come_with_each_part_are_its_own():
    data = b'{"t":[{"r":[[1,2]],"n":["a","b"]},{"n":["b","a"],"r":[[3,4]]}]}'
    fmt = Format(kind="json", records="t.*.r", records_as="arrays", header="t.*.n")
    assert rows(data, fmt, expected=("a", "b")) == [("1", "2", 1), ("4", "3", 2)]


def test_columns_are_arrays_of_one_length():
    data = b'{"h":{"t":["x","y"],"v":[1.50,null],"unit":"mg"}}'
    fmt = Format(kind="json", records="h", records_as="columns")
    assert rows(data, fmt, expected=("t", "v", "unit")) == [("mg", "x", "1.50", 1), ("mg", "y", "", 2)]
    assert "'v' has 1 values and 't' has 2" in refusal(b'{"h":{"t":[1,2],"v":[1]}}', fmt)


def test_deep_json_is_refused_whatever_its_shape():
    deep = b'{"r":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    for shape in ("objects", "arrays", "columns"):
        assert "too deeply" in refusal(deep, Format(kind="json", records="r.*", records_as=shape))


def test_rows_that_wait_for_their_names_are_bounded():
    data = b'{"r":[' + b",".join([b"[1,2]"] * 1000) + b'],"h":["a","b"]}'
    fmt = Format(kind="json", records="r", records_as="arrays", header="h")
    assert len(rows(data, fmt)) == 1000
    assert "put the names first" in refusal(data, fmt, limits=ReadLimits(document_bytes=1000))


# Workbooks and pages


def test_several_sheets_are_read_in_order_and_name_themselves():
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    for name in ("1月", "2月", "说明"):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, [f"标题 {name}"])
        sheet.write_row(1, 0, ["a", "b"])
        sheet.write_row(2, 0, [name, 5])
        sheet.write_row(3, 1, [6])
    book.close()
    fmt = Format(
        kind="xlsx", sheet="*月", header_row=2, fill_down=("a",),
        facts=(Fact("sheet", r"(?P<month>\d+)月"), Fact("title", "(?P<title>标题.*)")),
    )  # fmt: skip
    assert rows(out.getvalue(), fmt) == [
        ("1月", "5", 3, "1", "标题 1月"), ("1月", "6", 4, "1", "标题 1月"),
        ("2月", "5", 7, "2", "标题 2月"), ("2月", "6", 8, "2", "标题 2月"),
    ]  # fmt: skip
    assert count_records(io.BytesIO(out.getvalue()), "f.xlsx", fmt) == 4


PAGE = """<html><body><script>var a = "<table>";</script><table id="t"><tr><th>站</th><th colspan="2">值</th></tr>
<tr><th>站</th><th>a</th><th>b</th></tr><tr><td rowspan="2">丙</td><td>1<br>0</td><td>&lt;2</td></tr>
<tr><td>3</td><td><table><tr><td>inner</td></tr></table></td></tr></table></body></html>"""


def test_tables_of_a_page_also_of_one_that_is_called_xls():
    fmt = Format(kind="html", header_rows=2)
    (frame,) = frames(PAGE.encode(), fmt, "f.xls")
    assert frame.columns == ["站", "值_a", "值_b", "__row"]
    assert frame.rows() == [("丙", "10", "<2", 3), ("丙", "3", "inner", 4)]
    assert 'kind = "html"' in refusal(PAGE.encode(), Format(kind="xlsx"))
    page = PAGE.replace("<html>", '<html><meta charset="gb2312">').encode("gb18030")
    assert 'encoding = "gb2312"' in refusal(page, fmt)
    assert rows(page, Format(kind="html", header_rows=2, encoding="gb2312"))[0][0] == "丙"
    assert "no table '9'; its tables are t, 2" in refusal(PAGE.encode(), Format(kind="html", sheet="9"))
    assert "no table" in refusal(b"<p>gone</p>", fmt)


def test_a_page_of_a_million_cells_is_read_within_its_limits_or_refused():
    page = b"<table><tr><th>a<th>b</tr>" + b"<tr><td>1<td>2</tr>" * 500_000 + b"</table>"
    assert sum(f.height for f in frames(page, Format(kind="html"))) == 500_000
    assert "tags; at most 1,000,000" in refusal(page, Format(kind="html"), limits=ReadLimits(tags=1_000_000))
    wide = b"<table><tr><td colspan=65534>" + b"<td colspan=65534>" * 3000 + b"</table>"
    assert "columns or keys" in refusal(wide, Format(kind="html"))
    tall = b"<table>" + b"<tr><td rowspan=65534>x" * 10_000 + b"</table>"
    assert "more than 100,000 cells" in refusal(tall, Format(kind="html"), limits=ReadLimits(workbook_cells=100_000))


# XML


def test_elements_attributes_and_repetition():
    data = """<?xml version="1.0" encoding="gb2312"?><n:d xmlns:n="u"><n:i id="1"><v>1.50</v>
    <v>2</v><w u="mg">丙</w></n:i><n:i id="2"/><!-- c --><n:j/></n:d>""".encode("gb18030")
    frame = frames(data, Format(kind="xml", records="d.i"))[0]
    assert frame.rows(named=True) == [
        {"@id": "1", "v": '["1.50", "2"]', "w.@u": "mg", "w.#text": "丙", "__row": 1},
        {"@id": "2", "v": "", "w.@u": "", "w.#text": "", "__row": 2},
    ]
    assert "there are 'd', 'd.i', 'd.j'" in refusal(data, Format(kind="xml", records="d.x"))
    assert "not XML" in refusal(data[:-8], Format(kind="xml"))


LAUGHS = b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><d><i>&b;</i></d>'
OUTSIDE = b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d><i>&a;</i></d>'


def test_xml_bombs_and_entities_from_outside_are_refused():
    for data in (LAUGHS, OUTSIDE, LAUGHS.decode().encode("utf-16")):
        assert "entities of its own" in refusal(data, Format(kind="xml"))
    deep = b"<a>" * 100_000 + b"</a>" * 100_000
    assert "too deeply" in refusal(deep, Format(kind="xml"))
    long = b"<d><i>" + b"<v/>" * 2_000 + b"</i></d>"
    assert "tags" in refusal(long, Format(kind="xml"), limits=ReadLimits(tags=1_000))
    assert (
        len(rows(b"<d>" + b"<i><v>1</v></i>" * 20_000 + b"</d>", Format(kind="xml"), limits=ReadLimits(tags=100)))
        == 20_000
    )


# Parquet


def written(frame: pl.DataFrame | pa.Table) -> bytes:
    out = io.BytesIO()
    parquet.write_table(frame.to_arrow() if isinstance(frame, pl.DataFrame) else frame, out)
    return out.getvalue()


def test_values_of_a_parquet_file_as_text():
    at = datetime(2024, 1, 3, 1, 30)
    data = written(
        pl.DataFrame(
            {
                "at": [at, None], "utc": pl.Series([at, at]).dt.replace_time_zone("Asia/Shanghai"),
                "d": [at.date(), None], "n": [Decimal("1.50"), None], "f": pl.Series([0.1, 2.0], dtype=pl.Float32),
                "i": [7, 8], "t": [" x", ""],
                "s": [{"a": 1, "b": ["y"]}, {"a": 2, "b": []}],
            }
        )
    )  # fmt: skip
    first, second = frames(data, Format(kind="parquet"))[0].rows(named=True)
    assert first == {
        "at": "2024-01-03 01:30:00", "utc": "2024-01-02 17:30:00+00:00", "d": "2024-01-03", "n": "1.50", "f": "0.1",
        "i": "7", "t": " x", "s.a": "1", "s.b": '["y"]', "__row": 1,
    }  # fmt: skip
    assert (second["at"], second["n"], second["f"]) == ("", "", "2.0")
    assert "lacks" in refusal(data, Format(kind="parquet"), expected=("zz",)).replace("no record has", "lacks")
    assert 'kind = "parquet"' in refusal(data, Format())
    assert "not a Parquet file" in refusal(b"a,b\n", Format(kind="parquet"))


def test_a_parquet_file_that_declares_absurd_sizes_is_refused():
    data = written(pa.table({"a": pa.array([1] * 3_000_000).dictionary_encode()}))
    assert len(data) < 100_000
    assert "declares 3,000,000 rows" in refusal(data, Format(kind="parquet"), limits=ReadLimits(max_cells=1_000_000))
    good = written(pl.DataFrame({"a": [1, 2]}))
    for broken in (good[:-20] + good[-8:], good[: len(good) // 2] + b"PAR1", good[:4] + b"\xff" * 60 + good[64:]):
        assert "damaged" in refusal(broken, Format(kind="parquet"))
