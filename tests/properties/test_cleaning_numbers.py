"""Property searches of numbers: any text is a number, missing or refused, and both paths give the same result."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from sources.cleaning.numbers import NumberRules, parse_numbers, read_number
from tests.unit.test_cleaning_numbers import PLAIN

numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**10), max_value=10**10, places=None)
ratios = st.sampled_from([Fraction(1), Fraction("0.00045359237"), Fraction(1000), Fraction(5, 9), Fraction("0.001")])


@given(st.lists(numbers, min_size=1, max_size=20), ratios, st.sampled_from([Fraction(0), Fraction("-17.7777")]))
def test_the_fast_path_agrees_with_exact_arithmetic(values, ratio, offset):
    rules = NumberRules(ratio=ratio, offset=offset)
    texts = [format(v, "f") for v in values]
    found = parse_numbers(pl.Series(texts), rules)
    for text, value in zip(texts, found.value, strict=True):
        exact = read_number(text, rules)
        assert value == (None if exact.micro is None else Decimal(exact.micro).scaleb(-6)), text


@given(st.lists(st.text(max_size=12), min_size=1, max_size=30))
def test_any_text_is_a_number_missing_or_refused(texts):
    trimmed = pl.Series([t.strip() for t in texts], dtype=pl.String).str.strip_chars()
    found = parse_numbers(trimmed, PLAIN)
    refused = set(found.rejected["index"].to_list())
    for i, (text, value) in enumerate(zip(trimmed, found.value, strict=True)):
        assert not (i in refused and value is not None)
        if value is None and i not in refused:
            assert read_number(text, PLAIN) == read_number("", PLAIN)
