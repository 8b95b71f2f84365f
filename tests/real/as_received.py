"""Every water record as it was received, put through the project's own dbt models: one site for each record.

The lake keeps one reading per key and sets the others aside. Here both are laid out as a second clean layer in which no
record has a rival, and dbt builds the real-time mart over it. There is no second way to a class.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from orchestration.dbt_runs.dbt_runner import node_result
from sources.registry import registry
from tests.kit import parsed, read, run_dbt
from tests.real.house import House
from warehouse.lake.clean_files import write_empty_tables
from warehouse.paths import DataDir

MART = "mart_water_section_realtime"
_READING = ("site_id", "raw_row")


def classes_as_received(house: House, root: Path) -> list[dict[str, Any]]:
    """Rows of the real-time mart by record, with section, raw_row and period_start; `root` becomes a data directory."""
    data = DataDir(root)
    data.prepare()
    readings = _all_readings(house)
    _write(data, house, readings)
    manifest = parsed(data)
    asked = ["build", "--select", f"+{MART}", "--exclude-resource-type", "test", "unit_test"]
    variables = {"as_of": "2021-05-01 00:00:00"}
    events = run_dbt(data, asked, data.dbt / "as_received", variables, manifest)
    failed = [r for r in map(node_result, events) if r and not r.built]
    assert not failed, failed
    rows = read(data.build_db, f"select * from candidate.{MART}")
    for row in rows:
        section, number = row["site_id"].rsplit("#", 1)
        row["section"], row["raw_row"] = section, int(number)
    return rows


def _all_readings(house: House) -> pl.DataFrame:
    """Current and fallen readings as one clean table, each record a site of its own, before any judgement."""
    current = pl.read_parquet(house.data / "clean/clean_water/month=*/*.parquet", hive_partitioning=False)
    fallen = pl.read_parquet(house.data / "superseded/clean_water/month=*/*.parquet", hive_partitioning=False)
    judged = fallen.with_columns(flag=pl.lit(1, pl.Int8), flag_tests=pl.lit("")).select(
        pl.col(name).cast(dtype) for name, dtype in current.schema.items()
    )
    flag = pl.when(pl.col("value").is_null()).then(9).otherwise(1).cast(pl.Int8)
    return pl.concat([current, judged]).with_columns(
        pl.concat_str(*_READING, separator="#").alias("site_id"), flag=flag, flag_tests=pl.lit("")
    )


def _write(data: DataDir, house: House, readings: pl.DataFrame) -> None:
    write_empty_tables(data, registry())
    table = data.clean / "clean_water"
    (table / "month=2021-04").mkdir()
    readings.write_parquet(table / "month=2021-04" / "part-0.parquet")
    register = pl.read_parquet(house.data / "clean/site_register/part-0.parquet")
    records = readings.select(site_id=pl.col("site_id").str.replace(r"#\d+$", ""), record="site_id").unique()
    entries = register.join(records, on="site_id").with_columns(site_id="record").select(register.columns)
    entries.write_parquet(data.site_register)
