"""The limits that every reader keeps, and that whatever goes wrong while a file is read costs this file only.

Here belong single files beyond one limit. Not here: archives (test_readers_containers.py), or workbooks that break the
native reader and their neighbours (tests/faults/test_one_file.py).
"""

from __future__ import annotations

import errno
import gzip
import io
import json
from collections.abc import Iterator

import pytest

from sources.config.model import Format
from sources.deliveries import DeliveryDamaged
from sources.readers import ReadLimits, UnreadableFile, count_records, read_rows, refusal_of
from sources.readers.batches import RawBatch
from sources.readers.watch import Watch

CSV, JSON, LINES = Format(), Format(kind="json"), Format(kind="ndjson")


class PanicException(BaseException):
    """As pyo3 raises it: no Exception."""


def read(data: bytes, fmt: Format, **more) -> list[RawBatch]:
    return list(read_rows(io.BytesIO(data), "f", fmt, **more))


def refusal(data: bytes, fmt: Format, **more) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        read(data, fmt, **more)
    return caught.value


def as_json(records: list[dict]) -> bytes:
    return json.dumps(records).encode()


# --- JSON


@pytest.mark.parametrize("fmt", [JSON, LINES])
def test_keys_that_nothing_expects_become_few_columns(fmt: Format) -> None:
    records = [{"site": "A", "leq": str(i), f"k{i:05d}": "1"} for i in range(3000)]
    data = as_json(records) if fmt is JSON else b"\n".join(json.dumps(r).encode() for r in records)
    (batch,) = read(data, fmt, expected=["site", "leq"])
    assert (batch.frame.height, batch.frame.width) == (3000, 2 + ReadLimits().other_keys + 1)
    assert batch.frame["leq"].to_list() == [str(i) for i in range(3000)]


def test_a_mapped_key_that_comes_late_is_kept() -> None:
    records = [{f"k{i}": "1", "site": "A"} for i in range(500)] + [{"site": "B", "leq": "50"}]
    (batch,) = read(as_json(records), JSON, expected=["site", "leq"])
    assert batch.frame["leq"].to_list() == [""] * 500 + ["50"]


@pytest.mark.parametrize("fmt", [JSON, LINES])
def test_a_number_of_five_million_digits_is_rejected_alone(fmt: Format) -> None:
    first, second = b'{"site":"A","leq":' + b"9" * 5_000_000 + b"}", b'{"site":"A","leq":50}'
    data = b"[" + first + b"," + second + b"]" if fmt is JSON else first + b"\n" + second
    (batch,) = read(data, fmt, expected=["site", "leq"])
    assert batch.frame["leq"].to_list() == ["50"]
    (bad,) = batch.rejected.to_dicts()
    assert (bad["row"], bad["column"]) == (1, "leq")
    assert bad["reason"] == "the value has 5,000,000 characters; at most 32,767 are read"
    assert len(bad["value"]) + len(bad["record"]) < 10_000


def test_a_long_number_that_nothing_expects_costs_nothing() -> None:
    (batch,) = read(b'[{"leq":50,"other":' + b"9" * 100_000 + b"}]", JSON, expected=["leq"])
    assert batch.frame.select("leq", "other").rows() == [("50", "")]


def test_a_number_is_handed_on_as_it_is_written() -> None:
    """Its length is cleaning's to judge, which loses that reading only."""
    long = "9" * 4000
    (batch,) = read(f'[{{"leq":{long},"lmax":60.50}}]'.encode(), JSON, expected=["leq", "lmax"])
    assert batch.frame.select("leq", "lmax").rows() == [(long, "60.50")]


@pytest.mark.parametrize("fmt", [JSON, LINES])
def test_a_record_that_is_too_deep_is_rejected_alone(fmt: Format) -> None:
    depth = ReadLimits().max_depth
    deep, fits = '{"a":' + "[" * depth + "]" * depth + "}", '{"a":' + "[" * (depth - 1) + "]" * (depth - 1) + "}"
    data = f"[{deep},{fits}]" if fmt is JSON else f"{deep}\n{fits}"
    (batch,) = read(data.encode(), fmt, expected=["a"])
    assert batch.frame.height == 1
    assert f"more than {depth} levels" in batch.rejected["reason"][0]


def test_many_brackets_side_by_side_are_not_deep() -> None:
    (batch,) = read(b'[{"a":[[1],[2],[3],[4],[5]]}]', JSON, limits=ReadLimits(max_depth=3), expected=["a"])
    assert batch.frame.height == 1


def test_a_record_of_too_many_keys_or_too_long_a_value_is_rejected_alone() -> None:
    limits = ReadLimits(max_keys=5, cell_characters=500)
    records = [{f"k{i}": "1" for i in range(6)}, {"a": "x" * 501}, {"a": "1", "b": "x" * 501}]
    (batch,) = read(as_json(records), JSON, limits=limits, expected=["a"])
    assert batch.frame["a"].to_list() == ["1"]
    assert "6 keys; at most 5" in batch.rejected["reason"][0]
    assert "501 characters; at most 500" in batch.rejected["reason"][1]


def test_a_doubled_key_among_many_is_found_at_once() -> None:
    data = b'[{"x":1,' + b",".join(b'"k%d":1' % i for i in range(60_000)) + b',"k59999":1}]'
    (batch,) = read(data, JSON, expected=["x"])
    assert "'k59999' twice" in batch.rejected["reason"][0]


