"""Four-hourly water of the five assessed sections' automatic stations: GBK CSV with a title and a blank line.

Here belong the levels of a section, shared with the monthly samples (manual.py), and the class that the
station's platform publishes. Not here: the standard's class of a month or year; that is the pipeline's work.
"""

from __future__ import annotations

from datetime import date, datetime, time

import numpy as np

from sources.simulated import weather
from sources.simulated.defects import number
from sources.simulated.delivery_stream import Stream
from sources.simulated.district_sites import sites
from sources.simulated.file_formats import csv_bytes
from sources.simulated.planting import Frame, rows
from sources.simulated.schedule import Planned

COLUMNS = {
    "water_temperature": "水温(℃)", "ph": "pH(无量纲)", "do": "溶解氧(mg/L)", "conductivity": "电导率(μS/cm)",
    "turbidity": "浊度(NTU)", "codmn": "高锰酸盐指数(mg/L)", "nh3n": "氨氮(mg/L)", "tp": "总磷(mg/L)",
    "tn": "总氮(mg/L)",
}  # fmt: skip
DECIMALS = {"water_temperature": 1, "ph": 2, "do": 2, "conductivity": 1, "turbidity": 1, "codmn": 2, "nh3n": 3,
            "tp": 3, "tn": 2, "class": 0}  # fmt: skip
TYPICAL = {"conductivity": 780.0}
_CLASSES = {"1": "Ⅰ", "2": "Ⅱ", "3": "Ⅲ", "4": "Ⅳ", "5": "Ⅴ", "6": "劣Ⅴ"}
# Upper bounds of classes I to V of what the platform looks at, GB 3838-2002 table 1 (river); DO is a lower bound.
_BOUNDS = {"codmn": (2, 4, 6, 10, 15), "nh3n": (0.15, 0.5, 1.0, 1.5, 2.0), "tp": (0.02, 0.1, 0.2, 0.3, 0.4)}
_DO_BOUNDS = (7.5, 6, 5, 3, 2)
# One ditch stays worse than class V through 2025 and is repaired for 2026.
POOR_SECTION = "SIM-W-037"


def build(stream: Stream, plan: Planned, seed: int, defects: bool) -> bytes:
    """One day of all stations, six records each."""
    start = datetime.combine(plan.period, time())
    hours = weather.absolute_hours(start, 6, stream.step_min)
    levels = [section_levels(seed, site, hours) for site in stream.sites]
    values = {p: np.array([level[p] for level in levels]) for p in COLUMNS}
    rng = weather.generator(seed, stream.name, plan.period)
    for parameter, series in values.items():
        series *= 1 + (0.003 if parameter == "ph" else 0.012) * rng.standard_normal(series.shape)
    values["class"] = published_class(values)
    frame = Frame(stream, stream.sites, start, values, DECIMALS, TYPICAL)
    lines = [_line(row) for row in rows(frame, seed, defects, plan.variant, stamp, "--", "正常")]
    header = ("断面编号", "断面名称", "监测时间", "水质类别", *COLUMNS.values(), "站点情况")
    title = f"朝阳区考核断面水质自动监测数据 {plan.period:%Y-%m-%d}（模拟）"
    return csv_bytes([header, *lines], encoding="gbk", title=title, repacked=plan.variant == "repacked")


def stamp(start: datetime) -> str:
    """Start of the four hours."""
    return f"{start:%Y-%m-%d %H:%M}"


def section_levels(seed: int, site: str, hours: np.ndarray) -> dict[str, np.ndarray]:
    """What is in the water of one section at absolute `hours`: parameter → level, in the parameter's unit."""
    better = 1 - 0.025 * weather.years_since_2025(hours)
    load = _load(seed, site)
    warm = weather.temperature(seed, np.concatenate([hours - 48, hours]))
    water = np.clip(3.2 + 0.8 * (warm[: len(hours)] + warm[len(hours) :]) / 2, 0.5, 31)

    def wave(name: str, spread: float) -> np.ndarray:
        return np.exp(spread * weather.anomaly(seed, f"{site} {name}", hours) - spread**2 / 2)

    poor = 3.9 if site == POOR_SECTION and hours[0] / 24 < date(2026, 1, 1).toordinal() else 1.0
    nh3n = 0.42 * load * poor * better * wave("nh3n", 0.28) * (1 + 0.35 * weather.season(hours, 20))
    saturated = 14.2 - 0.36 * water + 0.0042 * water**2
    return {
        "water_temperature": water + 0.2 * weather.daily(hours, 16),
        "ph": 7.75 + 0.16 * weather.anomaly(seed, f"{site} ph", hours) + 0.12 * weather.daily(hours, 16),
        "do": np.clip(saturated * 0.86 - 0.9 * (load - 1) + 0.6 * weather.daily(hours, 16), 2.4, 18),
        "conductivity": 800 * wave("conductivity", 0.08),
        "turbidity": 11 * load * wave("turbidity", 0.35) + 1.0,
        "codmn": 3.7 * load**0.5 * better * wave("codmn", 0.14),
        "nh3n": np.clip(nh3n, 0.03, None),
        "tp": np.clip(0.115 * load**0.8 * better * wave("tp", 0.2), 0.01, None),
        "tn": 6.8 * wave("tn", 0.15),
    }


def published_class(values: dict[str, np.ndarray]) -> np.ndarray:
    """The real-time class of pH, DO, CODMn, NH3-N and TP on the values as written, 1 to 6."""
    worst = np.where((values["ph"] < 6) | (values["ph"] > 9), 6, 1)
    for parameter, bounds in _BOUNDS.items():
        shown = np.round(values[parameter], DECIMALS[parameter])
        worst = np.maximum(worst, 1 + np.searchsorted(bounds, shown, side="left"))
    shown = np.round(values["do"], DECIMALS["do"])
    below = sum((shown < bound).astype(int) for bound in _DO_BOUNDS)
    return np.maximum(worst, 1 + below).astype(float)


def _load(seed: int, site: str) -> float:
    """How burdened a section is, 1 for a usual one: the last assessed one and small ditches more."""
    row = sites()[("water", site)]
    if site == POOR_SECTION:
        return 1.5
    share = (number(seed, "load", site) % 1000) / 1000
    spread = 0.75 + (0.5 if row["assessed"] == "true" else 0.85) * share
    return spread * (1.45 if row["class_target"] == "V" else 1.0)


def _line(row: list[str]) -> list[str]:
    site, moment, *cells, grade, status = row
    name = sites().get(("water", site), {}).get("name_zh", "未登记断面（模拟）")
    return [site, name, moment, _CLASSES[grade], *cells, status]
