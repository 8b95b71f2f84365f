"""The clean layer: same rows, same bytes; counts that come out; an index that the files can always give again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest

from sources.cleaning.store import PartitionPart
from sources.registry.clean_columns import REGISTER_COLUMNS
from sources.registry.declared_tables import DECLARED_TABLES
from sources.registry.read_registry import registry
from tests.unit.warehouse_kit import air_rows, clean_lake, counts, file_counts, fill_lake, land, nothing
from warehouse import parquet
from warehouse.lake import file_counts as file_counts_table
from warehouse.lake.clean_files import Entered
from warehouse.lake.file_counts import COLUMNS
from warehouse.lake.intact import LakeDamaged
from warehouse.lake.lake import Lake, open_lake
from warehouse.lake.partitions import LakeInconsistent
from warehouse.parquet import SchemaMismatch, conform, schema_of
from warehouse.paths import DataDir


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path / "data").prepare()


@pytest.fixture
def lake(data: DataDir) -> Iterator[Lake]:
    with open_lake(data, registry()) as opened:
        yield opened


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_partition_is_read_back_as_it_was_written(lake: Lake, data: DataDir) -> None:
    first, second = fill_lake(lake)
    found = lake.read_clean("clean_air", "2026-11-01")
    assert found.schema == schema_of(registry().table("clean_air").columns)
    assert found["value"].to_list() == [Decimal(50), Decimal(11), Decimal(12)]
    assert found["delivery_id"].to_list() == [second, first, first]
    assert lake.read_clean("clean_air", "2026-11-03") is None
    assert lake.partitions("clean_air") == ["2026-11-01", "2026-11-02"] and lake.partitions("clean_noise") == []
    superseded = pl.read_parquet(data.superseded_partition("clean_air", "month", "2026-11") / "part-0.parquet")
    assert superseded["delivery_id"].to_list() == [first]
    assert pl.read_parquet(data.quarantine_file("air", second))["reason"].to_list() == ["unknown site"]


def test_the_sidecar_vouches_for_the_file(lake: Lake, data: DataDir) -> None:
    first, second = fill_lake(lake)
    folder = data.clean_partition("clean_air", "month", "2026-11")
    note = json.loads((folder / "part-0.sidecar.json").read_bytes())
    assert (note["rows"], note["superseded_rows"]) == (6, 1)
    one, two = note["partitions"]["2026-11-01"], note["partitions"]["2026-11-02"]
    assert (one["rows"], one["superseded_rows"], two["rows"], two["superseded_rows"]) == (3, 1, 3, 0)
    assert one["deliveries"][first]["readings_superseded"] == 1
    assert (sorted(one["deliveries"]), list(two["deliveries"])) == (sorted([first, second]), [second])


def test_same_rows_in_any_order_give_the_same_bytes(lake: Lake, data: DataDir) -> None:
    _, second = fill_lake(lake)
    before = tree(data.root / "clean")
    with lake.cleaning():
        rows = air_rows(second, 2)
        lake.write_partition(
            "clean_air", "2026-11-02", pl.concat([rows[2:], rows[:1], rows[1:2]]), nothing(), {second: counts(3)}
        )
    assert tree(data.root / "clean") == before


@pytest.mark.parametrize("group", [5, 20, 131_072])
def test_parts_give_the_bytes_of_the_whole(
    lake: Lake, data: DataDir, monkeypatch: pytest.MonkeyPatch, group: int
) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP", group)
    sha = land(lake, "a.csv", b"a")
    sites = [air_rows(sha, 1, range(n)).with_columns(site_id=pl.lit(f"S{n:02d}")) for n in range(1, 9)]
    gone = air_rows(sha, 1, range(2)).drop("flag", "flag_tests").with_columns(kind=pl.lit("duplicate"), by_row=1)
    tally = {sha: counts(36, duplicate=4)}
    with lake.cleaning():
        whole = pl.concat([gone, gone.with_columns(site_id=pl.lit("SIM-A2"))])
        lake.write_partition("clean_air", "2026-11-01", pl.concat(sites[::-1]), whole, tally)
    expected = tree(data.root / "clean") | tree(data.superseded)
    parts = [PartitionPart(site, nothing(), {sha: counts(site.height)}) for site in sites]
    parts[0] = PartitionPart(sites[0], gone, {sha: counts(1, duplicate=2)})
    parts[7] = PartitionPart(sites[7], gone.with_columns(site_id=pl.lit("SIM-A2")), {sha: counts(8, duplicate=2)})
    shutil.rmtree(data.clean / "clean_air")
    with lake.cleaning():
        lake.write_partition_parts("clean_air", "2026-11-01", iter(parts))
    assert tree(data.root / "clean") | tree(data.superseded) == expected
    assert lake.read_clean("clean_air", "2026-11-01").equals(pl.concat(sites))
    schema = schema_of(registry().table("clean_air").columns)
    assert lake.read_clean("clean_air", "2026-11-01").schema == schema
    with pytest.raises(LakeInconsistent, match="not in key order"), lake.cleaning():
        lake.write_partition_parts("clean_air", "2026-11-01", iter(parts[::-1]))


def test_flags_change_alone(lake: Lake, data: DataDir) -> None:
    first, second = fill_lake(lake)
    before = tree(data.superseded)
    stored = lake.read_clean("clean_air", "2026-11-01")
    suspect = stored.with_columns(flag=pl.lit(3, pl.Int8), flag_tests=pl.lit("spike"))
    with lake.cleaning():
        lake.write_flags("clean_air", "2026-11-01", suspect, {first: 2, second: 1})
    assert lake.read_clean("clean_air", "2026-11-01").equals(suspect)
    assert tree(data.superseded) == before
    found = pl.read_parquet(data.file_counts("2026-11") / "part-0.parquet").sort("delivered_at")
    assert found["readings_flagged"].to_list() == [2, 1]
    assert found["readings_superseded"].to_list() == [1, 0]
    expected = lake.index.dump()
    lake.reconcile()
    assert lake.index.dump() == expected
    with pytest.raises(LakeInconsistent, match="flags of 1 readings"), lake.cleaning():
        lake.write_flags("clean_air", "2026-11-01", suspect[:1], {})
    with pytest.raises(LakeInconsistent, match="no reading here"), lake.cleaning():
        lake.write_flags("clean_air", "2026-11-01", suspect, {"f" * 64: 1})


def test_quarantine_in_parts(lake: Lake, data: DataDir) -> None:
    sha = land(lake, "a.csv", b"a")
    parts = [pl.DataFrame({"raw_row": [n], "reason": ["?"]}) for n in range(4)]
    with lake.cleaning():
        lake.write_quarantine("air", sha, pl.concat(parts))
    whole = data.quarantine_file("air", sha).read_bytes()
    with lake.cleaning():
        lake.write_quarantine_parts("air", sha, iter(parts))
    assert data.quarantine_file("air", sha).read_bytes() == whole
    with lake.cleaning():
        lake.write_quarantine_parts("air", sha, iter([]))
    assert not data.quarantine_file("air", sha).exists()


def test_both_counts_of_every_file_are_stored(lake: Lake, data: DataDir) -> None:
    first, _ = fill_lake(lake)
    found = pl.read_parquet(data.file_counts("2026-11") / "part-0.parquet")
    assert found.schema == schema_of(COLUMNS)
    row = found.filter(pl.col("delivery_id") == first).to_dicts()[0]
    assert (row["readings_in"], row["readings_clean"], row["readings_superseded"]) == (3, 2, 1)
    assert row["readings_in"] == row["readings_clean"] + row["readings_superseded"] + row["readings_duplicate"]
    assert row["delivered_at"].isoformat() == "2026-11-01T07:00:00"


def test_a_later_delivery_changes_the_counts_of_an_earlier_one(lake: Lake, data: DataDir) -> None:
    first, second = fill_lake(lake)
    third = land(lake, "three.csv", b"third", day=30)
    with lake.cleaning():
        rows = air_rows(third, 1, value=90)
        gone = pl.concat([air_rows(first, 1), air_rows(second, 1, range(1), value=50)])
        tally = {first: counts(0, 3), second: counts(0, 1), third: counts(3)}
        lake.write_partition("clean_air", "2026-11-01", rows, gone, tally)
        lake.record_file("air", third, file_counts(3, [1]), "f1")
        done = lake.finish_cleaning()
    assert (done.partitions, done.files, done.unbalanced) == (1, 1, ())
    found = pl.read_parquet(data.file_counts("2026-11") / "part-0.parquet")
    assert found.sort("delivered_at")["readings_superseded"].to_list() == [3, 1, 0]


def test_cleanings_together_write_the_counts_that_they_share_once(
    lake: Lake, data: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    write = file_counts_table.write_month
    monkeypatch.setattr(file_counts_table, "write_month", lambda *args: written.append(args[2]) or write(*args))
    first, second = (land(lake, name, name.encode()) for name in ("one.csv", "two.csv"))
    counted = data.file_counts("2026-11") / "part-0.parquet"
    with lake.cleanings():
        for number, delivery in ((1, first), (2, second)):
            with lake.cleaning():
                lake.write_partition(
                    "clean_air", f"2026-11-0{number}", air_rows(delivery, number), nothing(), {delivery: counts(3)}
                )
                lake.record_file("air", delivery, file_counts(3 + number, [number]), "f1")
                assert [u.what[:7] for u in lake.finish_cleaning().unbalanced] == ["records", "reading"] * number
        # A third one fails: what the two before it counted stays.
        with pytest.raises(LakeInconsistent), lake.cleaning():
            assert written == [] and not counted.exists() and lake.needs_repair
            lake.write_partition("clean_air", "2026-11-03", air_rows(first, 3), nothing(), {first: counts(2)})
        assert pl.read_parquet(counted)["readings_in"].sort().to_list() == [4, 5]
        with lake.cleaning():
            lake.record_file("air", first, file_counts(3, [1]), "f2")
    assert written == ["2026-11", "2026-11"] and not lake.needs_repair
    assert pl.read_parquet(counted)["readings_in"].sort().to_list() == [3, 5]
    assert [d.receipt.delivery_id for d in lake.uncleaned("air", {"test_air": "f2"})] == [second]


def test_a_sum_that_does_not_come_out_is_named(lake: Lake) -> None:
    sha = land(lake, "a.csv", b"a")
    with lake.cleaning():
        lake.write_partition("clean_air", "2026-11-01", air_rows(sha, 1), nothing(), {sha: counts(3)})
        lake.record_file("air", sha, file_counts(4, [1]), "f1")
        (records, readings) = lake.finish_cleaning().unbalanced
    assert records.what == "records: 4 in, 3 accounted for"
    assert readings.what == "readings: 4 in, 3 accounted for"
    assert readings.file_name == "a.csv"


def test_rows_and_counts_must_agree(lake: Lake, data: DataDir) -> None:
    sha = land(lake, "a.csv", b"a")
    with pytest.raises(LakeInconsistent, match="3 clean and 0 superseded"), lake.cleaning():
        lake.write_partition("clean_air", "2026-11-01", air_rows(sha, 1), nothing(), {sha: counts(2)})
    with pytest.raises(LakeInconsistent, match="do not belong here"), lake.cleaning():
        lake.write_partition("clean_air", "2026-11-02", air_rows(sha, 1), nothing(), {sha: counts(3)})
    with pytest.raises(LakeInconsistent, match="only in one of both"), lake.cleaning():
        lake.write_partition("clean_air", "2026-11-01", air_rows(sha, 1), nothing(), {sha: counts(3)})
        lake.record_file("air", sha, file_counts(3, [2]), "f1")
    assert not lake.needs_repair
    assert [d.receipt.delivery_id for d in lake.uncleaned("air", {"test_air": "f1"})] == [sha]


def test_empty_frames_remove_the_partition(lake: Lake, data: DataDir) -> None:
    first, second = fill_lake(lake)
    with lake.cleaning():
        lake.write_partition("clean_air", "2026-11-01", nothing(), nothing(), {})
        lake.write_quarantine("air", second, pl.DataFrame())
    assert lake.partitions("clean_air") == ["2026-11-02"] and lake.read_clean("clean_air", "2026-11-01") is None
    assert lake.read_clean("clean_air", "2026-11-02").equals(air_rows(second, 2))
    assert not data.superseded_partition("clean_air", "month", "2026-11").exists()
    assert not data.quarantine_file("air", second).exists()
    assert lake.previous_touches("air", first) == ()
    assert lake.deliveries_touching("air", [("clean_air", "2026-11-01")]) == []
    with lake.cleaning():
        lake.write_partition("clean_air", "2026-11-02", nothing(), nothing(), {})
    assert not data.clean_partition("clean_air", "month", "2026-11").exists()
    assert lake.index.files() == {} and lake.tokens()["clean_air"] == "none"


def test_which_deliveries_touch_which_partition(lake: Lake) -> None:
    first, second = fill_lake(lake)
    assert lake.previous_touches("air", second) == (("clean_air", "2026-11-01"), ("clean_air", "2026-11-02"))
    days = [("clean_air", f"2026-{m:02d}-{d:02d}") for m in range(1, 13) for d in range(1, 29)] * 3
    assert [d.receipt.delivery_id for d in lake.deliveries_touching("air", days)] == [first, second]
    assert [d.receipt.delivery_id for d in lake.deliveries_touching("air", [("clean_air", "2026-11-02")])] == [second]
    assert lake.deliveries_touching("water", days) == []
    assert lake.deliveries_touching("air", []) == []


def test_a_new_fingerprint_makes_deliveries_uncleaned(lake: Lake) -> None:
    fill_lake(lake)
    assert lake.uncleaned("air", {"test_air": "f1"}) == []
    assert len(lake.uncleaned("air", {"test_air": "f2"})) == 2
    # The source is gone: its deliveries are to be removed.
    assert len(lake.uncleaned("air", {})) == 2


def test_the_index_is_rebuilt_from_the_files(lake: Lake, data: DataDir) -> None:
    fill_lake(lake)
    land(lake, "one again.csv", b"first", day=9)
    with lake.cleaning():
        lake.write_site_register(pl.DataFrame(schema=schema_of(REGISTER_COLUMNS)))
    expected, stored = lake.index.dump(), tree(data.root / "clean")
    lake.close()
    for file in data.index_file.parent.iterdir():
        file.unlink()
    with open_lake(data, registry()) as again:
        assert again.index.dump() == expected
        assert again.index.marks() == []
    assert tree(data.root / "clean") == stored


def test_a_damaged_index_is_rebuilt(lake: Lake, data: DataDir) -> None:
    fill_lake(lake)
    expected = lake.index.dump()
    lake.close()
    for file in data.index_file.parent.iterdir():
        file.write_bytes(b"not a database, but long enough to be taken for one" * 100)
    with open_lake(data, registry()) as again:
        assert again.index.dump() == expected


@pytest.mark.parametrize("harm", ["no sidecar", "other bytes", "no superseded", "no parquet"])
@pytest.mark.parametrize("index_kept", [True, False])
def test_a_damaged_partition_is_not_there_and_its_deliveries_are_cleaned_again(
    lake: Lake, data: DataDir, harm: str, index_kept: bool
) -> None:
    first, second = fill_lake(lake)
    stored = tree(data.root / "clean")
    folder = data.clean_partition("clean_air", "month", "2026-11")
    superseded = data.superseded_partition("clean_air", "month", "2026-11")
    if harm == "no sidecar":
        (folder / "part-0.sidecar.json").unlink()
    elif harm == "other bytes":
        (folder / "part-0.parquet").write_bytes(b"PAR1")
    elif harm == "no parquet":
        (folder / "part-0.parquet").unlink()
    else:
        (superseded / "part-0.parquet").unlink()
    if not index_kept:
        lake.close()
        data.index_file.unlink()
        lake = Lake(data, registry())
    found = lake.reconcile()
    assert found.lost_files == (("clean_air", "2026-11"),)
    assert not folder.exists() and not superseded.exists()
    assert [d.receipt.delivery_id for d in lake.uncleaned("air", {"test_air": "f1"})] == [first, second]
    clean_lake(lake, first, second)
    assert tree(data.root / "clean") == stored
    lake.close()


def test_missing_raw_bytes_are_told_and_never_repaired_over(lake: Lake, data: DataDir) -> None:
    land(lake, "a.csv", b"a")
    next(data.raw.rglob("*.csv")).unlink()
    before = lake.index.dump()
    with pytest.raises(LakeDamaged, match="the raw bytes it vouches for are missing"):
        lake.reconcile()
    assert lake.index.dump() == before


def test_every_table_has_an_empty_file(lake: Lake, data: DataDir) -> None:
    lake.write_empty_tables()
    con = duckdb.connect()
    whole = (table.clean_name for table in DECLARED_TABLES.values())
    for table in [*registry().tables, *whole, "file_counts", "site_register"]:
        assert con.sql(f"SELECT * FROM read_parquet('{data.clean}/{table}/**/*.parquet')").fetchall() == []
    fill_lake(lake)
    files = f"read_parquet('{data.clean}/clean_air/**/*.parquet')"
    query = f"SELECT count(*), sum(value), any_value(typeof(value)) FROM {files}"
    assert con.sql(query).fetchall() == [(6, Decimal(106), "DECIMAL(18,6)")]


def test_the_site_register_is_sorted_and_counted(lake: Lake, data: DataDir) -> None:
    columns = schema_of(REGISTER_COLUMNS)
    rows = [{"site_id": s, "feed": "air", "lon": Decimal("116.5")} for s in ("b", "a")]
    state = lake.index.state()
    with lake.cleaning():
        lake.write_site_register(pl.DataFrame(rows, schema_overrides={}).pipe(_all_columns, columns))
    assert pl.read_parquet(data.site_register)["site_id"].to_list() == ["a", "b"]
    assert lake.index.state() != state
    assert lake.index.partitions() == []


def _all_columns(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    given = {name: frame[name] if name in frame.columns else [None] * frame.height for name in schema}
    return pl.DataFrame(given, schema=schema, strict=False)


def test_inexact_casts_are_refused() -> None:
    columns = registry().table("clean_air").columns
    good = air_rows("a" * 64, 1)
    with pytest.raises(SchemaMismatch, match=r"value is Float64, declared Decimal"):
        conform(good.with_columns(pl.col("value").cast(pl.Float64)), columns, "clean_air")
    with pytest.raises(SchemaMismatch, match="columns missing"):
        conform(good.drop("flag"), columns, "clean_air")
    with pytest.raises(SchemaMismatch, match="not declared"):
        conform(good.with_columns(extra=1), columns, "clean_air")
    with pytest.raises(SchemaMismatch, match="flag"):
        conform(good.with_columns(flag=pl.lit(300)), columns, "clean_air")
    finer = good.with_columns(pl.col("value").cast(pl.Decimal(38, 9)))
    with pytest.raises(SchemaMismatch, match="convert it exactly before"):
        conform(finer, columns, "clean_air")
    assert conform(good.with_columns(pl.col("flag").cast(pl.Int64)), columns, "clean_air").equals(good)


def test_declared_rows_are_stored_whole_with_the_bytes_they_came_from(lake: Lake, data: DataDir) -> None:
    table = DECLARED_TABLES["energy_equal_value"]
    rows = [
        {"data_year": y, "kgce_per_kwh": Decimal("0.3"), "document": "d", "document_date": None} for y in (2024, 2023)
    ]
    file = Entered("equal.csv", b"data_year,...\n")
    with lake.cleaning():
        lake.write_declared(table, rows, [file])
        lake.write_declared(DECLARED_TABLES["municipal_targets"], [])
    stored = pl.read_parquet(data.clean_table(table.clean_name) / "part-0.parquet")
    assert stored.schema == schema_of(table.columns)
    assert stored["data_year"].to_list() == [2023, 2024]
    assert lake.entered() == [
        {"table": table.clean_name, "rows": 2, "files": [{"file": "equal.csv", "sha256": file.sha256}]}
    ]
    assert data.entered_file(file.sha256).read_bytes() == file.content
    before, state = lake.index.dump(), lake.index.state()
    lake.reconcile()
    assert lake.index.dump() == before
    with lake.cleaning():
        lake.write_declared(table, [])
    assert pl.read_parquet(data.clean_table(table.clean_name) / "part-0.parquet").is_empty()
    assert lake.entered() == [] and lake.index.state() != state
    # What a release was made from stays, also when the user takes it back.
    assert data.entered_file(file.sha256).read_bytes() == file.content


def test_bytes_that_a_user_entered_are_put_right_if_they_were_spoilt(lake: Lake, data: DataDir) -> None:
    file = Entered("t.csv", b"good\n")
    for _ in range(2):
        with lake.cleaning():
            lake.write_declared(DECLARED_TABLES["municipal_targets"], [], [file])
        assert data.entered_file(file.sha256).read_bytes() == b"good\n"
        data.entered_file(file.sha256).write_bytes(b"go")
