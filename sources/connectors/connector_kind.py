"""What a kind of connector says of itself, so that nothing else has to know which kinds there are.

Here belongs the shape. Not here: the kinds (one module each, next to this one) or finding them (__init__.py).
Standard library only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sources.config.model import Config, Source
    from sources.deliveries import Connector


@dataclass(frozen=True)
class ConnectorKind:
    """One value of `connector` in a [[source]], its Chinese name, and how its connector is made.

    `reads_folder`: its path is a file or pattern as the file connector reads one; claims and adoption match paths by
    it. A kind whose path means something else leaves it and checks its paths itself. `knows_delivery`: it is told when
    a file was delivered: `delivered_at` is "connector" by default. `provenance`: what all it delivers is; '' where the
    source says it.
    """

    name: str
    name_zh: str
    make: Callable[[Source, Config], Connector]
    reads_folder: bool = False
    knows_delivery: bool = False
    provenance: str = ""
