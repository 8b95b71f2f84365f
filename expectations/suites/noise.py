"""Suites of the noise marts: levels and attainment by point, class and period, events, surveys, indicators 13 and 14.

Here belongs what is particular to these marts. Not here: limits of GB 3096-2008 and grades of HJ 640-2012, which are
seeds.
"""

from __future__ import annotations

from expectations.checks import Check, between, not_null, relation
from expectations.suites.common import PERIOD_KINDS, VALIDITY, Suite, indicators, seed_values
from expectations.suites.lists import events_suite
from sources.registry import REGISTER_COLUMNS
from warehouse.tables.judged import WARNING

_CLASSES = next(c.allowed for c in REGISTER_COLUMNS if c.name == "noise_class")
_PARTS = ("day", "night")
# Levels are published to one decimal, so what is derived from them may be off by one unit of it.
_DB = 0.1
# The night's penalty is a rule that a configuration may set; no sensible one is larger, in dB.
_LARGEST_PENALTY = 20


def _part(part: str, level: str) -> tuple[Check, ...]:
    """What holds for the day part or the night part of a date."""
    return (
        not_null(f"{part}_validity"),
        relation(
            f"{level} is there only where its rule allows one",
            f"({level} is not null) = ({part}_validity in ('valid', 'indicative'))",
            (level, f"{part}_validity"),
            {level: 40, f"{part}_validity": "pending"},
        ),
        _has_reason(f"{part}_validity", f"{part}_reason"),
        _has_reason(f"{part}_percentiles_validity", f"{part}_percentiles_reason"),
        _at_most_its_maximum(level, f"lmax_{part}_db"),
        relation(
            f"attained by {part} means at or below the limit",
            f"{part}_attained = ({level} <= {part}_limit_db)",
            (level, f"{part}_limit_db", f"{part}_attained"),
            {level: 56, f"{part}_limit_db": 55, f"{part}_attained": True},
        ),
        between(f"{part}_hours_received", 0, 25),
        between(f"{part}_hours_valid", 0, 25),
        between(f"{part}_hours_suspect", 0, 25),
    )


def _at_most_its_maximum(level: str, maximum: str) -> Check:
    """An energy mean is at most the highest level of its period."""
    return relation(
        f"{level} is at most {maximum}", f"{level} <= {maximum} + {_DB}", (level, maximum), {level: 60, maximum: 50}
    )


def _has_reason(validity: str, reason: str) -> Check:
    """A verdict that is not simply valid says why, and only such a one."""
    return relation(
        f"{validity} has its reason",
        f"({validity} = 'valid') = (coalesce({reason}, '') = '')",
        (validity, reason),
        {validity: "indicative", reason: ""},
    )


def _percentiles(l10: str, l50: str, l90: str) -> tuple[Check, ...]:
    """What was exceeded longer is lower."""
    return (
        *(between(level, 0, 160, "dB(A)") for level in (l10, l50, l90)),
        relation(
            f"{l10}, {l50} and {l90} fall in this order",
            f"{l10} >= {l50} and {l50} >= {l90}",
            (l10, l50, l90),
            {l10: 50, l50: 55, l90: 45},
        ),
    )


def _share(part: str, whole: str, pct: str, validity: str = "validity") -> tuple[Check, ...]:
    """What holds for a share of attainment, its counts and its own verdict."""
    return (
        between(pct, 0, 100, "%"),
        relation(f"{part} is part of {whole}", f"{part} between 0 and {whole}", (part, whole), {part: 2, whole: 1}),
        relation(
            f"{pct} is the share of its counts, to one decimal",
            f"abs({pct} * {whole} - 100 * {part}) <= 0.05 * {whole}",
            (part, whole, pct),
            {part: 9, whole: 10, pct: 80},
        ),
        relation(
            f"{pct} is there only where its rule allows one",
            f"({pct} is not null) = ({validity} in ('valid', 'indicative'))",
            (pct, validity),
            {pct: 80, validity: "pending"},
        ),
    )


