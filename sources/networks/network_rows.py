"""A network's declaration as rows of the declared tables, which dbt's generic models read.

Here belongs turning words into rows: intervals that attain, numbers in the unit of what they bound, levels of figures.
Not here: the tables' columns (sources.registry.network_tables) or what a row means for a figure (dbt_project).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sources.networks.check_limits import converted
from sources.networks.declaration import Condition, Declaration, Limit
from sources.networks.figures import FigureOf, figure_unit, figures_of
from sources.registry import Registry
from sources.registry.declared_feeds import CADENCE_MINUTES

Row = dict[str, Any]
# A limit without a first day has always held.
_EVER = date(1, 1, 1)
# Operator → ends that attain: lower closed, upper closed.
_ENDS = {"[]": (True, True), "[)": (True, False), "(]": (False, True), "()": (False, False)}
_ONE_SIDED = {"<=": (False, True), "<": (False, False), ">=": (True, False), ">": (False, False)}


def rows_of(networks: Iterable[Declaration], registry: Registry, shipped: Iterable[str]) -> dict[str, list[Row]]:
    """The rows of every table of declarations, by the table's name; `shipped` names what no user declared."""
    names = set(shipped)
    found: dict[str, list[Row]] = {
        name: []
        for name in (
            *("network", "network_parameter", "network_word", "network_grade", "network_attribute"),
            *("network_figure", "network_limit", "network_condition", "network_list", "network_area"),
        )
    }
    for declared in networks:
        for table, row in _rows(declared, registry, "shipped" if declared.name in names else "user"):
            found[table].append({"network_id": declared.name, **row})
    return found


def _rows(declared: Declaration, registry: Registry, declared_by: str) -> Iterator[tuple[str, Row]]:
    yield "network", _network(declared, declared_by)
    for code, p in declared.parameters.items():
        row = {"unit": p.unit, "decimals": p.decimals, "vocabulary": p.vocabulary, "hj_code": p.hj_code}
        yield "network_parameter", {"parameter": code, **_names(p), **row}
    for vocabulary, words in declared.vocabularies.items():
        for word, w in words.items():
            yield "network_word", {"vocabulary": vocabulary, "word": word, **_names(w), "number": w.number}
    for rank, grade in enumerate(declared.scale.grades if declared.scale else (), 1):
        yield "network_grade", {"grade": grade.id, "rank": rank, **_names(grade)}
    for name, attribute in declared.attributes.items():
        yield "network_attribute", {"attribute": name, **_names(attribute), "unit": attribute.unit}
    for figure in figures_of(declared):
        yield "network_figure", _figure(declared, figure)
    for number, limit in enumerate(declared.limits, 1):
        limit_id = f"{number:04d}"
        yield "network_limit", {"limit_id": limit_id, **_limit(declared, limit, registry)}
        for place, condition in enumerate(limit.when, 1):
            yield "network_condition", {"limit_id": limit_id, "number": place, **_condition(condition)}
    yield from _lists_and_areas(declared)


def _names(named: Any) -> Row:
    return {"name_zh": named.name_zh, "name_en": named.name_en}


def _network(declared: Declaration, declared_by: str) -> Row:
    scale = declared.scale
    return {
        **_names(declared),
        "medium": declared.medium,
        "owner": declared.owner,
        "cadence": declared.cadence,
        "cadence_minutes": CADENCE_MINUTES.get(declared.cadence),
        "lateness_allowed_hours": declared.lateness_allowed_hours,
        "is_track": declared.is_track,
        "nondetect": declared.nondetect,
        "has_scale": scale is not None,
        "target_grade": scale.target if scale else "",
        "target_attribute": scale.target_attribute if scale else "",
        "scale_nondetect": scale.nondetect if scale else "limit_decides",
        "declared_by": declared_by,
    }


def _figure(declared: Declaration, of: FigureOf) -> Row:
    figure, parameter = of.figure, declared.parameters[of.parameter]
    decimals = parameter.decimals if figure.decimals is None else figure.decimals
    return {
        "figure_id": figure.id,
        "parameter": of.parameter,
        "level": of.level,
        "of_figure": figure.of,
        "statistic": figure.statistic,
        "period_kind": figure.period or "sample",
        "second_parameter": figure.second,
        "argument": figure.argument,
        "min_share": figure.min_share,
        "min_count": figure.min_count,
        "factor": figure.factor,
        "unit": figure_unit(declared, figure.id, of.parameter),
        "decimals": decimals,
        "keeps_sample": figure.keeps_sample,
        "name_zh": figure.name_zh or figure.id,
        "name_en": figure.name_en or figure.id,
        "standard": figure.standard,
        "clause": figure.clause,
    }


