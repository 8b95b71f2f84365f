"""Which days are built again: what a parent's changed days reach, open days, and what makes all of them due."""

from __future__ import annotations

import random
from datetime import date, timedelta

import duckdb
import pytest

from warehouse.candidate.build_days import NO_DAY, put_days
from warehouse.candidate.build_plan import MOMENT, WHOLE_YEAR, Node
from warehouse.candidate.build_state import BuildState, build_state, prepare
from warehouse.lake.partition_index import days_of_partition
from warehouse.tables.months import Month

FIRST = date(2026, 2, 20)


def day(n):
    return FIRST + timedelta(days=n)


def noted(con, node):
    """What dbt_project/macros/by_day.sql notes when it has built `node`."""
    con.execute("DELETE FROM state.day_reads WHERE node = ?", [node])
    con.execute(
        "INSERT INTO state.day_reads SELECT r.node, r.parent, h.day, h.token FROM state.reads AS r"
        " JOIN state.day_holds AS h ON h.node = r.parent WHERE r.node = ? AND r.is_year IS NOT NULL",
        [node],
    )
    con.execute("DELETE FROM state.day_built WHERE node = ?", [node])
    con.execute("INSERT INTO state.day_built SELECT node, fixed, moment FROM state.fixed WHERE node = ?", [node])


def changing(con, node="m"):
    return {d for (d,) in con.execute(f"SELECT day FROM state.changing('{node}')").fetchall()}


def spans(con, node="m"):
    return con.execute(f"SELECT * FROM state.spans('{node}')").fetchall()


@pytest.fixture
def con(tmp_path):
    file = tmp_path / "build" / "work.duckdb"
    prepare(file, tmp_path)
    with duckdb.connect(str(file)) as open_database:
        yield open_database


def want(con, node, tokens=None):
    state = BuildState(con)
    state.want([node])
    state.put_tokens({MOMENT: "2026-02-25 12:00:00", "seed": "1"} | (tokens or {}))


PLAIN = Node("m", "m", "model", "code", ("p", "q", "seed"), reach={"p": (2, 0), "q": (0, 1)})


def test_a_changed_day_reaches_the_days_that_read_it(con):
    want(con, PLAIN)
    put_days(con, {"p": {day(n): "a" for n in range(10)}, "q": {day(n): "a" for n in range(10)}})
    noted(con, "m")
    assert changing(con) == set()
    put_days(con, {"p": {day(n): "b" if n == 4 else "a" for n in range(10)}})
    assert changing(con) == {day(4), day(5), day(6)}
    assert spans(con) == [(day(4), day(6), 3)]
    put_days(con, {"p": {day(n): "a" for n in range(10)}, "q": {day(n): "b" if n == 8 else "a" for n in range(10)}})
    assert changing(con) == {day(7), day(8)}


def test_a_day_that_came_or_went_has_changed(con):
    want(con, PLAIN)
    put_days(con, {"p": {day(n): "a" for n in range(3)}, "q": {}})
    noted(con, "m")
    put_days(con, {"p": {day(n): "a" for n in (1, 2, 9)}})
    assert changing(con) == {day(0), day(1), day(2), day(9), day(10), day(11)}
    assert spans(con) == [(day(0), day(2), 3), (day(9), day(11), 3)]


def built(holds, back, ahead):
    """A table whose row of a day says what the parent holds on the days that it reads."""
    rows = {}
    for d in map(day, range(-5, 50)):
        read = "".join(holds.get(d + timedelta(days=n), "") for n in range(-back, ahead + 1))
        if read:
            rows[d] = read
    return rows


def test_what_is_built_by_day_is_what_a_whole_build_makes(con):
    """Any change of any days: a row of day d is made from the parent's days d - back to d + ahead, and nothing else."""
    rng = random.Random(7)
    for _ in range(60):
        back, ahead = rng.randint(0, 3), rng.randint(0, 2)
        want(con, Node("m", "m", "model", "code", ("p",), reach={"p": (back, ahead)}))
        holds = {}
        tables = {}
        for _ in range(2):
            holds = {d: t for d, t in holds.items() if rng.random() > 0.1}
            holds |= {day(rng.randint(0, 40)): str(rng.random()) for _ in range(rng.randint(1, 6))}
            put_days(con, {"p": holds})

            everything = built(holds, back, ahead)
            if tables:
                due = changing(con)
                tables = {d: t for d, t in tables.items() if d not in due}
                tables |= {d: t for d, t in everything.items() if d in due}
            else:
                tables = everything
            assert tables == everything
            noted(con, "m")


def test_what_reads_whole_years_is_decided_by_any_day_of_its_year(con):
    want(con, Node("m", "m", "model", "code", ("p",), reach={"p": WHOLE_YEAR}))
    put_days(con, {"p": {date(2024, 5, 1): "a", date(2025, 5, 1): "a", date(2026, 5, 1): "a"}})
    noted(con, "m")
    put_days(con, {"p": {date(2024, 5, 1): "b", date(2025, 5, 1): "a"}})
    assert spans(con) == [(date(2024, 1, 1), date(2024, 12, 31), 366), (date(2026, 1, 1), date(2026, 12, 31), 365)]


