"""Small worlds for the warehouse's tests: offers, clean frames, a three-domain catalogue, a candidate database.

Here belong builders only. Not here: assertions, or anything a test should be able to see at a glance.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import polars as pl

from sources.cleaning.store import FileCounts, PartitionCounts
from sources.config.model import ColumnMapping, Format, Source, TimeMapping
from sources.deliveries import Offer, Receipt
from sources.registry.read_registry import registry
from warehouse.candidate.admission import admit, admit_held, fresh
from warehouse.lake.lake import Lake
from warehouse.parquet import schema_of
from warehouse.paths import DataDir
from warehouse.release.ledger import Ledger
from warehouse.release.manifest import Origin
from warehouse.release.publication import Published, publish
from warehouse.release.release_plan import Judged
from warehouse.tables.catalogue import Catalogue, MartColumn, MartTable
from warehouse.tables.judged import DomainVerdict, GateRecord
from warehouse.tables.staging import clear, stage

ZONE = ZoneInfo("Asia/Shanghai")
AS_OF = datetime(2026, 11, 22, 6, 0)
NOW = datetime(2026, 11, 22, 6, 30, tzinfo=ZONE)


def source(feed: str = "air", source_id: str = "test_air") -> Source:
    return Source(
        id=source_id,
        feed=feed,
        table=f"clean_{feed}",
        connector="file",
        path="",
        format=Format(),
        time=TimeMapping(("time",), ("%Y-%m-%d %H:%M:%S",)),
        site=ColumnMapping(),
        provenance="simulated",
    )


def receipt(feed: str, sha256: str, **changes) -> Receipt:
    """What is on disk for bytes that a source offered at NOW."""
    said = {
        "feed": feed,
        "source_id": f"test_{feed}",
        "offer_id": "a.csv",
        "file_name": "a.csv",
        "sha256": sha256,
        "size_bytes": 1,
        "delivered_at": NOW.isoformat(),
        "delivered_at_source": "file name",
        "landed_at": NOW.isoformat(),
        "connector": "file",
        "provenance": "simulated",
        "owner": "",
        "licence": "",
    }
    return Receipt(**(said | changes))


def offer(name: str, feed: str = "air", day: int = 1, etag: str = "1", source_id: str = "test_air") -> Offer:
    at = datetime(2026, 11, 1, 7, 0, tzinfo=ZONE) + timedelta(days=day - 1)
    return Offer(feed, source_id, name, name, etag, at, "file name")


def land(lake: Lake, name: str, content: bytes, **kwargs) -> str:
    """Lands `content` and gives the id of its delivery."""
    by = source(kwargs.get("feed", "air"), kwargs.get("source_id", "test_air"))
    return lake.land(offer(name, **kwargs), io.BytesIO(content), by).receipt.delivery_id


def air_rows(delivery: str, day: int, hours: range = range(3), value: int = 10) -> pl.DataFrame:
    """Clean readings of one station on 2026-11-<day>."""
    table = registry().table("clean_air")
    rows = []
    for hour in hours:
        start = datetime(2026, 11, day, hour)
        rows.append(
            {
                "site_id": "SIM-A1",
                "parameter": "pm2_5",
                "period_start": start,
                "period_end": start + timedelta(hours=1),
                "period_start_utc": start - timedelta(hours=8),
                "value": Decimal(value + hour),
                "unit": "ug/m3",
                "censored": None,
                "value_raw": str(value + hour),
                "unit_raw": "µg/m³",
                "source_status": None,
                "flag": 1,
                "flag_tests": "",
                "provenance": "simulated",
                "source_id": "test_air",
                "known_from": datetime(2026, 11, day, 7),
                "raw_sha256": delivery * 2,
                "delivery_id": delivery,
                "raw_row": hour + 2,
                "raw_column": "PM2.5",
            }
        )
    return pl.DataFrame(rows, schema=schema_of(table.columns), orient="row")


def nothing() -> pl.DataFrame:
    return pl.DataFrame(schema=schema_of(registry().table("clean_air").columns))


def counts(clean: int, superseded: int = 0, duplicate: int = 0) -> PartitionCounts:
    return PartitionCounts(
        readings_clean=clean,
        readings_superseded=superseded,
        readings_duplicate=duplicate,
        records_used=clean + superseded,
    )


def file_counts(readings: int, days: list[int], quarantined: int = 0) -> FileCounts:
    return FileCounts(
        verdict="read",
        reason="",
        rows_other=1,
        records_in=readings + quarantined,
        records_quarantined=quarantined,
        readings_in=readings + quarantined,
        readings_quarantined=quarantined,
        first_period="2026-11-01T00:00:00",
        last_period="2026-11-02T00:00:00",
        touches=tuple(("clean_air", f"2026-11-{d:02d}") for d in days),
    )


def fill_lake(lake: Lake) -> tuple[str, str]:
    """Two deliveries; the second supersedes an hour of day 1 and brings day 2. Both are cleaned under 'f1'."""
    with lake.batch():
        first, second = land(lake, "one.csv", b"first", day=1), land(lake, "two.csv", b"second", day=2)
    clean_lake(lake, first, second)
    return first, second


def clean_lake(lake: Lake, first: str, second: str, fingerprint: str = "f1") -> None:
    """Cleans what `fill_lake` landed."""
    with lake.cleaning():
        kept = pl.concat([air_rows(first, 1, range(1, 3)), air_rows(second, 1, range(1), value=50)])
        lake.write_partition(
            "clean_air", "2026-11-01", kept, air_rows(first, 1, range(1)), {first: counts(2, 1), second: counts(1)}
        )
        lake.write_partition("clean_air", "2026-11-02", air_rows(second, 2), nothing(), {second: counts(3)})
        refused = pl.DataFrame({"raw_row": [9], "record": ["?"], "reason": ["unknown site"]})
        lake.write_quarantine("air", second, refused)
        lake.record_file("air", first, file_counts(3, [1]), fingerprint)
        lake.record_file("air", second, file_counts(4, [1, 2], quarantined=1), fingerprint)


# --- marts


def mart(name: str, domain: str, extra: tuple[MartColumn, ...] = (), volatile: tuple[str, ...] = ()) -> MartTable:
    columns = (
        MartColumn("site_id", "varchar", "The site"),
        MartColumn("day", "date", "The day"),
        MartColumn("value", "decimal(18,6)", "The value"),
        MartColumn("ok", "boolean", "Whether it attains"),
        *extra,
    )
    return MartTable(name, domain, columns, ("site_id", "day"), volatile, f"What {name} says")


def _judgement(name: str, columns: dict[str, str], grain: tuple[str, ...], volatile: tuple[str, ...]) -> MartTable:
    words = {"domain": "domain"}
    described = tuple(MartColumn(n, t, f"About {n}", words.get(n, "")) for n, t in columns.items())
    return MartTable(name, "judgement", described, grain, volatile, f"What {name} says")


GATE_COLUMNS = (
    *("domain", "domain_zh", "table_name", "suite", "expectation", "column_name", "severity", "outcome"),
    *("observed", "expected", "failing_rows", "judged_by", "table_digest", "waiver", "release_id"),
)
GATE_RESULTS = _judgement(
    "mart_gate_results",
    dict.fromkeys(
        GATE_COLUMNS[:10],
        "varchar",
    )
    | {"unexpected_count": "bigint"}
    | dict.fromkeys(GATE_COLUMNS[10:], "varchar")
    | {"judged_at": "timestamp"},
    ("table_name", "suite", "expectation", "column_name", "table_digest"),
    ("release_id", "judged_at"),
)
RELEASE_TABLES = _judgement(
    "mart_release_tables",
    dict.fromkeys(("table_name", "domain", "domain_zh", "state"), "varchar")
    | {"stale_since": "timestamp", "reason": "varchar", "table_digest": "varchar", "row_count": "bigint"}
    | {"release_id": "varchar", "published_at": "timestamp"},
    ("table_name",),
    ("release_id", "published_at"),
)
WATER, AIR, CROSS = mart("mart_water", "water"), mart("mart_air", "air"), mart("mart_cross", "cross_domain")
CATALOGUE = Catalogue((WATER, AIR, CROSS, GATE_RESULTS, RELEASE_TABLES), (("plan_targets", "ab" * 32),))
SAMPLES = {"bigint": "-7", "timesta": "TIMESTAMP '2026-11-22 06:00:00'", "decimal": "0.25", "varchar": "'x'"}
SCHEMAS = {"water": "candidate", "air": "candidate", "cross_domain": "cross_domain"}


def build(data: DataDir, values: Mapping[str, int], catalogue: Catalogue = CATALOGUE) -> Path:
    """A candidate database; every mart has a row with its given value (absent: 1), and one of the month before."""
    data.build.mkdir(parents=True, exist_ok=True)
    data.build_db.unlink(missing_ok=True)
    with duckdb.connect(str(data.build_db)) as con:
        con.execute("CREATE SCHEMA candidate; CREATE SCHEMA cross_domain")
        for table in catalogue.tables:
            if table.domain not in SCHEMAS:
                continue
            relation = f"{SCHEMAS[table.domain]}.{table.name}"
            con.execute(f"CREATE TABLE {relation} ({', '.join(f'{c.name} {c.data_type}' for c in table.columns)})")
            fixed = "site_id, day, value, ok"
            value = values.get(table.name, 1)
            con.execute(
                f"INSERT INTO {relation} ({fixed}) VALUES ('东坝', DATE '2026-11-02', {value}.5, true),"
                f" ('来广营', DATE '2026-10-31', NULL, NULL)"
            )
            for column in table.columns[4:]:
                con.execute(f"UPDATE {relation} SET {column.name} = {SAMPLES[column.data_type[:7]]} WHERE ok")
    return data.build_db


def record(table: MartTable, digest: str, outcome: str = "pass") -> GateRecord:
    return GateRecord(
        domain=table.domain,
        table_name=table.name,
        table_digest=digest,
        suite=table.domain,
        expectation="expect_table_row_count_to_be_between",
        column="",
        severity="critical",
        outcome=outcome,
        observed="2",
        expected="1 to 10",
        unexpected_count=0,
        failing_rows="[]",
        judged_by="great_expectations",
    )


def digests_of(data: DataDir, catalogue: Catalogue = CATALOGUE) -> dict[str, str]:
    """What the gate's pass finds and leaves of every candidate table."""
    clear(data.ordered)
    with duckdb.connect(str(data.build_db)) as con:
        built = [table for table in catalogue.tables if table.domain in SCHEMAS]
        return {t.name: stage(con, f"{SCHEMAS[t.domain]}.{t.name}", t, data.ordered).digest for t in built}


