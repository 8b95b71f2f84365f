"""What `ecoledger doctor` looks at: installation, bytecode, data directory, configuration; one finding a line.

Here belong the checks as plain functions, without a heavy import: it works where DuckDB, dbt or polars do not. Not
here: printing (doctor.py) or repairing anything.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import cache_from_source, find_spec
from pathlib import Path

from orchestration.survey import last_refresh
from sources.config import ConfigError, load_config
from sources.registry.feed_model import Registry
from sources.registry.read_registry import registry
from warehouse.full_disk import DiskFull
from warehouse.lake.index import Index, IndexUnusable
from warehouse.lake.intact import everything
from warehouse.lake.sidecar import matches
from warehouse.lock import holder
from warehouse.paths import INSTALLED, DataDir, DataDirError
from warehouse.release.ledger import Ledger, LedgerError
from warehouse.release.releases import ReleaseError, releases
from warehouse.release.soundness import check_current, check_ledger, damaged_text, damages

GOOD, WARN, BAD = "ok", "warn", "bad"
_PYTHON = ((3, 11), (3, 13))
# Below this many free bytes a refresh may end on a full disk.
_ROOM = 1_000_000_000
_SHOWN = 20
_HEAVY = ("dagster", "great_expectations", "dbt", "polars")


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `state` ok, warn or bad, and what to do unless it is ok."""

    what: str
    state: str
    text: str


def look(data: DataDir, config: Path | None) -> Iterator[Finding]:
    """Everything, in the order in which one thing needs the other."""
    yield python_version()
    yield from packages(INSTALLED / "uv.lock")
    yield bytecode()
    yield dbt_command()
    yield from data_directory(data, config)
    yield configuration(config)


def python_version() -> Finding:
    """Python 3.11 to 3.13."""
    found = sys.version_info[:2]
    text = f"{sys.version.split()[0]} at {sys.executable}"
    if _PYTHON[0] <= found <= _PYTHON[1]:
        return Finding("Python", GOOD, text)
    return Finding("Python", BAD, f"{text}: 3.11 to 3.13 is needed")


def packages(lock: Path) -> Iterator[Finding]:
    """Installed versions of what the project names against uv.lock (absent where it is installed as a wheel)."""
    if not lock.is_file():
        yield Finding("packages", WARN, "no uv.lock next to the code: versions cannot be compared")
        return
    # One name may be locked at several versions, for the Pythons and systems that each of them serves.
    locked: dict[str, list[str]] = {}
    for package in tomllib.loads(lock.read_text(encoding="utf-8"))["package"]:
        locked.setdefault(package["name"], []).append(package.get("version", ""))
    wrong = []
    for name in _direct(lock.with_name("pyproject.toml")):
        try:
            found = version(name)
        except PackageNotFoundError:
            wrong.append(f"{name} is missing")
            continue
        if name in locked and found not in locked[name]:
            wrong.append(f"{name} is {found}, locked {' or '.join(locked[name])}")
    if wrong:
        yield Finding("packages", BAD, "; ".join(wrong) + "; `uv sync` puts it right")
    else:
        yield Finding("packages", GOOD, "as locked")


def _direct(project: Path) -> list[str]:
    declared = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["dependencies"]
    return [re.split(r"[<>=!~\[; ]", entry, maxsplit=1)[0] for entry in declared]


def bytecode() -> Finding:
    """Whether the heavy packages are compiled: without bytecode they take 10 s to import instead of 3."""
    if os.environ.get("PYTHONDONTWRITEBYTECODE"):
        lacking = [name for name in _HEAVY if not _compiled(name)]
        if lacking:
            names = ", ".join(lacking)
            return Finding("bytecode", WARN, f"PYTHONDONTWRITEBYTECODE is set and {names} not compiled: unset it")
        return Finding("bytecode", GOOD, "compiled (PYTHONDONTWRITEBYTECODE is set, so our own modules are not kept)")
    lacking = [name for name in _HEAVY if not _compiled(name)]
    if lacking:
        names = ", ".join(lacking)
        return Finding("bytecode", WARN, f"{names} not compiled: every start is slow; `uv sync --compile-bytecode`")
    return Finding("bytecode", GOOD, "compiled")


def _compiled(package: str) -> bool:
    found = find_spec(package)
    if found is None or found.origin is None or not found.origin.endswith(".py"):
        return True
    return Path(cache_from_source(found.origin)).is_file()


def dbt_command() -> Finding:
    """dbt is next to this Python."""
    folder = Path(sys.executable).parent
    if any((folder / name).is_file() for name in ("dbt", "dbt.exe")):
        return Finding("dbt", GOOD, str(folder / "dbt"))
    return Finding("dbt", BAD, f"no dbt next to {sys.executable}: `uv sync` installs it")


