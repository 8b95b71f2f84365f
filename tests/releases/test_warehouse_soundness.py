"""What readers see is what the ledger says, or nobody is told that all is well; each finding has a way out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.cli import main as cli
from orchestration.cli.checkup import BAD, data_directory
from orchestration.survey import forget_refresh, last_refresh, note_refresh
from tests.unit.warehouse_kit import refresh
from warehouse.paths import DataDir
from warehouse.recovery import recover
from warehouse.release.ledger import Ledger, LedgerError
from warehouse.release.releases import ReleaseError, current, prune, read_manifest, releases, rollback
from warehouse.release.soundness import check_current

FIRST, SECOND = {"mart_air": 1}, {"mart_air": 2}


@pytest.fixture(scope="module")
def two_releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases, and the note that a finished refresh leaves."""
    data = DataDir(tmp_path_factory.mktemp("soundness") / "data").prepare()
    refresh(data, FIRST)
    refresh(data, SECOND)
    note(data)
    return data.root


@pytest.fixture
def data(two_releases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataDir:
    monkeypatch.setenv("ECOLEDGER_DATA", "")
    shutil.copytree(two_releases, tmp_path / "data", symlinks=True)
    return DataDir(tmp_path / "data")


def note(data: DataDir) -> None:
    release = current(data)
    ended = {"exit_code": 0, "release": release.release_id if release else None}
    note_refresh(data, ended | {"ledger_head": Ledger(data.ledger_file).head()})


def run(data: DataDir, *arguments: str) -> int:
    return cli.run([*arguments, "--data", str(data.root)])


def no_ledger(data: DataDir) -> None:
    data.ledger_file.unlink()


def empty_ledger(data: DataDir) -> None:
    data.ledger_file.write_bytes(b"")


def nothing_but_raw(data: DataDir) -> None:
    shutil.rmtree(data.ledger_file.parent)
    shutil.rmtree(data.releases)
    data.current.unlink()


def cut_ledger(data: DataDir) -> None:
    data.ledger_file.write_bytes(data.ledger_file.read_bytes().splitlines(keepends=True)[0])


def changed_ledger(data: DataDir) -> None:
    data.ledger_file.write_bytes(data.ledger_file.read_bytes().replace(b'"seq":2', b'"seq":3'))


def no_link(data: DataDir) -> None:
    data.current.unlink()


def link_to_the_first(data: DataDir) -> None:
    data.current.unlink()
    data.current.symlink_to(f"releases/{releases(data)[0].release_id}")


def changed_manifest(data: DataDir) -> None:
    file = data.current / "manifest.json"
    file.chmod(0o644)
    file.write_text(file.read_text().replace('"as_of"', '"as_OF"'))


def short_mart(data: DataDir) -> None:
    file = data.current.resolve() / "marts.duckdb"
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-100])


def no_release(data: DataDir) -> None:
    shutil.rmtree(data.current.resolve())


LEDGER = [no_ledger, empty_ledger, nothing_but_raw, cut_ledger, changed_ledger]
LINK = [no_link, link_to_the_first]
RELEASE = [changed_manifest, short_mart, no_release]
Harm = Callable[[DataDir], None]


@pytest.mark.parametrize("harm", [*LEDGER, *LINK, *RELEASE])
def test_a_refresh_ends_with_1_and_the_way_out(data: DataDir, harm: Harm, capsys: pytest.CaptureFixture) -> None:
    check_current(data, last_refresh(data))
    harm(data)
    assert run(data, "refresh", "--to", "2026-01-05") == 1
    said = capsys.readouterr().err
    assert "ecoledger repair" in said and said.count("\n") == 1
    assert ("--restart-ledger" in said) == (harm in LEDGER)
    assert run(data, "status") == 1
    assert BAD in {f.state for f in data_directory(data)}
    assert run(data, "releases") == (1 if harm in LEDGER else 0)
    assert last_refresh(data)["exit_code"] == 0


