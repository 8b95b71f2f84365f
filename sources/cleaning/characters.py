"""Characters that mean the same however a keyboard writes them: full-width forms and kinds of blanks.

Here belongs the one table for texts that become numbers or times. Not here: any other look-alike. A circled digit, a
superscript or a footnote mark is not a digit, so Unicode's own compatibility forms (NFKC) are not used.
"""

from __future__ import annotations

import polars as pl

# U+FF01 to U+FF5E are the full-width forms of ! to ~.
_PLAIN = {chr(0xFEE0 + code): chr(code) for code in range(0x21, 0x7F)}
_PLAIN |= dict.fromkeys("\u3000\u00a0\u2007\u2009\u202f", " ")
_TABLE = str.maketrans(_PLAIN)


def plain_text(text: str) -> str:
    """`text` with full-width forms as plain characters and every blank as a space."""
    return text.translate(_TABLE)


def plain_texts(texts: pl.Series) -> pl.Series:
    """The same for a column; null stays null."""
    return texts.str.replace_many(_PLAIN)
