"""Which records of the current release still hold: what was judged once is not judged again while nothing changed.

Here belong the key of a table's records, as a pure function of everything its judgement depends on, and reading the
current release's records by it. Not here: judging (gate.py, clean_gate.py), and what dbt says: its findings come with
every run (dbt_results.py). Standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from expectations.checks import Check
from expectations.waivers import SUITE as WAIVERS
from expectations.waivers import Waiver
from sources.value_digest import digest_of
from warehouse.paths import INSTALLED
from warehouse.tables.judged import GateRecord

# The code between a check and its record; what a check asks for is in the check itself.
_CODE = (
    *(
        f"expectations/{name}.py"
        for name in (
            "bench",
            "checks",
            "clean_gate",
            "gate",
            "great_judge",
            "headline",
            "parts",
            "reduce",
            "verdicts",
        )
    ),
    "warehouse/tables/contract.py",
    "warehouse/tables/judged.py",
    "warehouse/sql.py",
)
_JUDGES = ("duckdb", "great_expectations")
_OTHER_TABLE = re.compile(r"\bmart_\w+")


@dataclass(frozen=True)
class EarlierRelease:
    """What the current release holds: the digest of each table, and records that still hold by (table, key).

    `path` is its directory, whose marts/*.parquet are compared with; None before the first release.
    """

    digests: Mapping[str, str] = field(default_factory=dict)
    records: Mapping[tuple[str, str], tuple[GateRecord, ...]] = field(default_factory=dict)
    path: Path | None = None

    def holding(self, table: str, key: str) -> tuple[GateRecord, ...]:
        """The records of `table` that were made under `key`, as they were before any waiver; none without a key."""
        return self.records.get((table, key), ()) if key else ()


@dataclass(frozen=True)
class Bound:
    """What records are bound to: a table, its digest as judged, and its digest in the release it is compared with."""

    table: str
    digest: str
    previous: str = ""


def earlier_release(
    rows: Iterable[Mapping[str, Any]], digests: Mapping[str, str], path: Path | None = None
) -> EarlierRelease:
    """The release to compare with, from the rows of its gate/records.jsonl, its tables' digests and its directory.

    A table that failed is judged again. Waivers are taken back, because they are applied to all records of a run.
    """
    found: dict[tuple[str, str], list[GateRecord]] = {}
    for row in rows:
        if row.get("key") and row["judged_by"] != "dbt" and row["suite"] != WAIVERS:
            found.setdefault((row["table_name"], row["key"]), []).append(GateRecord.from_row(row))
    kept = {place: records for place, records in found.items() if all(r.outcome != "fail" for r in records)}
    return EarlierRelease(
        digests, {place: tuple(map(_before_waiver, records)) for place, records in kept.items()}, path
    )


def _before_waiver(record: GateRecord) -> GateRecord:
    return replace(record, outcome="fail", waiver="") if record.waiver else record


def record_key(
    bound: Bound,
    checks: Iterable[Check],
    waivers: Iterable[Waiver],
    today: date,
    *,
    reads: Mapping[str, str],
    also: Sequence[str] = (),
) -> str:
    """SHA-256 over everything that the records of a table depend on; '' where what its checks read is not known.

    `reads` gives the digests of other tables by name, of which those count that a check names. `also` is what else is
    read: declared columns, headline steps, counts of the clean layer.
    """
    texts = [_text(check) for check in checks]
    others = sorted({name for text in texts for name in _OTHER_TABLE.findall(text)} - {bound.table})
    if any(not reads.get(name) for name in others):
        return ""
    signed = [_signed(w, today) for w in waivers if w.table == bound.table]
    known = [[name, reads[name]] for name in others]
    found = [bound.table, bound.digest, bound.previous, *texts]
    return digest_of([*found, "|", *sorted(signed), "|", str(known), *also, code_digest()])


def _text(check: Check) -> str:
    """A check as text, in the order of its fields; its example judges nothing."""
    return "\n".join(f"{f.name}={getattr(check, f.name)!r}" for f in fields(check) if f.name != "example")


def _signed(waiver: Waiver, today: date) -> str:
    return f"{waiver.expectation}: {waiver.text}{'' if today <= waiver.until else ' (expired)'}"


@cache
def code_digest() -> str:
    """SHA-256 over the code that judges, and the versions of the libraries that do."""
    code = [(INSTALLED / name).read_text(encoding="utf-8") for name in _CODE]
    return digest_of([*code, *(f"{name} {version(name)}" for name in _JUDGES)])
