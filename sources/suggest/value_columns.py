"""Which columns hold values of which parameter in which unit, and so which feed a file is of.

Here belong choosing feed and table, matching names and units, and layouts whose rows name their parameter. Not here:
spellings (names.py), or all other columns (time_columns.py, other_columns.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from sources.registry.feed_model import CleanTable, Parameter, Registry, Unit
from sources.suggest.cell_kinds import number_of
from sources.suggest.names import Names
from sources.suggest.seen import Column, Seen
from sources.suggest.word_lists import says, words

# How sure a match is: by name, by the name behind another one, by a piece of the name, by its unit alone.
EXACT, _BEHIND, LIKELY, BY_UNIT = 1.0, 0.9, 0.5, 0.3
# There are many networks: a piece of a name is in one or the other by chance.
_BY_CHANCE = 0.2
_UNSURE = "is it this parameter?"
# A column of names has at most so many, and most of them are known.
_MOST_NAMES = 200
_KNOWN = 0.5
_CALLED = ("parameter", "item", "type", "pollutant", "variable", "indicator", "项目", "指标", "参数", "因子", "污染物")
_UNIT = ("unit", "units", "单位", "计量单位")
_VALUE = ("value", "result", "reading", "值", "浓度", "结果", "读数", "conc")


@dataclass(frozen=True)
class Value:
    """A column of a wide layout; `doubt` is what is asked about it."""

    column: str
    parameter: str
    unit: str
    doubt: str = ""


@dataclass(frozen=True)
class Long:
    """A layout whose rows name their parameter: its columns, names with their codes, names that are not known, and by
    name units that no column says.
    """

    parameter_column: str
    value_column: str
    unit_column: str
    parameters: Mapping[str, str]
    unknown: tuple[str, ...]
    units: Mapping[str, str]


@dataclass(frozen=True)
class Values:
    """The table that a file is for, and its columns of values. `also` are columns that look like a parameter that has
    its column already, with its code.
    """

    feed: str
    table: CleanTable
    wide: tuple[Value, ...] = ()
    long: Long | None = None
    also: tuple[tuple[str, str], ...] = ()
    doubt: str = ""


@dataclass(frozen=True)
class _Match:
    column: Column
    unit: str
    feed: str
    parameter: Parameter
    sure: float


def values_of(seen: Seen, names: Names, spread: Sequence[str] = ()) -> Values | None:
    """The table for which most columns are known, with them; None where nothing is known. Columns that are `spread`
    hold values of whatever a row names.
    """
    long = _long(seen, names, bool(spread))
    if long is not None:
        return long
    matches = [m for column in seen.columns if column.name not in spread for m in _matches(column, names)]
    scores: dict[tuple[str, str], float] = defaultdict(float)
    best: dict[tuple[str, str, str], float] = {}
    for match in matches:
        key = (match.feed, match.parameter.table, match.column.name)
        best[key] = max(best.get(key, 0.0), match.sure)
    for (feed, table, _), sure in best.items():
        scores[feed, table] += sure
    if not scores:
        return None
    feed, table = _highest(scores, names)
    own = [m for m in matches if (m.feed, m.parameter.table) == (feed, table)]
    wide, also = _one_each(own, names.registry)
    rivals = [f for (f, _), score in scores.items() if f != feed and score >= scores[feed, table]]
    doubt = f"or is it of {', '.join(dict.fromkeys(rivals[:4]))}?" if rivals else ""
    if scores[feed, table] <= LIKELY:
        doubt = "little in the file tells the feed"
    return Values(feed, names.feeds[feed].tables[table], wide, None, also, doubt)


def _highest(scores: Mapping[tuple[str, str], float], names: Names) -> tuple[str, str]:
    """The table of the highest score; of equal ones the main table of a feed with a package of its own."""

    def rank(key: tuple[str, str]) -> tuple[float, bool, bool, int]:
        feed = names.feeds[key[0]]
        return scores[key], not feed.declared, key[1] == feed.main_table, -list(feed.tables).index(key[1])

    return max(scores, key=rank)


def _matches(column: Column, names: Names) -> list[_Match]:
    header = names.header(column.name)
    if not column.numeric and column.filled:
        return []
    found: list[tuple[str, Parameter, float]] = []
    for name in dict.fromkeys((column.name, header.name)):
        found += [(f, p, EXACT) for f, p in names.parameters(name)]
    found = found or [(f, p, _BEHIND) for f, p in names.tails(header.name)]
    # What is always empty has to be called so.
    if not found and column.filled:
        likely = names.likely(header.name)
        found = [(f, p, _BY_CHANCE if names.feeds[f].declared and len(names.feeds) > 1 else LIKELY) for f, p in likely]
        found += _by_words(column.name, names)
    unit = names.registry.unit(header.unit) if header.unit else None
    if unit is None:
        return [_Match(column, "", f, p, sure) for f, p, sure in found]
    fitting = [(f, p, sure) for f, p, sure in found if names.registry.units[p.unit].base == unit.base]
    if not fitting and column.filled:
        fitting = _by_unit(unit, names)
    return [_Match(column, header.unit, f, p, sure) for f, p, sure in fitting]


def _by_words(name: str, names: Names) -> list[tuple[str, Parameter, float]]:
    codes = [code for code, spellings in words()["parameters"].items() if says(name, spellings)]
    return [
        (feed.name, feed.parameters[code], BY_UNIT)
        for feed in names.feeds.values() if not feed.declared for code in codes if code in feed.parameters
    ]  # fmt: skip


def _by_unit(unit: Unit, names: Names) -> list[tuple[str, Parameter, float]]:
    """The parameter of a feed that alone is measured so."""
    found = []
    for feed in names.feeds.values():
        alike = [p for p in feed.parameters.values() if names.registry.units[p.unit].base == unit.base]
        if len(alike) == 1 and not feed.declared:
            found.append((feed.name, alike[0], BY_UNIT))
    return found


def _one_each(matches: Sequence[_Match], registry: Registry) -> tuple[tuple[Value, ...], tuple[tuple[str, str], ...]]:
    """For each parameter its surest column, in the order of the file, and the others."""
    chosen: dict[str, _Match] = {}
    by_column: dict[str, _Match] = {}
    for match in matches:
        if match.column.name not in by_column or match.sure > by_column[match.column.name].sure:
            by_column[match.column.name] = match
    for match in by_column.values():
        code = match.parameter.code
        if code not in chosen or match.sure > chosen[code].sure:
            chosen[code] = match
    kept = {match.column.name for match in chosen.values()}
    wide = tuple(_value(m, registry) for m in by_column.values() if m.column.name in kept)
    also = tuple((m.column.name, m.parameter.code) for m in by_column.values() if m.column.name not in kept)
    return wide, also


def _value(match: _Match, registry: Registry) -> Value:
    unsure = "" if match.sure >= _BEHIND else _UNSURE
    if match.unit:
        return Value(match.column.name, match.parameter.code, match.unit, unsure)
    unit, doubt = unit_by_size(match.parameter, match.column.cells, registry)
    return Value(match.column.name, match.parameter.code, unit, " ".join(d for d in (unsure, doubt) if d))


def unit_by_size(parameter: Parameter, cells: Mapping[str, int], registry: Registry) -> tuple[str, str]:
    """(the unit that usual values of a parameter would be in, what is asked); `cells` are texts and how often they
    occur, and no unit is written in the file.
    """
    read = ((number_of(text) or number_of(text, ",") or 0, times) for text, times in cells.items())
    numbers = [number for number, times in read if number > 0 for _ in range(times)]
    own = registry.units[parameter.unit]
    alike = [u for u in registry.units.values() if u.base == own.base]
    if not numbers or len(alike) == 1:
        return own.code, "" if len(alike) == 1 else "in which unit? none is written"
    tests = parameter.tests
    high = tests.suspect_max if tests.suspect_max is not None else tests.fail_max
    middle = median(numbers)
    if high is None or middle <= float(high):
        return own.code, "in which unit? none is written"
    # The usual prefix steps: the first that makes the values usual ones.
    smaller = sorted((u for u in alike if u.factor < own.factor), key=lambda u: -u.factor)
    usual = (u for u in smaller if middle * float(u.factor / own.factor) <= float(high))
    fitting = next(usual, own)
    return fitting.code, f"in which unit? none is written, and half of the values are above {middle:g}"


def _long(seen: Seen, names: Names, spread: bool) -> Values | None:
    """The layout of the column most of whose texts are names of parameters."""
    found = [made for column in seen.columns if (made := _named_by(column, seen, names, spread)) is not None]
    return max(found, key=lambda made: len(made.long.parameters) if made.long else 0, default=None)


def _named_by(column: Column, seen: Seen, names: Names, spread: bool) -> Values | None:
    if column.numeric or not 1 <= column.distinct <= _MOST_NAMES:
        return None
    called = {text: names.parameters(names.header(text).name) for text in column.cells}
    scores: dict[tuple[str, str], float] = defaultdict(float)
    for found in called.values():
        for feed, table in {(f, p.table) for f, p in found}:
            scores[feed, table] += 1
    if not scores:
        return None
    feed, table = _highest(scores, names)
    known = scores[feed, table]
    # One known text may be a site that is called like a parameter.
    if known < (1 if says(column.name, _CALLED) else 2) or known < min(3, _KNOWN * column.distinct):
        return None
    parameters = {t: p.code for t, found in called.items() for f, p in found if (f, p.table) == (feed, table)}
    made = _long_columns(seen, names, column.name, parameters)
    if not (made.value_column or spread):
        return None
    return Values(feed, names.feeds[feed].tables[table], (), made)


def _long_columns(seen: Seen, names: Names, named: str, parameters: Mapping[str, str]) -> Long:
    units = [c.name for c in seen.columns if c.name != named and c.cells and not c.numeric]
    units = [name for name in units if all(names.registry.unit(text) for text in seen.column(name).cells)]
    unit = max(units, key=lambda name: says(name, _UNIT), default="")
    numeric = [c for c in seen.columns if c.numeric]
    hinted = sorted((c for c in numeric if says(c.name, _VALUE)), key=lambda c: -says(c.name, _VALUE))
    value = next((c.name for c in (*hinted, *(numeric if len(numeric) == 1 else []))), "")
    unknown = tuple(text for text in seen.column(named).cells if text not in parameters)
    return Long(named, value, unit, parameters, unknown, {})
