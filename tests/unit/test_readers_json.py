"""JSON and NDJSON: numbers as written, nested records, and what is wrong with one record or the document.

Here belong single documents. Not here: properties (test_readers_properties.py).
"""

from __future__ import annotations

import io

import pytest

from sources.config.model import Format
from sources.readers import ReadLimits, UnreadableFile, count_records, read_rows

JSON, LINES = Format(kind="json"), Format(kind="ndjson")


def one(data: bytes, fmt: Format, **more):
    (batch,) = read_rows(io.BytesIO(data), "f.json", fmt, **more)
    return batch


def refusal(data: bytes, fmt: Format, **more) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        list(read_rows(io.BytesIO(data), "f.json", fmt, **more))
    return caught.value


def test_cells_are_the_text_that_was_written():
    batch = one(b'[{"a":1.10,"b":{"c":null,"d":true}},{"a":1e5,"e":["x"]},{"a":"007"}]', JSON)
    assert batch.frame.columns == ["a", "b.c", "b.d", "e", "__row"]
    assert batch.frame.rows() == [("1.10", "", "true", "", 1), ("1e5", "", "", '["x"]', 2), ("007", "", "", "", 3)]


def test_the_list_is_found_by_its_path():
    data = b'{"meta":{"data":[]},"data":{"list":[{"a":1}],"x":2},"end":[1]}'
    assert one(data, Format(kind="json", records="data.list")).frame.rows() == [("1", 1)]
    assert "Nearest: 'list'" in refusal(data, Format(kind="json", records="data.lists")).hint


def test_a_wrong_record_is_rejected_alone():
    batch = one(b'[{"a":1},{"a":2,"a":3},4,{"a":"\\ud800"},{"a":5}]', JSON)
    assert batch.frame.rows() == [("1", 1), ("5", 5)]
    assert batch.rejected["row"].to_list() == [2, 3, 4]
    assert "'a' twice" in batch.rejected["reason"][0]


def test_a_wrong_line_is_rejected_alone():
    batch = one(b'{"a":1}\n\nnot json\n{"a":"\xff"}\r\n{"a":2}', LINES)
    assert batch.frame.rows() == [("1", 1), ("2", 5)]
    assert batch.rejected["row"].to_list() == [3, 4]
    assert batch.rejected["value"].to_list() == ["", "\\xff"]
    assert batch.rows_other == 1


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b'[{"a":1},{"a"', "truncated"),
        (b'{"a":[1', "truncated"),
        (b'[{"a":1} {"a":2}]', "',' expected"),
        (b'{"a":1}\n{"a":2}', 'kind = "ndjson"'),
        (b"[" * 100_000, "nested too deeply"),
        (b"3", "not a list of records"),
        (b"   ", "truncated"),
        (b"[{'a':1}]", "not JSON"),
    ],
)
def test_a_broken_document_is_refused(data, says):
    assert says in str(refusal(data, JSON))


def test_expected_columns_must_be_in_some_record():
    assert one(b'[{"a":1},{"b":2}]', JSON, expected=["a", "b"]).frame.height == 2
    refused = refusal(b'[{"aa":1}]', JSON, expected=["a"])
    assert refused.column == "a"
    assert one(b"[]", JSON, expected=["a"]).frame.columns == ["a", "__row"]


def test_a_document_larger_than_a_piece_is_streamed():
    data = b'{"d":[' + b",".join(b'{"i":%d,"t":"%s"}' % (i, b"x" * 50) for i in range(60_000)) + b"]}"
    found = list(read_rows(io.BytesIO(data), "f", Format(kind="json", records="d"), ReadLimits(batch_rows=20_000)))
    assert [b.frame.height for b in found] == [20_000, 20_000, 20_000, 0]
    assert found[2].frame.rows()[-1] == ("59999", "x" * 50, 60_000)


def test_records_before_the_damage_are_counted():
    assert count_records(io.BytesIO(b'[{"a":1},{"a":2},{"a"'), "f", JSON) == 2
    assert count_records(io.BytesIO(b'{"a":1}\n\n{"a'), "f", LINES) == 2
