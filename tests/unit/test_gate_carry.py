"""What the records of a table depend on: the same everything gives the same key, and every change another one.

Here belong the key and what is read from a release, as pure functions. Not here: that the gate judges what has no
record under its key (tests/gate/test_gate_carried.py).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from expectations import carry
from expectations.carry import Bound, earlier_release, record_key
from expectations.checks import Check, between, none, rows
from expectations.waivers import Waiver, apply_waivers
from warehouse.tables.judged import GateRecord

TODAY = date(2026, 11, 23)
CHECKS = (
    rows(1, "always"),
    between("ph", 0, 14),
    none("no twin", "select * from {table} join {schema}.mart_other using (id)", "no row of the other"),
)
WAIVER = Waiver("mart_a", "between(ph)", "Li Wei", "Wang Min", "sensor swapped", date(2026, 11, 30))
RECORD = GateRecord(
    "air", "mart_a", "d1", "mart_a", "between(ph)", "ph", "critical", "pass", "6 to 8", "0 to 14", 0, "[]",
    "great_expectations", words="at least 0", key="k1",
)  # fmt: skip


def key(**changes: Any) -> str:
    given = {"digest": "d1", "checks": CHECKS, "waivers": (WAIVER,), "today": TODAY} | changes
    named = {"previous": "d0", "reads": {"mart_other": "o1"}, "also": ("columns",)} | changes
    bound = Bound("mart_a", given["digest"], named["previous"])
    return record_key(
        bound, given["checks"], given["waivers"], given["today"], reads=named["reads"], also=named["also"]
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"digest": "d2"},
        {"checks": CHECKS[:2]},
        {"checks": (CHECKS[0], between("ph", 0, 13), CHECKS[2])},
        {"checks": (CHECKS[0], between("ph", 0, 14, severity="warning"), CHECKS[2])},
        {"waivers": ()},
        {"waivers": (WAIVER, replace(WAIVER, expectation="rows"))},
        {"waivers": (replace(WAIVER, reason="another"),)},
        {"today": date(2026, 12, 1)},
        {"previous": "d1"},
        {"previous": ""},
        {"reads": {"mart_other": "o2"}},
        {"also": ("columns", "steps")},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_whatever_a_record_depends_on_changes_its_key(changes: dict[str, Any]) -> None:
    assert key(**changes) not in (key(), "")


def test_what_it_does_not_depend_on_leaves_its_key() -> None:
    assert key(today=date(2026, 11, 30)) == key()
    assert key(waivers=(WAIVER, replace(WAIVER, table="mart_b"))) == key()
    assert key(reads={"mart_other": "o1", "mart_unread": "u1"}) == key()
    assert key(checks=tuple(replace(c, example={"ph": 99}) for c in CHECKS)) == key()


def test_other_code_of_the_judgement_is_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = key()
    monkeypatch.setattr(carry, "code_digest", lambda: "other code")
    assert key() != before


def test_without_the_digest_of_what_a_check_reads_there_is_no_key_and_so_nothing_to_carry() -> None:
    assert key(reads={}) == ""
    assert earlier_release([{**RECORD.as_row(), "key": "", "judged_at": "x"}], {}).holding("mart_a", "") == ()


def kept(*records: GateRecord) -> list[dict[str, Any]]:
    return [{"judged_at": "2026-11-20T07:00:00", **r.as_row(), "release_id": "r1"} for r in records]


def test_a_record_comes_back_as_it_was_with_its_time_and_only_under_its_key() -> None:
    earlier = earlier_release(kept(RECORD), {"mart_a": "d1"})
    assert earlier.holding("mart_a", "k1") == (replace(RECORD, judged_at="2026-11-20T07:00:00"),)
    assert earlier.holding("mart_a", "k2") == earlier.holding("mart_b", "k1") == ()
    (again,) = earlier_release(kept(*earlier.holding("mart_a", "k1")), {}).holding("mart_a", "k1")
    assert again.judged_at == "2026-11-20T07:00:00"


def test_what_failed_is_judged_again() -> None:
    failed = replace(RECORD, expectation="rows", outcome="fail")
    assert earlier_release(kept(RECORD, failed), {}).holding("mart_a", "k1") == ()


def test_dbt_speaks_for_itself_in_every_run() -> None:
    dbt = replace(RECORD, expectation="dbt_test(x)", outcome="fail", judged_by="dbt")
    assert [r.expectation for r in earlier_release(kept(RECORD, dbt), {}).holding("mart_a", "k1")] == ["between(ph)"]


def test_who_let_a_failure_pass_is_named_again() -> None:
    judged = apply_waivers([replace(RECORD, outcome="fail"), replace(RECORD, expectation="rows")], [WAIVER], TODAY)
    carried = earlier_release(kept(*judged), {}).holding("mart_a", "k1")
    again = apply_waivers(carried, [WAIVER], TODAY)
    assert [replace(r, judged_at="") for r in again] == list(judged)
    assert again[0].waiver == WAIVER.text


def test_a_waiver_that_does_nothing_is_said_once() -> None:
    idle = replace(WAIVER, expectation="rows")
    judged = apply_waivers([RECORD, replace(RECORD, expectation="rows")], [idle], TODAY)
    again = apply_waivers(earlier_release(kept(*judged), {}).holding("mart_a", "k1"), [idle], TODAY)
    assert [r.suite for r in again].count("waivers") == 1


def test_rows_of_an_earlier_layout_are_judged_again() -> None:
    row = {k: v for k, v in kept(RECORD)[0].items() if k not in ("key", "words")}
    assert earlier_release([row], {}).records == {}


def test_a_check_in_a_suite_reads_no_example() -> None:
    assert Check.__dataclass_fields__["example"].name not in carry._text(CHECKS[1])
