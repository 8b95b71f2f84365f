"""Serving Dagster's web page behind the guard, with the daemon that starts its runs and the server of our definitions.

Here belongs what `dagster dev` does, because that has no place to put the guard in. Not here: who may speak to the page
(web_guard.py), what it says of itself (web_sign.py) or the definitions. Imports Dagster: only `ecoledger ui` loads this
module.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Collection, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import dagster as dg
import uvicorn
from dagster_webserver.app import create_app_from_workspace_process_context
from dagster_webserver.version import __version__

from orchestration.children import end_descendants, keep_orphans
from orchestration.dagster.private import ModuleTarget, ProxyServerManager, WorkspaceFileTarget, WorkspaceProcessContext
from orchestration.dagster.web_guard import Guard
from orchestration.dagster.web_sign import Sign, Signed
from warehouse.paths import INSTALLED

_DEFINITIONS = ModuleTarget("orchestration.dagster.definitions", None, str(INSTALLED), None)
# An open tab keeps its connection open for ever.
_CONNECTIONS_GRACE_S = 2
# How long a run may take to end in good order; a stopped dbt takes up to 10 s.
_CHILDREN_GRACE_S = 20


def serve(listening: socket.socket, sign: Sign, names: Collection[str] = ()) -> None:
    """Serves the page on `listening` until Ctrl-C or SIGTERM, whenever that comes; no process that it started, or that
    those started, is left then. DAGSTER_HOME is set by then.

    `names`: see web_guard.Guard.
    """
    keep_orphans()
    try:
        # The server takes both signals to end in good order, and hands them on when it has.
        with suppress(KeyboardInterrupt):
            _serve(listening, sign, names)
    finally:
        # Impatience must not leave a daemon with an enabled schedule behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        end_descendants(_CHILDREN_GRACE_S)


def _serve(listening: socket.socket, sign: Sign, names: Collection[str]) -> None:
    with dg.DagsterInstance.get() as instance, _workspace(instance) as workspace, _daemon(workspace):
        target = WorkspaceFileTarget([str(workspace)])
        with WorkspaceProcessContext(instance, target, __version__, code_server_log_level="warning") as context:
            page = Guard(Signed(create_app_from_workspace_process_context(context), sign), names)
            config = uvicorn.Config(page, log_level="warning", timeout_graceful_shutdown=_CONNECTIONS_GRACE_S)
            uvicorn.Server(config).run([listening])


@contextmanager
def _workspace(instance: dg.DagsterInstance) -> Generator[Path]:
    """One server of the definitions for page and daemon, and the file that says where it is."""
    with ProxyServerManager(instance, _DEFINITIONS, "warning") as servers, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "workspace.yaml"
        # JSON is YAML, too.
        file.write_text(json.dumps({"load_from": servers.get_code_server_specs()}), encoding="utf-8")
        yield file


@contextmanager
def _daemon(workspace: Path) -> Generator[None]:
    """Without the daemon nothing started on the page would ever begin; ended first, so that nothing begins any more."""
    command = [sys.executable, "-W", "ignore", "-m", "orchestration.dagster.daemon", str(os.getpid()), str(workspace)]
    with subprocess.Popen(command, cwd=INSTALLED) as process:
        try:
            yield
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_CHILDREN_GRACE_S)
            process.kill()
