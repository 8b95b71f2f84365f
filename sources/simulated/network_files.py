"""The files of the simulated networks: long CSV with Chinese headers, one value a line.

Here belongs what a file says: values from the usual levels, words, non-detects, positions of a survey, and the defects
of files that hold longer than a day. Not here: levels and sites (network_plan.py, network_sites.py), defects of daily
files (planting.py) or syntax (file_formats.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time
from functools import cache, partial

import numpy as np

from sources.simulated import weather
from sources.simulated.defects import Event, month_events, number, unknown_site_id
from sources.simulated.delivery_stream import Stream
from sources.simulated.district_sites import sites
from sources.simulated.file_formats import csv_bytes
from sources.simulated.network_plan import Level, Place, declaration, is_word, levels, networks, places
from sources.simulated.network_sites import attribute_of, factor_of
from sources.simulated.network_times import moments, stamp_of
from sources.simulated.planting import Frame, cell, number_texts, rows
from sources.simulated.schedule import Planned

WRONG_UNIT = "毫克每斤"
_MISSING = "--"
_NORMAL = "正常"
_UNKNOWN = "未登记点位（模拟）"
_UNITS = {"-": "无量纲", "ug/m3": "μg/m3", "ug/L": "μg/L", "degC": "℃", "t CO2": "tCO2", "species": "种"}
_HEAD = ("点位编号", "点位名称", "监测时间", "项目", "结果", "单位")
_TRACK = ("经度", "纬度")
_TAIL = ("状态", "备注")
# How much of the noise is the whole district's.
_SHARED = 0.6
Values = dict[str, np.ndarray]


def build(stream: Stream, plan: Planned, seed: int, defects: bool) -> bytes:
    """The file of one period."""
    network = stream.name
    own = networks()[network]
    split = own.get("split", {}).get("column")
    header = (*_HEAD, *((split,) if split else ()), *(_TRACK if "track" in own else ()), *_TAIL)
    lines = (_day_lines if stream.cadence == "day" else _period_lines)(stream, plan, seed, defects)
    encoding = own.get("encoding", "utf-8")
    return csv_bytes([header, *lines], encoding=encoding, repacked=plan.variant == "repacked")


@cache
def _written(network: str, parameter: str) -> tuple[str, str]:
    """How a file names a parameter and its unit."""
    declared = declaration(network)["parameters"][parameter]
    unit = declared.get("unit", "-")
    return declared["name_zh"], _UNITS.get(unit, unit)


@cache
def _words(network: str, parameter: str) -> tuple[str, str]:
    """How a file writes the words whose numbers are 0 and 1."""
    declared = declaration(network)
    words = declared["vocabularies"][declared["parameters"][parameter]["vocabulary"]].values()
    by_number = {word["number"]: word["received"][0] for word in words}
    return by_number[0], by_number[1]


def _by_digit(network: str, parameter: str) -> dict[str, str]:
    """Words by the digit of their number; nothing for a parameter of numbers."""
    if not is_word(network, parameter):
        return {}
    absent, present = _words(network, parameter)
    return {"0": absent, "1": present}


def _name(network: str, site: str) -> str:
    return sites().get((network, site), {}).get("name_zh", _UNKNOWN)


# ---------------------------------------------------------------- values


def _values(network: str, here: Sequence[Place], hours: np.ndarray, rng: np.random.Generator, seed: int) -> Values:
    """What is measured at some sites of one kind at absolute `hours` (sites × times): parameter → sites × splits ×
    times."""
    splits = len(networks()[network].get("split", {}).get("values", ()))
    found: Values = {}
    for level in levels(network):
        if level.kind not in ("", here[0].kind):
            continue
        shape = (len(here), splits if level.split else 1, hours.shape[1])
        if is_word(network, level.parameter):
            found[level.parameter] = (rng.random(shape) < level.level).astype(float)
            continue
        usual = np.array([factor_of(network, level, place) for place in here])[:, None, None]
        noise = rng.standard_normal(shape)
        if not networks()[network].get("instant"):
            shared = weather.anomaly(seed, f"{network} {level.parameter}", hours[0])
            noise = _SHARED * shared + (1 - _SHARED**2) ** 0.5 * noise
        found[level.parameter] = _shaped(network, level, usual, hours[:, None, :], noise, (found, here))
    return found


def _shaped(
    network: str,
    level: Level,
    usual: np.ndarray,
    hours: np.ndarray,
    noise: np.ndarray,
    others: tuple[Values, Sequence[Place]],
) -> np.ndarray:
    season = level.season * weather.season(hours, level.peak_day)
    daily = level.daily * weather.daily(hours, level.peak_hour)
    if level.is_sum:
        value = usual + season + daily + level.spread * noise
    else:
        value = usual * (1 + season) * (1 + daily) * np.exp(level.spread * noise - level.spread**2 / 2)
    for name in level.of:
        other = _other(network, name, others)
        value = value + other if level.is_sum else value * other
    lowest = declaration(network)["parameters"][level.parameter].get("tests", {}).get("fail_min", "0")
    return np.maximum(value, 0.0) if float(lowest) >= 0 else value


def _other(network: str, name: str, others: tuple[Values, Sequence[Place]]) -> np.ndarray:
    """The parameter or attribute called `name`; with a minus in front the rest of it to 100 %, as a share."""
    values, here = others
    if name.startswith("-"):
        return (100 - values[name[1:]]) / 100
    if name in values:
        return values[name]
    return np.array([float(attribute_of(network, place, name)) for place in here])[:, None, None]


# ---------------------------------------------------------------- a day


def _day_lines(stream: Stream, plan: Planned, seed: int, defects: bool) -> list[list[str]]:
    """A daily file: every site at every interval, defects as in the other feeds' daily files."""
    network = stream.name
    start = datetime.combine(plan.period, time())
    steps = 1440 // stream.step_min
    rng = weather.generator(seed, network, plan.period)
    hours = weather.absolute_hours(start, steps, stream.step_min)
    parts = [_values(network, here, np.tile(hours, (len(here), 1)), rng, seed) for here in _kinds(network)]
    values = {p: np.concatenate([part[p][:, 0] for part in parts]) for p in parts[0]}
    decimals = {level.parameter: level.decimals for level in levels(network)}
    frame = Frame(stream, [p.site_id for p in places(network)], start, values, decimals)
    opened = networks()[network].get("open_hours", (0, 24))
    table = rows(frame, seed, defects, plan.variant, _stamp(network), _MISSING, _NORMAL)
    names = {site: _name(network, site) for site in {row[0] for row in table}}
    items = [_written(network, parameter) for parameter in values]
    worded = [_by_digit(network, parameter) for parameter in values]
    return [
        [site, names[site], stamp, item, words.get(text, text), unit, status, ""]
        for site, stamp, *cells, status in table
        if opened[0] <= int(stamp[11:13]) < opened[1]
        for (item, unit), words, text in zip(items, worded, cells, strict=True)
    ]


