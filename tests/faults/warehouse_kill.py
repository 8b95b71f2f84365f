"""Runs one step of the warehouse in a child that is killed at its n-th file operation, then recovers and runs it again.

Started as a program by test_warehouse_kill. It only imports and forks: polars and DuckDB start their threads in the
children, never here. The kill comes from an audit hook of the child, so production code knows nothing of it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import polars as pl

from sources.cleaning.clean_run import Setup, clean_deliveries
from sources.cleaning.fingerprint import source_fingerprints
from sources.config.model import Config, Thresholds
from sources.registry.read_registry import registry
from tests.unit import cleaning_kit
from tests.unit import warehouse_kit as kit
from warehouse.lake.lake import open_lake
from warehouse.paths import DataDir
from warehouse.recovery import recover
from warehouse.release.ledger import Ledger
from warehouse.release.losses import Signed, repair
from warehouse.release.releases import current, prune, read_manifest, releases, rollback, verify_files

WATCHED = {f"os.{name}" for name in ("rename", "remove", "rmdir", "mkdir", "link", "symlink", "truncate", "chmod")} | {
    "sqlite3.connect"
}
_MODES = ("w", "a", "x", "+")


def land(data: DataDir) -> None:
    with open_lake(data, registry()) as lake:
        offered = {"one.csv": (1, b"first"), "two.csv": (2, b"second"), "two again.csv": (3, b"second")}
        due = lake.unseen([kit.offer(name, day=day) for name, (day, _) in offered.items()])
        if due:
            with lake.batch():
                for offer in due:
                    lake.land(offer, io.BytesIO(offered[offer.offer_id][1]), kit.source())


def clean(data: DataDir) -> None:
    with open_lake(data, registry()) as lake:
        waiting = lake.uncleaned("air", {"test_air": "f2"})
        if waiting:
            first, second = (d.receipt.delivery_id for d in lake.deliveries("air")[:2])
            with lake.cleanings():
                kit.clean_lake(lake, first, second, fingerprint="f2")


def clean_before(data: DataDir) -> None:
    """What is there before `clean` runs: the same deliveries, cleaned by other rules into other partitions."""
    with open_lake(data, registry()) as lake:
        first, second = kit.fill_lake(lake)
        with lake.cleaning():
            lake.write_partition(
                "clean_air", "2026-11-03", kit.air_rows(second, 3), kit.nothing(), {second: kit.counts(3)}
            )
            lake.record_file("air", second, kit.file_counts(7, [1, 2, 3], quarantined=1), "f1")
            lake.record_file("air", first, kit.file_counts(3, [1]), "f1")
    with open_lake(data, registry()) as lake, lake.cleaning():
        lake.write_partition("clean_air", "2026-11-03", kit.nothing(), kit.nothing(), {})
        lake.record_file("air", second, kit.file_counts(4, [1, 2], quarantined=1), "f1")


CITY, TOWN = cleaning_kit.air_source(id="city"), cleaning_kit.air_source(id="town")
OWN = replace(TOWN, thresholds={"pm2_5": Thresholds(unit="ug/m3", suspect_max=Decimal(30))})


def cleaned_under(data: DataDir, config: Config) -> None:
    """Cleans what waits, and renews the flags that other thresholds set."""
    prints = source_fingerprints(config, registry())
    with open_lake(data, registry()) as lake:
        waiting = lake.uncleaned("air", prints)
        with lake.cleaning():
            clean_deliveries("air", Setup(config, cleaning_kit.register(), prints), waiting, lake)


def renew_before(data: DataDir) -> None:
    """Three days of two stations by two sources, flagged by the registry's thresholds."""
    with open_lake(data, registry()) as lake, lake.batch():
        for source, values, station in ((CITY, range(20, 92), "C"), (TOWN, range(97, 25, -1), "T")):
            text = cleaning_kit.hours(map(str, values), "2026-10-01 00:00", station)
            lake.land(kit.offer(f"{source.id}.csv", source_id=source.id), io.BytesIO(text.encode()), source)
    cleaned_under(data, cleaning_kit.config(CITY, TOWN))


