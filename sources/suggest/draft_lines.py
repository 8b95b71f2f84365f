"""The lines of a draft: what was sensed as the words of `[[source]]`, and what is asked about them.

Here belongs which words are written and in which order. Not here: sensing (suggestion.py) or TOML (draft.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sources.registry.feed_model import CleanTable, Registry
from sources.suggest.draft import Line, Section, fits_a_line, table_lines, text_of_draft
from sources.suggest.other_columns import Own
from sources.suggest.sample import Sample
from sources.suggest.suggestion import Sensed, raw_columns, sensed
from sources.suggest.value_columns import Long

_YOURS = "yours to say"
_SITES_SHOWN = 8
_IGNORED_SHOWN = 40
_GAPS = 0.2
_TICKETS = "no column is called a ticket: these tell loads apart; do they?"
_REGISTER = "until the site register ([sites] files) has them; then leave it out"


def draft_of(sample: Sample, registry: Registry, feed: str | None, today: date, path: str) -> str:
    """The draft of one source as TOML; `feed` None is guessed, `path` is how the draft names the files."""
    return _text(sensed(sample, registry, feed, today), path)


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
    used = {*raw_columns(values), *found.time.columns, found.site.column, *(o.column for o in found.own)}
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
