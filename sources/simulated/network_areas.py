"""The areas that the simulated district enters: its communities, and the basins and parks that sites lie in.

Here belong rows of [declared] areas and site_areas; `python -m sources.simulated.district_sites` writes them and a test
holds that the files equal what this module builds. Not here: the district, its subdistricts, basins and parks (seeds).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sources.simulated.network_plan import networks, places

AREA_COLUMNS = (
    *("tree", "area_code", "area_level", "name_zh", "name_en", "kind_zh", "parent_code"),
    *("valid_from", "valid_to", "source"),
)
PLACE_COLUMNS = ("feed", "site_id", "tree", "area_code", "valid_from", "valid_to", "document")
_COMMUNITY, _SUBDISTRICT = 12, 9
_FROM = "2013-01-01"
_NUMBERS = "一二三四五六七八九"


def community_rows(
    sites: Iterable[Mapping[str, str]], areas: Sequence[tuple[str, str, str]]
) -> Iterator[tuple[str, ...]]:
    """One row for each community that a site lies in, AREA_COLUMNS; `areas` are the subdistricts."""
    names = {code: (zh.removesuffix("街道").removesuffix("地区"), en) for code, zh, en in areas}
    for code in sorted({site["area_code"] for site in sites if len(site["area_code"]) == _COMMUNITY}):
        parent, number = code[:_SUBDISTRICT], int(code[_SUBDISTRICT:])
        zh, en = names[parent]
        named = (f"{zh}第{_NUMBERS[number - 1]}社区（模拟）", f"{en} community {number} (simulated)")
        yield ("administrative", code, "community", *named, "社区", parent, _FROM, "", "simulated district")


def place_rows() -> Iterator[tuple[str, ...]]:
    """One row for each site whose kind names areas of another tree, PLACE_COLUMNS; they take turns."""
    for network, plan in networks().items():
        for place in places(network):
            kind = plan["kinds"][place.kind]
            if named := kind.get("areas", ()):
                area = named[(place.number - 1) % len(named)]
                yield (network, place.site_id, kind["tree"], area, f"{plan['first']}", "", "simulated district")
