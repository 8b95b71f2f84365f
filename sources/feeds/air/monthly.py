"""Monthly dustfall of 43 points (workbook with merged headers) and dust notices (GBK CSV, one per episode).

Here belong dustfall levels and the text of a notice. Not here: when the dust comes (defects.dust_episodes).
"""

from __future__ import annotations

from datetime import datetime, time

import numpy as np

from sources.simulated import weather
from sources.simulated.defects import dust_episodes, month_events, number, unknown_site_id
from sources.simulated.delivery_stream import Stream
from sources.simulated.district_sites import DISTRICT_SITE, sites
from sources.simulated.file_formats import csv_bytes, workbook_bytes
from sources.simulated.planting import cell
from sources.simulated.schedule import Planned

BROKEN_SAMPLE = "样品破损"


def build(stream: Stream, plan: Planned, seed: int, defects: bool) -> bytes:
    """A month's dustfall workbook, or one notice."""
    if stream.name == "air_dust_period":
        return _notice(plan, seed)
    found = month_events(stream, seed, plan.period) if defects else []
    start = datetime.combine(plan.period, time())
    hours = weather.absolute_hours(start, 28 * 24)
    rng = weather.generator(seed, stream.name, plan.period)
    level = 4.3 * (1 - 0.02 * weather.years_since_2025(hours[:1])[0]) * (1 + 0.28 * weather.season(hours, 110).mean())
    level += 0.0035 * weather.dust(seed, hours).sum() / 24
    month = f"{plan.period:%Y年%m月}"
    lines: list[list[str | float]] = []
    for site in stream.sites:
        factor = 0.8 + 0.4 * (number(seed, "dustfall", site) % 1000) / 1000
        value: str | float = round(float(level * factor * np.exp(0.1 * rng.standard_normal())), 2)
        for event in found:
            if event.site == site and event.kind == "missing_mark":
                value = cell(event, event.kind, BROKEN_SAMPLE)
        lines.append([site, sites()[("air", site)]["name_zh"], month, 30.0, value])
        for event in found:
            if event.site == site and event.kind == "unknown_site":
                lines.append([unknown_site_id(event), "未登记点（模拟）", month, 30.0, value])
    head = [("点位编号", ""), ("点位名称", ""), ("采样月份", ""), ("监测结果", "采样天数"), ("监测结果", "降尘量")]
    title = f"朝阳区降尘监测月报 {month}（模拟）"
    return workbook_bytes("降尘", title, head, lines, groups=[(3, 4, "监测结果")], footer="填表：模拟监测站（模拟）")


def _notice(plan: Planned, seed: int) -> bytes:
    year, index = int(plan.stamp[:4]), int(plan.stamp[5:])
    episode = dust_episodes(seed, year)[index - 1]
    header = ("通知编号", "区域编号", "区域名称", "开始时间", "结束时间", "沙尘过程")
    line = (f"SIM-沙尘-{year}-{index:02d}", DISTRICT_SITE, "朝阳区（模拟）", f"{episode.start:%Y-%m-%d %H:%M}",
            f"{episode.end:%Y-%m-%d %H:%M}", "1")  # fmt: skip
    return csv_bytes([header, line], encoding="gbk")
