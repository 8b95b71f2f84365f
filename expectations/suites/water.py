"""Suites of the water marts: class of a section by month, quarter, year and in real time, the items behind it;
rivers and areas; the water quality index, trends, rankings and exceedances; indicators 8 and 9.

Here belongs what is particular to these marts. Not here: gross ranges of the items, which follow from the columns'
names (common.py), and limits of GB 3838-2002, which are seeds.
"""

from __future__ import annotations

from expectations.checks import Check, between, none, not_null, relation
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

_FED = ("clean_water",)
_CLASSES = seed_values("standards/water_classes", "water_class")
_TARGETS = _CLASSES[:5]
_SITE = "site_id"
# Values by the column of their own verdict.
_SECTION_VALUES = {
    "ph": "ph_validity", "do_mg_l": "do_validity", "codmn_mg_l": "codmn_validity", "cod_mg_l": "cod_validity",
    "bod5_mg_l": "bod5_validity", "nh3n_mg_l": "nh3n_validity", "tp_mg_l": "tp_validity", "tn_mg_l": "tn_validity",
}  # fmt: skip
_MOMENT_VALUES = {
    "water_temperature_degc": "water_temperature_validity", "ph": "ph_validity", "do_mg_l": "do_validity",
    "codmn_mg_l": "codmn_validity", "nh3n_mg_l": "nh3n_validity", "tp_mg_l": "tp_validity", "tn_mg_l": "tn_validity",
    "turbidity_ntu": "turbidity_validity", "conductivity_us_cm": "conductivity_validity",
}  # fmt: skip
_AREA_VALUES = {
    "good_share_pct": "shares_validity", "attainment_pct": "attainment_validity",
    "assessed_attainment_pct": "assessed_attainment_validity",
}  # fmt: skip


def _rank(column: str) -> str:
    """SQL for the rank of a class name, 1 best to 6 worse than V."""
    arms = " ".join(f"when '{name}' then {rank}" for rank, name in enumerate(_CLASSES, 1))
    return f"case {column} {arms} end"


def _class_and_rank() -> Check:
    return relation(
        "class and rank say the same",
        f"class_rank is not distinct from {_rank('water_class')}",
        ("water_class", "class_rank"),
        {"water_class": "II", "class_rank": 3},
    )


def _section() -> tuple[Check, ...]:
    """What holds for the class of a section by month or year."""
    return (
        not_null("site_name_zh"),
        not_null("assessed"),
        between("class_rank", 1, len(_CLASSES)),
        _class_and_rank(),
        relation(
            "a class worse than I names what decides it",
            "class_rank = 1 or coalesce(deciding_items, '') <> ''",
            ("class_rank", "deciding_items"),
            {"class_rank": 4, "deciding_items": ""},
        ),
        relation(
            "nothing decides class I",
            "class_rank > 1 or coalesce(deciding_items, '') = ''",
            ("class_rank", "deciding_items"),
            {"class_rank": 1, "deciding_items": "nh3n"},
        ),
        relation(
            "what its rule does not allow has no class",
            "validity <> 'insufficient' or water_class is null",
            ("validity", "water_class"),
            {"validity": "insufficient", "water_class": "II"},
        ),
        relation(
            "a valid section has its class",
            "validity <> 'valid' or water_class is not null",
            ("validity", "water_class"),
            {"validity": "valid", "water_class": None},
        ),
        relation(
            "attained means at or above the target",
            f"attains_target = (class_rank <= {_rank('class_target')})",
            ("class_rank", "class_target", "attains_target"),
            {"class_rank": 5, "class_target": "IV", "attains_target": True},
        ),
        relation(
            "no attainment without its reason",
            "attains_target is not null or validity = 'pending' or coalesce(attainment_reason, '') <> ''",
            ("attains_target", "validity", "attainment_reason"),
            {"attains_target": None, "validity": "valid", "attainment_reason": ""},
        ),
        *verdicts_of(_SECTION_VALUES),
        between("largest_multiple", 0, 10000),
        between("n_values", 0, None),
    )


