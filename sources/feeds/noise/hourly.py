"""Hourly noise of the 12 functional-area points: one JSON record a line, the 24 hours to 06:00, levels as text.

Here belong levels by class and hour, wind and rain. Not here: the yearly surveys (surveys.py).
"""

from __future__ import annotations

from datetime import datetime, time

import numpy as np

from sources.simulated import weather
from sources.simulated.defects import number
from sources.simulated.delivery_stream import Stream
from sources.simulated.district_sites import sites
from sources.simulated.planting import Frame, rows
from sources.simulated.schedule import Planned

COLUMNS = {
    "leq": "Leq", "lmax": "Lmax", "l10": "L10", "l50": "L50", "l90": "L90", "valid_minutes": "min",
    "noise_wind_speed": "wind", "noise_rain": "rain",
}  # fmt: skip
DECIMALS = dict.fromkeys(COLUMNS, 1) | {"valid_minutes": 0}
TYPICAL = {"leq": 51.0}
# Usual day and night level by functional-area class, dB(A); class 1 and 4a points miss their night limit at times.
_LEVELS = {"1": (53.4, 44.4), "2": (55.6, 47.2), "3": (58.9, 50.8), "4a": (67.2, 53.7)}


def build(stream: Stream, plan: Planned, seed: int, defects: bool) -> bytes:
    """The 24 hours from 06:00 of the day, of all points, as ndjson."""
    start = datetime.combine(plan.period, time(stream.start_hour))
    frame = Frame(stream, stream.sites, start, _values(stream, seed, plan, start), DECIMALS, TYPICAL)
    table = rows(frame, seed, defects, plan.variant, stamp, "", "N")
    minutes = 2 + list(COLUMNS).index("valid_minutes")
    keys = ("p", "t", *COLUMNS.values(), "st")
    lines = []
    for row in table:
        # Levels are text, the minutes a number: both ways of writing one are in one record.
        cells = [f'"{k}":"{c}"' for k, c in zip(keys, row, strict=True)]
        cells[minutes] = f'"{COLUMNS["valid_minutes"]}":{row[minutes]}'
        lines.append("{" + ",".join(cells) + "}")
    return ("\n".join(lines) + ("\n\n" if plan.variant == "repacked" else "\n")).encode()


def stamp(start: datetime) -> str:
    """The hour that begins at `start`, digits only."""
    return f"{start:%Y%m%d%H%M}"


def _values(stream: Stream, seed: int, plan: Planned, start: datetime) -> dict[str, np.ndarray]:
    hours = weather.absolute_hours(start, 24)
    rng = weather.generator(seed, stream.name, plan.period)
    shape = (len(stream.sites), 24)
    levels = np.array([_LEVELS[sites()[("noise", s)]["noise_class"]] for s in stream.sites])
    levels += np.array([[number(seed, "level", s) % 21 / 10 - 1.0] for s in stream.sites])
    # Awake is near 1 by day and near 0 in the small hours, with shoulders at dawn and late evening.
    awake = np.clip(0.62 + 0.75 * weather.daily(hours, 14.5), 0, 1)
    spread = rng.standard_normal((5, *shape))
    wet = np.broadcast_to(weather.rain(seed, hours), shape)
    levels = levels + 0.6 * rng.standard_normal((len(stream.sites), 1))
    leq = levels[:, [1]] + (levels[:, [0]] - levels[:, [1]]) * awake + 1.1 * spread[0] + 1.5 * (wet > 0)
    wind = weather.wind(seed, hours) * np.exp(0.12 * spread[4])
    lost = rng.random(shape)
    return {
        "leq": leq,
        "lmax": leq + 9.5 + 2.2 * np.abs(spread[1]),
        "l10": leq + 2.6 + 0.3 * spread[2],
        "l50": leq - 1.9 + 0.3 * spread[3],
        "l90": leq - 5.4 - 0.4 * np.abs(spread[2]),
        # One hour in 60 loses minutes to calibration or incidental sound.
        "valid_minutes": np.where(lost < 1 / 60, 20 + 1500 * lost, 60.0),
        "noise_wind_speed": np.clip(wind, 0, 14),
        "noise_rain": wet.copy(),
    }
