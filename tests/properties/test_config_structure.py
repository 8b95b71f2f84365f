"""Property search of mending: whatever a sound configuration is broken to, its mistakes are found and checking ends."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from sources.config.mend import read_mended
from sources.config.model import Document
from sources.config.problems import Problems
from sources.config.structure import document_of
from tests.unit.test_fingerprint_golden import TEXT

SOUND = tomllib.loads(TEXT, parse_float=Decimal)
SCALAR = st.sampled_from([3, -5, Decimal("0.5"), True, "", "zz", date(2020, 1, 1), [], {}])
VALUE = st.recursive(SCALAR, lambda v: st.lists(v, max_size=2) | st.dictionaries(st.sampled_from("ab"), v, max_size=2))


def broken(draw: st.DrawFn, value: object, left: int) -> object:
    """`value` with something else, nothing or a misspelt key at one place."""
    if left and isinstance(value, dict | list) and value:
        key = draw(st.sampled_from(sorted(value) if isinstance(value, dict) else range(len(value))))
        how = draw(st.sampled_from(["inside", "inside", "inside", "gone", "misspelt"]))
        if how == "inside":
            value[key] = broken(draw, value[key], left - 1)
        else:
            gone = value.pop(key)
            if how == "misspelt" and isinstance(value, dict):
                value[f"{key}x"] = gone
        return value
    return draw(VALUE)


@st.composite
def configurations(draw: st.DrawFn) -> dict:
    raw = deepcopy(SOUND)
    for _ in range(draw(st.integers(1, 4))):
        raw = broken(draw, raw, 5)
        if not isinstance(raw, dict):
            raw = {"source": raw}
    return raw


@settings(deadline=None, max_examples=200)
@given(configurations())
def test_every_broken_configuration_is_mended_and_said_to_be_broken(raw):
    before = deepcopy(raw)
    problems = Problems("")
    document, mended = read_mended(raw, problems)
    assert isinstance(document, Document)
    assert isinstance(document_of(mended), Document)
    assert raw == before
    assert (mended is raw) == (problems.sorted() == [])
