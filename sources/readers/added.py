"""What a format adds to rows as they are read: columns from outside the rows, and merged cells filled down.

Here belongs what is the same for every kind of file and goes on from batch to batch. Not here: where sheets, members
and titles come from (containers.py, cell_table.py, csv_rows.py).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from sources.readers.batches import ROW, RawBatch, UnreadableFile

if TYPE_CHECKING:
    from sources.config.model import Fact, Format

_SHOWN = 80


class Added:
    """The columns of one file that are not in its rows, and the last cells of columns that are filled down."""

    def __init__(self, fmt: Format, file_name: str, path: str) -> None:
        self._fmt = fmt
        self._said = {"name": file_name, "path": path}
        self._above: dict[str, str] = {}
        self._sheet = ""

    def begin(self, member: str) -> None:
        """The rows of a member, or of the file itself, follow."""
        self._said["member"] = member
        self._above = {}

    def to(self, batch: RawBatch) -> RawBatch:
        """`batch` with what is added; UnreadableFile where a fact is not there."""
        if self._fmt.fill_down:
            if batch.sheet != self._sheet:
                self._above, self._sheet = {}, batch.sheet
            batch = replace(batch, frame=self._filled(batch.frame))
        if not self._fmt.facts:
            return batch
        found = {name: text for fact in self._fmt.facts for name, text in self._found(fact, batch).items()}
        if doubled := next((name for name in found if name in batch.frame.columns), None):
            raise UnreadableFile(
                f"the header has a column '{doubled}', and facts give one of that name",
                column=doubled,
                hint="Call the group in facts of [source.format] by another name",
            )
        frame = batch.frame.with_columns(pl.lit(text, pl.String).alias(name) for name, text in found.items())
        return replace(batch, frame=frame)

    def _found(self, fact: Fact, batch: RawBatch) -> dict[str, str]:
        said = {**self._said, "sheet": batch.sheet, "title": batch.title}[fact.of]
        match = re.search(fact.pattern, said)
        if match is None:
            shown = said[:_SHOWN] + ("…" if len(said) > _SHOWN else "")
            raise UnreadableFile(
                f"the {fact.of} '{shown}' does not match the pattern {fact.pattern}",
                column=next(iter(fact.names), None),
                hint="Correct facts in [source.format], or ask the sender for the usual name or title",
            )
        return {name: text or "" for name, text in match.groupdict().items()}

    def _filled(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Cells without anything take the value above, across batches, too."""
        for name in self._fmt.fill_down:
            if name not in frame.columns or name == ROW or not frame.height:
                continue
            cells = frame[name]
            filled = cells.set(cells.str.strip_chars() == "", None).fill_null(strategy="forward")
            filled = filled.fill_null(self._above.get(name, ""))
            self._above[name] = filled[-1]
            frame = frame.with_columns(filled.alias(name))
        return frame
