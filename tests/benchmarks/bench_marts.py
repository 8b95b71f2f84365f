"""What the marts cost: dbt next to SQL without dbt, over the same clean Parquet and the same seeds.

    python tests/benchmarks/bench_marts.py --clean DIR [--runs 3] [--all-runs 1] [--as-of '2026-11-26 06:24:00']

Two ratios. (1) The covered tables (COVERED, which carry most of the arithmetic over the large feeds): dbt builds them
with everything above them, and marts_by_hand/*.sql, written by hand for speed, computes them in one connection. Their
rows are compared, decimals exactly, in every column the script has; columns and published tables it lacks are printed.
(2) All marts: both dbt runs as a refresh makes them, and the same models' SQL, as compiled, in one connection over the
seeds and views dbt left there. The script does not cover all marts because by hand they would be the models over again,
text and all: thousands of lines that no one reads, and that would have to change with every model. Nor does it do all
that is above the covered tables: those models also serve other marts (every edition of air, every period of water)
and read what a user declares, where the script takes rules as of one day and the seeds as shipped.
Same threads and memory for all (ECOLEDGER_THREADS, ECOLEDGER_MEMORY); `--clean` is only read. Times are medians;
nothing is asserted about them, but unequal rows end with an error. Processor seconds are next to them: other work on
the machine disturbs them less. Not here: cleaning (bench_cleaning.py), the whole refresh (bench_refresh.py).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from sources.registry.feed_model import CROSS_DOMAIN
from warehouse.engine_limits import duckdb_limits
from warehouse.tables.admitted import CANDIDATE_SCHEMA, CROSS_SCHEMA
from warehouse.tables.catalogue import JUDGEMENT

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).resolve().parent / "marts_by_hand"
COVERED = (
    "mart_air_station_daily",
    "mart_noise_site_daily",
    "mart_waste_daily",
    "mart_water_item_monthly",
    "mart_water_section_monthly",
    "mart_energy_monthly",
    "mart_data_health",
)
PUBLISHED = (CANDIDATE_SCHEMA, CROSS_SCHEMA)
# As the profile and the variables of the dbt project set them.
SETTINGS = {
    **duckdb_limits(),
    "preserve_insertion_order": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
DISTRICT = {"district": "110105", "grid_region": "beijing"}
SECOND_RUN = (f"tag:{CROSS_DOMAIN}", f"tag:{JUDGEMENT}")
# One process: wall seconds, processor seconds, what it printed.
Run = tuple[float, float, Any]
Timed = dict[str, list[Run]]


def main() -> None:
    """Times and compares what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clean", type=Path, help="clean layer of a data directory")
    parser.add_argument("--as-of", help="moment that pending is judged against; default: the latest delivery")
    parser.add_argument("--runs", type=int, default=3, help="runs of each kind over the covered tables")
    parser.add_argument("--all-runs", type=int, default=1, help="runs of each kind over all marts; 0 leaves them out")
    parser.add_argument("--inside", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    if options.inside:
        kind, database, source, as_of = options.inside
        print(json.dumps(_script(database, source, as_of) if kind == "script" else _compiled(database, Path(source))))
        return
    if options.clean is None:
        parser.error("--clean is needed: the clean layer of a data directory")
    folder = Path(tempfile.mkdtemp(prefix="ecoledger-bench-"))
    try:
        equal = _bench(folder, options.clean.absolute(), options.as_of, options.runs, options.all_runs)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if not equal:
        raise SystemExit("the script and dbt do not agree")


def _bench(folder: Path, clean: Path, as_of: str | None, runs: int, all_runs: int) -> bool:
    as_of = as_of or _latest_delivery(clean)
    project = _Project(folder, clean, as_of)
    by_hand = folder / "by_hand.duckdb"
    print(f"as of {as_of}; {SETTINGS['threads']} threads, {SETTINGS['memory_limit']}; load {_load()}")
    # One of each in turn, so that whatever else the machine does falls on all of them.
    covered: Timed = {"tests": [], "models": [], "sql": []}
    for _ in range(runs):
        covered["tests"].append(project.build_covered(with_tests=True))
        covered["models"].append(project.build_covered(with_tests=False))
        covered["sql"].append(_process("script", by_hand, clean, as_of))
    _print_ratios(f"(1) covered tables, median of {runs}", "hand-written script", covered)
    seconds = [
        f"{name} {statistics.median(run[2][name] for run in covered['sql']):.1f}" for name in covered["sql"][0][2]
    ]
    print(f"script by file: {', '.join(seconds)}")
    equal = compare(project.database, by_hand)
    absent = project.not_covered()
    print(f"published tables not covered ({len(absent)}): {', '.join(absent)}")
    every: Timed = {"tests": [], "models": [], "sql": []}
    for _ in range(all_runs):
        every["tests"].append(project.build_all(with_tests=True))
        every["models"].append(project.build_all(with_tests=False))
        every["sql"].append(_process("sql", project.database, project.target, ""))
    if all_runs:
        _print_ratios(f"(2) all marts, median of {all_runs}", "the models' SQL, one connection", every)
    print(f"\nload at the end {_load()}")
    return equal


def _load() -> str:
    return " ".join(f"{load:.1f}" for load in os.getloadavg())


class _Project:
    """The dbt project over a clean layer, parsed once, each time into an empty database."""

    def __init__(self, folder: Path, clean: Path, as_of: str) -> None:
        from orchestration.dbt_runs.dbt_runner import prepare_manifest
        from warehouse.paths import DataDir

        self._data = DataDir(folder / "data").prepare()
        if not self._data.clean.exists():
            self._data.clean.symlink_to(clean)
        self._manifest = prepare_manifest(self._data)
        self._variables = {"as_of": as_of, "admitted_schema": CANDIDATE_SCHEMA}
        self.database = self._data.build_db
        self.target = self._data.dbt / "bench"

    def build_covered(self, with_tests: bool) -> Run:
        """The covered tables and all above them, in one run."""
        return self._build([["--select", *(f"+{name}" for name in COVERED)]], with_tests)

    def build_all(self, with_tests: bool) -> Run:
        """All marts, in the two runs of a refresh."""
        return self._build([[selects, *SECOND_RUN] for selects in ("--exclude", "--select")], with_tests)

    def not_covered(self) -> list[str]:
        """The published tables that the script does not compute."""
        nodes = json.loads(self._manifest.read_bytes())["nodes"].values()
        models = (n["name"] for n in nodes if n["resource_type"] == "model" and n["schema"] in PUBLISHED)
        return sorted(name for name in models if name not in COVERED)

    def _build(self, selections: Sequence[Sequence[str]], with_tests: bool) -> Run:
        """What is returned besides the times is seconds inside dbt and the sum over its models."""
        from tests.kit import run_dbt

        self.database.unlink(missing_ok=True)
        begin, used = time.perf_counter(), _children()
        inside, models = 0.0, 0.0
        options = ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "exposure"]
        options += [] if with_tests else ["--exclude-resource-type", "test"]
        options += ["--indirect-selection", "buildable"]
        for number, selection in enumerate(selections, 1):
            target = self.target.with_name(f"{self.target.name}{number}")
            run_dbt(self._data, ["build", *selection, *options], target, self._variables, self._manifest)
            report = json.loads((target / "run_results.json").read_bytes())
            results = report["results"]
            if failed := [r["unique_id"] for r in results if r["status"] not in ("success", "pass", "warn")]:
                raise SystemExit(f"dbt did not build everything: {failed[:5]}")
            inside += report["elapsed_time"]
            models += sum(r["execution_time"] for r in results if r["unique_id"].startswith("model."))
        return time.perf_counter() - begin, _children() - used, {"inside": inside, "models": models}


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _process(kind: str, database: Path, source: Path, as_of: str) -> Run:
    begin, used = time.perf_counter(), _children()
    command = [sys.executable, __file__, "--inside", kind, str(database), str(source), as_of]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return time.perf_counter() - begin, _children() - used, json.loads(done.stdout)


