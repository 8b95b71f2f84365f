"""Whether a source's declaration makes sense against the registry: feed, table, parameters, units, columns, paths.

Here belong names that must be known and settings that contradict each other. Not here: shape (structure.py), and
format and time (check_layout.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sources.config.check_connection import check_connection
from sources.config.locate import Path
from sources.config.model import ColumnMapping, LongMapping, Source, ValueMapping
from sources.config.problems import Problems, nearest
from sources.config.thresholds import check_thresholds
from sources.connectors import kind_of
from sources.registry.clean_columns import NETWORK_ID, Column
from sources.registry.feed_model import REGISTER, CleanTable, Feed, Registry
from sources.registry.register_tables import NOT_MAPPED

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def check_source(source: Source, raw: Mapping[str, Any], path: Path, registry: Registry, problems: Problems) -> None:
    """Adds every mistake in what `source` declares; its structure is sound."""
    if not _ID.fullmatch(source.id):
        problems.add((*path, "id"), f"'{source.id}' is not a name", "use letters, digits, '_', '-' and '.'")
    _check_delivery(source, raw, path, problems)
    check_connection(source, path, problems)
    _check_column(source.site, (*path, "site"), problems)
    if source.status:
        _check_column(source.status, (*path, "status"), problems)
    elif source.invalid_status and not any(value.status_column for value in source.values):
        problems.add((*path, "invalid_status"), "there is no status column it could apply to", "add status")
    feed = registry.feeds.get(source.feed)
    _check_doubles(source, raw, path, problems, is_register=feed is not None and feed.declared == REGISTER)
    if feed is None:
        problems.add((*path, "feed"), f"there is no feed '{source.feed}'", nearest(source.feed, registry.feeds))
        return
    if source.table not in feed.tables:
        key = "table" if "table" in raw else "feed"
        message = f"feed {feed.name} has no table '{source.table}'" if source.table else "'table' is missing"
        problems.add((*path, key), message, nearest(source.table, feed.tables))
        return
    table = feed.tables[source.table]
    _check_columns(source, table, path, problems)
    _check_parameters(source, raw, feed, path, registry, problems)
    check_thresholds(source, path, registry, problems)


def _check_delivery(source: Source, raw: Mapping[str, Any], path: Path, problems: Problems) -> None:
    kind = kind_of(source)
    if kind.provenance and source.provenance != kind.provenance:
        problems.add((*path, "provenance"), f"what the {kind.name} connector delivers is {kind.provenance}")
    if source.delivered_at == "connector" and not kind.knows_delivery:
        problems.add((*path, "delivered_at"), f"a {kind.name} does not know it", "use 'landing', 'mtime' or 'name'")
    if source.delivered_at in ("mtime", "name") and not kind.reads_folder:
        problems.add((*path, "delivered_at"), f"a {kind.name} has no files to ask", "leave it out")
    pieces = source.path.replace("\\", "/").split("/")
    wild = next((i for i, p in enumerate(pieces) if any(c in p for c in "*?[")), len(pieces))
    if ".." in pieces[wild:]:
        problems.add(
            (*path, "path"), "'..' after a wildcard leaves the folder that was named", "name the folder itself"
        )
    if not source.path.strip():
        problems.add((*path, "path"), "the path is empty", 'write a file or a pattern, such as "deliveries/*.csv"')
    for key in ("delivered_at_pattern", "delivered_at_format"):
        if source.delivered_at == "name" and not getattr(source, key):
            problems.add((*path, "delivered_at"), f"'name' needs {key}", f"add {key} = …")
        elif source.delivered_at != "name" and key in raw:
            problems.add((*path, key), f"it is used only with delivered_at = 'name', not '{source.delivered_at}'")
    if source.delivered_at_pattern:
        _check_pattern(source, path, problems)


def _check_pattern(source: Source, path: Path, problems: Problems) -> None:
    try:
        groups = re.compile(source.delivered_at_pattern).groups
    except re.error as error:
        problems.add((*path, "delivered_at_pattern"), f"not a regular expression: {error}")
        return
    if groups > 1:
        problems.add((*path, "delivered_at_pattern"), f"it has {groups} groups", "put one group around the time")
    try:
        stamp = datetime(2021, 4, 7, 16, 5, 9).strftime(source.delivered_at_format)
        datetime.strptime(stamp, source.delivered_at_format)
    except ValueError as error:
        problems.add((*path, "delivered_at_format"), f"not a time format: {error}")


def _check_column(column: ColumnMapping, path: Path, problems: Problems) -> None:
    given = [key for key in ("column", "columns", "constant") if getattr(column, key)]
    if not given or len(given) > 1:
        found = f"{' and '.join(given)} are given" if given else "neither is given"
        if given and "columns" not in given:
            found = "both are given"
        problems.add(path, f"one of column and constant is expected, {found}", 'write { column = "…" }')
    elif column.constant and column.values:
        problems.add(path, "a constant needs no values", "write the constant as it is meant")


def _check_doubles(
    source: Source, raw: Mapping[str, Any], path: Path, problems: Problems, *, is_register: bool
) -> None:
    """One raw column holds one thing: a value, a time or the site, and one parameter comes from one column.

    A register may deliver no value: then each case counts as one.
    """
    if is_register and source.long:
        problems.add((*path, "long"), "a row of a register is one case", "map the amount in values, or leave it out")
    elif bool(source.values) == bool(source.long) and not is_register:
        found = "both are given" if source.long else "neither is given"
        problems.add(path, f"one of values (wide) and long is expected, {found}")
    taken = {c: "the time" for c in (*source.time.columns, *source.time.end_columns)}
    taken |= dict.fromkeys(source.site.raw, "the site")
    columns = Counter(v.column for v in source.values)
    parameters = Counter(v.parameter for v in source.values)
    seen: set[tuple[str, str]] = set()
    for i, value in enumerate(source.values):
        place = (*path, "values", _value_step(raw, i))
        if value.column in taken:
            problems.add(place, f"column '{value.column}' already holds {taken[value.column]}")
        for what, name, counts in (("column", value.column, columns), ("parameter", value.parameter, parameters)):
            if counts[name] > 1 and (what, name) in seen:
                problems.add(place, f"{what} '{name}' is mapped twice")
            seen.add((what, name))


def _value_step(raw: Mapping[str, Any], index: int) -> str | int:
    values = raw.get("values", [])
    return list(values)[index] if isinstance(values, Mapping) else index


def _check_columns(source: Source, table: CleanTable, path: Path, problems: Problems) -> None:
    dims = _mapped_columns(table)
    for name, column in source.columns.items():
        place = (*path, "columns", name)
        if name not in dims:
            problems.add(place, f"table {table.name} has no column '{name}'", nearest(name, dims))
            continue
        _check_column(column, place, problems)
        allowed = dims[name].allowed
        meanings = [(k, v) for k, v in column.values.items() if v]
        for key, meaning in [("", column.constant)] if column.constant else meanings:
            if allowed and meaning not in allowed:
                where = (*place, "values", key) if key else (*place, "constant")
                problems.add(where, f"'{meaning}' is not a {name}", nearest(meaning, allowed))
    for name, dim in dims.items():
        if dim.key and dim.allowed and name not in source.columns and name not in table.given:
            message = f"{table.name} needs '{name}' (one of {', '.join(dim.allowed)})"
            problems.add((*path, "columns"), message, "add it to columns")
    if table.cases:
        needed = "entity" if table.cases.is_list else "case_id"
        if needed not in source.columns:
            problems.add((*path, "columns"), f"{table.name} needs '{needed}'", f'add {needed} = {{ column = "…" }}')
    if "ticket_no" in dims and "ticket_no" not in source.columns and not source.occurrence_of:
        message = f"{table.name} needs 'ticket_no', or occurrence_of where loads have no ticket"
        problems.add((*path, "columns"), message, "add it to columns")


def _mapped_columns(table: CleanTable) -> dict[str, Column]:
    """What a source may map: the table's own columns, those of a register and its attributes."""
    if table.cases is None:
        return {c.name: c for c in table.dims if c.name != NETWORK_ID}
    unasked = (*NOT_MAPPED, *table.cases.not_asked)
    own = {c.name: c for c in table.dims if c.name not in unasked}
    return own | {name: Column(name, "string", "") for name in table.cases.attributes}


