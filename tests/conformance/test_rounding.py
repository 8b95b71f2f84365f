"""GB/T 8170 and the exact quotients, through the project's macros.

Here belong the roundings every domain shares. Not here: which figure is rounded to how many decimals (the domains).
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import pytest

from tests.conformance.kit import Project, worked_examples

# Quotients whose decimals go on, that end in a tie, and that come close to one from either side.
QUOTIENTS = [
    (1, 3),
    (1, 8),
    (5, 2),
    (7, 2),
    (-5, 2),
    (-7, 2),
    (1, 6),
    (25, 10),
    (1000001, 2000000),
    (999999, 2000000),
    (2, 3),
    (-1, 3),
    (0, 7),
    (12345678901, 7),
]


@pytest.mark.skipif(not worked_examples(), reason="../shared/standards is absent: no worked examples")
def test_round_half_even(project: Project) -> None:
    """Every value of every entry, in one query."""
    entries = [e for e in worked_examples() if e["rule"] == "round_half_even"]
    inputs = [v for e in entries for v in zip(e["input"]["values"], e["input"]["decimals"], strict=True)]
    calls = [f"{{{{ round_even('cast({v} as decimal(18, 6))', {d}) }}}}" for v, d in inputs]
    assert list(project.inline(f"select {', '.join(calls)}")[0]) == [
        Decimal(str(v)) for e in entries for v in e["expected"]
    ]


def test_exact_ratio_rounds_once(project: Project) -> None:
    cases = [(n, d, decimals) for n, d in QUOTIENTS for decimals in (0, 1, 4)]
    calls = [f"{{{{ exact_ratio('{n}', '{d}', {decimals}) }}}}" for n, d, decimals in cases]
    found = project.inline(f"select {', '.join(calls)}")[0]
    assert list(found) == [_half_even(Fraction(n, d), decimals) for n, d, decimals in cases]


def test_quotients_of_columns_are_those_of_literals(project: Project) -> None:
    """What DuckDB divides in 64 bits, or shifts to whole numbers, is what exact arithmetic gives."""
    sums = ["0.000005", "-0.000005", "1.234565", "8999999.999999", "9000000.000001", "123456789.123456", "-7.5", "0"]
    counts = [1, 3, 7, 8, 24, 365, 8760]
    rows = ", ".join(f"(cast({s} as decimal(38, 6)), {c})" for s in sums for c in counts)
    found = project.inline(
        "select s, c, {{ carried_mean('s', 'c') }}, {{ round_even_by(carried_mean('s', 'c'), 'k') }}, k,"
        " {{ coverage('c - 1', 'c') }} from (select s, c, c % 7 as k from (values " + rows + ") as t (s, c))"
    )
    for total, count, carried, rounded, decimals, share in found:
        true = Fraction(total) / count
        assert rounded == _half_even(true, decimals) if decimals < 6 else rounded == carried
        assert abs(Fraction(carried) - true) < Fraction(1, 10**6)
        assert share == _half_even(Fraction(count - 1, count), 4)


def test_carried_mean_makes_no_false_tie(project: Project) -> None:
    """Rounding the carried mean again gives what rounding the true mean gives."""
    calls = [
        f"{{{{ round_even(carried_mean('{n}', '{d}'), {decimals}) }}}}"
        for n, d in QUOTIENTS
        if d > 0
        for decimals in (0, 1, 3)
    ]
    found = project.inline(f"select {', '.join(calls)}")[0]
    assert list(found) == [
        _half_even(Fraction(n, d), decimals) for n, d in QUOTIENTS if d > 0 for decimals in (0, 1, 3)
    ]


def test_ratio_up(project: Project) -> None:
    pairs = [(n, d) for n, d in QUOTIENTS if n >= 0]
    found = project.inline("select " + ", ".join(f"{{{{ ratio_up('{n}', '{d}') }}}}" for n, d in pairs))[0]
    assert list(found) == [int((Decimal(n) / Decimal(d)).to_integral_value(ROUND_CEILING)) for n, d in pairs]


def test_a_zero_divisor_gives_null(project: Project) -> None:
    assert project.inline("select {{ exact_ratio('1', '0', 2) }}, {{ carried_mean('1', '0') }}") == [(None, None)]


def _half_even(value: Fraction, decimals: int) -> Decimal:
    scaled = value * 10**decimals
    whole = Decimal(round(scaled))  # Python rounds a Fraction half to even, exactly
    return (whole / Decimal(10) ** decimals).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)