def _latest_delivery(clean: Path) -> str:
    with duckdb.connect() as con:
        files = f"{clean}/file_counts/**/*.parquet"
        rows = con.execute("select max(cast(delivered_at as timestamp)) from read_parquet(?)", [files]).fetchall()
    return f"{rows[0][0]:%Y-%m-%d %H:%M:%S}"


def _script(database: str, clean: str, as_of: str) -> dict[str, float]:
    """Runs the hand-written script into a new database; seconds of each of its files."""
    Path(database).unlink(missing_ok=True)
    seconds: dict[str, float] = {}
    with duckdb.connect(database, config=SETTINGS) as con:
        for name, value in {"clean": clean, "seeds": str(ROOT / "dbt_project" / "seeds"), **DISTRICT}.items():
            con.execute(f"set variable {name} = ?", [value])
        con.execute("set variable as_of = cast(? as timestamp)", [as_of])
        for file in sorted(SCRIPT.glob("*.sql")):
            begin = time.perf_counter()
            con.execute(file.read_text(encoding="utf-8"))
            seconds[file.stem] = time.perf_counter() - begin
    return seconds


def _compiled(database: str, target: Path) -> dict[str, float]:
    """Runs what dbt compiled over what dbt built, in one connection and in dbt's order: the SQL without dbt."""
    seconds: dict[str, float] = {}
    with duckdb.connect(database, config=SETTINGS) as con:
        for folder in (target.with_name(f"{target.name}{number}") for number in (1, 2)):
            manifest = json.loads((folder / "manifest.json").read_bytes())
            results = json.loads((folder / "run_results.json").read_bytes())
            for result in results["results"]:
                node = manifest["nodes"].get(result["unique_id"], {})
                if node.get("resource_type") == "model" and node["config"]["materialized"] == "table":
                    begin = time.perf_counter()
                    con.execute(f"create or replace table {result['relation_name']} as {result['compiled_code']}")
                    seconds[node["name"]] = time.perf_counter() - begin
    return seconds


