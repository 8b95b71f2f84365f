"""The event log keeps what Dagster's own storage keeps: partitions, materializations and runs, readable by both."""

from datetime import date

import dagster as dg
import pytest

from orchestration import environment
from orchestration.dagster.definitions import month_partitions
from orchestration.dagster.due import range_tags
from orchestration.dagster.private import SqliteEventLogStorage
from warehouse.paths import DataDir

PARTITIONS = month_partitions(date(2025, 1, 1), "Asia/Shanghai")


@dg.asset(partitions_def=PARTITIONS, backfill_policy=dg.BackfillPolicy.single_run())
def monthly() -> None:
    """An asset of months."""


@dg.asset(deps=[monthly], check_specs=[dg.AssetCheckSpec("sound", asset="whole")])
def whole() -> dg.MaterializeResult:
    """An asset without partitions and a check."""
    return dg.MaterializeResult(check_results=[dg.AssetCheckResult(check_name="sound", passed=True)])


@pytest.fixture
def data(tmp_path, monkeypatch) -> DataDir:
    for name in ("DAGSTER_HOME", "DAGSTER_EVENT_BATCH_SIZE"):
        monkeypatch.setenv(name, "")
    made = DataDir(tmp_path / "data").prepare()
    environment.prepare(made)
    return made


def test_a_run_over_a_year_is_kept_as_dagsters_own_storage_keeps_it(data):
    with dg.DagsterInstance.get() as instance:
        tags = range_tags("2025-01-01", "2025-12-01")
        assert dg.materialize([monthly, whole], instance=instance, tags=tags).success
        found = instance.get_materialized_partitions(dg.AssetKey("monthly"))
        assert found == {f"2025-{month:02}-01" for month in range(1, 13)}
        (run,) = instance.get_runs()
        kept = [entry.message for entry in instance.all_logs(run.run_id)]
    stock = SqliteEventLogStorage(str(data.dagster / "history"))
    try:
        assert [entry.message for entry in stock.get_logs_for_run(run.run_id)] == kept
        record = stock.get_latest_asset_check_execution_by_key([dg.AssetCheckKey(dg.AssetKey("whole"), "sound")])
        assert [r.status.value for r in record.values()] == ["SUCCEEDED"]
    finally:
        stock.dispose()


def test_a_run_may_follow_in_the_same_home(data):
    for month in ("2025-01-01", "2025-02-01"):
        with dg.DagsterInstance.get() as instance:
            assert dg.materialize([monthly], instance=instance, tags=range_tags(month, month)).success
    with dg.DagsterInstance.get() as instance:
        assert instance.get_materialized_partitions(dg.AssetKey("monthly")) == {"2025-01-01", "2025-02-01"}
        assert len(instance.get_runs()) == 2
