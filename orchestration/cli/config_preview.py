"""`ecoledger config preview`: what a configuration makes of its files, before any refresh.

Here belongs printing. Not here: reading and cleaning the beginning of a file (sources.preview).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.cli.refresh import JsonOption
from orchestration.cli.report import print_json, print_table
from orchestration.decisions import OK, PARTLY, UsageError
from sources.config import Config, Source, load_config
from sources.config.problems import nearest
from sources.registry import registry

if TYPE_CHECKING:
    import polars as pl

    from sources.preview.preview import SourcePreview
    from sources.readers import Beginning

_READINGS = 8
_COLUMNS = 60
_FLAGS = {1: "passed", 2: "not evaluated", 3: "suspect", 4: "failed", 9: "missing"}
_FLAGGED = (3, 4)


def preview(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The configuration, ecoledger.toml.")],
    source: Annotated[str | None, typer.Option("--source", help="Only the source of this id.")] = None,
    as_json: JsonOption = False,
) -> int:
    """Show what every source makes of its newest file: columns, first readings, counts, flags, quarantine. Nothing is
    stored, and of a long file only the beginning is read.

    Example: ecoledger config preview ecoledger.toml
    """
    from sources.preview.preview import BEGINNING, look_at, preview_source
    from sources.readers import close_readers

    # Why a reader broke down is a developer's matter; the refusal says what people need.
    logging.getLogger("sources").addHandler(logging.NullHandler())
    path = Path(file)
    look = look_at(load_config(path), registry(), datetime.now(UTC))
    try:
        found = []
        for one in _chosen(look.config, source):
            made = preview_source(one, look)
            found.append(made)
            if not as_json:
                _print(made, BEGINNING)
    finally:
        close_readers()
    if as_json:
        limits = {"records": BEGINNING.records, "bytes": BEGINNING.bytes}
        print_json({"file": str(path), "beginning": limits, "sources": [_as_json(one) for one in found]})
    return PARTLY if any(one.failure for one in found) else OK


def _chosen(config: Config, wanted: str | None) -> tuple[Source, ...]:
    if wanted is None:
        return config.sources
    found = tuple(s for s in config.sources if s.id == wanted)
    if not found:
        hint = nearest(wanted, [s.id for s in config.sources])
        raise UsageError(f"no source is called '{wanted}'" + (f"; {hint}" if hint else ""))
    return found


def _print(found: SourcePreview, beginning: Beginning) -> None:
    source = found.source
    print(f"source {source.id}: {source.feed}, {source.table}")
    if found.file_name:
        newest = f", the newest of {found.files} files" if found.files > 1 else ""
        limit = f"its first {beginning.records:,} records or {beginning.bytes >> 20} MB"
        print(f"{_plain(found.file_name)}{newest}: {'all of it' if found.whole else limit}")
    if found.columns:
        shown = [[use.column or "(constant)", use.use] for use in found.columns[:_COLUMNS]]
        if more := len(found.columns) - _COLUMNS:
            shown += [["…", f"and {more} more columns"]] if more > 0 else []
        print_table("", ("column", "becomes"), shown)
    if found.failure:
        print(f"not read: {_plain(found.failure)}\n")
        return
    if found.readings.height:
        print_table("", ("site", "parameter", "period", "value", "as received", "flag"), _rows(found.readings))
    counts = found.counts
    print(f"records: {_sum(counts, 'records', ('used', 'quarantined', 'duplicate'))}")
    print(f"readings: {_sum(counts, 'readings', ('clean', 'quarantined', 'duplicate', 'superseded'))}")
    if found.flags:
        print("flags: " + ", ".join(f"{number:,} {_FLAGS[flag]}" for flag, number in found.flags.items()))
    for reason in found.quarantine:
        print(f"quarantined, {reason.entries:,} × {reason.reason}: {_plain(reason.first)}")
    for notice in found.notices:
        print(f"note: {_plain(notice)}")
    print()


def _sum(counts: Mapping[str, int], what: str, parts: Iterable[str]) -> str:
    return f"{counts[f'{what}_in']:,} in = " + " + ".join(f"{counts[f'{what}_{part}']:,} {part}" for part in parts)


def _rows(readings: pl.DataFrame) -> list[list[str]]:
    rows = []
    for reading in readings.head(_READINGS).iter_rows(named=True):
        value = "missing"
        if reading["value"] is not None:
            value = _measured(f"{reading['censored'] or ''}{_short(reading['value'])}", reading["unit"])
        received = _measured(reading["value_raw"], reading["unit_raw"])
        flag = f"{reading['flag']} {reading['flag_tests']}".strip()
        period = _period(reading["period_start"], reading["period_end"])
        rows.append([reading["site_id"] or "", reading["parameter"], period, value, received, flag])
    return rows


def _measured(number: str | None, unit: str | None) -> str:
    return f"{number or ''} {'' if unit in (None, '-') else unit}".strip()


def _period(start: datetime, end: datetime) -> str:
    if start == end:
        return f"{start:%Y-%m-%d %H:%M}"
    if start.date() == (end - timedelta(microseconds=1)).date():
        return f"{start:%Y-%m-%d %H:%M} to {end:%H:%M}"
    return f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}"


def _short(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _plain(text: str) -> str:
    """Names and messages hold what strangers wrote: nothing in them may steer a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _as_json(found: SourcePreview) -> dict[str, Any]:
    return {
        "id": found.source.id,
        "feed": found.source.feed,
        "table": found.source.table,
        "file": found.file_name,
        "files": found.files,
        "whole": found.whole,
        "failure": found.failure,
        "counts": dict(found.counts),
        "flags": {str(flag): number for flag, number in found.flags.items()},
        "quarantine": [vars(reason) for reason in found.quarantine],
        "columns": [vars(use) for use in found.columns],
        "notices": list(found.notices),
        "readings": [
            {name: _plain_value(value) for name, value in reading.items() if name not in ("raw_sha256", "delivery_id")}
            for reading in found.readings.head(_READINGS).iter_rows(named=True)
        ],
    }


def _plain_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return _short(value)
    return value.isoformat(sep=" ") if isinstance(value, datetime) else value
