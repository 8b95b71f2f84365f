"""Builds the site register of the simulated district (sites.csv) from its subdistricts and rivers.

Here belongs what sites exist and their attributes; `python -m sources.simulated.district_sites` rewrites sites.csv,
site_attributes.csv, site_limits.csv, communities.csv and site_areas.csv, and a test holds that the files equal what is
built. Not here: anything about their readings, or what the sites of networks are (network_sites.py, network_areas.py).
Attributes are made up from hashes of the site id, never copied from a real register.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from sources.registry.clean_columns import REGISTER_COLUMNS
from sources.simulated import network_areas, network_sites
from sources.simulated.network_plan import declaration, networks
from sources.simulated.register_plan import device_rows

HERE = Path(__file__).parent
MARK = "（模拟）"
MARK_EN = " (simulated)"
DISTRICT = "110105"
DISTRICT_SITE = "SIM-110105"
VALID_FROM = "2013-01-01"

# The eight main rivers of standards/administrative.md, then the smaller ones.
MAIN_RIVERS = (
    ("温榆河", "Wenyu"), ("清河", "Qing"), ("坝河", "Ba"), ("北小河", "Beixiao"),
    ("亮马河", "Liangma"), ("通惠河", "Tonghui"), ("凉水河", "Liangshui"), ("萧太后河", "Xiaotaihou"),
)  # fmt: skip
SMALL_RIVERS = (
    ("土城沟", "Tucheng Ditch"), ("清洋河", "Qingyang"), ("青年路沟", "Qingnianlu Ditch"),
    ("半壁店沟", "Banbidian Ditch"), ("大柳树沟", "Daliushu Ditch"), ("观音堂沟", "Guanyintang Ditch"),
    ("通惠灌渠", "Tonghui Canal"),
)  # fmt: skip
ASSESSED = (
    ("坝河", "沙窝", "Shawo", "110105036", "IV"), ("通惠河", "新八里桥", "Xinbaliqiao", "110105035", "IV"),
    ("清河", "清河闸", "Qinghezha", "110105032", "IV"), ("凉水河", "大红门闸上", "Dahongmenzha", "110105027", "V"),
    ("温榆河", "孙河", "Sunhe", "110105037", "IV"),
)  # fmt: skip
STATIONS = (
    ("农展馆", "Nongzhanguan", "110105012", "national"), ("奥体中心", "Aotizhongxin", "110105009", "national"),
    ("东四环", "Dongsihuan", "110105022", "city"),
)  # fmt: skip
NOISE_POINTS = (
    ("1", "110105031"), ("1", "110105007"), ("1", "110105026"), ("2", "110105012"), ("2", "110105014"),
    ("2", "110105016"), ("3", "110105011"), ("3", "110105019"), ("3", "110105041"), ("4a", "110105001"),
    ("4a", "110105010"), ("4a", "110105018"),
)  # fmt: skip
WEIGHBRIDGES = (
    ("高安屯焚烧厂", "Gaoantun Incinerator", "110105036"), ("高安屯厨余处理厂", "Gaoantun Kitchen Waste", "110105036"),
    ("小武基转运站", "Xiaowuji Transfer", "110105028"), ("大屯转运站", "Datun Transfer", "110105025"),
    ("再生资源分拣中心", "Recycling Sorting Centre", "110105040"), ("有害垃圾暂存点", "Hazardous Depot", "110105042"),
)  # fmt: skip
# Where loads of other categories begin, pass and end: id, kind, names, area.
WASTE_NODES = (
    *((f"SIM-WP-{i:02d}", "collection_point", f"{i}号再生资源交投点", f"Collection point {i}", f"1101050{i:02d}")
      for i in range(1, 5)),
    ("SIM-WT-01", "transfer_station", "再生资源中转站", "Recyclables transfer station", "110105028"),
    ("SIM-WS-01", "sorting_centre", "再生资源分拣中心", "Recyclables sorting centre", "110105040"),
    ("SIM-WD-01", "treatment_plant", "医疗废物处置厂", "Medical waste plant", "110105036"),
    ("SIM-WD-02", "treatment_plant", "危险废物处置厂", "Hazardous waste plant", "110105036"),
    ("SIM-WD-03", "treatment_plant", "建筑垃圾资源化处置场", "Construction waste recycling site", "110105038"),
    ("SIM-WD-04", "treatment_plant", "园林绿化废弃物处置场", "Garden waste site", "110105037"),
    ("SIM-WD-05", "treatment_plant", "一般工业固废利用厂", "Industrial waste works", "110105038"),
    *((f"SIM-WI-{i:02d}", "institution", f"{i}号医院", f"Hospital {i}", f"1101050{i + 4:02d}") for i in range(1, 4)),
    *((f"SIM-WM-{i:02d}", "small_institution", f"{i}号诊所", f"Clinic {i}", f"1101050{i + 10:02d}")
      for i in range(1, 9)),
    *((f"SIM-WE-{i:02d}", "enterprise", f"{i}号企业", f"Enterprise {i}", f"1101050{i + 20:02d}") for i in range(1, 5)),
    *((f"SIM-WG-{i:02d}", "enterprise", f"{i}号公园", f"Park {i}", f"1101050{area}")
      for i, area in enumerate(("05", "12", "25"), 1)),
    *((f"SIM-WC-{i:02d}", "enterprise", f"{i}号施工工地", f"Building site {i}", f"1101050{i + 30:02d}")
      for i in range(1, 5)),
)  # fmt: skip
METERS = (
    ("政务中心", "Government Centre"), ("高碑店水务", "Gaobeidian Water"), ("望京科技园", "Wangjing Park"),
    ("国贸商业", "Guomao Commerce"), ("酒仙桥厂区", "Jiuxianqiao Works"), ("常营居住区", "Changying Homes"),
)  # fmt: skip
SECTORS = (
    ("industry", "工业"), ("construction", "建筑业"), ("transport", "交通运输业"), ("services", "服务业"),
    ("households", "居民生活"), ("agriculture", "农业"), ("power_plants", "发电厂"), ("heat_plants", "供热厂"),
)  # fmt: skip
GRID_POINTS = 120
ROAD_SEGMENTS = 60
SECTIONS = 101


def build() -> list[dict[str, str]]:
    """Every site of the district as register rows (text, REGISTER_COLUMNS), in a fixed order."""
    parts = (_water, _air, _noise, _waste, _energy, _district, _networks, _devices)
    return [_complete(row) for part in parts for row in part()]


def to_csv(rows: list[dict[str, str]]) -> str:
    """The register as CSV text with a header and LF line ends."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [c.name for c in REGISTER_COLUMNS], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@lru_cache(maxsize=1)
