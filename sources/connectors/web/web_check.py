"""Whether a web source makes sense: address, secrets, dates, what is sent, and how pages follow each other.

Here belongs what several words say together. Not here: one word by itself (web_words.py), or asking (web_client.py).
Standard library only.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from sources.connectors.connector_kind import Wrong
from sources.connectors.web.web_dates import filled, period_of, unknown_places

if TYPE_CHECKING:
    from sources.config.model import Source
    from sources.connectors.web.web_words import Auth, Pages, Web

_CONNECTION = "connection"
_SECRETIVE = re.compile(
    r"authorization|cookie|(^|[-_])(token|secret|password|passwd|pwd)$|(api|app|access)[-_]?key", re.IGNORECASE
)
_NAME_OF_SECRET = re.compile(r"[A-Z][A-Z0-9_]*")
# What HTTP can send as a header without a rule of encoding.
HEADER_NAME, HEADER_VALUE = (
    re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"),
    re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?"),
)
_PLAIN = "write plain letters, digits and signs"
_USE_AUTH = 'give it by auth = { kind = …, secret = "NAME" }, which names an environment variable'


def check_web(source: Source, web: Web) -> Iterator[Wrong]:
    """Every mistake of a source of the web."""
    yield from _address(source.path, web)
    yield from _sent(web)
    yield from _dates(source.path, web)
    for name, value in web.headers.items():
        if _SECRETIVE.search(name):
            yield (_CONNECTION, "headers", name), "a header that says who asks is a secret", _USE_AUTH
        if not (HEADER_NAME.fullmatch(name) and HEADER_VALUE.fullmatch(value)):
            yield (_CONNECTION, "headers", name), "it cannot be a header", _PLAIN
    if web.auth:
        yield from _auth(web.auth)
    if web.pages:
        yield from _pages(web.pages, source.format.kind)


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine, so that nobody listens in between."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def texts(path: str, web: Web) -> tuple[str, ...]:
    """Everything of a source that may hold a date."""
    return (path, *web.form.values(), web.json)


def _address(path: str, web: Web) -> Iterator[Wrong]:
    url = _parts(path)
    if url is None or not url.hostname:
        yield ("path",), f"'{path}' is not a web address", 'write "https://host/path"'
        return
    # One with a password is refused for every kind of source (config/sense.py).
    if url.username and not url.password:
        yield ("path",), "the address holds a user", _USE_AUTH
    for name, _ in parse_qsl(url.query):
        if _SECRETIVE.search(name):
            yield ("path",), f"the parameter '{name}' of the address is a secret", _USE_AUTH
    if web.auth and url.scheme == "http" and not is_loopback(url.hostname):
        yield ("path",), "a secret is never sent over http", "write https"
    for place in unknown_places(path):
        yield ("path",), f"{place} is not a date", "write {day}, {next_day}, {month}, or with a format {day:%Y%m%d}"


def _parts(path: str) -> SplitResult | None:
    """The parts of an address; None for what cannot be one: its host and its port are looked at, too."""
    try:
        url = urlsplit(path)
        (url.hostname or "").encode("idna")
        return url if url.scheme in ("http", "https") and url.port != 0 else None
    except ValueError:
        return None


def _sent(web: Web) -> Iterator[Wrong]:
    for name in ("form", "json"):
        if getattr(web, name) and web.method == "GET":
            yield (_CONNECTION, name), "a GET sends nothing", 'add method = "POST"'
    if web.form and web.json:
        yield (_CONNECTION, "json"), "form and json are both given", "a POST sends one of them"
    for name in web.form:
        if _SECRETIVE.search(name):
            yield (_CONNECTION, "form", name), "a secret is never written into a configuration", _USE_AUTH
    if web.json:
        hint = """write '{"name": "value"}'"""
        try:
            content = json.loads(web.json)
            if not isinstance(content, dict):
                yield (_CONNECTION, "json"), "it is not a JSON object", hint
            for name in filter(_SECRETIVE.search, _keys(content)):
                yield (_CONNECTION, "json"), f"'{name}' in it is a secret", _USE_AUTH
        except (ValueError, RecursionError) as error:
            yield (_CONNECTION, "json"), f"it is not JSON: {error}", hint


def _keys(content: Any) -> Iterator[str]:
    """Every key of a JSON document, at any depth."""
    for key, value in content.items() if isinstance(content, dict) else ():
        yield key
        yield from _keys(value)
    for value in content if isinstance(content, list) else ():
        yield from _keys(value)


def _dates(path: str, web: Web) -> Iterator[Wrong]:
    asked = period_of(texts(path, web))
    if asked and web.since is None:
        yield (_CONNECTION,), f"it is asked for by {asked}, and nothing says since when", "add since = 2026-01-01"
    if web.since and not asked:
        yield (_CONNECTION, "since"), "nothing that is asked holds a date", "write {day} or {month} into path or form"
    if web.since:
        try:
            for text in texts(path, web):
                filled(text, web.since)
        except ValueError as error:
            yield ("path",), f"a format of a date cannot be used: {error}", "write it as {day:%Y%m%d}"


def _auth(auth: Auth) -> Iterator[Wrong]:
    if not _NAME_OF_SECRET.fullmatch(auth.secret):
        # It may be the secret itself: it is not shown.
        yield (_CONNECTION, "auth", "secret"), "it is not the name of a secret", "write capitals, such as WATER_TOKEN"
    if auth.kind == "header" and auth.name and not HEADER_NAME.fullmatch(auth.name):
        yield (_CONNECTION, "auth", "name"), "it cannot be a header", _PLAIN
    needed = {"basic": "user", "header": "name", "query": "name"}.get(auth.kind, "")
    if needed and not getattr(auth, needed):
        yield (_CONNECTION, "auth"), f"{auth.kind} needs '{needed}'", f"add {needed} = …"


def _pages(pages: Pages, kind: str) -> Iterator[Wrong]:
    needed = {"page": ("parameter",), "offset": ("parameter",), "cursor": ("parameter", "cursor")}
    for name in needed.get(pages.kind, ()):
        if not getattr(pages, name):
            yield (_CONNECTION, "pages"), f"{pages.kind} needs '{name}'", f"add {name} = …"
    if pages.kind != "link" and kind != "json":
        yield (_CONNECTION, "pages", "kind"), f"pages of {kind} do not say how they go on", 'only "link" is possible'
