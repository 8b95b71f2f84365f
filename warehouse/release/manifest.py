"""What a release says of itself: manifest.json, and the list of its inputs.

Here belongs all that can be said of a release directory before it counts. Not here: the order of publishing
(publication.py) or reading a manifest again (releases.py).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sources.deliveries import Receipt
from warehouse.duck import STORAGE_VERSION
from warehouse.paths import INSTALLED
from warehouse.release import gate_records
from warehouse.release.code_state import code_state
from warehouse.release.kept import declared
from warehouse.release.release_plan import ReleasePlan
from warehouse.release.releases import DATABASE
from warehouse.tables.admitted import AdmittedTable
from warehouse.tables.catalogue import Catalogue, MartTable
from warehouse.tables.months import Month

FORMAT = 1
INPUTS = "inputs.jsonl"


@dataclass(frozen=True)
class Origin:
    """What a release is made of and under.

    `as_of` is the refresh's own clock, `inputs` the receipts of every cleaned delivery (Index.inputs), `entered` the
    files of users (Lake.entered), `configuration` what was chosen within the standards, `waivers` those in force,
    `docs` the folder of the gate's pages, and `sources` the rows of mart_sources without Chinese words.
    """

    as_of: datetime
    inputs: tuple[Receipt, ...] = ()
    entered: Sequence[Mapping[str, Any]] = ()
    configuration: Mapping[str, Any] = field(default_factory=dict)
    waivers: Sequence[Mapping[str, Any]] = ()
    docs: Path | None = None
    sources: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Written:
    """What was written: digest and rows by table, months of those built by day, SHA-256 and size by file, and the
    SHA-256 of the list of inputs.
    """

    tables: Mapping[str, tuple[str, int]]
    months: Mapping[str, Sequence[Month]]
    files: Mapping[str, Mapping[str, Any]]
    inputs_sha256: str


def manifest_content(catalogue: Catalogue, plan: ReleasePlan, origin: Origin, written: Written) -> bytes:
    """The bytes of manifest.json."""
    before, kept = plan.before, plan.kept
    manifest = {
        "format": FORMAT,
        "release_id": plan.release_id,
        "seq": plan.seq,
        "digest": plan.digest,
        "published_at": plan.at.astimezone(UTC).isoformat(),
        "as_of": origin.as_of.isoformat(),
        "previous": {"release_id": before.release_id, "manifest_sha256": before.manifest_sha256} if before else None,
        "replaces": plan.replaces,
        "code": code_state(INSTALLED),
        "inputs": {
            "file": INPUTS,
            "sha256": written.inputs_sha256,
            "entered": [dict(table) for table in origin.entered],
        },
        "configuration": dict(origin.configuration),
        "standards": [{"seed": name, "sha256": sha256} for name, sha256 in catalogue.seeds],
        "gate": {
            "records": gate_records.FILE,
            "verdicts": [{"domain": v.domain, "verdict": v.verdict, "reasons": list(v.reasons)} for v in plan.verdicts],
        },
        "waivers": [dict(w) for w in origin.waivers],
        "domains": {domain: state.as_dict() for domain, state in plan.domains.items()},
        "tables": _table_entries(catalogue, plan, written),
        # The size it has without what replaced tables leave behind: see kept.py.
        "database": {
            "storage": STORAGE_VERSION,
            "bytes_anew": kept.bytes_anew if kept.base else written.files[DATABASE]["bytes"],
        },
        "files": written.files,
    }
    return json.dumps(manifest, sort_keys=True, indent=1, ensure_ascii=False, default=str).encode()


def _table_entries(catalogue: Catalogue, plan: ReleasePlan, written: Written) -> list[dict[str, Any]]:
    """Every table with its contract, state, digest and rows, and its months where it is built by day."""
    admitted = {t.name: t for t in plan.tables}
    entries = []
    for table in catalogue.tables:
        entry = _table_entry(table, admitted.get(table.name), written.tables[table.name], plan.release_id)
        months = [month.as_list() for month in written.months.get(table.name, ())]
        entries.append(entry | ({"months": months} if table.day else {}))
    return entries


def _table_entry(
    table: MartTable, admitted: AdmittedTable | None, counted: tuple[str, int], release_id: str
) -> dict[str, Any]:
    digest, rows = counted
    held = admitted if admitted is not None and admitted.state == "held" else None
    return {
        "name": table.name,
        "domain": table.domain,
        "state": admitted.state if admitted else "fresh",
        "since": admitted.since.isoformat() if admitted and admitted.since else None,
        "reason": admitted.reason if admitted else "",
        "release_of_origin": held.release_of_origin if held else release_id,
        "digest": digest,
        "rows": rows,
        **({"parts": _parts(admitted)} if admitted and admitted.parts else {}),
        **declared(table),
    }


def _parts(admitted: AdmittedTable) -> dict[str, dict[str, str]]:
    """Parts of a table that are held by themselves, since when and why."""
    return {p.part: {"since": p.since.isoformat(), "reason": p.reason} for p in admitted.parts}


_INPUT = ("feed", "source_id", "offer_id", "delivered_at", "sha256", "delivery_id", "adopted_from")


def write_inputs(folder: Path, inputs: Iterable[Receipt]) -> str:
    """Writes inputs.jsonl, one cleaned delivery a line, by feed and delivery order; gives its SHA-256."""
    ordered = sorted(inputs, key=lambda r: (r.feed, r.order))
    lines = [json.dumps({name: getattr(r, name) for name in _INPUT}, ensure_ascii=False) + "\n" for r in ordered]
    content = "".join(lines).encode()
    (folder / INPUTS).write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def files_below(folder: Path) -> dict[str, dict[str, Any]]:
    """SHA-256 and size of every file below `folder`, by relative path."""
    found = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        found[path.relative_to(folder).as_posix()] = {"sha256": digest, "bytes": path.stat().st_size}
    return found
