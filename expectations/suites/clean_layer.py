"""Suites of the clean layer: what was counted per file, and a summary of each clean table.

Here belong both Nothing-lost identities, the shares that were quarantined or flagged, what the registry says about
values, and who has reported. Not here: row-level quality flags (sources.cleaning sets them) or the schema
(clean_gate.py). The summaries are temporary tables of a few hundred rows, made by one scan of each clean table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from expectations.checks import (
    Check,
    Quotient,
    equal,
    none,
    relation,
    reporting,
    rows,
    share,
    vocabulary,
    worst_share,
)
from sources.registry.feed_model import (
    FLAG_FAIL,
    FLAG_MISSING,
    FLAG_NOT_EVALUATED,
    FLAG_PASS,
    FLAG_SUSPECT,
    PROVENANCE_BY_TRUST,
    REGISTER,
    UNDOES,
    CleanTable,
    Feed,
)
from warehouse.lake.file_counts import COLUMNS
from warehouse.sql import literal
from warehouse.tables.judged import CRITICAL, WARNING

_FLAGS = (FLAG_PASS, FLAG_NOT_EVALUATED, FLAG_SUSPECT, FLAG_FAIL, FLAG_MISSING)
# A share over fewer readings than this says little about one parameter.
_ENOUGH = 50


@dataclass(frozen=True)
class CleanPlaces:
    """SQL relations of the clean layer: files counted, a clean table's readings, the site register."""

    file_counts: str
    readings: str
    register: str


def recent_days(feed: Feed) -> int:
    """How far back "recent" reaches for a feed: a week, or three periods of a slower one."""
    return max(7, int(Decimal(3) * feed.cadence_hours / 24))


def counts_summary(feed: Feed, places: CleanPlaces, as_of: datetime) -> str:
    """Query of the feed's counted files, one row per delivery; `recent` marks those of the last days before `as_of`."""
    since = literal((as_of - timedelta(days=recent_days(feed))).isoformat(sep=" "))
    # landed_at is our own clock's: it would bind the records to the hour of the run.
    columns = ", ".join(c.name for c in COLUMNS if c.name != "landed_at")
    return (
        f"select {columns}, coalesce(delivered_at >= timestamp {since}, true) as recent "
        f"from {places.file_counts} where feed = {literal(feed.name)}"
    )


def readings_summary(feed: Feed, table: CleanTable, places: CleanPlaces, as_of: datetime) -> str:
    """Query that reduces a clean table to a few hundred rows: what occurs together, how often, and its extremes.

    What undoes another takes its value back: its size is what has a range, as the flags have it.
    """
    since = literal((as_of - timedelta(days=recent_days(feed))).isoformat(sep=" "))
    # What a case is about may be an identity, and where it is an area: its number says that it is simulated.
    named = "case_id" if feed.declared == REGISTER else "site_id"
    value = f"case when {UNDOES} is null then value else abs(value) end" if table.may_undo else "value"
    return (
        f"select parameter, unit, flag, provenance, value is null as is_null, starts_with({named}, 'SIM-') as is_sim, "
        f"period_end >= timestamp {since} as recent, count(*) as n, "
        f"min({value}) as lowest, max({value}) as highest from {places.readings} group by all"
    )


def moved_by_as_of(feed: Feed, table: CleanTable, places: CleanPlaces, as_of: datetime) -> tuple[str, ...]:
    """Relations whose numbers of rows say what `as_of` decides of the checks on a clean table with unchanged files.

    What lies after a moment loses rows as the moment moves on and gains none: as many rows are the same ones.
    """
    since = literal((as_of - timedelta(days=recent_days(feed))).isoformat(sep=" "))
    recent = f"{places.readings} where period_end >= timestamp {since}"
    if not table.reporting_kind:
        return (recent,)
    heard, day = _heard(feed, places, as_of), literal(as_of.date().isoformat())
    # Sites in force: those that have begun, which only grow in number, less those that have ended, which do too.
    sites = f"{places.register} where feed = {literal(feed.name)}"
    return (recent, f"({heard})", f"{sites} and valid_from <= date {day}", f"{sites} and valid_to < date {day}")


