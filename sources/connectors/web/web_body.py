"""The body of one answer: unpacked as it comes within what is left of time and size, whole, and what was asked for.

Here belong the end of a body, its packing, and what its bytes say of themselves. Not here: sending (web_client.py), or
the rows in it (sources.readers). httpx would unpack a piece of any size at once, and takes a packed body that ends too
early for whole: it is asked for the bytes as they come.
"""

from __future__ import annotations

import codecs
import re
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

    from sources.config.model import Format

# What a request says it can unpack.
PACKED_AS = "gzip"
_GZIP = 31
_PIECE = 1 << 20
_IN_MEMORY = 8_000_000
_HEAD = 2048
# A text in JSON that is longer is not looked through: it is a fault, or a bomb.
_LONGEST_TEXT = 16_000_000
_TEXT = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_IS_PAGE = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html)", re.IGNORECASE | re.DOTALL)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_SAYS_WHAT_IT_IS = ("html", "xml")


class Unfit(Exception):
    """A body that cannot be taken: what is wrong and what to do; `again`: another try may go better."""

    def __init__(self, what: str, hint: str = "ask the source", *, again: bool = False) -> None:
        super().__init__(what)
        self.what, self.hint, self.again = what, hint, again


class TooLarge(Exception):
    """More bytes than are left, unpacked."""


class TooLate(Exception):
    """The time is over before the body."""


@dataclass(frozen=True)
class Room:
    """How many bytes, unpacked, and until when, by time.monotonic."""

    size: int
    until: float


def whole_body(response: httpx.Response, fmt: Format, room: Room) -> tuple[IO[bytes], int]:
    """The body from its beginning, unpacked, and its size; Unfit, TooLarge or TooLate, and errors of httpx."""
    packing = response.headers.get("content-encoding", "").strip().lower()
    if packing not in ("", "identity", "gzip", "x-gzip"):
        raise Unfit(f"it is packed as '{packing[:20]}', which was not asked for")
    length, coding = response.headers.get("content-length", ""), response.headers.get("transfer-encoding", "")
    # JSON shows itself whether it is whole.
    if not length and "chunked" not in coding.lower() and fmt.kind != "json":
        raise Unfit("the server does not say where its answer ends: a part could be taken for the whole")
    if length.isdecimal() and int(length) > room.size:
        raise TooLarge
    body: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    try:
        size = 0
        for piece in _unpacked(response.iter_raw(), packed=packing.endswith("gzip")):
            size += len(piece)
            if size > room.size:
                raise TooLarge
            if time.monotonic() > room.until:
                raise TooLate
            body.write(piece)
        _check_kind(body, fmt)
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return body, size


def _unpacked(pieces: Iterator[bytes], *, packed: bool) -> Iterator[bytes]:
    if not packed:
        yield from pieces
        return
    unpacker = zlib.decompressobj(_GZIP)
    for piece in pieces:
        rest = piece
        while rest:
            try:
                yield unpacker.decompress(rest, _PIECE)
            except zlib.error:
                raise Unfit("its compression is damaged") from None
            rest = unpacker.unconsumed_tail
        if unpacker.unused_data:
            raise Unfit("its compression is damaged: it goes on behind its end")
    if not unpacker.eof:
        raise Unfit("its compression ended in the middle", again=True)


def _check_kind(body: IO[bytes], fmt: Format) -> None:
    body.seek(0)
    head = body.read(_HEAD)
    if not head:
        raise Unfit("the answer is empty", "ask the source; nothing was taken for read")
    if fmt.kind not in _SAYS_WHAT_IT_IS and _IS_PAGE.match(head):
        found = _TITLE.search(head.decode("utf-8", "replace"))
        title = f" “{' '.join(unescape(found[1]).split())[:80]}”" if found else ""
        raise Unfit(f"it sent a web page{title} instead of {fmt.kind}", "it may ask for a login")
    if fmt.kind == "json" and not _closes(body, fmt.encoding):
        raise Unfit("the JSON ended in the middle", again=True)


def _closes(body: IO[bytes], encoding: str) -> bool:
    """Whether all that JSON opens is closed at its end. It is not parsed: hundreds of megabytes may come."""
    # GBK's second bytes may be those of brackets and backslashes: it is read as text.
    decoder = codecs.getincrementaldecoder("gb18030" if encoding == "gbk" else encoding)(errors="replace")
    body.seek(0)
    depth, rest, opened = 0, "", False
    while piece := body.read(_PIECE):
        text = _TEXT.sub("", rest + decoder.decode(piece))
        begun = text.find('"')
        text, rest = (text[:begun], text[begun:]) if begun >= 0 else (text, "")
        if len(rest) > _LONGEST_TEXT:
            raise Unfit(f"a text in its JSON is longer than {_LONGEST_TEXT // 1_000_000} MB")
        depth += text.count("{") + text.count("[") - text.count("}") - text.count("]")
        opened = opened or "{" in text or "[" in text
    return opened and depth == 0 and not rest
