"""Retries of a pull, and a feed that fails without failing its step: Dagster's wiring over a lake of one file."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest

from orchestration.dagster import lake_assets
from orchestration.dagster.definitions import month_partitions
from orchestration.dagster.due import range_tags
from orchestration.dagster.freshness import ObservationAge, allowed_age
from orchestration.dagster.resources import Refresh
from orchestration.findings import Findings
from orchestration.steps.clean import CleanResult
from orchestration.steps.pull import PullResult
from sources.cleaning.store import PartitionCounts
from sources.registry import registry
from tests.unit.warehouse_kit import receipt
from warehouse.lake.index import CleanedFile
from warehouse.paths import DataDir

PARTITIONS = month_partitions(date(2026, 1, 1), "Asia/Shanghai")


class Fake(Refresh):
    """A refresh whose session only keeps notes."""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Fake"]:
        self._session, self._findings = SESSION, SESSION.findings
        yield self


SESSION = SimpleNamespace()


@pytest.fixture(autouse=True)
def session(monkeypatch, tmp_path):
    config = SimpleNamespace(sources_of=lambda feed: ("a source",))
    SESSION.findings = Findings()
    SESSION.settings = SimpleNamespace(feeds=tuple(registry().feeds), config=config)
    SESSION.newest_reading = lambda feed: None
    SESSION.data = DataDir(tmp_path)
    index = SimpleNamespace(
        table_rows=lambda: {"clean_air": 41, "clean_dustfall": 1}, cleaned_of=lambda feeds, months: []
    )
    SESSION.lake = SimpleNamespace(index=index, cleanings=nullcontext)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    return SESSION


def run(names: list[str], **how: Any) -> dg.ExecuteInProcessResult:
    assets = [
        asset
        for asset in lake_assets.build_lake_assets(registry(), PARTITIONS)
        if {key.to_user_string() for key in asset.keys} & set(names)
    ]
    return dg.materialize(
        assets,
        resources={"refresh": Fake()},
        **{"tags": range_tags("2026-01-01", "2026-03-01"), "raise_on_error": False, **how},
    )


def test_no_run_chooses_where_it_reads_and_writes(tmp_path):
    @dg.asset
    def where(refresh: Refresh) -> str:
        return f"{refresh.settings().data.root} {refresh.settings().config.path}"

    class Seen(Refresh.over(DataDir(tmp_path), None)):
        @contextmanager
        def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Refresh]:
            yield self

    def run_with(**config: str) -> dg.ExecuteInProcessResult:
        resources = {"resources": {"refresh": {"config": config}}}
        return dg.materialize([where], resources={"refresh": Seen()}, run_config=resources)

    result = run_with(last_day="2026-01-05")
    assert result.output_for_node("where") == f"{tmp_path} None"
    for word in ("data_dir", "config_path", "data", "config_file"):
        with pytest.raises(dg.DagsterInvalidConfigError):
            run_with(**{word: "/etc"})


def checks(result: dg.ExecuteInProcessResult) -> dict[str, bool]:
    return {e.check_name: e.passed for e in result.get_asset_check_evaluations()}


def test_a_pull_that_fails_once_is_tried_again(session, monkeypatch):
    tries = []

    def pull(session, feed, months, note):
        tries.append(months)
        return PullResult(new=1) if len(tries) > 1 else PullResult(failures=["connection reset"])

    monkeypatch.setattr(lake_assets, "pull_feed", pull)
    result = run(["raw_air"])
    assert result.success
    assert tries == [{"2026-01-01", "2026-02-01", "2026-03-01"}] * 2
    assert checks(result) == {"pulled": True}
    assert session.findings.failures == {"air": []}


def test_a_pull_that_keeps_failing_is_kept_and_shown_and_stops_nobody(session, monkeypatch):
    monkeypatch.setattr(lake_assets, "pull_feed", lambda *_: PullResult(failures=["no such host"]))
    monkeypatch.setattr(lake_assets, "clean_feed", lambda *_: CleanResult(deliveries=3))
    result = run(["raw_air", "clean_air"])
    assert result.success
    assert session.findings.failures == {"air": ["no such host"]}
    assert checks(result) == {
        "pulled": False,
        "accounted_for": True,
        "month_accounted_for": True,
        "observations_fresh": True,
    }


def test_a_feed_that_was_not_asked_for_is_not_pulled(session, monkeypatch):
    session.settings.feeds = ("water",)
    monkeypatch.setattr(lake_assets, "pull_feed", lambda *_: pytest.fail("pulled"))
    assert run(["raw_air"]).success


def test_refused_files_and_unbalanced_counts_fail_the_check_only(session, monkeypatch):
    cleaned = CleanResult(deliveries=2, refused=["a.csv: empty"], unbalanced=["b.csv: records: 3 in, 2 accounted for"])
    monkeypatch.setattr(lake_assets, "clean_feed", lambda *_: cleaned)
    result = run(["clean_air"])
    assert result.success
    assert checks(result)["accounted_for"] is False
    assert session.findings.failures == {}


def months(result: dg.ExecuteInProcessResult) -> dict[str, tuple[bool, int, str]]:
    """Of each month whether it is accounted for, its files, and what is wrong."""
    found = [e for e in result.get_asset_check_evaluations() if e.check_name == "month_accounted_for"]
    shown = {e.partition: (e.passed, e.metadata["files"].value, e.metadata["problems"].value) for e in found}
    assert len(shown) == len(found)
    return shown


def cleaned_file(name: str, delivered_at: str, reason: str = "", lost: int = 0) -> CleanedFile:
    counts = {"verdict": "refused" if reason else "read", "reason": reason, "records_in": 2 + lost}
    zeros = dict.fromkeys(("records_quarantined", "readings_in", "readings_quarantined"), 0)
    sums = PartitionCounts(readings_clean=0, readings_superseded=0, readings_duplicate=0, records_used=2)
    return CleanedFile(receipt("air", name, file_name=name, delivered_at=delivered_at), counts | zeros, sums)


def test_a_month_says_which_of_its_files_are_not_accounted_for(session, monkeypatch):
    asked = []
    files = [
        cleaned_file("whole.csv", "2026-01-31T23:59:00+08:00"),
        cleaned_file("lost.csv", "2026-03-01T00:00:00+08:00", lost=1),
        cleaned_file("broken.csv", "2026-03-31T07:00:00+08:00", reason="empty"),
        # Delivered in a month that the run was not asked for: the source's clock had said another one.
        cleaned_file("late.csv", "2026-04-02T07:00:00+08:00", reason="not a workbook"),
    ]

    def cleaned_of(feeds, months):
        asked.append((feeds, months))
        return files

    session.lake.index.cleaned_of = cleaned_of
    monkeypatch.setattr(lake_assets, "clean_feed", lambda *_: CleanResult(months={"2026-01-01", "2026-04-01"}))
    with dg.DagsterInstance.ephemeral() as instance:
        result = run(["clean_air"], instance=instance)
        assert result.success
        assert months(result) == {
            "2026-01-01": (True, 1, "none"),
            "2026-02-01": (True, 0, "none"),
            "2026-03-01": (
                False,
                2,
                "- test_air, lost.csv: records: 3 in, 2 accounted for\n- test_air, broken.csv: empty",
            ),
            "2026-04-01": (False, 1, "- test_air, late.csv: not a workbook"),
        }
        assert asked == [(["air"], ["2026-01", "2026-02", "2026-03", "2026-04"])]
        check = dg.AssetCheckKey(dg.AssetKey("clean_air"), "month_accounted_for")
        kept = {i.partition_key: i for i in instance.event_log_storage.get_asset_check_partition_info([check])}
        status = {month: info.latest_execution_status.value for month, info in kept.items()}
        assert status == dict.fromkeys(months(result), "SUCCEEDED") | {"2026-03-01": "FAILED", "2026-04-01": "FAILED"}
        # Dagster shows no result that is about an older materialization.
        assert all(info.is_current for info in kept.values())
        assert kept["2026-03-01"].latest_target_materialization_storage_id
        assert kept["2026-04-01"].latest_target_materialization_storage_id is None
        del files[1:3]
        files[-1:] = [cleaned_file("late.csv", "2026-04-02T07:00:00+08:00")]
        again = run(["clean_air"], instance=instance, tags=range_tags("2026-03-01", "2026-04-01"))
        assert {month: passed for month, (passed, *_) in months(again).items() if month >= "2026-03"} == {
            "2026-03-01": True,
            "2026-04-01": True,
        }
        kept = {i.partition_key: i for i in instance.event_log_storage.get_asset_check_partition_info([check])}
        assert all(info.is_current for info in kept.values())
        assert {info.latest_execution_status.value for info in kept.values()} == {"SUCCEEDED"}


def test_a_month_that_could_not_be_cleaned_is_not_accounted_for(session, monkeypatch):
    failed = CleanResult(failure="ValueError: no such unit", months={"2026-02-01"})
    monkeypatch.setattr(lake_assets, "clean_feed", lambda *_: failed)
    shown = months(run(["clean_air"]))
    assert {month: passed for month, (passed, *_) in shown.items()} == {
        "2026-01-01": True,
        "2026-02-01": False,
        "2026-03-01": True,
    }
    assert shown["2026-02-01"][2] == "- files wait, because cleaning failed: ValueError: no such unit"


def test_a_run_of_one_month_has_the_result_of_that_month(session, monkeypatch):
    monkeypatch.setattr(lake_assets, "clean_feed", lambda *_: CleanResult())
    assert set(months(run(["clean_air"], tags={}, partition_key="2026-02-01"))) == {"2026-02-01"}


@pytest.mark.parametrize("asset", ["raw_air", "clean_air"])
def test_a_run_without_a_month_says_what_to_write(session, monkeypatch, asset):
    monkeypatch.setattr(lake_assets, "pull_feed", lambda *_: pytest.fail("pulled"))
    monkeypatch.setattr(lake_assets, "clean_feed", lambda *_: pytest.fail("cleaned"))
    result = run([asset], tags={})
    (failed,) = [event for event in result.all_events if event.is_step_failure]
    assert "Give `dg launch` a --partition" in failed.step_failure_data.user_failure_data.description
    assert not [event for event in result.all_events if event.is_step_up_for_retry]


def test_a_clean_asset_shows_its_rows_and_where_they_are(session, monkeypatch):
    monkeypatch.setattr(lake_assets, "clean_feed", lambda *_: CleanResult(deliveries=2))
    shown = run(["clean_air"]).asset_materializations_for_node("clean_air")[0].metadata
    assert shown["dagster/row_count"].value == 42
    assert shown["rows"].value == {"clean_air": 41, "clean_dustfall": 1, "clean_dust_period": 0}
    assert shown["dagster/uri"].value == session.data.clean.as_uri()


def test_an_old_newest_reading_is_not_fresh():
    air = registry().feeds["air"]
    allowed = allowed_age(air)
    assert allowed.total_seconds() / 3600 == float(air.cadence_hours) + air.lateness_allowed_hours + 24
    newest = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    assert ObservationAge(newest, allowed, allowed).fresh
    assert not ObservationAge(newest, allowed * 2, allowed).fresh
    assert ObservationAge(None, None, allowed).fresh
