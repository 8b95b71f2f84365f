"""Every name of Dagster's private modules that we use; the only file that may import them.

Dagster may move or drop them with any release. Each is imported when it is first asked for, because some belong to the
web page and a refresh needs the others; if one is gone, the error says what it was for, and
tests/wiring/test_dagster_private.py says it of all of them. Not here: anything that is done with them.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dagster._cli.proxy_server_manager import ProxyServerManager as ProxyServerManager
    from dagster._core.definitions.asset_checks.asset_check_evaluation import (
        AssetCheckEvaluationTargetMaterializationData as AssetCheckEvaluationTargetMaterializationData,
    )
    from dagster._core.events import ASSET_CHECK_EVENTS as ASSET_CHECK_EVENTS
    from dagster._core.events import ASSET_EVENTS as ASSET_EVENTS
    from dagster._core.events import EVENT_TYPE_TO_PIPELINE_RUN_STATUS as EVENT_TYPE_TO_PIPELINE_RUN_STATUS
    from dagster._core.events import DagsterEventType as DagsterEventType
    from dagster._core.events.log import EventLogEntry as EventLogEntry
    from dagster._core.run_coordinator import SubmitRunContext as SubmitRunContext
    from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage as SqliteEventLogStorage
    from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager as NoOpComputeLogManager
    from dagster._core.storage.sql import create_engine as create_engine
    from dagster._core.workspace.context import WorkspaceProcessContext as WorkspaceProcessContext
    from dagster._core.workspace.load_target import EmptyWorkspaceTarget as EmptyWorkspaceTarget
    from dagster._core.workspace.load_target import ModuleTarget as ModuleTarget
    from dagster._core.workspace.load_target import WorkspaceFileTarget as WorkspaceFileTarget
    from dagster._daemon.cli import main as daemon_main  # noqa: F401

_QUEUE = "a launch without partitions takes what is due (due.py); for types only"
_EVENTS = "the event log keeps its databases open (event_log.py)"
_PAGE = "`ecoledger ui` serves the page with one code server (webserver.py)"
_MONTHS = "a check of each month names the materialization that it is about (month_checks.py)"
# Name here: module, name there, what it is for.
PLACES = {
    "AssetCheckEvaluationTargetMaterializationData": (
        "dagster._core.definitions.asset_checks.asset_check_evaluation",
        "AssetCheckEvaluationTargetMaterializationData",
        _MONTHS,
    ),
    "ASSET_CHECK_EVENTS": ("dagster._core.events", "ASSET_CHECK_EVENTS", _EVENTS),
    "ASSET_EVENTS": ("dagster._core.events", "ASSET_EVENTS", _EVENTS),
    "EVENT_TYPE_TO_PIPELINE_RUN_STATUS": ("dagster._core.events", "EVENT_TYPE_TO_PIPELINE_RUN_STATUS", _EVENTS),
    "DagsterEventType": ("dagster._core.events", "DagsterEventType", _EVENTS),
    "EventLogEntry": ("dagster._core.events.log", "EventLogEntry", _EVENTS),
    "SqliteEventLogStorage": (
        "dagster._core.storage.event_log.sqlite.sqlite_event_log",
        "SqliteEventLogStorage",
        _EVENTS,
    ),
    "create_engine": ("dagster._core.storage.sql", "create_engine", _EVENTS),
    "NoOpComputeLogManager": (
        "dagster._core.storage.noop_compute_log_manager",
        "NoOpComputeLogManager",
        "dagster.yaml switches off the capture of outputs (environment.py)",
    ),
    "ProxyServerManager": ("dagster._cli.proxy_server_manager", "ProxyServerManager", _PAGE),
    "WorkspaceProcessContext": ("dagster._core.workspace.context", "WorkspaceProcessContext", _PAGE),
    "EmptyWorkspaceTarget": ("dagster._core.workspace.load_target", "EmptyWorkspaceTarget", "tests of the page"),
    "ModuleTarget": ("dagster._core.workspace.load_target", "ModuleTarget", _PAGE),
    "WorkspaceFileTarget": ("dagster._core.workspace.load_target", "WorkspaceFileTarget", _PAGE),
    "SubmitRunContext": ("dagster._core.run_coordinator", "SubmitRunContext", _QUEUE),
    "daemon_main": ("dagster._daemon.cli", "main", "`ecoledger ui` runs the schedules and queued runs (daemon.py)"),
}


class DagsterChanged(ImportError):
    """A private name of Dagster is gone; the message says which and what for."""


def __getattr__(name: str) -> Any:
    if name not in PLACES:
        raise AttributeError(name)
    module, there, use = PLACES[name]
    try:
        return getattr(import_module(module), there)
    except (ImportError, AttributeError) as gone:
        raise DagsterChanged(f"Dagster {version('dagster')} has no {module}.{there} any more: {use}") from gone
