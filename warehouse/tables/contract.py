"""A relation against its declared contract: which columns and types it has, and what differs.

Here belongs the one comparison that candidate, release and gate share. Not here: where contracts are declared
(catalogue.py, sources.registry), or what follows from a broken one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from warehouse.tables.catalogue import MartTable, normal_type

if TYPE_CHECKING:
    import duckdb


class ContractBroken(ValueError):
    """A relation has other columns or types than its contract; the message shows both."""


def contract_of(con: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """Column → normalised type of a relation, in order."""
    described = con.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    return {name: normal_type(kind) for name, kind, *_ in described}


def check_contract(con: duckdb.DuckDBPyConnection, relation: str, table: MartTable) -> None:
    """ContractBroken unless `relation` has exactly the contract's columns and types, in any order."""
    if found := contract_differences(contract_of(con, relation), table.contract):
        raise ContractBroken(f"{table.name}: {'; '.join(found)}")


def contract_differences(found: Mapping[str, str], declared: Mapping[str, str]) -> list[str]:
    """What differs between two contracts, for people, a part each; empty when they hold the same columns and types."""
    parts = [f"{n} {declared[n]} is missing" for n in declared if n not in found]
    parts += [f"{n} {found[n]} is not declared" for n in found if n not in declared]
    parts += [f"{n} is {found[n]}, declared {declared[n]}" for n in declared if n in found and found[n] != declared[n]]
    return parts
