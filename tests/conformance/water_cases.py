"""Water cases: the worked examples and the edges of the class table, as readings.

Here belong inputs only. Site ids carry the case: the tests read the marts by them.
"""

from __future__ import annotations

from datetime import date, datetime

from tests.conformance import water_area_cases
from tests.conformance.kit import District
from tests.conformance.water_examples import AUTOMATIC, ITEMS, examples

SINGLE_FACTOR = "section class, single-factor"
# A value of ammonia in each class.
LEVEL = {"I": "0.1", "II": "0.4", "III": "0.9", "IV": "1.4", "V": "1.8", "worse_than_V": "2.5"}
MONTH = datetime(2024, 3, 5, 8)
# Items that only a laboratory measures, but sulfide: class I throughout.
LABORATORY = {
    "cod": "10", "bod5": "2", "cu": "0.005", "zn": "0.04", "fluoride": "0.5", "se": "0.005", "as": "0.01",
    "hg": "0.00003", "cd": "0.0005", "cr6": "0.005", "pb": "0.005", "cyanide": "0.004", "volatile_phenol": "0.001",
    "petroleum": "0.02", "anionic_surfactant": "0.1",
}  # fmt: skip

# The class of one item at, just within and just beyond each limit (GB 3838-2002 table 1).
EDGES = {
    ("nh3n", "river"): [("0.15", "I"), ("0.16", "II"), ("0.5", "II"), ("0.51", "III"), ("1", "III"), ("1.01", "IV"),
                        ("1.5", "IV"), ("1.51", "V"), ("2", "V"), ("2.01", "worse_than_V"), ("9", "worse_than_V")],
    ("do", "river"): [("7.5", "I"), ("7.4", "II"), ("6", "II"), ("5.9", "III"), ("5", "III"), ("3", "IV"), ("2.9", "V"),
                      ("2", "V"), ("1.9", "worse_than_V"), ("14", "I")],
    ("ph", "river"): [("6", "I"), ("9", "I"), ("5.4", "worse_than_V"), ("9.6", "worse_than_V"), ("9.4", "I")],
    ("tp", "lake_reservoir"): [("0.01", "I"), ("0.025", "II"), ("0.05", "III"), ("0.1", "IV"), ("0.2", "V"),
                               ("0.201", "worse_than_V")],
    ("codmn", "river"): [("4.05", "II"), ("4.15", "III"), ("15.04", "V"), ("15.06", "worse_than_V")],
    ("cu", "river"): [("0.01", "I"), ("1.0", "II"), ("1.001", "worse_than_V")],
}  # fmt: skip


def single_factor() -> list[tuple[str, dict]]:
    """(site, entry) of every worked example of a section's class."""
    return examples(SINGLE_FACTOR, "W-SF")


def month_series() -> list[tuple[str, str, list[str], dict]]:
    """(site, parameter, values, entry) of the worked examples whose values have one mean."""
    found = []
    for site, entry in examples("period mean then class", "W-MEAN") + examples("pH mean via", "W-PH"):
        for name, values in entry["input"].items():
            found.append((site, ITEMS[name.removesuffix("_monthly")], [str(v) for v in values], entry))
    return found


def attainment() -> list[tuple[int, dict]]:
    """(year, entry) of the worked examples of the attainment rate: each has a year of its own."""
    return [(2019 - n, entry) for n, (_, entry) in enumerate(examples("section attainment rate", "W-TARGET"))]


def edges() -> list[tuple[str, str, str, str, str]]:
    """(site, parameter, water type, value, class) of every edge."""
    return [
        (f"W-EDGE-{parameter}-{water_type}-{value}", parameter, water_type, value, expected)
        for (parameter, water_type), cases in EDGES.items()
        for value, expected in cases
    ]


def add(district: District) -> None:
    """All water cases."""
    for site, entry in single_factor():
        values = {ITEMS[name]: value for name, value in entry["input"]["values"].items()}
        method = "automatic" if set(entry["input"]["values"]) == AUTOMATIC else "manual"
        _section(district, site, entry["input"]["water_type"])
        for parameter, value in values.items():
            district.reading("clean_water", site, parameter, MONTH, value, method=method)
    for site, parameter, water_type, value, _ in edges():
        _section(district, site, water_type)
        district.reading("clean_water", site, parameter, MONTH, value, method="manual")
    for site, parameter, values, _ in month_series():
        _series(district, site, parameter, values)
    _statistics(district)
    _attainment(district)
    _years(district)
    _suspects(district)
    _moments(district)
    water_area_cases.add(district)


def _section(district: District, site: str, water_type: str | None, **attributes: object) -> None:
    district.site("water", site, "section", water_type=water_type, **attributes)


def _series(district: District, site: str, parameter: str, values: list[str], **more: object) -> None:
    _section(district, site, "river")
    for n, value in enumerate(values):
        district.reading("clean_water", site, parameter, MONTH.replace(day=5 + n), value, method="manual", **more)


