"""The tables that plans become: columns, types and keys, declared once, each with the name of the seed of its own.

Here belongs what dbt's models read of a plan: the delivered plan's rows are seeds, a user's are written from folders of
CSVs (sources.plans), and declared() lays both together. Not here: the files of such a folder (sources.plans.folder).
Standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping

from sources.registry.clean_columns import Column
from sources.registry.declared_tables import NAMES, DeclaredTable, filled_table

_PLAN = Column("plan_id", "string", "Plan", key=True)
_PROJECT = Column("project_no", "int", "Key project", key=True)
_BASELINE = (
    Column("baseline_year", "int", "Year of the baseline"),
    Column("baseline_value", "decimal", "Baseline"),
)
_TARGET = (
    Column("target_year", "int", "Year the target is for"),
    Column("target_operator", "string", "How the target is meant"),
    Column("target_value", "decimal", "Target as a number"),
    Column("target_text_zh", "string", "Target as the plan words it"),
)
_ORIGIN = (
    Column("source", "string", "Where the row was taken from"),
    Column("provenance", "string", "plan: taken from the plan, never generated", allowed=("plan",)),
)
_RANGE = (
    Column("range_low", "decimal", "Least value that is possible"),
    Column("range_high", "decimal", "Largest value that is possible"),
    Column("note", "string", "Remark"),
)
_INDICATOR = Column("indicator_id", "string", "Indicator", key=True)
_BASE_YEAR = Column("reduction_base_year", "int", "Base year of a cumulative fall per unit of GDP")
_COMMITMENT = Column("commitment_id", "string", "Commitment", key=True)
_SOURCES = ("indicator", "return_item", "not_measured")
_OUTCOMES = ("met", "mostly met", "missed", "no target")
_BETTER = Column("better", "string", "The direction that is an improvement", allowed=("higher", "lower"))


_TABLES = (
    filled_table(
        "plans",
        "Plans",
        _PLAN,
        *NAMES,
        Column("first_year", "int", "First year of the plan"),
        Column("last_year", "int", "Last year of the plan"),
        Column("area_code", "string", "Area that the plan is of"),
        Column("document_zh", "string", "The document"),
        Column("ref_prefix", "string", "What comes before commitment: and project: in a plan_ref"),
    ),
    filled_table(
        "plan_indicators",
        "Indicators of plans",
        _PLAN,
        _INDICATOR,
        Column("seq", "int", "Number in the table of the plan"),
        Column("theme_zh", "string", "Theme of the plan, Chinese"),
        Column("theme", "string", "Theme of the plan"),
        *NAMES,
        Column("unit", "string", "Unit of the value"),
        *_BASELINE,
        *_TARGET,
        Column("obligation", "string", "binding or expected", allowed=("binding", "expected")),
        Column("note_zh", "string", "Note on the wording of the plan"),
        *_ORIGIN,
    ),
    filled_table(
        "plan_judgement",
        "How indicators are judged",
        _PLAN,
        _INDICATOR,
        Column("domain", "string", "Domain that measures or reports it"),
        _BETTER,
        Column("judged_variant", "string", "Variant that the target is judged on"),
        Column("incomparable_variant", "string", "Variant that is never compared with the target"),
        Column("limit_pollutant", "string", "Pollutant whose pinned limit is the target"),
        Column("limit_averaging", "string", "Averaging time of that limit"),
        Column("limit_grade", "int", "Grade of that limit"),
        Column("limit_standard", "string", "Edition that the limit is pinned to"),
        Column("comparable_standard", "string", "Standard that a measured value must follow to be compared"),
        Column("municipal_text_zh", "string", "Words of the plan that leave the number to the municipality"),
        Column("is_judged_each_year", "bool", "Whether the promise is of each year of the plan"),
        Column("needs_baseline_scope", "bool", "Whether scope and factors of the baseline must be declared"),
        _BASE_YEAR,
        Column("series_from_year", "int", "First year of the count that the projection may use"),
        *_RANGE,
    ),
    filled_table(
        "plan_commitments",
        "Commitments of plans",
        _PLAN,
        _COMMITMENT,
        Column("chapter", "string", "Chapter of the plan"),
        Column("theme", "string", "Theme of the plan"),
        *NAMES,
        Column("unit", "string", "Unit of the value"),
        *_BASELINE,
        *_TARGET,
        Column("note_zh", "string", "Note on the wording of the plan"),
        *_ORIGIN,
    ),
    filled_table(
        "commitment_judgement",
        "How commitments are judged",
        _PLAN,
        _COMMITMENT,
        Column("source_kind", "string", "Where its value comes from", allowed=_SOURCES),
        Column("value_item", "string", "Return item that reports it"),
        Column("value_unit", "string", "Unit that it is reported or measured in"),
        Column("domain", "string", "Domain that measures or reports it"),
        _BETTER,
        Column("judged_variant", "string", "Variant that the target is judged on"),
        Column("judged_method", "string", "What that variant rests on", allowed=("measured", "reported")),
        Column("reported_variant", "string", "Variant that counts where nothing was measured"),
        Column("municipal_text_zh", "string", "Words of the plan that leave the number to the municipality"),
        Column("is_judged_each_year", "bool", "Whether the promise is of each year of the plan"),
        Column("counts_from_zero", "bool", "Whether it counts what the plan's years add"),
        _BASE_YEAR,
        *_RANGE,
    ),
    filled_table(
        "plan_key_projects",
        "Key projects of plans",
        _PLAN,
        _PROJECT,
        *NAMES,
        Column("content_zh", "string", "What is to be built or done"),
        Column("deadline_year", "int", "Year it is due"),
        Column("responsible_zh", "string", "Responsible units, separated by ;"),
        Column("quantity", "decimal", "Quantity promised"),
        Column("quantity_unit", "string", "Unit of the quantity"),
        *_ORIGIN,
    ),
    filled_table(
        "plan_milestones",
        "Milestones that plans name",
        _PLAN,
        _PROJECT,
        Column("milestone_no", "string", "Milestone within the project", key=True),
        Column("name_zh", "string", "Chinese name"),
        Column("due_year", "int", "Year it is due"),
    ),
    filled_table(
        "plan_shared_promises",
        "Key projects that promise the same as a commitment",
        _PLAN,
        _PROJECT,
        Column("commitment_id", "string", "Commitment with the same promise"),
        Column("project_item", "string", "Return item of the project that counts for the commitment"),
        Column("note", "string", "What both promise"),
    ),
    filled_table(
        "plan_history",
        "What plans print of the years before them",
        _PLAN,
        _INDICATOR,
        Column("seq", "int", "Number in the table of the plan"),
        Column("theme_zh", "string", "Theme of the plan, Chinese"),
        Column("theme", "string", "Theme of the plan"),
        *NAMES,
        Column("unit", "string", "Unit of the value"),
        Column("actual_year", "int", "Year of the actual value"),
        Column("actual_value", "decimal", "Actual value"),
        Column("actual_text_zh", "string", "Actual value as printed"),
        Column("target_operator", "string", "How the target was meant"),
        Column("target_value", "decimal", "Target as a number"),
        Column("target_text_zh", "string", "Target as the plan words it"),
        Column("outcome", "string", "What became of it, as printed", allowed=_OUTCOMES),
        Column("outcome_zh", "string", "The outcome in the words of the plan"),
        *_ORIGIN,
    ),
    filled_table(
        "plan_texts",
        "What plans print of their promises",
        _PLAN,
        Column("promise_id", "string", "Indicator or commitment", key=True),
        Column("chapter", "string", "Chapter, section and paragraph of the plan"),
        Column("text_zh", "string", "The sentence"),
    ),
)
_ITEMS_AND_FORMULAS = (
    filled_table(
        "returns_items",
        "Items of returns",
        Column("item", "string", "Return item", key=True),
        *NAMES,
        Column("unit", "string", "Unit of the values"),
        Column("area_value", "string", "Value of an area: agreed, or sum over the entities that report"),
    ),
    filled_table(
        "indicator_formulas",
        "Indicators by formula",
        _INDICATOR,
        *NAMES,
        Column("unit", "string", "Unit of the result"),
        Column("decimals", "int", "Decimals of the result"),
        Column("factor", "decimal", "Multiplies the result"),
        Column("divisor", "decimal", "Divides the result"),
        Column("formula", "string", "The formula as it is written"),
        Column("formula_zh", "string", "The formula in Chinese words"),
        Column("standard", "string", "Document"),
        Column("clause", "string", "Place in it"),
        Column("feeds", "string", "Feeds of its operands, separated by ;"),
        Column("owner", "string", "Offices of these feeds, separated by ;"),
    ),
    filled_table(
        "indicator_terms",
        "Terms of formulas",
        _INDICATOR,
        Column("term", "int", "From 1, in the order of the formula", key=True),
        Column("role", "string", "Where it is", allowed=("addend", "numerator", "denominator")),
        Column("operand", "string", "What it is", allowed=("item", "indicator", "network", "register")),
        Column("source", "string", "Return item, indicator, network or register"),
        Column("variant", "string", "Variant of the indicator; empty else"),
        Column("figure", "string", "Figure of the network's areas or of the register; empty else"),
        Column("factor", "decimal", "Multiplies the value"),
        Column("unit", "string", "Unit of the value"),
    ),
)
PLAN_TABLES: Mapping[str, DeclaredTable] = {table.name: table for table in (*_TABLES, *_ITEMS_AND_FORMULAS)}
