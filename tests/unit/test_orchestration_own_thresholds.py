"""A threshold that a source sets in ecoledger.toml, on a lake of two sources: what becomes due, and which bytes change.

Here belongs the way from the file to the clean layer, without dbt. Not here: which flags they are
(test_cleaning_own_thresholds.py) or the table that shows the setting (tests/conformance/test_declared.py).
"""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from orchestration import survey as surveying
from orchestration.session import open_session
from orchestration.settings import Settings, settled
from orchestration.steps.clean import CleanResult, clean_feed
from orchestration.steps.pull import pull_feed
from warehouse.lake.lake import open_lake
from warehouse.paths import DataDir

NOW = datetime(2026, 3, 20, 1, 0, tzinfo=UTC)
SOURCE = """
[[source]]
id = "NAME"
feed = "air"
table = "clean_air"
path = "NAME/*.csv"
cadence_min = 60
unknown_sites = "accept"
[source.time]
columns = ["time"]
formats = ["%Y-%m-%d %H:%M"]
[source.site]
column = "site"
[source.values]
"pm" = { parameter = "pm2_5", unit = "ug/m3" }
"""
CITY, TOWN = SOURCE.replace("NAME", "city"), SOURCE.replace("NAME", "town")
OWN = '[source.thresholds.pm2_5]\nunit = "ug/m3"\nsuspect_max = 60\n'


def written(folder: Path, text: str) -> Settings:
    file = folder / "ecoledger.toml"
    file.write_text(text, encoding="utf-8")
    return settled(DataDir(folder / "data").prepare(), file, now=NOW)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The city on the 1st to the 3rd of March, the town on the 3rd and 4th, 50 and 70 in turn."""
    for source, days in (("city", (1, 2, 3)), ("town", (3, 4))):
        (tmp_path / source).mkdir()
        rows = [f"2026-03-{day:02d} {h:02d}:00,{source},{50 + 20 * (h % 2)}" for day in days for h in range(24)]
        (tmp_path / source / "a.csv").write_text("\n".join(["time,site,pm", *rows, ""]), encoding="utf-8")
    return written(tmp_path, CITY + TOWN)


def cleaned(settings: Settings) -> CleanResult:
    with open_session(settings) as session:
        months = set(surveying.survey(settings).months)
        pulled = pull_feed(session, "air", months, lambda text: None)
        return clean_feed(session, "air", months, pulled.fetched, lambda text: None)


def bytes_of(settings: Settings) -> dict[str, bytes]:
    """Every file of the table's partitions by its path."""
    folder = settings.data.clean_table("clean_air")
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file() and "=" in str(f)}


def days_of(settings: Settings) -> dict[date, str]:
    """What each day of clean air holds."""
    with open_lake(settings.data, settings.registry) as lake:
        return lake.day_tokens()["clean_air"]


def flags(settings: Settings, day: str) -> dict[str, list[int]]:
    """Distinct flags of a day by source."""
    with open_lake(settings.data, settings.registry) as lake:
        frame = lake.read_clean("clean_air", day)
        assert frame is not None
        return {s: sorted(set(frame.filter(source_id=s)["flag"])) for s in sorted(set(frame["source_id"]))}


def test_a_source_s_own_threshold_makes_its_flags_due_and_no_delivery(settings: Settings, tmp_path: Path) -> None:
    assert cleaned(settings).deliveries == 2
    assert surveying.survey(settings).idle
    before, days = bytes_of(settings), days_of(settings)
    assert flags(settings, "2026-03-03") == {"city": [1], "town": [1]}

    own = written(tmp_path, CITY + TOWN + OWN)
    found = surveying.survey(own)
    assert (found.feeds["air"].due, found.feeds["air"].waiting) == ((), ())
    assert found.feeds["air"].stale_flags == ("clean_air",) and not found.idle
    assert surveying.fingerprint(own, found.state) != surveying.fingerprint(settings, found.state)
    # Nothing raw is opened.
    shutil.rmtree(settings.data.raw / "air")
    result = cleaned(own)
    assert (result.deliveries, result.failure, result.refused) == (0, "", [])
    assert result.notices == ["clean_air: thresholds of town changed; flags of 2 of 3 partitions renewed"]
    assert flags(own, "2026-03-03") == {"city": [1], "town": [1, 3]}
    after = bytes_of(own)
    assert after.keys() == before.keys()
    assert {Path(name).parts[0] for name in after if after[name] != before[name]} == {"month=2026-03"}
    assert {str(day) for day, token in days_of(own).items() if token != days[day]} == {"2026-03-03", "2026-03-04"}
    assert surveying.survey(own).idle

    # Without the setting everything is as it was, to the byte.
    again = written(tmp_path, CITY + TOWN)
    assert surveying.survey(again).feeds["air"].stale_flags == ("clean_air",)
    cleaned(again)
    assert bytes_of(again) == before and surveying.survey(again).idle


def test_the_manifest_of_a_release_names_what_is_set(settings: Settings, tmp_path: Path) -> None:
    with open_session(settings) as session:
        assert session.configuration()["own_thresholds"] == []
    own = written(tmp_path, CITY + TOWN + OWN)
    with open_session(own) as session:
        (row,) = session.configuration()["own_thresholds"]
        assert session.dbt_vars(1)["own_thresholds"] == [row]
    assert row == {
        "source_id": "town",
        "parameter": "pm2_5",
        "threshold": "suspect_max",
        "value": "60",
        "value_of_registry": "1000",
        "unit": "ug/m3",
        "feed": "air",
    }


def test_a_note_that_cannot_be_read_renews_all_flags(settings: Settings) -> None:
    cleaned(settings)
    note = settings.data.flags_note("clean_air")
    assert note.read_bytes().startswith(b'{"thresholds": "')
    for damaged in (b"{", b"[]", b'{"own": {}}', b'{"thresholds": "x", "own": 3}'):
        note.write_bytes(damaged)
        assert surveying.survey(settings).feeds["air"].stale_flags == ("clean_air",)
    assert cleaned(settings).notices == ["clean_air: thresholds changed; flags of 0 of 4 partitions renewed"]
    assert surveying.survey(settings).idle
