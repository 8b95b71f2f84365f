"""The data test `holds` fails on every kind of broken rule, and its words name rule, column, count and an example.

Here belongs the macro itself, over rows that a case plants. Not here: which table declares what
(tests/unit/test_dbt_data_tests.py), or what a failed test means for a release (tests/unit/test_gate_dbt.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from tests.conformance.kit import Project

DECLARED = (
    "grain=['site', 'day'], also_unique=[['day', 'code']], not_null=['day', 'note'],"
    " not_null_where={'value': \"note <> 'to be entered'\"}, values={'word': ['a', \"it's\"]}, rows_of='wanted'"
)
# site, day, code, value, word, note
GOOD = ("('S', 1, 'x', 5, 'a', 'n')", "('S', 2, 'y', null, 'it''s', 'to be entered')", "('T', 1, 'z', 5, null, 'n')")


@pytest.fixture(scope="module")
def statement(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The compiled test of a table `judged` that declares one rule of each kind."""
    project = Project(tmp_path_factory.mktemp("holds"), datetime(2026, 3, 10, 6))
    yield project.compiled(f"{{{{ test_holds('judged', {DECLARED}) }}}}")


def failing(statement: str, *rows: str, wanted: int | None = None) -> list[tuple[str]]:
    """What the test gives over `rows`, as dbt counts it: dbt reads no column of it."""
    con = duckdb.connect()
    con.execute("create table judged (site varchar, day int, code varchar, value int, word varchar, note varchar)")
    if rows:
        con.execute(f"insert into judged values {', '.join(rows)}")
    con.execute(f"create table wanted as from range({len(rows) if wanted is None else wanted})")
    return con.execute(f"select count(*) from ({statement}) as failing").fetchall()


@pytest.mark.parametrize("rows", [GOOD, ()])
def test_what_holds_passes(statement: str, rows: tuple[str, ...]) -> None:
    assert failing(statement, *rows) == [(0,)]


@pytest.mark.parametrize(
    ("planted", "words"),
    [
        ("('S', 1, 'w', 5, 'a', 'n')", "unique(site, day): 1 keys, such as (S, 1); "),
        ("('U', 1, 'x', 5, 'a', 'n')", "unique(day, code): 1 keys, such as (1, x); "),
        ("('U', null, 'w', 5, 'a', 'n')", "not_null(day): 1 rows, such as (U, null); "),
        ("('U', 1, 'w', 5, 'a', null)", "not_null(note): 1 rows, such as (U, 1); "),
        (
            "('U', 1, 'w', null, 'a', 'n')",
            "not_null(value) where note <> 'to be entered': 1 rows, such as (U, 1); ",
        ),
        ("('U', 1, 'w', 5, 'A', 'n')", "values(word): 1 rows, such as (U, 1, A); "),
    ],
)
def test_a_broken_rule_is_named_with_its_column_count_and_an_example(statement: str, planted: str, words: str) -> None:
    with pytest.raises(duckdb.InvalidInputException) as caught:
        failing(statement, *GOOD, planted)
    assert str(caught.value).partition(" breaks what it declares: ")[2] == words


def test_another_number_of_rows_than_that_of_its_list_is_named(statement: str) -> None:
    with pytest.raises(duckdb.InvalidInputException, match=r"declares: rows: 3 instead of 4; $"):
        failing(statement, *GOOD, wanted=4)


def test_all_that_is_broken_is_named_at_once(statement: str) -> None:
    with pytest.raises(duckdb.InvalidInputException) as caught:
        failing(statement, *GOOD, "('S', 1, 'x', 5, 'A', null)", "('S', 1, 'x', 5, 'B', null)")
    words = str(caught.value)
    for part in ("not_null(note): 2 rows", "values(word): 2 rows", "unique(site, day): 1 keys", "unique(day, code)"):
        assert part in words


def test_at_severity_warn_the_words_are_a_row(tmp_path: Path) -> None:
    project = Project(tmp_path, datetime(2026, 3, 10, 6))
    template = "{{ config(severity='warn') }}{{ test_holds('judged', not_null=['note']) }}"
    con = duckdb.connect()
    con.execute("create table judged as select cast(null as varchar) as note")
    assert con.execute(project.compiled(template)).fetchall() == [("not_null(note): 1 rows, such as (); ",)]
