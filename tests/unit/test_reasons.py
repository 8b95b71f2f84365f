"""Each reason that models write as a code has its sentence in both languages, with the parameters that are given.

Here belongs SQL as it is written, compared with the seed words/reasons. Not here: how a build makes sentences of codes
(tests/conformance/test_reason_sentences.py), or which figure has which reason (unit tests next to the models).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import jinja2
import jinja2.ext
import pytest

from dbt_project.seed_rows import seed_rows
from orchestration.dbt_runs.new_feed import SKELETON
from tests.dbt_yml import PROJECT

SEED = {row["code"]: row for row in seed_rows("words/reasons")}
_WORD = re.compile(r"@([a-z_]+)")
# Words that are made of a column's value: a verdict, a part of the day, a kind of period.
_OF_COLUMN = {"indicative", "insufficient", "pending", "day", "night", "month", "quarter", "year", "year_to_date"}
_SUSPECTS = re.compile(r"suspects_decide_reason\([^,]+, '(\w+)'")
# What is compared with and without suspect readings: ('attainment', 'is_attained', 'sure_is_attained').
_COMPARED = re.compile(r"\('(?!sure_)(\w+)', [^,\n]+, '[^'\n]*sure_")


@cache
def _texts() -> dict[str, str]:
    """The SQL of models, macros and the skeleton of a feed by file, but what makes sentences of reasons."""
    files = (*PROJECT.glob("models/**/*.sql"), *PROJECT.glob("macros/*.sql"), *SKELETON.glob("*.sql.tmpl"))
    return {file.name: file.read_text(encoding="utf-8") for file in files if file.name != "reasons.sql"}


def calls(sql: str) -> Iterator[tuple[object, int]]:
    """First argument of each call of reason(), None where it is an expression, and how many parameters it gives."""
    parsed = jinja2.Environment(extensions=[jinja2.ext.do]).parse(sql)
    for call in parsed.find_all(jinja2.nodes.Call):
        if isinstance(call.node, jinja2.nodes.Name) and call.node.name == "reason":
            first, *parameters = call.args
            yield (first.value if isinstance(first, jinja2.nodes.Const) else None), len(parameters)


@cache
def written() -> frozenset[tuple[str, object, int]]:
    """File, code and number of parameters of every call."""
    with_reasons = {name: sql for name, sql in _texts().items() if re.search(r"\breason\(", sql)}
    return frozenset((name, *call) for name, sql in with_reasons.items() for call in calls(sql))


def words() -> set[str]:
    """Words that models give as parameters: '@hours', and those of which suspects_decide_reason() makes some."""
    found: set[str] = set()
    for sql in _texts().values():
        found |= set(_WORD.findall(sql)) if re.search(r"\breason\(", sql) else set()
        if units := _SUSPECTS.findall(sql):
            found |= {*units, *_COMPARED.findall(sql)}
    return found


def test_every_code_that_sql_writes_has_its_sentence() -> None:
    assert {(name, code) for name, code, _ in written() if code not in SEED} == set()


def test_every_parameter_that_is_given_is_in_a_sentence() -> None:
    """A list of names is given in both languages, and each sentence shows its own."""
    for name, code, given in written():
        shown = set(re.findall(r"{(\d)}", SEED[str(code)]["sentence"] + SEED[str(code)]["sentence_zh"]))
        assert shown == {str(n + 1) for n in range(given)}, (name, code)


def test_every_sentence_is_used() -> None:
    assert set(SEED) - {code for _, code, _ in written()} - words() - _OF_COLUMN == set()


def test_every_word_of_a_reason_is_in_the_seed() -> None:
    assert words() | _OF_COLUMN <= set(SEED)


@pytest.mark.parametrize("code", sorted(SEED))
def test_a_sentence_is_there_in_both_languages(code: str) -> None:
    row = SEED[code]
    assert re.search(r"[A-Za-z]|{\d}", row["sentence"])
    assert re.search(r"[一-鿿]", row["sentence_zh"]) or "{" in row["sentence_zh"]
    assert row["sentence"].endswith(":") == row["sentence_zh"].endswith("：")


def test_a_call_without_a_literal_code_is_found() -> None:
    assert list(calls("{{ reason('a', 'n') }} {{ reason(code) }}")) == [("a", 1), (None, 0)]
