"""The gate: judges the tables of a candidate and says per table and domain whether they may be published.

Here belongs the order of judgement: schema, dbt, Great Expectations, headline steps, waivers, verdicts, pages. Not
here: any rule about data (suites/) or about holding and publishing (warehouse). The gate reads; it never changes data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import duckdb

from expectations.bench import Bench
from expectations.carry import Bound, EarlierRelease, record_key
from expectations.checks import Check, SuiteError
from expectations.clean_gate import CleanLayer, judge_clean, readings_of
from expectations.dbt_results import DbtFinding, dbt_records
from expectations.docs import write_docs
from expectations.headline import NEEDS, Steps, judge_headlines, load_steps
from expectations.parts import by_parts
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


@dataclass(frozen=True)
class Case:
    """What is judged: `tables` of the candidate, each with its digest, and what dbt found of them.

    `clean_root` is the clean layer, judged with the domain marts; None leaves it out, for the second judgement
    (cross-domain). `clean_tokens` say what clean tables and the site register hold. `reads` gives the digests of tables
    outside `tables` that suites compare with.
    """

    tables: Sequence[str]
    digests: Mapping[str, str]
    dbt: Sequence[DbtFinding] = ()
    clean_root: Path | None = None
    clean_tokens: Mapping[str, str] = field(default_factory=dict)
    reads: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rules:
    """What it is judged by: the contracts of published tables, suites, registry, steps, waivers, the current release.

    `as_of` is the refresh's own clock, reporting zone, naive: waivers expire and "recent" is counted by it. What
    `earlier` (the current release) already holds records of is not judged again.
    """

    catalogue: Catalogue
    as_of: datetime
    waivers: Sequence[Waiver] = ()
    earlier: EarlierRelease = field(default_factory=EarlierRelease)
    registry: Registry = field(default_factory=shipped_registry)
    suites: Mapping[str, Suite] = field(default_factory=lambda: SUITES)
    steps: Steps = field(default_factory=load_steps)


def judge(con: duckdb.DuckDBPyConnection, case: Case, rules: Rules, docs: Path | None = None) -> GateReport:
    """Judges `case`, tables of the candidate that `con` is open on (read-only is enough); pages go to `docs`.

    GateError when the gate cannot judge at all; SuiteError when a suite does not fit the catalogue.
    """
    declared = _declared(rules.catalogue, case.tables)
    bench = Bench(con)
    fed: Mapping[str, int] = {}
    keys: dict[str, str] = {}
    if case.clean_root is not None:
        fed = readings_of(con, case.clean_root, rules.registry)
        layer = CleanLayer(
            case.clean_root, rules.registry, rules.as_of, rules.waivers, rules.earlier, case.clean_tokens
        )
        keys |= judge_clean(bench, layer, fed)
    checks = _defined(declared, rules, fed)
    keys |= {table.name: _key(table, case, rules, checks.get(table.name, ())) for table in declared}
    due = [t for t in declared if not rules.earlier.holding(t.name, keys[t.name])]
    bench.records += [r for t in declared for r in rules.earlier.holding(t.name, keys[t.name])]
    _judge_marts(bench, due, case, rules, checks)
    bench.records += dbt_records(case.dbt, {t.name: t.domain for t in declared}, case.digests)
    keyed = [replace(r, key=keys.get(r.table_name, "")) for r in bench.records]
    records = apply_waivers(keyed, rules.waivers, rules.as_of.date())
    verdicts = table_verdicts(records), domain_verdicts(records)
    pages = write_docs(docs, records, *verdicts, rules.as_of) if docs else ()
    return GateReport(records, *verdicts, pages)


def _key(table: MartTable, case: Case, rules: Rules, checks: Sequence[Check]) -> str:
    """What the records of `table` depend on."""
    bound = Bound(table.name, case.digests.get(table.name, ""), rules.earlier.digests.get(table.name, ""))
    known = {**case.reads, **case.digests}
    also = [str(sorted(table.contract.items())), str(rules.steps) if _has_headlines(table) else ""]
    return record_key(bound, checks, rules.waivers, rules.as_of.date(), reads=known, also=also)


def _declared(catalogue: Catalogue, tables: Sequence[str]) -> list[MartTable]:
    by_name = {t.name: t for t in catalogue.tables}
    if unknown := sorted(set(tables) - set(by_name)):
        raise GateError(f"{', '.join(unknown)}: not in the catalogue of published tables; declare it in an exposure")
    return [by_name[name] for name in tables]


def _judge_marts(
    bench: Bench, due: Sequence[MartTable], case: Case, rules: Rules, checks: Mapping[str, Sequence[Check]]
) -> None:
    relations = _relations(bench.con)
    for table in due:
        digest = _digest(case.digests, table.name, relations)
        missing = [] if table.name in relations else ["the candidate does not hold it"]
        bench.schema(table.domain, table.name, digest, "exists", "the table is in the candidate", missing)
        if missing:
            continue
        relation = relations[table.name]
        if not bench.contract(table.domain, table.name, digest, relation, table.contract):
            continue
        if table.name not in checks:
            continue
        target = Target(relation, tuple(table.grain), _previous(rules.earlier.path, table.name))
        before = len(bench.records)
        bench.judge(table.domain, table.name, digest, target, checks[table.name])
        if table.part:
            bench.records[before:] = by_parts(bench, table, digest, target, checks[table.name])
        if _has_headlines(table):
            bench.records += _headlines(bench, table, digest, target, rules.steps)


def _defined(declared: Sequence[MartTable], rules: Rules, fed: Mapping[str, int]) -> dict[str, tuple[Check, ...]]:
    """The checks of every table but those about the judgement; SuiteError before anything is judged."""
    judged = [t for t in declared if t.domain != JUDGEMENT]
    if lacking := [t.name for t in judged if t.name not in rules.suites]:
        raise SuiteError(f"published without a suite: {', '.join(lacking)}; declare it in expectations/suites")
    return {t.name: define(rules.suites[t.name], t, rules.registry, fed) for t in judged}


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


def _previous(released: Path | None, table: str) -> str | None:
    file = released / "marts" / f"{table}.parquet" if released else None
    return f"read_parquet({literal(file_pattern(file))})" if file and file.is_file() else None
