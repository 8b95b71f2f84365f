"""Thresholds of quality tests that a source sets for its own readings, in place of those that the registry declares.

Here belong what may be set under [source.thresholds.<parameter>], judged together with what the registry declares, and
the list of what is set, for people. Not here: what a test does with a threshold (sources.cleaning.flags). Every setting
is shown: mart_rules_in_force and the manifest of a release.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from sources.config.locate import Path
from sources.config.model import Config, Source
from sources.config.problems import Problems, nearest
from sources.registry.feed_model import CleanTable, Parameter, Registry, SeriesTests

_RANGE = ("fail_min", "suspect_min", "suspect_max", "fail_max")
# The first may not be more than the second.
_ORDERED = (
    *(("fail_min", "fail_max"), ("suspect_min", "suspect_max"), ("fail_min", "suspect_min")),
    *(("suspect_max", "fail_max"), ("spike_suspect", "spike_fail"), ("flat_suspect_hours", "flat_fail_hours")),
)
# What is tested only where one of others is there, too.
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "flat_suspect_hours": ("flat_tolerance",),
    "flat_fail_hours": ("flat_tolerance",),
    "flat_tolerance": ("flat_suspect_hours", "flat_fail_hours"),
    "flat_floor": ("flat_tolerance", "attenuated_min_range"),
    "attenuated_hours": ("attenuated_min_range",),
    "attenuated_min_range": ("attenuated_hours",),
}
_DIGITS, _DECIMALS = 12, 6
# So far a test may look back: each flag is set from all readings in between.
_LONGEST_HOURS = 31 * 24
# (message, what to write instead)
_Mistake = tuple[str, str]


def check_thresholds(source: Source, path: Path, registry: Registry, problems: Problems) -> None:
    """Adds every mistake in the thresholds of `source`, whose feed and table are known and whose structure is sound."""
    feed = registry.feeds[source.feed]
    table = feed.tables[source.table]
    known = feed.parameters_of(table.name)
    delivered = source.declared_parameters
    for code, entry in source.thresholds.items():
        place = (*path, "thresholds", code)
        if code not in known:
            problems.add(place, f"table {table.name} has no parameter '{code}'", nearest(code, known))
        elif delivered is not None and code not in delivered:
            problems.add(place, f"the source delivers no '{code}'", nearest(code, sorted(delivered)) or "leave it out")
        elif mistake := _unit_mistake(entry.unit, known[code], registry):
            problems.add((*place, "unit"), *mistake)
        else:
            for name, message, hint in _mistakes(source, table, known[code], entry.own):
                problems.add((*place, name), message, hint)


def own_thresholds(config: Config, registry: Registry) -> list[dict[str, str]]:
    """Every threshold that a source sets, as text: source_id, parameter, threshold, value, value_of_registry ('' where
    the registry has none), unit, feed.
    """
    rows = []
    for source in config.sources:
        for code, own in source.own_tests.items():
            parameter = registry.feeds[source.feed].parameters[code]
            for name, value in own.items():
                delivered = getattr(parameter.tests, name)
                rows.append(
                    {
                        "source_id": source.id,
                        "parameter": code,
                        "threshold": name,
                        "value": f"{Decimal(value):f}",
                        "value_of_registry": "" if delivered is None else f"{Decimal(delivered):f}",
                        "unit": unit_of(name, parameter.unit),
                        "feed": source.feed,
                    }
                )
    return sorted(rows, key=lambda row: (row["source_id"], row["parameter"], row["threshold"]))


def unit_of(threshold: str, unit: str) -> str:
    """The unit of a threshold of a parameter that is measured in `unit`."""
    if threshold == "gap_periods":
        return "periods"
    if threshold.endswith("_hours"):
        return "hour"
    return f"{unit} per hour" if threshold.endswith("_per_h") else unit


def _unit_mistake(text: str, parameter: Parameter, registry: Registry) -> _Mistake | None:
    unit = registry.unit(text)
    if unit is None:
        names = [n for u in registry.units.values() for n in (u.code, *u.aliases)]
        return f"the unit '{text}' is not known", nearest(text, names)
    if unit.code == parameter.unit:
        return None
    return f"readings of {parameter.code} are in {parameter.unit}, not {text}", f"write the values in {parameter.unit}"


def _mistakes(
    source: Source, table: CleanTable, parameter: Parameter, own: Mapping[str, Decimal | int]
) -> Iterator[tuple[str, str, str]]:
    """(name, message, hint) of one mistake of each threshold at most."""
    found: dict[str, _Mistake] = {}
    for name, value in own.items():
        mistake = _number_mistake(name, Decimal(value), parameter) or _never_tested(name, source, table)
        if mistake:
            found[name] = mistake
    if not found:
        found = dict(_together(source.tests_of(parameter), parameter, own))
    for name, (message, hint) in found.items():
        yield name, message, hint


def _number_mistake(name: str, value: Decimal, parameter: Parameter) -> _Mistake | None:
    unit = unit_of(name, parameter.unit)
    if not value.is_finite() or abs(value) >= 10**_DIGITS:
        return f"{value} is not a number that a threshold can be", f"write it as 12.5, in {unit}"
    if value != round(value, _DECIMALS):
        return f"{value} has more than {_DECIMALS} decimals", f"the nearest is {round(value, _DECIMALS)} {unit}"
    if name.endswith("_hours") and not 0 < value <= _LONGEST_HOURS:
        return f"{value} is not between 0 and {_LONGEST_HOURS} hours", ""
    if name not in _RANGE and value < 0:
        return f"{value} is negative", f"write how far, in {unit}"
    return None


def _never_tested(name: str, source: Source, table: CleanTable) -> _Mistake | None:
    from sources.cleaning.cadence import cadence

    if name in _RANGE:
        return None
    if not table.series_tests:
        return f"readings of {table.name} are not a series: it is never tested", f"only {_listed(_RANGE)} are"
    if cadence(source) is None:
        return "nothing says how far apart the readings are: it is never tested", "add cadence_min to the source"
    return None


def _together(
    tests: SeriesTests, parameter: Parameter, own: Mapping[str, Decimal | int]
) -> Iterator[tuple[str, _Mistake]]:
    """What each threshold cannot be next to the others, those of the registry included."""
    for name in own:
        if name in _NEEDS and all(getattr(tests, other) is None for other in _NEEDS[name]):
            yield name, (f"it is tested with {_listed(_NEEDS[name], 'or')} only", "set it, too")
    for low, high in _ORDERED:
        lower, upper = getattr(tests, low), getattr(tests, high)
        if {low, high} & set(own) and lower is not None and upper is not None and lower > upper:
            place, other = (low, high) if low in own else (high, low)
            message = f"{low} {lower} is more than {high} {upper}, {unit_of(low, parameter.unit)}"
            yield place, (message, "correct one of them" if other in own else f"{other} is as delivered: set it, too")
    for name, side in (("fail_min", -1), ("fail_max", 1)):
        bound = getattr(parameter.tests, name)
        if name in own and bound is not None and (own[name] - bound) * side > 0:
            message = f"{own[name]} is outside the gross range of the feed ({name} {bound} {parameter.unit})"
            yield name, (message, "the gate holds every figure to that range: it can only be narrowed")


def _listed(names: Iterable[str], last: str = "and") -> str:
    *first, end = names
    return f"{', '.join(first)} {last} {end}" if first else end
