"""The gate's pages: what comes from data is text on them, whatever it looks like.

Here belong single pages of made records. Not here: the pages of a whole judgement (tests/gate/test_gate_whole.py).
"""

from __future__ import annotations

import json
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

from expectations.docs import write_docs
from warehouse.tables.judged import DomainVerdict, GateRecord, TableVerdict

EVIL = "<img src=\"https://evil.example/x.png\" onerror='x()'>&amp;{{ 7 * 7 }}{% raw %}"
TAGS = {
    "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "ul", "li", "a", "code", "span", "div",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


class Page(HTMLParser):
    """The tags of a page and its text, each piece of data by itself."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[str | None] = []
        self.said: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [value for _, value in attrs]

    def handle_data(self, data: str) -> None:
        self.said.append(data.strip())


def record(**changes: object) -> GateRecord:
    said = {
        "domain": "air", "table_name": "mart_air", "table_digest": "d" * 64, "suite": "air", "expectation": "rows",
        "column": "", "severity": "critical", "outcome": "pass", "observed": "3", "expected": "at least 1",
        "unexpected_count": 0, "failing_rows": "[]", "judged_by": "dbt",
    }  # fmt: skip
    return GateRecord(**(said | changes))


def pages(folder: Path, records: list[GateRecord], domain: str = "air", table: str = "mart_air") -> dict[str, Page]:
    tables = [TableVerdict(table, domain, "e" * 64, "fail")]
    names = write_docs(folder, records, tables, [DomainVerdict(domain, "fail", (EVIL,))], datetime(2026, 11, 22, 6))
    return {name: Page((folder / name).read_text(encoding="utf-8")) for name in names}


def test_names_that_hold_markup_are_shown_as_text(tmp_path: Path) -> None:
    table = EVIL.replace("/", "_")
    rows = json.dumps([{EVIL: EVIL}, {"other": None}])
    evil = record(
        table_name=table, expectation=EVIL, expected=EVIL, observed=EVIL, waiver=EVIL, words=EVIL,
        outcome="fail", failing_rows=rows, unexpected_count=9, judged_at=f"2026-11-23T07:00:00{EVIL}",
    )  # fmt: skip
    found = pages(tmp_path, [evil], EVIL, table)
    assert set(found) == {"index.html", f"{table}.html"}
    for page in found.values():
        assert page.tags <= TAGS
    index, own = found["index.html"].said, found[f"{table}.html"].said
    assert index.count(EVIL) == 1 and f"{EVIL}:" in index and table in index
    assert found["index.html"].attributes.count(f"{table}.html") == 1
    # Expectation with its words, expected, observed, and name and value of the failing row.
    assert own.count(EVIL) == 6 and f"waived by {EVIL}" in own and f"{table}:" in own
    assert f"Domain {EVIL}. Digest of what was judged:" in own
    assert any(text.startswith("Judged on 2026-11-23 07:00:00<img") for text in own)


def test_the_worst_comes_first_and_a_failing_row_without_a_value_has_an_empty_cell(tmp_path: Path) -> None:
    rows = json.dumps([{"site": "S1", "value": 0}, {"site": None, "flag": False}])
    records = [
        record(expectation="passes"),
        record(expectation="warns", outcome="warn", severity="warning"),
        record(expectation="fails", outcome="fail", failing_rows=rows, unexpected_count=7),
    ]
    page = pages(tmp_path, records)["mart_air.html"].said
    assert [word for word in page if word in ("passes", "warns", "fails")] == ["fails", "warns", "passes"]
    assert "2 of 7 failing rows" in page
    table = (tmp_path / "mart_air.html").read_text(encoding="utf-8")
    assert "<td>S1</td><td>0</td><td></td>" in table and "<td></td><td></td><td>False</td>" in table


def test_a_table_without_a_record_has_a_page(tmp_path: Path) -> None:
    found = pages(tmp_path, [])
    assert "mart_air" in found["index.html"].said and "0" in found["index.html"].said
    assert "All tables" in found["mart_air.html"].said
