"""What did not change is taken over from the release before: linked Parquet, tables left alone in a copied database.

Here belong what stays, what is written anew, and damage that would be passed on. Not here: holding (test_held_tables).
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from tests.unit.warehouse_kit import (
    AIR,
    AS_OF,
    CATALOGUE,
    CROSS,
    GATE_RESULTS,
    NOW,
    RELEASE_TABLES,
    WATER,
    mart,
    read_release,
    refresh,
)
from warehouse.paths import DataDir
from warehouse.release import assembly, kept
from warehouse.release.publication import Published
from warehouse.release.releases import ReleaseError, current, prune, read_manifest, verify_files
from warehouse.tables.catalogue import Catalogue, MartColumn

NAMES = ("mart_water", "mart_air", "mart_cross")


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path / "data").prepare()


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tables whose rows were written into a database, in order."""
    names: list[str] = []
    fill = assembly._fill

    def noted(con, target, table, parquet):
        names.append(table.name)
        fill(con, target, table, parquet)

    monkeypatch.setattr(assembly, "_fill", noted)
    return names


def linked(one: Published, other: Published) -> set[str]:
    """The marts whose Parquet is the same file in both releases."""
    return {n for n in NAMES if (one.path / f"marts/{n}.parquet").samefile(other.path / f"marts/{n}.parquet")}


def entry(release: Published, table: str) -> dict:
    manifest = json.loads((release.path / "manifest.json").read_bytes())
    return next(t for t in manifest["tables"] if t["name"] == table)


def comments(path: Path) -> set[tuple]:
    with duckdb.connect(str(path / "marts.duckdb"), read_only=True) as con:
        tables = con.sql("SELECT table_name, comment FROM duckdb_tables()").fetchall()
        return {*tables, *con.sql("SELECT table_name || '.' || column_name, comment FROM duckdb_columns()").fetchall()}


def test_only_what_changed_is_written_and_the_result_is_the_same(
    data: DataDir, tmp_path: Path, filled: list[str]
) -> None:
    first = refresh(data, {})
    assert set(filled) == {t.name for t in CATALOGUE.tables}
    filled.clear()
    second = refresh(data, {"mart_air": 2})
    assert set(filled) == {"mart_air", "mart_gate_results", "mart_release_tables"}
    assert linked(first, second) == {"mart_water", "mart_cross"}
    assert verify_files(current(data)) == []
    other = DataDir(tmp_path / "other").prepare()
    anew = refresh(other, {"mart_air": 2})
    assert anew.digest == second.digest
    assert comments(anew.path) == comments(second.path)
    for name in NAMES:
        assert read_release(anew.path, name) == read_release(second.path, name)
        assert entry(anew, name)["digest"] == entry(second, name)["digest"]
        file = f"marts/{name}.parquet"
        assert (anew.path / file).read_bytes() == (second.path / file).read_bytes()
    assert read_release(second.path, "mart_release_tables")[0][-2] == second.release_id
    assert {p.stat().st_mode & 0o777 for p in second.path.rglob("*") if p.is_file()} == {0o444}


def test_what_stays_survives_the_release_it_came_from(data: DataDir) -> None:
    refresh(data, {})
    last = refresh(data, {"mart_air": 2})
    prune(data, keep=1)
    assert verify_files(current(data)) == [] and len(read_release(last.path, "mart_water")) == 2


def test_a_held_table_stays_too(data: DataDir, filled: list[str]) -> None:
    first = refresh(data, {})
    filled.clear()
    day = timedelta(days=1)
    second = refresh(data, {"mart_air": 2, "mart_water": 2}, failed=("air",), as_of=AS_OF + day, now=NOW + day)
    assert "mart_air" not in filled and linked(first, second) == {"mart_air", "mart_cross"}
    assert read_release(second.path, "mart_air") == read_release(first.path, "mart_air")


@pytest.mark.parametrize(
    "changed",
    [
        replace(AIR, description="Other words"),
        replace(AIR, columns=(*AIR.columns[:3], replace(AIR.columns[3], description="Other words"))),
        replace(AIR, columns=AIR.columns[::-1]),
    ],
)
def test_a_table_that_is_declared_otherwise_is_written_again(data: DataDir, filled: list[str], changed) -> None:
    first = refresh(data, {})
    filled.clear()
    catalogue = Catalogue((WATER, changed, CROSS, GATE_RESULTS, RELEASE_TABLES))
    second = refresh(data, {"mart_water": 2}, catalogue=catalogue)
    assert entry(first, "mart_air")["digest"] == entry(second, "mart_air")["digest"]
    assert "mart_air" in filled and linked(first, second) == {"mart_cross"}
    told = {("mart_air", changed.description), *((f"mart_air.{c.name}", c.description) for c in changed.columns)}
    assert told <= comments(second.path)


def test_a_table_with_volatile_columns_is_written_again(data: DataDir, filled: list[str]) -> None:
    seen = mart("mart_seen", "air", (MartColumn("seen", "timestamp", "A moment"),), ("seen",))
    catalogue = Catalogue((*CATALOGUE.tables, seen))
    refresh(data, {}, catalogue=catalogue)
    filled.clear()
    refresh(data, {"mart_air": 2}, catalogue=catalogue)
    assert "mart_seen" in filled and "mart_water" not in filled


def test_beyond_its_growth_the_database_is_written_anew(
    data: DataDir, filled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh(data, {})
    noted = [read_manifest(current(data))["database"]]
    refresh(data, {"mart_air": 2})
    noted.append(read_manifest(current(data))["database"])
    # What a database keeps of its first size while later ones start from it.
    assert noted[0] == noted[1] == {"storage": "v1.0.0", "bytes_anew": noted[0]["bytes_anew"]}
    filled.clear()
    monkeypatch.setattr(kept, "GROWTH", 0.5)
    third = refresh(data, {"mart_air": 3})
    assert set(filled) == {t.name for t in CATALOGUE.tables}
    size = (third.path / "marts.duckdb").stat().st_size
    assert read_manifest(current(data))["database"]["bytes_anew"] == size


@pytest.mark.parametrize("file", ["marts.duckdb", "marts/mart_water.parquet"])
def test_damage_is_told_and_not_passed_on(data: DataDir, file: str) -> None:
    first = refresh(data, {})
    damaged = first.path / file
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.chmod(0o644)
    damaged.write_bytes(content)
    with pytest.raises(ReleaseError, match=rf"{first.release_id} is damaged \({file} "):
        refresh(data, {"mart_air": 2})
    assert [p.name for p in data.releases.iterdir()] == [first.release_id]


def test_where_files_cannot_be_linked_they_are_copied(data: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    first = refresh(data, {})
    monkeypatch.setattr(kept.os, "link", refused)
    monkeypatch.setattr(kept.os, "copy_file_range", refused)
    second = refresh(data, {"mart_air": 2})
    assert linked(first, second) == set() and verify_files(current(data)) == []
    assert read_release(second.path, "mart_water") == read_release(first.path, "mart_water")
