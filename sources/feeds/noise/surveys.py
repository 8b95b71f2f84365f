"""Yearly noise surveys: 120 grid points (workbook with merged headers), 60 road segments (GBK, decimal commas).

Here belong survey levels and when a point was measured. Not here: the automatic points (noise.py).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np

from sources.simulated import weather
from sources.simulated.defects import Event, number, unknown_site_id, year_events
from sources.simulated.delivery_stream import Stream
from sources.simulated.district_sites import sites
from sources.simulated.file_formats import csv_bytes, workbook_bytes
from sources.simulated.schedule import Planned

_FIRST_DAY = {"noise_grid": (5, 12), "noise_road": (5, 26)}


def build(stream: Stream, plan: Planned, seed: int, defects: bool) -> bytes:
    """The survey of one year, daytime only."""
    found = year_events(stream, seed, plan.period.year) if defects else []
    return (_grid if stream.name == "noise_grid" else _road)(stream, plan, seed, found)


def measured_at(stream: Stream, year: int, index: int) -> datetime:
    """When the point was measured: eight points a working day, from 09:00 on."""
    first = datetime(year, *_FIRST_DAY[stream.name], 9)
    weeks, day = divmod(index // 8, 5)
    monday = first - timedelta(days=first.weekday())
    return monday + timedelta(weeks=weeks, days=day, minutes=45 * (index % 8))


def _levels(stream: Stream, plan: Planned, seed: int, mean: float, spread: float) -> np.ndarray:
    """Points × (Leq, L10, L50, L90), dB(A); falls by 0.25 dB a year and stays with its site."""
    rng = weather.generator(seed, stream.name, plan.period)
    own = np.array([(number(seed, "survey", s) % 2001 - 1000) / 1000 for s in stream.sites]) * spread * 1.7
    leq = mean - 0.25 * (plan.period.year - 2025) + own + 0.5 * rng.standard_normal(len(own))
    return np.round(np.stack([leq, leq + 2.8, leq - 2.4, leq - 6.1], axis=1), 1)


def _grid(stream: Stream, plan: Planned, seed: int, found: list[Event]) -> bytes:
    lines: list[list[str | float]] = []
    surveyed = _levels(stream, plan, seed, 54.05, 2.4)
    for i, (site, levels) in enumerate(zip(stream.sites, surveyed.tolist(), strict=True)):
        at = measured_at(stream, plan.period.year, i)
        line = [site, sites()[("noise", site)]["name_zh"], f"{at:%Y/%m/%d}", f"{at:%H:%M}", "昼间", *levels]
        lines += [line, *_more(line, site, found)]
    head = [("网格编号", ""), ("网格名称", ""), ("监测日期", ""), ("监测时间", ""), ("时段", "")]
    head += [("测量结果", c) for c in ("Leq", "L10", "L50", "L90")]
    title = f"朝阳区区域环境噪声普查 {date(plan.period.year, 1, 1):%Y}年（模拟）"
    groups = [(5, 8, "测量结果")]
    return workbook_bytes("区域噪声", title, head, lines, groups, footer="填表：模拟监测站（模拟）")


def _road(stream: Stream, plan: Planned, seed: int, found: list[Event]) -> bytes:
    lines: list[list[str]] = []
    surveyed = _levels(stream, plan, seed, 69.9, 1.6)
    for i, (site, levels) in enumerate(zip(stream.sites, surveyed.tolist(), strict=True)):
        row = sites()[("noise", site)]
        at = measured_at(stream, plan.period.year, i)
        vehicles = 180 + number(seed, site, plan.period.year, "vehicles") % 900
        length = row["road_length_km"].replace(".", ",")
        line = [site, row["name_zh"], length, f"{at:%Y-%m-%d %H:%M}", "昼",
                *(f"{v:.1f}".replace(".", ",") for v in levels), str(vehicles)]  # fmt: skip
        lines += [line, *_more(line, site, found)]
    header = ("路段编号", "路段名称", "路长(km)", "测量时间", "时段", "Leq", "L10", "L50", "L90", "车流量")
    title = f"朝阳区道路交通噪声监测 {plan.period.year}年（模拟）"
    return csv_bytes([header, *lines], encoding="gbk", delimiter=";", title=title)


def _more(line: list, site: str, found: list[Event]) -> list[list]:
    """The extra lines that defects put after a point's own."""
    extra = []
    for event in found:
        if event.site == site and event.kind == "duplicate_row":
            extra.append(list(line))
        elif event.site == site and event.kind == "unknown_site":
            extra.append([unknown_site_id(event), "未登记点（模拟）", *line[2:]])
    return extra