def refresh(
    data: DataDir,
    values: Mapping[str, int],
    failed: tuple[str, ...] = (),
    catalogue: Catalogue = CATALOGUE,
    alone: Mapping[MartTable, DomainVerdict] | None = None,
    made_under: Mapping[str, Any] | None = None,
    **options,
) -> Published:
    """Build, judge (the domains in `failed` fail), admit, hold the cross-domain tables in `alone`, publish."""
    build(data, values, catalogue)
    records, verdicts, digests = [], {}, digests_of(data, catalogue)
    for table in catalogue.tables:
        if table.domain in SCHEMAS:
            digest = digests[table.name]
            outcome = "fail" if table.domain in failed else "pass"
            records.append(record(table, digest, outcome))
            verdicts[table.domain] = DomainVerdict(
                table.domain, outcome, ("it failed",) if table.domain in failed else ()
            )
    as_of = options.pop("as_of", AS_OF)
    admitted = admit(data.build_db, catalogue, verdicts, digests, data, as_of)
    admitted += admit_held(data.build_db, alone or {}, data, as_of)
    admitted += [fresh(t, digests[t.name]) for t in catalogue.of("cross_domain") if t not in (alone or {})]
    options.setdefault("now", NOW)
    origin = Origin(as_of, (receipt("air", "0" * 64), receipt("water", "1" * 64)), **(made_under or {}))
    found = Judged(tuple(admitted), tuple(records), tuple(verdicts.values()))
    return publish(data, catalogue, found, origin, **options)


def read_release(path: Path, table: str) -> list[tuple]:
    with duckdb.connect(str(path / "marts.duckdb"), read_only=True) as con:
        return con.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()


def five_entries(file: Path, at: datetime) -> bytes:
    """The bytes of a ledger of five entries, the second to fourth appended together."""
    ledger = Ledger(file)
    ledger.append("release", {"release_id": "000001-0123456789ab", "n": 1}, at)
    together = [("release", {"release_id": "二"}), ("hold", {"domain": "air"}), ("hold", {"domain": "water"})]
    ledger.append_all(together, at)
    ledger.append("rollback", {"to": "000001-0123456789ab", "withdrawn": ["二"]}, at)
    return ledger.file.read_bytes()
