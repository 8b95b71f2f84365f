"""Where everything is below the data directory: one source of truth for paths, and what a name may be.

Here belong path arithmetic and the refusal of names that could leave their folder. Not here: reading or writing
any of these files, or knowing what they hold. Standard library only: a refresh with nothing new loads this module.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sources.disk import is_full
from warehouse.full_disk import DiskFull, full_text

# The folder that holds the rooms: a checkout, or where a wheel was installed.
INSTALLED = Path(__file__).resolve().parents[1]
PART = "part-0.parquet"
SIDECAR = "part-0.sidecar.json"
EMPTY = "empty.parquet"
FLAGS_NOTE = "flags.json"
# Names of unfinished files and folders start so; no reader's pattern matches them and the next start sweeps them.
TEMPORARY = ".tmp-"

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}\Z")
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_DELIVERY = re.compile(r"[0-9a-f]{32}\Z")
_EXTENSION = re.compile(r"[a-z0-9]{1,8}(\.gz)?\Z")
_VALUE = {
    "day": re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\Z"),
    "month": re.compile(r"\d{4}-(0[1-9]|1[0-2])\Z"),
    "year": re.compile(r"\d{4}\Z"),
}
_RELEASE = re.compile(r"\d{6,}-[0-9a-f]{12}\Z")


class UnsafeName(ValueError):
    """A name that must not become part of a path."""


class DataDirError(OSError):
    """The data directory cannot be used; the message says why and what to do."""


def checked_name(text: str) -> str:
    """`text` if it can name a feed or table (lower case, digits, underscore), else UnsafeName."""
    return _checked(_NAME, text, "a feed or table")


def checked_sha256(text: str) -> str:
    """`text` if it is a SHA-256 in lower-case hex, else UnsafeName."""
    return _checked(_SHA256, text, "a SHA-256")


def checked_delivery(text: str) -> str:
    """`text` if it is a delivery id (32 hex digits), else UnsafeName."""
    return _checked(_DELIVERY, text, "a delivery")


def checked_value(grain: str, value: str) -> str:
    """`value` if it is a partition of `grain` (2026-11-22, 2026-11 or 2026), else UnsafeName."""
    if grain not in _VALUE:
        raise UnsafeName(f"{grain!r} is not a partition grain; use one of {sorted(_VALUE)}")
    return _checked(_VALUE[grain], value, f"a {grain}")


def checked_release(text: str) -> str:
    """`text` if it has the form of a release id (000012-0123456789ab), else UnsafeName."""
    return _checked(_RELEASE, text, "a release id")


def extension_of(file_name: str) -> str:
    """The extension raw bytes are stored under, from a file name nobody trusts: 'csv', 'csv.gz', …, 'bin' if odd.

    Only the extension of a source's file name ever reaches a path; the name itself is in the receipt.
    """
    parts = file_name.lower().rsplit(".", 2)
    last = ".".join(parts[1:]) if len(parts) == 3 and parts[2] == "gz" else parts[-1] if len(parts) > 1 else ""
    if _EXTENSION.match(last):
        return last
    return "gz" if last.endswith(".gz") else "bin"


def _checked(pattern: re.Pattern[str], text: str, what: str) -> str:
    if not pattern.match(text):
        raise UnsafeName(f"{text!r} cannot name {what}")
    return text


@dataclass(frozen=True)
class DataDir:
    """One data directory; every property and method gives a path below `root`, whether it exists or not."""

    root: Path

    def prepare(self) -> DataDir:
        """Creates the directory if needed and returns itself made absolute; else DataDirError or DiskFull."""
        root = self.root.expanduser().absolute()
        if "\\" in str(root):
            # No escape helps: DuckDB takes it for the end of a folder's name wherever a pattern is.
            raise DataDirError(f"{root} holds a backslash, which DuckDB cannot read: choose another --data")
        try:
            root.mkdir(parents=True, exist_ok=True)
            probe = root / f"{TEMPORARY}probe"
            probe.write_bytes(b"")
            probe.unlink()
        except FileExistsError:
            raise DataDirError(f"{root} is a file, not a directory: choose another --data") from None
        except OSError as error:
            if is_full(error):
                raise DiskFull(full_text(root)) from None
            raise DataDirError(f"cannot write in the data directory {root}: {error.strerror}") from None
        return DataDir(root)

    @property
    def raw(self) -> Path:
        return self.root / "raw"

    @property
    def clean(self) -> Path:
        return self.root / "clean"

    @property
    def entered(self) -> Path:
        """Bytes of what users entered (site registers, declared tables), by SHA-256; never rewritten."""
        return self.root / "entered"

    @property
    def superseded(self) -> Path:
        return self.root / "superseded"

    @property
    def damaged(self) -> Path:
        """Raw bytes that were given up as damaged, with their receipts."""
        return self.root / "damaged"

    @property
    def quarantine(self) -> Path:
        return self.root / "quarantine"

    @property
    def identity_key(self) -> Path:
        """The key that private columns are hashed with, where no other is given; its owner's only."""
        return self.root / "identity.key"

    @property
    def source_states(self) -> Path:
        """What each source answered when it was last asked; no figure depends on it."""
        return self.root / "sources.json"

    @property
    def index_file(self) -> Path:
        return self.root / "index" / "lake.sqlite"

    @property
    def lock_file(self) -> Path:
        return self.root / "writer.lock"

    @property
    def build(self) -> Path:
        return self.root / "build"

    @property
    def build_db(self) -> Path:
        """dbt's working database. Not called candidate: DuckDB would not know the schema from the file's catalogue."""
        return self.build / "work.duckdb"

    @property
    def spill(self) -> Path:
        """Where DuckDB puts what is beyond its memory limit."""
        return self.build / "spill"

    @property
    def ordered(self) -> Path:
        """Parquet of judged tables, by digest, until they are published (ordered.py)."""
        return self.build / "ordered"

    @property
    def dbt(self) -> Path:
        return self.build / "dbt"

    @property
    def dbt_manifest(self) -> Path:
        return self.dbt / "target" / "manifest.json"

    @property
    def dagster(self) -> Path:
        return self.root / "dagster"

    @property
    def releases(self) -> Path:
        return self.root / "releases"

    @property
    def current(self) -> Path:
        return self.root / "current"

    @property
    def ledger_file(self) -> Path:
        return self.root / "ledger" / "ledger.jsonl"

    @property
    def ledger_manifests(self) -> Path:
        """Copies of every release's manifest; they stay when the release is pruned."""
        return self.root / "ledger" / "manifests"

    def raw_file(self, feed: str, delivery_date: str, sha256: str, extension: str) -> Path:
        """Raw bytes: raw/<feed>/<date of their first delivery>/<sha256>.<ext>; UnsafeName where a part is wrong."""
        if not _EXTENSION.match(extension):
            raise UnsafeName(f"{extension!r} cannot name an extension")
        return self._raw_day(feed, delivery_date) / f"{checked_sha256(sha256)}.{extension}"

    def receipt_file(self, feed: str, delivery_date: str, delivery_id: str) -> Path:
        """The receipt of one delivery: raw/<feed>/<delivery date>/<delivery id>.receipt.json."""
        return self._raw_day(feed, delivery_date) / f"{checked_delivery(delivery_id)}.receipt.json"

    def offers_file(self, feed: str) -> Path:
        """Append-only list of the offers whose bytes are known, so that the index can be rebuilt."""
        return self.raw / checked_name(feed) / "offers.jsonl"

    def clean_table(self, table: str) -> Path:
        return self.clean / checked_name(table)

    def flags_note(self, table: str) -> Path:
        """By which thresholds the flags of a clean table are set."""
        return self.clean_table(table) / FLAGS_NOTE

    def clean_partition(self, table: str, grain: str, value: str) -> Path:
        """The folder of one file of partitions (CleanTable.file_grain, file_of): clean/<table>/<grain>=<value>."""
        return self.clean_table(table) / f"{grain}={checked_value(grain, value)}"

    def superseded_partition(self, table: str, grain: str, value: str) -> Path:
        return self.superseded / checked_name(table) / f"{grain}={checked_value(grain, value)}"

    def quarantine_file(self, feed: str, delivery_id: str) -> Path:
        return self.quarantine / checked_name(feed) / f"{checked_delivery(delivery_id)}.parquet"

    def file_counts(self, month: str) -> Path:
        """The folder of the counts of all files delivered in `month` (YYYY-MM)."""
        return self.clean_partition("file_counts", "month", month)

    @property
    def site_register(self) -> Path:
        return self.clean_table("site_register") / PART

    def entered_file(self, sha256: str, extension: str = "csv") -> Path:
        return self.entered / f"{checked_sha256(sha256)}.{extension}"

    def release(self, release_id: str) -> Path:
        return self.releases / checked_release(release_id)

    def _raw_day(self, feed: str, delivery_date: str) -> Path:
        return self.raw / checked_name(feed) / checked_value("day", delivery_date)
