"""The whole gate over a tiny candidate and a tiny clean layer: what a planted defect does to table, domain and pages.

Not here: single kinds (test_gate_kinds) and single suites (test_gate_suites).
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations.carry import EarlierRelease
from expectations.checks import SuiteError, not_null
from expectations.dbt_results import DbtFinding
from expectations.gate import Case, Rules, judge
from expectations.suites.common import Suite
from expectations.waivers import Waiver
from sources.registry import registry
from sources.registry.clean_columns import CLEAN_COLUMNS, REGISTER_COLUMNS, Column
from sources.registry.feed_model import Registry
from tests.gate.test_gate_ground import catalogue, relation, table
from warehouse.lake.file_counts import COLUMNS as COUNT_COLUMNS
from warehouse.tables.judged import GateError, GateRecord, GateReport

AS_OF = datetime(2026, 11, 23, 6, 30)
AIR = table("mart_air", "air", ["site_id", "day"], site_id="varchar", day="date", aqi="bigint", provenance="varchar")
WATER = table("mart_water", "water", ["site_id"], site_id="varchar", provenance="varchar")
# The feeds of these marts: most of a judgement is its clean tables. The district without a defect has all feeds.
FED = replace(registry(), feeds={name: registry().feeds[name] for name in ("air", "water")})
SUITES = {
    "mart_air": Suite("mart_air", ("clean_air",), (not_null("aqi"),)),
    "mart_water": Suite("mart_water", ("clean_water",)),
}
TYPES = {"string": "varchar", "int": "bigint", "tinyint": "tinyint", "bool": "boolean", "date": "date",
         "timestamp": "timestamp", "decimal": "decimal(18,6)"}  # fmt: skip
READING = {
    "site_id": "S1", "parameter": "pm2_5", "unit": "ug/m3", "value": "35", "flag": 1, "flag_tests": "",
    "provenance": "observed", "period_start": "2026-11-22 23:00", "period_end": "2026-11-23 00:00",
    "period_start_utc": "2026-11-22 15:00",
}  # fmt: skip
COUNTS = {
    "feed": "air", "sha256": "ab", "file_name": "a.json", "verdict": "read", "delivered_at": "2026-11-23 06:10",
    "landed_at": "2026-11-23 06:31", "records_in": 1, "records_used": 1, "records_quarantined": 0,
    "records_duplicate": 0, "readings_in": 1, "readings_clean": 1, "readings_quarantined": 0, "readings_duplicate": 0,
    "readings_superseded": 0, "readings_flagged": 0, "readings_missing": 0,
}  # fmt: skip
SITE = {"site_id": "S1", "feed": "air", "kind": "station", "assessed": True, "valid_from": "2020-01-01"}
ROW = {"site_id": "S1", "day": "2026-11-22", "aqi": 60, "provenance": "observed"}


def write(file: Path, columns: tuple[Column, ...], rows: list[dict[str, Any]]) -> None:
    con = duckdb.connect()
    con.execute("create table t (" + ", ".join(f'"{c.name}" {TYPES[c.dtype]}' for c in columns) + ")")
    for row in rows:
        con.execute(f"insert into t values ({', '.join('?' for _ in columns)})", [row.get(c.name) for c in columns])
    file.parent.mkdir(parents=True, exist_ok=True)
    con.execute(f"copy t to '{file}' (format parquet)")


def lay_clean(
    root: Path,
    readings: list[dict[str, Any]] | None = None,
    counts: list[dict[str, Any]] | None = None,
    sites: list[dict[str, Any]] | None = None,
    registered: Registry = FED,
) -> Path:
    """A clean layer of one air file with one reading, or with what is given instead."""
    for name, declared in registered.tables.items():
        write(root / name / "empty.parquet", declared.columns, [])
    write(root / "clean_air" / "day=2026-11-22" / "part-0.parquet", CLEAN_COLUMNS, readings or [READING])
    write(root / "file_counts" / "month=2026-11" / "part-0.parquet", COUNT_COLUMNS, counts or [COUNTS])
    write(root / "site_register" / "part-0.parquet", REGISTER_COLUMNS, sites or [SITE])
    return root


def candidate(*, air: list[dict[str, Any]] | None = None, water: bool = True) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("create schema candidate")
    relation(con, "candidate.mart_air", AIR, [ROW] if air is None else air)
    if water:
        relation(con, "candidate.mart_water", WATER, [])
    return con


def gate(con: duckdb.DuckDBPyConnection, clean: Path | None, **more: Any) -> GateReport:
    """`more`: digests, dbt and docs of this judgement; anything else is of its rules."""
    given = {"digests": {"mart_air": "da", "mart_water": "dw"}, "dbt": (), "docs": None} | more
    case = Case(["mart_air", "mart_water"], given.pop("digests"), given.pop("dbt"), clean)
    docs = given.pop("docs")
    return judge(con, case, Rules(catalogue(AIR, WATER), AS_OF, **{"registry": FED, "suites": SUITES} | given), docs)


def broken(report: GateReport) -> set[tuple[str, str, str]]:
    return {(r.table_name, r.expectation, r.outcome) for r in report.records if r.outcome != "pass"}


def one(report: GateReport, expectation: str) -> GateRecord:
    (record,) = [r for r in report.records if r.expectation == expectation and r.outcome != "pass"]
    return record


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> GateReport:
    """The report on a candidate without a defect next to the clean tables of every feed."""
    root = lay_clean(tmp_path_factory.mktemp("sound"), registered=registry())
    return gate(candidate(), root, registry=registry())


def test_a_clean_district_raises_no_alarm(sound: GateReport) -> None:
    assert broken(sound) == set()
    assert {v.domain: v.verdict for v in sound.domain_verdicts}["air"] == "pass"
    assert {r.judged_by for r in sound.records} == {"schema", "great_expectations"}
    assert {r.table_name for r in sound.records} >= set(registry().tables)


def test_every_record_is_bound_to_a_digest_and_unique(sound: GateReport) -> None:
    assert all(r.table_digest for r in sound.records)
    assert {r.table_digest for r in sound.records if r.table_name == "mart_air"} == {"da"}
    keys = [(r.domain, r.table_name, r.suite, r.expectation, r.column, r.judged_by) for r in sound.records]
    assert len(keys) == len(set(keys))


def test_an_empty_mart_fails_when_its_feed_has_readings(tmp_path: Path) -> None:
    report = gate(candidate(air=[]), lay_clean(tmp_path))
    assert ("mart_air", "rows", "fail") in broken(report)
    assert {v.domain: v.verdict for v in report.domain_verdicts}["water"] == "pass"


def test_a_defect_in_a_mart_holds_its_domain_and_shows_its_rows(tmp_path: Path) -> None:
    bad = {**ROW, "day": "2026-11-21", "aqi": None, "provenance": "simulated"}
    report = gate(candidate(air=[ROW, ROW, bad]), lay_clean(tmp_path))
    assert {e for t, e, _ in broken(report) if t == "mart_air"} == {
        "unique(site_id, day)", "not_null(aqi)", "simulated rows are from simulated sites",
    }  # fmt: skip
    assert json.loads(one(report, "not_null(aqi)").failing_rows)[0]["day"] == "2026-11-21"
    air = report.domain("air")
    assert air is not None
    assert air.verdict == "fail"
    assert report.domain("water").verdict == "pass"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("change", "expectation", "outcome"),
    [
        ({"records_in": 2}, "records: in = used + quarantined + duplicate", "fail"),
        ({"readings_in": 2}, "readings: in = clean + quarantined + duplicate + superseded", "fail"),
        ({"readings_clean": 2, "readings_in": 2}, "the clean tables hold every reading counted as clean", "fail"),
        ({"readings_quarantined": 1, "readings_in": 2}, "quarantined share, recent(critical)", "fail"),
        ({"readings_flagged": 1}, "flagged share, all(critical)", "fail"),
        ({"verdict": "refused"}, "no recent file was refused", "warn"),
    ],
)
def test_a_defect_in_the_counts_is_caught(
    tmp_path: Path, change: dict[str, Any], expectation: str, outcome: str
) -> None:
    report = gate(candidate(), lay_clean(tmp_path, counts=[{**COUNTS, **change}]))
    assert ("file_counts_air", expectation, outcome) in broken(report)
    assert report.domain("air").verdict == outcome  # type: ignore[union-attr]


def test_shares_warn_before_they_fail(tmp_path: Path) -> None:
    counts = {**COUNTS, "records_in": 100, "records_used": 100, "readings_in": 100, "readings_clean": 95}
    flagged = [{**READING, "period_end": f"2026-11-22 {i // 60:02d}:{i % 60:02d}"} for i in range(95)]
    counts |= {"readings_quarantined": 5}
    report = gate(candidate(), lay_clean(tmp_path, flagged, [counts]))
    assert {e for t, e, _ in broken(report) if t == "file_counts_air"} == {
        "quarantined share, recent(warning)",
        "quarantined share, all(warning)",
    }
    assert report.domain("air").verdict == "warn"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("change", "expectation", "outcome"),
    [
        ({"value": "2000.1"}, "outside its gross range a value is flagged", "fail"),
        ({"unit": "mg/m3"}, "a parameter has its unit", "fail"),
        ({"parameter": "pm1"}, "vocabulary(parameter)", "fail"),
        ({"flag": 7}, "vocabulary(flag)", "fail"),
        ({"value": None}, "missing is null and null is missing", "fail"),
        ({"provenance": "simulated"}, "simulated readings are from simulated sites", "fail"),
        ({"provenance": "plan"}, "vocabulary(provenance)", "fail"),
        ({"site_id": "S2"}, "assessed sites reporting", "warn"),
        ({"period_end": "2026-11-21 00:00"}, "assessed sites reporting", "warn"),
    ],
)
def test_a_defect_in_the_readings_is_caught(
    tmp_path: Path, change: dict[str, Any], expectation: str, outcome: str
) -> None:
    report = gate(candidate(), lay_clean(tmp_path, [{**READING, **change}]))
    assert ("clean_air", expectation, outcome) in broken(report)


def test_one_parameter_full_of_flags_is_seen_among_others(tmp_path: Path) -> None:
    good = [{**READING, "period_end": f"2026-11-22 {i // 60:02d}:{i % 60:02d}"} for i in range(600)]
    bad = [{**r, "parameter": "no2", "flag": 3} for r in good[:60]]
    counts = {**COUNTS, "readings_in": 660, "readings_clean": 660, "readings_flagged": 60}
    report = gate(candidate(), lay_clean(tmp_path, good + bad, [counts]))
    assert ("clean_air", "flagged share of a parameter, recent", "warn") in broken(report)
    assert "no2" in one(report, "flagged share of a parameter, recent").failing_rows


def test_a_missing_table_is_critical_and_no_waiver_mends_it(tmp_path: Path) -> None:
    waiver = Waiver("mart_water", "exists", "Li Wei", "Wang Min", "no", date(2027, 1, 1))
    report = gate(candidate(water=False), lay_clean(tmp_path), waivers=[waiver], digests={"mart_air": "da"})
    assert ("mart_water", "exists", "fail") in broken(report)
    assert report.domain("water").verdict == "fail"  # type: ignore[union-attr]


def test_a_broken_contract_is_critical_and_its_suite_is_not_run(tmp_path: Path) -> None:
    con = candidate()
    con.execute("alter table candidate.mart_air drop column aqi")
    con.execute("alter table candidate.mart_air add column pm varchar")
    report = gate(con, lay_clean(tmp_path))
    record = one(report, "contract")
    assert record.observed == "aqi bigint is missing; pm varchar is not declared"
    assert record.waivable is False
    assert not any(r.table_name == "mart_air" and r.judged_by == "great_expectations" for r in report.records)


def test_a_clean_table_of_another_schema_is_critical(tmp_path: Path) -> None:
    root = lay_clean(tmp_path)
    columns = tuple(replace(c, dtype="string") if c.name == "source_id" else c for c in CLEAN_COLUMNS)
    columns = tuple(replace(c, dtype="int") if c.name == "raw_column" else c for c in columns)
    (root / "clean_air" / "empty.parquet").unlink()
    write(root / "clean_air" / "day=2026-11-22" / "part-0.parquet", columns, [READING])
    record = one(gate(candidate(), root), "contract")
    assert (record.table_name, record.observed) == ("clean_air", "raw_column is bigint, declared varchar")


def test_a_waived_failure_publishes_with_a_mark(tmp_path: Path) -> None:
    waiver = Waiver("mart_air", "not_null(aqi)", "Li Wei", "Wang Min", "no breakpoints for 1982", date(2026, 11, 23))
    con = candidate(air=[{**ROW, "aqi": None}])
    report = gate(con, lay_clean(tmp_path), waivers=[waiver])
    assert report.domain("air").verdict == "warn"  # type: ignore[union-attr]
    assert one(report, "not_null(aqi)").waiver.startswith("Li Wei, approved by Wang Min, until 2026-11-23")
    late = gate(con, None, waivers=[replace(waiver, until=date(2026, 11, 22))])
    assert late.domain("air").verdict == "fail"  # type: ignore[union-attr]


def test_a_failed_dbt_test_holds_its_domain(tmp_path: Path) -> None:
    finding = DbtFinding("grain", "test", "fail", "Got 2 results", 2, "critical", ("mart_air",))
    report = gate(candidate(), lay_clean(tmp_path), dbt=[finding])
    assert ("mart_air", "dbt_test(grain)", "fail") in broken(report)
    assert report.domain("air").verdict == "fail"  # type: ignore[union-attr]


def test_volume_is_compared_with_the_current_release(tmp_path: Path) -> None:
    release = tmp_path / "release"
    (release / "marts").mkdir(parents=True)
    con = candidate()
    con.execute(f"copy (select * from range(10)) to '{release}/marts/mart_air.parquet' (format parquet)")
    report = gate(con, lay_clean(tmp_path / "clean"), earlier=EarlierRelease(path=release))
    assert ("mart_air", "volume", "warn") in broken(report)


def test_a_table_is_never_judged_without_a_digest_a_suite_or_a_declaration(tmp_path: Path) -> None:
    con = candidate()
    with pytest.raises(GateError, match="mart_water: judged without a digest"):
        gate(con, None, digests={"mart_air": "da"})
    with pytest.raises(GateError, match="mart_z: not in the catalogue"):
        judge(con, Case(["mart_z"], {}), Rules(catalogue(AIR), AS_OF))
    with pytest.raises(SuiteError, match="published without a suite: mart_air"):
        judge(con, Case(["mart_air"], {}), Rules(catalogue(AIR), AS_OF, suites={}))


def test_the_same_candidate_gives_the_same_records(tmp_path: Path) -> None:
    root = lay_clean(tmp_path)
    later = lay_clean(tmp_path / "again", counts=[{**COUNTS, "landed_at": "2026-11-23 09:00"}])
    assert gate(candidate(), root).records == gate(candidate(), later).records


def test_the_gate_changes_nothing_and_needs_no_write_access(tmp_path: Path) -> None:
    file = tmp_path / "candidate.duckdb"
    con = duckdb.connect(str(file))
    con.execute("create schema candidate")
    relation(con, "candidate.candidate.mart_air", AIR, [ROW])
    relation(con, "candidate.candidate.mart_water", WATER, [])
    con.close()
    before = file.read_bytes()
    with duckdb.connect(str(file), read_only=True) as reading:
        assert broken(gate(reading, lay_clean(tmp_path / "clean"))) == set()
    assert file.read_bytes() == before


LOADS = re.compile(r"""(?:src|href|action|data|poster|srcset)\s*=\s*["']?([^"'\s>]+)|url\(|import""", re.IGNORECASE)
HARMLESS = set("html head meta title style body p a h1 h2 ul li table thead tbody tr th td div span code".split())  # noqa: SIM905


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_the_pages_load_nothing(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    report = gate(candidate(air=[ROW, ROW]), lay_clean(tmp_path / "clean"), docs=docs)
    assert set(report.pages) == {p.name for p in docs.iterdir()} >= {"index.html", "mart_air.html", "clean_air.html"}
    for page in docs.iterdir():
        text = page.read_text(encoding="utf-8")
        assert "http" not in text, page.name
        assert all(found.group(1) in report.pages for found in LOADS.finditer(text)), page.name


def test_what_comes_from_data_stays_text(tmp_path: Path) -> None:
    evil = {**ROW, "provenance": "<img src=https://evil.example/x.png><script>1</script>"}
    docs = tmp_path / "docs"
    report = gate(candidate(air=[evil]), lay_clean(tmp_path / "clean"), docs=docs)
    for name in report.pages:
        tags = Tags()
        tags.feed((docs / name).read_text(encoding="utf-8"))
        assert {tag for tag, _ in tags.found} <= HARMLESS, name
        assert {a.get("href") for tag, a in tags.found if tag == "a"} <= set(report.pages), name


def test_a_page_says_what_was_judged_in_the_judges_words_with_failing_rows(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    gate(candidate(air=[{**ROW, "provenance": "guessed"}]), lay_clean(tmp_path / "clean"), docs=docs)
    text = (docs / "mart_air.html").read_text(encoding="utf-8")
    assert "distinct values must belong to this set: simulated plan reported observed" in text
    assert "1 of 1 failing rows" in text
    assert "guessed" in text


def test_great_expectations_is_imported_only_by_the_judge_and_leaves_the_home_empty(tmp_path: Path) -> None:
    code = (
        "import sys, expectations.gate, expectations.dbt_results, expectations.docs\n"
        "assert 'great_expectations' not in sys.modules and 'pandas' not in sys.modules\n"
        "from expectations.great_judge import Judge; Judge()\n"
        "assert 'great_expectations' in sys.modules\n"
    )
    home = tmp_path / "home"
    home.mkdir()
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], env={"HOME": str(home), "PATH": "/usr/bin:/bin"}, cwd=root, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert list(home.iterdir()) == []


def test_records_verdicts_and_waivers_need_only_the_standard_library() -> None:
    code = (
        "import sys, warehouse.tables.judged, expectations.verdicts, expectations.waivers, expectations.dbt_results\n"
        "assert not {'duckdb', 'pandas', 'polars', 'pyarrow', 'great_expectations'} & set(sys.modules)\n"
    )
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
