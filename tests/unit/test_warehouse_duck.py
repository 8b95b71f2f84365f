"""Every DuckDB connection of the product is made in one place: limited, spilling into the data directory, without net.

Here belong what a connection may take and reach. Not here: what is done with one.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import duckdb
import pytest

from orchestration.environment import dbt_environment
from warehouse import engine_limits
from warehouse.duck import connect
from warehouse.engine_limits import (
    MEMORY,
    MEMORY_VARIABLE,
    READINGS_OF_DEFAULT,
    THREADS,
    THREADS_VARIABLE,
    duckdb_limits,
    fit_memory,
)
from warehouse.paths import DataDir

ROOT = Path(__file__).parents[2]
ROOMS = ("sources", "warehouse", "expectations", "orchestration")
# What may be used of the module elsewhere; its functions open a connection, or use one that has no limit.
_NOT_CONNECTIONS = {"Error", "DuckDBPyConnection", "__version__"}


def settings(con: duckdb.DuckDBPyConnection) -> tuple:
    names = ("memory_limit", "threads", "temp_directory", "autoload_known_extensions", "default_collation")
    return con.execute("SELECT " + ", ".join(f"current_setting('{n}')" for n in names)).fetchone()


def test_no_other_module_opens_a_connection() -> None:
    used = set()
    for file in (f for room in ROOMS for f in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "duckdb":
                used.add((file.relative_to(ROOT).as_posix(), node.attr))
            assert not (isinstance(node, ast.ImportFrom) and node.module == "duckdb"), file
    opened = {(file, name) for file, name in used if name not in _NOT_CONNECTIONS and not name.endswith("Exception")}
    assert opened == {("warehouse/duck.py", "connect")}


def test_the_setting_reaches_every_kind_of_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MEMORY_VARIABLE, "100MB")
    monkeypatch.setenv(THREADS_VARIABLE, "1")
    expected = ("95.3 MiB", 1, str(tmp_path / "spill"), False, "binary")
    file = tmp_path / "a.duckdb"
    with connect(tmp_path / "spill", file) as con:
        con.execute("CREATE TABLE t AS SELECT 1 AS n")
        assert settings(con) == expected
    for options in ({"file": file, "read_only": True}, {"file": file, "read_only": True, "closed": True}, {}):
        with connect(tmp_path / "spill", **options) as con:
            assert settings(con) == expected


def test_dbts_profile_has_the_same_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in (MEMORY_VARIABLE, THREADS_VARIABLE):
        monkeypatch.delenv(variable, raising=False)
    assert duckdb_limits() == {"memory_limit": MEMORY, "threads": THREADS}
    profile = (ROOT / "dbt_project" / "profiles.yml").read_text(encoding="utf-8")
    found = re.findall(r"env_var\('(ECOLEDGER_(?:MEMORY|THREADS))', '([^']+)'\)", profile)
    assert set(found) == {(MEMORY_VARIABLE, MEMORY), (THREADS_VARIABLE, THREADS)}
    assert len(re.findall(r"^\s*(?:threads|memory_limit):", profile, re.MULTILINE)) == len(found)


@pytest.mark.parametrize(
    ("readings", "limit"),
    [(0, "400MB"), (READINGS_OF_DEFAULT, "400MB"), (2 * READINGS_OF_DEFAULT, "800MB"), (10**9, "1400MB")],
)
def test_the_default_follows_the_lake_and_gives_way_to_the_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, readings: int, limit: str
) -> None:
    monkeypatch.delenv(MEMORY_VARIABLE, raising=False)
    monkeypatch.setattr(engine_limits, "_fitted", MEMORY)
    fit_memory(readings)
    data = DataDir(tmp_path)
    assert duckdb_limits()["memory_limit"] == limit
    assert dbt_environment(data, tmp_path, tmp_path)[MEMORY_VARIABLE] == limit
    monkeypatch.setenv(MEMORY_VARIABLE, "3GB")
    assert duckdb_limits()["memory_limit"] == "3GB"
    assert dbt_environment(data, tmp_path, tmp_path)[MEMORY_VARIABLE] == "3GB"


def test_what_is_beyond_the_limit_is_spilled_and_still_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MEMORY_VARIABLE, "60MB")
    spill = tmp_path / "spill"
    with connect(spill) as con:
        # About 190 MB of rows.
        wide = ", ".join(f"hash(i + {n}) AS h{n}" for n in range(8))
        reader = con.sql(f"SELECT i, {wide} FROM range(3000000) AS r(i) ORDER BY h0, i").to_arrow_reader(100_000)
        first = reader.read_next_batch()
        assert [file.suffix for file in spill.iterdir()] and first.num_rows == 100_000
        del first, reader


def test_a_closed_connection_reaches_nothing_else(tmp_path: Path) -> None:
    file, other = tmp_path / "a.duckdb", tmp_path / "other.csv"
    other.write_text("n\n1\n")
    with connect(tmp_path / "spill", file) as con:
        con.execute("CREATE TABLE t AS SELECT 1 AS n")
        assert con.execute(f"SELECT n FROM read_csv('{other}')").fetchall() == [(1,)]
    with connect(tmp_path / "spill", file, read_only=True, closed=True) as con:
        assert con.execute("SELECT n FROM t").fetchall() == [(1,)]
        with pytest.raises(duckdb.PermissionException):
            con.execute(f"SELECT n FROM read_csv('{other}')")
        with pytest.raises(duckdb.InvalidInputException):
            con.execute("SET memory_limit = '10GB'")
