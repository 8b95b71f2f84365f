"""CSV: every fault named with its row and column, rows numbered, formats honoured.

Here belong single files and the sentence they give. Not here: properties (test_readers_properties.py), archives
(test_readers_containers.py).
"""

from __future__ import annotations

import io

import pytest

from sources.config.model import Format
from sources.readers import ReadLimits, UnreadableFile, count_records, read_rows


def batches(data: bytes, fmt: Format | None = None, **more):
    return list(read_rows(io.BytesIO(data), "f.csv", fmt or Format(), **more))


def rows(data: bytes, fmt: Format | None = None, **more):
    return [r for b in batches(data, fmt, **more) for r in b.frame.rows()]


def rejected(data: bytes, fmt: Format | None = None, **more):
    return [r for b in batches(data, fmt, **more) for r in b.rejected.rows(named=True)]


def refusal(data: bytes, fmt: Format | None = None, **more) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        batches(data, fmt, **more)
    return caught.value


def test_rows_are_numbered_as_in_the_file_and_blank_ones_counted_apart():
    (batch,) = batches(b"a,b\n1,2\n\n,\n \n3,4\n")
    assert batch.frame.rows() == [("1", "2", 2), ("3", "4", 6)]
    assert (batch.rejected.height, batch.rows_other) == (0, 4)


def test_a_ragged_row_is_rejected_alone():
    (found,) = rejected(b"a,b\n1,2\n3\n5,6\n")
    assert found == {
        "row": 3,
        "column": "",
        "value": "",
        "reason": "1 column where the header has 2, so that 'b' is missing: deliver the row with all its columns",
        "record": "3",
    }
    assert rejected(b"a,b\n1,2,3\n")[0]["reason"].startswith("3 columns where the header has 2: put cells that hold")


FIVE = "a,b,c,d,note\n"


@pytest.mark.parametrize(
    ("lines", "kept", "lost"),
    [
        # Every row ends with an empty field, as the header does not.
        (["1,2,3,4,,", "5,6,7,8,n,"], ["1234", "5678n"], []),
        # Excel leaves out empty cells at the end, from some row on or from the first one.
        (["1,2,3,4,n", "5,6,7,8", "9,0,1,2"], ["1234n", "5678", "9012"], []),
        (["1,2,3,4", "5,6,7,8,n", "9,0,1,2"], ["1234", "5678n", "9012"], []),
        (["1,2", "5,6,7,8"], ["12", "5678"], []),
        # Both, in one file, with blanks, quotes and blank rows.
        (['1,2,3,4,"x,y", , ', ",,,,,,", ",", "", '"5",6'], ["1234x,y", "56"], []),
        (["1,2,3,4,n,,,", "1,2,3,4,n,,7", "1"], ["1234n"], [3, 4]),
        (["1,2,3,4,n,6", "1,2,3,4,n,"], ["1234n"], [2]),
        (["1", "2", "3,4"], ["34"], [2, 3]),
    ],
)
def test_empty_fields_too_many_or_too_few_at_the_end_cost_no_row(lines, kept, lost):
    data = (FIVE + "\n".join(lines) + "\n").encode()
    found = batches(data, expected=["a", "b"])
    assert ["".join(r[:-1]) for b in found for r in b.frame.rows()] == kept
    assert [r for b in found for r in b.rejected["row"]] == lost
    assert sum(b.frame.height + b.rejected.height + b.rows_other for b in found) == 1 + len(lines)
    numbers = [r[-1] for b in found for r in b.frame.rows()]
    assert numbers == sorted(numbers) and not set(numbers) & set(lost)


def test_a_column_that_the_mapping_names_may_not_be_left_out():
    (short,) = rejected(FIVE.encode() + b"1,2,3\n1,2,3,4,5\n", expected=["a", "d"])
    assert (short["row"], short["record"]) == (2, "1,2,3")
    assert short["reason"].startswith("3 columns where the header has 5, so that 'd' is missing")


def test_rows_of_another_width_keep_their_numbers_and_bytes_across_blocks():
    def line(i: int) -> bytes:
        return b"%d,x,,\n" % i if i % 3 == 0 else b"%d\n" % i if i % 3 == 1 else b"%d,\xff\n" % i

    data = b"a,b\n" + b"".join(line(i) for i in range(5000))
    found = batches(data, expected=["a"], limits=ReadLimits(batch_rows=100, block_bytes=4096))
    assert all(int(a) == n - 2 for b in found for a, _, n in b.frame.rows())
    assert sum(b.frame.height for b in found) == 3334
    assert [r for b in found for r in b.rejected["row"]] == [i + 2 for i in range(5000) if i % 3 == 2]


