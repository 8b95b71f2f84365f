"""Raw bytes are stored once; each (source, offer, delivered_at) is a delivery; what did not finish is not there."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from sources.registry.read_registry import registry
from tests.unit.warehouse_kit import AS_OF, fill_lake, land, offer, source
from warehouse.lake.intact import everything
from warehouse.lake.lake import Lake, open_lake
from warehouse.lake.landing import raw_paths
from warehouse.paths import DataDir

# What a receipt of the layout before did not say.
NEW_FIELDS = ("offered_path", "source_path", "adopted_from", "raw_file")


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path / "data").prepare()


@pytest.fixture
def lake(data: DataDir):
    with open_lake(data, registry()) as opened:
        yield opened


def files(data: DataDir) -> dict[str, bytes]:
    return {p.relative_to(data.raw).as_posix(): p.read_bytes() for p in data.raw.rglob("*") if p.is_file()}


def test_bytes_and_receipt_are_under_their_hash(lake: Lake, data: DataDir) -> None:
    landed = lake.land(offer("a b.csv", day=21), io.BytesIO(b"x" * 3_000_000), source())
    sha256 = hashlib.sha256(b"x" * 3_000_000).hexdigest()
    assert landed.new and landed.receipt.sha256 == sha256 and landed.receipt.size_bytes == 3_000_000
    folder = data.raw / "air" / "2026-11-21"
    note = f"{landed.receipt.delivery_id}.receipt.json"
    assert {p.name for p in folder.iterdir()} == {f"{sha256}.csv", note}
    assert (folder / f"{sha256}.csv").stat().st_mode & 0o777 == 0o444
    receipt = json.loads((folder / note).read_bytes())
    assert receipt == landed.receipt.as_dict()
    assert receipt["raw_file"] == f"air/2026-11-21/{sha256}.csv"
    assert receipt["owner"] == registry().feeds["air"].owner
    assert lake.as_of() is not None and lake.as_of().date().isoformat() == "2026-11-21"
    (delivery,) = lake.deliveries("air")
    with delivery.open() as stream:
        assert stream.read() == b"x" * 3_000_000
    assert not lake.needs_repair


def test_the_bytes_of_the_last_state_are_no_delivery_but_the_offer_is_remembered(lake: Lake, data: DataDir) -> None:
    first, touched = offer("a.csv", day=1), offer("a.csv", day=2, etag="2")
    lake.land(first, io.BytesIO(b"same"), source())
    stored = files(data)
    assert lake.unseen([first, touched]) == [touched]
    landed = lake.land(touched, io.BytesIO(b"same"), source())
    assert not landed.new and landed.receipt.delivered_at[:10] == "2026-11-01"
    assert {k: v for k, v in files(data).items() if "offers" not in k} == {
        k: v for k, v in stored.items() if "offers" not in k
    }
    assert lake.unseen([first, touched]) == [first]


def test_the_same_bytes_of_another_offer_source_or_feed_are_deliveries_of_their_own(lake: Lake, data: DataDir) -> None:
    made = [
        land(lake, "a.csv", b"same"),
        land(lake, "renamed.csv", b"same", day=2),
        land(lake, "a.csv", b"same", source_id="second"),
        land(lake, "a.csv", b"same", feed="noise"),
    ]
    assert len(set(made)) == 4
    assert len([name for name in files(data) if name.endswith(".csv")]) == 1
    for delivery in (*lake.deliveries("air"), *lake.deliveries("noise")):
        with delivery.open() as stream:
            assert stream.read() == b"same"
    before = lake.index.dump()
    lake.reconcile()
    assert lake.index.dump() == before


def test_earlier_bytes_put_back_at_one_path_are_offered_and_win(lake: Lake) -> None:
    """A, B, A with the file's own old time: the third state is a delivery, later than the second."""
    first, second = offer("a.csv", day=1, etag="1"), offer("a.csv", day=2, etag="2")
    landing = AS_OF.replace(tzinfo=lake.zone)
    for offered, content in ((first, b"A"), (second, b"B"), (first, b"A")):
        assert lake.unseen([offered]) == [offered]
        assert lake.land(offered, io.BytesIO(content), source(), landing).new
    found = [(d.receipt.delivered_at[:10], d.receipt.delivered_at_source) for d in lake.deliveries("air")]
    assert found == [("2026-11-01", "file name"), ("2026-11-02", "file name"), ("2026-11-22", "landing")]
    before = lake.index.dump()
    lake.reconcile()
    assert lake.index.dump() == before


def test_a_changed_file_under_a_dated_name_comes_after_the_state_it_replaced(lake: Lake) -> None:
    """The landing time does not help where it lies before the name's date: then just after it."""
    early = AS_OF.replace(tzinfo=lake.zone, month=10)
    with lake.batch():
        for content in (b"A", b"B"):
            lake.land(offer("a.csv", day=1), io.BytesIO(content), source(), early)
    first, second = (d.receipt for d in lake.deliveries("air"))
    assert (second.moment - first.moment).total_seconds() == 1e-6


def test_a_batch_stores_bytes_once_and_every_delivery(lake: Lake, data: DataDir) -> None:
    with lake.batch():
        news = [lake.land(offer(f"{n}.csv"), io.BytesIO(b"%d" % (n % 3)), source()).new for n in range(6)]
    assert news == [True] * 6
    assert len(lake.deliveries("air")) == 6
    assert len([name for name in files(data) if name.endswith(".csv")]) == 3
    assert lake.unseen([offer(f"{n}.csv") for n in range(7)]) == [offer("6.csv")]


