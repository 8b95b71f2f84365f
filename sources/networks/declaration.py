"""The declaration of an observation network as frozen classes: every word, once.

Here belongs each word's name, type, choices and what it is where it is left out; `ecoledger network new` and README
explain them. Not here: reading a file (read_declaration.py), whether the words go together (check_declaration.py), the
feed and the rows that a declaration becomes (network_feed.py, network_rows.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, Strict, field_validator

from sources.config.kinds import Count, Day, Flag, Text, Texts, exact, expected, words, words_by_name, wrong
from sources.registry.declared_feeds import CADENCE_MINUTES
from sources.registry.feed_model import SeriesTests, network_table

Cadence = Literal[
    "minute", "10min", "15min", "hour", "4h", "day", "half_month", "month", "quarter", "half_year", "year"
]  # fmt: skip
PeriodKind = Literal["hour", "day", "week", "half_month", "month", "quarter", "half_year", "year"]
Statistic = Literal[
    "mean", "sum", "maximum", "minimum", "percentile", "count", "days", "last",
    "weighted_mean", "load", "oxygen_corrected", "energy_mean",
]  # fmt: skip
AreaStatistic = Literal["mean", "sum", "worst", "share_attaining", "weighted_share_attaining", "weighted_mean"]
# Statistics that need a second parameter of the same moment.
WITH_SECOND = ("weighted_mean", "load", "oxygen_corrected")
# Statistics that need an argument: percentile, bound of days, reference oxygen in %.
WITH_ARGUMENT = ("percentile", "days", "oxygen_corrected")
Operator = Literal["<=", "<", ">=", ">", "[]", "[)", "(]", "()", "outside", "is"]
MOST_LEVELS = 4
# Ends of limits are kept in the unit of what they bound, everything else as it is written, with so many decimals.
DECIMALS, DIGITS = 6, 12
Places = Annotated[int, Strict(), Field(ge=0, le=DECIMALS)]


def _finite(value: Any) -> Decimal:
    number = exact(value)
    if not number.is_finite() or abs(number) >= 10**DIGITS:
        raise wrong(f"{value} cannot be kept", f"write a number with at most {DIGITS} digits before the point")
    return number


def _kept(value: Any) -> Decimal:
    number = _finite(value)
    if number != round(number, DECIMALS):
        raise wrong(f"{value} has more than {DECIMALS} decimals", f"the nearest is {round(number, DECIMALS)}")
    return number


def _threshold(value: Any) -> Any:
    """Thresholds may be numbers or, as in feed.toml, texts."""
    if isinstance(value, str):
        try:
            return _finite(Decimal(value))
        except InvalidOperation:
            raise expected("a number", "write a number") from None
    return value if value is None else _finite(value)


Bound = Annotated[Decimal, BeforeValidator(_finite)]
Number = Annotated[Decimal, BeforeValidator(_kept)]


@words
class Tests(SeriesTests):
    """QARTOD thresholds of a parameter in its unit, as in a feed's declaration."""

    gap_periods: Count | None = None

    @field_validator(*(f.name for f in fields(SeriesTests) if f.name != "gap_periods"), mode="before")
    @classmethod
    def _number(cls, value: Any) -> Any:
        return _threshold(value)

    @property
    def thresholds(self) -> SeriesTests:
        """The same for the flag tests."""
        return SeriesTests(**vars(self))


@words_by_name
class Attribute:
    """What a site may have: one of `values`, or a number in `unit`."""

    name_zh: Text
    name_en: Text
    values: Texts = ()
    unit: Text = ""


@words_by_name
class Word:
    """A word that a value may be: `number` is stored, counted and ordered; `received` are its spellings."""

    name_zh: Text
    name_en: Text
    number: Number
    received: Texts = ()


@words_by_name
class DeclaredParameter:
    """One observed quantity: a number in `unit`, or a word of `vocabulary`."""

    name_zh: Text
    name_en: Text
    unit: Text = "-"
    decimals: Places = 3
    vocabulary: Text = ""
    hj_code: Text = ""
    aliases: Texts = ()
    tests: Tests = Field(default_factory=Tests)


