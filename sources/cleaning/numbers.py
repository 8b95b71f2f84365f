"""Text of a value → exact decimal in the parameter's unit, non-detect mark, or the reason why it is not a number.

Here belong missing tokens, decimal and thousands marks, non-detects, exponents and exact unit conversion. Not here:
which column holds what (source_plan.py), how characters are spelt (characters.py) or if the value is plausible
(flags.py). Plain numbers take a vectorised path; every other distinct text is read once by exact rational arithmetic,
so that both give the same result.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

import polars as pl

from sources.cleaning.characters import plain_text
from sources.cleaning.schema import VALUE
from sources.readers.read_limits import NUMBER_LIMIT

MICRO = 10**6
_LIMIT = 10**18  # decimal(18,6) as an integer of millionths
_TIE = Decimal("0.0000005")
_WIDE = pl.Decimal(38, 18)
# What fits the vectorised conversion: 11 digits before and 18 after the point, times at most 10^8, stays in 38 digits.
_PLAIN = r"^[+-]?[0-9]{1,11}(\.[0-9]{0,18})?$"
_LARGEST_FACTOR = 10**8
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|1\.#inf|1\.#qnan|-nan\(ind\)|#div/0!|#num!)")
NOT_DETECTED = r"(?:nd|n\.d\.|未检出|not detected|bdl)"


@dataclass(frozen=True)
class NumberRules:
    """How one column writes its numbers, and `ratio` and `offset` that turn them into the parameter's unit.

    `missing` are the declared tokens, compared as text and, where they are numbers, as numbers; an empty cell is always
    missing. `detection_limit` is the declared limit that a bare ND stands for, in the column's unit. `words`: where a
    value is a word, what it may be, each with the number that is stored.
    """

    decimal_mark: str = "."
    thousands_mark: str = ""
    missing: frozenset[str] = frozenset()
    ratio: Fraction = Fraction(1)
    offset: Fraction = Fraction(0)
    detection_limit: Decimal | None = None
    words: Mapping[str, Decimal] = field(default_factory=dict)

    @cached_property
    def plain_thousands_mark(self) -> str:
        """The thousands mark as it is in normalised text: a no-break blank is a blank there."""
        return plain_text(self.thousands_mark)

    def local_number(self, thousands_mark: str) -> str:
        """Pattern of a plain number in this column's marks; thousands only in groups of three."""
        mark = re.escape(self.decimal_mark)
        digits = r"[0-9]+"
        if thousands_mark:
            digits = rf"(?:[0-9]{{1,3}}(?:{re.escape(thousands_mark)}[0-9]{{3}})+|[0-9]+)"
        return rf"[+-]?(?:{digits}(?:{mark}[0-9]*)?|{mark}[0-9]+)"

    @cached_property
    def patterns(self) -> Mapping[str, re.Pattern[str]]:
        """Compiled patterns for texts that are not plain numbers."""
        power = r"(?:[eE](?P<e>[+-]?[0-9]{1,3})|\s*[x×*]\s*10\^?(?P<p>[+-]?[0-9]{1,3}))?"
        number = f"(?P<n>{self.local_number(self.plain_thousands_mark)}){power}"
        return {
            "number": re.compile(number),
            "below": re.compile(rf"[<≤]=?\s*{number}\s*[Ll]?|{number.replace('?P<', '?P<L')}\s*[Ll]"),
            "above": re.compile(rf"[>≥]=?\s*{number}"),
            "not_detected": re.compile(NOT_DETECTED, re.IGNORECASE),
            "not_detected_at": re.compile(rf"{NOT_DETECTED}\s*[(<]*\s*{number}\s*[Ll]?\s*\)?", re.IGNORECASE),
        }

    @cached_property
    def missing_numbers(self) -> frozenset[Fraction]:
        """The declared missing marks that are numbers, as written: -9999 is meant by -9999.0 too."""
        found = (self.patterns["number"].fullmatch(normalised(m)) for m in self.missing if len(m) <= NUMBER_LIMIT)
        return frozenset(n for n in (_number(m, self) for m in found if m) if n is not None)


