"""Same receipts in, same bytes and same digests out, whatever the machine and however the work was cut.

Here belong the lake's bytes under different cuts of the work, and whole refreshes under different thread counts and
time zones. Not here: what the figures are.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sources.cleaning.fingerprint import source_fingerprints
from sources.deliveries import Delivery
from tests import kit
from tests.pipeline.small_lake import clean, content_of, digest_of, district, known_to, land, small_lake
from warehouse.lake.lake import open_lake
from warehouse.paths import DataDir

FIRST, LAST = date(2025, 1, 1), date(2025, 1, 14)
Cut = Callable[[list[Delivery]], list[list[Delivery]]]


def by_day(deliveries: list[Delivery]) -> list[list[Delivery]]:
    """The deliveries of each day in a call of their own, in order: what daily refreshes do."""
    days = sorted({d.receipt.delivered_at[:10] for d in deliveries})
    return [[d for d in deliveries if d.receipt.delivered_at[:10] == day] for day in days]


def backwards(deliveries: list[Delivery]) -> list[list[Delivery]]:
    """Every third of them, the latest first: files that were lying about and are found in the wrong order."""
    return [deliveries[2::3], deliveries[1::3], deliveries[0::3]]


def twice(deliveries: list[Delivery]) -> list[list[Delivery]]:
    """All of them, then some again: a mapping that was touched and taken back."""
    return [deliveries, deliveries[::5]]


@pytest.fixture(scope="module")
def from_scratch(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return content_of(small_lake(tmp_path_factory.mktemp("scratch"), district(), FIRST, LAST).data)


@pytest.mark.parametrize("cut", [by_day, backwards, twice])
def test_the_lake_does_not_depend_on_how_the_work_was_cut(
    tmp_path: Path, from_scratch: dict[str, str], cut: Cut
) -> None:
    data, config = DataDir(tmp_path).prepare(), district()
    known = known_to(config)
    prints = source_fingerprints(config, known)
    with open_lake(data, known) as lake:
        land(lake, config, FIRST, LAST)
        for feed in known.feeds:
            # A network that has delivered nothing yet is cleaned once, as in any refresh.
            for deliveries in list(cut(lake.uncleaned(feed, prints))) or [()]:
                clean(lake, config, feed, deliveries)
        partitions = lake.index.partitions()
    content = content_of(data)
    assert {n for n in content if content[n] != from_scratch.get(n)} == set()
    assert set(from_scratch) == set(content)
    assert digest_of(content) == digest_of(from_scratch)
    assert len(content) > 60 and len(partitions) > 50


@pytest.mark.slow
def test_the_release_does_not_depend_on_threads_time_zone_or_directory(district, tmp_path: Path) -> None:
    """The same receipts in a directory without an index, one thread instead of all, a clock across the date line."""
    data = tmp_path / "elsewhere" / "data"
    data.mkdir(parents=True)
    shutil.copytree(district.data / "raw", data / "raw")
    kit.parsed(DataDir(data))
    env = {"POLARS_MAX_THREADS": "1", "ECOLEDGER_THREADS": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"}
    again = kit.run_cli("refresh", "--data", str(data), "--to", district.last_day, "--json", env=env)
    assert again.code == district.first.code, again.err
    first, second = district.first.json, again.json
    assert second["release"]["digest"] == first["release"]["digest"]
    assert [f["new_files"] for f in second["feeds"].values()] == [0] * len(second["feeds"])
    assert content_of(DataDir(data)) == content_of(DataDir(district.data))
    tables = "SELECT table_name, table_digest, row_count, state FROM mart_release_tables ORDER BY ALL"
    assert kit.current(data, tables) == kit.current(district.data, tables)
