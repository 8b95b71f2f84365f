"""`ecoledger dev`: what someone who extends EcoLedger runs in a checkout: derived files, and the skeleton of a feed.

Here belongs talking about them. Not here: what the files hold (dbt_runs/feed_files.py, dbt_runs/new_feed.py).
"""

from __future__ import annotations

import os
from typing import Annotated

import typer

from orchestration.dbt_runs.feed_files import GENERATE, generate, missing, out_of_date
from orchestration.dbt_runs.new_feed import BadFeedName, write_skeleton
from orchestration.decisions import BAD_USAGE, OK, UsageError
from sources.registry import DECLARATIONS, load_registry
from warehouse.paths import INSTALLED

dev = typer.Typer(no_args_is_help=True, help="For a checkout: derived files, and the skeleton of a new feed.")


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(dev, name="dev")


@dev.command("generate")
def generate_files() -> int:
    """Write the files that follow from the declarations of feeds and from the folders of marts.

    Example: ecoledger dev generate
    """
    _writable()
    for name in generate(INSTALLED, load_registry(DECLARATIONS)):
        typer.echo(f"written: {name}")
    return OK


@dev.command("check")
def check() -> int:
    """Name the files that a declared feed lacks, and derived files that are out of date.

    Example: ecoledger dev check
    """
    found = load_registry(DECLARATIONS)
    lacking, stale = missing(INSTALLED, found), out_of_date(INSTALLED, found)
    for name in lacking:
        typer.echo(f"missing: {name}")
    for name in stale:
        typer.echo(f"out of date: {name} ({GENERATE} writes it)")
    if not lacking and not stale:
        typer.echo(f"every file of {len(found.feeds)} feeds is there and up to date")
    return BAD_USAGE if lacking or stale else OK


@dev.command("new-feed")
def new_feed(name: Annotated[str, typer.Argument(help="Name of feed and domain, as soil or light_pollution.")]) -> int:
    """Write the skeleton of a feed: declaration, staging model, one mart, its suite, and the derived files.

    Example: ecoledger dev new-feed soil
    """
    _writable()
    try:
        written = write_skeleton(INSTALLED, name, load_registry(DECLARATIONS))
    except BadFeedName as error:
        raise UsageError(str(error)) from None
    for file in written:
        typer.echo(f"written: {file}")
    for file in generate(INSTALLED, load_registry(DECLARATIONS)):
        typer.echo(f"derived: {file}")
    typer.echo(
        f"Now change sources/feeds/{name}/feed.toml (Chinese name, parameters, units), run `{GENERATE}`, "
        "and add a golden delivery (sources/README.md, To add)."
    )
    return OK


def _writable() -> None:
    """UsageError where this is not a checkout."""
    if not (INSTALLED / "pyproject.toml").is_file() or not os.access(INSTALLED / "dbt_project", os.W_OK):
        raise UsageError(f"{INSTALLED} is not a checkout that can be written: clone the repository and run it there")