def test_a_mistake_far_from_the_end_is_no_unfinished_value() -> None:
    data = b"[{'a':1}," + b'{"a":1},' * 1_500_000 + b"]"
    assert refusal(data, JSON, expected=["a"]).reason.startswith("not JSON")


# --- columns, cells, bytes, time


def test_a_header_of_too_many_columns_is_refused() -> None:
    refused = refusal(b",".join(b"c%d" % i for i in range(20_000)) + b"\n1\n", CSV)
    assert "20,000 columns or keys; at most 16,384" in refused.reason
    assert refused.hint


def test_thousands_of_equal_unmapped_names_are_told_apart_at_once() -> None:
    (batch,) = read(b"a" + b",x" * 16_000 + b"\n", CSV, expected=["a"])
    assert batch.frame.columns[:4] == ["a", "x", "x (2)", "x (3)"]


def test_ragged_rows_without_an_end_do_not_fill_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sources.readers.csv_rows._RAGGED_CHARACTERS", 1 << 20)
    refused = refusal(b"a,b\n" + (b"x" * 50_000 + b"\n") * 40, CSV)
    assert "rows in succession" in refused.reason


@pytest.mark.parametrize("fmt", [CSV, JSON])
def test_too_many_cells_refuse_the_file(fmt: Format) -> None:
    data = b"a,b\n" + b"1,2\n" * 100 if fmt is CSV else as_json([{"a": 1, "b": 2}] * 100)
    assert len(read(data, fmt, limits=ReadLimits(max_cells=300))) == 1
    assert "more than 299 cells" in refusal(data, fmt, limits=ReadLimits(max_cells=299)).reason


def test_a_plain_file_keeps_the_limit_on_bytes_too() -> None:
    data = b"a\n" + b"1\n" * 2000
    assert "MiB" in refusal(data, CSV, limits=ReadLimits(max_bytes=1000)).reason


@pytest.mark.parametrize("fmt", [CSV, JSON, LINES])
def test_a_file_that_takes_too_long_is_refused(fmt: Format) -> None:
    refused = refusal(b"a\n1\n", fmt, limits=ReadLimits(seconds=-1.0, seconds_per_mebibyte=0.0))
    assert "takes longer than" in refused.reason and refused.hint
    assert refused.broke


def test_only_the_readers_own_time_counts_and_bytes_buy_more() -> None:
    clock = [0.0]
    watch = Watch(ReadLimits(seconds=10.0, seconds_per_mebibyte=2.0), now=lambda: clock[0])
    clock[0] = 4.0
    assert watch.left() == 6.0
    watch.pause()
    clock[0] = 1000.0
    assert watch.left() == 6.0
    watch.resume()
    watch.count_bytes(3 << 20)
    assert watch.left() == 12.0
    clock[0] = 1013.0
    with pytest.raises(UnreadableFile, match="takes longer"):
        watch.count_bytes(1)


class Measured(io.BytesIO):
    """Counts what is read of it."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self.taken += len(data)
        return data


@pytest.mark.parametrize("fmt", [CSV, JSON, LINES])
def test_zeros_without_an_end_are_neither_read_nor_counted_to_it(fmt: Format) -> None:
    """A gigabyte of them took three minutes: the count put every piece behind all the others."""
    packed = gzip.compress(bytes(32 << 20), 1)
    stream = Measured(packed)
    with pytest.raises(UnreadableFile) as caught:
        list(read_rows(stream, "zeros.gz", fmt, expected=["a"]))
    assert caught.value.hint
    stream.seek(0)
    assert count_records(stream, "zeros.gz", fmt) <= 1
    assert stream.taken < len(packed)


# --- whatever else goes wrong


def test_what_concerns_one_file_and_what_does_not() -> None:
    for error in (ValueError("x"), MemoryError(), RecursionError(), PanicException("boom"), OSError(errno.EIO, "i/o")):
        refused = refusal_of(error)
        assert refused is not None and refused.broke
        assert type(error).__name__ in refused.reason and refused.hint
    for error in (KeyboardInterrupt(), SystemExit(1), GeneratorExit(), OSError(errno.ENOSPC, "no space")):
        assert refusal_of(error) is None


@pytest.mark.parametrize("error", [PanicException("attempt to add with overflow"), MemoryError(), ValueError("what")])
def test_any_failure_of_a_reader_refuses_the_file(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fails(*_: object) -> Iterator[RawBatch]:
        raise error
        yield

    monkeypatch.setattr("sources.readers.csv_rows.csv_rows", fails)
    refused = refusal(b"a\n1\n", CSV)
    assert refused.broke and type(error).__name__ in str(refused) and str(refused).startswith("f: ")


def test_ctrl_c_is_not_the_files_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> Iterator[RawBatch]:
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr("sources.readers.csv_rows.csv_rows", interrupted)
    with pytest.raises(KeyboardInterrupt):
        read(b"a\n1\n", CSV)


def test_a_full_disk_in_any_librarys_words_and_changed_raw_bytes_refuse_no_file() -> None:
    full = RuntimeError("parquet: underlying IO error: No space left on device (os error 28)")
    assert refusal_of(full) is None
    assert refusal_of(DeliveryDamaged("it no longer has the hash of its receipt")) is None
    assert refusal_of(RuntimeError("something else")) is not None
