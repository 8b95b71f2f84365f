"""Which declared source reads a delivery: the one that offered it, as long as it is declared and names the file.

Here belongs matching offered paths against the paths that sources declare. Not here: listing folders
(connectors.files) or what becomes of a delivery that no source reads (cleaning). Standard library only.
"""

from __future__ import annotations

import fnmatch
import os
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sources.connectors import kind_of
from sources.connectors.files import FileConnector, base_of, split_path
from sources.deliveries import PullError, Receipt

if TYPE_CHECKING:
    from sources.config.model import Config, Source

# Sources named in a sentence.
_SHOWN = 5


class Claims:
    """The sources of one configuration and the paths they name."""

    def __init__(self, config: Config) -> None:
        self._base = base_of(config)
        self._declared = {(s.feed, s.id): s for s in config.sources}
        self._files = [(s, *split_path(self._base, s.path)) for s in config.sources if kind_of(s).reads_folder]
        self._readers: dict[str, tuple[Source, ...]] = {}

    def readers_of(self, offered_path: str) -> tuple[Source, ...]:
        """The file sources that name a path (as receipts hold it), in declared order."""
        if offered_path not in self._readers:
            file = os.path.normpath(self._base / offered_path)
            self._readers[offered_path] = tuple(s for s, root, pattern in self._files if _names(root, pattern, file))
        return self._readers[offered_path]

    def why_not(self, receipt: Receipt) -> str:
        """Why a delivery is read no longer, for people; '' where its source reads it.

        A file that its source names no longer stays with it, until another source names it.
        """
        source = self._declared.get((receipt.feed, receipt.source_id))
        if source is None:
            return f"its source '{receipt.source_id}' is not in the configuration. Declare it again to read the file"
        if not kind_of(source).reads_folder or not receipt.offered_path:
            return ""
        readers = self.readers_of(receipt.offered_path)
        if not readers or source in readers:
            return ""
        path = receipt.offered_path
        return f"its source '{receipt.source_id}' no longer names {path}; '{readers[0].id}' reads it now"

    def reads(self, receipt: Receipt) -> bool:
        """Whether the source of the delivery still reads it."""
        return not self.why_not(receipt)


def shared_files(config: Config) -> list[str]:
    """One sentence for each set of sources that read the same files, as they lie there now: no mistake, but to know.

    A source whose folder cannot be listed is left out: reading it says why.
    """
    readers: dict[str, list[str]] = {}
    for source in config.sources:
        if kind_of(source).reads_folder:
            with suppress(PullError):
                for path in FileConnector(source, config).paths():
                    readers.setdefault(path, []).append(source.id)
    shared: dict[tuple[str, ...], list[str]] = {}
    for path, ids in readers.items():
        if len(ids) > 1:
            shared.setdefault(tuple(ids), []).append(path)
    return [_shared(ids, paths) for ids, paths in shared.items()]


def _shared(ids: tuple[str, ...], paths: list[str]) -> str:
    named = ", ".join(ids[:_SHOWN]) + (f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else "")
    files = f"{len(paths)} {'file' if len(paths) == 1 else 'files'}"
    them = "it" if len(paths) == 1 else "them"
    return f"sources {named} read the same {files} ({paths[0]}): each reads {them} by its own mapping"


def _names(root: Path, pattern: str, file: str) -> bool:
    prefix = f"{root.as_posix().rstrip('/')}/"
    path = Path(file).as_posix()
    return path.startswith(prefix) and matches(pattern, path.removeprefix(prefix))


@lru_cache(maxsize=100_000)
def matches(pattern: str, path: str) -> bool:
    """Whether a path below a folder is one that the pattern names, as the file connector lists it."""
    return pattern == path or _match(tuple(pattern.split("/")), tuple(path.split("/")))


def _match(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    if not pattern:
        return not path
    if pattern[0] == "**":
        if len(pattern) == 1:
            return all(not part.startswith(".") for part in path)
        return any(
            _match(pattern[1:], path[at:])
            for at in range(len(path) + 1)
            if all(not part.startswith(".") for part in path[:at])
        )
    if not path or (path[0].startswith(".") and not pattern[0].startswith(".")):
        return False
    return fnmatch.fnmatchcase(path[0], pattern[0]) and _match(pattern[1:], path[1:])