def _area() -> tuple[Check, ...]:
    """What holds for a river, a subdistrict or the district in a period."""
    names = ("i", "ii", "iii", "iv", "v", "worse_than_v")
    shares = tuple(f"share_{n}_pct" for n in names)
    counts, lengths = tuple(f"n_{n}" for n in names), tuple(f"km_{n}" for n in names)
    return (
        not_null("place_name_zh"),
        *(between(c, 0, 100) for c in (*shares, "good_share_pct", "worse_than_v_length_pct", "attainment_pct")),
        between("assessed_attainment_pct", 0, 100),
        *verdicts_of(_AREA_VALUES),
        relation(
            "the classes add up to the sections with a class",
            f"{' + '.join(counts)} = n_valid",
            (*counts, "n_valid"),
            dict.fromkeys(counts, 1) | {"n_valid": 7},
        ),
        relation(
            "the reaches add up to the length monitored",
            f"{' + '.join(lengths)} = km_monitored",
            (*lengths, "km_monitored"),
            dict.fromkeys(lengths, 1) | {"km_monitored": 7},
        ),
        relation(
            "no more sections attain than have a target",
            "n_attaining <= n_with_target and n_with_target <= n_valid",
            ("n_attaining", "n_with_target", "n_valid"),
            {"n_attaining": 3, "n_with_target": 2, "n_valid": 4},
        ),
        relation(
            "the assessed sections are part of those with a target",
            "n_assessed <= n_with_target and n_assessed_attaining <= least(n_assessed, n_attaining)",
            ("n_assessed", "n_assessed_attaining", "n_with_target", "n_attaining"),
            {"n_assessed": 3, "n_assessed_attaining": 2, "n_with_target": 4, "n_attaining": 1},
        ),
        relation(
            "no grade without a section",
            "n_valid > 0 or (grade_zh is null and good_share_pct is null)",
            ("n_valid", "grade_zh", "good_share_pct"),
            {"n_valid": 0, "grade_zh": "优", "good_share_pct": 100},
        ),
        relation(
            "what its rule does not allow is null",
            "validity not in ('insufficient', 'pending') or (grade_zh is null and good_share_pct is null)",
            ("validity", "grade_zh", "good_share_pct"),
            {"validity": "pending", "grade_zh": "优", "good_share_pct": 100},
        ),
        relation(
            "valid sections have a grade",
            "validity <> 'valid' or grade_zh is not null",
            ("validity", "grade_zh"),
            {"validity": "valid", "grade_zh": None},
        ),
        relation(
            "a grade from shares has no class of means",
            "grade_method <> 'class_shares' or water_class is null",
            ("grade_method", "water_class"),
            {"grade_method": "class_shares", "water_class": "II"},
        ),
        _class_and_rank(),
    )


def _index() -> tuple[Check, ...]:
    """What holds for the water quality index of a place."""
    return (
        not_null("place_name_zh"),
        between("cwqi", 0, 10000),
        null_unless_allowed("cwqi"),
        relation(
            "an index on fewer items than the 21 is not valid",
            "validity <> 'valid' or (item_set = 'class_items' and n_valid = n_expected)",
            ("validity", "item_set", "n_valid", "n_expected"),
            {"validity": "valid", "item_set": "automatic_items", "n_valid": 5, "n_expected": 5},
        ),
        relation(
            "the automatic items are complete or have no index",
            "item_set <> 'automatic_items' or cwqi is null or n_valid = n_expected",
            ("item_set", "cwqi", "n_valid", "n_expected"),
            {"item_set": "automatic_items", "cwqi": 2, "n_valid": 4, "n_expected": 5},
        ),
        relation(
            "the index lies between rivers and lakes",
            "cwqi between least(river_cwqi, lake_cwqi) and greatest(river_cwqi, lake_cwqi)",
            ("cwqi", "river_cwqi", "lake_cwqi"),
            {"cwqi": 9, "river_cwqi": 3, "lake_cwqi": 4},
        ),
        relation(
            "no change without its reason",
            "change_on_last_year_pct is not null or coalesce(change_reason, '') <> ''",
            ("change_on_last_year_pct", "change_reason"),
            {"change_on_last_year_pct": None, "change_reason": ""},
        ),
    )


def _trend() -> tuple[Check, ...]:
    """What holds for a trend term."""
    return (
        not_null("place_name_zh"),
        relation(
            "a term where there is a change, and only there",
            "(change is null) = (trend is null) and (trend is null) = (trend_zh is null)",
            ("change", "trend", "trend_zh"),
            {"change": 1, "trend": None, "trend_zh": None},
        ),
        relation(
            "a correlation lies between -1 and 1",
            "method <> 'rank_correlation' or change between -1 and 1",
            ("method", "change"),
            {"method": "rank_correlation", "change": 2},
        ),
        null_unless_allowed("change"),
        relation(
            "a better grade is a change for the better",
            "method <> 'grade_steps' or change = 0 or (change > 0) = contains(trend, 'better')",
            ("method", "change", "trend"),
            {"method": "grade_steps", "change": -1, "trend": "better"},
        ),
    )


