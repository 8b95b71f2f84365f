"""`ecoledger ui`: Dagster's web page over the same data directory; runs of the command line appear in it.

Here belongs starting it on this machine only, unless told otherwise. Not here: the definitions it shows, the server
(webserver.py) or who may speak to it (web_guard.py).
"""

from __future__ import annotations

import os
from typing import Annotated

import typer

from orchestration.cli.refresh import ConfigOption, DataOption
from orchestration.decisions import OK
from orchestration.environment import prepare
from orchestration.settings import CONFIG_VARIABLE, config_path, data_dir, settled


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("ui")(ui)


def ui(
    data: DataOption = None,
    config: ConfigOption = None,
    host: Annotated[str, typer.Option("--host", help="Address; whoever reaches it can start runs.")] = "127.0.0.1",
    allow_host: Annotated[
        list[str] | None, typer.Option("--allow-host", help="A name under which people reach it; may be repeated.")
    ] = None,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")] = 3000,
) -> int:
    """Open the Dagster web page over the data directory; Ctrl-C ends it.

    Example: ecoledger ui --port 3030
    """
    directory = data_dir(data).prepare()
    file = config_path(config)
    settled(directory, file)
    prepare(directory)
    if file is not None:
        os.environ[CONFIG_VARIABLE] = str(file)
    from orchestration.dagster.webserver import serve

    print(f"http://{host}:{port} (Ctrl-C ends it)", flush=True)
    serve(host, port, allow_host or ())
    return OK
