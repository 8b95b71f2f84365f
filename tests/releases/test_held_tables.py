"""What fails is held: the previous tables with since-when and why, or empty ones under their contract.

Here belongs holding table by table. Not here: a held domain through whole refreshes (tests/pipeline).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.releases.test_warehouse_release import kinds, states
from tests.unit.warehouse_kit import (
    AIR,
    AS_OF,
    CATALOGUE,
    CROSS,
    NOW,
    WATER,
    build,
    mart,
    read_release,
    refresh,
)
from warehouse.candidate.admission import NOT_JUDGED, HeldContractChanged, admit
from warehouse.paths import DataDir
from warehouse.release.releases import current, read_manifest
from warehouse.tables.catalogue import Catalogue, MartColumn
from warehouse.tables.judged import DomainVerdict

DAY = timedelta(days=1)


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path / "data").prepare()


def test_failing_on_the_very_first_refresh_leaves_typed_empty_tables(data: DataDir) -> None:
    refresh(data, {}, failed=("air",))
    assert read_release(data.current, "mart_air") == []
    assert len(read_release(data.current, "mart_water")) == 2
    assert states(data)["mart_air"] == ("empty", AS_OF, "it failed")
    assert kinds(data) == ["release", "hold"]


def test_failing_later_holds_the_previous_tables_and_their_records(data: DataDir) -> None:
    first = refresh(data, {"mart_air": 1})
    second = refresh(data, {"mart_air": 2, "mart_water": 2}, failed=("air",), as_of=AS_OF + DAY, now=NOW + DAY)
    third = refresh(data, {"mart_air": 3, "mart_water": 3}, failed=("air",), as_of=AS_OF + 2 * DAY, now=NOW + 2 * DAY)
    assert second.new and third.new
    assert read_release(data.current, "mart_air") == read_release(first.path, "mart_air")
    assert states(data)["mart_air"] == ("held", AS_OF + DAY, "it failed")
    entry = next(t for t in read_manifest(current(data))["tables"] if t["name"] == "mart_air")
    assert entry["release_of_origin"] == first.release_id
    carried = [r for r in read_release(data.current, "mart_gate_results") if r[2] == "mart_air"]
    assert {(r[7], r[-2]) for r in carried} == {("pass", first.release_id), ("fail", third.release_id)}
    assert kinds(data) == ["release", "release", "hold", "release"]
    fourth = refresh(data, {"mart_air": 3, "mart_water": 3}, as_of=AS_OF + 3 * DAY)
    assert states(data)["mart_air"] == ("fresh", None, "")
    assert fourth.new


def test_rows_that_passed_once_stay_when_a_later_gate_fails_the_same_rows(data: DataDir) -> None:
    first = refresh(data, {})
    for value in (2, 3):
        published = refresh(data, {"mart_water": value}, failed=("air",))
        assert published.new and states(data)["mart_air"] == ("held", AS_OF, "it failed")
        rows = [row for row in read_release(data.current, "mart_gate_results") if row[2] == "mart_air"]
        assert [(row[7], row[-2]) for row in rows] == [("fail", published.release_id)]
    assert read_release(data.current, "mart_air") == read_release(first.path, "mart_air")


def test_a_domain_without_verdict_is_held(data: DataDir) -> None:
    build_db = build(data, {})
    admitted = admit(build_db, CATALOGUE, {"water": DomainVerdict("water", "warn")}, {}, data, AS_OF)
    assert [(t.name, t.state, t.reason) for t in admitted] == [
        ("mart_water", "fresh", ""),
        ("mart_air", "empty", NOT_JUDGED),
    ]


def test_a_held_domain_needs_no_candidate_table(data: DataDir) -> None:
    refresh(data, {"mart_air": 4})
    build_db = build(data, {})
    with duckdb.connect(str(build_db)) as con:
        con.execute("DROP TABLE candidate.mart_air")
    admitted = admit(build_db, CATALOGUE, {"water": DomainVerdict("water", "pass")}, {}, data, AS_OF)
    assert admitted[1].state == "held"


@pytest.mark.parametrize(
    "changed",
    [
        replace(AIR, columns=(*AIR.columns, MartColumn("n", "bigint", "New"))),
        replace(AIR, columns=(*AIR.columns[:2], MartColumn("value", "decimal(9,4)", "Narrower"), AIR.columns[3])),
        replace(AIR, grain=("day", "site_id")),
        replace(AIR, volatile=("ok",)),
    ],
)
def test_a_held_table_with_another_contract_stops_the_release(data: DataDir, changed) -> None:
    refresh(data, {})
    with pytest.raises(HeldContractChanged, match="mart_air must be held"):
        refresh(data, {"mart_water": 9}, failed=("air",), catalogue=Catalogue((WATER, changed, CROSS)))
    assert kinds(data) == ["release"]


def test_a_new_mart_of_a_held_domain_is_empty(data: DataDir) -> None:
    refresh(data, {})
    new = mart("mart_air_new", "air")
    refresh(data, {}, failed=("air",), catalogue=Catalogue((*CATALOGUE.tables, new)))
    assert states(data)["mart_air"][0] == "held"
    assert states(data)["mart_air_new"][0] == "empty"


def test_a_cross_domain_table_that_fails_alone_is_held_and_the_others_publish(data: DataDir) -> None:
    alone = {CROSS: DomainVerdict("cross_domain", "fail", ("sums differ",))}
    refresh(data, {}, failed=("cross_domain",), alone=alone)
    assert read_release(data.current, "mart_cross") == []
    assert states(data)["mart_cross"] == ("empty", AS_OF, "sums differ")
    good = refresh(data, {"mart_cross": 2}, as_of=AS_OF + DAY, now=NOW + DAY)
    assert states(data)["mart_cross"] == ("fresh", None, "")
    later = AS_OF + 2 * DAY
    refresh(data, {"mart_air": 3, "mart_cross": 3}, failed=("cross_domain",), alone=alone, as_of=later, now=NOW + DAY)
    assert read_release(data.current, "mart_cross") == read_release(good.path, "mart_cross")
    assert states(data)["mart_cross"] == ("held", later, "sums differ")
    assert states(data)["mart_air"] == ("fresh", None, "")
    assert read_release(data.current, "mart_air")[0][2] == Decimal("3.5")
    assert kinds(data) == ["release", "hold", "release", "release", "hold"]


def test_a_cross_domain_table_that_others_are_built_from_is_never_held_alone(data: DataDir) -> None:
    read = replace(CROSS, is_read=True)
    with pytest.raises(ValueError, match="mart_cross: other tables are built from it"):
        refresh(data, {}, failed=("cross_domain",), alone={read: DomainVerdict("cross_domain", "fail")})
    assert current(data) is None
