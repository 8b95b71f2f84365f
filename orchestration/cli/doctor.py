"""`ecoledger doctor`: says whether installation, data directory and configuration are sound, and what to do.

Here belongs printing. Not here: what is looked at (checkup.py).
"""

from __future__ import annotations

from dataclasses import asdict

import typer

from orchestration.cli.checkup import BAD, look
from orchestration.cli.refresh import ConfigOption, DataOption, JsonOption
from orchestration.cli.report import print_json, print_table
from orchestration.decisions import BAD_USAGE, OK
from orchestration.settings import config_path, data_dir


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("doctor")(doctor)


def doctor(data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> int:
    """Look at Python, packages, bytecode, the data directory, index, ledger, release and configuration.

    Example: ecoledger doctor --config ecoledger.toml
    """
    findings = list(look(data_dir(data), config_path(config)))
    if as_json:
        print_json({"findings": [asdict(f) for f in findings]})
    else:
        print_table("", ["", "what", "found"], [[f.state, f.what, f.text] for f in findings])
    return BAD_USAGE if any(f.state == BAD for f in findings) else OK
