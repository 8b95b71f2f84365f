"""What a reader hands over: batches of text rows, rejected rows, and the refusal of a whole file.

Here belong the shapes between readers and cleaning, and which errors cost one file. Not here: any format (csv_rows,
excel_rows, json_rows), containers (containers.py), limits (read_limits.py) or the meaning of a value
(sources.cleaning).
"""

from __future__ import annotations

import errno
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sources.deliveries import DeliveryDamaged
from sources.disk import is_full

if TYPE_CHECKING:
    import polars as pl

ROW = "__row"
# Kinds that native code reads in a process of its own (isolated.py): an abort there costs one file.
ISOLATED = ("xlsx", "parquet", "xml", "html")
_EVERY_FILE = (errno.EMFILE, errno.ENFILE)
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class RawBatch:
    """Some rows of a file, in file order.

    `frame`: every raw column as String under its header's name (an empty header cell is `column_<position>`), never
    null (absent, JSON null and an empty workbook cell are ""), and Int64 `__row`. `rejected`: row Int64, column, value,
    reason, record (String) of rows that cannot be read, one line per row. `rows_other`: header, title, blank and footer
    rows of this batch. The heights of both frames and `rows_other` add up to the rows of the file. `sheet` is the name
    of the sheet, or the number of the table, that they are from, `title` what is said above its header. `cut`: the file
    goes on, and no more of it is read because only its beginning is wanted.
    """

    frame: pl.DataFrame
    rejected: pl.DataFrame
    rows_other: int
    sheet: str = ""
    title: str = ""
    cut: bool = False


class UnreadableFile(Exception):
    """A file that cannot be read at all; `str()` is a sentence with file, row, column and what to do.

    It may be raised after batches were handed over (a cut-off gzip shows at its end): whoever reads then drops
    everything of this file and counts it with `count_records`, so that a damaged file is never half used.
    `broke` says that the reader itself failed on the file: it is not opened again to count its records.
    """

    def __init__(
        self,
        reason: str,
        row: int | None = None,
        column: str | None = None,
        hint: str = "",
        file_name: str = "",
        broke: bool = False,
    ) -> None:
        super().__init__(reason, row, column, hint, file_name, broke)
        self.reason = reason
        self.row = row
        self.column = column
        self.hint = hint
        self.file_name = file_name
        self.broke = broke

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
        return UnreadableFile(self.reason, self.row, self.column, self.hint, file_name, self.broke)


def refusal_of(error: BaseException) -> UnreadableFile | None:
    """What `error`, raised while one file was read, says of that file; None where it is not about the file.

    A panic inside a native library is a BaseException that no `except Exception` sees. Ctrl-C, the end of the process,
    a full disk and too many open files concern more than one file; bytes that are no longer those that were received
    say nothing about the file that its source sent.
    """
    if isinstance(error, UnreadableFile):
        return error
    if isinstance(error, DeliveryDamaged) or is_full(error):
        return None
    if isinstance(error, OSError) and error.errno in _EVERY_FILE:
        return None
    if not isinstance(error, Exception) and not is_panic(error):
        return None
    first = next(iter(str(error).strip().splitlines()), "")
    kind = f"{type(error).__name__}: {first[:200]}" if first else type(error).__name__
    _LOG.error("a file cannot be read", exc_info=error)
    return UnreadableFile(
        f"reading it failed ({kind}); nothing of it is used",
        hint="Ask the sender to deliver it again in another format",
        broke=True,
    )


def is_panic(error: BaseException) -> bool:
    """Whether a native library panicked (pyo3 gives each of them a class of its own of this name)."""
    return type(error).__name__ == "PanicException"


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
