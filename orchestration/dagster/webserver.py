"""Serving Dagster's web page behind the guard, with the daemon that starts its runs and the server of our definitions.

Here belongs what `dagster dev` does, because that has no place to put the guard in. Not here: who may speak to the page
(web_guard.py) or the definitions. Imports Dagster: only `ecoledger ui` loads this module.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import uvicorn
from dagster._cli.proxy_server_manager import ProxyServerManager
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import ModuleTarget, WorkspaceFileTarget
from dagster_webserver.app import create_app_from_workspace_process_context
from dagster_webserver.version import __version__

from orchestration.dagster.web_guard import Guard
from warehouse.paths import INSTALLED

_DEFINITIONS = ModuleTarget("orchestration.dagster.definitions", None, str(INSTALLED), None)
_GRACE_S = 30


def serve(host: str, port: int, names: Collection[str] = ()) -> None:
    """Serves the page until Ctrl-C or SIGTERM; what it started ends with it. DAGSTER_HOME is set by then.

    `names`: see web_guard.Guard; `host` is one of them.
    """
    with dg.DagsterInstance.get() as instance, _workspace(instance) as workspace, _daemon(workspace):
        target = WorkspaceFileTarget([str(workspace)])
        with WorkspaceProcessContext(instance, target, __version__, code_server_log_level="warning") as context:
            page = Guard(create_app_from_workspace_process_context(context), {host, *names})
            uvicorn.run(page, host=host, port=port, log_level="warning")


@contextmanager
def _workspace(instance: dg.DagsterInstance) -> Iterator[Path]:
    """One server of the definitions for page and daemon, and the file that says where it is."""
    with ProxyServerManager(instance, _DEFINITIONS, "warning") as servers, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "workspace.yaml"
        # JSON is YAML, too.
        file.write_text(json.dumps({"load_from": servers.get_code_server_specs()}), encoding="utf-8")
        yield file


@contextmanager
def _daemon(workspace: Path) -> Iterator[None]:
    """Without the daemon nothing started on the page would ever begin."""
    command = [sys.executable, "-W", "ignore", "-m", "dagster._daemon", "run", "--workspace", str(workspace)]
    with subprocess.Popen([*command, "--log-level", "warning"], cwd=INSTALLED) as process:
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(_GRACE_S)
            except subprocess.TimeoutExpired:
                process.kill()
