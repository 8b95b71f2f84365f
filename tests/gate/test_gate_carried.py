"""What the current release has judged is not judged again; whatever a record depends on brings the judge back.

Here belongs the whole gate with a current release. Not here: what the key holds (tests/unit/test_gate_carry.py).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from expectations import bench
from expectations.carry import EarlierRelease, earlier_release
from expectations.checks import between, not_null
from expectations.dbt_results import DbtFinding
from expectations.gate import Case, Rules, judge
from expectations.suites.common import Suite
from expectations.waivers import Waiver
from tests.gate.test_gate_ground import catalogue
from tests.gate.test_gate_whole import AIR, AS_OF, COUNTS, FED, READING, ROW, SUITES, WATER, candidate, lay_clean
from warehouse.release.gate_records import rows_of
from warehouse.tables.judged import GateReport

DIGESTS = {"mart_air": "da", "mart_water": "dw"}
TOKENS = dict.fromkeys([*FED.tables, "site_register"], "t")
FIRST = datetime(2026, 11, 23, 7)


def gate(clean: Path | None, earlier: EarlierRelease | None = None, **more: Any) -> GateReport:
    given = {"digests": DIGESTS, "suites": SUITES, "as_of": AS_OF, "waivers": (), "dbt": (), "con": None} | more
    tokens = more.get("tokens", TOKENS)
    case = Case(["mart_air", "mart_water"], given["digests"], given["dbt"], clean, tokens)
    known = earlier or EarlierRelease()
    rules = Rules(catalogue(AIR, WATER), given["as_of"], given["waivers"], known, FED, given["suites"])
    return judge(given["con"] or candidate(), case, rules, more.get("docs"))


def release_of(report: GateReport, **digests: str) -> EarlierRelease:
    """The release that `report` let through, as the next run reads it."""
    return earlier_release(rows_of(report.records, FIRST), digests)


def judged_again(report: GateReport) -> set[str]:
    return {r.table_name for r in report.records if not r.judged_at}


class NoJudge:
    def __init__(self) -> None:
        raise AssertionError("the judge was called")


def test_the_same_everything_is_carried_and_the_judge_does_not_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean = lay_clean(tmp_path)
    first = gate(clean)
    monkeypatch.setattr(bench, "Judge", NoJudge)
    again = gate(clean, release_of(first))
    assert judged_again(again) == set()
    assert {r.judged_at for r in again.records} == {FIRST.isoformat()}
    order = [(r.table_name, r.suite, r.expectation) for r in first.records]
    assert sorted(order) == sorted((r.table_name, r.suite, r.expectation) for r in again.records)
    bare = {replace(r, judged_at="") for r in again.records}
    assert bare == {replace(r, waivable=True) for r in first.records}
    assert again.table_verdicts == first.table_verdicts


@pytest.mark.parametrize(
    ("change", "judged"),
    [
        ({"digests": DIGESTS | {"mart_air": "db"}}, {"mart_air"}),
        ({"suites": SUITES | {"mart_air": Suite("mart_air", ("clean_air",), (between("aqi", 0, 500),))}}, {"mart_air"}),
        ({"waivers": [Waiver("mart_air", "rows", "Li", "Wang", "no", date(2027, 1, 1))]}, {"mart_air"}),
        ({"tokens": TOKENS | {"clean_air": "u"}}, {"clean_air"}),
        ({"tokens": {}}, set(FED.tables)),
        ({"tokens": TOKENS | {"site_register": "u"}}, set(FED.tables)),
    ],
    ids=["digest", "suite", "waiver", "files", "no tokens", "register"],
)
def test_what_changed_is_judged_again_and_nothing_else(
    tmp_path: Path, change: dict[str, Any], judged: set[str]
) -> None:
    clean = lay_clean(tmp_path)
    first = gate(clean)
    assert judged_again(gate(clean, release_of(first), **change)) == judged


def test_an_expired_waiver_brings_the_judge_back(tmp_path: Path) -> None:
    waiver = Waiver("mart_air", "not_null(aqi)", "Li Wei", "Wang Min", "a swap", AS_OF.date())
    con = candidate(air=[{**ROW, "aqi": None}])
    first = gate(None, waivers=[waiver], con=con)
    carried = gate(None, release_of(first), waivers=[waiver], con=con)
    assert judged_again(carried) == set()
    (mark,) = [r for r in carried.records if r.outcome == "warn"]
    assert mark.waiver == waiver.text
    late = gate(None, release_of(first), waivers=[waiver], con=con, as_of=AS_OF + timedelta(days=1))
    assert "mart_air" in judged_again(late)
    assert late.domain("air").verdict == "fail"  # type: ignore[union-attr]


def test_another_released_table_to_compare_with_brings_the_judge_back() -> None:
    first = gate(None, EarlierRelease({"mart_air": "d0"}))
    assert judged_again(gate(None, release_of(first, mart_air="d0"))) == set()
    assert judged_again(gate(None, release_of(first, mart_air="da"))) == {"mart_air"}


def test_a_table_that_failed_is_judged_again() -> None:
    con = candidate(air=[{**ROW, "aqi": None}])
    first = gate(None, con=con)
    assert judged_again(gate(None, release_of(first), con=con)) == {"mart_air"}


def test_what_dbt_found_in_this_run_is_next_to_what_is_carried() -> None:
    first = gate(None, dbt=[DbtFinding("grain", "test", "pass", "", 0, "critical", ("mart_air",), ("mart_air",))])
    found = DbtFinding("grain", "test", "fail", "Got 2 results", 2, "critical", ("mart_air",))
    again = gate(None, release_of(first), dbt=[found])
    assert [(r.expectation, r.outcome) for r in again.records if not r.judged_at] == [("dbt_test(grain)", "fail")]
    assert again.domain("air").verdict == "fail"  # type: ignore[union-attr]


def test_time_that_changes_nothing_that_is_recent_brings_no_judge(tmp_path: Path) -> None:
    """A day later the one reading is out of the hours in which a station is heard of: air alone is judged again."""
    clean = lay_clean(tmp_path)
    first = gate(clean)
    assert judged_again(gate(clean, release_of(first), as_of=AS_OF + timedelta(minutes=1))) == set()
    assert judged_again(gate(clean, release_of(first), as_of=AS_OF + timedelta(days=1))) == {"clean_air"}
    # A week later the delivery is no longer recent either.
    assert judged_again(gate(clean, release_of(first), as_of=AS_OF + timedelta(days=30))) == {
        "clean_air",
        "file_counts_air",
    }


def test_the_files_of_one_feed_bring_the_judge_for_its_counts_alone(tmp_path: Path) -> None:
    first = gate(lay_clean(tmp_path / "a"))
    water = {**COUNTS, "feed": "water", "sha256": "cd", "readings_in": 0, "readings_clean": 0}
    again = gate(lay_clean(tmp_path / "b", [READING], [COUNTS, water]), release_of(first))
    assert judged_again(again) == {"file_counts_water"}


def test_a_page_says_when_what_is_carried_was_judged(tmp_path: Path) -> None:
    first = gate(None)
    gate(None, release_of(first), docs=tmp_path, digests=DIGESTS | {"mart_water": "dx"})
    assert "Judged on 2026-11-23 07:00:00." in (tmp_path / "mart_air.html").read_text(encoding="utf-8")
    assert "Judged on" not in (tmp_path / "mart_water.html").read_text(encoding="utf-8")
    assert "distinct values must belong" in (tmp_path / "mart_air.html").read_text(encoding="utf-8")


def test_a_check_of_another_table_needs_its_digest() -> None:
    joint = SUITES | {"mart_air": Suite("mart_air", (), (not_null("aqi"),), with_rows_of=("mart_water",))}
    first = gate(None, suites=joint)
    again = release_of(first)
    assert judged_again(gate(None, again, suites=joint)) == set()
    changed = DIGESTS | {"mart_water": "dx"}
    assert judged_again(gate(None, again, suites=joint, digests=changed)) == {"mart_air", "mart_water"}
