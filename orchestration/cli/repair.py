"""`ecoledger repair`: the way out where a person must decide, with a reason that the ledger keeps.

Here belong options and printing. Not here: what is repaired and how (warehouse.release.losses).
"""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from orchestration.cli.history import user
from orchestration.cli.refresh import ConfigOption, DataOption, JsonOption
from orchestration.cli.report import print_json
from orchestration.decisions import OK, UsageError
from orchestration.settings import config_path, data_dir, settled
from orchestration.survey import forget_refresh, last_refresh
from warehouse.lock import writer_lock


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("repair")(repair)


def repair(
    reason: Annotated[str, typer.Option("--reason", help="Why, for the ledger.")],
    data: DataOption = None,
    config: ConfigOption = None,
    restart_ledger: Annotated[bool, typer.Option("--restart-ledger", help="Begin a new one: the old is lost.")] = False,
    give_up_raw: Annotated[
        bool, typer.Option("--give-up-raw", help="Nobody can put damaged raw files back: go on without them.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Put right what was changed or lost: link, damaged release, clean files; begin a lost ledger anew.

    A damaged release is noted as lost, readers go back to the last sound one, and the next refresh builds it again as a
    new release that names what it replaces. Clean files that were changed are made again from raw by the next refresh.
    With --give-up-raw damaged raw files and their receipts are set aside in damaged/: they are fetched again where
    their source still has them, and their readings are gone where it has not.

    With --restart-ledger the release that readers follow stays current and is vouched for anew; no earlier one is.

    Example: ecoledger repair --reason "disk of 3 March failed"
    """
    from warehouse.release.losses import Signed
    from warehouse.release.losses import repair as put_right

    directory = data_dir(data)
    if not directory.root.is_dir():
        raise UsageError(f"data directory {directory.root} does not exist")
    if not reason.strip():
        raise UsageError("--reason is empty: the ledger keeps it")
    settings = settled(directory, config_path(config))
    with writer_lock(directory, "ecoledger repair"):
        done = put_right(
            directory,
            settings.registry,
            ZoneInfo(settings.zone),
            last_refresh(directory),
            Signed(user(), reason),
            restart=restart_ledger,
            give_up_raw=give_up_raw,
        )
        # Until the next refresh is finished nothing is known to be up to date.
        forget_refresh(directory)
    if as_json:
        print_json({"exit_code": OK, "outcome": "repaired", "done": done})
    else:
        print("\n".join(done) or "nothing was to be put right")
        print("`ecoledger refresh` makes the rest again")
    return OK
