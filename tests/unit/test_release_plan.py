"""What a release will be, from what was found and what came before: no files, no lake."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.unit.warehouse_kit import AIR, AS_OF, CATALOGUE, CROSS, WATER, record
from warehouse.release.gate_records import Refused, rows_of
from warehouse.release.kept import declared
from warehouse.release.release_plan import Judged, Past, ReleasePlan, plan_release
from warehouse.release.releases import Release
from warehouse.tables.admitted import AdmittedTable, DomainState
from warehouse.tables.catalogue import MartTable
from warehouse.tables.digest import release_digest

AT = datetime(2026, 11, 23, 7, 30, 15, 250_000, tzinfo=UTC)
DIGESTS = {WATER: "1" * 64, AIR: "2" * 64, CROSS: "3" * 64}
FRESH = DomainState("fresh", None, "")


def fresh(table: MartTable) -> AdmittedTable:
    return AdmittedTable(table.name, table.domain, "fresh", DIGESTS[table], None, "", "")


def held(table: MartTable, origin: str) -> AdmittedTable:
    return replace(fresh(table), state="held", since=AS_OF, reason="it failed", release_of_origin=origin)


def found(*tables: AdmittedTable) -> Judged:
    """`tables` with a passing record for each fresh one."""
    passed = [record(CATALOGUE.table(t.name), t.digest) for t in tables if t.state == "fresh"]
    return Judged(tables, tuple(passed))


ALL = found(fresh(WATER), fresh(AIR), fresh(CROSS))


def plan(judged: Judged = ALL, past: Past | None = None, at: datetime = AT) -> ReleasePlan:
    return plan_release(CATALOGUE, judged, past or Past(), at)


def published(made: ReleasePlan, state: str = "current") -> Release:
    return Release(
        made.release_id, made.seq, made.digest, AT.isoformat(), "ab" * 32, state, state == "withdrawn", Path("nowhere")
    )


def past(made: ReleasePlan, **differing: Any) -> Past:
    """What comes after `made` was published: its manifest as far as a plan reads it."""
    manifest = {
        "domains": {domain: state.as_dict() for domain, state in made.domains.items()},
        "tables": [
            {"name": t.name, "digest": t.digest, "rows": 2, **declared(CATALOGUE.table(t.name))} for t in made.tables
        ],
        "files": {"marts.duckdb": {"bytes": 100, "sha256": "cd" * 32}},
        "database": {"storage": "v1.0.0", "bytes_anew": 100},
    }
    return replace(Past((published(made),), manifest, made.judged), **differing)


def test_the_first_release() -> None:
    made = plan()
    tables = [(t.name, digest) for t, digest in DIGESTS.items()]
    states = {domain: FRESH.as_dict() for domain in ("water", "air", "cross_domain")}
    assert made.digest == release_digest(tables, states)
    assert (made.seq, made.release_id, made.outcome) == (1, f"000001-{made.digest[:12]}", "published")
    assert made.domains == {"water": FRESH, "air": FRESH, "cross_domain": FRESH}
    assert made.local == datetime(2026, 11, 23, 7, 30, 15)
    assert {row["release_id"] for row in made.judged} == {made.release_id} and not made.carried
    assert not made.kept.tables and made.kept.base is None
    entry = {
        "release_id": made.release_id, "seq": 1, "digest": made.digest, "manifest_sha256": "ff", "previous": None,
        "domains": {"water": "fresh", "air": "fresh", "cross_domain": "fresh"},
    }  # fmt: skip
    assert made.ledger_entries("ff") == [("release", entry)]


def test_what_is_not_bound_to_a_passing_record_is_refused_by_name() -> None:
    failed = replace(ALL, records=(*ALL.records, record(CROSS, DIGESTS[CROSS], "fail")))
    with pytest.raises(Refused, match=r"^mart_cross: the gate failed it"):
        plan(failed)
    with pytest.raises(Refused, match=r"mart_water: no gate record.*; mart_air: no gate record.*; mart_cross: no gate"):
        plan(replace(ALL, records=()))
    other = tuple(replace(r, table_digest="f" * 64) for r in ALL.records[:1])
    with pytest.raises(Refused, match=r"^mart_water: no gate record is bound to the digest 111111111111"):
        plan(replace(ALL, records=(*other, *ALL.records[1:])))


@pytest.mark.parametrize("tables", [ALL.tables[:2], (*ALL.tables, ALL.tables[0])])
def test_a_missing_or_doubled_table_is_refused(tables: tuple[AdmittedTable, ...]) -> None:
    with pytest.raises(Refused, match="admitted and declared tables differ"):
        plan(replace(ALL, tables=tables))


def test_a_held_table_needs_its_record_in_the_release_that_let_it_through() -> None:
    first = plan()
    judged = found(fresh(WATER), held(AIR, first.release_id), fresh(CROSS))
    second = plan(judged, past(first))
    assert second.seq == 2 and second.outcome == "published"
    assert second.domains["air"] == DomainState("held", AS_OF, "it failed")
    assert [row["table_name"] for row in second.carried] == ["mart_air"]
    assert second.newly_held == ("air",)
    hold = {"domain": "air", **second.domains["air"].as_dict(), "release_id": second.release_id}
    assert second.ledger_entries("ff")[1:] == [("hold", hold)]
    for gone in ({"gate_rows": ()}, {"gate_rows": tuple({**row, "release_id": "other"} for row in first.judged)}):
        with pytest.raises(Refused, match="mart_air: no gate record"):
            plan(judged, past(first, **gone))
    # What the ledger has noted of a domain is not noted again.
    third = plan(judged, past(second, gate_rows=first.judged), AT + timedelta(days=1))
    assert third.newly_held == ()


def test_a_domain_is_as_its_worst_table() -> None:
    empty = replace(held(AIR, ""), state="empty", reason="never passed")
    made = plan(found(fresh(WATER), empty, fresh(CROSS)))
    assert made.domains["air"] == DomainState("empty", AS_OF, "never passed")


def test_the_same_digest_again_is_unchanged_or_withdrawn() -> None:
    first = plan()
    again = plan(ALL, past(first))
    assert (again.outcome, again.same) == ("unchanged", published(first))
    changed = replace(first, release_id="000002-x", seq=2, digest="e" * 64)
    back = plan(ALL, past(changed, known=(published(first, "withdrawn"), published(changed))))
    assert (back.outcome, back.same, back.seq) == ("withdrawn", published(first, "withdrawn"), 3)


def test_what_did_not_change_stays_where_it_is() -> None:
    first = plan()
    judged = found(fresh(WATER), replace(fresh(AIR), digest="9" * 64), fresh(CROSS))
    kept = plan(judged, past(first)).kept
    assert sorted(kept.tables) == ["mart_cross", "mart_water"]
    assert kept.base == Path("nowhere/marts.duckdb") and kept.bytes_anew == 100


def test_a_lost_release_is_named_by_the_one_that_replaces_it() -> None:
    made = plan(ALL, Past(replaces="000001-lost"))
    assert made.ledger_entries("ff")[0][1]["replaces"] == "000001-lost"


def test_the_moment_is_in_the_gate_rows_unless_an_earlier_run_judged() -> None:
    carried = replace(ALL.records[0], judged_at="2026-11-22T08:00:00")
    made = plan(replace(ALL, records=(carried, *ALL.records[1:])))
    assert [row["judged_at"] for row in made.judged] == ["2026-11-22T08:00:00", *["2026-11-23T07:30:15"] * 2]
    assert len(rows_of(ALL.records, AS_OF)) == 3
