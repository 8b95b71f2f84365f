"""The streams of data that the plan names (../shared/plan/streams.csv), each found in a mart of the built-in district.

Here belongs one query and its least rows for each stream (streams.csv): a query names the network, item or domain it
asks for, so that it gives nothing once that is no longer declared. Not here: what the figures are.
"""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from tests.kit import ROOT, run_cli

pytestmark = pytest.mark.slow

SHARED = ROOT.parent / "shared" / "plan" / "streams.csv"
LAST_DAY = "2026-11-25"
# Streams of which no mart tells yet, and what is missing.
NOT_CARRIED = dict.fromkeys(
    ("A4", "G6", "G7"), "other issues: dustfall with and without dust, audiences, bodies that join in"
)


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


CARRIED = {row["stream_id"]: row for row in rows(Path(__file__).with_name("streams.csv"))}


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built-in district with every network, published."""
    data = tmp_path_factory.mktemp("streams") / "data"
    done = run_cli("refresh", "--data", str(data), "--to", LAST_DAY, "--json")
    assert done.code == 0, done.out + done.err
    return data / "current" / "marts.duckdb"


@pytest.mark.skipif(not SHARED.is_file(), reason="../shared is not there")
def test_every_stream_of_the_plan_is_carried_or_named_as_missing() -> None:
    streams = {row["stream_id"] for row in rows(SHARED)}
    assert set(CARRIED) | set(NOT_CARRIED) == streams
    assert not set(CARRIED) & set(NOT_CARRIED)


@pytest.mark.parametrize("stream", CARRIED)
def test_a_stream_is_found_in_its_mart(stream: str, marts: Path) -> None:
    with duckdb.connect(str(marts), read_only=True) as con:
        found = con.execute(CARRIED[stream]["query"]).fetchall()
    assert len(found) >= int(CARRIED[stream]["least_rows"])
