"""A configuration as frozen classes: the district, the files it names and its sources.

Here, in mapping.py and in file_layout.py belongs every word of a configuration, once: its name, its type, whether it is
required, its choices and what it is where it is left out. Checking and suggestions read these classes; readers,
cleaning and connectors use them. Not here: explaining a mistake (structure.py), whether values make sense together
(check_source.py), or what the registry and the district decide about a source (completed.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo
from pydantic.fields import FieldInfo

from sources.config.completed import completed
from sources.config.declared_networks import NO_NETWORKS, DeclaredNetworks
from sources.config.declared_plans import NO_PLANS, DeclaredPlans
from sources.config.declared_registers import NO_REGISTERS, DeclaredRegisters
from sources.config.file_layout import Across, Fact, Format
from sources.config.identity import Identity
from sources.config.kinds import (
    Computed,
    ConnectorName,
    Count,
    Day,
    DeclaredName,
    Flag,
    RuleValue,
    Text,
    TextByText,
    Texts,
    is_computed,
    unknown_key,
    words,
    words_by_name,
)
from sources.config.mapping import (
    Censor,
    ColumnMapping,
    LongMapping,
    RowFilter,
    Thresholds,
    TimeMapping,
    UnitMapping,
    ValueMapping,
    keeping,
    listed,
)
from sources.registry.feed_model import Parameter, Registry, SeriesTests

__all__ = [
    "Across",
    "Censor",
    "ColumnMapping",
    "Config",
    "ConfigError",
    "District",
    "Document",
    "Fact",
    "Format",
    "Gate",
    "LongMapping",
    "Networks",
    "Plans",
    "Registers",
    "RowFilter",
    "Sites",
    "Source",
    "Standards",
    "Thresholds",
    "TimeMapping",
    "UnitMapping",
    "ValueMapping",
]


class ConfigError(ValueError):
    """A configuration that cannot be used; the message names file, line and what to do."""


@words
class District:
    """Whom the figures are for; `reporting_zone` decides days and day/night."""

    area_code: Text = "110105"
    name_zh: Text = "朝阳区"
    name_en: Text = "Chaoyang District"
    reporting_zone: Text = "Asia/Shanghai"
    start: Day = date(2013, 1, 1)


@words
class Sites:
    """The files of the site register, relative to the configuration."""

    files: Texts


@words
class Networks:
    """Files relative to the configuration: declarations of networks, attributes of their sites, and limits of single
    sites.
    """

    files: Texts = ()
    attributes: Texts = ()
    site_limits: Texts = ()


@words
class Registers:
    """Files relative to the configuration: declarations of registers of cases, and the key that their private columns
    are hashed with ('' = the environment's, or one that is kept with the data).
    """

    files: Texts = ()
    identity_key_file: Text = ""


@words
class Plans:
    """Folders of CSVs relative to the configuration, each a plan that is judged next to the delivered one."""

    folders: Texts = ()


@words
class Gate:
    """The file of waivers, relative to the configuration; '' = none."""

    waivers: Text = ""


@words
class Standards:
    """What is chosen within the standards: the air edition that every day is computed under ('' = the one in force on
    the day), the grid factor of electricity, and numbers in place of rule values, by rule id.
    """

    air_edition: Text = ""
    grid_region: Text = "beijing"
    grid_series: Text = "average"
    rules: Mapping[Text, RuleValue] = field(default_factory=dict)


@words_by_name
class Source:
    """One [[source]]: one declared source of one feed, where its files are and how a row becomes readings.

    `connection` holds the words of its kind of connector (check_connection.py). `table` names the clean table; `across`
    makes rows of columns; `columns` maps canonical dims; `site` the site column; `status` the source's own status mark
    (`invalid_status` values set flag 4). `occurrence_of` names the raw
    columns whose repeated combination is numbered into occurrence_no, where a load has no ticket; joined by | they are
    ticket_no. `unknown_sites`: 'quarantine' or 'accept'. `delivered_at`: 'landing', 'mtime', 'name' (pattern and
    format) or 'connector'. `allow_outside`: `path` may leave the configuration's folder. `thresholds` of the quality
    tests, by parameter, replace the registry's for the source's own readings. `fingerprint` changes with the mapping;
    it is computed, not written (completed.py).
    """

    id: Text
    feed: Text
    table: Text = ""
    connector: ConnectorName = "file"
    path: Text
    connection: Mapping[Text, Any] = field(default_factory=dict)
    format: Format = Field(default_factory=dict, validate_default=True)
    time: TimeMapping
    site: ColumnMapping
    values: Annotated[tuple[ValueMapping, ...], BeforeValidator(listed)] = ()
    long: LongMapping | None = None
    across: Across | None = None
    columns: Mapping[Text, ColumnMapping] = field(default_factory=dict)
    status: Annotated[ColumnMapping, BeforeValidator(keeping)] | None = None
    invalid_status: Texts = ()
    filters: tuple[RowFilter, ...] = ()
    occurrence_of: Texts = ()
    unknown_sites: Literal["quarantine", "accept"] = "quarantine"
    delivered_at: Literal["landing", "mtime", "name", "connector"] = "landing"
    delivered_at_pattern: Text = ""
    delivered_at_format: Text = ""
    cadence_min: Count | None = None
    provenance: Literal["observed", "reported", "simulated"] = "observed"
    owner: Text = ""
    licence: Text = ""
    allow_outside: Flag = False
    thresholds: Mapping[Text, Thresholds] = field(default_factory=dict)
    fingerprint: Computed = ""

    @property
    def declared_parameters(self) -> frozenset[str] | None:
        """Parameters that the mapping names; None where a file may name any of the table as the registry does."""
        if self.long is None:
            return frozenset(v.parameter for v in self.values)
        own = self.long.parameters
        return frozenset(own.values()) if own and self.long.unmapped != "keep" else None

    @property
    def spreads(self) -> bool:
        """Whether a record becomes several rows: by lists inside it, or by columns whose headers say something."""
        return self.across is not None or bool(self.format.lists)

    @property
    def own_tests(self) -> dict[str, dict[str, Decimal | int]]:
        """The thresholds that the source sets, by parameter and name."""
        return {code: own for code, thresholds in self.thresholds.items() if (own := thresholds.own)}

    def tests_of(self, parameter: Parameter) -> SeriesTests:
        """The thresholds that the source's readings of `parameter` are flagged by."""
        own: Mapping[str, Any] = self.own_tests.get(parameter.code, {})
        return replace(parameter.tests, **own)


def _completed(entry: Any, info: ValidationInfo) -> Any:
    """A source as it is written, with what the registry and the district decide about it."""
    if not isinstance(entry, Mapping):
        return entry
    if "fingerprint" in entry:
        raise unknown_key(words_of(Source), below=("fingerprint",))
    return completed(entry, info.data.get("district"))


@words_by_name
class Document:
    """A whole configuration as it is written: its tables and sources."""

    district: District = Field(default_factory=dict, validate_default=True)
    sites: Sites = Field(default_factory=lambda: {"files": ()}, validate_default=True)
    networks: Networks = Field(default_factory=dict, validate_default=True)
    registers: Registers = Field(default_factory=dict, validate_default=True)
    plans: Plans = Field(default_factory=dict, validate_default=True)
    gate: Gate = Field(default_factory=dict, validate_default=True)
    standards: Standards = Field(default_factory=dict, validate_default=True)
    declared: Mapping[DeclaredName, Text] = field(default_factory=dict)
    options: TextByText = field(default_factory=dict)
    source: tuple[Annotated[Source, BeforeValidator(_completed)], ...]


def words_of(table: type) -> dict[str, FieldInfo]:
    """The words of a table by name."""
    return {name: word for name, word in table.__pydantic_fields__.items() if not is_computed(word.metadata)}


@dataclass(frozen=True)
class Config:
    """A configuration that is sound, with its files found. `registers` are the site register files in order; later rows
    win per key. `declared` is the user's file of a declared table, by the table's name. `networks` are those that the
    sources and registers name, with what is entered of their sites; `cases` the registers of cases, whose private
    columns are hashed by the key of `identity`; `plans` are the user's own, and
    so are `waste_categories`.

    `fingerprint` changes with anything declared, the bytes of registers and declared tables included.
    """

    path: Path | None
    district: District
    sources: tuple[Source, ...]
    registers: tuple[Path, ...]
    fingerprint: str
    simulated: bool = False
    waivers: Path | None = None
    standards: Standards = field(default_factory=Standards)
    declared: Mapping[str, Path] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    networks: DeclaredNetworks = field(default_factory=lambda: NO_NETWORKS)
    cases: DeclaredRegisters = field(default_factory=lambda: NO_REGISTERS)
    identity: Identity = field(default_factory=Identity)
    plans: DeclaredPlans = field(default_factory=lambda: NO_PLANS)
    waste_categories: tuple[str, ...] = ()

    def registry(self, known: Registry) -> Registry:
        """`known` with the declared networks and registers as further feeds, the return items of the plans and the
        categories of waste.
        """
        declared = self.plans.registry(self.cases.registry(self.networks.registry(known)))
        if not self.waste_categories:
            return declared
        from sources.config.declared_waste import with_categories

        return with_categories(declared, self.waste_categories)

    def sources_of(self, feed: str) -> tuple[Source, ...]:
        """The declared sources of one feed, in declared order."""
        return tuple(s for s in self.sources if s.feed == feed)
