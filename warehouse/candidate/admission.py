"""Admitting: what the release will hold of every domain mart, shown in the candidate database's schema `admitted`.

Here belongs the choice between the fresh table, the one held from the current release and the empty one. A fresh one is
a view and keeps the digest that the gate took. Nothing writes a candidate table afterwards: the writer's lock keeps
others out, dbt dies with the process that holds it, and its second run builds cross-domain tables only. So those are
built from exactly what the release will hold. One that fails alone is held in the same way. Not here: the verdicts
(expectations) or assembling the release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse.duck import attach, connect, create_table
from warehouse.paths import DataDir
from warehouse.release.releases import DATABASE, Release, current, read_manifest
from warehouse.release.soundness import check_release
from warehouse.sql import literal, quoted
from warehouse.tables.admitted import ADMITTED_SCHEMA, CANDIDATE_SCHEMA, AdmittedTable, HeldPart
from warehouse.tables.catalogue import Catalogue, MartTable
from warehouse.tables.contract import check_contract, contract_differences, contract_of
from warehouse.tables.digest import table_digest
from warehouse.tables.judged import DomainVerdict


@dataclass(frozen=True)
class Before:
    """The current release, if there is one, and the moment of this refresh."""

    release: Release | None
    manifest: Mapping[str, Any] | None
    as_of: datetime

    def entry(self, table: str) -> Mapping[str, Any] | None:
        """The current release's entry of a table that has rows of its own."""
        tables = self.manifest["tables"] if self.manifest else ()
        return next((t for t in tables if t["name"] == table and t["state"] != "empty"), None)

    def since(self, entry: Mapping[str, Any] | None, part: str) -> datetime:
        """Since when a part is held: since before, or from now on."""
        known = (entry or {}).get("parts", {}).get(part)
        return datetime.fromisoformat(known["since"]) if known else self.as_of


NOT_JUDGED = "no verdict: the domain was not judged"
# Reasons shown next to a held table; all of them are in the manifest.
_REASONS_SHOWN = 5


class HeldContractChanged(RuntimeError):
    """A domain must be held, but its tables are declared differently from those in the current release."""


def admit(
    build_db: Path,
    catalogue: Catalogue,
    verdicts: Mapping[str, DomainVerdict],
    judged: Mapping[str, str],
    data: DataDir,
    as_of: datetime,
) -> list[AdmittedTable]:
    """Writes schema `admitted` of `build_db` anew and says what it holds.

    Verdict pass or warn: a view of the candidate table, whose digest is the one that was `judged` (by table). Otherwise
    the current release's table, or an empty one under its contract where there is none. HeldContractChanged if a held
    table's columns, types or grain were changed since.
    """
    with connect(data.spill, build_db) as con:
        held_from, manifest = _held_from(con, data)
        con.execute(f"DROP SCHEMA IF EXISTS {ADMITTED_SCHEMA} CASCADE")
        con.execute(f"CREATE SCHEMA {ADMITTED_SCHEMA}")
        admitted = []
        for table in catalogue.domain_marts:
            verdict = verdicts.get(table.domain)
            if verdict is not None and verdict.verdict in ("pass", "warn"):
                digest = judged.get(table.name, "")
                if table.part and verdict.parts:
                    admitted.append(_admit_without(con, table, digest, verdict, Before(held_from, manifest, as_of)))
                else:
                    admitted.append(_admit_fresh(con, table, digest))
            else:
                admitted.append(_hold(con, table, verdict, held_from, manifest, as_of))
        return admitted


def fresh(table: MartTable, digest: str) -> AdmittedTable:
    """A table of this build, admitted as it was judged: with this digest."""
    return AdmittedTable(table.name, table.domain, "fresh", digest, None, "", "")