def test_days_stay_open_for_as_long_as_rows_wait_for_deliveries(con):
    node = Node("m", "m", "model", "code", ("p", MOMENT), reach={"p": (0, 0)}, open_days=2)
    want(con, node)
    put_days(con, {"p": {day(n): "a" for n in range(10)}})
    noted(con, "m")
    assert changing(con) == set()
    # The moment went from 25 to 26 February: the 23rd was still open on the 25th, the 22nd was not.
    want(
        con, Node("m", "m", "model", "code", ("p", MOMENT), reach={"p": (0, 0)}, open_days=2), {MOMENT: "2026-02-26 1"}
    )
    assert changing(con) == {date(2026, 2, 23) + timedelta(days=n) for n in range(7)}


@pytest.mark.parametrize(
    "node",
    [
        Node("m", "m", "model", "other code", ("p", "seed"), reach={"p": (0, 0)}),
        Node("m", "m", "model", "code", ("p", "seed", "x"), reach={"p": (0, 0)}),
        Node("m", "m", "model", "code", ("p", "seed"), reach={}),
    ],
)
def test_anything_else_that_changed_is_another_fixed_key(con, node):
    want(con, Node("m", "m", "model", "code", ("p", "seed"), reach={"p": (0, 0)}))
    put_days(con, {"p": {day(1): "a"}})
    noted(con, "m")
    same = "SELECT count(*) FROM state.fixed AS f JOIN state.day_built AS b USING (node) WHERE f.fixed = b.fixed"
    assert con.execute(same).fetchone() == (1,)
    want(con, node)
    assert con.execute(same).fetchone() == (0,)


def test_neither_a_day_of_a_parent_nor_the_moment_is_in_the_fixed_key(con):
    node = Node("m", "m", "model", "code", ("p", "seed", MOMENT), reach={"p": (0, 0)}, open_days=1)
    want(con, node, {"p": "1"})
    before = con.execute("SELECT fixed FROM state.fixed").fetchone()
    want(con, node, {"p": "2", MOMENT: "2026-02-26 12:00:00"})
    assert con.execute("SELECT fixed FROM state.fixed").fetchone() == before
    want(con, node, {"seed": "2"})
    assert con.execute("SELECT fixed FROM state.fixed").fetchone() != before


@pytest.mark.parametrize("parent", ["p", "q"])
def test_rows_without_a_day_come_first_among_the_spans(con, parent):
    """There the macro builds everything: no condition on days would find them."""
    want(con, PLAIN)
    put_days(con, {"p": {}, "q": {}} | {parent: {NO_DAY: "a", day(3): "a"}})
    noted(con, "m")
    put_days(con, {parent: {NO_DAY: "b", day(3): "b"}})
    assert spans(con)[0][0] == NO_DAY


def test_what_days_hold_is_replaced_node_by_node(tmp_path):
    file = tmp_path / "build" / "work.duckdb"
    prepare(file, tmp_path)
    with build_state(file) as state:
        state.put_days({"p": {day(1): "a", day(2): "a"}, "q": {day(1): "x"}})
        state.put_days({"p": {day(2): "b"}})
    with duckdb.connect(str(file)) as con:
        found = con.execute("SELECT node, day, token FROM state.day_holds ORDER BY ALL").fetchall()
    assert found == [("p", day(2), "b"), ("q", day(1), "x")]


@pytest.mark.parametrize(
    ("value", "n_days", "last"),
    [("2024-02-29", 1, date(2024, 2, 29)), ("2024-02", 29, date(2024, 2, 29)), ("2025", 365, date(2025, 12, 31))],
)
def test_a_partition_covers_its_days(value, n_days, last):
    days = list(days_of_partition(value))
    assert len(days) == n_days == len(set(days))
    assert days[-1] == last


def test_the_digest_of_a_month_is_known_as_long_as_its_days_hold_the_same(con):
    state = BuildState(con)
    node = "model.ecoledger.mart_x"

    def known(contract="contract"):
        return {month.month for month in state.known_months("mart_x", contract)}

    days = {date(2026, 1, 31): "a", date(2026, 2, 1): "b", date(2026, 2, 28): "c", NO_DAY: "d"}
    months = [Month("0001-01-01", "0" * 64, 1), Month("2026-01-01", "1" * 64, 2), Month("2026-02-01", "2" * 64, 3)]
    put_days(con, {node: days, "model.ecoledger.other_mart_x": {date(2026, 3, 1): "e"}})
    state.put_months({("mart_x", "contract"): months})
    assert sorted(state.known_months("mart_x", "contract")) == months
    assert known("another contract") == set() == set(state.known_months("other_mart_x", "contract"))
    put_days(con, {node: days | {date(2026, 2, 2): "new"}})
    assert known() == {"0001-01-01", "2026-01-01"}
    put_days(con, {node: {date(2026, 2, 1): "b", date(2026, 2, 28): "c", NO_DAY: "other"}})
    assert known() == {"2026-02-01"}
    # What was kept before goes, also where the database does not know the days.
    state.put_months({("mart_x", "contract"): [Month("2026-02-01", "3" * 64, 3), Month("2026-05-01", "4" * 64, 1)]})
    assert state.known_months("mart_x", "contract") == [Month("2026-02-01", "3" * 64, 3)]