def renew(data: DataDir) -> None:
    """One of the sources sets a threshold: what it delivered is flagged anew, and nothing else is touched."""
    cleaned_under(data, cleaning_kit.config(CITY, OWN))


def late_before(data: DataDir) -> None:
    """A month of two days, cleaned, and what lands when it is over: a correction of its second day."""
    with open_lake(data, registry()) as lake:
        kit.fill_lake(lake)
        kit.land(lake, "late.csv", b"late", day=30)


def late(data: DataDir) -> None:
    """Replaces the second day, of which the first delivery knows nothing, and brings a day of the month before."""
    with open_lake(data, registry()) as lake:
        waiting = [d.receipt.delivery_id for d in lake.uncleaned("air", {"test_air": "f1"})]
        first, second, third = (d.receipt.delivery_id for d in lake.deliveries("air"))
        if first in waiting:
            # A kill may cost the month that it met: then its deliveries are due again.
            kit.clean_lake(lake, first, second)
        if waiting:
            with lake.cleaning():
                before = kit.air_rows(third, 1).with_columns(
                    pl.col("period_start", "period_end", "period_start_utc").dt.offset_by("-1d")
                )
                lake.write_partition("clean_air", "2026-10-31", before, kit.nothing(), {third: kit.counts(3)})
                tally = {second: kit.counts(0, 3), third: kit.counts(3)}
                now = kit.air_rows(third, 2, value=90)
                lake.write_partition("clean_air", "2026-11-02", now, kit.air_rows(second, 2), tally)
                touches = (("clean_air", "2026-10-31"), ("clean_air", "2026-11-02"))
                lake.record_file("air", second, kit.file_counts(4, [1, 2], quarantined=1), "f1")
                lake.record_file("air", third, replace(kit.file_counts(6, []), touches=touches), "f1")


# Domain marts are built by day: of mart_water one of two months is replaced.
BY_DAY = replace(
    kit.CATALOGUE, tables=tuple(replace(t, day="day") if t in (kit.WATER, kit.AIR) else t for t in kit.CATALOGUE.tables)
)


def publish(data: DataDir) -> None:
    kit.refresh(data, {"mart_air": 2, "mart_water": 2}, failed=("air",), as_of=kit.AS_OF, catalogue=BY_DAY)


def publish_before(data: DataDir) -> None:
    kit.refresh(data, {"mart_air": 1}, catalogue=BY_DAY)


def back(data: DataDir) -> None:
    first = releases(data)[0]
    if current(data) != first:
        rollback(data, first.release_id, "me", "wrong", kit.NOW)


def prune_old(data: DataDir) -> None:
    prune(data, keep=1, at=kit.NOW)


def three_releases(data: DataDir) -> None:
    for value in (1, 2, 3):
        kit.refresh(data, {"mart_air": value})


def damaged(data: DataDir) -> None:
    """Three releases, of which the first and the current one are damaged."""
    three_releases(data)
    for release in (releases(data)[0], releases(data)[2]):
        file = release.path / "marts.duckdb"
        file.chmod(0o644)
        file.write_bytes(file.read_bytes()[:-1])


def repair_all(data: DataDir) -> None:
    repair(data, registry(), kit.ZONE, {}, Signed("me", "the disk failed"), restart=False)


# step → (what is there before it, the step itself)
STEPS: dict[str, tuple[Callable[[DataDir], None], Callable[[DataDir], None]]] = {
    "land": (lambda data: None, land),
    "clean": (clean_before, clean),
    "renew": (renew_before, renew),
    "late": (late_before, late),
    "publish": (publish_before, publish),
    "rollback": (three_releases, back),
    "prune": (three_releases, prune_old),
    "repair": (damaged, repair_all),
}


