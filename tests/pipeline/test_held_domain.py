"""A domain that fails its gate: on the very first refresh, on a later one, and again after a rollback.

Here belongs what BI reads in each case, from a user's own deliveries: noise fails because most rows of a file are
broken. Not here: holding table by table (tests/releases/test_held_tables.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests import kit
from tests.faults import corpus
from tests.faults.corpus import FEEDS
from warehouse.paths import DataDir
from warehouse.release.ledger import Ledger
from warehouse.release.releases import current, releases, verify_files

# Five refreshes.
pytestmark = pytest.mark.slow

ZONE = ZoneInfo("Asia/Shanghai")
HELD = "noise"
OTHERS = tuple(feed for feed in FEEDS if feed != HELD)
TABLES = "SELECT * FROM mart_release_tables ORDER BY table_name"


@dataclass(frozen=True)
class Stage:
    """One moment of the story: the command that led there and the release that `data/current` pointed at."""

    ran: kit.Ran
    database: Path

    @property
    def said(self) -> dict[str, Any]:
        return self.ran.json

    @property
    def release_id(self) -> str:
        return self.database.parent.name

    def read(self, query: str) -> list[dict[str, Any]]:
        return kit.read(self.database, query)

    def tables(self, domain: str) -> list[dict[str, Any]]:
        return [row for row in self.read(TABLES) if row["domain"] == domain]


class Story:
    """A user's data directory through five moments; every release stays on disk and can be read again."""

    def __init__(self, folder: Path) -> None:
        self.user, self.data = folder / "user", DataDir(folder / "data")
        kit.parsed(self.data)
        self.config = corpus.lay_configuration(self.user)
        self.deliver(day(3, 20), {feed: corpus.good_table(feed, 0, records(feed)) for feed in OTHERS})
        self.deliver(day(3, 20), {HELD: broken(0, 240, 200)})
        self.first_fails = self.refresh("2026-03-20")
        self.deliver(day(5, 20), {HELD: corpus.good_table(HELD, 20, 1200)})
        self.repaired = self.refresh("2026-05-20")
        self.deliver(day(6, 10), {HELD: broken(71, 480, 450), "air": corpus.good_table("air", 71, 300)})
        self.later_fails = self.refresh("2026-06-10")
        back = ("rollback", self.repaired.release_id, "--data", str(self.data.root), "--reason", "a test", "--json")
        self.rolled_back = self.stage(kit.run_cli(*back))
        self.deliver(day(6, 12), {"air": corpus.good_table("air", 90, 300)})
        self.fails_again = self.refresh("2026-06-12")

    def deliver(self, at: datetime, tables: dict[str, corpus.Good]) -> None:
        for feed, table in tables.items():
            corpus.lay_file(self.user, feed, f"{feed}_{at:%Y%m%d}.csv", table.csv(), at)

    def refresh(self, to: str) -> Stage:
        data, config = str(self.data.root), str(self.config)
        return self.stage(kit.run_cli("refresh", "--data", data, "--config", config, "--to", to, "--json"))

    def stage(self, ran: kit.Ran) -> Stage:
        assert self.data.current.exists(), ran
        return Stage(ran, (self.data.current / "marts.duckdb").resolve())


def day(month: int, number: int) -> datetime:
    return datetime(2026, month, number, 9, 0, tzinfo=ZONE)


def records(feed: str) -> int:
    return 80 if feed == "returns" else 300


def broken(number: int, count: int, bad: int) -> corpus.Good:
    """A table of noise of which the last `bad` of `count` rows hold no number."""
    good = corpus.good_table(HELD, number, count)
    at = good.index(good.value_column)
    rows = [(*row[:at], "###", *row[at + 1 :]) if i >= count - bad else row for i, row in enumerate(good.rows)]
    return corpus.Good(good.feed, good.header, tuple(rows), good.value_column, good.time_column)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return Story(tmp_path_factory.mktemp("held"))


def stale(stage: Stage) -> set[tuple[str, datetime | None, bool]]:
    """State, since and whether a reason is given, over the held domain's tables."""
    return {(t["state"], t["stale_since"], "quarantined" in t["reason"]) for t in stage.tables(HELD)}


def digests(stage: Stage, domain: str) -> dict[str, str]:
    return {t["table_name"]: t["table_digest"] for t in stage.tables(domain)}


def test_on_the_very_first_refresh_its_tables_are_empty_under_contract(story: Story) -> None:
    stage = story.first_fails
    assert stage.ran.code == 3, stage.ran.out
    assert stage.said["domains"][HELD]["verdict"] == "fail"
    assert stale(stage) == {("empty", datetime(2026, 3, 20, 9, 0), True)}
    declared = {t["name"]: [c["name"] for c in t["columns"]] for t in manifest(story, stage)["tables"]}
    for table in stage.tables(HELD):
        name = table["table_name"]
        found = stage.read(f"SELECT column_name FROM (DESCRIBE {name})")
        assert [c["column_name"] for c in found] == declared[name]
        assert stage.read(f"SELECT count(*) AS n FROM {name}") == [{"n": 0}]


