"""Waivers: signed, expiring exceptions to the gate, read from the user's waivers.toml.

Here belong reading, refusing what is malformed (with file and line) and applying waivers to records. A waived critical
failure becomes a warning that names its waiver; an expired waiver covers nothing and leaves a record. Not here: any
way to waive a missing table or a broken contract.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from warehouse.tables.judged import WARNING, GateRecord

_TEXTS = ("table", "expectation", "who", "approved_by", "reason")
_FIELDS = (*_TEXTS, "until")
# What apply_waivers itself says of a waiver.
SUITE = "waivers"
# No exception is for ever: it is signed again within a year.
LONGEST = timedelta(days=366)


class WaiverError(ValueError):
    """A waivers file that cannot be used; the message names file, line and what to write."""


@dataclass(frozen=True)
class Waiver:
    """One exception: `who` answers for publishing `table` although `expectation` fails, up to and including `until`.

    `approved_by` is another person.
    """

    table: str
    expectation: str
    who: str
    approved_by: str
    reason: str
    until: date
    where: str = ""

    @property
    def text(self) -> str:
        """The waiver as it is shown next to a figure."""
        return f"{self.who}, approved by {self.approved_by}, until {self.until.isoformat()}: {self.reason}"


def load_waivers(file: Path | None, today: date) -> tuple[Waiver, ...]:
    """The `[[waiver]]` entries of `file`; none without a file. WaiverError names the line of a malformed entry.

    `today`: an entry that ends more than a year after it is refused.
    """
    if file is None:
        return ()
    try:
        if file.exists() and not file.is_file():
            raise WaiverError(f"{file}: is not a file")
        text = file.read_text(encoding="utf-8")
        raw = tomllib.loads(text)
    except OSError as error:
        raise WaiverError(f"{file}: cannot be read ({error.strerror or error})") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WaiverError(f"{file}: is not TOML: {error}") from error
    if unknown := sorted(set(raw) - {"waiver"}):
        raise WaiverError(f"{file}: unknown table {unknown[0]!r}; write each waiver as [[waiver]]")
    entries = raw.get("waiver", [])
    if not isinstance(entries, list):
        raise WaiverError(f"{file}: [waiver] holds one only; write each as [[waiver]]")
    lines = [n for n, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[\s*waiver\s*\]\]", line)]
    places = [f"{file}:{n}" for n in lines] if len(lines) == len(entries) else [str(file)] * len(entries)
    waivers = tuple(_waiver(entry, where, today) for entry, where in zip(entries, places, strict=True))
    _refuse_twins(waivers)
    return waivers


def _waiver(entry: Mapping[str, Any], where: str, today: date) -> Waiver:
    if unknown := sorted(set(entry) - set(_FIELDS)):
        raise WaiverError(f"{where}: unknown key {unknown[0]!r}; a waiver has {', '.join(_FIELDS)}")
    for name in _TEXTS:
        value = entry.get(name)
        if not isinstance(value, str) or not value.strip():
            raise WaiverError(f"{where}: a waiver needs {name}: a text that is not empty")
    until = entry.get("until")
    if isinstance(until, datetime) or not isinstance(until, date):
        raise WaiverError(f"{where}: a waiver needs until: a date without quotes, such as 2026-12-31")
    texts = {name: entry[name].strip() for name in _TEXTS}
    if texts["who"].casefold() == texts["approved_by"].casefold():
        raise WaiverError(f"{where}: {texts['who']} cannot approve their own waiver; approved_by is another person")
    if until - today > LONGEST:
        raise WaiverError(f"{where}: until {until.isoformat()} is more than a year away; sign it again when it ends")
    return Waiver(**texts, until=until, where=where)


def _refuse_twins(waivers: Sequence[Waiver]) -> None:
    seen: dict[tuple[str, str], Waiver] = {}
    for waiver in waivers:
        twin = seen.setdefault((waiver.table, waiver.expectation), waiver)
        if twin is not waiver:
            raise WaiverError(
                f"{waiver.where}: {waiver.table} / {waiver.expectation} is waived twice, see {twin.where}"
            )


def apply_waivers(records: Iterable[GateRecord], waivers: Iterable[Waiver], today: date) -> tuple[GateRecord, ...]:
    """`records` with waived failures turned into warnings, then one warning per waiver that expired or is not needed.

    `today` is the date of the refresh's own clock (as_of), so that the same receipts give the same verdicts. Waivers
    for tables outside `records` are left to the judgement of those tables.
    """
    by_key = {(w.table, w.expectation): w for w in waivers}
    used: set[tuple[str, str]] = set()
    judged: list[GateRecord] = []
    for record in records:
        key = (record.table_name, record.expectation)
        waiver = by_key.get(key)
        if waiver and record.outcome == "fail" and record.waivable and today <= waiver.until:
            used.add(key)
            record = replace(record, outcome="warn", waiver=waiver.text)
        judged.append(record)
    tables = {r.table_name: r for r in judged}
    for key, waiver in sorted(by_key.items()):
        if key not in used and waiver.table in tables:
            judged.append(_unused(waiver, tables[waiver.table], judged, today))
    return tuple(judged)


def _unused(waiver: Waiver, sibling: GateRecord, records: Sequence[GateRecord], today: date) -> GateRecord:
    """The warning that a waiver did nothing: it expired, names no expectation, or its expectation holds again."""
    target = [r for r in records if (r.table_name, r.expectation) == (waiver.table, waiver.expectation)]
    if not target:
        observed = "the table has no such expectation"
    elif today > waiver.until:
        observed = f"expired on {waiver.until.isoformat()}, so it covers nothing"
    elif any(r.outcome == "fail" for r in target):
        observed = "this failure cannot be waived"
    else:
        observed = "not needed: nothing to waive"
    return replace(
        sibling,
        suite=SUITE,
        expectation=f"waiver({waiver.expectation})",
        column="",
        severity=WARNING,
        outcome="warn",
        observed=observed,
        expected="a waiver in force for a critical failure",
        unexpected_count=0,
        failing_rows="[]",
        judged_by="schema",
        waiver=waiver.text,
        words="",
        judged_at="",
    )
