"""Quarter-hourly electricity of six meters: CSV with a byte order mark, day-first dates, midnight of the same date.

Here belong a meter's load curve and its stamps. Meters are a part of the district's use and never added to the
balance. Not here: the monthly balance by sector (sectors.py).
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

import numpy as np

from sources.simulated import weather
from sources.simulated.delivery_stream import Stream
from sources.simulated.file_formats import csv_bytes
from sources.simulated.planting import Frame, rows
from sources.simulated.schedule import Planned

HEADER = ("电表编号", "日期", "时间", "有功电量(kWh)", "无功电量(kvarh)", "状态")
DECIMALS = {"electricity": 2, "reactive_power": 2}
# Usual energy in 15 minutes (kWh), share of it that follows the working day, and answer to heat and cold.
_METERS = {
    "SIM-EM-01": (210.0, 0.55, 0.25), "SIM-EM-02": (640.0, 0.08, 0.04), "SIM-EM-03": (880.0, 0.45, 0.3),
    "SIM-EM-04": (1250.0, 0.5, 0.4), "SIM-EM-05": (420.0, 0.35, 0.1), "SIM-EM-06": (760.0, 0.25, 0.45),
}  # fmt: skip


def build(stream: Stream, plan: Planned, seed: int, defects: bool) -> bytes:
    """One day of all meters, 96 intervals each."""
    start = datetime.combine(plan.period, time())
    frame = Frame(stream, stream.sites, start, _values(stream, seed, plan, start), DECIMALS)
    table = rows(frame, seed, defects, plan.variant, stamp, "N/A", "正常")
    lines = [[site, *moment.split(" "), *cells] for site, moment, *cells in table]
    return csv_bytes([HEADER, *lines], encoding="utf-8-sig", repacked=plan.variant == "repacked")


def stamp(start: datetime) -> str:
    """The quarter hour that begins at `start`, named by its end; the day's last one as 00:00 of the same date."""
    return f"{start:%d/%m/%Y} {start + timedelta(minutes=15):%H:%M}"


def _values(stream: Stream, seed: int, plan: Planned, start: datetime) -> dict[str, np.ndarray]:
    hours = weather.absolute_hours(start, 96, stream.step_min)
    rng = weather.generator(seed, stream.name, plan.period)
    shape = (len(stream.sites), 96)
    base, working, climate = (np.array([[_METERS[s][i]] for s in stream.sites]) for i in range(3))
    busy = np.clip(0.3 + weather.daily(hours, 14), 0, 1) * (0.45 if plan.period.weekday() >= 5 else 1.0)
    felt = np.clip(np.abs(weather.temperature(seed, hours) - 18) - 3, 0, None) / 15
    level = base * (1 - working + 2 * working * busy) * (1 + climate * felt)
    electricity = np.clip(level * np.exp(0.04 * rng.standard_normal(shape)), 1, None)
    reactive = electricity * (0.28 + 0.03 * rng.standard_normal(shape))
    return {"electricity": electricity, "reactive_power": np.clip(reactive, 0.1, None)}
