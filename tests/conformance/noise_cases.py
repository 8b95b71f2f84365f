"""Noise cases: the worked examples as hours, delivered levels and a road survey.

Here belong inputs only; each case has a point of its own.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.conformance.kit import District, worked_examples

DAY = datetime(2024, 5, 6)
YEAR = datetime(2024, 1, 1)


def example(rule: str) -> dict:
    """The worked example whose rule begins so; empty where the folder is absent."""
    return next((e for e in worked_examples() if e["rule"].startswith(rule)), {})


def add(district: District) -> None:
    """All noise cases."""
    if not worked_examples():
        return
    hours = example("Ldn from the 24 hours")["input"]
    district.site("noise", "N-LDN", "point", noise_class="2")
    district.hours("clean_noise", "N-LDN", "leq", DAY + timedelta(hours=6), hours["day"], period_kind="hour")
    district.hours("clean_noise", "N-LDN", "leq", DAY + timedelta(hours=22), hours["night"], period_kind="hour")
    district.site("noise", "N-LD", "point", noise_class="2")
    levels = example("Ld from 16 hourly")["input"]["hourly"]
    district.hours("clean_noise", "N-LD", "leq", DAY + timedelta(hours=6), levels, period_kind="hour")
    attainment = example("class attainment")["input"]
    district.site("noise", "N-CLASS", "point", noise_class=attainment["area_class"])
    for name, first, n in (("day", 6, 16), ("night", 22, 8)):
        level = attainment["Ld" if name == "day" else "Ln"]
        start = DAY + timedelta(hours=first)
        district.reading(
            "clean_noise", "N-CLASS", "leq", start, level, end=start + timedelta(hours=n), period_kind=name
        )
    for n, (length, level) in enumerate(example("road traffic noise")["input"]["km_dB"]):
        site = district.site("noise", f"N-ROAD-{n}", "road_segment", road_length_km=length)
        district.reading(
            "clean_noise_survey", site, "survey_leq", YEAR, level,
            end=datetime(2025, 1, 1), survey_kind="road", survey_period="day",
        )  # fmt: skip
