"""What a kind of connector says of itself, so that nothing else has to know which kinds there are.

Here belongs the shape. Not here: the kinds (one module each, next to this one) or finding them (__init__.py).
Standard library only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sources.config.model import Config, Source
    from sources.deliveries import Connector

# A mistake of a source: the keys that lead to it, what is wrong, and what to write instead.
Wrong = tuple[tuple[str, ...], str, str]


@dataclass(frozen=True)
class ConnectorKind:
    """One value of `connector` in a [[source]], its Chinese name, and how its connector is made.

    `reads_folder`: its path is a file or pattern as the file connector reads one; claims and adoption match paths by
    it. A kind whose path means something else leaves it and checks its paths itself. `knows_delivery`: it is told when
    a file was delivered: `delivered_at` is "connector" by default. `provenance`: what all it delivers is; '' where the
    source says it. `words`: gives the class that the keys of [source.connection] are of; None where it has none.
    `check`: what is wrong with a source, given its connection as such a class.
    """

    name: str
    name_zh: str
    make: Callable[[Source, Config], Connector]
    reads_folder: bool = False
    knows_delivery: bool = False
    provenance: str = ""
    words: Callable[[], type] | None = None
    check: Callable[[Source, Any], Iterable[Wrong]] | None = None
