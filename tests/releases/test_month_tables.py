"""A table that is built by day, from release to release: only months that changed are written, and nothing tells.

Here belong its Parquet, its rows in the database, and what is checked of both. Not here: row groups by themselves
(test_parquet_pieces) or tables as a whole (test_kept_tables).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from tests.unit.warehouse_kit import AIR, AS_OF, CROSS, GATE_RESULTS, NOW, RELEASE_TABLES, WATER, digests_of, record
from warehouse.candidate.admission import admit, fresh
from warehouse.parquet_pieces import Footer
from warehouse.paths import DataDir
from warehouse.release import assembly, kept, month_files
from warehouse.release.gate_records import Refused
from warehouse.release.manifest import Origin
from warehouse.release.publication import Published, publish
from warehouse.release.release_plan import Judged
from warehouse.release.releases import ReleaseError, current, rollback, verify_files
from warehouse.tables.catalogue import Catalogue, MartTable
from warehouse.tables.digest import table_digest
from warehouse.tables.judged import DomainVerdict

HOURS = replace(AIR, day="day")
DAYS = ("2025-11-30", "2025-12-01", "2025-12-31", "2026-01-15", "2026-02-01", None)


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path / "data").prepare()


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The months of mart_air that were sorted or written into a database, and the tables that were filled, in order."""
    names: list[str] = []
    replace_months, fill, stage_month = assembly.replace_months, assembly._fill, month_files.stage_month

    def replaced(con, target, table, source, months):
        names.extend(months)
        replace_months(con, target, table, source, months)

    def filled(con, target, table, parquet):
        names.append(table.name)
        fill(con, target, table, parquet)

    def sorted_again(con, relation, table, folder, month):
        names.append(f"sorted {month}")
        return stage_month(con, relation, table, folder, month)

    monkeypatch.setattr(assembly, "replace_months", replaced)
    monkeypatch.setattr(assembly, "_fill", filled)
    monkeypatch.setattr(month_files, "stage_month", sorted_again)
    return names


def refreshed(
    data: DataDir,
    change: str = "",
    table: MartTable = HOURS,
    verdict: str = "pass",
    meanwhile: Callable[[DataDir], object] = lambda data: None,
) -> Published:
    """Two rows of mart_air on every day of DAYS, changed as `change` says (SQL), judged and, after `meanwhile`,
    published.
    """
    catalogue = Catalogue((WATER, table, CROSS, GATE_RESULTS, RELEASE_TABLES))
    data.build.mkdir(parents=True, exist_ok=True)
    data.build_db.unlink(missing_ok=True)
    with duckdb.connect(str(data.build_db)) as con:
        con.execute("CREATE SCHEMA candidate; CREATE SCHEMA cross_domain")
        for place in ("candidate.mart_water", "candidate.mart_air", "cross_domain.mart_cross"):
            con.execute(f"CREATE TABLE {place} (site_id VARCHAR, day DATE, value DECIMAL(18,6), ok BOOLEAN)")
            listed = ", ".join(f"('{s}', {f'DATE {d!r}' if d else 'NULL'}, 1, true)" for s in "ba" for d in DAYS)
            con.execute(f"INSERT INTO {place} VALUES {listed}")
        con.execute(change.replace("{t}", "candidate.mart_air") or "SELECT 1")
    digests = digests_of(data, catalogue)
    meanwhile(data)
    tables = [WATER, table, CROSS]
    verdicts = {d: DomainVerdict(d, "pass") for d in ("water", "cross_domain")} | {"air": DomainVerdict("air", verdict)}
    admitted = admit(data.build_db, catalogue, verdicts, digests, data, AS_OF)
    admitted.append(fresh(CROSS, digests["mart_cross"]))
    records = tuple(record(t, digests[t.name], verdict if t == table else "pass") for t in tables)
    found = Judged(tuple(admitted), records, tuple(verdicts.values()))
    return publish(data, catalogue, found, Origin(AS_OF), now=NOW)


def rows(release: Published) -> list[tuple]:
    with duckdb.connect(str(release.path / "marts.duckdb"), read_only=True) as con:
        found = con.execute("SELECT * FROM mart_air ORDER BY ALL").fetchall()
        parquet = release.path / "marts" / "mart_air.parquet"
        assert con.execute(f"SELECT * FROM read_parquet('{parquet}') ORDER BY ALL").fetchall() == found
        assert table_digest(con, "mart_air", HOURS) == entry(release)["digest"]
    return found


def entry(release: Published) -> dict:
    manifest = json.loads((release.path / "manifest.json").read_bytes())
    return next(t for t in manifest["tables"] if t["name"] == "mart_air")


CHANGES = {
    "a month": ("UPDATE {t} SET value = 7 WHERE day = DATE '2025-12-31'", ["2025-12-01"]),
    "the first": ("UPDATE {t} SET value = 7 WHERE day < DATE '2025-12-01'", ["2025-11-01"]),
    "rows without a day": ("UPDATE {t} SET value = 7 WHERE day IS NULL", ["0001-01-01"]),
    "a new month": ("INSERT INTO {t} VALUES ('c', DATE '2026-03-31', 1, NULL)", ["2026-03-01"]),
    "one that is gone": ("DELETE FROM {t} WHERE day = DATE '2026-01-15'", ["2026-01-01"]),
    "a row that moves": ("UPDATE {t} SET day = DATE '2026-02-02' WHERE day = DATE '2026-01-15' AND site_id = 'a'",
                         ["2026-01-01", "2026-02-01"]),
}  # fmt: skip


