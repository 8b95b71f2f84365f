"""Whether a declared table can be used, cell by cell, and the rows it holds.

Here belongs judging the files that `[declared]` names: every mistake with file, line, column and what to do. Not here:
which columns there are (sources.registry.declared_tables) or what a row means for a figure (dbt_project).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

from dbt_project.seed_rows import seed_rows
from sources.config import shipped
from sources.config.cells import cell_mistake, hostile, shortened, typed
from sources.config.csv_file import Mistake, header_mistakes, read_csv
from sources.config.declared_areas import area_mistakes, site_area_mistakes
from sources.config.declared_scores import part_mistakes, score_mistakes, step_mistakes
from sources.config.model import Config, ConfigError
from sources.config.problems import nearest
from sources.registry.clean_columns import Column
from sources.registry.declared_tables import DeclaredTable

_MOST = 8
# Years that a row may speak of; a typing error such as 20024 is none.
_YEARS = range(1980, 2101)
_COEFFICIENTS = ("kgce_per_standard_unit", "ncv_gj_per_basis", "carbon_tc_per_tj", "oxidation")

Row = Mapping[str, Any]
# A mistake of a row: (column, message, suggestion).
Found = Iterator[tuple[str, str, str]]
Together = Callable[[Mapping[str, str]], Found]


@dataclass(frozen=True)
class DeclaredRows:
    """One file as it was read: its bytes, the rows they hold, and why they cannot be used (then there is no row)."""

    name: str
    content: bytes = b""
    rows: tuple[Row, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    # The line of each row.
    lines: tuple[int, ...] = ()


def load_declared(config: Config, table: DeclaredTable) -> DeclaredRows:
    """The rows that `config` enters into `table`, none where it names no file; ConfigError lists the mistakes."""
    file = config.declared.get(table.name)
    if file is None:
        return DeclaredRows("")
    read = read_declared(table, file)
    if read.mistakes:
        raise ConfigError("; ".join(f"{message}. {hint}" if hint else message for message, hint in read.mistakes))
    return read


def read_declared(table: DeclaredTable, file: Path, together: Together | None = None) -> DeclaredRows:
    """The rows of `file`, which a configuration names, sorted by the table's key; at most a few of its mistakes.
    `together` judges rows of a table that names what other files declare.
    """
    return read_rows(table, file, together or _TOGETHER.get(table.name, _nothing))


def read_rows(table: DeclaredTable, file: Path, together: Together) -> DeclaredRows:
    """The rows of `file`, sorted by the table's key; at most a few of its mistakes. `together` judges a row whose cells
    are sound each by itself, as texts.
    """
    names = tuple(c.name for c in table.columns)
    read = read_csv(file, names, "declared table")
    found = list(read.mistakes)
    if not found:
        needed = tuple(n for n in names if table.needs(n))
        found = header_mistakes(read, names, needed, f"{table.name}")
    rows: list[Row] = []
    lines: dict[tuple[object, ...], int] = {}
    for line, cells in read.rows if not found else ():
        place = f"{read.name}, line {line}"
        if len(cells) != len(read.header):
            message = f"{place}: {len(cells)} columns where the header has {len(read.header)}"
            found.append((message, "put a text that holds a comma in quotes"))
            continue
        entry = {n: "" for n in names} | {h: c.strip() for h, c in zip(read.header, cells, strict=True)}
        mistakes = [
            (f"{place}, column {column}: {m}", hint) for column, m, hint in _row_mistakes(table, entry, together)
        ]
        found += mistakes
        if not mistakes:
            row = {c.name: typed(entry[c.name], c.dtype) for c in table.columns}
            key = tuple(row[n] for n in table.key)
            if key in lines:
                message = f"{place}: {', '.join(map(str, key))} is in line {lines[key]} already"
                found.append((message, f"leave one row for each {' and '.join(table.key)}"))
            lines.setdefault(key, line)
            rows.append(row)
        if len(found) >= _MOST:
            break
    if not found:
        rows.sort(key=lambda row: tuple(row[n] for n in table.key))
        found = list(_overlaps(table, read.name, rows, lines))
    if found:
        return DeclaredRows(read.name, read.content, mistakes=tuple(found[:_MOST]))
    of_rows = tuple(lines[tuple(row[n] for n in table.key)] for row in rows)
    return DeclaredRows(read.name, read.content, tuple(rows), lines=of_rows)


def _overlaps(
    table: DeclaredTable, name: str, rows: Sequence[Row], lines: Mapping[tuple[object, ...], int]
) -> Iterator[Mistake]:
    """Spans of one subject that share a day: there two rows would hold. `rows` are sorted by the key."""
    if "valid_to" not in (c.name for c in table.columns):
        return
    for one, other in pairwise(rows):
        subject = [str(one[n]) for n in table.key if n != "valid_from"]
        same = all(one[n] == other[n] for n in table.key if n != "valid_from")
        if same and (one["valid_to"] is None or one["valid_to"] >= other["valid_from"]):
            line = lines[tuple(one[n] for n in table.key)]
            message = (
                f"{name}, line {line}, column valid_to: {', '.join(subject)} from {one['valid_from']} still holds on"
            )
            yield f"{message} {other['valid_from']}", "end it on the day before"


def _row_mistakes(table: DeclaredTable, entry: Mapping[str, str], together: Together) -> list[tuple[str, str, str]]:
    found = []
    for column in table.columns:
        if mistake := _cell(table, column, entry[column.name]):
            found.append((column.name, *mistake))
    # Cells that are sound each by itself may still not go together.
    return found or list(together(entry))


def _cell(table: DeclaredTable, column: Column, text: str) -> Mistake | None:
    if not text:
        if not table.needs(column.name):
            return None
        return "it is empty", f"enter it: {column.description[0].lower()}{column.description[1:]}"
    if column.allowed:
        if text in column.allowed:
            return None
        # Signs are alike to any measure of likeness: all of them are named.
        words = column.allowed if any(c.isalpha() for c in text) else ()
        hint = nearest(text, words) or "use one of " + ", ".join(f"'{word}'" for word in column.allowed)
        return f"'{shortened(text)}' is not known", hint
    if column.dtype == "string":
        return hostile(text)
    return cell_mistake(text, column)


def _indicator(entry: Mapping[str, str], known: Mapping[str, object]) -> Found:
    given = entry["indicator_id"]
    if given not in known:
        hint = nearest(given, known) or "mart_plan_scorecard and mart_commitments list them"
        yield "indicator_id", f"the plan has no '{shortened(given)}'", hint


def _municipal_target(entry: Mapping[str, str]) -> Found:
    yield from _indicator(entry, {**shipped.indicators(), **shipped.commitments()})
    yield from _known_year(entry, "document_date")
    promise = shipped.judgements().get(entry["indicator_id"])
    if promise is None:
        return
    if not promise["municipal_text_zh"]:
        plan = shipped.indicators().get(entry["indicator_id"]) or shipped.commitments()[entry["indicator_id"]]
        message = f"the plan itself sets the target of {entry['indicator_id']}: {plan['target_text_zh']}"
        hint = f"leave the row out; the plan leaves to the municipality only {', '.join(_left_to_the_municipality())}"
        yield "indicator_id", message, hint
        return
    yield from _possible_target(entry, promise)


def _possible_target(entry: Mapping[str, str], promise: shipped.Row) -> Found:
    given = entry["target_operator"]
    wrong, right = (">", "<") if promise["better"] == "lower" else ("<", ">")
    if given.startswith(wrong):
        message = f"'{given}' asks for the worse: of {entry['indicator_id']} {promise['better']} is better"
        yield "target_operator", message, f"write '{right}=' or '{right}'"
    low, high = (Decimal(end) if end else None for end in (promise["range_low"], promise["range_high"]))
    value = Decimal(entry["target_value"])
    if (low is not None and value < low) or (high is not None and value > high):
        ends = f"at least {low}" if high is None else f"from {low} to {high}"
        yield "target_value", f"{value} cannot be", f"write a value {ends}, in the unit of the plan"


def _left_to_the_municipality() -> list[str]:
    return [plan_id for plan_id, row in shipped.judgements().items() if row["municipal_text_zh"]]


def _baseline_scope(entry: Mapping[str, str]) -> Found:
    plan = shipped.indicators()
    yield from _indicator(entry, plan)
    yield from _known_year(entry, "document_date")
    year = plan[entry["indicator_id"]]["baseline_year"] if entry["indicator_id"] in plan else ""
    if year and year != entry["baseline_year"]:
        yield "baseline_year", f"the plan's baseline is not of {entry['baseline_year']}", f"it is of {year}"


def _equal_value(entry: Mapping[str, str]) -> Found:
    yield from _known_year(entry, "data_year")
    yield from _known_year(entry, "document_date")
    if not 0 < Decimal(entry["kgce_per_kwh"]) < 1:
        yield "kgce_per_kwh", f"{entry['kgce_per_kwh']} kgce/kWh cannot be", "write it in kg, such as 0.3"


def _own_factors(entry: Mapping[str, str]) -> Found:
    units = {(row["carrier"], row["unit"]) for row in seed_rows("energy/energy_carriers")}
    carriers = {carrier for carrier, _ in units}
    if entry["carrier"] not in carriers:
        yield "carrier", f"there is no carrier '{shortened(entry['carrier'])}'", nearest(entry["carrier"], carriers)
    elif (entry["carrier"], entry["unit"]) not in units:
        known = " or ".join(sorted(f"'{unit}'" for carrier, unit in units if carrier == entry["carrier"]))
        yield "unit", f"{entry['carrier']} is not counted in '{shortened(entry['unit'])}'", f"write {known}"
    for column in ("valid_from", "document_date"):
        yield from _known_year(entry, column)
    if entry["valid_to"] and entry["valid_to"] < entry["valid_from"]:
        yield "valid_to", f"{entry['valid_to']} is before valid_from {entry['valid_from']}", "leave it empty"
    given = {n: Decimal(entry[n]) for n in _COEFFICIENTS if entry[n]}
    if not given:
        yield _COEFFICIENTS[0], "no coefficient is given", "enter one of " + ", ".join(_COEFFICIENTS)
    for column, value in given.items():
        if value <= 0 or (column == "oxidation" and value > 1):
            most = "a share from 0 to 1 is expected" if column == "oxidation" else "it is above 0"
            yield column, f"{value} cannot be", most


def _verification(entry: Mapping[str, str]) -> Found:
    yield from _known_year(entry, "period_start")
    yield from _known_year(entry, "verified_on")
    kind, start = entry["period_kind"], date.fromisoformat(entry["period_start"])
    first = {
        "week": start.isoweekday() == 1,
        "month": start.day == 1,
        "quarter": start.day == 1 and start.month % 3 == 1,
    }
    if not first[kind]:
        hint = "write the Monday it begins on" if kind == "week" else f"write its first day, such as {start.year}-01-01"
        yield "period_start", f"no {kind} begins on {start}", hint
    if entry["verified_on"] < entry["period_start"]:
        yield "verified_on", f"{entry['verified_on']} is before the period", "a list is verified after it was made"


def _known_year(entry: Mapping[str, str], column: str) -> Found:
    if int(entry[column][:4]) not in _YEARS or len(entry[column]) not in (4, 10):
        yield column, f"{entry[column]} cannot be", f"a year from {_YEARS[0]} to {_YEARS[-1]} is expected"


def _nothing(_: Mapping[str, str]) -> Found:
    yield from ()


_TOGETHER: Mapping[str, Together] = {
    "municipal_targets": _municipal_target,
    "plan_baseline_scopes": _baseline_scope,
    "energy_equal_value": _equal_value,
    "energy_own_factors": _own_factors,
    "ranking_verifications": _verification,
    "areas": area_mistakes,
    "site_areas": site_area_mistakes,
    "composite_scores": score_mistakes,
    "composite_parts": part_mistakes,
    "composite_steps": step_mistakes,
}
