"""The Dagster definitions: they load, validate, and lead from every feed to every published mart without a gap."""

import json
import tomllib
from datetime import datetime
from graphlib import TopologicalSorter
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

dg = pytest.importorskip("dagster")

from orchestration import environment  # noqa: E402
from orchestration.dagster import definitions  # noqa: E402
from orchestration.dagster.definitions import build_defs  # noqa: E402
from orchestration.dagster.due import RANGE_END, RANGE_START  # noqa: E402
from orchestration.dagster.groups import FEEDS_TAG, JOB, domain_job, feed_groups  # noqa: E402
from orchestration.dbt_runs.dbt_runner import prepare_manifest, project_fingerprint  # noqa: E402
from orchestration.decisions import FULL_BUILD_CRON, REFRESH_CRON  # noqa: E402
from sources.config import load_config  # noqa: E402
from sources.registry import registry  # noqa: E402
from sources.registry.feed_model import CROSS_DOMAIN  # noqa: E402
from tests.kit import ROOT, parsed  # noqa: E402
from warehouse.paths import DataDir  # noqa: E402
from warehouse.tables.catalogue import JUDGEMENT, load_catalogue  # noqa: E402


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> DataDir:
    made = DataDir(tmp_path_factory.mktemp("definitions")).prepare()
    parsed(made)
    environment.prepare(made)
    return made


@pytest.fixture(scope="module")
def defs(data) -> dg.Definitions:
    return build_defs(data_dir=data)


@pytest.fixture(scope="module")
def graph(defs):
    return defs.resolve_asset_graph()


@pytest.fixture(scope="module")
def catalogue(data):
    return load_catalogue(prepare_manifest(data))


def ancestors(graph, name: str) -> set[str]:
    found, queue = set(), [dg.AssetKey(name)]
    while queue:
        for parent in graph.get(queue.pop()).parent_keys:
            if parent.to_user_string() not in found:
                found.add(parent.to_user_string())
                queue.append(parent)
    return found


def test_the_definitions_validate(defs):
    dg.Definitions.validate_loadable(defs)


def test_fresh_definitions_each_time(data):
    one, other = build_defs(data_dir=data), build_defs(data_dir=data)
    assert one is not other


def test_every_mart_of_a_feeds_domain_comes_from_that_feed(graph, catalogue):
    for feed in registry().feeds.values():
        for mart in catalogue.of(feed.domain):
            above = ancestors(graph, mart.name)
            assert {f"raw_{feed.name}", f"clean_{feed.name}"} <= above, f"{mart.name} does not come from {feed.name}"


def test_every_feed_reaches_the_cross_domain_marts_and_the_release(graph, catalogue):
    raw = {f"raw_{name}" for name in registry().feeds}
    for name in ("mart_indicator_values", "mart_plan_scorecard", "release"):
        assert raw <= ancestors(graph, name), name
    published = {t.name for t in catalogue.tables if t.domain != JUDGEMENT}
    assert published <= ancestors(graph, "release")


def test_the_second_run_reads_the_first_only_as_admitted(graph, catalogue):
    first = {table.name for table in catalogue.domain_marts}
    read = {
        mart.name: {key.to_user_string() for key in graph.get(dg.AssetKey(mart.name)).parent_keys}
        for mart in catalogue.of(CROSS_DOMAIN)
    }
    assert not any(parents & first for parents in read.values())
    assert "admitted" in set().union(*(ancestors(graph, name) for name in read))


def test_a_mart_shows_its_words_its_sql_and_its_columns(graph, catalogue):
    for table in catalogue.domain_marts:
        asset = graph.get(dg.AssetKey(table.name))
        assert asset.description.startswith(f"{table.description}\n\n#### Raw SQL:\n```sql\n"), table.name
        assert len(asset.description) > len(table.description) + 60, table.name
        shown = {c.name: (c.type, c.description) for c in asset.metadata["dagster/column_schema"].columns}
        assert shown == {c.name: (c.data_type, c.description) for c in table.columns}, table.name
        assert (asset.group_name, asset.kinds) == (f"marts_{table.domain}", {"dbt", "duckdb"})


def test_a_seed_shows_its_words_only(graph):
    shown = graph.get(dg.AssetKey("gb3095_limits")).description
    assert shown == "Limits of ambient air quality by grade and averaging time."


def test_no_asset_is_outside_a_group_or_without_words_and_kinds(graph):
    for asset in map(graph.get, graph.get_all_asset_keys()):
        assert asset.group_name not in (None, "default"), asset.key
        assert asset.description and not asset.description.startswith("dbt "), asset.key
        assert asset.kinds, asset.key


