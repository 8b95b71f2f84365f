"""The declared tables: what a user enters because no standard gives its rows, and which columns each has.

Here belong the tables that `[declared]` of a configuration may name. Each bears the name of the dbt seed that holds the
rows delivered with EcoLedger; a test holds both to the same columns. Not here: judging a file (sources.config.declared)
or what a row means for a figure (dbt_project). Standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sources.registry.clean_columns import Column

_DOCUMENT_DATE = Column("document_date", "date", "Date of the document")
_COUNTS_AS = {
    "is_kitchen": "Kitchen waste of any origin",
    "is_household_kitchen": "Kitchen waste of households",
    "in_household": "Counts as household waste",
    "in_collected": "Counts as collected waste",
    "is_recyclable": "Counts as recyclables",
}
_ENTERED_BY = Column("entered_by", "string", "Who entered the row")
_VALID_FROM = Column("valid_from", "date", "First day the row holds", key=True)
_VALID_TO = Column("valid_to", "date", "Last day the row holds; empty while it holds")
NAMES = (
    Column("name_zh", "string", "Chinese name"),
    Column("name_en", "string", "English name"),
)
_SCORE = Column("score_id", "string", "Composite score", key=True)
_PART = Column("part_id", "string", "Part of the score", key=True)


@dataclass(frozen=True)
class DeclaredTable:
    """One table; `required` columns may not be empty. The key columns are required, too."""

    name: str
    description: str
    columns: tuple[Column, ...]
    required: tuple[str, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """Columns that identify a row; the user's row replaces the delivered one of the same key."""
        return tuple(c.name for c in self.columns if c.key)

    @property
    def clean_name(self) -> str:
        """The table's name in the clean layer."""
        return f"declared_{self.name}"

    def needs(self, column: str) -> bool:
        """Whether the column may not be empty."""
        return column in self.required or column in self.key


def filled_table(name: str, description: str, *columns: Column) -> DeclaredTable:
    """A table that nobody enters by hand: its rows follow from declarations, and a row needs its key only."""
    return DeclaredTable(name, description, columns, ())


