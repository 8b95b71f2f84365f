"""A draft of one `[[source]]` for files of one layout.

Here belongs putting together what was sensed of a sample. Not here: the senses (layout.py, value_columns.py,
time_columns.py, other_columns.py, across_columns.py) or TOML (draft.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sources.registry.feed_model import CleanTable, Feed, Parameter, Registry
from sources.suggest.across_columns import AcrossColumns, across_of
from sources.suggest.draft import Line, Section, fits_a_line, table_lines, text_of_draft
from sources.suggest.names import Names, plain
from sources.suggest.other_columns import Own, Site, Status, own_columns, site_of, status_of
from sources.suggest.sample import Sample
from sources.suggest.seen import Seen, seen_in
from sources.suggest.time_columns import Time, time_of, year_of
from sources.suggest.value_columns import Long, Value, Values, unit_by_size, values_of

_YOURS = "yours to say"
_SITES_SHOWN = 8
_IGNORED_SHOWN = 40
_GAPS = 0.2
_TICKETS = "no column is called a ticket: these tell loads apart; do they?"
_REGISTER = "until the site register ([sites] files) has them; then leave it out"


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


def draft_of(sample: Sample, registry: Registry, feed: str | None, today: date, path: str) -> str:
    """The draft of one source as TOML; `feed` None is guessed, `path` is how the draft names the files."""
    return _text(sensed(sample, registry, feed, today), path)


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
    # Columns that name parameters are no sites or hours, however alike they are.
    across = across if values.long or not named else None
    spread = across.columns if across else ()
    if values.long:
        values = replace(values, long=_completed(values.long, values.table, seen, across, registry))
    table, found = values.table, _raw_columns(values)
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
    if across and not across.part:
        site = Site(str(across.words["name"]))
    else:
        site = site_of(seen, time.stamps, taken, _one_site(values, names))
    return Sensed(seen, chosen, values, time, across, status, own, site, "" if feed else values.doubt)


def _completed(long: Long, table: CleanTable, seen: Seen, across: AcrossColumns | None, registry: Registry) -> Long:
    """A long layout with the column of its values, and units by their size where no column says them."""
    if across:
        return replace(long, value_column="value")
    if long.unit_column or not long.value_column:
        return long
    parameters = registry.feeds[table.feed].parameters_of(table.name)
    return replace(long, units=_units_of(long, seen, parameters, registry))


def _raw_columns(values: Values) -> list[str]:
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


def _text(found: Sensed, path: str) -> str:
    sample = found.seen.sample
    read = f"{sample.read} of {len(sample.files)} files" if len(sample.files) > 1 else sample.files[0].name
    about = (
        f"A draft by `ecoledger config suggest` from {sample.rows.height:,} records of {read}.",
        "A line with # ? is a guess: answer it and take the mark away. `ecoledger config preview` shows what it does.",
    )
    return text_of_draft(about, (
        Section("", _source_lines(found, path)),
        Section("format", _format_lines(found)),
        Section("across", _across_lines(found)),
        Section("time", [Line(key, one, found.time.doubts.get(key, "")) for key, one in found.time.words.items()]),
        Section("site", _site_lines(found)),
        Section("status", [Line("column", found.status.column)] if found.status else ()),
        Section("long", _long_lines(found.values.long)),
        Section("values", _value_lines(found)),
        *_own_sections(found.own),
    ))  # fmt: skip


def _source_lines(found: Sensed, path: str) -> list[Line]:
    table, feed = found.values.table, found.feed
    lines = [
        Line("id", _id_of(found), _YOURS),
        Line("feed", feed.name, found.feed_doubt),
        *([Line("table", table.name)] if table.name != feed.main_table else []),
        Line("path", path, "a pattern such as folder/*.csv for all that will come"),
        *([Line("allow_outside", True, "the path leads out of the folder of this file")] if _is_outside(path) else []),
        Line("owner", feed.owner, _YOURS),
        Line("licence", feed.licence, _YOURS),
        Line("unknown_sites", "accept", _REGISTER),
    ]
    if found.time.step_min and table.series_tests:
        lines.append(Line("cadence_min", found.time.step_min))
    if found.status and found.status.invalid:
        lines.append(Line("invalid_status", list(found.status.invalid), found.status.doubt))
    if _needs_occurrence(table, found.own):
        lines.append(Line("occurrence_of", list(found.seen.sample.columns), _TICKETS))
    return lines


def _is_outside(path: str) -> bool:
    return path.startswith(("../", "/")) or re.match(r"[A-Za-z]:", path) is not None


def _id_of(found: Sensed) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", found.seen.sample.files[0].name.split(".")[0].lower()).strip("_")
    return name[:30].rstrip("_") if re.match(r"[a-z]", name) else f"{found.feed.name}_files"


def _needs_occurrence(table: CleanTable, own: Sequence[Own]) -> bool:
    return "occurrence_no" in table.key and not any(one.name == "ticket_no" for one in own)


def _format_lines(found: Sensed) -> list[Line]:
    layout, seen = found.seen.sample.layout, found.seen
    lines = [Line(key, one, layout.doubts.get(key, "")) for key, one in layout.words.items()]
    if seen.decimal_mark != ".":
        lines.append(Line("decimal_mark", seen.decimal_mark))
    if seen.thousands_mark:
        lines.append(Line("thousands_mark", seen.thousands_mark))
    if merged := _merged(found):
        lines.append(Line("fill_down", merged, "cells merged downwards: is an empty one as the one above it?"))
    marks = [*seen.missing, *seen.doubtful, *seen.sentinels]
    asked = [*seen.doubtful, *seen.sentinels]
    if marks:
        lines.append(
            Line("missing", marks, f"do these mean that there is no value: {', '.join(asked)}?" if asked else "")
        )
    return lines


def _merged(found: Sensed) -> list[str]:
    """Columns of a workbook or page that name site, time or parameter and have gaps below their texts."""
    sample, long = found.seen.sample, found.values.long
    if sample.layout.words.get("kind") not in ("xlsx", "html"):
        return []
    naming = [found.site.column, *found.time.words["columns"], long.parameter_column if long else ""]
    texts = {name: sample.texts(name) for name in naming if name in sample.columns}
    # A missing cell now and then is not a merged one.
    return [n for n, cells in texts.items() if cells[0] and cells.count("") > _GAPS * len(cells)]


def _across_lines(found: Sensed) -> list[Line]:
    if found.across is None:
        return []
    return [Line(k, v, found.across.doubt if i == 0 else "") for i, (k, v) in enumerate(found.across.words.items())]


def _site_lines(found: Sensed) -> list[Line]:
    site = found.site
    if site.constant:
        return [Line("constant", site.constant, site.doubt)]
    lines = [Line("column", site.column, site.doubt)]
    if site.column in found.seen.sample.columns:
        cells = found.seen.column(site.column).cells
        more = f", … ({len(cells)} in all)" if len(cells) > _SITES_SHOWN else ""
        lines.append(Line("", f"sites of the register: {', '.join(list(cells)[:_SITES_SHOWN])}{more}"))
    return lines


def _long_lines(long: Long | None) -> list[Line]:
    if long is None:
        return []
    lines = [
        Line("parameter_column", long.parameter_column),
        Line("value_column", long.value_column, "" if long.value_column else "which column holds the value?"),
    ]
    if long.unit_column:
        lines.append(Line("unit_column", long.unit_column))
    lines.append(Line("parameters", dict(long.parameters)))
    if long.units:
        lines.append(Line("units", dict(long.units), "no column says the unit: these are by the size of the values"))
    if long.unknown:
        lines.append(Line("unmapped", "null", f"these are not read: {', '.join(long.unknown[:20])}"))
    return lines


def _value_lines(found: Sensed) -> list[Line]:
    values = found.values
    lines = [Line(v.column, {"parameter": v.parameter, "unit": v.unit}, v.doubt) for v in values.wide]
    lines += [
        Line("", f'? "{column}" looks like {code}, too; one column of each is read') for column, code in values.also
    ]
    used = {*_raw_columns(values), *found.time.columns, found.site.column, *(o.column for o in found.own)}
    used |= {*(found.across.columns if found.across else ()), found.status.column if found.status else ""}
    ignored = [name for name in found.seen.sample.columns if name not in used | {column for column, _ in values.also}]
    if ignored and values.wide:
        lines.append(Line("", f"not read: {', '.join(ignored[:_IGNORED_SHOWN])}"))
    return lines


def _own_sections(own: Sequence[Own]) -> list[Section]:
    """One line each, but for a column with many words."""
    short: list[Line] = []
    long: list[Section] = []
    for one in own:
        if one.constant:
            short.append(Line(one.name, {"constant": one.constant}, one.doubt))
        elif not one.column:
            short.append(Line("", f'{one.name} = {{ column = "", values = {{ }} }}  # ? {one.doubt}'))
        elif fits_a_line(one.values):
            values: Mapping[str, Any] = {"values": dict(one.values)} if one.values else {}
            short.append(Line(one.name, {"column": one.column, **values}, _asked(one)))
        else:
            long.append(Section(f"columns.{one.name}", [Line("column", one.column)]))
            long.append(Section(f"columns.{one.name}.values", table_lines(one.values, _asked(one))))
    return [Section("columns", short), *long]


def _asked(one: Own) -> str:
    return f"not known: {', '.join(one.unknown[:10])}; {one.doubt}" if one.unknown else one.doubt


def _units_of(long: Long, seen: Seen, parameters: Mapping[str, Parameter], registry: Registry) -> dict[str, str]:
    """By name the unit that its values would be in, where that is not the parameter's own."""
    names, numbers = seen.sample.texts(long.parameter_column), seen.sample.texts(long.value_column)
    by_name: dict[str, Counter[str]] = {name: Counter() for name in long.parameters}
    for name, number in zip(names, numbers, strict=True):
        if name in by_name:
            by_name[name][number] += 1
    found = {n: unit_by_size(parameters[long.parameters[n]], texts, registry)[0] for n, texts in by_name.items()}
    return {n: unit for n, unit in found.items() if plain(unit) != plain(parameters[long.parameters[n]].unit)}
