"""gzip and zip: what is unpacked, what is refused as unsafe, and what happens to a damaged archive.

Here belong containers. Not here: the formats inside.
"""

from __future__ import annotations

import gzip
import io
import stat
import zipfile

import pytest

from sources.config.model import Format
from sources.readers import ReadLimits, UnreadableFile, count_records, read_rows

CSV = b"a,b\n1,2\n3,4\n"


def packed(members: dict[str, bytes], **info) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            for key, value in info.items():
                setattr(entry, key, value)
            archive.writestr(entry, content)
    return out.getvalue()


def read(data: bytes, fmt: Format | None = None, **more):
    return [r for b in read_rows(io.BytesIO(data), "f", fmt or Format(), **more) for r in b.frame.rows()]


def refusal(data: bytes, fmt: Format | None = None, **more) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read(data, fmt, **more)
    return str(caught.value)


def test_gzip_and_zip_are_recognised_by_their_bytes():
    assert read(gzip.compress(CSV)) == read(packed({"x.csv": CSV})) == read(CSV)
    assert read(gzip.compress(CSV[:8]) + gzip.compress(CSV[8:])) == read(CSV)


def test_members_come_in_name_order_numbered_through_and_litter_is_left_out():
    data = packed({"b.csv": b"a,b\n5,6\n", "a.csv": CSV, "__MACOSX/._a.csv": b"\0", ".DS_Store": b"\0", "d/": b""})
    assert read(data) == [("1", "2", 2), ("3", "4", 3), ("5", "6", 5)]


def test_only_matching_members_are_read():
    data = packed({"in/data_1.csv": CSV, "readme.txt": b"hello"})
    assert len(read(data, Format(members="*.csv"))) == 2
    assert "inside: in/data_1.csv, readme.txt" in refusal(data, Format(members="*.tsv"))


def test_a_member_named_in_gbk_without_the_utf8_bit_is_matched_by_its_name():
    name = "数据.csv"
    raw = name.encode("gbk").decode("cp437")
    data = packed({raw: CSV})
    data = data.replace(raw.encode(), name.encode("gbk").ljust(len(raw.encode()), b"_"))
    # The same archive with the UTF-8 bit off, as Chinese software writes it.
    out = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        out[out.index(mark) + offset + 1] &= 0xF7
    with zipfile.ZipFile(io.BytesIO(bytes(out))) as archive:
        assert not archive.infolist()[0].flag_bits & 0x800
    assert len(read(bytes(out), Format(members="数据.csv*"))) == 2


@pytest.mark.parametrize(
    "name", ["../../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "..\\evil.csv", "C:\\evil.csv"]
)
def test_zip_slip_is_refused_by_name(name):
    said = refusal(packed({"ok.csv": CSV, name: CSV}))
    assert "zip slip" in said
    assert "evil.csv" in said


def test_links_nested_archives_and_encryption_are_refused():
    assert "symbolic link" in refusal(packed({"l.csv": b"/etc/passwd"}, external_attr=(stat.S_IFLNK | 0o777) << 16))
    assert "another archive" in refusal(packed({"in.zip": packed({"x.csv": CSV})}))
    assert "another archive" in refusal(packed({"x.csv": packed({"x.csv": CSV})}))
    assert "another archive" in refusal(gzip.compress(gzip.compress(CSV)))
    locked = bytearray(packed({"x.csv": CSV}))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    locked[6] |= 1
    assert "encrypted" in refusal(bytes(locked))


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: packed({"bomb.csv": data})])
def test_bombs_are_refused(pack):
    lines = CSV + b"1,2\n" * 5_000_000
    assert len(lines) > ReadLimits().ratio_from
    assert "bomb" in refusal(pack(lines))
    assert "bomb" in refusal(pack(lines[:2_000_000]), limits=ReadLimits(max_bytes=1 << 20, max_ratio=10_000))


def test_a_zip_of_too_many_members_is_refused():
    assert "3 members" in refusal(packed(dict.fromkeys("abc", CSV)), limits=ReadLimits(max_members=2))


def test_an_empty_member_or_stream_is_refused():
    assert "0 bytes" in refusal(packed({"x.csv": b""}))
    assert "0 bytes" in refusal(gzip.compress(b""))
    assert "inside: nothing" in refusal(packed({}))


@pytest.mark.parametrize(
    ("start", "says"), [(b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a", "RAR"), (b"%PDF-1.7", "PDF"), (b"PAR1", "Parquet")]
)
def test_other_kinds_are_named(start, says):
    assert says in refusal(start + bytes(100))


def test_a_truncated_gzip_is_refused_and_its_records_counted():
    data = gzip.compress(CSV + b"".join(b"%d,x\n" % i for i in range(100_000)))
    cut = data[: len(data) // 2]
    assert "truncated" in refusal(cut)
    assert 40_000 < count_records(io.BytesIO(cut), "f", Format()) < 60_000


def test_a_wrong_checksum_refuses_the_file():
    data = bytearray(gzip.compress(CSV))
    data[-8] ^= 1
    assert "damaged" in refusal(bytes(data))


def test_a_stream_that_cannot_seek_is_read_too():
    class Pipe(io.RawIOBase):
        def __init__(self, data):
            self._data = io.BytesIO(data)

        def readable(self):
            return True

        def seekable(self):
            return False

        def read(self, size=-1):
            return self._data.read(size)

    (batch,) = read_rows(Pipe(packed({"x.csv": CSV})), "f", Format())
    assert batch.frame.height == 2
