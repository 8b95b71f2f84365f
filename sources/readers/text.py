"""Bytes of any declared encoding as a stream of valid UTF-8 in which undecodable bytes stay recognisable.

Here belong encodings and byte order marks. Not here: rows, quotes or records (csv_rows, json_rows). A byte that
does not decode becomes a private mark, so that its own row can be rejected, escaped, and the rest be read.
"""

from __future__ import annotations

import codecs
import io
import re

from sources.readers.stream import ByteStream

# Undecodable byte 0xNN travels as this code point plus NN: valid UTF-8, private, and not found in real text.
_MARK = 0x10FE00
MARKS = f"[{chr(_MARK)}-{chr(_MARK + 0xFF)}]"
_MARKED = re.compile(MARKS)
_CHUNK = 1 << 20
# Encodings whose bytes below 0x80 are not ASCII by themselves.
_WIDE = ("utf-16", "utf-32")
# What Chinese software calls GBK or GB 2312 is read by its superset, so that rare characters do not fail; without a
# byte order mark UTF-16 and UTF-32 are little-endian, as Windows writes them.
_READ_AS = {"gbk": "gb18030", "gb2312": "gb18030", "utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_LIKELY = ("utf-8", "gb18030", "utf-16-le", "utf-16-be", "big5")


def codec_name(encoding: str) -> str:
    """Python's codec for a declared encoding; LookupError if there is none."""
    name = codecs.lookup(encoding).name
    return _READ_AS.get(name, name)


def escape(text: str) -> str:
    """`text` with every marked byte written as \\xNN."""
    return _MARKED.sub(lambda m: f"\\x{ord(m[0]) - _MARK:02x}", text)


def is_marked(text: str) -> bool:
    """Whether `text` holds a byte that did not decode."""
    return _MARKED.search(text) is not None


def _mark_all(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(_MARK + b) for b in error.object[error.start : error.end]), error.end


def _mark_high(error: UnicodeError) -> tuple[str, int]:
    # ASCII bytes swallowed by a broken pair are kept: a delimiter or line end must survive its neighbour.
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(chr(b) if b < 0x80 else chr(_MARK + b) for b in bad), error.end


codecs.register_error("ecoledger.mark_all", _mark_all)
codecs.register_error("ecoledger.mark_high", _mark_high)


class Utf8Stream(io.RawIOBase):
    """Decodes `raw` as `encoding` (a byte order mark in the file wins) and hands it on as UTF-8.

    `marked` tells whether any byte so far did not decode; `quotes` counts `quote` in the bytes handed on.
    """

    def __init__(self, raw: ByteStream, encoding: str, quote: str = "") -> None:
        super().__init__()
        self._raw = raw
        self._ready = b""
        self._ended = False
        self._quote = quote.encode()
        self.quotes = 0
        self.marked = False
        self.sample = raw.read(_CHUNK) or b""
        self.encoding = codec_name(encoding)
        start = 0
        for mark, name in _BYTE_ORDER_MARKS:
            if self.sample.startswith(mark):
                self.encoding, start = name, len(mark)
                break
        self._first: bytes | None = self.sample[start:]
        self.sample = self.sample[:65536]
        self._on_error = "ecoledger.mark_all" if self.encoding.startswith(_WIDE) else "ecoledger.mark_high"
        self._decoder = codecs.getincrementaldecoder(self.encoding)("strict")
        self._plain = self.encoding in ("utf-8", "ascii", "gb18030", "big5")

    def readable(self) -> bool:
        """Always true; pyarrow asks."""
        return True

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes of UTF-8, fewer only at the end."""
        parts, have = [self._ready], len(self._ready)
        while not self._ended and (size < 0 or have < size):
            part = self._next_bytes()
            parts.append(part)
            have += len(part)
        joined = b"".join(parts)
        if size < 0:
            out, self._ready = joined, b""
        else:
            out, self._ready = joined[:size], joined[size:]
        if self._quote:
            self.quotes += out.count(self._quote)
        return out

    def unread(self, data: bytes) -> None:
        """Puts bytes back in front; they are handed on, and counted, again."""
        self._ready = data + self._ready
        if self._quote:
            self.quotes -= data.count(self._quote)

    def next_text(self) -> str | None:
        """The next piece of text, None at the end; not to be mixed with `read`."""
        if self._ended:
            return None
        return self._decode(self._next_raw())

    def likely_encodings(self) -> list[str]:
        """Encodings, other than the declared one, in which the beginning of the file decodes."""
        found = []
        for name in _LIKELY:
            if name == self.encoding:
                continue
            try:
                text = codecs.getincrementaldecoder(name)("strict").decode(self.sample)
            except UnicodeDecodeError:
                continue
            if "\x00" not in text and (not name.startswith("utf-16") or b"\x00" in self.sample):
                found.append(name)
        return found

    def _next_raw(self) -> bytes:
        if self._first is not None:
            raw, self._first = self._first, None
            if raw:
                return raw
        raw = self._raw.read(_CHUNK) or b""
        if not raw:
            self._ended = True
        return raw

    def _next_bytes(self) -> bytes:
        raw = self._next_raw()
        # Pure ASCII needs no decoding, where nothing is pending from the piece before.
        if self._plain and raw.isascii() and raw and not self._decoder.getstate()[0]:
            return raw
        return self._decode(raw).encode("utf-8", "replace")

    def _decode(self, raw: bytes) -> str:
        state = self._decoder.getstate()
        try:
            return self._decoder.decode(raw, final=self._ended)
        except UnicodeDecodeError:
            self.marked = True
            self._decoder.setstate(state)
            self._decoder.errors = self._on_error
            try:
                return self._decoder.decode(raw, final=self._ended)
            finally:
                self._decoder.errors = "strict"
