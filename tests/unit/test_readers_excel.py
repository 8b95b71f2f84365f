"""Workbooks: cells as a person reads them, titles, merged headers, sheets, guards.

Here belong workbooks made for one point. Not here: archives around them (test_readers_containers.py).
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable

import pytest
import xlsxwriter

from sources.config.model import Format
from sources.readers import ReadLimits, UnreadableFile, count_records, read_rows


def workbook(fill: Callable, sheets: tuple[str, ...] = ("Sheet1",)) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    for name in sheets:
        fill(book, book.add_worksheet(name))
    book.close()
    return out.getvalue()


def plain(book, sheet):
    sheet.write_row(0, 0, ["a", "b"])
    sheet.write_row(1, 0, [1, sheet.name])


def one(data: bytes, fmt: Format, **more):
    (batch,) = read_rows(io.BytesIO(data), "f.xlsx", fmt, **more)
    return batch


def refusal(data: bytes, fmt: Format, **more) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        list(read_rows(io.BytesIO(data), "f.xlsx", fmt, **more))
    return caught.value


def test_cells_read_as_a_person_sees_them():
    def fill(book, sheet):
        stamp = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        clock = book.add_format({"num_format": "hh:mm"})
        sheet.write_row(0, 0, list("abcdefgh"))
        sheet.write_number(1, 0, 0.1 + 0.2)
        sheet.write_number(1, 1, 7)
        sheet.write_datetime(1, 2, dt.datetime(2021, 4, 1, 8, 5), stamp)
        sheet.write_datetime(1, 3, dt.time(8, 30), clock)
        sheet.write_string(1, 4, "=1+1")
        sheet.write_formula(1, 5, "=1+1", None, 2)
        sheet.write_formula(1, 6, "=1/0", None, "#DIV/0!")
        sheet.write_string(1, 7, "007")

    cells = one(workbook(fill), Format(kind="xlsx")).frame.rows()[0]
    assert cells == ("0.3", "7", "2021-04-01 08:05:00", "08:30:00", "=1+1", "2", "#DIV/0!", "007", 2)


def test_titles_merged_headers_blank_rows_and_footers():
    def fill(book, sheet):
        sheet.merge_range(0, 0, 0, 2, "年报")
        sheet.merge_range(2, 0, 3, 0, "点位")
        sheet.merge_range(2, 1, 2, 2, "结果")
        sheet.write_row(3, 1, ["Leq", "L10"])
        sheet.write_row(4, 0, ["甲", 50.1, 53])
        sheet.write_row(6, 0, ["乙", 51, 54])
        sheet.write_row(7, 0, ["填表人：张"])

    batch = one(workbook(fill), Format(kind="xlsx", header_row=3, header_rows=2, skip_footer=("填表",)))
    assert batch.frame.columns == ["点位", "结果_Leq", "结果_L10", "__row"]
    assert batch.frame.rows() == [("甲", "50.1", "53", 5), ("乙", "51", "54", 7)]
    assert batch.rows_other == 6


def test_a_sheet_is_found_by_name_or_number():
    data = workbook(plain, ("一月", "二月"))
    assert one(data, Format(kind="xlsx")).frame.rows() == [("1", "一月", 2)]
    assert one(data, Format(kind="xlsx", sheet="二月")).frame.rows() == [("1", "二月", 2)]
    assert one(data, Format(kind="xlsx", sheet="2")).frame.rows() == [("1", "二月", 2)]
    assert "一月, 二月" in refusal(data, Format(kind="xlsx", sheet="三月")).reason


def test_headers_are_judged_as_in_any_format():
    refused = refusal(workbook(plain), Format(kind="xlsx"), expected=["a", "bb"])
    assert (refused.row, refused.column) == (1, "bb")
    assert "header_row" in refusal(workbook(plain), Format(kind="xlsx", header_row=9)).hint


def test_no_workbook_at_all():
    assert 'kind = "csv"' in refusal(b"a,b\n1,2\n", Format(kind="xlsx")).hint
    assert "web page" in refusal(b"<html><table>", Format(kind="xlsx")).reason
    assert "cannot be read" in refusal(b"\xd0\xcf\x11\xe0" + bytes(600), Format(kind="xlsx")).reason
    assert 'kind = "xlsx"' in refusal(workbook(plain), Format()).hint


def test_a_bomb_is_refused_before_it_is_read():
    def fill(book, sheet):
        for i in range(3000):
            sheet.write_row(i, 0, ["x" * 100] * 4)

    data = workbook(fill)
    assert "bomb" in refusal(data, Format(kind="xlsx"), limits=ReadLimits(workbook_bytes=100_000)).reason


def test_count_of_a_refused_workbook():
    assert count_records(io.BytesIO(workbook(plain)), "f.xlsx", Format(kind="xlsx")) == 1
    assert count_records(io.BytesIO(workbook(plain)[:-40]), "f.xlsx", Format(kind="xlsx")) == 0
