"""One refresh from the command line: plan, run the Dagster job in this process, sum up.

Here belongs the order around the job: lock, what is due, environment, run, summary, note of the state. Not here: the
fast answer when nothing is new (survey.py), the steps, or printing.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from orchestration import survey as surveying
from orchestration.decisions import Outcome, exit_code, partition_range
from orchestration.environment import log_file, prepare
from orchestration.settings import Settings
from orchestration.summary import Summary, current_summary, domain_states, feed_counts, read_nothing, release_entry
from sources.disk import is_full
from warehouse.full_disk import DiskFull, full_text
from warehouse.lake.index import Index
from warehouse.lake.source_states import note_answers
from warehouse.release.ledger import Ledger
from warehouse.release.releases import DATABASE

if TYPE_CHECKING:
    from dagster import DagsterInstance, ExecuteInProcessResult, SerializableErrorInfo

    from orchestration.findings import Findings
    from orchestration.progress import Progress

NOTHING_NEW = "nothing new"
_INTERRUPTIONS = ("DagsterExecutionInterruptedError", "KeyboardInterrupt")


def nothing_new(settings: Settings, found: surveying.Survey) -> Summary | None:
    """What is there, if nothing is due and the last refresh finished on exactly this code, configuration and lake."""
    last = surveying.last_refresh(settings.data)
    if not found.idle or last.get("fingerprint") != found.fingerprint or not settings.data.current.exists():
        return None
    if last.get("exit_code") not in (0, 3):
        return None
    answers = {source.id: "" for feed in settings.feeds for source in settings.config.sources_of(feed)}
    note_answers(settings.data.source_states, answers, settings.now)
    summary = current_summary(settings.data, "nothing_new", NOTHING_NEW)
    summary.notices = [*found.without_readings, *found.never_due]
    summary.clock = settings.clock.isoformat()
    return summary


def run_refresh(settings: Settings, found: surveying.Survey, last_day: str, progress: Progress) -> tuple[Summary, int]:
    """Runs the job over the months that have something due, tells `progress` of each step, and returns the summary and
    the exit code.

    The caller holds the writer's lock and has diverted the output. Errors of the steps are in the summary; what
    cannot even begin raises (ConfigError, UsageError, DbtError), a full disk (DiskFull) and a stop (KeyboardInterrupt).
    """
    began = time.perf_counter()
    surveying.forget_refresh(settings.data)
    prepare(settings.data)
    first, last = partition_range(found.months, settings.clock, settings.zone, settings.start)
    result, findings = _execute(settings, first, last, last_day, progress)
    if was_stopped(result):
        raise KeyboardInterrupt
    if any(is_full(error.to_string()) for error in _errors(result)):
        raise DiskFull(full_text(settings.data.root))
    if findings is None:
        summary = current_summary(settings.data, "failed", f"unexpected: {_first_failure(result)}")
        return summary, exit_code(Outcome(unexpected=summary.message))
    index = Index(settings.data.index_file, read_only=True)
    try:
        summary, outcome = _sum_up(settings, findings, result, index)
        summary.notices = [*findings.notices, *read_nothing(index), *found.never_due]
        state = index.state()
    finally:
        index.close()
    code = exit_code(outcome)
    summary.seconds["total"] = round(time.perf_counter() - began, 1)
    if not outcome.unexpected:
        surveying.note_refresh(settings.data, _note(settings, summary, code, state) | {"never_due": found.never_due})
    return summary, code


def _note(settings: Settings, summary: Summary, code: int, state: str) -> dict[str, Any]:
    return {
        "fingerprint": surveying.fingerprint(settings, state),
        "exit_code": code,
        "outcome": summary.outcome,
        "clock": settings.clock.isoformat(),
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "release": summary.release["id"] if summary.release else None,
        "ledger_head": summary.ledger_head,
    }


def _execute(
    settings: Settings, first: str, last: str, last_day: str, progress: Progress
) -> tuple[ExecuteInProcessResult, Findings | None]:
    """The job on the persistent instance, so that the run shows on the web page; what its steps found out, None if
    none could begin.
    """
    import dagster as dg

    from orchestration.dagster.definitions import build_defs
    from orchestration.dagster.due import range_tags
    from orchestration.dagster.groups import JOB
    from orchestration.dagster.resources import Refresh

    kept: list[Findings] = []
    resource = Refresh.of(settings, last_day, progress, kept)
    definitions = build_defs({"refresh": resource}, settings.data, settings.config.path)
    with dg.DagsterInstance.get() as instance:
        end_killed_runs(instance)
        result = definitions.resolve_job_def(JOB).execute_in_process(
            instance=instance,
            run_config={**resource.run_config(), "loggers": {"console": {"config": {"log_level": "INFO"}}}},
            tags={**range_tags(first, last), "ecoledger/started_by": "command line"},
            raise_on_error=False,
        )
    return result, kept[0] if kept else None


def end_killed_runs(instance: DagsterInstance) -> None:
    """Ends what killed runs left: a run that still counts as going, and its claim on the DuckDB pool.

    The caller holds the writer's lock, so nobody else is running. Without it the next run would wait for the pool
    for ever, because only Dagster's daemon frees the claims of the dead.
    """
    import dagster as dg

    going = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
    for run in instance.get_runs(filters=dg.RunsFilter(statuses=going)):
        instance.report_run_failed(run, "its process was killed; the refresh after it carried on")
    for run_id in instance.event_log_storage.get_concurrency_run_ids():
        instance.event_log_storage.free_concurrency_slots_for_run(run_id)


def _sum_up(
    settings: Settings, findings: Findings, result: ExecuteInProcessResult, index: Index
) -> tuple[Summary, Outcome]:
    ended = findings.refused or (result.success and findings.published)
    unexpected = "" if ended else _first_failure(result)
    failed = {feed: "; ".join(reasons) for feed, reasons in findings.failures.items() if reasons}
    concerned = {*settings.feeds, *findings.cleaned, *failed}
    shown = [feed for feed in settings.registry.feeds if feed in concerned]
    feeds, refused = feed_counts(index, shown, findings.cleaned)
    outcome = Outcome(failed, findings.held, findings.refused, unexpected, len(refused))
    for feed, reason in failed.items():
        feeds[feed]["failure"] = reason
    for feed in shown:
        feeds[feed]["new_files"] = len(findings.fetched.get(feed, ()))
    domains = domain_states(settings.data)
    for domain, verdict in findings.verdicts.items():
        domains.setdefault(domain, {})["verdict"] = verdict
    entry = release_entry(settings.data)
    if entry and findings.published:
        entry["new"] = findings.published.new
    said = findings.published.outcome if findings.published else "refused" if findings.refused else "failed"
    summary = Summary(
        outcome=said,
        message=_message(said, findings.refused, unexpected),
        data=str(settings.data.root),
        clock=settings.clock.isoformat(),
        feeds=feeds,
        refused_files=refused,
        domains=domains,
        release=entry,
        ledger_head=Ledger(settings.data.ledger_file).head(),
        open=str(settings.data.current / DATABASE) if settings.data.current.exists() else "",
        dagster_run=result.run_id,
        plan=findings.plan,
        log=str(log_file(settings.data)),
    )
    return summary, outcome


def _message(said: str, refused: str, unexpected: str) -> str:
    return {
        "published": "published",
        "unchanged": "nothing new to publish: the figures are those of the current release",
        "withdrawn": "nothing published: a rollback withdrew exactly these figures",
        "refused": f"nothing published: {refused}",
        "failed": f"unexpected: {unexpected}",
    }[said]


def _first_failure(result: ExecuteInProcessResult) -> str:
    """Step and first line of the root cause of the first error of the run."""
    from orchestration.dagster.failure_sensor import root_cause

    for event in result.all_events:
        if event.is_step_failure:
            return f"step {event.step_key}: {root_cause(event.step_failure_data.error, event.message)}"
    for event in result.all_events:
        if event.is_run_failure:
            return root_cause(event.job_failure_data.error, event.message)
    return "the run failed"


def was_stopped(result: ExecuteInProcessResult) -> bool:
    """Whether Ctrl-C or SIGTERM ended the run: Dagster takes both and makes a failure of them."""
    return any(error.cls_name in _INTERRUPTIONS for error in _errors(result))


def _errors(result: ExecuteInProcessResult) -> list[SerializableErrorInfo]:
    """The errors of every failed step and of the run itself."""
    found = [e.step_failure_data.error for e in result.all_events if e.is_step_failure]
    found += [e.job_failure_data.error for e in result.all_events if e.is_run_failure]
    return [error for error in found if error is not None]
