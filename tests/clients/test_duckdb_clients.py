"""DuckDB clients of other versions open a released marts.duckdb read-only and read every mart alike.

Each version lives in an environment of its own, made here with uv outside the project's lock and kept in the user's
cache. Needs a package index: marker `clients`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.warehouse_kit import CATALOGUE, mart, refresh
from warehouse.paths import DataDir
from warehouse.tables.catalogue import Catalogue, MartColumn

pytestmark = pytest.mark.clients

VERSIONS = ("1.4", "1.5", "2")
ENVIRONMENTS = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ecoledger" / "clients"

# Every type a published table may have.
EVERY_TYPE = mart(
    "mart_types",
    "air",
    (
        MartColumn("n", "bigint", "A number"),
        MartColumn("seen", "timestamp", "A moment"),
        MartColumn("share", "decimal(9,4)", "A share"),
        MartColumn("wide", "decimal(38,2)", "A wide number"),
    ),
)

# Runs in the client's own environment: standard library and duckdb only.
READER = """
import hashlib, json, sys
import duckdb
con = duckdb.connect(sys.argv[1], read_only=True)
tables = {}
for (name,) in con.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall():
    described = [row[:2] for row in con.execute(f'DESCRIBE "{name}"').fetchall()]
    rows = con.execute(f'SELECT * FROM "{name}"').fetchall()
    (count,) = con.execute(f'SELECT count(*) FROM "{name}"').fetchone()
    (comment,) = con.execute("SELECT comment FROM duckdb_tables() WHERE table_name = ?", [name]).fetchone()
    text = "\\n".join(sorted(repr(row) for row in rows))
    tables[name] = {
        "columns": described,
        "rows": len(rows),
        "count": count,
        "comment": comment,
        "content": hashlib.sha256(text.encode()).hexdigest(),
    }
try:
    con.execute("CREATE TABLE mine (a INT)")
    wrote = True
except duckdb.Error:
    wrote = False
print(json.dumps({"version": duckdb.__version__, "tables": tables, "wrote": wrote}))
"""


def uv() -> str:
    """The uv that runs the tests (it says so in UV), else the one on the path."""
    found = os.environ.get("UV") or shutil.which("uv")
    assert found, "uv is not installed"
    return found


@pytest.fixture(scope="session", params=VERSIONS)
def client(request: pytest.FixtureRequest) -> tuple[str, Path]:
    """A version and the Python of an environment that has it."""
    version = request.param
    home = ENVIRONMENTS / f"duckdb-{version}-py{sys.version_info.major}{sys.version_info.minor}"
    python = home / "bin" / "python"
    ready = home / "ready"
    if not ready.exists():
        ENVIRONMENTS.mkdir(parents=True, exist_ok=True)
        environment = {k: v for k, v in os.environ.items() if k != "VIRTUAL_ENV"}
        for command in (
            ["venv", "--clear", "--quiet", "--python", sys.executable, str(home)],
            ["pip", "install", "--quiet", "--python", str(python), f"duckdb=={version}.*"],
        ):
            subprocess.run([uv(), *command], check=True, env=environment, cwd=ENVIRONMENTS, timeout=600)
        ready.write_text("")
    return version, python


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released marts.duckdb with a fresh, a held and an empty domain and every published type."""
    data = DataDir(tmp_path_factory.mktemp("clients") / "data").prepare()
    catalogue = Catalogue((*CATALOGUE.tables, EVERY_TYPE))
    refresh(data, {"mart_air": 3}, catalogue=catalogue)
    return refresh(data, {"mart_water": 2}, failed=("air",), catalogue=catalogue).path / "marts.duckdb"


def read(python: Path | str, database: Path) -> dict:
    done = subprocess.run(
        [str(python), "-c", READER, str(database)], capture_output=True, text=True, timeout=300, cwd=database.parent
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_client_reads_every_mart_as_we_do(client: tuple[str, Path], database: Path) -> None:
    version, python = client
    found, ours = read(python, database), read(sys.executable, database)
    assert found["version"].startswith(f"{version}.")
    assert set(found["tables"]) == {t.name for t in (*CATALOGUE.tables, EVERY_TYPE)}
    assert found["tables"] == ours["tables"]
    for table in found["tables"].values():
        assert table["rows"] == table["count"] and table["comment"]
    assert found["tables"]["mart_types"]["rows"] == 2
    assert not found["wrote"]


def test_the_client_reads_through_the_flipped_link(client: tuple[str, Path], database: Path) -> None:
    _, python = client
    through = database.parents[2] / "current" / "marts.duckdb"
    assert through.resolve() == database
    assert read(python, through)["tables"] == read(python, database)["tables"]
