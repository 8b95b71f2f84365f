"""What Dagster keeps of a refresh: a check for every dbt test, rows and places of tables; and the job of one domain."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl
import pytest

dg = pytest.importorskip("dagster")

from orchestration.dagster.definitions import build_defs  # noqa: E402
from orchestration.dagster.due import range_tags  # noqa: E402
from orchestration.dagster.groups import domain_job  # noqa: E402
from orchestration.dbt_runs.dbt_runner import prepare_manifest  # noqa: E402
from orchestration.environment import prepare  # noqa: E402
from sources.registry import registry  # noqa: E402
from tests.kit import current  # noqa: E402
from warehouse.paths import DataDir  # noqa: E402


@pytest.fixture
def opened(monkeypatch):
    """Opens the Dagster of a data directory, as the page does."""
    for name in ("DAGSTER_HOME", "DAGSTER_EVENT_BATCH_SIZE"):
        monkeypatch.setenv(name, "")
    instances = []

    def open_(data: Path) -> dg.DagsterInstance:
        prepare(DataDir(data))
        instances.append(dg.DagsterInstance.get())
        return instances[-1]

    yield open_
    for instance in instances:
        instance.dispose()


def metadata(instance: dg.DagsterInstance, asset: str) -> dict:
    event = instance.get_latest_materialization_event(dg.AssetKey(asset))
    return {name: value.value for name, value in event.asset_materialization.metadata.items()}


def dbt_checks(data: Path) -> dict[dg.AssetCheckKey, str]:
    nodes = json.loads(prepare_manifest(DataDir(data)).read_bytes())["nodes"].values()
    tests = {n["name"] for n in nodes if n["resource_type"] == "test"}
    graph = build_defs(data_dir=DataDir(data)).resolve_asset_graph()
    return {key: key.name for key in graph.asset_check_keys if key.name in tests}


def evaluated(instance: dg.DagsterInstance, data: Path) -> dict[str, tuple[bool, bool]]:
    """Of each dbt test whether it passed, and whether because it had passed before."""
    keys = dbt_checks(data)
    records = instance.event_log_storage.get_latest_asset_check_execution_by_key(list(keys))
    events = {keys[key]: record.event.dagster_event.asset_check_evaluation_data for key, record in records.items()}
    return {name: (event.passed, "carried" in event.metadata) for name, event in events.items()}


def test_every_dbt_test_has_its_result(district, opened):
    found = evaluated(opened(district.data), district.data)
    assert len(found) > 100
    assert set(found.values()) == {(True, False)}


def test_every_month_that_was_cleaned_has_its_result(district, opened):
    storage = opened(district.data).event_log_storage
    for feed in registry().feeds:
        asset = dg.AssetKey(f"clean_{feed}")
        found = storage.get_asset_check_partition_info([dg.AssetCheckKey(asset, "month_accounted_for")])
        status = {info.partition_key: (info.latest_execution_status.value, info.is_current) for info in found}
        assert set(status) == storage.get_materialized_partitions(asset) != set(), feed
        assert set(status.values()) == {("SUCCEEDED", True)}, feed


def test_rows_and_places_are_shown(district, opened):
    instance = opened(district.data)
    for asset, folder in (("clean_water", "clean_water"), ("clean_air", "")):
        shown = metadata(instance, asset)
        for table, rows in shown["rows"].items():
            files = district.data / "clean" / table / "**" / "*.parquet"
            assert rows == pl.scan_parquet(files, hive_partitioning=False).select(pl.len()).collect().item(), table
        assert shown["dagster/row_count"] == sum(shown["rows"].values()) > 0
        assert Path(urlsplit(shown["dagster/uri"]).path) == district.data / "clean" / folder
    for asset, marts in (("candidate_air", "mart_air%"), ("release", "%")):
        shown = metadata(instance, asset)
        names = current(district.data, f"SELECT table_name FROM duckdb_tables() WHERE table_name LIKE '{marts}'")
        names = {row["table_name"] for row in names} & set(shown["rows"])
        assert names and (asset == "candidate_air" or names == set(shown["rows"]))
        counts = {name: current(district.data, f"SELECT count(*) AS n FROM {name}")[0]["n"] for name in names}
        assert {name: shown["rows"][name] for name in names} == counts
        assert shown["dagster/row_count"] == sum(shown["rows"].values())
        assert Path(urlsplit(shown["dagster/uri"]).path).is_file()


def test_the_job_of_a_domain_refreshes_that_domain_and_publishes(district, copied, opened):
    data = copied()
    instance = opened(data)
    before = metadata(instance, "release")
    result = (
        build_defs(data_dir=DataDir(data))
        .resolve_job_def(domain_job("noise"))
        .execute_in_process(
            instance=instance,
            tags=range_tags("2025-01-01", "2025-01-01"),
            run_config={"resources": {"refresh": {"config": {"last_day": district.next_day}}}},
        )
    )
    assert result.success
    run = [e.asset_key.to_user_string() for e in result.get_asset_materialization_events()]
    assert {name for name in run if name.startswith(("raw_", "clean_"))} == {"raw_noise", "clean_noise"}
    assert metadata(instance, "raw_noise")["new"] > 0
    shown = metadata(instance, "release")
    assert (shown["outcome"], shown["digest"] == before["digest"]) == ("published", False)
    found = evaluated(instance, data)
    assert all(passed for passed, _ in found.values())
    # What only other feeds change was not tested again.
    assert 0 < sum(carried for _, carried in found.values()) < len(found)
