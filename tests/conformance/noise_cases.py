"""Noise cases: every worked example of noise as readings, and the edges of its rules.

Here belong inputs only; each case has a point, a class, a period or a year of its own. An entry of a known rule becomes
a case by itself, whatever its inputs. Not here: expected figures (test_noise.py).
"""

from __future__ import annotations

import csv
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.conformance.kit import PROJECT, District, worked_examples

DAY = datetime(2024, 5, 6)
STANDARDS = ("GB 3096", "HJ 640")
LD, LDN, MEAN = "Ld from", "Ldn from", "two equal levels"
CLASS, ROAD, AREA = "class attainment", "road traffic noise", "functional-area attainment"
RULES = (LD, LDN, MEAN, CLASS, ROAD, AREA)
CLASSES = ("1", "2", "3", "4a", "4b", "0")
STEP = Decimal("0.1")


def entries(rule: str) -> list[dict[str, Any]]:
    """Every worked example of noise whose rule begins so."""
    return [e for e in worked_examples() if e["standard"].startswith(STANDARDS) and e["rule"].startswith(rule)]


def limit(noise_class: str, part: str) -> Decimal:
    """The limit of a class as the seed has it."""
    rows = _seed("gb3096_limits")
    return next(Decimal(r["limit_db"]) for r in rows if (r["noise_class"], r["period"]) == (noise_class, part))


def grade_edges() -> list[tuple[str, str, Decimal, int]]:
    """Product, part, level and grade at each upper bound, a step above it, and far above the top."""
    edges = []
    for row in _seed("noise_grades"):
        grade, upper = int(row["grade"]), row["up_to_db"]
        levels = [(Decimal(upper), grade), (Decimal(upper) + STEP, grade + 1)] if upper else [(Decimal(99), grade)]
        edges += [(row["product"], row["period"], level, g) for level, g in levels]
    return edges


def edge_year(product: str, part: str, level: Decimal) -> int:
    """The year of an edge: no two edges of a product and part share one."""
    levels = [e[2] for e in grade_edges() if e[:2] == (product, part)]
    return 2004 + levels.index(level)


def road_year(n: int) -> int:
    """The year of the nth worked example of road noise, after those of the edges."""
    return 2014 + n


def shares() -> Iterator[tuple[str, str, int, int, dict[str, Any]]]:
    """Worked examples of attainment: class, part, judged, attained and entry."""
    for n, entry in enumerate(entries(AREA)):
        for part in ("day", "night"):
            if f"{part}_point_times" in entry["input"]:
                judged, attained = entry["input"][f"{part}_point_times"], entry["input"][f"{part}_ok"]
                yield CLASSES[n % len(CLASSES)], part, judged, attained, entry


