"""Recovery completes or discards what is ours, and shows what somebody changed by hand instead of repairing over it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sources.registry.read_registry import registry
from tests.unit.warehouse_kit import fill_lake, refresh
from warehouse.lake.lake import Lake, open_lake
from warehouse.paths import DataDir
from warehouse.recovery import recover
from warehouse.release.ledger import Ledger, LedgerError
from warehouse.release.releases import ReleaseError, current, releases


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path / "data").prepare()


def test_an_orderly_end_leaves_nothing_to_do(data: DataDir) -> None:
    assert recover(data).nothing
    with open_lake(data, registry()) as lake:
        fill_lake(lake)
    refresh(data, {})
    assert recover(data).nothing


def test_a_folder_the_ledger_does_not_name_is_discarded(data: DataDir) -> None:
    first = refresh(data, {})
    stray = data.releases / "000002-0123456789ab"
    shutil.copytree(first.path, stray)
    (data.ledger_manifests / "000002-0123456789ab.json").write_text("{}")
    (data.releases / ".tmp-000002-aaaaaaaaaaaa").mkdir()
    found = recover(data)
    assert found.discarded == ("000002-0123456789ab",)
    assert sorted(p.name for p in data.releases.iterdir()) == [first.release_id]
    assert [p.stem for p in data.ledger_manifests.iterdir()] == [first.release_id]


def test_the_link_follows_the_ledger(data: DataDir) -> None:
    first, second = refresh(data, {}), refresh(data, {"mart_air": 2})
    data.current.unlink()
    assert recover(data).current == second.release_id
    data.current.unlink()
    data.current.symlink_to(f"releases/{first.release_id}")
    assert recover(data).current == second.release_id
    assert data.current.resolve() == second.path


def test_a_shortened_ledger_is_shown_and_nothing_is_deleted(data: DataDir) -> None:
    refresh(data, {})
    second = refresh(data, {"mart_air": 2})
    lines = data.ledger_file.read_bytes().splitlines(keepends=True)
    for kept in (lines[:1], []):
        data.ledger_file.write_bytes(b"".join(kept))
        with pytest.raises(ReleaseError, match="entries were removed"):
            recover(data)
        assert second.path.is_dir()


def test_a_changed_ledger_stops_every_writer(data: DataDir) -> None:
    refresh(data, {})
    content = data.ledger_file.read_bytes()
    data.ledger_file.write_bytes(content.replace(b'"seq":1', b'"seq":2'))
    with pytest.raises(LedgerError, match="line 1"):
        recover(data)
    with pytest.raises(LedgerError, match="line 1"):
        refresh(data, {"mart_air": 2})


def test_a_torn_ledger_end_is_dropped(data: DataDir) -> None:
    refresh(data, {})
    before = data.ledger_file.read_bytes()
    data.ledger_file.write_bytes(before + b'{"seq":2,"ki')
    assert recover(data).ledger_bytes_dropped == 12
    assert data.ledger_file.read_bytes() == before
    assert Ledger(data.ledger_file).verify() == len(before.splitlines())


def test_a_current_release_that_is_gone_is_told(data: DataDir) -> None:
    refresh(data, {})
    shutil.rmtree(current(data).path)
    data.current.unlink()
    with pytest.raises(ReleaseError, match="is missing"):
        recover(data)
    assert [r.state for r in releases(data)] == ["current"]


def test_a_marked_lake_is_repaired(data: DataDir) -> None:
    with open_lake(data, registry()) as lake:
        fill_lake(lake)
        expected = lake.index.dump()
        lake.index.set_mark("cleaning")
    (data.raw / ".tmp-9-0-raw.part").write_bytes(b"half")
    found = recover(data)
    assert found.lake.removed == 1 and found.lake.lost_files == () and found.lake.to_clean_again == 0
    with Lake(data, registry()) as lake:
        assert not lake.needs_repair
        assert lake.index.dump() == expected
