"""The district's weather and air mass by hour: temperature, wind, rain, stagnation, ozone, dust.

Here belongs what several streams share, so that a dusty day is dusty at every station and rain falls on air and
noise sites alike. Not here: a site's own deviation or any file. Everything is a function of seed and time: one
long day series per quantity, drawn once with its own Philox key, interpolated to hours.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

import numpy as np

from sources.simulated.defects import dust_episodes, number

FIRST = date(2024, 12, 1).toordinal()
DAYS = 16 * 366
_KERNEL = (1.0, 0.72, 0.5, 0.34, 0.22)
_WET_SHARE = (0.02, 0.04, 0.06, 0.10, 0.14, 0.24, 0.34, 0.28, 0.16, 0.09, 0.05, 0.02)


def generator(*parts: object) -> np.random.Generator:
    """A random generator whose stream depends on `parts` alone, not on any global state."""
    return np.random.Generator(np.random.Philox(key=[number(*parts, "low"), number(*parts, "high")]))


def absolute_hours(start: datetime, steps: int, step_min: int = 60) -> np.ndarray:
    """Hours since year 1 of `steps` interval starts (float64)."""
    return start.toordinal() * 24 + start.hour + start.minute / 60 + np.arange(steps) * (step_min / 60)


@lru_cache(maxsize=1024)
def _series(seed: int, name: str) -> np.ndarray:
    """A day series of unit variance with a memory of some days (float64, DAYS long)."""
    raw = generator(seed, "weather", name).standard_normal(DAYS + len(_KERNEL))
    # Shifted sums, elementwise: the result cannot depend on threads or on a library's summing order.
    total = sum(w * raw[len(_KERNEL) - i : len(_KERNEL) - i + DAYS] for i, w in enumerate(_KERNEL))
    return total / sum(w * w for w in _KERNEL) ** 0.5


def anomaly(seed: int, name: str, hours: np.ndarray) -> np.ndarray:
    """A district-wide anomaly of unit variance at absolute `hours`, anchored at each noon."""
    first = int(hours[0] // 24) - 1
    last = int(hours[-1] // 24) + 2
    days = np.arange(first, last)
    return np.interp(hours, days * 24.0 + 12, _series(seed, name)[days - FIRST])


def season(hours: np.ndarray, peak_day: float) -> np.ndarray:
    """A yearly wave from -1 to 1 that peaks on `peak_day` of the year."""
    return np.cos(2 * np.pi * (hours / 24 - 0.75 - peak_day - date(2025, 1, 1).toordinal()) / 365.2425)


def daily(hours: np.ndarray, peak_hour: float) -> np.ndarray:
    """A daily wave from -1 to 1 that peaks at `peak_hour`."""
    return np.cos(2 * np.pi * (hours % 24 - peak_hour) / 24)


def years_since_2025(hours: np.ndarray) -> np.ndarray:
    """Years since 2025-01-01, for slow improvement."""
    return (hours / 24 - date(2025, 1, 1).toordinal()) / 365.2425


def temperature(seed: int, hours: np.ndarray) -> np.ndarray:
    """Air temperature, degC."""
    mean = 13.2 + 15.3 * season(hours, 203) + 2.4 * anomaly(seed, "temperature", hours)
    return mean + 4.6 * daily(hours, 15)


def wind(seed: int, hours: np.ndarray) -> np.ndarray:
    """Wind speed, m/s: calm air when it stagnates, stronger in spring and in the afternoon."""
    calm = -0.33 * anomaly(seed, "stagnation", hours) + 0.22 * anomaly(seed, "wind", hours)
    return np.exp(0.66 + calm + 0.16 * season(hours, 100) + 0.28 * daily(hours, 14))


def rain(seed: int, hours: np.ndarray) -> np.ndarray:
    """Rain in the hour, mm: one spell on a wet day, more of them in summer."""
    found = np.zeros(len(hours))
    for day in range(int(hours[0] // 24), int(hours[-1] // 24) + 1):
        pick = number(seed, "rain", day)
        if (pick % 1000) / 1000 >= _WET_SHARE[date.fromordinal(day).month - 1]:
            continue
        begin = pick // 1000 % 20
        length = 1 + pick // 20000 % 4
        here = (hours >= day * 24 + begin) & (hours < day * 24 + begin + length)
        found[here] = 0.2 + (pick // 80000 % 60) / 10 * (1 + season(hours[here], 203)) / 2
    return found


def dust(seed: int, hours: np.ndarray) -> np.ndarray:
    """What dust episodes add to hourly PM10, ug/m3; 0 outside them."""
    found = np.zeros(len(hours))
    for year in {date.fromordinal(int(h // 24)).year for h in (hours[0], hours[-1])}:
        for episode in dust_episodes(seed, year):
            begin = episode.start.toordinal() * 24 + episode.start.hour
            end = episode.end.toordinal() * 24 + episode.end.hour
            inside = (hours >= begin) & (hours < end)
            found[inside] += episode.peak * np.sin(np.pi * (hours[inside] + 0.5 - begin) / (end - begin)) ** 2
    return found


def particles(seed: int, hours: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """District PM2.5 and PM10, ug/m3, dust included."""
    trend = 1 - 0.035 * years_since_2025(hours)
    stagnant = anomaly(seed, "stagnation", hours)
    spread = 0.60 + 0.08 * season(hours, 10)
    washed = np.where(rain(seed, hours) > 0, 0.75, 1.0)
    level = 32.6 * trend * (1 + 0.30 * season(hours, 5)) * (1 + 0.13 * daily(hours, 23)) * washed
    fine = level * np.exp(spread * stagnant - spread**2 / 2)
    coarse = 18.6 * trend * (1 + 0.32 * season(hours, 95)) * np.exp(0.3 * anomaly(seed, "coarse", hours))
    blown = dust(seed, hours)
    return fine + 0.16 * blown, fine * 1.06 + coarse + blown


def ozone(seed: int, hours: np.ndarray) -> np.ndarray:
    """District ozone, ug/m3: low at night and in winter, high on hot afternoons."""
    summer = (1 + season(hours, 178)) / 2
    peak = 60 + 117 * summer + (10 + 30 * summer) * anomaly(seed, "ozone", hours)
    floor = 14 + 22 * summer
    bell = np.clip((daily(hours, 15) + 0.35) / 1.35, 0, None) ** 1.15
    return np.clip(floor + (np.clip(peak, floor + 8, None) - floor) * bell, 2, None)
