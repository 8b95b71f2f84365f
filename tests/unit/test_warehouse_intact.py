"""A file of the lake that is not what was written is noticed before it is used, at the price of a look at each."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orchestration.cli.checkup import BAD, data_directory
from sources.registry.read_registry import registry
from tests.unit.warehouse_kit import ZONE, clean_lake, fill_lake, land, offer
from warehouse.lake import intact
from warehouse.lake.intact import LakeDamaged, changed, everything
from warehouse.lake.lake import Lake, open_lake
from warehouse.paths import PART, SIDECAR, DataDir
from warehouse.release.ledger import Ledger
from warehouse.release.losses import Signed, mend, repair

MONTH = "clean_air/month=2026-11"


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    """Two deliveries over two days, written a while ago and found right once."""
    data = DataDir(tmp_path / "data").prepare()
    with open_lake(data, registry()) as lake:
        lake.write_empty_tables()
        fill_lake(lake)
    long_ago(data)
    assert mend(data, registry(), ZONE) == []
    return data


def long_ago(data: DataDir) -> None:
    time.sleep(intact._TICK_NS / 1e9 * 1.5)


def same_size(file: Path) -> None:
    """Changes a byte and gives the file its old time back."""
    before = file.stat()
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.chmod(0o644)
    file.write_bytes(bytes(content))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def changed_month(data: DataDir) -> None:
    same_size(data.clean / MONTH / PART)


def no_counts(data: DataDir) -> None:
    shutil.rmtree(data.file_counts("2026-11"))


def other_month(data: DataDir) -> None:
    """A whole other file, Parquet and sidecar, in the place of the right one: without what was superseded."""
    with tempfile.TemporaryDirectory() as folder:
        elsewhere = DataDir(Path(folder)).prepare()
        with open_lake(elsewhere, registry()) as lake:
            clean_lake(lake, *(land(lake, f"{n}.csv", n.encode()) for n in ("a", "b")))
        for name in (PART, SIDECAR):
            shutil.copy(elsewhere.clean / MONTH / name, data.clean / MONTH / name)


def no_sidecar(data: DataDir) -> None:
    (data.clean / MONTH / SIDECAR).unlink()


def no_month(data: DataDir) -> None:
    shutil.rmtree(data.clean / MONTH)


def changed_superseded(data: DataDir) -> None:
    same_size(data.superseded / MONTH / PART)


def unknown_month(data: DataDir) -> None:
    shutil.copytree(data.clean / MONTH, data.clean / "clean_air/month=2026-10")


def changed_counts(data: DataDir) -> None:
    same_size(data.file_counts("2026-11") / PART)


NAMED = {unknown_month: "month=2026-10"} | dict.fromkeys((changed_counts, no_counts), "file_counts/month=2026-11")
HARMS = [changed_month, other_month, no_sidecar, no_month, changed_superseded, unknown_month, changed_counts, no_counts]
Harm = Callable[[DataDir], None]


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The folders whose files are read."""
    seen: list[str] = []
    read = intact._file_problem
    monkeypatch.setattr(intact, "_file_problem", lambda folder, *rest: seen.append(folder.name) or read(folder, *rest))
    yield seen


@pytest.mark.parametrize("harm", HARMS)
def test_a_changed_partition_is_dropped_before_it_is_used_and_made_again(data: DataDir, harm: Harm) -> None:
    stored = {p: p.read_bytes() for p in data.clean.rglob("*.parquet")}
    harm(data)
    (told,) = mend(data, registry(), ZONE)
    assert NAMED.get(harm, MONTH) in told and "made again from raw" in told
    with open_lake(data, registry()) as lake:
        waiting = [d.receipt.delivery_id for d in lake.uncleaned("air", {"test_air": "f1"})]
        assert len(waiting) == 2
        clean_lake(lake, *waiting)
    if harm is unknown_month:
        # The real cleaning removes what its deliveries touched before; here nobody writes that month.
        shutil.rmtree(data.clean / "clean_air/month=2026-10", ignore_errors=True)
    assert {p: p.read_bytes() for p in data.clean.rglob("*.parquet")} == stored


@pytest.mark.parametrize("harm", HARMS)
def test_doctor_finds_it_too(data: DataDir, harm: Harm) -> None:
    assert BAD not in {f.state for f in data_directory(data)}
    harm(data)
    assert [f.what for f in data_directory(data) if f.state == BAD] == ["lake"]


