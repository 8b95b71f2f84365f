"""What users enter of single sites of networks: attributes, and limits of their own. Judged cell by cell.

Here belong the two CSV files and their rows. Not here: what attributes a network declares (declaration.py) or what a
limit does (dbt_project).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sources.config.cells import cell_mistake, hostile, shortened, typed
from sources.config.csv_file import Mistake, header_mistakes, read_csv
from sources.config.problems import nearest
from sources.networks.check_limits import converted
from sources.networks.declaration import Declaration
from sources.networks.figures import figure_unit, known_figures
from sources.registry import Registry
from sources.registry.clean_columns import Column

Row = dict[str, Any]
# Facts without a first day have always held.
EVER = date(1, 1, 1)
_MOST = 8
_VALID = (Column("valid_from", "date", ""), Column("valid_to", "date", ""))
ATTRIBUTE_COLUMNS = (
    Column("network_id", "string", ""),
    Column("site_id", "string", ""),
    Column("attribute", "string", ""),
    Column("value", "string", ""),
    *_VALID,
)
LIMIT_COLUMNS = (
    Column("network_id", "string", ""),
    Column("site_id", "string", ""),
    Column("parameter", "string", ""),
    Column("figure", "string", ""),
    Column("operator", "string", ""),
    Column("value", "decimal", ""),
    Column("unit", "string", ""),
    Column("month_from", "int", ""),
    Column("month_to", "int", ""),
    *_VALID,
    Column("document", "string", ""),
)
_OPERATORS = ("<=", "<", ">=", ">")
# (column, message, what to write instead)
_Found = Iterator[tuple[str, str, str]]


def read_attributes(file: Path, networks: Mapping[str, Declaration]) -> tuple[list[Row], list[Mistake]]:
    """Rows of the table site_attribute, and the mistakes of `file`."""
    needed = ("network_id", "site_id", "attribute", "value")

    def judged(entry: Row) -> Iterator[tuple[str, str, str]]:
        yield from _attribute(entry, networks)

    return _read(file, ATTRIBUTE_COLUMNS, needed, judged, lambda entry: _attribute_row(entry, networks))


def read_site_limits(
    file: Path, networks: Mapping[str, Declaration], registry: Registry
) -> tuple[list[Row], list[Mistake]]:
    """Rows of the table site_limit, numbers in the unit of what they bound, and the mistakes of `file`."""
    needed = ("network_id", "site_id", "parameter", "operator", "value", "unit")
    return _read(
        file,
        LIMIT_COLUMNS,
        needed,
        lambda entry: _limit(entry, networks, registry),
        lambda entry: _limit_row(entry, networks, registry),
    )


def _read(
    file: Path,
    columns: tuple[Column, ...],
    needed: tuple[str, ...],
    judge: Callable[[Row], _Found],
    row_of: Callable[[Row], Row],
) -> tuple[list[Row], list[Mistake]]:
    names = tuple(column.name for column in columns)
    read = read_csv(file, names, "file of sites")
    found = list(read.mistakes) or header_mistakes(read, names, needed, "file of sites")
    rows: list[Row] = []
    for line, cells in read.rows if not found else ():
        place = f"{read.name}, line {line}"
        if len(cells) > len(read.header):
            message = f"{place}: {len(cells)} columns where the header has {len(read.header)}"
            found.append((message, "put a text that holds a comma in quotes"))
            continue
        entry = {n: "" for n in names} | {h: c.strip() for h, c in zip(read.header, cells, strict=False)}
        mistakes = list(_cells(entry, columns, needed)) or list(judge(entry))
        found += [(f"{place}, column {column}: {message}", hint) for column, message, hint in mistakes]
        if not mistakes:
            rows.append(row_of({c.name: typed(entry[c.name], c.dtype) for c in columns}))
        if len(found) >= _MOST:
            break
    return rows, found[:_MOST]


def _cells(entry: Mapping[str, str], columns: tuple[Column, ...], needed: tuple[str, ...]) -> _Found:
    for column in columns:
        text = entry[column.name]
        if not text and column.name in needed:
            yield column.name, "it is empty", ""
        elif text and (mistake := _hostile(text, column) or cell_mistake(text, column)):
            yield column.name, *mistake


def _hostile(text: str, column: Column) -> Mistake | None:
    """Why a text may not be taken over; operators and values are read otherwise."""
    return hostile(text) if column.dtype == "string" and column.name not in ("operator", "value") else None


def _network(entry: Row, networks: Mapping[str, Declaration]) -> _Found:
    name = entry["network_id"]
    if name not in networks:
        yield "network_id", f"there is no network '{shortened(name)}' here", nearest(name, networks)


def _attribute(entry: Row, networks: Mapping[str, Declaration]) -> _Found:
    yield from _network(entry, networks)
    declared = networks.get(entry["network_id"])
    if declared is None:
        return
    attribute = declared.attributes.get(entry["attribute"])
    if attribute is None:
        hint = nearest(entry["attribute"], declared.attributes)
        yield "attribute", f"{declared.name} has no attribute '{shortened(entry['attribute'])}'", hint
    elif attribute.values and entry["value"] not in attribute.values:
        yield "value", f"'{shortened(entry['value'])}' is not known", nearest(entry["value"], attribute.values)
    elif attribute.unit and (mistake := cell_mistake(entry["value"], Column("value", "decimal", ""))):
        yield "value", *mistake


def _attribute_row(entry: Row, networks: Mapping[str, Declaration]) -> Row:
    number = networks[entry["network_id"]].attributes[entry["attribute"]].unit != ""
    return {
        **{name: entry[name] for name in ("network_id", "site_id", "attribute", "valid_to")},
        "valid_from": entry["valid_from"] or EVER,
        "text": entry["value"],
        "number": Decimal(entry["value"]) if number else None,
    }


def _limit(entry: Row, networks: Mapping[str, Declaration], registry: Registry) -> _Found:
    yield from _network(entry, networks)
    declared = networks.get(entry["network_id"])
    if declared is None:
        return
    if entry["parameter"] not in declared.parameters:
        hint = nearest(entry["parameter"], declared.parameters)
        yield "parameter", f"{declared.name} has no parameter '{shortened(entry['parameter'])}'", hint
        return
    known = known_figures(declared)
    if entry["figure"] and (entry["figure"], entry["parameter"]) not in known:
        ids = [figure for figure, code in known if code == entry["parameter"]]
        yield "figure", f"there is no figure '{shortened(entry['figure'])}'", nearest(entry["figure"], ids)
        return
    if entry["operator"] not in _OPERATORS:
        yield "operator", f"'{shortened(entry['operator'])}' is not known", f"use one of {', '.join(_OPERATORS)}"
    own = figure_unit(declared, entry["figure"], entry["parameter"])
    unit, target = registry.unit(entry["unit"]), registry.unit(own)
    if unit is None or target is None or unit.base != target.base:
        yield "unit", f"'{shortened(entry['unit'])}' cannot become {own}", f"write it in {own}"
    elif converted(Decimal(entry["value"]), unit, target) is None:
        yield "value", f"{entry['value']} {entry['unit']} has more than 6 decimals in {own}", f"write it in {own}"
    for name in ("month_from", "month_to"):
        if entry[name] and not 1 <= int(entry[name]) <= 12:
            yield name, f"{entry[name]} is not a month", "write 1 to 12"
    if bool(entry["month_from"]) != bool(entry["month_to"]):
        yield "month_to", "a first and a last month go together", "write both, or none for the whole year"


def _limit_row(entry: Row, networks: Mapping[str, Declaration], registry: Registry) -> Row:
    figure = entry["figure"] or ""
    own = figure_unit(networks[entry["network_id"]], figure, entry["parameter"])
    unit, target = registry.unit(entry["unit"]), registry.unit(own)
    assert unit is not None and target is not None, "judged before"
    return {
        **{name: entry[name] for name in ("network_id", "site_id", "parameter", "operator", "month_to", "valid_to")},
        "figure_id": figure,
        "month_from": entry["month_from"],
        "valid_from": entry["valid_from"] or EVER,
        "value": converted(entry["value"], unit, target),
        "document": entry["document"],
    }
