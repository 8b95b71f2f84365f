"""Admitting: what the release will hold of every domain mart, written into the candidate database's schema `admitted`.

Here belongs the choice between the fresh table, the one held from the current release and the empty one. Not here: the
verdicts (expectations) or assembling the release (release.py). Cross-domain models then read exactly these tables; one
that fails alone is held in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import duckdb

from warehouse.catalogue import Catalogue, MartTable
from warehouse.digest import table_digest
from warehouse.duck import attach, check_contract, connect, contract_difference, contract_of, create_table, quoted
from warehouse.paths import DataDir
from warehouse.releases import DATABASE, Release, current, read_manifest
from warehouse.standing import check_release

ADMITTED_SCHEMA = "admitted"
CANDIDATE_SCHEMA = "candidate"
NOT_JUDGED = "no verdict: the domain was not judged"
# Reasons shown beside a held table; all of them stand in the manifest.
_REASONS_SHOWN = 5


class HeldContractChanged(RuntimeError):
    """A domain must be held, but its tables are declared differently from those in the current release."""


class Verdict(Protocol):
    """A domain's verdict, as expectations.records.DomainVerdict gives it."""

    @property
    def domain(self) -> str: ...
    @property
    def verdict(self) -> str: ...
    @property
    def reasons(self) -> Sequence[str]: ...


@dataclass(frozen=True)
class AdmittedTable:
    """One table of the coming release. `state`: fresh, held or empty.

    `since` is the as_of of the first refresh that held it (None when fresh), `release_of_origin` the release whose gate
    let the rows through ('' for fresh and empty ones).
    """

    name: str
    domain: str
    state: str
    digest: str
    since: datetime | None
    reason: str
    release_of_origin: str


def admit(
    build_db: Path,
    catalogue: Catalogue,
    verdicts: Mapping[str, Verdict],
    data: DataDir,
    as_of: datetime,
) -> list[AdmittedTable]:
    """Writes schema `admitted` of `build_db` anew and says what stands in it.

    Verdict pass or warn: a copy of the candidate table. Otherwise the current release's table, or an empty one under
    its contract where there is none. HeldContractChanged if a held table's columns, types or grain were changed since.
    """
    with connect(data.spill, build_db) as con:
        held_from, manifest = _held_from(con, data)
        con.execute(f"DROP SCHEMA IF EXISTS {ADMITTED_SCHEMA} CASCADE")
        con.execute(f"CREATE SCHEMA {ADMITTED_SCHEMA}")
        return [
            _admit(con, table, verdicts.get(table.domain), held_from, manifest, as_of)
            for table in catalogue.domain_marts
        ]


def admit_held(
    build_db: Path, failed: Mapping[MartTable, Verdict], data: DataDir, as_of: datetime
) -> list[AdmittedTable]:
    """Puts what the release holds of cross-domain tables that failed by themselves next to the admitted domain marts.

    A table that another one is built from cannot be held alone: ValueError. HeldContractChanged as in admit().
    """
    if read := [table.name for table in failed if table.is_read]:
        raise ValueError(f"{', '.join(read)}: other tables are built from it, so it cannot be held alone")
    with connect(data.spill, build_db) as con:
        held_from, manifest = _held_from(con, data)
        con.execute(f"CREATE SCHEMA IF NOT EXISTS {ADMITTED_SCHEMA}")
        for table in failed:
            con.execute(f"DROP TABLE IF EXISTS {ADMITTED_SCHEMA}.{quoted(table.name)}")
        return [_admit(con, table, verdict, held_from, manifest, as_of) for table, verdict in failed.items()]


def _held_from(con: duckdb.DuckDBPyConnection, data: DataDir) -> tuple[Release | None, Mapping[str, Any] | None]:
    """The current release, attached as `held`, and its manifest; ReleaseError with the way out if it is damaged."""
    held_from = current(data)
    if held_from is None:
        return None, None
    check_release(held_from)
    attach(con, held_from.path / DATABASE, "held")
    return held_from, read_manifest(held_from)


def _admit(
    con: duckdb.DuckDBPyConnection,
    table: MartTable,
    verdict: Verdict | None,
    held_from: Release | None,
    manifest: Mapping[str, Any] | None,
    as_of: datetime,
) -> AdmittedTable:
    target = f"{ADMITTED_SCHEMA}.{quoted(table.name)}"
    create_table(con, target, table)
    if verdict is not None and verdict.verdict in ("pass", "warn"):
        source = f"{CANDIDATE_SCHEMA}.{quoted(table.name)}"
        check_contract(con, source, table)
        _copy(con, source, target, table)
        return AdmittedTable(table.name, table.domain, "fresh", table_digest(con, target, table), None, "", "")
    reason = "; ".join(tuple(verdict.reasons)[:_REASONS_SHOWN]) if verdict is not None else NOT_JUDGED
    before = next((t for t in manifest["tables"] if t["name"] == table.name), None) if manifest else None
    since = datetime.fromisoformat(before["since"]) if before and before["since"] else as_of
    if before is None or before["state"] == "empty":
        return AdmittedTable(table.name, table.domain, "empty", table_digest(con, target, table), since, reason, "")
    source = f"held.{quoted(table.name)}"
    found = contract_of(con, source)
    if found != table.contract:
        raise HeldContractChanged(_changed(table, held_from, contract_difference(found, table.contract), reason))
    _copy(con, source, target, table)
    digest = table_digest(con, target, table)
    if digest != before["digest"]:
        difference = f"grain or volatile columns were {before['grain']} and {before['volatile']}"
        raise HeldContractChanged(_changed(table, held_from, difference, reason))
    return AdmittedTable(table.name, table.domain, "held", digest, since, reason, before["release_of_origin"])


def _copy(con: duckdb.DuckDBPyConnection, source: str, target: str, table: MartTable) -> None:
    columns = ", ".join(quoted(c.name) for c in table.columns)
    con.execute(f"INSERT INTO {target} ({columns}) SELECT {columns} FROM {source}")


def _changed(table: MartTable, held_from: Release | None, difference: str, reason: str) -> str:
    return (
        f"{table.name} must be held ({reason}), but its contract has changed since release "
        f"{held_from.release_id if held_from else ''}: {difference}. Nothing is published: repair the domain "
        "or take the contract back."
    )
