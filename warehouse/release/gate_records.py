"""Gate records as the release keeps them: rows bound to digests, this run's and the carried ones.

Here belongs the rule that a table enters a release only with a passing record for exactly its digest. Not here: how a
record comes about (expectations) or how tables are copied (assembly.py). Standard library only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from pathlib import Path
from typing import Any

from warehouse.release.releases import Release
from warehouse.tables.judged import GateRecord

FILE = "gate/records.jsonl"


class Refused(RuntimeError):
    """Nothing is published: a table has no passing gate record for what it holds; the message names it."""


def rows_of(records: Iterable[GateRecord], judged_at: datetime) -> list[dict[str, Any]]:
    """This run's records as rows with the time of judgement (naive, reporting zone).

    A record that an earlier run made of the same digest says so itself, and keeps its own time.
    """
    return [{"judged_at": judged_at.isoformat(), **r.as_row()} for r in records]


def rows_kept(release: Release) -> list[dict[str, Any]]:
    """All rows that a release keeps, its own and those of the tables it holds."""
    with (release.path / FILE).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def carried_rows(rows: Iterable[Mapping[str, Any]], held: Mapping[str, tuple[str, str]]) -> list[Mapping[str, Any]]:
    """Of the `rows` that the current release keeps those that let held tables through.

    `held` is name → (digest, release of origin). Rows of a later run about the same digest are not among them: a run
    that fails what is published holds what is published.
    """
    return [row for row in rows if held.get(row["table_name"]) == (row["table_digest"], row["release_id"])]


def latest(rows: Sequence[Mapping[str, Any]], carried: Iterable[Mapping[str, Any]], grain: Sequence[str]) -> list[Any]:
    """All of this run's rows, and those carried ones whose expectation this run did not judge on the same digest."""
    judged = {tuple(row[name] for name in grain) for row in rows}
    return [*rows, *(row for row in carried if tuple(row[name] for name in grain) not in judged)]


def refusal(rows: Sequence[Mapping[str, Any]], table: str, digest: str, held: Set[str] = frozenset()) -> str:
    """Why `table` may not enter a release with this digest: it was not judged, or a record failed; '' if it may.

    A failure of a part that is `held` by itself is none: the table enters without what was judged of that part.
    """
    bound = [row for row in rows if row["table_name"] == table and row["table_digest"] == digest]
    if not bound:
        return f"{table}: no gate record is bound to the digest {digest[:12]}: it was not judged as it is"
    failed = [
        row["expectation"]
        for row in bound
        if row["outcome"] not in ("pass", "warn") and row.get("part_id", "") not in held
    ]
    return f"{table}: the gate failed it: {', '.join(failed[:5])}" if failed else ""


def write(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Writes rows as JSON lines, in a fixed order."""
    lines = sorted(json.dumps(row, sort_keys=True, ensure_ascii=False) for row in rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
