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


def test_prepare_makes_the_directory_absolute(tmp_path: Path) -> None:
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        data = DataDir(Path("lake")).prepare()
    finally:
        os.chdir(before)
    assert data.root == tmp_path / "lake"
    assert list(data.root.iterdir()) == []
