"""The Dagster definitions: assets from raw to release, checks, jobs, schedules, as fresh objects.

`build_defs` gives a new set each time, so that tests build variants and patch nothing. Not here: what a step does
(lake_assets.py, dbt_assets.py, gate_assets.py), what a job selects (jobs.py) or the command line, which runs the same
job.
"""

# No `from __future__ import annotations`: Dagster reads the annotations of its functions.
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.dagster.dbt_assets import build_dbt_assets, published_domains
from orchestration.dagster.drop_sensor import drop_sensor
from orchestration.dagster.due import due_tags
from orchestration.dagster.failure_sensor import failure_sensor
from orchestration.dagster.gate_assets import build_gate_assets
from orchestration.dagster.groups import JOB
from orchestration.dagster.jobs import Jobs
from orchestration.dagster.lake_assets import build_lake_assets
from orchestration.dagster.resources import Refresh
from orchestration.dbt_runs.dbt_runner import prepare_manifest
from orchestration.dbt_runs.feed_files import require_files
from orchestration.decisions import FULL_BUILD_CRON, REFRESH_CRON, first_month
from orchestration.environment import prepare
from orchestration.settings import config_path, settled
from orchestration.settings import data_dir as data_dir_of
from orchestration.survey import Survey, last_refresh, survey
from warehouse.paths import INSTALLED, DataDir
from warehouse.release.soundness import check_current


def month_partitions(start: date, zone: str) -> dg.MonthlyPartitionsDefinition:
    """Months of delivery from `start` to the current one, in the reporting zone; shared by all feeds, so that one job
    spans them.
    """
    return dg.MonthlyPartitionsDefinition(start_date=first_month(start), timezone=zone, end_offset=1)


def build_defs(
    resource_overrides: Mapping[str, Any] | None = None,
    data_dir: DataDir | Path | None = None,
    config: Path | None = None,
) -> dg.Definitions:
    """Fresh definitions over one data directory and configuration file (None = the built-in district).

    `resource_overrides` replaces resources by key. ConfigError if the configuration cannot be used, DbtError if the
    dbt project cannot be parsed.
    """
    data = data_dir if isinstance(data_dir, DataDir) else DataDir(Path(data_dir or "data").absolute())
    settings = settled(data, config)
    require_files(INSTALLED, settings.registry)
    manifest = json.loads(prepare_manifest(data).read_text(encoding="utf-8"))
    partitions = month_partitions(settings.start, settings.zone)
    lake = build_lake_assets(settings.registry, partitions)
    jobs = Jobs(manifest, settings.registry, lake, chain.from_iterable(published_domains(manifest).values()))
    assets = [
        *lake,
        *build_dbt_assets(manifest, settings.registry, jobs.of),
        *build_gate_assets(manifest, settings.registry),
    ]
    refresh = Refresh.over(data, config)()
    return dg.Definitions(
        assets=assets,
        jobs=jobs.definitions(assets),
        sensors=[failure_sensor(data), drop_sensor(data, config)],
        schedules=[_schedule(data, config, settings.zone), _full_build(data, config, settings.zone)],
        resources={"refresh": refresh, **(resource_overrides or {})},
        # One process for all steps: a process per step costs 3.5 s each, and there is one writer anyway.
        executor=dg.in_process_executor,
    )


def _schedule(data: DataDir, config: Path | None, zone: str) -> dg.ScheduleDefinition:
    @dg.schedule(
        name="daily_refresh",
        job_name=JOB,
        cron_schedule=REFRESH_CRON,
        execution_timezone=zone,
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Runs the months that have something due; includes the hours to 06:00 that last night's Ln needs.",
    )
    def daily_refresh(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        found, tags = _surveyed(data, config, context)
        if found.idle:
            return dg.SkipReason("nothing is due and everything that landed is cleaned")
        return dg.RunRequest(tags=tags)

    return daily_refresh


def _full_build(data: DataDir, config: Path | None, zone: str) -> dg.ScheduleDefinition:
    @dg.schedule(
        name="weekly_full_build",
        job_name=JOB,
        cron_schedule=FULL_BUILD_CRON,
        execution_timezone=zone,
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Builds every table again and says where one differs from what was carried from day to day.",
    )
    def weekly_full_build(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        _, tags = _surveyed(data, config, context)
        return dg.RunRequest(run_config={"resources": {"refresh": {"config": {"full": True}}}}, tags=tags)

    return weekly_full_build


def _surveyed(
    data: DataDir, config: Path | None, context: dg.ScheduleEvaluationContext
) -> tuple[Survey, dict[str, str]]:
    """What is due at a tick, and the tags of a run over its months.

    Nothing is up to date unless readers see what the ledger says: otherwise the tick fails and tells the way out.
    """
    settings = settled(data, config, now=context.scheduled_execution_time or datetime.now(UTC))
    check_current(data, last_refresh(data))
    found = survey(settings)
    return found, due_tags(settings, found)


@dg.definitions
def defs() -> dg.Definitions:
    """What `dagster dev` and the web page load, over ECOLEDGER_DATA and ECOLEDGER_CONFIG; made when asked for."""
    data = data_dir_of(None).prepare()
    prepare(data)
    return build_defs(data_dir=data, config=config_path(None))
