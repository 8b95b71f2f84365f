"""One steel plant, 15 minutes by 15 minutes through 2018: intervals by month, kWh and standard coal.

The first interval of a day is stamped 00:15 and the last 00:00 of the same date: it belongs to the date it is written
with, so that the last quarter of an hour of a month stays in that month.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.real import raw
from tests.real.house import House

pytestmark = pytest.mark.parametrize("published", ["energy"], indirect=True)
INTERVALS = 365 * 96


def begins(row: raw.Row) -> datetime:
    """When the interval of a row begins."""
    stamp = datetime.strptime(row["date"], "%d/%m/%Y %H:%M")
    closes = stamp + timedelta(days=1) if (stamp.hour, stamp.minute) == (0, 0) else stamp
    return closes - timedelta(minutes=15)


def kgce_per_kwh() -> Decimal:
    """The calorific equivalent of electricity, from the standard's own table."""
    with (raw.SHARED / "standards" / "energy_factors.csv").open(encoding="utf-8", newline="") as file:
        (row,) = (r for r in csv.DictReader(file) if r["fuel"] == "electricity (calorific equivalent)")
    assert row["unit"] == "kWh"
    return Decimal(row["kgce_per_unit"])


def test_every_interval_is_used_and_lies_in_its_month(published: House) -> None:
    expected = sorted(begins(row) for row in raw.rows("energy"))
    assert len(set(expected)) == INTERVALS
    found = published.lake(
        "select period_start, epoch(period_end - period_start) from "
        "read_parquet('{clean}/clean_energy/**/*.parquet', hive_partitioning = false) "
        "where parameter = 'electricity' and flag <> 4 order by period_start"
    )
    assert [start for start, _ in found] == expected
    assert {seconds for _, seconds in found} == {900}
    months = published.released(
        "select period_start, n_valid, n_expected from mart_energy_monthly"
        " where carrier = 'electricity' order by period_start"
    )
    assert [m["period_start"] for m in months] == [date(2018, month, 1) for month in range(1, 13)]
    assert all(m["n_valid"] == m["n_expected"] for m in months)
    assert sum(m["n_valid"] for m in months) == INTERVALS * 15


def test_monthly_kilowatt_hours_and_standard_coal(published: House) -> None:
    kwh: dict[date, Decimal] = defaultdict(Decimal)
    reactive: dict[date, Decimal] = defaultdict(Decimal)
    for row in raw.rows("energy"):
        month = begins(row).date().replace(day=1)
        kwh[month] += Decimal(row["Usage_kWh"])
        reactive[month] += Decimal(row["Lagging_Current_Reactive_Power_kVarh"])
    found = {(m["period_start"], m["carrier"]): m for m in published.released("select * from mart_energy_monthly")}
    assert len(found) == 24
    factor = kgce_per_kwh()
    for month, amount in kwh.items():
        of_month = found[month, "electricity"]
        assert (of_month["amount"], of_month["unit"]) == (amount, "kWh")
        assert of_month["tce"] == (amount * factor / 1000).quantize(Decimal("0.000001"))
        assert (of_month["sector"], of_month["flow"], of_month["metering"]) == ("industry", "use", "meter")
        # No grid factor is in force before 2021: there is standard coal, and no CO2.
        assert (of_month["validity"], of_month["tce_validity"]) == ("valid", "valid")
        assert (of_month["tco2"], of_month["tco2_validity"]) == (None, "insufficient")
        assert of_month["tco2_reason"] == "no CO2 factor in force"
        assert found[month, "reactive_power"]["amount"] == reactive[month]
        assert found[month, "reactive_power"]["tce"] is None
