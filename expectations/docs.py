"""Data Docs: the judgement as static pages, one per table and an index, from the very records the verdict came from.

Here belongs what the pages are given; how they look is in the templates next to it (pages/). Not here: any result or
verdict. Great Expectations' own pages load scripts, styles and a logo from the network; these load nothing: one inline
style, no script, no image, links only between themselves. Jinja escapes everything that comes from data.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from warehouse.tables.judged import DomainVerdict, GateRecord, TableVerdict

_RANK = {"fail": 0, "warn": 1, "pass": 2}
_JUDGES = {
    "great_expectations": "Great Expectations",
    "dbt": "dbt",
    "schema": "declared schema",
    "headline_step": "headline step",
}


def write_docs(
    folder: Path,
    records: Iterable[GateRecord],
    tables: Sequence[TableVerdict],
    domains: Sequence[DomainVerdict],
    as_of: datetime,
) -> tuple[str, ...]:
    """Writes index.html and <table>.html below `folder` and returns their names; existing pages of these names go."""
    folder.mkdir(parents=True, exist_ok=True)
    by_table: dict[str, list[GateRecord]] = {table.table: [] for table in tables}
    for record in records:
        by_table.setdefault(record.table_name, []).append(record)
    pages = {f"{verdict.table}.html": _table_page(verdict, by_table[verdict.table]) for verdict in tables}
    of_domain = [(d, [(t, by_table[t.table]) for t in tables if t.domain == d.domain]) for d in domains]
    pages["index.html"] = _pages().get_template("index.html").render(domains=of_domain, as_of=as_of)
    for name, text in sorted(pages.items()):
        (folder / name).write_text(text, encoding="utf-8")
    return tuple(sorted(pages))


@cache
def _pages() -> Environment:
    pages = Environment(
        loader=PackageLoader("expectations", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shared: dict[str, Any] = {"judges": _JUDGES, "names_of": _names_of}
    pages.globals.update(shared)
    return pages


def _table_page(verdict: TableVerdict, records: Sequence[GateRecord]) -> str:
    # When an earlier run judged, where its records are carried.
    earlier = min((r.judged_at for r in records if r.judged_at), default="")
    return (
        _pages()
        .get_template("table.html")
        .render(
            verdict=verdict,
            records=[(r, json.loads(r.failing_rows)) for r in sorted(records, key=lambda r: _RANK[r.outcome])],
            since=earlier.replace("T", " "),
        )
    )


def _names_of(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Names of the columns of rows, each once."""
    return list(dict.fromkeys(name for row in rows for name in row))
