"""Water cases of rivers and areas, quarters, the index, trends, rankings and missed targets, as readings.

Here belong inputs only. Each case has registered sections of its own for its own months, so that no case counts in
another's river, subdistrict or network; the district counts them all.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from math import ceil, lcm
from typing import Any

from tests.conformance.kit import District
from tests.conformance.water_examples import ITEMS, examples

MONTH = (2016, 3)
GOOD, BETWEEN, WORSE = "0.9", "1.4", "2.5"  # ammonia of class III, IV and worse than V
FIVE = {"ph": "7", "do": "5", "codmn": "6", "nh3n": "1", "tp": "0.2"}  # item indices 0, 1, 1, 1, 1

# (sections of class III, worse than V, class IV) and the grade: the edges 90.0, 75.0, 20 and 40 %, and five sections.
# Three of four would be 良好 by shares; their mean is beyond class III.
SHARE_EDGES = [
    ((9, 0, 1), "优"), ((89, 0, 11), "良好"), ((3, 0, 1), "轻度污染"), ((15, 0, 5), "良好"), ((74, 0, 26), "轻度污染"),
    ((5, 0, 0), "优"), ((3, 1, 1), "中度污染"), ((81, 19, 0), "良好"), ((50, 19, 31), "轻度污染"),
    ((2, 2, 1), "重度污染"), ((50, 39, 11), "中度污染"), ((0, 5, 0), "重度污染"),
]  # fmt: skip


def by_shares() -> list[tuple[str, dict]]:
    return examples("river/basin grade", "R-SHARE")


def by_means() -> list[tuple[str, dict]]:
    return examples("river with <5 sections", "R-MEAN")


def index_groups() -> list[tuple[str, dict]]:
    """Each in a subdistrict of its own."""
    return [(f"11010591{n}", entry) for n, (_, entry) in enumerate(examples("CWQI of a ", "GROUP"))]


def index_cities() -> list[tuple[str, dict]]:
    """Each in a subdistrict of its own."""
    return [(f"11010592{n}", entry) for n, (_, entry) in enumerate(examples("CWQI city", "CITY"))]


def sections_with_shares(good: Any, worse: Any) -> tuple[int, int, int]:
    """Fewest sections from five on (of class III, worse than V, class IV) with exactly these shares in %."""
    parts = [Fraction(str(share)) / 100 for share in (good, worse)]
    n = lcm(*(part.denominator for part in parts))
    n *= ceil(5 / n)
    a, b = (int(part * n) for part in parts)
    return a, b, n - a - b


def add(district: District) -> None:
    """All cases of this module."""
    for river, entry in by_shares():
        _river(district, river, sections_with_shares(entry["input"]["I-III"], entry["input"]["worse"]))
    for n, (counts, _) in enumerate(SHARE_EDGES):
        _river(district, f"R-EDGE-{n}", counts)
    for river, entry in by_means():
        lists = {ITEMS[name]: values for name, values in entry["input"].items()}
        for n in range(max(map(len, lists.values()))):
            values = {parameter: listed[n] for parameter, listed in lists.items() if n < len(listed)}
            section(district, f"{river}-{n}", {MONTH: values}, river_zh=river)
    _pollutants(district)
    _index(district)
    _quarters(district)
    _trends(district)
    _lists(district)


def section(
    district: District,
    site: str,
    months: Mapping[tuple[int, int], Mapping[str, Any]],
    *,
    days: Sequence[int] = (5,),
    **more: Any,
) -> None:
    """A section that is registered from its first month to its last, with one manual value per item, month and day."""
    first, last = min(months), max(months)
    entry = {"water_type": "river", "valid_from": date(*first, 1), "valid_to": date(*last, monthrange(*last)[1])}
    district.site("water", site, "section", **entry | more)
    for (year, month), values in months.items():
        for parameter, value in values.items():
            for day in days:
                start = datetime(year, month, day, 9)
                district.reading("clean_water", site, parameter, start, value, method="manual")


def _river(district: District, river: str, counts: Sequence[int], month: tuple[int, int] = MONTH) -> None:
    levels = [level for level, n in zip((GOOD, WORSE, BETWEEN), counts, strict=True) for _ in range(n)]
    for n, level in enumerate(levels):
        section(district, f"{river}-{n}", {month: {"nh3n": level}}, river_zh=river, reach_length_km=2)


def _pollutants(district: District) -> None:
    """Ties among main pollutants of five sections, heavy metals, two sections, rivers next to lakes, dry sections."""
    for n in range(5):
        values = {"nh3n": "2.5", "tp": "0.5", "codmn": "7", "cod": "25"} if n < 3 else {"nh3n": "0.9", "cod": "25"}
        section(district, f"R-TIE-{n}", {MONTH: values | ({"hg": "0.0005"} if n == 0 else {})}, river_zh="R-TIE")
    for n in range(2):
        section(district, f"R-TWO-{n}", {MONTH: {"hg": "0.0005", "nh3n": "2.5"}}, river_zh="R-TWO")
    for n, water_type in enumerate(("river", "lake_reservoir")):
        section(district, f"R-MIXED-{n}", {MONTH: FIVE}, river_zh="R-MIXED", water_type=water_type)
    for n, length in enumerate((1, 2, 3, 4, 5)):
        values = {"nh3n": WORSE if n == 0 else GOOD}
        target = {"class_target": "III"} if n < 4 else {}
        section(district, f"R-DRY-{n}", {MONTH: values}, river_zh="R-DRY", reach_length_km=length, **target)
    section(district, "R-DRY-5", {MONTH: {}}, river_zh="R-DRY", reach_length_km=9, class_target="III")
    section(district, "R-SATURATED-0", {MONTH: {"do": "4", "do_saturation": "95"}}, river_zh="R-SATURATED")
    # The only item of the five that a lake judges otherwise: 0.06 is class III in a river and IV in a lake.
    for water_type in ("river", "lake_reservoir"):
        values = {"ph": "7", "do": "8", "codmn": "2", "nh3n": "0.1", "tp": "0.06"}
        section(district, f"W-TP-{water_type}", {MONTH: values}, water_type=water_type, river_zh=f"R-TP-{water_type}")


def _index(district: District) -> None:
    for area, entry in index_groups():
        lake = "lake" in entry["rule"]
        values = {ITEMS[name]: value for name, value in entry["input"].items()}
        section(
            district, f"W-{area}", {MONTH: values}, area_code=area, water_type="lake_reservoir" if lake else "river"
        )
    for area, entry in index_cities():
        groups = (("river", "CWQI_river", "n_river_sections"), ("lake_reservoir", "CWQI_lake", "n_lake_points"))
        for water_type, index, number in groups:
            for n in range(entry["input"][number]):
                # The class III limit of ammonia is 1 mg/L: the value is the index.
                values = {MONTH: {"nh3n": entry["input"][index]}}
                section(district, f"W-{area}-{water_type}-{n}", values, area_code=area, water_type=water_type)
    cases = {
        "W-INDEX-ACID": FIVE | {"ph": "6.5"},
        "W-INDEX-EDGE": FIVE | {"ph": "9"},
        "W-INDEX-NO-OXYGEN": FIVE | {"do": "0"},
        "W-INDEX-MISSING": {k: v for k, v in FIVE.items() if k != "tp"},
    }
    for site, values in cases.items():
        section(district, site, {MONTH: values})
    section(district, "W-INDEX-LAKE", {MONTH: FIVE}, water_type="lake_reservoir")


def _quarters(district: District) -> None:
    """Quarters of one, two and three months; a leap February; a quarter that is not over (as of 2033-02-01)."""
    for n in (1, 2, 3):
        levels = ("0.4", "1.8", "0.2")[:n]
        months = {(2015, 4 + m): FIVE | {"do": "8", "nh3n": level} for m, level in enumerate(levels)}
        section(district, f"W-QUARTER-{n}", months, valid_to=date(2015, 6, 30))
    section(district, "W-QUARTER-PH", {(2015, 4): {"ph": "6.0"}, (2015, 6): {"ph": "8.0"}})
    section(district, "W-QUARTER-RUNNING", {(2033, 1): FIVE})
    section(district, "W-LEAP", {(2024, 2): {"nh3n": "0.4"}, (2024, 3): {"nh3n": "1.8"}}, days=(1,))
    district.reading("clean_water", "W-LEAP", "nh3n", datetime(2024, 2, 29, 23, 30), "0.6", method="manual")


def _trends(district: District) -> None:
    """Months that keep and change the grade; ten sections whose shares change by 10, 20 and more points; years."""
    levels = {1: "0.1", 2: "0.4", 3: "0.9", 4: "1.4", 5: "2.5"}  # I, II, III, IV, worse than V
    section(district, "W-STEPS", {(2013, month): {"nh3n": level} for month, level in levels.items()})
    good = {1: 5, 2: 6, 3: 8, 4: 5}
    for n in range(10):
        months = {(2013, month): {"nh3n": GOOD if n < number else BETWEEN} for month, number in good.items()}
        section(district, f"R-TREND-{n}", months, river_zh="R-TREND")
    series = {
        "W-YEARS-RISING": ("nh3n", ["0.5", "0.6", "0.7", "0.8", "0.9"]),
        "W-YEARS-EDGE": ("nh3n", ["0.5", "0.7", "0.6", "0.8", "0.9"]),
        "W-YEARS-LOOSE": ("nh3n", ["0.7", "0.5", "0.6", "0.8", "0.9"]),
        "W-YEARS-OXYGEN": ("do", ["5.0", "5.5", "6.0", "6.5", "7.0"]),
        "W-YEARS-FOUR": ("nh3n", ["0.5", "0.6", "0.7", "0.8"]),
        "W-YEARS-EQUAL": ("nh3n", ["0.5"] * 5),
        "W-YEARS-TIED": ("nh3n", ["0.9", "0.5", "0.5", "0.5", "0.5"]),
    }
    for site, (parameter, values) in series.items():
        months = {(2004 + n, m): {parameter: value} for n, value in enumerate(values) for m in range(1, 13)}
        section(district, site, months)


def _lists(district: District) -> None:
    """A network of four sections with a tie on the published value; a section that misses its target."""
    indices = {"A": {"nh3n": "1.00001"}, "B": {"nh3n": "1.00002"}, "C": {"nh3n": "2"}}
    for n, (name, values) in enumerate(indices.items()):
        months = {(2014, 5): FIVE | values} | (
            {(2014, 4): FIVE, (2013, 5): FIVE | {"nh3n": "5"}} if name == "A" else {}
        )
        section(district, f"W-RANK-{name}", months, network="rank", area_code=f"11010593{n}")
    section(district, "W-RANK-COMMUNITY", {(2014, 5): FIVE}, network="community", area_code="110105001001")
    incomplete = {k: v for k, v in FIVE.items() if k != "tp"}
    section(district, "W-RANK-D", {(2014, 5): incomplete}, network="rank", area_code="110105939")
    levels = {1: "1.2", 2: "1.5", 3: "0.9", 4: "1.4"}
    months = {(2024, month): {"nh3n": level, "do": "5" if month > 1 else "4"} for month, level in levels.items()}
    section(district, "W-MISSED", months, class_target="III", unit_to_notify="W-UNIT")
