"""Text → exact decimals: marks, non-detects, conversions, and that both paths give the same result."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest

from sources.cleaning.numbers import NumberRules, parse_numbers
from sources.cleaning.source_plan import conversion
from sources.registry import registry

PLAIN = NumberRules(missing=frozenset({"NA", "--"}))
COMMA = NumberRules(decimal_mark=",", thousands_mark=".")


def one(text: str, rules: NumberRules = PLAIN) -> tuple[Decimal | None, str | None, str | None]:
    """(value, censored, reason) of one text."""
    found = parse_numbers(pl.Series([text]), rules)
    censored = found.censored[0] if found.censored is not None else None
    return found.value[0], censored, found.rejected["reason"][0] if found.rejected.height else None


@pytest.mark.parametrize(
    ("text", "value", "censored", "reason"),
    [
        ("12.5", "12.5", None, None),
        ("-0.5", "-0.5", None, None),
        ("+3", "3", None, None),
        (".5", "0.5", None, None),
        ("1e3", "1000", None, None),
        ("", None, None, None),
        ("NA", None, None, None),
        ("－－", None, None, None),
        ("0.01L", "0.01", "<", None),
        ("0.01l", "0.01", "<", None),
        ("０．０１Ｌ", "0.01", "<", None),
        ("<0.01", "0.01", "<", None),
        ("＜ 0.01", "0.01", "<", None),
        ("≤0.01", "0.01", "<", None),
        ("<0.01L", "0.01", "<", None),
        ("ND(0.02)", "0.02", "<", None),
        ("未检出<0.02", "0.02", "<", None),
        (">24000", "24000", ">", None),
        ("≥2.4×10^4", "24000", ">", None),
        ("１２．５", "12.5", None, None),
        ("'7.25", "7.25", None, None),
        ("−3", "-3", None, None),
        ("ND", None, None, "no_detection_limit"),
        ("未检出", None, None, "no_detection_limit"),
        ("NaN", None, None, "not_finite"),
        ("-Infinity", None, None, "not_finite"),
        ("#DIV/0!", None, None, "not_finite"),
        ("abc", None, None, "not_a_number"),
        ("12..7", None, None, "not_a_number"),
        ("1,5", None, None, "not_a_number"),
        ("1 234", None, None, "not_a_number"),
        ("0x10", None, None, "not_a_number"),
        ("1_000", None, None, "not_a_number"),
        ("1000000000000", None, None, "out_of_range"),
        ("1e99", None, None, "out_of_range"),
        ("999999999999.999999", "999999999999.999999", None, None),
        # A footnote mark, a superscript or a digit of another script is not a digit.
        ("344.6①", None, None, "not_a_number"),
        ("344.6¹", None, None, "not_a_number"),
        ("2.4×10⁴", None, None, "not_a_number"),
        ("344⁺", None, None, "not_a_number"),
        ("½", None, None, "not_a_number"),
        ("Ⅳ", None, None, "not_a_number"),
        ("٣٤", None, None, "not_a_number"),
        ("３４４．６　", "344.6", None, None),
        # The length is judged before anything is converted.
        ("0." + "1" * 98, "0.111111", None, None),
        ("0." + "1" * 99, None, None, "too_long"),
        ("1" * 2_000_000, None, None, "too_long"),
        ("<" + "1" * 2_000_000, None, None, "too_long"),
    ],
)
def test_what_a_text_says(text, value, censored, reason):
    assert one(text) == (None if value is None else Decimal(value), censored, reason)


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.0000005", "0"), ("0.0000015", "0.000002"), ("0.0000025", "0.000002"), ("0.00000050000000001", "0.000001")],
)
def test_rounds_half_to_even_at_six_decimals(text, value):
    assert one(text)[0] == Decimal(value)


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("68,2", "68.2", None),
        ("1.234,5", "1234.5", None),
        ("12.345.678", "12345678", None),
        ("<0,5", "0.5", None),
        ("68.2", None, "not_a_number"),
        ("1.23,5", None, "not_a_number"),
        ("1,2,3", None, "not_a_number"),
    ],
)
def test_decimal_comma_and_thousands_only_in_groups_of_three(text, value, reason):
    found = one(text, COMMA)
    assert (found[0], found[2]) == (None if value is None else Decimal(value), reason)


def test_a_no_break_blank_may_separate_thousands():
    rules = NumberRules(thousands_mark="\u00a0")
    assert one("1\u00a0234.5", rules)[0] == Decimal("1234.5")
    assert one("＜1\u00a0234", rules)[:2] == (Decimal(1234), "<")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-9999", None),
        ("-9999.0", None),
        ("-9999.00", None),
        ("-9.999e3", None),
        ("－９９９９", None),
        ("-9999.000001", "-9999.000001"),
        ("9999", "9999"),
        ("-999", "-999"),
    ],
)
def test_a_missing_mark_is_the_same_number_however_it_is_written(text, value):
    rules = NumberRules(missing=frozenset({"", "-9999", "NA"}))
    assert one(text, rules) == (None if value is None else Decimal(value), None, None)


def test_a_missing_mark_is_compared_as_written_not_as_converted():
    # 1 rounds to what 1.0000004 does, and -9.999 mg is -9999 µg: neither is the mark.
    coarse = NumberRules(missing=frozenset({"", "1"}), ratio=Fraction("0.000001"))
    assert one("1.0", coarse)[0] is None and one("1.4", coarse)[0] == Decimal("0.000001")
    milligrams = NumberRules(missing=frozenset({"", "-9999"}), ratio=Fraction(1000))
    assert one("-9.999", milligrams)[0] == Decimal(-9999) and one("-9999.0", milligrams)[0] is None
    commas = NumberRules(decimal_mark=",", thousands_mark=".", missing=frozenset({"", "-9999"}))
    assert one("-9.999", commas)[0] is None and one("-9999,0", commas)[0] is None


def test_a_declared_limit_gives_nd_its_value():
    assert one("ND", NumberRules(detection_limit=Decimal("0.004"))) == (Decimal("0.004"), "<", None)


def rules_for(unit: str, parameter: str) -> NumberRules:
    known = registry()
    feed = next(f for f in known.feeds.values() if parameter in f.parameters)
    ratio, offset = conversion(known.unit(unit), feed.parameters[parameter], known)
    return NumberRules(ratio=ratio, offset=offset)


@pytest.mark.parametrize(
    ("text", "unit", "parameter", "value"),
    [
        ("2260.0", "lb", "net_t", "1.025119"),  # 2260 * 0.00045359237 = 1.0251187562
        ("300", "µg/m³", "co", "0.3"),
        ("212", "°F", "temperature", "100"),
        ("12.3", "万千瓦时", "electricity", "123000"),
        ("0.01L", "μg/L", "nh3n", "0.00001"),
        ("1.5", "万亩", "polluted_farmland_total", "15000"),
        ("7.3", "无量纲", "ph", "7.3"),
    ],
)
def test_units_convert_exactly(text, unit, parameter, value):
    assert one(text, rules_for(unit, parameter))[0] == Decimal(value)


def test_a_conversion_is_rounded_once():
    # The product has 19 decimals and lies a hair below a tie at the sixth: rounded at 18 first, it would go up.
    rules = NumberRules(ratio=Fraction("0.777777777777777777"))
    assert one("71428571428.7", rules)[0] == Decimal("55555555555.655555")


def test_units_of_another_kind_have_no_conversion():
    known = registry()
    assert conversion(known.unit("kWh"), known.feeds["waste"].parameters["net_t"], known) is None
