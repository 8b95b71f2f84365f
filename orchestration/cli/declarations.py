"""`ecoledger network` and `ecoledger register`: a new declaration with every word explained, and those that ship.

Here belong options, the file and printing. Not here: the words of a declaration (sources.networks, sources.registers).
"""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import Annotated

import typer

from orchestration.cli.refresh import JsonOption
from orchestration.cli.report import print_json, print_table
from orchestration.decisions import OK, UsageError
from sources.registry import registry
from sources.registry.name_patterns import NAME

_Name = Annotated[str, typer.Argument(metavar="NAME", help="What sources and sites call it: a-z, 0-9 and _.")]
_Folder = Annotated[Path, typer.Option("--into", help="Folder of the new file.", file_okay=False)]


def register(app: typer.Typer) -> None:
    """Adds both command groups."""
    networks = typer.Typer(help="Observation networks by declaration.", no_args_is_help=True)
    networks.command("new")(new_network)
    networks.command("list")(list_networks)
    app.add_typer(networks, name="network")
    registers = typer.Typer(help="Registers of cases and lists by declaration.", no_args_is_help=True)
    registers.command("new")(new_register)
    registers.command("list")(list_registers)
    app.add_typer(registers, name="register")


def new_network(name: _Name, folder: _Folder = Path()) -> int:
    """Write the declaration of a network, a file of its name, with every word explained; nothing is overwritten.

    Example: ecoledger network new rain_wells
    """
    from sources.networks.read_declaration import SHIPPED

    return _write(name, folder, SHIPPED / "new_network.toml.tmpl", "network")


def new_register(name: _Name, folder: _Folder = Path()) -> int:
    """Write the declaration of a register, a file of its name, with every word explained; nothing is overwritten.

    Example: ecoledger register new kennels
    """
    from sources.registers.read_register import SHIPPED

    return _write(name, folder, SHIPPED / "new_register.toml.tmpl", "register")


def _write(name: str, folder: Path, template: Path, kind: str) -> int:
    if not NAME.fullmatch(name):
        raise UsageError(f"'{name}' cannot be a {kind}: use lower-case letters, digits and _, a letter first")
    if name in registry().feeds:
        raise UsageError(f"'{name}' is a feed: give the {kind} another name")
    file = folder / f"{name}.toml"
    try:
        with file.open("x", encoding="utf-8") as out:
            title = name.replace("_", " ").capitalize()
            out.write(Template(template.read_text(encoding="utf-8")).substitute(name=name, title=title))
    except FileExistsError:
        raise UsageError(f"{file} is there already; choose another name or folder") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from None
    print(f"written: {file}")
    print(f'Now change it, name it in ecoledger.toml ([{kind}s] files = ["{file}"]) and run `ecoledger config check`.')
    return OK


def list_networks(as_json: JsonOption = False) -> int:
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


def list_registers(as_json: JsonOption = False) -> int:
    """List the registers and lists that are delivered with EcoLedger; a source uses one by its name.

    Example: ecoledger register list
    """
    from sources.registers.read_register import shipped_register, shipped_registers

    found = [read for name in shipped_registers() if (read := shipped_register(name).declaration)]
    rows = [[d.name, d.name_zh, d.kind, d.cadence, ", ".join(d.private)] for d in found]
    if as_json:
        words = ("register_id", "name_zh", "kind", "cadence")
        shown = [
            {**dict(zip(words, row, strict=False)), "private": list(d.private)}
            for row, d in zip(rows, found, strict=True)
        ]
        print_json({"registers": shown})
    else:
        print_table("", ["register", "名称", "kind", "cadence", "private"], rows)
    return OK
