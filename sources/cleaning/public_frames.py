"""Resolved readings as the public frames: the clean partition and what was superseded next to it.

Here belong the columns that come back from their numbers (site, unit, file, column) and their declared order. Not here:
which reading holds (resolve.py) or its flag (flags.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import polars as pl

from sources.cleaning.flags import names_of
from sources.cleaning.schema import TIMESTAMP, polars_schema, superseded_schema
from sources.cleaning.staged import COLUMN, FILE, PARAMETER, SITE, STATUS, Codes
from sources.deliveries import Receipt
from sources.registry.feed_model import CleanTable, Parameter


@dataclass(frozen=True)
class Files:
    """What the receipts say of each delivery, by its number in this run."""

    source_id: pl.Series
    sha256: pl.Series
    delivery_id: pl.Series
    provenance: pl.Series
    known_from: pl.Series

    @staticmethod
    def of(receipts: Sequence[Receipt], reporting_zone: str) -> Files:
        """The columns of `receipts`; `known_from` is delivered_at in the reporting zone, naive."""
        zone = ZoneInfo(reporting_zone)
        known = [r.moment.astimezone(zone).replace(tzinfo=None) for r in receipts]
        return Files(
            pl.Series([r.source_id for r in receipts], dtype=pl.String),
            pl.Series([r.sha256 for r in receipts], dtype=pl.String),
            pl.Series([r.delivery_id for r in receipts], dtype=pl.String),
            pl.Series([r.provenance for r in receipts], dtype=pl.String),
            pl.Series(known, dtype=TIMESTAMP),
        )


@dataclass(frozen=True)
class Spelling:
    """Everything that turns numbers back into texts for one table."""

    table: CleanTable
    parameters: Sequence[Parameter]
    files: Files
    codes: Codes

    def clean(self, readings: pl.DataFrame, flags: pl.DataFrame) -> pl.DataFrame:
        """The clean frame of `readings`, in their order, with `flags` (flag, tests) of the same height."""
        columns = self._columns(readings)
        columns["flag"] = flags["flag"]
        columns["flag_tests"] = names_of(flags["tests"])
        return self._frame(columns, polars_schema(self.table))

    def superseded(self, fallen: pl.DataFrame) -> pl.DataFrame:
        """The superseded frame: readings that do not hold, with kind and the raw place of what replaced them."""
        columns = self._columns(fallen)
        columns["kind"] = fallen["kind"]
        columns["by_sha256"] = self.files.sha256.gather(fallen["by_file"])
        columns["by_delivery_id"] = self.files.delivery_id.gather(fallen["by_file"])
        columns["by_row"] = fallen["by_row"]
        columns["by_column"] = self.codes.column_names().gather(fallen["by_place"])
        return self._frame(columns, superseded_schema(self.table))

    def _columns(self, readings: pl.DataFrame) -> dict[str, pl.Series]:
        names = pl.Series([p.code for p in self.parameters], dtype=pl.String)
        units = pl.Series([p.unit for p in self.parameters], dtype=pl.String)
        file, column, parameter = readings[FILE], readings[COLUMN], readings[PARAMETER]
        own = {c.name: readings[c.name] for c in self.table.dims}
        return own | {
            "site_id": self.codes.sites.decode(readings[SITE]),
            "parameter": names.gather(parameter),
            "period_start": readings["period_start"],
            "period_end": readings["period_end"],
            "period_start_utc": readings["period_start_utc"],
            "value": readings["value"],
            "unit": units.gather(parameter),
            "censored": readings["censored"],
            "value_raw": readings["value_raw"],
            "unit_raw": self.codes.column_units().gather(column),
            "source_status": self.codes.statuses.decode(readings[STATUS]),
            "provenance": self.files.provenance.gather(file),
            "source_id": self.files.source_id.gather(file),
            "known_from": self.files.known_from.gather(file),
            "raw_sha256": self.files.sha256.gather(file),
            "raw_row": readings["raw_row"],
            "raw_column": self.codes.column_names().gather(column),
            "delivery_id": self.files.delivery_id.gather(file),
        }

    @staticmethod
    def _frame(columns: dict[str, pl.Series], schema: dict[str, pl.DataType]) -> pl.DataFrame:
        return pl.DataFrame([columns[name].cast(dtype).alias(name) for name, dtype in schema.items()])
