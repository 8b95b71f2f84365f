"""The limits of the shipped networks are the shared tables, row by row; what is left out is named with its reason.

Here belongs the comparison of sources/networks with ../shared/standards/networks. A row may be less certain than its
table where what a network measures is not what the standard means; then it is a hint. Not here: the models.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from tests.conformance.kit import PROJECT, SHARED

TABLES = SHARED / "networks"
NETWORKS = PROJECT.parent / "sources" / "networks"
SEED = PROJECT / "seeds" / "standards" / "gb3095_limits.csv"
needs_shared = pytest.mark.skipif(not TABLES.exists(), reason="../shared/standards/networks is absent")
COLUMNS = (
    *("parameter", "figure", "grade", "operator", "low", "high", "word", "when", "months", "hours", "unit"),
    *("standard", "clause", "valid_from", "valid_to", "certainty"),
)
UNITS = {"1": "-", "µg/L": "ug/L", "text": "", "Pt-Co unit": "Pt-Co", "times dilution": "times"}
SUMMER, WINTER = "4 5 6 7 8 9 10 11", "12 1 2 3"
DAILY = {"cod", "nh3n", "tp", "tn"}
Limit = tuple[str, ...]


@cache
def declared(network: str) -> dict:
    return tomllib.loads((NETWORKS / f"{network}.toml").read_text(encoding="utf-8"))


@cache
def codes(network: str) -> dict[str, str]:
    """The network's parameters by every name that they have."""
    parameters = declared(network)["parameters"].items()
    return {name: code for code, p in parameters for name in (p["name_zh"], *p.get("aliases", ()))}


def shipped(network: str) -> set[Limit]:
    with (NETWORKS / "limits" / f"{network}.csv").open(encoding="utf-8", newline="") as f:
        rows = [tuple(row.get(c, "") for c in COLUMNS) for row in csv.DictReader(f)]
    assert len(rows) == len(set(rows)), "a limit is there twice"
    return set(rows)


def table(name: str, folder: Path = TABLES) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def limit(row: dict[str, str], **other: str) -> Limit:
    """A row of a shared table as a limit; `other` says what the network writes instead."""
    return tuple(({**row, "unit": UNITS.get(row["unit"], row["unit"])} | other).get(c, "") for c in COLUMNS)


def hint(row: dict[str, str]) -> dict[str, str]:
    """The row where what is measured is not what the standard limits."""
    return row | {"certainty": "medium"} if row["certainty"] == "high" else row


def groundwater() -> Iterator[Limit]:
    for row in table("groundwater_gbt14848_2017"):
        own = {"parameter": codes("groundwater")[row["item_zh"]], "grade": row["class_or_grade"].partition("_or_")[0]}
        if row["operator"] in ("absent", "present"):
            own |= {"operator": "is", "word": row["operator"]}
        elif row["operator"] == "not_detected":
            # What is detected is more than 0.
            own |= {"operator": "<=", "high": "0"}
        yield limit(row, **own)


def drinking_water() -> Iterator[Limit]:
    names = codes("drinking_water")
    for row in table("gb3838_limits", SHARED):
        if row["class"] == "III" and row["in_class_assessment"] == "true":
            low, _, high = row["limit"].partition("-") if row["operator"] == "range" else ("", "", row["limit"])
            ends = {"low": high, "high": ""} if row["operator"] == ">=" else {"low": low, "high": high}
            kind = "" if row["water_type"] == "all" else f"; water_type={row['water_type']}"
            own = {"parameter": names[row["name_cn"]], "when": f"source_type=surface{kind}", "certainty": "high"}
            own |= {"operator": row["operator"].replace("range", "[]"), "clause": f"table 1 no. {row['item_no']}"}
            yield limit(row, **own, **ends, valid_from=row["effective_from"], valid_to=row["effective_to"])
    for row in table("drinking_water_sources"):
        if row["operator"] == "<=":
            yield limit(row, parameter=names[row["item_zh"]], when="source_type=surface")
    for row in table("groundwater_gbt14848_2017"):
        if row["class_or_grade"] == "III":
            own = {"parameter": names[row["item_zh"]], "when": "source_type=ground"}
            yield limit(row, **own, **({"operator": "is", "word": "absent"} if row["operator"] == "absent" else {}))


