"""A refresh that is launched without partitions takes the months that have something due; any other run is let be."""

from types import SimpleNamespace

import dagster as dg
import pytest

from orchestration import environment
from orchestration.dagster import due
from orchestration.dagster.due import RANGE_END, RANGE_START, DueRunCoordinator
from orchestration.decisions import UsageError
from warehouse.paths import DataDir


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    data = DataDir(tmp_path_factory.mktemp("due") / "data").prepare()
    due_in = {"air": ["2025-02-01", "2025-04-01"], "water": ["2025-01-01"], "noise": ["2025-03-01"]}

    def survey(settings):
        due_months = [month for feed in settings.feeds for month in due_in.get(feed, ())]
        return SimpleNamespace(months=[m for m in due_months if not settings.first or m >= settings.first.isoformat()])

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ECOLEDGER_DATA", str(data.root))
        for name in ("ECOLEDGER_CONFIG", "DAGSTER_HOME", "DAGSTER_EVENT_BATCH_SIZE"):
            patch.setenv(name, "")
        environment.prepare(data)
        patch.setattr(due, "survey", survey)
        # What comes after is Dagster's own queue.
        patch.setattr(dg.QueuedRunCoordinator, "submit_run", lambda self, context: context.dagster_run)
        with dg.DagsterInstance.get() as made:
            yield made


def submitted(instance: dg.DagsterInstance, job: str, asked: dict | None = None, **tags: str) -> dict[str, str]:
    """The tags of a run when it is in the queue; `asked` is what its configuration says of the refresh."""
    config = {"resources": {"refresh": {"config": asked}}} if asked else {}
    given = {k.replace("__", "/"): v for k, v in tags.items()}
    run = instance.add_run(dg.DagsterRun(job_name=job, run_config=config, tags=given))
    context = SimpleNamespace(dagster_run=run, workspace=SimpleNamespace(instance=instance))
    instance.run_coordinator.submit_run(context)
    return {k: v for k, v in instance.get_run_by_id(run.run_id).tags.items() if "partition" in k}


def test_the_home_of_dagster_names_the_queue(instance):
    assert type(instance.run_coordinator) is DueRunCoordinator
    assert instance.get_concurrency_config().run_queue_config.max_concurrent_runs == 1


def test_without_partitions_it_takes_what_is_due(instance):
    assert submitted(instance, "refresh") == {RANGE_START: "2025-01-01", RANGE_END: "2025-04-01"}


def test_a_job_of_some_feeds_takes_what_is_due_of_these(instance):
    some = {"ecoledger__feeds": "noise,air"}
    assert submitted(instance, "refresh_x", **some) == {RANGE_START: "2025-02-01", RANGE_END: "2025-04-01"}
    assert submitted(instance, "refresh_x", ecoledger__feeds="noise") == {
        RANGE_START: "2025-03-01",
        RANGE_END: "2025-03-01",
    }


def test_what_the_run_is_asked_to_do_decides_what_is_due(instance):
    asked = {"first_day": "2025-02-15", "feeds": ["air", "water"]}
    assert submitted(instance, "refresh", asked) == {RANGE_START: "2025-04-01", RANGE_END: "2025-04-01"}
    with pytest.raises(UsageError, match="--from yesterday: not a date"):
        submitted(instance, "refresh", {"first_day": "yesterday"})


def test_partitions_that_were_chosen_are_kept(instance):
    assert submitted(instance, "refresh", dagster__partition="2025-03-01") == {"dagster/partition": "2025-03-01"}
    chosen = {RANGE_START: "2025-03-01", RANGE_END: "2025-03-01"}
    assert submitted(instance, "refresh", **chosen) == chosen


def test_another_job_has_no_months(instance):
    assert submitted(instance, "__ASSET_JOB") == {}
