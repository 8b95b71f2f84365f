"""How a file is laid out, as frozen classes: its kind, header and marks, what is said outside its rows, and columns
whose headers say something.

Here belongs every word of `[source.format]` and `[source.across]`, once. Not here: what the columns mean (mapping.py),
kinds of values (kinds.py), or whether the words go together (check_layout.py, check_shapes.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator

from sources.config.kinds import Count, Text, TextByText, Texts, expected, words

# What a document's records are: an object each, an array each with the names elsewhere, or one array a column.
RecordsAs = Literal["objects", "arrays", "columns"]
RECORD_KINDS = ("json", "xml")


def _with_empty(missing: tuple[str, ...]) -> tuple[str, ...]:
    """A cell without anything in it is missing, whatever else is."""
    return tuple(dict.fromkeys(("", *missing)))


def _nearby(value: Any) -> Any:
    """Where a companion of each value is: so many columns to the right, or what its header has behind the value's."""
    if isinstance(value, bool) or not isinstance(value, int | str) or value in (0, ""):
        hint = 'write 1 for the next column, -1 for the one before, or a suffix such as "_flag"'
        raise expected("a number of columns or a suffix", hint)
    return value


def group_names(pattern: str) -> tuple[str, ...]:
    """Named groups of a regular expression in their order; none where it is not one."""
    try:
        return tuple(re.compile(pattern).groupindex)
    except re.error:
        return ()


@words
class Fact:
    """What is said outside the rows: the named groups of `pattern` in the file's `name` or `path`, the archive's
    `member`, the `sheet` or the `title` (cells above the header, joined with a blank) become columns.
    """

    of: Literal["name", "path", "member", "sheet", "title"]
    pattern: Text

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that it gives."""
        return group_names(self.pattern)


@words
class Format:
    """How bytes are laid out. `kind`: csv, xlsx, json (array or object), ndjson, parquet, xml or html (a page with
    tables, also one named .xls); gzip and zip are recognised.

    `header_row` counts from 1; `header_rows` > 1 joins merged header lines with '_' ; lines that begin with one of
    `comment` are left out; `fill_down` are columns whose empty cells have the value above; `doubled` what becomes of
    equal names in a header, `names` calls a position by another name. `records` is the dotted path to the list in a
    document, where * or {name} is every key or entry; `records_as` what a record is, `header` the path to the names of
    arrays, `lists` the lists inside a record that give a row for each entry. `sheet`: a sheet's or table's name,
    1-based number or pattern ('' = first). `markup` 'text' takes tags out of cells.
    """

    kind: Literal["csv", "xlsx", "json", "ndjson", "parquet", "xml", "html"] = "csv"
    encoding: Text = "utf-8"
    delimiter: Text = ","
    quote: Text = '"'
    header_row: Count = 1
    header_rows: Count = 1
    skip_footer: Texts = ()
    decimal_mark: Literal[".", ","] = "."
    thousands_mark: Literal["", ",", ".", " ", "'", "\u00a0", "\u202f"] = ""
    missing: Annotated[Texts, AfterValidator(_with_empty)] = ("",)
    sheet: Text = ""
    records: Text = ""
    extra_columns: Literal["ignore", "refuse"] = "ignore"
    members: Text = "*"
    comment: Texts = ()
    fill_down: Texts = ()
    doubled: Literal["refuse", "number"] = "refuse"
    names: TextByText = field(default_factory=dict)
    records_as: RecordsAs = "objects"
    header: Text = ""
    lists: Texts = ()
    markup: Literal["keep", "text"] = "keep"
    facts: tuple[Fact, ...] = ()

    @property
    def left_out(self) -> tuple[str, ...]:
        """Beginnings of rows that are not records."""
        return (*self.skip_footer, *self.comment)

    @property
    def given_outside(self) -> tuple[str, ...]:
        """Columns that are not in the rows."""
        of_path = re.findall(r"(?:^|\.)\{([^{}.]+)\}", self.records) if self.kind in RECORD_KINDS else []
        return (*(name for fact in self.facts for name in fact.names), *of_path)


@words
class Across:
    """Columns whose headers say something: each cell below one becomes a row of its own.

    `columns` lists them, or `pattern` matches the whole header; the header is the column `name` then, the cell the
    column `value`, and named groups of the pattern are columns, too. `next_to` are companions of each value by the name
    that they get: so many columns to the right (to the left if negative), or the suffix of their header.
    """

    columns: Texts = ()
    pattern: Text = ""
    name: Text = "header"
    value: Text = "value"
    next_to: Mapping[Text, Annotated[int | Text, BeforeValidator(_nearby)]] = field(default_factory=dict)

    @property
    def given(self) -> tuple[str, ...]:
        """Columns that the spread rows have and the file has not."""
        return (self.name, self.value, *group_names(self.pattern), *self.next_to)
