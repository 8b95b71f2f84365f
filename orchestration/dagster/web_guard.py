"""Who may speak to the web page: only pages that it served itself, under a name that is its own.

A page on loopback can be reached from every web page in the same browser: by an image tag, a form, a script, or a name
that its owner points at this machine. Here belongs the small layer that comes before Dagster's application and refuses
such requests. Not here: the server (webserver.py). Standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?")
_READING = frozenset({"GET", "HEAD"})
# No page of another origin may show ours in a frame and have its buttons clicked.
_NO_FRAME = [(b"x-frame-options", b"DENY"), (b"content-security-policy", b"frame-ancestors 'none'")]
_POLICY_VIOLATED = 1008


class Guard:
    """An ASGI application around another one: foreign Host, foreign Origin and changes by GET are refused."""

    def __init__(self, application: Application, names: Collection[str] = ()) -> None:
        """`names`: host names, besides loopback and the address a request came in at, under which people reach it."""
        self._application = application
        self._names = LOOPBACK | {name.lower() for name in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a refusal itself (403 or 405; a web socket is closed before it opens) and passes on the rest."""
        if scope["type"] not in ("http", "websocket"):
            await self._application(scope, receive, send)
            return
        headers = [(name.lower(), value) for name, value in scope["headers"]]
        came_in_at = {str(address).lower() for address in (scope.get("server") or ())[:1]}
        status, why = _refusal(scope, _single(headers), self._names | came_in_at)
        if not why:
            await self._application(scope, receive, _without_frames(send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": _POLICY_VIOLATED, "reason": why})
        else:
            plain = [(b"content-type", b"text/plain; charset=utf-8")]
            await send({"type": "http.response.start", "status": status, "headers": plain})
            await send({"type": "http.response.body", "body": f"refused: {why}\n".encode()})


def _refusal(scope: Scope, headers: Mapping[str, str], names: Collection[str]) -> tuple[int, str]:
    """HTTP status and reason of the refusal; the reason is '' if the request may pass."""
    host, origin = headers.get("host", ""), headers.get("origin")
    if not _name(host) or _name(host) not in names:
        return 403, "this page is not called so; `ecoledger ui --allow-host NAME` allows a name of yours"
    if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
        return 403, "the request comes from another page"
    if scope["type"] == "websocket":
        return 0, ""
    if scope["method"] not in _READING:
        foreign = headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
        return (403, "the request comes from another page") if foreign else (0, "")
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    # With text/html Dagster shows its editor and runs nothing, whatever the query says.
    if scope["path"].rstrip("/").endswith("/graphql") and asked and "text/html" not in headers.get("accept", ""):
        return 405, "queries are sent by POST"
    return 0, ""


def _single(headers: Collection[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers as text; one that is sent twice holds both, so that it fits nothing."""
    found: dict[str, str] = {}
    for name, value in headers:
        key, text = name.decode("latin-1"), value.decode("latin-1").strip()
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def _name(host: str) -> str:
    """The name or address in a Host header, without port and brackets; '' if it is none."""
    found = _HOST.fullmatch(host.lower())
    return found["name"].strip("[]") if found else ""


def _without_frames(send: Send) -> Send:
    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *_NO_FRAME]}
        await send(message)

    return answer
