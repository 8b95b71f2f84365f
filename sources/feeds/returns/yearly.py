"""Yearly statistical returns of the district: long CSV, quoted numbers with thousands separators.

Here belong made-up levels near what a district of this size reports, for 2015 and from 2019 on. Not here: the
plan's own figures: those are seeds with provenance `plan`, and no value here is copied from them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sources.simulated import weather
from sources.simulated.defects import year_events
from sources.simulated.delivery_stream import Stream
from sources.simulated.district_sites import DISTRICT_SITE
from sources.simulated.file_formats import csv_bytes
from sources.simulated.schedule import Planned

HEADER = ("表号", "地区编号", "地区名称", "指标代码", "指标名称", "年份", "数值", "计量单位", "规划编号", "备注")
WRONG_UNIT = "亿美元"
_YEARS = (2015, 2019, 2020, 2021, 2022, 2023, 2024, 2025, 2030)
# Item: name, unit as delivered, decimals, spread, and its level at _YEARS (linear between them).
_ITEMS: dict[str, tuple[str, str, int, float, tuple[float, ...]]] = {
    "gdp_constant": ("地区生产总值（2020年价）", "亿元", 1, 0.002,
                     (5260, 6910, 7080, 7590, 7680, 8050, 8440, 8830, 10600)),
    "gdp_current": ("地区生产总值（现价）", "亿元", 1, 0.002, (4830, 7090, 7080, 7830, 7950, 8340, 8720, 9100, 11000)),
    "population": ("常住人口", "万人", 1, 0.001, (395.2, 347.6, 344.9, 344.7, 344.1, 344.4, 344.9, 345.1, 345)),
    "land_area": ("土地面积", "平方公里", 1, 0.0, (470.8,) * 9),
    "forest_area": ("森林面积", "平方公里", 2, 0.0005, (104.1, 111.6, 113.0, 114.1, 115.2, 116.2, 116.9, 117.4, 119)),
    "tree_cover_area": ("林木面积", "平方公里", 2, 0.0005,
                        (121.0, 131.4, 135.6, 139.5, 143.2, 146.6, 149.4, 150.9, 153)),
    "ei": ("生态环境状况指数（EI）", "-", 1, 0.002, (47.6, 50.4, 51.4, 52.0, 52.7, 53.3, 53.9, 54.4, 56)),
    "eqi": ("生态质量指数（EQI）", "-", 1, 0.002, (44.2, 45.3, 45.7, 46.1, 46.6, 47.0, 47.4, 47.8, 49)),
    "sewage_generated": ("污水产生量", "万立方米", 0, 0.004,
                         (38600, 41900, 40800, 42300, 42100, 42900, 43300, 43600, 45000)),
    "water_use": ("用水总量", "万立方米", 0, 0.004, (43100, 45200, 43900, 45600, 44800, 45500, 45800, 46000, 47000)),
    "polluted_farmland_total": ("受污染耕地面积", "亩", 1, 0.0, (1482.0,) * 9),
    "contaminated_plots_total": ("开发利用污染地块面积", "亩", 1, 0.002,
                                 (610, 1230, 1420, 1610, 1790, 1960, 2120, 2260, 2700)),
    "redline_area": ("生态保护红线面积", "平方公里", 2, 0.0, (3.31, 3.31, 3.32, 3.32, 3.33, 3.34, 3.34, 3.35, 3.4)),
    "voc_reduction": ("VOCs重点工程减排量", "吨", 1, 0.01, (310, 420, 380, 265, 245, 180, 150, 120, 90)),
    "nox_reduction": ("NOx重点工程减排量", "吨", 1, 0.01, (880, 640, 510, 420, 310, 250, 210, 180, 130)),
    "cod_reduction": ("COD重点工程减排量", "吨", 1, 0.01, (5900, 7300, 6800, 610, 630, 590, 560, 490, 380)),
    "nh3n_reduction": ("氨氮重点工程减排量", "吨", 1, 0.01, (680, 850, 790, 62, 69, 67, 64, 59, 45)),
}  # fmt: skip
# Of the same shape, drawn last: wetlands, the forests' carbon sink, urban green.
_LAND: dict[str, tuple[str, str, int, float, tuple[float, ...]]] = {
    "wetland_area": ("湿地面积", "公顷", 1, 0.0005, (962, 1004, 1013, 1026, 1038, 1051, 1064, 1072, 1100)),
    "forest_carbon_sink": ("林业碳汇量（二氧化碳）", "吨", 0, 0.004,
                           (41300, 46800, 48100, 49700, 51200, 52500, 53900, 55000, 58000)),
    "urban_green_area": ("城市绿地面积", "公顷", 2, 0.0005,
                         (14980, 15660, 15720, 15790, 15860, 15930, 15990, 16040, 16300)),
}  # fmt: skip
# Statistical values of measured indicators, for as many of _YEARS as there are levels: those before the district's own
# deliveries begin; of totals that are compared with 2020 also the plan's last year, as no measured series reaches back.
_STATISTICAL: dict[str, tuple[str, str, int, float, tuple[float, ...]]] = {
    "pm25_annual_mean": ("PM2.5年均浓度（统计）", "ug/m3", 1, 0.004, (82.6, 43.4, 38.6, 34.3, 31.6, 33.8, 32.9)),
    "pm10_annual_mean": ("PM10年均浓度（统计）", "ug/m3", 1, 0.004, (105.8, 71.7, 60.4, 58.7, 56.2, 59.6, 57.6)),
    "no2_annual_mean": ("NO2年均浓度（统计）", "ug/m3", 1, 0.004, (58.7, 40.6, 33.5, 31.4, 28.5, 29.6, 28.8)),
    "good_air_days_ratio": ("优良天数比例（统计）", "%", 1, 0.002, (49.1, 65.2, 76.1, 78.4, 78.9, 74.6, 79.3)),
    "heavy_pollution_days_ratio": ("重度及以上污染天数比例（统计）", "%", 1, 0.0, (12.2, 3.1, 2.4, 2.3, 0.9, 2.1, 0.6)),
    "assessed_section_attainment": ("考核断面达标率（统计）", "%", 1, 0.0,
                                    (40.0, 80.0, 100.0, 100.0, 100.0, 100.0, 100.0)),
    "worse_than_v_river_length": ("劣V类水质河长比例（统计）", "%", 1, 0.0, (61.4, 14.8, 6.3, 3.9, 2.4, 1.6, 1.1)),
    "regional_noise": ("区域环境噪声（统计）", "dB(A)", 1, 0.0, (54.3, 54.2, 54.1, 54.2, 53.9, 54.1, 54.0)),
    "road_traffic_noise": ("道路交通噪声（统计）", "dB(A)", 1, 0.0, (71.2, 71.6, 71.3, 71.0, 70.6, 70.4, 70.1)),
    "carbon_emission_total": ("碳排放总量（统计）", "万吨", 1, 0.002, (1724, 1577, 1489, 1512, 1468, 1481, 1476, 1471)),
    "energy_total_equivalent": ("能源消费总量（统计，当量值）", "万吨标准煤", 1, 0.002,
                                (702, 668, 633, 652, 638, 641, 637, 635)),
    "energy_total_equal_value": ("能源消费总量（统计，等价值）", "万吨标准煤", 1, 0.002,
                                 (884, 859, 818, 845, 829, 835, 833, 831)),
}  # fmt: skip
# Sub-indices of EI and EQI, delivered from 2021 on: name, decimals, spread, levels of 2021 and 2025.
_SUB_INDICES: dict[str, tuple[str, int, float, float, float]] = {
    "ei_biological_richness": ("生物丰度指数", 2, 0.002, 38.4, 39.9),
    "ei_vegetation_cover": ("植被覆盖指数", 2, 0.002, 62.4, 65.7),
    "ei_water_network": ("水网密度指数", 2, 0.002, 30.1, 32.8),
    "ei_land_stress": ("土地胁迫指数", 2, 0.002, 37.2, 35.3),
    "ei_pollution_load": ("污染负荷指数", 2, 0.004, 9.1, 6.2),
    "ei_environmental_limit": ("环境限制指数", 2, 0.0, 0.0, 0.0),
    "eqi_pattern": ("生态格局指数", 2, 0.002, 43.0, 44.9),
    "eqi_function": ("生态功能指数", 2, 0.002, 45.5, 47.0),
    "eqi_biodiversity": ("生物多样性指数", 2, 0.002, 42.4, 44.1),
    "eqi_stress": ("生态胁迫指数", 2, 0.002, 34.1, 31.2),
}
# Shares of another item's amount: the parts of a total that are treated or safe.
_PARTS: dict[str, tuple[str, str, str, int, tuple[float, ...]]] = {
    "sewage_treated": ("污水处理量", "万立方米", "sewage_generated", 0,
                       (0.951, 0.991, 0.9912, 0.9931, 0.9944, 0.9955, 0.9965, 0.9974, 0.999)),
    "polluted_farmland_priority": ("优先保护轻度污染耕地面积", "亩", "polluted_farmland_total", 1, (0.41,) * 9),
    "polluted_farmland_safe_use": ("安全利用类达标耕地面积", "亩", "polluted_farmland_total", 1,
                                   (0.36, 0.425, 0.433, 0.447, 0.458, 0.468, 0.477, 0.485, 0.5)),
    "polluted_farmland_strict": ("严格管控类耕地面积", "亩", "polluted_farmland_total", 1, (0.064,) * 9),
    "contaminated_plots_safe": ("安全利用污染地块面积", "亩", "contaminated_plots_total", 1,
                                (0.84, 0.896, 0.907, 0.921, 0.934, 0.947, 0.957, 0.966, 0.98)),
}  # fmt: skip
# Progress that responsible units report from 2021 to 2025, and from then on the last level; nothing for what nobody
# reports. Commitments are in their own unit; a text without a number as a finding (1 attained, 0 not).
_PROGRESS_YEARS = range(2021, 2026)
_COMMITMENTS: dict[str, tuple[float, ...]] = {
    "renewable_heating_share": (6.2, 7.1, 8.3, 9.4, 10.3),
    "green_malls_share": (48.0, 61.5, 74.2, 85.1, 92.6),
    "rail_green_transfer": (71.0, 79.4, 88.2, 95.6, 100.0),
    "bus_stop_500m_coverage": (86.3, 87.5, 88.9, 90.2, 91.4),
    "green_travel_share": (74.1, 75.0, 76.3, 77.6, 78.4),
    "public_charging_radius": (4.6, 4.1, 3.6, 3.1, 2.8),
    "heat_network_estates": (5, 12, 19, 26, 31),
    "heating_energy_reduction": (0.8, 1.9, 2.8, 3.9, 4.6),
    "sponge_city_share": (24.0, 31.2, 38.5, 45.1, 51.2),
    "park_area_per_capita": (18.6, 19.1, 19.6, 20.1, 20.4),
    "park_500m_coverage": (92.9, 93.1, 93.5, 93.8, 94.1),
    "greenway_length": (18.0, 39.5, 61.0, 83.2, 103.5),
    "lead_battery_collection": (46.5, 53.8, 61.2, 67.4, 72.3),
    "waste_sorting_coverage": (97.0, 98.6, 99.4, 100.0, 100.0),
    "waste_sorting_participation": (71.2, 74.9, 78.1, 81.7, 84.0),
    "waste_sorting_accuracy": (55.3, 58.8, 62.7, 65.9, 68.2),
    "rural_dump_sites": (14, 9, 5, 1, 0),
    "radiation_drills": (1, 1, 2, 1, 2),
    "slow_traffic_roads": (52.0, 66.1, 79.3, 90.4, 100.0),
    "clean_vehicle_share": (31.5, 44.0, 57.2, 69.8, 81.3),
    "public_buildings_two_star": (82.0, 91.5, 100.0, 100.0, 100.0),
    "new_homes_two_star": (61.0, 72.4, 84.9, 92.3, 97.6),
    "public_building_retrofit": (22.0, 41.3, 63.7, 84.2, 101.5),
    "road_cleaning_grade1": (93.1, 95.4, 97.8, 99.2, 100.0),
    "outfall_remediation": (35.0, 58.2, 79.6, 94.3, 100.0),
    "mulch_residue_growth": (1.2, 0.6, -0.4, -1.1, -1.7),
    # Measured from 2025 on; kept in every year of the plan.
    "household_waste_safe": (100.0, 100.0, 100.0, 100.0, 100.0),
}
_FINDINGS: dict[str, tuple[int, ...]] = {"farm_film_recovery": (0, 0, 0, 1, 1)}
# Projects: percent complete; done beyond a deadline of 2022 or 2023 stays done. Project 16 reports nothing.
_PROJECTS: dict[int, tuple[float, ...]] = {
    1: (15, 34, 58, 81, 100), 2: (10, 28, 47, 72, 93), 3: (12, 31, 52, 74, 100), 4: (8, 26, 51, 78, 100),
    5: (18, 39, 60, 82, 100), 6: (30, 55, 78, 94, 100), 8: (12, 35, 61, 86, 100), 9: (5, 22, 48, 79, 100),
    10: (42, 76, 100, 100, 100), 11: (38, 71, 97, 100, 100), 12: (60, 100, 100, 100, 100), 14: (8, 25, 46, 70, 92),
}  # fmt: skip
_QUANTITIES: dict[int, tuple[float, ...]] = {
    9: (0.0, 0.31, 0.7, 1.16, 1.47), 11: (5700, 10650, 14540, 15210, 15210), 13: (18.0, 39.5, 61.0, 83.2, 103.5),
}  # fmt: skip
_MILESTONES: dict[int, dict[str, tuple[float, ...]]] = {
    2: {"方案批复": (100, 100, 100, 100, 100), "设备安装": (0, 15, 60, 90, 100), "供热运行": (0, 0, 10, 45, 85)},
    7: {"任务分解": (100, 100, 100, 100, 100), "施工改造": (15, 40, 65, 88, 100), "节能验收": (0, 20, 45, 70, 100)},
    9: {"初步设计": (60, 100, 100, 100, 100), "河道治理": (0, 20, 50, 85, 100), "绿化验收": (0, 0, 20, 60, 100)},
    12: {"一期建成": (90, 100, 100, 100, 100), "二期建成": (35, 100, 100, 100, 100)},
    14: {"厨余设施投产": (20, 55, 90, 100, 100), "焚烧三期投产": (0, 10, 30, 55, 80)},
    15: {
        "街乡站点建成": (40, 75, 100, 100, 100),
        "园区站点建成": (10, 35, 70, 95, 100),
        "走航常态化": (20, 50, 80, 100, 100),
    },
}  # fmt: skip


def build(stream: Stream, plan: Planned, seed: int, defects: bool) -> bytes:
    """The returns of one year; 'rev1' corrects the preliminary GDP."""
    year = plan.period.year
    found = {e.kind: e for e in year_events(stream, seed, year)} if defects else {}
    rng = weather.generator(seed, stream.name, year)
    lines = []
    amounts: dict[str, float] = {}
    for item, (name, unit, decimals, spread, levels) in _ITEMS.items():
        amounts[item] = round(_level(levels, year) * float(1 + spread * rng.standard_normal()), decimals)
        value = amounts[item]
        if item == "gdp_current" and "corrected_file" in found and plan.variant != "rev1":
            value = round(value * 0.987, decimals)
        if item == "gdp_current" and "wrong_unit" in found:
            unit = WRONG_UNIT
        lines.append(_line(_Item("SIM-综1", item, name), year, f"{value:,.{decimals}f}", unit))
    for item, (name, unit, whole, decimals, shares) in _PARTS.items():
        value = round(amounts[whole] * _level(shares, year), decimals)
        lines.append(_line(_Item("SIM-环2", item, name), year, f"{value:,.{decimals}f}", unit))
    for item, (name, unit, decimals, spread, levels) in _STATISTICAL.items():
        if year in _YEARS[: len(levels)]:
            value = levels[_YEARS.index(year)] * float(1 + spread * rng.standard_normal())
            lines.append(_line(_Item("SIM-环3", item, name), year, f"{value:,.{decimals}f}", unit))
    if year >= 2021:
        for item, (name, decimals, spread, first, last) in _SUB_INDICES.items():
            level = first + (last - first) * (year - 2021) / 4
            value = level * float(1 + spread * rng.standard_normal())
            lines.append(_line(_Item("SIM-环5", item, name), year, f"{value:,.{decimals}f}", "-"))
        lines += _progress(year)
    for item, (name, unit, decimals, spread, levels) in _LAND.items():
        value = _level(levels, year) * float(1 + spread * rng.standard_normal())
        lines.append(_line(_Item("SIM-林6", item, name), year, f"{value:,.{decimals}f}", unit))
    return csv_bytes([HEADER, *lines], encoding="utf-8-sig")


def _level(levels: tuple[float, ...], year: int) -> float:
    return float(np.interp(year, _YEARS, levels))


class _Item(NamedTuple):
    """A row of a statistical form: its number, the item's code and its name."""

    form: str
    code: str
    name: str


