"""What is published: the marts that dbt's exposures name, with contract, grain, volatile columns and descriptions.

Here belongs reading dbt's manifest.json and refusing a mart that is declared incompletely. Not here: any data, or the
order in which marts are built. Standard library only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sources.registry import registry
from sources.registry.feed_model import CROSS_DOMAIN

JUDGEMENT = "judgement"

# What every reader of a release can fetch: 1.4 clients without extra packages, Spark, BI tools.
_TYPE = re.compile(r"(varchar|date|timestamp|bigint|boolean|decimal\(\d{1,2},\d{1,2}\))\Z")
_SYNONYMS = {"string": "varchar", "text": "varchar", "bool": "boolean", "int8": "bigint", "long": "bigint"}


class CatalogueError(ValueError):
    """dbt's manifest cannot be read, or a mart lacks something a published table must declare; names all of it."""


@dataclass(frozen=True)
class MartColumn:
    """A column of the contract; `data_type` is normalised: varchar, date, timestamp, decimal(p,s), bigint, boolean.

    `vocabulary`: what its words are of, whose Chinese ones are in the column `<name>_zh`; '' where it holds no words.
    `has_reasons`: it holds sentences whose Chinese is in `<name>_zh` and whose codes are in `<name>_code`.
    """

    name: str
    data_type: str
    description: str
    vocabulary: str = ""
    has_reasons: bool = False


@dataclass(frozen=True)
class MartTable:
    """A published table; `grain` is a total order of its rows, `volatile` columns do not count for its digest.

    `is_read`: another published table is built from it. `not_null` are columns that are never null, `values` closed
    vocabularies by column: what the gate judges beyond what follows from grain and names. `part`: the column whose
    values are judged and held each by itself; '' where the table is one. `day` is a row's own day, as SQL over its
    columns, where the table is built by day; its digest and files are then made month by month.
    """

    name: str
    domain: str
    columns: tuple[MartColumn, ...]
    grain: tuple[str, ...]
    volatile: tuple[str, ...]
    description: str = ""
    is_read: bool = False
    not_null: tuple[str, ...] = ()
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()
    part: str = ""
    day: str = ""

    @property
    def contract(self) -> dict[str, str]:
        """Column → type, in order."""
        return {c.name: c.data_type for c in self.columns}


@dataclass(frozen=True)
class Catalogue:
    """All published tables, by domain and name, and the seeds with the SHA-256 that dbt took of them."""

    tables: tuple[MartTable, ...]
    seeds: tuple[tuple[str, str], ...] = ()

    def table(self, name: str) -> MartTable:
        """The table called `name`; KeyError if it is not published."""
        return next((t for t in self.tables if t.name == name), None) or _missing(name)

    def of(self, domain: str) -> tuple[MartTable, ...]:
        """The tables of one domain."""
        return tuple(t for t in self.tables if t.domain == domain)

    @property
    def domain_marts(self) -> tuple[MartTable, ...]:
        """What the first dbt run builds and the gate judges by domain: neither cross-domain nor judgement tables."""
        return tuple(t for t in self.tables if t.domain not in (CROSS_DOMAIN, JUDGEMENT))

    @property
    def domains(self) -> tuple[str, ...]:
        """Domains that have marts, in the declared order; judgement is none."""
        present = {t.domain for t in self.tables}
        return tuple(d for d in all_domains() if d in present)


def all_domains() -> tuple[str, ...]:
    """Every domain that publishes: those of the declared feeds, then the one across them."""
    return (*registry().domains, CROSS_DOMAIN)


def load_catalogue(manifest_path: Path) -> Catalogue:
    """Reads the published tables from dbt's manifest: every model that an exposure depends on.

    A model declares meta.domain, meta.grain and meta.volatile, and may declare meta.not_null and meta.values; one
    tagged `judgement` belongs to that domain. CatalogueError lists everything that is missing.
    """
    try:
        manifest = json.loads(manifest_path.read_bytes())
    except (OSError, ValueError) as error:
        raise CatalogueError(f"dbt's manifest cannot be read: {manifest_path}: {error}") from None
    nodes = manifest["nodes"]
    published = {
        node_id
        for exposure in manifest["exposures"].values()
        for node_id in exposure["depends_on"]["nodes"]
        if nodes.get(node_id, {}).get("resource_type") == "model"
    }
    if not published:
        raise CatalogueError(f"{manifest_path}: no exposure names a model, so nothing would be published")
    problems: list[str] = []
    read = _read_by_others(nodes, published)
    tables = [_table(nodes[node_id], node_id in read, problems) for node_id in published]
    if problems:
        raise CatalogueError("marts are declared incompletely:\n" + "\n".join(sorted(problems)))
    order = {name: place for place, name in enumerate((*all_domains(), JUDGEMENT))}
    seeds = sorted(
        (node["name"], node["checksum"]["checksum"]) for node in nodes.values() if node["resource_type"] == "seed"
    )
    return Catalogue(tuple(sorted(tables, key=lambda t: (order[t.domain], t.name))), tuple(seeds))


