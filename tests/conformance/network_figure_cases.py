"""Cases of figures of declared networks: levels, oxygen, hours of the day, lists and every statistic.

Here belong declarations and readings. Not here: classes and limits (network_cases.py), expected figures
(test_networks.py).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from tests.conformance.network_kit import Networks

DAY = datetime(2024, 6, 5, 9)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def add(networks: Networks) -> None:
    """All networks of these cases."""
    _construction(networks)
    _noise(networks)
    _gas(networks)
    _flow(networks)
    _dust(networks)
    _statistics(networks)


def _construction(networks: Networks) -> None:
    """Day and night by the hour that a reading begins in; both are firm here so that they are judged."""
    noise = networks.network("n_site_noise", "hour")
    noise.parameter("leq", "dB(A)", 1)
    noise.limit("leq", "<=", 70, unit="dB(A)", hour_from=6, hour_to=22, limit_text="day")
    noise.limit("leq", "<=", 55, unit="dB(A)", hour_from=22, hour_to=6, limit_text="night")
    noise.site("C-1", unit_to_notify="某街道办事处")
    for hour, value in ((14, "70.0"), (21, "71"), (22, "55.1"), (5, "55.0"), (6, "69")):
        start = DAY.replace(hour=hour)
        noise.reading("C-1", "leq", start, value, end=start + HOUR, unit="dB(A)")


def _noise(networks: Networks) -> None:
    noise = networks.network("n_noise", "minute")
    noise.parameter("leq", "dB(A)", 1)
    noise.figure("hour", "leq", "energy_mean", "hour", min_count=45, unit="dB(A)", decimals=1)
    for site, values in (
        ("L-1", [60] * 30 + [70] * 30), ("L-2", [58] * 44 + [68] * 4 + [None] * 12), ("L-3", [58] * 44 + [None] * 16),
    ):  # fmt: skip
        noise.site(site)
        noise.run(site, "leq", DAY, MINUTE, values, unit="dB(A)")


def _gas(networks: Networks) -> None:
    """A boiler: measured, corrected to 3.5 % oxygen, judged against the limits of boilers in use and of new ones."""
    gas = networks.network("n_gas", "hour")
    gas.parameter("nox", "mg/m3", 2)
    gas.parameter("o2", "%", 1)
    gas.figure("converted", "nox", "oxygen_corrected", "sample", second_parameter="o2", argument=Decimal("3.5"),
               unit="mg/m3", decimals=2)  # fmt: skip
    gas.figure("converted_day", "nox", "mean", "day", level=2, of_figure="converted", unit="mg/m3", decimals=2)
    for word, end in (("in_use", 80), ("new", 30)):
        gas.limit("nox", "<=", end, figure_id="converted", when=[{"attribute": "boiler", "attribute_value": word}])
    for name, word, oxygen in (
        ("O-USE", "in_use", "5.0"), ("O-NEW", "new", "5.0"), ("O-AIR", "new", "20.9"), ("O-NONE", "new", None),
    ):  # fmt: skip
        gas.site(name, attributes={"boiler": word})
        gas.run(name, "nox", DAY.replace(hour=0), HOUR, [56] * 24)
        gas.run(name, "o2", DAY.replace(hour=0), HOUR, [oxygen] * 24)


def _flow(networks: Networks) -> None:
    """Ecological flow: days of a month at or above the own number of the site, of those that are valid."""
    flow = networks.network("n_flow", "day")
    flow.parameter("flow", "m3/s")
    flow.site("E-1")
    own = {"parameter": "flow", "figure_id": "", "valid_from": date(2000, 1, 1), "document": "调度方案"}
    flow.declare("site_limit", site_id="E-1", operator=">=", value=2, **own)
    flow.run("E-1", "flow", datetime(2024, 6, 1), timedelta(days=1), [3] * 27 + [1] + [None] * 2)


def _dust(networks: Networks) -> None:
    """TSP by subdistrict and half-month, the highest first."""
    dust = networks.network("n_dust", "day")
    dust.parameter("tsp", "ug/m3", 0)
    dust.figure("half", "tsp", "mean", "half_month", unit="ug/m3", decimals=1)
    dust.figure("week", "tsp", "mean", "week", unit="ug/m3", decimals=1)
    dust.figure("month", "tsp", "mean", "month", unit="ug/m3", decimals=1)
    for n, value in enumerate((150, 148, 150, 140, 140, 140, 131), 1):
        dust.site(f"D-{n}", area_code=f"11010500{n}")
        dust.run(f"D-{n}", "tsp", datetime(2024, 6, 1), timedelta(days=1), [value] * 15)
    dust.declare("network_list", list_id="tsp_half", name_zh="TSP半月排名", name_en="x", parameter="tsp",
                 figure_id="half", period_kind="half_month", place_kind="area",
                 tree="administrative", area_level="subdistrict", statistic="mean",
                 direction="highest_first", decimals=0)  # fmt: skip


def _statistics(networks: Networks) -> None:
    """Every statistic over a day of hours, with a non-detect, a gap and flow as the weight."""
    net = networks.network("n_stats", "hour")
    for code in ("c", "q"):
        net.parameter(code)
    for statistic in ("mean", "sum", "maximum", "minimum", "count", "last"):
        net.figure(statistic, "c", statistic, "day", min_share=Decimal("0.1"))
    net.figure("p90", "c", "percentile", "day", argument=90, min_share=Decimal("0.1"))
    net.figure("above", "c", "days", "day", argument=3, min_share=Decimal("0.1"))
    net.figure("weighted", "c", "weighted_mean", "day", second_parameter="q", min_share=Decimal("0.1"))
    net.figure("load", "c", "load", "day", second_parameter="q", factor=Decimal("0.001"), unit="kg",
               min_share=Decimal("0.1"))  # fmt: skip
    net.figure("strict", "c", "mean", "day")
    net.figure("hour", "c", "mean", "hour")
    net.figure("day_of_hours", "c", "mean", "day", level=2, of_figure="hour", min_share=Decimal("0.1"))
    net.figure("month_of_days", "c", "mean", "month", level=3, of_figure="day_of_hours", min_count=1)
    net.figure("year_of_months", "c", "maximum", "year", level=4, of_figure="month_of_days", min_count=1)
    net.site("X-1")
    start = datetime(2024, 6, 5)
    net.run("X-1", "c", start, HOUR, [1, 2, 3, 4, "5L", None, 10])
    net.run("X-1", "q", start, HOUR, [1, 1, 1, 1, 2, 1, 4])
    # Large numbers, whose products need more than 18 digits.
    net.site("X-LARGE")
    net.run("X-LARGE", "c", start, HOUR, [4000000] * 3)
    net.run("X-LARGE", "q", start, HOUR, [2000000] * 3)