def counts_checks(feed: Feed, clean_rows: int, files: int) -> tuple[Check, ...]:
    """Checks on the feed's counted files: `files` deliveries, and `clean_rows` readings really in its clean tables."""
    read = "readings_clean + readings_quarantined + readings_duplicate + readings_superseded"
    used = "records_used + records_quarantined + records_duplicate"
    quality = {name: float(value) for name, value in feed.quality.items()}
    counted = "(select coalesce(sum(readings_clean), 0) from {table})"
    checks = [
        rows(1 if clean_rows else 0, "its clean tables hold readings" if clean_rows else "it has no reading"),
        relation(
            "records: in = used + quarantined + duplicate",
            f"records_in = {used}",
            ("delivery_id", "file_name", "records_in", "records_used", "records_quarantined", "records_duplicate"),
            {"records_in": 3, "records_used": 1, "records_quarantined": 1, "records_duplicate": 0},
        ),
        relation(
            "readings: in = clean + quarantined + duplicate + superseded",
            f"readings_in = {read}",
            (
                "delivery_id",
                "file_name",
                "readings_in",
                "readings_clean",
                "readings_quarantined",
                "readings_duplicate",
                "readings_superseded",
            ),
            {
                "readings_in": 5,
                "readings_clean": 1,
                "readings_quarantined": 1,
                "readings_duplicate": 1,
                "readings_superseded": 1,
            },
        ),
        equal(
            "the clean tables hold every reading counted as clean",
            counted,
            str(clean_rows),
            "readings counted clean = rows of the clean tables",
            ("readings_clean",),
        ),
        relation(
            "no recent file was refused",
            "verdict <> 'refused' or not recent",
            ("file_name", "verdict", "reason", "recent"),
            {"verdict": "refused", "recent": True},
            WARNING,
        ),
    ]
    if not files:
        return tuple(checks[:4])
    for what, part, whole in (
        ("quarantined", "readings_quarantined", "readings_in"),
        ("flagged", "readings_flagged", "readings_clean"),
    ):
        for span, where in (("recent", "recent"), ("all", "true")):
            for severity, level in ((WARNING, "warn"), (CRITICAL, "fail")):
                checks.append(
                    share(
                        f"{what} share, {span}",
                        Quotient(part, whole, where),
                        quality[f"{what}_share_{level}"],
                        severity,
                        (part, whole, "recent", "file_name"),
                        f"{what} / {whole.removeprefix('readings_')} readings",
                        f"{part} > {quality[f'{what}_share_{level}']} * {whole}",
                    )
                )
    return tuple(checks)


def readings_checks(
    feed: Feed, table: CleanTable, places: CleanPlaces, as_of: datetime, counted: int
) -> tuple[Check, ...]:
    """Checks on the summary of one clean table (`n` readings per row); `counted`: clean readings its feed counted."""
    parameters = feed.parameters_of(table.name)
    quality = {name: float(value) for name, value in feed.quality.items()}
    checks = [
        _rows(feed, counted),
        vocabulary("parameter", parameters),
        vocabulary("flag", tuple(str(f) for f in _FLAGS)),
        vocabulary("provenance", tuple(p for p in PROVENANCE_BY_TRUST if p != "plan")),
        relation(
            "a parameter has its unit",
            _by_parameter("unit = {}", {c: literal(p.unit) for c, p in parameters.items()}),
            ("parameter", "unit", "n"),
            {"parameter": next(iter(parameters)), "unit": "furlong"},
        ),
        relation(
            "missing is null and null is missing",
            f"is_null = (flag = {FLAG_MISSING})",
            ("parameter", "flag", "is_null", "n"),
            {"flag": FLAG_PASS, "is_null": True},
        ),
        relation(
            "simulated readings are from simulated sites",
            "is_sim = (provenance = 'simulated')",
            ("parameter", "provenance", "is_sim", "n"),
            {"is_sim": True, "provenance": "observed"},
        ),
        worst_share(
            "flagged share of a parameter, recent",
            Quotient(
                f"case when recent and flag in ({FLAG_SUSPECT}, {FLAG_FAIL}) then n else 0 end",
                "case when recent then n else 0 end",
            ),
            "parameter",
            _ENOUGH,
            quality["flagged_share_fail"],
            ("flag", "recent", "n"),
            "flagged / clean readings of one parameter",
        ),
        *_range_flagged(feed, table),
        *_row_rules(table, places),
    ]
    if table.reporting_kind:
        checks.append(_reporting(feed, table, places, as_of, quality["coverage_min_warn"]))
    return tuple(checks)


