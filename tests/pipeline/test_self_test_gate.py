"""The gate's self-test: a defect planted into the candidate of a published district turns the verdict, every time.

Here belong defects that only the gate can see, one at a time in a copy of the real candidate, judged by the real
suites. Not here: defects in deliveries (test_self_test.py), or single kinds of expectations (tests/gate).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from expectations.carry import EarlierRelease
from expectations.gate import Case, Rules, judge
from warehouse.paths import DataDir
from warehouse.tables.catalogue import JUDGEMENT, Catalogue, MartTable, load_catalogue
from warehouse.tables.judged import GateReport

AS_OF = datetime(2025, 1, 25, 6, 30)
SCHEMA = {"cross_domain": "cross_domain"}


@dataclass(frozen=True)
class Planted:
    """A defect: SQL that plants it into `table`, and the expectation that has to see it, with its outcome."""

    table: str
    sql: str
    sees: str
    outcome: str = "fail"


DEFECTS = [
    # A unit slip, a sign and a level that no instrument shows.
    Planted("mart_water_item_monthly", "set mean_value = mean_value * 1000 where parameter = 'ph'", "mean_value"),
    Planted("mart_air_station_daily", "set aqi = -1, pm2_5_iaqi = -1 where aqi is not null", "between(aqi)"),
    Planted("mart_noise_site_daily", "set ld_db = 201.3 where ld_db is not null", "between(ld_db)"),
    Planted("mart_waste_daily", "set net_t = -net_t where net_t > 0", "between(net_t)"),
    Planted("mart_energy_monthly", "set tce = -1, tce_validity = 'valid'", "between(tce)"),
    # Columns of one row that contradict each other.
    Planted("mart_water_section_monthly", "set water_class = 'II', class_rank = 3", "class and rank say the same"),
    Planted("mart_water_section_monthly", "set deciding_items = '' where class_rank > 1", "names what decides it"),
    Planted("mart_air_station_daily", "set aqi = aqi + 1 where aqi is not null", "the AQI is the largest IAQI"),
    Planted("mart_air_station_daily", "set category = 'excellent' where aqi > 50", "the category is that of the AQI"),
    Planted("mart_noise_site_daily", "set night_attained = not night_attained", "attained by night means"),
    Planted("mart_noise_site_daily", "set lmax_night_db = ln_db - 1", "ln_db is at most lmax_night_db"),
    Planted("mart_noise_site_daily", "set lmax_day_db = ld_db - 1", "ld_db is at most lmax_day_db"),
    Planted("mart_waste_daily", "set loads = n_valid + 1", "loads counted are the valid ones"),
    Planted("mart_energy_monthly", "set tce = 1, tco2 = 13, tce_validity = 'valid'", "CO2 per tce"),
    Planted("mart_water_item_monthly", "set n_nondetects = n_values + 1", "non-detects are part of the values"),
    # A figure that its rule does not allow, words that nobody declared, an origin that is not the row's own.
    Planted("mart_returns_values", "set validity = 'insufficient' where value is not null", "a value left out is null"),
    Planted("mart_air_indicators", "set validity = 'perhaps'", "vocabulary(validity)"),
    Planted("mart_waste_indicators", "set provenance = null", "not_null(provenance)"),
    Planted("mart_water_section_monthly", "set provenance = 'observed'", "a simulated site says so"),
    Planted("mart_air_indicators", "set n_valid = n_expected + 1", "n_valid is at most n_expected", "warn"),
    # What is made from all domains.
    Planted("mart_plan_scorecard", "set status = 'met', judged_value = null", "a judgement has its value"),
    Planted("mart_plan_scorecard", "set status = 'on_track', validity = 'insufficient'", "no status from insufficient"),
    Planted("mart_data_health", "set deliveries_late = deliveries_received + 1", "deliveries_late"),
    Planted(
        "mart_data_health", "set coverage = null where coverage_basis = 'readings'", "coverage says what it counts"
    ),
    Planted("mart_data_health_site", "set n_received = n_received + 1", "each clean reading is counted at one site"),
    Planted(
        "mart_data_health_site", "set silent_since = period_end + interval 2 day", "what is silent was heard before"
    ),
    Planted("mart_delivery_counts", "set records_unaccounted = 1", "every record is accounted for", "warn"),
]


@dataclass(frozen=True)
class Candidate:
    """A writable copy of a district's candidate with its catalogue, its clean layer and the release made of it."""

    con: duckdb.DuckDBPyConnection
    catalogue: Catalogue
    clean: Path
    release: Path

    @property
    def tables(self) -> list[MartTable]:
        return [t for t in self.catalogue.tables if t.domain != JUDGEMENT]

    def judged(self, *tables: str, whole: bool = False) -> GateReport:
        """The gate's word on `tables`; `whole`: with the clean layer and against the current release."""
        digests = dict.fromkeys(tables, "planted")
        root, before = (self.clean, self.release) if whole else (None, None)
        case = Case(tables, digests, clean_root=root)
        return judge(self.con, case, Rules(self.catalogue, AS_OF, earlier=EarlierRelease(path=before)))

    def place(self, name: str) -> str:
        (table,) = [t for t in self.catalogue.tables if t.name == name]
        return f"{SCHEMA.get(table.domain, 'candidate')}.{name}"

    @contextmanager
    def planted(self, *statements: str) -> Iterator[None]:
        """Runs the statements and takes them back at the end."""
        self.con.execute("begin")
        try:
            for statement in statements:
                self.con.execute(statement)
            yield
        finally:
            self.con.execute("rollback")