@dataclass(frozen=True)
class Numbers:
    """One entry per text: `value` decimal(18,6) or null, `censored` '<', '>' or null; `rejected` has index and reason.

    Null value without a rejection means missing.
    """

    value: pl.Series
    censored: pl.Series | None
    rejected: pl.DataFrame


@dataclass(frozen=True)
class Read:
    """What one text says: millionths of the unit, or missing (`micro` None), or the reason it is refused."""

    micro: int | None = None
    censored: str | None = None
    reason: str | None = None


_NO_REJECTS = pl.DataFrame(schema={"index": pl.UInt32(), "reason": pl.String()})


def parse_numbers(text: pl.Series, rules: NumberRules) -> Numbers:
    """Reads a column of trimmed texts (no nulls); results are rounded half to even at 6 decimals, once."""
    if rules.words:
        return _words(text, rules)
    value = _plain(text, rules)
    rest = value.is_null() & (text != "")
    if rules.missing:
        tokens = pl.Series(sorted(rules.missing), dtype=pl.String)
        hit = text.is_in(tokens.implode())
        if hit.any():
            value = value.set(hit, None)
            rest &= ~hit
        rest |= _may_be_missing(value, rules)
    if not rest.any():
        return Numbers(value, None, _NO_REJECTS)
    return _with_rest(text, value, rest, rules)


def _words(text: pl.Series, rules: NumberRules) -> Numbers:
    """Numbers of words; a text that is none of them, and marks nothing missing, is refused."""
    known = {spelt: rules.words.get(spelt) for spelt in {*rules.words, *rules.missing}}
    distinct = text.unique()
    numbers = pl.Series([known.get(t) for t in distinct], dtype=VALUE)
    table = pl.DataFrame({"text": distinct, "value": numbers, "known": [t in known for t in distinct]})
    found = text.to_frame("text").join(table, on="text", how="left", maintain_order="left").with_row_index("index")
    lost = found.filter(~pl.col("known")).select(pl.col("index"), pl.lit("unknown_word").alias("reason"))
    return Numbers(found["value"], None, lost)


def _may_be_missing(value: pl.Series, rules: NumberRules) -> pl.Series:
    """Where a value is what a missing mark would become: rounding may make others equal, so the exact path decides."""
    if not rules.missing_numbers:
        return pl.Series([False]).new_from_index(0, len(value))
    marks = [_in_unit(n, rules, None).micro for n in rules.missing_numbers]
    suspects = pl.Series([Decimal(m).scaleb(-6) for m in marks if m is not None], dtype=VALUE)
    return value.is_in(suspects.implode()).fill_null(False)


def _plain(text: pl.Series, rules: NumberRules) -> pl.Series:
    """Values of the texts that are plain numbers; null for every other."""
    text = _point(text.set(text.str.len_bytes() > NUMBER_LIMIT, None), rules)
    if rules.ratio == 1 and rules.offset == 0:
        return text.cast(VALUE, strict=False)
    factor, offset = _decimal(rules.ratio), _decimal(rules.offset)
    if factor is None or offset is None or abs(factor) > _LARGEST_FACTOR:
        return pl.Series(text.name, [None], dtype=VALUE).new_from_index(0, len(text))
    fits = text.str.contains(_PLAIN)
    wide = pl.col("text").cast(_WIDE, strict=False) * pl.lit(factor)
    frame = pl.DataFrame({"text": text.set(~fits, None)}).select(wide=wide + pl.lit(offset) if offset else wide)
    value = frame.select(pl.col("wide").cast(VALUE, strict=False)).to_series()
    # The product was rounded at 18 decimals: where that made or met a tie at 6, the exact path decides.
    tie = frame.select((pl.col("wide") - pl.col("wide").cast(VALUE, strict=False)).abs() == _TIE).to_series()
    return value.set(tie.fill_null(False), None) if tie.any() else value


def _point(text: pl.Series, rules: NumberRules) -> pl.Series:
    """Texts with their marks replaced by a decimal point; null where the marks do not make a number."""
    if rules.decimal_mark == "." and not rules.thousands_mark:
        return text
    fits = text.str.contains(f"^{rules.local_number(rules.thousands_mark)}$")
    plain = text.set(~fits, None)
    if rules.thousands_mark:
        plain = plain.str.replace_all(rules.thousands_mark, "", literal=True)
    if rules.decimal_mark != ".":
        plain = plain.str.replace_all(rules.decimal_mark, ".", literal=True)
    return plain


