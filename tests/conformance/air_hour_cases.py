"""Air cases of single hours and of dust: real-time reports, the 2x rule, dustfall of points.

Here belong inputs only. Not here: days, months and years (air_cases.py).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from tests.conformance.kit import District

OLD, NEW = datetime(2024, 6, 3), datetime(2026, 6, 3)
STEADY = {"pm2_5": 30, "pm10": 50, "so2": 10, "no2": 40, "co": "0.6", "o3": 80}
# Hourly PM10 from 2024-04-01 00:00 on. The background is 100: 200 is a start, 199 is not; 111 goes on, 110 ends it.
DUST = {
    "H-DUST": [100] * 6 + [199] + [100] * 6 + [200, 600, 300, 111, 110] + [100] * 6,
    # Twice the background of 75, but not above 150.
    "H-DUST-150": [75] * 6 + [150] + [75] * 6,
    "H-DUST-151": [75] * 6 + [151, 82] + [75] * 6,
    # 3 usable hours are not a background, 4 are.
    "H-DUST-3": [100, 100, 100, None, None, None, 400] + [100] * 6,
    "H-DUST-4": [100, 100, 100, 100, None, None, 400] + [100] * 6,
    # Starts again inside its own span: one candidate. Not over with the last hour: open.
    "H-DUST-TWICE": [100] * 6 + [300, 120, 700, 200, 100],
    "H-DUST-OPEN": [100] * 6 + [300, 400, 500],
    # Never back near its background: cut off after 120 hours.
    "H-DUST-LONG": [100] * 6 + [300] * 130,
}
DUST_START = datetime(2024, 4, 1)


def add(district: District) -> None:
    """Hours and dust."""
    for name, day in (("OLD", OLD), ("NEW", NEW)):
        _hours(district, f"H-STEADY-{name}", day, STEADY)
        _hours(district, f"H-SO2-{name}", day, STEADY | {"so2": [10] * 23 + [900]})
        _hours(district, f"H-SO2-FEW-{name}", day, STEADY | {"so2": [None] * 5 + [10] * 18 + [900]})
        _hours(district, f"H-O3-{name}", day, STEADY | {"o3": 900})
        # One hour of much PM2.5 after a clean day; then the same with CO missing.
        peak = STEADY | {"pm2_5": [30] * 23 + [150]}
        _hours(district, f"H-PEAK-{name}", day, peak)
        _hours(district, f"H-PEAK-NO-CO-{name}", day, peak | {"co": [None] * 24})
        _hours(district, f"H-NO-CO-{name}", day, STEADY | {"co": [None] * 24})
        _hours(district, f"H-TIE-{name}", day, STEADY | {"pm2_5": 60 if name == "NEW" else 75, "no2": 200})
        district.site("air", f"H-MICRO-{name}", "micro_station")
        district.hours("clean_air", f"H-MICRO-{name}", "pm2_5", day, [30] * 24)
    for site, values in DUST.items():
        district.site("air", site, "station")
        district.hours("clean_air", site, "pm10", DUST_START, values)
    district.reading(
        "clean_dust_period",
        "A",
        "dust_period",
        datetime(2024, 4, 1, 15),
        1,
        end=datetime(2024, 4, 1, 20),
        notice_no="1号",
    )
    _dustfall(district)


def dustfall(district: District, point: str, parameter: str, month: date, value: Any) -> None:
    """What a laboratory reports of a point's month."""
    start = datetime(month.year, month.month, 1)
    end = start + timedelta(days=monthrange(month.year, month.month)[1])
    district.reading("clean_dustfall", point, parameter, start, value, end=end)


def _hours(district: District, site: str, day: datetime, values: Mapping[str, Any]) -> None:
    district.site("air", site, "station")
    for parameter, value in values.items():
        hours: Sequence[Any] = value if isinstance(value, list) else [value] * 24
        district.hours("clean_air", site, parameter, day, hours)


def _dustfall(district: District) -> None:
    """2023 of four points without dust; in 2021 dust touches March; a point that only weighed; one not assessed."""
    for n in range(4):
        point = district.site("air", f"D-POINT-{n}", "dustfall_point", area_code=f"11010500{n // 2 + 1}", assessed=True)
        for month in range(1, 13):
            # January: 3 of the 4 points (75 %); February: 2.
            if not ((month == 1 and n == 3) or (month == 2 and n > 1)):
                dustfall(district, point, "dustfall", date(2023, month, 1), n + 3)
            dustfall(district, point, "dustfall", date(2021, month, 1), 12 if month == 3 else 4)
    district.reading(
        "clean_dust_period", "A", "dust_period", datetime(2021, 3, 15, 6), 1, end=datetime(2021, 3, 16), notice_no="2号"
    )
    community = district.site(
        "air", "D-COMMUNITY", "dustfall_point", area_code="110105002001", assessed=True,
        valid_from=date(2022, 1, 1), valid_to=date(2022, 12, 31),
    )  # fmt: skip
    dustfall(district, community, "dustfall", date(2022, 3, 1), 5)
    other = district.site("air", "D-OTHER", "dustfall_point", area_code="110105001")
    dustfall(district, other, "dustfall", date(2023, 3, 1), 90)
    weighed = district.site("air", "D-WEIGHED", "dustfall_point", area_code="110105001")
    for parameter, value in (
        ("dust_total_mass", "62.1295"), ("dust_vessel_mass", "62.0800"), ("dust_blank_mass", "0.0045"),
        ("dust_collector_area", "176.7"), ("dust_exposure_days", "31.5"),
    ):  # fmt: skip
        dustfall(district, weighed, parameter, date(2023, 3, 1), value)
    dustfall(district, weighed, "dust_net_mass", date(2023, 4, 1), "0.05")
