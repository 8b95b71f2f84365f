"""What the web page says of itself, so that whoever finds its port in use learns whose page is there.

Here belong the answer and the question. Not here: who may ask (web_guard.py) or the server (webserver.py). Standard
library only.
"""

from __future__ import annotations

import http.client
import json
from dataclasses import asdict, dataclass

from orchestration.dagster.web_guard import Application, Receive, Scope, Send

_PATH = "/ecoledger"
# Dagster's page answers any path, and other programs may too.
_KEY = "ecoledger_page"
_LONGEST = 10_000


@dataclass(frozen=True)
class Sign:
    """The district that a page shows, and its data directory."""

    area_code: str
    name_zh: str
    data: str

    @property
    def text(self) -> str:
        """'朝阳区（模拟） (110105), data in /srv/data'."""
        return f"{self.name_zh} ({self.area_code}), data in {self.data}"


class Signed:
    """An ASGI application around another one: one path says which district the page shows."""

    def __init__(self, application: Application, sign: Sign) -> None:
        self._application = application
        self._body = json.dumps({_KEY: asdict(sign)}, ensure_ascii=False).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers that path itself and passes on the rest."""
        if scope["type"] != "http" or scope["path"] != _PATH:
            await self._application(scope, receive, send)
            return
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self._body})


def sign_at(host: str, port: int, wait_s: float) -> Sign | None:
    """What the page at an address says of itself; None if nobody answers within `wait_s` or it is not EcoLedger's."""
    connection = http.client.HTTPConnection(host, port, timeout=wait_s)
    try:
        connection.request("GET", _PATH)
        said = json.loads(connection.getresponse().read(_LONGEST))
        return Sign(**said[_KEY])
    except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError):
        return None
    finally:
        connection.close()
