"""What the working database remembers from one build to the next: schema `state`.

Here belongs keeping what each node holds (tokens) and under which key it was built, next to the tables themselves, so
that both come and go together. Not here: the decision (build_plan.py) or dbt. The materialisations of the project
(dbt_project/macros/carried.sql) read `state.due` and write `state.holds` and `state.built` while dbt runs.

A token says what a relation holds: same token, same rows. For a table that dbt built it is the number of its rows and
two sums over DuckDB's hash of each, for a seed or a clean table a digest of its files, for an admitted mart its digest.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from warehouse.candidate import build_days
from warehouse.candidate.build_plan import MISSING, WHOLE_YEAR, Node
from warehouse.duck import connect
from warehouse.sql import quoted
from warehouse.tables.months import Month

# Raised whenever tables of another layout, or tokens made otherwise, must not be trusted.
_LAYOUT = "4"
# In state.about: where the clean layer is.
_PLACE = "clean"
_TABLES = f"""
CREATE SCHEMA IF NOT EXISTS state;
CREATE TABLE IF NOT EXISTS state.about (name VARCHAR, value VARCHAR);
CREATE TABLE IF NOT EXISTS state.holds (node VARCHAR, token VARCHAR);
CREATE TABLE IF NOT EXISTS state.built (node VARCHAR, key VARCHAR);
CREATE TABLE IF NOT EXISTS state.wanted (node VARCHAR, code VARCHAR, open_days BIGINT);
CREATE TABLE IF NOT EXISTS state.reads (node VARCHAR, parent VARCHAR, back BIGINT, ahead BIGINT, is_year BOOLEAN);
CREATE TABLE IF NOT EXISTS state.digests (table_name VARCHAR, token VARCHAR, contract VARCHAR, digest VARCHAR);
CREATE OR REPLACE VIEW state.due AS
WITH inputs AS (
    SELECT r.node, string_agg(r.parent || '=' || coalesce(h.token, '{MISSING}'), ';' ORDER BY r.parent) AS listed
    FROM state.reads AS r LEFT JOIN state.holds AS h ON h.node = r.parent
    GROUP BY r.node
)
SELECT w.node, w.code || '|' || coalesce(i.listed, '') AS key, b.key AS built_key
FROM state.wanted AS w
LEFT JOIN inputs AS i ON i.node = w.node
LEFT JOIN state.built AS b ON b.node = w.node;
{build_days.TABLES}
"""

# Digests of tables by name, token of what they held, and contract.
Known = Mapping[tuple[str, str, str], str]


class BuildState:
    """Schema `state` of one open working database."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con

    def tokens(self) -> dict[str, str]:
        """What each node holds, as far as it is known."""
        return dict(self._con.execute("SELECT node, token FROM state.holds").fetchall())

    def built(self) -> dict[str, str]:
        """The key each node was built under; tests under which they passed."""
        return dict(self._con.execute("SELECT node, key FROM state.built").fetchall())

    def left(self) -> dict[str, tuple[str, str]]:
        """Key and token of every node that is built and whose token is known."""
        tokens = self.tokens()
        return {node: (key, tokens[node]) for node, key in self.built().items() if node in tokens}

    def digests(self) -> dict[tuple[str, str, str], str]:
        """The digest that each published table had."""
        rows = self._con.execute("SELECT table_name, token, contract, digest FROM state.digests").fetchall()
        return {(name, token, contract): digest for name, token, contract, digest in rows}

    def put_digests(self, found: Known) -> None:
        """Keeps the digests of what the tables named hold now, instead of what they held before."""
        if found:
            names, tokens, contracts = (list(part) for part in zip(*found, strict=True))
            self._con.execute("DELETE FROM state.digests WHERE list_contains(?, table_name)", [names])
            columns = [names, tokens, contracts, list(found.values())]
            self._con.execute("INSERT INTO state.digests SELECT unnest(?), unnest(?), unnest(?), unnest(?)", columns)

    def known_months(self, table: str, contract: str) -> list[Month]:
        """Months whose digest is known: build_days.known_months."""
        return build_days.known_months(self._con, table, contract)

    def put_months(self, found: Mapping[tuple[str, str], Sequence[Month]]) -> None:
        """Keeps the digests of the months of tables, by name and contract: build_days.put_months."""
        for (table, contract), months in found.items():
            build_days.put_months(self._con, table, contract, months)

    def there(self, relations: Mapping[str, tuple[str, str]]) -> set[str]:
        """Which of `relations` (id → schema, name) the database has."""
        found = set(self._con.execute("SELECT table_schema, table_name FROM information_schema.tables").fetchall())
        return {node for node, place in relations.items() if place in found}

    def put_tokens(self, tokens: Mapping[str, str]) -> None:
        """Says what `tokens` hold now; the others stay."""
        self._replace("holds", tokens)

    def put_days(self, holds: Mapping[str, Mapping[date, str]]) -> None:
        """Says what the days of relations hold now: build_days.put_days."""
        build_days.put_days(self._con, holds)

    def put_built(self, nodes: Iterable[str]) -> None:
        """Notes that `nodes` are built, or have passed, under the keys they have now."""
        named = dict.fromkeys(nodes, "")
        due = dict(self._con.execute("SELECT node, key FROM state.due").fetchall())
        self._replace("built", {node: due[node] for node in named if node in due})

    def forget(self, nodes: Iterable[str]) -> None:
        """Takes back that `nodes` are built or have passed."""
        self._con.executemany("DELETE FROM state.built WHERE node = ?", [[node] for node in nodes] or [[""]])

    def want(self, nodes: Iterable[Node]) -> None:
        """Replaces what the coming run is asked for: every node's code and what it reads."""
        listed = list(nodes)
        self._con.execute("DELETE FROM state.wanted; DELETE FROM state.reads")
        self._insert("wanted", [(n.id, n.code, n.open_days) for n in listed])
        self._insert("reads", [(n.id, parent, *_reach(n, parent)) for n in listed for parent in n.parents])

    def _replace(self, table: str, rows: Mapping[str, str]) -> None:
        if rows:
            self._con.execute(f"DELETE FROM state.{table} WHERE list_contains(?, node)", [list(rows)])
            self._insert(table, list(rows.items()))

    def _insert(self, table: str, rows: list[tuple[str | int | bool | None, ...]]) -> None:
        if rows:
            # One statement for all rows: each of its own would take a millisecond.
            columns = [list(column) for column in zip(*rows, strict=True)]
            self._con.execute(f"INSERT INTO state.{table} SELECT {', '.join(['unnest(?)'] * len(columns))}", columns)


