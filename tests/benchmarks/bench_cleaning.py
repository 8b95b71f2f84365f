"""How fast cleaning is on one core, and how much memory a delivery of 1 GB takes. Prints figures, asserts nothing.

    python tests/benchmarks/bench_cleaning.py            # speed: parse, resolve and flags, one core
    python tests/benchmarks/bench_cleaning.py --big 1024 # memory and CPU: one CSV of so many MB into a lake
    … --big 1024 --stations 20000 --feed energy          # the same where whole months are larger than the budget

Here belong measured runs only. Not here: what is right (tests/unit/test_cleaning_*.py).
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROWS = 200_000
VALUES = ("PM2.5", "PM10", "SO2", "NO2", "CO", "O3")
CODES = ("pm2_5", "pm10", "so2", "no2", "co", "o3")


def line(station: int, hour: int) -> str:
    """One row of plausible air values; every 97th cell a missing mark."""
    stamp = datetime(2013, 1, 1) + timedelta(hours=hour)
    seed = (station * 7919 + hour * 104729) % 9973
    cells = [f"{(seed * (k + 3) % 2900) / 10:.1f}" if (seed + k) % 97 else "NA" for k in range(len(VALUES))]
    return f"S{station:04d},{stamp:%Y-%m-%d %H:%M},{','.join(cells)}\n"


def write_csv(path: Path, size: int, stations: int) -> int:
    """Writes at least `size` bytes of hours of `stations`, station after station within a month; gives the rows."""
    rows = 0
    with path.open("w") as file:
        written = file.write("station,time," + ",".join(VALUES) + "\n")
        month = 0
        while written < size:
            for station in range(stations):
                block = "".join(line(station, month * 720 + hour) for hour in range(720))
                written += file.write(block)
                rows += 720
                if written >= size:
                    break
            month += 1
    return rows


def source(feed: str = "air"):
    """Six pollutants an hour (days as partitions), or as many carriers of meters (months as partitions)."""
    from sources.config.model import ColumnMapping, ValueMapping
    from tests.unit.cleaning_kit import air_source

    if feed == "energy":
        carriers = (
            ("electricity", "kWh"), ("reactive_power", "kvarh"), ("natural_gas", "m3"), ("heat", "MJ"),
            ("diesel", "kg"), ("lpg", "kg"),
        )  # fmt: skip
        columns = {"flow": "use", "sector": "industry", "metering": "meter"}
        return air_source(
            feed="energy",
            table="clean_energy",
            columns={name: ColumnMapping(constant=word) for name, word in columns.items()},
            values=tuple(ValueMapping(v, c, u) for v, (c, u) in zip(VALUES, carriers, strict=True)),
        )
    units = ("ug/m3",) * 4 + ("mg/m3", "ug/m3")
    return air_source(values=tuple(ValueMapping(v, c, u) for v, c, u in zip(VALUES, CODES, units, strict=True)))


def speed() -> None:
    """Parse, resolve and flags apart from reading and writing, on one core."""
    import polars as pl

    from sources.cleaning.cadence import cadences
    from sources.cleaning.parse import parse
    from sources.cleaning.register import SiteRegister
    from sources.cleaning.resolve import Order, resolve
    from sources.cleaning.series import SeriesRules, flags, lean_staged
    from sources.cleaning.source_plan import plan_for
    from sources.cleaning.staged import FILE, Codes, InvalidMarks
    from sources.readers import read_rows
    from sources.registry import registry
    from tests.unit.cleaning_kit import config, register

    declared = source()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "air.csv"
        write_csv(path, 60 * ROWS, 200)
        start = time.perf_counter()
        with path.open("rb") as stream:
            raw = pl.concat(b.frame for b in read_rows(stream, path.name, declared.format))
        reading = time.perf_counter() - start
    raw = raw.head(ROWS).with_columns(pl.lit(0, pl.UInt32).alias(FILE))
    plan = plan_for(declared, registry(), config(declared))
    codes = Codes()
    delivered = pl.Series([datetime(2026, 1, 1)])
    sites = SiteRegister(register(), "air")
    table = registry().table("clean_air")
    parameters = plan.feed.parameters_of("clean_air")
    ordered = tuple(parameters[c] for c in sorted(parameters))
    rules = SeriesRules(table, ordered, dict(cadences([declared])), {})

    def once() -> tuple[float, float, float, int]:
        begin = time.perf_counter()
        readings = parse(plan, raw, delivered, sites, codes).readings
        parsed = time.perf_counter()
        marks = InvalidMarks.of([declared.id], {}, codes)
        one = pl.Series([0], dtype=pl.UInt32)
        order = Order(one, one, one, pl.Series(["observed"]), codes.sites.ranks(), codes.column_places(), marks)
        current = resolve(readings, table, order).current
        resolved = time.perf_counter()
        flags(lean_staged(current, pl.Series([declared.id]), rules, marks), None, rules)
        return parsed - begin, resolved - parsed, time.perf_counter() - resolved, readings.height

    runs = [once() for _ in range(5)]
    best = [min(r[i] for r in runs) for i in range(3)]
    count = runs[0][3]
    print(f"{count:,} readings of {raw.height:,} rows, {pl.thread_pool_size()} polars thread(s), best of {len(runs)}")
    print(f"  read (not counted)  {reading:6.2f} s for the whole file")
    for name, seconds in zip(("parse", "resolve", "flags"), best, strict=True):
        print(f"  {name:<19} {seconds:6.2f} s  {count / seconds / 1e6:6.2f} M readings/s")
    print(f"  together            {sum(best):6.2f} s  {count / sum(best) / 1e6:6.2f} M readings/s and core")


def big(path: Path, stations: int, feed: str) -> None:
    """Cleans the file at `path` into a lake; prints CPU seconds and the highest resident memory before and after."""
    from sources.cleaning.clean_run import Setup, clean_deliveries
    from sources.cleaning.fingerprint import source_fingerprints
    from sources.deliveries import Offer
    from sources.registry import registry
    from tests.unit.cleaning_kit import NOON, config, register
    from warehouse.lake.lake import open_lake
    from warehouse.paths import DataDir

    declared, known = source(feed), registry()
    prints = source_fingerprints(config(declared), known)
    with tempfile.TemporaryDirectory() as folder, open_lake(DataDir(Path(folder)).prepare(), known) as lake:
        with path.open("rb") as file:
            lake.land(Offer(feed, declared.id, path.name, path.name, "1", NOON, "file name"), file, declared)
        before, wall, cpu = _peak(), time.perf_counter(), time.process_time()
        with lake.cleaning():
            waiting = lake.uncleaned(feed, prints)
            report = clean_deliveries(feed, Setup(config(declared), register(), prints, known), waiting, lake)
            lake.finish_cleaning()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        files = len(lake.index.files())
    print(
        f"{path.stat().st_size / 2**20:,.0f} MB, {stations} stations: {report.readings_in:,} readings in "
        f"{len(report.partitions):,} partitions, {files:,} files; {cpu:,.2f} CPU s, {wall:,.1f} s with reading and "
        f"writing, {report.readings_in / cpu / 1e6:.3f} M readings per CPU s; "
        f"peak {before:,.0f} MB before, {_peak():,.0f} MB after"
    )


def _peak() -> float:
    """Highest resident memory so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Runs what the command line asks for, in a process with pinned threads."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--big", type=int, metavar="MB", help="clean one generated file of so many MB")
    options.add_argument("--stations", type=int, default=200, help="stations in the generated file")
    options.add_argument("--feed", choices=("air", "energy"), default="air", help="partitions are days, or months")
    options.add_argument("--inside", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    sys.path.insert(0, str(ROOT))
    if chosen.inside == "speed":
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        speed()
        return
    if chosen.inside:
        big(Path(chosen.inside), chosen.stations, chosen.feed)
        return
    if chosen.big is None:
        env = {**os.environ, "POLARS_MAX_THREADS": "1"}
        subprocess.run([sys.executable, __file__, "--inside", "speed"], env=env, check=True)
        return
    from tests.benchmarks.bench_refresh import loop

    print(f"a loop of 20 million: {loop():.2f} CPU s", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "big.csv"
        write_csv(path, chosen.big * 2**20, chosen.stations)
        again = [sys.executable, __file__, "--inside", str(path), "--feed", chosen.feed]
        subprocess.run([*again, "--stations", str(chosen.stations)], check=True)


if __name__ == "__main__":
    main()
