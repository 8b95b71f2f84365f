"""Small worlds for the tests of cleaning: sources by declaration, deliveries from text, a store in memory.

Here belong builders only. Not here: assertions, or anything a test should be able to see at a glance.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from sources.cleaning.clean_run import CleanReport, Setup, clean_deliveries
from sources.cleaning.fingerprint import source_fingerprints
from sources.cleaning.register import EVER
from sources.cleaning.schema import register_schema
from sources.cleaning.spill import DEFAULT_BUDGET, Budget
from sources.cleaning.store import FileCounts, PartitionPart
from sources.config.model import ColumnMapping, Config, District, Format, Source, TimeMapping, ValueMapping
from sources.deliveries import Delivery, Receipt
from sources.preview.memory_store import MemoryStore as InMemory
from sources.registry import registry

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=ZONE)
HOURLY = TimeMapping(columns=("time",), formats=("%Y-%m-%d %H:%M",))


def air_source(**changes) -> Source:
    """Hourly air, columns station,time,pm25,co; hours named by their start."""
    source = Source(
        id="test_air",
        feed="air",
        table="clean_air",
        connector="file",
        path="*.csv",
        format=Format(missing=("", "NA")),
        time=HOURLY,
        site=ColumnMapping(column="station", unmapped="keep"),
        values=(ValueMapping("pm25", "pm2_5", "ug/m3"), ValueMapping("co", "co", "mg/m3")),
        unknown_sites="accept",
        cadence_min=60,
    )
    return replace(source, **changes)


def waste_source(**changes) -> Source:
    """Weighbridge tickets, columns scale,ticket,time,category,gross,tare,net (kg)."""
    source = Source(
        id="test_waste",
        feed="waste",
        table="clean_waste",
        connector="file",
        path="*.csv",
        format=Format(),
        time=replace(HOURLY, marks="instant"),
        site=ColumnMapping(column="scale", unmapped="keep"),
        values=(ValueMapping("net", "net_t", "kg"),),
        columns={
            "ticket_no": ColumnMapping(column="ticket", unmapped="keep"),
            "category": ColumnMapping(column="category", values={"厨余": "kitchen_household", "其他": "other"}),
            "gross_kg": ColumnMapping(column="gross", unmapped="keep"),
            "tare_kg": ColumnMapping(column="tare", unmapped="keep"),
        },
        unknown_sites="accept",
    )
    return replace(source, **changes)


def water_long_source(**changes) -> Source:
    """Manual samples, one item a row."""
    from sources.config.model import LongMapping

    source = Source(
        id="test_water",
        feed="water",
        table="clean_water",
        connector="file",
        path="*.csv",
        format=Format(missing=("", "/")),
        time=replace(HOURLY, marks="instant"),
        site=ColumnMapping(column="section", unmapped="keep"),
        long=LongMapping("item", "result", "unit"),
        columns={"method": ColumnMapping(constant="manual")},
        unknown_sites="accept",
    )
    return replace(source, **changes)


def config(*sources: Source, zone: str = "Asia/Shanghai") -> Config:
    return Config(path=None, district=District(reporting_zone=zone), sources=sources, registers=(), fingerprint="test")


def register(*sites: tuple[str, str] | tuple[str, str, date, date | None]) -> pl.DataFrame:
    """A site register of (feed, site_id) or (feed, site_id, valid_from, valid_to)."""
    rows = [
        {"feed": feed, "site_id": site, "valid_from": span[0] if span else EVER, "valid_to": span[1] if span else None}
        for feed, site, *span in sites
    ]
    return pl.DataFrame(rows, schema=register_schema())


def delivery(
    source: Source, content: str | bytes, at: datetime = NOON, name: str = "file.csv", provenance: str = "observed"
) -> Delivery:
    data = content.encode() if isinstance(content, str) else content
    receipt = Receipt(
        feed=source.feed,
        source_id=source.id,
        offer_id=name,
        file_name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data),
        delivered_at=at.isoformat(),
        delivered_at_source="name",
        landed_at=at.isoformat(),
        connector="file",
        provenance=provenance,
        owner="",
        licence="",
    )
    return Delivery(receipt, lambda: io.BytesIO(data))


def file_delivery(source: Source, path: Path, at: datetime) -> Delivery:
    data = path.read_bytes()
    made = delivery(source, data, at, path.name)
    return Delivery(made.receipt, lambda: path.open("rb"))


def hours(
    values: Mapping[str, Iterable[str]] | Iterable[str], start: str = "2026-03-01 00:00", station: str = "S1"
) -> str:
    """CSV of air hours: `values` of pm25, one an hour; co is empty."""
    first = datetime.fromisoformat(start)
    lines = ["station,time,pm25,co"]
    for i, value in enumerate(values):
        lines.append(f"{station},{first + timedelta(hours=i):%Y-%m-%d %H:%M},{value},")
    return "\n".join(lines) + "\n"


class MemoryStore(InMemory):
    """A CleanStore in memory that checks what it is handed, and remembers what was asked of it."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[tuple[str, str]] = []
        self.reads: list[tuple[str, Sequence[str] | None]] = []
        self.flag_writes: list[tuple[str, str]] = []
        self.parts_written: list[int] = []

    def read_clean(self, table: str, value: str, columns: Sequence[str] | None = None) -> pl.DataFrame | None:
        self.reads.append((value, columns))
        return super().read_clean(table, value, columns)

    def write_partition(self, table, value, clean, superseded, counts) -> None:
        assert clean.height == sum(c.readings_clean for c in counts.values())
        self.writes.append((table, value))
        super().write_partition(table, value, clean, superseded, counts)

    def write_partition_parts(self, table: str, value: str, parts: Iterable[PartitionPart]) -> None:
        every = list(parts)
        self.parts_written.append(len(every))
        super().write_partition_parts(table, value, every)

    def write_flags(self, table: str, value: str, clean: pl.DataFrame, flagged: Mapping[str, int]) -> None:
        before = self.clean[table, value]
        assert before.drop("flag", "flag_tests").equals(clean.drop("flag", "flag_tests"))
        self.flag_writes.append((table, value))
        super().write_flags(table, value, clean, flagged)

    def record_file(self, feed: str, delivery_id: str, counts: FileCounts, fingerprint: str) -> None:
        written = {key for key, by in self.counts.items() if delivery_id in by}
        assert written == set(counts.touches), (written, counts.touches)
        super().record_file(feed, delivery_id, counts, fingerprint)

    # ---- what tests look at

    def all_superseded(self, table: str) -> pl.DataFrame:
        return pl.concat([self.superseded[key] for key in sorted(self.superseded) if key[0] == table])

    def all_quarantined(self) -> pl.DataFrame:
        return pl.concat(list(self.quarantine.values()))

    def totals(self, feed: str, delivery: str) -> dict[str, int]:
        """Both counts of one file, from everything stored about it."""
        counts = self.files[feed, delivery]
        return vars(self.counted(delivery)) | {
            n: getattr(counts, n)
            for n in ("rows_other", "records_in", "records_quarantined", "readings_in", "readings_quarantined")
        }


def run(
    store: MemoryStore,
    setup: Config,
    deliveries: Iterable[Delivery],
    sites: pl.DataFrame | None = None,
    budget: Budget = DEFAULT_BUDGET,
) -> CleanReport:
    """Cleans `deliveries` (of one feed) into `store`."""
    every = list(deliveries)
    store.offer(every)
    sites = register() if sites is None else sites
    known = setup.registry(registry())
    prints = source_fingerprints(setup, known)
    return clean_deliveries(every[0].receipt.feed, Setup(setup, sites, prints, known, budget), every, store)


def cleaned(source: Source, content: str | bytes, **more) -> MemoryStore:
    """One delivery of one source, cleaned."""
    store = MemoryStore()
    run(store, config(source), [delivery(source, content)], **more)
    return store
