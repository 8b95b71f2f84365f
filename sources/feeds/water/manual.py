"""Monthly water samples: a laboratory workbook of the assessed sections, a long GBK list of the subdistrict ones.

Here belong sampling times, laboratory items with their detection limits (0.01L) and report numbers. Not here: the
levels that automatic stations see too (water.py).
"""

from __future__ import annotations

from datetime import datetime

import numpy as np

from sources.feeds.water.automatic import section_levels
from sources.simulated import weather
from sources.simulated.defects import Event, month_events, number, unknown_site_id
from sources.simulated.delivery_stream import Stream
from sources.simulated.district_sites import SECTIONS, sites
from sources.simulated.file_formats import csv_bytes, workbook_bytes
from sources.simulated.planting import cell
from sources.simulated.schedule import Planned

# Item: header text, unit text, decimals written, detection limit, usual level (0: from section_levels).
ITEMS: dict[str, tuple[str, str, int, float, float]] = {
    "water_temperature": ("水温", "℃", 1, 0, 0), "ph": ("pH", "无量纲", 1, 0, 0), "do": ("溶解氧", "mg/L", 1, 0, 0),
    "codmn": ("高锰酸盐指数", "mg/L", 1, 0.5, 0), "cod": ("化学需氧量", "mg/L", 0, 4, 15),
    "bod5": ("五日生化需氧量", "mg/L", 1, 0.5, 2.3), "nh3n": ("氨氮", "mg/L", 3, 0.025, 0),
    "tp": ("总磷", "mg/L", 2, 0.01, 0), "tn": ("总氮", "mg/L", 2, 0.05, 0), "cu": ("铜", "μg/L", 2, 1, 2.1),
    "zn": ("锌", "mg/L", 3, 0.01, 0.012), "fluoride": ("氟化物", "mg/L", 2, 0.05, 0.52),
    "se": ("硒", "mg/L", 4, 0.0004, 0.0004), "as": ("砷", "mg/L", 4, 0.0003, 0.0011),
    "hg": ("汞", "μg/L", 3, 0.04, 0.024), "cd": ("镉", "mg/L", 5, 0.00005, 0.00004),
    "cr6": ("六价铬", "mg/L", 3, 0.004, 0.003), "pb": ("铅", "mg/L", 5, 0.00009, 0.0002),
    "cyanide": ("氰化物", "mg/L", 3, 0.004, 0.003), "volatile_phenol": ("挥发酚", "mg/L", 4, 0.0003, 0.0003),
    "petroleum": ("石油类", "mg/L", 2, 0.01, 0.016), "anionic_surfactant": ("阴离子表面活性剂", "mg/L", 2, 0.05, 0.05),
    "sulfide": ("硫化物", "mg/L", 3, 0.01, 0.008), "faecal_coliform": ("粪大肠菌群", "MPN/L", 0, 20, 5200),
}  # fmt: skip
SUBDISTRICT_ITEMS = ("water_temperature", "ph", "do", "codmn", "cod", "nh3n", "tp", "petroleum")
SUBDISTRICT_SITES = tuple(f"SIM-W-{i:03d}" for i in range(1, SECTIONS + 1))
WRONG_UNIT = "毫克每斤"


def build(stream: Stream, plan: Planned, seed: int, defects: bool) -> bytes:
    """The month's file: a workbook for the assessed sections, else the long list."""
    found = month_events(stream, seed, plan.period) if defects else []
    if plan.variant == "rev1":
        found = [e for e in found if e.kind not in stream.only_corrected]
    return (_workbook if stream.name == "water_manual" else _long_list)(stream, plan, seed, found)


def sampled_at(seed: int, site: str, plan: Planned) -> datetime:
    """When the section was sampled in the month: a working hour of the 3rd to the 12th."""
    pick = number(seed, "sample", site, plan.stamp)
    return datetime(plan.period.year, plan.period.month, 3 + pick % 10, 9 + pick // 10 % 7, pick // 70 % 12 * 5)


def results(seed: int, site: str, moment: datetime, items: tuple[str, ...]) -> dict[str, float]:
    """Laboratory results, in the item's own unit, before detection limits."""
    hours = weather.absolute_hours(moment, 1)
    levels = section_levels(seed, site, hours)
    rng = weather.generator(seed, "laboratory", site, moment.date())
    found = {}
    for item in items:
        usual = ITEMS[item][4]
        spread = np.exp(0.04 * rng.standard_normal() if not usual else 0.28 * rng.standard_normal())
        if item in ("ph", "water_temperature"):
            spread = 1.0
        if item in ("cod", "bod5"):
            # Organic load follows the permanganate index.
            usual *= float(levels["codmn"][0]) / 3.9
            spread = spread**0.4
        found[item] = float((usual or levels[item][0]) * spread)
    return found


def written(item: str, value: float) -> str:
    """A result as the laboratory writes it: `0.01L` below the detection limit."""
    _, _, decimals, limit, _ = ITEMS[item]
    if limit and value < limit:
        return f"{limit:.7f}".rstrip("0").rstrip(".") + "L"
    return f"{value:.{decimals}f}"


def _workbook(stream: Stream, plan: Planned, seed: int, found: list[Event]) -> bytes:
    items = tuple(ITEMS)
    lines: list[list[str | float]] = []
    for i, site in enumerate(stream.sites, 1):
        moment = sampled_at(seed, site, plan)
        texts = {k: written(k, v) for k, v in results(seed, site, moment, items).items()}
        for event in found:
            if event.site == site:
                texts[event.parameter] = cell(event, event.kind, "/")
        # Every second item is a number in the sheet, the rest is text: both occur in laboratory workbooks.
        cells = [_number(t) if j % 2 else t for j, t in enumerate(texts.values())]
        name = sites()[("water", site)]["name_zh"]
        lines.append([site, name, f"{moment:%Y-%m-%d %H:%M}", f"SIM-{plan.stamp}-{i:02d}", *cells])
    head = [("断面编号", ""), ("断面名称", ""), ("采样时间", ""), ("报告编号", "")]
    head += [(ITEMS[k][0], ITEMS[k][1]) for k in items]
    title = f"朝阳区地表水考核断面监测结果 {plan.period:%Y年%m月}（模拟）"
    return workbook_bytes("监测结果", title, head, lines, footer="报告编制：模拟实验室（模拟）")


def _number(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text


def _long_list(stream: Stream, plan: Planned, seed: int, found: list[Event]) -> bytes:
    lines = []
    for i, site in enumerate(SUBDISTRICT_SITES, 1):
        moment = sampled_at(seed, site, plan)
        values = results(seed, site, moment, SUBDISTRICT_ITEMS)
        here = {(e.parameter, e.kind): e for e in found if e.site == site}
        for item, value in values.items():
            unit = WRONG_UNIT if (item, "wrong_unit") in here else ITEMS[item][1]
            for kind in ("unit_slip", "corrected_file"):
                if event := here.get((item, kind)):
                    value *= event.amount
            name = sites()[("water", site)]["name_zh"]
            line = [site, name, f"{moment:%Y/%m/%d %H:%M}", ITEMS[item][0], written(item, value), unit,
                    f"SIM-{plan.stamp}-S{i:03d}"]  # fmt: skip
            lines.append(line)
            if (item, "duplicate_row") in here:
                lines.append(list(line))
            if event := here.get((item, "unknown_site")):
                lines.append([unknown_site_id(event), "未登记断面（模拟）", *line[2:]])
    header = ("断面编号", "断面名称", "采样时间", "项目", "结果", "单位", "报告编号")
    return csv_bytes([header, *lines], encoding="gbk")