@pytest.mark.parametrize(("change", "months"), CHANGES.values(), ids=CHANGES)
def test_only_the_months_that_changed_are_written_and_the_result_is_the_same(
    data: DataDir, tmp_path: Path, written: list[str], change: str, months: list[str]
) -> None:
    first = refreshed(data)
    assert [*rows(first)] and sorted(written) == sorted(
        t.name for t in (WATER, HOURS, CROSS, GATE_RESULTS, RELEASE_TABLES)
    )
    written.clear()
    second = refreshed(data, change)
    assert [name for name in written if not name.startswith("mart_")] == months
    assert {name for name in written if name.startswith("mart_")} == {"mart_gate_results", "mart_release_tables"}
    anew = refreshed(DataDir(tmp_path / "other").prepare(), change)
    assert rows(anew) == rows(second) != rows(first)
    assert (entry(anew)["digest"], entry(anew)["months"]) == (entry(second)["digest"], entry(second)["months"])
    file = "marts/mart_air.parquet"
    assert (anew.path / file).read_bytes() == (second.path / file).read_bytes()
    assert verify_files(current(data)) == []
    # And back again.
    third = refreshed(data)
    assert rows(third) == rows(first) and (third.path / file).read_bytes() == (first.path / file).read_bytes()


def test_where_most_months_change_the_table_is_written_whole(data: DataDir, written: list[str]) -> None:
    refreshed(data)
    written.clear()
    rows(refreshed(data, "UPDATE {t} SET value = value + 1 WHERE day >= DATE '2025-12-01'"))
    assert "mart_air" in written and not any(name.startswith("20") for name in written)


def unstage(data: DataDir) -> None:
    """Takes away the Parquet that the gate's pass left; the lists of months stay."""
    for file in data.ordered.glob("*.parquet"):
        file.unlink()


def test_what_was_not_staged_is_sorted_again(data: DataDir, written: list[str]) -> None:
    refreshed(data)
    written.clear()
    assert rows(refreshed(data, CHANGES["a month"][0], meanwhile=unstage))
    assert [name for name in written if name.startswith("sorted")] == ["sorted 2025-12-01"]
    written.clear()
    assert rows(refreshed(data, CHANGES["the first"][0], meanwhile=lambda data: shutil.rmtree(data.ordered)))
    assert [name for name in written if not name.startswith("mart")] == ["2025-11-01", "2025-12-01"]


def test_a_candidate_that_is_not_what_was_judged_is_refused(data: DataDir) -> None:
    refreshed(data)

    def changed(data: DataDir) -> None:
        unstage(data)
        with duckdb.connect(str(data.build_db)) as con:
            con.execute("UPDATE candidate.mart_air SET value = 8 WHERE day = DATE '2025-12-01'")

    with pytest.raises(Refused, match="mart_air: what would be published is not what was judged"):
        refreshed(data, CHANGES["a month"][0], meanwhile=changed)
    assert len(list(data.releases.iterdir())) == 1


def test_a_database_that_lost_a_row_of_another_month_is_refused(data: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    refreshed(data)
    replace_months = assembly.replace_months

    def loses_a_row(con, target, table, source, months):
        replace_months(con, target, table, source, months)
        con.execute(f"DELETE FROM {target} WHERE day = DATE '2026-01-15' AND site_id = 'a'")

    monkeypatch.setattr(assembly, "replace_months", loses_a_row)
    with pytest.raises(Refused, match="mart_air: what would be published is not what was judged"):
        refreshed(data, CHANGES["a month"][0])


def test_damage_of_the_release_before_is_told_and_not_copied(data: DataDir) -> None:
    first = refreshed(data)
    damaged = first.path / "marts/mart_air.parquet"
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.chmod(0o644)
    damaged.write_bytes(content)
    with pytest.raises(ReleaseError, match=rf"{first.release_id} is damaged \(marts/mart_air.parquet "):
        refreshed(data, CHANGES["a month"][0])


def test_row_groups_of_another_writer_are_not_taken_over(
    data: DataDir, written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = refreshed(data)
    written.clear()
    of_first = Footer.read(first.path / "marts/mart_air.parquet").start
    like = Footer.like
    monkeypatch.setattr(Footer, "like", lambda footer, other: footer.start != of_first and like(footer, other))
    assert rows(refreshed(data, CHANGES["a month"][0], meanwhile=unstage))
    assert len({name for name in written if name.startswith("sorted")}) == len(entry(first)["months"])


def test_a_table_that_was_not_by_day_before_is_written_whole(data: DataDir, written: list[str]) -> None:
    first = refreshed(data, table=AIR)
    assert "months" not in entry(first) and "day" not in entry(first)
    written.clear()
    second = refreshed(data)
    assert rows(second) and "mart_air" in written and entry(second)["digest"] != entry(first)["digest"]


def test_held_and_rolled_back_it_keeps_its_months(data: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    first = refreshed(data)
    second = refreshed(data, CHANGES["a month"][0])
    held = refreshed(data, CHANGES["a new month"][0], verdict="fail")
    assert rows(held) == rows(second) and entry(held)["months"] == entry(second)["months"]
    assert entry(held)["state"] == "held"
    rollback(data, first.release_id, "a person", "a test")
    third = refreshed(data, CHANGES["the first"][0])
    assert entry(third)["months"][1][1] != entry(first)["months"][1][1] and rows(third) != rows(first)
    # Beyond its growth the database is written anew, from the joined Parquet.
    monkeypatch.setattr(kept, "GROWTH", 0.5)
    assert rows(refreshed(data, CHANGES["a new month"][0]))