_WORDS = {"water_class": _CLASSES, "class_target": _TARGETS, "water_type": ("river", "lake_reservoir")}
_USED = {"values_used": ("unrounded", "rounded_to_item_decimals")}
_TRENDS = ("no_clear_change", "better", "worse", "clearly_better", "clearly_worse")

# The class of a section is that of its worst item: the one must follow from the other, row by row.
_WORST_ITEM = none(
    "the class is that of the worst item",
    "select s.site_id, s.period_start, s.class_rank, max(i.class_rank) as worst_item from {table} as s "
    "inner join {schema}.mart_water_item_monthly as i on s.site_id = i.site_id and s.period_start = i.period_start "
    "where i.in_class_assessment and s.class_rank is not null group by all having s.class_rank <> max(i.class_rank)",
    "the class of a month equals that of its worst assessed item",
    (_SITE, "period_start", "class_rank"),
)

# Indicator 8 and the district's row count the same assessed sections.
_INDICATOR_8 = none(
    "the assessed sections attain what indicator 8 says",
    "select a.period_kind, a.period_start, a.assessed_attainment_pct, i.value from {table} as a "
    "inner join {schema}.mart_water_indicators as i on a.place_id = i.area_code and a.period_kind = i.period_kind "
    "and a.period_start = i.period_start and i.indicator_id = 'assessed_section_attainment' "
    "where a.place_kind = 'district' and a.assessed_attainment_pct <> i.value",
    "the district's assessed_attainment_pct of a year equals indicator 8 where both exist",
    ("place_kind", "place_id", "period_kind", "period_start", "assessed_attainment_pct"),
)

SUITES = (
    Suite("mart_water_section_monthly", _FED, (*_section(), _WORST_ITEM), {**_WORDS, **_USED}),
    Suite("mart_water_section_quarterly", _FED, _section(), {**_WORDS, **_USED, "period_kind": ("quarter",)}),
    Suite("mart_water_section_annual", _FED, _section(), {**_WORDS, **_USED, "period_kind": PERIOD_KINDS}),
    # These are made of complete months, so the first month of a feed gives them no row: that is not a fault.
    Suite(
        "mart_water_area_period",
        _FED,
        (*_area(), _INDICATOR_8),
        {
            **_USED,
            "place_kind": ("river", "subdistrict", "district"),
            "period_kind": ("month", "quarter", *PERIOD_KINDS),
            "grade_method": ("class_shares", "item_means"),
            "grade_zh": seed_values("standards/water_river_grades", "grade_zh"),
            "water_class": _CLASSES,
        },
        always=0,
    ),
    Suite(
        "mart_water_cwqi",
        _FED,
        _index(),
        {
            **_USED,
            "place_kind": ("site", "area", "district"),
            "item_set": ("class_items", "automatic_items"),
            "period_kind": ("month", "quarter", "year"),
        },
        always=0,
    ),
    Suite(
        "mart_water_trends",
        _FED,
        _trend(),
        {
            "place_kind": ("site", "river", "subdistrict", "district"),
            "period_kind": ("month", "quarter", "year"),
            "comparison": ("previous_period", "last_year", "several_years"),
            "method": seed_values("standards/water_trend_terms", "method"),
            "trend": _TRENDS,
        },
        always=0,
    ),
    ranking_suite("mart_water_rankings", _FED, always=0),
    events_suite("mart_water_exceedances", _FED),
    Suite(
        "mart_water_item_monthly",
        _FED,
        (
            not_null("mean_value"),
            not_null("unit"),
            between("class_rank", 1, len(_CLASSES)),
            between("exceedance_multiple", 0, 10000),
            between("n_values", 1, None),
            relation(
                "non-detects are part of the values",
                "n_nondetects <= n_values",
                ("n_nondetects", "n_values"),
                {"n_nondetects": 3, "n_values": 2},
            ),
            _class_and_rank(),
            parameter_ranges(_FED, "parameter", "mean_value"),
        ),
        {"water_class": _CLASSES},
    ),
    Suite(
        "mart_water_section_realtime",
        # Manual samples alone give no real-time class, and every reading may be one.
        _FED,
        (
            between("class_rank", 1, len(_CLASSES)),
            _class_and_rank(),
            not_null("assessed"),
            *verdicts_of(_MOMENT_VALUES),
        ),
        {**_USED, "water_class": _CLASSES, "published_class": _CLASSES, "water_type": ("river", "lake_reservoir")},
        always=0,
    ),
    indicators("mart_water_indicators", _FED),
)
