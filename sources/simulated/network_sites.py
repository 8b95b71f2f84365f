"""The sites of the simulated networks: rows of the register, their attributes, and the numbers of single sites.

Here belongs what districts enter about sites; `python -m sources.simulated.district_sites` writes it and a test holds
that the files equal what this module builds. Not here: readings (network_files.py). Everything is made up from hashes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sources.simulated.defects import number
from sources.simulated.network_plan import Level, Place, levels, networks, places

ATTRIBUTE_COLUMNS = ("network_id", "site_id", "attribute", "value", "valid_from", "valid_to")
LIMIT_COLUMNS = (
    *("network_id", "site_id", "parameter", "figure", "operator", "month_from", "month_to"),
    *("valid_from", "valid_to", "value", "unit", "document"),
)
VALID_FROM = "2025-01-01"
# Communities of a subdistrict that have sites.
_COMMUNITIES = 3
Areas = Sequence[tuple[str, str, str]]


def register_rows(areas: Areas) -> Iterator[dict[str, str]]:
    """Rows of the site register, without what all sites have in common; `areas` are the subdistricts."""
    for network, plan in networks().items():
        for place in places(network):
            kind = plan["kinds"][place.kind]
            code, zh, en = areas[(place.number * 5 + number(network) % len(areas)) % len(areas)]
            if len(places(network)) >= len(areas):
                code, zh, en = areas[(place.number - 1) % len(areas)]
            if kind.get("community"):
                code += f"{number(network, place.number) % _COMMUNITIES + 1:03d}"
            short = zh.removesuffix("街道").removesuffix("地区")
            names = {"name_zh": f"{short}{kind['zh']}{place.number}号", "name_en": f"{en} {kind['en']} {place.number}"}
            yield {"site_id": place.site_id, "feed": network, **names, "kind": place.kind, "network": "district",
                   "area_code": code, "assessed": "true", "valid_from": f"{plan['first']}"}  # fmt: skip


def attribute_of(network: str, place: Place, attribute: str) -> str:
    """The attribute of a site as text; '' where its kind has none."""
    values: Any = networks()[network].get("attributes", {}).get(attribute, ())
    if isinstance(values, Mapping) and "low" not in values:
        values = values.get(place.kind, ())
    if isinstance(values, Mapping):
        share = (number(network, place.site_id, attribute) % 1000) / 1000
        # Evenly by order of size, in steps that a register would hold.
        exact = values["low"] * (values["high"] / values["low"]) ** share
        step = 10 ** max(0, int(math.log10(exact)) - 1)
        return str(round(exact / step) * step)
    return values[(place.number - 1) % len(values)] if values else ""


def attribute_rows() -> Iterator[tuple[str, ...]]:
    """Rows of the attributes of all sites, ATTRIBUTE_COLUMNS."""
    for network, plan in networks().items():
        for place in places(network):
            for attribute in plan.get("attributes", {}):
                if value := attribute_of(network, place, attribute):
                    yield network, place.site_id, attribute, value, VALID_FROM, ""


def factor_of(network: str, level: Level, place: Place) -> float:
    """What is usual at one site: for a ratio the level times its own factor, for a sum the level plus its own part."""
    parts = [(number(network, place.site_id, level.parameter, i) % 10_000 + 0.5) / 10_000 for i in range(2)]
    normal = math.sqrt(-2 * math.log(parts[0])) * math.cos(2 * math.pi * parts[1])
    own = level.site_spread * max(-2.2, min(2.2, normal))
    return level.level + own if level.is_sum else level.level * math.exp(own)


def usual(network: str, parameter: str, place: Place) -> float | None:
    """What is usual of a parameter at a site, with what multiplies it; None where its kind has none."""
    for level in levels(network):
        if level.parameter == parameter and level.kind in ("", place.kind):
            found = factor_of(network, level, place)
            for name in level.of:
                own = usual(network, name, place)
                found *= own if own is not None else float(attribute_of(network, place, name))
            return found
    return None


def limit_rows(units: Mapping[tuple[str, str], str]) -> Iterator[tuple[str, ...]]:
    """Rows of the limits of single sites, LIMIT_COLUMNS; `units` by network and parameter."""
    for network, plan in networks().items():
        for entry in plan.get("limits", ()):
            for place in places(network):
                level = usual(network, entry["parameter"], place)
                if level is None:
                    continue
                head = (network, place.site_id, entry["parameter"], entry.get("figure", ""), entry["operator"])
                spans = entry.get("months", [("", "")])
                for (first, last), share in zip(spans, entry["share"], strict=True):
                    value = float(f"{level * share * entry.get('periods', 1):.4g}")
                    text = f"{value:.2f}".rstrip("0").rstrip(".")
                    tail = (VALID_FROM, "", text, units[network, entry["parameter"]], entry["document"])
                    yield (*head, str(first), str(last), *tail)
