"""The process that is dbt: runs dbt commands on a manifest that was parsed before.

Started by dbt_runner.py: `python -m orchestration.dbt_runs.dbt_child <parent's pid> <partial_parse.msgpack> <clean
layer>`. Each line of its input is the arguments of one command, as a JSON list; an event on its output says that the
command ended. dbt's own command parses the whole project again whenever a variable changes, and `as_of` changes with
every refresh: that costs 3 to 4 s a run. Variables are read when a node is compiled, so the parsed manifest serves.
Only where the clean layer lies is read while parsing: its mark in the sources' locations is replaced here. Not here:
anything else.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.artifacts.schemas.results import NodeStatus
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt_common.events.base_types import EventMsg
from dbt_common.events.functions import msg_to_dict
from dbt_common.utils.encoding import ForgivingJSONEncoder

from orchestration.children import die_with
from orchestration.dbt_runs.dbt_runner import COMMAND_ENDED, LOG, NO_ARTIFACTS, RESULT_EVENTS, RUN_RESULTS
from orchestration.environment import collect_rarely, give_back_memory
from warehouse.duck import file_pattern
from warehouse.engine_limits import MEMORY_VARIABLE, MORE_VARIABLE

# dbt_project.yml, vars.
_CLEAN_ROOT = "@clean_root@"
_LOCATION = "external_location"
# How DuckDB begins to say that its memory does not suffice.
_NO_MEMORY = "Out of Memory Error"
# What of dbt's results has not been built, or judged good.
_UNDONE = (NodeStatus.Error, NodeStatus.Fail, NodeStatus.Skipped)


def place_sources(manifest: Manifest, clean: Path) -> None:
    """Puts the clean layer's path into the location of every source, as text in SQL in a format string."""
    path = file_pattern(clean).replace("'", "''").replace("{", "{{").replace("}", "}}")
    for source in manifest.sources.values():
        for meta in (source.meta, source.source_meta, source.config.meta):
            if _LOCATION in meta:
                meta[_LOCATION] = meta[_LOCATION].replace(_CLEAN_ROOT, path)


def told(log: TextIO) -> Callable[[EventMsg], None]:
    """What dbt calls with each of its events: those that the parent reads go to the standard output as a line of JSON,
    the words of warnings and errors to `log`.

    dbt's own loggers word every event, down to each statement, before they look at its level.
    """
    # dbt's threads fire events at once, and a long line is not written in one go.
    alone = threading.Lock()

    def tell(event: EventMsg) -> None:
        # dbt declares fewer fields than it gives.
        info: Any = event.info
        name, level = info.name, info.level
        if level in ("warn", "error"):
            print(info.msg, file=log, flush=True)
        if level == "error" or name in RESULT_EVENTS:
            line = json.dumps(msg_to_dict(event), cls=ForgivingJSONEncoder)
            with alone:
                print(line, flush=True)

    return tell


def run(manifest: Manifest, arguments: list[str]) -> int:
    """Exit code as dbt's: 0 done, 1 a node failed, 2 dbt stopped."""
    target = Path(arguments[arguments.index("--target-path") + 1])
    with (target / LOG).open("w", encoding="utf-8") as log:
        dbt = dbtRunner(manifest=manifest, callbacks=[told(log)])
        done = dbt.invoke(arguments)
        first = done.result
        if isinstance(first, RunExecutionResult) and (names := without_memory(first)):
            again = dbt.invoke(selecting(arguments, names))
            if isinstance(again.result, RunExecutionResult):
                done = replace(again, result=joined(first, again.result))
    if NO_ARTIFACTS in arguments and isinstance(done.result, RunExecutionResult):
        done.result.write(str(target / RUN_RESULTS))
    if done.exception is not None:
        # dbt has logged what it knows how to word; the rest would be lost.
        print(f"{type(done.exception).__name__}: {done.exception}", flush=True)
        return 2
    return 0 if done.success else 1


def without_memory(result: RunExecutionResult) -> list[str]:
    """The nodes to build once more because memory did not suffice for one of them: all that failed or were skipped.

    From then on this process may take more, if it was told how much. A limit that was chosen by hand is kept.
    """
    if MORE_VARIABLE not in os.environ:
        return []
    undone = [r for r in result.results if r.status in _UNDONE]
    if not any(_NO_MEMORY in (r.message or "") for r in undone):
        return []
    os.environ[MEMORY_VARIABLE] = os.environ.pop(MORE_VARIABLE)
    release_database()
    return [r.node.name for r in undone]


def selecting(arguments: list[str], names: list[str]) -> list[str]:
    """`arguments` with `names` as what is selected."""
    if "--select" not in arguments:
        return [*arguments, "--select", *names]
    first = arguments.index("--select") + 1
    end = next((n for n in range(first, len(arguments)) if arguments[n].startswith("-")), len(arguments))
    return [*arguments[:first], *names, *arguments[end:]]


def joined(first: RunExecutionResult, again: RunExecutionResult) -> RunExecutionResult:
    """The results of both: of what ran twice the later one."""
    later = {r.node.unique_id for r in again.results}
    return replace(again, results=[*(r for r in first.results if r.node.unique_id not in later), *again.results])


def release_database() -> None:
    """Closes the working database, which dbt keeps open until its process ends: between commands it is the gate's."""
    with contextlib.suppress(Exception):
        # Raises where the command ended before it opened anything.
        DuckDBConnectionManager.env().close()
    DuckDBConnectionManager.close_all_connections()


def main(parent: str, parsed: str, clean: str) -> None:
    """Works through the commands on the standard input, until it ends."""
    die_with(int(parent))
    collect_rarely()
    manifest = Manifest.from_msgpack(Path(parsed).read_bytes())
    place_sources(manifest, Path(clean))
    # A hundred thousand objects that live as long as the process.
    gc.freeze()
    for line in sys.stdin:
        code = run(manifest, json.loads(line))
        release_database()
        give_back_memory()
        ended = {"info": {"name": COMMAND_ENDED, "level": "info", "msg": ""}, "data": {"code": code}}
        print(json.dumps(ended), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
