"""Files that lie in a folder of this machine: one path or pattern, relative to the configuration.

Here belong listing, delivery times from names or file times, and refusing what is not a readable file in that folder.
Not here: copying (warehouse.lake.lake) or reading rows (sources.readers). Standard library only.
"""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING
from zoneinfo import ZoneInfo

from sources.connectors.connector_kind import ConnectorKind
from sources.deliveries import Offer, PullError, Receipt

if TYPE_CHECKING:
    from sources.config.model import Config, Source


class FileConnector:
    """Offers every file that matches the source's path; an offer's id is its path below the folder that was named.

    A match that cannot be had (a directory, no permission, a link that leads out of the folder, a name without the
    declared time) is offered all the same: fetching it raises PullError, and the others go on.
    """

    kind = "file"

    def __init__(self, source: Source, config: Config) -> None:
        self.source = source
        self.base = base_of(config)
        self.root, self.pattern = split_path(self.base, source.path)
        self._name_pattern = re.compile(source.delivered_at_pattern) if source.delivered_at == "name" else None

    def offers(self, due_before: datetime) -> Iterator[Offer]:
        """Offers delivered at or before `due_before`, by path; PullError if the folder or the one file is not there."""
        for name in self._names():
            offer = self._offer(name)
            if offer.delivered_at is None or offer.delivered_at <= due_before:
                yield offer

    def not_due(self, due_before: datetime) -> Iterator[Offer]:
        """Offers that are dated after `due_before`, by path."""
        for name in self._names():
            offer = self._offer(name)
            if offer.delivered_at is not None and offer.delivered_at > due_before:
                yield offer

    def paths(self) -> list[str]:
        """Offered paths of every file that matches now; PullError if the folder or the one file is not there."""
        return [offered_path(self.base, self.root / name) for name in self._names()]

    def delivered_again(self, receipt: Receipt) -> Offer:
        """A delivery of another source as this one would have offered it: by its own time in the name, or the old."""
        file = Path(os.path.normpath(self.base / receipt.offered_path))
        named = self._named_time(file.name)
        return Offer(
            feed=self.source.feed,
            source_id=self.source.id,
            offer_id=file.relative_to(self.root).as_posix(),
            file_name=file.name,
            etag="",
            delivered_at=named or receipt.moment,
            delivered_at_source="name" if named else receipt.delivered_at_source,
            offered_path=receipt.offered_path,
        )

    def fetch(self, offer: Offer) -> IO[bytes]:
        """The file's bytes, opened; PullError says what is wrong with this one file."""
        file = self.root / offer.offer_id
        self._check_inside(file)
        if self._name_pattern is not None and offer.delivered_at is None:
            raise self._error(
                file,
                f"its name does not hold a time by delivered_at_pattern '{self.source.delivered_at_pattern}' and "
                f"delivered_at_format '{self.source.delivered_at_format}'",
                "rename the file or correct the pattern",
            )
        try:
            mode = file.stat().st_mode
            if stat.S_ISDIR(mode):
                raise self._error(file, "is a directory, not a file", "move it, or name the files in it")
            if not stat.S_ISREG(mode):
                raise self._error(file, "is not a regular file", "remove it, or narrow the path")
            return file.open("rb")
        except FileNotFoundError:
            raise self._error(file, "is gone, or a link to nothing", "deliver it again, or remove it") from None
        except PermissionError:
            raise self._error(file, "cannot be read: permission denied", "let this user read it") from None
        except OSError as error:
            raise self._error(file, f"cannot be read: {error.strerror}", "check the disk it lies on") from None

    def _names(self) -> list[str]:
        try:
            present = sorted(p.name for p in self.root.iterdir())
        except FileNotFoundError:
            raise self._error(self.root, "there is no such folder", f"correct path = '{self.source.path}'") from None
        except NotADirectoryError:
            raise self._error(self.root, "is a file, not a folder", f"correct path = '{self.source.path}'") from None
        except PermissionError:
            raise self._error(self.root, "cannot be listed: permission denied", "let this user read it") from None
        except OSError as error:
            raise self._error(self.root, f"cannot be listed: {error.strerror}", "check the disk it lies on") from None
        if not glob.has_magic(self.pattern):
            if self.pattern not in present:
                near = get_close_matches(self.pattern, present, 1, 0.6)
                hint = f"did you mean '{near[0]}'?" if near else f"correct path = '{self.source.path}'"
                raise self._error(self.root / self.pattern, "there is no such file", hint)
            return [self.pattern]
        # Unlike Path.glob it leaves hidden files alone: half-uploaded ones are often hidden.
        found = glob.iglob(self.pattern, root_dir=self.root, recursive=True)  # noqa: PTH207
        # A bare star means the files of a folder: its subfolders are not deliveries.
        bare = PurePosixPath(self.pattern).name in ("*", "**")
        return sorted(n for n in dict.fromkeys(found) if n and not (bare and (self.root / n).is_dir()))

    def _offer(self, name: str) -> Offer:
        file = self.root / name
        try:
            status = file.stat()
            etag = f"{status.st_size}-{status.st_mtime_ns}"
            modified = datetime.fromtimestamp(status.st_mtime, UTC)
        except OSError:
            etag, modified = "unreadable", None
        delivered = {"mtime": modified, "name": self._named_time(file.name)}.get(self.source.delivered_at)
        return Offer(
            feed=self.source.feed,
            source_id=self.source.id,
            offer_id=PurePosixPath(name).as_posix(),
            file_name=file.name,
            etag=etag,
            delivered_at=delivered,
            delivered_at_source=self.source.delivered_at if delivered else "landing",
            offered_path=offered_path(self.base, file),
        )

    def _named_time(self, name: str) -> datetime | None:
        found = self._name_pattern.search(name) if self._name_pattern else None
        if found is None:
            return None
        text = found[1] if found.re.groups else found[0]
        try:
            stamp = datetime.strptime(text or "", self.source.delivered_at_format)
        except ValueError:
            return None
        return stamp if stamp.tzinfo else stamp.replace(tzinfo=ZoneInfo(self.source.time.zone))

    def _check_inside(self, file: Path) -> None:
        root = self.root.resolve()
        try:
            real = file.resolve()
        except (OSError, RuntimeError):
            raise self._error(file, "is a link that leads in a circle", "remove it") from None
        if real != root and root not in real.parents:
            raise self._error(file, f"leads out of {self.root}, to {real}", "copy the file itself into the folder")

    def _error(self, file: Path, what: str, hint: str) -> PullError:
        return PullError(f"source {self.source.id}: {file}: {what}; {hint}")


def base_of(config: Config) -> Path:
    """The folder that declared paths are relative to."""
    return Path(os.path.normpath(config.path.absolute().parent if config.path else Path.cwd()))


def offered_path(base: Path, file: Path) -> str:
    """Where a file lies, relative to the configuration's folder `base`, with '/'."""
    return PurePosixPath(os.path.relpath(file, base)).as_posix()


def split_path(base: Path, path: str) -> tuple[Path, str]:
    """The folder that `path` names, absolute, and the pattern or file name below it.

    A piece with brackets that exists under just this name is meant as written: `z[k]` does not read its neighbour `zk`.
    """
    pieces = PurePosixPath(path.replace("\\", "/")).parts
    folder = base
    for at, piece in enumerate(pieces):
        literal = not glob.has_magic(piece) or ("[" in piece and os.path.lexists(folder / piece))
        if at == len(pieces) - 1 or not literal:
            rest = [glob.escape(piece) if literal and glob.has_magic(piece) else piece, *pieces[at + 1 :]]
            return Path(os.path.normpath(folder)), "/".join(rest)
        folder = folder / piece
    return Path(os.path.normpath(folder)), ""


KIND = ConnectorKind("file", "文件", FileConnector, reads_folder=True)