def _reach(node: Node, parent: str) -> tuple[int | None, int | None, bool | None]:
    """Days before and after, and whether whole years are read; all null for what is not read by day."""
    found = node.reach.get(parent)
    return (*found, found == WHOLE_YEAR) if found else (None, None, None)


@contextmanager
def build_state(file: Path) -> Generator[BuildState]:
    """The state of the working database `file`, in one transaction: all of it is kept, or nothing."""
    with connect(file.parent / "spill", file) as con:
        con.execute("BEGIN")
        yield BuildState(con)
        con.execute("COMMIT")


def prepare(file: Path, clean: Path) -> bool:
    """Makes `file` a working database that may be trusted, over the clean layer in `clean`, else removes it first.

    Gives whether what it holds was kept. A file that cannot be opened, is of another layout or of another DuckDB costs
    a full build and nothing more. Views name the clean layer by its path: in a data directory that was moved they go.
    """
    wanted = {"layout": _LAYOUT, "duckdb": duckdb.__version__}
    if file.exists():
        try:
            with connect(file.parent / "spill", file) as con:
                about = dict(con.execute("SELECT name, value FROM state.about").fetchall())
                if about == wanted | {_PLACE: about.get(_PLACE)}:
                    con.execute(_TABLES)
                    _move(con, about[_PLACE], str(clean))
                    return True
        except duckdb.Error:
            pass
    remove(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    with connect(file.parent / "spill", file) as con:
        con.execute(_TABLES)
        about = wanted | {_PLACE: str(clean)}
        con.execute("INSERT INTO state.about SELECT unnest(?), unnest(?)", [list(about), list(about.values())])
    return False


def _move(con: duckdb.DuckDBPyConnection, before: str | None, clean: str) -> None:
    if before == clean:
        return
    views = "SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal AND schema_name <> 'state'"
    con.execute("BEGIN")
    for schema, name in con.execute(views).fetchall():
        con.execute(f"DROP VIEW {quoted(schema)}.{quoted(name)}")
    con.execute("UPDATE state.about SET value = ? WHERE name = ?", [clean, _PLACE])
    con.execute("COMMIT")


def left_by(file: Path) -> dict[str, tuple[str, str]]:
    """BuildState.left of a working database that may be missing or unusable: then nothing is known of it."""
    if not file.exists():
        return {}
    try:
        with build_state(file) as state:
            return state.left()
    except duckdb.Error:
        return {}


def remove(file: Path) -> None:
    """Removes a working database with what DuckDB keeps next to it."""
    for found in file.parent.glob(f"{file.name}*"):
        found.unlink()
