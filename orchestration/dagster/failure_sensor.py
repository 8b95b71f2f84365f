"""A sensor that writes a line for every failed run, where a person or a monitor looks: `data/dagster/failures.jsonl`.

It is for those who let the schedules of the page run and look at the page seldom: whatever ships mail or messages reads
that file. It is stopped until somebody starts it on the page, because only the page's daemon asks sensors; the command
line says why it failed itself. Not here: what counts as a failure of a run (run_job.py).
"""

# No `from __future__ import annotations`: Dagster reads the annotations of its functions.
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from warehouse.paths import DataDir

_LOOK_EVERY_S = 60
_REASON_WIDTH = 400


def failure_sensor(data: DataDir) -> dg.SensorDefinition:
    """The sensor of the runs over one data directory, whoever started them."""

    # Dagster's home belongs to the data directory: every run in it is ours, those of the command line have no location.
    @dg.run_failure_sensor(
        name="failed_runs",
        description="Writes a line to failures.jsonl in Dagster's home (data/dagster) for every run that failed.",
        default_status=dg.DefaultSensorStatus.STOPPED,
        minimum_interval_seconds=_LOOK_EVERY_S,
        monitor_all_code_locations=True,
    )
    def failed_runs(context: dg.RunFailureSensorContext) -> None:
        line = failure_line(context)
        place = f" in {line['step']}" if line["step"] else ""
        context.log.error(f"run {line['run_id']} of {line['job']} failed{place}: {line['reason']}")
        with (data.dagster / "failures.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    return failed_runs


def failure_line(context: dg.RunFailureSensorContext) -> dict[str, str]:
    """What failed, when, where and why, in plain values; the reason is that of the first step that failed."""
    run, steps = context.dagster_run, context.get_step_failure_events()
    first = steps[0] if steps else None
    error = first.step_failure_data.error if first else context.failure_event.job_failure_data.error
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "run_id": run.run_id,
        "job": run.job_name,
        "step": (first.step_key or "") if first else "",
        "reason": root_cause(error, (first or context.failure_event).message),
        "started_by": _started_by(run.tags),
    }


def root_cause(error: Any, message: str | None) -> str:
    """First line of what an error came from; of `message` where there is none."""
    while error is not None and error.cause is not None:
        error = error.cause
    lines = ((error.message if error else message) or "").strip().splitlines()
    return lines[0][:_REASON_WIDTH] if lines else "no message"


def _started_by(tags: Mapping[str, str]) -> str:
    """As run_job.py and Dagster tag a run."""
    return tags.get("ecoledger/started_by") or tags.get("dagster/schedule_name") or "web page"
