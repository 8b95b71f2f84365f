"""One refresh over a good file and every fault of every feed: each is named, the rest goes on, nothing is lost.

Here belongs the whole way, from a user's configuration to what BI reads. Not here: the words for each fault and its
row and column one by one (test_fault_cleaning.py).
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests import kit
from tests.faults import corpus
from tests.faults.corpus import FEEDS, READINGS, Fault
from warehouse.paths import DataDir

# Without these two capabilities root is refused by file permissions like everybody else.
_DROPPED = "-dac_override,-dac_read_search"
AS_ANYBODY = ("setpriv", f"--bounding-set={_DROPPED}", "--inh-caps=-dac_override,-dac_read_search")
LAST_DAY = "2026-04-05"
NEVER_LANDED = ("directory", "unreadable")
# Many good records next to few bad ones, so that the faults' share does not hold a domain.
GOOD_NUMBER, GOOD_RECORDS = 20, {feed: 80 if feed == "returns" else 300 for feed in FEEDS}


@dataclass(frozen=True)
class Refreshed:
    """The one refresh of this module: what was laid out, what was said, where the data lies."""

    data: Path
    ran: kit.Ran
    faults: dict[tuple[str, str], Fault]

    @property
    def said(self) -> dict[str, Any]:
        return self.ran.json

    def counts(self) -> dict[tuple[str, str], dict[str, Any]]:
        """mart_delivery_counts of the release, by feed and file name."""
        rows = kit.current(self.data, "SELECT * FROM mart_delivery_counts")
        return {(row["feed"], row["file_name"]): row for row in rows}

    def quarantine(self, feed: str, delivery_id: str) -> list[dict[str, Any]]:
        """What people find in data/quarantine about one file."""
        file = self.data / "quarantine" / feed / f"{delivery_id}.parquet"
        return pl.read_parquet(file).to_dicts() if file.exists() else []


def unprivileged() -> tuple[str, ...]:
    """What to put before a command so that a file without permissions is unreadable for it."""
    return AS_ANYBODY if os.geteuid() == 0 else ()


def require_unreadable(file: Path) -> None:
    """Fails if the file proves readable: then the fault would not be tested at all."""
    probe = f"open({str(file)!r}, 'rb')"
    done = subprocess.run([*unprivileged(), sys.executable, "-c", probe], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "PermissionError" in done.stderr, f"{file} is readable: {done.stderr}"


@pytest.fixture(scope="session")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> Refreshed:
    folder = tmp_path_factory.mktemp("faulty") / "user"
    config = corpus.lay_configuration(folder)
    faults = {}
    for feed in FEEDS:
        corpus.lay_file(folder, feed, "good.csv", corpus.good_table(feed, GOOD_NUMBER, GOOD_RECORDS[feed]).csv())
        for kind in corpus.KINDS:
            fault = faults[feed, kind] = corpus.fault(kind, feed)
            content = corpus.good_table(feed).csv() if kind == "unreadable" else fault.content
            file = corpus.lay_file(folder, feed, fault.file_name, content)
            if kind == "unreadable":
                file.chmod(0)
                require_unreadable(file)
    data = folder.parent / "data"
    kit.parsed(DataDir(data))
    arguments = ("refresh", "--data", str(data), "--config", str(config), "--to", LAST_DAY, "--json")
    return Refreshed(data, kit.run_cli(*arguments, prefix=unprivileged()), faults)


def test_the_exit_code_says_partly_and_there_is_no_traceback(refreshed: Refreshed) -> None:
    assert refreshed.ran.code == 3, refreshed.ran.err
    assert refreshed.ran.err == ""
    assert "Traceback" not in refreshed.ran.out
    assert refreshed.said["outcome"] == "published"
    assert refreshed.said["release"]["new"]


@pytest.mark.parametrize("feed", FEEDS)
@pytest.mark.parametrize("kind", corpus.KINDS)
def test_each_fault_is_named(refreshed: Refreshed, feed: str, kind: str) -> None:
    fault = refreshed.faults[feed, kind]
    if kind in NEVER_LANDED:
        message = refreshed.said["feeds"][feed]["failure"]
    elif fault.outcome == "refused":
        listed = [f for f in refreshed.said["refused_files"] if f["feed"] == feed and f["file_name"] == fault.file_name]
        assert len(listed) == 1
        message = listed[0]["reason"]
        assert refreshed.counts()[feed, fault.file_name]["reason"] == message
    else:
        delivery_id = refreshed.counts()[feed, fault.file_name]["delivery_id"]
        messages = [row["message"] for row in refreshed.quarantine(feed, delivery_id)]
        assert len(messages) == (fault.outcome == "partly")
        message = messages[0] if messages else fault.file_name
    assert fault.file_name in message
    for word in (*fault.says, *([f"row {fault.row}"] if fault.row else []), *([fault.column] if fault.column else [])):
        assert word in message


@pytest.mark.parametrize("feed", FEEDS)
def test_nothing_is_lost(refreshed: Refreshed, feed: str) -> None:
    """Both identities for every file that landed, from what BI reads; every file of the corpus is accounted for."""
    counts = {name: row for (of, name), row in refreshed.counts().items() if of == feed}
    landed = {fault.file_name for (of, kind), fault in refreshed.faults.items() if of == feed}
    never = {fault.file_name for (of, kind), fault in refreshed.faults.items() if of == feed and kind in NEVER_LANDED}
    assert set(counts) == (landed - never) | {"good.csv"}
    for row in counts.values():
        records = row["records_used"] + row["records_quarantined"] + row["records_duplicate"]
        readings = row["readings_clean"] + row["readings_quarantined"]
        readings += row["readings_duplicate"] + row["readings_superseded"]
        assert (row["records_in"], row["readings_in"]) == (records, readings), row["file_name"]
        assert (row["records_unaccounted"], row["readings_unaccounted"]) == (0, 0)
    for (of, _), fault in refreshed.faults.items():
        if of == feed and fault.records_in is not None:
            assert counts[fault.file_name]["records_in"] == fault.records_in, fault.kind


@pytest.mark.parametrize("feed", FEEDS)
def test_the_rest_goes_on(refreshed: Refreshed, feed: str) -> None:
    """The good file of each feed is used to its last record, and its domain is published."""
    good = refreshed.counts()[feed, "good.csv"]
    assert (good["verdict"], good["records_in"]) == ("read", GOOD_RECORDS[feed])
    assert good["records_used"] == GOOD_RECORDS[feed]
    assert good["readings_clean"] == GOOD_RECORDS[feed] * READINGS[feed]
    assert refreshed.said["domains"][feed]["state"] == "fresh", refreshed.said["domains"][feed]["reason"]
    rows = kit.current(refreshed.data, f"SELECT sum(row_count) AS n FROM mart_release_tables WHERE domain = '{feed}'")
    assert rows[0]["n"] > 0


def test_status_names_refused_files_in_words(refreshed: Refreshed) -> None:
    status = kit.run_cli("status", "--data", str(refreshed.data))
    assert status.code == 0
    assert "refused" in status.out and "zip slip" in status.out
    assert "Traceback" not in status.out + status.err


def test_nothing_is_written_outside_the_data_directory(refreshed: Refreshed) -> None:
    around = refreshed.data.parent
    assert {p.name for p in around.iterdir()} == {"user", "data"}
    assert not list(around.rglob("evil.csv"))
    assert not (kit.ROOT / "evil.csv").exists() and not (kit.ROOT.parent / "evil.csv").exists()
