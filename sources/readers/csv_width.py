"""Rows of delimited text with more or fewer fields than the header, and which of them can be read all the same.

Here belong empty fields behind the header's last, fields that are left out at the end and that no mapping names, and
what is said of every other row. Not here: streaming rows (csv_rows.py) or the header (csv_header.py).
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from sources.readers.frames import Rejected
from sources.readers.text import Utf8Stream

if TYPE_CHECKING:
    from sources.config.model import Format

# So much of a file shows how wide its rows are; the few that differ are read one by one.
_SAMPLE_BYTES = 1 << 18


@dataclass(frozen=True)
class Shape:
    """The columns of a file, and `needed`: how many fields a row must have so that no mapped column is missing."""

    names: Sequence[str]
    needed: int
    fmt: Format

    @staticmethod
    def of(names: Sequence[str], expected: Sequence[str], fmt: Format) -> Shape:
        """The shape of a file with the header `names`; without a mapping every column is needed."""
        places = [i for i, name in enumerate(names, 1) if not expected or name in expected]
        return Shape(names, max(places, default=len(names)), fmt)

    def width(self, text: Utf8Stream) -> int:
        """How many fields the rows below the header mostly have; `text` stays where it is."""
        data = text.read(_SAMPLE_BYTES)
        text.unread(data)
        widths: Counter[int] = Counter()
        last: list[str] = []
        own = len(self.names)
        try:
            for row in self._reader(data.decode("utf-8", "ignore")):
                # One behind: the sample may end inside a row.
                if any(last):
                    # A row of the header's own width always fits.
                    widths[len(last)] += len(last) == own or self._fits(last)
                last = row
        except csv.Error:
            return own
        return max(widths, key=lambda w: (widths[w], w == own), default=own) if widths.total() else own

    def cells(self, text: str) -> list[str] | None:
        """One row's fields, one for each name; None where it does not fit or a quote stays open."""
        quote = self.fmt.quote
        if quote and text.count(quote) % 2:
            return None
        try:
            found = list(self._reader(text))
        except csv.Error:
            return None
        if len(found) != 1 or not self._fits(found[0]):
            return None
        own = len(self.names)
        return [*found[0][:own], *[""] * (own - len(found[0]))]

    def reason(self, columns: int) -> str:
        """Why a row with so many fields cannot be read, and what to do."""
        own = len(self.names)
        said = f"{columns} column{'s' if columns != 1 else ''} where the header has {own}"
        if columns > own:
            return f"{said}: put cells that hold the delimiter in quotes, or correct the row"
        return f"{said}, so that '{self.names[columns]}' is missing: deliver the row with all its columns"

    def fitted(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Rejected]]:
        """`frame`, read with `columns(width)` and row numbers, as the header has it.

        Rows with something behind the header's last column are rejected.
        """
        # By position: a column may be called * or ^a$, which polars takes for a pattern.
        *cells, rows = frame.get_columns()
        own, width = len(self.names), len(cells)
        bad = pl.Series([False]).new_from_index(0, frame.height)
        for column in cells[own:]:
            bad |= column.str.strip_chars() != ""
        rejected = [
            Rejected(row, "", "", self.reason(width), self.fmt.delimiter.join(texts))
            for *texts, row in frame.filter(bad).iter_rows()
        ]
        left_out = [pl.Series(n, [""], dtype=pl.String).new_from_index(0, frame.height) for n in self.names[width:]]
        return pl.DataFrame([*cells[:own], *left_out, rows]).filter(~bad), rejected

    def columns(self, width: int) -> list[str]:
        """Names for `width` fields: the header's, then names that no header can have."""
        return [*self.names[:width], *(f"\n{i}" for i in range(len(self.names), width))]

    def _fits(self, cells: Sequence[str]) -> bool:
        return len(cells) >= self.needed and not any(c.strip() for c in cells[len(self.names) :])

    def _reader(self, text: str):
        quoting = csv.QUOTE_MINIMAL if self.fmt.quote else csv.QUOTE_NONE
        lines = io.StringIO(text, newline="")
        return csv.reader(lines, delimiter=self.fmt.delimiter, quotechar=self.fmt.quote or None, quoting=quoting)
