"""Runs dbt as a subprocess next to this Python: `dbt parse` when the project changed, then its commands in one process.

dbt in the same process would keep the candidate locked, so it is always another process. Here belong its
command line, its events and its results. Not here: what a result means for a domain (expectations) or for Dagster
(dbt_assets.py).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from orchestration.environment import dbt_environment
from warehouse.atomic import write_bytes
from warehouse.paths import INSTALLED, DataDir

PROJECT = INSTALLED / "dbt_project"
_PROJECT_FILES = ("*.sql", "*.yml", "*.csv")
# dbt's own store of what it parsed, from which dbt_child.py starts.
PARSED = "partial_parse.msgpack"
_FLAGS = ("--no-use-colors", "--no-version-check")
_PARSE = (*_FLAGS, "--log-format=json", "--log-level=info", "--log-level-file=warn", "parse")
# dbt_child.py tells dbt's events, and writes the log.
_QUIET = (*_FLAGS, "--log-level=none", "--log-level-file=none")
LOG = "dbt.log"
# How long dbt may take to end when the refresh is stopped.
_GRACE_S = 10
# Keeps dbt from writing the whole manifest again with every command; dbt_child.py writes the results then.
NO_ARTIFACTS = "--no-write-json"
RUN_RESULTS = "run_results.json"
# What dbt_child.py says after each command, with dbt's exit code.
COMMAND_ENDED = "EcoLedgerCommandEnded"
RESULT_EVENTS = frozenset({"LogModelResult", "LogSeedResult", "LogTestResult", "LogNodeResult"})


class DbtError(Exception):
    """dbt could not do its work at all (not: a model or test failed); the message holds dbt's own words."""


@dataclass(frozen=True)
class NodeResult:
    """One finished node: `status` as dbt writes it (success, pass, warn, error, fail, skipped)."""

    unique_id: str
    name: str
    resource_type: str
    status: str
    message: str
    index: int
    total: int
    seconds: float

    @property
    def built(self) -> bool:
        """Whether a seed or model is now in the candidate."""
        return self.status == "success" and self.resource_type in ("seed", "model")


def dbt_executable() -> Path:
    """The dbt that was installed with this Python; DbtError if there is none."""
    folder = Path(sys.executable).parent
    for name in ("dbt", "dbt.exe"):
        if (folder / name).is_file():
            return folder / name
    raise DbtError(f"dbt is not installed next to {sys.executable}; run `ecoledger doctor`")


