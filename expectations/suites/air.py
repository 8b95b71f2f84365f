"""Suites of the air marts: stations and district by hour, day, month and year, dust, both editions, the indicators.

Here belongs what is particular to these marts. Not here: gross ranges of daily means, which follow from the columns'
names (common.py), and limits and breakpoints, which are seeds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dbt_project.seed_rows import seed_rows
from expectations.checks import Check, between, not_null, relation
from expectations.suites.common import (
    PERIOD_KINDS,
    Suite,
    indicators,
    null_unless_allowed,
    parameter_ranges,
    seed_values,
    verdicts_of,
)
from expectations.suites.lists import events_suite, ranking_suite
from sources.registry import registry
from warehouse.tables.judged import WARNING

_FED = ("clean_air",)
_CATEGORIES = seed_values("standards/aqi_categories", "category")
_EDITIONS = seed_values("standards/air_editions", "edition")
# What a period that spans two of them is besides (dbt_project/macros/air.sql).
MIXED_EDITION = "mixed"
_SCOPES = (*_EDITIONS, MIXED_EDITION)
_IAQIS = ("pm2_5_iaqi", "pm10_iaqi", "so2_iaqi", "no2_iaqi", "co_iaqi", "o3_8h_iaqi")
_DAYS = tuple(f"days_{category}" for category in _CATEGORIES)
_OZONE_TOP = float(registry().feeds["air"].parameters["o3"].tests.fail_max or 0)
# Values by the column of their own verdict.
_HOUR_VALUES = {
    "pm2_5_ug_m3": "pm2_5_validity", "pm10_ug_m3": "pm10_validity", "so2_ug_m3": "so2_validity",
    "no2_ug_m3": "no2_validity", "co_mg_m3": "co_validity", "o3_ug_m3": "o3_validity", "o3_8h_ug_m3": "o3_8h_validity",
    "pm2_5_24h_ug_m3": "pm2_5_24h_validity", "pm10_24h_ug_m3": "pm10_24h_validity",
}  # fmt: skip
_DAY_VALUES = {
    "pm2_5_ug_m3": "pm2_5_validity", "pm10_ug_m3": "pm10_validity", "so2_ug_m3": "so2_validity",
    "no2_ug_m3": "no2_validity", "co_mg_m3": "co_validity", "o3_8h_max_ug_m3": "o3_8h_validity",
    "o3_1h_max_ug_m3": "o3_1h_validity",
}  # fmt: skip
_PERIOD_VALUES = {
    "pm2_5_mean_ug_m3": "pm2_5_validity", "pm10_mean_ug_m3": "pm10_validity", "so2_mean_ug_m3": "so2_validity",
    "no2_mean_ug_m3": "no2_validity", "co_p95_mg_m3": "co_validity", "o3_8h_p90_ug_m3": "o3_8h_validity",
}  # fmt: skip
_SITE_KINDS = ("station", "micro_station")
_VARIANTS = ("dust_included", "dust_excluded")


def _category_bounds() -> str:
    """SQL: the AQI lies in the band of its category, over all editions of the seed; the top band is open."""
    bands: dict[str, list[tuple[int, int | None]]] = {}
    for row in seed_rows("standards/aqi_categories"):
        top = int(row["aqi_to"]) if row["aqi_to"] else None
        bands.setdefault(row["category"], []).append((int(row["aqi_from"]), top))
    arms = []
    for category, found in bands.items():
        low = min(b[0] for b in found)
        tops = [b[1] for b in found if b[1] is not None]
        upper = f" and aqi <= {max(tops)}" if len(tops) == len(found) else ""
        arms.append(f"when '{category}' then aqi >= {low}{upper}")
    return f"case category {' '.join(arms)} end"


def _index(iaqis: Sequence[str]) -> tuple[Check, ...]:
    """What holds between an AQI and its IAQIs, of a day or an hour."""
    largest = f"greatest({', '.join(iaqis)})"
    return (
        between("aqi", 0, 500),
        *(between(column, 0, 500) for column in iaqis),
        relation(
            "the AQI is the largest IAQI",
            # HJ 633-2026 begins at 1, so a largest IAQI of 0 gives 1 there.
            f"aqi = {largest} or (aqi = 1 and {largest} = 0)",
            ("aqi", *iaqis),
            {"aqi": 60, "pm2_5_iaqi": 70, "so2_iaqi": 10},
        ),
        relation(
            "the category is that of the AQI", _category_bounds(), ("aqi", "category"), {"aqi": 101, "category": "good"}
        ),
        relation(
            "an AQI has its category",
            "(aqi is null) = (category is null)",
            ("aqi", "category"),
            {"aqi": 60, "category": None},
        ),
        relation(
            "a primary pollutant only above 50",
            "aqi > 50 or coalesce(primary_items, '') = ''",
            ("aqi", "primary_items"),
            {"aqi": 50, "primary_items": "pm2_5"},
        ),
        relation(
            "above 50 a primary pollutant",
            "aqi <= 50 or coalesce(primary_items, '') <> ''",
            ("aqi", "primary_items"),
            {"aqi": 51, "primary_items": ""},
        ),
        relation(
            "a valid index has its AQI",
            "validity <> 'valid' or aqi is not null",
            ("validity", "aqi"),
            {"validity": "valid", "aqi": None},
        ),
    )


def _day(counts: Sequence[str], most: int) -> tuple[Check, ...]:
    """What holds for a station's or the district's day; `counts` are its columns of hours or stations."""
    return (
        between("o3_8h_max_ug_m3", 0, _OZONE_TOP, "ug/m3"),
        between("o3_1h_max_ug_m3", 0, _OZONE_TOP, "ug/m3"),
        *(between(column, 0, most) for column in counts),
        *verdicts_of(_DAY_VALUES),
        *_index(_IAQIS),
    )


def _hour() -> tuple[Check, ...]:
    """What holds for a station's hour."""
    return (
        between("o3_8h_ug_m3", 0, _OZONE_TOP, "ug/m3"),
        between("pm2_5_24h_ug_m3", 0, 2000, "ug/m3"),
        between("pm10_24h_ug_m3", 0, 5000, "ug/m3"),
        between("hour_label", 1, 24),
        relation(
            "the 2026 edition has no item of 8 h",
            "edition <> '2026' or o3_8h_iaqi is null",
            ("edition", "o3_8h_iaqi"),
            {"edition": "2026", "o3_8h_iaqi": 10},
        ),
        *verdicts_of(_HOUR_VALUES),
        *_index((*_IAQIS, "o3_1h_iaqi")),
    )