def _check_parameters(
    source: Source, raw: Mapping[str, Any], feed: Feed, path: Path, registry: Registry, problems: Problems
) -> None:
    known = feed.parameters_of(source.table)
    for i, value in enumerate(source.values):
        place = (*path, "values", _value_step(raw, i))
        if value.parameter not in known:
            message = f"table {source.table} has no parameter '{value.parameter}'"
            problems.add((*place, "parameter"), message, nearest(value.parameter, known))
        else:
            _check_unit(value.unit, known[value.parameter].unit, (*place, "unit"), registry, problems)
        _check_censor(value, value.column, place, problems)
    if source.long is None:
        return
    _check_censor(source.long, source.long.value_column, (*path, "long"), problems)
    if source.long.limit_unit_column and not source.long.limit_column:
        problems.add((*path, "long", "limit_unit_column"), "there is no limit_column", "add limit_column = …")
    for name, code in source.long.parameters.items():
        if code not in known:
            place = (*path, "long", "parameters", name)
            problems.add(place, f"table {source.table} has no parameter '{code}'", nearest(code, known))
    for name, unit in source.long.units.items():
        _check_unit(unit.unit, "", (*path, "long", "units", name), registry, problems)


def _check_censor(mapping: ValueMapping | LongMapping, column: str, path: Path, problems: Problems) -> None:
    """The mark and the limit of a value are in columns of their own, and the marks are known."""
    censor = mapping.censor
    if censor is not None:
        if censor.column == column:
            hint = "leave censor out: <0.05, 0.05L and ND(0.05) are read as they are"
            problems.add((*path, "censor", "column"), f"column '{column}' holds the value itself", hint)
        if not any(censor.values.values()):
            problems.add((*path, "censor", "values"), "no text means '<' or '>'", 'write { "ND" = "<" }')
        for text, mark in censor.values.items():
            if mark not in ("<", ">", ""):
                hint = "use '<' (below the limit), '>' (above the range) or '' (no mark)"
                problems.add((*path, "censor", "values", text), f"'{mark}' is not a mark", hint)
    if mapping.limit_column == column:
        problems.add(
            (*path, "limit_column"), f"column '{column}' holds the value itself", "name the limit's own column"
        )


def _check_unit(text: str, target: str, path: Path, registry: Registry, problems: Problems) -> None:
    unit = registry.unit(text)
    if unit is None:
        names = [n for u in registry.units.values() for n in (u.code, *u.aliases)]
        problems.add(path, f"the unit '{text}' is not known", nearest(text, names))
        return
    wanted = registry.unit(target) if target else None
    if wanted is not None and wanted.base != unit.base:
        same = [u.code for u in registry.units.values() if u.base == wanted.base]
        problems.add(path, f"'{text}' cannot become {target}", "use one of " + ", ".join(f"'{u}'" for u in same))
