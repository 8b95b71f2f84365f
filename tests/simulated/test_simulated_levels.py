"""Levels of the simulated district without defects: about what the plan states for 2020, and improving.

Here belong plausibility and the absence of false alarms against the registry's own thresholds. Not here: any
standard's arithmetic; that is the marts' work.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import datetime

import polars as pl
import pytest

from sources.config.columns import expected_columns
from sources.config.load import load_config
from sources.connectors.simulated import SimulatedConnector
from sources.readers import read_rows
from sources.registry import registry
from sources.simulated.district_sites import sites
from sources.simulated.schedule import SHANGHAI

CLEAN = replace(load_config(None), options={"defects": "none"})
END_2025 = datetime(2026, 3, 1, tzinfo=SHANGHAI)


def read(path: str, every: int = 1, clock: datetime = END_2025) -> pl.DataFrame:
    """The files of 2025 of one stream (every n-th), values as numbers under their parameter's code."""
    source = next(s for s in CLEAN.sources if s.path == path)
    connector = SimulatedConnector(source, CLEAN)
    frames = []
    for offer in [o for o in connector.offers(clock) if "/2025" in o.offer_id][::every]:
        for batch in read_rows(
            connector.fetch(offer), offer.file_name, source.format, expected=expected_columns(source)
        ):
            frames.append(batch.frame.with_columns(file=pl.lit(offer.file_name), site=pl.col(source.site.column)))
    frame = pl.concat(frames)
    numbers = [
        pl.col(v.column).str.replace(",", ".").str.strip_suffix("L").cast(pl.Float64, strict=False).alias(v.parameter)
        for v in source.values
    ]
    return frame.with_columns(numbers)


@pytest.fixture(scope="module")
def air() -> pl.DataFrame:
    return read("air_reference")


def test_annual_means_of_air(air: pl.DataFrame) -> None:
    mean = air.select(pl.col("pm2_5", "pm10", "no2", "so2", "co").mean()).row(0, named=True)
    assert 31 <= mean["pm2_5"] <= 34
    assert 54 <= mean["pm10"] <= 58
    assert 27 <= mean["no2"] <= 29
    assert 2 <= mean["so2"] <= 6
    assert 0.4 <= mean["co"] <= 0.9


def test_good_and_heavy_days(air: pl.DataFrame) -> None:
    """Days by district means against 75, 150, 80 and 160 ug/m3, and the 200-point of the index."""
    hourly = air.with_columns(day=pl.col("file")).group_by("day", "site", maintain_order=True)
    daily = hourly.agg(
        pl.col("pm2_5", "pm10", "no2").mean(), o3_8h=pl.col("o3").rolling_mean(8).max()
    ).group_by("day").agg(pl.col("pm2_5", "pm10", "no2", "o3_8h").mean())  # fmt: skip
    good = daily.select(
        ((pl.col("pm2_5") <= 75) & (pl.col("pm10") <= 150) & (pl.col("no2") <= 80) & (pl.col("o3_8h") <= 160)).mean()
    ).item()
    heavy = daily.select(((pl.col("pm2_5") > 150) | (pl.col("pm10") > 350) | (pl.col("o3_8h") > 265)).mean()).item()
    assert 0.77 <= good <= 0.84
    assert 0 < heavy <= 0.02


def test_ozone_peaks_on_summer_afternoons(air: pl.DataFrame) -> None:
    month = air["time"].str.slice(5, 2)
    hour = air["time"].str.slice(11, 2)

    def level(mask: pl.Series) -> float:
        return air.filter(mask)["o3"].mean()

    assert level(month.is_in(["06", "07"]) & hour.is_in(["15", "16"])) > 2 * level(month.is_in(["12", "01"]))
    assert level(hour.is_in(["15", "16"])) > 1.8 * level(hour.is_in(["04", "05"]))


@pytest.mark.parametrize("path", ["air_reference", "air_micro", "noise_hourly", "water_automatic"])
def test_clean_series_stay_inside_the_registrys_thresholds(path: str) -> None:
    source = next(s for s in CLEAN.sources if s.path == path)
    parameters = registry().feeds[source.feed].parameters
    frame = read(path, 1)
    hours = (source.cadence_min or 60) / 60
    for value in source.values:
        tests = parameters[value.parameter].tests
        v = pl.col(value.parameter)
        steps = frame.select(
            low=v.min(), high=v.max(),
            spike=(v - (v.shift(1) + v.shift(-1)) / 2).abs().over("site").max(),
            rate=(v.diff().abs().over("site") / hours).max(),
            run=v.rle_id().over("site").alias("run"),
        )  # fmt: skip
        run = steps.select("run").with_columns(site=frame["site"]).group_by("site", "run").len()["len"].max() * hours
        low, high, spike, rate = steps.select("low", "high", "spike", "rate").row(0)
        assert tests.suspect_min is None or low >= float(tests.suspect_min), value.parameter
        assert tests.suspect_max is None or high <= float(tests.suspect_max), value.parameter
        assert tests.spike_suspect is None or spike < float(tests.spike_suspect), value.parameter
        assert tests.rate_suspect_per_h is None or rate < float(tests.rate_suspect_per_h), value.parameter
        assert tests.flat_suspect_hours is None or run < float(tests.flat_suspect_hours), value.parameter