def _comparison() -> tuple[Check, ...]:
    """What holds for both sides of the comparison of editions."""
    return (
        relation(
            "the change is that of the two sides",
            "change_2026_on_2012 = value_2026 - value_2012",
            ("change_2026_on_2012", "value_2026", "value_2012"),
            {"change_2026_on_2012": 1, "value_2026": 5, "value_2012": 5},
        ),
        *(
            relation(
                f"what its rule does not allow is null under {edition}",
                f"measure like 'days_%' or validity_{edition} in ('valid', 'indicative') or value_{edition} is null",
                ("measure", f"validity_{edition}", f"value_{edition}"),
                {"measure": "mean", f"validity_{edition}": "insufficient", f"value_{edition}": 1},
            )
            for edition in ("2012", "2026")
        ),
        *(
            relation(
                f"attained means that the row's own value is within its limit of {edition}",
                f"attains_limits_{edition} is not distinct from "
                f"case when period_kind = 'year' then value_{edition} <= limit_{edition} end",
                (f"attains_limits_{edition}", "period_kind", f"value_{edition}", f"limit_{edition}"),
                {
                    f"attains_limits_{edition}": True,
                    "period_kind": "year",
                    f"value_{edition}": 36,
                    f"limit_{edition}": None,
                },
            )
            for edition in ("2012", "2026")
        ),
    )


