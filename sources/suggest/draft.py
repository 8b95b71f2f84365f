"""A draft as TOML text: every line that is unsure ends with `# ?` and what is asked.

Here belongs writing. Names and cells of files are strangers' texts: they are quoted as TOML does, and have one line in
a comment. Not here: what the draft says (suggestion.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
# Entries of a table that fit into one line.
_INLINE = 6
_COMMENT = 100


@dataclass(frozen=True)
class Line:
    """`key = value`, with what is asked about it; without a key a comment."""

    key: str
    value: Any = None
    doubt: str = ""


@dataclass(frozen=True)
class Section:
    """A table of the source, '' for the source itself, with its lines."""

    name: str
    lines: Sequence[Line] = field(default_factory=tuple)


def text_of_draft(about: Iterable[str], sections: Iterable[Section]) -> str:
    """The whole `[[source]]`; sections without lines are left out."""
    written = [f"# {one_line(line)}" for line in about]
    for section in sections:
        if not section.lines:
            continue
        written += ["", "[[source]]" if not section.name else f"[source.{section.name}]"]
        written += [_written(line) for line in section.lines]
    return "\n".join(written) + "\n"


def one_line(text: str) -> str:
    """A text that stays within its comment."""
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return line if len(line) <= _COMMENT * 3 else f"{line[: _COMMENT * 3]}…"


def toml(value: Any) -> str:
    """A value as TOML writes it: texts, numbers, truth, lists, and tables in one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key_of(key)} = {toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml(one) for one in value)}]"
    return _quoted(str(value))


def key_of(key: str) -> str:
    """A key, quoted where it has to be."""
    return key if _BARE.fullmatch(key) else _quoted(key)


def _quoted(text: str) -> str:
    # JSON escapes what TOML does, but for DEL; a lone surrogate can be written in neither.
    plain = text.encode("utf-8", "replace").decode()
    return json.dumps(plain, ensure_ascii=False).replace("\x7f", "\\u007f")


def _written(line: Line) -> str:
    if not line.key:
        return f"# {one_line(str(line.value))}"
    doubt = f"  # ? {one_line(line.doubt)}" if line.doubt else ""
    return f"{key_of(line.key)} = {toml(line.value)}{doubt}"


def table_lines(entries: Mapping[str, Any], doubt: str = "") -> list[Line]:
    """A table of its own: a line for each entry, what is asked in front of them."""
    asked = [Line("", f"? {doubt}")] if doubt else []
    return [*asked, *(Line(key, value) for key, value in entries.items())]


def fits_a_line(entries: Mapping[str, Any]) -> bool:
    """Whether a table is written in one line."""
    return len(entries) <= _INLINE
