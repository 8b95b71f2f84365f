"""What every mart's suite has in common, derived from the catalogue's contract, the registry and the standards' seeds.

Here belong the rules that follow from a column's name and meaning wherever it is used: grain, provenance, validity,
coverage, classes, levels, gross ranges of measured parameters, and what a mart's yml declares beyond them (`not_null`,
`values` under meta). Not here: what is particular to one mart (one module per
domain). The vocabularies of the standards are read from the seeds, so that they are in one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import get_args

from dbt_project.seed_rows import seed_rows
from expectations.checks import (
    Check,
    SuiteError,
    between,
    declared,
    none,
    not_emptied,
    not_null,
    relation,
    rows,
    unique,
    vocabulary,
    volume,
)
from sources.registry import registry as shipped_registry
from sources.registry.feed_model import PROVENANCE_BY_TRUST, Registry
from warehouse.tables.admitted import State
from warehouse.tables.catalogue import MartTable
from warehouse.tables.judged import CRITICAL, WARNING, Severity

VALIDITY = ("valid", "indicative", "insufficient", "pending")
PERIOD_KINDS = ("year", "year_to_date")
# What a release holds of a table or a domain.
STATES: tuple[str, ...] = get_args(State)
# Every simulated site's id begins so (design.md, Origin).
SIMULATED_ID = "SIM-"


@dataclass(frozen=True)
class Suite:
    """What is particular to one mart: the clean tables it is fed by, and its own checks.

    `fed_by`: the mart must have rows as soon as one of these has; empty when it must always have rows. `change` is the
    share by which its rows may move between releases. `vocabularies` names closed vocabularies by column; columns
    `of_feeds` hold feeds of the configuration, networks among them; `of_vocabulary` names those of words of the
    registry, as (feed, vocabulary), to which a user may add. `with_rows_of`: marts whose rows count as its own,
    where the feed may fill either. `rows_severity`: warning where
    valid data may leave it empty, as an indicator table without an assessed site.
    """

    mart: str
    fed_by: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    vocabularies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    change: float = 0.3
    always: int = 1
    with_rows_of: tuple[str, ...] = ()
    rows_severity: Severity = CRITICAL
    of_feeds: tuple[str, ...] = ()
    of_vocabulary: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@cache
def seed_values(seed: str, column: str) -> tuple[str, ...]:
    """Distinct values of a seed's column in file order, e.g. seed_values('standards/water_classes', 'water_class');
    SuiteError without the seed or the column.
    """
    try:
        return tuple(dict.fromkeys(row[column] for row in seed_rows(seed) if row[column]))
    except OSError as error:
        raise SuiteError(f"the suites need the seed {seed} ({error})") from error
    except KeyError as error:
        raise SuiteError(f"the seed {seed}: the suites need its column {column}") from error


AREA_LEVELS = seed_values("areas/area_levels", "area_level")


def one_level(*figure: str) -> Check:
    """Areas of one level only in each list, or of each figure, that the columns `figure` name."""
    named = ", ".join(figure)
    return none(
        "a list is of one level of areas",
        f"select {named}, min(area_level) as area_level, max(area_level) as other from {{table}} group by {named}"
        " having count(distinct area_level) > 1",
        "no list, and no figure, of areas of two levels",
        (*figure, "area_level"),
    )


def _of_level() -> Check:
    """A code has the digits that its level has; areas of the other trees have names."""
    digits = {row["area_level"]: row["digits"] for row in seed_rows("areas/area_levels")}
    arms = [f"when '{level}' then length(area_code) = {n}" for level, n in digits.items() if n]
    return relation(
        "an area is of its level",
        f"case area_level when '' then true {' '.join(arms)} else not regexp_matches(area_code, '^[0-9]') end",
        ("area_code", "area_level"),
        {"area_code": "110105001", "area_level": "district"},
    )


@cache
def words_of(vocabulary: str) -> tuple[str, ...]:
    """The words of a closed vocabulary in the order of the seed vocabulary_words; SuiteError if it has none."""
    rows = seed_rows("words/vocabulary_words")
    if not (words := tuple(row["word"] for row in rows if row["vocabulary"] == vocabulary)):
        raise SuiteError(f"the seed words/vocabulary_words has no vocabulary {vocabulary}")
    return words


def indicators(mart: str, fed_by: tuple[str, ...], checks: tuple[Check, ...] = ()) -> Suite:
    """The suite of an indicator table: the columns are the same in every domain, and so are their physical ranges."""
    return Suite(mart, fed_by, (*figure_checks(), *checks), {"period_kind": PERIOD_KINDS}, rows_severity=WARNING)


def define(suite: Suite, table: MartTable, registry: Registry, fed: Mapping[str, int]) -> tuple[Check, ...]:
    """All checks of a mart in order, rows first; SuiteError if the contract lacks a column that a check reads.

    `fed` gives the number of readings in each clean table.
    """
    columns = table.contract
    found = [
        _rows(suite, fed),
        unique(table.grain),
        *(not_null(c) for c in table.grain),
        not_emptied(),
        volume(suite.change),
        *_by_name(columns, registry),
        *(vocabulary(c, words) for c, words in suite.vocabularies.items()),
        *(vocabulary(c, tuple(registry.feeds)) for c in suite.of_feeds),
        *(vocabulary(c, registry.feeds[feed].vocabularies[words]) for c, (feed, words) in suite.of_vocabulary.items()),
        *([declared(table.not_null, dict(table.values))] if table.not_null or table.values else []),
        *suite.checks,
    ]
    checks: dict[str, Check] = {}
    for check in found:
        # A mart's own check replaces a derived one of the same name.
        checks[check.name] = check
    for check in checks.values():
        if missing := [c for c in check.needs if c not in columns]:
            raise SuiteError(
                f"suite of {table.name}: {check.name} reads {', '.join(missing)}, which its contract does not declare; "
                f"it has {', '.join(columns)}. Mend expectations/suites or the mart's yml."
            )
    return tuple(checks.values())


def null_unless_allowed(value: str) -> Check:
    """A number that the rule of `validity` does not allow is null."""
    return relation(
        "what its rule does not allow is null",
        f"validity in ('valid', 'indicative') or {value} is null",
        ("validity", value),
        {"validity": "insufficient", value: 1},
    )


def figure_checks() -> tuple[Check, ...]:
    """What holds for every figure of an indicator, in a domain's own table and in the one of all domains."""
    return (
        not_null("indicator_name_zh"),
        not_null("unit"),
        relation(
            "what its rule does not allow is null",
            "validity not in ('insufficient', 'pending') or value is null",
            ("indicator_id", "validity", "value"),
            {"validity": "pending", "value": 1},
        ),
        relation(
            "a valid figure has a value",
            "validity <> 'valid' or value is not null",
            ("indicator_id", "validity", "value"),
            {"validity": "valid", "value": None},
            WARNING,
        ),
        relation(
            "a share lies between 0 and 100 %",
            "unit <> '%' or indicator_id like '%_reduction' or value between 0 and 100",
            ("indicator_id", "unit", "value"),
            {"indicator_id": "x", "unit": "%", "value": 101},
        ),
        relation(
            "a level lies between 0 and 140 dB(A)",
            "unit not like 'dB%' or value between 0 and 140",
            ("indicator_id", "unit", "value"),
            {"indicator_id": "x", "unit": "dB(A)", "value": 141},
        ),
        relation(
            "a concentration lies between 0 and 2000 ug/m3",
            "unit <> 'ug/m3' or value between 0 and 2000",
            ("indicator_id", "unit", "value"),
            {"indicator_id": "x", "unit": "ug/m3", "value": 2001},
        ),
        relation(
            "only a reduction is negative",
            "value >= 0 or indicator_id like '%_reduction'",
            ("indicator_id", "value"),
            {"indicator_id": "x", "value": -1},
        ),
    )