def test_status_after_a_run_that_left_no_note_says_what_came_last(data: DataDir, capsys: pytest.CaptureFixture) -> None:
    forget_refresh(data)
    assert run(data, "status") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "a run of the web page, a repair or a refresh that did not finish came last" in said
    assert "no finished refresh yet" not in said


@pytest.mark.parametrize("harm", LINK)
def test_the_link_is_pointed_back(data: DataDir, harm: Harm) -> None:
    harm(data)
    assert run(data, "repair", "--reason", "somebody moved it") == 0
    assert data.current.resolve() == current(data).path
    note(data)
    check_current(data, last_refresh(data))


@pytest.mark.parametrize("harm", RELEASE)
def test_a_damaged_release_is_built_again_as_a_new_entry_that_names_it(data: DataDir, harm: Harm) -> None:
    first, lost = releases(data)
    harm(data)
    assert run(data, "repair", "--reason", "the disk failed") == 0
    entry = Ledger(data.ledger_file).entries()[-1]
    assert entry.kind == "loss" and entry.payload["reason"] == "the disk failed" and entry.payload["who"]
    assert current(data).release_id == first.release_id == data.current.readlink().name
    assert recover(data).nothing

    again = refresh(data, SECOND)
    assert again.outcome == "published" and again.digest == lost.digest and again.release_id.startswith("000003-")
    assert Ledger(data.ledger_file).entries()[-1].payload["replaces"] == lost.release_id
    assert read_manifest(current(data))["replaces"] == lost.release_id
    assert read_manifest(current(data))["previous"]["release_id"] == first.release_id
    assert [r.state for r in releases(data)] == ["kept", "lost", "current"]
    assert "replaces" not in Ledger(data.ledger_file).entries()[0].payload
    refresh(data, {"mart_air": 3})
    assert "replaces" not in Ledger(data.ledger_file).entries()[-1].payload
    with pytest.raises(ReleaseError, match="was lost"):
        rollback(data, lost.release_id, "me", "back")
    assert lost.release_id in prune(data, keep=1)
    note(data)
    check_current(data, last_refresh(data))


def test_the_only_release_lost_leaves_none_until_it_is_built_again(tmp_path: Path) -> None:
    data = DataDir(tmp_path / "data").prepare()
    lost = refresh(data, FIRST)
    short_mart(data)
    assert run(data, "repair", "--reason", "the disk failed") == 0
    assert current(data) is None and not data.current.is_symlink()
    data.current.symlink_to(f"releases/{lost.release_id}")
    recover(data)
    assert not data.current.is_symlink()
    assert refresh(data, FIRST).outcome == "published"
    assert Ledger(data.ledger_file).entries()[-1].payload["replaces"] == lost.release_id


def test_an_older_release_that_is_lost_leaves_the_current_one(data: DataDir) -> None:
    first, _ = releases(data)
    shutil.rmtree(first.path)
    check_current(data, last_refresh(data))
    assert run(data, "repair", "--reason", "tidied too much") == 0
    assert [r.state for r in releases(data)] == ["lost", "current"]
    assert refresh(data, {"mart_air": 3}).outcome == "published"
    assert "replaces" not in Ledger(data.ledger_file).entries()[-1].payload


@pytest.mark.parametrize("harm", LEDGER)
def test_a_lost_ledger_restarts_only_by_the_command_with_a_reason(data: DataDir, harm: Harm) -> None:
    first, second = releases(data)
    head = Ledger(data.ledger_file).head()
    harm(data)
    left = data.ledger_file.read_bytes() if data.ledger_file.exists() else None
    assert run(data, "repair", "--reason", "it is gone") == 1
    assert run(data, "repair", "--restart-ledger", "--reason", " ") == 2
    assert run(data, "repair", "--restart-ledger") == 2
    assert (data.ledger_file.read_bytes() if data.ledger_file.exists() else None) == left
    assert run(data, "repair", "--restart-ledger", "--reason", "it is gone") == 0

    (entry,) = Ledger(data.ledger_file).entries()
    assert (entry.kind, entry.payload["reason"], entry.payload["lost_head"]) == ("restart", "it is gone", head)
    kept = [p for p in data.ledger_file.parent.glob("lost-*.jsonl") if p.read_bytes() == left]
    assert len(kept) == (left is not None)
    if harm is nothing_but_raw:
        assert releases(data) == [] and refresh(data, SECOND).release_id.startswith("000001-")
    else:
        assert [(r.release_id, r.state) for r in releases(data)] == [
            (first.release_id, "unvouched"),
            (second.release_id, "current"),
        ]
        assert refresh(data, SECOND).outcome == "unchanged"
        with pytest.raises(ReleaseError, match="nothing vouches"):
            rollback(data, first.release_id, "me", "back")
        assert refresh(data, FIRST).release_id.startswith("000003-")
    note(data)
    check_current(data, last_refresh(data))
    assert recover(data).nothing
    assert BAD not in {f.state for f in data_directory(data)}


