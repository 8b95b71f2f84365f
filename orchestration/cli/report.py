"""Summaries for people: tables on the terminal, or one JSON object for scripts.

Here belongs printing only. Not here: collecting what is printed (summary.py).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from orchestration.summary import Summary
from warehouse.lake.lake import REPORTING_ZONE

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

# Two tables, so that each fits a terminal of 80 columns with the numbers of years.
_RECORDS = {
    "files": "files",
    "refused": "refused",
    "records_in": "records",
    "records_used": "used",
    "records_quarantined": "quarantined",
    "records_duplicate": "duplicate",
}
_READINGS = {"readings_in": "readings", "readings_superseded": "superseded", "readings_flagged": "flagged"}
_WIDTH_OF_A_PIPE = 80
_STYLE = {"pass": "green", "warn": "yellow", "fail": "red", "fresh": "green", "held": "red", "empty": "red"}
_REASON_WIDTH = 160
_TO_THE_MINUTE = len("2026-11-22T06:30")
_FILES_SHOWN = 20


def print_json(content: Mapping[str, Any]) -> None:
    """One JSON object on stdout."""
    sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def print_summary(summary: Summary) -> None:
    """A refresh at its end."""
    console = _console()
    if brought := {feed: counts for feed, counts in summary.feeds.items() if counts.get("files")}:
        console.print(_feeds(brought, _RECORDS))
        console.print(_feeds(brought, _READINGS))
    if silent := len(summary.feeds) - len(brought):
        console.print(f"feeds without a file: {silent} of {len(summary.feeds)}")
    for feed, counts in summary.feeds.items():
        if counts.get("failure"):
            console.print(f"[red]{feed} failed:[/red] {_plain(counts['failure'])}", soft_wrap=True)
    _print_refused(console, summary.refused_files)
    for line in summary.mended:
        console.print(f"[red]changed[/red] {_plain(line)}", soft_wrap=True)
    for notice in summary.notices:
        console.print(f"[yellow]note[/yellow] {_plain(notice)}", soft_wrap=True)
    if summary.domains:
        console.print(_domains(summary.domains))
    if summary.message:
        console.print(_plain(summary.message), soft_wrap=True)
    if summary.release:
        console.print(f"release      {summary.release['id']}", soft_wrap=True)
        console.print(f"digest       {summary.release['digest']}", soft_wrap=True)
    console.print(f"ledger head  {summary.ledger_head}", soft_wrap=True)
    if summary.open:
        console.print(f"open in BI   {_plain(summary.open)}", soft_wrap=True)


def print_plan(summary: Summary) -> None:
    """What became of each model, and why."""
    if not summary.plan:
        _console().print("nothing was planned: every table is carried")
        return
    columns = ("table", "verdict", "reason", "outcome")
    print_table("build plan", columns, [[row[name] for name in columns] for row in summary.plan])


def print_table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Any small table."""
    table = _table(title)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(_plain(cell) for cell in row))
    _console().print(table)


def _feeds(feeds: Mapping[str, Mapping[str, Any]], headings: Mapping[str, str]) -> Table:
    table = _table("")
    table.add_column("feed", overflow="fold")
    for heading in headings.values():
        table.add_column(heading, justify="right", overflow="fold")
    for feed, counts in feeds.items():
        table.add_row(feed, *(f"{counts.get(name, 0):,}" for name in headings))
    return table


def _domains(domains: Mapping[str, Mapping[str, Any]]) -> Table:
    table = _table("")
    for heading in ("domain", "gate", "tables", f"since ({REPORTING_ZONE})", "why"):
        table.add_column(heading, overflow="fold")
    for domain, state in domains.items():
        verdict, holds = state.get("verdict") or "-", state.get("state") or "-"
        table.add_row(
            domain,
            f"[{_STYLE.get(verdict, 'default')}]{verdict}[/]",
            f"[{_STYLE.get(holds, 'default')}]{holds}[/]",
            (state.get("since") or "")[:_TO_THE_MINUTE].replace("T", " "),
            _plain(_short(state.get("reason") or "")),
        )
    return table


def _print_refused(console: Console, refused: Sequence[Mapping[str, str]]) -> None:
    for file in refused[:_FILES_SHOWN]:
        # The reason begins with the file's name.
        said = _plain(f"{file['feed']}: {file['reason']}")
        console.print(f"[red]refused[/red] {said}", soft_wrap=True)
    if len(refused) > _FILES_SHOWN:
        console.print(f"and {len(refused) - _FILES_SHOWN} more refused files (data/quarantine, mart_data_health)")


def _short(text: str) -> str:
    return text if len(text) <= _REASON_WIDTH else text[: _REASON_WIDTH - 1] + "…"


def _table(title: str) -> Table:
    from rich import box
    from rich.table import Table

    return Table(title=title or None, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False, padding=(0, 1, 0, 0))


def _plain(text: str) -> str:
    """Foreign text: no markup of ours in it."""
    from rich.markup import escape

    return escape(text)


def _console() -> Console:
    from rich.console import Console

    # A pipe has no width of its own.
    return Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH_OF_A_PIPE)


def in_reporting_zone(instant: str) -> str:
    """An ISO instant as people read it: in the reporting zone, to the second, with the zone's name."""
    return f"{datetime.fromisoformat(instant).astimezone(REPORTING_ZONE):%Y-%m-%d %H:%M:%S} {REPORTING_ZONE}"