def test_what_nobody_touched_is_looked_at_and_not_read(data: DataDir, hashed: list[str]) -> None:
    assert mend(data, registry(), ZONE) == [] and hashed == []
    (data.clean / MONTH / PART).touch()
    long_ago(data)
    assert mend(data, registry(), ZONE) == [] and hashed == ["month=2026-11"]
    assert mend(data, registry(), ZONE) == [] and hashed == ["month=2026-11"]


def test_what_was_touched_a_moment_ago_is_read_again_the_next_time(data: DataDir, hashed: list[str]) -> None:
    (data.clean / MONTH / PART).touch()
    for times in (1, 2):
        assert mend(data, registry(), ZONE) == [] and hashed == ["month=2026-11"] * times


def test_a_copied_data_directory_is_read_once(data: DataDir, tmp_path: Path, hashed: list[str]) -> None:
    shutil.copytree(data.root, tmp_path / "copy", symlinks=True)
    copy = DataDir(tmp_path / "copy")
    long_ago(copy)
    for _ in range(2):
        assert mend(copy, registry(), ZONE) == []
    assert len(hashed) == 2  # the month of air and the month of the counts


@pytest.mark.parametrize(
    "name",
    [
        f"{MONTH}/extra.parquet",
        "clean_air/extra.parquet",
        "clean_air/hour=1/part-0.parquet",
        "clean_air/day=2026-11-01/part-0.parquet",
    ],
)
def test_a_file_of_somebody_else_is_told_and_left(data: DataDir, name: str) -> None:
    file = data.clean / name
    file.parent.mkdir(exist_ok=True)
    shutil.copy(data.clean / MONTH / PART, file)
    with pytest.raises(LakeDamaged, match="move it away"):
        mend(data, registry(), ZONE)
    assert file.exists()
    assert BAD in {f.state for f in data_directory(data)}


def test_changed_raw_bytes_are_noticed_when_they_are_opened(data: DataDir) -> None:
    with Lake(data, registry()) as lake:
        first, second = lake.deliveries("air")
        (file,) = data.raw.rglob(f"{first.receipt.sha256}.csv")
        right = file.read_bytes()
        same_size(file)
        with pytest.raises(LakeDamaged, match="no longer has the hash of its receipt; put back the bytes"):
            first.open()
        with second.open() as stream:
            assert stream.read() == b"second"
        assert [d.path for d in everything(data, registry(), lake.index)] == [file]
        file.write_bytes(right)
        with first.open() as stream:
            assert stream.read() == b"first"
        same_size(file)
        with pytest.raises(LakeDamaged):
            first.open()
        file.unlink()
        with pytest.raises(LakeDamaged, match="cannot be read"):
            first.open()


@pytest.mark.parametrize("harm", [same_size, Path.unlink])
def test_raw_bytes_that_nobody_can_put_back_are_given_up_with_a_reason(
    data: DataDir, harm: Callable[[Path], None]
) -> None:
    with Lake(data, registry()) as lake:
        first, second = (d.receipt for d in lake.deliveries("air"))
    (file,) = data.raw.rglob(f"{second.sha256}.csv")
    harm(file)
    with pytest.raises(LakeDamaged, match="--give-up-raw"):
        repair(data, registry(), ZONE, {}, Signed("me", "the disk failed"))
    told = repair(data, registry(), ZONE, {}, Signed("me", "the disk failed"), give_up_raw=True)
    assert "given up: two.csv" in told[0]
    (entry,) = Ledger(data.ledger_file).entries()
    assert entry.kind == "loss" and entry.payload["reason"] == "the disk failed"
    assert entry.payload["raw"] == [{"feed": "air", "sha256": second.sha256, "file_name": "two.csv"}]
    with open_lake(data, registry()) as lake:
        # What is left of the days is cleaned again, and the file is fetched again where its source still has it.
        assert [d.receipt for d in lake.uncleaned("air", {"test_air": "f1"})] == [first]
        assert lake.index.partitions() == []
        two = offer("two.csv", day=2)
        assert lake.unseen([offer("one.csv", day=1), two]) == [two]
        assert land(lake, "two.csv", b"second", day=2) == second.delivery_id
        assert not list(everything(data, registry(), lake.index))
    assert repair(data, registry(), ZONE, {}, Signed("me", "again"), give_up_raw=True) == []


def test_an_unfinished_writer_is_left_to_recovery(data: DataDir) -> None:
    changed_month(data)
    with Lake(data, registry()) as lake:
        lake.index.set_mark("cleaning")
        assert mend(data, registry(), ZONE) == []
        lake.reconcile()
        assert changed(data, registry(), lake.index) == []
        assert len(lake.uncleaned("air", {"test_air": "f1"})) == 2
