"""Trees of areas that users declare: whether a row is an area, and whether all of them are trees.

Here belong the tables `areas` and `site_areas` of [declared]. Not here: one cell by itself (declared.py), the levels of
each tree (seed area_levels) or what lies in an area (dbt_project).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from dbt_project.seed_rows import seed_rows
from sources.config import shipped
from sources.config.cells import shortened, typed
from sources.config.problems import nearest
from sources.registry.declared_tables import DECLARED_TABLES
from sources.registry.name_patterns import NAME

if TYPE_CHECKING:
    from sources.config.csv_file import Mistake
    from sources.config.declared import DeclaredRows

Row = Mapping[str, Any]
Entry = Mapping[str, str]
Found = Iterator[tuple[str, str, str]]
ADMINISTRATIVE = "administrative"
_LAST = date.max


def area_mistakes(entry: Entry) -> Found:
    """What is wrong with one row of `areas`, as (column, message, what to write)."""
    levels = shipped.trees().get(entry["tree"])
    if levels is None:
        yield "tree", f"there is no tree '{shortened(entry['tree'])}'", nearest(entry["tree"], shipped.trees())
        return
    level = levels.get(entry["area_level"])
    if level is None:
        hint = nearest(entry["area_level"], levels)
        yield "area_level", f"{entry['tree']} has no level '{shortened(entry['area_level'])}'", hint
        return
    yield from _code(entry, level)
    yield from _parent(entry, level)
    yield from _span(entry)


def _code(entry: Entry, level: Entry) -> Found:
    code, digits = entry["area_code"], level["digits"]
    if digits and not (code.isascii() and code.isdigit() and len(code) == int(digits)):
        said = f"{len(code)} digits" if code.isascii() and code.isdigit() else f"'{shortened(code)}'"
        yield "area_code", f"the code of a {entry['area_level']} has {digits} digits, this one is {said}", ""
    elif not digits and not NAME.fullmatch(code):
        hint = "use a-z, 0-9 and _, beginning with a letter"
        yield "area_code", f"'{shortened(code)}' is not the name of an area", hint


def _parent(entry: Entry, level: Entry) -> Found:
    code, parent = entry["area_code"], entry["parent_code"]
    if level["rank"] == "1":
        if parent:
            yield "parent_code", f"a {entry['area_level']} is the top of its tree", "leave it empty"
    elif not parent:
        above = _level_above(entry["tree"], entry["area_level"])
        yield "parent_code", "it is empty", f"write the {above} that it lies in"
    elif level["digits"] and (code == parent or not code.startswith(parent)):
        hint = f"write {code[: int(_digits_above(entry['tree'], entry['area_level']))]}"
        yield "parent_code", f"{code} does not lie in '{shortened(parent)}': its code begins otherwise", hint


def _level_above(tree: str, level: str) -> str:
    levels = list(shipped.trees()[tree])
    return levels[levels.index(level) - 1]


def _digits_above(tree: str, level: str) -> str:
    return shipped.trees()[tree][_level_above(tree, level)]["digits"]


def _span(entry: Entry) -> Found:
    if entry["valid_to"] and entry["valid_to"] < entry["valid_from"]:
        yield "valid_to", f"{entry['valid_to']} is before valid_from {entry['valid_from']}", "leave it empty"


def site_area_mistakes(entry: Entry) -> Found:
    """What is wrong with one row of `site_areas` by itself."""
    other = [tree for tree in shipped.trees() if tree != ADMINISTRATIVE]
    if entry["tree"] == ADMINISTRATIVE:
        yield "tree", "the site register says the administrative area", "write it as area_code of the register"
    elif entry["tree"] not in other:
        yield "tree", f"there is no tree '{shortened(entry['tree'])}'", nearest(entry["tree"], other)
    yield from _span(entry)


def delivered(table: str, seed: str) -> list[Row]:
    """The delivered rows of a declared table, typed as a user's."""
    columns = DECLARED_TABLES[table].columns
    return [{c.name: typed(row[c.name], c.dtype) for c in columns} for row in seed_rows(seed)]


def in_use(table: str, own: Sequence[Row], seed: str) -> list[Row]:
    """The user's rows of a declared table and the delivered ones that they do not replace."""
    key = DECLARED_TABLES[table].key
    replaced = {tuple(row[n] for n in key) for row in own}
    return [*own, *(row for row in delivered(table, seed) if tuple(row[n] for n in key) not in replaced)]


def tree_mistakes(read: DeclaredRows) -> Iterator[Mistake]:
    """Why the areas of `read` do not make trees with the delivered ones: parents that are not there, circles,
    and areas that lie in two at a time.
    """
    areas: dict[tuple[str, str], list[Row]] = {}
    for row in sorted(in_use("areas", read.rows, "areas/areas"), key=lambda row: row["valid_from"]):
        areas.setdefault((row["tree"], row["area_code"]), []).append(row)
    for row, line in sorted(zip(read.rows, read.lines, strict=True), key=lambda of: of[1]):
        for column, message, hint in _in_tree(row, areas):
            yield f"{read.name}, line {line}, column {column}: {message}", hint