def project_fingerprint(project: Path = PROJECT) -> str:
    """SHA-256 over every file of the dbt project and the versions that parse it."""
    digest = hashlib.sha256(f"{version('dbt-core')} {version('dbt-duckdb')}".encode())
    for file in sorted(f for pattern in _PROJECT_FILES for f in project.rglob(pattern)):
        relative = file.relative_to(project)
        if relative.parts[0] in ("target", "logs"):
            continue
        digest.update(str(relative).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def prepare_manifest(data: DataDir, project: Path = PROJECT) -> Path:
    """manifest.json of `project`, parsed only if the project changed since; DbtError if it cannot be parsed.

    The fingerprint is written after the manifest, so that a web page and a refresh may prepare it at once.
    """
    wanted = project_fingerprint(project)
    note = data.dbt_manifest.with_suffix(".fingerprint")
    if data.dbt_manifest.is_file() and note.is_file() and note.read_text(encoding="utf-8") == wanted:
        return data.dbt_manifest
    working = data.dbt / f"parsing-{os.getpid()}"
    command = [str(dbt_executable()), *_PARSE]
    try:
        messages = [text for text in map(_error_text, _run(command, data, working, project)) if text]
        if not (working / "manifest.json").is_file():
            raise DbtError("dbt cannot read its project: " + _joined(messages))
        for name in (PARSED, "manifest.json"):
            write_bytes(data.dbt_manifest.with_name(name), (working / name).read_bytes())
        write_bytes(note, wanted.encode())
    finally:
        shutil.rmtree(working, ignore_errors=True)
    return data.dbt_manifest


class Dbt:
    """One dbt process that works through any number of commands on a prepared manifest: starting one costs 4 s.

    Between two commands it holds no lock on the working database. Use it as a context manager: it ends with it.
    """

    def __init__(self, data: DataDir, manifest: Path, project: Path = PROJECT) -> None:
        """Starts nothing yet."""
        self._data, self._manifest, self._project = data, manifest, project
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Dbt:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process, whatever it is doing."""
        if self._process is not None:
            _end(self._process)
            self._process = None

    def run(self, arguments: Sequence[str], target: Path, variables: Mapping[str, Any]) -> Generator[dict[str, Any]]:
        """Runs `dbt <arguments>` and yields its results and errors as events; artifacts and the log go to `target`.

        Models and tests that fail do not raise: they are results. DbtError if dbt stopped before it could run anything,
        with its error messages. An iteration that is left early ends the process.
        """
        process = self._started()
        if process.stdin is None or process.stdout is None:
            raise DbtError("a process that was started with pipes has none")
        given = json.dumps(dict(variables), ensure_ascii=False)
        command = [*_QUIET, *arguments, "--target-path", str(target), "--vars", given]
        target.mkdir(parents=True, exist_ok=True)
        ended = False
        try:
            process.stdin.write(json.dumps(command) + "\n")
            process.stdin.flush()
            code, errors = -1, []
            for line in process.stdout:
                event = _event(line)
                if event["info"]["name"] == COMMAND_ENDED:
                    code, ended = int(event["data"]["code"]), True
                    break
                if text := _error_text(event):
                    errors.append(text)
                yield event
            if code not in (0, 1):
                raise DbtError(f"dbt stopped: {_joined(errors)} (log: {target / LOG})")
        except BrokenPipeError:
            raise DbtError(f"dbt ended before it was asked anything (log: {target / LOG})") from None
        finally:
            if not ended:
                self.close()

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None:
            given = (str(os.getpid()), str(self._manifest.with_name(PARSED)), str(self._data.clean))
            command = [sys.executable, "-m", "orchestration.dbt_runs.dbt_child", *given]
            self._process = _popen(command, self._data, self._data.dbt, self._project, subprocess.PIPE)
        return self._process


def _popen(command: Sequence[str], data: DataDir, target: Path, project: Path, stdin: int) -> subprocess.Popen[str]:
    target.mkdir(parents=True, exist_ok=True)
    return subprocess.Popen(
        command,
        # The child imports our package from where we did; dbt itself is told the project by its environment.
        cwd=PROJECT.parent,
        env=dbt_environment(data, project, target),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )


def _run(command: Sequence[str], data: DataDir, target: Path, project: Path) -> Iterator[dict[str, Any]]:
    errors: list[str] = []
    with _popen(command, data, target, project, subprocess.DEVNULL) as process:
        try:
            for line in process.stdout or ():
                event = _event(line)
                if text := _error_text(event):
                    errors.append(text)
                yield event
        except BaseException:
            _end(process)
            raise
    if process.returncode not in (0, 1):
        raise DbtError(f"dbt stopped: {_joined(errors)} (log: {target / LOG})")


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(BrokenPipeError):
                stream.close()


def node_result(event: Mapping[str, Any]) -> NodeResult | None:
    """The finished node an event reports, or None for any other event."""
    if event["info"]["name"] not in RESULT_EVENTS:
        return None
    data = event["data"]
    node = data.get("node_info", {})
    return NodeResult(
        unique_id=node.get("unique_id", ""),
        name=node.get("node_name", ""),
        resource_type=node.get("resource_type", ""),
        status=str(node.get("node_status") or data.get("status") or "").lower(),
        message=event["info"]["msg"],
        index=int(data.get("index", 0)),
        total=int(data.get("total", data.get("num_models", 0))),
        seconds=float(data.get("execution_time", 0.0)),
    )


def _event(line: str) -> dict[str, Any]:
    """A structured event; a line that is none (an interpreter's own message) becomes one at level error."""
    try:
        event = json.loads(line)
        if isinstance(event, dict) and "info" in event and "data" in event:
            return event
    except json.JSONDecodeError:
        pass
    return {"info": {"name": "PlainLine", "level": "plain", "msg": line.rstrip()}, "data": {}}


def _error_text(event: Mapping[str, Any]) -> str:
    info = event["info"]
    if info["level"] == "error" or (info["level"] == "plain" and info["msg"]):
        return str(info["msg"])
    return ""


def _joined(messages: Sequence[str]) -> str:
    """The last messages on one line; all of them are in the log."""
    return " | ".join(" ".join(m.split()) for m in messages[-4:]) or "no message"