def state(data: DataDir) -> dict[str, object]:
    """Everything readers, auditors and the next run can see, without what names a moment."""
    lake_files = {}
    for top in (data.raw, data.clean, data.superseded, data.quarantine):
        for path in sorted(p for p in top.rglob("*") if p.is_file()):
            content = path.read_bytes()
            if path.name.endswith(".receipt.json"):
                content = json.dumps({**json.loads(content), "landed_at": ""}).encode()
            if "file_counts" in path.parts or path.name == "offers.jsonl":
                # They hold landing times; offers may be told again after a kill.
                continue
            lake_files[path.relative_to(data.root).as_posix()] = hashlib.sha256(content).hexdigest()
    index: dict[str, object] = {}
    if data.index_file.exists():
        with open_lake(data, registry()) as lake:
            dump = lake.index.dump()
            index = {t: repr(dump[t]) for t in ("offers", "files", "partitions", "touches", "cleaned")}
    known = releases(data)
    now = current(data)
    return {
        "lake": lake_files,
        "index": index,
        "releases": [[r.release_id, r.digest, r.state, r.path.exists()] for r in known],
        "current": [data.current.readlink().name, verify_files(now)] if now else None,
        "tables": [[t["name"], t["digest"], t["state"]] for t in read_manifest(now)["tables"][:3]] if now else None,
        "ledger": [e.kind for e in Ledger(data.ledger_file).entries()],
        "strays": sorted(p.name for p in data.root.rglob(".tmp-*") if "build" not in p.parts),
    }


def _child(work: Callable[[], object]) -> int:
    """Runs `work` in a forked child; gives its wait status."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
    return os.waitpid(pid, 0)[1]


def _watching(root: Path, reached: Callable[[int], None], work: Callable[[], object]) -> Callable[[], None]:
    """`work`, with `reached(n)` called just before its n-th file operation below `root`."""

    def run() -> None:
        number = 0

        def hook(event: str, arguments: tuple) -> None:
            nonlocal number
            if event == "open":
                path, mode, flags = arguments
                writes = any(m in (mode or "") for m in _MODES) or (mode is None and flags & (os.O_WRONLY | os.O_RDWR))
                counts = writes and isinstance(path, str) and path.startswith(str(root))
            else:
                counts = event in WATCHED
            if counts:
                number += 1
                reached(number)

        sys.addaudithook(hook)
        work()

    return run


def _killed_at(number: int, root: Path, work: Callable[[], object]) -> Callable[[], None]:
    def reached(now: int) -> None:
        if now == number:
            os.kill(os.getpid(), signal.SIGKILL)

    return _watching(root, reached, work)


def _operations(data: DataDir, act: Callable[[DataDir], None]) -> int:
    """How many file operations the step makes."""
    counter = data.root.parent / "operations"
    total = 0

    def reached(now: int) -> None:
        nonlocal total
        total = now

    def work() -> None:
        _watching(data.root, reached, lambda: act(data))()
        counter.write_text(str(total))

    assert _child(work) == 0
    return int(counter.read_text())


def main(step: str, folder: Path, every: int) -> None:
    """Prints one JSON line: the undisturbed state, and for each kill point what differs after recovery and rerun.

    `every` takes only each so-manieth file operation; the last ones, around the ledger and the flip, are always tried.
    """
    before, act = STEPS[step]
    template = DataDir(folder / "template")
    template.root.mkdir()
    assert _child(lambda: before(template)) == 0

    def copy(name: str) -> DataDir:
        shutil.copytree(template.root, folder / name, symlinks=True)
        return DataDir(folder / name)

    def finished(data: DataDir) -> object:
        out = folder / "state.json"

        def work() -> None:
            recover(data)
            act(data)
            recover(data)
            out.write_text(json.dumps(state(data)))

        assert _child(work) == 0
        return json.loads(out.read_text())

    undisturbed = finished(copy("undisturbed"))
    total = _operations(copy("counted"), act)
    tried = [n for n in range(1, total + 1) if n % every == 0 or n > total - 8]
    differing = []
    for number in tried:
        data = copy(f"kill{number}")
        status = _child(_killed_at(number, data.root, lambda data=data: act(data)))
        assert os.WIFSIGNALED(status), f"file operation {number} was not reached"
        found = finished(data)
        if found != undisturbed:
            wrong = {k: [undisturbed[k], found[k]] for k in undisturbed if undisturbed[k] != found[k]}
            differing.append({"kill": number, "wrong": wrong})
        shutil.rmtree(data.root)
    print(json.dumps({"undisturbed": undisturbed, "kills": len(tried), "differing": differing}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
