"""What is said of each source: answers kept from refresh to refresh, what the lake holds, and the word for both.

On a lake of one small source, without Dagster or dbt; that a release holds the rows is in tests/pipeline.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from dbt_project.seed_rows import seed_rows
from orchestration.settings import Settings, settled
from orchestration.source_table import DELIVERING, FAILING, LATE, WAITING, source_rows, state_of
from orchestration.steps.pull import pull_feed
from sources.connectors import CONNECTORS
from tests import dbt_yml
from tests.unit.test_orchestration_survey import CONFIG, Opened
from warehouse.lake.index import Index
from warehouse.lake.lake import open_lake
from warehouse.lake.source_facts import SourceFacts
from warehouse.lake.source_states import SourceState, after, note_answers, read_states
from warehouse.paths import DataDir

NOW = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def facts(*days: date) -> SourceFacts:
    return SourceFacts(len(days), 0, 0, NOW.isoformat(), None, None, days)


def test_a_source_is_failing_since_the_first_failure_in_a_row() -> None:
    broken = after(
        after(SourceState(), "no such folder", "2026-03-01T06:30:00+08:00"), "refused", "2026-03-02T06:30:00+08:00"
    )
    assert (broken.failing_since, broken.failures, broken.failure) == ("2026-03-01T06:30:00+08:00", 2, "refused")
    assert broken.answered_at == ""
    mended = after(broken, "", "2026-03-03T06:30:00+08:00")
    assert mended == SourceState("2026-03-03T06:30:00+08:00", "2026-03-03T06:30:00+08:00")


def test_the_last_answer_stays_known_while_a_source_fails(tmp_path: Path) -> None:
    file = tmp_path / "sources.json"
    note_answers(file, {"a": "", "b": ""}, NOW)
    note_answers(file, {"a": "reset"}, NOW + DAY)
    found = read_states(file)
    assert (found["a"].answered_at, found["a"].failing_since) == (NOW.isoformat(), (NOW + DAY).isoformat())
    assert found["b"] == SourceState(NOW.isoformat(), NOW.isoformat())


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": {"colour": 1}}', '{"a": 1}'])
def test_a_damaged_file_of_answers_counts_as_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "sources.json"
    file.write_text(text, encoding="utf-8")
    assert read_states(file) == {}


def test_the_worst_that_is_true_is_said() -> None:
    some = facts(date(2026, 3, 1))
    assert state_of(None, SourceState(failures=1), 9) == FAILING
    assert state_of(None, SourceState(), 0) == WAITING
    assert state_of(some, SourceState(), 1) == LATE
    assert state_of(some, SourceState(), 0) == DELIVERING


def test_every_state_has_its_words() -> None:
    assert {r["word"] for r in seed_rows("words/vocabulary_words") if r["vocabulary"] == "source_state"} == {
        *(FAILING, WAITING, LATE, DELIVERING)
    }


def test_every_connector_has_a_chinese_name() -> None:
    assert [name for name, kind in CONNECTORS.items() if not kind.name_zh] == []


def test_gaps_are_known_from_the_third_day_on() -> None:
    first = date(2026, 1, 1)
    assert facts(first, first + DAY).usual_gap_days is None
    bursts = facts(first, first + DAY, first + 2 * DAY, first + 33 * DAY)
    assert (bursts.usual_gap_days, bursts.longest_gap_days) == (1, 31)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "in").mkdir()
    # The second of the month came twice, once unchanged.
    for day, ticket in (("20260301", "a"), ("20260302", "b"), ("20260303", "b"), ("20260304", "c")):
        text = f"time,site,no,net\n2026-03-01 08:00,A,{ticket},1.5\n"
        (tmp_path / "in" / f"t_{day}.csv").write_text(text, encoding="utf-8")
    config = tmp_path / "ecoledger.toml"
    config.write_text(CONFIG, encoding="utf-8")
    return settled(DataDir(tmp_path / "data").prepare(), config, now=NOW)


def pulled(settings: Settings) -> dict[str, Any]:
    """The row of the source after one more pull of all that is due."""
    with open_lake(settings.data, settings.registry) as lake:
        pull_feed(Opened(settings, lake), "waste", {"2026-03-01"}, lambda text: None)
    index = Index(settings.data.index_file, read_only=True)
    (row,) = source_rows(settings, index)
    index.close()
    return row


def test_before_the_first_refresh_a_source_waits(settings: Settings) -> None:
    (row,) = source_rows(settings, None)
    assert (row["state"], row["n_deliveries"], row["last_delivered_at"], row["next_due_on"]) == (WAITING, 0, None, None)


def test_the_row_of_a_source_that_delivers(settings: Settings) -> None:
    row = pulled(settings)
    assert (row["n_deliveries"], row["usual_gap_days"], row["next_due_on"]) == (4, 1, date(2026, 3, 5))
    assert row["last_answered_at"] == datetime(2026, 3, 10, 9, 0)
    # 5 March and the 48 hours that waste may be late; the clock is the morning of 10 March.
    assert (row["days_late"], row["state"]) == (3, LATE)
    assert (row["connector_zh"], row["feed_zh"], row["path"]) == ("文件", "生活垃圾", "in/*.csv")


def test_a_source_that_broke_is_not_one_that_is_late(settings: Settings, tmp_path: Path) -> None:
    pulled(settings)
    (tmp_path / "in").rename(tmp_path / "gone")
    row = pulled(settings)
    assert (row["state"], row["n_failures"]) == (FAILING, 1)
    assert "there is no such folder" in row["failure"]
    (tmp_path / "gone").rename(tmp_path / "in")
    assert (pulled(settings)["state"], pulled(settings)["failing_since"]) == (LATE, None)


def test_the_rows_have_every_column_of_the_contract(settings: Settings) -> None:
    contract = dbt_yml.PROJECT / "models/marts/judgement/mart_sources.yml"
    (model,) = yaml.safe_load(contract.read_text(encoding="utf-8"))["models"]
    added = {"provenance_zh", "state_zh", "release_id", "published_at"}
    assert set(pulled(settings)) | added == {column["name"] for column in model["columns"]}


def test_what_is_written_down_is_readable(settings: Settings) -> None:
    pulled(settings)
    assert list(json.loads(settings.data.source_states.read_bytes())) == ["tickets"]
