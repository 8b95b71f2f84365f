"""Writing a planned release into a folder of its own: tables, gate records, pages, inputs, and the manifest last.

Here belongs the order of writing, and what the tables about the judgement say. Not here: what the release will be
(release_plan.py), how tables are written (assembly.py), or the moment from which it counts (publication.py).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sources.registry.words import chinese_words
from warehouse.atomic import flush, write_bytes
from warehouse.paths import DataDir
from warehouse.release import gate_records
from warehouse.release.assembly import Places, write_database, write_judgement, write_marts
from warehouse.release.event_changes import EVENT_CHANGES, event_changes
from warehouse.release.gate_records import Refused
from warehouse.release.kept import MARTS
from warehouse.release.manifest import Origin, Written, files_below, manifest_content, write_inputs
from warehouse.release.release_plan import ReleasePlan
from warehouse.release.releases import DATABASE, MANIFEST
from warehouse.tables.catalogue import JUDGEMENT, Catalogue, MartTable
from warehouse.tables.months import Month
from warehouse.tables.ordered import OutOfOrder

# The tables about the judgement itself and about the moment of publishing, which this step fills.
GATE_RESULTS = "mart_gate_results"
RELEASE_TABLES = "mart_release_tables"
SOURCES = "mart_sources"


def write_release(folder: Path, data: DataDir, catalogue: Catalogue, plan: ReleasePlan, origin: Origin) -> bytes:
    """Fills `folder`, which is empty, and makes it durable and read-only; gives the bytes of its manifest.

    Refused if the working database does not hold what was judged, ReleaseError if what is taken over from the current
    release is not what that one's manifest says.
    """
    counted, months = _write_tables(folder, data, catalogue, plan, origin.sources)
    gate_records.write([*plan.judged, *plan.carried], folder / gate_records.FILE)
    if origin.docs is not None and origin.docs.is_dir():
        shutil.copytree(origin.docs, folder / "gate" / "docs")
    inputs_sha256 = write_inputs(folder, origin.inputs)
    files = files_below(folder)
    for name in plan.kept.tables:
        plan.kept.require(f"{MARTS}/{name}.parquet", files[f"{MARTS}/{name}.parquet"]["sha256"])
    content = manifest_content(catalogue, plan, origin, Written(counted, months, files, inputs_sha256))
    write_bytes(folder / MANIFEST, content, durable=False)
    _seal(folder)
    return content


def _write_tables(
    folder: Path, data: DataDir, catalogue: Catalogue, plan: ReleasePlan, sources: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, tuple[str, int]], dict[str, tuple[Month, ...]]]:
    """Writes Parquet and database; Refused if the database does not hold what was judged. Gives digest and rows of
    every table, and the months of those that are built by day.
    """
    places = Places(folder / MARTS, data.build_db, data.spill, data.ordered)
    given = {t.name: (catalogue.table(t.name), t.digest, t.schema) for t in plan.tables}
    laid = write_marts(places, given, plan.kept)
    rows = {name: mart.rows for name, mart in laid.items()}
    months = {name: mart.months for name, mart in laid.items() if catalogue.table(name).day}
    before = plan.before.path / MARTS if plan.before else None
    changes = event_changes(before, folder / MARTS, data.spill, (plan.release_id, plan.local.isoformat()))
    about = _judgement_rows(catalogue, plan, rows, {SOURCES: sources, EVENT_CHANGES: changes})
    write_judgement(folder / MARTS, data.spill, catalogue.of(JUDGEMENT), about)
    try:
        found = write_database(folder / DATABASE, places, catalogue, plan.kept, months)
    except OutOfOrder as wrong:
        raise Refused(f"what would be published is not what was judged: {wrong}") from None
    staying = {name: (entry["digest"], entry["rows"]) for name, entry in plan.kept.tables.items()}
    counted = {**staying, **found}
    for table in plan.tables:
        digest, count = counted[table.name]
        if digest != table.digest or (table.state == "empty" and count):
            raise Refused(f"{table.name}: what would be published is not what was judged")
    return counted, months


def _judgement_rows(
    catalogue: Catalogue,
    plan: ReleasePlan,
    rows: Mapping[str, int],
    given: Mapping[str, Sequence[Mapping[str, Any]]],
) -> dict[str, list[dict[str, Any]]]:
    """What the tables about the judgement hold, by table; `rows` is the number of rows of every other one, and `given`
    are the tables whose rows come from elsewhere: only when they were made is added where they do not say it.
    """
    grain = next((t.grain for t in catalogue.of(JUDGEMENT) if t.name == GATE_RESULTS), ())
    shown = gate_records.latest(plan.judged, plan.carried, grain)
    made = {"release_id": plan.release_id, "published_at": plan.local}
    found = {
        **{name: [{**made, **row} for row in listed] for name, listed in given.items()},
        GATE_RESULTS: shown,
        RELEASE_TABLES: [
            {
                "table_name": t.name,
                "domain": t.domain,
                "state": t.state,
                "stale_since": t.since,
                "reason": t.reason or "; ".join(f"{p.part} is held: {p.reason}" for p in t.parts),
                "table_digest": t.digest,
                "row_count": rows[t.name],
                **made,
            }
            for t in plan.tables
        ],
    }
    return {t.name: _worded(t, found[t.name]) for t in catalogue.of(JUDGEMENT) if t.name in found}


def _worded(table: MartTable, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows with the Chinese word of each column of words, as dbt_project/macros/words.sql adds it to the others."""
    words = chinese_words()
    named = [(c.name, c.vocabulary) for c in table.columns if c.vocabulary]
    return [
        {**row, **{f"{column}_zh": words.get((of, row[column]), row[column]) for column, of in named}} for row in rows
    ]


def _seal(folder: Path) -> None:
    """Takes the write permission from every file and makes all of them durable."""
    paths = list(folder.rglob("*"))
    for path in paths:
        if path.is_file():
            path.chmod(0o444)
    flush(folder, [*paths, folder])