def _limit(declared: Declaration, limit: Limit, registry: Registry) -> Row:
    own = figure_unit(declared, limit.figure, limit.parameter)
    ranks = {grade.id: rank for rank, grade in enumerate(declared.scale.grades if declared.scale else (), 1)}
    low, high = (_in_unit(number, limit.unit or own, own, registry) for number in (limit.low, limit.high))
    low_closed, high_closed = _ENDS.get(limit.operator) or _ONE_SIDED.get(limit.operator) or (False, False)
    words = declared.vocabularies.get(declared.parameters[limit.parameter].vocabulary, {})
    return {
        "parameter": limit.parameter,
        "figure_id": limit.figure,
        "grade": limit.grade,
        "grade_rank": ranks.get(limit.grade),
        "limit_text": _text(limit),
        "low": low,
        "low_closed": low_closed,
        "high": high,
        "high_closed": high_closed,
        "is_outside": limit.operator == "outside",
        "word_number": words[limit.word].number if limit.word else None,
        "high_parameter": limit.high_of.parameter if limit.high_of else "",
        "high_factor": limit.high_of.factor if limit.high_of else None,
        "months": f",{','.join(map(str, sorted(limit.months)))}," if limit.months else "",
        "hour_from": limit.hours[0] if limit.hours else None,
        "hour_to": limit.hours[1] if limit.hours else None,
        "unit": own,
        "standard": limit.standard,
        "clause": limit.clause,
        "valid_from": limit.valid_from or _EVER,
        "valid_to": limit.valid_to,
        "certainty": limit.certainty,
        "effect": "exceedance" if limit.certainty == "high" else "hint",
    }


def _in_unit(number: Decimal | None, unit: str, own: str, registry: Registry) -> Decimal | None:
    source, target = registry.unit(unit), registry.unit(own)
    return number if number is None or source is None or target is None else converted(number, source, target)


def _text(limit: Limit) -> str:
    """The limit as people write it: ≤ 20 mg/L, 6.5 – 8.5."""
    unit = "" if limit.unit in ("", "-") else f" {limit.unit}"
    high: object = limit.high
    if limit.high_of:
        high = f"{limit.high_of.factor} × {limit.high_of.parameter}"
    one_sided: Mapping[str, object] = {
        "<=": f"≤ {high}",
        "<": f"< {high}",
        ">=": f"≥ {limit.low}",
        ">": f"> {limit.low}",
    }
    if limit.operator in one_sided:
        return f"{one_sided[limit.operator]}{unit}"
    if limit.operator == "is":
        return limit.word
    if limit.operator == "outside":
        return f"< {limit.low} or > {high}{unit}"
    return f"{limit.operator[:1]}{limit.low}, {high}{limit.operator[-1:]}{unit}"


def _condition(condition: Condition) -> Row:
    low_closed, high_closed = _ENDS[condition.ends]
    return {
        "attribute": condition.attribute,
        "attribute_value": condition.is_,
        "parameter": condition.parameter,
        "low": condition.low,
        "low_closed": low_closed,
        "high": condition.high,
        "high_closed": high_closed,
        "or_missing": condition.or_missing,
    }


def _lists_and_areas(declared: Declaration) -> Iterator[tuple[str, Row]]:
    periods = {(of.figure.id, of.parameter): of.figure.period for of in figures_of(declared)}
    for entry in declared.lists:
        yield (
            "network_list",
            {
                "list_id": entry.id,
                **_names(entry),
                "parameter": entry.parameter,
                "figure_id": entry.figure,
                "period_kind": periods[entry.figure, entry.parameter],
                "place_kind": entry.place,
                "tree": entry.tree,
                "area_level": entry.level,
                "statistic": entry.statistic,
                "direction": entry.direction,
                "decimals": entry.decimals,
            },
        )
    for area in declared.areas:
        yield (
            "network_area",
            {
                "area_figure_id": area.id,
                **_names(area),
                "parameter": area.parameter,
                "figure_id": area.figure,
                "period_kind": area.period,
                "tree": area.tree,
                "area_level": area.level,
                "statistic": area.statistic,
                "weight_attribute": area.weight,
                "unit": area.unit,
                "decimals": area.decimals,
                "indicator_id": area.indicator,
                "standard": area.standard,
                "clause": area.clause,
            },
        )
