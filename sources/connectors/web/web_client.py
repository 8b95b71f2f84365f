"""One question to a web server and its whole answer, within limits: tries, redirects, credentials, sizes, times.

Here belongs sending and what can go wrong with it, each with a sentence. Not here: which questions there are
(web_source.py), pages (web_pages.py), or the body of an answer (web_body.py). httpx logs every address, whose query may
hold a secret, and its errors quote it: its loggers are silenced here, and no text of an httpx error is ever shown.
"""

from __future__ import annotations

import base64
import logging
import random
import socket
import ssl
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import httpx

from sources.connectors.secrets import secret
from sources.connectors.web.web_body import PACKED_AS, Room, TooLarge, TooLate, Unfit, whole_body
from sources.connectors.web.web_check import HEADER_VALUE
from sources.connectors.web.web_words import Auth, Web
from sources.deliveries import PullError, Unreachable

if TYPE_CHECKING:
    from sources.config.model import Format

_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_MEGABYTE = 1_000_000
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 60.0
# Those that say that nothing was done: a POST, too, may be sent again.
_NOT_DONE = frozenset({429, 503})


@dataclass(frozen=True)
class Question:
    """One request: `url` without secrets, and what a POST sends, as a form or as a JSON object."""

    url: str
    form: Mapping[str, str] = field(default_factory=dict)
    json: Any = None

    def asking(self, name: str, value: Any) -> Question:
        """The same with one more parameter, where the others of its kind are."""
        if self.json is not None:
            return replace(self, json={**self.json, name: value})
        if self.form:
            return replace(self, form={**self.form, name: str(value)})
        return replace(self, url=str(httpx.URL(self.url).copy_merge_params({name: str(value)})))


@dataclass(frozen=True)
class Answer:
    """A whole answer: its bytes from the beginning, unpacked, and the address of the next page by its Link header."""

    body: IO[bytes]
    next_url: str


class _AskAgain(Exception):
    """What may go better next time; `after_s`: how long the server asks to wait. `not_done`: nothing came of it, so
    that even a POST may be sent again.
    """

    def __init__(self, what: str, after_s: float | None = None, *, not_done: bool = False) -> None:
        super().__init__(what)
        self.what, self.after_s, self.not_done = what, after_s, not_done


