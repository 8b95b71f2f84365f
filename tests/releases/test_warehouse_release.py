"""What readers find: only what passed its gate, whole, in the pinned format, and the way back when it was wrong."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.unit.warehouse_kit import (
    AIR,
    AS_OF,
    CATALOGUE,
    CROSS,
    GATE_RESULTS,
    NOW,
    RELEASE_TABLES,
    WATER,
    build,
    digests_of,
    mart,
    read_release,
    record,
    refresh,
)
from warehouse.candidate.admission import admit, fresh
from warehouse.paths import DataDir
from warehouse.release.assembly import JudgementContract
from warehouse.release.gate_records import Refused
from warehouse.release.ledger import Ledger
from warehouse.release.manifest import Origin
from warehouse.release.publication import Published, publish
from warehouse.release.release_plan import Judged
from warehouse.release.releases import (
    ReleaseError,
    current,
    hold,
    prune,
    read_manifest,
    releases,
    rollback,
    verify_files,
)
from warehouse.tables.admitted import AdmittedTable
from warehouse.tables.catalogue import Catalogue, MartColumn
from warehouse.tables.judged import DomainVerdict
from warehouse.tables.staging import clear, staged

DAY = timedelta(days=1)


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path / "data").prepare()


def kinds(data: DataDir) -> list[str]:
    return [e.kind for e in Ledger(data.ledger_file).entries()]


def states(data: DataDir) -> dict[str, tuple]:
    rows = read_release(data.current, "mart_release_tables")
    return {row[0]: (row[3], row[4], row[5]) for row in rows}


def test_a_release_holds_what_was_admitted(data: DataDir) -> None:
    published = refresh(data, {"mart_air": 7})
    assert published.new and published.outcome == "published"
    assert published.release_id == f"000001-{published.digest[:12]}"
    assert data.current.readlink() == Path(f"releases/{published.release_id}")
    rows = read_release(data.current, "mart_air")
    assert rows == [
        ("东坝", datetime(2026, 11, 2).date(), Decimal("7.5"), True),
        ("来广营", datetime(2026, 10, 31).date(), None, None),
    ]
    assert states(data) == {name: ("fresh", None, "") for name in ("mart_water", "mart_air", "mart_cross")}
    gate = read_release(data.current, "mart_gate_results")
    assert {(row[0], row[1], row[7]) for row in gate} == {
        ("water", "地表水", "pass"),
        ("air", "环境空气", "pass"),
        ("cross_domain", "跨领域", "pass"),
    }
    assert {row[-1] for row in gate} == {datetime(2026, 11, 22, 6, 30)}
    assert published.ledger_head == Ledger(data.ledger_file).head()


def test_comments_and_storage_format(data: DataDir) -> None:
    path = refresh(data, {}).path
    with duckdb.connect(str(path / "marts.duckdb"), read_only=True) as con:
        assert con.sql("SELECT comment FROM duckdb_tables() WHERE table_name = 'mart_air'").fetchall() == [
            ("What mart_air says",)
        ]
        assert con.sql("SELECT DISTINCT comment IS NULL FROM duckdb_columns() WHERE NOT internal").fetchall() == [
            (False,)
        ]
        assert con.sql("SELECT count(*) FROM duckdb_views() WHERE NOT internal").fetchall() == [(0,)]
    header = (path / "marts.duckdb").read_bytes()[:32]
    assert header[8:12] == b"DUCK"
    # Storage version 64 is what DuckDB 1.0 to 1.1 write.
    assert int.from_bytes(header[12:20], "little") == 64


def test_files_are_read_only_and_listed(data: DataDir) -> None:
    path = refresh(data, {}).path
    modes = {p.stat().st_mode & 0o777 for p in path.rglob("*") if p.is_file()}
    assert modes == {0o444}
    assert verify_files(current(data)) == []
    assert not list(data.releases.glob(".tmp-*"))
    (path / "stray").write_text("")
    target = path / "marts" / "mart_air.parquet"
    target.chmod(0o644)
    target.write_bytes(b"PAR1")
    assert verify_files(current(data)) == ["stray", "marts/mart_air.parquet"]


def test_parquet_is_next_to_it_and_is_reproducible(data: DataDir, tmp_path: Path) -> None:
    extra = mart("mart_none", "air")
    catalogue = Catalogue((*CATALOGUE.tables, extra))
    build(data, {}, catalogue)
    path = refresh(data, {}, catalogue=catalogue).path
    con = duckdb.connect()
    folder = path / "marts"
    for table in catalogue.tables:
        described = con.sql(f"DESCRIBE SELECT * FROM read_parquet('{folder}/{table.name}.parquet')").fetchall()
        assert {d[0]: d[1].lower() for d in described} == table.contract
    assert con.sql(f"FROM read_parquet('{folder}/mart_air.parquet')").fetchall() == read_release(path, "mart_air")
    other = DataDir(tmp_path / "other").prepare()
    again = refresh(other, {}, catalogue=catalogue).path / "marts"
    for name in ("mart_air", "mart_cross"):
        assert (again / f"{name}.parquet").read_bytes() == (folder / f"{name}.parquet").read_bytes()


def test_an_empty_result_gives_a_file_without_rows(data: DataDir) -> None:
    path = refresh(data, {}, failed=("air",)).path
    assert duckdb.sql(f"SELECT count(*) FROM read_parquet('{path}/marts/mart_air.parquet')").fetchall() == [(0,)]


def test_the_manifest(data: DataDir) -> None:
    entered = [{"table": "declared_municipal_targets", "rows": 1, "files": [{"file": "t.csv", "sha256": "cd" * 32}]}]
    under = {"waivers": [{"id": "w1", "who": "me"}], "entered": entered, "configuration": {"air_edition_pin": ""}}
    first = refresh(data, {}, made_under=under)
    second = refresh(data, {"mart_air": 2})
    manifest = read_manifest(current(data))
    raw = (first.path / "manifest.json").read_bytes()
    assert manifest["previous"] == {
        "release_id": first.release_id,
        "manifest_sha256": hashlib.sha256(raw).hexdigest(),
    }
    assert manifest["digest"] == second.digest
    inputs = (second.path / "inputs.jsonl").read_bytes()
    assert manifest["inputs"]["sha256"] == hashlib.sha256(inputs).hexdigest()
    assert [json.loads(line)["feed"] for line in inputs.splitlines()] == ["air", "water"]
    assert manifest["standards"] == [{"seed": "plan_targets", "sha256": "ab" * 32}]
    assert {t["name"]: t["rows"] for t in manifest["tables"]} == {
        "mart_water": 2, "mart_air": 2, "mart_cross": 2, "mart_gate_results": 3, "mart_release_tables": 3,
    }  # fmt: skip
    assert manifest["code"]["lock_sha256"] and manifest["code"]["tools"]["duckdb"]
    assert json.loads(raw)["waivers"] == [{"id": "w1", "who": "me"}]
    assert json.loads(raw)["inputs"]["entered"] == entered
    assert json.loads(raw)["configuration"] == {"air_edition_pin": ""}
    copy = data.ledger_manifests / f"{first.release_id}.json"
    assert copy.read_bytes() == raw


def test_the_same_digest_is_nothing_new(data: DataDir) -> None:
    first = refresh(data, {})
    again = refresh(data, {}, now=NOW + DAY, as_of=AS_OF + DAY)
    assert (again.outcome, again.new, again.release_id) == ("unchanged", False, first.release_id)
    assert kinds(data) == ["release"]
    assert [p.name for p in data.releases.iterdir()] == [first.release_id]


# --- the gate


def admitted_without_gate(data: DataDir) -> list[AdmittedTable]:
    """Everything built, staged and admitted as if each domain had passed."""
    build(data, {})
    verdicts = {d: DomainVerdict(d, "pass") for d in ("water", "air", "cross_domain")}
    digests = digests_of(data)
    admitted = admit(data.build_db, CATALOGUE, verdicts, digests, data, AS_OF)
    return [*admitted, fresh(CROSS, digests[CROSS.name])]


def publish_as_judged(data: DataDir, admitted: list[AdmittedTable]) -> Published:
    records = [record(CATALOGUE.table(t.name), t.digest) for t in admitted]
    return publish(data, CATALOGUE, Judged(tuple(admitted), tuple(records)), Origin(AS_OF), now=NOW)


def test_publish_alone_without_records_refuses(data: DataDir) -> None:
    admitted = admitted_without_gate(data)
    with pytest.raises(Refused, match="mart_water: no gate record is bound to the digest"):
        publish(data, CATALOGUE, Judged(tuple(admitted), ()), Origin(AS_OF))
    stale = tuple(record(t, "f" * 64) for t in (WATER, AIR, CROSS))
    with pytest.raises(Refused, match="not judged as it is"):
        publish(data, CATALOGUE, Judged(tuple(admitted), stale), Origin(AS_OF))
    assert current(data) is None and not data.releases.exists()


def test_a_failed_record_refuses_even_when_a_passing_one_is_next_to_it(data: DataDir) -> None:
    with pytest.raises(Refused, match="mart_cross: the gate failed it"):
        refresh(data, {}, failed=("cross_domain",))
    assert kinds(data) == []


def change_air(data: DataDir) -> None:
    with duckdb.connect(str(data.build_db)) as con:
        con.execute("UPDATE candidate.mart_air SET value = 99")


def test_of_a_table_changed_after_its_judgement_what_was_judged_is_published(data: DataDir) -> None:
    admitted = admitted_without_gate(data)
    change_air(data)
    assert publish_as_judged(data, admitted).new
    assert read_release(data.current, "mart_air")[0][2] == Decimal("1.5")


def test_without_what_the_gate_left_the_candidate_is_read_again_and_compared(data: DataDir) -> None:
    admitted = admitted_without_gate(data)
    clear(data.ordered)
    change_air(data)
    with pytest.raises(Refused, match="mart_air: what would be published is not what was judged"):
        publish_as_judged(data, admitted)
    assert current(data) is None and list(data.releases.iterdir()) == []
    assert publish_as_judged(data, admitted_without_gate(data)).new
    assert read_release(data.current, "mart_air")[0][2] == Decimal("1.5")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ("SELECT * REPLACE (value + 1 AS value) FROM t", "mart_air: what would be published is not what was judged"),
        ("SELECT * FROM t LIMIT 1", "mart_air: what would be published is not what was judged"),
        ("SELECT * FROM t ORDER BY site_id DESC", "what was judged: mart_air: rows are out of order by site_id"),
    ],
)
def test_what_the_gate_left_is_looked_at_again(data: DataDir, changed: str, why: str) -> None:
    admitted = admitted_without_gate(data)
    left = staged(data.ordered, admitted[1].digest)
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE t AS FROM read_parquet('{left}')")
        con.execute(f"COPY ({changed}) TO '{left}'")
    with pytest.raises(Refused, match=why):
        publish_as_judged(data, admitted)
    assert current(data) is None and list(data.releases.iterdir()) == []


def test_a_missing_or_doubled_table_is_refused(data: DataDir) -> None:
    admitted = admitted_without_gate(data)
    for wrong in (admitted[:2], [*admitted, admitted[0]]):
        with pytest.raises(Refused, match="differ"):
            publish_as_judged(data, wrong)


def test_a_judgement_table_the_release_cannot_fill_is_refused(data: DataDir) -> None:
    asks = replace(RELEASE_TABLES, columns=(*RELEASE_TABLES.columns, MartColumn("mood", "varchar", "?")))
    with pytest.raises(JudgementContract, match="the release step has no value for mood"):
        refresh(data, {}, catalogue=Catalogue((WATER, AIR, CROSS, GATE_RESULTS, asks)))
    unknown = replace(RELEASE_TABLES, name="mart_mood")
    with pytest.raises(JudgementContract, match="mart_mood is tagged judgement"):
        refresh(data, {}, catalogue=Catalogue((WATER, AIR, CROSS, unknown)))
    assert current(data) is None and list(data.releases.iterdir()) == []


# --- holding


def test_nothing_published_is_noted_once_for_the_same_cause(data: DataDir) -> None:
    assert hold(data, "cross_domain", "sums differ", AS_OF.isoformat())
    assert not hold(data, "cross_domain", "sums differ", AS_OF.isoformat())
    assert hold(data, "cross_domain", "other", AS_OF.isoformat())
    assert kinds(data) == ["hold", "hold"]
    assert releases(data) == []


# --- back and away


def test_rollback_flips_and_the_withdrawn_digest_stays_away(data: DataDir) -> None:
    first = refresh(data, {"mart_air": 1})
    second = refresh(data, {"mart_air": 2})
    third = refresh(data, {"mart_air": 3})
    assert rollback(data, first.release_id, "me", "wrong unit").state == "current"
    assert data.current.resolve() == first.path
    assert [r.state for r in releases(data)] == ["current", "withdrawn", "withdrawn"]
    for values in ({"mart_air": 2}, {"mart_air": 3}):
        again = refresh(data, values)
        assert (again.outcome, again.new) == ("withdrawn", False)
    assert data.current.resolve() == first.path
    fixed = refresh(data, {"mart_air": 4})
    assert fixed.new and fixed.release_id.startswith("000004-")
    assert read_manifest(current(data))["previous"]["release_id"] == first.release_id
    for release_id, why in ((second.release_id, "was withdrawn"), (fixed.release_id, "is the current release already")):
        with pytest.raises(ReleaseError, match=why):
            rollback(data, release_id, "me", "")
    with pytest.raises(ReleaseError, match="no release is called"):
        rollback(data, "nonsense", "me", "")
    assert third.release_id != fixed.release_id


def test_held_tables_after_a_rollback_come_from_the_release_rolled_back_to(data: DataDir) -> None:
    first = refresh(data, {"mart_air": 1})
    refresh(data, {"mart_air": 2})
    rollback(data, first.release_id, "me", "wrong")
    refresh(data, {"mart_air": 5, "mart_water": 5}, failed=("air",))
    assert read_release(data.current, "mart_air")[0][2] == Decimal("1.5")


def test_a_damaged_release_is_not_rolled_back_to(data: DataDir) -> None:
    first = refresh(data, {"mart_air": 1})
    refresh(data, {"mart_air": 2})
    (first.path / "marts" / "mart_air.parquet").unlink()
    with pytest.raises(ReleaseError, match="is damaged"):
        rollback(data, first.release_id, "me", "")


def test_readers_in_flight_keep_their_snapshot(data: DataDir) -> None:
    refresh(data, {"mart_air": 1})
    with duckdb.connect(str(data.current / "marts.duckdb"), read_only=True) as con:
        refresh(data, {"mart_air": 2})
        assert con.sql("SELECT max(value) FROM mart_air").fetchall() == [(Decimal("1.5"),)]
    assert read_release(data.current, "mart_air")[0][2] == Decimal("2.5")


def test_pruning_keeps_the_newest_and_the_chain(data: DataDir) -> None:
    made = [refresh(data, {"mart_air": n}) for n in range(1, 6)]
    rollback(data, made[2].release_id, "me", "wrong")
    assert prune(data, keep=2) == [made[0].release_id]
    assert prune(data, keep=2) == []
    assert [r.state for r in releases(data)] == ["pruned", "kept", "current", "withdrawn", "withdrawn"]
    assert not made[0].path.exists()
    chain = {r.manifest_sha256 for r in releases(data)}
    for release in releases(data):
        manifest = json.loads((data.ledger_manifests / f"{release.release_id}.json").read_bytes())
        assert manifest["previous"] is None or manifest["previous"]["manifest_sha256"] in chain
    assert refresh(data, {"mart_air": 4}).outcome == "withdrawn"
    with pytest.raises(ValueError, match="at least one"):
        prune(data, keep=0)
    with pytest.raises(ReleaseError, match="was pruned"):
        rollback(data, made[0].release_id, "me", "")
    refresh(data, {"mart_air": 8})
    assert prune(data, keep=1) == [m.release_id for m in made[1:]]
    assert Ledger(data.ledger_file).verify() == len(kinds(data))


def test_a_directory_in_the_place_of_the_link_is_told(data: DataDir) -> None:
    data.current.mkdir()
    with pytest.raises(ReleaseError, match="is not a symbolic link of ours"):
        refresh(data, {})
