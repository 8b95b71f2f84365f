"""The raw deliveries of the hand-sized district: short ones lie in raw/, long ones are written here by a visible rule.

Here belong the values that the files hold, so that a person can take every figure of the tests from this page, raw/ and
a sheet of paper. Not here: any rule of a standard, any expected figure, any part of the project.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path

import xlsxwriter

HERE = Path(__file__).resolve().parent
YEAR = [date(2025, 1, 1) + timedelta(days=n) for n in range(365)]

# --- Air. A quiet day: these levels, one step less in odd hours (01:00, 03:00, …) and one step more in even ones, so
# that 24 hours, and any 8 in a row, have the level itself as their mean, and no hour repeats the one before it.
POLLUTANTS = ("pm2_5", "pm10", "so2", "no2", "co", "o3")
NZG: Mapping[str, str] = {"pm2_5": "33", "pm10": "60", "so2": "4", "no2": "38", "co": "600", "o3": "88"}  # CO in µg/m³
ATC: Mapping[str, str] = {"pm2_5": "36", "pm10": "64", "so2": "4", "no2": "42", "co": "0.8", "o3": "92"}  # CO in mg/m³
STEP: Mapping[str, str] = {"NZG": "100", "ATC": "0.1"}  # of CO; 1 µg/m³ for all others

SMOG, DUST, MAINTENANCE = date(2025, 1, 15), date(2025, 3, 12), date(2025, 5, 10)
OZONE, OUTAGE, BRINK = date(2025, 6, 20), date(2025, 8, 5), date(2025, 10, 8)
# The few days that differ, at both stations unless a station is named; whatever is not named stays quiet.
DIFFERENT: Mapping[date, Mapping[str, Mapping[str, str]]] = {
    SMOG: {
        "NZG": {"pm2_5": "200", "pm10": "230", "no2": "90", "co": "3000"},
        "ATC": {"pm2_5": "200", "pm10": "230", "no2": "90", "co": "3.0"},
    },
    DUST: {"NZG": {"pm2_5": "250", "pm10": "550"}, "ATC": {"pm2_5": "250", "pm10": "550"}},
    BRINK: {
        "NZG": {"pm2_5": "75.0", "pm10": "100", "no2": "60"},
        "ATC": {"pm2_5": "75.8", "pm10": "100", "no2": "60"},
    },
}
# On the ozone day only the hours 13 to 20 differ. On 5 August 农展馆 sends nothing after 19:00. On 10 May its hours 1
# and 2 come with status M (maintenance) and 985 in every column.
OZONE_HOURS, OZONE_LEVEL = range(13, 21), {"NZG": "240", "ATC": "180"}
OUTAGE_AFTER = 19
MAINTENANCE_HOURS = (1, 2)

# --- Water. One sample a month, on the 5th, of each section; the same values every month but for those below.
UNITS = {"pH": "无量纲"}  # mg/L for all others
WATER: Mapping[str, Mapping[str, str]] = {
    "W1": {"pH": "8", "溶解氧": "8.0", "高锰酸盐指数": "4.0", "氨氮": "0.80", "总磷": "0.20"},
    "W2": {"pH": "8", "溶解氧": "8.0", "高锰酸盐指数": "4.0", "氨氮": "0.40", "总磷": "0.10", "石油类": "0.01L"},
    "W3": {"pH": "8", "溶解氧": "8.0", "高锰酸盐指数": "12.0", "氨氮": "0.40", "总磷": "0.10"},
    "W4": {"pH": "8", "溶解氧": "4.0", "高锰酸盐指数": "4.0", "氨氮": "2.40", "总磷": "0.30"},
    "W5": {"pH": "8", "溶解氧": "8.0", "高锰酸盐指数": "4.0", "氨氮": "0.40", "总磷": "0.10", "总氮": "9.0"},
    "W6": {"pH": "8", "溶解氧": "8.0", "高锰酸盐指数": "4.0", "氨氮": "0.40", "总磷": "0.06"},
}
OTHER_MONTHS: Mapping[tuple[str, str, int], str] = {
    ("W1", "氨氮", 1): "32",  # a slip of the decimal point: 3.2 by the correction of 15 January 2026
    ("W1", "氨氮", 6): "5.00",  # June has an automatic station (raw/water_auto_20250615.csv), which goes first
    ("W2", "石油类", 3): "0.28",
    ("W2", "石油类", 9): "0.28",
    **{("W5", "pH", month): "7" for month in (3, 5, 7, 9, 11)},
}
FROZEN = {("W5", 1), ("W5", 2)}  # no sample under the ice

# --- Noise. Both points were set up for four days and have three, hour by hour from 20 May 2025 06:00: 16 hours of
# day, 8 of night, loud and quiet in turn. On 21 May the point of class 1 has 10 dB less in every hour.
NOISE_START, NOISE_DAYS = datetime(2025, 5, 20, 6), 3
DAY_LEVELS, NIGHT_LEVELS = ("60.0", "50.0"), ("50.0", "40.0")
CALM_POINT, CALM_DAY, CALM_DAY_LEVELS, CALM_NIGHT_LEVELS = "N2", 1, ("50.0", "40.0"), ("40.0", "30.0")
# Two hours of N1 that do not count: a gale, and half an hour of samples.
NOT_COUNTED: Mapping[tuple[str, datetime], tuple[str, str, str]] = {  # (point, hour) → Leq, valid minutes, wind m/s
    ("N1", datetime(2025, 5, 20, 12)): ("75.0", "60", "6.0"),
    ("N1", datetime(2025, 5, 20, 13)): ("80.0", "30", "1.0"),
}
# Grid survey: 80 points of 54.0 and 20 of 58.5.
GRID: Sequence[tuple[str, float]] = [(f"G{n:03}", 54.0 if n <= 80 else 58.5) for n in range(1, 101)]

# --- Waste. Every day of 2025 the same four loads; on 1 June five tickets more.
LOADS = (
    ("家庭厨余", "厨余处理", 3000),
    ("餐饮厨余", "厨余处理", 2000),
    ("其他垃圾", "焚烧", 12000),
    ("可回收物", "再生利用", 3000),
)
EXTRA_DAY = date(2025, 6, 1)
EXTRA_LOADS = (
    ("其他垃圾", "填埋", 7000),
    ("家庭厨余", "焚烧", 10000),
    ("其他垃圾", "转运", 20000),
    ("其他垃圾", "不明", 11000),
    ("其他垃圾", "焚烧", -500),  # gross below tare
)
TARE_KG = 8000


def write(folder: Path) -> Path:
    """Lays a user's folder out: ecoledger.toml, registers, entered tables, every delivery; gives the toml's path."""
    shutil.copytree(HERE / "raw", folder / "raw")
    for name in ("ecoledger.toml", "sites.csv", "targets.csv", "equal_value.csv"):
        shutil.copy(HERE / name, folder / name)
    raw = folder / "raw"
    grid = [[g, "noise", f"网格{g[1:]}", "grid_point", "110105", "2020-01-01", "observed"] for g, _ in GRID]
    _csv(folder / "grid_points.csv", "site_id,feed,name_zh,kind,area_code,valid_from,provenance", grid)
    nzg = list(_nzg())
    header = "站点,时间,细颗粒物,可吸入颗粒物,二氧化硫,二氧化氮,一氧化碳,臭氧,状态"
    # The last line is in the file twice.
    _csv(raw / "air_nzg_2025_20260105.csv", header, [*nzg, nzg[-1]], "gbk")
    _csv(raw / "air_atc_2025_20260106.csv", "date,hour,PM2.5,PM10,SO2,NO2,CO,O3", _atc())
    lab = list(_lab())
    # The first result is in the file twice, and one section is in no register.
    lab += [lab[0], ["W9", "2025/03/05", "氨氮", "0.40", "mg/L", "W9-202503"]]
    header = "断面编号,采样日期,项目,结果,单位,报告编号"
    _csv(raw / "water_lab_2025_20260110.csv", header, lab, "gbk")
    corrected = [["W1", "2025/01/05", "氨氮", "3.2", "mg/L", "W1-202501-更正"]]
    _csv(raw / "water_lab_correction_20260115.csv", header, corrected, "gbk")
    _csv(raw / "noise_hours_20250524.csv", "测点编号,时段开始,Leq,有效分钟,风速", _noise())
    _grid(raw / "noise_grid_20251101.xlsx")
    tickets = list(_tickets())
    _csv(raw / "waste_tickets_2025_20260108.csv", "票号,进厂时间,车牌,类别,去向,毛重,皮重,净重", [*tickets, tickets[0]])
    return folder / "ecoledger.toml"


def _hours(station: str, quiet: Mapping[str, str], day: date) -> Iterator[tuple[int, list[str]]]:
    """Hour label and the six values of each hour of a day."""
    levels = {**quiet, **DIFFERENT.get(day, {}).get(station, {})}
    for label in range(1, 25):
        row = []
        for pollutant in POLLUTANTS:
            level = levels[pollutant]
            if pollutant == "o3" and day == OZONE and label in OZONE_HOURS:
                level = OZONE_LEVEL[station]
            step = Decimal(STEP[station]) if pollutant == "co" else Decimal(1)
            row.append(str(Decimal(level) + (step if label % 2 == 0 else -step)))
        yield label, row


def _nzg() -> Iterator[list[str]]:
    for day in YEAR:
        for label, row in _hours("NZG", NZG, day):
            if day == OUTAGE and label > OUTAGE_AFTER:
                continue
            in_maintenance = day == MAINTENANCE and label in MAINTENANCE_HOURS
            yield [
                "农展馆",
                f"{day} {label:02}:00",
                *(["985"] * 6 if in_maintenance else row),
                "M" if in_maintenance else "N",
            ]


def _atc() -> Iterator[list[str]]:
    for day in YEAR:
        for label, row in _hours("ATC", ATC, day):
            yield [f"{day:%Y%m%d}", f"{label:02}:00", *row]


def _lab() -> Iterator[list[str]]:
    for section, quiet in WATER.items():
        for month in range(1, 13):
            if (section, month) in FROZEN:
                continue
            for item, value in quiet.items():
                result = OTHER_MONTHS.get((section, item, month), value)
                unit = UNITS.get(item, "mg/L")
                yield [section, f"2025/{month:02}/05", item, result, unit, f"{section}-2025{month:02}"]


def _noise() -> Iterator[list[str]]:
    for point in ("N1", "N2"):
        for day, n in product(range(NOISE_DAYS), range(24)):
            begin = NOISE_START + timedelta(days=day, hours=n)
            calm = point == CALM_POINT and day == CALM_DAY
            by_day, by_night = (CALM_DAY_LEVELS, CALM_NIGHT_LEVELS) if calm else (DAY_LEVELS, NIGHT_LEVELS)
            levels = by_day if n < 16 else by_night
            leq, minutes, wind = NOT_COUNTED.get((point, begin), (levels[n % 2], "60", "1.0"))
            yield [point, f"{begin:%Y-%m-%d %H:%M}", leq, minutes, wind]


def _tickets() -> Iterator[list[str]]:
    for day in YEAR:
        for n, (category, destination, net) in enumerate((*LOADS, *(EXTRA_LOADS if day == EXTRA_DAY else ())), 1):
            yield [
                f"{day:%Y%m%d}-{n}", f"{day} {7 + n:02}:00", f"京A{n:05}", category, destination,
                str(TARE_KG + net), str(TARE_KG), str(net),
            ]  # fmt: skip


def _grid(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("昼间")
        rows = [
            ["2025年区域环境噪声普查"],
            ["网格编号", "年份", "昼间Leq"],
            *([g, 2025, leq] for g, leq in GRID),
            ["合计", "", ""],
        ]
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)


def _csv(path: Path, header: str, rows: Iterable[Sequence[str]], encoding: str = "utf-8") -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header.split(","))
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