class WebClient:
    """Asks one source. Use it as a context manager: it keeps connections open until it ends."""

    def __init__(self, source_id: str, web: Web, fmt: Format, base: Path) -> None:
        """`fmt` is what is expected, `base` the folder of the configuration."""
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self._id, self._web, self._format = source_id, web, fmt
        self._connection: Any = None
        self._secret = self._sendable(web.auth, secret(web.auth.secret, base)) if web.auth else ""
        limits = web.limits
        self._deadline = time.monotonic() + limits.total_s
        self._left = limits.megabytes * _MEGABYTE
        self._asked = False
        timeout = httpx.Timeout(limits.read_s, connect=limits.connect_s)
        self._http = httpx.Client(verify=self._trusted(base), timeout=timeout, follow_redirects=False)

    def __enter__(self) -> WebClient:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def validator(self, question: Question) -> str:
        """What the server says of the state of an address without sending it: its ETag, or when it changed last; ''
        where it says nothing. PullError if it cannot be reached.
        """
        try:
            with self._sent(question, "HEAD") as response:
                found = response.headers if response.status_code == httpx.codes.OK else {}
        except _AskAgain as failed:
            raise self.gone(question.url, failed.what, "it is asked again by the next refresh") from None
        return found.get("etag") or found.get("last-modified") or ""

    def answer(self, question: Question) -> Answer:
        """The whole answer, after as many tries as allowed; PullError says what went wrong last."""
        tries = 0
        while True:
            try:
                return self._once(question)
            except _AskAgain as failed:
                tries += 1
                if self._web.method == "POST" and not failed.not_done:
                    hint = "a POST may have been carried out: it is asked again by the next refresh only"
                    raise self.gone(question.url, failed.what, hint) from None
                pause = failed.after_s if failed.after_s is not None else _back_off(tries)
                if tries > self._web.limits.retries or time.monotonic() + pause > self._deadline:
                    times = "once" if tries == 1 else f"{tries} times"
                    hint = "it is asked again by the next refresh"
                    raise self.gone(question.url, f"{failed.what}, tried {times}", hint) from None
                time.sleep(pause)

    def error(self, url: str, what: str, hint: str) -> PullError:
        """A failure with the address it is about, without its query."""
        return PullError(self._said(url, what, hint))

    def gone(self, url: str, what: str, hint: str) -> Unreachable:
        """The same where the next question would end like this one."""
        return Unreachable(self._said(url, what, hint))

    def _said(self, url: str, what: str, hint: str) -> str:
        parts = urlsplit(url)
        return f"source {self._id}: {parts.scheme}://{parts.netloc}{parts.path}: {what}; {hint}"

    def _trusted(self, base: Path) -> ssl.SSLContext | bool:
        if not self._web.ca_file:
            return True
        file = base / self._web.ca_file
        try:
            return ssl.create_default_context(cafile=str(file))
        except OSError as error:
            # An ssl.SSLError is one, too.
            why = "it holds no certificate in PEM form" if isinstance(error, ssl.SSLError) else error.strerror
            raise PullError(
                f"source {self._id}: ca_file {file} cannot be used: {why}; name a file of certificates"
            ) from None

    def _once(self, question: Question) -> Answer:
        with self._sent(question, self._web.method) as response:
            self._judge(question.url, response)
            body = self._read(question.url, response)
            found = response.links.get("next", {}).get("url", "")
            return Answer(body, self._followed(str(response.url), found) if found else "")

    @contextmanager
    def _sent(self, question: Question, method: str) -> Generator[httpx.Response]:
        """The answer to one request, after redirects, of which nothing but the headers is read."""
        url = question.url
        try:
            for _ in range(_MOST_REDIRECTS + 1):
                self._pause()
                form, content = (dict(question.form) or None, question.json) if method == "POST" else (None, None)
                address, headers = self._asked_as(url), self._headers()
                sent = self._http.stream(
                    method, address, headers=headers, data=form, json=content, extensions={"trace": self._noted}
                )
                with self._watched(), sent as response:
                    if response.status_code not in _REDIRECTS:
                        yield response
                        return
                    url = self._followed(url, response.headers.get("location", ""))
        except httpx.TimeoutException as error:
            slow = "to connect" if isinstance(error, httpx.ConnectTimeout) else "without a byte"
            seconds = self._web.limits.connect_s if slow == "to connect" else self._web.limits.read_s
            raise _AskAgain(f"more than {seconds} s {slow}", not_done=slow == "to connect") from None
        except httpx.ConnectError as error:
            if isinstance(error.__cause__, ssl.SSLError) or "CERTIFICATE" in str(error):
                hint = "give the certificate of its authority by ca_file; what cannot be verified is not read"
                raise self.gone(url, "its certificate cannot be verified", hint) from None
            raise _AskAgain("nothing answers there", not_done=True) from None
        except httpx.TransportError:
            if time.monotonic() >= self._deadline:
                raise self._late(url) from None
            raise _AskAgain("the connection broke off before the answer was whole") from None
        raise self.error(question.url, f"more than {_MOST_REDIRECTS} redirects", "name the address they lead to")

    def _pause(self) -> None:
        if self._asked and self._web.limits.pause_ms:
            time.sleep(self._web.limits.pause_ms / 1000)
        self._asked = True

    def _sendable(self, auth: Auth, found: str) -> str:
        """A secret as it is; Unreachable, without it, for one that no header can hold."""
        if auth.kind in ("bearer", "header") and not HEADER_VALUE.fullmatch(found):
            what = f"the secret '{auth.secret}' holds what no header can"
            raise Unreachable(f"source {self._id}: {what}; it has to be plain letters, digits and signs in one line")
        return found

    def _headers(self) -> dict[str, str]:
        auth = self._web.auth
        own = {"Accept-Encoding": PACKED_AS, **self._web.headers}
        if auth and auth.kind == "bearer":
            own["Authorization"] = f"Bearer {self._secret}"
        elif auth and auth.kind == "basic":
            pair = base64.b64encode(f"{auth.user}:{self._secret}".encode()).decode("ascii")
            own["Authorization"] = f"Basic {pair}"
        elif auth and auth.kind == "header":
            own[auth.name] = self._secret
        return own

    def _asked_as(self, url: str) -> httpx.URL:
        """The address with the secret that it is asked with."""
        auth = self._web.auth
        return httpx.URL(url).copy_merge_params({auth.name: self._secret} if auth and auth.kind == "query" else {})

    def _followed(self, url: str, location: str) -> str:
        """Where a redirect or a Link header leads: to the same host, and never from https to http."""
        there = urljoin(url, location)
        old, new = urlsplit(url), urlsplit(there)
        same = (new.scheme, new.netloc) == (old.scheme, old.netloc)
        safer = new.scheme == "https" and new.hostname == old.hostname
        if not location or not (same or safer):
            shown = f"{new.scheme}://{new.netloc}" if location else "nowhere"
            raise self.error(url, f"it leads on to {shown}", "name that address, if it is the right one")
        return there

    def _judge(self, url: str, response: httpx.Response) -> None:
        status = response.status_code
        if status in _AGAIN:
            raise _AskAgain(f"the server answered {status}", _retry_after(response), not_done=status in _NOT_DONE)
        if status in (401, 403):
            if self._web.auth:
                hint = f"renew the secret '{self._web.auth.secret}'"
                raise self.gone(url, f"the credentials were refused ({status})", hint)
            raise self.gone(url, f"it asks for credentials ({status})", "add auth = { kind = …, secret = … }")
        if status != httpx.codes.OK:
            raise self.error(url, f"the server answered {status}", "correct the path, or ask the source")

    def _read(self, url: str, response: httpx.Response) -> IO[bytes]:
        try:
            body, size = whole_body(response, self._format, Room(self._left, self._deadline))
        except Unfit as unfit:
            if unfit.again:
                raise _AskAgain(unfit.what) from None
            raise self.error(url, unfit.what, unfit.hint) from None
        except TooLarge:
            most = self._web.limits.megabytes
            raise self.error(url, f"it is larger than {most} MB", "raise limits.megabytes if that is right") from None
        except TooLate:
            raise self._late(url) from None
        self._left -= size
        return body

    def _late(self, url: str) -> PullError:
        seconds = self._web.limits.total_s
        return self.error(url, f"it took longer than {seconds} s in all", "raise limits.total_s if that is right")

    @contextmanager
    def _watched(self) -> Generator[None]:
        """A limit of httpx is for one read: a server that sends a byte now and then is hung up on at the deadline."""
        timer = threading.Timer(max(0.0, self._deadline - time.monotonic()), self._hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _hang_up(self) -> None:
        if self._connection is not None:
            with suppress(OSError):
                self._connection.get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    def _noted(self, event: str, info: Mapping[str, Any]) -> None:
        """httpx's trace of a request: the connection that was opened for it."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._connection = info["return_value"]


def _back_off(tries: int) -> float:
    """Seconds to wait: doubled from try to try, and never the same for two sources that failed at once."""
    return min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** (tries - 1)) * random.uniform(0.5, 1.0)


def _retry_after(response: httpx.Response) -> float | None:
    """The seconds that a server asks to wait; None where it says nothing that can be read."""
    given = response.headers.get("retry-after", "")
    if given.isdecimal():
        return float(given[:9])
    try:
        return max(0.0, parsedate_to_datetime(given).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
