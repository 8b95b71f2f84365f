"""Raw bytes land once, whoever offers them and however they are called; what did not finish landing is not there."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import pytest

from sources.registry.load import registry
from tests.unit.warehouse_kit import AS_OF, land, offer, source
from warehouse.lake import Lake, open_lake
from warehouse.paths import DataDir


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path / "data").prepare()


@pytest.fixture
def lake(data: DataDir):
    with open_lake(data, registry()) as opened:
        yield opened


def files(data: DataDir) -> dict[str, bytes]:
    return {p.relative_to(data.raw).as_posix(): p.read_bytes() for p in data.raw.rglob("*") if p.is_file()}


def test_bytes_and_receipt_stand_under_their_hash(lake: Lake, data: DataDir) -> None:
    landed = lake.land(offer("a b.csv", day=21), io.BytesIO(b"x" * 3_000_000), source())
    sha256 = hashlib.sha256(b"x" * 3_000_000).hexdigest()
    assert landed.new and landed.receipt.sha256 == sha256 and landed.receipt.size_bytes == 3_000_000
    folder = data.raw / "air" / "2026-11-21"
    assert sorted(p.name for p in folder.iterdir()) == [f"{sha256}.csv", f"{sha256}.receipt.json"]
    assert (folder / f"{sha256}.csv").stat().st_mode & 0o777 == 0o444
    receipt = json.loads((folder / f"{sha256}.receipt.json").read_bytes())
    assert receipt == landed.receipt.as_dict()
    assert receipt["owner"] == registry().feeds["air"].owner
    assert lake.as_of() is not None and lake.as_of().date().isoformat() == "2026-11-21"
    (delivery,) = lake.deliveries("air")
    with delivery.open() as stream:
        assert stream.read() == b"x" * 3_000_000
    assert not lake.needs_repair


def test_the_same_bytes_again_change_nothing_but_the_offer_is_remembered(lake: Lake, data: DataDir) -> None:
    first, again = offer("a.csv", day=1), offer("renamed.csv", day=2)
    assert lake.unseen([first, again]) == [first, again]
    lake.land(first, io.BytesIO(b"same"), source())
    stored = files(data)
    landed = lake.land(again, io.BytesIO(b"same"), source())
    assert not landed.new and landed.receipt.file_name == "a.csv"
    assert {k: v for k, v in files(data).items() if "offers" not in k} == {
        k: v for k, v in stored.items() if "offers" not in k
    }
    changed = offer("a.csv", etag="2")
    assert lake.unseen([first, again, changed]) == [changed]


def test_a_batch_keeps_each_file_once(lake: Lake) -> None:
    with lake.batch():
        news = [lake.land(offer(f"{n}.csv"), io.BytesIO(b"%d" % (n % 3)), source()).new for n in range(6)]
    assert news == [True] * 3 + [False] * 3
    assert len(lake.deliveries("air")) == 3
    assert lake.unseen([offer(f"{n}.csv") for n in range(7)]) == [offer("6.csv")]


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
    assert lake.sweep().removed == 2
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
