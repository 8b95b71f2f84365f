"""Days and years of one station by GB 3095-2012, HJ 633-2012 and HJ 663-2013, in plain Python over the raw rows.

A second way to the same figures, for comparison only: fractions instead of decimals, loops instead of SQL, breakpoints
from ../shared/standards. Not here: reading files (raw.py) or any part of the project.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from math import ceil

from tests.real.raw import MISSING, SHARED, Row

# Column of the file → item of the AQI; CO arrives in µg/m³ and is limited in mg/m³.
ITEMS: Mapping[str, str] = {"PM2.5": "PM2.5", "PM10": "PM10", "SO2": "SO2", "NO2": "NO2", "CO": "CO", "O3": "O3"}
MIN_HOURS, MIN_WINDOWS, MIN_WINDOW_HOURS = 20, 14, 6
O3_LIMIT = 160
MIN_DAYS, MIN_MONTH_DAYS, MIN_FEBRUARY_DAYS = 324, 27, 25
CATEGORIES = (
    ("days_excellent", 50), ("days_good", 100), ("days_lightly_polluted", 150), ("days_moderately_polluted", 200),
    ("days_heavily_polluted", 300), ("days_severely_polluted", 10**6),
)  # fmt: skip


@dataclass
class Day:
    """Concentrations of one date by item (None where not valid), usable hours by item, AQI or None."""

    concentration: dict[str, Fraction | None] = field(default_factory=dict)
    hours: dict[str, int] = field(default_factory=dict)
    aqi: int | None = None


def hour_of(row: Row) -> tuple[date, int]:
    """(date, hour label 1 … 24): the label closes its hour, so 0 is hour 24 of the day before."""
    closes = datetime(int(row["year"]), int(row["month"]), int(row["day"]), int(row["hour"]))
    begins = closes - timedelta(hours=1)
    return begins.date(), begins.hour + 1


def days(rows: Iterable[Row], left_out: frozenset[tuple[str, date, int]]) -> dict[date, Day]:
    """Every date in `rows` of one station; `left_out` are failed hours (column, date, label)."""
    values: dict[date, dict[str, dict[int, Fraction]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        day, label = hour_of(row)
        of_day = values[day]
        for column, item in ITEMS.items():
            if row[column] not in MISSING and (column, day, label) not in left_out:
                of_day[item][label] = Fraction(row[column]) / (1000 if item == "CO" else 1)
    return {day: _day(hours) for day, hours in values.items()}


def _day(hours: Mapping[str, Mapping[int, Fraction]]) -> Day:
    found = Day()
    for item in ITEMS.values():
        own = hours.get(item, {})
        found.hours[item] = len(own)
        if item == "O3":
            found.concentration[item] = _max_8h(own)
        else:
            found.concentration[item] = sum(own.values()) / Fraction(len(own)) if len(own) >= MIN_HOURS else None
    if all(c is not None for c in found.concentration.values()):
        found.aqi = max(_iaqi(item, c, hours["O3"]) for item, c in found.concentration.items())
    return found


def _max_8h(own: Mapping[int, Fraction]) -> Fraction | None:
    """Largest 8 h mean that ends 08:00 to 24:00; 14 windows, or fewer where the limit is exceeded all the same."""
    means = []
    for end in range(8, 25):
        window = [own[label] for label in range(end - 7, end + 1) if label in own]
        if len(window) >= MIN_WINDOW_HOURS:
            means.append(sum(window) / Fraction(len(window)))
    if len(means) >= MIN_WINDOWS or (means and max(means) > O3_LIMIT):
        return max(means)
    return None


def rounded(value: Fraction, decimals: int = 0) -> Decimal:
    """GB/T 8170: half to even, from the exact value."""
    scaled = round(value * 10**decimals)
    return Decimal(scaled).scaleb(-decimals)


def _iaqi(item: str, concentration: Fraction, ozone: Mapping[int, Fraction]) -> int:
    """HJ 633-2012 over the rounded concentration; ozone above 800 takes the table of the 1 h maximum."""
    averaging = "8h" if item == "O3" else "24h"
    value = Fraction(rounded(concentration, 1 if item == "CO" else 0))
    table = _BREAKPOINTS[item, averaging]
    if item == "O3" and value > table[-1][1]:
        table, value = _BREAKPOINTS["O3", "1h"], Fraction(rounded(max(ozone.values())))
    for low, high, iaqi_low, iaqi_high in table:
        if value <= high:
            return ceil(iaqi_low + (iaqi_high - iaqi_low) * (value - low) / (high - low))
    return 500


def _breakpoints() -> dict[tuple[str, str], list[tuple[Fraction, Fraction, int, int]]]:
    found: dict[tuple[str, str], list[tuple[Fraction, Fraction, int, int]]] = defaultdict(list)
    with (SHARED / "standards" / "aqi_breakpoints.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["standard"] == "HJ 633-2012":
                band = (Fraction(row["bp_lo"]), Fraction(row["bp_hi"]), int(row["iaqi_lo"]), int(row["iaqi_hi"]))
                found[row["pollutant"], row["averaging"]].append(band)
    return {key: sorted(bands) for key, bands in found.items()}


_BREAKPOINTS = _breakpoints() if SHARED.is_dir() else {}


@dataclass(frozen=True)
class Year:
    """A year of one series of days: how many are valid, whether the year is, and the mean of the valid ones."""

    n_valid: int
    n_months: int
    mean: Fraction | None

    @property
    def validity(self) -> str:
        return "valid" if self.n_valid >= MIN_DAYS and self.n_months == 12 else "insufficient"


def year_of(values: Mapping[date, Fraction | int | None], year: int) -> Year:
    """GB 3095-2012 table 4: 324 days, and in each month 27 of them, 25 in February."""
    valid = {day: value for day, value in values.items() if day.year == year and value is not None}
    by_month = defaultdict(int)
    for day in valid:
        by_month[day.month] += 1
    held = sum(n >= (MIN_FEBRUARY_DAYS if month == 2 else MIN_MONTH_DAYS) for month, n in by_month.items())
    return Year(len(valid), held, sum(valid.values()) / Fraction(len(valid)) if valid else None)


def categories(found: Mapping[date, Day], year: int) -> dict[str, int]:
    """Days with an AQI by category."""
    counted = dict.fromkeys((name for name, _ in CATEGORIES), 0)
    for day, of_day in found.items():
        if day.year == year and of_day.aqi is not None:
            counted[next(name for name, top in CATEGORIES if of_day.aqi <= top)] += 1
    return counted


def published(value: Fraction | None, decimals: int = 0) -> Decimal | None:
    """A statistic as HJ 663-2013 publishes it."""
    return None if value is None else rounded(value, decimals).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)