def soil_construction_land() -> Iterator[Limit]:
    for row in table("gb36600_2018"):
        category, kind = row["class_or_grade"].split(";")
        land = {"first category": "first or missing", "second category": "second"}[category]
        grade = {"screening": "negligible", "control": "above_screening"}[kind]
        code = codes("soil_construction_land")[row["item_zh"]]
        yield limit(row, parameter=code, grade=grade, when=f"land_category={land}")


def soil_farmland() -> Iterator[Limit]:
    by_use: dict[tuple[str, str, str], dict[str, dict[str, str]]] = {}
    for row in table("gb15618_2018"):
        kind, use, band = row["class_or_grade"].split(";")
        by_use.setdefault((row["item_zh"], kind, band), {})[use] = row
    bands = {"pH <=5.5": "ph in [,5.5]", "pH (5.5,6.5]": "ph in (5.5,6.5]", "pH (6.5,7.5]": "ph in (6.5,7.5]",
             "pH >7.5": "ph in (7.5,]", "pH any": ""}  # fmt: skip
    for (item, kind, band), uses in by_use.items():
        own = {"parameter": codes("soil_farmland")[item]}
        own |= {"grade": {"screening": "priority_protection", "control": "safe_use"}[kind]}
        if "all" in uses:
            yield limit(uses["all"], **own, when=bands[band])
            continue
        # Every use has its row; what is not named is "other", a rotation takes the stricter of paddy and other.
        strict = min(uses.get("paddy", uses["other"]), uses["other"], key=lambda row: Decimal(row["high"]))
        rows = {use: uses.get(use, uses["other"]) for use in ("paddy", "orchard", "other")}
        for use, row in (rows | {"rotation or missing": strict}).items():
            yield limit(row, **own, when=f"land_use={use}; {bands[band]}".removesuffix("; "))


def season(parts: list[str]) -> str:
    return SUMMER if "Apr 1-Nov 30" in parts else WINTER if "Dec 1-Mar 31" in parts else ""


def daily(code: str) -> dict[str, str]:
    return {"parameter": code, "figure": "day" if code in DAILY else ""}


def outfalls() -> Iterator[Limit]:
    for row in table("discharge"):
        parts = row["class_or_grade"].split(";")
        if row["standard"] == "DB11/307-2013" and parts[0] in "AB":
            for water in {"A": ("II", "III"), "B": ("IV", "V")}[parts[0]]:
                code = codes("outfalls")[row["item_zh"]]
                yield limit(row, parameter=code, when=f"receiving_class={water}", months=season(parts))


def polluter_water() -> Iterator[Limit]:
    rules = {"to public sewer": "db11_307_sewer", "A": "db11_307_a", "B": "db11_307_b"}
    hospital = {"discharge": "gb18466_discharge", "pre-treatment": "gb18466_pretreatment"}
    for row in table("discharge"):
        parts = row["class_or_grade"].split(";")
        name = row["item_zh"]
        if row["standard"] == "DB11/307-2013":
            rule = rules[parts[0]]
        elif row["standard"] == "GB 18466-2005":
            rule, name = hospital[parts[1]], name + ("（接触池出口）" if len(parts) == 3 else "")
        else:
            continue
        own = daily(codes("polluter_water")[name])
        yield limit(row, **own, when=f"discharge_rule={rule}", months=season(parts))


def wastewater() -> Iterator[Limit]:
    for row in table("discharge"):
        parts = row["class_or_grade"].split(";")
        if row["standard"] == "DB11/890-2012":
            when = f"beijing_class={parts[0]}_{parts[1]}"
        elif row["standard"] == "GB 18918-2002":
            more = {
                "": "", "built from 2006-01-01": "; built=from_2006",
                "water temperature > 12 C": "; water_temperature in (12,]",
                "water temperature <= 12 C": "; water_temperature in [,12]",
            }  # fmt: skip
            when = f"national_class={parts[0]}" + more[parts[1] if len(parts) > 1 else ""]
        else:
            continue
        yield limit(row, **daily(codes("wastewater")[row["item_zh"]]), when=when, months=season(parts))


