"""`ecoledger refresh`: pulls what is due, cleans, builds, judges, publishes.

Here belong its options and the short way out when nothing is new. Not here: the work (orchestration.dagster.run_job).
"""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from orchestration.cli.report import print_json, print_plan, print_summary
from orchestration.dagster.run_job import nothing_new, run_refresh
from orchestration.dbt_runs.feed_files import require_files
from orchestration.decisions import OK
from orchestration.settings import Settings, config_path, data_dir, settled
from orchestration.summary import Summary
from orchestration.survey import Survey, last_refresh, survey
from warehouse.lock import writer_lock
from warehouse.paths import INSTALLED
from warehouse.recovery import recover
from warehouse.release.losses import mend
from warehouse.release.soundness import check_current

DataOption = Annotated[str | None, typer.Option("--data", help="Data directory; default $ECOLEDGER_DATA or ./data.")]
ConfigOption = Annotated[
    str | None,
    typer.Option("--config", help="ecoledger.toml; default $ECOLEDGER_CONFIG or the built-in simulated district."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object on stdout, nothing else.")]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("refresh")(refresh)


def refresh(
    data: DataOption = None,
    config: ConfigOption = None,
    first: Annotated[str | None, typer.Option("--from", help="First day of delivery to pull, YYYY-MM-DD.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="Last complete day, YYYY-MM-DD; default yesterday.")] = None,
    feed: Annotated[list[str] | None, typer.Option("--feed", help="Pull this feed only; may be repeated.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Build every table again, also where nothing changed.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say of each table whether it was built again or carried, and why.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Pull what is due and not yet landed, clean it, build the marts, judge them, publish a release.

    Example: ecoledger refresh --config ecoledger.toml --to 2026-11-22
    """
    directory = data_dir(data).prepare()
    settings = settled(directory, config_path(config), first, to, feed or (), full=full)
    with writer_lock(directory, "ecoledger refresh"):
        mended = _put_right(settings)
        found = survey(settings)
        summary, code = None if full else nothing_new(settings, found), OK
        if summary is None:
            summary, code = _work(settings, found, to or "", as_json)
    summary.mended = mended
    if as_json:
        print_json({"exit_code": code, **summary.as_dict()})
    else:
        print_summary(summary)
        if explain:
            print_plan(summary)
    return code


def _put_right(settings: Settings) -> list[str]:
    """Before anything is used: what readers see is what the ledger says, what a killed writer left is completed, and
    clean files that were changed since they were written are dropped; gives those, to be told.
    """
    check_current(settings.data, last_refresh(settings.data))
    recover(settings.data, settings.registry, ZoneInfo(settings.zone))
    return mend(settings.data, settings.registry, ZoneInfo(settings.zone))


def _work(settings: Settings, found: Survey, last_day: str, as_json: bool) -> tuple[Summary, int]:
    from orchestration.cli.output import diverted_to
    from orchestration.environment import collect_rarely, log_file
    from orchestration.progress import Silent, Spoken

    require_files(INSTALLED, settings.registry)
    collect_rarely()
    with diverted_to(log_file(settings.data)) as person:
        progress = Silent() if as_json else Spoken(person)
        summary, code = run_refresh(settings, found, last_day, progress)
    summary.seconds = {**progress.seconds, **summary.seconds}
    return summary, code
