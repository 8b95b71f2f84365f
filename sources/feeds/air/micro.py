"""Hourly PM2.5 and PM10 of the 43 township micro stations: gzipped CSV, hours named by their start.

Here belongs a micro sensor's deviation from the district's air mass. They are never assessed. Not here: the
reference stations (air.py).
"""

from __future__ import annotations

from datetime import datetime, time

import numpy as np

from sources.simulated import weather
from sources.simulated.defects import number
from sources.simulated.delivery_stream import Stream
from sources.simulated.file_formats import csv_bytes, gzip_bytes
from sources.simulated.planting import Frame, rows
from sources.simulated.schedule import Planned

DECIMALS = {"pm2_5": 1, "pm10": 1}
TYPICAL = {"pm2_5": 27.0, "pm10": 52.0}


def build(stream: Stream, plan: Planned, seed: int, defects: bool) -> bytes:
    """One day of all micro stations as gzipped CSV."""
    start = datetime.combine(plan.period, time())
    frame = Frame(stream, stream.sites, start, _values(stream, seed, plan, start), DECIMALS, TYPICAL)
    table = rows(frame, seed, defects, plan.variant, start_label, "NA", "正常")
    return gzip_bytes(csv_bytes([HEADER, *table], repacked=plan.variant == "repacked"))


HEADER = ("设备编号", "时间", "PM2.5", "PM10", "状态")


def start_label(start: datetime) -> str:
    """The hour that begins at `start`, as the sensors' platform writes it."""
    return f"{start:%Y-%m-%dT%H:%M:%S}"


def _values(stream: Stream, seed: int, plan: Planned, start: datetime) -> dict[str, np.ndarray]:
    hours = weather.absolute_hours(start, 24)
    rng = weather.generator(seed, stream.name, plan.period)
    shape = (len(stream.sites), 24)
    bias = np.array([[0.85 + 0.3 * (number(seed, "bias", s) % 1000) / 1000] for s in stream.sites])
    fine, coarse = weather.particles(seed, hours)
    pm2_5 = fine * bias * np.exp(0.11 * rng.standard_normal(shape)) + 0.8 * rng.standard_normal(shape)
    pm10 = np.maximum(coarse * bias * np.exp(0.09 * rng.standard_normal(shape)), pm2_5 * 1.03)
    return {"pm2_5": np.clip(pm2_5, 0.5, 800), "pm10": np.clip(pm10, 3, 2200)}
