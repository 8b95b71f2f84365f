"""`ecoledger ui`: Dagster's web page over the same data directory; runs of the command line appear in it.

Here belongs starting it on this machine only, unless told otherwise, and saying where it is. Not here: the definitions
it shows, the server (webserver.py) or who may speak to it (web_guard.py).
"""

from __future__ import annotations

import errno
import os
import socket
import sys
import threading
from typing import Annotated

import typer

from orchestration.cli.refresh import ConfigOption, DataOption
from orchestration.dagster.web_sign import Sign, sign_at
from orchestration.decisions import OK, UsageError
from orchestration.environment import prepare
from orchestration.settings import CONFIG_VARIABLE, config_path, data_dir, settled

_HIGHEST_PORT = 65535
# How long the page of another process may take to say who it is, and how often our own is asked while it starts.
_STRANGER_S = 3
_OWN_S = 5
# What listens on every address of this machine answers on its loopback one.
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}


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
    port: Annotated[int, typer.Option("--port", min=1, max=_HIGHEST_PORT, help="Port to listen on.")] = 3000,
) -> int:
    """Open the Dagster web page over the data directory; Ctrl-C ends it.

    Example: ecoledger ui --port 3030
    """
    directory = data_dir(data).prepare()
    file = config_path(config)
    district = settled(directory, file).config.district
    prepare(directory)
    if file is not None:
        os.environ[CONFIG_VARIABLE] = str(file)
    sign = Sign(district.area_code, district.name_zh, str(directory.root))
    with _listening(host, port) as listening:
        print(f"starting the page of {sign.text}", file=sys.stderr, flush=True)
        from orchestration.dagster.webserver import serve

        threading.Thread(target=_tell, args=(host, port, sign), daemon=True).start()
        serve(listening, sign, {host, *(allow_host or ())})
    return OK


def _listening(host: str, port: int) -> socket.socket:
    """A socket on the address; UsageError says who has the port, or what else is wrong with it."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=socket.SOMAXCONN)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise UsageError(f"cannot listen on {host} port {port}: {error.strerror or error}") from None
    there = sign_at(_reached(host), port, _STRANGER_S)
    who = f"EcoLedger's page of {there.text}, at {_url(host, port)}" if there else "another program"
    free = port + 1 if port < _HIGHEST_PORT else port - 1
    raise UsageError(f"port {port} is in use by {who}; choose another one, for instance --port {free}")


def _tell(host: str, port: int, sign: Sign) -> None:
    """Prints the address as soon as the page answers there."""
    while sign_at(_reached(host), port, _OWN_S) != sign:
        pass
    print(f"{_url(host, port)} (Ctrl-C ends it)", flush=True)


def _reached(host: str) -> str:
    return _ANY.get(host, host)


def _url(host: str, port: int) -> str:
    name = _reached(host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