def test_groups_are_read_from_raw_to_release_without_an_arrow_back(graph):
    before: dict[str, set[str]] = {}
    for node in map(graph.get, graph.get_all_asset_keys()):
        groups = {graph.get(parent).group_name for parent in node.parent_keys}
        before.setdefault(node.group_name, set()).update(groups - {node.group_name})
    # CycleError names the groups of a circle.
    order = list(TopologicalSorter(before).static_order())
    path = ["raw", "clean", "marts_air", "gate", "marts_cross_domain", "gate_cross_domain", "release"]
    assert [group for group in order if group in path] == path
    assert all(one in before[other] for one, other in pairwise(path))


def test_what_comes_from_a_feed_names_its_office(graph, catalogue):
    for feed in registry().feeds.values():
        for name in (f"raw_{feed.name}", f"clean_{feed.name}"):
            asset = graph.get(dg.AssetKey(name))
            assert (asset.owners, asset.metadata["owner"]) == ([f"team:{feed.owner_team}"], feed.owner), name
        for name in (f"candidate_{feed.domain}", f"gate_{feed.domain}", *(t.name for t in catalogue.of(feed.domain))):
            assert f"team:{feed.owner_team}" in graph.get(dg.AssetKey(name)).owners, name


def test_every_dbt_test_is_a_check_that_stops_nothing(graph, data):
    nodes = json.loads(prepare_manifest(data).read_bytes())["nodes"].values()
    tests = {node["name"] for node in nodes if node["resource_type"] == "test"}
    on = {key.name: key for key in graph.asset_check_keys if key.name in tests}
    assert len(tests) > 100 and set(on) == tests
    assert not any(graph.get(key).blocking for key in on.values())
    attached = {n["name"]: n["attached_node"].split(".")[-1] for n in nodes if n.get("attached_node")}
    assert {name: on[name].asset_key.to_user_string() for name in attached} == attached
    # One that is attached to nothing is shown where it reads first.
    assert on["ghg_inventory_adds_up"].asset_key.to_user_string() == "mart_ghg_inventory"


# The feeds of the built-in district, by what shares a raw and a clean asset.
GROUPS = {group.name: group for group in feed_groups(load_config(None).registry(registry()))}


@pytest.mark.parametrize("domain", sorted({group.domain for group in GROUPS.values()}))
def test_a_domain_has_a_job_for_its_feeds_and_whatever_is_behind(defs, graph, domain):
    job = defs.resolve_job_def(domain_job(domain))
    keys = {key.to_user_string() for key in job.asset_layer.executable_asset_keys}
    own = {group.name for group in GROUPS.values() if group.domain == domain}
    assert {key for key in keys if key.startswith("raw_")} == {f"raw_{feed}" for feed in own}
    assert {key for key in keys if key.startswith("clean_")} == {f"clean_{feed}" for feed in own}
    every = {key.to_user_string() for key in graph.get_all_asset_keys()}
    assert {key for key in every if not key.startswith(("raw_", "clean_"))} < keys


def pulled(defs, job: str) -> set[str]:
    """The groups of feeds whose deliveries a job pulls and cleans."""
    keys = {key.to_user_string() for key in defs.resolve_job_def(job).asset_layer.executable_asset_keys}
    raw = {key.removeprefix("raw_") for key in keys if key.startswith("raw_")}
    assert raw == {key.removeprefix("clean_") for key in keys if key.startswith("clean_")}
    return raw


def tables_of(group) -> set[str]:
    """What models read the clean tables of a group as."""
    return {table.read_as or name for feed in group.feeds for name, table in feed.tables.items()}


def test_a_mart_has_a_job_that_pulls_exactly_what_it_reads(defs, graph, catalogue, data):
    nodes = json.loads(prepare_manifest(data).read_bytes())["nodes"].values()
    read = {
        node["name"]: [p.rsplit(".", 1)[-1] for p in node["depends_on"]["nodes"]]
        for node in nodes
        if "sql" in node["path"]
    }
    every = set(GROUPS)
    jobs = {job.name for job in defs.jobs}
    for table in catalogue.tables:
        above, queue = set(), [table.name]
        while queue:
            above.update(new := set(read.get(queue.pop(), ())) - above)
            queue += new
        feeds = {name for name, group in GROUPS.items() if above & tables_of(group)}
        named = graph.get(dg.AssetKey(table.name)).metadata["job"]
        assert named in jobs
        # What counts all deliveries reads all feeds; what reads seeds only is the job of everything.
        assert pulled(defs, named) == (every if "file_counts" in above or not feeds else feeds), table.name
    assert pulled(defs, "refresh_ghg_inventory") == {"energy", "returns"}
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    of_domains = {domain_job(group.domain) for group in GROUPS.values()}
    assert all(f"`{job}`" in text for job in jobs - of_domains)
    # No job for what another pulls already.
    assert len({frozenset(pulled(defs, job)) for job in jobs}) == len(jobs)


