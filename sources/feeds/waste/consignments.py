"""Consignments of every category by month, and what sites report of months and years: UTF-8 CSV.

Here belong the routes, how much they carry, and the consignments that are cancelled or undone. Not here: weighbridge
tickets (tickets.py).
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

import numpy as np

from sources.simulated import weather
from sources.simulated.defects import number
from sources.simulated.delivery_stream import Stream
from sources.simulated.file_formats import csv_bytes
from sources.simulated.schedule import Planned

HEADER = (
    "联单号",
    "转出单位",
    "接收单位",
    "转出日期",
    "类别",
    "去向",
    "发运量(kg)",
    "接收量(kg)",
    "状态",
    "冲销联单号",
)
STATE_VOID = "作废"


@dataclass(frozen=True)
class _Route:
    """From a site to another: so many loads a month of a usual mass; some go to the second destination."""

    start: str
    end: str
    category: str
    destination: str
    loads: int
    kg: int
    other: str = ""


_ROUTES = (
    *(_Route(f"SIM-WI-{i:02d}", "SIM-WD-01", "医疗废物", "危废处置", 12, 420) for i in range(1, 4)),
    *(_Route(f"SIM-WM-{i:02d}", "SIM-WD-01", "医疗废物", "危废处置", 4, 12) for i in range(1, 9)),
    *(_Route(f"SIM-WE-{i:02d}", "SIM-WD-02", "工业危险废物", "危废处置", 2, 1800) for i in range(1, 4)),
    *(_Route(f"SIM-WE-{i:02d}", "SIM-WD-05", "一般工业固废", "回收利用", 3, 9000, "填埋") for i in range(1, 5)),
    *(_Route(f"SIM-WC-{i:02d}", "SIM-WD-03", "建筑垃圾", "回收利用", 18, 16500, "填埋") for i in range(1, 5)),
    *(_Route(f"SIM-WG-{i:02d}", "SIM-WD-04", "园林垃圾", "堆肥", 6, 3800, "焚烧") for i in range(1, 4)),
    *(_Route(f"SIM-WA-1101050{i:02d}", f"SIM-WP-{i:02d}", "可回收物", "中转", 20, 950) for i in range(1, 5)),
    *(_Route(f"SIM-WP-{i:02d}", "SIM-WT-01", "可回收物", "中转", 12, 1600) for i in range(1, 5)),
    _Route("SIM-WT-01", "SIM-WS-01", "可回收物", "回收利用", 15, 5000),
)
# The clinic that is not heard of in every month.
_SILENT = "SIM-WM-08"
_GARDEN = ("SIM-WA-110105005", "SIM-WA-110105012", "SIM-WA-110105025")


def build(stream: Stream, plan: Planned, seed: int, defects: bool) -> bytes:
    """A month's consignments or totals, or a year's totals of enterprises; `defects` plant none."""
    if stream.name == "waste_totals":
        return _monthly(plan, seed)
    if stream.name == "waste_enterprises":
        return _yearly(plan, seed)
    return csv_bytes([HEADER, *_consignments(plan.period, seed)])


def _consignments(month: date, seed: int) -> list[list[str]]:
    """The month's manifests in the order of their routes, then the two that undo others."""
    rng = weather.generator(seed, "waste_manifests", month)
    days = monthrange(month.year, month.month)[1]
    lines: list[list[str]] = []
    for route in _ROUTES:
        if route.start == _SILENT and month.month % 3 == 0:
            continue
        on = np.sort(rng.integers(1, days + 1, route.loads)).tolist()
        shipped = np.maximum(1, np.round(route.kg * (1 + 0.15 * rng.standard_normal(route.loads)))).astype(int).tolist()
        lost = rng.integers(0, 8, route.loads).tolist()
        for n in range(route.loads):
            manifest = f"SIM-LD{month:%y%m}-{len(lines) + 1:04d}"
            destination = route.other if route.other and n % 5 == 4 else route.destination
            arrived = shipped[n] - round(shipped[n] * lost[n] / 1000)
            lines.append([manifest, route.start, route.end, f"{month:%Y-%m}-{on[n]:02d}", route.category, destination,
                          str(shipped[n]), str(arrived), "", ""])  # fmt: skip
    cancelled = lines[number(seed, "void", month) % len(lines)]
    cancelled[8] = STATE_VOID
    undone = lines[number(seed, "undo", month) % len(lines)]
    if undone is not cancelled:
        lines.append([f"{undone[0]}H", *undone[1:6], f"-{undone[6]}", f"-{undone[7]}", "", undone[0]])
    return lines


def _monthly(plan: Planned, seed: int) -> bytes:
    """What subdistricts say that they collected of garden waste: somewhat more than was consigned."""
    lines = [["单位编号", "统计月份", "类别", "收运量(吨)"]]
    for site in _GARDEN:
        tonnes = 24 + number(seed, "garden", site, plan.period) % 60 / 10
        lines.append([site, f"{plan.period:%Y-%m}", "园林垃圾", f"{tonnes:.1f}"])
    return csv_bytes(lines)


def _yearly(plan: Planned, seed: int) -> bytes:
    """What enterprises say of their industrial waste: nearly all of it is used or disposed of."""
    lines = [["单位编号", "年度", "类别", "产生量(吨)", "综合利用量(吨)", "处置量(吨)", "贮存量(吨)"]]
    for i in range(1, 5):
        made = 3200 + number(seed, "industrial", i, plan.period) % 900
        used, kept = round(made * 0.86), made // 200
        site = f"SIM-WE-{i:02d}"
        lines.append([site, str(plan.period.year), "一般工业固废", *map(str, (made, used, made - used - kept, kept))])
    return csv_bytes(lines)
