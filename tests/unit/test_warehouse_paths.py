"""Names that come from outside never reach a path; every path lies below the data directory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from warehouse.paths import DataDir, DataDirError, UnsafeName, checked_name, extension_of

DATA = DataDir(Path("/data"))


@pytest.mark.parametrize(
    ("name", "extension"),
    [
        ("a.CSV", "csv"),
        ("a.csv.gz", "csv.gz"),
        ("a.tar.gz", "tar.gz"),
        ("a", "bin"),
        ("", "bin"),
        ("..", "bin"),
        ("../../etc/passwd", "bin"),
        ("x.c/../sv", "bin"),
        ("x.csv\n", "bin"),
        ("站点.xlsx", "xlsx"),
        ("x.站点.gz", "gz"),
    ],
)
def test_extension(name: str, extension: str) -> None:
    assert extension_of(name) == extension


@pytest.mark.parametrize("name", ["", "..", "a/b", "A", "air\n", "a" * 64, "1a", "a\0"])
def test_hostile_names_are_refused(name: str) -> None:
    with pytest.raises(UnsafeName):
        checked_name(name)


@pytest.mark.parametrize(
    ("grain", "value"), [("day", "2026-13-01"), ("month", "2026-11-22"), ("year", ".."), ("week", "1"), ("day", "")]
)
def test_a_partition_value_fits_its_grain(grain: str, value: str) -> None:
    with pytest.raises(UnsafeName):
        DATA.clean_partition("clean_air", grain, value)


@pytest.mark.parametrize("name", ["..", "000001-zz", "current", "1-0123456789ab", "000001-0123456789ab/.."])
def test_a_release_id_has_its_form(name: str) -> None:
    with pytest.raises(UnsafeName):
        DATA.release(name)


def test_prepare_says_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(DataDirError, match="is a file, not a directory"):
        DataDir(file).prepare()
    with pytest.raises(DataDirError, match="cannot write in the data directory"):
        DataDir(file / "below").prepare()
    with pytest.raises(DataDirError, match="holds a backslash"):
        DataDir(tmp_path / "a\\b").prepare()


def test_prepare_makes_the_directory_absolute(tmp_path: Path) -> None:
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        data = DataDir(Path("lake")).prepare()
    finally:
        os.chdir(before)
    assert data.root == tmp_path / "lake"
    assert list(data.root.iterdir()) == []


@pytest.mark.parametrize("name", ["z[k]", "s*r", "w?", "]", "it's {x}", "[!a]", "a,b", "空 格"])
def test_a_folder_is_read_by_duckdb_under_any_name(tmp_path: Path, name: str) -> None:
    """The neighbour `zk` would match `z[k]`, had its brackets a meaning."""
    import duckdb

    from warehouse.duck import file_pattern
    from warehouse.sql import literal

    for folder, value in ((tmp_path / name / "day=1", 1), (tmp_path / "zk" / "day=1", 2), (tmp_path / "sr" / "x", 3)):
        folder.mkdir(parents=True)
        duckdb.sql(f"copy (select {value} as v) to {literal(str(folder / 'part-0.parquet'))}")
    pattern = literal(f"{file_pattern(tmp_path / name)}/**/*.parquet")
    assert duckdb.sql(f"select v from read_parquet({pattern}, hive_partitioning = false)").fetchall() == [(1,)]