def _kinds(network: str) -> list[list[Place]]:
    """The sites of each kind, in their order."""
    found: dict[str, list[Place]] = {}
    for place in places(network):
        found.setdefault(place.kind, []).append(place)
    return list(found.values())


def _stamp(network: str) -> Callable[[datetime], str]:
    return partial(stamp_of, network)


# ---------------------------------------------------------------- longer periods


def _period_lines(stream: Stream, plan: Planned, seed: int, defects: bool) -> list[list[str]]:
    """A file of a month and longer: sites one after the other, in each its moments and items."""
    network = stream.name
    found = month_events(stream, seed, plan.period) if defects else []
    if plan.variant == "rev1":
        found = [e for e in found if e.kind not in stream.only_corrected]
    rng = weather.generator(seed, network, plan.period)
    lines: list[list[str]] = []
    for here in _kinds(network):
        times = [moments(network, seed, place.site_id, plan.period, stream.months) for place in here]
        hours = np.array([[weather.absolute_hours(t, 1)[0] for t in each] for each in times])
        values = _values(network, here, hours, rng, seed)
        for i, place in enumerate(here):
            events = [e for e in found if e.site == place.site_id]
            cells = {p: (v[i], _texts(network, place.kind, p, v[i])) for p, v in values.items()}
            lines += _site_lines(network, place, times[i], cells, events, seed)
    return lines


def _texts(network: str, kind: str, parameter: str, values: np.ndarray) -> list[str]:
    """Values of one site (splits × times) as the laboratory writes them, row by row: 0.01L below the limit."""
    if is_word(network, parameter):
        return [_words(network, parameter)[int(v)] for v in values.ravel()]
    level = next(e for e in levels(network) if e.parameter == parameter and e.kind in ("", kind))
    texts = number_texts(values, level.decimals)
    if not level.limit:
        return texts
    limit = float(level.limit)
    return [f"{level.limit}L" if v < limit else text for v, text in zip(values.ravel().tolist(), texts, strict=True)]


def _site_lines(
    network: str,
    place: Place,
    times: Sequence[datetime],
    cells: Mapping[str, tuple[np.ndarray, list[str]]],
    events: Sequence[Event],
    seed: int,
) -> list[list[str]]:
    own = networks()[network]
    splits: Sequence[str] = own.get("split", {}).get("values", ())
    stamp, name = _stamp(network), _name(network, place.site_id)
    track = _positions(network, place, times, seed) if "track" in own else []
    lines: list[list[str]] = []
    for t, moment in enumerate(times):
        for parameter, (values, texts) in cells.items():
            item, unit = _written(network, parameter)
            for j in range(values.shape[0]):
                sample = [splits[j] if values.shape[0] > 1 else ""] if splits else []
                more = [*sample, *(track[t] if track else []), _NORMAL, ""]
                line = [place.site_id, name, stamp(moment), item, texts[j * len(times) + t], unit, *more]
                hit = [e for e in events if e.parameter == parameter] if t == 0 and events else ()
                lines += _spoilt(line, hit, float(values[j, t]), network) if hit else [line]
    return lines


def _spoilt(line: list[str], events: Sequence[Event], value: float, network: str) -> list[list[str]]:
    """The line as a file with defects has it, and the lines that such a file has besides."""
    more: list[list[str]] = []
    for event in events:
        if event.kind == "corrected_file":
            level = next(e for e in levels(network) if e.parameter == event.parameter)
            line[4] = number_texts(np.array([value * event.amount]), level.decimals)[0]
        elif event.kind == "wrong_unit":
            line[5] = WRONG_UNIT
        elif event.kind in ("garbage_cell", "missing_mark"):
            line[4] = cell(event, event.kind, _MISSING)
        elif event.kind == "duplicate_row":
            more.append(list(line))
        elif event.kind == "unknown_site":
            more.append([unknown_site_id(event), _UNKNOWN, *line[2:]])
    return [line, *more]


def _positions(network: str, place: Place, times: Sequence[datetime], seed: int) -> list[list[str]]:
    """Where the vehicle is at each moment: a walk of a few hundred metres a minute within the district."""
    rng = weather.generator(seed, network, place.site_id, times[0], "track")
    begin = np.array([116.42 + number(times[0]) % 100 / 800, 39.88 + number(times[0], "lat") % 100 / 800])
    steps = np.cumsum(rng.normal(0, 0.0022, (len(times), 2)), axis=0)
    return [[f"{lon:.5f}", f"{lat:.5f}"] for lon, lat in (begin + steps).tolist()]
