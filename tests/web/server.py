"""A web server on loopback that misbehaves on purpose: what it does is in the path of the request.

Here belong its tricks and what it was asked. Not here: what has to come of them (test_web.py).
"""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

GOOD = json.dumps({"data": [{"site": "A", "v": 1}, {"site": "B", "v": 2}]}).encode()
RECORDS = [{"site": "A", "time": f"2026-03-08 0{n}:00", "v": 50 + n} for n in range(7)]
TOKEN = "s3cr3t-t0ken"
_SHORT_S = 3
BOMB = gzip.compress(b" " * 50_000_000)


class Handler(BaseHTTPRequestHandler):
    """Answers by the name of a trick."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("content-length", "0"))))

    def do_HEAD(self) -> None:
        trick = urlsplit(self.path).path.split("/")[1]
        etag = {"ETag": self.server.etag} if trick == "tagged" else {}
        self._send(200 if trick == "tagged" else 405, b"", **etag)

    def _answer(self, sent: bytes) -> None:
        url = urlsplit(self.path)
        trick, query = url.path.split("/")[1], {k: v[0] for k, v in parse_qs(url.query).items()}
        asked = {"path": self.path, "query": query, "sent": sent.decode(), "headers": dict(self.headers)}
        self.server.asked.append(asked)
        getattr(self, f"do_{trick}")(query, sent)

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _first(self) -> bool:
        """Whether this path was not asked before."""
        return sum(a["path"] == self.path for a in self.server.asked) == 1

    def do_good(self, *_: Any) -> None:
        self._send(200, self.server.body)

    do_tagged = do_day = do_good

    def do_reset(self, *_: Any) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def do_silent(self, *_: Any) -> None:
        time.sleep(_SHORT_S)
        self.close_connection = True

    def do_dripping(self, *_: Any) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b" ")
            time.sleep(0.2)

    def do_truncated(self, *_: Any) -> None:
        self._send(200, GOOD[:10], **{"Content-Length": str(len(GOOD))})
        self.close_connection = True

    def do_cutinside(self, *_: Any) -> None:
        self._send(200, GOOD[: GOOD.index(b"}") + 1])

    def do_cutinatext(self, *_: Any) -> None:
        self._send(200, b'[{"site": "A]')

    def do_unmarked(self, *_: Any) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nsite,time,v\nA,2026-03-08 01:00,5")
        self.close_connection = True

    def do_unmarkedwhole(self, *_: Any) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + GOOD)
        self.close_connection = True

    def do_halfachunk(self, *_: Any) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(GOOD), GOOD))
        self.close_connection = True

    def do_drippinghead(self, *_: Any) -> None:
        for letter in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 100:
            self.wfile.write(bytes([letter]))
            time.sleep(0.1)

    def do_notfinished(self, *_: Any) -> None:
        self._send(200, gzip.compress(b"site,time,v\n" * 1000)[:-12], Content_Encoding="gzip")

    def do_goeson(self, *_: Any) -> None:
        self._send(200, gzip.compress(GOOD) + gzip.compress(b" " * 9_000_000), Content_Encoding="gzip")

    def do_otherpacking(self, *_: Any) -> None:
        self._send(200, GOOD, Content_Encoding="br")

    def do_wronglength(self, *_: Any) -> None:
        self._send(200, GOOD, **{"Content-Length": "20"})
        self.close_connection = True

    def do_busy(self, *_: Any) -> None:
        self._send(429, b"", Retry_After="1") if self._first() else self._send(200, GOOD)

    def do_busyforlong(self, *_: Any) -> None:
        self._send(429, b"", Retry_After="86400")

    def do_broken(self, *_: Any) -> None:
        self._send(500, b"oops") if self._first() else self._send(200, GOOD)

    def do_down(self, *_: Any) -> None:
        self._send(503, b"")

    def do_private(self, query: dict[str, str], _: bytes) -> None:
        said = (self.headers.get("Authorization", ""), self.headers.get("X-Api-Key", ""), query.get("token", ""))
        known = ("Bearer " + TOKEN, "Basic YnVyZWF1OnMzY3IzdC10MGtlbg==", TOKEN)
        self._send(200 if any(word in known for word in said) else 401, GOOD)

    def do_elsewhere(self, *_: Any) -> None:
        self._send(302, b"", Location="http://example.invalid/stolen")

    def do_moved(self, *_: Any) -> None:
        self._send(307, b"", Location="/good")

    def do_round(self, *_: Any) -> None:
        self._send(302, b"", Location="/round")

    def do_huge(self, *_: Any) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(10**12))
        self.end_headers()
        try:
            for _ in range(4000):
                self.wfile.write(b" " * 65536)
        except OSError:
            self.close_connection = True

    def do_bomb(self, *_: Any) -> None:
        self._send(200, BOMB, Content_Encoding="gzip")

    def do_zipped(self, *_: Any) -> None:
        self._send(200, gzip.compress(GOOD), Content_Encoding="gzip")

    def do_notzipped(self, *_: Any) -> None:
        self._send(200, GOOD, Content_Encoding="gzip")

    def do_login(self, *_: Any) -> None:
        self._send(200, "<!DOCTYPE html><html><title>统一 登录</title></html>".encode(), Content_Type="text/html")

    def do_empty(self, *_: Any) -> None:
        self._send(200, b"")

    def do_pages(self, query: dict[str, str], sent: bytes) -> None:
        given = {**query, **(json.loads(sent) if sent else {})}
        size, page = int(given["size"]), int(given["page"])
        self._send(200, json.dumps({"data": {"list": RECORDS[(page - 1) * size : page * size]}}).encode())

    def do_offsets(self, query: dict[str, str], _: bytes) -> None:
        start = int(query["start"])
        self._send(200, json.dumps(RECORDS[start : start + 3]).encode())

    def do_cursors(self, query: dict[str, str], _: bytes) -> None:
        at = int(query.get("after", "0"))
        following = at + 3 if at + 3 < len(RECORDS) else None
        self._send(200, json.dumps({"list": RECORDS[at : at + 3], "next": following}).encode())

    def do_links(self, query: dict[str, str], _: bytes) -> None:
        at = int(query.get("at", "0"))
        more = {"Link": f'</links?at={at + 3}>; rel="next"'} if at + 3 < len(RECORDS) else {}
        self._send(200, b"site,v\n" + b"".join(b"A,%d\n" % r["v"] for r in RECORDS[at : at + 3]), **more)

    def do_sidestep(self, *_: Any) -> None:
        self._send(200, b"a\n1\n", Link='<http://example.invalid/2>; rel="next"')

    def do_same(self, *_: Any) -> None:
        self._send(200, json.dumps(RECORDS).encode())

    def do_hugepage(self, *_: Any) -> None:
        self._send(200, gzip.compress(b"[" + b" " * 33_000_000 + b"]"), Content_Encoding="gzip")

    def do_hugetext(self, *_: Any) -> None:
        self._send(200, gzip.compress(b'["' + b" " * 18_000_000 + b'"]'), Content_Encoding="gzip")

    def do_endless(self, query: dict[str, str], _: bytes) -> None:
        self._send(200, json.dumps([{"page": query["page"]}]).encode())

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


class Server(ThreadingHTTPServer):
    """The server with what it was asked and what its good answer is."""

    daemon_threads = True

    def __init__(self, certificate: Path | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[dict[str, Any]] = []
        self.body, self.etag = GOOD, '"1"'
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.address = f"{'https' if certificate else 'http'}://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, *_: Any) -> None:
        """A client that hangs up is what these tests are about."""
