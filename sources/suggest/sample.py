"""The beginning of one or more files as rows, under the layout that was sensed.

Here belong reading a sample and telling which files are of one layout. Not here: sensing (layout.py) or meaning
(suggestion.py).
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path

import polars as pl
import polars.selectors as cs

from sources.cleaning.markup import without_markup
from sources.readers import ROW, Beginning, ReadLimits, UnreadableFile, read_rows
from sources.readers.read_limits import MEBIBYTE
from sources.suggest.layout import Layout, layout_of

# Of one file; and files of one layout that are read.
SAMPLE = Beginning(records=40_000, bytes=4 * MEBIBYTE)
_FILES = 24
_FILE = "__file"
_LOOKED_AT = 100
_TAG = r"<(span|div|a|b|i|br|font|p|img|sup|sub)[ >/]"
_LAST_PIECE = re.compile(r"[^_\-. ]*$")


@dataclass(frozen=True)
class Sample:
    """Files of one layout, and rows of some of them as texts; `read` says of how many."""

    files: tuple[Path, ...]
    layout: Layout
    rows: pl.DataFrame
    read: int

    @property
    def columns(self) -> tuple[str, ...]:
        """The raw columns in order."""
        return tuple(name for name in self.rows.columns if name not in (ROW, _FILE))

    @property
    def pattern(self) -> str:
        """A path or pattern that names the files."""
        paths = [file.as_posix() for file in self.files]
        if len(paths) == 1:
            return paths[0]
        ends = {"".join(file.suffixes[-2:]) for file in self.files}
        end = ends.pop() if len(ends) == 1 else ""
        if len({file.parent for file in self.files}) > 1:
            return f"{os.path.commonpath([file.parent for file in self.files])}/**/*{end}"
        # A date or a name that goes on is not what the next file begins with.
        begin = _LAST_PIECE.sub("", _common_begin([file.name for file in self.files]))
        return (self.files[0].parent / f"{begin}*{end}").as_posix()

    def texts(self, column: str) -> list[str]:
        """The cells of a column without blanks around them."""
        return self.rows[column].alias("cell").str.strip_chars().to_list()


def samples_of(files: Sequence[Path]) -> list[Sample]:
    """The files by layout, in the order in which they are named; UnreadableFile if one cannot be read."""
    groups: dict[tuple[str, ...], list[tuple[Path, Layout, pl.DataFrame]]] = {}
    for place, file in enumerate(files):
        layout = layout_of(file)
        # Of many files the header alone tells whether they are like the others.
        rows = _rows(file, layout, SAMPLE if place < _FILES else Beginning(records=1))
        if _has_markup(rows):
            layout = replace(layout, words={**layout.words, "markup": "text"})
            plain = without_markup(rows)
            # A column may be called *: only by itself it is not every column.
            rows = pl.DataFrame([plain[name] for name in rows.columns])
        header = (repr(sorted(layout.words.items(), key=lambda w: w[0])), *(c for c in rows.columns if c != ROW))
        groups.setdefault(header, []).append((file, layout, rows))
    found = []
    for members in groups.values():
        read = members[:_FILES]
        frames = [rows.with_columns(pl.lit(i).alias(_FILE)) for i, (_, _, rows) in enumerate(read)]
        found.append(Sample(tuple(m[0] for m in members), members[0][1], pl.concat(frames), len(read)))
    return found


def _rows(file: Path, layout: Layout, beginning: Beginning) -> pl.DataFrame:
    frames = []
    with file.open("rb") as stream:
        for batch in read_rows(stream, file.name, layout.format, ReadLimits(beginning=beginning)):
            frames.append(batch.frame)
    rows = pl.concat(frames, how="diagonal").with_columns(pl.col(pl.String).fill_null(""))
    if not rows.height:
        raise UnreadableFile("it has no records to look at", hint="Name a file that has some", file_name=file.name)
    return rows


def _has_markup(rows: pl.DataFrame) -> bool:
    """Whether cells hold tags of a web page."""
    texts = rows.head(_LOOKED_AT).select(cs.string().str.contains(_TAG).any())
    return any(texts.row(0)) if texts.width else False


def _common_begin(texts: Sequence[str]) -> str:
    same = takewhile(lambda characters: len(set(characters)) == 1, zip(*texts, strict=False))
    return "".join(characters[0] for characters in same)
