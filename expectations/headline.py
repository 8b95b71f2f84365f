"""Headline figures against the current release: a figure that moves more than its declared step warns or holds.

Here belong the declared steps (headline_steps.toml) and the comparison. Not here: physical ranges, which the suites
judge as well, because an error that was already released would pass here (a comparison alone repeats last year's
mistake).
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from expectations.checks import SuiteError
from expectations.reduce import MAX_FAILING_ROWS, Target
from expectations.verdicts import outcome_of
from warehouse.tables.judged import CRITICAL, WARNING, GateRecord

STEPS_FILE = Path(__file__).with_name("headline_steps.toml")
_KEY = ("indicator_id", "area_code", "period_kind", "period_start", "variant")
# What an indicator table must have to be compared; every mart_*_indicators has it by the column list they share.
NEEDS = (*_KEY, "value", "unit", "n_valid", "validity")
_KEYS = frozenset({"indicator", "absolute", "relative", "min_n_valid", "action"})


@dataclass(frozen=True)
class Step:
    """How far one indicator may move: `absolute` in its unit, `relative` as a share; the larger counts."""

    absolute: Decimal | None
    relative: Decimal | None
    min_n_valid: int
    action: str

    def allowed(self, released: Decimal) -> Decimal:
        """The largest move from `released` that says nothing, in the indicator's unit."""
        steps = [self.absolute or Decimal(0), (self.relative or Decimal(0)) * abs(released)]
        return max(steps)


@dataclass(frozen=True)
class Steps:
    """The declared steps by indicator, and the one for all others."""

    by_indicator: Mapping[str, Step]
    default: Step

    def of(self, indicator: str) -> Step:
        """The step of `indicator`."""
        return self.by_indicator.get(indicator, self.default)


def load_steps(file: Path = STEPS_FILE) -> Steps:
    """The declared steps; SuiteError names the entry that cannot be used."""
    raw = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    default = _step(raw["default"], file, "default")
    steps: dict[str, Step] = {}
    for entry in raw.get("step", ()):
        name = entry.get("indicator", "")
        if not name or name in steps:
            raise SuiteError(f"{file}: step {name!r} needs an indicator of its own")
        inherited = {k: v for k, v in raw["default"].items() if k in ("min_n_valid", "action")}
        steps[name] = _step({**inherited, **entry}, file, name)
    return Steps(steps, default)


def _step(entry: Mapping[str, Any], file: Path, name: str) -> Step:
    if unknown := sorted(set(entry) - _KEYS):
        raise SuiteError(f"{file}: step {name}: unknown key {unknown[0]!r}; use {', '.join(sorted(_KEYS))}")
    if entry.get("action") not in ("warn", "hold"):
        raise SuiteError(f"{file}: step {name}: action must be warn or hold")
    if "absolute" not in entry and "relative" not in entry:
        raise SuiteError(f"{file}: step {name}: needs absolute, relative or both")
    bounds = {k: Decimal(entry[k]) if k in entry else None for k in ("absolute", "relative")}
    if any(b is not None and b <= 0 for b in bounds.values()):
        raise SuiteError(f"{file}: step {name}: a step is greater than 0")
    return Step(**bounds, min_n_valid=int(entry["min_n_valid"]), action=entry["action"])


def judge_headlines(
    con: duckdb.DuckDBPyConnection, domain: str, table: str, digest: str, target: Target, steps: Steps
) -> list[GateRecord]:
    """One record per indicator of `table` that is in both releases; none where there is no current release.

    A figure that was released and is gone counts as moved: a value that turns null is the largest step of all.
    """
    if target.previous is None:
        return []
    by_indicator: dict[str, list[dict[str, Any]]] = {}
    for row in _pairs(con, target):
        by_indicator.setdefault(row["indicator_id"], []).append(row)
    return [_record(domain, table, digest, name, rows, steps.of(name)) for name, rows in sorted(by_indicator.items())]


def _pairs(con: duckdb.DuckDBPyConnection, target: Target) -> Iterable[dict[str, Any]]:
    """Released figures next to their candidates; at the turn of the year `year_to_date` goes on as `year`."""
    key = ", ".join(f"o.{c}" for c in _KEY)
    same = " and ".join(f"n.{c} is not distinct from o.{c}" for c in _KEY)
    year = " and ".join(f"y.{c} is not distinct from o.{c}" for c in _KEY if c != "period_kind")
    found = con.execute(
        f"select {key}, o.unit, o.n_valid, o.value as released, coalesce(n.value, y.value) as candidate, "
        f"coalesce(n.unit, y.unit) as new_unit, coalesce(n.validity, y.validity) as validity "
        f"from {target.previous} as o left join {target.relation} as n on {same} "
        f"left join {target.relation} as y on {year} and n.indicator_id is null "
        f"and o.period_kind = 'year_to_date' and y.period_kind = 'year' where o.value is not null order by {key}"
    )
    names = [d[0] for d in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _record(
    domain: str, table: str, digest: str, indicator: str, rows: Iterable[Mapping[str, Any]], step: Step
) -> GateRecord:
    settled = [r for r in rows if (r["n_valid"] or 0) >= step.min_n_valid]
    moved = [r for r in settled if _moved(r, step)]
    severity = CRITICAL if step.action == "hold" else WARNING
    said = [f"{step.absolute.normalize():f}" if step.absolute else "", _percent(step.relative)]
    return GateRecord(
        domain=domain,
        table_name=table,
        table_digest=digest,
        suite="headline",
        expectation=f"headline_step({indicator})",
        column="value",
        severity=severity,
        outcome=outcome_of(not moved, severity),
        observed=_observed(settled, moved),
        expected=f"moves at most {' or '.join(s for s in said if s)} against the current release",
        unexpected_count=len(moved),
        failing_rows=json.dumps([_shown(r) for r in moved[:MAX_FAILING_ROWS]], ensure_ascii=False),
        judged_by="headline_step",
    )


def _moved(row: Mapping[str, Any], step: Step) -> bool:
    if row["candidate"] is None:
        # More can still arrive for a pending figure; any other figure that is gone has moved.
        return row["validity"] != "pending"
    if row["new_unit"] != row["unit"]:
        return True
    released = Decimal(row["released"])
    return abs(Decimal(row["candidate"]) - released) > step.allowed(released)


def _percent(share: Decimal | None) -> str:
    return f"{(share * 100).normalize():f} %" if share else ""


def _observed(settled: list[Mapping[str, Any]], moved: list[Mapping[str, Any]]) -> str:
    if not moved:
        return f"{len(settled)} figures within their step"
    first = moved[0]
    new = "no value" if first["candidate"] is None else f"{_text(first['candidate'])} {first['new_unit']}"
    return f"{first['period_kind']} {first['period_start']}: {_text(first['released'])} {first['unit']} → {new}"


def _shown(row: Mapping[str, Any]) -> dict[str, str | None]:
    return {name: None if value is None else _text(value) for name, value in row.items()}


def _text(value: Any) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
