"""A sensor that starts a refresh when a file was put into a folder of a source, whatever the hour.

A file that is still being written changes from look to look: what is due is taken when it was the same at two looks.
The sensor asks folders only; what has to be asked over a network keeps to the schedule. It is stopped until somebody
starts it on the page. Not here: what is due (survey.py).
"""

# No `from __future__ import annotations`: Dagster reads the annotations of its functions.
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from orchestration.dagster.due import due_tags
from orchestration.dagster.groups import JOB
from orchestration.settings import settled
from orchestration.survey import Survey, last_refresh, survey_folders
from warehouse.paths import DataDir
from warehouse.release.soundness import check_current

_LOOK_EVERY_S = 60


def drop_sensor(data: DataDir, config: Path | None) -> dg.SensorDefinition:
    """The sensor of the folders that the sources of `config` read."""

    @dg.sensor(
        name="dropped_files",
        job_name=JOB,
        description="Starts a refresh when files were put into the folders of the sources and change no more.",
        default_status=dg.DefaultSensorStatus.STOPPED,
        minimum_interval_seconds=_LOOK_EVERY_S,
    )
    def dropped_files(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        settings = settled(data, config, now=datetime.now(UTC))
        check_current(data, last_refresh(data))
        found = survey_folders(settings)
        seen, before = what_is_due(found), context.cursor or ""
        context.update_cursor(seen)
        if not seen:
            return dg.SkipReason("no folder holds anything new")
        if seen != before:
            return dg.SkipReason("there is something new, which is taken when it is the same at the next look")
        return dg.RunRequest(run_key=seen, tags=due_tags(settings, found))

    return dropped_files


def what_is_due(found: Survey) -> str:
    """Names what is due in the state it is in; '' where nothing is."""
    due = sorted(
        f"{item.offer.source_id}\0{item.offer.offer_id}\0{item.offer.etag}"
        for feed in found.feeds.values()
        for item in feed.due
    )
    return hashlib.sha256("\n".join(due).encode()).hexdigest() if due else ""