def _in_tree(row: Row, areas: Mapping[tuple[str, str], Sequence[Row]]) -> Found:
    tree, code, parent = row["tree"], row["area_code"], row["parent_code"]
    for other in areas[tree, code]:
        if other is not row and _share_a_day(row, other):
            where = f"'{other['parent_code']}'" if other["parent_code"] else "no other area"
            message = f"on {max(row['valid_from'], other['valid_from'])} {code} lies in {where} already"
            yield "valid_from", message, f"end the row that holds from {other['valid_from']} on the day before"
    if namesake := next((t for t, c in areas if c == code and t != tree), ""):
        yield "area_code", f"{namesake} has an area '{code}' already", "give this one another name"
    if not parent:
        return
    if (tree, parent) not in areas:
        known = [c for t, c in areas if t == tree]
        yield "parent_code", f"there is no area '{shortened(parent)}' in {tree}", nearest(parent, known)
        return
    if circle := _circle(row, areas):
        yield "parent_code", f"the areas lie in a circle: {' in '.join(circle)}", "name an area of the level above"
        return
    above = _level_above(tree, row["area_level"])
    holds = [other for other in areas[tree, parent] if _share_a_day(row, other)]
    if wrong := next((other for other in holds if other["area_level"] != above), None):
        message = f"'{parent}' is a {wrong['area_level']}, and a {row['area_level']} lies in a {above}"
        yield "parent_code", message, f"name a {above}"
    elif (day := _uncovered(row, holds)) is not None:
        yield "parent_code", f"'{parent}' does not hold on {day}", "give both rows dates that fit"


def _circle(row: Row, areas: Mapping[tuple[str, str], Sequence[Row]]) -> list[str]:
    """The codes from the row's area back to itself; none where it has a top."""
    path = [row["area_code"]]
    at: Row | None = row
    while at is not None and at["parent_code"]:
        path.append(at["parent_code"])
        if at["parent_code"] in path[:-1]:
            return path if path[0] == path[-1] else []
        above = areas.get((row["tree"], at["parent_code"]), ())
        at = next((other for other in above if _share_a_day(row, other)), None)
    return []


def _share_a_day(one: Row, other: Row) -> bool:
    return one["valid_from"] <= _end(other) and other["valid_from"] <= _end(one)


def _end(row: Row) -> date:
    return row["valid_to"] or _LAST


def _uncovered(row: Row, holds: Iterable[Row]) -> date | None:
    """The first day of the row on which none of `holds`, in order of days, holds; None where there is no such day."""
    day = row["valid_from"]
    for other in holds:
        if other["valid_from"] > day:
            break
        if _end(other) >= _end(row):
            return None
        day = max(day, _end(other) + timedelta(days=1))
    return day


def placed_mistakes(read: DeclaredRows, areas: Iterable[Row], sites: Collection[tuple[str, str]]) -> Iterator[Mistake]:
    """Rows of `site_areas` whose site no register has, or whose area no tree has on the days of the row.

    `sites` are feed and site of every register.
    """
    spans: dict[tuple[str, str], list[Row]] = {}
    for row in sorted(areas, key=lambda row: row["valid_from"]):
        spans.setdefault((row["tree"], row["area_code"]), []).append(row)
    feeds = {feed for feed, _ in sites}
    for row, line in sorted(zip(read.rows, read.lines, strict=True), key=lambda of: of[1]):
        for column, message, hint in _placed(row, spans, sites, feeds):
            yield f"{read.name}, line {line}, column {column}: {message}", hint


def _placed(
    row: Row,
    areas: Mapping[tuple[str, str], Sequence[Row]],
    sites: Collection[tuple[str, str]],
    feeds: Collection[str],
) -> Found:
    if row["feed"] not in feeds:
        yield "feed", f"no site of a feed '{shortened(row['feed'])}' is registered", nearest(row["feed"], feeds)
    elif (row["feed"], row["site_id"]) not in sites:
        hint = nearest(row["site_id"], [site for feed, site in sites if feed == row["feed"]])
        yield "site_id", f"{row['feed']} has no site '{shortened(row['site_id'])}' in the register", hint
    own = areas.get((row["tree"], row["area_code"]))
    if own is None:
        known = [code for tree, code in areas if tree == row["tree"]]
        hint = nearest(row["area_code"], known)
        yield "area_code", f"there is no area '{shortened(row['area_code'])}' in {row['tree']}", hint
    elif (day := _uncovered(row, own)) is not None:
        yield "area_code", f"'{row['area_code']}' does not hold on {day}", "give the row dates on which it does"
