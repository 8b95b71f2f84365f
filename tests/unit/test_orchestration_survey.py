"""What is due, what waits, and when nothing is new: on a lake of one small source, without Dagster or dbt."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from orchestration import survey as surveying
from orchestration.dagster.run_job import nothing_new
from orchestration.session import open_session
from orchestration.settings import Settings, settled
from orchestration.steps.clean import CleanResult, clean_feed
from orchestration.steps.pull import pull_feed
from sources.registry import FLAG_SUSPECT
from warehouse.lake.index import Index
from warehouse.lake.lake import open_lake
from warehouse.paths import DataDir

NOW = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
CONFIG = """
[[source]]
id = "tickets"
feed = "waste"
path = "in/*.csv"
delivered_at = "name"
delivered_at_pattern = '_(\\d{8})\\.'
delivered_at_format = "%Y%m%d"
unknown_sites = "accept"
[source.time]
columns = ["time"]
formats = ["%Y-%m-%d %H:%M"]
marks = "instant"
[source.site]
column = "site"
[source.values]
"net" = { parameter = "net_t", unit = "t" }
[source.columns]
ticket_no = { column = "no" }
category = { constant = "other" }
"""


class Opened:
    """As much of a session as pulling needs."""

    def __init__(self, settings: Settings, lake) -> None:
        self.settings, self.lake, self.fetched = settings, lake, {}


@pytest.fixture
def settings(tmp_path) -> Settings:
    (tmp_path / "in").mkdir()
    for day in ("20260131", "20260201", "20260309", "20260310"):
        text = f"time,site,no,net\n2026-01-31 08:00,A,{day},1.5\n"
        (tmp_path / "in" / f"t_{day}.csv").write_text(text, encoding="utf-8")
    config = tmp_path / "ecoledger.toml"
    config.write_text(CONFIG, encoding="utf-8")
    return settled(DataDir(tmp_path / "data").prepare(), config, now=NOW)


def names(found: surveying.Survey) -> list[str]:
    return [due.offer.file_name for due in found.feeds["waste"].due]


def test_everything_due_is_listed_before_the_first_pull(settings):
    found = surveying.survey(settings)
    assert names(found) == ["t_20260131.csv", "t_20260201.csv", "t_20260309.csv", "t_20260310.csv"]
    assert found.months == ["2026-01-01", "2026-02-01", "2026-03-01"]
    assert not found.idle


def test_from_leaves_older_deliveries_out(settings, tmp_path):
    later = settled(settings.data, settings.config.path, first="2026-02-01", now=NOW)
    assert names(surveying.survey(later))[0] == "t_20260201.csv"


def test_what_is_not_due_yet_is_not_listed(settings):
    earlier = settled(settings.data, settings.config.path, to="2026-02-15", now=NOW)
    assert names(surveying.survey(earlier)) == ["t_20260131.csv", "t_20260201.csv"]


def test_pulling_lands_the_months_asked_for_once(settings):
    with open_lake(settings.data, settings.registry) as lake:
        opened = Opened(settings, lake)
        first = pull_feed(opened, "waste", {"2026-01-01", "2026-02-01"}, lambda text: None)
        again = pull_feed(opened, "waste", {"2026-01-01", "2026-02-01"}, lambda text: None)
    assert (first.new, first.failures, again.new) == (2, [], 0)
    found = surveying.survey(settings)
    assert names(found) == ["t_20260309.csv", "t_20260310.csv"]
    assert found.feeds["waste"].waiting == ("2026-01-01", "2026-02-01")


def test_a_source_that_cannot_be_listed_is_named_and_the_rest_goes_on(settings, tmp_path):
    for file in (tmp_path / "in").iterdir():
        file.unlink()
    (tmp_path / "in").rmdir()
    found = surveying.survey(settings)
    assert not found.idle
    assert found.feeds["waste"].failures
    assert found.feeds["water"] == surveying.FeedSurvey()


def test_nothing_is_new_only_on_the_state_the_last_refresh_finished_with(settings):
    data = settings.data
    Index(data.index_file).close()
    (data.root / "releases").mkdir()
    data.current.symlink_to("releases")
    idle = surveying.Survey({}, state="s", fingerprint="f")
    assert nothing_new(settings, idle) is None
    surveying.note_refresh(data, {"fingerprint": "f", "exit_code": 0})
    assert nothing_new(settings, idle).outcome == "nothing_new"
    assert nothing_new(settings, surveying.Survey({}, state="s", fingerprint="other")) is None
    assert nothing_new(settings, surveying.Survey({}, state="", fingerprint="f")) is None
    assert nothing_new(settings, surveying.Survey({}, state="s", fingerprint="f", unfinished=("cleaning",))) is None
    surveying.note_refresh(data, {"fingerprint": "f", "exit_code": 4})
    assert nothing_new(settings, idle) is None


def test_a_damaged_note_counts_as_none(settings):
    note = settings.data.build / "last_refresh.json"
    note.parent.mkdir(parents=True, exist_ok=True)
    for text in ("{", json.dumps([1]), ""):
        note.write_text(text)
        assert surveying.last_refresh(settings.data) == {}


def with_threshold(settings: Settings) -> Settings:
    """The same with another threshold of tickets: half a tonne is much already."""
    waste = settings.registry.feeds["waste"]
    net = waste.parameters["net_t"]
    tests = replace(net.tests, suspect_max=Decimal("0.5"))
    changed = replace(waste, parameters=waste.parameters | {"net_t": replace(net, tests=tests)})
    return replace(settings, registry=replace(settings.registry, feeds=settings.registry.feeds | {"waste": changed}))


def cleaned(settings: Settings) -> CleanResult:
    with open_session(settings) as session:
        months = set(surveying.survey(settings).months)
        pulled = pull_feed(session, "waste", months, lambda text: None)
        return clean_feed(session, "waste", months, pulled.fetched, lambda text: None)


def test_a_changed_threshold_makes_flags_due_and_no_delivery(settings):
    assert (cleaned(settings).deliveries, cleaned(settings).notices) == (4, [])
    assert surveying.survey(settings).idle
    changed = with_threshold(settings)
    found = surveying.survey(changed)
    assert (found.feeds["waste"].waiting, found.feeds["waste"].stale_flags) == ((), ("clean_waste",))
    assert not found.idle
    assert not found.feeds["air"].stale_flags
    # Nothing raw is opened.
    shutil.rmtree(settings.data.raw / "waste")
    with open_lake(settings.data, changed.registry) as lake:
        assert lake.read_clean("clean_waste", "2026-01-31")["flag"].to_list() == [1] * 4
    result = cleaned(changed)
    said = "clean_waste: thresholds changed; flags of 1 of 1 partitions renewed"
    assert (result.deliveries, result.notices, result.failure) == (0, [said], "")
    with open_lake(settings.data, changed.registry) as lake:
        assert lake.read_clean("clean_waste", "2026-01-31")["flag"].to_list() == [FLAG_SUSPECT] * 4
    assert surveying.survey(changed).idle
    assert surveying.survey(settings).feeds["waste"].stale_flags == ("clean_waste",)


def test_the_fingerprint_follows_code_configuration_and_lake(settings, tmp_path):
    one = surveying.fingerprint(settings, "state")
    assert one == surveying.fingerprint(settings, "state") != surveying.fingerprint(settings, "other")
    (settings.config.path).write_text(CONFIG.replace('"other"', '"recyclable"'), encoding="utf-8")
    changed = settled(settings.data, settings.config.path, now=NOW)
    assert surveying.fingerprint(changed, "state") != one
    room = tmp_path / "rooms" / "sources"
    room.mkdir(parents=True)
    (room / "a.py").write_text("A = 1")
    before = surveying.code_fingerprint(tmp_path / "rooms")
    (room / "a.py").write_text("A = 2")
    assert surveying.code_fingerprint(tmp_path / "rooms") != before
