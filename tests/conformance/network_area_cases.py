"""Figures of areas of other trees than the administrative one: a basin with two sub-basins, and a park.

Here belong declarations, areas and readings. Not here: expected figures (test_network_areas.py).
"""

from __future__ import annotations

from datetime import date, datetime

from tests.conformance.network_kit import Networks

STATISTICS = ("mean", "sum", "worst", "share_attaining", "weighted_mean", "weighted_share_attaining")
_EVER = date(2000, 1, 1)
# Site → weight, sub-basin with its first and last day, value of June and of July; T-4 has none in June.
_SITES = {
    "T-1": (1, [("x_one", _EVER, None)], 10, 20),
    "T-2": (2, [("x_one", _EVER, date(2024, 6, 30)), ("x_two", date(2024, 7, 1), None)], 40, 20),
    "T-3": (3, [("x_two", _EVER, None)], 100, 20),
    "T-4": (4, [("x_two", _EVER, None)], None, 31),
}


def add(networks: Networks) -> None:
    """One network whose sites lie in basins, and one of them in a park; T-2 goes over on 2024-07-01."""
    district = networks.district
    for tree, code, level, parent in (
        ("basin", "x", "basin", ""),
        ("basin", "x_one", "sub_basin", "x"),
        ("basin", "x_two", "sub_basin", "x"),
        ("park", "east", "park", ""),
        ("administrative", "110105001007", "community", "110105001"),
    ):
        district.declared("areas", tree=tree, area_code=code, area_level=level, name_zh=f"{code}域", name_en=code,
                          parent_code=parent, valid_from=_EVER)  # fmt: skip
    net = networks.network("n_trees", "month")
    net.parameter("c")
    net.figure("month", "c", "mean", "month", decimals=1)
    net.limit("c", "<=", 30, figure_id="month")
    for name, (weight, lies_in, june, july) in _SITES.items():
        net.site(name, "110105001007" if name == "T-1" else "110105002", {"volume": weight})
        for code, first, last in lies_in:
            district.declared("site_areas", feed="n_trees", site_id=name, tree="basin", area_code=code,
                              valid_from=first, valid_to=last)  # fmt: skip
        for month, value in ((6, june), (7, july)):
            if value is not None:
                net.reading(name, "c", datetime(2024, month, 5, 9), value)
    district.declared("site_areas", feed="n_trees", site_id="T-1", tree="park", area_code="east", valid_from=_EVER)
    for tree, level in (("basin", "basin"), ("basin", "sub_basin"), ("park", "park"), ("administrative", "community")):
        for statistic in STATISTICS:
            weight = "volume" if statistic.startswith("weighted") else ""
            net.declare("network_area", area_figure_id=f"{level}_{statistic}", name_zh=statistic, name_en=statistic,
                        parameter="c", figure_id="month", period_kind="month", tree=tree, area_level=level,
                        statistic=statistic, weight_attribute=weight, unit="mg/L", decimals=1, indicator_id="",
                        standard="S", clause="c")  # fmt: skip
    net.declare("network_list", list_id="by_sub_basin", name_zh="子流域排名", name_en="x", parameter="c",
                figure_id="month", period_kind="month", place_kind="area", tree="basin", area_level="sub_basin",
                statistic="mean", direction="highest_first", decimals=1)  # fmt: skip
