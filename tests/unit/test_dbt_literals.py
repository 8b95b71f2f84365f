"""What may not be in a model's SQL: means and quotients outside the macros, limits and factors as literals.

Here belong checks of the project's text; they need neither dbt nor a database. Not here: what the figures are
(tests/conformance) and the style (sqlfluff).
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests import dbt_yml
from tests.dbt_yml import PROJECT

MODELS = sorted((PROJECT / "models").rglob("*.sql"))
MARTS = [m for m in MODELS if "marts" in m.parts]

# Numbers that are structure, not a standard's: nothing, one, halves of a pair, percent, clock and calendar.
STRUCTURE = {"0", "1", "2", "12", "24", "60", "100", "1000"}
# Ranks that a case gives (`then 3`), calendar intervals and lengths of text are structure too.
_STRUCTURAL = re.compile(r"\b(?:then|else) \d\b|\binterval \d+|\bleft\((\w+), \d+\)")
# How many days a model reads back and stays open: test_dbt_by_day.py holds them against the registry and the SQL.
_BY_DAY = re.compile(r"\{\{ config\(meta=\{'by_day': .*?\}\) \}\}|\{%- set days_back = \d+ %\}", re.S)
_STRING = re.compile(r"'(?:[^']|'')*'")
_JINJA_COMMENT = re.compile(r"\{#.*?#\}", re.S)
_LINE_COMMENT = re.compile(r"--.*")
_TYPE = re.compile(r"decimal\(\s*\d+\s*,\s*\d+\s*\)", re.I)
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
_MACRO_DECIMALS = re.compile(r"\b(?:round_even|round_even_by|exact_ratio|exact_quotient|carried_mean|coverage)\b")


def _code(sql: str) -> str:
    """The SQL without comments, strings and type precisions; a macro's number of decimals is not a value."""
    bare = _TYPE.sub("decimal", _LINE_COMMENT.sub("", _JINJA_COMMENT.sub("", _BY_DAY.sub("", sql))))
    lines = (re.sub(r",\s*\d+\s*\)", ")", line) if _MACRO_DECIMALS.search(line) else line for line in bare.splitlines())
    return _STRUCTURAL.sub(" ", _STRING.sub("''", "\n".join(lines)))


def offences(sql: str) -> list[str]:
    """Everything in a model's SQL that belongs into a macro or a seed."""
    code = _code(sql)
    found = [f"mean: {m}" for m in re.findall(r"\bavg\s*\(", code, re.I)]
    found += [f"quotient: {line.strip()}" for line in code.splitlines() if re.search(r"(?<!/)/(?!/)", line)]
    found += [f"binary number: {m}" for m in re.findall(r"\b(?:double|float|real)\b", code, re.I)]
    found += [f"half-up rounding: {m}" for m in re.findall(r"\bround\s*\(", code, re.I)]
    found += [f"literal: {n}" for n in _NUMBER.findall(code) if n not in STRUCTURE]
    return found


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.stem)
def test_no_arithmetic_or_limit_outside_macros_and_seeds(model: Path) -> None:
    assert offences(model.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "sql",
    [
        "select avg(value) as mean from t",
        "select value / n as mean from t",
        "select case when value > 75 then 'x' end as c from t",
        "select value * 0.5 as half from t",
        "select round(value, 1) as v from t",
        "select cast(value as double) as v from t",
        "{{ config(meta={'by_day': {'reads': {}, 'open_days': 4}}) }} select v from t where v > 75 and {{ is_it({}) }}",
    ],
)
def test_the_check_bites(sql: str) -> None:
    assert offences(sql)


def test_every_macro_is_written_once() -> None:
    """A second one of the same name, as a merge may leave it, ends dbt before it builds anything."""
    texts = [f.read_text(encoding="utf-8") for f in PROJECT.rglob("*.sql")]
    names = [name for text in texts for name in re.findall(r"\{%-? (?:macro|test) (\w+)\(", text)]
    assert names and [name for name, times in Counter(names).items() if times > 1] == []


@pytest.mark.parametrize("mart", MARTS, ids=lambda m: m.stem)
def test_every_mart_is_described_next_to_its_sql(mart: Path) -> None:
    """Contract columns with type and description, a declared domain, grain and volatile columns."""
    entry = next(m for m in dbt_yml.entries("models", [mart.with_suffix(".yml")]) if m["name"] == mart.stem)
    assert entry["description"].strip()
    meta = entry["config"]["meta"]
    columns = {c["name"]: c for c in entry["columns"]}
    assert meta["domain"] and meta["grain"] and set(meta["grain"]) <= set(columns)
    assert set(meta["volatile"]) <= set(columns)
    for name, column in columns.items():
        assert column.get("description", "").strip(), f"{mart.stem}.{name} has no description"
        published = r"(varchar|date|timestamp|bigint|boolean|decimal\(\d+,\s*\d+\))"
        assert re.fullmatch(published, str(column.get("data_type")).lower()), f"{mart.stem}.{name}"


def test_every_model_and_seed_is_described() -> None:
    files = (*PROJECT.glob("models/**/*.yml"), *PROJECT.glob("seeds/**/*.yml"))
    described = {e["name"]: e.get("description", "").strip() for e in dbt_yml.entries("models", files)}
    described |= {e["name"]: e.get("description", "").strip() for e in dbt_yml.entries("seeds", files)}
    names = {m.stem for m in MODELS} | {s.stem for s in (PROJECT / "seeds").rglob("*.csv")}
    assert sorted(n for n in names if not described.get(n)) == []


def test_published_lists_name_every_mart() -> None:
    """The catalogue comes from the exposures: a mart that none names would never be released."""
    published: set[str] = set()
    for exposure in dbt_yml.entries("exposures", PROJECT.glob("models/marts/**/*.yml")):
        published |= set(re.findall(r"ref\('(\w+)'\)", " ".join(exposure["depends_on"])))
    assert sorted({m.stem for m in MARTS} - published) == []


# Ours, and without a quote: the clock of a refresh, names of rules and sources, whether a run is planned.
_OUR_TEXTS = (
    *("as_of", "rule_overrides", "own_thresholds", "admitted_schema", "held_domains", "is_planned", "slice_rows"),
)
_VARIABLE = re.compile(r"\bvar\(\s*[\"'](\w+)[\"']")


def test_what_a_configuration_writes_reaches_sql_through_one_macro() -> None:
    """A name may hold any character: sql_text() keeps it a text. Nothing else reads a variable of the configuration."""
    files = [*MODELS, *(PROJECT / "macros").rglob("*.sql"), *(PROJECT / "tests").rglob("*.sql")]
    found = {(f.name, name) for f in files for name in _VARIABLE.findall(f.read_text(encoding="utf-8"))}
    assert {(file, name) for file, name in found if name not in _OUR_TEXTS} == set()
    assert 'replace("\'", "\'\'")' in (PROJECT / "macros" / "project.sql").read_text(encoding="utf-8")