def vocabulary_of(column: Mapping[str, Any]) -> str:
    """The vocabulary that a column of dbt's manifest names; '' where it names none."""
    return (column.get("config") or {}).get("meta", {}).get("vocabulary", "")


def holds_reasons(column: Mapping[str, Any]) -> bool:
    """Whether a column of dbt's manifest holds reasons: sentences in both languages, and codes."""
    return bool((column.get("config") or {}).get("meta", {}).get("reasons"))


def normal_type(text: str) -> str:
    """A data type as catalogues compare it: lower case, no blanks, dbt's synonyms resolved."""
    plain = text.lower().replace(" ", "")
    if plain.startswith("numeric("):
        plain = "decimal" + plain.removeprefix("numeric")
    return _SYNONYMS.get(plain, plain)


def _read_by_others(nodes: Mapping[str, Mapping[str, Any]], published: Set[str]) -> set[str]:
    """The published models that another published one is built from, through whatever lies between them."""
    read: set[str] = set()
    for node_id in published:
        seen: set[str] = set()
        queue = list(_parents(nodes[node_id]))
        while queue:
            parent = queue.pop()
            if parent in published:
                read.add(parent)
            elif parent not in seen and parent in nodes:
                seen.add(parent)
                queue += _parents(nodes[parent])
    return read


def _parents(node: Mapping[str, Any]) -> Sequence[str]:
    return node.get("depends_on", {}).get("nodes", ())


def _table(node: Mapping[str, Any], is_read: bool, problems: list[str]) -> MartTable:
    name = node["name"]
    config = node.get("config", {})
    meta = {**node.get("meta", {}), **config.get("meta", {})}
    columns = tuple(
        MartColumn(
            c["name"],
            normal_type(c.get("data_type") or ""),
            " ".join((c.get("description") or "").split()),
            vocabulary_of(c),
            holds_reasons(c),
        )
        for c in node.get("columns", {}).values()
    )
    names = {c.name for c in columns}
    judgement = JUDGEMENT in (*node.get("tags", ()), *config.get("tags", ()))
    domain = JUDGEMENT if judgement else meta.get("domain", "")
    grain, volatile = tuple(meta.get("grain", ())), tuple(meta.get("volatile", ()))
    if domain not in (*all_domains(), JUDGEMENT):
        problems.append(f"{name}: meta.domain is {domain!r}; use one of {', '.join(all_domains())}")
    if not (config.get("contract") or {}).get("enforced"):
        problems.append(f"{name}: its contract is not enforced")
    if not (node.get("description") or "").strip():
        problems.append(f"{name}: no description")
    for column in columns:
        if not _TYPE.match(column.data_type):
            problems.append(f"{name}.{column.name}: type {column.data_type!r} is not one that every reader can fetch")
        if column.vocabulary and f"{column.name}_zh" not in names:
            problems.append(f"{name}.{column.name}: holds words, so that the contract needs {column.name}_zh")
        if column.has_reasons and (lacking := {f"{column.name}_zh", f"{column.name}_code"} - names):
            problems.append(f"{name}.{column.name}: holds reasons, so that the contract needs {sorted(lacking)}")
        if not column.description:
            problems.append(f"{name}.{column.name}: no description")
    if not grain:
        problems.append(f"{name}: meta.grain is empty")
    not_null = tuple(meta.get("not_null", ()))
    values = tuple((column, tuple(words)) for column, words in meta.get("values", {}).items())
    vocabularies = [column for column, _ in values]
    for what, listed in (("grain", grain), ("volatile", volatile), ("not_null", not_null), ("values", vocabularies)):
        if unknown := set(listed) - names:
            problems.append(f"{name}: meta.{what} names unknown columns {sorted(unknown)}")
    if set(grain) & set(volatile):
        problems.append(f"{name}: columns of the grain cannot be volatile")
    part = meta.get("part", "")
    if part and part != (grain[0] if grain else ""):
        problems.append(f"{name}: meta.part is {part!r}, which is not the first column of the grain")
    described = " ".join((node.get("description") or "").split())
    day = _own_day(meta)
    return MartTable(name, domain, columns, grain, volatile, described, is_read, not_null, values, part, day)


def _own_day(meta: Mapping[str, Any]) -> str:
    """As dbt_project/macros/by_day.sql reads the declaration; '' where the table is not built by day."""
    return meta["by_day"].get("day", "day") if "by_day" in meta else ""


def _missing(name: str) -> MartTable:
    raise KeyError(name)
