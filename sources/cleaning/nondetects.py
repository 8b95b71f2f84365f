"""Values whose mark or detection limit is in a column of its own.

Here belongs which text is then read as the number, and what the mark makes of it. Not here: marks inside the value
itself, such as <0.05 or 0.05L (numbers.py), or which cells are values (layouts.py).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from sources.cleaning.markup import as_received
from sources.cleaning.numbers import NOT_DETECTED, Numbers
from sources.cleaning.raw_cells import text_of
from sources.config.model import Censor


class Marking(Protocol):
    """What a mapping says about marks and limits of its values, and where the number is in a longer text."""

    @property
    def censor(self) -> Censor | None: ...
    @property
    def limit_column(self) -> str: ...
    @property
    def extract(self) -> str: ...


@dataclass(frozen=True)
class Marked:
    """The cells of some records: `received` and `text` (trimmed) to be read as the number, which is in the limit's
    column where `from_limit` is true, and the `mark` it bears; `silent` says nothing is detected and gives no limit.
    """

    received: pl.Series
    text: pl.Series
    from_limit: pl.Series
    mark: pl.Series
    silent: pl.Series

    def of(self, numbers: Numbers) -> Numbers:
        """`numbers` (of `text`) with the marks, and what is silent refused."""
        own = numbers.censored if numbers.censored is not None else pl.Series([None], dtype=pl.String)
        own = own if len(own) == len(self.mark) else own.new_from_index(0, len(self.mark))
        censored = self.mark.zip_with(self.mark.is_not_null(), own).set(numbers.value.is_null(), None)
        index = self.silent.arg_true().cast(pl.UInt32)
        lost = pl.DataFrame({"index": index}).with_columns(reason=pl.lit("limit_missing"))
        kept = None if censored.null_count() == len(censored) else censored
        return Numbers(numbers.value, kept, pl.concat([numbers.rejected, lost]))


def marked(raw: pl.DataFrame, at: pl.Series, column: str, mapping: Marking, missing: Collection[str]) -> Marked:
    """The value cells of the rows `at` of `raw` with their marks and limits."""
    censor, limit_column = mapping.censor, mapping.limit_column
    received = as_received(raw, column).gather(at)
    text = text_of(raw, column).gather(at)
    if mapping.extract:
        inside = received.str.extract(mapping.extract, 1).str.strip_chars()
        text = inside.zip_with(inside.is_not_null(), text)
    no = pl.Series([False]).new_from_index(0, len(at))
    mark = pl.Series([None], dtype=pl.String).new_from_index(0, len(at))
    if censor is None and not limit_column:
        return Marked(received, text, no, mark, no)
    nothing = pl.Series(sorted(missing), dtype=pl.String).implode()
    if censor is not None:
        told = text_of(raw, censor.column).gather(at)
        mark = told.replace_strict(dict(censor.values), default=None, return_dtype=pl.String)
        mark = mark.set((mark == "").fill_null(False), None)
    use = no
    if limit_column:
        limit, plain = as_received(raw, limit_column).gather(at), text_of(raw, limit_column).gather(at)
        bare = text.str.contains(f"^(?i){NOT_DETECTED}$")
        wanted = bare | (mark == "<").fill_null(False) | (mark.is_not_null() & text.is_in(nothing))
        use = wanted & ~plain.is_in(nothing)
        mark = mark.set(use & mark.is_null(), "<")
        received = limit.zip_with(use, received)
        text = plain.zip_with(use, text)
    return Marked(received, text, use, mark, mark.is_not_null() & text.is_in(nothing))
