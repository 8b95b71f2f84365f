"""Every limit a reader keeps, and the sentence that refuses what is beyond it.

Here belongs each number once: what a file may unfold to, how many cells, keys, digits and levels it may have, how
long and with how much memory it may be read. Standard library only. Not here: where a limit is checked (containers,
csv_rows, excel_rows, json_rows, isolated, watch; NUMBER_LIMIT also in sources.cleaning.numbers).
"""

from __future__ import annotations

from dataclasses import dataclass

from sources.readers.batches import UnreadableFile

MEBIBYTE = 1 << 20
# Characters of one number: a double needs 17 digits, its exact decimal about 60. Readers hand numbers on as text;
# cleaning judges the length before it converts, which would take for ever with millions of digits.
NUMBER_LIMIT = 100


@dataclass(frozen=True)
class Beginning:
    """As much as is read of a file that is only looked at: so many records, and so many bytes of their text."""

    records: int = 1000
    bytes: int = MEBIBYTE


@dataclass(frozen=True)
class ReadLimits:
    """Bounds on what one file may cost (bytes unless said otherwise).

    Packing: `max_bytes` is what a file may unfold to, `max_ratio` unfolded to packed (judged above `ratio_from`),
    `max_members` files in a zip. Shape: `block_bytes` the longest CSV row (pyarrow reads 32 blocks ahead),
    `record_bytes` the longest JSON record, `max_keys` columns of a table or keys of a record, `other_keys` keys of JSON
    records that no mapping names and that are kept for people, `cell_characters` of one JSON cell (as many as a
    workbook's cell may have), `max_depth` levels of a JSON record, `max_cells` of a whole file. Workbooks are held in
    memory as a whole, as are Parquet, XML and web pages: `workbook_bytes` unfolded, `workbook_cells` of the rectangle
    that its cells span, `tags` of a web page or an XML record, `document_bytes` of a JSON document whose names come
    behind its rows, `child_bytes` of memory beyond the start of the process that reads them. Time: `seconds`, and
    `seconds_per_mebibyte` more for each MiB that was read; what the caller does between batches is not counted.
    `batch_rows` rows are handed over at a time, and no more than `beginning` where only that is wanted.
    """

    batch_rows: int = 200_000
    block_bytes: int = MEBIBYTE
    record_bytes: int = 8 * MEBIBYTE
    max_bytes: int = 16 * 1024 * MEBIBYTE
    max_ratio: int = 250
    ratio_from: int = 16 * MEBIBYTE
    max_members: int = 10_000
    max_cells: int = 2_000_000_000
    max_keys: int = 16_384
    other_keys: int = 64
    cell_characters: int = 32_767
    max_depth: int = 64
    workbook_bytes: int = 400 * MEBIBYTE
    workbook_cells: int = 20_000_000
    tags: int = 5_000_000
    document_bytes: int = 64 * MEBIBYTE
    child_bytes: int = 3 * 1024 * MEBIBYTE
    seconds: float = 300.0
    seconds_per_mebibyte: float = 2.0
    beginning: Beginning | None = None


DEFAULT_LIMITS = ReadLimits()


def too_large(name: str, limits: ReadLimits) -> UnreadableFile:
    """`name` unfolds to more bytes than any file may have."""
    return UnreadableFile(
        f"{name} unfolds to more than {limits.max_bytes // MEBIBYTE} MiB (zip bomb?)", hint="Send it in several files"
    )


def too_dense(name: str, limits: ReadLimits) -> UnreadableFile:
    """`name` unfolds to far more than its packed size."""
    return UnreadableFile(
        f"{name} unfolds to more than {limits.max_ratio} times its packed size (zip bomb?)",
        hint="If it is genuine, send it unpacked",
    )


def too_many_cells(limits: ReadLimits) -> UnreadableFile:
    """The whole file has too many cells."""
    return UnreadableFile(f"the file has more than {limits.max_cells:,} cells", hint="Send it in several files")


def table_too_large(limits: ReadLimits) -> UnreadableFile:
    """A table of a page spans more cells than are held in memory."""
    return UnreadableFile(
        f"the table spans more than {limits.workbook_cells:,} cells", hint="Send it in several files, or as CSV"
    )


def too_many_keys(found: int, row: int | None, limits: ReadLimits) -> UnreadableFile:
    """A header or an object has too many names."""
    return UnreadableFile(
        f"{found:,} columns or keys; at most {limits.max_keys:,} are read",
        row,
        None,
        "Check delimiter and header_row in [source.format], or ask the sender for one row a reading",
    )


def workbook_too_large(limits: ReadLimits) -> UnreadableFile:
    """A workbook unfolds to more bytes than are held in memory."""
    return UnreadableFile(
        f"the workbook unfolds to more than {limits.workbook_bytes // MEBIBYTE} MiB (zip bomb?)",
        hint="If it is genuine, send it as CSV",
    )


def workbook_too_wide(cell: str, cells: int, limits: ReadLimits) -> UnreadableFile:
    """A workbook's cells span a rectangle that does not fit into memory; `cell` is its far corner."""
    return UnreadableFile(
        f"the sheet's cells reach to {cell}, a rectangle of {cells:,} cells; "
        f"at most {limits.workbook_cells:,} in {limits.max_keys:,} columns are read",
        hint="Delete the rows and columns outside the table and save it again, or send it as CSV",
    )


def too_slow(limits: ReadLimits) -> UnreadableFile:
    """Reading took longer than the file's size allows."""
    return UnreadableFile(
        f"reading it takes longer than {limits.seconds:g} s and {limits.seconds_per_mebibyte:g} s for each MiB read",
        hint="Send it in several files, or as CSV",
        broke=True,
    )


def broke_down(how: str, kind: str, limits: ReadLimits) -> UnreadableFile:
    """The process that read the file ended: it wanted more memory than it may have, or its code has a fault."""
    what = "workbook" if kind == "xlsx" else kind
    return UnreadableFile(
        f"the {what} reader broke down on it ({how}; it may use {limits.child_bytes // MEBIBYTE} MiB)",
        hint="Open it, save it again as .xlsx, or send it as CSV" if kind == "xlsx" else "Send it in pieces, or as CSV",
        broke=True,
    )


def too_many_tags(found: int, limits: ReadLimits) -> UnreadableFile:
    """A web page or an XML record has more tags than are held in memory."""
    return UnreadableFile(
        f"it has {found:,} tags; at most {limits.tags:,} are read at once", hint="Send it in several files, or as CSV"
    )


def parquet_too_large(rows: int, columns: int, limits: ReadLimits) -> UnreadableFile:
    """A Parquet file says that it holds more than is read."""
    return UnreadableFile(
        f"the file declares {rows:,} rows of {columns:,} columns, or more than {limits.max_bytes // MEBIBYTE} MiB; at"
        f" most {limits.max_cells:,} cells in {limits.max_keys:,} columns are read",
        hint="Send it in several files",
    )
