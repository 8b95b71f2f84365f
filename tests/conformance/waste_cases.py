"""Waste cases: every worked example of household waste as loads of a month, every one of a weighbridge as its CSV file.

Here belong inputs only; each case has a month of its own, whose days are filled with garden waste, which no rate
counts. Not here: expected figures (test_waste.py).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.conformance.kit import District, worked_examples
from tests.unit.cleaning_kit import MemoryStore, config, file_delivery, run, waste_source

STANDARDS = ("household waste", "weighbridge")
SHARE, SAFE, WEIGHBRIDGE = "厨余垃圾分出率", "无害化处理率", "net = gross - tare"
RULES = (SHARE, SAFE, WEIGHBRIDGE)
SITE = "W-PLANT"

# Edges, by the month they are in: what is loaded, as category, destination and tonnes.
EDGES: dict[str, tuple[date, list[tuple[str, str, Any]]]] = {
    # 49 : 400 = 12.25 %, half to even 12.2.
    "tie": (date(2023, 1, 1), [("kitchen_household", "composting", 49), ("other", "incineration", 351)]),
    # standards/waste.md: (7450 + 4828) : (21700 + 7450) = 42.1 % by what is sorted; 328 t of it were burned.
    "beijing": (
        date(2024, 2, 1),
        [
            ("kitchen_household", "composting", 4500), ("kitchen_catering", "incineration", 328),
            ("other", "incineration", 16872), ("recyclable", "recycling", 7450),
        ],
    ),
    "nothing": (date(2023, 3, 1), []),
    "landfill": (
        date(2023, 4, 1),
        [
            ("other", "landfill", 25), ("other", "incineration", 975),
            ("other", "transfer", 400), ("other", "unknown", 10),
        ],
    ),
}  # fmt: skip
# A month with loads on 22 of its 31 days (0.7097), one on 24 (0.7742), one on 30 (0.9677).
THIN = {date(2023, 5, 1): 22, date(2023, 7, 1): 24, date(2023, 8, 1): 30}
SILENT = date(2023, 6, 1)
# Months in which a second weighbridge is registered: without any load, closed for three days, silent for four.
SECOND = "W-SECOND"
TWO_WEIGHBRIDGES = {date(2019, 1, 1): 0, date(2019, 3, 1): 3, date(2019, 5, 1): 4}


def entries(rule: str) -> list[dict[str, Any]]:
    """Every worked example of waste whose rule begins so."""
    return [e for e in worked_examples() if e["standard"].startswith(STANDARDS) and e["rule"].startswith(rule)]


def month_of(rule: str, n: int) -> date:
    """The month of the nth worked example of a rule."""
    return date({SHARE: 2015, SAFE: 2017}[rule] + n // 12, 1 + n % 12, 1)


def weighed(n: int, folder: Path) -> MemoryStore:
    """The nth weighbridge example as a CSV file, cleaned: tickets 0, 1, … in the order of its records."""
    lines = ["scale,ticket,time,category,gross,tare,net,plate\n"]
    for k, record in enumerate(entries(WEIGHBRIDGE)[n]["input"]["records"]):
        at = datetime(2022, 3, 1 + n, 6) + timedelta(minutes=15 * k)
        net = record.get("net", "")
        lines.append(f"W-SCALE-{n},{k},{at:%Y-%m-%d %H:%M},其他,{record['gross']},{record['tare']},{net},P{k}\n")
    file = folder / f"weighbridge-{n}.csv"
    file.write_text("".join(lines), encoding="utf-8")
    source = waste_source()
    source = replace(source, columns={**source.columns, "plate": replace(source.columns["ticket_no"], column="plate")})
    store = MemoryStore()
    run(store, config(source), [file_delivery(source, file, datetime(2022, 4, 1).astimezone())])
    return store


def add(district: District, folder: Path) -> None:
    """All waste cases."""
    if not worked_examples():
        return
    district.site("waste", SITE, "weighbridge", area_code="110105001")
    for n, entry in enumerate(entries(SHARE)):
        given = entry["input"]
        loads = [("kitchen_household", "composting", given["kitchen_t"]), ("other", "incineration", given["other_t"])]
        _month(district, month_of(SHARE, n), loads)
    for n, entry in enumerate(entries(SAFE)):
        harmless, whole = (Decimal(str(entry["input"][k])) for k in ("harmless_t", "generated_or_collected_t"))
        _month(
            district, month_of(SAFE, n), [("other", "incineration", harmless), ("other", "unknown", whole - harmless)]
        )  # fmt: skip
    for first, loads in EDGES.values():
        _month(district, first, loads)
    for first, days in THIN.items():
        _month(district, first, [("other", "incineration", 60)], days)
    for first, closed in TWO_WEIGHBRIDGES.items():
        _month(district, first, [("other", "incineration", 60)])
        last = first.replace(day=monthrange(first.year, first.month)[1])
        district.site("waste", SECOND, "weighbridge", valid_from=first, valid_to=last)
        for day in range(1, last.day + 1 if closed else 1):
            # The closing begins on the 10th.
            if not 10 <= day < 10 + closed:
                _load(district, SECOND, datetime(first.year, first.month, day, 9), f"{first:%Y%m}-second-{day}")
    for n in range(len(entries(WEIGHBRIDGE))):
        weighed_on = date(2022, 3, 1 + n)
        district.site("waste", f"W-SCALE-{n}", "weighbridge", valid_from=weighed_on, valid_to=weighed_on)
        for row in weighed(n, folder).all_clean("clean_waste").iter_rows(named=True):
            more = {k: v for k, v in row.items() if k not in ("site_id", "parameter", "period_start", "value")}
            end = more.pop("period_end")
            district.reading(
                "clean_waste", row["site_id"], row["parameter"], row["period_start"], row["value"], end=end, **more
            )  # fmt: skip


def _month(district: District, first: date, loads: Iterable[tuple[str, str, Any]], days: int | None = None) -> None:
    """Loads of a month; garden waste on each of its first `days` (all of them by default)."""
    start = datetime(first.year, first.month, first.day)
    filled = days or monthrange(first.year, first.month)[1]
    garden = [(start + timedelta(days=n, hours=7), "garden", "composting", 1) for n in range(filled)]
    moved = [(start + timedelta(hours=8, minutes=20 * n), *load) for n, load in enumerate(loads) if load[2]]
    for k, (moment, category, destination, tonnes) in enumerate(garden + moved):
        district.reading(
            "clean_waste", SITE, "net_t", moment, tonnes, end=moment + timedelta(minutes=15),
            ticket_no=f"{first:%Y%m}-{k}", occurrence_no=1, category=category, destination=destination,
        )  # fmt: skip


def _load(district: District, site: str, moment: datetime, ticket: str) -> None:
    """A tonne of garden waste."""
    district.reading(
        "clean_waste", site, "net_t", moment, 1, end=moment + timedelta(minutes=15),
        ticket_no=ticket, occurrence_no=1, category="garden", destination="composting",
    )  # fmt: skip
