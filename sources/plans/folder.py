"""The files of a plan's folder and their columns: what a user writes, each declared once.

Here belong names, types, closed words and what may not be left empty. Not here: whether cells go together
(check_plan.py) or what a row becomes (plan_rows.py). Standard library only.

A folder has `plan.csv` and any of the others; a column that is not required may be left out of its file.
"""

from __future__ import annotations

from collections.abc import Mapping

from sources.registry.clean_columns import Column
from sources.registry.declared_tables import DeclaredTable

COMPARISONS = ("<=", "<", ">=", ">")
# Against the baseline, and against a pinned limit.
TENDENCIES = {"decline": "lower", "improve": "higher"}
STANDARD, FINDING = "standard", "meets"
_OPERATORS = (*COMPARISONS, *TENDENCIES, STANDARD)
# The value of an area: what all units of it report alike, or the sum of what its entities report.
AREA_VALUES = ("agreed", "sum")
OUTCOMES = {"met": "已完成", "mostly met": "基本完成", "missed": "未完成", "no target": ""}

_NAME = Column("name_zh", "string", "Chinese name")
_NAME_EN = Column("name_en", "string", "English name; left out: the Chinese one")
_UNIT = Column("unit", "string", "Unit of baseline, target and values")
_NOTE = Column("note_zh", "string", "Note on the wording of the plan")
_THEME = Column("theme", "string", "Theme of the plan")
_SEQ = Column("seq", "int", "Number in the table of the plan; left out: its place in the file")
_THEME_ZH = Column("theme_zh", "string", "Theme of the plan, Chinese")
_PROJECT = Column("project_no", "int", "Number of the project in the plan", key=True)


def _promise(name: str, operators: tuple[str, ...], *first: Column) -> tuple[Column, ...]:
    return (
        Column(name, "string", "What it is called here", key=True),
        *first,
        _THEME,
        _NAME,
        _NAME_EN,
        _UNIT,
        Column("baseline_year", "int", "Year of the baseline"),
        Column("baseline_value", "decimal", "Baseline"),
        Column("target_year", "int", "Year the target is for; left out: the last of the plan"),
        Column("target_operator", "string", "How the target is meant", allowed=operators),
        Column("target_value", "decimal", "Target as a number, with a comparison"),
        Column("target_text_zh", "string", "Target as the plan words it"),
        _NOTE,
    )