def _decimal(number: Fraction) -> Decimal | None:
    """`number` as an exact decimal of at most 18 places, or None where it has none."""
    scaled = number * 10**18
    return Decimal(scaled.numerator).scaleb(-18).normalize() if scaled.denominator == 1 else None


def _with_rest(text: pl.Series, value: pl.Series, rest: pl.Series, rules: NumberRules) -> Numbers:
    distinct = text.filter(rest).unique().to_list()
    found = [read_number(t, rules) for t in distinct]
    units = [None if r.micro is None else Decimal(r.micro).scaleb(-6) for r in found]
    table = pl.DataFrame(
        {
            "text": distinct,
            "value": pl.Series(units, dtype=VALUE),
            "censored": pl.Series([r.censored for r in found], dtype=pl.String),
            "reason": pl.Series([r.reason for r in found], dtype=pl.String),
        }
    )
    index = rest.arg_true().cast(pl.UInt32)
    odd = pl.DataFrame({"index": index, "text": text.gather(index)}).join(
        table, on="text", how="left", maintain_order="left"
    )
    value = value.scatter(index, odd["value"])
    censored = None
    if odd["censored"].null_count() < odd.height:
        censored = pl.Series("censored", [None], dtype=pl.String).new_from_index(0, len(text))
        censored = censored.scatter(index, odd["censored"])
    rejected = odd.filter(pl.col("reason").is_not_null()).select("index", "reason")
    return Numbers(value, censored, rejected)


def normalised(text: str) -> str:
    """Full-width characters as plain ones, blanks and a leading text mark (') taken off, one kind of minus."""
    return plain_text(text).replace("−", "-").strip().removeprefix("'").strip()


def read_number(text: str, rules: NumberRules) -> Read:
    """Reads one text exactly; the reasons are not_a_number, not_finite, no_detection_limit, out_of_range, too_long."""
    if len(text) > NUMBER_LIMIT:
        return Read(reason="too_long")
    plain = normalised(text)
    if not plain or plain in rules.missing:
        return Read()
    patterns = rules.patterns
    if match := patterns["number"].fullmatch(plain):
        if rules.missing_numbers and _number(match, rules) in rules.missing_numbers:
            return Read()
        return _converted(match, rules, None)
    if match := patterns["below"].fullmatch(plain):
        return _converted(match, rules, "<")
    if match := patterns["above"].fullmatch(plain):
        return _converted(match, rules, ">")
    if patterns["not_detected"].fullmatch(plain):
        if rules.detection_limit is None:
            return Read(reason="no_detection_limit")
        return _in_unit(Fraction(rules.detection_limit), rules, "<")
    if match := patterns["not_detected_at"].fullmatch(plain):
        return _converted(match, rules, "<")
    if _NOT_FINITE.fullmatch(plain.lower()):
        return Read(reason="not_finite")
    return Read(reason="not_a_number")


def _number(match: re.Match[str], rules: NumberRules) -> Fraction | None:
    """The number as written, in the column's unit; None if it is far too large."""
    groups = {k: v for k, v in match.groupdict().items() if v is not None}
    digits = groups.get("n") or groups["Ln"]
    if rules.thousands_mark:
        digits = digits.replace(rules.plain_thousands_mark, "")
    digits = digits.replace(rules.decimal_mark, ".")
    power = int(groups.get("e") or groups.get("p") or groups.get("Le") or groups.get("Lp") or 0)
    if abs(power) > 40:
        return None if power > 0 else Fraction(0)
    return Fraction(Decimal(digits)) * Fraction(10) ** power


def _converted(match: re.Match[str], rules: NumberRules, censored: str | None) -> Read:
    number = _number(match, rules)
    return Read(reason="out_of_range") if number is None else _in_unit(number, rules, censored)


def _in_unit(number: Fraction, rules: NumberRules, censored: str | None) -> Read:
    # round() of a Fraction is exact and half to even.
    micro = round((number * rules.ratio + rules.offset) * MICRO)
    if abs(micro) >= _LIMIT:
        return Read(reason="out_of_range")
    return Read(micro, censored)