def test_more_rows_of_another_width_than_are_refused_otherwise():
    data = b"a,b\n" + b"1,x\n" * 40_000 + b"2\n" * 110_000 + b"3,x\n"
    found = batches(data, expected=["a"])
    assert sum(b.frame.height for b in found) == 150_001


def test_a_row_that_does_not_decode_is_rejected_alone_and_escaped():
    data = "a,b\n1,甲\n".encode() + b"2,\xc4\xfa\n3,x\n"
    assert rows(data) == [("1", "甲", 2), ("3", "x", 4)]
    (found,) = rejected(data)
    assert (found["row"], found["column"], found["value"]) == (3, "b", "\\xc4\\xfa")
    assert "utf-8" in found["reason"]


def test_a_ragged_row_that_does_not_decode_is_rejected_too():
    assert [r["row"] for r in rejected(b"a,b\n\xff\n1,2\n\xfe,\xfe,\xfe\n")] == [2, 4]


def test_a_file_of_another_width_is_refused_instead_of_filling_memory():
    refused = refusal(b"a,b,c\n1,2,3\n" + b"4,5\n" * 100_001)
    assert refused.row == 3
    assert "100000 rows in succession" in refused.reason


def test_a_header_that_does_not_decode_names_the_encoding_that_would():
    refused = refusal("甲,b\n1,2\n".encode("gb18030"))
    assert refused.row == 1
    assert 'encoding = "gb18030"' in refused.hint
    assert "does not decode as utf-8" in refused.reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "big5"])
def test_encodings(encoding):
    assert rows("地點,b\n一,|\n".encode("gb18030" if encoding == "gbk" else encoding), Format(encoding=encoding)) == [
        ("一", "|", 2)
    ]


def test_a_byte_order_mark_wins_over_the_declared_encoding():
    assert rows("甲\n一\n".encode("utf-8-sig"), Format(encoding="gbk")) == [("一", 2)]
    assert rows("甲\n一\n".encode("utf-16"), Format(encoding="utf-8")) == [("一", 2)]


def test_a_bar_inside_a_gbk_character_is_no_delimiter():
    text = "甲|乙\n" + "".join(chr(c) for c in range(0x4E00, 0x4E80)) + "|2\n"
    assert rows(text.encode("gb18030"), Format(encoding="gbk", delimiter="|"))[0][1] == "2"


def test_a_wrong_delimiter_names_the_right_one():
    refused = refusal(b"site;time;ph\n1;2;3\n", expected=["site", "ph"])
    assert (refused.row, refused.column) == (1, "site")
    assert "delimiter" in refused.reason
    assert 'delimiter = ";"' in refused.hint
    assert '"\\t"' in refusal(b"a\tb\n", expected=["a", "b"]).hint


def test_a_missing_column_names_the_nearest_header():
    refused = refusal(b"site,time,nh3n_mg\n", expected=["site", "nh3-n"])
    assert (refused.row, refused.column) == (1, "nh3-n")
    assert "'nh3n_mg'" in refused.hint


def test_extra_columns_are_ignored_or_refused_as_declared():
    assert rows(b"a,b,c\n1,2,3\n", expected=["a"]) == [("1", "2", "3", 2)]
    refused = refusal(b"a,b,c\n", Format(extra_columns="refuse"), expected=["a", "c"])
    assert (refused.row, refused.column) == (1, "b")


def test_a_doubled_header_is_refused_with_its_positions():
    refused = refusal(b"a,b,a\n1,2,3\n", expected=["a"])
    assert (refused.row, refused.column) == (1, "a")
    assert "1 and 3" in refused.reason
    assert batches(b"a,b,a\n1,2,3\n", expected=["b"])[0].frame.columns == ["a", "b", "a (2)", "__row"]


def test_columns_without_a_name_are_named_by_position():
    assert batches(b"\t x \t\n1\t2\t3\n", Format(delimiter="\t"))[0].frame.columns == [
        "column_1",
        "x",
        "column_3",
        "__row",
    ]


def test_a_column_may_not_take_the_name_of_the_row_number():
    assert "kept for row numbers" in refusal(b"a,__row\n1,2\n").reason