def share_quarter(n: int) -> date:
    """First day of the quarter in which the nth share is measured by point-times."""
    return date(2010 + n // 4, 1 + 3 * (n % 4), 1)


def share_month(n: int) -> date:
    """First day of the month in which the nth share is measured by point-days."""
    return date(2025 + n // 12, 1 + n % 12, 1)


def add(district: District) -> None:
    """All noise cases."""
    if not worked_examples():
        return
    for n, entry in enumerate(entries(LD)):
        _hours(district, f"N-LD-{n}", DAY, day=entry["input"]["hourly"])
    for n, entry in enumerate(entries(LDN)):
        _hours(district, f"N-LDN-{n}", DAY, day=entry["input"]["day"], night=entry["input"]["night"])
    for n, entry in enumerate(entries(CLASS)):
        site = district.site("noise", f"N-CLASS-{n}", "point", noise_class=entry["input"]["area_class"])
        for part, level in (("day", entry["input"]["Ld"]), ("night", entry["input"]["Ln"])):
            _part(district, site, DAY, part, level)
    for n, entry in enumerate(entries(ROAD)):
        for k, (length, level) in enumerate(entry["input"]["km_dB"]):
            _surveyed(
                district, f"N-ROAD-{n}-{k}", "road", "day", road_year(n), level, road_length_km=Decimal(str(length))
            )
    for n, (noise_class, part, judged, attained, _) in enumerate(shares()):
        _point_times(district, n, noise_class, part, judged, attained)
        _point_days(district, n, noise_class, part, judged, attained)
    _grades(district)
    _parts(district)
    _weather(district)
    _nights(district)
    _events(district)
    _suspects(district)
    _delivered(district)
    _maxima(district)


def _hours(district: District, site: str, at: datetime, **levels: Any) -> None:
    """Hours from 06:00 (day) and from 22:00 (night) of a point of class 2."""
    district.site("noise", site, "point", noise_class="2")
    for part, first in (("day", 6), ("night", 22)):
        start = at + timedelta(hours=first)
        district.hours("clean_noise", site, "leq", start, levels.get(part, ()), period_kind="hour")


def _part(district: District, site: str, day: datetime, part: str, level: Any, **more: Any) -> None:
    """A level delivered for a whole part."""
    first, length = (6, 16) if part == "day" else (22, 8)
    start = day + timedelta(hours=first)
    end = start + timedelta(hours=length)
    district.reading("clean_noise", site, "leq", start, level, end=end, period_kind=part, **more)


def _surveyed(district: District, site: str, product: str, part: str, year: int, level: Any, **attributes: Any) -> None:
    """A survey value of a place that is registered in that year alone."""
    _registered(district, site, product, year, **attributes)
    survey = {"road": "road", "region": "grid"}[product]
    district.reading(
        "clean_noise_survey", site, "survey_leq", datetime(year, 1, 1), level, end=datetime(year + 1, 1, 1),
        survey_kind=survey, survey_period=part,
    )  # fmt: skip


def _registered(district: District, site: str, product: str, year: int, **attributes: Any) -> None:
    """A place that is registered in that year alone."""
    kind = {"road": "road_segment", "region": "grid_point"}[product]
    district.site("noise", site, kind, valid_from=date(year, 1, 1), valid_to=date(year, 12, 31), **attributes)


def _levels(noise_class: str, part: str, judged: int, attained: int) -> list[Decimal]:
    """Levels at the limit, which attain, then a step above it, which do not."""
    at = limit(noise_class, part)
    return [at] * attained + [at + STEP] * (judged - attained)


def _point_times(district: District, n: int, noise_class: str, part: str, judged: int, attained: int) -> None:
    """One measurement of each of `judged` points in a quarter before the point-days came."""
    first = share_quarter(n)
    last = (first.replace(day=28) + timedelta(days=70)).replace(day=1) - timedelta(days=1)
    for k, level in enumerate(_levels(noise_class, part, judged, attained)):
        site = f"N-TIME-{n}-{k}"
        district.site(
            "noise", site, "point", noise_class=noise_class, assessed=True, valid_from=first, valid_to=last
        )  # fmt: skip
        _part(district, site, datetime(first.year, first.month, 15) + timedelta(days=k % 30), part, level)


def _point_days(district: District, n: int, noise_class: str, part: str, judged: int, attained: int) -> None:
    """`judged` point-days of one month: points of the whole month, and one of the days that are left."""
    first = share_month(n)
    length = monthrange(first.year, first.month)[1]
    for k, level in enumerate(_levels(noise_class, part, judged, attained)):
        point, offset = divmod(k, length)
        site = f"N-DAYS-{n}-{point}"
        if offset == 0:
            days = min(length, judged - k)
            last = first + timedelta(days=days - 1)
            district.site(
                "noise", site, "point", noise_class=noise_class, assessed=True, valid_from=first, valid_to=last
            )  # fmt: skip
        _part(district, site, datetime(first.year, first.month, 1) + timedelta(days=offset), part, level)


def _grades(district: District) -> None:
    for n, (product, part, level, _) in enumerate(grade_edges()):
        _surveyed(
            district,
            f"N-EDGE-{n}",
            product,
            part,
            edge_year(product, part, level),
            level,
            road_length_km=Decimal("1.5"),
        )
    # 70.0 and 70.1 of equal length: 70.05 is 70.0, half to even, and stays grade 2.
    for k, level in enumerate(("70.0", "70.1")):
        _surveyed(district, f"N-HALF-{k}", "road", "day", 2013, level, road_length_km=Decimal(2))
    for year, points in ((2020, 100), (2021, 99)):
        for k in range(points):
            _surveyed(district, f"N-GRID-{year}-{k}", "region", "night", year, "54.0")
    # Of 100 registered points half are measured, and one less.
    for year, points in ((2022, 50), (2023, 49)):
        for k in range(100):
            if k < points:
                _surveyed(district, f"N-GRID-{year}-{k}", "region", "night", year, "54.0")
            else:
                _registered(district, f"N-GRID-{year}-{k}", "region", year)
    # A segment without its length is not part of the mean.
    _surveyed(district, "N-LONG", "road", "night", 2021, "60.0", road_length_km=Decimal(3))
    _surveyed(district, "N-NOLENGTH", "road", "night", 2021, "80.0")


def _parts(district: District) -> None:
    for part, counts in (("day", (11, 12)), ("night", (5, 6))):
        for n in counts:
            _hours(district, f"N-{n}", DAY, **{part: [50] * n})
    district.site("noise", "N-NOCLASS", "point", assessed=False)
    _part(district, "N-NOCLASS", DAY, "day", 50)
    _part(district, "N-NOCLASS", DAY, "night", 40)
    for parameter, levels in (("leq", [60] * 16), ("l10", [62] * 8 + [64] * 8), ("l50", [58] * 16), ("l90", [52] * 16)):
        first = DAY + timedelta(hours=6)
        district.hours("clean_noise", "N-PERCENTILES", parameter, first, levels, period_kind="hour")
    district.site("noise", "N-PERCENTILES", "point", noise_class="2")
    # An assessed point that never reports, in a class and months of its own.
    district.site(
        "noise", "N-SILENT", "point", noise_class="4b", assessed=True, valid_from=date(2024, 2, 1),
        valid_to=date(2024, 3, 31),
    )  # fmt: skip


def _weather(district: District) -> None:
    """12 hours of 50 dB and four of 70 dB, under wind or rain at the bound and beyond it."""
    for site, parameter, value in (
        ("N-WIND-5.0", "noise_wind_speed", "5.0"), ("N-WIND-5.1", "noise_wind_speed", "5.1"),
        ("N-RAIN-0", "noise_rain", "0"), ("N-RAIN-0.1", "noise_rain", "0.1"),
    ):  # fmt: skip
        _hours(district, site, DAY, day=[50] * 12 + [70] * 4)
        first = DAY + timedelta(hours=18)
        district.hours("clean_noise", site, parameter, first, [value] * 4, period_kind="hour")


def _nights(district: District) -> None:
    """Nights that end in the next year, in the next month, and around a leap day."""
    district.site("noise", "N-NIGHTS", "point", noise_class="2")
    for day in (datetime(2023, 12, 31), datetime(2024, 2, 28), datetime(2024, 2, 29), datetime(2024, 4, 30)):
        first = day + timedelta(hours=22)
        district.hours("clean_noise", "N-NIGHTS", "leq", first, [48] * 8, period_kind="hour")


def _events(district: District) -> None:
    """Class 1, nights of 45.0, 45.1 and 46.0 dB, and in the last one an hour at and one above 60 dB."""
    district.site("noise", "N-EVENTS", "point", noise_class="1", unit_to_notify="某街道")
    for day, level in ((1, "45.0"), (2, "45.1"), (3, "46.0")):
        first = datetime(2024, 6, day, 22)
        district.hours("clean_noise", "N-EVENTS", "leq", first, [level] * 8, period_kind="hour")
    first = datetime(2024, 6, 3, 22)
    district.hours("clean_noise", "N-EVENTS", "lmax", first, ["60.0", "59", "59", "59", "60.1"], period_kind="hour")
    # By day an hour 10 dB above the limit of 55 dB, and one a step more.
    first = datetime(2024, 6, 3, 6)
    levels = ["50"] * 6 + ["65.0"] + ["50"] * 6 + ["65.1"]
    district.hours("clean_noise", "N-EVENTS", "leq", first, levels, period_kind="hour")


SUSPECT = {"flag": 3, "flag_tests": "spike"}


def _suspects(district: District) -> None:
    """A suspect hour, day, wind and survey value that decide, and some that do not."""
    for site, quiet, loud in (("N-SUSPECT", 50, 80), ("N-SUSPECT-LOUD", 60, 80), ("N-SUSPECT-QUIET", 50, 52)):
        district.site("noise", site, "point", noise_class="1", unit_to_notify="某街道")
        _suspect_hours(district, site, "leq", [quiet] * 15, [loud])
    district.site("noise", "N-SUSPECT-FEW", "point", noise_class="1")
    _suspect_hours(district, "N-SUSPECT-FEW", "leq", [50] * 11, [50])
    district.site("noise", "N-SUSPECT-WIND", "point", noise_class="1")
    _suspect_hours(district, "N-SUSPECT-WIND", "leq", [50] * 16, [])
    _suspect_hours(district, "N-SUSPECT-WIND", "noise_wind_speed", [], [45] * 5)
    # April 2023: 29 days of 60 dB and a suspect one of 75; the same of 61, which is above the limit as well.
    for site, usual in (("N-SUSPECT-MONTH", 60), ("N-SUSPECT-MONTH-LOUD", 61)):
        district.site("noise", site, "point", noise_class="2", unit_to_notify="某街道")
        for day in range(29):
            _part(district, site, datetime(2023, 4, 1) + timedelta(days=day), "day", usual)
        _part(district, site, datetime(2023, 4, 30), "day", 75, **SUSPECT)
    # Class 0, four nights of July 2024 (limit 40): one is 44 dB by a suspect hour, 40 without it.
    first, last = date(2024, 7, 1), date(2024, 7, 4)
    district.site("noise", "N-SUSPECT-AREA", "point", noise_class="0", assessed=True, valid_from=first, valid_to=last)
    for day in range(3):
        _part(district, "N-SUSPECT-AREA", datetime(2024, 7, 1) + timedelta(days=day), "night", 40)
    district.hours("clean_noise", "N-SUSPECT-AREA", "leq", datetime(2024, 7, 4, 22), [40] * 7, period_kind="hour")
    district.hours("clean_noise", "N-SUSPECT-AREA", "leq", datetime(2024, 7, 5, 5), [52], period_kind="hour", **SUSPECT)
    for year, last_level in ((2024, 75), (2025, 61)):
        for k, level in enumerate((60, 60, 60, 60, last_level)):
            _registered(district, f"N-ROAD-{year}-{k}", "road", year, road_length_km=Decimal(1))
            district.reading(
                "clean_noise_survey", f"N-ROAD-{year}-{k}", "survey_leq", datetime(year, 1, 1), level,
                end=datetime(year + 1, 1, 1), survey_kind="road", survey_period="night", **(SUSPECT if k == 4 else {}),
            )  # fmt: skip


def _suspect_hours(district: District, site: str, parameter: str, sure: list[Any], suspect: list[Any]) -> None:
    """Hours of a day from 06:00 on, the suspect ones last."""
    first = DAY + timedelta(hours=6)
    district.hours("clean_noise", site, parameter, first, sure, period_kind="hour")
    district.hours(
        "clean_noise", site, parameter, first + timedelta(hours=len(sure)), suspect, period_kind="hour", **SUSPECT
    )


def _delivered(district: District) -> None:
    """A day level of 12 hours with 1, 539 and 540 valid minutes, a night level with 359 and 360, and none told."""
    for part, first, hours, counts in (("day", 8, 12, (1, 539, 540)), ("night", 22, 8, (359, 360))):
        start = DAY + timedelta(hours=first)
        for minutes in (*counts, None):
            site = district.site("noise", f"N-MINUTES-{part}-{minutes}", "point", noise_class="2")
            for parameter, value in (("leq", 48), ("valid_minutes", minutes)):
                if value is not None:
                    end = start + timedelta(hours=hours)
                    district.reading("clean_noise", site, parameter, start, value, end=end, period_kind=part)


def _maxima(district: District) -> None:
    """Nights of class 1, whose single events may have 60 dB: hours with maxima, and one hour without."""
    first = DAY + timedelta(hours=22)
    for site, levels, maxima in (
        ("N-MAX-LOUDER", [40] * 7 + [70], [55] * 7),
        ("N-MAX-ALL", [40] * 8, [55] * 8),
        ("N-MAX-FEW", [40] * 8, [55] * 5),
        ("N-MAX-EVENT", [40] * 8, [60.1]),
    ):
        district.site("noise", site, "point", noise_class="1")
        district.hours("clean_noise", site, "leq", first, levels, period_kind="hour")
        district.hours("clean_noise", site, "lmax", first, maxima, period_kind="hour")
    district.site("noise", "N-MAX-SUSPECT", "point", noise_class="1")
    district.hours("clean_noise", "N-MAX-SUSPECT", "leq", first, [40] * 8, period_kind="hour")
    district.hours("clean_noise", "N-MAX-SUSPECT", "lmax", first, [55] * 7, period_kind="hour")
    district.hours(
        "clean_noise", "N-MAX-SUSPECT", "lmax", first + timedelta(hours=7), [151], period_kind="hour", **SUSPECT
    )


def _seed(name: str) -> list[dict[str, str]]:
    with (PROJECT / "seeds" / "standards" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
