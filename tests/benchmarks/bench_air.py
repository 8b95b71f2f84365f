"""Whole-process time and memory of a wide air network: years of monthly CSVs, then one more day of every station.

Run it by hand: `uv run python -m tests.benchmarks.bench_air [--stations 43] [--years 5] [--keep DIR]`; 43 stations over
five years are 11.4 million readings. It prints figures and asserts nothing; the loop compares machines. The same with
`--years 1` next to it says how a day's cost follows the length of history. Not here: the built-in district
(bench_refresh.py) or cleaning alone (bench_cleaning.py).
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from tests.benchmarks.bench_refresh import line, loop, measured

POLLUTANTS = {"pm25": "pm2_5", "pm10": "pm10", "so2": "so2", "no2": "no2", "co": "co", "o3": "o3"}
# The first year after the history: what lies in the future would be quarantined.
END_YEAR = 2026
MISSING, RESENT = 0.02, 0.005
CONFIG = """[district]
area_code = "110105"
name_zh = "朝阳区"
name_en = "Chaoyang District"
start = {first}-01-01

[sites]
files = ["sites.csv"]

[[source]]
id = "wide"
feed = "air"
table = "clean_air"
path = "files/*.csv"
cadence_min = 60
owner = "benchmark"
licence = "none"

[source.format]
missing = ["NA"]

[source.time]
columns = ["time"]
formats = ["%Y-%m-%d %H:%M"]
marks = "start"
duration_min = 60

[source.site]
column = "station"

[source.values]
"""


def hours(first: date, end: date, stations: int, rng: np.random.Generator) -> pl.DataFrame:
    """Plausible hours of every station from `first` to before `end`, some values missing, some rows sent twice."""
    times = np.arange(np.datetime64(first, "h"), np.datetime64(end, "h"), np.timedelta64(1, "h"))
    n = len(times) * stations
    base = 35 + 25 * np.cos(2 * np.pi * (first.month - 1) / 12) + rng.normal(0, 3, n)

    def drawn(middle: np.ndarray | float, spread: float, least: float) -> np.ndarray:
        return np.round(np.maximum(least, middle + rng.normal(0, spread, n)), 1)

    frame = pl.DataFrame(
        {
            "station": np.repeat([f"S{i:03d}" for i in range(stations)], len(times)),
            "time": np.tile(times.astype("datetime64[us]"), stations),
            "pm25": drawn(base, 12, 1),
            "pm10": drawn(base * 1.6, 20, 2),
            "so2": drawn(6, 2, 1),
            "no2": drawn(30, 10, 2),
            "co": drawn(0.6, 0.2, 0.1),
            "o3": drawn(70, 40, 2),
        }
    )
    kept = {c: pl.Series(rng.random(n) >= MISSING) for c in POLLUTANTS}
    frame = frame.with_columns(pl.when(kept[c]).then(pl.col(c)).otherwise(None).alias(c) for c in POLLUTANTS)
    again = frame.sample(fraction=RESENT, seed=1)
    return pl.concat([frame, again]).with_columns(pl.col("time").dt.strftime("%Y-%m-%d %H:%M"))


def write(folder: Path, first: date, end: date, stations: int, rng: np.random.Generator) -> int:
    """One delivery of the hours from `first` to before `end`; gives its cells with a value."""
    frame = hours(first, end, stations, rng)
    frame.write_csv(folder / f"air_{first:%Y%m%d}.csv", null_value="NA")
    return sum(frame[c].count() for c in POLLUTANTS)


def months(years: int) -> list[tuple[date, date]]:
    """First day of every month, and of the one after."""
    firsts = [date(END_YEAR - years + n // 12, n % 12 + 1, 1) for n in range(12 * years + 1)]
    return list(itertools.pairwise(firsts))


def main() -> None:
    """Refreshes of the network: the years at once, a further day, nothing new."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stations", type=int, default=43)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="folder to use and keep")
    options = parser.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="ecoledger-bench-air-"))
    rng = np.random.default_rng(7)
    files = folder / "files"
    files.mkdir(parents=True, exist_ok=True)
    values = [f'"{c}" = {{ parameter = "{p}", unit = "{unit(p)}" }}' for c, p in POLLUTANTS.items()]
    (folder / "ecoledger.toml").write_text(
        CONFIG.format(first=END_YEAR - options.years) + "\n".join(values), encoding="utf-8"
    )
    columns = "site_id,feed,name_zh,name_en,kind,network,area_code,water_type,assessed,valid_from,provenance"
    sites = [
        f"S{i:03d},air,站{i},S{i},station,national,110105,,true,2013-01-01,observed" for i in range(options.stations)
    ]
    (folder / "sites.csv").write_text("\n".join((columns, *sites)) + "\n", encoding="utf-8")
    print(f"{'a loop of 20 million':24} {loop():7.1f} CPU s", flush=True)
    try:
        readings = sum(write(files, a, b, options.stations, rng) for a, b in months(options.years))
        print(f"{readings:,} readings")
        refresh = ("--config", str(folder / "ecoledger.toml"))
        line("first refresh", *measured(folder / "data", refresh))
        end = months(options.years)[-1][1]
        for label, days in (("one further day", 0), ("one more", 1)):
            first = end + timedelta(days=days)
            write(files, first, first + timedelta(days=1), options.stations, rng)
            line(label, *measured(folder / "data", refresh))
        line("nothing new", *measured(folder / "data", refresh))
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)


def unit(parameter: str) -> str:
    """What the values are delivered in."""
    return "mg/m³" if parameter == "co" else "µg/m³"


if __name__ == "__main__":
    sys.exit(main())
