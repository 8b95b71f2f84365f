"""No worked example is left out silently, and the seeds are the shared tables.

Here belong the account of the examples and the comparison of limits with ../shared/standards. Not here: the figures.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from tests.conformance.kit import PROJECT, SHARED, worked_examples

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="../shared/standards is absent")

SEEDS = PROJECT / "seeds" / "standards"
# Beginnings of the rules, by the module that tests them.
TESTED = {
    "test_rounding": ("round_half_even",),
    "test_water": ("section class, single-factor", "period mean then class", "pH mean via", "section attainment rate"),
    "test_water_areas": (
        "river/basin grade, >=5 sections", "river with <5 sections", "CWQI of a river group", "CWQI of a lake group",
        "CWQI city",
    ),
    "test_noise": (
        "Ld from 16", "Ldn from the 24", "two equal levels", "class attainment", "road traffic noise",
        "functional-area",
    ),
    "test_air": (
        "IAQI ", "daily PM2.5 list", "AQI and primary", "no primary pollutant", "95th and 98th", "sum of C/S",
        "daily mean validity", "annual mean validity", "O3 daily max 8-h", "area mean",
    ),
    "test_air_dust": ("dustfall",),
    "test_waste": ("厨余垃圾分出率", "无害化处理率", "net = gross - tare"),
    "test_energy": ("standard coal", "calorific vs equal-value", "CO2 of", "electricity CO2"),
    "test_returns": ("cumulative drop", "EI", "EQI", "A=(B+C+D)/E"),
    # HJ 212 entries come with the telemetry.
    "": ("CRC16 of", "build packet", "reject on CRC", "Flag bits"),
}  # fmt: skip


def untested(entries: list[dict]) -> list[str]:
    """The rules of entries that no module names."""
    known = tuple(rule for rules in TESTED.values() for rule in rules)
    return [entry["rule"] for entry in entries if not entry["rule"].startswith(known)]


def test_every_example_is_tested() -> None:
    assert untested(worked_examples()) == []


def test_an_example_of_an_unknown_rule_is_noticed() -> None:
    assert untested([{"rule": "trophic state of a lake"}, {"rule": "CWQI city = weighted"}]) == [
        "trophic state of a lake"
    ]


def test_the_modules_that_test_are_there() -> None:
    here = Path(__file__).parent
    assert [name for name in TESTED if name and not (here / f"{name}.py").exists()] == []


def test_water_limits_are_the_shared_table() -> None:
    codes = {r["name_zh"]: r["parameter"] for r in _seed("water_items")}
    expected = set()
    for row in _shared("gb3838_limits"):
        if row["operator"] == "narrative":
            continue
        low, high = {
            ">=": (row["limit"], ""), "<=": ("", row["limit"]), "range": tuple(row["limit"].split("-"))[:2],
        }[row["operator"]]  # fmt: skip
        for water_type in ("river", "lake_reservoir") if row["water_type"] == "all" else (row["water_type"],):
            expected.add((codes[row["name_cn"]], water_type, row["class"], _number(low), _number(high)))
    found = {
        (r["parameter"], r["water_type"], r["water_class"], _number(r["limit_low"]), _number(r["limit_high"]))
        for r in _seed("gb3838_limits")
    }
    assert found == expected


def test_breakpoints_are_the_shared_table() -> None:
    expected = {
        (r["standard"], _code(r["pollutant"]), r["averaging"], *_numbers(r, "bp_lo", "bp_hi", "iaqi_lo", "iaqi_hi"))
        for r in _shared("aqi_breakpoints")
    }  # fmt: skip
    found = {
        (r["standard"], r["pollutant"], r["averaging"], *_numbers(r, "bp_low", "bp_high", "iaqi_low", "iaqi_high"))
        for r in _seed("aqi_breakpoints")
    }  # fmt: skip
    assert found == expected


def test_air_limits_are_the_shared_table() -> None:
    expected = {
        (_code(r["pollutant"]), r["averaging"], r["grade"], _number(r["limit"]), r["effective_from"], r["effective_to"])
        for r in _shared("gb3095_limits")
    }
    found = {
        (r["pollutant"], r["averaging"], r["grade"], _number(r["limit_value"]), r["valid_from"], r["valid_to"])
        for r in _seed("gb3095_limits")
    }
    assert found == expected


def test_noise_limits_are_the_shared_table() -> None:
    expected = {(r["area_class"], r["period"], r["metric"], _number(r["limit_db"])) for r in _shared("gb3096_limits")}
    assert {
        (r["noise_class"], r["period"], r["metric"], _number(r["limit_db"])) for r in _seed("gb3096_limits")
    } == expected


def test_bands_of_the_index_leave_no_gap() -> None:
    tables: dict[tuple[str, str, str], list[tuple[Decimal | None, ...]]] = {}
    for r in _seed("aqi_breakpoints"):
        band = tuple(_number(r[c]) for c in ("bp_low", "bp_high", "iaqi_low", "iaqi_high"))
        tables.setdefault((r["standard"], r["pollutant"], r["averaging"]), []).append(band)
    for key, bands in tables.items():
        bands.sort()
        assert bands[0][0] == 0 and bands[0][2] == 0, key
        assert all((a[1], a[3]) == (b[0], b[2]) for a, b in pairwise(bands)), key


def _seed(name: str) -> Iterator[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _shared(name: str) -> Iterator[dict[str, str]]:
    with (SHARED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _code(pollutant: str) -> str:
    return pollutant.lower().replace("2.5", "2_5")


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _numbers(row: dict[str, str], *columns: str) -> tuple[Decimal | None, ...]:
    return tuple(_number(row[column]) for column in columns)