_EVENTS = (
    relation(
        "an exceedance rests on readings that are not suspect",
        "kind <> 'exceedance' or reason = ''",
        ("event_id", "kind", "reason"),
        {"kind": "exceedance", "reason": "the peak reading is flagged suspect: check it first"},
    ),
)
_PARTS = (
    relation(
        "the part of a year under one edition is not an annual figure",
        "not starts_with(variant, 'edition_') or validity <> 'valid'",
        ("variant", "validity"),
        {"variant": "edition_2012", "validity": "valid"},
    ),
)
_DUSTFALL = (
    between("dustfall_t_km2_30d", 0, 200, "t/(km2.30d)"),
    null_unless_allowed("dustfall_t_km2_30d"),
    relation(
        "the series with dust leaves nothing out",
        "variant <> 'dust_included' or n_months_left_out = 0",
        ("variant", "n_months_left_out"),
        {"variant": "dust_included", "n_months_left_out": 1},
    ),
    relation(
        "what is left out did not go in",
        "n_valid + n_months_left_out <= n_expected",
        ("n_months_left_out", "n_valid", "n_expected"),
        {"n_months_left_out": 3, "n_valid": 10, "n_expected": 12},
    ),
)
_CANDIDATES = (
    between("background_pm10_ug_m3", 0, 5000, "ug/m3"),
    between("peak_pm10_ug_m3", 0, 5000, "ug/m3"),
    relation(
        "a candidate ends after it starts",
        "candidate_end > candidate_start",
        ("candidate_end", "candidate_start"),
        {"candidate_end": "2026-03-01 01:00:00", "candidate_start": "2026-03-01 02:00:00"},
    ),
    relation(
        "it starts above its background",
        "start_pm10_ug_m3 > background_pm10_ug_m3 and peak_pm10_ug_m3 >= start_pm10_ug_m3",
        ("start_pm10_ug_m3", "background_pm10_ug_m3", "peak_pm10_ug_m3"),
        {"start_pm10_ug_m3": 100, "background_pm10_ug_m3": 160, "peak_pm10_ug_m3": 200},
    ),
    relation(
        "a notice named overlaps",
        "notice_nos = '' or overlaps_notified_period",
        ("notice_nos", "overlaps_notified_period"),
        {"notice_nos": "1", "overlaps_notified_period": False},
    ),
)


def _item() -> tuple[Check, ...]:
    """What holds for one item of a month or a year."""
    return (
        not_null("unit"),
        between("percentile", 90, 98, "%"),
        *(parameter_ranges(_FED, "item", column) for column in ("mean_value", "percentile_value")),
        relation(
            "ozone lies in its gross range",
            f"item <> 'o3_8h' or (coalesce(mean_value, 0) between 0 and {_OZONE_TOP} "
            f"and coalesce(percentile_value, 0) between 0 and {_OZONE_TOP})",
            ("item", "mean_value", "percentile_value"),
            {"item": "o3_8h", "mean_value": _OZONE_TOP + 1},
        ),
        relation(
            "what its rule does not allow is null",
            "validity <> 'insufficient' or mean_value is null",
            ("validity", "mean_value"),
            {"validity": "insufficient", "mean_value": 1},
        ),
        relation(
            "attained means within both limits",
            "not attains_limits or (coalesce(mean_value <= annual_limit, true) "
            "and coalesce(percentile_value <= daily_limit, true))",
            ("attains_limits", "mean_value", "annual_limit", "percentile_value", "daily_limit"),
            {"attains_limits": True, "mean_value": 36, "annual_limit": 35},
        ),
        between("n_dust_days_left_out", 0, 366),
    )


