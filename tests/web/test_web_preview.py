"""`ecoledger config preview` of a source of the web: asked once, as by a refresh, and told if it cannot be had.

Here belongs what a connector without files shows. Not here: its tricks (test_web.py), or a preview itself
(tests/unit/test_preview.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sources.config import load_config
from sources.preview.preview import SourcePreview, look_at, preview_source
from sources.registry import registry
from tests.web.server import RECORDS, Server
from tests.web.test_web import write

NOW = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[Server]:
    started = Server()
    yield started
    started.shutdown()
    started.server_close()


def previewed(folder: Path, path: str, connection: str = "", kind: str = "json") -> SourcePreview:
    look = look_at(load_config(write(folder, path, connection, kind)), registry(), NOW)
    return preview_source(look.config.sources[0], look)


def test_pages_are_asked_for_once_and_shown_as_one_file(server: Server, tmp_path: Path) -> None:
    found = previewed(tmp_path, f"{server.address}/offsets", 'pages = { kind = "offset", parameter = "start" }')
    assert found.failure == ""
    assert found.counts["records_used"] == len(RECORDS)
    asked = [one["query"]["start"] for one in server.asked]
    assert len(asked) == len(set(asked)) > 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ecoledger.toml"]


def test_an_answer_that_cannot_be_had_is_the_failure_of_its_source(server: Server, tmp_path: Path) -> None:
    found = previewed(tmp_path, f"{server.address}/login")
    assert "platform" in found.failure
    assert found.counts == {}
