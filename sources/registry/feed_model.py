"""The words of the registry as frozen classes: feed, clean table, column, parameter, unit.

Here belong the shapes. Not here: the columns that tables share (clean_columns.py), the declarations themselves
(sources/feeds/*/feed.toml, units.toml), reading them (read_registry.py), and anything that needs polars: a refresh with
nothing new loads this module and must stay light.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from sources.registry.clean_columns import CLEAN_COLUMNS, Column

# QARTOD flag values (IOOS QARTOD manual, table of data flags).
FLAG_PASS = 1
FLAG_NOT_EVALUATED = 2
FLAG_SUSPECT = 3
FLAG_FAIL = 4
FLAG_MISSING = 9

# Grains a clean table may be partitioned by; the value is the strftime pattern of a partition.
GRAINS: Mapping[str, str] = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}

# The domain of tables that several domains feed.
CROSS_DOMAIN = "cross_domain"

# The domain of declared networks, and what models read all their clean tables as.
NETWORKS = "networks"
NETWORK_TABLE = "clean_network"

# The domain of declared registers of cases, and what models read all their clean tables as.
CASES = "cases"
CASE_TABLE = "clean_case"
# The one parameter of a register: what a case is counted as.
AMOUNT = "amount"
# What a feed without a package of its own is declared as.
NETWORK = "network"
REGISTER = "register"
# The column that names what a reading undoes, by its negative value or altogether.
UNDOES = "undoes"

PROVENANCE_BY_TRUST = ("simulated", "plan", "reported", "observed")


class RegistryError(ValueError):
    """A declaration that cannot be used; the message names file and entry."""


def network_table(network: str) -> str:
    """The clean table of a declared network."""
    return f"network_{network}"


def register_table(register: str) -> str:
    """The clean table of a declared register of cases."""
    return f"register_{register}"


@dataclass(frozen=True)
class Unit:
    """A unit and how it becomes its base unit: value * factor + offset (exact decimals)."""

    code: str
    base: str
    factor: Decimal
    offset: Decimal = Decimal(0)
    aliases: tuple[str, ...] = ()
    name_zh: str = ""


@dataclass(frozen=True)
class SeriesTests:
    """QARTOD thresholds of one parameter, in its unit; None means the test is not evaluated.

    gross range: outside `fail` → 4, outside `suspect` → 3. Spike: how far the value lies beyond both neighbours, which
    is its difference to the nearer of them. Rate of change: per hour. Flat line: hours within `flat_tolerance`.
    Attenuated: range over `attenuated_hours` below `attenuated_min_range`. Both only above `flat_floor`, the lowest
    value that the instrument tells from nothing: what stays there is clean air or water, not a stuck sensor.
    Gap: more than `gap_periods` cadence periods missing before the reading.
    """

    fail_min: Decimal | None = None
    fail_max: Decimal | None = None
    suspect_min: Decimal | None = None
    suspect_max: Decimal | None = None
    spike_suspect: Decimal | None = None
    spike_fail: Decimal | None = None
    rate_suspect_per_h: Decimal | None = None
    flat_tolerance: Decimal | None = None
    flat_floor: Decimal | None = None
    flat_suspect_hours: Decimal | None = None
    flat_fail_hours: Decimal | None = None
    attenuated_hours: Decimal | None = None
    attenuated_min_range: Decimal | None = None
    gap_periods: int | None = None


@dataclass(frozen=True)
class Parameter:
    """One measured or reported quantity of a feed: code, names, unit, table and tests.

    `words`: what a value may say where it is a word and no number, with the number that is stored for it.
    """

    code: str
    name_zh: str
    name_en: str
    unit: str
    table: str
    hj_code: str = ""
    aliases: tuple[str, ...] = ()
    tests: SeriesTests = field(default_factory=SeriesTests)
    words: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class RowRule:
    """What holds between two parameters of one site and period: `lower` is at most `upper`, both in the same unit."""

    lower: str
    upper: str


# How often a series gives a reading, as data health counts it (dbt_project/macros/health.sql).
RHYTHMS = ("cadence", "length", "day", "month", "year", "load", "none")


@dataclass(frozen=True)
class Rhythm:
    """How often readings come whose columns hold the texts of `where`; without one, all of the table's.

    cadence: so many a day as the feed's cadence asks for. length: as often as the readings are long. day, month, year:
    one in each; a month's or year's sample is on any of its days. load: as loads come. none: nobody can say.
    """

    rhythm: str
    where: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Health:
    """How data health counts a clean table.

    `kind`: columns that, next to site and parameter, tell series apart. `rhythms`: the first that holds counts.
    `by_delivery`: the end of its readings says how late a delivery is. File counts know only when the latest reading
    starts, and a month or a year is not late because it began long ago.
    """

    kind: tuple[str, ...] = ()
    by_delivery: bool = False
    rhythms: tuple[Rhythm, ...] = ()


@dataclass(frozen=True)
class Cases:
    """How the records of a register are read: each is a case, or a membership of a list.

    `entity` is the kind of thing that a case is about. `attributes`: further columns with their Chinese name and unit.
    `private`: columns of which nothing but a keyed hash is kept. `spellings`: by column what a file may write for each
    word. `not_asked`: columns of the table that this register does not have.
    """

    entity: str
    is_list: bool = False
    attributes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    private: frozenset[str] = frozenset()
    spellings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    not_asked: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CleanTable:
    """One table of the clean layer: partition grain (day, month or year), the feed's own columns and row rules.

    `reporting_kind`: the kind of site whose assessed sites report by themselves, at the
    feed's cadence; '' where none do. `read_as`: the one table that models read it and its like as; '' where it is read
    by itself. `given`: the feed's own columns with the text that they have where a source maps nothing. `cases`: how
    records are read where each is a case.
    """

    name: str
    feed: str
    grain: str
    description: str
    dims: tuple[Column, ...] = ()
    series_tests: bool = False
    declared_key: tuple[str, ...] = ()
    row_rules: tuple[RowRule, ...] = ()
    health: Health = field(default_factory=Health)
    reporting_kind: str = ""
    read_as: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    cases: Cases | None = None

    @property
    def may_undo(self) -> bool:
        """Whether a reading may undo another one."""
        return any(column.name == UNDOES for column in self.dims)

    # Asked for each partition.
    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """All columns in order: the shared ones, then the feed's own."""
        return CLEAN_COLUMNS + self.dims

    @cached_property
    def file_grain(self) -> str:
        """What one file of the clean layer holds: a month of days, a year of a register's months, else one partition.

        A file of a day's few thousand rows costs twice its rows, to write and in every scan of the table; open cases
        lie in every month since the oldest was opened, a few in each.
        """
        if self.cases and self.grain == "month":
            return "year"
        return "month" if self.grain == "day" else self.grain

    def file_of(self, value: str) -> str:
        """The file that holds the partition `value`: the month of a day, the year of a case's month, else its own."""
        return value[: len("2026" if self.file_grain == "year" else "2026-11")]

    @cached_property
    def key(self) -> tuple[str, ...]:
        """Columns that identify one reading; the latest delivery wins per key."""
        return self.declared_key or tuple(c.name for c in self.columns if c.key)

    @property
    def key_floats(self) -> bool:
        """Whether the key leaves open when, so that a correction may move a reading to another partition."""
        return not {"period_start", "period_start_utc"} & set(self.key)

    @property
    def series_key(self) -> tuple[str, ...]:
        """Columns that identify one time series: the key without its times."""
        return tuple(n for n in self.key if n not in ("period_start_utc", "period_end"))


