"""What Dagster makes of Ctrl-C and SIGTERM is known again as a stop."""

import os
import signal

import dagster as dg

from orchestration.dagster.run_job import was_stopped


def test_a_run_that_dagster_saw_interrupted_counts_as_stopped() -> None:
    @dg.op
    def stopped_in_the_middle() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        for _ in range(1000):
            pass

    @dg.op
    def failing() -> None:
        raise ValueError("no stop")

    @dg.job
    def stopping() -> None:
        stopped_in_the_middle()

    @dg.job
    def merely_failing() -> None:
        failing()

    before = signal.getsignal(signal.SIGTERM)
    try:
        assert was_stopped(stopping.execute_in_process(raise_on_error=False))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert not was_stopped(merely_failing.execute_in_process(raise_on_error=False))
