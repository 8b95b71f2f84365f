"""`ecoledger status`, `releases` and `rollback`: what is there, what was there, and going back.

Here belong options and printing. Not here: what the ledger's entries mean (warehouse.release.releases).
"""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any

import typer

from orchestration.cli.refresh import ConfigOption, DataOption, JsonOption
from orchestration.cli.report import in_reporting_zone, print_json, print_summary, print_table
from orchestration.decisions import OK, UsageError
from orchestration.settings import config_path, data_dir, settled
from orchestration.source_table import source_rows
from orchestration.summary import add_lake, current_summary
from orchestration.survey import forget_refresh, last_refresh, note_refresh
from sources.registry import registry
from warehouse.lake.index import Index, IndexUnusable
from warehouse.lock import holder, writer_lock
from warehouse.paths import DataDir
from warehouse.release.releases import Release, ReleaseError, releases
from warehouse.release.releases import rollback as go_back
from warehouse.release.soundness import check_current, check_ledger

# What `status --sources` shows of a row of mart_sources, under which heading and of which width; --json has all of it.
_DAY, _WORD = 10, 64
_OF_A_SOURCE = {
    "source_id": ("source", _WORD),
    "state": ("state", _WORD),
    "n_deliveries": ("files", _WORD),
    "last_delivered_at": ("delivered", _DAY),
    "last_reading_at": ("read up to", _DAY),
    "next_due_on": ("due by", _DAY),
    "days_late": ("late", _WORD),
}


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("status")(status)
    app.command("releases")(list_releases)
    app.command("rollback")(rollback)


def status(
    data: DataOption = None,
    config: ConfigOption = None,
    sources: Annotated[
        bool, typer.Option("--sources", help="One line for each source: its state, last delivery, next due, failures.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Say what is there: files and readings per feed, verdict per domain, the current release, who is writing.

    Example: ecoledger status --data /srv/ecoledger
    """
    directory = data_dir(data)
    if not directory.root.is_dir():
        raise UsageError(
            f"nothing is there: {directory.root} does not exist; `ecoledger refresh` makes a data directory"
        )
    if sources:
        return _status_of_sources(directory, config, as_json)
    if not holder(directory):
        check_current(directory, last_refresh(directory))
    summary = current_summary(directory, "status", "")
    add_lake(summary, directory, registry().feeds)
    last, writing = last_refresh(directory), holder(directory)
    summary.notices += last.get("never_due", [])
    if as_json:
        print_json({**summary.as_dict(), "last_refresh": last, "writing": writing})
        return OK
    if last:
        summary.message = f"last refresh finished {in_reporting_zone(last['finished_at'])}"
    else:
        # None of these leaves a note, and each takes the note before it away.
        after = "a run of the web page, a repair or a refresh that did not finish came last"
        summary.message = after if summary.release else "no finished refresh yet"
    if writing:
        summary.message += f"; writing now: {writing}"
    print_summary(summary)
    return OK


def _status_of_sources(directory: DataDir, config: str | None, as_json: bool) -> int:
    """Every source as it is now. Nothing is asked of a source: that is what a refresh does."""
    settings = settled(directory, config_path(config), None, None, ())
    index = None
    with suppress(IndexUnusable):
        index = Index(directory.index_file, read_only=True)
    rows = source_rows(settings, index)
    if index:
        index.close()
    if as_json:
        print_json({"sources": [{name: _plain(value) for name, value in row.items()} for row in rows]})
        return OK
    shown = [[_cut(row[name], width) for name, (_, width) in _OF_A_SOURCE.items()] for row in rows]
    print_table("", [heading for heading, _ in _OF_A_SOURCE.values()], shown)
    for row in rows:
        if row["failure"]:
            print(f"{row['source_id']} fails since {row['failing_since']} ({settings.zone}): {row['failure']}")
    return OK


def _cut(value: Any, width: int) -> str:
    return "" if value is None else str(value)[:width]


def _plain(value: Any) -> Any:
    """A value as JSON has it: days and moments as text."""
    return value if isinstance(value, int | None) else str(value)


def list_releases(data: DataOption = None, as_json: JsonOption = False) -> int:
    """List every release ever published, newest first, with its time and state; --json gives the digests.

    Example: ecoledger releases --json
    """
    directory = data_dir(data)
    check_ledger(directory, last_refresh(directory))
    found = list(reversed(releases(directory)))
    if as_json:
        print_json({"releases": [_entry(r) for r in found]})
    elif not found:
        print("no release yet; `ecoledger refresh` makes the first")
    else:
        rows = [[r.release_id, in_reporting_zone(r.published_at), r.state] for r in found]
        print_table("", ["release", "published", "state"], rows)
    return OK


def _entry(release: Release) -> dict[str, str]:
    return {
        "id": release.release_id,
        "published_at": release.published_at,
        "state": release.state,
        "digest": release.digest,
        "path": str(release.path),
    }


def rollback(
    release: Annotated[str, typer.Argument(metavar="RELEASE", help="Release to go back to, see `ecoledger releases`.")],
    data: DataOption = None,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the ledger.")] = "",
    as_json: JsonOption = False,
) -> int:
    """Make an earlier release the current one and withdraw every later one; the ledger keeps who and why.

    Example: ecoledger rollback 000012-0123456789ab --reason "wrong weighbridge factor"
    """
    directory = data_dir(data)
    if not directory.root.is_dir():
        raise UsageError(f"data directory {directory.root} does not exist")
    with writer_lock(directory, "ecoledger rollback"):
        noted = last_refresh(directory)
        check_ledger(directory, noted)
        # While the link may lag behind the ledger, nobody may take it for one that somebody changed.
        forget_refresh(directory)
        try:
            again = go_back(directory, release, user(), reason)
        except ReleaseError as error:
            _note_again(directory, noted)
            raise UsageError(str(error)) from None
        # Where it was stopped in between nothing is noted, and the next refresh completes it.
        _note_again(directory, noted)
    summary = current_summary(directory, "rolled_back", f"{again.release_id} is current again")
    if as_json:
        print_json(summary.as_dict())
    else:
        print_summary(summary)
    return OK


def _note_again(data: DataDir, noted: Mapping[str, Any]) -> None:
    if noted:
        note_refresh(data, noted)


def user() -> str:
    """Who goes into the ledger; a container may have no name for its user."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