def _rows(suite: Suite, fed: Mapping[str, int]) -> Check:
    if not suite.fed_by:
        return rows(suite.always, "always", suite.rows_severity, suite.with_rows_of)
    sources = " or ".join(suite.fed_by)
    if any(fed.get(table, 0) for table in suite.fed_by):
        return rows(suite.always, f"{sources} holds readings", suite.rows_severity, suite.with_rows_of)
    return rows(0, f"{sources} holds no reading")


def _by_name(columns: Mapping[str, str], registry: Registry) -> Iterable[Check]:
    """Checks that follow from the contract's columns alone."""
    names = set(columns)
    if "provenance" in names:
        yield not_null("provenance")
        yield vocabulary("provenance", PROVENANCE_BY_TRUST)
    if "validity" in names:
        # An aggregate says how good it is; where there is no figure (a commitment nobody reports) none is expected.
        if "n_expected" in names:
            yield relation(
                "an aggregate says how good it is",
                "n_expected is null or validity is not null",
                ("n_expected", "validity"),
                {"n_expected": 1, "validity": None},
            )
        yield vocabulary("validity", VALIDITY)
    if {"validity", "validity_reason"} <= names:
        yield relation(
            "an insufficient figure has its reason",
            "validity <> 'insufficient' or coalesce(validity_reason, '') <> ''",
            ("validity", "validity_reason"),
            {"validity": "insufficient", "validity_reason": ""},
        )
    yield from _reasons(names)
    if {"area_level", "area_code"} <= names:
        yield _of_level()
    if {"site_id", "provenance"} <= names:
        yield from simulated_is_marked()
    if {"n_expected", "n_valid"} <= names:
        yield between("n_expected", 0, None)
        yield between("n_valid", 0, None)
    # What was received may be more than what could be expected: a site may send loads next to its monthly totals.
    if {"n_expected", "n_valid"} <= names and "n_received" not in names:
        yield relation(
            "n_valid is at most n_expected",
            "n_valid <= n_expected",
            ("n_valid", "n_expected"),
            {"n_valid": 2, "n_expected": 1},
            WARNING,
        )
    if "coverage" in names:
        yield between("coverage", 0, 1000)
        yield between("coverage", 0, 1, severity=WARNING)
    if {"period_start", "period_end"} <= names:
        yield relation(
            "a period ends when or after it starts",
            "period_end >= period_start",
            ("period_start", "period_end"),
            {"period_start": "2026-01-02", "period_end": "2026-01-01"},
        )
    yield from _gross_ranges(columns, registry)


