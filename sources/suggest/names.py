"""Which parameter, unit or word of the registry a received name means.

Here belong the spellings that the registry declares, made comparable, and units written within names. Not here: what a
column holds (suggestion.py), or words that no declaration has (words.toml).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sources.registry.feed_model import Feed, Parameter, Registry

# A unit in brackets at the end of a name, or behind the last blank or underscore.
_BRACKETS = re.compile(r"^(?P<name>.*?)\s*[(（\[【](?P<unit>[^()（）\[\]【】]*)[)）\]】]\s*$")
_BEHIND = re.compile(r"^(?P<name>.+)[\s_](?P<unit>\S+?)$")
_INSIDE = re.compile(r"[（(]([^（）()]+)[）)]")
# Two characters and fewer in brackets are not a name: W1, or the a of benzo(a)pyrene.
_LETTER = 2
_BETWEEN = re.compile(r"[\s_\-./·•:：]+")


def plain(name: str) -> str:
    """A name without what people write differently: width, case, blanks, hyphens, dots and underscores."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", name)).casefold().replace("α", "a")


@dataclass(frozen=True)
class Named:
    """What a header says: the name without its unit, and the unit as it is written ('' where there is none)."""

    name: str
    unit: str = ""


class Names:
    """The parameters of the feeds that are thought of, by every spelling."""

    def __init__(self, registry: Registry, feeds: Mapping[str, Feed]) -> None:
        self.registry = registry
        self.feeds = feeds

    @cached_property
    def _known(self) -> dict[str, list[tuple[str, Parameter]]]:
        known: dict[str, list[tuple[str, Parameter]]] = {}
        for feed in self.feeds.values():
            for parameter in feed.parameters.values():
                for spelling in dict.fromkeys(_spellings(parameter)):
                    known.setdefault(spelling, []).append((feed.name, parameter))
        return known

    def header(self, column: str) -> Named:
        """The name and the unit of a header."""
        for pattern in (_BRACKETS, _BEHIND):
            found = pattern.match(column)
            if found and self.registry.unit(found["unit"].strip()) and found["name"].strip():
                return Named(found["name"].strip(), found["unit"].strip())
        return Named(column)

    def parameters(self, name: str) -> list[tuple[str, Parameter]]:
        """(feed, parameter) that are called so; () if none is."""
        return self._known.get(plain(name), [])

    def tails(self, name: str) -> list[tuple[str, Parameter]]:
        """The same for a name behind others: values.PM2.5 of a record, 测量结果_Leq of two rows of a header."""
        found = re.finditer(r"[._/\s]", name)
        return next((known for at in found if (known := self.parameters(name[at.end() :]))), [])

    def likely(self, name: str) -> list[tuple[str, Parameter]]:
        """The same for a name with something before or behind: laeq_Ballymun4, CO_1h."""
        pieces = [piece for piece in re.split(r"[\s_\-:：/]+", name) if piece]
        ends = [_BETWEEN.sub("", piece) for piece in (*pieces[:1], *pieces[-1:])] if len(pieces) > 1 else []
        return next((found for piece in ends if (found := self.parameters(piece))), [])


def _spellings(parameter: Parameter) -> Iterator[str]:
    for name in (parameter.code, parameter.name_zh, parameter.name_en, parameter.hj_code, *parameter.aliases):
        if not name:
            continue
        yield plain(name)
        # 细颗粒物（PM2.5） is either.
        if (inside := _INSIDE.search(name)) and len(inside[1]) > _LETTER:
            yield plain(inside[1])
            yield plain(_INSIDE.sub("", name))
