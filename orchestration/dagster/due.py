"""A run that was launched without partitions takes the months that have something due.

Dagster runs an asset with partitions only in a run that names some, and the page asks for them. Here belongs finding
them: for the schedules, and for what a person launches without (the page's launchpad asks whether that is meant). Not
here: what is due (survey.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg

from orchestration.dagster.groups import FEEDS_TAG, JOB
from orchestration.decisions import partition_range
from orchestration.settings import Settings, config_path, data_dir, settled
from orchestration.survey import Survey, survey

if TYPE_CHECKING:
    from orchestration.dagster.private import SubmitRunContext

RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"
_PARTITION = "dagster/partition"


def range_tags(first: str, last: str) -> dict[str, str]:
    """Tags that make one run span the months from `first` to `last` (partition keys)."""
    return {RANGE_START: first, RANGE_END: last}


def due_tags(settings: Settings, found: Survey) -> dict[str, str]:
    """Tags of a run over every month that has something due."""
    return range_tags(*partition_range(found.months, settings.clock, settings.zone, settings.start))


def _settings(run: dg.DagsterRun) -> Settings:
    """What the run is asked to do: first and last day and feeds of its configuration, else the feeds of its job."""
    config: Any = run.run_config
    asked = config.get("resources", {}).get("refresh", {}).get("config", {})
    of_job = run.tags.get(FEEDS_TAG, "")
    feeds = asked.get("feeds") or (of_job.split(",") if of_job else ())
    first, last = asked.get("first_day") or None, asked.get("last_day") or None
    return settled(data_dir(None), config_path(None), first, last, feeds)


class DueRunCoordinator(dg.QueuedRunCoordinator):
    """Dagster's queue of runs, which names the months of a refresh that was launched without any: those in which
    something of its job's feeds is due.

    dagster.yaml names this class (environment.py). Data directory and configuration are those of the page.
    """

    def submit_run(self, context: SubmitRunContext) -> dg.DagsterRun:
        """Puts a run into the queue."""
        run = context.dagster_run
        if run.job_name.startswith(JOB) and not {_PARTITION, RANGE_START} & set(run.tags):
            settings = _settings(run)
            context.workspace.instance.add_run_tags(run.run_id, due_tags(settings, survey(settings)))
        return super().submit_run(context)
