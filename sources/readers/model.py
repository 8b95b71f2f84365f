"""What a reader hands over: batches of text rows, rejected rows, and the refusal of a whole file.

Here belong the shapes between readers and cleaning, and the limits every reader keeps. Not here: any format
(csv_rows, excel_rows, json_rows), containers (containers.py), or the meaning of a value (sources.cleaning).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

ROW = "__row"
MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class ReadLimits:
    """Bounds on memory and on what a container may unfold to (bytes unless said otherwise).

    `batch_rows` rows per batch; `block_bytes` of CSV parsed at once, the longest row allowed (pyarrow reads 32 blocks
    ahead); `record_bytes` the longest JSON record; `max_bytes` and `max_ratio` (unfolded to packed, judged above
    `ratio_from`) stop gzip and zip bombs; `max_members` files in a zip; `workbook_bytes` unfolded size of a workbook,
    which is held in memory as a whole.
    """

    batch_rows: int = 200_000
    block_bytes: int = MEBIBYTE
    record_bytes: int = 8 * MEBIBYTE
    max_bytes: int = 16 * 1024 * MEBIBYTE
    max_ratio: int = 250
    ratio_from: int = 16 * MEBIBYTE
    max_members: int = 10_000
    workbook_bytes: int = 400 * MEBIBYTE


@dataclass(frozen=True)
class RawBatch:
    """Some rows of a file, in file order.

    `frame`: every raw column as String under its header's name (an empty header cell is `column_<position>`), never
    null (absent, JSON null and an empty workbook cell are ""), and Int64 `__row`. `rejected`: row Int64, column,
    value, reason, record (String) of rows that cannot be read, one line per row. `rows_other`: header, title, blank and
    footer rows of this batch. The heights of both frames and `rows_other` add up to the rows of the file.
    """

    frame: pl.DataFrame
    rejected: pl.DataFrame
    rows_other: int


class UnreadableFile(Exception):
    """A file that cannot be read at all; `str()` is a sentence with file, row, column and what to do.

    It may be raised after batches were handed over (a cut-off gzip shows at its end): whoever reads then drops
    everything of this file and counts it with `count_records`, so that a damaged file is never half used.
    """

    def __init__(
        self, reason: str, row: int | None = None, column: str | None = None, hint: str = "", file_name: str = ""
    ) -> None:
        super().__init__(reason, row, column, hint, file_name)
        self.reason = reason
        self.row = row
        self.column = column
        self.hint = hint
        self.file_name = file_name

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (
                self.file_name,
                f"row {self.row}" if self.row is not None else "",
                f"column '{self.column}'" if self.column is not None else "",
            )
            if part
        )
        text = f"{place}: {self.reason}" if place else self.reason
        text = f"{text}. {self.hint}" if self.hint else text
        # Names come from strangers: nothing in them may steer a terminal.
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)

    def within(self, file_name: str) -> UnreadableFile:
        """The same refusal, naming `file_name` where no file is named yet."""
        if self.file_name:
            return self
        return UnreadableFile(self.reason, self.row, self.column, self.hint, file_name)


def shifted(batch: RawBatch, offset: int) -> RawBatch:
    """`batch` with every row number moved by `offset` (rows of a later member of a zip)."""
    import polars as pl

    if not offset:
        return batch
    return replace(
        batch,
        frame=batch.frame.with_columns(pl.col(ROW) + offset),
        rejected=batch.rejected.with_columns(pl.col("row") + offset),
    )