def _rows(feed: Feed, counted: int) -> Check:
    """A feed of one table must have rows there; one of several may have them elsewhere, and their sum is judged."""
    if counted and len(feed.tables) == 1:
        return rows(1, f"{counted} readings were counted clean")
    return rows(0, "its feed may have no reading of this table")


def _range_flagged(feed: Feed, table: CleanTable) -> Iterable[Check]:
    """A value outside its gross range carries flag 4: else the flags were not set, or the threshold changed since."""
    arms: dict[str, str] = {}
    example: dict[str, object] = {}
    for code, parameter in feed.parameters_of(table.name).items():
        low, high = parameter.tests.fail_min, parameter.tests.fail_max
        bounds = [f"lowest >= {low}"] if low is not None else []
        bounds += [f"highest <= {high}"] if high is not None else []
        if bounds:
            arms[code] = " and ".join(bounds)
            lowest = float(low) - 1 if low is not None else None
            highest = float(high) + 1 if high is not None else None
            example = example or {"parameter": code, "flag": FLAG_PASS, "lowest": lowest, "highest": highest}
    if arms:
        yield relation(
            "outside its gross range a value is flagged",
            f"flag in ({FLAG_FAIL}, {FLAG_MISSING}) or ({_by_parameter('{}', arms)})",
            ("parameter", "flag", "lowest", "highest", "n"),
            example,
            says="flag 4 outside the registry's gross range",
        )


def _row_rules(table: CleanTable, places: CleanPlaces) -> Iterable[Check]:
    """What breaks a row rule of the registry carries flag 4: else the flags were not set, or the rule is new."""
    row = ["site_id", *(c.name for c in table.dims if c.key), "period_start_utc", "period_end"]
    for rule in table.row_rules:
        lower, upper = (
            f"select {', '.join(row)}, value as {side} from {places.readings} "
            f"where parameter = {literal(side)} and flag not in ({FLAG_FAIL}, {FLAG_MISSING})"
            for side in (rule.lower, rule.upper)
        )
        yield none(
            f"{rule.lower} is at most {rule.upper}",
            f"select * from ({lower}) join ({upper}) using ({', '.join(row)}) where {rule.lower} > {rule.upper}",
            f"no {rule.lower} above the {rule.upper} of its site and period without flag {FLAG_FAIL}",
        )


def _by_parameter(template: str, arms: dict[str, str]) -> str:
    whens = " ".join(f"when {literal(code)} then {template.format(arm)}" for code, arm in arms.items())
    return f"case parameter {whens} else true end"


def _reporting(feed: Feed, table: CleanTable, places: CleanPlaces, as_of: datetime, at_least: float) -> Check:
    """Coverage of sites × time: the assessed sites in force that sent something within cadence and allowed lateness."""
    day = literal(as_of.date().isoformat())
    wanted = (
        f"select distinct site_id from {places.register} where feed = {literal(feed.name)} and assessed "
        f"and kind = {literal(table.reporting_kind)} and valid_from <= date {day} "
        f"and (valid_to is null or valid_to >= date {day})"
    )
    heard = f"select distinct site_id from ({_heard(feed, places, as_of)})"
    return reporting(
        "assessed sites reporting",
        f"select site_id from ({wanted}) where site_id not in ({heard})",
        f"select count(*) from ({wanted})",
        at_least,
        f"assessed sites heard of in the last {_hours(feed)} h",
    )


def _hours(feed: Feed) -> int:
    return int(feed.cadence_hours) + feed.lateness_allowed_hours


def _heard(feed: Feed, places: CleanPlaces, as_of: datetime) -> str:
    """Query of the sites of readings that came in time to be heard of."""
    since = literal((as_of - timedelta(hours=_hours(feed))).isoformat(sep=" "))
    return f"select site_id from {places.readings} where period_end > timestamp {since} and flag <> {FLAG_MISSING}"
