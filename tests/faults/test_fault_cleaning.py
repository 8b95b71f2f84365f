"""Every fault for every feed, as cleaning sees it: what is said, where, and that nothing is lost.

Here belongs one fault at a time next to a good file, in memory. Not here: a whole refresh (test_faults.py), or what
never becomes a delivery (a directory, an unreadable file).
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sources.cleaning.register import load_register
from sources.config import Config, load_config
from sources.deliveries import Delivery
from tests.faults import corpus
from tests.faults.corpus import DELIVERED, FEEDS, READINGS, Fault
from tests.unit import cleaning_kit

DELIVERABLE = [kind for kind in corpus.KINDS if kind not in ("directory", "unreadable")]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    return load_config(corpus.lay_configuration(tmp_path_factory.mktemp("faults") / "user"))


@pytest.fixture(scope="module")
def sites(config: Config) -> pl.DataFrame:
    return load_register(config)


def delivered(config: Config, feed: str, name: str, content: bytes) -> Delivery:
    (source,) = config.sources_of(feed)
    return cleaning_kit.delivery(source, content, DELIVERED, name)


def cleaned(config: Config, sites: pl.DataFrame, feed: str, fault: Fault) -> tuple[cleaning_kit.MemoryStore, str, str]:
    """The store after one good and one faulty file, and the SHA-256 of both."""
    assert fault.content is not None
    good = delivered(config, feed, "good.csv", corpus.good_table(feed).csv())
    bad = delivered(config, feed, fault.file_name, fault.content)
    store = cleaning_kit.MemoryStore()
    cleaning_kit.run(store, config, [good, bad], sites)
    return store, good.receipt.delivery_id, bad.receipt.delivery_id


def assert_nothing_lost(totals: dict[str, int]) -> None:
    used = totals["records_used"] + totals["records_quarantined"] + totals["records_duplicate"]
    assert totals["records_in"] == used
    parts = ("readings_clean", "readings_quarantined", "readings_duplicate", "readings_superseded")
    assert totals["readings_in"] == sum(totals[name] for name in parts)


@pytest.mark.parametrize("feed", FEEDS)
@pytest.mark.parametrize("kind", DELIVERABLE)
def test_a_fault_is_named_and_nothing_is_lost(config: Config, sites: pl.DataFrame, feed: str, kind: str) -> None:
    fault = corpus.fault(kind, feed)
    store, good, bad = cleaned(config, sites, feed, fault)
    counts, totals = store.files[feed, bad], store.totals(feed, bad)

    assert_nothing_lost(totals)
    if fault.records_in is not None:
        assert totals["records_in"] == fault.records_in
        assert totals["readings_in"] == fault.records_in * READINGS[feed]
    assert counts.verdict == ("refused" if fault.outcome == "refused" else "read")
    _assert_said(store.quarantine[feed, bad], fault, counts.reason)
    _assert_used(totals, fault, feed)

    whole = store.totals(feed, good)
    assert_nothing_lost(whole)
    assert (whole["records_used"], whole["readings_clean"]) == (8, 8 * READINGS[feed])


def _assert_said(quarantine: pl.DataFrame, fault: Fault, reason: str) -> None:
    """One sentence that names file, row and column as far as the fault has them, and what is wrong."""
    if fault.outcome == "used":
        assert quarantine.is_empty()
        assert reason == ""
        return
    assert quarantine.height == 1
    entry = quarantine.row(0, named=True)
    message = entry["message"]
    assert entry["level"] == "file" if fault.outcome == "refused" else entry["level"] in ("record", "reading")
    if fault.outcome == "refused":
        assert message == reason
    assert fault.file_name in message
    for word in fault.says:
        assert word in message
    assert entry["raw_row"] == fault.row
    if fault.row is not None:
        assert f"row {fault.row}" in message
    if fault.column is not None:
        assert entry["raw_column"] == fault.column
        assert f"'{fault.column}'" in message
    assert "Traceback" not in message and "Error" not in message


def _assert_used(totals: dict[str, int], fault: Fault, feed: str) -> None:
    if fault.outcome == "refused":
        assert totals["records_used"] == totals["readings_clean"] == 0
    elif fault.outcome == "used":
        assert totals["records_used"] == fault.records_in
        assert totals["readings_clean"] == totals["readings_in"]
    else:
        # One bad cell costs its reading, one bad row its record; the other seven records stay.
        assert totals["readings_quarantined"] in (1, READINGS[feed])
        assert totals["records_used"] in (7, 8)
        assert totals["readings_clean"] == totals["readings_in"] - totals["readings_quarantined"]


def test_a_refused_file_leaves_no_reading_behind(config: Config, sites: pl.DataFrame) -> None:
    """Half of a gzip file can be read before the damage shows: none of it may stay."""
    fault = corpus.fault("truncated-gzip", "air")
    store, _, bad = cleaned(config, sites, "air", fault)
    assert store.files["air", bad].touches == ()
    assert set(store.all_clean("clean_air")["delivery_id"]) == {next(s for _, s in store.files if s != bad)}


def test_the_bomb_is_not_unfolded(config: Config, sites: pl.DataFrame) -> None:
    fault = corpus.fault("zip-bomb", "water")
    assert fault.content is not None and len(fault.content) < corpus.BOMB_BYTES // 500
    store, _, bad = cleaned(config, sites, "water", fault)
    assert store.totals("water", bad)["records_in"] == 0


def test_nothing_is_written_under_a_members_name(config: Config, sites: pl.DataFrame, tmp_path: Path) -> None:
    before = sorted(tmp_path.parent.rglob("evil.csv"))
    cleaned(config, sites, "noise", corpus.fault("zip-slip", "noise"))
    assert sorted(tmp_path.parent.rglob("evil.csv")) == before == []
    assert not Path("../../evil.csv").exists()
