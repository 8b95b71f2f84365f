"""Retries of a pull, and a feed that fails without failing its step: Dagster's wiring over a lake of one file."""

from collections.abc import Iterator
from contextlib import contextmanager
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
from sources.registry import registry
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
    SESSION.lake = SimpleNamespace(index=SimpleNamespace(table_rows=lambda: {"clean_air": 41, "clean_dustfall": 1}))
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
    assert checks(result) == {"pulled": False, "accounted_for": True, "observations_fresh": True}


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
