"""A failed run leaves a line that says what failed, when, where and why, whoever started the run."""

import json
from datetime import datetime

import dagster as dg
import pytest

from orchestration.dagster.failure_sensor import failure_sensor
from warehouse.paths import DataDir


@dg.op
def breaks() -> None:
    try:
        raise OSError("the disk has gone\nand more")
    except OSError as error:
        raise RuntimeError("the step") from error


@dg.job
def failing() -> None:
    breaks()


@pytest.mark.parametrize(
    ("tags", "who"),
    [
        ({"ecoledger/started_by": "command line"}, "command line"),
        ({"dagster/schedule_name": "daily_refresh"}, "daily_refresh"),
        ({}, "web page"),
    ],
)
def test_a_failed_run_leaves_a_line(tmp_path, tags, who):
    data = DataDir(tmp_path).prepare()
    data.dagster.mkdir(parents=True, exist_ok=True)
    sensor = failure_sensor(data)
    with dg.DagsterInstance.ephemeral() as instance:
        for _ in range(2):
            result = failing.execute_in_process(instance=instance, raise_on_error=False, tags=tags)
            context = dg.build_run_status_sensor_context(
                sensor_name=sensor.name,
                dagster_instance=instance,
                dagster_run=result.dagster_run,
                dagster_event=result.get_run_failure_event(),
            )
            sensor(context.for_run_failure())
    lines = [json.loads(line) for line in (data.dagster / "failures.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 2
    line = lines[-1]
    assert abs((datetime.fromisoformat(line.pop("at")) - datetime.now().astimezone()).total_seconds()) < 60
    assert line == {
        "run_id": result.run_id,
        "job": "failing",
        "step": "breaks",
        "reason": "OSError: the disk has gone",
        "started_by": who,
    }
