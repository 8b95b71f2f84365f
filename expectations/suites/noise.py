"""Suites of the noise marts: levels and attainment by point and date, the yearly surveys, indicators 13 and 14.

Here belongs what is particular to these marts. Not here: limits of GB 3096-2008 and grades of HJ 640-2012, which are
seeds.
"""

from __future__ import annotations

from expectations.checks import Check, between, not_null, relation
from expectations.records import WARNING
from expectations.suites.common import Suite, indicators, seed_values
from sources.registry import REGISTER_COLUMNS

_CLASSES = next(c.allowed for c in REGISTER_COLUMNS if c.name == "noise_class")
_PART_VALIDITY = ("valid", "insufficient", "pending")
# Levels are published to one decimal, so what is derived from them may be off by one unit of it.
_DB = 0.1


def _part(part: str, level: str) -> tuple[Check, ...]:
    """What holds for the day part or the night part of a date."""
    return (
        not_null(f"{part}_validity"),
        relation(
            f"{level} stands only where the {part} is valid",
            f"({level} is not null) = ({part}_validity = 'valid')",
            (level, f"{part}_validity"),
            {level: 40, f"{part}_validity": "pending"},
        ),
        relation(
            f"attained by {part} means at or below the limit",
            f"{part}_attained = ({level} <= {part}_limit_db)",
            (level, f"{part}_limit_db", f"{part}_attained"),
            {level: 56, f"{part}_limit_db": 55, f"{part}_attained": True},
        ),
        between(f"{part}_hours_received", 0, 25),
        between(f"{part}_hours_valid", 0, 25),
    )


SUITES = (
    Suite(
        "mart_noise_site_daily",
        ("clean_noise",),
        (
            *(between(level, 0, 140, "dB(A)") for level in ("ld_db", "ln_db", "ldn_db")),
            between("lmax_night_db", 0, 170, "dB(A)"),
            *_part("day", "ld_db"),
            *_part("night", "ln_db"),
            relation(
                "Ldn lies between its parts",
                f"ldn_db between least(ld_db, ln_db + 10) - {_DB} and greatest(ld_db, ln_db + 10) + {_DB}",
                ("ld_db", "ln_db", "ldn_db"),
                {"ld_db": 60, "ln_db": 50, "ldn_db": 40},
            ),
            relation(
                "the highest level of a night is no lower than its mean",
                "lmax_night_db >= ln_db",
                ("lmax_night_db", "ln_db"),
                {"lmax_night_db": 40, "ln_db": 50},
                WARNING,
            ),
            relation(
                "no attainment without its reason",
                "(day_attained is not null and night_attained is not null) or coalesce(attainment_reason, '') <> ''",
                ("day_attained", "night_attained", "attainment_reason"),
                {"day_attained": None, "attainment_reason": ""},
            ),
        ),
        {
            "method": ("hourly", "as_delivered"),
            "noise_class": _CLASSES,
            "day_validity": _PART_VALIDITY,
            "night_validity": _PART_VALIDITY,
        },
    ),
    Suite(
        "mart_noise_survey_annual",
        ("clean_noise_survey",),
        (
            between("mean_db", 0, 140, "dB(A)"),
            between("grade", 1, len(seed_values("standards/noise_grades", "grade"))),
            relation(
                "a level has its grade",
                "mean_db is null or grade is not null",
                ("mean_db", "grade"),
                {"mean_db": 55, "grade": None},
                WARNING,
            ),
            between("road_length_km", 0, 10000, "km"),
        ),
        {"survey_kind": ("grid", "road"), "survey_period": ("day", "night")},
    ),
    indicators("mart_noise_indicators", ("clean_noise_survey",)),
)