def _line(item: _Item, year: int, value: str, unit: str, ref: str = "", note: str = "模拟数据") -> list[str]:
    return [item.form, DISTRICT_SITE, "朝阳区（模拟）", item.code, item.name, str(year), value, unit, ref, note]


def _progress(year: int) -> list[list[str]]:
    at = min(year, _PROGRESS_YEARS[-1]) - _PROGRESS_YEARS[0]

    def line(item: str, name: str, value: float, unit: str, ref: str, note: str = "模拟数据") -> list[str]:
        return _line(_Item("SIM-规4", item, name), year, f"{value:,.2f}", unit, ref, note)

    lines = [
        line("commitment_progress", "规划任务完成值", levels[at], "-", f"commitment:{commitment}")
        for commitment, levels in _COMMITMENTS.items()
    ]
    lines += [
        line("commitment_finding", "规划任务完成认定", found[at], "-", f"commitment:{commitment}")
        for commitment, found in _FINDINGS.items()
    ]
    lines += [
        line("project_progress", "重点工程进度", levels[at], "%", f"project:{no}") for no, levels in _PROJECTS.items()
    ]
    lines += [
        line("project_quantity", "重点工程完成量", levels[at], "-", f"project:{no}")
        for no, levels in _QUANTITIES.items()
    ]
    for no, milestones in _MILESTONES.items():
        lines += [
            line("project_milestone", "重点工程节点进度", levels[at], "%", f"project:{no}:{k}", f"{name}（模拟）")
            for k, (name, levels) in enumerate(milestones.items(), 1)
        ]
    return lines
