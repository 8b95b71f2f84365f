"""Whether [source.connection] is what the source's kind of connector asks for.

Here belongs taking its words from the kind, whatever kinds there are. Not here: what the words are or mean together
(sources/connectors, each kind for itself).
"""

from __future__ import annotations

from sources.config.locate import Path
from sources.config.model import Source
from sources.config.problems import Problems
from sources.config.structure import shaped
from sources.connectors import kind_of

CONNECTION = "connection"


def check_connection(source: Source, path: Path, problems: Problems) -> None:
    """Adds every mistake of the connection of `source`, each with its place."""
    kind = kind_of(source)
    if kind.words is None:
        if source.connection:
            problems.add((*path, CONNECTION), f"a {kind.name} has no connection", "leave it out")
        return
    found = shaped(source.connection, kind.words())
    if isinstance(found, list):
        for mistake in found:
            problems.add((*path, CONNECTION, *mistake.path), mistake.message, mistake.hint)
    elif kind.check is not None:
        for keys, message, hint in kind.check(source, found):
            problems.add((*path, *keys), message, hint)
