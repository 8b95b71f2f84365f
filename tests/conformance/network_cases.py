"""Cases of declared networks: the worked examples of ../shared/standards/networks, classes, grades and limits at
their edges.

Here belong declarations and readings. Not here: statistics (network_figure_cases.py), expected figures
(test_networks.py).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from tests.conformance import network_area_cases, network_figure_cases
from tests.conformance.kit import District
from tests.conformance.network_kit import Network, Networks

DAY = datetime(2024, 6, 5, 9)
CLASSES = ("I", "II", "III", "IV", "IV_or_V", "V")

# GB/T 14848-2017: upper ends of I to IV; item → single values of the examples.
GROUNDWATER = {
    "氨氮": ("0.02", "0.10", "0.50", "1.50"), "硝酸盐": ("2.0", "5.0", "20.0", "30.0"),
    "总硬度": (150, 300, 450, 650), "阴离子表面活性剂": (0, "0.1", "0.3", "0.3"), "三氯甲烷": ("0.5", 6, 60, 300),
    "镉": ("0.0001", "0.001", "0.005", "0.01"), "铁": ("0.1", "0.2", "0.3", "2.0"),
    "锰": ("0.05", "0.05", "0.10", "1.50"),
}  # fmt: skip


def add(district: District) -> Networks:
    """All networks of the cases."""
    networks = Networks(district)
    _groundwater(networks)
    _black_odorous(networks)
    _sources_of_water(networks)
    _soil(networks)
    _farmland(networks)
    _works(networks)
    _plain(networks)
    network_figure_cases.add(networks)
    network_area_cases.add(networks)
    return networks


def samples(network: Network, values: dict[str, dict[str, object]], when: datetime = DAY, **site: object) -> None:
    """One sample of each site: site → parameter → value; None is not measured."""
    for name, items in values.items():
        network.site(name, **site)
        for parameter, value in items.items():
            if value is not None:
                network.reading(name, parameter, when, value)


def _groundwater(networks: Networks) -> None:
    water = networks.network("n_groundwater", "quarter", has_scale=True, target_grade="III")
    water.grades(*CLASSES)
    for item, ends in GROUNDWATER.items():
        water.parameter(item)
        for grade, end in zip(("I", "II", "III", "IV"), ends, strict=True):
            water.limit(item, "<=", end, grade=grade)
        water.limit(item, ">", ends[-1], grade="V")
    water.parameter("pH", "-")
    for grade in ("I", "II", "III"):
        water.limit("pH", "[]", "6.5", "8.5", grade=grade)
    water.limit("pH", "[)", "5.5", "6.5", grade="IV")
    water.limit("pH", "(]", "8.5", "9.0", grade="IV")
    water.limit("pH", "<", "5.5", grade="V")
    water.limit("pH", ">", "9.0", grade="V")
    water.parameter("总α放射性", "Bq/L")
    for grade, end in (("I", "0.1"), ("II", "0.1"), ("III", "0.5")):
        water.limit("总α放射性", "<=", end, grade=grade)
    water.limit("总α放射性", ">", "0.5", grade="IV_or_V")
    items = [
        ("氨氮", "0.01"), ("氨氮", "0.1"), ("氨氮", "0.5"), ("氨氮", "2.0"), ("氨氮", "0"), ("硝酸盐", "2"),
        ("硝酸盐", "5"), ("硝酸盐", "25"), ("硝酸盐", "35"), ("总硬度", "1000"), ("pH", "7.2"), ("pH", "8.5"),
        ("pH", "6.4"), ("pH", "5.4"), ("pH", "9.1"), ("阴离子表面活性剂", "0.35"), ("阴离子表面活性剂", "0.3"),
        ("阴离子表面活性剂", "0.05L"), ("总α放射性", "0.6"), ("三氯甲烷", "61"), ("镉", "0.0005L"), ("镉", "0.0001L"),
    ]  # fmt: skip
    samples(water, {f"G-{item}-{value}": {item: value} for item, value in items})
    samples(
        water,
        {
            "G-WORST": {"氨氮": "0.01", "硝酸盐": "20", "总硬度": "1000"},
            "G-TWO": {"铁": "1.2", "锰": "0.8", "pH": "7.4"},
            "G-OPEN": {"镉": "0.0005L", "氨氮": "0.01"},
        },
    )


def _black_odorous(networks: Networks) -> None:
    water = networks.network("n_black", "month", has_scale=True, target_grade="none")
    water.grades("none", "mild", "severe")
    for code in ("transparency", "do", "nh3n", "orp", "depth", "clear"):
        water.parameter(code)
    deep = {"parameter": "depth", "low": 25, "or_missing": True}
    shallow = {"parameter": "depth", "high": 25, "ends": "()"}
    for grade, end in (("none", 25), ("mild", 10)):
        water.limit("transparency", ">=", end, grade=grade, when=[dict(deep)])
    seen = {"parameter": "clear", "low": 1}
    water.limit("transparency", ">=", 0, grade="none", when=[dict(shallow), seen])
    # The multiple of the depth is the lower end: the value of `low` is not known before.
    water.limit("transparency", ">=", None, grade="mild", high_parameter="depth", high_factor=Decimal("0.4"),
                when=[dict(shallow)])  # fmt: skip
    water.graded("do", "2.0", "0.2", operator=">=")
    water.graded("nh3n", 8, 15)
    water.limit("orp", ">", 50, grade="none")
    water.limit("orp", "[]", -200, 50, grade="mild")
    samples(
        water,
        {
            "B-1": {"transparency": 15, "do": "1.0", "nh3n": 10, "depth": 50},
            "B-2": {"transparency": 5, "do": "0.1", "nh3n": 20, "depth": 50},
            "B-3": {"transparency": 30, "do": "1.0", "nh3n": 20, "depth": 50},
            "B-4": {"transparency": 10, "do": "0.2", "nh3n": 15, "depth": 50},
            "B-5": {"transparency": 18, "do": 6, "nh3n": 3, "depth": 20, "clear": 1},
            "B-6": {"transparency": 5, "depth": 20, "clear": 0},
            "B-7": {"transparency": 12, "do": "3.0", "nh3n": 9, "depth": 50},
            "B-8": {"orp": -250, "do": "2.5"},
            "B-9": {"transparency": None, "do": "1.5", "nh3n": 6},
            "B-10": {"transparency": 9, "depth": 20, "clear": 0},
        },
    )


def _sources_of_water(networks: Networks) -> None:
    water = networks.network("n_sources", "month", scale_nondetect="best")
    for code in ("硝酸盐", "锰", "总氮", "高锰酸盐指数"):
        water.parameter(code)
    water.limit("硝酸盐", "<=", 10)
    water.limit("锰", "<=", "0.1")
    water.limit("高锰酸盐指数", "<=", 6)
    samples(
        water,
        {
            "W-OK": {"硝酸盐": "10"},
            "W-MN": {"锰": "0.12"},
            "W-TN": {"总氮": "3.2", "高锰酸盐指数": "2.5", "硝酸盐": "2.8"},
        },
    )
    volumes = networks.network("n_volumes", "month")
    volumes.parameter("锰")
    volumes.limit("锰", "<=", "0.1")
    for name, volume, value in (("V-1", 6000000, "0.05"), ("V-2", 3000000, "0.1"), ("V-3", 1000000, "0.2")):
        volumes.site(name, attributes={"volume": volume})
        volumes.reading(name, "锰", DAY, value)
    area = {"name_zh": "达标率", "name_en": "rate", "parameter": "", "figure_id": "", "period_kind": "month"}
    area |= {
        "tree": "administrative",
        "area_level": "district",
        "unit": "%",
        "decimals": 1,
        "standard": "S",
        "clause": "c",
    }
    volumes.declare("network_area", area_figure_id="by_number", statistic="share_attaining", weight_attribute="",
                    indicator_id="", **area)  # fmt: skip
    volumes.declare("network_area", area_figure_id="by_volume", statistic="weighted_share_attaining",
                    weight_attribute="volume", indicator_id="n_rate", **area)  # fmt: skip


def _soil(networks: Networks) -> None:
    soil = networks.network("n_soil", "year", has_scale=True)
    soil.grades("negligible", "above screening", "above control")
    limits = {
        ("铅", 1): (400, 800), ("苯并[a]芘", 1): ("0.55", "5.5"), ("苯", 2): (4, 40), ("1,1,1-三氯乙烷", 2): (840, 840),
    }  # fmt: skip
    for (item, category), ends in limits.items():
        soil.parameter(item, "mg/kg")
        soil.graded(item, *ends, when=[{"attribute": "category", "attribute_value": str(category)}])
    # Arsenic: 20 and 120, and where the background of the place is above 20, the background in place of 20.
    soil.parameter("砷", "mg/kg")
    soil.parameter("砷背景", "mg/kg")
    first = {"attribute": "category", "attribute_value": "1"}
    soil.limit("砷", "<=", 20, grade="negligible",
               when=[dict(first), {"parameter": "砷背景", "high": 20, "or_missing": True}])  # fmt: skip
    soil.limit("砷", "<=", None, grade="negligible", high_parameter="砷背景", high_factor=Decimal(1),
               high_closed=True, when=[dict(first), {"parameter": "砷背景", "low": 20, "ends": "()"}])  # fmt: skip
    soil.limit("砷", "<=", 120, grade="above screening", when=[dict(first)])
    for name, category, values in (
        ("S-1", 1, {"铅": 400}), ("S-2", 1, {"铅": 650}), ("S-3", 1, {"苯并[a]芘": "5.6"}), ("S-4", 2, {"苯": 4}),
        ("S-5", 2, {"1,1,1-三氯乙烷": 841}), ("S-6", 1, {"砷": 24, "砷背景": 28}), ("S-7", 1, {"砷": 24}),
        ("S-8", 1, {"铅": 400, "苯并[a]芘": "5.6"}),
    ):  # fmt: skip
        samples(soil, {name: values}, attributes={"category": category})


def _farmland(networks: Networks) -> None:
    soil = networks.network("n_farmland", "year", has_scale=True)
    soil.grades("priority protection", "safe use", "strict control")
    for code in ("镉", "铜", "铅", "pH"):
        soil.parameter(code, "mg/kg")
    band = {"parameter": "pH", "low": "5.5", "high": "6.5", "ends": "(]"}
    neutral = {"parameter": "pH", "low": "6.5", "high": "7.5", "ends": "(]"}
    for use, end in (("paddy", "0.4"), ("other", "0.3")):
        land = {"attribute": "land_use", "attribute_value": use}
        soil.limit("镉", "<=", end, grade="priority protection", when=[land, dict(band)])
    soil.limit("镉", "<=", "2.0", grade="safe use", when=[dict(band)])
    soil.limit("铜", "<=", 100, grade="priority protection", when=[dict(neutral)])
    # Rotation of paddy and dry land: both limits apply, the stricter decides.
    rotation = {"attribute": "land_use", "attribute_value": "rotation"}
    for end in (100, 90):
        soil.limit("铅", "<=", end, grade="priority protection", when=[dict(rotation), dict(band)])
    soil.limit("铅", "<=", 500, grade="safe use", when=[dict(band)])
    for name, use, values in (
        ("F-1", "paddy", {"镉": "0.35", "pH": "6.5"}), ("F-2", "other", {"镉": "0.35", "pH": "6.5"}),
        ("F-3", "other", {"铜": 900, "pH": "7.0"}), ("F-4", "rotation", {"铅": 95, "pH": "6.0"}),
    ):  # fmt: skip
        samples(soil, {name: values}, attributes={"land_use": use})


def _works(networks: Networks) -> None:
    """Ammonia by season and by the temperature of the water; fumes from a date on."""
    works = networks.network("n_works", "day")
    works.parameter("nh3n")
    works.limit("nh3n", "<=", "2.5", months=",12,1,2,3,", figure_id="")
    works.limit("nh3n", "<=", "1.5", months=",4,5,6,7,8,9,10,11,")
    works.site("T-SEASON")
    for day in ((3, 31), (4, 1), (11, 30), (12, 1)):
        start = datetime(2024, *day)
        works.reading("T-SEASON", "nh3n", start, "2.0", end=start + timedelta(days=1))
    warm = networks.network("n_warm", "day")
    for code in ("nh3n", "temperature"):
        warm.parameter(code)
    warm.limit("nh3n", "<=", 8, when=[{"parameter": "temperature", "high": 12}])
    warm.limit("nh3n", "<=", 5, when=[{"parameter": "temperature", "low": 12, "ends": "()"}])
    samples(warm, {"T-12.0": {"nh3n": "6.0", "temperature": "12.0"}, "T-12.1": {"nh3n": "6.0", "temperature": "12.1"}})
    fumes = networks.network("n_fumes", "month")
    fumes.parameter("nmhc")
    fumes.limit("nmhc", "<=", "10.0", valid_from=date(2020, 1, 1))
    fumes.site("K-1")
    for when in (datetime(2019, 12, 31), datetime(2020, 1, 1)):
        fumes.reading("K-1", "nmhc", when, "12.0")


def _plain(networks: Networks) -> None:
    """Limits without grades: own numbers of a site, hints, words, non-detects, suspect readings, permits by month."""
    plain = networks.network("n_plain", "month")
    for code in ("a", "b", "c", "ph"):
        plain.parameter(code)
    plain.word("finding", "absent", 0)
    plain.word("finding", "present", 1)
    plain.parameter("rubbish", "-", vocabulary="finding")
    plain.limit("a", "<=", 10)
    plain.limit("b", "<=", 5, effect="hint", certainty="medium")
    plain.limit("ph", "[]", 6, 9)
    plain.limit("rubbish", "is", word_number=0, limit_text="absent")
    plain.limit("c", "outside", 2, 4)
    samples(
        plain,
        {
            "P-HINT": {"b": 6}, "P-WORD": {"rubbish": 1}, "P-NONE": {"rubbish": 0}, "P-ND": {"a": "3L"},
            "P-ND-HIGH": {"a": "30L"}, "P-PH": {"ph": "5.9"}, "P-OUT": {"c": 3}, "P-OUT-OK": {"c": "4.5"},
        },
    )  # fmt: skip
    plain.site("P-OWN")
    own = {"parameter": "a", "figure_id": "", "valid_from": date(2000, 1, 1), "document": "许可证1号"}
    plain.declare("site_limit", site_id="P-OWN", operator="<=", month_from=11, month_to=2, value=4, **own)
    for month in (6, 12):
        plain.reading("P-OWN", "a", datetime(2024, month, 5), 5)
    plain.site("P-SUSPECT")
    plain.reading("P-SUSPECT", "a", DAY, 11, flag=3)
    plain.site("P-FAIL")
    plain.reading("P-FAIL", "a", DAY, 99, flag=4, flag_tests="gross_range")