_TABLES = (
    DeclaredTable(
        "municipal_targets",
        "Targets that the municipality sets",
        (
            Column("indicator_id", "string", "Indicator or commitment of the plan", key=True),
            Column("target_operator", "string", "How the target is meant", allowed=("<=", ">=", "<", ">")),
            Column("target_value", "decimal", "Target in the unit of the indicator"),
            Column("document_no", "string", "Number of the document"),
            Column("document_date", "date", "Date of the document; the latest holds", key=True),
            _ENTERED_BY,
        ),
        ("target_operator", "target_value", "document_no"),
    ),
    DeclaredTable(
        "plan_baseline_scopes",
        "Scope and factors of the plan's baselines",
        (
            Column("indicator_id", "string", "Indicator of the plan", key=True),
            Column("baseline_year", "int", "Year of the baseline", key=True),
            Column("is_declared", "bool", "Whether scope and factors are declared"),
            Column("scope_zh", "string", "Scope of the baseline"),
            Column("factors_zh", "string", "Factors of the baseline"),
            Column("document_no", "string", "Number of the document"),
            _DOCUMENT_DATE,
        ),
        ("is_declared", "scope_zh", "factors_zh", "document_no", "document_date"),
    ),
    DeclaredTable(
        "energy_equal_value",
        "Equal-value (等价值) coefficient of electricity by year",
        (
            Column("data_year", "int", "Year the coefficient is for", key=True),
            Column("kgce_per_kwh", "decimal", "kgce/kWh"),
            Column("document", "string", "Document it is taken from"),
            _DOCUMENT_DATE,
            _ENTERED_BY,
        ),
        ("kgce_per_kwh", "document", "document_date"),
    ),
    DeclaredTable(
        "energy_own_factors",
        "Own coefficients that go before a standard's defaults",
        (
            Column("carrier", "string", "Energy carrier", key=True),
            Column("unit", "string", "Unit of the amounts", key=True),
            _VALID_FROM,
            _VALID_TO,
            Column("kgce_per_standard_unit", "decimal", "kgce per unit of the standard"),
            Column("ncv_gj_per_basis", "decimal", "NCV, GJ per basis of energy_co2_fuel"),
            Column("carbon_tc_per_tj", "decimal", "Carbon content, tC/TJ"),
            Column("oxidation", "decimal", "Oxidation factor, share"),
            Column("document", "string", "Document it is taken from"),
            _DOCUMENT_DATE,
            _ENTERED_BY,
        ),
        ("document", "document_date"),
    ),
    DeclaredTable(
        "ranking_verifications",
        "Ranking lists that somebody verified",
        (
            Column("list_id", "string", "List, as in the ranking marts", key=True),
            Column("period_kind", "string", "Kind of period", key=True, allowed=("week", "month", "quarter")),
            Column("period_start", "date", "First day of the period", key=True),
            Column("document_no", "string", "Number of the document"),
            Column("verified_on", "date", "Date of the verification"),
            Column("verified_by", "string", "Who verified"),
        ),
        ("document_no", "verified_on"),
    ),
    DeclaredTable(
        "waste_categories",
        "Categories of waste besides the delivered ones",
        (
            Column("category", "string", "What it is called here", key=True),
            Column("name_zh", "string", "Chinese name"),
            Column("name_en", "string", "English name"),
            Column("colour_zh", "string", "Colour of the container"),
            *(Column(name, "bool", text) for name, text in _COUNTS_AS.items()),
            Column("standard", "string", "Standard or document"),
            Column("valid_from", "date", "First day the row holds"),
            Column("valid_to", "date", "Last day the row holds; empty while it holds"),
            Column("source", "string", "Where it was taken from"),
            Column("certainty", "string", "How sure it is", allowed=("verified", "high", "medium", "low")),
        ),
        ("name_zh",),
    ),
    DeclaredTable(
        "waste_counting",
        "At which kind of site a tonne of a category counts",
        (
            Column("category", "string", "Category; any for those without rows of their own", key=True),
            Column("node", "string", "Kind of site whose loads count", key=True),
            Column("valid_from", "date", "First day the row holds", key=True),
            Column("valid_to", "date", "Last day the row holds; empty while it holds"),
            Column("document", "string", "Document it is taken from"),
        ),
        ("document",),
    ),
    DeclaredTable(
        "waste_ratios",
        "Rates of waste as quotients",
        (
            Column("indicator_id", "string", "What it is called here", key=True),
            Column("name_zh", "string", "Chinese name"),
            Column("name_en", "string", "English name"),
            Column("unit", "string", "Unit of the rate", allowed=("%", "-")),
            Column("decimals", "int", "Decimals of the rate"),
            Column("standard", "string", "Standard or document"),
            Column("clause", "string", "Formula in words"),
            Column("formula_zh", "string", "Formula in Chinese words"),
        ),
        ("name_zh", "unit", "decimals", "standard", "clause", "formula_zh"),
    ),
    DeclaredTable(
        "waste_ratio_terms",
        "Terms of these rates",
        (
            Column("indicator_id", "string", "Rate of waste_ratios", key=True),
            Column("term", "int", "From 1", key=True),
            Column("role", "string", "Where it is", allowed=("numerator", "denominator")),
            Column("measure", "string", "received, shipped, origins, registered or a parameter of clean_waste_total"),
            Column("category", "string", "Category"),
            Column("destination", "string", "Destination; empty for all"),
            Column("node", "string", "Kind of site of origins, registered and reported totals"),
        ),
        ("role", "measure", "category"),
    ),
)
_AREAS = (
    DeclaredTable(
        "areas",
        "Areas of the administrative tree, of basins and parks, each with its parent",
        (
            Column("tree", "string", "administrative, basin or park", key=True),
            Column("area_code", "string", "Statistical code, or a short name in the other trees", key=True),
            Column("area_level", "string", "Level in the tree"),
            *NAMES,
            Column("kind_zh", "string", "What it is called, such as 社区 or 村"),
            Column("parent_code", "string", "Area of the level above that it lies in; empty at the top"),
            _VALID_FROM,
            _VALID_TO,
            Column("source", "string", "Where the row was taken from"),
        ),
        ("area_level", "name_zh", "name_en"),
    ),
    DeclaredTable(
        "site_areas",
        "Basins and parks that sites lie in; the administrative area is in the site register",
        (
            Column("feed", "string", "Feed or network of the site", key=True),
            Column("site_id", "string", "Site of the register", key=True),
            Column("tree", "string", "basin or park", key=True),
            Column("area_code", "string", "Area of the tree, of any level"),
            _VALID_FROM,
            _VALID_TO,
            Column("document", "string", "Where it is taken from"),
        ),
        ("area_code",),
    ),
)
_SCORES = (
    DeclaredTable(
        "composite_scores",
        "Composite scores of areas by period",
        (
            _SCORE,
            *NAMES,
            Column("tree", "string", "Tree of the areas"),
            Column("area_level", "string", "Level of the areas; a score has one"),
            Column("period_kind", "string", "Calendar period", allowed=("month", "quarter", "year")),
            Column(
                "weights", "string", "Whether weights are shares or any numbers", allowed=("sum_to_1", "normalised")
            ),
            Column("missing", "string", "What a missing part does", allowed=("reweight", "zero", "null")),
            Column("min_weight", "decimal", "With reweight: share of the weights that has to be there; empty: any"),
            Column("decimals", "int", "Decimals of the score"),
            Column("owner", "string", "Office that answers for it"),
            Column("document", "string", "Document that sets the score"),
            Column("clause", "string", "Place in that document"),
        ),
        (
            *("name_zh", "name_en", "tree", "area_level", "period_kind", "weights", "missing", "decimals"),
            *("owner", "document"),
        ),
    ),
    DeclaredTable(
        "composite_parts",
        "Parts of composite scores: an indicator, its weight and how it is scored",
        (
            _SCORE,
            _PART,
            *NAMES,
            Column("indicator", "string", "What is scored: list(…), area(…), cases(…) or indicator(…)"),
            Column("weight", "decimal", "Weight of the part"),
            Column("scoring", "string", "Scoring function", allowed=("linear", "steps", "rank")),
            Column("better", "string", "Which values are better", allowed=("higher", "lower")),
            Column("zero_at", "decimal", "With linear: value that has no point"),
            Column("full_at", "decimal", "With linear: value that has all points"),
            _VALID_FROM,
            _VALID_TO,
        ),
        ("name_zh", "name_en", "indicator", "weight", "scoring", "better"),
    ),
    DeclaredTable(
        "composite_steps",
        "Steps of parts: points of the values, or ranks, from one end to the other",
        (
            _SCORE,
            _PART,
            Column("step", "int", "From 1", key=True),
            Column("low", "decimal", "First value, or rank, of the step; empty: from the lowest"),
            Column("high", "decimal", "Value that the step ends before, or its last rank; empty: to the highest"),
            Column("points", "decimal", "Points of the step"),
        ),
        ("points",),
    ),
)
DECLARED_TABLES: Mapping[str, DeclaredTable] = {table.name: table for table in (*_TABLES, *_AREAS, *_SCORES)}