def sites() -> dict[tuple[str, str], dict[str, str]]:
    """The committed register by (feed, site_id)."""
    with (HERE / "sites.csv").open(encoding="utf-8", newline="") as f:
        return {(row["feed"], row["site_id"]): row for row in csv.DictReader(f)}


@lru_cache(maxsize=1)
def areas() -> tuple[tuple[str, str, str], ...]:
    """The 43 subdistricts and townships: code, Chinese name, pinyin."""
    with (HERE / "areas.csv").open(encoding="utf-8", newline="") as f:
        return tuple((r["area_code"], r["name_zh"], r["name_en"]) for r in csv.DictReader(f))


def short(name_zh: str) -> str:
    """A subdistrict's name without 街道 or 地区."""
    return name_zh.removesuffix("街道").removesuffix("地区")


def _share(*parts: object) -> float:
    """A number in [0, 1) that depends on `parts` alone."""
    digest = hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=4).digest()
    return int.from_bytes(digest) / 2**32


def _complete(row: dict[str, str]) -> dict[str, str]:
    site = row["site_id"]
    area = row["area_code"]
    names = {code: zh for code, zh, _ in areas()}
    full = {
        "name_zh": row["name_zh"] + MARK,
        "name_en": row["name_en"] + MARK_EN,
        "unit_to_notify": f"{names.get(area, '朝阳区生态环境局')}{'办事处' if area in names else ''}{MARK}",
        "lon": f"{116.37 + 0.24 * _share(site, 'lon'):.5f}",
        "lat": f"{39.83 + 0.24 * _share(site, 'lat'):.5f}",
        "valid_from": row.get("valid_from") or VALID_FROM,
        "provenance": "simulated",
    }
    return {c.name: full.get(c.name) or row.get(c.name, "") for c in REGISTER_COLUMNS}


def _row(feed: str, site: str, zh: str, en: str, kind: str, network: str, area: str, **more: str) -> dict[str, str]:
    base = {"site_id": site, "feed": feed, "name_zh": zh, "name_en": en, "kind": kind, "network": network}
    return {**base, "area_code": area, "assessed": "true", **more}


def _water() -> Iterator[dict[str, str]]:
    for i, (river, zh, en, area, target) in enumerate(ASSESSED, 1):
        length = f"{8 + 6 * _share('assessed', i):.1f}"
        yield _row("water", f"SIM-W-A{i:02d}", f"{river}{zh}断面", f"{en} section", "section", "municipal", area,
                   river_zh=river, water_type="river", reach_length_km=length, class_target=target)  # fmt: skip
    rivers = MAIN_RIVERS + SMALL_RIVERS
    for i in range(SECTIONS):
        code, area_zh, area_en = areas()[i % len(areas())]
        river, river_en = rivers[(i * 7) % len(rivers)]
        number = i // len(areas()) + 1
        yield _row("water", f"SIM-W-{i + 1:03d}", f"{river}{short(area_zh)}{number}号断面",
                   f"{river_en} {area_en} section {number}", "section", "district", code, river_zh=river,
                   water_type="river", reach_length_km=f"{3 + 5 * _share('reach', i):.1f}", assessed="false",
                   class_target="IV" if (river, river_en) in MAIN_RIVERS else "V")  # fmt: skip