def test_sections_are_mostly_at_their_target() -> None:
    frame = read("water_automatic", 3)
    mean = frame.group_by("site").agg(pl.col("nh3n", "codmn", "tp", "do").mean())
    assert (mean["nh3n"] < 1.5).all() and (mean["tp"] < 0.3).all() and (mean["codmn"] < 10).all()
    assert frame["水质类别"].is_in(["Ⅱ", "Ⅲ", "Ⅳ"]).mean() > 0.97


def test_little_river_length_is_worse_than_v() -> None:
    frame = read("water_subdistrict")
    ammonia = frame.filter(pl.col("项目") == "氨氮").with_columns(pl.col("结果").str.strip_suffix("L").cast(pl.Float64))
    poor = ammonia.group_by("site").agg(pl.col("结果").mean()).filter(pl.col("结果") > 2.0)["site"].to_list()
    lengths = {s: float(r["reach_length_km"]) for (feed, s), r in sites().items() if feed == "water"}
    assert 0 < sum(lengths[s] for s in poor) / sum(lengths.values()) < 0.012


def test_survey_levels() -> None:
    assert 53.5 <= read("noise_grid")["survey_leq"].mean() <= 54.5
    roads = read("noise_road").with_columns(km=pl.col("路长(km)").str.replace(",", ".").cast(pl.Float64))
    assert 69.5 <= (roads["survey_leq"] * roads["km"]).sum() / roads["km"].sum() <= 70.5


def test_waste_is_about_five_thousand_tonnes_a_day() -> None:
    frame = read("waste_weighbridge", 7)
    days = frame["file"].n_unique()
    assert 4700 <= frame["net_t"].sum() / 1000 / days <= 5400
    assert 380 <= frame.height / days <= 480
    parts = {k[0]: v["net_t"].sum() for k, v in frame.partition_by("类别", as_dict=True).items()}
    assert parts["厨余垃圾"] / (parts["厨余垃圾"] + parts["其他垃圾"]) > 0.15


def test_carbon_is_fourteen_to_fifteen_million_tonnes() -> None:
    """Fuel burned plus net imported power and heat, with the factors of standards/energy_factors.csv (Beijing 2023)."""
    frame = read("energy_sectors")
    sign = frame["流向"].replace_strict({"消费": 1, "自发": -1, "加工转换投入": 1, "加工转换产出": -1})
    total = 0.0
    for parameter, factor, net in (
        ("natural_gas", 21.6219, False), ("gasoline", 2.9251, False), ("diesel", 3.0959, False),
        ("lpg", 3.1013, False), ("electricity", 5.554, True), ("heat", 0.11, True),
    ):  # fmt: skip
        amount = frame[parameter].fill_null(0)
        total += factor * ((amount * sign).sum() if net else amount.sum())
    assert 14.0e6 <= total <= 15.2e6
    assert frame["统计月份"].n_unique() == 12


def test_sub_indices_of_ecology_improve_slowly() -> None:
    """Every sub-index of EI and EQI lies between 0 and 100, and moves by a few points from 2021 to 2024."""
    source = next(s for s in CLEAN.sources if s.feed == "returns")
    connector = SimulatedConnector(source, CLEAN)
    years: dict[int, dict[str, float]] = {}
    for offer in connector.offers(END_2025):
        lines = connector.fetch(offer).read().decode("utf-8-sig").splitlines()
        for cells in csv.reader(lines[1:]):
            if cells[3].startswith(("ei_", "eqi_")):
                years.setdefault(int(cells[5]), {})[cells[3]] = float(cells[6])
    assert min(years) == 2021
    assert all(len(found) == 10 for found in years.values())
    assert all(0 <= value <= 100 for found in years.values() for value in found.values())
    for item, first in years[2021].items():
        better = -1 if item in ("ei_land_stress", "ei_pollution_load", "eqi_stress") else 1
        assert -0.5 <= better * (years[2024][item] - first) <= 4, item