@words_by_name
class Figure:
    """A statistic over periods of readings (`of` = '') or of another figure; `parameters` share one id."""

    id: Text
    parameter: Text = ""
    parameters: Texts = ()
    statistic: Statistic
    of: Text = ""
    period: PeriodKind | Literal[""] = ""
    second: Text = ""
    argument: Number | None = None
    min_share: Number = Decimal("0.75")
    min_count: Count | None = None
    factor: Number = Decimal(1)
    unit: Text = ""
    decimals: Places | None = None
    keeps_sample: Flag = False
    name_zh: Text = ""
    name_en: Text = ""
    standard: Text = ""
    clause: Text = ""

    @property
    def of_parameters(self) -> tuple[str, ...]:
        """The parameters it is made for."""
        return self.parameters or (self.parameter,)


@words_by_name
class Grade:
    """One grade of the scale."""

    id: Text
    name_zh: Text
    name_en: Text


@words_by_name
class Scale:
    """Grades from the best; worse than the target is an exceedance. `nondetect`: how a non-detect is graded."""

    grades: tuple[Grade, ...]
    target: Text = ""
    target_attribute: Text = ""
    nondetect: Literal["limit_decides", "best"] = "limit_decides"


@words_by_name
class Condition:
    """What has to hold for a limit to apply: an attribute of the site, or an interval of another parameter."""

    attribute: Text = ""
    is_: Text = Field(default="", alias="is")
    parameter: Text = ""
    low: Number | None = None
    high: Number | None = None
    ends: Literal["[]", "[)", "(]", "()"] = "[]"
    or_missing: Flag = False


@words_by_name
class Multiple:
    """A limit that is `factor` times another parameter of the same sample."""

    parameter: Text
    factor: Number


@words_by_name
class Limit:
    """What values are held to: a plain limit, or the bound of a grade."""

    parameter: Text
    figure: Text = ""
    grade: Text = ""
    operator: Operator
    low: Bound | None = None
    high: Bound | None = None
    word: Text = ""
    high_of: Multiple | None = None
    when: tuple[Condition, ...] = ()
    months: tuple[Annotated[int, Strict(), Field(ge=1, le=12)], ...] = ()
    hours: tuple[Annotated[int, Strict(), Field(ge=0, le=24)], ...] = ()
    unit: Text = ""
    standard: Text
    clause: Text = ""
    valid_from: Day | None = None
    valid_to: Day | None = None
    certainty: Literal["high", "medium", "low"] = "medium"
    source: Text = ""


@words_by_name
class RankingList:
    """Places in the order of a figure."""

    id: Text
    name_zh: Text
    name_en: Text
    parameter: Text
    figure: Text
    place: Literal["area", "site"] = "site"
    tree: Text = "administrative"
    level: Text = ""
    statistic: Literal["mean", "sum", "maximum", "minimum"] = "mean"
    direction: Literal["highest_first", "lowest_first"]
    decimals: Places


@words_by_name
class AreaFigure:
    """A figure of areas, put together from their sites."""

    id: Text
    name_zh: Text
    name_en: Text
    parameter: Text = ""
    figure: Text = ""
    period: PeriodKind
    tree: Text = "administrative"
    level: Text = "district"
    statistic: AreaStatistic
    weight: Text = ""
    unit: Text = "%"
    decimals: Places = 1
    indicator: Text = ""
    standard: Text = ""
    clause: Text = ""


@words_by_name
class Declaration:
    """A whole network as it is declared."""

    name: Text
    name_zh: Text
    name_en: Text
    medium: Text
    owner: Text
    owner_team: Text = "data-team"
    licence: Text = "internal"
    cadence: Cadence
    lateness_allowed_hours: Count = 240
    site_kinds: Texts
    invalid_status: Texts = ()
    is_track: Flag = False
    nondetect: Literal["half_limit", "limit", "zero"] = "half_limit"
    attributes: Mapping[Text, Attribute] = field(default_factory=dict)
    vocabularies: Mapping[Text, Mapping[Text, Word]] = field(default_factory=dict)
    parameters: Mapping[Text, DeclaredParameter]
    figures: tuple[Figure, ...] = ()
    scale: Scale | None = None
    limits: tuple[Limit, ...] = ()
    limits_files: Texts = ()
    lists: tuple[RankingList, ...] = ()
    areas: tuple[AreaFigure, ...] = ()

    @property
    def table(self) -> str:
        """Its clean table."""
        return network_table(self.name)

    @property
    def grain(self) -> str:
        """What its clean table is partitioned by."""
        if self.cadence in ("half_year", "year"):
            return "year"
        return "day" if self.cadence in CADENCE_MINUTES else "month"