def test_a_source_that_names_another_folder_does_not_land_its_files_again(lake: Lake) -> None:
    before, after = (replace(offer(name), offered_path="in/40/a.csv") for name in ("a.csv", "40/a.csv"))
    assert lake.land(before, io.BytesIO(b"a"), source()).new
    assert not lake.land(after, io.BytesIO(b"a"), source()).new
    assert lake.unseen([before, after]) == []


def test_a_data_directory_of_the_layout_before_is_migrated(lake: Lake, data: DataDir) -> None:
    """Receipts were named by SHA-256 and known bytes had none; each day had a file, which counted by SHA-256."""
    first, _ = fill_lake(lake)
    receipt = lake.deliveries("air")[0].receipt
    old = {k: v for k, v in receipt.as_dict().items() if k not in NEW_FIELDS}
    raw_file, note = raw_paths(data, receipt)
    note.unlink()
    raw_file.with_name(f"{receipt.sha256}.receipt.json").write_text(json.dumps(old))
    with data.offers_file("air").open("a") as stream:
        dropped = {"source_id": "second", "offer_id": "one.csv", "etag": "1", "sha256": receipt.sha256}
        stream.write(json.dumps(dropped) + "\n")
    folder = data.clean_partition("clean_air", "day", "2026-11-01")
    data.clean_partition("clean_air", "month", "2026-11").rename(folder)
    sidecar = json.loads((folder / "part-0.sidecar.json").read_bytes())
    sidecar["deliveries"] = {receipt.sha256: sidecar.pop("partitions")["2026-11-01"]["deliveries"][first]}
    (folder / "part-0.sidecar.json").write_text(json.dumps(sidecar))
    (data.quarantine / "air" / f"{receipt.sha256}.parquet").write_bytes(b"")
    lake.close()
    # `doctor` looks at such a directory before anything migrates it.
    assert list(everything(data, registry(), None)) == []
    with sqlite3.connect(data.index_file) as db:
        db.execute("UPDATE meta SET value = '1'")
    with open_lake(data, registry()) as opened:
        assert opened.deliveries("air")[0].receipt.delivery_id == first
        with opened.deliveries("air")[0].open() as stream:
            assert stream.read() == b"first"
        assert len(opened.uncleaned("air", {"test_air": "f1"})) == 2
        again = offer("one.csv", source_id="second")
        assert opened.unseen([again, offer("one.csv")]) == [again]
    assert not folder.exists()
    assert not (data.quarantine / "air" / f"{receipt.sha256}.parquet").exists()
    assert not raw_file.with_name(f"{receipt.sha256}.receipt.json").exists()


class Broken(io.RawIOBase):
    """A stream that breaks off after its first bytes."""

    def __init__(self) -> None:
        self.left = [b"some"]

    def read(self, size: int = -1) -> bytes:
        if not self.left:
            raise ConnectionError("gone")
        return self.left.pop()


def test_a_broken_stream_leaves_nothing_and_the_rest_of_its_batch_lands(lake: Lake, data: DataDir) -> None:
    with pytest.raises(ConnectionError), lake.batch():
        land(lake, "good.csv", b"good")
        lake.land(offer("bad.csv"), Broken(), source())
    assert [d.receipt.file_name for d in lake.deliveries("air")] == ["good.csv"]
    assert not list(data.raw.rglob(".tmp-*"))
    assert not lake.needs_repair


def test_an_unknown_feed_is_refused(lake: Lake, data: DataDir) -> None:
    with pytest.raises(ValueError, match="no feed is called"):
        land(lake, "a.csv", b"", feed="../air")
    assert files(data) == {}


def test_deliveries_come_in_delivery_order(lake: Lake) -> None:
    for name, day in (("c", 3), ("a", 1), ("b2", 2), ("b1", 2)):
        land(lake, name, name.encode(), day=day)
    found = [d.receipt for d in lake.deliveries("air")]
    assert [r.file_name for r in found if r.file_name in "ac"] == ["a", "c"]
    assert found == sorted(found, key=lambda r: r.order)
    assert lake.deliveries("air", "2026-10") == []
    assert len(lake.deliveries("air", "2026-11")) == 4


def test_without_a_time_of_its_own_the_landing_time_counts(lake: Lake) -> None:
    untimed = offer("a.csv").__class__("air", "test_air", "a.csv", "a.csv", "", None, "")
    receipt = lake.land(untimed, io.BytesIO(b""), source(), AS_OF.replace(tzinfo=lake.zone)).receipt
    assert receipt.delivered_at == receipt.landed_at == "2026-11-22T06:00:00+08:00"
    assert receipt.delivered_at_source == "landing"
    assert receipt.size_bytes == 0


def test_raw_bytes_without_receipt_are_swept(lake: Lake, data: DataDir) -> None:
    land(lake, "a.csv", b"kept")
    stored = files(data)
    folder = data.raw / "air" / "2026-11-01"
    (folder / f"{'b' * 64}.csv").write_bytes(b"no receipt")
    (data.raw / ".tmp-1-raw.part").write_bytes(b"half")
    assert lake.reconcile().removed == 2
    assert files(data) == stored


def test_a_torn_offer_line_is_forgotten_and_does_not_swallow_the_next(lake: Lake, data: DataDir) -> None:
    land(lake, "a.csv", b"a")
    with data.offers_file("air").open("ab") as stream:
        stream.write(b'{"source_id": "test_air", "off')
    land(lake, "b.csv", b"b")
    before = lake.index.dump()
    lake.reconcile()
    assert lake.index.dump() == before
    assert lake.unseen([offer("a.csv"), offer("b.csv")]) == []
