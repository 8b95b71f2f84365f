"""Which encoding the beginning of a text is in.

Here belongs strict decoding in the order of what files come in. Not here: reading (sources.readers.text).
"""

from __future__ import annotations

import codecs
import unicodedata

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Nearly any bytes decode as these: they have to look like text of the language, too.
_BY_LOOK = (("gb18030", ("CJK UNIFIED", "FULLWIDTH", "IDEOGRAPHIC")), ("big5", ("CJK UNIFIED", "FULLWIDTH")))
_ALSO_USUAL = "，。、（）：；％℃℉μµΩ²³·°…—～“”‘’×±≤≥ⅠⅡⅢⅣⅤα①②③④⑤"
_USUAL_SHARE = 0.95
_FALLBACK = "cp1252"


def encoding_of(data: bytes) -> tuple[str, str, str]:
    """(encoding, the text decoded by it, what is unsure or ''); a character that is cut at the end does not count."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name, _decoded(data[len(mark) :], name) or "", ""
    for name in ("utf-16-le", "utf-16-be") if b"\x00" in data else ():
        text = _decoded(data, name)
        if text is not None and "\x00" not in text:
            return name, text, "UTF-16 without a byte order mark"
    text = _decoded(data, "utf-8")
    if text is not None:
        return "utf-8", text, ""
    for name, scripts in _BY_LOOK:
        text = _decoded(data, name)
        if text is not None and _looks_so(text, scripts):
            return name, text, ""
    return _FALLBACK, data.decode(_FALLBACK, "replace"), "are accents and signs such as µ and ° right in the preview?"


def _decoded(data: bytes, name: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(name)("strict").decode(data)
    except UnicodeDecodeError:
        return None


def _looks_so(text: str, scripts: tuple[str, ...]) -> bool:
    foreign = [c for c in text[:20_000] if ord(c) > 0x7F]
    usual = sum(c in _ALSO_USUAL or unicodedata.name(c, "").startswith(scripts) for c in foreign)
    return usual >= _USUAL_SHARE * len(foreign)
