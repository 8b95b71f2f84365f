"""The gate: judges the tables of a candidate and says per table and domain whether they may be published.

Here belongs the order of judgement: schema, dbt, Great Expectations, headline steps, waivers, verdicts, pages. Not
here: any rule about data (suites/) or about holding and publishing (warehouse). The gate reads; it never changes data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb

from expectations.bench import Bench
from expectations.carry import Standing, record_key
from expectations.checks import Check, SuiteError
from expectations.clean_gate import CleanLayer, judge_clean, readings_of
from expectations.dbt_results import DbtFinding, dbt_records
from expectations.docs import write_docs
from expectations.headline import NEEDS, Steps, judge_headlines, load_steps
from expectations.reduce import Target
from expectations.suites import SUITES
from expectations.suites.common import Suite, define
from expectations.verdicts import domain_verdicts, table_verdicts
from expectations.waivers import Waiver, apply_waivers
from sources.registry import registry as shipped_registry
from sources.registry.feed_model import Registry
from warehouse.duck import file_pattern
from warehouse.sql import literal, quoted
from warehouse.tables.admitted import CANDIDATE_SCHEMA, CROSS_SCHEMA
from warehouse.tables.catalogue import JUDGEMENT, Catalogue, MartTable
from warehouse.tables.contract import contract_of
from warehouse.tables.judged import GateError, GateRecord, GateReport

# Where dbt puts what the gate judges: domain marts, then the cross-domain ones.
SCHEMAS = (CANDIDATE_SCHEMA, CROSS_SCHEMA)


def judge(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    tables: Sequence[str],
    digests: Mapping[str, str],
    dbt_results: Iterable[DbtFinding],
    current_release: Path | None,
    waivers: Sequence[Waiver],
    docs_dir: Path | None,
    *,
    clean_root: Path | None,
    as_of: datetime,
    registry: Registry | None = None,
    suites: Mapping[str, Suite] | None = None,
    steps: Steps | None = None,
    standing: Standing | None = None,
    reads: Mapping[str, str] | None = None,
    clean_tokens: Mapping[str, str] | None = None,
) -> GateReport:
    """Judges `tables` of the candidate that `con` is open on (read-only is enough).

    `catalogue` holds the contracts (warehouse.tables.catalogue); `digests` the digest of each table that exists;
    `current_release` the directory of the current release, whose marts/*.parquet are compared with. `clean_root` is the
    clean layer, judged with the domain marts; None leaves it out, for the second judgement (cross-domain). `as_of` is
    the refresh's own clock, reporting zone, naive: waivers expire and "recent" is counted by it. GateError when the
    gate cannot judge at all; SuiteError when a suite does not fit the catalogue.

    What `standing` (of the current release) already holds records of is not judged again. `reads` gives the digests of
    tables outside `tables` that suites compare with, `clean_tokens` what clean tables and the site register hold.
    """
    registry = registry or shipped_registry()
    suites = SUITES if suites is None else suites
    declared = _declared(catalogue, tables)
    standing = standing or Standing()
    bench = Bench(con)
    fed: Mapping[str, int] = {}
    keys: dict[str, str] = {}
    if clean_root is not None:
        fed = readings_of(con, clean_root, registry)
        layer = CleanLayer(clean_root, registry, as_of, waivers, standing, clean_tokens or {})
        keys |= judge_clean(bench, layer, fed)
    steps = steps or load_steps()
    checks = _defined(declared, registry, suites, fed)
    known = {**(reads or {}), **digests}
    for table in declared:
        digest, previous = digests.get(table.name, ""), standing.digests.get(table.name, "")
        also = [str(sorted(table.contract.items())), str(steps) if _has_headlines(table) else ""]
        keys[table.name] = record_key(
            table.name,
            digest,
            checks.get(table.name, ()),
            waivers,
            as_of.date(),
            previous=previous,
            reads=known,
            also=also,
        )
    due = [t for t in declared if not standing.holding(t.name, keys[t.name])]
    bench.records += [r for t in declared for r in standing.holding(t.name, keys[t.name])]
    _judge_marts(bench, due, digests, current_release, checks, steps)
    domains = {t.name: t.domain for t in declared}
    bench.records += dbt_records(dbt_results, domains, digests)
    keyed = [replace(r, key=keys.get(r.table_name, "")) for r in bench.records]
    records = apply_waivers(keyed, waivers, as_of.date())
    verdicts = table_verdicts(records), domain_verdicts(records)
    pages = write_docs(docs_dir, records, *verdicts, as_of) if docs_dir else ()
    return GateReport(records, *verdicts, pages)


def _declared(catalogue: Catalogue, tables: Sequence[str]) -> list[MartTable]:
    by_name = {t.name: t for t in catalogue.tables}
    if unknown := sorted(set(tables) - set(by_name)):
        raise GateError(f"{', '.join(unknown)}: not in the catalogue of published tables; declare it in an exposure")
    return [by_name[name] for name in tables]


def _judge_marts(
    bench: Bench,
    declared: Sequence[MartTable],
    digests: Mapping[str, str],
    current_release: Path | None,
    checks: Mapping[str, Sequence[Check]],
    steps: Steps,
) -> None:
    relations = _relations(bench.con)
    for table in declared:
        digest = _digest(digests, table.name, relations)
        missing = [] if table.name in relations else ["the candidate does not hold it"]
        bench.schema(table.domain, table.name, digest, "exists", "the table is in the candidate", missing)
        if missing:
            continue
        relation = relations[table.name]
        if not bench.contract(table.domain, table.name, digest, relation, table.contract):
            continue
        if table.name not in checks:
            continue
        target = Target(relation, tuple(table.grain), _previous(current_release, table.name))
        bench.judge(table.domain, table.name, digest, target, checks[table.name])
        if _has_headlines(table):
            bench.records += _headlines(bench, table, digest, target, steps)


def _defined(
    declared: Sequence[MartTable], registry: Registry, suites: Mapping[str, Suite], fed: Mapping[str, int]
) -> dict[str, tuple[Check, ...]]:
    """The checks of every table but those about the judgement; SuiteError before anything is judged."""
    judged = [t for t in declared if t.domain != JUDGEMENT]
    if lacking := [t.name for t in judged if t.name not in suites]:
        raise SuiteError(f"published without a suite: {', '.join(lacking)}; declare it in expectations/suites")
    return {t.name: define(suites[t.name], t, registry, fed) for t in judged}


def _digest(digests: Mapping[str, str], table: str, relations: Mapping[str, str]) -> str:
    """The digest the records of `table` are bound to; a table that is not there has none."""
    if table in relations and not digests.get(table):
        raise GateError(f"{table}: judged without a digest; a record has to be bound to what was judged")
    return digests.get(table, "")


def _has_headlines(table: MartTable) -> bool:
    return table.name.endswith("_indicators")


def _headlines(bench: Bench, table: MartTable, digest: str, target: Target, steps: Steps) -> list[GateRecord]:
    """Records of the headline steps; a released table of another shape cannot be compared, so it is left to volume."""
    if target.previous is None or set(NEEDS) - set(contract_of(bench.con, target.previous)):
        return []
    return judge_headlines(bench.con, table.domain, table.name, digest, target, steps)


def _relations(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Table → SQL relation of everything in the candidate's schemas.

    The file is called candidate.duckdb as the schema is called candidate: only the full name is not ambiguous.
    """
    found = con.execute(
        "select table_catalog, table_schema, table_name from information_schema.tables "
        f"where table_catalog = current_database() and table_schema in ({', '.join(literal(s) for s in SCHEMAS)})"
    ).fetchall()
    return {name: ".".join(map(quoted, (database, schema, name))) for database, schema, name in found}


def _previous(current_release: Path | None, table: str) -> str | None:
    file = current_release / "marts" / f"{table}.parquet" if current_release else None
    return f"read_parquet({literal(file_pattern(file))})" if file and file.is_file() else None