_FILES = (
    DeclaredTable(
        "plan",
        "What the plan is: one row",
        (
            Column("plan_id", "string", "Short name in small letters, such as plan_2030", key=True),
            _NAME,
            _NAME_EN,
            Column("first_year", "int", "First year of the plan"),
            Column("last_year", "int", "Last year of the plan"),
            Column("area_code", "string", "Area that the plan is of; left out: the district"),
            Column("document_zh", "string", "The document, as figures name it; left out: the Chinese name"),
        ),
        ("name_zh", "first_year", "last_year"),
    ),
    DeclaredTable(
        "returns_items",
        "Items that returns may report besides the delivered ones, by area",
        (
            Column("item", "string", "What it is called here", key=True),
            _NAME,
            _NAME_EN,
            Column("unit", "string", "Unit of the values"),
            Column("fail_min", "decimal", "Least value that is possible; left out: 0"),
            Column("fail_max", "decimal", "Largest value that is possible"),
            Column(
                "area_value",
                "string",
                "Value of an area: agreed (left out: this), or sum over the entities that report",
                allowed=AREA_VALUES,
            ),
        ),
        ("name_zh", "unit"),
    ),
    DeclaredTable(
        "formulas",
        "Indicators by formula",
        (
            Column("indicator_id", "string", "What it is called here", key=True),
            _NAME,
            _NAME_EN,
            Column("unit", "string", "Unit of the result"),
            Column("decimals", "int", "Decimals of the result; left out: 1"),
            Column("formula", "string", "Such as ratio(item(a), item(b)): sources/plans/formula.py"),
            Column("formula_zh", "string", "The formula in Chinese words; left out: the formula"),
            Column("standard", "string", "Document it is taken from; left out: the plan's"),
            Column("clause", "string", "Place in that document"),
        ),
        ("name_zh", "unit", "formula"),
    ),
    DeclaredTable(
        "indicators",
        "The table of indicators",
        (
            *_promise("indicator_id", _OPERATORS, _SEQ, _THEME_ZH),
            Column("obligation", "string", "Whether it binds; left out: binding", allowed=("binding", "expected")),
        ),
        ("name_zh", "unit", "target_operator"),
    ),
    DeclaredTable(
        "commitments",
        "Further commitments of the text",
        (
            *_promise("commitment_id", (*_OPERATORS, FINDING), Column("chapter", "string", "Chapter of the plan")),
            Column(
                "value_from",
                "string",
                "Where its value comes from; left out: the indicator of that name, else reports",
                allowed=("indicator", "report"),
            ),
        ),
        ("name_zh", "target_operator"),
    ),
    DeclaredTable(
        "judgements",
        "How promises are judged, where it does not follow from their targets",
        (
            Column("promise_id", "string", "Indicator or commitment of the plan", key=True),
            Column("better", "string", "The direction that is an improvement", allowed=("higher", "lower")),
            Column("judged_variant", "string", "Variant of the indicator that the target is judged on"),
            Column("comparable_standard", "string", "Standard that a measured value must follow to be compared"),
            Column("limit_pollutant", "string", "With the operator standard: pollutant of the limit"),
            Column("limit_averaging", "string", "Averaging time of the limit"),
            Column("limit_grade", "int", "Grade of the limit"),
            Column("limit_standard", "string", "Edition of the limit"),
            Column("is_judged_each_year", "bool", "Whether the promise is of each year of the plan"),
            Column("counts_from_zero", "bool", "Whether it counts what the plan's years add"),
            Column("reduction_base_year", "int", "Of a fall per unit of GDP: the year it is compared with"),
            Column("series_from_year", "int", "First year that a projection may use"),
            Column("range_low", "decimal", "Least value that is possible"),
            Column("range_high", "decimal", "Largest value that is possible"),
            Column("note", "string", "Remark"),
        ),
        (),
    ),
    DeclaredTable(
        "projects",
        "Key projects",
        (
            _PROJECT,
            _NAME,
            _NAME_EN,
            Column("content_zh", "string", "What is to be built or done"),
            Column("deadline_year", "int", "Year it is due"),
            Column("responsible_zh", "string", "Responsible units, separated by ;"),
            Column("quantity", "decimal", "Quantity promised"),
            Column("quantity_unit", "string", "Unit of the quantity"),
            Column("commitment_id", "string", "Commitment of the plan that promises the same"),
            Column(
                "shared_item",
                "string",
                "Return item of the project that counts for that commitment",
                allowed=("project_progress", "project_quantity"),
            ),
        ),
        ("name_zh", "deadline_year", "responsible_zh"),
    ),
    DeclaredTable(
        "milestones",
        "Milestones of the key projects",
        (
            _PROJECT,
            Column("milestone_no", "string", "Its number within the project", key=True),
            _NAME,
            Column("due_year", "int", "Year it is due"),
        ),
        ("name_zh", "due_year"),
    ),
    DeclaredTable(
        "history",
        "What the plan prints of the years before it",
        (
            Column("indicator_id", "string", "Indicator", key=True),
            _SEQ,
            _THEME_ZH,
            _THEME,
            _NAME,
            _NAME_EN,
            _UNIT,
            Column("actual_year", "int", "Year of the actual value"),
            Column("actual_value", "decimal", "Actual value; left out for a text"),
            Column("actual_text_zh", "string", "Actual value as printed"),
            Column("target_operator", "string", "How the target was meant"),
            Column("target_value", "decimal", "Target as a number"),
            Column("target_text_zh", "string", "Target as the plan worded it"),
            Column("outcome", "string", "What became of it, as printed", allowed=tuple(OUTCOMES)),
            Column("outcome_zh", "string", "The outcome in the words of the plan"),
        ),
        ("name_zh", "unit", "actual_year", "outcome"),
    ),
    DeclaredTable(
        "texts",
        "What the plan prints of its promises",
        (
            Column("promise_id", "string", "Indicator or commitment of the plan", key=True),
            Column("chapter", "string", "Chapter, section and paragraph of the plan"),
            Column("text_zh", "string", "The sentence, as the plan prints it"),
        ),
        ("text_zh",),
    ),
)
FILES: Mapping[str, DeclaredTable] = {table.name: table for table in _FILES}
