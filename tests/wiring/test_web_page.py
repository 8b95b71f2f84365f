"""The web page as other pages in a browser reach it: Dagster's application behind the guard, and the whole command."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from urllib.parse import quote

import dagster as dg
import pytest

from orchestration.dagster.web_guard import Guard
from orchestration.environment import prepare
from tests import kit
from warehouse.paths import DataDir

# What an image tag can ask for: a request without a body, to forget a run.
MUTATION = 'mutation {{ deletePipelineRun(runId: "{}") {{ __typename }} }}'
HOST = "127.0.0.1:3000"


def forget(run_id: str) -> str:
    return "/graphql?query=" + quote(MUTATION.format(run_id))


def ask(application, path: str, **headers: str) -> tuple[int, str]:
    """GET `path`; status and content type."""
    target, _, query = path.partition("?")
    given = {"host": HOST, **headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": target,
        "raw_path": target.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        "server": ("127.0.0.1", 3000),
        "client": ("127.0.0.1", 50000),
        "state": {},
    }
    sent: list[dict] = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    asyncio.run(application(scope, receive, send))
    kinds = [value.decode() for name, value in sent[0]["headers"] if name == b"content-type"]
    return sent[0]["status"], kinds[0]


def test_an_image_tag_deletes_no_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Every process of a whole run collects this module; one needs the web server, which takes a second to import.
    from dagster._core.workspace.context import WorkspaceProcessContext
    from dagster._core.workspace.load_target import EmptyWorkspaceTarget
    from dagster_webserver.app import create_app_from_workspace_process_context

    monkeypatch.setenv("DAGSTER_HOME", "set by prepare")
    prepare(DataDir(tmp_path))
    with (
        dg.DagsterInstance.get() as instance,
        WorkspaceProcessContext(instance, EmptyWorkspaceTarget()) as context,
    ):
        bare = create_app_from_workspace_process_context(context)
        guarded = Guard(bare)
        runs = [dg.DagsterRun(job_name="a job", run_id=str(uuid.uuid4())) for _ in range(2)]
        for run in runs:
            instance.add_run(run)
        assert ask(guarded, forget(runs[0].run_id), accept="image/avif,image/webp,*/*")[0] == 405
        # As a page that people open it shows Dagster's editor and runs nothing.
        assert ask(guarded, forget(runs[0].run_id), accept="text/html") == (200, "text/html; charset=utf-8")
        assert instance.get_run_by_id(runs[0].run_id) is not None
        # Without the guard the run is gone.
        ask(bare, forget(runs[1].run_id), accept="image/avif,image/webp,*/*")
        assert instance.get_run_by_id(runs[1].run_id) is None


def fetched(url: str, **headers: str) -> int:
    """HTTP status of a GET, 0 if nobody answers."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except (urllib.error.URLError, OSError):
        return 0


@pytest.mark.slow
def test_the_command_serves_the_page_and_ends_with_everything_it_started(tmp_path: Path) -> None:
    url = "http://127.0.0.1:38917"
    arguments = kit.command("ui", "--data", str(tmp_path / "data"), "--port", "38917")
    with subprocess.Popen(arguments, cwd=kit.ROOT, env=kit.environment(tmp_path), stdout=subprocess.DEVNULL) as process:
        try:
            for _ in range(300):
                if fetched(f"{url}/server_info"):
                    break
                time.sleep(1)
            assert fetched(f"{url}/") == 200
            assert fetched(f"{url}/", Host="evil.example") == 403
            assert fetched(url + forget("x")) == 405
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
    assert fetched(f"{url}/server_info") == 0