def polluter_gas() -> Iterator[Limit]:
    for row in table("discharge"):
        if row["standard"] == "DB11/139-2015":
            boiler = "new" if row["class_or_grade"] == "new boiler" else "in_use"
            yield limit(row, parameter=codes("polluter_gas")[row["item_zh"]], figure="hour", when=f"boiler={boiler}")


def catering_fumes() -> Iterator[Limit]:
    for row in table("discharge"):
        if row["standard"] == "DB11/1488-2018":
            yield limit(row, parameter=codes("catering_fumes")[row["item_zh"]], figure="hour")


def petrol_vapour() -> Iterator[Limit]:
    for row in table("discharge"):
        most = {"operator": "<=", "low": "", "high": row["low"]}
        if row["item"] == "online_A_L_alarm":
            yield limit(row, parameter="al_ratio", operator="[]")
        elif row["item"] == "online_A_L_prewarn":
            yield limit(hint(row), parameter="al_outside_share", **most)
        elif row["item"] == "online_pressure":
            yield limit(hint(row), parameter="pressure_near_zero_hours", **most)


def petrol_inspection() -> Iterator[Limit]:
    names = codes("petrol_inspection")
    for row in table("discharge"):
        if row["standard"] == "GB 20952-2020" and row["item"] == "line_resistance":
            yield limit(row, parameter=f"line_resistance_{row['class_or_grade'].split()[2]}")
        elif row["standard"] == "GB 20952-2020" and row["item_zh"] in names and row["operator"] != "date":
            yield limit(row, parameter=names[row["item_zh"]])
    yield from tightness()


def tightness() -> Iterator[Limit]:
    """The row at or below the ullage is a limit; between two rows the upper one, which is stricter, is a hint."""
    by_nozzles: dict[str, dict[int, dict[str, str]]] = {}
    for row in table("gb20952_tightness"):
        ullage, nozzles = row["class_or_grade"].split(";")
        count = nozzles.removeprefix("nozzles ").replace(">", "over_").replace("-", "_to_")
        by_nozzles.setdefault(count, {})[int(ullage.split()[1])] = row
    for count, rows in by_nozzles.items():
        own = {"parameter": "tightness_pressure"}
        for low, high in pairwise(sorted(rows)):
            yield limit(rows[low], **own, when=f"nozzles={count}; ullage in [{low},{high})")
            assert Decimal(rows[low]["low"]) <= Decimal(rows[high]["low"])
            yield limit(hint(rows[high]), **own, when=f"nozzles={count}; ullage in ({low},{high})")
        yield limit(rows[max(rows)], **own, when=f"nozzles={count}; ullage in [{max(rows)},]")


def construction_noise() -> Iterator[Limit]:
    kinds = {"site_boundary_Leq": "leq", "site_boundary_Lmax": "lmax", "indoor_Leq": "indoor_leq"}
    for row in table("construction_noise"):
        if code := kinds.get(row["item"]):
            hours = {"day": "6 22", "night": "22 6"}[row["class_or_grade"].split(";")[0]]
            yield limit(row, parameter=f"{code}_20min", hours=hours)
            if code != "indoor_leq":
                # An hour of a site monitor is not the standard's 20 minutes.
                yield limit(hint(row), parameter=code, hours=hours)


def black_odorous() -> Iterator[Limit]:
    items = {"transparency": "transparency", "dissolved_oxygen": "do", "ORP": "orp", "ammonia_N": "nh3n"}
    for row in table("black_odorous_water"):
        if not row["class_or_grade"].startswith("shallow"):
            when = "water_depth in [25,] or missing" if row["item"] == "transparency" else ""
            yield limit(row, parameter=items[row["item"]], grade=row["class_or_grade"], when=when)