def _statistics(district: District) -> None:
    """Non-detects, flags, source priority, rounding to zero, saturation, a missing attribute, ties in rounding."""
    _series(district, "W-ND", "hg", ["0.00004", "0.00004"], censored="<")
    _series(district, "W-FLAG", "nh3n", ["0.4"])
    for flag in (4, 9):
        district.reading(
            "clean_water", "W-FLAG", "nh3n", MONTH.replace(day=20 + flag // 2), "9", method="manual", flag=flag
        )
    district.reading("clean_water", "W-FLAG", "nh3n", MONTH.replace(day=19), "0.6", method="manual", flag=3)
    _series(district, "W-PRIORITY", "nh3n", ["1.9"])
    district.reading("clean_water", "W-PRIORITY", "nh3n", MONTH, "0.1", method="automatic")
    _series(district, "W-ZERO", "tp", ["0.0004"])
    _series(district, "W-SATURATED", "do", ["4.0"])
    district.reading("clean_water", "W-SATURATED", "do_saturation", MONTH, "95", method="manual")
    _section(district, "W-NOTYPE", None, class_target="III")
    district.reading("clean_water", "W-NOTYPE", "nh3n", MONTH, "0.1", method="manual")
    _series(district, "W-TN", "tn", ["8.09"])
    district.reading("clean_water", "W-TN", "nh3n", MONTH, "0.1", method="manual")
    _series(district, "W-HALF-DOWN", "nh3n", ["0.505"])
    _series(district, "W-HALF-UP", "nh3n", ["0.515"])
    # The mean goes on after its sixth decimal: just above the tie at 0.505, so it must not fall to the even side.
    _series(district, "W-ABOVE-TIE", "nh3n", ["0.505", "0.505", "0.505001", "0.505", "0.505", "0.505", "0.505"])


def _attainment(district: District) -> None:
    """The worked examples of the attainment rate, as twelve months of a year in which nobody else is assessed."""
    for year, entry in attainment():
        for section in entry["input"]["sections"]:
            case = dict(zip(entry["input"]["fields"], section, strict=True))
            site = f"W-TARGET-{year}-{case['name']}"
            _section(
                district, site, "river", class_target=case["target"], assessed=True, reach_length_km=2,
                valid_from=date(year, 1, 1), valid_to=date(year, 12, 31),
            )  # fmt: skip
            for month in range(1, 13):
                start = datetime(year, month, 3, 9)
                district.reading("clean_water", site, "nh3n", start, LEVEL[case["actual"]], method="manual")


def _years(district: District) -> None:
    """Years with 12, 11, 8 and 7 months of the five items, and with 12 months of one of them.

    Of assessed sections, years with five, 20 and 21 items.
    """
    five = {"nh3n": "0.4", "ph": "7", "do": "8", "codmn": "2", "tp": "0.02"}
    twenty = five | LABORATORY
    for items in (five, twenty, twenty | {"sulfide": "0.04"}):
        site, of_2022 = f"W-ASSESSED-{len(items)}", {"valid_from": date(2022, 1, 1), "valid_to": date(2022, 12, 31)}
        _section(district, site, "river", assessed=True, **of_2022)
        for month in range(1, 13):
            for parameter, value in items.items():
                start = datetime(2022, month, 3, 9)
                district.reading("clean_water", site, parameter, start, value, method="manual")
    for months in (12, 11, 8, 7):
        site = f"W-YEAR-{months}"
        _section(district, site, "river")
        for month in range(1, months + 1):
            values = {"nh3n": "0.2" if month % 2 else "0.4", "ph": "7", "do": "8", "codmn": "2", "tp": "0.02"}
            for parameter, value in values.items():
                district.reading("clean_water", site, parameter, datetime(2022, month, 3, 9), value, method="manual")
    _section(district, "W-YEAR-ONE-ITEM", "river")
    _section(district, "W-YEAR-SHORT-ITEM", "river")
    for month in range(1, 13):
        district.reading("clean_water", "W-YEAR-ONE-ITEM", "nh3n", datetime(2022, month, 3, 9), "0.4", method="manual")
        for parameter, value in {"nh3n": "0.4", "ph": "7", "do": "8", "codmn": "2", "tp": "0.02"}.items():
            start = datetime(2022, month, 3, 9)
            district.reading("clean_water", "W-YEAR-SHORT-ITEM", parameter, start, value, method="manual")
    # Measured once: no annual mean, so it must not decide the class of the year.
    district.reading("clean_water", "W-YEAR-SHORT-ITEM", "hg", datetime(2022, 6, 3, 9), "0.01", method="manual")


def _suspects(district: District) -> None:
    """A month of which one suspect value decides class and target, and one of which it decides nothing."""
    rest = {"ph": "7", "do": "8", "codmn": "2", "tp": "0.02"}
    for case, suspect in (("DECIDES", "3.0"), ("SAME", "0.9")):
        site = f"W-SUSPECT-{case}"
        _section(district, site, "river", class_target="III")
        for parameter, value in (rest | {"nh3n": "0.8"}).items():
            district.reading("clean_water", site, parameter, MONTH, value, method="manual")
        district.reading("clean_water", site, "nh3n", MONTH.replace(day=6), "0.8", method="manual")
        district.reading("clean_water", site, "nh3n", MONTH.replace(day=7), suspect, method="manual", flag=3)


def _moments(district: District) -> None:
    """Moments that their source marks invalid and publishes with a class, a gap or a gross range next to the mark."""
    values = {"ph": "7", "do": "8", "codmn": "2", "nh3n": "0.4", "tp": "0.02"}
    for case, more in (
        ("MARKED", {}),
        ("GAP", {"flag_tests": "gap,source_status"}),
        ("RANGE", {"flag_tests": "gross_range,source_status"}),
        ("SUSPECT", {"flag": 3, "flag_tests": "spike"}),
    ):
        _section(district, f"W-MOMENT-{case}", "river")
        for parameter, value in values.items():
            marked = {"published_class": "II", "flag": 4, "flag_tests": "source_status"}
            if case == "SUSPECT":
                marked |= {"flag": 1, "flag_tests": ""}
            if parameter == "nh3n":
                marked |= more
            district.reading("clean_water", f"W-MOMENT-{case}", parameter, MONTH, value, method="automatic", **marked)
