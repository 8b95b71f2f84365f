"""What is particular to records of registers: private columns, numbers of memberships, attributes, places.

Here belong the columns of a case that need more than a mapped word. Not here: columns of every table (dims.py), what a
state means for a figure (dbt_project), or the key (sources.config.identity).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from sources.cleaning.rejects import Rejects
from sources.cleaning.staged import INDEX
from sources.cleaning.stamps import parse_stamps
from sources.config.columns import expected_columns, read_columns
from sources.config.identity import IdentityError, identity_of
from sources.config.model import Config, ConfigError, Source, TimeMapping
from sources.registry.feed_model import Cases, CleanTable

AREA = r"^\d{6}(\d{3}(\d{3})?)?$"
_KEPT_AS_IDENTITY = ("case_id", "entity")


@dataclass(frozen=True)
class CasePlan:
    """How records of one source of a register become cases.

    `district` is where a case is that names no place. `shown`: raw columns that people may read of a refused record,
    `private` those of which they may read nothing. `columns`: raw column by column of the table or attribute.
    """

    rules: Cases
    district: str
    shown: frozenset[str]
    private: frozenset[str]
    columns: Mapping[str, str]
    key: bytes = field(default=b"", repr=False)

    def hides(self, raw_column: str) -> bool:
        """Whether nothing of this raw column may be read."""
        return raw_column in self.private


def case_plan(source: Source, table: CleanTable, config: Config) -> CasePlan | None:
    """The plan of a register's source; None of other feeds. ConfigError where its private columns have no key."""
    rules = table.cases
    if rules is None:
        return None
    private = frozenset(
        column for name, mapping in source.columns.items() if name in rules.private for column in mapping.raw
    )
    columns = {name: mapping.column for name, mapping in source.columns.items()}
    district, shown = config.district.area_code, frozenset((*expected_columns(source), *read_columns(source))) - private
    if not rules.private:
        return CasePlan(rules, district, shown, private, columns)
    try:
        key = config.identity.key()
    except IdentityError as error:
        raise ConfigError(f"source {source.id}: {error}") from None
    return CasePlan(rules, district, shown, private, columns, key)


def days_of(text: pl.Series, time: TimeMapping, missing: frozenset[str]) -> tuple[pl.Series, pl.Series]:
    """Dates of texts by the formats of the source's time, and where a text is neither a date nor nothing.

    A day is the one that is written: the zone of a stamp that names one is left aside.
    """
    nothing = text.is_null() | text.is_in(pl.Series(sorted(missing), dtype=pl.String).implode())
    found = parse_stamps(text.set(nothing, ""), time.formats, time.year, False, time.zone)
    day = found.local.dt.date()
    zoned = found.utc.dt.replace_time_zone("UTC").dt.convert_time_zone(time.zone).dt.date()
    day = day.zip_with(day.is_not_null(), zoned)
    return day, day.is_null() & ~nothing


def hidden(name: str, value: pl.Series, plan: CasePlan) -> pl.Series:
    """A private column as it is kept: numbers and names of cases and things as identities, all else not at all."""
    if name not in plan.rules.private:
        return value
    if name not in _KEPT_AS_IDENTITY:
        return pl.Series([None], dtype=pl.String).new_from_index(0, len(value))
    kind = plan.rules.entity if name == "entity" else "case"
    known = {text: identity_of(plan.key, kind, text) for text in value.drop_nulls().unique().to_list()}
    return value.replace_strict(known, default=None, return_dtype=pl.String)


def with_places(site: pl.Series, plan: CasePlan) -> tuple[pl.Series, pl.Series]:
    """Sites, the district where one is missing; and which are codes of areas, which no register of sites has."""
    filled = site.set(site.is_null() | (site == ""), plan.district)
    return filled, filled.str.contains(AREA)


def with_case_columns(plan: CasePlan, raw: pl.DataFrame, records: pl.DataFrame, rejects: Rejects) -> pl.DataFrame:
    """`records` with the number of a membership and the attributes; what contradicts itself is refused."""
    if plan.rules.is_list:
        # A thing may leave a list and come back: a membership is told by its first day.
        own = pl.concat_str("entity", pl.col("period_start").dt.strftime("%Y-%m-%d"), separator="@")
        records = records.with_columns(pl.coalesce("case_id", own).alias("case_id"))
    records = records.with_columns(_attributes(plan, raw, records).alias("attributes"))
    early = (pl.col("closed") < pl.col("period_start").dt.date()).fill_null(False)
    strange = pl.col("area_code").is_not_null() & ~pl.col("area_code").str.contains(AREA)
    for bad, reason, column in (
        (pl.col("case_id").is_null(), "key_missing", "entity" if plan.rules.is_list else "case_id"),
        (strange, "not_an_area", "area_code"),
        (early, "closed_before_opened", "closed"),
    ):
        lost = records.filter(bad)
        if not lost.is_empty():
            rejects.add(lost[INDEX], plan.columns.get(column, ""), "record", lost[column].cast(pl.String), reason)
            records = records.filter(~bad)
    return records


def _attributes(plan: CasePlan, raw: pl.DataFrame, records: pl.DataFrame) -> pl.Series:
    """The attributes that are not private as one text: 机械类型：挖掘机；功率：55 kW."""
    parts = []
    for name, (name_zh, unit) in plan.rules.attributes.items():
        column = plan.columns.get(name, "")
        if name in plan.rules.private or column not in raw.columns:
            continue
        text = pl.lit(raw[column].str.strip_chars().gather(records[INDEX]))
        end = f" {unit}" if unit else ""
        parts.append(pl.when(text != "").then(pl.concat_str(pl.lit(f"{name_zh}："), text, pl.lit(end))))
    if not parts:
        return pl.Series([None], dtype=pl.String).new_from_index(0, records.height)
    joined = records.select(pl.concat_str(parts, separator="；", ignore_nulls=True).alias("attributes")).to_series()
    return joined.set(joined == "", None)


def mapped_source(source: Source, table: CleanTable) -> Source:
    """`source` where columns with words of the register read its own spellings, besides those it maps itself."""
    rules = table.cases
    if rules is None:
        return source
    columns = dict(source.columns)
    for name, spelled in rules.spellings.items():
        if name in columns and spelled and columns[name].column:
            own = columns[name]
            unmapped = own.unmapped if own.values else "quarantine"
            columns[name] = replace(own, values={**spelled, **own.values}, unmapped=unmapped)
    return replace(source, columns=columns, time=replace(source.time, marks="instant"))
