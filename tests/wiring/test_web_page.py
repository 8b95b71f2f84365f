"""The web page as other pages in a browser reach it: Dagster's application behind the guard, and the whole command."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from urllib.parse import quote

import dagster as dg
import pytest

from orchestration.children import descendants
from orchestration.dagster.web_guard import Guard
from orchestration.dagster.web_sign import Sign, Signed
from orchestration.environment import prepare
from tests import kit
from warehouse.paths import DataDir

# What an image tag can ask for: a request without a body, to forget a run.
MUTATION = 'mutation {{ deletePipelineRun(runId: "{}") {{ __typename }} }}'
HOST = "127.0.0.1:3000"


def forget(run_id: str) -> str:
    return "/graphql?query=" + quote(MUTATION.format(run_id))


def ask(application, path: str, **headers: str) -> tuple[int, list[str]]:
    """GET `path`; status and content types."""
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
    return sent[0]["status"], kinds


def test_an_image_tag_deletes_no_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Every process of a whole run collects this module; one needs the web server, which takes a second to import.
    from dagster_webserver.app import create_app_from_workspace_process_context

    from orchestration.dagster.private import EmptyWorkspaceTarget, WorkspaceProcessContext

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
        assert ask(guarded, forget(runs[0].run_id), accept="text/html") == (200, ["text/html; charset=utf-8"])
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


class Page:
    """`ecoledger ui` at work: its process, what it said, and everything below it."""

    def __init__(self, folder: Path, port: int) -> None:
        arguments = kit.command("ui", "--data", str(folder / "data"), "--port", str(port))
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            arguments, cwd=kit.ROOT, env=kit.environment(folder), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def __enter__(self) -> Page:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    def answers(self) -> str:
        """Waits for the line that says where the page is."""
        return self.process.stdout.readline().decode()

    def wait_for(self, word: str, seconds: float = 180) -> None:
        """Until a process with `word` in its command line is below it."""
        until = time.monotonic() + seconds
        while not any(word in command_line(pid) for pid in descendants(self.process.pid)):
            assert self.process.poll() is None and time.monotonic() < until, f"no {word}"
            time.sleep(0.05)

    def killed(self) -> list[str]:
        """Asks it to end as `kill` does, and gives those of its processes that still run when it has ended."""
        below = {pid: command_line(pid) for pid in descendants(self.process.pid)}
        assert below, "nothing was started"
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0
        return [line for pid, line in below.items() if kit.is_running(pid)]


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


@pytest.mark.slow
def test_the_command_serves_the_page_and_ends_with_everything_it_started(tmp_path: Path) -> None:
    with Page(tmp_path, 38917) as page:
        assert page.answers() == "http://127.0.0.1:38917 (Ctrl-C ends it)\n"
        assert fetched(f"{page.url}/") == 200
        assert fetched(f"{page.url}/", Host="evil.example") == 403
        assert fetched(page.url + forget("x")) == 405
        second = kit.run_cli("ui", "--data", str(tmp_path / "other"), "--port", "38917")
        assert second.code == 2
        assert f"EcoLedger's page of 朝阳区 (110105), data in {tmp_path / 'data'}, at {page.url};" in second.err
        # A tab that somebody left open.
        with socket.create_connection(("127.0.0.1", 38917)) as tab:
            tab.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1:38917\r\nConnection: keep-alive\r\n\r\n")
            assert tab.recv(100)
            page.wait_for("orchestration.dagster.daemon")
            assert page.killed() == []
        assert fetched(f"{page.url}/server_info") == 0


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["code-server", "api\0grpc", "orchestration.dagster.daemon"])
def test_killed_while_it_starts_it_leaves_nothing_behind(tmp_path: Path, moment: str) -> None:
    with Page(tmp_path, 38918) as page:
        page.wait_for(moment)
        assert page.killed() == []


def test_another_program_on_the_port_is_not_taken_for_a_page(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        def answer() -> None:
            caller, _ = other.accept()
            with caller:
                caller.recv(1000)
                caller.sendall(b"HTTP/1.0 200 OK\r\n\r\n{}")

        threading.Thread(target=answer, daemon=True).start()
        ended = kit.run_cli("ui", "--data", str(tmp_path / "data"), "--port", str(port))
    assert (ended.code, ended.out) == (2, "")
    assert f"port {port} is in use by another program; choose another one, for instance --port" in ended.err


def test_a_page_says_which_district_it_shows() -> None:
    async def application(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})

    sign = Sign("110105", "朝阳区", "/srv/data")
    signed = Guard(Signed(application, sign))
    assert ask(signed, "/ecoledger") == (200, ["application/json"])
    assert ask(signed, "/ecoledger", host="evil.example")[0] == 403
    assert ask(signed, "/assets")[0] == 204
