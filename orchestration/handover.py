"""What one step leaves for the next on disk: the gate's reports and the list of admitted tables, as JSON.

Each step reads what the step before wrote, so that one run on its own judges or publishes exactly what is there.
Standard library only. Not here: what any of it means (expectations, warehouse).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from warehouse.atomic import write_bytes
from warehouse.paths import DataDir
from warehouse.tables.admitted import AdmittedTable, HeldPart, domain_states
from warehouse.tables.judged import DomainVerdict, GateRecord, GateReport, TableVerdict


class NotHandedOver(RuntimeError):
    """A step was run before the one it builds on; the message says which to run."""


def gate_folder(data: DataDir) -> Path:
    """The gate's pages and what it hands over."""
    return data.build / "gate"


def save_report(data: DataDir, name: str, report: GateReport) -> None:
    """Keeps a report under `name` (domains or cross_domain)."""
    _write(_file(data, name), {k: v for k, v in asdict(report).items() if k != "pages"})


def load_report(data: DataDir, name: str) -> GateReport:
    """The report kept under `name`; NotHandedOver if there is none."""
    raw = _read(_file(data, name), f"judge {name} first")
    return GateReport(
        tuple(GateRecord(**row) for row in raw["records"]),
        tuple(TableVerdict(**row) for row in raw["table_verdicts"]),
        tuple(_verdict(row) for row in raw["domain_verdicts"]),
    )


def _verdict(row: dict[str, Any]) -> DomainVerdict:
    parts = {part: tuple(reasons) for part, reasons in row["parts"].items()}
    return DomainVerdict(row["domain"], row["verdict"], tuple(row["reasons"]), parts)


def save_admitted(data: DataDir, tables: Iterable[AdmittedTable]) -> None:
    """Keeps what was admitted."""
    _write(_file(data, "admitted"), [asdict(table) for table in tables])


def load_admitted(data: DataDir) -> list[AdmittedTable]:
    """What was admitted; NotHandedOver before."""
    rows = _read(_file(data, "admitted"), "admit the domain marts first")
    return [_admitted(row) for row in rows]


def _admitted(row: dict[str, Any]) -> AdmittedTable:
    parts = tuple(HeldPart(p["part"], datetime.fromisoformat(p["since"]), p["reason"]) for p in row["parts"])
    since = datetime.fromisoformat(row["since"]) if row["since"] else None
    given: dict[str, Any] = {**row, "since": since, "parts": parts}
    return AdmittedTable(**given)


def states_not_fresh(tables: Iterable[AdmittedTable]) -> dict[str, str]:
    """held or empty for every domain that is not fresh."""
    return {domain: found.state for domain, found in domain_states(tables).items() if found.state != "fresh"}


def forget(data: DataDir) -> None:
    """Removes what an earlier build left: nothing of it may speak for a new candidate."""
    for file in gate_folder(data).glob("*.json"):
        file.unlink()


def _file(data: DataDir, name: str) -> Path:
    return gate_folder(data) / f"{name}.json"


def _write(file: Path, content: Any) -> None:
    text = json.dumps(content, ensure_ascii=False, default=datetime.isoformat)
    write_bytes(file, text.encode(), durable=False)


def _read(file: Path, hint: str) -> Any:
    try:
        return json.loads(file.read_bytes())
    except FileNotFoundError:
        raise NotHandedOver(f"{file.name} is not there: {hint}") from None
