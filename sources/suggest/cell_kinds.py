"""What single cells look like: numbers, marks of missing values, words.

Here belong patterns of one cell. Not here: times (stamps_seen.py), or what a column means (suggestion.py).
"""

from __future__ import annotations

import re

# What people write where there is no value; others are suggested with a question.
MISSING_MARKS = (
    "NA", "N/A", "na", "n/a", "NaN", "nan", "NULL", "null", "None", "none", "#N/A", "-", "--", "---", "—", "——", "－",
    "/", "//", "*", "**", ".", "..", "缺测", "缺失", "未监测", "未检测", "停测", "无数据", "无效", "空",
)  # fmt: skip
# Marks that say that something was measured and not found; they are not missing.
NOT_DETECTED = re.compile(r"(<|＜|≤)|[0-9.]+L$|^(ND|nd|N\.D\.|未检出|低于检出限)")
# Numbers that loggers write where there is none.
SENTINELS = ("-99", "-999", "-9999", "-999.0", "-9999.0", "-99999", "9999", "99999", "999999")
_POINT = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")
_COMMA = re.compile(r"[-+]?\d+,\d+")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")
_WORD = re.compile(r"[^\W\d_]")


def is_number(text: str, decimal_mark: str = ".") -> bool:
    """Whether a cell is a number as the mark says; what is marked as not quantified counts."""
    return number_of(text, decimal_mark) is not None


def number_of(text: str, decimal_mark: str = ".") -> float | None:
    """About the number that a cell is, None if it is not one."""
    bare = text.strip().strip("<＜>＞≤").removesuffix("L").strip()
    if decimal_mark == ",":
        bare = bare.replace(".", "").replace(",", ".")
    elif _THOUSANDS.fullmatch(bare):
        bare = bare.replace(",", "")
    return float(bare) if _POINT.fullmatch(bare) else None


def is_decimal_comma(text: str) -> bool:
    """Whether a cell is a number with a comma that need not part thousands."""
    return _COMMA.fullmatch(text.strip()) is not None and _THOUSANDS.fullmatch(text.strip()) is None


def has_thousands(text: str) -> bool:
    """Whether a cell is a number whose thousands are parted by commas and whose decimals by a point."""
    return _THOUSANDS.fullmatch(text.strip()) is not None and "." in text


def is_word(text: str) -> bool:
    """Whether a cell says something in letters, and not that something is missing."""
    bare = text.strip()
    return bool(_WORD.search(bare)) and bare not in MISSING_MARKS and not is_number(bare)
