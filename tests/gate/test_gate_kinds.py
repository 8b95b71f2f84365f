"""Every kind of expectation goes red on a planted defect and stays green without it.

A check that cannot fail is a defect: the table of cases must name every registered kind.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import duckdb
import pytest

from expectations import checks
from expectations.checks import KINDS, Check
from expectations.reduce import MAX_VALUES, Target, breaking_rows, reduce, to_frame
from expectations.verdicts import outcome_of
from tests.gate.test_gate_ground import court, judged


@dataclass(frozen=True)
class Case:
    """`good` and `bad` are VALUES lists for (id, word, value, whole); `broken` rows are counted in `bad`."""

    check: Check
    good: str
    bad: str
    broken: int = 1


GOOD = "(1, 'a', 5, 10), (2, 'b', 6, 10)"
CASES = {
    "rows": Case(checks.rows(1, "its feed has deliveries"), GOOD, "", 0),
    "not_emptied": Case(checks.not_emptied(), GOOD, "", 0),
    "unique": Case(checks.unique(["id"]), GOOD, "(1, 'a', 5, 10), (1, 'b', 5, 10)"),
    "not_null": Case(checks.not_null("value"), GOOD, "(1, 'a', null, 10), (2, 'a', 5, 10)"),
    "vocabulary": Case(checks.vocabulary("word", ("a", "b")), GOOD, "(1, 'a', 5, 10), (2, 'c', 5, 10)"),
    "declared": Case(
        checks.declared(("value",), {"word": ("a", "b")}),
        GOOD + ", (3, null, 5, null)",
        "(1, 'a', null, 10), (2, 'c', 5, 10), (3, 'a', 5, 10)",
        2,
    ),
    "between": Case(checks.between("value", 0, 14), GOOD, "(1, 'a', 14.000001, 10), (2, 'a', 14, 10)"),
    "relation": Case(
        checks.relation("part of whole", "value <= whole", ("value", "whole"), {"value": 2, "whole": 1}),
        GOOD + ", (3, 'a', null, 1)",
        "(1, 'a', 11, 10), (2, 'a', 10, 10)",
    ),
    "share": Case(
        checks.share(
            "share",
            checks.Quotient("value", "whole"),
            0.6,
            "critical",
            ("value", "whole"),
            "part / whole",
            "value > whole",
        ),
        GOOD,
        "(1, 'a', 11, 10), (2, 'a', 4, 10)",
    ),
    "worst_share": Case(
        checks.worst_share(
            "worst", checks.Quotient("value", "whole"), "word", 10, 0.6, ("value", "whole"), "part / whole"
        ),
        "(1, 'a', 6, 10), (2, 'b', 9, 9)",
        "(1, 'a', 7, 10), (2, 'b', 1, 10)",
    ),
    "volume": Case(checks.volume(0.3), GOOD, "(1, 'a', 5, 10)", 0),
    "equal": Case(checks.equal("all", "(select count(*) from {table})", "2", "two rows"), GOOD, "(1, 'a', 5, 10)", 0),
    "none": Case(
        checks.none(
            "no twin", "select a.id from {table} as a, {table} as b where a.id < b.id and a.word = b.word", "none"
        ),
        GOOD,
        "(1, 'a', 5, 10), (2, 'a', 5, 10)",
    ),
    "reporting": Case(
        checks.reporting(
            "sites",
            "select * from (values (1), (2)) t(id) where id not in (select id from {table})",
            "2",
            0.75,
            "sites",
        ),
        GOOD,
        "(1, 'a', 5, 10)",
    ),
}


def make(con: duckdb.DuckDBPyConnection, name: str, values: str) -> None:
    con.execute(f"create or replace table {name} (id int, word varchar, value decimal(18,6), whole bigint)")
    if values:
        con.execute(f"insert into {name} values {values}")


def test_every_registered_kind_has_a_case() -> None:
    assert set(CASES) == set(KINDS)
    assert all(case.check.kind == kind for kind, case in CASES.items())


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_kind_goes_red_on_its_defect_and_shows_it(kind: str) -> None:
    case = CASES[kind]
    con = duckdb.connect()
    make(con, "t", case.bad)
    make(con, "before", GOOD)
    target = Target("t", ("id",), "before")
    finding = judged(con, target, [case.check])[case.check.name]
    assert not finding.success
    assert not finding.broken
    count, rows = breaking_rows(con, target, case.check)
    assert (count, len(json.loads(rows))) == (case.broken, case.broken)
    assert outcome_of(finding.success, case.check.severity) in ("warn", "fail")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_kind_stays_green_on_good_data(kind: str) -> None:
    case = CASES[kind]
    con = duckdb.connect()
    make(con, "t", case.good)
    make(con, "before", GOOD)
    finding = judged(con, Target("t", ("id",), "before"), [case.check])[case.check.name]
    assert finding.success, finding
    assert finding.statement


def test_an_unknown_word_is_seen_behind_any_number_of_known_ones() -> None:
    con = duckdb.connect()
    known = tuple(f"w{i:04d}" for i in range(MAX_VALUES * 3))
    con.execute("create table t as select * from (values " + ", ".join(f"('{w}')" for w in known) + ") v(word)")
    con.execute("insert into t values ('zzz')")
    check = checks.vocabulary("word", known)
    finding = judged(con, Target("t"), [check])[check.name]
    assert not finding.success
    assert finding.observed == "also zzz"


@pytest.mark.parametrize(
    ("values", "observed"),
    [
        ("(1, 'c', null, 10), (2, 'd', 5, 10)", "broken in value, word"),
        ("(1, null, 5, 10)", "as declared"),
        ("(1, 'b', null, 10)", "broken in value"),
    ],
)
def test_what_breaks_a_declaration_is_named_by_column(values: str, observed: str) -> None:
    con = duckdb.connect()
    make(con, "t", values)
    check = checks.declared(("value",), {"word": ("a", "b")})
    assert judged(con, Target("t"), [check])[check.name].observed == observed


def test_no_frame_grows_with_its_table() -> None:
    con = duckdb.connect()
    con.execute("create table t as select i as id, 'w' || i as word, i as value, i as whole from range(100000) r(i)")
    reduction = reduce(con, Target("t", ("id",), "t"), [case.check for case in CASES.values()])
    assert len(to_frame(reduction)) <= MAX_VALUES


def test_a_check_that_cannot_be_reduced_does_not_hide_the_others() -> None:
    con = duckdb.connect()
    make(con, "t", GOOD)
    broken = checks.between("no_such_column", 0, 1)
    reduction = reduce(con, Target("t"), [checks.rows(1, "x"), broken])
    assert set(reduction.values) == {"rows"}
    assert "no_such_column" in reduction.errors[broken.name]


def test_a_figure_that_is_missing_has_not_held() -> None:
    con = duckdb.connect()
    make(con, "t", "")
    check = checks.equal("gone", "select null", "0", "a figure")
    finding = judged(con, Target("t"), [check])[check.name]
    assert not finding.success
    assert finding.broken


def test_at_most_five_failing_rows_are_shown_and_all_are_counted() -> None:
    con = duckdb.connect()
    make(con, "t", ", ".join(f"({i}, 'x', 99, 1)" for i in range(12)))
    count, rows = breaking_rows(con, Target("t", ("id",)), checks.between("value", 0, 14))
    assert count == 12
    assert json.loads(rows)[0] == {"id": 0, "value": "99"}
    assert len(json.loads(rows)) == 5


def test_the_judge_writes_nothing_home_and_keeps_analytics_off() -> None:
    import os

    import great_expectations as gx

    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"
    assert gx.__version__.startswith("1.")
    assert court()._context.config.analytics_enabled is False
    assert court()._context.variables.progress_bars["globally"] is False


def test_each_frame_is_judged_for_itself() -> None:
    con = duckdb.connect()
    check = checks.between("value", 0, 14)
    outcomes = []
    for value in (5, 15, 6, 16):
        make(con, "t", f"(1, 'a', {value}, 10)")
        outcomes.append(judged(con, Target("t"), [check])[check.name].success)
    assert outcomes == [True, False, True, False]
