"""Monthly energy balance by sector, flow and carrier: a workbook with a title row and merged headers.

Here belong the district's yearly amounts and how they spread over months. Gas power and heat plants are inside
the district: what they burn is transformation input, never added to final use. Not here: meters (energy.py).
"""

from __future__ import annotations

import numpy as np

from sources.simulated import weather
from sources.simulated.defects import month_events
from sources.simulated.delivery_stream import Stream
from sources.simulated.district_sites import SECTORS
from sources.simulated.file_formats import workbook_bytes
from sources.simulated.planting import cell
from sources.simulated.schedule import Planned

COLUMNS = {"electricity": "电力(万kWh)", "natural_gas": "天然气(万m3)", "heat": "热力(GJ)", "gasoline": "汽油(吨)",
           "diesel": "柴油(吨)", "lpg": "液化石油气(吨)"}  # fmt: skip
USE, GENERATED, INPUT, OUTPUT = "消费", "自发", "加工转换投入", "加工转换产出"
# Amounts of 2025, in the units of COLUMNS.
_YEAR: dict[tuple[str, str], dict[str, float]] = {
    ("industry", USE): {"electricity": 219e3, "natural_gas": 8100, "heat": 3.1e6, "gasoline": 7900, "diesel": 9200},
    ("construction", USE): {"electricity": 61e3, "natural_gas": 980, "gasoline": 7100, "diesel": 29600},
    ("transport", USE): {"electricity": 152e3, "natural_gas": 4100, "gasoline": 329e3, "diesel": 104e3},
    ("services", USE): {"electricity": 826e3, "natural_gas": 36800, "heat": 18.1e6, "gasoline": 25200, "lpg": 17900},
    ("households", USE): {"electricity": 532e3, "natural_gas": 40100, "heat": 22.9e6, "gasoline": 81e3, "lpg": 12100},
    ("agriculture", USE): {"electricity": 9800, "diesel": 6100},
    ("services", GENERATED): {"electricity": 15.2e3},
    ("power_plants", INPUT): {"natural_gas": 139e3},
    ("power_plants", OUTPUT): {"electricity": 702e3, "heat": 17.9e6},
    ("heat_plants", INPUT): {"natural_gas": 60.2e3},
    ("heat_plants", OUTPUT): {"heat": 21.1e6},
}  # fmt: skip
# Share of a year's amount by month: even, cooling and heating, heating alone, heating with a base.
_EVEN = (1.02, 0.84, 1.0, 0.98, 1.0, 0.99, 1.03, 1.04, 1.0, 1.03, 1.02, 1.05)
_POWER = (1.1, 0.92, 0.92, 0.82, 0.88, 1.08, 1.26, 1.24, 0.96, 0.84, 0.92, 1.06)
_HEAT = (2.9, 2.4, 1.6, 0.15, 0.1, 0.1, 0.1, 0.1, 0.1, 0.2, 1.65, 2.6)
_GAS = (1.75, 1.5, 1.2, 0.7, 0.6, 0.6, 0.65, 0.65, 0.6, 0.75, 1.3, 1.7)
_SHAPES = {"electricity": _POWER, "natural_gas": _GAS, "heat": _HEAT}
# Yearly change: less fuel, slightly more electricity.
_CHANGE = {"electricity": 0.006, "natural_gas": -0.015, "gasoline": -0.05, "diesel": -0.05, "lpg": -0.03, "heat": -0.01}


def build(stream: Stream, plan: Planned, seed: int, defects: bool) -> bytes:
    """The month's workbook; 'rev1' is the corrected one."""
    found = month_events(stream, seed, plan.period) if defects and plan.variant != "rev1" else []
    rng = weather.generator(seed, stream.name, plan.period)
    names = dict(SECTORS)
    lines: list[list[str | float]] = []
    for (sector, flow), amounts in _YEAR.items():
        site = f"SIM-ES-{sector}"
        cells: list[str | float] = []
        for carrier in COLUMNS:
            jitter = float(np.exp(0.012 * rng.standard_normal()))
            value = _amount(amounts.get(carrier, 0.0), carrier, plan) * jitter
            cells.append(round(value, 2))
        for event in found:
            if event.site == site and flow == USE:
                at = list(COLUMNS).index(event.parameter)
                wrong = round(amounts[event.parameter] / 12 * event.amount, 2)
                cells[at] = wrong if event.kind == "corrected_file" else cell(event, event.kind, "")
        lines.append([site, names[sector], f"{plan.period:%Y-%m}", flow, *cells])
    head = [("行业编号", ""), ("行业", ""), ("统计月份", ""), ("流向", ""), *(("实物量", c) for c in COLUMNS.values())]
    title = f"朝阳区能源消费与加工转换月报 {plan.period:%Y-%m}（模拟）"
    return workbook_bytes("能源平衡", title, head, lines, groups=[(4, 9, "实物量")], footer="填报：模拟统计所（模拟）")


def _amount(yearly: float, carrier: str, plan: Planned) -> float:
    shape = _SHAPES.get(carrier, _EVEN)
    years = plan.period.year - 2025
    return yearly * (1 + _CHANGE[carrier]) ** years * shape[plan.period.month - 1] / sum(shape)