def _air() -> Iterator[dict[str, str]]:
    for i, (zh, en, area, network) in enumerate(STATIONS, 1):
        yield _row("air", f"SIM-AIR-R{i:02d}", f"{zh}站", f"{en} station", "station", network, area)
    for i, (code, zh, en) in enumerate(areas(), 1):
        yield _row("air", f"SIM-AIR-M{i:03d}", f"{short(zh)}微型站", f"{en} micro station", "micro_station",
                   "township", code, assessed="false")  # fmt: skip
    for i, (code, zh, en) in enumerate(areas(), 1):
        yield _row("air", f"SIM-DF-{i:03d}", f"{short(zh)}降尘点", f"{en} dustfall point", "dustfall_point",
                   "district", code)  # fmt: skip
    yield _row("air", DISTRICT_SITE, "朝阳区", "Chaoyang District", "area", "district", DISTRICT, assessed="false")


def _noise() -> Iterator[dict[str, str]]:
    names = {code: (short(zh), en) for code, zh, en in areas()}
    for i, (noise_class, area) in enumerate(NOISE_POINTS, 1):
        zh, en = names[area]
        yield _row("noise", f"SIM-NP-{i:02d}", f"{zh}{noise_class}类功能区点", f"{en} class {noise_class} point",
                   "point", "district", area, noise_class=noise_class)  # fmt: skip
    for i in range(GRID_POINTS):
        code, zh, en = areas()[i % len(areas())]
        yield _row("noise", f"SIM-NG-{i + 1:03d}", f"{short(zh)}网格{i + 1:03d}", f"{en} grid {i + 1:03d}",
                   "grid_point", "district", code)  # fmt: skip
    for i in range(ROAD_SEGMENTS):
        code, zh, en = areas()[(i * 5) % len(areas())]
        yield _row("noise", f"SIM-NR-{i + 1:02d}", f"{short(zh)}路段{i + 1:02d}", f"{en} road {i + 1:02d}",
                   "road_segment", "district", code, noise_class="4a",
                   road_length_km=f"{0.6 + 3.4 * _share('road', i):.2f}")  # fmt: skip


def _waste() -> Iterator[dict[str, str]]:
    for i, (zh, en, area) in enumerate(WEIGHBRIDGES, 1):
        yield _row("waste", f"SIM-WB-{i:02d}", f"{zh}地磅", f"{en} weighbridge", "weighbridge", "district", area)
    for code, zh, en in areas():
        yield _row("waste", f"SIM-WA-{code}", zh, en, "area", "township", code)
    for site, kind, zh, en, area in WASTE_NODES:
        yield _row("waste", site, zh, en, kind, "district", area)


def _energy() -> Iterator[dict[str, str]]:
    for code, zh in SECTORS:
        yield _row("energy", f"SIM-ES-{code}", f"朝阳区{zh}", f"Chaoyang {code}", "sector", "district", DISTRICT)
    for i, (zh, en) in enumerate(METERS, 1):
        yield _row("energy", f"SIM-EM-{i:02d}", f"{zh}电表", f"{en} meter", "meter", "district", DISTRICT)


def _district() -> Iterator[dict[str, str]]:
    yield _row("returns", DISTRICT_SITE, "朝阳区", "Chaoyang District", "area", "district", DISTRICT)


def _networks() -> Iterator[dict[str, str]]:
    yield from network_sites.register_rows(areas())


def _devices() -> Iterator[dict[str, str]]:
    yield from device_rows(areas())


def attributes_csv() -> str:
    """The attributes of the networks' sites as CSV text."""
    return _table(network_sites.ATTRIBUTE_COLUMNS, network_sites.attribute_rows())


def limits_csv() -> str:
    """The numbers of single sites of the networks as CSV text."""
    units = {(n, code): p.get("unit", "-") for n in networks() for code, p in declaration(n)["parameters"].items()}
    return _table(network_sites.LIMIT_COLUMNS, network_sites.limit_rows(units))


def communities_csv() -> str:
    """The communities of the district's sites as CSV text."""
    return _table(network_areas.AREA_COLUMNS, network_areas.community_rows(build(), areas()))


def site_areas_csv() -> str:
    """The basins and parks of the networks' sites as CSV text."""
    return _table(network_areas.PLACE_COLUMNS, network_areas.place_rows())


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([columns, *rows])
    return out.getvalue()


if __name__ == "__main__":
    for name, text in (
        ("sites.csv", to_csv(build())),
        ("site_attributes.csv", attributes_csv()),
        ("site_limits.csv", limits_csv()),
        ("communities.csv", communities_csv()),
        ("site_areas.csv", site_areas_csv()),
    ):
        (HERE / name).write_text(text, encoding="utf-8")