@pytest.mark.parametrize("harm", RELEASE)
def test_the_same_figures_are_not_unchanged_if_readers_cannot_read_them(data: DataDir, harm: Harm) -> None:
    harm(data)
    with pytest.raises(ReleaseError, match="is damaged"):
        refresh(data, SECOND)


def test_a_sound_ledger_is_not_restarted(data: DataDir) -> None:
    before = data.ledger_file.read_bytes()
    assert run(data, "repair", "--restart-ledger", "--reason", "to be sure") == 1
    assert data.ledger_file.read_bytes() == before
    assert run(data, "repair", "--reason", "to be sure") == 0
    assert data.ledger_file.read_bytes() == before


def test_a_writer_that_was_killed_is_no_finding(data: DataDir) -> None:
    """Without the note of a finished refresh the link may lag behind the ledger: the next writer completes it."""
    (data.build / "last_refresh.json").unlink()
    link_to_the_first(data)
    data.ledger_file.write_bytes(data.ledger_file.read_bytes() + b'{"torn')
    check_current(data, last_refresh(data))
    assert recover(data).current == releases(data)[1].release_id


def test_a_repair_that_was_killed_in_the_middle_of_an_entry_asks_for_no_new_ledger(data: DataDir) -> None:
    whole = data.ledger_file.read_bytes()
    data.ledger_file.write_bytes(whole + b'{"batch":[1,1],"kind":"loss"')
    check_current(data, last_refresh(data))
    assert [f.state for f in data_directory(data) if f.what == "ledger"] == ["warn"]
    assert run(data, "repair", "--reason", "again") == 0
    assert data.ledger_file.read_bytes() == whole


def test_after_a_rollback_all_is_well(data: DataDir) -> None:
    first, _ = releases(data)
    assert run(data, "rollback", first.release_id, "--reason", "wrong") == 0
    check_current(data, last_refresh(data))
    assert last_refresh(data)["exit_code"] == 0


def test_doctor_finds_each_damaged_file_of_a_release(data: DataDir, capsys: pytest.CaptureFixture) -> None:
    assert run(data, "doctor", "--json") == 0
    capsys.readouterr()
    first, second = releases(data)
    for release in (first, second):
        file = release.path / "marts" / "mart_air.parquet"
        file.chmod(0o644)
        content = bytearray(file.read_bytes())
        content[10] ^= 1
        file.write_bytes(bytes(content))
    (data.ledger_manifests / f"{first.release_id}.json").write_text("{}")
    assert run(data, "doctor", "--json") == 2
    found = [f for f in json.loads(capsys.readouterr().out)["findings"] if f["state"] == BAD]
    assert sorted(f["what"] for f in found) == ["current release", "manifest", "release"]
    assert sum("marts/mart_air.parquet" in f["text"] for f in found) == 2


def test_no_release_ever_is_no_finding(tmp_path: Path) -> None:
    data = DataDir(tmp_path / "data").prepare()
    check_current(data, {})
    # A first publication that was killed before it counted.
    (data.releases / "000001-0123456789ab").mkdir(parents=True)
    check_current(data, {})
    (data.releases / "000002-0123456789ab").mkdir(parents=True)
    with pytest.raises(LedgerError, match="000002-0123456789ab was published"):
        check_current(data, {})
