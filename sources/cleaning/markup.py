"""Cells with markup, read as the text that a page shows; the text as received is kept next to it.

Here belong tags and character references. Not here: what the text means, or tables of a page (sources.readers).
"""

from __future__ import annotations

import html

import polars as pl

from sources.cleaning.raw_cells import text_of

# Before the name of a raw column: its cells as received, where markup was taken out of them.
RECEIVED = "__received "
# A tag begins with a letter or a slash: "<0.05" and "a < b" are none.
_TAG = r"</?[A-Za-z][^<>]*>|<!--[^>]*-->"


def without_markup(raw: pl.DataFrame) -> pl.DataFrame:
    """`raw` where no cell has tags or character references; columns that had some are also there as received."""
    changed = []
    for column in raw.get_columns():
        if column.dtype != pl.String or column.name.startswith("__"):
            continue
        # Under a plain name: polars takes a column called ^a$ for a pattern, even on a series.
        cells = column.alias("cell")
        if not cells.str.contains("[<&]").any():
            continue
        plain = cells.str.replace_all(_TAG, "")
        if plain.str.contains_any(["&"]).any():
            words = [t for t in plain.unique().to_list() if "&" in t]
            plain = plain.replace(words, [html.unescape(t) for t in words])
        changed += [plain.alias(column.name), column.alias(RECEIVED + column.name)]
    return raw.with_columns(changed)


def as_received(raw: pl.DataFrame, column: str) -> pl.Series:
    """The cells of a raw column as they came, untrimmed."""
    kept = RECEIVED + column
    return text_of(raw, kept if kept in raw.columns else column, trimmed=False)


def shown_columns(raw: pl.DataFrame, hidden: tuple[str, ...]) -> dict[str, str]:
    """What people see of a record: column by its name, as received where both are there."""
    names = raw.columns
    return {c: RECEIVED + c if RECEIVED + c in names else c for c in names if c not in hidden and not _is_kept(c)}


def _is_kept(name: str) -> bool:
    return name.startswith(RECEIVED)