@pytest.fixture(scope="module")
def candidate(district, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Candidate]:
    assert district.first.code == 0, district.first.out + district.first.err
    data = DataDir(district.data)
    # The file keeps its name: DuckDB takes its catalogue from it.
    copy = Path(shutil.copy(data.build_db, tmp_path_factory.mktemp("candidate") / data.build_db.name))
    with duckdb.connect(str(copy)) as con:
        yield Candidate(con, load_catalogue(data.dbt_manifest), data.clean, data.current)


def outcomes(report: GateReport) -> dict[str, set[str]]:
    """Expectations that did not pass, by table."""
    found: dict[str, set[str]] = {}
    for record in report.records:
        if record.outcome != "pass":
            found.setdefault(record.table_name, set()).add(record.expectation)
    return found


@pytest.fixture(scope="module")
def undisturbed(candidate: Candidate) -> dict[str, set[str]]:
    """Expectations that do not pass without a defect, by table."""
    return outcomes(candidate.judged(*sorted({d.table for d in DEFECTS})))


def test_without_a_defect_no_table_fails(candidate: Candidate) -> None:
    report = candidate.judged(*(t.name for t in candidate.tables), whole=True)
    assert [r for r in report.records if r.outcome == "fail"] == []
    assert {v.table for v in report.table_verdicts} >= {t.name for t in candidate.tables}


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda d: f"{d.table}-{d.sees}")
def test_a_planted_defect_turns_the_verdict(
    candidate: Candidate, undisturbed: dict[str, set[str]], defect: Planted
) -> None:
    before = undisturbed.get(defect.table, set())
    with candidate.planted(f"update {candidate.place(defect.table)} {defect.sql}"):
        report = candidate.judged(defect.table)
    new = [r for r in report.records if r.outcome != "pass" and r.expectation not in before]
    seen = [r for r in new if defect.sees in r.expectation]
    assert seen, f"only {[r.expectation for r in new]}"
    assert {r.outcome for r in seen} == {defect.outcome}
    assert all(r.unexpected_count and r.failing_rows != "[]" for r in seen)
    (verdict,) = report.domain_verdicts
    assert verdict.verdict == "fail" or defect.outcome == "warn"


def test_every_table_fails_when_it_is_emptied(candidate: Candidate) -> None:
    """An empty table passes most expectations: its feed's readings, or the release before, must betray it."""
    full = [t for t in candidate.tables if _rows(candidate, t.name)]
    with candidate.planted(*(f"delete from {candidate.place(t.name)}" for t in full)):
        report = candidate.judged(*(t.name for t in candidate.tables), whole=True)
    found = outcomes(report)
    silent = {t.name for t in full if not found.get(t.name)}
    assert silent == set()
    failing = {r.domain for r in report.records if r.outcome == "fail"}
    assert failing >= {"water", "air", "noise", "waste", "energy", "returns", "cross_domain"}


def test_every_table_fails_when_a_row_is_there_twice(candidate: Candidate) -> None:
    full = [t for t in candidate.tables if _rows(candidate, t.name)]
    double = "insert into {0} select * from {0} limit 1"
    with candidate.planted(*(double.format(candidate.place(t.name)) for t in full)):
        report = candidate.judged(*(t.name for t in full))
    verdicts = {v.table: v.verdict for v in report.table_verdicts}
    assert {t.name: verdicts[t.name] for t in full} == dict.fromkeys((t.name for t in full), "fail")
    assert all(any("unique" in e for e in outcomes(report)[t.name]) for t in full)


def test_every_table_fails_when_a_column_is_gone(candidate: Candidate) -> None:
    last = {t.name: t.columns[-1].name for t in candidate.tables}
    with candidate.planted(*(f'alter table {candidate.place(t)} drop column "{c}"' for t, c in last.items())):
        report = candidate.judged(*last)
    verdicts = {v.table: v.verdict for v in report.table_verdicts}
    assert verdicts == dict.fromkeys(last, "fail")
    assert all("contract" in expectations for expectations in outcomes(report).values())


def _rows(candidate: Candidate, table: str) -> int:
    (count,) = candidate.con.execute(f"select count(*) from {candidate.place(table)}").fetchone() or (0,)
    return count
