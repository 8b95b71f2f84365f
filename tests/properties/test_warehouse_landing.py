"""Property searches of landing: hostile names of offers land and are recognised."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources.registry.read_registry import registry
from tests.unit.warehouse_kit import offer, source
from warehouse.lake.lake import Lake, open_lake
from warehouse.paths import DataDir


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path / "data").prepare()


@pytest.fixture
def lake(data: DataDir):
    with open_lake(data, registry()) as opened:
        yield opened


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(st.characters(codec=None), max_size=300), etag=st.text(st.characters(codec=None), max_size=20))
def test_hostile_names_land_and_are_recognised(lake: Lake, data: DataDir, name: str, etag: str) -> None:
    offered = offer(name, etag=etag)
    lake.land(offered, io.BytesIO(name.encode("utf-8", "surrogatepass")), source())
    assert lake.unseen([offered]) == []
    assert sorted(p.name for p in data.root.iterdir()) == ["index", "raw"]
    assert {p.parent.name for p in data.raw.glob("*/*/*")} == {"2026-11-01"}