SUITES = (
    Suite(
        "mart_noise_site_daily",
        ("clean_noise",),
        (
            *(between(level, 0, 140, "dB(A)") for level in ("ld_db", "ln_db", "ldn_db")),
            *(between(level, 0, 170, "dB(A)") for level in ("lmax_day_db", "lmax_night_db")),
            *_percentiles("l10_day_db", "l50_day_db", "l90_day_db"),
            *_percentiles("l10_night_db", "l50_night_db", "l90_night_db"),
            *_part("day", "ld_db"),
            *_part("night", "ln_db"),
            relation(
                "Ldn lies between its parts",
                f"ldn_db between least(ld_db, ln_db) - {_DB} and greatest(ld_db, ln_db + {_LARGEST_PENALTY}) + {_DB}",
                ("ld_db", "ln_db", "ldn_db"),
                {"ld_db": 60, "ln_db": 50, "ldn_db": 40},
            ),
            _has_reason("night_burst_validity", "night_burst_reason"),
            relation(
                "the verdict over single events is there only where its rule allows one",
                "(night_burst_attained is not null) = (night_burst_validity in ('valid', 'indicative'))",
                ("night_burst_attained", "night_burst_validity"),
                {"night_burst_attained": True, "night_burst_validity": "insufficient"},
            ),
            between("n_suspect", 0, 25),
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
            **dict.fromkeys(
                (
                    "day_validity",
                    "night_validity",
                    "day_percentiles_validity",
                    "night_percentiles_validity",
                    "night_burst_validity",
                ),
                VALIDITY,
            ),
        },
    ),
    Suite(
        "mart_noise_site_monthly",
        ("clean_noise",),
        (
            between("leq_db", 0, 140, "dB(A)"),
            between("lmax_db", 0, 170, "dB(A)"),
            *_percentiles("l10_db", "l50_db", "l90_db"),
            *_share("days_attained", "days_judged", "days_attained_pct", "days_attained_validity"),
            _at_most_its_maximum("leq_db", "lmax_db"),
            *(
                _has_reason(validity, reason)
                for validity, reason in (
                    ("validity", "validity_reason"),
                    ("days_attained_validity", "days_attained_reason"),
                    ("percentiles_validity", "percentiles_reason"),
                )
            ),
            relation(
                "percentiles are there only where their rule allows them",
                "(l10_db is not null) = (percentiles_validity in ('valid', 'indicative'))",
                ("l10_db", "percentiles_validity"),
                {"l10_db": 50, "percentiles_validity": "insufficient"},
            ),
            between("n_suspect", 0, 31),
            relation(
                "within the limit means at or below it",
                "month_level_within_limit = (leq_db <= limit_db)",
                ("leq_db", "limit_db", "month_level_within_limit"),
                {"leq_db": 56, "limit_db": 55, "month_level_within_limit": True},
            ),
            relation(
                "a month's level is there only where its rule allows one",
                "(leq_db is not null) = (validity in ('valid', 'indicative'))",
                ("leq_db", "validity"),
                {"leq_db": 50, "validity": "insufficient"},
            ),
            relation(
                "a month in which every day attains is within the limit itself",
                "validity <> 'valid' or days_attained < n_valid or month_level_within_limit or attainment_reason <> ''",
                ("validity", "days_attained", "n_valid", "month_level_within_limit", "attainment_reason"),
                {
                    "validity": "valid",
                    "days_attained": 30,
                    "n_valid": 30,
                    "month_level_within_limit": False,
                    "attainment_reason": "",
                },
                WARNING,
            ),
            relation(
                "no comparison without its reason",
                "month_level_within_limit is not null or coalesce(attainment_reason, '') <> ''",
                ("month_level_within_limit", "attainment_reason"),
                {"month_level_within_limit": None, "attainment_reason": ""},
            ),
        ),
        {
            "part": _PARTS,
            "noise_class": _CLASSES,
            "days_attained_validity": VALIDITY,
            "percentiles_validity": VALIDITY,
        },
    ),
    Suite(
        "mart_noise_functional_area",
        ("clean_noise",),
        (
            *_share("n_attained", "n_judged", "attainment_pct"),
            between("n_suspect", 0, None),
            relation(
                "no more points are judged than are assessed",
                "n_points <= n_points_expected",
                ("n_points", "n_points_expected"),
                {"n_points": 2, "n_points_expected": 1},
            ),
            relation(
                "months are judged by point-days only",
                "period_kind <> 'month' or counted_unit = 'point_day'",
                ("period_kind", "counted_unit"),
                {"period_kind": "month", "counted_unit": "point_time"},
            ),
        ),
        {
            "period_kind": ("month", "quarter", *PERIOD_KINDS),
            "part": _PARTS,
            "noise_class": (*_CLASSES, "all"),
            "counted_unit": ("point_day", "point_time"),
        },
        # A district without assessed points has no functional-area rate.
        rows_severity=WARNING,
    ),
    events_suite(
        "mart_noise_exceedances",
        ("clean_noise",),
        (
            relation(
                "a loud hour is never an exceedance",
                "parameter <> 'leq' or kind = 'hint' or averaging in ('Ld', 'Ln')",
                ("parameter", "kind", "averaging"),
                {"parameter": "leq", "kind": "exceedance", "averaging": "1h"},
            ),
            relation(
                "a hint says why it is one, an exceedance needs no reason",
                "(kind = 'hint') = (coalesce(reason, '') <> '')",
                ("kind", "reason"),
                {"kind": "exceedance", "reason": "suspect readings in 1 hours decide attainment"},
            ),
            relation(
                "an exceedance is above its limit",
                "kind <> 'exceedance' or peak_value > limit_value",
                ("kind", "peak_value", "limit_value"),
                {"kind": "exceedance", "peak_value": 54, "limit_value": 55},
            ),
        ),
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
            relation(
                "a mean is given only where its rule allows one",
                "(mean_db is not null) = (validity in ('valid', 'indicative'))",
                ("mean_db", "validity"),
                {"mean_db": 66, "validity": "insufficient"},
            ),
            between("road_length_km", 0, 10000, "km"),
            between("n_suspect", 0, None),
        ),
        {"survey_kind": ("grid", "road"), "survey_period": ("day", "night")},
    ),
    indicators("mart_noise_indicators", ("clean_noise_survey",)),
)