def test_title_rows_merged_header_and_footer():
    text = '2021年,,\n点位,"昼间\n均值",\n,Leq,L10\n甲,1,2\n合计,3,4\n注：完\n'
    fmt = Format(header_row=2, header_rows=2, skip_footer=("合计", "注"))
    (batch,) = batches(text.encode(), fmt)
    assert batch.frame.columns == ["点位", "昼间 均值_Leq", "昼间 均值_L10", "__row"]
    assert batch.frame.rows() == [("甲", "1", "2", 4)]
    assert (batch.rejected.height, batch.rows_other) == (0, 5)


def test_names_that_polars_would_expand_are_plain_names():
    data = b"*,^a$,ab\n,,\nx,,\xff\nsum,,\n,y,z\n"
    (batch,) = batches(data, Format(skip_footer=("sum",)))
    assert batch.frame.rows() == [("", "y", "z", 5)]
    assert batch.rejected["column"].to_list() == ["ab"]
    assert batch.rows_other == 3


def test_a_blank_or_missing_header_row():
    assert refusal(b"\na,b\n").row == 1
    assert "header_row" in refusal(b"title\n", Format(header_row=3)).hint


@pytest.mark.parametrize(("data", "says"), [(b"", "0 bytes"), (b"\n\n", "blank")])
def test_nothing_in_the_file(data, says):
    assert says in str(refusal(data))


@pytest.mark.parametrize("data", [b"a,b\n", b"a,b", b"\xef\xbb\xbfa,b\r\n"])
def test_a_header_alone_gives_one_empty_batch(data):
    (batch,) = batches(data, expected=["a", "b"])
    assert (batch.frame.height, batch.frame.columns, batch.rows_other) == (0, ["a", "b", "__row"], 1)


def test_a_quoted_line_break_does_not_start_a_row():
    assert rows(b'a,b\n1,"x\ny"\n2,z\n') == [("1", "x\ny", 2), ("2", "z", 3)]


@pytest.mark.parametrize("opened", [b'3,"x', b'3,"x,y'])
def test_lines_swallowed_by_an_open_quote_are_rejected_one_by_one(opened):
    data = b"a,b\n1,2\n" + opened + b"\n4,5\n\n6,7\n"
    (batch,) = batches(data)
    assert batch.frame.rows() == [("1", "2", 2)]
    assert batch.rejected["row"].to_list() == [3, 4, 6]
    assert set(batch.rejected["reason"]) == {"a quote opened in row 3 is never closed"}
    assert batch.rows_other == 2


def test_a_quote_that_closes_lines_later_refuses_the_file():
    refused = refusal(b'a,b\n1,2\n3,"x\n4,5\n6,"7"\n8,9\n')
    assert refused.row == 2 or refused.row == 3
    assert 'quote = ""' in refused.hint


def test_quotes_may_be_plain_characters():
    assert rows(b'a,b\n1,5" pipe\n"2,x\n', Format(quote="")) == [("1", '5" pipe', 2), ('"2', "x", 3)]


def test_a_formula_is_text():
    assert rows(b"a,b\n=1+1,@SUM(A1)\n") == [("=1+1", "@SUM(A1)", 2)]


def test_any_line_end():
    assert [r[-1] for r in rows(b"a,b\r1,2\r3,4\r\n5,6\n")] == [2, 3, 4]


def test_batches_are_small_and_rows_stay_numbered_across_blocks():
    data = b"a,b\n" + b"".join(b"%d,x\n" % i if i % 7 else b"ragged\n" for i in range(5000))
    found = batches(data, limits=ReadLimits(batch_rows=100, block_bytes=4096))
    assert max(b.frame.height for b in found) <= 100
    assert sum(b.frame.height + b.rejected.height + b.rows_other for b in found) == 5001
    assert all(int(a) == n - 2 for b in found for a, _, n in b.frame.rows())
    assert all(b.rejected["row"].is_in([i + 2 for i in range(0, 5000, 7)]).all() for b in found)


def test_a_row_longer_than_the_limit_is_refused_with_its_place():
    data = b'a,b\n1,2\n3,"' + b"x\n" * 5000 + b'"\n'
    refused = refusal(data, limits=ReadLimits(block_bytes=1024))
    assert refused.row >= 2
    assert "quote" in refused.hint


def test_count_of_a_refused_file_leaves_titles_blanks_and_footers_out():
    fmt = Format(header_row=2, skip_footer=("sum",))
    assert count_records(io.BytesIO(b"title\na;b\n1;2\n\n3;4\r\nsum;6"), "f.csv", fmt) == 2


def test_a_message_cannot_steer_a_terminal():
    assert "\x1b" not in str(refusal(b"a\x1b[2J,b\n", expected=["a"]))