def _print_ratios(title: str, sql: str, timed: Timed) -> None:
    def median(kind: str, part: int) -> float:
        return statistics.median(run[part] for run in timed[kind])

    def told(kind: str, what: str) -> float:
        return statistics.median(run[2][what] for run in timed[kind])

    statements = statistics.median(sum(run[2].values()) for run in timed["sql"])
    wall, cpu = median("sql", 0), median("sql", 1)
    print(f"\n{title:56}{'seconds':>9}{'ratio':>9}{'cpu':>9}{'ratio':>9}")
    for label, seconds, busy in (
        (f"{sql}, whole process", wall, cpu),
        ("  its statements", statements, None),
        ("dbt, models: sum over the models", told("models", "models"), None),
        ("dbt, models: elapsed inside dbt, seeds too", told("models", "inside"), None),
        ("dbt, models: whole process", median("models", 0), median("models", 1)),
        ("dbt, models and data tests: elapsed inside dbt", told("tests", "inside"), None),
        ("dbt, models and data tests: whole process", median("tests", 0), median("tests", 1)),
    ):
        share = f"{busy:9.1f}{busy / cpu:8.2f}x" if busy is not None else ""
        print(f"  {label:54}{seconds:9.1f}{seconds / wall:8.2f}x{share}")


def compare(dbt: Path, by_hand: Path) -> bool:
    """Prints what the script covers and whether its rows are dbt's; whether all are, as multisets of rows."""
    all_equal = True
    with duckdb.connect(config=SETTINGS) as con:
        con.execute(f"attach '{dbt}' as dbt (read_only)")
        con.execute(f"attach '{by_hand}' as hand (read_only)")
        columns: dict[tuple[str, str], list[str]] = {}
        schemas: dict[str, str] = {}
        for database, schema, table, column in con.execute(
            "select database_name, schema_name, table_name, column_name from duckdb_columns()"
            " where database_name in ('dbt', 'hand') order by column_index"
        ).fetchall():
            columns.setdefault((database, table), []).append(column)
            schemas[table] = schema if database == "dbt" else schemas.get(table, schema)
        print("\ncovered tables")
        for table in COVERED:
            theirs, ours = columns["dbt", table], columns.get(("hand", table), [])
            names = [name for name in theirs if name in ours]
            places = (f"dbt.{schemas[table]}.{table}", f"hand.{table}")
            rows = _apart(con, places, names)
            same = not any(rows) and set(ours) <= set(theirs)
            differing = [] if same else [name for name in names if any(_apart(con, places, [name]))]
            all_equal = all_equal and same
            count = con.execute(f"select count(*) from {places[0]}").fetchall()[0][0]
            verdict = "equal" if same else f"NOT EQUAL ({rows[0]} only in dbt, {rows[1]} only in script: {differing})"
            absent = ", ".join(name for name in theirs if name not in ours) or "none"
            print(f"  {table}: {count} rows, {len(names)} of {len(theirs)} columns {verdict}; not computed: {absent}")
    return all_equal


def _apart(con: duckdb.DuckDBPyConnection, places: tuple[str, str], names: Sequence[str]) -> list[int]:
    shown = ", ".join(f'"{name}"' for name in names) or "1"
    pairs = (places, places[::-1])
    queries = [f"select count(*) from (select {shown} from {a} except all select {shown} from {b})" for a, b in pairs]
    return [con.execute(query).fetchall()[0][0] for query in queries]


if __name__ == "__main__":
    main()
