"""Weighbridge tickets of a day's waste loads: GBK CSV with a title and a blank line, masses in kg.

Here belong loads, vehicles, tickets and what may be wrong with a ticket. Not here: other feeds' frames: a load is
an event, not an interval.
"""

from __future__ import annotations

from datetime import datetime, time

import numpy as np

from sources.simulated import weather
from sources.simulated.defects import Event, day_event, number, unknown_site_id
from sources.simulated.delivery_stream import Stream
from sources.simulated.district_sites import areas
from sources.simulated.file_formats import csv_bytes
from sources.simulated.planting import cell, future
from sources.simulated.schedule import Planned

HEADER = (
    "票号", "地磅编号", "车牌", "毛重(kg)", "皮重(kg)", "净重(kg)", "进站时间", "出站时间", "类别", "来源街乡", "去向",
)  # fmt: skip
TICKET, SITE, GROSS, TARE, NET, IN, OUT, CATEGORY = 0, 1, 3, 4, 5, 6, 7, 8
# Weighbridge, category, destination, loads a day, usual net and tare in kg. Each flow has vehicles of its own.
_FLOWS = (
    ("SIM-WB-01", "其他垃圾", "焚烧", 118, 12900, 14500), ("SIM-WB-02", "厨余垃圾", "厨余处理", 82, 9100, 12000),
    ("SIM-WB-02", "餐饮厨余", "厨余处理", 40, 6200, 10500), ("SIM-WB-03", "其他垃圾", "焚烧", 60, 12600, 14500),
    ("SIM-WB-04", "其他垃圾", "焚烧", 58, 12700, 14500), ("SIM-WB-05", "可回收物", "回收利用", 72, 14600, 15500),
    ("SIM-WB-06", "有害垃圾", "危废处置", 1, 760, 4200),
)  # fmt: skip
UNKNOWN_CATEGORY = "装修杂物"
_STAMP = "%Y/%m/%d %H:%M:%S"


def build(stream: Stream, plan: Planned, seed: int, defects: bool) -> bytes:
    """The day's tickets, by weighbridge and time."""
    lines = _loads(stream, plan, seed)
    event = day_event(stream, seed, plan.period) if defects else None
    if event and not (event.kind == "corrected_file" and plan.variant == "rev1"):
        _spoil(lines, event)
    title = f"朝阳区生活垃圾称重记录 {plan.period:%Y-%m-%d}（模拟）"
    return csv_bytes([HEADER, *lines], encoding="gbk", title=title, repacked=plan.variant == "repacked")


def ticket(site: str, day: datetime, serial: int) -> str:
    """Number of the ticket with that serial of the day at the weighbridge."""
    return f"S{site[-2:]}{day:%y%m%d}{serial:04d}"


def spoilt_serial(event: Event) -> int:
    """Which of the weighbridge's tickets of the day a defect hits; every weighbridge has more than 40."""
    return 1 + event.pick // 13 % 40


def _loads(stream: Stream, plan: Planned, seed: int) -> list[list[str]]:
    day = datetime.combine(plan.period, time())
    rng = weather.generator(seed, stream.name, plan.period)
    # Fewer loads on Sundays, more on Mondays; slowly more sorting.
    weekly = (1.06, 1.02, 1.0, 1.0, 1.0, 0.98, 0.94)[plan.period.weekday()]
    codes = [code for code, _, _ in areas()]
    lines: list[list[str]] = []
    serials: dict[str, int] = {}
    date_text = f"{plan.period:%Y/%m/%d}"
    for flow, (site, category, destination, usual, net_kg, tare_kg) in enumerate(_FLOWS, start=1):
        count = max(1, round(usual * weekly * (1 + 0.03 * rng.standard_normal())))
        second = np.sort(5 * 3600 + rng.integers(0, 17 * 3600, count)).tolist()
        stay = rng.integers(240, 2400, count).tolist()
        net = np.clip(net_kg * (1 + 0.13 * rng.standard_normal(count)), 0.3 * net_kg, 1.6 * net_kg)
        fleet = max(2, count // 4)
        tare = tare_kg * (1 + 0.02 * np.sin(np.arange(count) % fleet)) * (1 + 0.002 * rng.standard_normal(count))
        tare *= _scale(seed, site, category, plan.period.toordinal(), count)
        street = rng.integers(0, len(codes), count).tolist()
        net_text = (np.round(net / 20) * 20).astype(int).tolist()
        tare_text = (np.round(tare / 20) * 20).astype(int).tolist()
        for i in range(count):
            serial = serials[site] = serials.get(site, 0) + 1
            lines.append([
                ticket(site, day, serial), site, f"SIM-{flow}{i % fleet:04d}", str(net_text[i] + tare_text[i]),
                str(tare_text[i]), str(net_text[i]), _moment(date_text, second[i]),
                _moment(date_text, second[i] + stay[i]), category, codes[street[i]], destination,
            ])  # fmt: skip
    return lines


def _scale(seed: int, site: str, category: str, day: int, count: int) -> np.ndarray:
    """What the weighbridge makes of each vehicle's tare: residue on one vehicle now and then, seldom a scale adrift."""
    pick = number(seed, "scale", site, category, day)
    factors = np.ones(count)
    if pick % 211 == 0:
        factors += 0.08
    elif pick % 6 == 0:
        factors[pick // 6 % count] += 0.09
    return factors


def _moment(date_text: str, second: int) -> str:
    """A second of the day as the weighbridge writes it; every load leaves before midnight."""
    return f"{date_text} {second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"


def _spoil(lines: list[list[str]], event: Event) -> None:
    wanted = ticket(event.site, datetime.combine(event.day, time()), spoilt_serial(event))
    line = next(li for li in lines if li[TICKET] == wanted)
    if event.kind == "duplicate_row":
        lines.append(list(line))
    elif event.kind == "unknown_site":
        lines.append([wanted + "X", unknown_site_id(event), *line[2:]])
    elif event.kind == "garbage_cell":
        line[NET] = cell(event, event.kind, "")
    elif event.kind == "future_date":
        shifted = [f"{future(datetime.strptime(line[i], _STAMP)):{_STAMP}}" for i in (IN, OUT)]
        lines.append([wanted + "F", *line[1:IN], *shifted, *line[CATEGORY:]])
    elif event.kind == "tare_over_gross":
        line[GROSS], line[TARE] = line[TARE], line[GROSS]
        line[NET] = f"-{line[NET]}"
    elif event.kind == "net_slip":
        line[NET] = f"{line[NET]}000"
    elif event.kind == "unknown_category":
        line[CATEGORY] = UNKNOWN_CATEGORY
    elif event.kind == "corrected_file":
        line[NET] = str(round(int(line[NET]) * event.amount / 20) * 20)
        line[GROSS] = str(int(line[NET]) + int(line[TARE]))