def data_directory(data: DataDir, config: Path | None = None) -> Iterator[Finding]:
    """Writable, who writes, index, ledger, and every file of the lake and of the releases."""
    if not data.root.exists():
        yield Finding("data directory", GOOD, f"{data.root} does not exist yet; the first refresh makes it")
        return
    try:
        data.prepare()
        yield Finding("data directory", GOOD, str(data.root))
    except (DataDirError, DiskFull) as error:
        yield Finding("data directory", BAD, str(error))
    writing = holder(data)
    yield Finding("writer", GOOD, f"{writing} is writing" if writing else "nobody is writing")
    yield _disk(data)
    yield _index(data, writing is not None)
    yield _ledger(data)
    yield from _releases(data)
    yield from _lake(data, _known(config), writing is not None)


def _disk(data: DataDir) -> Finding:
    free = shutil.disk_usage(data.root).free
    text = f"{free / 1e9:,.1f} GB free"
    return Finding("disk", WARN if free < _ROOM else GOOD, text if free >= _ROOM else f"{text}: make room")


def _index(data: DataDir, busy: bool) -> Finding:
    if not data.index_file.exists():
        return Finding("index", GOOD, "none yet" if not data.raw.exists() else "missing: the next refresh rebuilds it")
    try:
        index = Index(data.index_file, read_only=True)
    except IndexUnusable as error:
        return Finding("index", WARN, f"{error}: the next refresh rebuilds it")
    try:
        marks = index.marks()
        deliveries = len(index.deliveries())
    finally:
        index.close()
    if marks and not busy:
        return Finding("index", WARN, f"a writer was stopped ({', '.join(marks)}): the next refresh puts it right")
    return Finding("index", GOOD, f"{deliveries} deliveries")


def _ledger(data: DataDir) -> Finding:
    try:
        check_ledger(data, last_refresh(data))
        ledger = Ledger(data.ledger_file)
        entries = ledger.entries()
    except LedgerError as error:
        return Finding("ledger", BAD, str(error))
    try:
        ledger.verify()
    except LedgerError as error:
        return Finding("ledger", WARN, f"{error}: the next refresh drops it")
    return Finding("ledger", GOOD, f"{len(entries)} entries, head {entries[-1].hash}" if entries else "no entry yet")


def _releases(data: DataDir) -> Iterator[Finding]:
    """The link, every file of every release that is kept, and the copies of all manifests."""
    try:
        known = releases(data)
        damaged = dict(damages(data))
    except LedgerError as error:
        yield Finding("current release", BAD, str(error))
        return
    release = next((r for r in known if r.state == "current"), None)
    try:
        check_current(data, last_refresh(data))
        if release not in damaged:
            found = f"{release.release_id}, every file as its manifest says" if release else "none yet"
            yield Finding("current release", GOOD, found)
    except (ReleaseError, LedgerError) as error:
        if release not in damaged:
            yield Finding("current release", BAD, str(error))
    for lost, wrong in damaged.items():
        yield Finding("current release" if lost == release else "release", BAD, damaged_text(lost, wrong))
    for entry in known:
        copy = data.ledger_manifests / f"{entry.release_id}.json"
        if not matches(copy, entry.manifest_sha256):
            yield Finding("manifest", BAD, f"{copy}: not the manifest that the ledger names; put it back from a backup")


def _known(config: Path | None) -> Registry:
    """The feeds, with the networks and registers of the configuration where that can be used."""
    try:
        return load_config(config).registry(registry())
    except ConfigError:
        return registry()


def _lake(data: DataDir, known: Registry, busy: bool) -> Iterator[Finding]:
    """Every raw and clean file against its receipt or sidecar; all of them are read."""
    if busy:
        yield Finding("lake", WARN, "somebody is writing: look again when nobody is")
        return
    index = None
    try:
        index = Index(data.index_file, read_only=True)
        found = list(everything(data, known, index))
    except IndexUnusable:
        found = list(everything(data, known, None))
    except ValueError as error:
        yield Finding("lake", BAD, f"{error}; put it back from a backup")
        return
    finally:
        if index:
            index.close()
    for damage in found[:_SHOWN]:
        yield Finding("lake", BAD, str(damage))
    if len(found) > _SHOWN:
        yield Finding("lake", BAD, f"and {len(found) - _SHOWN} more files")
    if not found:
        yield Finding("lake", GOOD, "every raw and clean file has its hash")


def configuration(config: Path | None) -> Finding:
    """The configuration can be used."""
    try:
        found = load_config(config)
    except ConfigError as error:
        return Finding("configuration", BAD, str(error))
    name = str(config) if config else "built-in simulated district"
    return Finding("configuration", GOOD, f"{name}: {len(found.sources)} sources")