@dataclass(frozen=True)
class Feed:
    """A stream of deliveries of one kind, with everything declared about it.

    `owner` is the office that answers for it, `owner_team` its name where only ASCII may be written.
    `site_kinds`: what a site of its register may be. `indicators` and `events` name the marts with its figures of
    indicators and its events ('' where it has none). `main_table` is what a source reads that names no table ('' where
    it has to name one). `declared`: NETWORK or REGISTER where it has no package of its
    own, else ''.
    """

    name: str
    name_zh: str
    name_en: str
    domain: str
    cadence_hours: Decimal
    lateness_allowed_hours: int
    time_zone: str
    owner: str
    owner_team: str
    licence: str
    tables: Mapping[str, CleanTable]
    parameters: Mapping[str, Parameter]
    vocabularies: Mapping[str, tuple[str, ...]]
    invalid_status: tuple[str, ...]
    quality: Mapping[str, Decimal]
    site_kinds: tuple[str, ...] = ()
    indicators: str = ""
    events: str = ""
    declared: str = ""
    main_table: str = ""

    def parameters_of(self, table: str) -> dict[str, Parameter]:
        """Parameters whose readings live in `table`, by code."""
        return {code: p for code, p in self.parameters.items() if p.table == table}


@dataclass(frozen=True)
class Registry:
    """All feeds and units; `fingerprint` is the SHA-256 of the declarations."""

    feeds: Mapping[str, Feed]
    units: Mapping[str, Unit]
    fingerprint: str

    def table(self, name: str) -> CleanTable:
        """The clean table called `name`; KeyError if no feed declares it."""
        for feed in self.feeds.values():
            if name in feed.tables:
                return feed.tables[name]
        raise KeyError(name)

    @property
    def packaged(self) -> dict[str, Feed]:
        """Feeds with a package of their own, by name."""
        return {name: feed for name, feed in self.feeds.items() if not feed.declared}

    @property
    def networks(self) -> dict[str, Feed]:
        """Declared networks, by name."""
        return {name: feed for name, feed in self.feeds.items() if feed.declared == NETWORK}

    @property
    def registers(self) -> dict[str, Feed]:
        """Declared registers of cases, by name."""
        return {name: feed for name, feed in self.feeds.items() if feed.declared == REGISTER}

    @property
    def domains(self) -> tuple[str, ...]:
        """Domains that publish: of the feeds each once, then those of networks and of registers."""
        return tuple(dict.fromkeys((*(feed.domain for feed in self.packaged.values()), NETWORKS, CASES)))

    def members(self) -> dict[str, tuple[str, ...]]:
        """The clean tables behind each table that models read several as one."""
        found: dict[str, tuple[str, ...]] = {NETWORK_TABLE: (), CASE_TABLE: ()}
        for name, table in self.tables.items():
            if table.read_as:
                found[table.read_as] = (*found.get(table.read_as, ()), name)
        return found

    @property
    def tables(self) -> dict[str, CleanTable]:
        """Every clean table by name."""
        return {name: t for feed in self.feeds.values() for name, t in feed.tables.items()}

    def unit(self, text: str) -> Unit | None:
        """The unit that `text` names by code or alias (exact, after trimming), or None: an unknown unit is refused."""
        return self._unit_index.get(text.strip())

    @property
    def _unit_index(self) -> dict[str, Unit]:
        index = self.__dict__.get("_unit_index_cache")
        if index is None:
            index = {name: u for u in self.units.values() for name in (u.code, *u.aliases)}
            object.__setattr__(self, "_unit_index_cache", index)
        return index
