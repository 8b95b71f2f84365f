"""One network that fails is held by itself: its rows stay as they were, the others publish, and the release says so.

Here a site is the part. Not here: holding whole tables (test_held_tables.py).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from expectations.bench import Bench
from expectations.checks import between
from expectations.parts import by_parts
from expectations.reduce import Target
from expectations.verdicts import domain_verdicts
from orchestration import handover
from sources.registry.feed_model import CROSS_DOMAIN
from tests.unit.warehouse_kit import AS_OF, CATALOGUE, NOW, WATER, build, digests_of, read_release, record
from warehouse.candidate.admission import admit, fresh
from warehouse.paths import DataDir
from warehouse.release.gate_records import Refused
from warehouse.release.manifest import Origin
from warehouse.release.publication import publish
from warehouse.release.release_plan import Judged
from warehouse.release.releases import current, read_manifest
from warehouse.tables.catalogue import Catalogue
from warehouse.tables.judged import DomainVerdict, GateRecord, GateReport

DAY = timedelta(days=1)
BY_SITE = replace(WATER, part="site_id")
PARTED = Catalogue(tuple(BY_SITE if t.name == WATER.name else t for t in CATALOGUE.tables), CATALOGUE.seeds)
# The site whose value build() sets, and the one that it leaves as it is.
CHANGING, OTHER = "东坝", "来广营"


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path / "data").prepare()


def released(data: DataDir, value: int, held: tuple[str, ...], day: int = 0) -> str:
    """Publishes with mart_water at `value`, the sites `held` failing; gives the release's id."""
    build(data, {"mart_water": value}, PARTED)
    digests = digests_of(data, PARTED)
    records = [record(t, digests[t.name]) for t in PARTED.tables if t.name in digests]
    records += [replace(record(BY_SITE, digests["mart_water"], "fail"), part=site) for site in held]
    verdicts = {v.domain: v for v in domain_verdicts(records)}
    as_of = AS_OF + day * DAY
    admitted = admit(data.build_db, PARTED, verdicts, digests, data, as_of)
    tables = (*admitted, *(fresh(t, digests[t.name]) for t in PARTED.of(CROSS_DOMAIN)))
    found = Judged(tables, tuple(records), tuple(verdicts.values()))
    return publish(data, PARTED, found, Origin(as_of=as_of), now=NOW + day * DAY).release_id


def water(data: DataDir) -> dict[str, Decimal | None]:
    return {row[0]: row[2] for row in read_release(data.current, "mart_water")}


def test_a_part_that_fails_keeps_its_rows_while_the_others_are_published(data: DataDir) -> None:
    released(data, 1, ())
    released(data, 2, (CHANGING,), day=1)
    assert water(data)[CHANGING] == Decimal("1.5")
    (entry,) = [t for t in read_manifest(current(data))["tables"] if t["name"] == "mart_water"]
    assert entry["state"] == "fresh"
    assert entry["parts"][CHANGING]["since"] == (AS_OF + DAY).isoformat()
    assert "expected 1 to 10" in entry["parts"][CHANGING]["reason"]
    (said,) = [row for row in read_release(data.current, "mart_release_tables") if row[0] == "mart_water"]
    assert said[3] == "fresh" and CHANGING in said[5]
    released(data, 3, (CHANGING,), day=2)
    (entry,) = [t for t in read_manifest(current(data))["tables"] if t["name"] == "mart_water"]
    assert entry["parts"][CHANGING]["since"] == (AS_OF + DAY).isoformat(), "it is held since the first refresh"
    released(data, 4, (), day=3)
    assert water(data)[CHANGING] == Decimal("4.5")
    assert "parts" not in read_manifest(current(data))["tables"][0]


def test_the_other_parts_are_published_as_they_are_now(data: DataDir) -> None:
    released(data, 1, ())
    released(data, 2, (OTHER,), day=1)
    assert water(data)[CHANGING] == Decimal("2.5")


def test_a_part_without_an_earlier_release_has_no_row(data: DataDir) -> None:
    released(data, 1, (CHANGING,))
    assert list(water(data)) == [OTHER]


def test_a_failed_part_that_nobody_holds_is_refused(data: DataDir) -> None:
    build(data, {}, PARTED)
    digests = digests_of(data, PARTED)
    records = [record(t, digests[t.name]) for t in PARTED.tables if t.name in digests]
    records.append(replace(record(BY_SITE, digests["mart_water"], "fail"), part=CHANGING))
    tables = tuple(fresh(t, digests[t.name]) for t in PARTED.tables if t.name in digests)
    with pytest.raises(Refused, match="the gate failed it"):
        publish(data, PARTED, Judged(tables, tuple(records)), Origin(as_of=AS_OF), now=NOW)


def test_the_gate_finds_the_part_that_breaks_a_check_and_leaves_the_others_be(tmp_path) -> None:
    con = duckdb.connect()
    con.execute("create table t as select * from (values ('a', 1), ('a', 99), ('b', 2)) as v (site_id, value)")
    table = replace(BY_SITE, name="t")
    bench, target = Bench(con), Target("t", ("site_id", "value"), None)
    checks = [between("value", 0, 10)]
    bench.judge("water", "t", "d", target, checks)
    found = by_parts(bench, table, "d", target, checks)
    assert [(r.part, r.outcome) for r in found] == [("a", "fail")]
    (verdict,) = domain_verdicts(found)
    assert verdict.verdict == "warn"
    assert list(verdict.parts) == ["a"]
    assert verdict.parts["a"][0].startswith("t of a: between(value)")


def test_what_holds_as_a_whole_is_not_judged_by_part(tmp_path) -> None:
    con = duckdb.connect()
    con.execute("create table t as select 'a' as site_id, 1 as value")
    bench, target = Bench(con), Target("t", ("site_id",), None)
    checks = [between("value", 0, 10)]
    bench.judge("water", "t", "d", target, checks)
    assert [(r.part, r.outcome) for r in by_parts(bench, replace(BY_SITE, name="t"), "d", target, checks)] == [
        ("", "pass")
    ]


def test_parts_are_handed_over(data: DataDir) -> None:
    build(data, {}, PARTED)
    digests = digests_of(data, PARTED)
    verdict = DomainVerdict("water", "warn", ("why",), {CHANGING: ("why",)})
    admitted = admit(data.build_db, PARTED, {"water": verdict}, digests, data, AS_OF)
    handover.save_admitted(data, admitted)
    assert handover.load_admitted(data) == admitted
    failed: GateRecord = replace(record(BY_SITE, "d", "fail"), part=CHANGING)
    report = GateReport((failed,), (), (verdict,))
    handover.save_report(data, "domains", report)
    assert handover.load_report(data, "domains") == report