def test_a_job_says_of_its_runs_which_feeds_they_pull(defs):
    for job in defs.jobs:
        named = job.tags.get(FEEDS_TAG, "")
        feeds = {feed.name for group in pulled(defs, job.name) for feed in GROUPS[group].feeds}
        assert set(named.split(",")) - {""} == (set() if job.name == JOB else feeds), job.name
        assert named == "" or f"Pull what is due of {named.replace(',', ', ')}, clean it" in job.description


def test_sensors_wait_until_somebody_starts_them(defs):
    found = {sensor.name: sensor.default_status for sensor in defs.sensors}
    assert found == dict.fromkeys(("failed_runs", "dropped_files"), dg.DefaultSensorStatus.STOPPED)


def test_every_published_mart_has_a_check_at_its_gate(graph, catalogue):
    checks = {(key.asset_key.to_user_string(), key.name) for key in graph.asset_check_keys}
    for table in catalogue.tables:
        if table.domain != JUDGEMENT:
            assert (f"gate_{table.domain}", table.name) in checks


def test_feeds_share_one_partition_definition_in_the_reporting_zone(graph):
    found = {
        graph.get(dg.AssetKey(f"{step}_{feed}")).partitions_def
        for feed in registry().feeds
        for step in ("raw", "clean")
    }
    assert len(found) == 1
    assert found.pop().timezone == "Asia/Shanghai"


def test_pulls_are_retried_with_backoff(defs):
    job = defs.resolve_job_def(JOB)
    for feed in registry().feeds:
        policy = job.get_node_named(f"raw_{feed}").definition.retry_policy
        assert policy.max_retries >= 2
        assert policy.backoff is dg.Backoff.EXPONENTIAL


def test_every_clean_asset_has_a_freshness_policy(graph):
    for feed in registry().feeds:
        assert graph.get(dg.AssetKey(f"clean_{feed}")).freshness_policy is not None


def test_the_schedule_runs_at_half_past_six_in_shanghai(defs):
    daily, weekly = defs.schedules
    assert (daily.cron_schedule, daily.execution_timezone) == (REFRESH_CRON, "Asia/Shanghai")
    assert (weekly.cron_schedule, weekly.execution_timezone) == (FULL_BUILD_CRON, "Asia/Shanghai")


def test_whatever_opens_the_candidate_shares_one_pool(defs):
    job = defs.resolve_job_def(JOB)
    names = ("build_domains", "judge_domains", "admitted", "build_cross_domain", "judge_cross_domain", "release")
    assert {job.get_node_named(name).definition.pool for name in names} == {"duckdb"}


def test_the_last_step_by_name_has_no_partitions(defs):
    # Dagster takes a run's partitions from it: see definitions.JOB.
    for name in [job.name for job in defs.jobs]:
        last = max(node.name for node in defs.resolve_job_def(name).nodes)
        assert not last.startswith(("raw_", "clean_")), name


def test_the_manifest_is_parsed_once_per_project_state(data):
    manifest = prepare_manifest(data)
    before = manifest.stat().st_mtime_ns
    assert prepare_manifest(data).stat().st_mtime_ns == before
    assert len(project_fingerprint()) == 64


def test_dagsters_own_tools_find_the_definitions():
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    project = tools["dg"]["project"]
    assert project["code_location_target_module"] == tools["dagster"]["module_name"] == definitions.__name__
    assert callable(definitions.defs)
    # `dg check defs` looks below it for components.
    assert (ROOT / project["defs_module"].replace(".", "/")).is_dir()


def test_the_home_of_dagster_sends_nothing(data):
    text = (Path(data.dagster) / "dagster.yaml").read_text(encoding="utf-8")
    assert "telemetry:\n  enabled: false" in text


def test_the_schedule_asks_for_the_months_that_have_something_due(defs):
    schedule, _ = defs.schedules
    at = datetime(2025, 2, 3, 6, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    request = schedule.evaluate_tick(dg.build_schedule_context(scheduled_execution_time=at)).run_requests[0]
    assert request.tags[RANGE_START] == "2025-01-01"
    assert request.tags[RANGE_END] == "2025-02-01"


def test_once_a_week_everything_is_built_again(defs):
    _, weekly = defs.schedules
    at = datetime(2025, 2, 2, 2, tzinfo=ZoneInfo("Asia/Shanghai"))
    request = weekly.evaluate_tick(dg.build_schedule_context(scheduled_execution_time=at)).run_requests[0]
    assert request.run_config["resources"]["refresh"]["config"] == {"full": True}
    assert request.tags[RANGE_END] == "2025-02-01"
