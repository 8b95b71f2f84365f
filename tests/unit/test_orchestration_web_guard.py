"""The web page answers only itself: a foreign Host or Origin is refused, and nothing changes by GET."""

from __future__ import annotations

import asyncio

import pytest

from orchestration.dagster.web_guard import Guard

HOST = "127.0.0.1:3000"


def asked(
    method: str = "GET", path: str = "/graphql", query: str = "", kind: str = "http", names=(), **headers: str
) -> tuple[int | str, list[tuple[bytes, bytes]]]:
    """What the guard does with a request: HTTP status (200: it came through) or the message to a web socket."""
    given = {"host": HOST, **headers}
    scope = {
        "type": kind,
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(n.replace("_", "-").encode(), v.encode()) for n, v in given.items() if v],
        "server": ("192.168.1.7", 3000),
    }
    sent: list[dict] = []

    async def application(scope, receive, send):
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
        else:
            await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message)

    asyncio.run(Guard(application, names)(scope, receive, send))
    return sent[0].get("status", sent[0]["type"]), sent[0].get("headers", [])


@pytest.mark.parametrize(
    "host", [HOST, "localhost:3000", "LOCALHOST:3000", "[::1]:3000", "localhost", "192.168.1.7:3000", "eco.example"]
)
def test_its_own_names_are_answered(host: str) -> None:
    assert asked("POST", host=host, names=["Eco.Example"])[0] == 200
    assert asked("POST", host=host, origin=f"http://{host}", names=["eco.example"])[0] == 200
    assert asked(kind="websocket", host=host, origin=f"http://{host}", names=["eco.example"])[0] == "websocket.accept"


@pytest.mark.parametrize(
    "host",
    ["evil.example:3000", "127.0.0.1.evil.example", "", "localhost@evil.example", "[::1", "192.168.1.8", "localhost."],
)
def test_a_foreign_host_is_refused_whatever_it_asks_for(host: str) -> None:
    for method, path in (("GET", "/"), ("POST", "/graphql"), ("GET", "/server_info"), ("HEAD", "/")):
        assert asked(method, path, host=host)[0] == 403
    assert asked(kind="websocket", host=host)[0] == "websocket.close"


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:8080", "http://localhost:3000", "http://127.0.0.1"]
)
def test_a_foreign_origin_is_refused(origin: str) -> None:
    for method, path in (("POST", "/graphql"), ("POST", "/report_asset_materialization/x"), ("GET", "/")):
        assert asked(method, path, origin=origin)[0] == 403
    assert asked(kind="websocket", origin=origin)[0] == "websocket.close"


def test_an_origin_behind_a_proxy_with_tls_is_its_own() -> None:
    assert asked("POST", host="eco.example", origin="https://eco.example", names=["eco.example"])[0] == 200


def test_a_form_of_another_page_is_refused_even_without_origin() -> None:
    assert asked("POST", sec_fetch_site="cross-site")[0] == 403
    assert asked("POST", sec_fetch_site="same-site")[0] == 403
    assert asked("POST", sec_fetch_site="same-origin")[0] == 200


@pytest.mark.parametrize("path", ["/graphql", "/graphql/", "/prefix/graphql"])
def test_no_query_runs_by_get(path: str) -> None:
    mutation = "query=mutation%7BdeletePipelineRun(runId:%22x%22)%7B__typename%7D%7D"
    assert asked("GET", path, mutation, accept="image/avif,*/*")[0] == 405
    assert asked("GET", path, mutation)[0] == 405
    assert asked("GET", path, accept="text/html")[0] == 200
    assert asked("GET", "/runs", "q=1", accept="*/*")[0] == 200


def test_two_hosts_are_none() -> None:
    async def never(*_):
        raise AssertionError("it came through")

    sent: list[dict] = []

    async def send(message):
        sent.append(message)

    hosts = [(b"host", HOST.encode()), (b"Host", b"evil.example")]
    scope = {"type": "http", "method": "GET", "path": "/", "headers": hosts, "server": None}
    asyncio.run(Guard(never)(scope, never, send))
    assert sent[0]["status"] == 403


def test_no_page_may_frame_it() -> None:
    assert (b"x-frame-options", b"DENY") in asked("GET", "/")[1]
