"""Data Docs: the judgement as static pages, one per table and an index, from the very records the verdict came from.

Here belongs HTML. Not here: any result or verdict. Great Expectations' own pages load scripts, styles and a logo from
the network; these load nothing: one inline style, no script, no image, links only between themselves. Everything that
comes from data is escaped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from pathlib import Path

from expectations.records import DomainVerdict, GateRecord, TableVerdict

_STYLE = """
body{font:15px/1.5 system-ui,"Noto Sans CJK SC",sans-serif;color:#1b1f23}
body{margin:2rem auto;max-width:76rem;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}
th,td{border:1px solid #d5dae0;padding:.35rem .6rem;text-align:left;vertical-align:top}
th{background:#f2f4f7;font-weight:600}
code{font-size:13px;word-break:break-all}
.pass{color:#116329}.warn{color:#8a5a00}.fail{color:#b01515;font-weight:600}
.words{color:#59636e;font-size:13px}
td table{margin:.3rem 0;font-size:13px}
"""
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
    by_table: dict[str, list[GateRecord]] = {}
    for record in records:
        by_table.setdefault(record.table_name, []).append(record)
    pages = {f"{v.table}.html": _table_page(v, by_table.get(v.table, [])) for v in tables}
    pages["index.html"] = _index(tables, domains, by_table, as_of)
    for name, text in sorted(pages.items()):
        (folder / name).write_text(text, encoding="utf-8")
    return tuple(sorted(pages))


def _index(
    tables: Sequence[TableVerdict],
    domains: Sequence[DomainVerdict],
    by_table: Mapping[str, Sequence[GateRecord]],
    as_of: datetime,
) -> str:
    parts = [f"<h1>Gate</h1><p>Judged as of {escape(as_of.isoformat(sep=' '))}.</p>"]
    for domain in domains:
        reasons = "".join(f"<li>{escape(reason)}</li>" for reason in domain.reasons)
        parts.append(f"<h2>{escape(domain.domain)}: {_badge(domain.verdict)}</h2>")
        parts.append(f"<ul>{reasons}</ul>" if reasons else "")
        rows = [
            [
                f'<a href="{escape(t.table)}.html">{escape(t.table)}</a>',
                _badge(t.verdict),
                *_tally(by_table[t.table]),
                f"<code>{escape(t.digest[:12])}</code>",
            ]
            for t in tables
            if t.domain == domain.domain
        ]
        parts.append(_html_table(["table", "verdict", "expectations", "broken", "digest"], rows))
    return _page("Gate", "".join(parts))


def _table_page(verdict: TableVerdict, records: Sequence[GateRecord]) -> str:
    ordered = sorted(records, key=lambda r: _RANK[r.outcome])
    rows = [
        [
            _badge(r.outcome),
            escape(r.severity),
            f"{escape(r.expectation)}{_words(r.words)}",
            escape(r.expected),
            f"{escape(r.observed)}{_waiver(r.waiver)}{_failing(r)}",
            escape(_JUDGES[r.judged_by]),
        ]
        for r in ordered
    ]
    head = (
        f'<p><a href="index.html">All tables</a></p><h1>{escape(verdict.table)}: {_badge(verdict.verdict)}</h1>'
        f"<p>Domain {escape(verdict.domain)}. Digest of what was judged: <code>{escape(verdict.digest)}</code></p>"
        f"{_carried(records)}"
    )
    columns = ["outcome", "severity", "expectation", "expected", "observed", "judged by"]
    return _page(verdict.table, head + _html_table(columns, rows))


def _carried(records: Sequence[GateRecord]) -> str:
    """When an earlier run judged, where its records are carried."""
    earlier = sorted({r.judged_at for r in records if r.judged_at})
    since = "Nothing that its records depend on has changed since."
    return f"<p>Judged on {escape(earlier[0].replace('T', ' '))}. {since}</p>" if earlier else ""


def _tally(records: Sequence[GateRecord]) -> tuple[str, str]:
    return str(len(records)), str(sum(r.outcome != "pass" for r in records))


def _words(statement: str) -> str:
    return f'<div class="words">{escape(statement)}</div>' if statement else ""


def _waiver(waiver: str) -> str:
    return f'<div class="warn">waived by {escape(waiver)}</div>' if waiver else ""


def _failing(record: GateRecord) -> str:
    """The failing rows as a small table, with how many there are in all."""
    rows = json.loads(record.failing_rows)
    if not rows:
        return ""
    names = list(dict.fromkeys(name for row in rows for name in row))
    body = [[escape("" if row.get(n) is None else str(row[n])) for n in names] for row in rows]
    note = f'<div class="words">{len(rows)} of {record.unexpected_count} failing rows</div>'
    return note + _html_table([escape(n) for n in names], body)


def _badge(outcome: str) -> str:
    return f'<span class="{escape(outcome)}">{escape(outcome)}</span>'


def _html_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are HTML already."""
    header = "".join(f"<th>{cell}</th>" for cell in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{header}</tr></thead><tbody>{body}</tbody></table>"


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>{body}</body></html>\n"
    )