def test_on_the_very_first_refresh_its_indicators_say_no_data_held(story: Story) -> None:
    stage = story.first_fails
    scores = stage.read(f"SELECT status, status_reason, domain_state FROM mart_plan_scorecard WHERE domain = '{HELD}'")
    assert len(scores) == 2
    for score in scores:
        assert score == {"status": "no_data", "status_reason": "held", "domain_state": "empty"}
    assert stage.read(f"SELECT * FROM mart_indicator_values WHERE domain = '{HELD}'") == []
    assert stage.read("SELECT count(*) AS n FROM mart_plan_scorecard") == [{"n": 22}]


def test_the_gate_says_why_in_rows(story: Story) -> None:
    failed = f"SELECT expectation, failing_rows FROM mart_gate_results WHERE domain = '{HELD}' AND outcome = 'fail'"
    for stage in (story.first_fails, story.later_fails, story.fails_again):
        rows = stage.read(failed)
        assert any("quarantined share" in row["expectation"] for row in rows)
        assert any("noise_2026" in row["failing_rows"] for row in rows)
    assert story.repaired.read(failed) == []


@pytest.mark.parametrize("domain", OTHERS)
def test_the_others_publish_every_time(story: Story, domain: str) -> None:
    for stage in (story.first_fails, story.repaired, story.later_fails, story.rolled_back, story.fails_again):
        states = {(t["state"], t["stale_since"]) for t in stage.tables(domain)}
        assert states == {("fresh", None)}
        assert sum(t["row_count"] for t in stage.tables(domain)) > 0


def test_once_repaired_it_is_fresh(story: Story) -> None:
    stage = story.repaired
    assert stage.ran.code == 0, stage.ran.out
    assert {(t["state"], t["stale_since"], t["reason"]) for t in stage.tables(HELD)} == {("fresh", None, "")}
    assert stage.read("SELECT count(*) AS n FROM mart_noise_site_daily")[0]["n"] >= 50


def test_on_a_later_refresh_its_previous_tables_stay_and_are_marked(story: Story) -> None:
    before, stage = story.repaired, story.later_fails
    assert stage.ran.code == 3
    assert stage.said["domains"][HELD]["state"] == "held"
    assert stale(stage) == {("held", datetime(2026, 6, 10, 9, 0), True)}
    assert digests(stage, HELD) == digests(before, HELD)
    daily = "SELECT * FROM mart_noise_site_daily ORDER BY ALL"
    assert stage.read(daily) == before.read(daily)
    assert digests(stage, "air") != digests(before, "air")
    states = stage.read(f"SELECT DISTINCT domain_state FROM mart_plan_scorecard WHERE domain = '{HELD}'")
    assert states == [{"domain_state": "held"}]


def test_after_a_rollback_bi_reads_the_earlier_release(story: Story) -> None:
    assert story.rolled_back.ran.code == 0
    assert story.rolled_back.release_id == story.repaired.release_id
    assert {t["state"] for t in story.rolled_back.tables(HELD)} == {"fresh"}


def test_failing_again_after_a_rollback_it_is_held_from_the_release_rolled_back_to(story: Story) -> None:
    stage = story.fails_again
    assert stage.ran.code == 3
    # Held anew since this refresh, not since the one that was withdrawn.
    assert stale(stage) == {("held", datetime(2026, 6, 12, 9, 0), True)}
    assert digests(stage, HELD) == digests(story.repaired, HELD)
    assert digests(stage, "air") != digests(story.later_fails, "air")
    origin = {t["release_of_origin"] for t in manifest(story, stage)["tables"] if t["domain"] == HELD}
    assert origin == {story.repaired.release_id}


def test_the_ledger_tells_the_story(story: Story) -> None:
    ledger = Ledger(story.data.ledger_file)
    ledger.verify()
    states = {r.release_id: r.state for r in releases(story.data)}
    assert states == {
        story.first_fails.release_id: "kept",
        story.repaired.release_id: "kept",
        story.later_fails.release_id: "withdrawn",
        story.fails_again.release_id: "current",
    }
    kinds = [entry.kind for entry in ledger.entries()]
    assert kinds == ["release", "hold", "release", "release", "hold", "rollback", "release", "hold"]
    now = current(story.data)
    assert now is not None and verify_files(now) == []
    assert story.fails_again.said["ledger_head"] == ledger.head()


def manifest(story: Story, stage: Stage) -> dict[str, Any]:
    import json

    return json.loads((story.data.release(stage.release_id) / "manifest.json").read_text(encoding="utf-8"))
