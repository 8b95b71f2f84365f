"""What a sample of files is taken for: feed, values, time, site and all other columns.

Here belongs putting together what was sensed. Not here: the senses (layout.py, value_columns.py, time_columns.py,
other_columns.py, across_columns.py), or how it is written down (draft_lines.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sources.registry.feed_model import CleanTable, Feed, Parameter, Registry
from sources.suggest.across_columns import AcrossColumns, across_of, across_sites
from sources.suggest.cell_kinds import number_of
from sources.suggest.names import Names, plain
from sources.suggest.other_columns import Own, Site, Status, own_columns, site_of, status_of
from sources.suggest.sample import Sample
from sources.suggest.seen import Seen, seen_in
from sources.suggest.time_columns import Time, time_of, year_of
from sources.suggest.value_columns import Long, Value, Values, unit_by_size, values_of

_METERING = "metering"
# Fewer readings may rise by chance.
_MANY = 24


class NothingSuggested(ValueError):
    """Nothing can be suggested; the message says for which file, why, and what to do."""


@dataclass(frozen=True)
class Sensed:
    """Everything that is suggested about one sample."""

    seen: Seen
    feed: Feed
    values: Values
    time: Time
    across: AcrossColumns | None
    status: Status | None
    own: Sequence[Own]
    site: Site
    feed_doubt: str


def sensed(sample: Sample, registry: Registry, feed: str | None, today: date) -> Sensed:
    """What a sample is taken for; NothingSuggested where no parameter or no time is found in it."""
    feeds = {name: f for name, f in registry.feeds.items() if feed in (None, name) and f.declared != "register"}
    names = Names(registry, feeds)
    seen = seen_in(sample, frozenset(word for f in feeds.values() for p in f.parameters.values() for word in p.words))
    across = across_of(seen, names)
    spread = across.columns if across else ()
    named = values_of(seen, names, spread)
    values = named or _without_names(seen, feeds.get(feed or ""), across)
    if values is None:
        raise NothingSuggested(
            f"{sample.files[0].name}: neither its header nor its rows name a parameter of a feed; say which with "
            f"--feed, or write the mapping by hand. Its columns: {', '.join(sample.columns[:20])}"
        )
    if named and not values.long:
        # Columns that name parameters are neither sites nor hours, however alike they are.
        across, values = _by_site(values, names)
    spread = across.columns if across else ()
    if values.long:
        values = replace(values, long=_completed(values.long, values.table, seen, across, registry))
    table, found = values.table, raw_columns(values)
    time = time_of(seen, table, today, (*found, *spread)) or _time_of_header(across, seen, today)
    if time is None:
        raise NothingSuggested(
            f"{sample.files[0].name}: no column holds a time that is known here; if it is in the file's name or above "
            f"the table, write facts in [source.format]. Its columns: {', '.join(sample.columns[:20])}"
        )
    time = _with_part(time, across)
    chosen = feeds[values.feed]
    taken = [*found, *spread, *time.columns]
    status = status_of(seen, chosen, taken)
    taken += [status.column] if status else []
    own = own_columns(seen, table, time, taken)
    taken += [one.column for one in own if one.column]
    site = Site(across.site) if across and across.site else site_of(seen, time.stamps, taken, _one_site(values, names))
    own = [_as_register(one) if one.name == _METERING and _only_rises(seen, values, site) else one for one in own]
    return Sensed(seen, chosen, values, time, across, status, own, site, "" if feed else values.doubt)


def _only_rises(seen: Seen, values: Values, site: Site) -> bool:
    """Whether the first column of values never falls at any site, as the register of a meter."""
    if not values.wide or values.wide[0].column not in seen.sample.columns:
        return False
    by_site: dict[str, list[float]] = {}
    sites = seen.sample.texts(site.column) if site.column else [""] * seen.sample.rows.height
    for name, text in zip(sites, seen.sample.texts(values.wide[0].column), strict=True):
        if (number := number_of(text, seen.decimal_mark)) is not None:
            by_site.setdefault(name, []).append(number)
    return all(len(v) >= _MANY and v == sorted(v) and v[0] < v[-1] for v in by_site.values()) and bool(by_site)


def _as_register(own: Own) -> Own:
    return replace(own, constant="register", doubt="the values only rise: are they what the register of a meter shows?")


def _by_site(values: Values, names: Names) -> tuple[AcrossColumns | None, Values]:
    """Columns that are all of one parameter, each of a site, as one that is spread."""
    if len(values.wide) != 1:
        return None, values
    one = values.wide[0]
    columns = [one.column, *(column for column, code in values.also if code == one.parameter)]
    across = across_sites(columns, names)
    if across is None:
        return None, values
    return across, replace(values, wide=(replace(one, column="value"),), also=())


def _completed(long: Long, table: CleanTable, seen: Seen, across: AcrossColumns | None, registry: Registry) -> Long:
    """A long layout with the column of its values, and units by their size where no column says them."""
    if across:
        return replace(long, value_column="value")
    if long.unit_column or not long.value_column:
        return long
    parameters = registry.feeds[table.feed].parameters_of(table.name)
    return replace(long, units=_units_of(long, seen, parameters, registry))


def raw_columns(values: Values) -> list[str]:
    long = values.long
    named = [long.parameter_column, long.value_column, long.unit_column] if long else []
    return [*(v.column for v in values.wide), *(name for name in named if name)]


def _without_names(seen: Seen, feed: Feed | None, across: AcrossColumns | None) -> Values | None:
    """The columns of numbers of a file that names no parameter, as the first of the feed that was said."""
    numbers = ["value"] if across else [c.name for c in seen.columns if c.numeric]
    if feed is None or not numbers:
        return None
    table = feed.tables[feed.main_table or next(iter(feed.tables))]
    first: Parameter = next(iter(feed.parameters_of(table.name).values()))
    wide = (Value(numbers[-1], first.code, first.unit, "which column holds which parameter, in which unit?"),)
    return Values(feed.name, table, wide, None, tuple((name, first.code) for name in numbers[:-1]))


def _with_part(time: Time, across: AcrossColumns | None) -> Time:
    """The time with what headers add to it."""
    if across is None or not across.part or across.part in time.words["columns"]:
        return time
    said = dict(time.words)
    said["columns"] = [*said["columns"], across.part]
    said["formats"] = [f"{one} {across.code}" for one in said["formats"]]
    for word in ("duration", "duration_min"):
        said.pop(word, None)
    said |= {"duration_min": 60} if across.part == "hour" else {"duration": across.part}
    doubts = {"marks": "does the hour name its start or its end?"} if across.part == "hour" else {}
    return replace(time, words=said, doubts=doubts, step_min=60 if across.part == "hour" else None)


def _time_of_header(across: AcrossColumns | None, seen: Seen, today: date) -> Time | None:
    """The time where headers alone say it: years, or months of a year that the file's name may say."""
    if across is None or across.part not in ("month", "year"):
        return None
    said: dict[str, Any] = {"columns": [across.part], "formats": [across.code], "marks": "start"}
    doubts: dict[str, str] = {}
    if across.part == "month":
        said["year"], doubts["year"] = year_of(seen, today)
    return Time(said | {"duration": across.part}, doubts, (), None, False)


def _one_site(values: Values, names: Names) -> str:
    """What a header says next to its parameter: laeq_Ballymun4."""
    if len(values.wide) != 1:
        return ""
    pieces = re.split(r"[\s_]+", names.header(values.wide[0].column).name)
    rest = [piece for piece in pieces if not names.parameters(piece)]
    return "_".join(rest) if 0 < len(rest) < len(pieces) else ""


def _units_of(long: Long, seen: Seen, parameters: Mapping[str, Parameter], registry: Registry) -> dict[str, str]:
    """By name the unit that its values would be in, where that is not the parameter's own."""
    names, numbers = seen.sample.texts(long.parameter_column), seen.sample.texts(long.value_column)
    by_name: dict[str, Counter[str]] = {name: Counter() for name in long.parameters}
    for name, number in zip(names, numbers, strict=True):
        if name in by_name:
            by_name[name][number] += 1
    found = {n: unit_by_size(parameters[long.parameters[n]], texts, registry)[0] for n, texts in by_name.items()}
    return {n: unit for n, unit in found.items() if plain(unit) != plain(parameters[long.parameters[n]].unit)}
