"""Whether a cell's text is of a declared type, and the value it stands for.

Here belongs one cell at a time, for site registers and declared tables. Not here: rows and files. A number is an exact
decimal as it is written; nothing passes through a binary one.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from sources.registry.clean_columns import Column

TRUE = ("true", "1", "yes", "是")
FALSE = ("false", "0", "no", "否")
LONGEST = 300
_DECIMAL = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_NAMES = {"bool": "true or false", "int": "whole number"}
_HINTS = {
    "date": "write it as 2024-01-31",
    "bool": "write true or false",
    "decimal": "write it as 12.5",
    "int": "write it as 2024",
}
# What a spreadsheet would run as a formula when the cell is exported and opened again.
_FORMULA = ("=", "+", "-", "@")


def cell_mistake(text: str, column: Column) -> tuple[str, str] | None:
    """Why `text` (not empty, blanks stripped) is none of the column's type, and what to write instead."""
    if fits(text, column.dtype):
        return None
    return f"'{shortened(text)}' is not a {_NAMES.get(column.dtype, column.dtype)}", _HINTS.get(column.dtype, "")


def hostile(text: str) -> tuple[str, str] | None:
    """Why a text may not be taken over: a formula, a character nobody sees, or far too long."""
    if len(text) > LONGEST:
        return f"the text has {len(text)} characters", f"write at most {LONGEST}"
    if text.startswith(_FORMULA):
        return f"'{shortened(text)}' begins like a formula", f"begin with something else than {' '.join(_FORMULA)}"
    unseen = next((c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs")), "")
    if unseen:
        return f"the text holds a character that cannot be seen (U+{ord(unseen):04X})", "type the text again"
    return None


def fits(text: str, dtype: str) -> bool:
    """Whether `text` can be read as `dtype`."""
    if dtype == "decimal":
        return _DECIMAL.fullmatch(text) is not None
    if dtype == "int":
        return _WHOLE.fullmatch(text) is not None
    if dtype == "date":
        try:
            date.fromisoformat(text)
        except ValueError:
            return False
        # Python reads 2024-W05-3 and 20240131 as well.
        return _DATE.fullmatch(text) is not None
    return dtype != "bool" or text.lower() in (*TRUE, *FALSE)


def typed(text: str, dtype: str) -> object:
    """The value of a text that fits; None for an empty one."""
    if not text:
        return None
    if dtype == "date":
        return date.fromisoformat(text)
    if dtype == "decimal":
        return Decimal(text)
    if dtype == "int":
        return int(text)
    if dtype == "bool":
        return text.lower() in TRUE
    return text


def shortened(text: str) -> str:
    """A text as a message shows it: one line, not too long."""
    line = "".join(c if c.isprintable() else "?" for c in text)
    return line if len(line) <= 40 else f"{line[:39]}…"
