"""How results add up: severity to outcome, records to tables, tables to domains, and what a waiver changes.

Not here: how a single expectation is judged (test_gate_kinds).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from expectations.verdicts import domain_verdicts, outcome_of, table_verdicts, worst
from expectations.waivers import Waiver, WaiverError, apply_waivers, load_waivers
from warehouse.tables.judged import GateRecord

FAIL = GateRecord(
    "air", "mart_a", "d1", "mart_a", "between(ph)", "ph", "critical", "fail", "15", "0 to 14", 1, "[]",
    "great_expectations",
)  # fmt: skip
PASS = replace(FAIL, expectation="rows", outcome="pass")
WARN = replace(FAIL, expectation="volume", severity="warning", outcome="warn")
TODAY = date(2026, 11, 23)
WAIVER = Waiver("mart_a", "between(ph)", "Li Wei", "Wang Min", "sensor swapped, report 12", date(2026, 11, 30))


@pytest.mark.parametrize(
    ("success", "severity", "outcome"),
    [(True, "critical", "pass"), (True, "warning", "pass"), (False, "warning", "warn"), (False, "critical", "fail")],
)
def test_severity_decides_what_a_broken_expectation_is(success: bool, severity: str, outcome: str) -> None:
    assert outcome_of(success, severity) == outcome


def test_a_failed_warning_does_not_fail_table_or_domain() -> None:
    assert [v.verdict for v in table_verdicts([PASS, WARN])] == ["warn"]
    assert [v.verdict for v in domain_verdicts([PASS, WARN])] == ["warn"]


def test_one_critical_failure_fails_its_domain_and_no_other() -> None:
    other = replace(PASS, domain="water", table_name="mart_w", table_digest="d2")
    sound = replace(PASS, table_name="mart_b", table_digest="d3")
    records = [PASS, FAIL, WARN, other, sound]
    assert {v.table: v.verdict for v in table_verdicts(records)} == {
        "mart_a": "fail",
        "mart_b": "pass",
        "mart_w": "pass",
    }
    air, water = domain_verdicts(records)
    assert (air.verdict, water.verdict) == ("fail", "pass")
    assert air.reasons[0] == "mart_a: between(ph): expected 0 to 14, observed 15"
    assert len(air.reasons) == 2


def test_nothing_judged_is_a_failure() -> None:
    assert worst([]) == "fail"


def test_records_of_one_table_are_bound_to_one_digest() -> None:
    with pytest.raises(ValueError, match="2 digests"):
        table_verdicts([PASS, replace(FAIL, table_digest="d9")])


def test_a_waived_failure_becomes_a_warning_that_names_the_waiver() -> None:
    (record,) = apply_waivers([FAIL], [WAIVER], TODAY)
    assert record.outcome == "warn"
    assert record.severity == "critical"
    assert record.waiver == "Li Wei, approved by Wang Min, until 2026-11-30: sensor swapped, report 12"
    assert domain_verdicts([record])[0].verdict == "warn"
    assert "waived: Li Wei" in domain_verdicts([record])[0].reasons[0]


def test_a_waiver_holds_through_its_last_day_and_not_after() -> None:
    assert apply_waivers([FAIL], [WAIVER], date(2026, 11, 30))[0].outcome == "warn"
    failed, note = apply_waivers([FAIL], [WAIVER], date(2026, 12, 1))
    assert failed.outcome == "fail"
    assert failed.waiver == ""
    assert (note.outcome, note.severity) == ("warn", "warning")
    assert "expired on 2026-11-30" in note.observed


@pytest.mark.parametrize(
    ("records", "waiver", "says"),
    [
        ([PASS], replace(WAIVER, expectation="rows"), "not needed"),
        ([FAIL], replace(WAIVER, expectation="no such"), "no such expectation"),
        ([replace(FAIL, waivable=False)], WAIVER, "cannot be waived"),
    ],
)
def test_a_waiver_that_does_nothing_leaves_a_record(records: list[GateRecord], waiver: Waiver, says: str) -> None:
    *judged, note = apply_waivers(records, [waiver], TODAY)
    assert [r.outcome for r in judged] == [r.outcome for r in records]
    assert says in note.observed
    assert note.outcome == "warn"


def test_a_waiver_of_a_table_that_is_not_judged_here_is_left_alone() -> None:
    assert apply_waivers([FAIL], [replace(WAIVER, table="mart_z")], TODAY) == (FAIL,)


TODAY = date(2026, 11, 1)
GOOD = """
[[waiver]]
table = "mart_a"
expectation = "between(ph)"
who = "Li Wei"
approved_by = "Wang Min"
reason = "sensor swapped, report 12"
until = 2026-11-30
"""


def test_a_waivers_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "waivers.toml"
    file.write_text(GOOD, encoding="utf-8")
    (waiver,) = load_waivers(file, TODAY)
    assert replace(waiver, where="") == WAIVER
    assert waiver.where == f"{file}:2"
    assert load_waivers(None, TODAY) == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD.replace('who = "Li Wei"\n', ""), ":2: a waiver needs who"),
        (GOOD.replace('"Li Wei"', '"  "'), ":2: a waiver needs who"),
        (GOOD.replace("reason", "because"), ":2: unknown key 'because'"),
        (GOOD.replace("2026-11-30", '"2026-11-30"'), ":2: a waiver needs until: a date without quotes"),
        (GOOD.replace("2026-11-30", "2026-11-30T08:00:00"), ":2: a waiver needs until"),
        (GOOD.replace("until = 2026-11-30\n", ""), ":2: a waiver needs until"),
        (GOOD.replace("[[waiver]]", "[[waivers]]"), "unknown table 'waivers'"),
        (GOOD.replace("[[waiver]]", "[waiver]"), r"write each as [[waiver]]"),
        (GOOD.replace('approved_by = "Wang Min"\n', ""), ":2: a waiver needs approved_by"),
        (GOOD.replace("Wang Min", "li wei"), ":2: Li Wei cannot approve their own waiver"),
        (GOOD.replace("2026-11-30", "2027-11-30"), ":2: until 2027-11-30 is more than a year away"),
        (GOOD + GOOD, ":10: mart_a / between(ph) is waived twice"),
        ("[[waiver]\n", "is not TOML"),
    ],
)
def test_a_malformed_waiver_is_a_clear_error(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "waivers.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WaiverError) as caught:
        load_waivers(file, TODAY)
    assert says in str(caught.value)
    assert str(file) in str(caught.value)


def test_a_waivers_file_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(WaiverError, match="cannot be read"):
        load_waivers(tmp_path / "none.toml", TODAY)
