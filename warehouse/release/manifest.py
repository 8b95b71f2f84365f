"""Parts of a release's manifest: its tables, its inputs, its files.

Here belongs what can be said of a release directory before it counts. Not here: the order of publishing
(publication.py) or reading a manifest again (releases.py).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sources.deliveries import Receipt
from warehouse.release.kept import declared
from warehouse.tables.admitted import AdmittedTable
from warehouse.tables.catalogue import Catalogue, MartTable

INPUTS = "inputs.jsonl"


def table_entries(
    catalogue: Catalogue, tables: Sequence[AdmittedTable], counted: Mapping[str, tuple[str, int]], release_id: str
) -> list[dict[str, Any]]:
    """Every table with its contract, state, digest and rows; `counted` is name → (digest, rows)."""
    admitted = {t.name: t for t in tables}
    return [
        _table_entry(table, admitted.get(table.name), counted[table.name], release_id) for table in catalogue.tables
    ]


def _table_entry(
    table: MartTable, admitted: AdmittedTable | None, counted: tuple[str, int], release_id: str
) -> dict[str, Any]:
    digest, rows = counted
    held = admitted is not None and admitted.state == "held"
    return {
        "name": table.name,
        "domain": table.domain,
        "state": admitted.state if admitted else "fresh",
        "since": admitted.since.isoformat() if admitted and admitted.since else None,
        "reason": admitted.reason if admitted else "",
        "release_of_origin": admitted.release_of_origin if held else release_id,
        "digest": digest,
        "rows": rows,
        **declared(table),
    }


_INPUT = ("feed", "source_id", "offer_id", "delivered_at", "sha256", "delivery_id", "adopted_from")


def write_inputs(folder: Path, inputs: Iterable[Receipt]) -> str:
    """Writes inputs.jsonl, one cleaned delivery a line, by feed and delivery order; gives its SHA-256."""
    ordered = sorted(inputs, key=lambda r: (r.feed, r.order))
    lines = [json.dumps({name: getattr(r, name) for name in _INPUT}, ensure_ascii=False) + "\n" for r in ordered]
    content = "".join(lines).encode()
    (folder / INPUTS).write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def files(folder: Path) -> dict[str, dict[str, Any]]:
    """SHA-256 and size of every file below `folder`, by relative path."""
    found = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        found[path.relative_to(folder).as_posix()] = {"sha256": digest, "bytes": path.stat().st_size}
    return found