def _days(values: Mapping[str, str] | None = None) -> tuple[Check, ...]:
    """What holds for the days by category of a period; `values` are those of items next to them."""
    own = {"composite_index": "composite_index_validity", "good_days_share_pct": "validity"}
    return (
        *verdicts_of({**own, **(values or {})}),
        *(between(column, 0, 366) for column in _DAYS),
        between("good_days_share_pct", 0, 100, "%"),
        between("heavy_days_share_pct", 0, 100, "%"),
        between("composite_index", 0, 100),
        relation(
            "every valid day has one category",
            f"{' + '.join(_DAYS)} = n_valid",
            (*_DAYS, "n_valid"),
            {**dict.fromkeys(_DAYS, 1), "n_valid": 5},
        ),
    )


_ITEM_WORDS = {
    "item": (*(i.removesuffix("_iaqi") for i in _IAQIS),),
    "variant": _VARIANTS,
    "edition": _SCOPES,
}
_DAY_WORDS = {"category": _CATEGORIES, "edition": _EDITIONS}
_ITEMS = ("pm2_5", "pm10", "so2", "no2", "co", "o3")

# District figures need an assessed station, which a user's register may lack: empty, they only warn.
SUITES = (
    Suite(
        "mart_air_station_daily",
        _FED,
        (not_null("site_name_zh"), not_null("assessed"), *_day([f"{item}_hours" for item in _ITEMS], 24)),
        {**_DAY_WORDS, "site_kind": _SITE_KINDS},
    ),
    Suite("mart_air_station_hourly", _FED, (not_null("site_name_zh"), *_hour()), _DAY_WORDS, rows_severity=WARNING),
    Suite(
        "mart_air_station_monthly",
        _FED,
        (not_null("site_name_zh"), *_days(_PERIOD_VALUES)),
        {"site_kind": _SITE_KINDS, "period_kind": ("month",), "edition": _SCOPES},
    ),
    Suite(
        "mart_air_station_annual",
        _FED,
        (not_null("site_name_zh"), *_days(_PERIOD_VALUES)),
        {"site_kind": _SITE_KINDS, "period_kind": PERIOD_KINDS, "edition": _SCOPES},
    ),
    Suite(
        "mart_air_district_daily",
        _FED,
        _day([f"{item}_stations" for item in _ITEMS], 10000),
        _DAY_WORDS,
        rows_severity=WARNING,
    ),
    Suite("mart_air_district_monthly", _FED, _item(), _ITEM_WORDS, rows_severity=WARNING),
    Suite(
        "mart_air_district_annual", _FED, _item(), {**_ITEM_WORDS, "period_kind": PERIOD_KINDS}, rows_severity=WARNING
    ),
    Suite(
        "mart_air_district_days",
        _FED,
        _days(),
        {"period_kind": ("month", *PERIOD_KINDS), "edition": _SCOPES},
        rows_severity=WARNING,
    ),
    ranking_suite("mart_air_rankings", (*_FED, "clean_dustfall")),
    events_suite("mart_air_exceedances", _FED, _EVENTS),
    Suite(
        "mart_standard_comparison",
        _FED,
        _comparison(),
        {
            "place_kind": ("district", "station"),
            "period_kind": ("month", *PERIOD_KINDS),
            "variant": _VARIANTS,
            "measure": ("mean", "percentile", *_DAYS, "good_days_share", "heavy_days_share", "composite_index"),
        },
        rows_severity=WARNING,
    ),
    Suite(
        "mart_air_dustfall",
        ("clean_dustfall",),
        _DUSTFALL,
        {
            "place_kind": ("point", "subdistrict", "district"),
            "period_kind": ("month", *PERIOD_KINDS),
            "variant": _VARIANTS,
            "method": ("delivered", "computed", "both"),
        },
        rows_severity=WARNING,
    ),
    # Notified dust without a candidate is worth a word; a year without dust is not.
    Suite("mart_air_dust_candidates", ("clean_dust_period",), _CANDIDATES, rows_severity=WARNING),
    indicators("mart_air_indicators", ("clean_air", "clean_dustfall"), _PARTS),
)
