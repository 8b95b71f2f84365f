"""Property searches of paths: no name that comes from outside reaches a path."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.test_warehouse_paths import DATA
from warehouse.paths import UnsafeName, extension_of

SHA = "a" * 64


@given(st.text())
def test_no_file_name_gives_an_odd_extension(name: str) -> None:
    path = DATA.raw_file("air", "2026-11-22", SHA, extension_of(name))
    assert path.parent == Path("/data/raw/air/2026-11-22")
    assert path.name.startswith(SHA + ".")


@given(st.text())
def test_a_feed_name_stays_in_its_folder(name: str) -> None:
    try:
        assert DATA.clean_table(name).parent == DATA.clean
    except UnsafeName:
        return
    assert "/" not in name
