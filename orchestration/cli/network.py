"""`ecoledger network`: the declaration of a new network with every word explained, and the networks that are delivered.

Here belong options, the file and printing. Not here: the words of a declaration (sources.networks).
"""

from __future__ import annotations

import re
from pathlib import Path
from string import Template
from typing import Annotated

import typer

from orchestration.cli.refresh import JsonOption
from orchestration.cli.report import print_json, print_table
from orchestration.decisions import OK, UsageError
from sources.registry import registry

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def register(app: typer.Typer) -> None:
    """Adds the command group."""
    group = typer.Typer(help="Observation networks by declaration.", no_args_is_help=True)
    group.command("new")(new)
    group.command("list")(list_delivered)
    app.add_typer(group, name="network")


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What sources and sites call it, as rain_wells.")],
    folder: Annotated[Path, typer.Option("--into", help="Folder of the new file.", file_okay=False)] = Path(),
) -> int:
    """Write the declaration of a network, a file of its name, with every word explained; nothing is overwritten.

    Example: ecoledger network new rain_wells
    """
    from sources.networks.read_declaration import SHIPPED

    if not _NAME.fullmatch(name):
        raise UsageError(f"'{name}' cannot be a network: use lower-case letters, digits and _, a letter first")
    if name in registry().feeds:
        raise UsageError(f"'{name}' is a feed: give the network another name")
    file = folder / f"{name}.toml"
    template = (SHIPPED / "new_network.toml.tmpl").read_text(encoding="utf-8")
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(Template(template).substitute(name=name, title=name.replace("_", " ").capitalize()))
    except FileExistsError:
        raise UsageError(f"{file} is there already; choose another name or folder") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from None
    print(f"written: {file}")
    print(f'Now change it, name it in ecoledger.toml ([networks] files = ["{file}"]) and run `ecoledger config check`.')
    return OK


def list_delivered(as_json: JsonOption = False) -> int:
    """List the networks that are delivered with EcoLedger; a source uses one by its name.

    Example: ecoledger network list
    """
    from sources.networks.read_declaration import shipped_declaration, shipped_names

    found = [read for name in shipped_names() if (read := shipped_declaration(name).declaration)]
    rows = [[d.name, d.name_zh, d.cadence, str(len(d.parameters)), str(len(d.limits))] for d in found]
    if as_json:
        words = ("network_id", "name_zh", "cadence", "n_parameters", "n_limits")
        print_json({"networks": [dict(zip(words, row, strict=True)) for row in rows]})
    else:
        print_table("", ["network", "名称", "cadence", "parameters", "limits"], rows)
    return OK
