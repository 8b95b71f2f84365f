"""The declaration of an observation network as frozen classes: every word, once.

Here belongs each word's name, type, choices and what it is where it is left out; `ecoledger network new` and README
explain them. Not here: reading a file (read_declaration.py), whether the words go together (check_declaration.py), the
feed and the rows that a declaration becomes (network_feed.py, network_rows.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from sources.config.kinds import Count, Day, Flag, Text, Texts, exact, expected, words, words_by_name
from sources.registry.feed_model import SeriesTests, network_table

Cadence = Literal[
    "minute", "10min", "15min", "hour", "4h", "day", "half_month", "month", "quarter", "half_year", "year"
]  # fmt: skip
# Minutes between two values of a site; calendar periods have none.
CADENCE_MINUTES: Mapping[str, int] = {"minute": 1, "10min": 10, "15min": 15, "hour": 60, "4h": 240, "day": 1440}
# Hours as data health and lateness count them; of calendar periods the longest.
CADENCE_HOURS: Mapping[str, int] = {
    **{name: max(1, minutes // 60) for name, minutes in CADENCE_MINUTES.items()},
    **{"half_month": 16 * 24, "month": 31 * 24, "quarter": 92 * 24, "half_year": 184 * 24, "year": 366 * 24},
}
PeriodKind = Literal["hour", "day", "half_month", "month", "quarter", "half_year", "year"]
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
Number = Annotated[Decimal, BeforeValidator(exact)]
Level = Literal["district", "subdistrict", "community"]
Places = Annotated[int, Field(ge=0, le=6)]


def _tests(value: Any) -> Any:
    """Thresholds may be numbers or, as in feed.toml, texts."""
    if not isinstance(value, Mapping):
        raise expected("a table", 'write { fail_min = "0", fail_max = "500" }')
    return value


def _decimal(value: Any) -> Any:
    return exact(Decimal(value)) if isinstance(value, str) and value.strip() else exact(value)


Threshold = Annotated[Decimal, BeforeValidator(_decimal)]


@words
class Tests:
    """QARTOD thresholds of a parameter in its unit, as in a feed's declaration (SeriesTests)."""

    fail_min: Threshold | None = None
    fail_max: Threshold | None = None
    suspect_min: Threshold | None = None
    suspect_max: Threshold | None = None
    spike_suspect: Threshold | None = None
    spike_fail: Threshold | None = None
    rate_suspect_per_h: Threshold | None = None
    flat_tolerance: Threshold | None = None
    flat_floor: Threshold | None = None
    flat_suspect_hours: Threshold | None = None
    flat_fail_hours: Threshold | None = None
    attenuated_hours: Threshold | None = None
    attenuated_min_range: Threshold | None = None
    gap_periods: Count | None = None

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
    tests: Annotated[Tests, BeforeValidator(_tests)] = Field(default_factory=Tests)


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
    low: Number | None = None
    high: Number | None = None
    word: Text = ""
    high_of: Multiple | None = None
    when: tuple[Condition, ...] = ()
    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = ()
    hours: tuple[Annotated[int, Field(ge=0, le=24)], ...] = ()
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
    level: Literal["", "district", "subdistrict", "community"] = ""
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
