"""Small inputs of the kinds that people bring, each with the configuration a user would write; refreshed together.

A case is a folder: sources.toml (its part of an ecoledger.toml), sites.csv and in/. All share one configuration and one
refresh, in directories whose names hold every character that may mean something. Not here: the right values
(test_cases.py).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.kit import Ran, current, parsed, run_cli
from warehouse.duck import file_pattern
from warehouse.paths import DataDir
from warehouse.sql import literal

HERE = Path(__file__).parent
# Quotes, wildcards, braces and a blank: a neighbour `zk` must not be read in the place of `z[k]`.
FOLDER = "it's z[k] {x} *"
DISTRICT = """[district]
area_code = "110105"
name_zh = "朝'阳{{{{区}}}}"
name_en = "Chaoyang {{District}}"
reporting_zone = "Asia/Shanghai"
start = 2013-01-01
[sites]
files = {sites}

"""


@dataclass(frozen=True)
class Cases:
    """All cases published: where their data lies and what the refresh said."""

    data: Path
    ran: Ran

    def clean(self, table: str, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query over one clean table, called `clean`."""
        files = literal(f"{file_pattern(self.data)}/clean/{table}/**/*.parquet")
        with duckdb.connect() as con:
            source = f"read_parquet({files}, hive_partitioning = false)"
            return con.execute(f"with clean as (from {source}) {sql}").fetchall()

    def released(self, sql: str) -> list[dict[str, Any]]:
        """Rows of a query over the release, as BI reads it."""
        return current(self.data, sql)

    def candidate(self, sql: str) -> list[dict[str, Any]]:
        """Rows of a query over what was built and not yet judged: other cases quarantine too much of noise."""
        with duckdb.connect(str(DataDir(self.data).build_db), read_only=True) as con:
            found = con.execute(sql)
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def counts(self, source_prefix: str) -> list[dict[str, Any]]:
        """The rows of mart_delivery_counts of the sources of a case."""
        return self.released(f"select * from mart_delivery_counts where source_id like '{source_prefix}%' order by all")


def growing_keys() -> str:
    """20,000 records, each with a key of its own (1.2 MB)."""
    days = ((f"2026-{1 + n // 672:02}-{1 + n // 24 % 28:02}", n % 24) for n in range(20_000))
    records = ({"site": "A21", "time": f"{d} {h:02}:00", "leq": 50, f"k{n:05}": 1} for n, (d, h) in enumerate(days))
    return json.dumps(list(records))


MADE: dict[str, tuple[str, Callable[[], str]]] = {
    "c21": ("g.json", growing_keys),
    "c22": ("huge.json", lambda: '[{"site":"A22","time":"2026-07-02 00:00","leq":' + "9" * 5_000_000 + "}]"),
}


def lay(folder: Path) -> Path:
    """Writes one configuration of all cases next to their files; gives its path."""
    cases = sorted(HERE.glob("c*_*"))
    text = DISTRICT.format(sites=json.dumps([f"{case.name}/sites.csv" for case in cases]))
    for case in cases:
        shutil.copytree(case, folder / case.name)
        if made := MADE.get(case.name[:3]):
            (folder / case.name / "in").mkdir()
            (folder / case.name / "in" / made[0]).write_text(made[1](), encoding="utf-8")
        text += (case / "sources.toml").read_text(encoding="utf-8").replace('path = "', f'path = "{case.name}/') + "\n"
    config = folder / "ecoledger.toml"
    config.write_text(text, encoding="utf-8")
    return config


@pytest.fixture(scope="session")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Cases:
    """One refresh over all cases."""
    folder = tmp_path_factory.mktemp("cases") / FOLDER
    (folder / "user").mkdir(parents=True)
    config = lay(folder / "user")
    data = DataDir(folder / "data")
    parsed(data)
    return Cases(data.root, run_cli("refresh", "--data", str(data.root), "--config", str(config), "--json"))
