"""The tables that declarations of networks become: columns, types and keys, declared once.

Here belongs what dbt's generic models read of a declaration. Nobody enters these tables: they are written from the
declarations (sources.networks), and their bytes count as configuration. Not here: what a user enters by CSV
(declared_tables.py), or making the rows (sources/networks). Standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping

from sources.registry.clean_columns import Column
from sources.registry.declared_tables import DeclaredTable

_NETWORK = Column("network_id", "string", "Declared network", key=True)
_PARAMETER = Column("parameter", "string", "Parameter of the network", key=True)
_NAMES = (
    Column("name_zh", "string", "Chinese name"),
    Column("name_en", "string", "English name"),
)
_VALID = (
    Column("valid_from", "date", "First day the row holds", key=True),
    Column("valid_to", "date", "Last day the row holds; null while it holds"),
)
_STANDARD = (
    Column("standard", "string", "Standard"),
    Column("clause", "string", "Clause of the standard"),
)
_INTERVAL = (
    Column("low", "decimal", "Lower end of what attains; null where it is open"),
    Column("low_closed", "bool", "Whether the lower end attains"),
    Column("high", "decimal", "Upper end of what attains; null where it is open"),
    Column("high_closed", "bool", "Whether the upper end attains"),
)


def _table(name: str, description: str, *columns: Column) -> DeclaredTable:
    return DeclaredTable(name, description, columns, ())


_TABLES = (
    _table(
        "network",
        "Declared networks",
        _NETWORK,
        *_NAMES,
        Column("medium", "string", "What is observed"),
        Column("owner", "string", "Office that answers for it"),
        Column("cadence", "string", "How often a site gives a value"),
        Column("cadence_minutes", "int", "Minutes between two values; null for half a month and longer"),
        Column("lateness_allowed_hours", "int", "Hours a delivery may take"),
        Column("is_track", "bool", "Whether readings have positions of their own"),
        Column("nondetect", "string", "What a non-detect counts as in means", allowed=("half_limit", "limit", "zero")),
        Column("has_scale", "bool", "Whether values are graded"),
        Column("target_grade", "string", "Grade that every site has to reach; empty where there is none"),
        Column("target_attribute", "string", "Attribute of the site that names its target; empty where there is none"),
        Column("scale_nondetect", "string", "How a non-detect is graded", allowed=("limit_decides", "best")),
        Column("declared_by", "string", "Who declared it", allowed=("shipped", "user")),
    ),
    _table(
        "network_parameter",
        "Parameters of networks",
        _NETWORK,
        _PARAMETER,
        *_NAMES,
        Column("unit", "string", "Unit of the registry"),
        Column("decimals", "int", "Decimals of published values"),
        Column("vocabulary", "string", "Words its values are; empty for numbers"),
        Column("hj_code", "string", "Code of HJ 525"),
    ),
    _table(
        "network_word",
        "Words that values may be",
        _NETWORK,
        Column("vocabulary", "string", "Vocabulary of the network", key=True),
        Column("word", "string", "Word", key=True),
        *_NAMES,
        Column("number", "decimal", "What is stored, ordered and counted"),
    ),
    _table(
        "network_grade",
        "Grades of networks, from the best",
        _NETWORK,
        Column("grade", "string", "Grade", key=True),
        Column("rank", "int", "1 is the best"),
        *_NAMES,
    ),
    _table(
        "network_attribute",
        "Attributes that sites of networks have",
        _NETWORK,
        Column("attribute", "string", "Attribute", key=True),
        *_NAMES,
        Column("unit", "string", "Unit of a number; empty for texts"),
    ),
    _table(
        "network_figure",
        "Statistics over periods",
        _NETWORK,
        Column("figure_id", "string", "Figure of the network", key=True),
        _PARAMETER,
        Column("level", "int", "1: of readings; else one more than the figure it is made of"),
        Column("of_figure", "string", "Figure it is made of; empty for readings"),
        Column("statistic", "string", "How values are put together"),
        Column("period_kind", "string", "Calendar period; sample where each sample is one"),
        Column("second_parameter", "string", "Weight, flow or oxygen; empty where none is needed"),
        Column("argument", "decimal", "Percentile, reference oxygen in %, or bound of counted days"),
        Column("min_share", "decimal", "Share of expected values that is needed"),
        Column("min_count", "int", "Number of values that is needed; null where the share decides"),
        Column("factor", "decimal", "Multiplies the result"),
        Column("unit", "string", "Unit of the result"),
        Column("decimals", "int", "Decimals of the result"),
        Column("keeps_sample", "bool", "Whether each sample has a figure of its own"),
        *_NAMES,
        *_STANDARD,
    ),
    _table(
        "network_limit",
        "Limits and grade bounds",
        _NETWORK,
        Column("limit_id", "string", "Limit of the network", key=True),
        Column("parameter", "string", "Parameter of the network"),
        Column("figure_id", "string", "Figure it applies to; empty for readings"),
        Column("grade", "string", "Grade it bounds; empty for a plain limit"),
        Column("grade_rank", "int", "Rank of the grade; null for a plain limit"),
        Column("limit_text", "string", "The limit as people write it"),
        *_INTERVAL,
        Column("is_outside", "bool", "Whether what lies outside low and high attains"),
        Column("word_number", "decimal", "The word that attains, as its number; null for numbers"),
        Column("high_parameter", "string", "Parameter of the same sample that gives the upper end; empty where none"),
        Column("high_factor", "decimal", "Times that parameter"),
        Column("months", "string", "Months it holds in, as ,12,1,2,; empty for all"),
        Column("hour_from", "int", "First hour of the day it holds in; null for all"),
        Column("hour_to", "int", "Hour it ends before; null for all"),
        Column("unit", "string", "Unit, the parameter's or figure's own"),
        *_STANDARD,
        Column("valid_from", "date", "First day the row holds"),
        Column("valid_to", "date", "Last day the row holds; null while it holds"),
        Column("certainty", "string", "How sure it is", allowed=("high", "medium", "low")),
        Column("effect", "string", "What breaking it gives", allowed=("exceedance", "hint")),
    ),
    _table(
        "network_condition",
        "What has to hold for a limit to apply; all rows of a limit have to",
        _NETWORK,
        Column("limit_id", "string", "Limit of the network", key=True),
        Column("number", "int", "From 1", key=True),
        Column("attribute", "string", "Attribute of the site; empty where a parameter decides"),
        Column("attribute_value", "string", "Value it has to have"),
        Column("parameter", "string", "Parameter of the same sample; empty where an attribute decides"),
        *_INTERVAL,
        Column("or_missing", "bool", "Whether the limit applies too where the parameter or attribute is not known"),
    ),
    _table(
        "network_list",
        "Ranking lists of networks",
        _NETWORK,
        Column("list_id", "string", "List of the network", key=True),
        *_NAMES,
        Column("parameter", "string", "Parameter of the network"),
        Column("figure_id", "string", "Figure that is ranked"),
        Column("period_kind", "string", "Calendar period"),
        Column("place_kind", "string", "What is ranked", allowed=("area", "site")),
        Column("tree", "string", "Tree of the areas"),
        Column("area_level", "string", "Level of the areas; empty for sites"),
        Column("statistic", "string", "How sites of an area are put together"),
        Column("direction", "string", "What rank 1 is", allowed=("highest_first", "lowest_first")),
        Column("decimals", "int", "Decimals that are ranked"),
    ),
    _table(
        "network_area",
        "Figures of areas",
        _NETWORK,
        Column("area_figure_id", "string", "Figure of areas of the network", key=True),
        *_NAMES,
        Column("parameter", "string", "Parameter; empty for the sites' overall attainment"),
        Column("figure_id", "string", "Figure of the sites; empty for the overall attainment"),
        Column("period_kind", "string", "Calendar period"),
        Column("tree", "string", "Tree of areas"),
        Column("area_level", "string", "Level in the tree"),
        Column("statistic", "string", "How sites are put together"),
        Column("weight_attribute", "string", "Attribute that weighs; empty where none does"),
        Column("unit", "string", "Unit of the result"),
        Column("decimals", "int", "Decimals of the result"),
        Column("indicator_id", "string", "Indicator it is published as; empty where it is none"),
        *_STANDARD,
    ),
    _table(
        "site_attribute",
        "Attributes of sites, as entered",
        _NETWORK,
        Column("site_id", "string", "Site of the register", key=True),
        Column("attribute", "string", "Attribute of the network", key=True),
        *_VALID,
        Column("text", "string", "The attribute as text"),
        Column("number", "decimal", "The attribute as number; null for texts"),
    ),
    _table(
        "site_limit",
        "Numbers of single sites: permits, quotas, ecological flows",
        _NETWORK,
        Column("site_id", "string", "Site of the register", key=True),
        _PARAMETER,
        Column("figure_id", "string", "Figure it applies to; empty for readings", key=True),
        Column("operator", "string", "How it is meant", key=True, allowed=("<=", "<", ">=", ">")),
        Column("month_from", "int", "First month of the year it holds in; null for all", key=True),
        Column("month_to", "int", "Last month of the year it holds in; null for all"),
        *_VALID,
        Column("value", "decimal", "The number, in the unit of parameter or figure"),
        Column("document", "string", "Document that sets it"),
    ),
)
NETWORK_TABLES: Mapping[str, DeclaredTable] = {table.name: table for table in _TABLES}
