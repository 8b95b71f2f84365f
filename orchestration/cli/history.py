"""`ecoledger status`, `releases` and `rollback`: what is there, what was there, and going back.

Here belong options and printing. Not here: what the ledger's entries mean (warehouse.release.releases).
"""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from orchestration.cli.refresh import DataOption, JsonOption
from orchestration.cli.report import in_reporting_zone, print_json, print_summary, print_table
from orchestration.decisions import OK, UsageError
from orchestration.settings import data_dir
from orchestration.summary import add_lake, current_summary
from orchestration.survey import forget_refresh, last_refresh, note_refresh
from sources.registry import registry
from warehouse.lock import holder, writer_lock
from warehouse.paths import DataDir
from warehouse.release.releases import Release, ReleaseError, releases
from warehouse.release.releases import rollback as go_back
from warehouse.release.soundness import check_current, check_ledger


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("status")(status)
    app.command("releases")(list_releases)
    app.command("rollback")(rollback)


def status(data: DataOption = None, as_json: JsonOption = False) -> int:
    """Say what is there: files and readings per feed, verdict per domain, the current release, who is writing.

    Example: ecoledger status --data /srv/ecoledger
    """
    directory = data_dir(data)
    if not directory.root.is_dir():
        raise UsageError(
            f"nothing is there: {directory.root} does not exist; `ecoledger refresh` makes a data directory"
        )
    if not holder(directory):
        check_current(directory, last_refresh(directory))
    summary = current_summary(directory, "status", "")
    add_lake(summary, directory, registry().feeds)
    last, writing = last_refresh(directory), holder(directory)
    summary.notices += last.get("never_due", [])
    if as_json:
        print_json({**summary.as_dict(), "last_refresh": last, "writing": writing})
        return OK
    summary.message = (
        f"last refresh finished {in_reporting_zone(last['finished_at'])}" if last else "no finished refresh yet"
    )
    if writing:
        summary.message += f"; writing now: {writing}"
    print_summary(summary)
    return OK


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
