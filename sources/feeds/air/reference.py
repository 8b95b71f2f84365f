"""Hourly air of the three reference stations: JSON with nested records, numbers as text, hours named by their end.

Here belong the levels of pollutants and weather at a station. Not here: the district's air mass (weather.py),
micro stations (micro.py), dustfall and notices (monthly.py).
"""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta

import numpy as np

from sources.simulated import weather
from sources.simulated.delivery_stream import Stream
from sources.simulated.district_sites import sites
from sources.simulated.planting import Frame, rows
from sources.simulated.schedule import Planned

COLUMNS = {
    "pm2_5": "PM2.5", "pm10": "PM10", "so2": "SO2", "no2": "NO2", "co": "CO", "o3": "O3", "temperature": "TEMP",
    "humidity": "RH", "pressure": "PRES", "wind_speed": "WS", "wind_direction": "WD",
}  # fmt: skip
DECIMALS = dict.fromkeys(COLUMNS, 1) | {"co": 2, "wind_direction": 0}
# Each station against the district's mean: particles, nitrogen dioxide (the last one is at a ring road), ozone.
_STATION = {"SIM-AIR-R01": (1.0, 0.97, 1.0), "SIM-AIR-R02": (0.94, 0.84, 1.07), "SIM-AIR-R03": (1.06, 1.19, 0.93)}


def build(stream: Stream, plan: Planned, seed: int, defects: bool) -> bytes:
    """One day of all stations as JSON; a station's 24 records run from 01:00 to 24:00."""
    frame = Frame(stream, stream.sites, datetime.combine(plan.period, time()), {}, DECIMALS)
    frame.values = _values(frame, seed, plan)
    table = rows(frame, seed, defects, plan.variant, end_label, "--", "N")
    names = {site: sites()[("air", site)]["name_zh"] for site in stream.sites}
    records = [
        {
            "station": {"id": site, "name": names.get(site, "未登记站点（模拟）")},
            "time": label,
            "values": dict(zip(COLUMNS.values(), cells, strict=True)),
            "status": status,
        }
        for site, label, *cells, status in table
    ]
    document = {"code": 200, "msg": "ok（模拟）", "data": {"date": f"{plan.period}", "records": records}}
    return json.dumps(document, ensure_ascii=False, indent=None).encode()


def end_label(start: datetime) -> str:
    """The hour that begins at `start`, named by its end, as stations write it: 24:00, not 00:00 of the next day."""
    end = start + timedelta(hours=1)
    return f"{start:%Y-%m-%d} 24:00" if end.hour == 0 else f"{end:%Y-%m-%d %H:%M}"


def _values(frame: Frame, seed: int, plan: Planned) -> dict[str, np.ndarray]:
    hours = weather.absolute_hours(frame.start, 24)
    rng = weather.generator(seed, frame.stream.name, plan.period)
    shape = (len(frame.sites), 24)
    dust_factor, no2_factor, o3_factor = (np.array([[_STATION[s][i]] for s in frame.sites]) for i in range(3))
    fine, coarse = weather.particles(seed, hours)
    pm2_5 = fine * dust_factor * np.exp(0.08 * rng.standard_normal(shape)) + 0.7 * rng.standard_normal(shape)
    pm10 = np.maximum(coarse * dust_factor * np.exp(0.08 * rng.standard_normal(shape)), pm2_5 * 1.04)
    stagnant = weather.anomaly(seed, "stagnation", hours)
    trend = 1 - 0.03 * weather.years_since_2025(hours)
    traffic = 1 + 0.16 * weather.daily(hours, 20) + 0.06 * np.cos(2 * np.pi * (hours % 24 - 8) / 12)
    no2 = 28.6 * trend * (1 + 0.30 * weather.season(hours, 5)) * traffic * np.exp(0.30 * stagnant - 0.05)
    ozone = weather.ozone(seed, hours)
    temperature = weather.temperature(seed, hours)
    wind = weather.wind(seed, hours)
    humidity = 47 + 17 * weather.season(hours, 210) - 13 * weather.daily(hours, 15) + 9 * stagnant
    pressure = 1016 - 11 * weather.season(hours, 195) - 3 * weather.anomaly(seed, "pressure", hours)
    spread = rng.standard_normal((6, *shape))
    return {
        "pm2_5": np.clip(pm2_5, 1, 900),
        "pm10": np.clip(pm10, 4, 2300),
        "so2": 3.0 * np.exp(0.45 * weather.season(hours, 15) + 0.22 * stagnant + 0.14 * spread[0]),
        "no2": np.clip(no2 * no2_factor * np.exp(0.09 * spread[1]), 3, 220),
        "co": np.clip(0.62 + 0.17 * weather.season(hours, 10) + 0.16 * stagnant + 0.05 * spread[2], 0.15, None),
        "o3": np.clip(ozone * o3_factor + 3.0 * spread[3], 2, None),
        "temperature": temperature + 0.4 * spread[4],
        "humidity": np.clip(humidity + 2.0 * spread[5], 9, 99),
        "pressure": pressure + 0.3 * rng.standard_normal(shape),
        "wind_speed": np.clip(wind * np.exp(0.15 * rng.standard_normal(shape)), 0.1, 14),
        "wind_direction": rng.integers(0, 360, shape).astype(float),
    }