def admit_held(
    build_db: Path, failed: Mapping[MartTable, DomainVerdict], data: DataDir, as_of: datetime
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
        return [_hold(con, table, verdict, held_from, manifest, as_of) for table, verdict in failed.items()]


def _held_from(con: duckdb.DuckDBPyConnection, data: DataDir) -> tuple[Release | None, Mapping[str, Any] | None]:
    """The current release, attached as `held`, and its manifest; ReleaseError with the way out if it is damaged."""
    held_from = current(data)
    if held_from is None:
        return None, None
    check_release(held_from)
    attach(con, held_from.path / DATABASE, "held")
    return held_from, read_manifest(held_from)


def _admit_fresh(con: duckdb.DuckDBPyConnection, table: MartTable, digest: str) -> AdmittedTable:
    source = f"{CANDIDATE_SCHEMA}.{quoted(table.name)}"
    check_contract(con, source, table)
    con.execute(f"CREATE VIEW {ADMITTED_SCHEMA}.{quoted(table.name)} AS SELECT {_columns(table)} FROM {source}")
    return fresh(table, digest)


def _admit_without(
    con: duckdb.DuckDBPyConnection, table: MartTable, judged: str, verdict: DomainVerdict, before: Before
) -> AdmittedTable:
    """The candidate's table with the rows of held parts as the current release has them.

    A part has no row where there is no release, or where the table is declared otherwise since.
    """
    source, target = f"{CANDIDATE_SCHEMA}.{quoted(table.name)}", f"{ADMITTED_SCHEMA}.{quoted(table.name)}"
    check_contract(con, source, table)
    listed = ", ".join(literal(part) for part in sorted(verdict.parts))
    part, columns = quoted(table.part), _columns(table)
    create_table(con, target, table)
    insert = f"INSERT INTO {target} ({columns}) SELECT {columns} FROM"
    con.execute(f"{insert} {source} WHERE {part} IS NULL OR {part} NOT IN ({listed})")
    entry = before.entry(table.name)
    if entry and not contract_differences(contract_of(con, f"held.{quoted(table.name)}"), table.contract):
        con.execute(f"{insert} held.{quoted(table.name)} WHERE {part} IN ({listed})")
    parts = tuple(
        HeldPart(name, before.since(entry, name), "; ".join(reasons[:_REASONS_SHOWN]))
        for name, reasons in sorted(verdict.parts.items())
    )
    digest = table_digest(con, target, table)
    return AdmittedTable(table.name, table.domain, "fresh", digest, None, "", "", parts, judged)


def _hold(
    con: duckdb.DuckDBPyConnection,
    table: MartTable,
    verdict: DomainVerdict | None,
    held_from: Release | None,
    manifest: Mapping[str, Any] | None,
    as_of: datetime,
) -> AdmittedTable:
    target = f"{ADMITTED_SCHEMA}.{quoted(table.name)}"
    create_table(con, target, table)
    reason = "; ".join(tuple(verdict.reasons)[:_REASONS_SHOWN]) if verdict is not None else NOT_JUDGED
    before = next((t for t in manifest["tables"] if t["name"] == table.name), None) if manifest else None
    since = datetime.fromisoformat(before["since"]) if before and before["since"] else as_of
    if before is None or before["state"] == "empty":
        return AdmittedTable(table.name, table.domain, "empty", table_digest(con, target, table), since, reason, "")
    source = f"held.{quoted(table.name)}"
    if differences := contract_differences(contract_of(con, source), table.contract):
        raise HeldContractChanged(_changed(table, held_from, "; ".join(differences), reason))
    con.execute(f"INSERT INTO {target} ({_columns(table)}) SELECT {_columns(table)} FROM {source}")
    digest = table_digest(con, target, table)
    if digest != before["digest"]:
        difference = f"grain or volatile columns were {before['grain']} and {before['volatile']}"
        raise HeldContractChanged(_changed(table, held_from, difference, reason))
    return AdmittedTable(table.name, table.domain, "held", digest, since, reason, before["release_of_origin"])


def _columns(table: MartTable) -> str:
    return ", ".join(quoted(c.name) for c in table.columns)


def _changed(table: MartTable, held_from: Release | None, difference: str, reason: str) -> str:
    return (
        f"{table.name} must be held ({reason}), but its contract has changed since release "
        f"{held_from.release_id if held_from else ''}: {difference}. Nothing is published: repair the domain "
        "or take the contract back."
    )