def _reasons(names: set[str]) -> Iterable[Check]:
    """A reason that announces a list names it; a verdict on one value (`<value>_validity`) has its reason."""
    for reason in sorted(n for n in names if n == "reason" or n.endswith("_reason")):
        yield relation(
            f"{reason} ends with what it announces",
            f"{reason} is null or not rtrim({reason}) like '%:'",
            (reason,),
            {reason: "no valid value: "},
            WARNING,
        )
    values = sorted(n.removesuffix("_validity") for n in names if n.endswith("_validity"))
    if verdicts := [v for v in values if f"{v}_reason" in names]:
        yield relation(
            "an insufficient value has its reason",
            " and ".join(f"({v}_validity <> 'insufficient' or coalesce({v}_reason, '') <> '')" for v in verdicts),
            tuple(c for v in verdicts for c in (f"{v}_validity", f"{v}_reason")),
            dict.fromkeys((f"{v}_validity" for v in verdicts), "valid")
            | {f"{verdicts[0]}_validity": "insufficient", f"{verdicts[0]}_reason": ""},
        )


def verdicts_of(values: Mapping[str, str]) -> tuple[Check, ...]:
    """Each value by the column of its own verdict: null where its rule does not allow it, there where it does."""
    verdicts = dict.fromkeys(values.values(), "valid")
    first = next(iter(values))
    return (
        relation(
            "a value that its rule does not allow is null",
            " and ".join(f"({verdict} <> 'insufficient' or {value} is null)" for value, verdict in values.items()),
            (*values, *verdicts),
            verdicts | dict.fromkeys(values, 1) | {values[first]: "insufficient"},
        ),
        relation(
            "a valid value is there",
            " and ".join(f"({verdict} <> 'valid' or {value} is not null)" for value, verdict in values.items()),
            (*values, *verdicts),
            verdicts | dict.fromkeys(values, 1) | {first: None},
        ),
    )


def simulated_is_marked() -> tuple[Check, ...]:
    """Simulated and observed rows never mix without a mark: the site's id and the provenance say the same."""
    return (
        relation(
            "a simulated site says so",
            f"not starts_with(site_id, '{SIMULATED_ID}') or provenance = 'simulated'",
            ("site_id", "provenance"),
            {"site_id": "SIM-X", "provenance": "observed"},
        ),
        relation(
            "simulated rows are from simulated sites",
            f"provenance <> 'simulated' or starts_with(site_id, '{SIMULATED_ID}')",
            ("site_id", "provenance"),
            {"site_id": "X", "provenance": "simulated"},
        ),
    )


def _gross_ranges(columns: Mapping[str, str], registry: Registry) -> Iterable[Check]:
    """The registry's gross range on every numeric column that is called after a parameter and its unit.

    `nh3n_mg_l` is nh3n in mg/L, `pm2_5_ug_m3` pm2_5 in ug/m3: the unit in lower case, _ for what is not a letter. A
    declared network has its own idea of what its parameters can be, and its values are in marts of their own.
    """
    for feed in registry.packaged.values():
        for code, parameter in feed.parameters.items():
            suffix = "".join(c if c.isalnum() else "_" for c in parameter.unit.lower()).strip("_")
            low, high = parameter.tests.fail_min, parameter.tests.fail_max
            for name in (code, f"{code}_{suffix}") if suffix else (code,):
                numeric = columns.get(name, "").startswith("decimal")
                if numeric and (low is not None or high is not None):
                    yield between(
                        name,
                        float(low) if low is not None else None,
                        float(high) if high is not None else None,
                        parameter.unit,
                    )


def parameter_ranges(tables: Iterable[str], parameter: str, value: str, registry: Registry | None = None) -> Check:
    """In a tall mart each value lies in the gross range of its parameter, as the registry declares it."""
    registry = registry or shipped_registry()
    arms: list[str] = []
    example: dict[str, object] = {}
    for table in tables:
        for code, measured in registry.feeds[registry.table(table).feed].parameters_of(table).items():
            low, high = measured.tests.fail_min, measured.tests.fail_max
            bounds = [f"{value} >= {low}"] if low is not None else []
            bounds += [f"{value} <= {high}"] if high is not None else []
            if bounds:
                arms.append(f"when '{code}' then {' and '.join(bounds)}")
                example = example or {
                    parameter: code,
                    value: float(low) - 1 if low is not None else float(high or 0) + 1,
                }
    if not arms:
        raise SuiteError(f"no parameter of {', '.join(tables)} has a gross range in the registry")
    return relation(
        f"{value} lies in the gross range of its {parameter}",
        f"case {parameter} {' '.join(arms)} else true end",
        (parameter, value),
        example,
        says="the gross ranges of the registry",
    )
