"""Suites of the water marts: class of a section by month, year and in real time, the items behind it, indicators 8
and 9.

Here belongs what is particular to these marts. Not here: gross ranges of the items, which follow from the columns'
names (common.py), and limits of GB 3838-2002, which are seeds.
"""

from __future__ import annotations

from expectations.checks import Check, between, none, not_null, relation
from expectations.suites.common import PERIOD_KINDS, Suite, indicators, parameter_ranges, seed_values

_FED = ("clean_water",)
_CLASSES = seed_values("standards/water_classes", "class_name")
_TARGETS = _CLASSES[:5]
_SITE = "site_id"


def _rank(column: str) -> str:
    """SQL for the rank of a class name, 1 best to 6 worse than V."""
    arms = " ".join(f"when '{name}' then {rank}" for rank, name in enumerate(_CLASSES, 1))
    return f"case {column} {arms} end"


def _class_and_rank() -> Check:
    return relation(
        "class and rank say the same",
        f"class_rank is not distinct from {_rank('class_name')}",
        ("class_name", "class_rank"),
        {"class_name": "II", "class_rank": 3},
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
            "validity <> 'insufficient' or class_name is null",
            ("validity", "class_name"),
            {"validity": "insufficient", "class_name": "II"},
        ),
        relation(
            "a valid section has its class",
            "validity <> 'valid' or class_name is not null",
            ("validity", "class_name"),
            {"validity": "valid", "class_name": None},
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
        between("largest_multiple", 0, 10000),
        between("n_values", 0, None),
    )


_WORDS = {"class_name": _CLASSES, "class_target": _TARGETS, "water_type": ("river", "lake_reservoir")}

# The class of a section is that of its worst item: the one must follow from the other, row by row.
_WORST_ITEM = none(
    "the class is that of the worst item",
    "select s.site_id, s.month_start, s.class_rank, max(i.class_rank) as worst_item from {table} as s "
    "inner join {schema}.mart_water_item_monthly as i on s.site_id = i.site_id and s.month_start = i.month_start "
    "where i.in_class_assessment and s.class_rank is not null group by all having s.class_rank <> max(i.class_rank)",
    "the class of a month equals that of its worst assessed item",
    (_SITE, "month_start", "class_rank"),
)

SUITES = (
    Suite("mart_water_section_monthly", _FED, (*_section(), _WORST_ITEM), _WORDS),
    Suite("mart_water_section_annual", _FED, _section(), {**_WORDS, "period_kind": PERIOD_KINDS}),
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
        {"class_name": _CLASSES},
    ),
    Suite(
        "mart_water_section_realtime",
        # Manual samples alone give no real-time class, and every reading may be one.
        _FED,
        (between("class_rank", 1, len(_CLASSES)), _class_and_rank(), not_null("assessed")),
        {"class_name": _CLASSES, "published_class": _CLASSES, "water_type": ("river", "lake_reservoir")},
        always=0,
    ),
    indicators("mart_water_indicators", _FED),
)