@needs_shared
@pytest.mark.parametrize(
    "rows",
    [
        groundwater, drinking_water, soil_construction_land, soil_farmland, outfalls, polluter_water, wastewater,
        polluter_gas, catering_fumes, petrol_vapour, petrol_inspection, construction_noise, black_odorous,
    ],
    ids=lambda rows: rows.__name__,
)  # fmt: skip
def test_limits_are_the_shared_table(rows) -> None:
    expected = set(rows())
    assert expected and shipped(rows.__name__) == expected


@needs_shared
def test_every_row_of_discharge_is_a_limit_or_named_here() -> None:
    standards = {"DB11/307-2013", "GB 18466-2005", "DB11/890-2012", "GB 18918-2002", "DB11/139-2015", "DB11/1488-2018"}
    # Dates of editions, the reference oxygen and counts of valid values are in the declarations of figures.
    other = {"applies", "applies_from", "tightness", "O2_reference", "hour_valid_minutes", "day_valid_hours",
             "month_valid_days", "quarter_capture", "day_valid_share", "month_valid_share"}  # fmt: skip
    petrol = {"online_A_L_alarm", "online_A_L_prewarn", "online_pressure", "line_resistance", "A_L_ratio", "leak",
              "vapour_emission", "boundary_NMHC"}  # fmt: skip
    left = [row["item"] for row in table("discharge") if row["standard"] not in standards]
    assert set(left) == other | petrol


@needs_shared
def test_counts_of_valid_values_are_the_shared_ones() -> None:
    rows = {row["item"]: row for row in table("discharge")}
    gas = {(f["id"], c): f for f in declared("polluter_gas")["figures"] for c in f.get("parameters", [""])}
    counts = [int(rows[f"{name}"]["low"]) for name in ("hour_valid_minutes", "day_valid_hours", "month_valid_days")]
    assert [gas[period, "nox"]["min_count"] for period in ("hour", "day", "month")] == counts
    boiler = next(r for r in table("discharge") if r["item"] == "O2_reference" and "gas" in r["class_or_grade"])
    assert gas["corrected", "nox"]["argument"] == float(boiler["low"])
    for network in ("polluter_water", "wastewater"):
        shares = {f["id"]: f.get("min_share", 0.75) for f in declared(network)["figures"]}
        assert shares["day"] * 100 == float(rows["day_valid_share"]["low"])
        assert shares["month"] * 100 == float(rows["month_valid_share"]["low"])


@needs_shared
def test_shallow_water_is_held_to_its_depth() -> None:
    """Transparency at least 0.4 times the depth is a depth of at most 2.5 times the transparency."""
    row = next(r for r in table("black_odorous_water") if r["class_or_grade"].startswith("shallow"))
    share = Decimal(row["high"].removesuffix("*depth"))
    rule = next(r for r in declared("black_odorous")["limits"] if "high_of" in r)
    assert Decimal(str(rule["high_of"]["factor"])) * share == 1
    assert (rule["standard"], rule["valid_from"].isoformat()) == (row["standard"], row["valid_from"])
    assert rule["certainty"] == row["certainty"]


def test_tsp_has_the_limits_of_the_air_standard() -> None:
    with SEED.open(encoding="utf-8", newline="") as f:
        seed = [row for row in csv.DictReader(f) if row["pollutant"] == "tsp"]
    zones = {"1": "function_zone=1", "2": "function_zone=2 or missing"}
    expected = {
        limit(
            row,
            parameter="tsp",
            figure={"24h": "day", "annual": "year"}[row["averaging"]],
            grade="",
            operator="<=",
            high=row["limit_value"],
            when=zones[row["grade"]],
            # A sensor of the dust grid is not the standard's method.
            certainty="medium",
        )
        for row in seed
    }
    assert len(expected) == 12 and shipped("tsp") == expected


def test_the_five_withouts_are_limits() -> None:
    five = declared("small_water")
    assert {r["parameter"] for r in five["limits"] if r["word"] == "absent"} == set(five["parameters"])
